"""The driver: carry out the runs that a sweep lacks, store them, and say how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cyclesim.errors import DesignError, FolderError
from cyclesim.progress import watched
from cyclesim.runs.logbook import Logbook, Progress, Shard, State
from cyclesim.runs.sweep import Sweep, begin
from cyclesim.worlds import engines, precision, seals
from cyclesim.worlds.disk import holder, locked, write_atomic
from cyclesim.worlds.engines import Batch, Done, Executor, Serial
from cyclesim.worlds.item import Item, Job, RunOutcome, simulate_item
from cyclesim.worlds.store import same_bits

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from cyclesim.inputs.study import Study

BATCH_SECONDS, BATCH_RUNS = 1.0, 200
"""How long a batch should take, so that a short run does not pay for its travel; and how many runs it is at most."""
WHOLE = (1, 1)  # the only shard of a sweep that one driver carries out


def sweep(
    study: Study | str | Path,
    out: str | Path | None = None,
    workers: int = 1,
    engine: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Carry out a study in a folder, or what is missing of it there.

    Parameters
    ----------
    study
        A study, the name of a shipped one, or a file.
    out
        Folder of the sweep; ``results/NAME-HASH`` if absent.
    workers, engine
        Processes on this machine, or another engine such as `cyclesim.worlds.cluster.Dask`; results do not depend on
        them. In a script, call this under ``if __name__ == "__main__":``.
    progress
        Called whenever runs are done.

    Raises
    ------
    StudyError, ScenarioError, DesignError, UnknownNameError
        If the study is wrong; nothing has been written then.
    FolderError, WorkerError
        If the folder cannot be used, or workers die whatever they are given. What was done before is stored.
    """
    found = begin(study, out)
    with watched(None) as bar:
        told = progress or (None if bar is None else lambda state: bar(state.stored + state.done, state.total))
        carry_out(found, engine or engines.engine(workers), progress=told)
    return found


def carry_out(
    sweep: Sweep,
    engine: Executor | None = None,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
    retry_failed: bool = False,
) -> State:
    """Simulate what a sweep lacks and store it; of shard ``(k, n)`` every n-th world, beginning with the k-th."""
    sweep.check_code()
    if shard != WHOLE and (sweep.rule or retry_failed):
        what = "a stop rule" if sweep.rule else "another try of failed runs"
        raise DesignError(f"{what} is about all runs and goes with no shard; carry the sweep out with one driver")
    with _claimed(sweep.folder, shard):
        if shard == WHOLE:
            sweep.store.repair()
            for left in sweep.folder.glob("driver-*.json"):  # of drivers that were killed
                left.unlink(missing_ok=True)
        if retry_failed:
            sweep.store.drop_failures()
        sweep.check()
        state = _round(sweep, engine or Serial(), shard, progress)
        while (target := _target(sweep)) > sweep.plan.replications:
            sweep.resize(replications=target)
            state = _round(sweep, engine or Serial(), shard, progress, state)
    finish(sweep)
    return state


def finish(sweep: Sweep) -> bool:
    """Sort the files of a sweep that is complete, if no other driver is at work on it; return whether it is sorted."""
    with locked(sweep.folder) as free:
        sorts = free and sweep.complete
        if sorts:
            sweep.store.compact()
            with sweep.store.writing():
                seals.sum_up(sweep.folder, sweep.store.names)
        return sorts


def expand(
    sweep: Sweep,
    draws: int | None = None,
    replications: int | None = None,
    measures: Sequence[str] = (),
    monthly: Sequence[str] = (),
    scenarios: Sequence[str | Path] = (),
) -> None:
    """Ask for more of a sweep; before columns are added, one stored run must come out as it is stored."""
    sweep.check_code()
    with _claimed(sweep.folder, WHOLE):
        sweep.check()
        if (measures or monthly) and len(sweep.store):
            first = sweep.store.read(sweep.store.columns.names).slice(0, 1)
            key = first["key"][0].as_py()
            _as_before(sweep, {key: (first, 0)}, [simulate_item(sweep.job(), sweep.find(key))])
        if draws is not None or replications is not None:
            sweep.resize(draws, replications)
        if measures or monthly or scenarios:
            sweep.grow(measures, monthly, scenarios)


def _as_before(sweep: Sweep, before: Mapping[str, tuple[pa.Table, int]], outcomes: Sequence[RunOutcome]) -> None:
    """Refuse runs that come out otherwise than they were stored."""
    for outcome in outcomes:
        fresh = dict(zip(sweep.store.columns.names, outcome.row, strict=False))
        if outcome.row[0] not in before:
            continue
        table, place = before[outcome.row[0]]
        stored = table.slice(place, 1).to_pylist()[0]
        other = [name for name, value in stored.items() if outcome.failed or not same_bits(value, fresh.get(name))]
        if other:
            raise FolderError(
                f"run {outcome.row[0]} of {sweep.folder} comes out otherwise than it is stored "
                f"({', '.join(other[:4])}): this machine or one of its libraries gives other numbers, or the store is "
                "damaged. The rows stored are as they were, without the new columns; begin the study in another folder"
            )


def summarise(sweep: Sweep, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables beside the runs, and the checksums of all."""
    with sweep.store.writing():
        for name, frame in tables.items():
            write_atomic(sweep.folder / name, frame.reset_index().to_csv(index=False).encode())
        seals.sum_up(sweep.folder, [*sweep.store.names, *tables])


def _round(
    sweep: Sweep, engine: Executor, shard: Shard, progress: Progress | None, before: State | None = None
) -> State:
    """Carry out all runs of the plan that are not stored."""
    stored = sweep.store.keys
    if shard == WHOLE:
        total, todo = len(sweep.plan), len(sweep.plan) - len(stored)
    else:
        there = [item.key in stored for item in sweep.plan.items(shard)]
        total, todo = len(there), there.count(False)
    book = Logbook(sweep, type(engine).__name__.lower(), shard, total, total - todo, progress, before)
    if not todo:
        return book.state
    batches = _Batches((item for item in sweep.plan.items(shard) if item.key not in stored), todo, engine)
    job, before_columns = sweep.job(), sweep.store.outdated
    try:
        with closing(engine.map(simulate_item, job, batches)) as work:  # so that workers end with whatever ends this
            for done in work:
                batches.learn(done)
                results = _lost(job, done.batch.items) if done.results is None else done.results
                _as_before(sweep, before_columns, results)
                book.take(results)
    finally:
        book.flush()
        book.leave()
    return book.state


class _Batches:
    """Hands out items in batches that take about a second, and smaller ones towards the end."""

    def __init__(self, items: Iterator[Item], todo: int, engine: Executor) -> None:
        self._items, self._left, self._engine = items, todo, engine
        self._seconds, self._runs = 0.0, 0

    def __iter__(self) -> Iterator[Batch]:
        while items := list(islice(self._items, self._size())):
            self._left -= len(items)
            yield Batch(items)

    def learn(self, done: Done) -> None:
        """Note how long a batch took."""
        self._seconds, self._runs = self._seconds + done.seconds, self._runs + len(done.batch.items)

    def _size(self) -> int:
        if not self._seconds:
            return 1
        fitting = int(BATCH_SECONDS * self._runs / self._seconds)
        return max(1, min(fitting, BATCH_RUNS, self._left // (2 * self._engine.workers)))


def _lost(job: Job, items: Sequence[Item]) -> list[RunOutcome]:
    """Return the rows of runs that kill their workers."""
    message = "the worker process died each time this run was tried; there may be too little memory for it"
    rows = [(job.scenarios[i.scenario].name, i.draw, i.replication, job.seed, "worker", message, "") for i in items]
    return [RunOutcome(True, (item.key, *row)) for item, row in zip(items, rows, strict=True)]


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
    for _ in range(5):  # `cyclesim status` looks at a lock for a moment: it has the time to let go of it
        with locked(folder, name, shared=True) as free:
            if free:
                break
        time.sleep(0.05)
    with locked(folder, shared=shard != WHOLE) as free, locked(folder, name) as alone:
        if not (free and alone):
            whom = "this shard of it" if free else "it"
            who = holder(folder, name)
            raise FolderError(
                f"another driver is at work on {folder}, and on {whom}: {who}; wait for it (cyclesim status) or stop it"
            )
        yield
