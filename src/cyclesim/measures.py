"""Measures: what the model counts, once. Tables, charts, sentences, reports, pages and totals read them here.

They stand in measures.toml: reading YAML would double the time that importing the package takes.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PERSON_MONTHS = "person_months_exploited"
"""Stock of people in exploitation, summed over months: the one total that is no column of the monthly table."""


@dataclass(frozen=True)
class Measure:
    """One quantity that the model counts."""

    name: str
    kind: str  # stock (at the end of the month), flow (during it), level (share, rate or index), total (of a run only)
    unit: str
    title: str  # what it is called in a table
    words: str  # and in a sentence
    text: str
    averted: bool = False  # less of it is better, so that its difference is what is averted: baseline - counterfactual
    headline: bool = False  # it is printed where only some are

    @property
    def integer(self) -> bool:
        """Whether it is an int64 count or an int64 amount of cents; all others are float64."""
        return self.unit in ("people", "cents", "cases")

    @property
    def is_cumulative(self) -> bool:
        """Whether it adds up over months (people in exploitation to person-months); of all others the mean is taken."""
        return self.kind == "flow" or self.name in ("exploited", PERSON_MONTHS)

    @property
    def over_year(self) -> str:
        """How the months of a year become one number: a flow's ``sum``, of all others the ``mean``."""
        return "sum" if self.kind in ("flow", "total") else "mean"

    @property
    def label(self) -> str:
        """Its title, and that its difference is what is averted."""
        return f"{self.title}, averted" if self.averted else self.title

    def difference(self, base: Any, other: Any) -> Any:
        """Return what a counterfactual changes: what it averts (baseline - counterfactual), or has more of."""
        return base - other if self.averted else other - base


def _read() -> dict[str, Measure]:
    text = Path(__file__).with_name("measures.toml").read_text(encoding="utf-8")
    return {name: Measure(name, **entry) for name, entry in tomllib.loads(text).items()}


EVERY = _read()
"""Every measure and total, by name."""

MEASURES = {name: measure for name, measure in EVERY.items() if measure.kind != "total"}
"""The monthly measures of a crisis, by name."""


def over_months(name: str) -> Measure:
    """Return what a measure comes to over months: person-months of exploitation for people in it, else itself."""
    return EVERY[PERSON_MONTHS if name == "exploited" else name]


HEADLINES = tuple(name for name, measure in EVERY.items() if measure.headline)
"""What is printed where only some are, in order."""
