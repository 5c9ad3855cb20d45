"""What can go wrong for a user: every error is a `CycleSimError`, which the command line prints, to exit with 2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Self


class CycleSimError(Exception):
    """Any error whose message is meant for the user."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str  # as the user named it; empty for a value that comes from Python
    line: int  # from 1, as the column; 0 where the whole file is meant
    column: int
    key: str  # dotted path of the entry
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

    @classmethod
    def at(cls, file: object, message: str, way_out: str = "", line: int = 0, column: int = 0) -> Self:
        """Return the error of one problem, of a file as a whole or of a place in it."""
        return cls([Problem(str(file), line, column, "", None, message, way_out)])

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
    """Return a way out: the closest of ``options``, or all of them where they are few."""
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
