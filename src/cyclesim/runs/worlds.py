"""Worlds: which are asked for, and simulating them here or in worker processes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import NO_DRAWS, Design
from cyclesim.runs.engines import gathered

Table = dict[str, NDArray[np.generic]]
_COLLECT_SECONDS, _COLLECT_SHARE = 1.0, 0.02


@dataclass(frozen=True)
class World:
    """The luck that scenarios share: draw 0 is the defaults."""

    draw: int
    replication: int


def worlds(design: Design | None, replications: int) -> list[World]:
    """Return the worlds of a study: replications of the defaults, or of every draw of a design."""
    if replications < 1:
        raise DesignError(f"a study needs at least one replication (got {replications})")
    draws = range(1, len(design) + 1) if design is not None and len(design) else range(1)
    return [World(draw, replication) for draw in draws for replication in range(replications)]


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


def simulate_worlds(
    scenarios: Sequence[Scenario],
    design: Design | None,
    seed: int,
    todo: Sequence[World],
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    twin: bool = False,
) -> list[list[Table]]:
    """Simulate worlds, in order, whatever the number of workers.

    Parameters
    ----------
    progress
        Called with the number of worlds done and asked for.
    twin
        Whether people are expected numbers.

    Raises
    ------
    WorkerError
        If a worker process died, for want of memory for example.
    """
    design = NO_DRAWS if design is None else design
    if workers < 1:
        raise DesignError(f"worlds need at least one worker (got {workers})")
    shared = (list(scenarios), design, seed, twin)
    size = max(1, min(25, len(todo) // (4 * workers)))
    return gathered(_world, shared, todo, workers, progress, size)


def _world(shared: tuple[list[Scenario], Design, int, bool], world: World) -> list[Table]:
    scenarios, design, seed, twin = shared
    return simulate_world(scenarios, design, seed, world, twin)
