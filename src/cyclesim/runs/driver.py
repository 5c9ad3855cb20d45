"""The driver: carry out the runs that a sweep lacks, store them, and say how far it is."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cyclesim.errors import DesignError, FolderError
from cyclesim.runs import engines, precision, store, totals
from cyclesim.runs.engines import Batch, Done, Engine, Serial
from cyclesim.runs.folder import put
from cyclesim.runs.logbook import Logbook, Outcome, Progress, Shard, State
from cyclesim.runs.plan import Item
from cyclesim.runs.sweep import Job, Sweep, begin
from cyclesim.runs.worlds import simulate_months

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.inputs.study import Study

BATCH_SECONDS, BATCH_RUNS = 1.0, 200
"""How long a batch should take, so that a short run does not pay for its travel; and how many runs it is at most."""
WHOLE = (1, 1)
"""The only shard of a sweep that one driver carries out."""


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
    DesignError
        If a shard of a sweep with a stop rule is asked for, or failed runs of a shard.
    FolderError
        If another driver is at work on the folder, it cannot be written, or another model version made it.
    WorkerError
        If workers die whatever they are given. What was done before is stored.
    """
    sweep.check_version()
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


def _round(sweep: Sweep, engine: Engine, shard: Shard, progress: Progress | None, before: State | None = None) -> State:
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
    job = sweep.job()
    try:
        with closing(engine.map(simulate_item, job, batches)) as work:  # so that workers end with whatever ends this
            for done in work:
                batches.learn(done)
                book.take(_lost(job, done.batch.items) if done.results is None else done.results)
    finally:
        book.flush()
        book.leave()
    return book.state


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


def _lost(job: Job, items: Sequence[Item]) -> list[Outcome]:
    """Return the rows of runs that kill their workers."""
    message = "the worker process died each time this run was tried; there may be too little memory for it"
    names = [scenario.name for scenario in job.scenarios]
    rows = [(i.key, names[i.scenario], i.draw, i.replication, job.seed, "worker", message, "") for i in items]
    return [Outcome(True, row) for row in rows]


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
