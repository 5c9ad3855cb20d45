"""One run: a scenario, the values of a draw and a name of the luck become a monthly table, or a row of a sweep."""

import gc
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.worlds import totals
from cyclesim.worlds.totals import Table

_COLLECT_SECONDS, _COLLECT_SHARE = 1.0, 0.02


@dataclass(frozen=True)
class World:
    """The luck that scenarios share: draw 0 is the defaults."""

    draw: int
    replication: int


@dataclass(frozen=True)
class Item:
    """One run: a key of all that determines it, its scenario's place in the study, its world, and the values drawn.

    Draw 0 is the defaults; `luck` is the draw that names the luck, 0 where all draws share it.
    """

    key: str
    scenario: int
    draw: int
    replication: int
    luck: int
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Job:
    """What all runs of a sweep share; it travels to every worker once."""

    scenarios: tuple[Scenario, ...]
    quantities: tuple[str, ...]
    seed: int
    twin: bool
    totals: tuple[str, ...]
    monthly: tuple[str, ...]


class RunOutcome(NamedTuple):
    """A row for the runs, or for the failures."""

    failed: bool
    row: tuple[Any, ...]


def simulate_item(job: Job, item: Item) -> RunOutcome:
    """Simulate one run and return its row; whatever goes wrong becomes a row of the failures."""
    scenario, stage = job.scenarios[item.scenario], "inputs"
    values = dict(zip(job.quantities, item.values.tolist(), strict=True))
    head = (item.key, scenario.name, item.draw, item.replication)
    try:
        drawn = scenario.with_values(values) if values else scenario
        stage = "simulation"
        table = simulate_months(drawn, {}, job.seed, item.luck, item.replication, job.twin)
        stage = "totals"
        kept = totals.totals(table, job.totals)
        months = totals.by_month(table, job.monthly)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return RunOutcome(True, (*head, job.seed, stage, message, traceback.format_exc()))
    return RunOutcome(False, (*head, *kept.values(), *(column.tolist() for column in months.values())))


def simulate_months(
    scenario: Scenario, values: Mapping[str, float], seed: int, draw: int, replication: int, twin: bool = False
) -> Table:
    """Return the monthly table of one scenario with drawn values; ``draw`` names its luck."""
    from cyclesim.model.cycle import CycleModel

    drawn = scenario.with_values(values) if values else scenario
    model = CycleModel(drawn, seed, draw, replication, twin=twin).run()
    months = model.observations.tables()["months"]
    model.close()
    del model
    _collect_now_and_then()
    return months


_collected, _pause = 0.0, _COLLECT_SECONDS


def _collect_now_and_then() -> None:
    """Free finished models: each is a ring of references, and the collector counts objects, not megabytes."""
    global _collected, _pause  # noqa: PLW0603 - a clock
    if time.monotonic() - _collected > _pause:
        began = time.monotonic()
        gc.collect()
        _collected = time.monotonic()
        _pause = max(_COLLECT_SECONDS, (_collected - began) / _COLLECT_SHARE)
