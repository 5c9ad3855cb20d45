"""Engines: carry a function over many items, here, in worker processes, or on a cluster (`cyclesim.worlds.cluster`).

A pool is rebuilt when a worker dies, a killed driver leaves no orphans, and an item that always kills it is named.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from ctypes import c_byte
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any, Protocol

from cyclesim.errors import DesignError, WorkerError
from cyclesim.worlds.fingerprint import fingerprint, of_this_process

STRIKES = 3  # times that an item may take its worker with it, alone in the pool, before it is given up
AHEAD = 2  # batches handed out for each worker: one at work and one waiting
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment of a worker: one BLAS thread a process."""

Function = Callable[[Any, Any], Any]
"""What is carried over items: called with what all share and with one item; importable by its name."""
Promise = Future[tuple[list[Any], float]]
_DYING = (
    "worker processes die whatever they are given; if memory ran out, ask for fewer workers. In a script, simulate "
    "under `if __name__ == '__main__':`, and not from standard input: workers import the script anew"
)


@dataclass(frozen=True)
class Batch:
    """Items handed out together; a strike is a worker that died while the batch was alone under way."""

    items: Sequence[Any]
    strikes: int = 0


@dataclass(frozen=True)
class Done:
    """What became of a batch; no results if it is one item that killed its worker each time it was tried."""

    batch: Batch
    results: Sequence[Any] | None
    seconds: float


class Executor(Protocol):
    """Something that carries a function over batches of items."""

    workers: int

    def map(self, function: Function, shared: Any, batches: Iterable[Batch]) -> Generator[Done]:
        """Yield batches as they are done, in any order, pulling no more of them than workers need.

        Closing the iterator early, as an exception does, ends the work after the items under way.
        """
        ...


class Serial:
    """One item after the other, in this process."""

    workers = 1

    def map(self, function: Function, shared: Any, batches: Iterable[Batch]) -> Generator[Done]:
        """See `Executor.map`."""
        for batch in batches:
            began = time.perf_counter()
            yield Done(batch, [function(shared, item) for item in batch.items], time.perf_counter() - began)


class Processes:
    """Worker processes on this machine."""

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise DesignError(f"there must be at least one worker (got {workers})")
        self.workers = workers

    def map(self, function: Function, shared: Any, batches: Iterable[Batch]) -> Generator[Done]:
        """See `Executor.map`."""
        pool = _Pool(self.workers, function, shared)
        try:
            pool.submit(Batch([])).result()
            yield from _carried(pool, iter(batches))
        except BrokenProcessPool as error:  # they cannot even start
            raise WorkerError(_DYING) from error
        finally:
            pool.close()


def cores() -> int:
    """Return how many processes this machine, or the job we are in, has room for."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def engine(workers: int) -> Executor:
    """Return the engine for so many workers on this machine."""
    return Serial() if workers == 1 else Processes(workers)


def parallel_map(
    function: Function,
    shared: Any,
    items: Sequence[Any],
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    size: int = 1,
) -> list[Any]:
    """Return what a function makes of items, in their order, whatever the number of workers; `size` to a batch."""
    numbered = list(enumerate(items))
    batches = (Batch(numbered[first : first + size]) for first in range(0, len(numbered), size))
    found: dict[int, Any] = {}
    with closing(engine(min(workers, max(len(items), 1))).map(_numbered, (function, shared), batches)) as work:
        for done in work:
            if done.results is None:
                raise WorkerError(
                    f"{done.batch.items[0][1]} ends its worker process each time it is tried; there may be too little "
                    "memory for it"
                )
            found.update(done.results)
            if progress:
                progress(len(found), len(items))
    return [found[number] for number in range(len(items))]


def _numbered(shared: tuple[Function, Any], item: tuple[int, Any]) -> tuple[int, Any]:
    """Return a result with the number of its item: engines return batches in any order."""
    (function, what), (number, one) = shared, item
    return number, function(what, one)


class _Pool:
    """The standard library's pool, built anew whenever it breaks."""

    def __init__(self, workers: int, function: Function, shared: Any) -> None:
        from multiprocessing import get_context

        for name, value in ONE_THREAD.items():  # inherited by the workers
            os.environ.setdefault(name, value)
        self._context = get_context("spawn")
        self._stop = self._context.RawValue("b", 0)  # no lock that a killed worker could keep
        self._start = (function, pickle.dumps(shared), self._stop, os.getpid(), fingerprint().hash)
        self.workers = workers
        self._pool = self._build()

    def submit(self, batch: Batch) -> Promise:
        return self._pool.submit(_work, batch.items)

    def rebuild(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._build()

    def close(self) -> None:
        self._stop.value = 1  # batches under way end after their present item: Ctrl-C is answered soon
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _build(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.workers, self._context, _begin, self._start)


def _carried(pool: _Pool, source: Iterator[Batch]) -> Iterator[Done]:
    """Yield what becomes of batches; those that were under way when a worker died are tried alone, one by one."""
    pending: dict[Promise, Batch] = {}
    suspects = Suspects()
    while True:
        broken = _hand_out(pool, pending, suspects, source)
        if not pending and not broken:
            return
        alone, lost = len(pending) == 1, []
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            batch = pending.pop(future)
            try:
                results, seconds = future.result()
            except BrokenProcessPool:
                lost.append(batch)
                continue
            suspects.given_up = 0
            yield Done(batch, results, seconds)
        if lost or broken:
            yield from suspects.isolate([*lost, *pending.values()], alone)  # a broken pool loses all it has
            pending.clear()
            pool.rebuild()


def _hand_out(pool: _Pool, pending: dict[Promise, Batch], suspects: Suspects, source: Iterator[Batch]) -> bool:
    """Submit what the pool has room for, a suspect alone or else the next batches; return whether it is broken."""
    while len(pending) < (1 if suspects else AHEAD * pool.workers):
        batch = suspects.popleft() if suspects else next(source, None)
        if batch is None:
            return False
        try:
            pending[pool.submit(batch)] = batch
        except BrokenProcessPool:
            suspects.appendleft(batch)
            return True
    return False


class Suspects(deque[Batch]):
    """Batches that were under way when a worker died: to be tried alone, so that it is seen which one it was."""

    given_up = 0  # items given up one after the other, since a batch was done: whether workers can live at all

    def isolate(self, lost: Sequence[Batch], alone: bool) -> Iterator[Done]:
        """Queue batches of which a worker may have died; yield an item that is proved to kill its worker.

        What was under way alone is tried item by item from then on.
        """
        if not alone:
            self.extendleft(reversed(lost))
            return
        for batch in lost:
            if len(batch.items) > 1:
                self.extendleft(Batch([item]) for item in reversed(batch.items))
            elif batch.strikes + 1 < STRIKES:
                self.appendleft(replace(batch, strikes=batch.strikes + 1))
            else:
                self.given_up += 1
                if self.given_up >= STRIKES:
                    raise WorkerError(_DYING)
                yield Done(batch, None, 0.0)


# ---------------------------------------------------------------- in a worker


def check_worker(made_by: str) -> None:
    """Refuse to work with other code than the driver's: it may have been changed, or be another installation."""
    here = of_this_process()
    if here.hash != made_by:
        raise WorkerError(
            f"a worker simulates with {here}, the driver with fingerprint {made_by}: the code was changed meanwhile, "
            "or another cyclesim, NumPy or SciPy is installed there. What was done is stored; install the same on "
            "both, or begin in another folder"
        )


_task: tuple[Function, Any, c_byte, str] | None = None


def _begin(function: Function, shared: bytes, stop: c_byte, driver: int, made_by: str) -> None:
    global _task  # noqa: PLW0603 - the one thing a worker process is told at its start
    _task = (function, pickle.loads(shared), stop, made_by)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver hears Ctrl-C and tells the workers
    Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: int) -> None:
    """End this worker when its driver is gone, even before this began: a killed driver must leave no orphans."""
    while os.getppid() == driver:
        time.sleep(1.0)
    os._exit(1)


def _work(items: Sequence[Any]) -> tuple[list[Any], float]:
    assert _task is not None  # _begin ran in this process
    function, shared, stop, made_by = _task
    check_worker(made_by)
    began = time.perf_counter()
    return [function(shared, item) for item in items if not stop.value], time.perf_counter() - began
