"""Worlds: which are asked for, and simulating them here or in worker processes."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_byte
from dataclasses import dataclass
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, WorkerError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import NO_DRAWS, Design

Table = dict[str, NDArray[np.generic]]
_COLLECT_SECONDS = 1.0
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


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
    from cyclesim.model.cycle import CycleModel

    values = design.of(world.draw)
    tables = []
    for scenario in scenarios:
        drawn = scenario.with_values(values) if values else scenario
        model = CycleModel(drawn, seed, world.draw, world.replication, twin=twin).run()
        tables.append(model.observations.tables()["months"])
        model.close()
        del model
        _collect_now_and_then()
    return tables


_collected = 0.0


def _collect_now_and_then() -> None:
    """Free finished models: each is a ring of references, and the collector counts objects, not megabytes."""
    global _collected  # noqa: PLW0603 - a clock
    if time.monotonic() - _collected > _COLLECT_SECONDS:
        gc.collect()
        _collected = time.monotonic()


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
    results = []
    for number, tables in enumerate(_stream(scenarios, design, seed, todo, workers, twin), start=1):
        results.append(tables)
        if progress:
            progress(number, len(todo))
    return results


def _stream(
    scenarios: Sequence[Scenario], design: Design, seed: int, todo: Sequence[World], workers: int, twin: bool
) -> Iterator[list[Table]]:
    if workers <= 1 or len(todo) == 1:
        for world in todo:
            yield simulate_world(scenarios, design, seed, world, twin)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    for name in _THREADS:  # inherited by the workers: one BLAS thread a process
        os.environ.setdefault(name, "1")
    size = max(1, min(25, len(todo) // (4 * workers)))
    chunks = [todo[first : first + size] for first in range(0, len(todo), size)]
    context = get_context("spawn")
    stop = context.RawValue("b", 0)  # no lock that a killed worker could keep
    pool = ProcessPoolExecutor(workers, context, _start, (list(scenarios), design, seed, twin, stop))
    try:
        for tables in pool.map(_chunk, chunks):
            yield from tables
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process died; if memory ran out, ask for fewer workers. In a script, simulate under "
            "`if __name__ == '__main__':`, and not from standard input: workers import the script anew"
        ) from error
    finally:
        stop.value = 1  # chunks under way end after their present world: Ctrl-C is answered soon
        pool.shutdown(wait=True, cancel_futures=True)


_study: tuple[list[Scenario], Design, int, bool, c_byte] | None = (
    None  # of a worker process: sent once, not with every chunk
)


def _start(scenarios: list[Scenario], design: Design, seed: int, twin: bool, stop: c_byte) -> None:
    global _study  # noqa: PLW0603 - the one thing a worker process is told at its start
    _study = (scenarios, design, seed, twin, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver hears Ctrl-C and tells the workers
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker when its parent is gone: a killed driver must leave no orphans."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _chunk(chunk: Sequence[World]) -> list[list[Table]]:
    assert _study is not None  # _start ran in this process
    scenarios, design, seed, twin, stop = _study
    return [simulate_world(scenarios, design, seed, world, twin) for world in chunk if not stop.value]
