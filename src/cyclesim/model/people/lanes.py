"""Lanes: what the twin must tell apart of people who are in the same stratum now and will not be later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.vocabulary import Form

Integers = NDArray[np.int64]
FORMS = len(Form)


class Lanes:
    """Strata, told apart by where people live before and after they are displaced, and when.

    A spell of exploitation goes on where it began; a survivor's next one begins where the cohort lives by then. The
    ledger knows everybody's cohort; the twin keeps one number for all cohorts that have the same ways, a lane. Where
    nobody is at home before displacement, lanes are the strata.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.

    Attributes
    ----------
    stratum
        Of each lane, shape (lanes,).
    cells
        Of each lane and form, shape (lanes * forms,).
    plain
        Whether lanes are the strata, in the same order.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        before, after = layout.stratum_at_home.tolist(), layout.stratum_of_cohort.tolist()
        moves = cohorts.arrival.tolist()
        ways = [(b, a, month if b != a else 0) for b, a, month in zip(before, after, moves, strict=True)]
        lanes = sorted({(s, way) for way in ways for s in way[:2]})
        number = {lane: index for index, lane in enumerate(lanes)}
        self._at_home = np.array([number[way[0], way] for way in ways], dtype=np.int64)
        self._arrived = np.array([number[way[1], way] for way in ways], dtype=np.int64)
        one_of = {way: cohort for cohort, way in enumerate(ways)}
        self._one_of = np.array([one_of[way] for _, way in lanes], dtype=np.int64)  # a cohort of each lane
        self.stratum: Integers = np.array([stratum for stratum, _ in lanes], dtype=np.int64)
        self.cells: Integers = (self.stratum[:, None] * FORMS + np.arange(FORMS)).ravel()
        self.plain = bool(np.array_equal(self.cells, np.arange(layout.cells)))
        self._number = layout.cells

    def of_cohorts(self, arrived: NDArray[np.bool_]) -> Integers:
        """Return the lane in which people of each cohort are trafficked now, shape (cohorts,)."""
        result: Integers = np.where(arrived, self._arrived, self._at_home)
        return result

    def again(self, arrived: NDArray[np.bool_], people: Floats) -> Floats:
        """Return survivors trafficked again by the lane in which their new spell begins, shape (lanes,)."""
        if self.plain:
            return people
        begins = self.of_cohorts(arrived)[self._one_of]
        return np.bincount(begins, people, people.size).astype(np.float64)

    def spread(self, cells: Floats) -> Floats:
        """Return values by cell, shape (..., cells), by lane and form."""
        return cells if self.plain else cells[..., self.cells]

    def gather(self, people: Floats) -> Floats:
        """Return people by lane and form, shape (..., lanes * forms), added up by cell."""
        if self.plain:
            return people
        rows = [np.bincount(self.cells, row, self._number) for row in people.reshape(-1, self.cells.size)]
        return np.array(rows, dtype=np.float64).reshape(*people.shape[:-1], self._number)
