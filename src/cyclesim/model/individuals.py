"""The individual engine: persons with luck of their own pass through queue, casework and assistance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.engine import Exposure, Stocks, Terms
from cyclesim.model.evidence.lists import Chances, Histories, realised
from cyclesim.model.luck import LIST_PAGE, Luck
from cyclesim.model.people.cohorts import Cohorts, Ladder
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger import Ledger
from cyclesim.model.people.person import Row
from cyclesim.model.people.pool import Pool
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, SOURCES
from cyclesim.model.practice.back_end import ANSWERED, LAPSED, BackEnd
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.values import Values

Integers = NDArray[np.int64]
_ENDLESS = 2**40  # a ladder of so many is a Poisson process


class Individuals:
    """The people of one crisis, one by one; see `cyclesim.model.engine.Engine`.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    organisations, back_ends, back_end_of_setting
        Who refers, who answers, and the index of the back end that answers referrals from each setting.
    crisis, luck
        Name of the crisis and luck of the world.
    """

    def __init__(
        self,
        cohorts: Cohorts,
        layout: Layout,
        organisations: Organisations,
        back_ends: Sequence[BackEnd],
        back_end_of_setting: Integers,
        crisis: str,
        luck: Luck,
    ) -> None:
        self.ledger, self.layout = Ledger(cohorts, layout), layout
        self._organisations, self._back_ends, self._back_end = organisations, back_ends, back_end_of_setting
        self._crisis, self._luck = crisis, luck
        self._places: dict[int, float] = {}  # part of a person's assistance left over, by back end
        self._expected: dict[str, float] = {}
        self._ladders: dict[str, Ladder] = {}

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return self.ledger.flows

    # ------------------------------------------------------------ the month

    def expose(self, month: int, exposure: Exposure) -> None:
        """Expose everybody to one month."""
        e = exposure
        self.ledger.at_intake = e.at_intake
        self.ledger.expose(month, e.first, e.again, e.return_months, e.risks, e.forward, e.detained, e.forms)

    def answer(self, month: int, loads: Sequence[float], terms: Terms, p: Values) -> tuple[Integers, Integers]:
        """Answer the cases that wait; return referrals of each organisation answered, and lapsed."""
        ledger = self.ledger
        self._name_responders()
        size = ledger.waiting.size
        outcome, when, length = np.zeros(size, dtype=np.int64), np.full(size, np.inf), np.zeros(size)
        for number, (back_end, load) in enumerate(zip(self._back_ends, loads, strict=True)):
            queue = ledger.queue(self._back_end, number, terms.refusal)
            done, time = back_end.answer(queue.arrived, queue.leaves, queue.service, month, load, p)
            outcome[queue.rows], when[queue.rows] = done, time
            length[queue.rows] = queue.service * p.case_months
        ledger.come_forward_while_waiting(when)
        referrer = ledger.waiting.values[Row.RESPONDER].astype(np.int64)
        named, number = referrer >= 0, len(self._organisations.names)
        answered = np.bincount(referrer[named & (outcome == ANSWERED)], minlength=number)
        lapsed = np.bincount(referrer[named & (outcome == LAPSED)], minlength=number)
        ledger.settle(outcome, when, length, terms.refusal)
        return answered, lapsed

    def complete(self, month: int, places: Sequence[float], affordable: float, terms: Terms) -> int:
        """End casework; assist whom places and money allow, in order of completion."""
        ledger = self.ledger
        rows, formal, eligible = ledger.completing(month + 1, terms.acceptance, terms.conditional, terms.refusal)
        back_end = self._back_end[self.layout.setting_of_cell[ledger.casework.who[Pool.CELL, rows]]]
        assisted = np.zeros(rows.size, dtype=bool)
        for number, new in enumerate(places):
            free = min(self._places.get(number, 0.0) + new, new + 1.0)
            queue = np.flatnonzero(eligible & (back_end == number))[: int(free)]
            self._places[number] = free - queue.size
            assisted[queue] = True
        paid = np.flatnonzero(eligible & ~assisted)[: int(affordable)]
        assisted[paid] = True
        ledger.complete(rows, formal, assisted)
        return paid.size

    def events(self, purpose: str, expected: float) -> int:
        """Return how many events happen: whole numbers, from a keyed Poisson ladder."""
        if purpose not in self._ladders:
            self._ladders[purpose] = Ladder(self._luck.stream(self._crisis, purpose), _ENDLESS)
        self._expected[purpose] = self._expected.get(purpose, 0.0) + expected
        ladder = self._ladders[purpose]
        first, _ = ladder.climb(self._expected[purpose] / _ENDLESS)
        return ladder.reached - first

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        ledger = self.ledger
        return Stocks(
            unknown=ledger.exploited.size,
            found=self._found_waiting().size,
            waiting=ledger.waiting.size,
            casework=ledger.casework.size,
            survivors=ledger.survivors.size,
            settled=ledger.settled,
            dead=ledger.dead,
        )

    def unknown_by_cell(self) -> Integers:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self._by_cell(self.ledger.exploited.who[Pool.CELL])

    def exploited_by_cell(self) -> Integers:
        """Return the people in exploitation, shape (cells,)."""
        return self.unknown_by_cell() + self._by_cell(self.ledger.waiting.who[Pool.CELL, self._found_waiting()])

    def entered_by_cell(self) -> Integers:
        """Return the people trafficked this month, shape (cells,)."""
        return self._by_cell(np.concatenate([np.empty(0, dtype=np.int64), *self.flows.entered_cells]))

    def recorded(self) -> Integers:
        """Return this month's new case records, shape (sources, cells)."""
        cell, source, _ = self.flows.records.joined()
        cells = self.layout.cells
        return np.bincount(source * cells + cell, minlength=SOURCES * cells).reshape(SOURCES, cells)

    def histories(self, chances: Chances) -> Histories:
        """Return the histories of the people recorded since last asked, each from luck of his or her own."""
        who, source = self.ledger.take_records()
        return realised(chances, who[Pool.CELL], source, self.ledger.luck_of(who, LIST_PAGE))

    def reported(self, completeness: float) -> int:
        """Return how many of this month's records reach a report."""
        return int(np.count_nonzero(self.flows.records.joined()[2] < completeness))

    def reached(self) -> Integers:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.ledger.cohorts.reached()

    def passed(self) -> Integers:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        return self.ledger.cohorts.passed()

    # ------------------------------------------------------------ details

    def _found_waiting(self) -> Integers:
        """Return who in the queue was found by responders, and so is still in exploitation."""
        return np.flatnonzero(self.ledger.waiting.values[Row.SOURCE] != CAME_FORWARD)

    def _by_cell(self, cell: Integers) -> Integers:
        return np.bincount(cell, minlength=self.layout.cells)

    def _name_responders(self) -> None:
        """Name the organisation behind each new referral."""
        ledger = self.ledger
        rows = np.arange(ledger.newcomers.start, ledger.newcomers.stop)
        rows = rows[ledger.waiting.values[Row.SOURCE, rows] < CHANNELS]
        values, cell = ledger.waiting.values, ledger.waiting.who[Pool.CELL, rows]
        setting, channel = self.layout.setting_of_cell[cell], values[Row.SOURCE, rows].astype(np.int64)
        values[Row.RESPONDER, rows] = self._organisations.assign(setting, channel, values[Row.ORGANISATION, rows])
