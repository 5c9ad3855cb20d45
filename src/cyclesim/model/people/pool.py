"""People as rows: tables of people that grow at their end and are cut anywhere."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within

COHORT, RANK, EPISODE, ATTEMPT, CELL = range(5)
"""Columns of `People.who`."""

_WHO = 5


class People(NamedTuple):
    """People in one state, a row each, of whom only the first `number` count.

    Attributes
    ----------
    number
        How many there are, shape (1,).
    who
        Cohort, rank, episode, attempt and cell, shape (capacity, 5).
    values
        What they carry (thresholds, uniforms, times), shape (capacity, numbers).
    look
        Of people in exploitation, when to look at them again: a hazard that the cell must have accumulated before, and
        the cell, shape (capacity, 2). Other tables have no such columns.
    """

    number: Integers
    who: Integers
    values: Floats
    look: Floats


@compiled
def added(people: People, source: People, row: int) -> int:
    """Append a person of another table, without what he or she carries; return the new row."""
    end = people.number[0]
    people.number[0] = end + 1
    for column in range(_WHO):
        people.who[end, column] = source.who[row, column]
    return end


@compiled
def move(people: People, row: int, to: int) -> None:
    """Copy a person to another row of the same table."""
    for column in range(_WHO):
        people.who[to, column] = people.who[row, column]
    for column in range(people.values.shape[1]):
        people.values[to, column] = people.values[row, column]
    for column in range(people.look.shape[1]):
        people.look[to, column] = people.look[row, column]


@within
def remove(people: People, row: int) -> None:
    """Take a person out: the last one takes the place."""
    last = people.number[0] - 1
    people.number[0] = last
    if row != last:
        move(people, last, row)


class Pool:
    """People in one state, for those who are not compiled: room for more, and views.

    Parameters
    ----------
    numbers
        How many float64 values each person carries.
    looks
        Whether their rows say when to look at them again.
    """

    COHORT, RANK, EPISODE, ATTEMPT, CELL = COHORT, RANK, EPISODE, ATTEMPT, CELL

    def __init__(self, numbers: int, looks: bool = False) -> None:
        who, values, look = np.empty((64, _WHO), dtype=np.int64), np.empty((64, numbers)), np.empty((64, 2 * looks))
        self.people = People(np.zeros(1, dtype=np.int64), who, values, look)

    @property
    def size(self) -> int:
        """Return how many people there are."""
        return int(self.people.number[0])

    @property
    def who(self) -> Integers:
        """Return the identities, shape (5, size): a view."""
        return self.people.who[: self.size].T

    @property
    def values(self) -> Floats:
        """Return the values, shape (numbers, size): a view."""
        return self.people.values[: self.size].T

    def reserve(self, extra: int) -> People:
        """Return the table, with room for so many more people."""
        need, (number, *tables) = self.size + extra, self.people
        if need > tables[0].shape[0]:
            self.people = People(number, *(_grown(table, max(need, 2 * table.shape[0])) for table in tables))
        return self.people

    def keep(self, mask: Flags) -> None:
        """Keep the people of a mask of length `size`, in order."""
        rest = np.flatnonzero(mask)
        for table in self.people[1:]:
            table[: rest.size] = table[rest]
        self.people.number[0] = rest.size


def _grown(table: NDArray[Any], capacity: int) -> NDArray[Any]:
    larger = np.empty((capacity, table.shape[1]), dtype=table.dtype)
    larger[: table.shape[0]] = table
    return larger
