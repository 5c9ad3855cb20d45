"""The mean-field twin of the individual ledger: the same cohorts and cells as expected numbers, no luck.

Hazards are constant within a month, so risks compete exactly: of those exposed, ``1 - exp(-sum r)`` leave, and the
share ``r_k / sum r`` of them by risk k. Exposure begins in the month after entry, as in the ledger.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.lanes import FORMS, Lanes
from cyclesim.model.people.line import Index, Leaving, Settled
from cyclesim.model.people.risks import CAME_FORWARD, POLICE, SOURCES, Risk

Integers = NDArray[np.int64]


@dataclass
class Survivors:
    """Survivors at raised risk for a time, not assisted or assisted: shape (lanes, 2).

    Parameters
    ----------
    shape
        (lanes, 2).
    """

    shape: tuple[int, int]
    now: Floats = field(init=False)
    settled: float = 0.0

    def __post_init__(self) -> None:
        self.now, self._entered, self._hazard = np.zeros(self.shape), np.zeros(self.shape), np.zeros(self.shape)
        self._waves: deque[tuple[int, Floats, Floats]] = deque()  # month of exit, people, cumulative hazard then

    def expose(self, month: int, settled_by: float, hazard: Floats) -> Floats:
        """Settle those whose exit is long past, expose the others for a month; return who is trafficked again."""
        self._waves.append((month - 1, self._entered, self._hazard.copy()))
        self._entered = np.zeros(self.shape)
        while self._waves and self._waves[0][0] < settled_by:
            _, people, hazard_then = self._waves.popleft()
            leave = np.minimum(people * np.exp(hazard_then - self._hazard), self.now)
            self.now -= leave
            self.settled += float(leave.sum())
        self._hazard += hazard
        again = self.now * -np.expm1(-hazard)
        self.now -= again
        result: Floats = again.sum(axis=1)
        return result

    def enter(self, column: int, people: Floats) -> None:
        """Let people enter this month: not assisted (0) or assisted (1), shape (lanes,)."""
        self._entered[:, column] += people
        self.now[:, column] += people


class Twin:
    """People of one crisis who have ever been trafficked, as expected numbers.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.

    Attributes
    ----------
    lanes
        Strata, as the twin tells them apart; what is called a cell below is a lane and a form.
    unknown
        In exploitation, and nobody knows of them, shape (cells,).
    casework
        Their case is being worked on, shape (lanes,).
    entered, records
        Of this month: people trafficked, shape (cells,); new case records, shape (sources, cells).
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        self.lanes, self._cohorts = Lanes(cohorts, layout), cohorts
        cells = self.lanes.cells
        self.setting: Integers = layout.setting_of_cell[cells[::FORMS]]  # of each lane
        self._group: Integers = layout.group_of_cell[cells[::FORMS]]
        self._untouched: Floats = cohorts.sizes.astype(float)  # have not crossed their threshold, there or not
        self._gone: Floats = np.zeros(len(cohorts.cohorts))  # crossed it after they had left
        self.unknown, self.casework = np.zeros(cells.size), np.zeros(self.setting.size)
        self.survivors = Survivors((self.setting.size, 2))
        self.dead = 0.0
        self.at_intake = False  # whether a referral is on record when it is taken, or when it is answered
        self.entered: Floats = np.zeros(cells.size)
        self.records: Floats = np.zeros((SOURCES, cells.size))
        self.flows = Flows()

    def reached(self) -> Floats:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.passed() - self._gone

    def passed(self) -> Floats:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        result: Floats = self._cohorts.sizes - self._untouched
        return result

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
        self.flows, self.records = Flows(), np.zeros_like(self.records)
        passed = self._untouched * -np.expm1(-first)
        self._untouched -= passed
        new = passed * self._cohorts.staying(month)
        self._gone += passed - new
        hazard = again.reshape(-1, 2)[self.setting]
        returned = self.survivors.expose(month, settled_by, hazard)
        arrived = self._cohorts.arrived(month)
        first_entries = np.bincount(self.lanes.of_cohorts(arrived), new, self.setting.size)
        entries = first_entries + self.lanes.again(arrived, returned)
        mix = np.diff(forms, axis=1, prepend=0.0, append=1.0)
        self.entered = (entries[:, None] * mix[self._group]).ravel()
        self.flows.newly_trafficked, self.flows.retrafficked = float(new.sum()), float(returned.sum())

    def leave(self, risks: Floats, forward: Floats, detained: Floats) -> Floats:
        """Let people leave exploitation, then those trafficked this month enter it.

        Parameters
        ----------
        risks, forward, detained
            Hazards, shape (7, cells); probability that whoever escapes comes forward, and share of police contacts
            that end in detention, shape (cells,).

        Returns
        -------
        New cases by source, shape (sources, cells): referred, and came forward.
        """
        total = risks.sum(axis=0)
        gone = self.unknown * -np.expm1(-total)
        by_risk = risks * (gone / np.maximum(total, 1e-300))
        cases = np.empty_like(self.records)
        cases[:CAME_FORWARD] = by_risk[Risk.CHANNELS :]
        cases[CAME_FORWARD] = by_risk[Risk.ESCAPE] * forward
        held = cases[POLICE] * detained
        cases[POLICE] -= held
        escaped, died = by_risk[: Risk.CHANNELS].sum(axis=1).tolist()
        self.survivors.enter(0, self._by_lane(by_risk[Risk.ESCAPE] - cases[CAME_FORWARD] + held))
        self.unknown += self.entered - by_risk.sum(axis=0)
        self.records[CAME_FORWARD] = cases[CAME_FORWARD]
        if self.at_intake:
            self.records[:CAME_FORWARD] = cases[:CAME_FORWARD]
        flows = self.flows
        flows.escaped, flows.came_forward = escaped, float(cases[CAME_FORWARD].sum())
        flows.referred, flows.detained = float(cases[:CAME_FORWARD].sum()), float(held.sum())
        self._die(died)
        return cases

    def settle(self, cells: Index, settled: Settled, leaving: Leaving, refusal: Floats) -> Floats:
        """Apply what a back end did with its line; return the people whose casework begins, shape (lanes,).

        Parameters
        ----------
        cells
            Cells of the line.
        refusal
            Probability that a person found declines help, shape (cells,).
        """
        flows = self.flows
        answered, lapsed = settled.answered[:CAME_FORWARD], settled.lapsed[:CAME_FORWARD]
        declined = answered * refusal[cells]
        self.unknown[cells] += declined.sum(axis=0) + lapsed.sum(axis=0)
        if not self.at_intake:
            self.records[:CAME_FORWARD, cells] += answered - declined
        flows.answered += float(answered.sum())
        flows.lapsed += float(lapsed.sum())
        flows.declined += float(declined.sum())
        flows.waited += settled.waited
        self._withdraw(cells, settled.left, leaving)
        self._survive(cells, settled.lapsed[CAME_FORWARD])
        begun = np.zeros(self.unknown.size)
        begun[cells] = settled.answered[CAME_FORWARD] + (answered - declined).sum(axis=0)
        return self._by_lane(begun)

    def complete(self, completed: Floats, formal: Floats, assisted: Floats) -> None:
        """End casework: completed cases, of them identified formally, and assisted; shapes (lanes,)."""
        flows = self.flows
        self.casework -= completed
        flows.identified_formally += float(formal.sum())
        flows.presumptive += float((completed - formal).sum())
        flows.assisted += float(assisted.sum())
        self.survivors.enter(1, assisted)
        self.survivors.enter(0, completed - assisted)

    # ------------------------------------------------------------ details

    def _withdraw(self, cells: Index, left: Floats, leaving: Leaving) -> None:
        """People referred who left exploitation before the answer; who came forward keeps the place."""
        flows = self.flows
        forward = left * leaving.forward[cells]
        unseen = left * leaving.unseen[cells]
        if not self.at_intake:
            self.records[CAME_FORWARD, cells] += forward
        flows.came_forward += float(forward.sum())
        flows.escaped += float(forward.sum() + unseen.sum())
        flows.withdrawn += float(left.sum())
        self._survive(cells, unseen)
        self._die(float((left - forward - unseen).sum()))

    def _survive(self, cells: Index, people: Floats) -> None:
        everywhere = np.zeros(self.unknown.size)
        everywhere[cells] = people
        self.survivors.enter(0, self._by_lane(everywhere))

    def _die(self, number: float) -> None:
        self.dead += number
        self.flows.died += number

    def _by_lane(self, cells: Floats) -> Floats:
        result: Floats = cells.reshape(-1, FORMS).sum(axis=1)
        return result
