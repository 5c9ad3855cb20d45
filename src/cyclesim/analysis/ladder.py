"""The ladder: what hangs on anti-trafficking money in each rung, along the part that others pay.

Along `paid_by_others` stand, for each rung: what is lost when every dollar of anti-trafficking money is taken away from
the first reported month on (what it has built decays), the gain of the loop, and what the first interventions do. The
loss is an output: it is not one minus what others pay. Two variants tell "who pays" from "how much there is": in the
second, what others do not pay is made up at the beginning by an endowment of posts, which decays as posts do, so that
capacity in year 1 is the same along the axis. All runs are of the twin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cyclesim.analysis.loop import loop
from cyclesim.errors import DesignError
from cyclesim.inputs import dates
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.practice.back_end import ADDED, PAID_BY_OTHERS
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import Run
from cyclesim.runs.simulate import run

RUNGS = ("unseen-crisis", "mechanism-in-place", "strong-system")
LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
LOW, MIDDLE, HIGH = 0.1, 0.5, 1.0
"""What others pay, low, middle and high: beside every headline."""
FIRST = {"R2": "training most staff", "R9": "a strong back end", "P3": "reception", "R17": "donors who correct",
         "R18": "flexible money"}  # fmt: skip
"""The first interventions, by their ids in the catalogue."""
OUTCOMES = ("identified", "assisted", "exploited")
"""The three headline outcomes, summed over the reported months: people, people, person-months of exploitation."""
LOOP_YEARS = 20


@dataclass(frozen=True)
class Effect:
    """What becomes of the three outcomes, against the world without the change.

    Attributes
    ----------
    identified, assisted, exploited
        The outcome with the change, minus that without, over that without.
    """

    identified: float
    assisted: float
    exploited: float


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
        Reception posts, caseworkers and investigators per million people in year 1.
    without
        What becomes of the outcomes without any anti-trafficking money.
    money
        Anti-trafficking money disbursed, US dollars per person in need and year, coded or not.
    gain, by_belief, by_ask, cut
        Of the loop, and what a cut of a third for two years comes to in times itself; NaN where not asked for.
    first
        What the first interventions do, by id.
    """

    rung: str
    level: float
    endowed: bool
    present: dict[str, float]
    capacity: dict[str, float]
    without: Effect
    money: float
    gain: float = math.nan
    by_belief: float = math.nan
    by_ask: float = math.nan
    cut: float = math.nan
    first: dict[str, Effect] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is no number is None."""
        return {key: _finite(value) for key, value in asdict(self).items()}


def without_money(scenario: Scenario) -> Scenario:
    """Return the scenario in which all anti-trafficking money is gone from the first reported month on."""
    return _changed(scenario, {"no money": {"from": scenario.start, "set": {"parameters.giving": 0}}})


def endowed(scenario: Scenario, level: float) -> Scenario:
    """Return the scenario with an endowment of what others do not pay, which decays as posts do.

    Each year of it is a dated change of the levers that add posts per million people; the first year makes up all of
    what others do not pay, the next ones what turnover leaves of it.
    """
    people = sum(w.people for c in scenario.crises.values() for w in c.arrivals.values())
    ends = [b for c in scenario.crises.values() for b in c.back_ends.values()]
    stated = {n: sum(getattr(b, n) for b in ends) * (1e6 / people if n != "training" else 1) for n in PAID_BY_OTHERS}
    kept = math.exp(-12 * scenario.parameter("turnover_national"))
    changes = {}
    for year in range(math.ceil(scenario.months / 12)):
        added = {f"parameters.{ADDED[n]}": (1 - level) * value * kept**year for n, value in stated.items()}
        begin, end = (dates.date(12 * (year + k), scenario.start) for k in (0, 1))
        changes[f"endowment, year {year + 1}"] = {"from": begin, "until": end, "add": added}
    return _changed(scenario, changes)


def point(scenario: Scenario, level: float, made_up: bool = False, whole: bool = True) -> Point:
    """Return one point of the ladder.

    Parameters
    ----------
    level
        `paid_by_others`.
    made_up
        Whether an endowment makes up for what others do not pay.
    whole
        Whether loop and first interventions are measured too.
    """
    world = scenario.with_values({"paid_by_others": level})
    world = endowed(world, level) if made_up else world
    base = run(world, twin=True)
    found = Point(
        rung=scenario.name,
        level=level,
        endowed=made_up,
        present={name: value for name, value in _per_million(base).items() if name in OUTCOMES},
        capacity=_capacity(base),
        without=_effect(base, run(without_money(world), twin=True)),
        money=_money(base),
    )
    if not whole or made_up:
        return found
    turns = loop(world, LOOP_YEARS)
    first = {
        name: _effect(base, run(_with(world, {"it": {"uses": name, "from": world.start, "ramp": 0}}), twin=True))
        for name in FIRST
    }
    told = {**asdict(found), "gain": turns.gain, "by_belief": turns.by_belief, "by_ask": turns.by_ask}
    return Point(**{**told, "without": found.without, "cut": turns.cut.times, "first": first})


def ladder(
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


def over_draws(scenario: Scenario, design: Design, workers: int = 1) -> list[Point]:
    """Return for each draw of a design what is lost without money, and the gain."""
    return gathered(_drawn, (scenario, design), range(1, len(design) + 1), workers)


# ---------------------------------------------------------------- training and back end, alone and together

CHOICES: tuple[dict[str, float], ...] = ({}, {"survivors_first": 1.0}, {"record_at_intake": 1.0})
"""Who gets a scarce intake, and when a record is made: choices that decide signs, so all are shown."""
ARMS = {"neither": (), "training": ("R2",), "back end": ("R9",), "both": ("R2", "R9")}
YEARLY = ("referred", "answered_share", "trust", "identified")


def two_by_two(scenario: Scenario) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Return referrals, share answered, trust and people identified by year, by choice and arm.

    Training trains most staff (R2), the back end answers (R9), both from the first reported month.
    """
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    for choice in CHOICES:
        name = next(iter(choice), "as it is")
        found[name] = {}
        for arm, used in ARMS.items():
            entries = {n: {"uses": n, "from": scenario.start, "ramp": 0} for n in used}
            world = _with(scenario.with_values(choice), entries) if entries else scenario.with_values(choice)
            found[name][arm] = _by_year(run(world, twin=True))
    return found


# ---------------------------------------------------------------- details


def _point(scenarios: list[Scenario], item: tuple[int, float, bool]) -> Point:
    return point(scenarios[item[0]], *item[1:])


def _drawn(shared: tuple[Scenario, Design], draw: int) -> Point:
    scenario, design = shared
    world = scenario.with_values(design.of(draw))
    level = float(world.parameter("paid_by_others"))
    found, turns = point(world, level, whole=False), loop(world, LOOP_YEARS)
    gains = {"gain": turns.gain, "by_belief": turns.by_belief, "by_ask": turns.by_ask, "cut": turns.cut.times}
    return Point(**{**asdict(found), **gains, "without": found.without})


def _changed(scenario: Scenario, changes: dict[str, Any]) -> Scenario:
    return scenario.with_values({"changes": {**scenario.resolved().get("changes", {}), **changes}})


def _with(scenario: Scenario, entries: dict[str, Any]) -> Scenario:
    return scenario.with_values({"interventions": {**scenario.resolved().get("interventions", {}), **entries}})


def _months(found: Run, name: str) -> Any:
    table = found.months.groupby("month", sort=True)[name].sum()
    return table.to_numpy(dtype=float)


def _per_million(found: Run) -> dict[str, float]:
    """Return flows and person-months per million people and year."""
    people = _months(found, "people").sum() / 12e6
    names = (*OUTCOMES, "disbursed_cents")
    return {name: float(_months(found, name).sum() / people) if people else math.nan for name in names}


def _money(found: Run) -> float:
    needy = _months(found, "in_need").sum() / 12
    return float(_months(found, "disbursed_cents").sum() / 100 / needy) if needy else math.nan


def _capacity(found: Run) -> dict[str, float]:
    people = _months(found, "people")[:12].mean() / 1e6
    return {
        n: float(_months(found, n)[:12].mean() / people) for n in ("reception_posts", "caseworkers", "investigators")
    }


def _effect(base: Run, other: Run) -> Effect:
    shares = []
    for name in OUTCOMES:
        before, after = (_months(found, name).sum() for found in (base, other))
        shares.append(float(after / before - 1) if before else math.nan)
    return Effect(*shares)


def _by_year(found: Run) -> dict[str, list[float]]:
    result = {}
    for name in YEARLY:
        values = found.months[name].to_numpy(dtype=float)
        years = values[: len(values) // 12 * 12].reshape(-1, 12)
        result[name] = (years.sum(axis=1) if name in ("referred", "identified") else years.mean(axis=1)).tolist()
    return result


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value
