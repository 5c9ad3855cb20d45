"""Worlds: which are asked for, and simulating them here or in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import NO_DRAWS, Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.months import Table, World, simulate_world


def worlds(design: Design | None, replications: int) -> list[World]:
    """Return the worlds of a study: replications of the defaults, or of every draw of a design."""
    if replications < 1:
        raise DesignError(f"a study needs at least one replication (got {replications})")
    draws = range(1, len(design) + 1) if design is not None and len(design) else range(1)
    return [World(draw, replication) for draw in draws for replication in range(replications)]


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
