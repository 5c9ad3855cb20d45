"""Capture histories: how many people are on exactly which lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cyclesim.errors import Problem, TableError
from cyclesim.inputs import captures

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
        table, number = _numbers(histories), _numbers(counts)
        if table.ndim != 2 or number.shape != table.shape[:1]:
            text = "a table needs a history of 0 and 1, one for each list, and a number of people for each history"
            raise TableError([Problem("", 0, 0, "", None, text, "see Counts.of and Counts.from_arrays")])
        names = tuple(chr(ord("A") + k) for k in range(table.shape[1])) if lists is None else tuple(lists)
        if len(names) != table.shape[1]:
            text = f"{len(names)} names for {table.shape[1]} lists"
            raise TableError([Problem("", 0, 0, "lists", None, text, "name every list")])
        rows = [captures.Row(k + 1, *row) for k, row in enumerate(zip(table.tolist(), number.tolist(), strict=True))]
        problems = captures.problems(names, rows)
        if problems:
            raise TableError(problems)
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


@lru_cache(maxsize=captures.MAX_LISTS)
def sizes(lists: int) -> NDArray[np.int64]:
    """Return the number of lists in each set of lists; shape (2^lists,)."""
    return np.array([term.bit_count() for term in range(1 << lists)])


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return an array of numbers; an empty one if they are none, or rows differ in length."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return np.empty(0)
