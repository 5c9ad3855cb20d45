"""The individual ledger: every trafficked person, with luck of his or her own.

A person passes from the ladder of a cohort into exploitation; from there, by the earliest of competing risks,
out of it: own escape, death, referral through one of four frontline channels, or proactive investigation. People
referred wait for an answer while the risks of escape and death go on. Answered, they are out of exploitation and
their case is worked on; survivors are at risk again. Each risk has a hazard per cell; a person carries the
*cumulative* hazard of the cell at which it will strike, so that nothing is drawn in the monthly loop.
"""

from dataclasses import dataclass

import numpy as np

from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.luck import SLOTS, scattered
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flow, Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger import cases, entering, leaving
from cyclesim.model.people.ledger.diary import Diary, Entries, blank, entries, note_newcomers
from cyclesim.model.people.ledger.state import Luck, Now, Pools, Tally
from cyclesim.model.people.person import ROWS, PersonRow, order_by_time
from cyclesim.model.people.pool import ATTEMPT, CELL, COHORT, EPISODE, RANK, Pool
from cyclesim.model.people.risks import CAME_FORWARD, RISKS, SOURCES
from cyclesim.vocabulary import Form


@dataclass(frozen=True)
class Queue:
    """The cases waiting in one back end, first come first: plain values for the practice stage.

    Parameters
    ----------
    rows
        Where they stand in the waiting pool.
    arrived, leaves
        Times of referral, and of leaving the queue unseen this month (infinite if not), in months.
    service
        Unit exponentials: length of casework over its mean; 0 of people who will decline help.
    """

    rows: Integers
    arrived: Floats
    leaves: Floats
    service: Floats


class Ledger:
    """People of one crisis who have ever been trafficked.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    diary
        Whether to note what happens to whom.

    Attributes
    ----------
    settled
        Survivors no longer at raised risk.
    at_intake
        Whether a referral is on record when it is taken, or when it is answered.
    newcomers
        Who joined the queue this month, in the waiting pool.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout, diary: bool = False) -> None:
        self.cohorts, self.layout = cohorts, layout
        self.exploited, self.waiting, self.casework = Pool(RISKS, looks=True), Pool(ROWS), Pool(ROWS)
        self.survivors, self.on_record = Pool(2), Pool(2)
        self._cases, self._back = Pool(ROWS), Pool(0)
        self.settled = self._dead_before = 0
        self.at_intake = False
        self.newcomers = slice(0, 0)
        cells, self._month = layout.cells, 0
        nobody, none = np.zeros(cells), np.zeros((RISKS, cells))
        self._now = Now(
            none, none.copy(), none.copy(), nobody, np.zeros(2 * len(layout.settings)), nobody, nobody,
            layout.setting_of_cell,
        )  # fmt: skip
        shapes = len(Flow), cells, cells, (RISKS, cells), (SOURCES, cells)
        flows, entered, unknown, left, recorded = (np.zeros(shape, dtype=np.int64) for shape in shapes)
        self._tally = Tally(flows, np.zeros(1), entered, unknown, left, recorded)
        self._luck = Luck(cohorts.keys, np.empty(SLOTS))
        self._taken = 0  # of those on record, how many lists hold already
        self._keeps_diary, self._diary = diary, blank(0)
        self.leaves, self.dies, self.forward = np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=bool)

    # ------------------------------------------------------------ the month, in order

    def expose(
        self,
        month: int,
        first: Floats,
        again: Floats,
        return_months: float,
        risks: Floats,
        forward: Floats,
        detained: Floats,
        forms: Floats,
    ) -> None:
        """Expose everybody to one month: exits first, then entries, whose exposure begins next month.

        Parameters
        ----------
        first
            Hazard of being trafficked for the first time, shape (cohorts,).
        again
            Hazard of being trafficked again, shape (2 * settings,).
        return_months
            Time after an exit during which that hazard lasts.
        risks
            Hazards of leaving exploitation, shape (7, cells): escape, death, four channels, investigation.
        forward
            Probability that whoever escapes comes forward, shape (cells,).
        detained
            Share of police contacts that end in detention or expulsion, shape (cells,).
        forms
            Cumulative mix of forms by group, shape (groups, forms - 1).
        """
        self._begin_month(month, risks, forward, detained, forms)
        leaving.accumulate(self._now, again)
        self._come_back(month - return_months)
        self._leave()
        self._watch()
        self._enter(first)

    def queue(self, back_end: Integers, number: int, refusal: Floats) -> Queue:
        """Return the cases waiting in one back end.

        Parameters
        ----------
        back_end, number
            Back end of each setting, and the one asked for.
        refusal
            Probability that a person found declines help, shape (cells,): no casework follows then.
        """
        people, size = self.waiting.people, self.waiting.size
        rows, gone, service = np.empty(size, dtype=np.int64), np.empty(size), np.empty(size)
        written = rows, gone, service
        found = cases.line_up(
            number, back_end, people, self.leaves, self.forward, refusal, self.layout.setting_of_cell, *written
        )
        rows = rows[:found]
        return Queue(rows, people.values[rows, PersonRow.ARRIVED], gone[:found], service[:found])

    def settle(
        self, outcome: Integers, when: Floats, length: Floats, refusal: Floats, organisations: int = 0
    ) -> Integers:
        """Apply what the back ends did with the cases waiting; who comes forward before the answer keeps the place.

        Parameters
        ----------
        outcome, when
            Of each waiting case: a `CaseOutcome` and its time (infinite while it waits), shape (waiting,).
        length
            Length of the casework of the cases answered, in months, shape (waiting,).
        refusal
            Probability that a person found declines help, shape (cells,).
        organisations
            How many organisations refer.

        Returns
        -------
        Referrals of each organisation answered, and lapsed, shape (2, organisations).
        """
        waiting, heard = self.waiting.size, np.zeros((2, organisations), dtype=np.int64)
        pools, diary = self._room(waiting, waiting, waiting, 2 * waiting), self._pages(2 * waiting)
        note_newcomers(diary, self._month, self.newcomers.start, pools.waiting, self.layout.setting_of_cell)
        shared = self._now, self._tally, diary
        cases.come_forward(
            self._month, when, self.leaves, self.forward, self.at_intake, pools.waiting, pools.recorded, *shared
        )
        done = outcome, when, length, self.dies, refusal, self.at_intake
        cases.settle(self._month, *done, pools, self._luck, *shared, heard)
        return heard

    def completing(
        self, until: float, acceptance: float, conditional: Floats, refusal: Floats
    ) -> tuple[Integers, Flags, Flags]:
        """Return the cases whose casework ends by a time, in order: rows, formally identified, eligible for help.

        Parameters
        ----------
        acceptance, conditional, refusal
            See `cases.judge`.
        """
        people = self.casework.people
        rows = np.empty(self.casework.size, dtype=np.int64)
        rows = rows[: cases.ending(people, until, rows)]
        rows = rows[
            order_by_time(people.values[rows, PersonRow.DONE], people.who[rows, COHORT], people.who[rows, RANK])
        ]
        formal, eligible = np.empty(rows.size, dtype=bool), np.empty(rows.size, dtype=bool)
        cases.judge(people, rows, acceptance, conditional, refusal, self.layout.setting_of_cell, formal, eligible)
        return rows, formal, eligible

    def complete(self, rows: Integers, formal: Flags, assisted: Flags) -> None:
        """End casework: these people are survivors, assisted or not."""
        pools, diary = self._room(0, 0, rows.size, 0), self._pages(rows.size)
        shared = pools, self._now, self._tally, diary
        cases.complete(self._month, rows, rows.argsort(), formal, assisted, *shared)

    # ------------------------------------------------------------ what can be counted

    @property
    def dead(self) -> int:
        """Return the people who died in exploitation."""
        return self._dead_before + int(self._tally.flows[Flow.DIED])

    @property
    def tally(self) -> Tally:
        """Return what is counted each month."""
        return self._tally

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return Flows.of(self._tally.flows, self._tally.waited)

    @property
    def entered(self) -> Integers:
        """Return the people trafficked this month, shape (cells,)."""
        return self._tally.entered.copy()

    @property
    def unknown(self) -> Integers:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self._tally.unknown.copy()

    @property
    def left(self) -> Integers:
        """Return the people struck in exploitation this month, by risk, shape (7, cells)."""
        return self._tally.left.copy()

    @property
    def recorded(self) -> Integers:
        """Return this month's new case records, shape (sources, cells)."""
        return self._tally.recorded.copy()

    def found(self) -> Integers:
        """Return the people who wait and are still in exploitation, shape (cells,)."""
        people = self.waiting
        held = people.values[PersonRow.SOURCE] != CAME_FORWARD
        return np.bincount(people.who[CELL, held], minlength=self.layout.cells)

    def reported(self, completeness: float) -> int:
        """Return how many of this month's records reach a report."""
        return int(np.count_nonzero(self.on_record.values[1, self._first_record :] < completeness))

    def take_records(self) -> tuple[Integers, Integers]:
        """Return who was recorded since this was last asked (rows as in `Pool.who`), and through which source."""
        since = slice(self._taken, self.on_record.size)
        self._taken = self.on_record.size
        return self.on_record.who[:, since].copy(), self.on_record.values[0, since].astype(np.int64)

    def luck_of(self, who: Integers, page: int = 0) -> Floats:
        """Return the numbers of people on a page of their luck, shape (people, 16); `who` as in `Pool.who`."""
        return scattered(self.cohorts.keys[who[COHORT]], who[RANK], who[EPISODE], who[ATTEMPT], page)

    def notes(self) -> Entries:
        """Return everything noted so far."""
        return entries(self._diary)

    # ------------------------------------------------------------ details

    def _begin_month(self, month: int, risks: Floats, forward: Floats, detained: Floats, forms: Floats) -> None:
        self._month, self._dead_before = month, self.dead
        self._now = self._now._replace(risks=np.ascontiguousarray(risks), forward=forward, detained=detained)
        for counts in self._tally:
            if counts is not self._tally.unknown:  # the one that is a stock
                counts[:] = 0
        if self._taken == self.on_record.size:
            self._taken = self.on_record.people.number[0] = 0
        self._first_record = self.on_record.size
        first_cell = self.layout.stratum(self.cohorts.arrived(month)) * len(Form)
        group = self.layout.group_of_cell[first_cell]
        self._begins = entering.Begins(first_cell, group, forms)

    def _come_back(self, settled_by: float) -> None:
        back, diary = self._back, self._pages(self.survivors.size)
        while True:
            self.settled += entering.come_back(
                self._month, settled_by, self.survivors.people, back.people, self._now, diary
            )
            if back.size < back.people.who.shape[0]:
                return
            back.reserve(back.size)

    def _leave(self) -> None:
        rows = np.empty(self.exploited.size, dtype=np.int64)
        rows = rows[: leaving.struck(self.exploited.people, self._now, rows)]
        pools, diary = self._room(0, 0, rows.size, rows.size), self._pages(rows.size)
        new = self._cases.reserve(rows.size)
        leaving.leave(self._month, rows, pools, new, self._now, self._luck, self._tally, diary)
        who, number = self._cases.who, self._cases.size
        order = order_by_time(self._cases.values[PersonRow.ARRIVED], who[COHORT], who[RANK])
        self.newcomers = slice(self.waiting.size, self.waiting.size + number)
        self.waiting.reserve(number)
        leaving.join(new, order, self.at_intake, self.waiting.people, pools.recorded, self._tally)
        new.number[0] = 0

    def _watch(self) -> None:
        number = self.waiting.size
        self.leaves = np.empty(number)
        self.dies, self.forward = np.empty(number, dtype=bool), np.empty(number, dtype=bool)
        leaving.watch(self._month, self.waiting.people, self._now, self.leaves, self.dies, self.forward)

    def _enter(self, first: Floats) -> None:
        cohort, rank = self.cohorts.expose(self._month, first)
        number = cohort.size + self._back.size
        pools, diary = self._room(number, 0, 0, 0), self._pages(number)
        shared = pools.exploited, self._begins, self._now, self._luck, self._tally, diary
        entering.enter_first(self._month, cohort, rank, *shared)
        entering.enter_again(self._month, self._back.people, *shared)

    def _pools(self) -> Pools:
        return Pools(
            self.exploited.people, self.waiting.people, self.casework.people, self.survivors.people,
            self.on_record.people,
        )  # fmt: skip

    def _room(self, exploited: int, casework: int, survivors: int, on_record: int) -> Pools:
        """Return the tables, with room for so many more people in each."""
        pools = self.exploited, self.casework, self.survivors, self.on_record
        for pool, extra in zip(pools, (exploited, casework, survivors, on_record), strict=True):
            pool.reserve(extra)
        return self._pools()

    def _pages(self, extra: int) -> Diary:
        """Return the diary, with room for so many more events where one is kept."""
        need = int(self._diary.number[0]) + extra
        if self._keeps_diary and need > self._diary.time.size:
            larger, held = blank(max(need, 2 * self._diary.time.size)), int(self._diary.number[0])
            larger.what[:held], larger.time[:held] = self._diary.what[:held], self._diary.time[:held]
            larger.number[0] = held
            self._diary = larger
        return self._diary
