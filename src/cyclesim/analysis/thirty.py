"""Thirty crises that share donors, derived from one scenario: the world in which money is compared between crises.

What they are is our assumption, stated here and nowhere else: thirty crises (29 live responses in 2022 and 2023, report
section 1), of sizes a factor of 40 apart, 362 million people in need together (report introduction); the hazard from a
half to twice that of the scenario; what others pay from a tenth to ten times what it states per person, from next to
nobody found to a mechanism; each evenly on a log scale, in another order. All else, per person, is as in its largest
crisis; nobody has a line when the spin-up begins; no media shock, no dated changes, everybody there from the beginning;
donors as in the scenario, their budgets scaled with the people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from cyclesim.analysis.measuring import Measured, coded, known, yearly
from cyclesim.analysis.plain import finite
from cyclesim.analysis.simulated import Worlds, simulated
from cyclesim.analysis.targets import Sample
from cyclesim.analysis.trials import people_of
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ratio
from cyclesim.runs.run import Run

CRISES = 30
PEOPLE = 362_000_000
SIZES = 40.0  # the largest crisis over the smallest
HAZARD = (0.5, 2.0)
OTHERS = (0.1, 10.0)
_STEPS = (7, 11)  # neither shares a divisor with 30, so that each order takes every level once
_PAID = ("reception", "caseworkers", "investigators", "specialists", "assistance_places")
_ABSENT = {"arrivals": ("month",), "organisations": ("arrives", "fade_months")}
NAME = "thirty"
EARLY, LAST = slice(0, 36), slice(84, 120)  # years 1 to 3, and 8 to 10
YEARS = 10
Cube = NDArray[np.float64]
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
"""What is told of thirty crises, and the target and its place (`of_thirty`)."""


def thirty(scenario: Scenario) -> Scenario:
    """Return the thirty crises of a scenario; see the module."""
    data = scenario.resolved()
    present = {name: people_of(crisis) for name, crisis in data["crises"].items()}
    template = _at_rest(data["crises"][max(present, key=lambda name: present[name])])
    sizes = np.geomspace(1.0, SIZES, CRISES)
    sizes *= PEOPLE / sizes.sum()
    data["crises"] = {f"crisis {n:02d}": _one(template, n, float(size)) for n, size in enumerate(sizes)}
    data |= {"changes": {}, "interventions": {}, "months": max(scenario.months, 120)}
    factor = PEOPLE / sum(present.values())
    for donor in data.get("donors", {}).values():
        budget = donor["budget"]
        years = isinstance(budget, dict)
        donor["budget"] = {year: b * factor for year, b in budget.items()} if years else budget * factor
    return Scenario.parse(data, NAME)


def _one(template: dict[str, Any], number: int, people: float) -> dict[str, Any]:
    """Return the crisis of a number: the template at its own size, hazard and level of what others pay."""
    hazard, others = (
        float(np.geomspace(*ends, CRISES)[step * number % CRISES])
        for ends, step in zip((HAZARD, OTHERS), _STEPS, strict=True)
    )
    factor = people / people_of(template)
    back_ends = _times(template["back_ends"], factor * others, *_PAID)
    for back_end in back_ends.values():
        back_end["training"] = min(back_end.get("training", 0.0) * others, 1.0)
    settings = template["settings"].items()
    return {
        **template,
        "line": False,
        "settings": {name: {**one, "intensity": one.get("intensity", 1.0) * hazard} for name, one in settings},
        "arrivals": {n: {**w, "people": round(w["people"] * factor)} for n, w in template["arrivals"].items()},
        "organisations": _times(template.get("organisations", {}), factor, "staff"),
        "back_ends": back_ends,
    }


def _at_rest(crisis: dict[str, Any]) -> dict[str, Any]:
    """Return a crisis in which everybody who ever arrives is there from the beginning, and no media shock."""
    kept = {
        part: {
            name: {k: v for k, v in entry.items() if k not in absent} for name, entry in crisis.get(part, {}).items()
        }
        for part, absent in _ABSENT.items()
    }
    return {**crisis, "attention": {}, **kept}


def _times(entries: dict[str, Any], factor: float, *fields: str) -> dict[str, dict[str, Any]]:
    return {
        name: {**entry, **{field: entry.get(field, 0.0) * factor for field in fields}}
        for name, entry in entries.items()
    }


def of_thirty(worlds: Worlds, runs: Sequence[Run]) -> dict[str, Measured]:
    """Return all that is measured between crises: of coded money disbursed in full years, per person in need."""
    money = yearly(worlds.crises(NAME, "disbursed_cents")) / 100 * coded(worlds.scenario(NAME))
    people = yearly(worlds.crises(NAME, "in_need")) / 12
    lines = worlds.crises(NAME, "plan_line")
    return {
        "T6": [*_beside_others(worlds.scenario(NAME), money, people), _coverage(worlds, slice(0, 120))],
        "T15": [np.array([_spearman(run) for run in runs]), np.array([same_direction(run) for run in runs])],
        "T18": [over_time(money, people), *(_coverage(worlds, months) for months in (EARLY, LAST))],
        "T20": [np.asarray(lines[..., months].mean(axis=(1, 2))) for months in (slice(0, 24), slice(24, 36))],
        "T21": _per_head(money, people),
        "T25": [_jumps(money)],
    }


def over_time(money: Cube, people: Cube) -> Sample:
    """Return money per head in years 8-10 over years 1-3, from (worlds, crises, years), mean over crises."""
    head = np.divide(money, people, out=np.zeros_like(money), where=people > 0)
    early, late = (head[..., m.start // 12 : m.stop // 12].mean(axis=(1, 2)) for m in (EARLY, LAST))
    return ratio(late, early)


def same_direction(simulated: Run) -> float:
    """Return 0.5 + the herding of donors' yearly moves (Lakonishok, Shleifer and Vishny 1992).

    A move is the change of a donor's rate for a crisis between Decembers; herding is how far the share of upward moves
    is from that of all crises, beyond what independent donors would show.
    """
    from scipy.stats import binom

    donors = simulated.tables["donors"]
    ends = donors[donors["month"] % 12 == 11].pivot(index=["crisis", "donor"], columns="month", values="rate")
    moves = np.sign(np.diff(ends.to_numpy(), axis=1))
    moves = moves.reshape(donors["crisis"].nunique(), donors["donor"].nunique(), -1)
    up, moved = (moves > 0).sum(axis=1), (moves != 0).sum(axis=1)  # (crises, years)
    found = []
    for year in range(moves.shape[2]):
        overall = up[:, year].sum() / max(moved[:, year].sum(), 1)
        for rising, number in zip(up[:, year], moved[:, year], strict=True):
            if number > 1:
                k = np.arange(number + 1)
                chance = float(np.sum(binom.pmf(k, number, overall) * abs(k / number - overall)))
                found.append(abs(rising / number - overall) - chance)
    return 0.5 + float(np.mean(found)) if found else math.nan


def _beside_others(scenario: Scenario, money: Cube, people: Cube) -> list[Sample | str]:
    ours, needy = money.sum(axis=1), people.sum(axis=1)  # (worlds, years)
    found: list[Sample | str] = []
    for name in ("gender-based violence", "child protection"):
        if (sector := scenario.sectors.get(name)) is None:
            found.append(f"the scenario has no sector {name}")
        else:
            theirs = needy * sector.requirement * sector.coverage
            found.append(np.median(theirs / np.where(ours > 0, ours, math.nan), axis=1))
    return found


def _coverage(worlds: Worlds, months: slice) -> Sample:
    given, asked = (
        worlds.crises(NAME, f"{name}_cents")[..., months].sum(axis=(1, 2)) for name in ("disbursed", "requirement")
    )
    return ratio(given, asked)


def _per_head(money: Cube, people: Cube) -> Measured:
    together = ratio(money.sum(axis=(1, 2)), people.sum(axis=(1, 2)))
    each = np.divide(money, people, out=np.zeros_like(money), where=people > 0)
    return [together, np.median(each.mean(axis=2), axis=1), (money == 0).mean(axis=(1, 2))]


def _jumps(money: Cube) -> Sample:
    """Return the standard deviation of yearly log changes, where there is money in both years; one value a world."""
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.diff(np.log(money), axis=2)
    both = (money[..., 1:] > 0) & (money[..., :-1] > 0)
    return np.array(
        [one[known].std(ddof=1) if known.sum() > 1 else math.nan for one, known in zip(changes, both, strict=True)]
    )


def _spearman(simulated: Run) -> float:
    """Return the rank correlation over crises of money per head and true prevalence, all reported years."""
    from scipy.stats import spearmanr

    months = simulated.months.groupby("crisis")
    money = months["disbursed_cents"].sum() / months["in_need"].sum()
    prevalence = months["true_prevalence"].mean()
    if money.nunique() < 2 or prevalence.nunique() < 2:
        return math.nan
    return float(spearmanr(money, prevalence).statistic)


@dataclass(frozen=True)
class OneCrisis:
    """One of the thirty, mean over lucks and the first ten reported years."""

    name: str
    people: float  # in need, million
    prevalence: float  # true, exploited in a year per 1,000
    reception: float  # posts per million people, whoever pays
    identified: float  # per million and year
    asked: float  # by planners, in a line or not: US dollars per person in need and year
    money: float
    line: float  # share of plans with a line


@dataclass(frozen=True)
class Thirty:
    """Money between thirty crises, by size, over some lucks of lines and recording practice."""

    seeds: int
    crises: tuple[OneCrisis, ...]
    facts: dict[str, float]  # what the evidence asks of them, mean over lucks; NaN where it cannot be measured
    by_year: list[float]  # coded US dollars per person in need, over all crises together

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {**asdict(self), "crises": [asdict(one) for one in self.crises], "facts": finite(self.facts)}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Thirty:
        """Return what `to_dict` told."""
        facts = {name: math.nan if value is None else value for name, value in plain["facts"].items()}
        return TypeAdapter(cls).validate_python({**plain, "facts": facts})


def between(
    scenario: Scenario, seeds: int, seed: int = 1, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> Thirty:
    """Return money between the thirty crises that are derived from a scenario; no ask is put in."""
    found = simulated([thirty(scenario)], seeds, seed, workers, progress=progress)
    measured = of_thirty(found.worlds, found.runs[NAME])
    facts = {words: known(measured[target][place]) for words, (target, place) in FACTS.items()}
    names = sorted(found.worlds.scenario(NAME).crises)
    return Thirty(seeds, _crises(found.worlds, names), facts, _by_year(found.worlds))


def _crises(worlds: Worlds, names: list[str]) -> tuple[OneCrisis, ...]:
    def each(measure: str) -> Cube:
        return np.asarray(worlds.crises(NAME, measure)[..., : 12 * YEARS].mean(axis=(0, 2)))

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
    values = (worlds(NAME, measure)[:, : 12 * YEARS] for measure in ("disbursed_cents", "in_need"))
    money, people = (v.reshape(len(v), -1, 12).sum(axis=(0, 2)) for v in values)
    return [float(value) for value in money / people * 0.12 * coded(worlds.scenario(NAME))]
