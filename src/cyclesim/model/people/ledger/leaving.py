"""Leaving exploitation: by the earliest of seven risks, at the moment at which its hazard reaches a threshold."""

import math

from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.luck import Slot
from cyclesim.model.people.flows import Flow
from cyclesim.model.people.ledger import diary
from cyclesim.model.people.ledger.diary import Diary, note_cell
from cyclesim.model.people.ledger.state import Luck, Now, Pools, Tally, draw, put_on_record, survive
from cyclesim.model.people.person import PersonRow, carry_case
from cyclesim.model.people.pool import ATTEMPT, CELL, People, added, remove
from cyclesim.model.people.risks import CAME_FORWARD, POLICE, RISKS

_SURELY = 1.0 - 1e-9  # what rounding can do to a sum of hazards is far less
_BARELY = 1e-12


@compiled
def accumulate(now: Now, again: Floats) -> None:
    """Add a month's hazards to those before: of leaving, and of being trafficked again, shape (2 * settings,)."""
    for cell in range(now.reach.size):
        most = 0.0
        for risk in range(RISKS):
            now.before[risk, cell] = now.cumulative[risk, cell]
            now.cumulative[risk, cell] += now.risks[risk, cell]
            most = max(most, now.risks[risk, cell])
        now.reach[cell] += most
    for place in range(again.size):
        now.returned[place] += again[place]


@within
def crossing(threshold: float, before: float, reached: float, hazard: float) -> float:
    """Return when in a month (0 to 1) a cumulative hazard reaches a threshold; infinite if it does not."""
    if threshold > reached:
        return math.inf
    left = threshold - before
    return min(left / hazard, 1.0) if left > 0.0 else 0.0


@compiled
def struck(people: People, now: Now, rows: Integers) -> int:
    """Write down who in exploitation is struck by any risk this month, in order; return how many.

    A look at somebody who is not struck tells how far the hazards must go at least until he or she can be.
    """
    number = 0
    for row in range(people.number[0]):
        cell = int(people.look[row, 1])
        if now.reach[cell] < people.look[row, 0]:
            continue
        gap = math.inf
        for risk in range(RISKS):
            gap = min(gap, people.values[row, risk] - now.cumulative[risk, cell])
        if gap <= 0.0:
            rows[number] = row
            number += 1
        else:
            people.look[row, 0] = now.reach[cell] + gap * _SURELY - _BARELY
    return number


@compiled
def leave(
    month: int, rows: Integers, pools: Pools, cases: People, now: Now, luck: Luck, tally: Tally, book: Diary
) -> None:
    """Let the people struck leave exploitation: the earliest risk within the month wins.

    Parameters
    ----------
    rows
        Where they stand, in order.
    cases
        Whose case comes up this month: referred, or came forward. They are added here.
    """
    exploited = pools.exploited
    for k in range(rows.size):
        row, time, risk = rows[k], math.inf, 0
        cell = exploited.who[row, CELL]
        tally.unknown[cell] -= 1
        for each in range(RISKS):
            threshold, hazard = exploited.values[row, each], now.risks[each, cell]
            when = crossing(threshold, now.before[each, cell], now.cumulative[each, cell], hazard)
            if when < time:
                time, risk = when, each
        tally.left[risk, cell] += 1
        exit_by(risk, month, month + time, row, pools, cases, now, luck, tally, book)
    for k in range(rows.size):
        remove(exploited, rows[rows.size - 1 - k])


@within
def exit_by(
    risk: int, month: int, time: float, row: int, pools: Pools, cases: People, now: Now, luck: Luck, tally: Tally,
    book: Diary,
) -> None:  # fmt: skip
    """End the exploitation of a person by a risk, or let a case come up."""
    people = pools.exploited
    cell = people.who[row, CELL]
    if risk == PersonRow.DEATH:
        tally.flows[Flow.DIED] += 1
        note_cell(book, diary.DIED, month, time, people, row, now.setting, 0)
        return
    draw(luck, people, row, 0, Slot.COMES_FORWARD // 4)
    returns = luck.record[Slot.RETURN]
    if risk == PersonRow.ESCAPE:
        tally.flows[Flow.ESCAPED] += 1
        if luck.record[Slot.COMES_FORWARD] < now.forward[cell]:
            tally.flows[Flow.CAME_FORWARD] += 1
            come_up(CAME_FORWARD, time, people, row, cases, luck)
        else:
            survive(month, people, row, returns, 0, pools.survivors, now)
            note_cell(book, diary.ESCAPED, month, time, people, row, now.setting, 0)
        return
    case = come_up(risk - PersonRow.CHANNELS, time, people, row, cases, luck)
    if risk == PersonRow.CHANNELS + POLICE and detain(cases, case, now.detained[cell]):
        cases.number[0] = case
        tally.flows[Flow.DETAINED] += 1
        survive(month, people, row, returns, 0, pools.survivors, now)
        note_cell(book, diary.DETAINED, month, time, people, row, now.setting, 0)
    else:
        tally.flows[Flow.REFERRED] += 1


@compiled
def detain(cases: People, row: int, detained: float) -> bool:
    """Return whether a person is detained or expelled: decided by the number that else names the organisation (M34).

    Who is not has passed that hurdle with the number, which is therefore rescaled.
    """
    number = cases.values[row, PersonRow.ORGANISATION]
    if number < detained:
        return True
    cases.values[row, PersonRow.ORGANISATION] = (number - detained) / max(1.0 - detained, 1e-300)
    return False


@within
def come_up(source: int, time: float, people: People, row: int, cases: People, luck: Luck) -> int:
    """Add the case of a person in exploitation to those of the month, with the luck it needs; return its row.

    Parameters
    ----------
    luck
        Its record holds the numbers of the person's first attempt around `Slot.COMES_FORWARD` already.
    """
    new = added(cases, people, row)
    values = cases.values
    for risk in range(RISKS):
        values[new, risk] = people.values[row, risk]
    values[new, PersonRow.FORWARD], values[new, PersonRow.RETURN] = (
        luck.record[Slot.COMES_FORWARD],
        luck.record[Slot.RETURN],
    )
    for number in range(2, 4):
        draw(luck, people, row, people.who[row, ATTEMPT], number)
    carry_case(luck.record, new, values)
    values[new, PersonRow.ARRIVED], values[new, PersonRow.SOURCE] = time, source
    values[new, PersonRow.DONE], values[new, PersonRow.RESPONDER] = 0.0, -1
    if source == CAME_FORWARD:
        free(cases, new)
    return new


@compiled
def free(cases: People, row: int) -> None:
    """Let a person who waits be out of exploitation: no escape, no death in it any more."""
    cases.values[row, PersonRow.ESCAPE] = math.inf
    cases.values[row, PersonRow.DEATH] = math.inf


@within
def pass_on(people: People, source: People, row: int) -> int:
    """Append a copy of a person with a case to another table; return the new row."""
    new = added(people, source, row)
    for column in range(people.values.shape[1]):
        people.values[new, column] = source.values[row, column]
    return new


@compiled
def join(cases: People, order: Integers, at_intake: bool, waiting: People, recorded: People, tally: Tally) -> None:
    """Put the cases of the month, in order of arrival, at the end of the queue.

    Whoever came forward is on record at once. So is whoever was referred, each time, where records are made at intake.
    """
    for k in range(order.size):
        new = pass_on(waiting, cases, order[k])
        source = int(waiting.values[new, PersonRow.SOURCE])
        if at_intake or source == CAME_FORWARD:
            put_on_record(waiting, new, source, recorded, tally)


@compiled
def watch(month: int, people: People, now: Now, leaves: Floats, dies: Flags, forward: Flags) -> None:
    """Work out who, while waiting, escapes or dies this month, and when.

    Parameters
    ----------
    leaves, dies, forward
        Of each person waiting: time of escape or death (infinite: not this month), whether it is death, and whether
        the escaped comes forward. They are written here.
    """
    for row in range(people.number[0]):
        cell = people.who[row, CELL]
        escape, death = math.inf, math.inf
        for risk in range(PersonRow.CHANNELS):
            when = crossing(
                people.values[row, risk], now.before[risk, cell], now.cumulative[risk, cell], now.risks[risk, cell]
            )
            if risk == PersonRow.ESCAPE:
                escape = when
            else:
                death = when
        leaves[row] = month + min(escape, death)
        dies[row] = death < escape
        forward[row] = not dies[row] and people.values[row, PersonRow.FORWARD] < now.forward[cell]
