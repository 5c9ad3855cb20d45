"""What a comparison costs: spending on both sides, who pays, and the price of what is achieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread, ratio
from cyclesim.vocabulary import Payer

if TYPE_CHECKING:
    from cyclesim.analysis.compare import Comparison

PRICED = {"person_month_averted": "person_months_exploited", "person_identified": "identified"}
"""What is priced, and the measure whose paired difference counts it."""


@dataclass(frozen=True)
class Price:
    """US dollars of interventions for one unit of what they achieve: mean cost over mean difference, 95 % interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""  # why there is none


@dataclass(frozen=True)
class Account:
    """Spending beside the baseline, mean over worlds; US$ per million people in need and year, unless said."""

    scenario: str
    paid_by: str  # ``donors``: out of what they disburse; ``outside``: on top of it
    baseline: float  # spent on the response and on interventions, whoever pays
    counterfactual: float
    disbursed_baseline: float  # differs as far as the cycle moves donors
    disbursed_counterfactual: float
    interventions: float  # what they cost and was paid, beyond those of the baseline
    cost: float  # the same in all, US dollars
    carried_out: float  # the smallest part of those that cost anything
    paid: float  # part of their stated cost
    owed: float  # at the end, US dollars in all
    prices: dict[str, Price]  # see `PRICED`

    @property
    def equal(self) -> bool:
        """Whether interventions are paid out of the donors' money."""
        return self.paid_by == Payer.DONORS

    def to_dict(self) -> dict[str, Any]:
        """Return the account as JSON types."""
        return {"equal_spending": self.equal, **asdict(self)}


def account(comparison: Comparison, name: str) -> Account:
    """Return what a counterfactual costs, and what its baseline does."""
    ensemble = comparison.ensemble
    scenario, start = ensemble.scenarios[name], ensemble.scenarios[comparison.baseline]
    worlds = {n: rows.set_index(["draw", "replication"]) for n, rows in ensemble.totals.groupby("scenario")}
    means: dict[Any, dict[Any, float]] = {n: rows.mean(numeric_only=True).to_dict() for n, rows in worlds.items()}
    base, other = means[comparison.baseline], means[name]

    def yearly(row: Mapping[str, float], cents: float) -> float:
        people_years = row["in_need"] / 1e6 * scenario.months / 12
        return cents / 100 / people_years if people_years else 0.0

    costs = worlds[name][_paid(scenario)] - worlds[comparison.baseline][_paid(start)]
    cost = float(costs.mean())
    table = ensemble.months
    last = table[(table["scenario"] == name) & (table["month"] == table["month"].max())]
    carried_out = min((entry.share for entry in scenario.interventions.values() if entry.cost), default=1.0)
    return Account(
        scenario=name,
        paid_by=str(scenario.interventions_paid_by),
        baseline=yearly(base, base["total_spent_cents"]),
        counterfactual=yearly(other, other["total_spent_cents"]),
        disbursed_baseline=yearly(base, base["disbursed_cents"]),
        disbursed_counterfactual=yearly(other, other["disbursed_cents"]),
        interventions=yearly(other, cost),
        cost=cost / 100,
        carried_out=carried_out,
        paid=min(other[_paid(scenario)] / asked, 1.0) if (asked := other["intervention_cents"]) else 1.0,
        owed=float(last.groupby(["draw", "replication"])["arrears_cents"].sum().mean() / 100),
        prices={what: _price(comparison, name, measure, costs, carried_out) for what, measure in PRICED.items()},
    )


def _paid(scenario: Scenario) -> str:
    """Return the measure of what is paid for interventions."""
    return "charged_cents" if scenario.interventions_paid_by is Payer.DONORS else "intervention_cents"


def _price(comparison: Comparison, name: str, measure: str, cents: pd.Series, carried_out: float) -> Price:
    """Price what is clearly for the better; cost and effect vary together, and the interval is of their ratio."""
    if cents.mean() <= 0:
        return Price(reason="costs nothing" if carried_out else "nothing carried out")
    found = comparison.effect(name, measure)
    if found.worlds < 2:
        return Price(reason="one world")
    if not found.clear or found.mean < 0:
        return Price(reason="no clear difference for the better")
    rows = comparison.differences[comparison.differences["scenario"] == name].set_index(["draw", "replication"])
    shares = ratio(cents.loc[rows.index].to_numpy() / 100, rows[measure].to_numpy())
    price = Spread.of(shares, rows.index.get_level_values("draw"))
    return Price(price.mean, max(price.mean_low, 0.0), price.mean_high)
