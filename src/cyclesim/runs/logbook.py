"""The logbook of a driver: rows on their way to the store, signs of life for others, and how far a sweep is."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclesim.runs.folder import log
from cyclesim.runs.sweep import Sweep
from cyclesim.worlds import disk
from cyclesim.worlds.disk import write_atomic
from cyclesim.worlds.item import RunOutcome

FLUSH_RUNS, FLUSH_SECONDS = 500, 10.0  # runs, or seconds, after which what has been simulated is written
LOG = "log.jsonl"  # file with a line for each time a driver was at work

Shard = tuple[int, int]  # ``(k, n)``: the k-th of n parts


@dataclass(frozen=True)
class State:
    """How far a sweep, or a shard of it, is: runs asked for, stored before, done since, and failed of these."""

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


class Logbook:
    """Takes the rows of one driver, writes them now and then, and says how far it is, earlier rounds included."""

    def __init__(
        self,
        sweep: Sweep,
        engine: str,
        shard: Shard,
        total: int,
        stored: int,
        progress: Progress | None,
        before: State | None,
    ) -> None:
        self._sweep, self._progress = sweep, progress
        self._sign = sweep.folder / f"driver-{shard[0]}-of-{shard[1]}.json"
        self._about = {"host": socket.gethostname(), "pid": os.getpid(), "engine": engine}
        self._runs: list[tuple[Any, ...]] = []
        self._failures: list[tuple[Any, ...]] = []
        done, failed, seconds = (before.done, before.failed, before.seconds) if before else (0, 0, 0.0)
        self._began, self._flushed, self._signed = time.monotonic() - seconds, time.monotonic(), 0.0
        self._count = {"total": total, "stored": stored - done, "done": done, "failed": failed}

    @property
    def state(self) -> State:
        """How far it is now."""
        return State(**self._count, seconds=time.monotonic() - self._began)

    def take(self, outcomes: Iterable[RunOutcome]) -> None:
        """Note what came out; write it if there is enough, or if it is time."""
        for outcome in outcomes:
            (self._failures if outcome.failed else self._runs).append(outcome.row)
            self._count["failed"] += outcome.failed
            self._count["done"] += 1
        now = time.monotonic()
        if len(self._runs) + len(self._failures) >= FLUSH_RUNS or now - self._flushed >= FLUSH_SECONDS:
            self.flush()
        if now - self._signed > 1.0:  # a sign of life for `cyclesim status`, which reads from another terminal
            rate, left = self.state.rate, self.state.seconds_left
            content = {**self._about, **self._count, "rate": rate, "left": left, "at": time.time()}
            with self._sweep.store.writing():
                write_atomic(self._sign, json.dumps(content).encode())
            self._signed = time.monotonic()
        if self._progress:
            self._progress(self.state)

    def flush(self) -> None:
        """Write what waits to be written."""
        runs, failures = self._runs, self._failures
        self._runs, self._failures = [], []
        self._sweep.store.add(runs, failures)
        self._flushed = time.monotonic()

    def leave(self) -> None:
        """Take the sign away, and note when, where and with what it was done."""
        state = self.state
        line = {**json.loads(log()), **self._about}
        line |= {"runs": state.done, "failed": state.failed, "seconds": state.seconds}
        with self._sweep.store.writing():
            self._sign.unlink(missing_ok=True)
            with (self._sweep.folder / LOG).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def drivers(folder: Path) -> list[dict[str, Any]]:
    """Return what the drivers at work on a folder, and those that were killed at it, last said of themselves."""
    found = []
    for file in sorted(folder.glob("driver-*.json")):
        try:
            found.append(json.loads(file.read_text()))
        except (OSError, ValueError):  # it ended just now
            continue
    return found


def versions(folder: Path) -> dict[str, list[str]]:
    """Return the versions of the libraries with which runs of a sweep were carried out, where there are several."""
    try:
        lines = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
        named = [{"python": str(line["python"]), **line["packages"]} for line in lines]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, cut off by a kill, or damaged
        return {}
    used: dict[str, set[str]] = {}
    for line in named:
        for name, version in line.items():
            used.setdefault(name, set()).add(str(version))
    return {name: sorted(found) for name, found in used.items() if len(found) > 1}


def running(folder: Path) -> bool:
    """Return whether a driver on this machine is at work on a folder."""
    for lock in folder.glob("lock-*-of-*"):
        with disk.locked(folder, lock.name, shared=True) as free:  # which keeps nobody off
            if not free:
                return True
    return False
