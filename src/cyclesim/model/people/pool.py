"""People as columns: a table of people that grows at its end and is cut anywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats

Integers = NDArray[np.int64]


class Pool:
    """People in one state, a column each.

    Parameters
    ----------
    numbers
        How many float64 values each person carries (thresholds, uniforms, times); rows of `values`.

    Notes
    -----
    `who` has rows cohort, rank, episode, attempt, cell. Both tables are stored with a column for each person so
    that one quantity of everybody is contiguous in memory. Only the first `size` columns are people.
    """

    COHORT, RANK, EPISODE, ATTEMPT, CELL = range(5)

    def __init__(self, numbers: int) -> None:
        self.size = 0
        self._who = np.empty((5, 64), dtype=np.int64)
        self._values = np.empty((numbers, 64))

    @property
    def who(self) -> Integers:
        """Return the identities, shape (5, size): a view."""
        return self._who[:, : self.size]

    @property
    def values(self) -> Floats:
        """Return the float values, shape (numbers, size): a view."""
        return self._values[:, : self.size]

    def add(self, who: Integers, values: Floats) -> None:
        """Append people; `who` has shape (5, n), `values` (numbers, n)."""
        end = self.size + who.shape[1]
        if end > self._who.shape[1]:
            capacity = max(end, 2 * self._who.shape[1])
            self._who = _grown(self._who, self.size, capacity)
            self._values = _grown(self._values, self.size, capacity)
        self._who[:, self.size : end] = who
        self._values[:, self.size : end] = values
        self.size = end

    def take(self, people: Integers) -> tuple[Integers, Floats]:
        """Return copies of the identities and values of these columns."""
        return self._who.take(people, axis=1), self._values.take(people, axis=1)

    def remove(self, people: Integers) -> None:
        """Remove columns (sorted, unique) by moving people from the end into the holes; order is not kept."""
        if people.size == 0:
            return
        rest = self.size - people.size
        if rest == 0:
            self.size = 0
            return
        holes = people[people < rest]
        tail = np.ones(people.size, dtype=bool)
        tail[people[people >= rest] - rest] = False
        movers = np.flatnonzero(tail) + rest
        self._who[:, holes], self._values[:, holes] = self.take(movers)
        self.size = rest

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Keep the people of a mask of length `size`, in order."""
        rest = int(np.count_nonzero(mask))
        if rest < self.size:
            self._who[:, :rest] = self.who[:, mask]
            self._values[:, :rest] = self.values[:, mask]
            self.size = rest


def _grown(table: NDArray[Any], size: int, capacity: int) -> NDArray[Any]:
    larger = np.empty((table.shape[0], capacity), dtype=table.dtype)
    larger[:, :size] = table[:, :size]
    return larger
