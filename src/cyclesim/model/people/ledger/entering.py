"""Entering exploitation: for the first time, or again as a survivor."""

from typing import NamedTuple

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.luck import Slot
from cyclesim.model.people.flows import Flow
from cyclesim.model.people.ledger import diary
from cyclesim.model.people.ledger.diary import Diary, note, note_cell
from cyclesim.model.people.ledger.state import Luck, Now, Tally, draw, look_at
from cyclesim.model.people.person import carry
from cyclesim.model.people.pool import ATTEMPT, CELL, COHORT, EPISODE, RANK, People, added, remove


class Begins(NamedTuple):
    """Where spells of exploitation begin.

    Attributes
    ----------
    cell, group
        First cell of the stratum in which each cohort lives now, and its group, shape (cohorts,).
    forms
        Cumulative mix of forms by group, shape (groups, forms - 1).
    """

    cell: Integers
    group: Integers
    forms: Floats


@compiled
def come_back(month: int, settled_by: float, survivors: People, back: People, now: Now, book: Diary) -> int:
    """Take out the survivors trafficked again this month; those whose exit is long past settle: return how many.

    Stops where `back` is full, and can then be called again with more room.
    """
    settled, row = 0, 0
    while row < survivors.number[0]:
        place = survivors.who[row, CELL]
        if survivors.values[row, 1] < settled_by:
            settled += 1
            note(book, diary.SETTLED, month, month + 0.5, survivors, row, place // 2, diary.NOBODY, 0)
            remove(survivors, row)
        elif survivors.values[row, 0] <= now.returned[place]:
            if back.number[0] == back.who.shape[0]:
                return settled
            new = added(back, survivors, row)
            back.who[new, EPISODE] += 1
            back.who[new, ATTEMPT] = 0
            remove(survivors, row)
        else:
            row += 1
    return settled


@compiled
def enter_first(
    month: int, cohort: Integers, rank: Integers, exploited: People, begins: Begins, now: Now, luck: Luck, tally: Tally,
    book: Diary,
) -> None:  # fmt: skip
    """Begin the first spells of people, named by cohort and rank."""
    for k in range(cohort.size):
        new = exploited.number[0]
        exploited.number[0] = new + 1
        exploited.who[new, COHORT], exploited.who[new, RANK] = cohort[k], rank[k]
        exploited.who[new, EPISODE], exploited.who[new, ATTEMPT] = 0, 0
        tally.flows[Flow.NEWLY_TRAFFICKED] += 1
        begin_spell(new, exploited, begins, now, luck, tally)
        note_cell(book, diary.TRAFFICKED, month, month + 0.5, exploited, new, now.setting, 0)


@compiled
def enter_again(
    month: int, back: People, exploited: People, begins: Begins, now: Now, luck: Luck, tally: Tally, book: Diary
) -> None:
    """Begin the spells of survivors trafficked again: new episodes, with luck of their own."""
    for row in range(back.number[0]):
        new = added(exploited, back, row)
        tally.flows[Flow.RETRAFFICKED] += 1
        begin_spell(new, exploited, begins, now, luck, tally)
        note_cell(book, diary.TRAFFICKED_AGAIN, month, month + 0.5, exploited, new, now.setting, 0)
    back.number[0] = 0


@within
def begin_spell(row: int, exploited: People, begins: Begins, now: Now, luck: Luck, tally: Tally) -> None:
    """Begin a spell of exploitation: its form, and when each risk will strike, are the person's own luck."""
    for number in range(3):
        draw(luck, exploited, row, 0, number)
    cohort = exploited.who[row, COHORT]
    cell, group = begins.cell[cohort], begins.group[cohort]
    for form in range(begins.forms.shape[1]):
        if luck.record[Slot.FORM] >= begins.forms[group, form]:
            cell += 1
    exploited.who[row, CELL] = cell
    look_at(exploited, row, cell, tally)
    tally.entered[cell] += 1
    carry(luck.record, now.cumulative, cell, row, exploited.values)
