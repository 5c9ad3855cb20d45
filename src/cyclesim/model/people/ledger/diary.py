"""The diary: what happened to whom, for life stories. An ordinary ledger keeps none, and it changes nothing."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.people import risks
from cyclesim.model.people.person import PersonRow
from cyclesim.model.people.pool import CELL, COHORT, RANK, People
from cyclesim.vocabulary import Form, LifeEvent

EVENTS = list(LifeEvent)
NOBODY = -1
"""Stands for no form, no source or no organisation."""

(
    TRAFFICKED, TRAFFICKED_AGAIN, ESCAPED, CAME_FORWARD, DETAINED, REFERRED, ANSWERED, DECLINED, LAPSED, UNANSWERED,
    IDENTIFIED_FORMALLY, PRESUMPTIVE, SETTLED, DIED,
) = range(EVENTS.index(LifeEvent.TRAFFICKED), len(EVENTS))  # fmt: skip


_FORMS = len(Form)


class Diary(NamedTuple):
    """Events, one row each, in the order in which they were noted; without room, none is.

    Attributes
    ----------
    number
        How many there are, shape (1,).
    what
        Event, month, cohort, rank, setting, form, source, organisation and flag, shape (capacity, 9).
    time
        Shape (capacity,).
    """

    number: Integers
    what: Integers
    time: Floats


@dataclass(frozen=True)
class Entries:
    """Events, one entry each, in the order in which they were noted.

    Parameters
    ----------
    event
        Index in `EVENTS`.
    month
        Month in which the model counts it.
    time
        Months since the start; the middle of the month where the model knows no more than the month.
    cohort, rank
        Who.
    setting, form
        Indices; no form for events of people who are not in exploitation.
    source
        As in case records: 0-3 a frontline channel, 4 investigation, 5 own report; only of referrals.
    organisation
        Index of the referring organisation; only of referrals through a frontline channel.
    flag
        Of escapes, own reports and deaths: a referral was waiting. Of casework that ends: the person was assisted.
        Means nothing in other events.
    """

    event: Integers
    month: Integers
    time: Floats
    cohort: Integers
    rank: Integers
    setting: Integers
    form: Integers
    source: Integers
    organisation: Integers
    flag: Flags


@compiled
def note(
    diary: Diary, event: int, month: int, time: float, people: People, row: int, setting: int, form: int, flag: int
) -> None:
    """Note an event of a person, where a diary is kept."""
    new = diary.number[0]
    if new >= diary.time.size:
        return
    diary.number[0] = new + 1
    diary.time[new] = time
    what = diary.what
    what[new, 0], what[new, 1] = event, month
    what[new, 2], what[new, 3] = people.who[row, COHORT], people.who[row, RANK]
    what[new, 4], what[new, 5] = setting, form
    what[new, 6], what[new, 7], what[new, 8] = NOBODY, NOBODY, flag


@within
def note_cell(
    diary: Diary, event: int, month: int, time: float, people: People, row: int, setting_of_cell: Integers, flag: int
) -> None:
    """Note an event of a person in a cell, where a diary is kept."""
    if diary.time.size > 0:
        cell = people.who[row, CELL]
        note(diary, event, month, time, people, row, setting_of_cell[cell], cell % _FORMS, flag)


@compiled
def note_newcomers(diary: Diary, month: int, first: int, waiting: People, setting_of_cell: Integers) -> None:
    """Note who joined the queue this month, now that the referring organisations are named, where a diary is kept."""
    if diary.time.size == 0:
        return
    for row in range(first, waiting.number[0]):
        source, time = int(waiting.values[row, PersonRow.SOURCE]), waiting.values[row, PersonRow.ARRIVED]
        event = CAME_FORWARD if source == risks.CAME_FORWARD else REFERRED
        note_cell(diary, event, month, time, waiting, row, setting_of_cell, 0)
        if source != risks.CAME_FORWARD:
            diary.what[diary.number[0] - 1, 6] = source
            diary.what[diary.number[0] - 1, 7] = int(waiting.values[row, PersonRow.RESPONDER])


def blank(room: int) -> Diary:
    """Return a diary with room for so many events."""
    return Diary(np.zeros(1, dtype=np.int64), np.empty((room, 9), dtype=np.int64), np.empty(room))


def entries(diary: Diary) -> Entries:
    """Return what a diary holds."""
    number = int(diary.number[0])
    event, month, cohort, rank, setting, form, source, organisation, flag = diary.what[:number].T.copy()
    where = setting, form, source, organisation
    return Entries(event, month, diary.time[:number].copy(), cohort, rank, *where, flag.astype(bool))
