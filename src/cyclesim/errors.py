"""What can go wrong for a user, as one small tree.

::

    CycleSimError               every error a user can mend; the command line prints it and exits with 2
    ├── ScenarioError           a scenario file or a changed scenario is wrong; carries every problem found
    ├── ParametersError         a file of numbers that ships with the package is wrong; carries every problem found
    ├── StudyError              a study file is wrong; carries every problem found
    ├── TableError              a table of capture histories is wrong; carries every problem found
    ├── UnknownNameError        no scenario, parameter or path of that name
    ├── DesignError             a design of draws, or a request for worlds, that cannot be carried out
    ├── FolderError             a results folder that must not be written, or cannot be read
    ├── PrefixError             two scenarios differ before their first change: a fault of the model
    └── WorkerError             a worker process died
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


class CycleSimError(Exception):
    """Any error whose message is meant for the user."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file.

    Parameters
    ----------
    file
        File that set the value, as the user named it; empty for a value that comes from Python.
    line, column
        Place in the file, counted from 1; 0 where the whole file is meant.
    key
        Dotted path of the entry; empty for the file itself.
    value
        The value found, or None.
    message
        What is wrong.
    way_out
        What to do about it; may be empty.
    """

    file: str
    line: int
    column: int
    key: str
    value: Any
    message: str
    way_out: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = ": ".join(part for part in (place, self.key, self.message) if part)
        got = "" if self.value is None or isinstance(self.value, dict | list) else f" (got {_short(self.value)})"
        way_out = self.way_out[:1].upper() + self.way_out[1:]
        return _printable(f"{head}{got}. {way_out}" if way_out else f"{head}{got}")


class _ProblemsError(CycleSimError):
    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ScenarioError(_ProblemsError):
    """A scenario is wrong; ``problems`` lists everything that was found, one per line of the message."""


class ParametersError(_ProblemsError):
    """parameters.yaml or interventions.yaml is wrong; ``problems`` lists everything that was found."""


class StudyError(_ProblemsError):
    """A study is wrong; ``problems`` lists everything that was found, one per line of the message."""


class TableError(_ProblemsError):
    """A table of capture histories is wrong; ``problems`` lists everything that was found."""


class UnknownNameError(CycleSimError):
    """There is no scenario, parameter or path of that name."""


class DesignError(CycleSimError):
    """A design of draws, or a request for worlds, cannot be carried out."""


class FolderError(CycleSimError):
    """A results folder must not be written, or cannot be read."""


class PrefixError(CycleSimError):
    """Two scenarios differ before their first change."""


class WorkerError(CycleSimError):
    """A worker process died."""


def did_you_mean(word: object, options: Iterable[object]) -> str:
    """Return a way out: the closest of ``options``, or all of them where they are few.

    Parameters
    ----------
    word
        What the user wrote.
    options
        What would have been accepted.
    """
    names = [str(option) for option in options]
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    if not names:
        return ""
    shown = ", ".join(sorted(names)[:12])
    return f"there are {shown} and {len(names) - 12} more" if len(names) > 12 else f"choose from: {shown}"


def _printable(text: str) -> str:
    """Return text that cannot move a terminal's cursor or hide a part of itself."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def _short(value: object) -> str:
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
