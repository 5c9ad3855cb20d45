"""What a comparison costs: spending on both sides, who pays, and the price of what is achieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread, ratio
from cyclesim.vocabulary import Payer

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.analysis.compare import Comparison

PRICED = {"person_month_averted": "person_months_exploited", "person_identified": "identified"}
"""What is priced, and the measure whose paired difference counts it."""


@dataclass(frozen=True)
class Price:
    """US dollars of interventions for one unit of what they achieve.

    Attributes
    ----------
    value
        Mean cost over mean difference; None where there is no price.
    low, high
        95 % interval of that ratio of means.
    reason
        Why there is no price: ``costs nothing``, ``nothing carried out``, ``one world`` or ``no clear difference for
        the better``.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Account:
    """Spending of a counterfactual beside its baseline, as means over worlds.

    Money is in US dollars per million people in need and year, unless something else is said.

    Attributes
    ----------
    scenario
        Name of the counterfactual.
    paid_by
        ``donors``: out of the money they disburse (equal spending); ``outside``: on top of it.
    baseline, counterfactual
        Money spent on the response and on interventions, whoever pays.
    disbursed_baseline, disbursed_counterfactual
        What donors disbursed: it differs as far as the cycle moves donors.
    interventions
        What interventions cost and was paid, beyond those of the baseline.
    cost
        The same in all: US dollars.
    carried_out
        Part of the interventions that is carried out, the smallest of those that cost anything; 1 if none does.
    paid
        Part of their stated cost that was paid; 1 if they cost nothing.
    owed
        US dollars still owed at the end, in all.
    prices
        By what is priced; see `PRICED`.
    """

    scenario: str
    paid_by: str
    baseline: float
    counterfactual: float
    disbursed_baseline: float
    disbursed_counterfactual: float
    interventions: float
    cost: float
    carried_out: float
    paid: float
    owed: float
    prices: dict[str, Price]

    @property
    def equal(self) -> bool:
        """Whether interventions are paid out of the donors' money."""
        return self.paid_by == Payer.DONORS

    def to_dict(self) -> dict[str, Any]:
        """Return the account as JSON types."""
        return {"equal_spending": self.equal, **asdict(self)}


def accounts(comparison: Comparison) -> list[Account]:
    """Return an account for each counterfactual."""
    return [account(comparison, name) for name in comparison.counterfactuals]


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
        paid=_part(other[_paid(scenario)], other["intervention_cents"]),
        owed=_owed(ensemble.table, name),
        prices={what: _price(comparison, name, measure, costs, carried_out) for what, measure in PRICED.items()},
    )


def _paid(scenario: Scenario) -> str:
    """Return the measure of what is paid for interventions."""
    return "charged_cents" if scenario.interventions_paid_by is Payer.DONORS else "intervention_cents"


def _part(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 1.0


def _owed(table: pd.DataFrame, name: str) -> float:
    last = table[(table["scenario"] == name) & (table["month"] == table["month"].max())]
    owed = last.groupby(["draw", "replication"])["arrears_cents"].sum()
    return float(owed.mean() / 100)


def _price(comparison: Comparison, name: str, measure: str, cents: pd.Series, carried_out: float) -> Price:
    """Price what a measure counts, where the difference is clearly for the better in the worlds simulated.

    Cost and effect may both vary between worlds, and together: the interval is that of their linearised ratio.
    """
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
