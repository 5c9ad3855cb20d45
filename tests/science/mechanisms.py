"""What switching a mechanism off does, in a probe world where every mechanism has something to act on.

The test of mechanisms and the table in docs/mechanisms.md share it. What is expected stands in mechanisms.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cyclesim.inputs import reading
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from scaling import scaled

SWITCHES = tuple(name for name, quantity in parameters().items() if quantity.off is not None)
SEEDS = range(1, 5)
"""Worlds behind the table in docs."""
SIGNS = {"up": 1, "down": -1}
UNTRUSTED = {"trust_gain": 0.0, "trust_loss": 0.0, "frustration": 0.0}
"""Trust held still: more referrals overload the back end, and lost trust would hide what a mechanism does directly."""
Tables = dict[str, Any]
_TABLES = {"setting": "settings", "group": "groups", "form": "forms", "line": "lines", "donor": "donors"}


@dataclass(frozen=True)
class Expected:
    """One entry of mechanisms.yaml; the head of that file says what each key means."""

    measure: str
    direction: str
    because: str
    part: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    trust: bool = False
    beside: bool = False

    @property
    def label(self) -> str:
        """The measure, and the part of the crisis in which it is read."""
        return ", ".join([self.measure, *(f"{key} {name}" for key, name in self.part.items())])

    @property
    def values(self) -> dict[str, Any]:
        """What differs from the probe world where it is tried."""
        return {**({} if self.trust else UNTRUSTED), **self.given}


@cache
def expected() -> dict[str, Expected]:
    """Return what is expected of every switch, in the order of the file."""
    content = reading.read(Path(__file__).with_name("mechanisms.yaml")).data
    return {name: Expected(**entry) for name, entry in content.items()}


@cache
def probe() -> Scenario:
    """Return a world in which every mechanism has something to act on, whatever the shipped scenarios are like.

    Others pay for posts enough that many people are on record; the back end is crowded; the plan has no line at first.
    """
    data = scaled("mechanism-in-place", 150_000, spin_up=12).resolved()
    data |= {"months": 24, "changes": {}}
    crisis = data["crises"]["protracted"]
    crisis["groups"] |= {"women": 0.242, "institutional_children": 0.02}  # enough of them to be counted
    crisis["arrivals"]["fled"] = {"month": "2023-06", "people": 100_000, "settings": {"host towns": 1.0}}
    crisis["arrivals"]["residents"] = {
        "people": 30_000, "settings": {"host towns": 1.0}, "statuses": {"host_community": 1.0},
    }  # fmt: skip
    crisis["attention"] = {"news": {"month": "2023-06", "peak": 1.0}}
    crisis["organisations"]["Surge"] = {
        "kind": "un_ingo", "channel": "humanitarian", "setting": "host towns", "staff": 60,
        "international": True, "context": 0.5, "arrives": "2023-06",
    }  # fmt: skip
    crisis["organisations"]["Newcomers"] = {
        "kind": "newly_registered", "channel": "humanitarian", "setting": "host towns", "staff": 60, "count": 500,
        "vetted": False, "arrives": "2023-06",
    }  # fmt: skip
    crisis["back_ends"]["national"] = {
        "reception": 60, "caseworkers": 0.6, "investigators": 2.5, "specialists": 0.2, "assistance_places": 3,
        "training": 0.01, "conditional": 0.5,
    }  # fmt: skip
    crisis |= {"needs_met": 0.3, "line": False}
    data["parameters"] = {
        "paid_by_others": 1, "incidence": 0.0015, "initial_preparedness": 0.3, "protection_uptake": 0.4,
        "inertia_years": 1, "reporting_lag": 3, "triage": 0.03, "record_sharing": 0.7, "false_links": 0.005,
        "initial_funding": 0.1, "lost_referral": 0.35, "leadership": 0.6, "contact": 0.1,
    }  # fmt: skip
    return Scenario.parse(data, "probe")


@cache
def two_crises() -> Scenario:
    """Return the probe and a smaller crisis beside it."""
    data = probe().resolved()
    data["crises"]["smaller"] = scaled("small", 50_000).resolved()["crises"]["valley"]
    return Scenario.parse(data, "two crises")


def off_and_on(name: str, seeds: range) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of a switch's measure over the run, one entry a seed: switched off, and on."""
    pairs = [tables_off_and_on(name, seed) for seed in seeds]
    means = np.array([[_mean(tables, expected()[name]) for tables in pair] for pair in pairs])
    return means[:, 0], means[:, 1]


def tables_off_and_on(name: str, seed: int) -> tuple[Tables, Tables]:
    """Return the tables of two worlds of the same luck: a mechanism switched off, and on."""
    on, beside = expected()[name].values, expected()[name].beside
    return _tables(_key({**on, name: parameters()[name].off}), seed, beside), _tables(_key(on), seed, beside)


def described(name: str) -> list[str]:
    """Return what the table in docs says of a switch before anything is simulated, one text a column."""
    quantity, entry = parameters()[name], expected()[name]
    given = "; ".join(f"{path} {value}" for path, value in entry.given.items())
    return [
        ", ".join(quantity.mechanisms) or "none",
        f"`{name}` = {quantity.off:g} (instead of {quantity.value:g})",
        entry.label + (f" (given {given})" if given else ""),
        entry.direction,
        entry.because,
    ]


def measured(name: str) -> list[str]:
    """Return what the table in docs says of a switch after simulation: on, off, difference, verdict."""
    off, on = off_and_on(name, SEEDS)
    difference = float((off - on).mean())
    error = float((off - on).std(ddof=1)) / len(SEEDS) ** 0.5
    return [
        f"{on.mean():.4g}",
        f"{off.mean():.4g}",
        f"{difference:+.2g} ± {error:.1g}",
        _verdict(name, difference, error),
    ]


def _verdict(name: str, difference: float, error: float) -> str:
    sign = SIGNS.get(expected()[name].direction)
    if sign is None:
        return "open"
    if difference * sign <= 0:
        return "does not hold"
    return "holds" if abs(difference) > 2 * error else "holds within noise"


@cache
def _tables(values: tuple[tuple[str, Any], ...], seed: int, beside: bool) -> Tables:
    world = two_crises() if beside else probe()
    return CycleModel(world.with_values(dict(values)), seed=seed).run().observations.tables()


def _key(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


def _mean(tables: Tables, entry: Expected) -> float:
    if not entry.part:
        return float(tables["months"][entry.measure].mean())
    ((key, name),) = entry.part.items()
    table = tables[_TABLES[key]]
    return float(table[entry.measure][table[key] == name].mean())
