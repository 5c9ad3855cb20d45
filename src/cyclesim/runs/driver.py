"""The driver: carry out the runs that a sweep lacks, store them, and say how far it is."""

from __future__ import annotations

import json
import os
import socket
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cyclesim.errors import FolderError
from cyclesim.runs import engines, precision, store, totals
from cyclesim.runs.engines import Batch, Done, Engine, Serial
from cyclesim.runs.folder import put
from cyclesim.runs.plan import Item
from cyclesim.runs.sweep import Job, Sweep, begin
from cyclesim.runs.worlds import simulate_months

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.inputs.study import Study

FLUSH_RUNS, FLUSH_SECONDS = 500, 10.0
"""Runs, or seconds, after which what has been simulated is written."""
BATCH_SECONDS, BATCH_RUNS = 1.0, 200
"""How long a batch should take, so that a short run does not pay for its travel; and how many runs it is at most."""
WHOLE = (1, 1)
"""The only shard of a sweep that one driver carries out."""

Shard = tuple[int, int]


class Outcome(NamedTuple):
    """A row for the runs, or for the failures."""

    failed: bool
    row: tuple[Any, ...]


@dataclass(frozen=True)
class State:
    """How far a sweep is.

    Attributes
    ----------
    total
        Runs asked for, of the whole sweep or of this shard.
    stored
        Runs that were there before.
    done, failed
        Runs carried out since, and how many of them failed.
    seconds
        Time since.
    """

    total: int
    stored: int
    done: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Runs per second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at this rate; None before the first run."""
        return (self.total - self.stored - self.done) / self.rate if self.rate else None


Progress = Callable[[State], None]


def simulate_item(job: Job, item: Item) -> Outcome:
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
        return Outcome(True, (*head, job.seed, stage, message, traceback.format_exc()))
    return Outcome(False, (*head, *kept.values(), *(column.tolist() for column in months.values())))


def sweep(
    study: Study | str | Path,
    folder: str | Path | None = None,
    workers: int = 1,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Carry out a study in a folder, or what is missing of it there.

    Parameters
    ----------
    study
        A study, the name of a shipped one, or a file.
    folder
        ``results/NAME-HASH`` if absent.
    workers
        Processes; results do not depend on them. In a script, call this under ``if __name__ == "__main__":``.
    engine
        Another engine than processes on this machine, such as `cyclesim.runs.cluster.Dask`.
    progress
        Called whenever runs are done.

    Raises
    ------
    StudyError, ScenarioError, DesignError, UnknownNameError
        If the study is wrong; nothing has been written then.
    FolderError
        If the folder holds something else, or cannot be written.
    WorkerError
        If workers die whatever they are given. What was done before is stored.
    """
    found = begin(study, folder)
    carry_out(found, engine or engines.engine(workers), progress=progress)
    return found


def carry_out(
    sweep: Sweep,
    engine: Engine | None = None,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
    retry_failed: bool = False,
) -> State:
    """Simulate what a sweep lacks, and store it.

    Parameters
    ----------
    engine
        Where runs are carried out; in this process if absent. Results do not depend on it.
    shard
        ``(k, n)``: only every n-th world, beginning with the k-th, while other drivers see to the others.
    progress
        Called whenever runs are done.
    retry_failed
        Whether failed runs are tried again.

    Raises
    ------
    FolderError
        If another driver is at work on the folder, it cannot be written, or another model version made it.
    WorkerError
        If workers die whatever they are given. What was done before is stored.
    """
    sweep.check_version()
    with _claimed(sweep.folder, shard):
        if shard == WHOLE:
            sweep.store.repair()
            for left in sweep.folder.glob("driver-*.json"):  # of drivers that were killed
                left.unlink(missing_ok=True)
        if retry_failed:
            sweep.store.drop_failures()
        state = _round(sweep, engine or Serial(), shard, progress)
        while (target := _target(sweep)) > sweep.plan.replications:
            sweep.resize(replications=target)
            state = _round(sweep, engine or Serial(), shard, progress, state)
    finish(sweep)
    return state


def finish(sweep: Sweep) -> bool:
    """Sort the files of a sweep that is complete, if no other driver is at work on it; return whether it is sorted."""
    with store.locked(sweep.folder) as free:
        if free and sweep.complete:
            sweep.store.compact()
        return free and sweep.complete


def resized(sweep: Sweep, draws: int | None, replications: int | None) -> None:
    """Ask for more draws or replications, if no driver is at work on the sweep; see `Sweep.resize`."""
    sweep.check_version()
    with _claimed(sweep.folder, WHOLE):
        sweep.resize(draws, replications)


def summarise(sweep: Sweep, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables beside the runs."""
    with sweep.store.writing():
        for name, frame in tables.items():
            put(sweep.folder / name, frame.reset_index().to_csv(index=False).encode())


def drivers(folder: Path) -> list[dict[str, Any]]:
    """Return what the drivers at work on a folder, and those that were killed at it, last said of themselves."""
    found = []
    for file in sorted(folder.glob("driver-*.json")):
        try:
            found.append(json.loads(file.read_text()))
        except (OSError, ValueError):  # it ended just now
            continue
    return found


def running(folder: Path) -> bool:
    """Return whether a driver on this machine is at work on a folder."""
    if not (folder / store.LOCK).exists():
        return False
    with store.locked(folder) as free:
        return not free


def _round(sweep: Sweep, engine: Engine, shard: Shard, progress: Progress | None, before: State | None = None) -> State:
    """Carry out all runs of the plan that are not stored."""
    stored = sweep.store.keys
    total = sum(1 for _ in sweep.plan.items(shard))
    todo = sum(1 for item in sweep.plan.items(shard) if item.key not in stored)
    driver = _Driver(sweep, engine, shard, total, total - todo, progress, before)
    if not todo:
        return driver.state
    batches = _Batches((item for item in sweep.plan.items(shard) if item.key not in stored), todo, engine)
    job = sweep.job()
    try:
        for done in engine.map(simulate_item, job, batches):
            batches.learn(done)
            driver.take(done, job)
    finally:
        driver.flush()
        driver.leave()
        sweep.store.forget()
    return driver.state


class _Batches:
    """Hands out items in batches that take about a second, and smaller ones towards the end."""

    def __init__(self, items: Iterator[Item], todo: int, engine: Engine) -> None:
        self._items, self._left, self._engine = items, todo, engine
        self._seconds, self._runs = 0.0, 0

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        items = list(islice(self._items, self._size()))
        if not items:
            raise StopIteration
        self._left -= len(items)
        return Batch(items)

    def learn(self, done: Done) -> None:
        """Note how long a batch took."""
        self._seconds, self._runs = self._seconds + done.seconds, self._runs + len(done.batch.items)

    def _size(self) -> int:
        if not self._seconds:
            return 1
        fitting = int(BATCH_SECONDS * self._runs / self._seconds)
        return max(1, min(fitting, BATCH_RUNS, self._left // (2 * self._engine.workers)))


class _Driver:
    """Takes results, writes them now and then, and says how far the sweep is."""

    def __init__(
        self,
        sweep: Sweep,
        engine: Engine,
        shard: Shard,
        total: int,
        stored: int,
        progress: Progress | None,
        before: State | None,
    ) -> None:
        self._sweep, self._progress = sweep, progress
        self._sign = sweep.folder / f"driver-{shard[0]}-of-{shard[1]}.json"
        self._about = {"host": socket.gethostname(), "pid": os.getpid(), "engine": type(engine).__name__.lower()}
        self._runs: list[tuple[Any, ...]] = []
        self._failures: list[tuple[Any, ...]] = []
        done, failed, seconds = (before.done, before.failed, before.seconds) if before else (0, 0, 0.0)
        self._began, self._flushed, self._signed = time.monotonic() - seconds, time.monotonic(), 0.0
        self._count = {"total": total, "stored": stored - done, "done": done, "failed": failed}

    @property
    def state(self) -> State:
        return State(**self._count, seconds=time.monotonic() - self._began)

    def take(self, done: Done, job: Job) -> None:
        outcomes = done.results
        if outcomes is None:
            outcomes = [_lost(job, item) for item in done.batch.items]
        for outcome in outcomes:
            (self._failures if outcome.failed else self._runs).append(outcome.row)
            self._count["failed"] += outcome.failed
        self._count["done"] += len(outcomes)
        now = time.monotonic()
        if len(self._runs) + len(self._failures) >= FLUSH_RUNS or now - self._flushed >= FLUSH_SECONDS:
            self.flush()
        if now - self._signed > 1.0:
            self._sign_of_life()
        if self._progress:
            self._progress(self.state)

    def flush(self) -> None:
        runs, failures = self._runs, self._failures
        self._runs, self._failures = [], []
        self._sweep.store.add(runs, failures)
        self._flushed = time.monotonic()

    def leave(self) -> None:
        self._sign.unlink(missing_ok=True)

    def _sign_of_life(self) -> None:
        """Tell `cyclesim status`, which reads from another terminal."""
        state = self.state
        content = {**self._about, **self._count, "rate": state.rate, "left": state.seconds_left, "at": time.time()}
        with self._sweep.store.writing():
            put(self._sign, json.dumps(content).encode())
        self._signed = time.monotonic()


def _lost(job: Job, item: Item) -> Outcome:
    message = "the worker process died each time this run was tried; there may be too little memory for it"
    name = job.scenarios[item.scenario].name
    return Outcome(True, (item.key, name, item.draw, item.replication, job.seed, "worker", message, ""))


def _target(sweep: Sweep) -> int:
    """Return the replications that the stop rule of a sweep asks for next; as many as now without one."""
    rule = sweep.rule
    if rule is None or not sweep.complete:
        return sweep.plan.replications
    differences = sweep.by_replication(rule.measure)
    return max(precision.next_target(values, rule) for values in differences.values())


@contextmanager
def _claimed(folder: Path, shard: Shard) -> Iterator[None]:
    """Keep other drivers off a sweep, or off a shard of it."""
    name = f"lock-{shard[0]}-of-{shard[1]}"
    with store.locked(folder, shared=shard != WHOLE) as free, store.locked(folder, name) as alone:
        if not (free and alone):
            whom = "this shard of it" if free else "it"
            raise FolderError(
                f"another driver is at work on {folder}, and on {whom}; wait for it (cyclesim status) or stop it"
            )
        yield
