"""Who pays for what finds and helps people: anti-trafficking money and others, at the unit costs of the model.

Others pay what a scenario states, as far as `paid_by_others` says; posts cost the same whether or not they are busy.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.run import Run

POSTS = {
    "reception": ("cost_reception", "reception_posts"),
    "caseworkers": ("cost_caseworker", "caseworkers"),
    "investigators": ("cost_investigator", "investigators"),
    "specialists": ("cost_specialist", "specialists"),
}
"""Kinds of post, with the parameter that holds their unit cost and the measure that counts them, whoever pays."""


@dataclass(frozen=True)
class Costs:
    """What is paid over the reported months, in US dollars."""

    donors: float  # disbursed, coded or not; of it the next goes into investigators
    donors_investigators: float
    others: dict[str, float]  # states and other sectors, by kind
    people: float  # person-years in the crisis
    identified: float

    @property
    def paid_by_others(self) -> float:
        """What others pay for all kinds together."""
        return math.fsum(self.others.values())

    @property
    def investigators(self) -> float:
        """What investigators cost, whoever pays."""
        return self.others["investigators"] + self.donors_investigators

    @property
    def total(self) -> float:
        """What all payers pay together."""
        return self.donors + self.paid_by_others

    def a_head(self, dollars: float) -> float:
        """Return US dollars per person and year."""
        return dollars / self.people if self.people else math.nan

    def each(self, dollars: float) -> float:
        """Return US dollars per person identified; NaN where nobody is."""
        return dollars / self.identified if self.identified else math.nan

    def to_dict(self) -> dict[str, object]:
        """Return it as plain data, with what follows from it per person and per person identified."""
        payers = {
            "donors": self.donors,
            "others": self.paid_by_others,
            "all payers": self.total,
            "all payers but investigators": self.total - self.investigators,
            "investigators": self.investigators,
        }
        return {
            **asdict(self),
            "a_head_and_year": {name: self.a_head(dollars) for name, dollars in payers.items()},
            "per_identified": {name: self.each(dollars) for name, dollars in payers.items()},
        }

    @classmethod
    def of(cls, scenario: Scenario, found: Run) -> Costs:
        """Return what one run of a scenario costs, by payer."""
        months = found.months
        years = scenario.months / 12
        others = {kind: stated(scenario, kind) * scenario.parameter(cost) * years for kind, (cost, _) in POSTS.items()}
        places = stated(scenario, "assistance_places")
        others["assistance_places"] = places * 12 * years * scenario.parameter("cost_assistance")
        untrained = float((months["frontline_staff"] * (1.0 - months["trained_share"])).sum())
        others["training"] = untrained * training_rate(scenario) * scenario.parameter("cost_training")
        posts = float(months["investigators"].sum()) / 12 - stated(scenario, "investigators") * years
        return cls(
            donors=float(months["disbursed_cents"].sum()) / 100,
            donors_investigators=max(posts, 0.0) * scenario.parameter("cost_investigator"),
            others=others,
            people=float(months["people"].sum()) / 12,
            identified=float(months["identified"].sum()),
        )


def stated(scenario: Scenario, kind: str) -> float:
    """Return the posts or places of a kind that others pay, over all crises and back ends."""
    return float(scenario.parameter("paid_by_others")) * math.fsum(_entries(scenario, kind))


def training_rate(scenario: Scenario) -> float:
    """Return the rate at which others train, per untrained worker and month: the mean of back ends."""
    rates = _entries(scenario, "training")
    return float(scenario.parameter("paid_by_others")) * float(np.mean(rates)) if rates else 0.0


def _entries(scenario: Scenario, kind: str) -> list[float]:
    return [float(getattr(b, kind)) for c in scenario.crises.values() for b in c.back_ends.values()]
