"""Money between crises: what each of thirty crises asks for and gets, from planning alone, several lucks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.between_crises import NAME, of_thirty
from cyclesim.analysis.measuring import coded
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.plain import finite
from cyclesim.analysis.simulated import simulated
from cyclesim.analysis.thirty import thirty
from cyclesim.inputs.scenario import Scenario

YEARS = 10
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class OneCrisis:
    """One of the thirty, mean over lucks and the first ten reported years.

    Attributes
    ----------
    name
        In the scenario of thirty.
    people
        People in need, million.
    prevalence
        People exploited in a year per 1,000, true.
    reception
        Reception posts per million people, whoever pays.
    identified
        People identified per million and year.
    asked, money
        US dollars per person in need and year: asked for by planners, in a line or not, and coded money disbursed.
    line
        Share of plans with a line.
    """

    name: str
    people: float
    prevalence: float
    reception: float
    identified: float
    asked: float
    money: float
    line: float


@dataclass(frozen=True)
class Thirty:
    """Money between thirty crises.

    Attributes
    ----------
    seeds
        Lucks of lines and recording practice.
    crises
        By size.
    facts
        What the evidence asks of thirty crises, mean over lucks: by words. NaN where it cannot be measured.
    by_year
        Coded US dollars per person in need in each year, over all crises together.
    """

    seeds: int
    crises: tuple[OneCrisis, ...]
    facts: dict[str, float]
    by_year: list[float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {**asdict(self), "crises": [asdict(one) for one in self.crises], "facts": finite(self.facts)}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Thirty:
        """Return what `to_dict` told."""
        facts = {name: math.nan if value is None else value for name, value in plain["facts"].items()}
        return cls(plain["seeds"], tuple(OneCrisis(**one) for one in plain["crises"]), facts, plain["by_year"])


FACTS = {
    "gender-based violence, times as much": ("T6", 0),
    "child protection, times as much": ("T6", 1),
    "money over what is asked for": ("T6", 2),
    "money over prevalence, rank correlation": ("T15", 0),
    "money in years 8-10 over years 1-3": ("T18", 0),
    "plans with a line, years 1-2": ("T20", 0),
    "plans with a line, year 3": ("T20", 1),
    "coded US$ a head and year, all crises together": ("T21", 0),
    "coded US$ a head and year, the median crisis": ("T21", 1),
    "crises and years without any money": ("T21", 2),
    "sd of yearly log changes of money": ("T25", 0),
}
"""What is told of thirty crises, and the target and its place (`cyclesim.analysis.between_crises`)."""


def between(
    scenario: Scenario,
    seeds: int,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Thirty:
    """Return money between the thirty crises that are derived from a scenario; no ask is put in."""
    found = simulated([thirty(scenario)], seeds, seed, workers, progress=progress)
    measured = of_thirty(found.worlds, found.runs[NAME])
    facts = {words: _mean(measured[target][place]) for words, (target, place) in FACTS.items()}
    names = sorted(found.worlds.scenario(NAME).crises)
    return Thirty(seeds, _crises(found.worlds, names), facts, _by_year(found.worlds))


# ---------------------------------------------------------------- details


def _crises(worlds: Worlds, names: list[str]) -> tuple[OneCrisis, ...]:
    months = slice(0, 12 * YEARS)

    def each(measure: str) -> Figures:
        return np.asarray(worlds.crises(NAME, measure)[..., months].mean(axis=(0, 2)))

    people, needy = each("people"), each("in_need")
    columns = {
        "people": needy / 1e6,
        "prevalence": each("true_prevalence"),
        "reception": each("reception_posts") / people * 1e6,
        "identified": each("identified") / people * 12e6,
        "asked": each("requirement_cents") / needy * 0.12,
        "money": each("disbursed_cents") / needy * 0.12 * coded(worlds.scenario(NAME)),
        "line": each("plan_line"),
    }
    rows = (OneCrisis(name, **{key: float(v[n]) for key, v in columns.items()}) for n, name in enumerate(names))
    return tuple(sorted(rows, key=lambda one: -one.people))


def _by_year(worlds: Worlds) -> list[float]:
    money, needy = (worlds(NAME, measure)[:, : 12 * YEARS] for measure in ("disbursed_cents", "in_need"))
    share = coded(worlds.scenario(NAME))
    sums = (np.asarray(v).reshape(len(v), -1, 12).sum(axis=(0, 2)) for v in (money, needy))
    given, people = sums
    return [float(value) for value in given / people * 0.12 * share]


def _mean(sample: Any) -> float:
    return math.nan if isinstance(sample, str) else float(np.mean(sample))
