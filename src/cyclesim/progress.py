"""How far a task is: a bar on standard error of a terminal, or in the cell of a notebook."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Progress = Callable[[int, int], None]
_SILENT_SECONDS = 2.0
"""A task that takes less shows nothing."""


@contextmanager
def progress_bar(quiet: bool = False, what: str = "worlds") -> Iterator[Progress | None]:
    """Show a bar on standard error once a task has taken two seconds; nothing when piped."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    began, task = time.monotonic(), bar.add_task(what, total=None)

    def advance(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > _SILENT_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


@contextmanager
def watched(progress: Progress | None) -> Iterator[Progress | None]:
    """Yield what somebody wants called as a task goes on; in a notebook, without that, show a bar below the cell."""
    if progress is not None or not _in_notebook():
        yield progress
        return
    import IPython.display

    screen: Any = IPython.display  # untyped
    began, shown = time.monotonic(), 0.0
    handle: Any = None

    def advance(done: int, total: int) -> None:
        nonlocal handle, shown
        now = time.monotonic()
        if now - began < _SILENT_SECONDS or (now - shown < 0.2 and done < total):
            return
        bar = screen.HTML(f'<progress value="{done}" max="{total}"></progress> {done:,} of {total:,}')
        handle, shown = handle or screen.display(bar, display_id=True), now
        handle.update(bar)

    try:
        yield advance
    finally:
        if handle is not None:
            handle.update(screen.HTML(""))


def _in_notebook() -> bool:
    """Return whether this runs in the kernel of a notebook."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"
