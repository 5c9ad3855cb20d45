"""Lanes: what the twin must tell apart of people who are in the same stratum now and will not be later."""

import numpy as np

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.vocabulary import Form

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
    before, after
        Lane in which people of each cohort are trafficked before and after they arrive, shape (cohorts,).
    cohort
        A cohort of each lane, shape (lanes,).
    plain
        Whether lanes are the strata, in the same order.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        before, after = layout.stratum_at_home.tolist(), layout.stratum_of_cohort.tolist()
        moves = cohorts.arrival.tolist()
        ways = [(b, a, month if b != a else 0) for b, a, month in zip(before, after, moves, strict=True)]
        lanes = sorted({(s, way) for way in ways for s in way[:2]})
        number = {lane: index for index, lane in enumerate(lanes)}
        self.before = np.array([number[way[0], way] for way in ways], dtype=np.int64)
        self.after = np.array([number[way[1], way] for way in ways], dtype=np.int64)
        one_of = {way: cohort for cohort, way in enumerate(ways)}
        self.cohort = np.array([one_of[way] for _, way in lanes], dtype=np.int64)
        self.stratum: Integers = np.array([stratum for stratum, _ in lanes], dtype=np.int64)
        self.cells: Integers = (self.stratum[:, None] * FORMS + np.arange(FORMS)).ravel()
        self.plain = bool(np.array_equal(self.cells, np.arange(layout.cells)))
        self._number = layout.cells

    def gather(self, people: Floats) -> Floats:
        """Return people by lane and form, shape (..., lanes * forms), added up by cell."""
        if self.plain:
            return people
        rows = [np.bincount(self.cells, row, self._number) for row in people.reshape(-1, self.cells.size)]
        return np.array(rows, dtype=np.float64).reshape(*people.shape[:-1], self._number)
