"""The ladder: what hangs on anti-trafficking money in each rung, along the part that others pay; all by the twin.

Money is taken away from the first reported month on, and what it has built decays. An endowment, which makes up
capacity at the beginning, tells "who pays" from "how much".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from cyclesim.analysis.loop import loop
from cyclesim.analysis.payers import POSTS, Costs
from cyclesim.analysis.plain import finite
from cyclesim.analysis.trials import without_money
from cyclesim.errors import DesignError
from cyclesim.inputs import dates
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.model.practice.back_end import ADDED
from cyclesim.runs.run import Run
from cyclesim.runs.simulate import run
from cyclesim.worlds.design import Design
from cyclesim.worlds.engines import parallel_map

RUNGS = ("unseen-crisis", "mechanism-in-place", "strong-system")
LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
NAMED = {"low": 0.1, "middle": 0.5, "high": 1.0}  # what others pay, low, middle and high: beside every headline
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
CHOICES = tuple({"survivors_first": one, "record_at_intake": two} for two in (0.0, 1.0) for one in (0.0, 1.0))
"""Who gets a scarce intake, and when a record is made: choices that decide signs, so all are shown."""
ARMS: dict[str, tuple[str, ...]] = {"neither": (), "training": ("R2",), "back end": ("R9",), "both": ("R2", "R9")}
YEARLY = ("referred", "answered_share", "trust", "identified")
LOOP_YEARS = 20
Figures = dict[str, float]  # numbers by outcome or by kind of staff


@dataclass(frozen=True)
class Change:
    """What becomes of the three outcomes with a change: with it minus without."""

    per_million: Figures  # per million people and year
    share: Figures  # over what there is without; NaN of nothing


@dataclass(frozen=True)
class Point:
    """One rung at one level of what others pay; what was not asked for is NaN or empty."""

    rung: str  # name of the scenario
    level: float
    endowed: bool
    present: Figures  # per million people and year
    capacity: Figures  # posts per million people in year 1, whoever pays
    without: Change  # of all anti-trafficking money
    money: Figures  # disbursed, coded or not, US dollars per person and year
    costs: Costs | None = None  # None with an endowment, which nobody pays
    gain: float = math.nan
    by_belief: float = math.nan
    by_ask: float = math.nan
    cut: float = math.nan
    first: Mapping[str, Change] = field(default_factory=dict)  # by id of the intervention

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is no number is None."""
        return dict(finite({**asdict(self), "costs": self.costs and self.costs.to_dict()}))

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Point:
        """Return the point that `to_dict` told."""
        return TypeAdapter(cls).validate_python({**_number(plain), "costs": plain["costs"]})


@dataclass(frozen=True)
class Drawn:
    """One rung at one draw: points at the named levels of what others pay, the loop measured at the middle one."""

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

    In year 1 it adds to posts what the world in which others pay all has more, donors' posts included, and to places
    and training what others do not pay. Each year turnover leaves a smaller part of it.
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
    """Return one point of the ladder, made up by an endowment or not; if whole, with loop and first interventions."""
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
    """Return the points of scenarios along what others pay: as it is, and with an endowment."""
    if not levels or not all(0 <= level <= 1 for level in levels):
        raise DesignError(f"what others pay is a share from 0 to 1 (got {', '.join(map(str, levels)) or 'none'})")
    items = [(n, level, made_up) for n in range(len(scenarios)) for made_up in (False, True) for level in levels]
    return parallel_map(_point, list(scenarios), items, workers, progress)


def over_draws(
    scenario: Scenario, design: Design, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> list[Drawn]:
    """Return the loss at the named levels of what others pay, and the loop at the middle one, for each draw."""
    return parallel_map(_drawn, (scenario, design), range(1, len(design) + 1), workers, progress)


def using(scenario: Scenario, *names: str) -> Scenario:
    """Return the scenario with interventions of the catalogue from the first reported month on."""
    entries = {f"ladder {name}": {"uses": name, "from": scenario.start} for name in names}
    return scenario.with_values({"interventions": {**scenario.resolved().get("interventions", {}), **entries}})


def effect(base: Run, other: Run) -> Change:
    """Return what becomes of the three outcomes in the other run."""
    before, after = _per_million(base), _per_million(other)
    return Change(
        {name: after[name] - before[name] for name in OUTCOMES},
        {name: after[name] / before[name] - 1 if before[name] else math.nan for name in OUTCOMES},
    )


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
    sums = {n: (_sum(found, "disbursed_cents", span), _sum(found, "people", span) / 12) for n, span in spans.items()}
    return {name: money / 100 / people if people else math.nan for name, (money, people) in sums.items()}


def _capacity(found: Run) -> Figures:
    """Return posts per million people in year 1."""
    people = _sum(found, "people", slice(0, 12)) / 1e6
    return {kind: _sum(found, measure, slice(0, 12)) / people for kind, (_, measure) in POSTS.items()}


def _number(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _number(entry) for key, entry in value.items()}
    return math.nan if value is None else value


def two_by_two(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what training (R2) and a back end (R9), from the first month on, do by year, for each choice and arm."""
    found = []
    for choice in CHOICES:
        world = scenario.with_values(choice)
        arms = {arm: _by_year(run(using(world, *used), twin=True)) for arm, used in ARMS.items()}
        found.append({"choice": choice, "arms": arms})
    return found


def _by_year(found: Run) -> dict[str, list[float]]:
    """Return measures by year: flows added up over crises and months, levels weighted by people."""
    months = found.months
    year, result = months["month"] // 12, {}
    for name in YEARLY:
        weight = months["people"] if MEASURES[name].kind == "level" else None
        values = months[name] if weight is None else months[name] * weight
        sums = values.groupby(year).sum() / (1.0 if weight is None else weight.groupby(year).sum())
        result[name] = np.asarray(sums, dtype=float).tolist()
    return result
