"""The people of one crisis who have ever been trafficked, as expected numbers."""

import numpy as np

from cyclesim.model.arrays import Floats
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flow, Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.lanes import FORMS, Lanes
from cyclesim.model.people.risks import SOURCES
from cyclesim.model.people.twin import flowing
from cyclesim.model.people.twin.state import Places, State, Waves


class Twin:
    """People of one crisis who have ever been trafficked, as expected numbers.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.

    Attributes
    ----------
    lanes, places
        Strata, as the twin tells them apart; what is called a cell below is a lane and a form.
    state
        Who is where, and what happened this month.
    dead
        People who died in exploitation.
    at_intake
        Whether a referral is on record when it is taken, or when it is answered.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        lanes = self.lanes = Lanes(cohorts, layout)
        self._cohorts = cohorts
        cell = lanes.cells
        setting, group = layout.setting_of_cell[cell[::FORMS]], layout.group_of_cell[cell[::FORMS]]
        self.places = Places(cell, setting, group, lanes.before, lanes.after, lanes.cohort)
        groups, number = len(cohorts.cohorts), setting.size
        shapes = (
            groups, cell.size, number, (number, 2), (number, 2), (number, 2), 1, cell.size, (SOURCES, cell.size),
            (2, cell.size), len(Flow), 1,
        )  # fmt: skip
        self.state = State(cohorts.sizes.astype(float), *(np.zeros(shape) for shape in shapes))
        self.waves = _waves(16, number)
        self.dead_before, self.at_intake, self.leaving = np.zeros(1), False, 0.0
        self.entries, self.cases = np.zeros(number), np.zeros((SOURCES, cell.size))

    @property
    def unknown(self) -> Floats:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self.state.unknown

    @property
    def casework(self) -> Floats:
        """Return the people whose case is being worked on, shape (lanes,)."""
        return self.state.casework

    @property
    def survivors(self) -> Floats:
        """Return the survivors at raised risk, not assisted and assisted, shape (lanes, 2)."""
        return self.state.survivors

    @property
    def settled(self) -> float:
        """Return the survivors no longer at raised risk."""
        return float(self.state.settled[0])

    @property
    def dead(self) -> float:
        """Return the people who died in exploitation."""
        return float(self.dead_before[0] + self.state.flows[Flow.DIED])

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return Flows.of(self.state.flows, self.state.waited)

    def reached(self) -> Floats:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.passed() - self.state.gone

    def passed(self) -> Floats:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        return self._cohorts.sizes - self.state.untouched

    # ------------------------------------------------------------ the month, in order

    def expose(self, month: int, first: Floats, again: Floats, settled_by: float, forms: Floats) -> None:
        """Begin a month: those trafficked in it, for the first time or again, whose exposure begins next month.

        Parameters
        ----------
        first, again, forms
            As in the ledger: hazards by cohort, and by setting and assistance; cumulative mix of forms by group.
        settled_by
            Month of exit before which survivors are no longer at raised risk.
        """
        self.dead_before[0] = self.dead
        self.make_room()
        flowing.begin_month(month, settled_by, self.state, self.waves)
        staying, arrived = self._cohorts.staying(month), self._cohorts.arrived(month)
        flowing.enter(first, again, staying, arrived, forms, self.places, self.state, self.entries)

    def leave(self, risks: Floats, forward: Floats, detained: Floats) -> Floats:
        """Let people leave exploitation, then those trafficked this month enter it.

        Parameters
        ----------
        risks, forward, detained
            As in the ledger, by cell of the layout.

        Returns
        -------
        New cases by source, shape (sources, cells): referred, and came forward.
        """
        self.leaving = flowing.leave(risks, forward, detained, self.at_intake, self.places, self.state, self.cases)
        return self.cases

    def make_room(self) -> None:
        """Make room for another wave of survivors; those that are settled go."""
        first, end = self.waves.range.tolist()
        if end < self.waves.month.size:
            return
        larger = _waves(max(2 * (end - first), 16), self.places.setting.size)
        for new, old in zip(larger[1:], self.waves[1:], strict=True):
            new[: end - first] = old[first:end]
        larger.range[:] = 0, end - first
        self.waves = larger


def _waves(capacity: int, lanes: int) -> Waves:
    shape = capacity, lanes, 2
    return Waves(np.zeros(2, dtype=np.int64), np.zeros(capacity, dtype=np.int64), np.zeros(shape), np.zeros(shape))
