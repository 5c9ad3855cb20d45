"""What each intervention does to the measure it acts on, at the ends of the numbers it touches, and what follows.

The test of directions and the tables in docs/directions.md share it. What is expected stands in directions.yaml. Worlds
are twins: there is no luck in them but that of plans, which worlds that are compared share, so that a difference is
exact.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cyclesim.inputs import reading
from cyclesim.inputs.interventions import Changes, Entry, catalogue, written_out
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.paths import bounds
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.model.cycle import CycleModel
from scaling import scaled

BUILT = tuple(name for name, entry in catalogue().items() if entry.built)
DEFAULTS = "defaults"
NOTHING = "nothing to change"
FINE = ("holds", "stands still", NOTHING)
"""Verdicts with which the file is up to date."""
FIRST_YEARS = 24
"""Months of the world of consequences before the change; what follows is counted over those after it."""
OUTCOMES = {"identified": "up", "assisted": "up", "exploited": "down"}
"""The three headline outcomes, and where one would have an intervention move them."""
NEGLIGIBLE = 5e-4
"""Relative change below which an outcome over eight years does not count as moved."""
_EQUAL = 1e-6  # relative difference below which a measure does not count as moved
Tables = dict[str, Any]
Values = tuple[tuple[str, float], ...]
"""Paths and values, sorted; a path may hold ``*`` as in the catalogue."""


@dataclass(frozen=True)
class Expected:
    """What is expected of one intervention; the head of directions.yaml says what each key means."""

    measure: str
    direction: str
    because: str
    line: str | None = None
    given: dict[str, float] = field(default_factory=dict)
    seeds: int = 1
    ends: dict[str, str] = field(default_factory=dict)
    reverses: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The measure, and the line of spending on which it is read."""
        return f"{self.measure}, line {self.line}" if self.line else self.measure


@dataclass(frozen=True)
class Trial:
    """What an intervention did to its measure: means over the months, without it and with it."""

    without: float
    with_it: float
    idle: bool = False
    """Whether every number that it touches has the value already that it would get."""

    @property
    def outcome(self) -> str:
        """``up``, ``down``, ``unmoved`` or, where it is idle, nothing to change."""
        change = self.with_it - self.without
        if self.idle and change == 0:
            return NOTHING
        if abs(change) <= _EQUAL * max(abs(self.without), abs(self.with_it)):
            return "unmoved"
        return "up" if change > 0 else "down"

    @property
    def change(self) -> str:
        """The change, in per cent where there is something to compare it with."""
        if self.outcome in (NOTHING, "unmoved"):
            return "0"
        if self.without == 0:
            return f"{self.with_it:+.3g}"
        percent = 100 * (self.with_it / self.without - 1)
        return f"{percent:+.0f} %" if abs(percent) >= 100 else f"{percent:+.2g} %"


@cache
def _file() -> dict[str, Any]:
    return dict(reading.read(Path(__file__).with_name("directions.yaml")).data)


@cache
def expected() -> dict[str, Expected]:
    """Return what is expected of every intervention, in the order of the file."""
    return {name: Expected(**entry) for name, entry in _file()["directions"].items()}


def ranges() -> dict[str, list[float]]:
    """Return the ranges that directions.yaml states, by the last part of the path."""
    return dict(_file()["ranges"])


def touched(name: str) -> list[str]:
    """Return the paths that an intervention changes."""
    changes = catalogue()[name].changes
    return changes.touched if changes else []


def partners(name: str) -> list[str]:
    """Return the parameters with which those touched act together: they serve the same mechanism of the report.

    Those of the numbers of a crisis stand in directions.yaml.
    """
    own = touched(name)
    served = {m for path in own for m in _mechanisms(path)}
    named = [f"parameters.{p}" for path in own for p in _file()["partners"].get(_leaf(path), [])]
    alike = [f"parameters.{p}" for p, q in parameters().items() if q.range and served & set(q.mechanisms)]
    return [path for path in dict.fromkeys([*named, *alike]) if path not in own]


def limits(path: str) -> tuple[float, float]:
    """Return the plausible range of a number: that of parameters.yaml, or else that of directions.yaml."""
    quantity = parameters().get(_leaf(path))
    low, high = quantity.range if quantity and quantity.range else ranges()[_leaf(path)]
    return float(low), float(high)


def own_ends(name: str) -> dict[str, Values]:
    """Return the ends of what an intervention touches, one by one and all together, by label."""
    return {**dict(_each(touched(name))), **dict(_corners(touched(name)))}


def partner_ends(name: str) -> dict[str, Values]:
    """Return the ends of the partners of what an intervention touches, by label."""
    return dict(_each(partners(name)))


def all_ends(name: str) -> dict[str, Values]:
    """Return everything at which an intervention is tried, the defaults first, by label."""
    return {DEFAULTS: (), **own_ends(name), **partner_ends(name)}


def trial(name: str, values: Values = ()) -> Trial:
    """Return what an intervention does where numbers have these values before it."""
    entry = expected()[name]
    start = tuple(sorted({**entry.given, **dict(values)}.items()))
    seeds = range(1, entry.seeds + 1)
    without, with_it = (np.mean([_mean(tables(start, used, seed), entry) for seed in seeds]) for used in (None, name))
    return Trial(float(without), float(with_it), _is_idle(_world(start), name))


def verdict(name: str, label: str, outcome: str) -> str:
    """Return whether a direction holds, stands still for a listed reason or has nothing to change.

    Else it says that the file is behind, or that what the intervention acts on moves the wrong way, for which there is
    no list.
    """
    entry = expected()[name]
    if label in entry.ends:
        return "stands still" if outcome == "unmoved" else f"listed as unmoved, is {outcome}"
    if outcome == NOTHING and label != DEFAULTS:
        return NOTHING
    return "holds" if outcome == entry.direction else f"does not hold: {outcome}"


@cache
def tables(values: Values, name: str | None, seed: int = 1) -> Tables:
    """Return the tables of the world with these values, with an intervention in use at once and in full, or none.

    All interventions begin after the spin-up, and go on from a copy of the same model.
    """
    scenario, model = _world(values), copy.deepcopy(_spun_up(values, seed))
    if name:
        change = {"from": scenario.start, **written_out(catalogue()[name], scenario.resolved())}
        scenario = Scenario.parse(scenario.resolved() | {"interventions": {"use": change}}, "directions")
        model.inputs, model.schedule = scenario, Schedule(scenario)
    return model.run().observations.tables()


def described(name: str) -> list[str]:
    """Return what the table in docs says of an intervention before anything is simulated, one text a column."""
    entry = expected()[name]
    return [f"{name}: {catalogue()[name].title}", entry.label, entry.direction, entry.because]


def measured(name: str, label: str, values: Values) -> list[str]:
    """Return what the table in docs says of an end after simulation: without, with, change, verdict."""
    found = trial(name, values)
    return [f"{found.without:.4g}", f"{found.with_it:.4g}", found.change, verdict(name, label, found.outcome)]


@cache
def consequences(*names: str) -> np.ndarray:
    """Return people identified, people assisted and person-months of exploitation, after the first two years.

    Parameters
    ----------
    names
        Interventions of the catalogue in use together, each with its ramp, from the third year on.
    """
    data = changing().resolved()
    used = {
        name: {"from": "2025-01", "ramp": catalogue()[name].ramp, **written_out(catalogue()[name], data)}
        for name in names
    }
    model = CycleModel(Scenario.parse(data | {"interventions": used}, "consequences"), twin=True).run()
    model.close()
    table = model.observations.tables()["months"]
    return np.array([table[measure][FIRST_YEARS:].sum() for measure in OUTCOMES])


def reversals(*names: str) -> dict[str, float]:
    """Return the outcomes that interventions together move the wrong way, and by how much relative to none."""
    changes = consequences(*names) / consequences() - 1.0
    wrong = {"up": -1.0, "down": 1.0}
    return {
        outcome: float(change)
        for (outcome, wanted), change in zip(OUTCOMES.items(), changes, strict=True)
        if change * wrong[wanted] > NEGLIGIBLE
    }


@cache
def changing() -> Scenario:
    """Return ten years of the world in which consequences are followed: that of the trials, with few posts and no wave.

    Others pay for a mechanism, of which money can build more.
    """
    return _with_money(scaled("mechanism-in-place", 1_000_000).resolved(), "consequences")


def _is_idle(scenario: Scenario, name: str) -> bool:
    changes = written_out(catalogue()[name], scenario.resolved())
    same = [scenario.value(path) == value for path, value in changes["set"].items()]
    same += [scenario.value(path) == 0 or factor == 1 for path, factor in changes["scale"].items()]
    same += [scenario.value(path) == bounds(path)[1] or share == 0 for path, share in changes["close"].items()]
    return all(same) and not changes["add"]


@cache
def world() -> Scenario:
    """Return two years of a crisis with a mechanism in which every lever has something to act on.

    People flee to the camps (P13), the media look there (re-programming), international organisations come in
    (poaching), and many that nobody has vetted (P2).
    """
    data = scaled("mechanism-in-place", 1_000_000).resolved() | {"months": 24}
    crisis = data["crises"]["protracted"]
    crisis["arrivals"]["fled"] = {"month": "2023-05", "people": 100_000, "settings": {"camps": 1.0}}
    crisis["attention"] = {"news": {"month": "2023-05", "peak": 1.0}}
    crisis["organisations"]["Surge"] = {
        "kind": "un_ingo", "channel": "humanitarian", "setting": "camps", "staff": 100,
        "international": True, "context": 0.5, "arrives": "2023-05",
    }  # fmt: skip
    crisis["organisations"]["Newcomers"] = {
        "kind": "newly_registered", "channel": "humanitarian", "setting": "camps", "staff": 200, "count": 2000,
        "vetted": False, "arrives": "2023-03",
    }  # fmt: skip
    return _with_money(data, "directions")


def _with_money(data: dict[str, Any], name: str) -> Scenario:
    """Return a world in which there is money to move: donors who give on little belief, and even records.

    In the shipped rungs money runs down, and whatever hangs on it would hardly be seen.
    """
    own = {"half_belief": 1.0, "initial_funding": 0.03, "recording_noise": 0.0}
    return Scenario.parse(data | {"parameters": {**data["parameters"], **own}}, name)


@lru_cache(maxsize=16)
def _spun_up(values: Values, seed: int) -> CycleModel:
    model = CycleModel(_world(values), seed=seed, twin=True)
    while model.month < 0:
        model.step()
    model.close()
    return model


@cache
def _world(values: Values) -> Scenario:
    return world().with_values(_spelt_out(dict(values)))


def _spelt_out(values: Mapping[str, float]) -> dict[str, float]:
    """Return values by path, with the names of the world in place of ``*``."""
    if not values:
        return {}
    changes = Changes.model_construct(set=dict(values))
    return written_out(Entry.model_construct(changes=changes), world().resolved())["set"]


def _each(paths: list[str]) -> Iterator[tuple[str, Values]]:
    for path in paths:
        for end, value in zip(("min", "max"), limits(path), strict=True):
            yield f"{_leaf(path)} {end}", ((path, value),)


def _corners(paths: list[str]) -> Iterator[tuple[str, Values]]:
    if len(paths) > 1:
        for number, end in enumerate(("min", "max")):
            yield f"all {end}", tuple((path, limits(path)[number]) for path in paths)


def _mean(tables: Tables, entry: Expected) -> float:
    if entry.line is None:
        return float(tables["months"][entry.measure].mean())
    return float(tables["lines"][entry.measure][tables["lines"]["line"] == entry.line].mean())


def _mechanisms(path: str) -> tuple[str, ...]:
    quantity = parameters().get(_leaf(path))
    return quantity.mechanisms if quantity else ()


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]
