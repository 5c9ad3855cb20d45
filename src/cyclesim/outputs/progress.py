"""A bar on standard error while worlds are simulated."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclesim.runs.logbook import Progress, State

_LINE_SECONDS = 60.0
_SILENT_SECONDS = 2.0


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on standard error once a task has taken two seconds; nothing when piped."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    began, task = time.monotonic(), bar.add_task("worlds", total=None)

    def advance(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > _SILENT_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


@contextmanager
def lines_of_sweep(quiet: bool) -> Iterator[Progress | None]:
    """Show how far a sweep is on standard error: a line that moves on a terminal, one a minute in the log of a job."""
    if quiet:
        yield None
        return
    from cyclesim.outputs.sweeps import bar

    terminal = sys.stderr.isatty()
    pause = 0.5 if terminal else _LINE_SECONDS
    began = shown = time.monotonic()
    width = 0

    def advance(state: State) -> None:
        nonlocal shown, width
        now = time.monotonic()
        if now - began < _SILENT_SECONDS or now - shown < pause:
            return
        shown, text = now, bar(state)
        print(f"\r{text.ljust(width)}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
        width = len(text)

    try:
        yield advance
    finally:
        if width and terminal:
            print(f"\r{' ' * width}\r", end="", file=sys.stderr, flush=True)
