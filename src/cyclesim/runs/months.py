"""One world: a scenario, the values of a draw and a name of the luck become a monthly table."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario

if TYPE_CHECKING:
    from cyclesim.runs.design import Design

Table = dict[str, NDArray[np.generic]]
_COLLECT_SECONDS, _COLLECT_SHARE = 1.0, 0.02


@dataclass(frozen=True)
class World:
    """The luck that scenarios share: draw 0 is the defaults."""

    draw: int
    replication: int


def simulate_world(
    scenarios: Sequence[Scenario], design: Design, seed: int, world: World, twin: bool = False
) -> list[Table]:
    """Return the monthly table of each scenario in one world; its expected values where `twin` is true."""
    values = design.of(world.draw)
    return [simulate_months(scenario, values, seed, world.draw, world.replication, twin) for scenario in scenarios]


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
