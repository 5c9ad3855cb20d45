"""Cases: the queue before a back end, what becomes of those who wait, and the end of casework."""

import math

from cyclesim.model.arithmetic import exponential
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.people.flows import Flow
from cyclesim.model.people.ledger import diary
from cyclesim.model.people.ledger.diary import Diary, note_cell
from cyclesim.model.people.ledger.leaving import free, pass_on
from cyclesim.model.people.ledger.state import Luck, Now, Pools, Tally, draw, look_at, put_on_record, survive
from cyclesim.model.people.person import CaseOutcome, PersonRow, carry_attempt
from cyclesim.model.people.pool import ATTEMPT, CELL, People, added, move, remove
from cyclesim.model.people.risks import CAME_FORWARD


@compiled
def line_up(
    back_end: int,
    back_end_of_setting: Integers,
    people: People,
    leaves: Floats,
    forward: Flags,
    refusal: Floats,
    setting: Integers,
    rows: Integers,
    gone: Floats,
    service: Floats,
) -> int:
    """Write down the cases that wait for a back end, first come first; return how many.

    Parameters
    ----------
    leaves, forward
        Of each person waiting; see `watch`.
    refusal
        Probability that a person found declines help, shape (cells,): no casework follows then.
    setting
        Of each cell.
    rows, gone, service
        Written here, of each case: where it stands, when it leaves the queue unseen this month (infinite: not), and
        unit exponentials, the length of casework over its mean.
    """
    number = 0
    for row in range(people.number[0]):
        if back_end_of_setting[setting[people.who[row, CELL]]] == back_end:
            rows[number] = row
            gone[number] = math.inf if forward[row] else leaves[row]
            refuses = declines(people, row, refusal)
            service[number] = 0.0 if refuses else exponential(people.values[row, PersonRow.SERVICE])
            number += 1
    return number


@within
def declines(people: People, row: int, refusal: Floats) -> bool:
    """Return whether a person declines the help offered; nobody who came forward does."""
    found = people.values[row, PersonRow.SOURCE] != CAME_FORWARD
    return found and people.values[row, PersonRow.CONSENT] < refusal[people.who[row, CELL]]


@compiled
def come_forward(
    month: int, when: Floats, leaves: Floats, forward: Flags, at_intake: bool, waiting: People, recorded: People,
    now: Now, tally: Tally, book: Diary,
) -> None:  # fmt: skip
    """Whoever escapes and comes forward before the answer keeps the place, on his or her own account.

    Parameters
    ----------
    when
        Time of the outcome of each waiting case (infinite while it waits).
    leaves, forward
        See `watch`.
    """
    for row in range(waiting.number[0]):
        if not (forward[row] and leaves[row] < when[row]):
            continue
        tally.flows[Flow.ESCAPED] += 1
        tally.flows[Flow.CAME_FORWARD] += 1
        tally.flows[Flow.WITHDRAWN] += 1
        waiting.values[row, PersonRow.SOURCE], waiting.values[row, PersonRow.RESPONDER] = CAME_FORWARD, -1
        free(waiting, row)
        if not at_intake:
            put_on_record(waiting, row, CAME_FORWARD, recorded, tally)
        note_cell(book, diary.CAME_FORWARD, month, leaves[row], waiting, row, now.setting, 1)


@compiled
def settle(
    month: int,
    outcome: Integers,
    when: Floats,
    length: Floats,
    dies: Flags,
    refusal: Floats,
    at_intake: bool,
    pools: Pools,
    luck: Luck,
    now: Now,
    tally: Tally,
    book: Diary,
    heard: Integers,
) -> None:
    """Apply what the back ends did with the cases waiting.

    Parameters
    ----------
    outcome, when, length
        Of each waiting case: a `CaseOutcome`, its time, and the length of casework, in months.
    dies
        Whether who leaves the queue unseen dies.
    refusal
        Probability that a person found declines help, shape (cells,).
    heard
        Referrals of each organisation answered, and lapsed, shape (2, organisations): they are added here.
    """
    waiting, kept = pools.waiting, 0
    for row in range(waiting.number[0]):
        found = waiting.values[row, PersonRow.SOURCE] != CAME_FORWARD
        responder = int(waiting.values[row, PersonRow.RESPONDER])
        if outcome[row] == CaseOutcome.WAITS:
            if kept < row:
                move(waiting, row, kept)
            kept += 1
        elif outcome[row] == CaseOutcome.ANSWERED:
            if responder >= 0:
                heard[0, responder] += 1
            answer(month, when[row], length[row], found, row, refusal, at_intake, pools, luck, now, tally, book)
        elif outcome[row] == CaseOutcome.LAPSED:
            if responder >= 0:
                heard[1, responder] += 1
            lapse(month, when[row], found, row, pools, luck, now, tally, book)
        else:
            leave_unseen(month, when[row], dies[row], row, pools, now, tally, book)
    waiting.number[0] = kept


@compiled
def answer(
    month: int, time: float, length: float, found: bool, row: int, refusal: Floats, at_intake: bool, pools: Pools,
    luck: Luck, now: Now, tally: Tally, book: Diary,
) -> None:  # fmt: skip
    """Answer a case: who accepts help is out of exploitation, on record, and worked on."""
    waiting = pools.waiting
    if found:
        tally.flows[Flow.ANSWERED] += 1
        tally.waited[0] += time - waiting.values[row, PersonRow.ARRIVED]
    if declines(waiting, row, refusal):
        tally.flows[Flow.DECLINED] += 1
        note_cell(book, diary.DECLINED, month, time, waiting, row, now.setting, 1)
        try_again(row, pools, luck, now, tally)
        return
    if found and not at_intake:
        put_on_record(waiting, row, int(waiting.values[row, PersonRow.SOURCE]), pools.recorded, tally)
    new = pass_on(pools.casework, waiting, row)
    pools.casework.values[new, PersonRow.DONE] = time + length
    note_cell(book, diary.ANSWERED, month, time, waiting, row, now.setting, 1)


@within
def lapse(
    month: int, time: float, found: bool, row: int, pools: Pools, luck: Luck, now: Now, tally: Tally, book: Diary
) -> None:
    """Let a case lapse: nobody answered in time."""
    if found:
        tally.flows[Flow.LAPSED] += 1
        note_cell(book, diary.LAPSED, month, time, pools.waiting, row, now.setting, 1)
        try_again(row, pools, luck, now, tally)
    else:
        note_cell(book, diary.UNANSWERED, month, time, pools.waiting, row, now.setting, 1)
        survive(month, pools.waiting, row, pools.waiting.values[row, PersonRow.RETURN], 0, pools.survivors, now)


@within
def leave_unseen(
    month: int, time: float, dies: bool, row: int, pools: Pools, now: Now, tally: Tally, book: Diary
) -> None:
    """Let a person who waits escape or die, and nobody hears of it."""
    tally.flows[Flow.WITHDRAWN] += 1
    if dies:
        tally.flows[Flow.DIED] += 1
        note_cell(book, diary.DIED, month, time, pools.waiting, row, now.setting, 1)
    else:
        tally.flows[Flow.ESCAPED] += 1
        note_cell(book, diary.ESCAPED, month, time, pools.waiting, row, now.setting, 1)
        survive(month, pools.waiting, row, pools.waiting.values[row, PersonRow.RETURN], 0, pools.survivors, now)


@within
def try_again(row: int, pools: Pools, luck: Luck, now: Now, tally: Tally) -> None:
    """Return a person whose referral came to nothing to exploitation, with the luck of the next attempt."""
    exploited, waiting = pools.exploited, pools.waiting
    new = added(exploited, waiting, row)
    exploited.who[new, ATTEMPT] += 1
    for number in range(1, 3):
        draw(luck, exploited, new, exploited.who[new, ATTEMPT], number)
    cell = exploited.who[new, CELL]
    for risk in range(PersonRow.CHANNELS):
        exploited.values[new, risk] = waiting.values[row, risk]
    carry_attempt(luck.record, now.cumulative, cell, new, exploited.values)
    look_at(exploited, new, cell, tally)


@compiled
def ending(people: People, until: float, rows: Integers) -> int:
    """Write down whose casework ends by a time; return how many."""
    number = 0
    for row in range(people.number[0]):
        if people.values[row, PersonRow.DONE] <= until:
            rows[number] = row
            number += 1
    return number


@compiled
def judge(
    people: People, rows: Integers, acceptance: float, conditional: Floats, refusal: Floats, setting: Integers,
    formal: Flags, eligible: Flags,
) -> None:  # fmt: skip
    """Work out which cases are identified formally, and who is eligible for help.

    Who is identified formally is eligible; who stays presumptive is with probability 1 - conditional. Those found have
    passed the hurdle of consent with the same number, which is therefore rescaled.

    Parameters
    ----------
    acceptance
        Share of completed cases that are identified formally.
    conditional, refusal
        Share of help that is conditional on co-operation, shape (settings,); probability of declining, shape (cells,).
    formal, eligible
        Of each row; written here.
    """
    for k in range(rows.size):
        row = rows[k]
        cell = people.who[row, CELL]
        hurdle = 0.0 if people.values[row, PersonRow.SOURCE] == CAME_FORWARD else refusal[cell]
        formal[k] = people.values[row, PersonRow.ACCEPTANCE] < acceptance
        passed = people.values[row, PersonRow.CONSENT] >= hurdle + (1.0 - hurdle) * conditional[setting[cell]]
        eligible[k] = formal[k] or passed


@compiled
def complete(
    month: int, rows: Integers, order: Integers, formal: Flags, assisted: Flags, pools: Pools, now: Now, tally: Tally,
    book: Diary,
) -> None:  # fmt: skip
    """End casework: these people are survivors, assisted or not.

    Parameters
    ----------
    rows, order
        Where they stand, in order of time; the order of `rows` by place.
    """
    people = pools.casework
    for k in range(rows.size):
        row = rows[k]
        tally.flows[Flow.IDENTIFIED_FORMALLY if formal[k] else Flow.PRESUMPTIVE] += 1
        event = diary.IDENTIFIED_FORMALLY if formal[k] else diary.PRESUMPTIVE
        if assisted[k]:
            tally.flows[Flow.ASSISTED] += 1
        survive(month, people, row, people.values[row, PersonRow.RETURN], int(assisted[k]), pools.survivors, now)
        note_cell(book, event, month, people.values[row, PersonRow.DONE], people, row, now.setting, int(assisted[k]))
    for k in range(rows.size):
        remove(people, rows[order[rows.size - 1 - k]])


@compiled
def assist(back_end: Integers, eligible: Flags, free: Floats, affordable: int, assisted: Flags, used: Integers) -> int:
    """Assist whom places and money allow, in order of completion; return how many money pays for.

    Parameters
    ----------
    back_end, eligible
        Of each case that ends, in order.
    free
        People whom each back end can assist at no cost to donors.
    affordable
        People whose assistance the money in hand pays for.
    assisted, used
        Who is assisted; how many places of each back end are used; written here.
    """
    paid = 0
    for k in range(eligible.size):
        here = back_end[k]
        assisted[k] = False
        if eligible[k] and used[here] < int(free[here]):
            used[here] += 1
            assisted[k] = True
        elif eligible[k] and paid < affordable:
            paid += 1
            assisted[k] = True
    return paid
