"""The individual ledger: every trafficked person, with luck of his or her own.

A person passes from the ladder of a cohort into exploitation; from there, by the earliest of competing risks,
out of it: own escape, death, referral through one of four frontline channels, or proactive investigation. People
referred wait for an answer while the risks of escape and death go on. Answered, they are out of exploitation and
their case is worked on; survivors are at risk again. Each risk has a hazard per cell; a person carries the
*cumulative* hazard of the cell at which it will strike, so that nothing is drawn in the monthly loop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import SLOTS, Floats, Slot, exponential, scattered
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.person import RENEWED, ROWS, Outcome, Queue, Row, carried, in_order
from cyclesim.model.people.pool import Pool
from cyclesim.model.people.risks import CAME_FORWARD, POLICE, RISKS
from cyclesim.vocabulary import Form

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Ledger:
    """People of one crisis who have ever been trafficked.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        self.cohorts, self.layout = cohorts, layout
        self.exploited, self.waiting, self.casework = Pool(ROWS), Pool(ROWS), Pool(ROWS)
        self.survivors = Pool(2)  # cumulative hazard of being trafficked again, month of exit
        self.settled = 0  # survivors no longer at raised risk
        self.dead = 0
        self.at_intake = False  # whether a referral is on record when it is taken, or when it is answered
        self._risk = np.zeros((RISKS, layout.cells))  # cumulative hazards
        self._return = np.zeros(2 * len(layout.settings))
        self._month = 0
        self._stratum = layout.stratum_at_home
        self.newcomers = slice(0, 0)  # who joined the queue this month, in the waiting pool
        self._escapes: Floats = np.empty(0)  # of the waiting: time of escape or death this month
        self._dies: Flags = np.empty(0, dtype=bool)
        self._forward: Flags = np.empty(0, dtype=bool)
        self.flows = Flows()
        self._on_record: list[tuple[Integers, Integers]] = []  # who, and the source of the case

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
        self.flows, self._month = Flows(), month
        self._stratum = self.layout.stratum(self.cohorts.arrived(month))
        before = self._risk.copy()
        self._risk += risks
        self._return += again
        returning = self._returning(month - return_months)
        self._leave(month, before, risks, forward, detained)
        self._watch(month, before, risks, forward)
        self._enter(*self.cohorts.expose(month, first), forms)
        self._enter_again(returning, forms)

    def queue(self, back_end: Integers, number: int, refusal: Floats) -> Queue:
        """Return the cases waiting in one back end.

        Parameters
        ----------
        back_end, number
            Back end of each setting, and the one asked for.
        refusal
            Probability that a person found declines help, shape (cells,): no casework follows then.
        """
        waiting = self.waiting
        setting = self.layout.setting_of_cell[waiting.who[Pool.CELL]]
        rows = np.flatnonzero(back_end[setting] == number)
        values = waiting.values.take(rows, axis=1)
        leaves = np.where(self._leaves_unseen()[rows], self._escapes[rows], np.inf)
        declines = (values[Row.SOURCE] != CAME_FORWARD) & (values[Row.CONSENT] < refusal[waiting.who[Pool.CELL, rows]])
        service = np.where(declines, 0.0, exponential(values[Row.SERVICE]))
        return Queue(rows, values[Row.ARRIVED], leaves, service)

    def come_forward_while_waiting(self, when: Floats) -> None:
        """Whoever escapes and comes forward before the answer keeps the place, on his or her own account.

        Parameters
        ----------
        when
            Time of the outcome of each waiting case (infinite while it waits), shape (waiting,).
        """
        pool, flows = self.waiting, self.flows
        people = np.flatnonzero(self._forward & (self._escapes < when))
        flows.escaped += people.size
        flows.came_forward += people.size
        flows.withdrawn += people.size
        pool.values[Row.SOURCE, people] = CAME_FORWARD
        pool.values[Row.RESPONDER, people] = -1
        pool.values[: Row.CHANNELS, people] = np.inf
        if not self.at_intake:
            self._record(people)

    def settle(self, outcome: Integers, when: Floats, length: Floats, refusal: Floats) -> None:
        """Apply what the back ends did with the cases waiting.

        Parameters
        ----------
        outcome, when
            Of each waiting case: an `Outcome` and its time (infinite while it waits), shape (waiting,).
        length
            Length of the casework of the cases answered, in months, shape (waiting,).
        refusal
            Probability that a person found declines help, shape (cells,).
        """
        waiting, flows = self.waiting, self.flows
        found = waiting.values[Row.SOURCE] != CAME_FORWARD
        answered, lapsed, left = (outcome == kind for kind in (Outcome.ANSWERED, Outcome.LAPSED, Outcome.LEFT))
        declined = answered & found & (waiting.values[Row.CONSENT] < refusal[waiting.who[Pool.CELL]])
        flows.waited = float((when - waiting.values[Row.ARRIVED])[answered & found].sum())
        flows.answered += int(np.count_nonzero(answered & found))
        flows.lapsed += int(np.count_nonzero(lapsed & found))
        flows.declined += int(np.count_nonzero(declined))
        if not self.at_intake:
            self._record(np.flatnonzero(answered & found & ~declined))
        waiting.values[Row.DONE] = when + length
        self.casework.add(*waiting.take(np.flatnonzero(answered & ~declined)))
        self._retry(np.flatnonzero((lapsed & found) | declined))
        self._leave_unseen(np.flatnonzero(left))
        gone = np.flatnonzero(lapsed & ~found)
        self._survive(waiting.who[:, gone], waiting.values[Row.RETURN, gone])
        waiting.keep(outcome == Outcome.WAITS)

    def completing(
        self, until: float, acceptance: float, conditional: Floats, refusal: Floats
    ) -> tuple[Integers, Flags, Flags]:
        """Return the cases whose casework ends by a time, in order: rows, formally identified, eligible for help.

        Who is identified formally is eligible; who stays presumptive is with probability 1 - conditional. Those
        found have passed the hurdle of consent with the same number, which is therefore rescaled.
        """
        values = self.casework.values
        rows = np.flatnonzero(values[Row.DONE] <= until)
        rows = rows[in_order(values[Row.DONE, rows], *self.casework.who[: Pool.EPISODE, rows])]
        formal = values[Row.ACCEPTANCE, rows] < acceptance
        cell = self.casework.who[Pool.CELL, rows]
        condition = conditional[self.layout.setting_of_cell[cell]]
        hurdle = np.where(values[Row.SOURCE, rows] == CAME_FORWARD, 0.0, refusal[cell])
        eligible = formal | (values[Row.CONSENT, rows] >= hurdle + (1.0 - hurdle) * condition)
        return rows, formal, eligible

    def complete(self, rows: Integers, formal: Flags, assisted: Flags) -> None:
        """End casework: these people are survivors, assisted or not."""
        self.flows.identified_formally += int(np.count_nonzero(formal))
        self.flows.presumptive += int(np.count_nonzero(~formal))
        self.flows.assisted += int(np.count_nonzero(assisted))
        self._survive(self.casework.who[:, rows], self.casework.values[Row.RETURN, rows], assisted)
        self.casework.remove(np.sort(rows))

    # ------------------------------------------------------------ exits

    def _crossings(self, cell: Integers, thresholds: Floats, before: Floats, hazards: Floats) -> Floats:
        """Return when in the month (0 to 1) the first risks strike; infinite if they do not; shape (risks, people)."""
        risks = slice(0, thresholds.shape[0])
        left = np.maximum(thresholds - before[risks].take(cell, axis=1), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            fraction = left / hazards[risks].take(cell, axis=1)
        strikes = thresholds <= self._risk[risks].take(cell, axis=1)
        result: Floats = np.where(strikes, np.minimum(fraction, 1.0), np.inf)
        return result

    def _struck(self) -> Integers:
        """Return who in exploitation is struck by any risk this month."""
        pool = self.exploited
        reached = self._risk.take(pool.who[Pool.CELL], axis=1)
        return np.flatnonzero((pool.values[:RISKS] <= reached).any(axis=0))

    def _leave(self, month: int, before: Floats, hazards: Floats, forward: Floats, detained: Floats) -> None:
        """People in exploitation: the earliest risk within the month wins."""
        people = self._struck()
        who, values = self.exploited.take(people)
        when = self._crossings(who[Pool.CELL], values[:RISKS], before, hazards)
        self._exit(who, values, when.argmin(axis=0), month + when.min(axis=0, initial=np.inf), forward, detained)
        self.exploited.remove(people)

    def _exit(
        self, who: Integers, values: Floats, risk: Integers, time: Floats, forward: Floats, detained: Floats
    ) -> None:
        """End exploitation of these people, each by the risk and at the time given, or let a case of theirs wait."""
        flows, cell = self.flows, who[Pool.CELL]
        escaped, died = risk == Row.ESCAPE, risk == Row.DEATH
        forwards = escaped & (values[Row.FORWARD] < forward[cell])
        flows.escaped += int(np.count_nonzero(escaped))
        flows.came_forward += int(np.count_nonzero(forwards))
        self._die(int(np.count_nonzero(died)))
        held = self._detain(values[Row.ORGANISATION], risk == Row.CHANNELS + POLICE, detained[cell])
        found = (risk >= Row.CHANNELS) & ~held
        flows.referred += int(np.count_nonzero(found))
        gone = np.flatnonzero((escaped & ~forwards) | held)
        self._survive(who[:, gone], values[Row.RETURN, gone])
        source = np.where(found, risk - Row.CHANNELS, CAME_FORWARD)
        cases = np.flatnonzero(found | forwards)
        cases = cases[in_order(time[cases], *who[: Pool.EPISODE, cases])]
        self._join_queue(who[:, cases], values[:, cases], time[cases], source[cases])

    def _detain(self, number: Floats, police: Flags, detained: Floats) -> Flags:
        """Return who is detained or expelled: decided by the number that otherwise names the organisation (M34).

        Those who are not have passed that hurdle with the number, which is therefore rescaled, in place.
        """
        if not police.any():
            return police
        hurdle = np.where(police, detained, 0.0)
        held: Flags = number < hurdle
        rest = np.maximum(1.0 - hurdle, 1e-300)  # nobody passes a hurdle of 1
        number[:] = np.where(held, number, (number - hurdle) / rest)
        self.flows.detained += int(np.count_nonzero(held))
        return held

    def _join_queue(self, who: Integers, values: Floats, time: Floats, source: Integers) -> None:
        """Put people, in order of arrival, at the end of the queue; whoever came forward is on record at once.

        So is whoever was referred, each time, where records are made at intake.
        """
        values[Row.ARRIVED], values[Row.SOURCE], values[Row.RESPONDER] = time, source, -1
        free = np.flatnonzero(source == CAME_FORWARD)
        values[: Row.CHANNELS, free] = np.inf  # no escape, no death in exploitation any more
        self.newcomers = slice(self.waiting.size, self.waiting.size + time.size)
        self.waiting.add(who, values)
        on_record = np.arange(time.size) if self.at_intake else free
        self._record(on_record + self.newcomers.start)

    def _watch(self, month: int, before: Floats, hazards: Floats, forward: Floats) -> None:
        """Work out who, while waiting, escapes or dies this month, and when."""
        pool = self.waiting
        when = self._crossings(pool.who[Pool.CELL], pool.values[: Row.CHANNELS], before, hazards)
        self._escapes = month + when.min(axis=0, initial=np.inf)
        self._dies = when[Row.DEATH] < when[Row.ESCAPE]
        self._forward = ~self._dies & (pool.values[Row.FORWARD] < forward[pool.who[Pool.CELL]])

    def _leaves_unseen(self) -> Flags:
        return np.isfinite(self._escapes) & ~self._forward

    def _leave_unseen(self, people: Integers) -> None:
        died = self._dies[people]
        self.flows.withdrawn += people.size
        self.flows.escaped += int(np.count_nonzero(~died))
        self._die(int(np.count_nonzero(died)))
        free = people[~died]
        self._survive(self.waiting.who[:, free], self.waiting.values[Row.RETURN, free])

    def _die(self, number: int) -> None:
        self.dead += number
        self.flows.died += number

    def _record(self, people: Integers) -> None:
        """Make the case record of people in the waiting pool: one for each episode that becomes known."""
        if people.size:
            values = self.waiting.values[:, people]
            source = values[Row.SOURCE].astype(np.int64)
            self.flows.records.add(self.waiting.who[Pool.CELL, people], source, values[Row.REPORTING])
            self._on_record.append((self.waiting.who[:, people], source))

    def take_records(self) -> tuple[Integers, Integers]:
        """Return who was recorded since this was last asked (columns as in `Pool.who`), and through which source."""
        who, source = zip(
            (np.empty((5, 0), dtype=np.int64), np.empty(0, dtype=np.int64)), *self._on_record, strict=True
        )
        self._on_record = []
        return np.concatenate(who, axis=1), np.concatenate(source)

    def _retry(self, people: Integers) -> None:
        """Return people whose referral came to nothing to exploitation, with the luck of the next attempt."""
        if people.size == 0:
            return
        who, values = self.waiting.take(people)
        who[Pool.ATTEMPT] += 1
        fresh = self._values(who, self.luck_of(who))
        values[RENEWED] = fresh[RENEWED]
        self.exploited.add(who, values)

    # ------------------------------------------------------------ entries

    def _enter(self, cohort: Integers, rank: Integers, records: Floats, forms: Floats) -> None:
        """People trafficked for the first time."""
        who = np.zeros((5, cohort.size), dtype=np.int64)
        who[Pool.COHORT], who[Pool.RANK] = cohort, rank
        self.flows.newly_trafficked += cohort.size
        self._begin_spell(who, records, forms)

    def _enter_again(self, who: Integers, forms: Floats) -> None:
        """Survivors trafficked again: a new episode, with luck of its own."""
        who[Pool.EPISODE] += 1
        who[Pool.ATTEMPT] = 0
        self.flows.retrafficked += who.shape[1]
        self._begin_spell(who, self.luck_of(who), forms)

    def _begin_spell(self, who: Integers, records: Floats, forms: Floats) -> None:
        if who.shape[1] == 0:
            return
        first_cell = self._stratum[who[Pool.COHORT]] * len(Form)
        group = self.layout.group_of_cell[first_cell]
        who[Pool.CELL] = first_cell + (records[:, Slot.FORM] >= forms.T.take(group, axis=1)).sum(axis=0)
        self.flows.entered_cells.append(who[Pool.CELL])
        self.exploited.add(who, self._values(who, records))

    def _values(self, who: Integers, records: Floats) -> Floats:
        return carried(records, self._risk.take(who[Pool.CELL], axis=1))

    def luck_of(self, who: Integers, page: int = 0) -> Floats:
        """Return the numbers of people on a page of their luck, shape (people, 16); `who` as in `Pool.who`."""
        if who.shape[1] == 0:
            return np.empty((0, SLOTS))
        keys = self.cohorts.keys[who[Pool.COHORT]]
        return scattered(keys, who[Pool.RANK], who[Pool.EPISODE], who[Pool.ATTEMPT], page)

    # ------------------------------------------------------------ survivors

    def _survive(self, who: Integers, luck: Floats, assisted: Flags | None = None) -> None:
        """Begin the time after an exit; the cell of a survivor is ``2 * setting + assisted``."""
        if luck.size == 0:
            return
        who[Pool.CELL] = 2 * self.layout.setting_of_cell[who[Pool.CELL]] + (0 if assisted is None else assisted)
        values = np.empty((2, luck.size))
        values[0] = exponential(luck) + self._return.take(who[Pool.CELL])
        values[1] = self._month
        self.survivors.add(who, values)

    def _returning(self, settled_by: float) -> Integers:
        """Take out the survivors trafficked again this month; those whose exit is long past settle."""
        pool = self.survivors
        settles = pool.values[1] < settled_by
        returns = (pool.values[0] <= self._return.take(pool.who[Pool.CELL])) & ~settles
        who, _ = pool.take(np.flatnonzero(returns))
        self.settled += int(np.count_nonzero(settles))
        pool.remove(np.flatnonzero(returns | settles))
        return who
