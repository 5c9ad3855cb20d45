"""The ladder: what hangs on anti-trafficking money in each rung, along the part that others pay.

Along `paid_by_others` stand, for each rung: what is lost when every dollar of anti-trafficking money is taken away from
the first reported month on (what it has built decays), the gain of the loop, what a cut comes to, what the first
interventions do, and who pays how much. The loss is an output: it is not one minus what others pay. A variant tells
"who pays" from "how much there is": what others do not pay is made up at the beginning by an endowment, which decays as
posts do, so that capacity in year 1 is the same along the axis. All runs are of the twin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from cyclesim.analysis.loop import loop
from cyclesim.analysis.payers import POSTS, Costs
from cyclesim.analysis.plain import finite
from cyclesim.analysis.trials import without_money
from cyclesim.errors import DesignError
from cyclesim.inputs import dates
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.practice.back_end import ADDED
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import Run
from cyclesim.runs.simulate import run

RUNGS = ("unseen-crisis", "mechanism-in-place", "strong-system")
LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
NAMED = {"low": 0.1, "middle": 0.5, "high": 1.0}
"""What others pay, low, middle and high: beside every headline."""
FIRST = {
    "R2": "training most staff",
    "R9": "a strong back end",
    "R17": "donors who read otherwise",
    "R18": "flexible money",
    "P3": "reception",
}
"""The first interventions, by their ids in the catalogue."""
OUTCOMES = ("identified", "assisted", "exploited")
"""The three headline outcomes: people, people, and person-months of exploitation."""
LOOP_YEARS = 20
Figures = dict[str, float]
"""Numbers by outcome or by kind of staff."""


@dataclass(frozen=True)
class Effect:
    """What becomes of the three outcomes with a change: with it minus without.

    Attributes
    ----------
    per_million
        Difference per million people and year.
    share
        The same over what there is without the change; NaN of nothing.
    """

    per_million: Figures
    share: Figures


@dataclass(frozen=True)
class Point:
    """One rung at one level of what others pay.

    Attributes
    ----------
    rung, level, endowed
        Scenario, `paid_by_others`, and whether capacity of year 1 is made up by an endowment.
    present
        The three outcomes per million people and year.
    capacity
        Reception posts, caseworkers, investigators and specialists per million people in year 1, whoever pays.
    without
        What becomes of the outcomes without any anti-trafficking money.
    money
        Anti-trafficking money disbursed, coded or not, US dollars per person and year: in all reported years, in the
        first three and in the last three.
    costs
        Who pays; None with an endowment, which nobody pays.
    gain, by_belief, by_ask, cut
        Of the loop, and what a cut of a third for two years comes to in times itself; NaN where not asked for.
    first
        What the first interventions do, by id; empty where not asked for.
    """

    rung: str
    level: float
    endowed: bool
    present: Figures
    capacity: Figures
    without: Effect
    money: Figures
    costs: Costs | None = None
    gain: float = math.nan
    by_belief: float = math.nan
    by_ask: float = math.nan
    cut: float = math.nan
    first: Mapping[str, Effect] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is no number is None."""
        told: dict[str, Any] = finite({**asdict(self), "costs": self.costs and self.costs.to_dict()})
        return told

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Point:
        """Return the point that `to_dict` told."""
        costs = plain["costs"] and {f.name: plain["costs"][f.name] for f in fields(Costs)}
        told = {key: _number(value) for key, value in plain.items() if key != "costs"}
        told |= {"without": Effect(**told["without"]), "costs": costs and Costs(**costs)}
        return cls(**{**told, "first": {name: Effect(**one) for name, one in told["first"].items()}})


@dataclass(frozen=True)
class Drawn:
    """One rung at one draw of the states of the world: points at the named levels of what others pay.

    The loop is measured at the middle one.
    """

    draw: int
    points: Mapping[str, Point]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {"draw": self.draw, "points": {name: one.to_dict() for name, one in self.points.items()}}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Drawn:
        """Return what `to_dict` told."""
        return cls(plain["draw"], {name: Point.of(one) for name, one in plain["points"].items()})


def endowed(scenario: Scenario, level: float) -> Scenario:
    """Return the scenario at a level of what others pay, with an endowment that makes up for the rest at the beginning.

    In year 1 it adds to posts per million people what the world in which others pay all has more, donors' posts
    included, and to places and training what others do not pay. Each year turnover leaves a smaller part of it.
    """
    world = scenario.with_values({"paid_by_others": level})
    people = sum(wave.people for c in scenario.crises.values() for wave in c.arrivals.values()) / 1e6
    ends = [b for c in scenario.crises.values() for b in c.back_ends.values()]
    full, bare = (_capacity(run(scenario.with_values({"paid_by_others": at}), twin=True)) for at in (1.0, level))
    missing = {kind: max(full[kind] - bare[kind], 0.0) for kind in POSTS}
    missing["assistance_places"] = (1 - level) * math.fsum(b.assistance_places for b in ends) / people
    missing["training"] = (1 - level) * math.fsum(b.training for b in ends) / len(ends)
    kept = math.exp(-12 * scenario.parameter("turnover_national"))
    changes = {}
    for year in range(math.ceil(scenario.months / 12)):
        added = {f"parameters.{ADDED[kind]}": amount * kept**year for kind, amount in missing.items()}
        begin, end = (dates.date(12 * (year + k), scenario.start) for k in (0, 1))
        changes[f"endowment, year {year + 1}"] = {"from": begin, "until": end, "add": added}
    return world.with_values({"changes": {**world.resolved().get("changes", {}), **changes}})


def point(scenario: Scenario, level: float, made_up: bool = False, whole: bool = True) -> Point:
    """Return one point of the ladder.

    Parameters
    ----------
    level
        `paid_by_others`.
    made_up
        Whether an endowment makes up for what others do not pay.
    whole
        Whether loop and first interventions are measured too; never with an endowment.
    """
    world = endowed(scenario, level) if made_up else scenario.with_values({"paid_by_others": level})
    base = run(world, twin=True)
    found = Point(
        rung=scenario.name,
        level=level,
        endowed=made_up,
        present=_per_million(base),
        capacity=_capacity(base),
        without=effect(base, run(without_money(world), twin=True)),
        money=_money(base),
        costs=None if made_up else Costs.of(world, base),
    )
    if not whole or made_up:
        return found
    first = {name: effect(base, run(using(world, name), twin=True)) for name in FIRST}
    return replace(_turning(found, world), first=first)


def points(
    scenarios: Sequence[Scenario],
    levels: Sequence[float] = LEVELS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Point]:
    """Return the points of scenarios along what others pay: as it is, and with an endowment.

    Raises
    ------
    DesignError
        For a level outside 0 to 1.
    """
    if not levels or not all(0 <= level <= 1 for level in levels):
        raise DesignError(f"what others pay is a share from 0 to 1 (got {', '.join(map(str, levels)) or 'none'})")
    items = [(n, level, made_up) for n in range(len(scenarios)) for made_up in (False, True) for level in levels]
    return gathered(_point, list(scenarios), items, workers, progress)


def over_draws(
    scenario: Scenario, design: Design, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> list[Drawn]:
    """Return the loss at the named levels of what others pay, and the loop at the middle one, for each draw."""
    return gathered(_drawn, (scenario, design), range(1, len(design) + 1), workers, progress)


def using(scenario: Scenario, *names: str) -> Scenario:
    """Return the scenario with interventions of the catalogue from the first reported month on."""
    entries = {f"ladder {name}": {"uses": name, "from": scenario.start} for name in names}
    return scenario.with_values({"interventions": {**scenario.resolved().get("interventions", {}), **entries}})


def effect(base: Run, other: Run) -> Effect:
    """Return what becomes of the three outcomes in the other run."""
    before, after = _per_million(base), _per_million(other)
    return Effect(
        {name: after[name] - before[name] for name in OUTCOMES},
        {name: after[name] / before[name] - 1 if before[name] else math.nan for name in OUTCOMES},
    )


# ---------------------------------------------------------------- details


def _point(scenarios: list[Scenario], item: tuple[int, float, bool]) -> Point:
    return point(scenarios[item[0]], *item[1:])


def _drawn(shared: tuple[Scenario, Design], draw: int) -> Drawn:
    scenario, design = shared
    world = scenario.with_values(design.of(draw))
    points = {name: point(world, level, whole=False) for name, level in NAMED.items()}
    points["middle"] = _turning(points["middle"], world.with_values({"paid_by_others": NAMED["middle"]}))
    return Drawn(draw, points)


def _turning(found: Point, world: Scenario) -> Point:
    """Return a point with the loop of its world."""
    turns = loop(world, LOOP_YEARS)
    return replace(found, gain=turns.gain, by_belief=turns.by_belief, by_ask=turns.by_ask, cut=turns.cut.times)


def _sum(found: Run, name: str, months: slice = slice(None)) -> float:
    """Return a measure of all crises, summed over reported months."""
    table = found.months.groupby("month", sort=True)[name].sum()
    return float(table.to_numpy(dtype=float)[months].sum())


def _per_million(found: Run) -> Figures:
    """Return the three outcomes per million people and year."""
    people = _sum(found, "people") / 12e6
    return {name: _sum(found, name) / people if people else math.nan for name in OUTCOMES}


def _money(found: Run) -> Figures:
    """Return anti-trafficking money per person and year."""
    spans = {"all years": slice(None), "first three": slice(0, 36), "last three": slice(-36, None)}
    people = {name: _sum(found, "people", months) / 12 for name, months in spans.items()}
    return {
        name: _sum(found, "disbursed_cents", months) / 100 / people[name] if people[name] else math.nan
        for name, months in spans.items()
    }


def _capacity(found: Run) -> Figures:
    """Return posts per million people in year 1."""
    first = slice(0, 12)
    people = _sum(found, "people", first) / 1e6
    return {kind: _sum(found, measure, first) / people for kind, (_, measure) in POSTS.items()}


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _number(entry) for key, entry in value.items()}
    return math.nan if value is None else value
