"""Capture histories: how many people are on exactly which lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from string import ascii_uppercase

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyclesim.errors import Problem, TableError

MAX_LISTS = 12
"""The table has 2^lists cells; this many lists still fit in a second."""
MAX_COUNT = 10**12
Term = int
"""A set of lists as bits: bit k is the k-th list."""


@dataclass(frozen=True, eq=False)
class Counts:
    """A table of capture histories; make one with `Counts.of` or `Counts.from_arrays`.

    Lists stand in the order of their names and cells in the order of their bits, so that neither the order of
    columns nor that of rows can change a result.

    Parameters
    ----------
    lists
        Names, sorted.
    cells
        Shape (2^lists,): people whose history has exactly the bits of the index. Cell 0, the people on no list,
        is what nobody has counted: it is 0 here.
    """

    lists: tuple[str, ...]
    cells: NDArray[np.float64]

    @classmethod
    def of(cls, counts: Mapping[tuple[int, ...], int], lists: Sequence[str] | None = None) -> Counts:
        """Return the table of a mapping from histories to numbers of people.

        Parameters
        ----------
        counts
            Such as ``{(1, 0, 1): 12}``: twelve people are on the first and the third list only. Histories that are
            absent count 0.
        lists
            Names of the lists in the order of the histories; A, B, C, ... if absent.

        Raises
        ------
        TableError
            With everything that is wrong with it.
        """
        return cls.from_arrays(list(counts), list(counts.values()), lists)

    @classmethod
    def from_arrays(cls, histories: ArrayLike, counts: ArrayLike, lists: Sequence[str] | None = None) -> Counts:
        """Return the table of histories, shape (histories, lists) of 0 and 1, and counts, shape (histories,).

        Raises
        ------
        TableError
            With everything that is wrong with it.
        """
        table, number = _arrays(histories, counts)
        names = tuple(lists) if lists is not None else tuple(ascii_uppercase[: table.shape[1]])
        problems = [*_shape_problems(table, number, names), *_row_problems(table, number)]
        if problems:
            raise TableError([Problem("", 0, 0, place, value, text, way) for place, value, text, way in problems])
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


_Found = tuple[str, object, str, str]
"""Place, value, what is wrong, way out."""


def _arrays(histories: ArrayLike, counts: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both as arrays of numbers."""
    try:
        table, number = np.asarray(histories, dtype=float), np.asarray(counts, dtype=float)
    except (TypeError, ValueError):
        table, number = np.empty(0), np.empty(0)
    if table.ndim != 2 or number.shape != table.shape[:1]:
        text = "a table needs a history of 0 and 1, one for each list, and a number of people for each history"
        raise TableError([Problem("", 0, 0, "", None, text, "see Counts.of and Counts.from_arrays")])
    return table, number


def _shape_problems(table: NDArray[np.float64], number: NDArray[np.float64], names: tuple[str, ...]) -> list[_Found]:
    found: list[_Found] = []
    lists = table.shape[1]
    if lists < 2:
        found.append(("", None, f"{lists} list: what a list misses can only be judged by another one", "give two"))
    if lists > MAX_LISTS:
        found.append(("", None, f"{lists} lists are more than {MAX_LISTS}", "merge lists that are alike"))
    if len(names) != lists and lists <= MAX_LISTS:
        found.append(("lists", None, f"{len(names)} names for {lists} lists", ""))
    if len(set(names)) != len(names):
        found.append(("lists", None, "two lists have the same name", "give each a name of its own"))
    if not number.sum() > 0:
        found.append(("", None, "nobody is on any list", "give at least one history with people"))
    return found


def _row_problems(table: NDArray[np.float64], number: NDArray[np.float64]) -> list[_Found]:
    found: list[_Found] = []
    seen: set[tuple[float, ...]] = set()
    for row, (history, people) in enumerate(zip(map(tuple, table.tolist()), number.tolist(), strict=True)):
        place = f"history {row + 1}"
        if not set(history) <= {0.0, 1.0}:
            found.append((place, None, "holds something other than 0 and 1", "1: on the list; 0: not on it"))
        elif not any(history):
            found.append((place, None, "is on no list", "leave it out: how many are on no list is the question"))
        elif history in seen:
            found.append((place, None, "is there twice", "add the two counts up"))
        seen.add(history)
        if not (0 <= people <= MAX_COUNT and people == int(people)):
            found.append((place, people, "must count people: a whole number of at least 0", ""))
    return found
