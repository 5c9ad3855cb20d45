"""The individual engine: persons with luck of their own pass through queue, casework and assistance."""

from collections.abc import Sequence

import numpy as np

from cyclesim.model.arrays import Integers, Words
from cyclesim.model.engine import Exposure, Stocks, Terms
from cyclesim.model.evidence.lists import Chances, Histories, realised
from cyclesim.model.luck import LIST_PAGE, SLOTS, Luck
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts, Ladders, climb
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger import cases
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.model.people.person import PersonRow
from cyclesim.model.people.pool import CELL
from cyclesim.model.people.risks import CHANNELS
from cyclesim.model.practice.back_end import BackEnd
from cyclesim.model.practice.organisations import Organisations

_ENDLESS = 2**40  # a ladder of so many is a Poisson process


class LedgerEngine:
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
        self._places = np.zeros(len(back_ends))  # part of a person's assistance left over
        self._events: dict[str, PoissonProcess] = {}

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

    def answer(self, month: int, loads: Sequence[float], terms: Terms, p: Parameters) -> tuple[Integers, Integers]:
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
        answered, lapsed = ledger.settle(outcome, when, length, terms.refusal, len(self._organisations.names))
        return answered, lapsed

    def complete(self, month: int, places: Sequence[float], affordable: float, terms: Terms) -> int:
        """End casework; assist whom places and money allow, in order of completion."""
        ledger = self.ledger
        rows, formal, eligible = ledger.completing(month + 1, terms.acceptance, terms.conditional, terms.refusal)
        back_end = self._back_end[self.layout.setting_of_cell[ledger.casework.who[CELL, rows]]]
        assisted, used = np.zeros(rows.size, dtype=bool), np.zeros(len(places), dtype=np.int64)
        new = np.array(places)
        free = np.minimum(self._places + new, new + 1.0)
        paid = cases.assist(back_end, eligible, free, int(affordable), assisted, used)
        self._places = free - used
        ledger.complete(rows, formal, assisted)
        return int(paid)

    def events(self, purpose: str, expected: float) -> int:
        """Return how many events happen: whole numbers, from a keyed Poisson ladder."""
        if purpose not in self._events:
            key = self._luck.stream(self._crisis, purpose).words()
            self._events[purpose] = PoissonProcess(np.array([key], dtype=np.uint64))
        return self._events[purpose].events(expected)

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        ledger = self.ledger
        return Stocks(
            unknown=ledger.exploited.size,
            found=int(ledger.found().sum()),
            waiting=ledger.waiting.size,
            casework=ledger.casework.size,
            survivors=ledger.survivors.size,
            settled=ledger.settled,
            dead=ledger.dead,
        )

    def unknown_by_cell(self) -> Integers:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self.ledger.unknown

    def exploited_by_cell(self) -> Integers:
        """Return the people in exploitation, shape (cells,)."""
        return self.ledger.unknown + self.ledger.found()

    def entered_by_cell(self) -> Integers:
        """Return the people trafficked this month, shape (cells,)."""
        return self.ledger.entered

    def recorded(self) -> Integers:
        """Return this month's new case records, shape (sources, cells)."""
        return self.ledger.recorded

    def histories(self, chances: Chances) -> Histories:
        """Return the histories of the people recorded since last asked, each from luck of his or her own."""
        who, source = self.ledger.take_records()
        return realised(chances, who[CELL], source, self.ledger.luck_of(who, LIST_PAGE))

    def reported(self, completeness: float) -> int:
        """Return how many of this month's records reach a report."""
        return self.ledger.reported(completeness)

    def reached(self) -> Integers:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.ledger.cohorts.reached()

    def passed(self) -> Integers:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        return self.ledger.cohorts.passed()

    # ------------------------------------------------------------ details

    def _name_responders(self) -> None:
        """Name the organisation behind each new referral."""
        waiting, new = self.ledger.waiting, self.ledger.newcomers
        source = waiting.values[PersonRow.SOURCE, new]
        rows = np.flatnonzero(source < CHANNELS)
        setting, channel = self.layout.setting_of_cell[waiting.who[CELL, new][rows]], source[rows].astype(np.int64)
        waiting.values[PersonRow.RESPONDER, rows + new.start] = self._organisations.assign(
            setting, channel, waiting.values[PersonRow.ORGANISATION, new][rows]
        )


class PoissonProcess:
    """Events that are rare and independent, whole, from luck that is the same in all that is compared.

    Parameters
    ----------
    key
        The two key words of the luck, shape (1, 2).
    """

    def __init__(self, key: Words) -> None:
        self._ladder, self._expected = Ladders.of(key, np.array([_ENDLESS])), 0.0

    def events(self, expected: float) -> int:
        """Return how many happen where so many are expected since this was last asked."""
        self._expected += expected
        before, room = int(self._ladder.reached[0]), np.empty(64, dtype=np.int64)
        number, luck, gone = np.zeros(1, dtype=np.int64), np.empty(SLOTS), np.zeros(1, dtype=np.int64)
        reached = np.array([self._expected / _ENDLESS])
        while climb(self._ladder, 0, reached, np.ones(1), gone, number, room, room, luck) == 0:
            number[0] = 0
        return int(self._ladder.reached[0]) - before
