"""What goes in, how many people are on exactly which lists, and what comes out: an estimate, or a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyclesim.errors import Problem, TableError

Term = int  # a set of lists as bits: bit k is the k-th list
MAX_LISTS = 10  # a table has 2^lists cells; with this many lists models are still fitted in seconds
MAXCOUNT = 10**12
COUNT = "count"


@dataclass(frozen=True, eq=False)
class Counts:
    """A table of capture histories, in order of names and bits; made with `Counts.of` or `Counts.from_arrays`."""

    lists: tuple[str, ...]  # names, sorted
    cells: NDArray[np.float64]  # (2^lists,): people with exactly the bits of the index; cell 0, on no list, is 0

    @classmethod
    def of(cls, counts: Mapping[tuple[int, ...], int], lists: Sequence[str] | None = None) -> Counts:
        """Return the table of ``{(1, 0, 1): 12}``: twelve people on the first and third of `lists` (A, B, ...) only."""
        return cls.from_arrays(list(counts), list(counts.values()), lists)

    @classmethod
    def from_arrays(cls, histories: ArrayLike, counts: ArrayLike, lists: Sequence[str] | None = None) -> Counts:
        """Return the table of histories, (histories, lists) of 0 and 1, and counts; refuse with all that is wrong."""
        table, number = _numbers(histories), _numbers(counts)
        if table.ndim != 2 or number.shape != table.shape[:1]:
            text = "a table needs a history of 0 and 1, one for each list, and a number of people for each history"
            raise TableError([Problem("", 0, 0, "", None, text, "see Counts.of and Counts.from_arrays")])
        names = tuple(chr(ord("A") + k) for k in range(table.shape[1])) if lists is None else tuple(lists)
        if len(names) != table.shape[1]:
            text = f"{len(names)} names for {table.shape[1]} lists"
            raise TableError([Problem("", 0, 0, "lists", None, text, "name every list")])
        rows = [Check(k + 1, *row) for k, row in enumerate(zip(table.tolist(), number.tolist(), strict=True))]
        wrong = problems(names, rows)
        if wrong:
            raise TableError(wrong)
        order = sorted(range(len(names)), key=lambda k: names[k])
        bits = table[:, order].astype(np.int64) @ (1 << np.arange(len(names)))
        cells = np.zeros(1 << len(names))
        cells[bits] = number
        return cls(tuple(names[k] for k in order), cells)

    @cached_property
    def observed(self) -> int:
        """People on at least one list."""
        return int(self.cells.sum())

    @cached_property
    def on(self) -> NDArray[np.float64]:
        """People by the number of lists they are on; shape (lists + 1,)."""
        return np.bincount(sizes(len(self.lists)), weights=self.cells).astype(np.float64)

    @cached_property
    def margins(self) -> NDArray[np.float64]:
        """People on all lists of a term, and maybe on others; shape (2^lists,), by term."""
        return supersets(self.cells)

    def names(self, term: Term) -> tuple[str, ...]:
        """Return the names of the lists of a term."""
        return tuple(name for k, name in enumerate(self.lists) if term >> k & 1)

    def resampled(self, cells: NDArray[np.float64]) -> Counts:
        """Return a table of the same lists with other people."""
        return Counts(self.lists, cells)


def supersets(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for every set of lists the sum over the cells that hold all of them."""
    result = cells.copy()
    step = 1
    while step < result.size:
        pairs = result.reshape(-1, 2, step)
        pairs[:, 0] += pairs[:, 1]
        step *= 2
    return result


@lru_cache(maxsize=MAX_LISTS)
def sizes(lists: int) -> NDArray[np.int64]:
    """Return the number of lists in each set of lists; shape (2^lists,)."""
    return np.array([term.bit_count() for term in range(1 << lists)])


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return an array of numbers; an empty one if they are none, or rows differ in length."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return np.empty(0)


@dataclass(frozen=True)
class Check:
    """A history, the people who have it, and where it stands: a line of a file, or a number from 1."""

    place: int
    history: Sequence[float]
    people: float


def problems(lists: Sequence[str], rows: Sequence[Check], file: str = "", people: bool = False) -> list[Problem]:
    """Return what is wrong with a table of numbers; where a row is a person, a history may come many times."""
    found = [Problem(file, 0, 0, "", None, message, way_out) for message, way_out in _shape(lists)]
    seen: set[tuple[float, ...]] = set()
    for row in rows:
        history = tuple(row.history)
        for message, way_out, value in _of_row(row, history in seen and not people):
            line, key = (row.place, "") if file else (0, f"history {row.place}")
            found.append(Problem(file, line, 1, key, value, message, way_out))
        seen.add(history)
    return found


def _shape(lists: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the lists, and the way out."""
    if len(lists) < 2:
        number = f"{len(lists)} list{'' if len(lists) == 1 else 's'}"
        yield f"{number}: how many people a list misses can only be judged by another list", "give at least two"
    if len(lists) > MAX_LISTS:
        yield f"{len(lists)} lists are more than the {MAX_LISTS} that can be dealt with", "merge lists that are alike"
    twice = [name for name, number in Counter(lists).items() if number > 1]
    if twice:
        yield f"two lists are called {twice[0]!r}", "give each a name of its own"
    if "" in lists:
        yield "a list has no name", "name every column"


def _of_row(row: Check, again: bool) -> Iterator[tuple[str, str, object]]:
    """Yield what is wrong with a row, the way out, and the value."""
    if not set(row.history) <= {0, 1}:
        yield "holds something other than 0 and 1", "1: on the list; 0: not on it", None
    elif not any(row.history):
        yield "is on no list", "leave it out: how many are on no list is what is estimated", None
    elif again:
        yield "this history is there twice", "add the two counts up", None
    if not (0 <= row.people <= MAXCOUNT and row.people == int(row.people)):
        yield f"{COUNT} must be a whole number of people, from 0 to {MAXCOUNT:,}", "write plain digits", None


class RefusedError(Exception):
    """An estimator has no answer for this table; the message says why. Caught within the library."""


@dataclass(frozen=True)
class MethodAnswer:
    """What a method found, before it is put into words."""

    total: float  # people in all
    error: float  # standard, the model taken as given
    terms: tuple[Term, ...] = ()  # sets of lists that depend on each other
    note: str = ""  # how it was found


@dataclass(frozen=True)
class Estimate:
    """The estimate of one method, or its refusal with the reason."""

    method: str  # a name of `methods.METHODS`
    observed: int  # people on at least one list
    estimate: float | None  # people in all, those on no list included
    interval: tuple[float, float | None] | None = None  # 95 %; no upper limit: no bound
    model: tuple[tuple[str, ...], ...] = ()  # lists that depend on each other, by name
    refused: bool = False
    reason: str | None = None  # why it is refused
    note: str | None = None  # what a reader must know about how it was found
    # the model taken as given (too small where one was chosen)
    standard_error: float | None = field(default=None, repr=False)
