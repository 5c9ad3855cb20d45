"""What a trafficked person carries, and what the practice stage sees of those who wait."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats, Slot, exponential
from cyclesim.model.people.risks import RISKS

Integers = NDArray[np.int64]


class Row(IntEnum):
    """What a person in exploitation, waiting or in casework carries: the rows of `Pool.values`.

    Attributes
    ----------
    ESCAPE, DEATH, CHANNELS, INVESTIGATION
        Cumulative hazard of the cell at which each of seven risks strikes: own escape, death in exploitation, referral
        through one of four channels, proactive investigation.
    FORWARD, RETURN, ORGANISATION, SERVICE, CONSENT, ACCEPTANCE, REPORTING
        Luck, uniform on [0, 1): whether an escaped person comes forward, when a survivor is trafficked again, which
        organisation refers, how long casework takes, whether help is accepted, identification is formal, and the
        record reaches a report.
    ARRIVED, DONE
        Times at which the case was referred and casework ends, in months.
    SOURCE, RESPONDER
        How the case came up (channel, investigation, came forward), and the referring organisation (-1 for none).
    """

    ESCAPE = 0  # rows 0 to 6: cumulative hazard of the cell at which a risk strikes
    DEATH = 1
    CHANNELS = 2
    INVESTIGATION = 6
    FORWARD = 7  # rows 7 to 13: uniforms
    RETURN = 8
    ORGANISATION = 9
    SERVICE = 10
    CONSENT = 11
    ACCEPTANCE = 12
    REPORTING = 13
    ARRIVED = 14  # time of referral, in months
    DONE = 15  # time at which casework ends
    SOURCE = 16
    RESPONDER = 17  # index of the referring organisation, -1 for none


ROWS = Row.RESPONDER + 1
_LUCK = [
    Slot.ESCAPE, Slot.DEATH, Slot.CHANNEL_1, Slot.CHANNEL_2, Slot.CHANNEL_3, Slot.CHANNEL_4, Slot.INVESTIGATION,
    Slot.COMES_FORWARD, Slot.RETURN, Slot.ORGANISATION, Slot.SERVICE, Slot.CONSENT, Slot.ACCEPTANCE, Slot.REPORTING,
]  # fmt: skip
RENEWED = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13]  # rows that a new attempt takes anew


class Outcome(IntEnum):
    """What the month did to a case in the queue."""

    WAITS = 0
    ANSWERED = 1
    LAPSED = 2
    LEFT = 3


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
        Unit exponentials: length of casework over its mean.
    """

    rows: Integers
    arrived: Floats
    leaves: Floats
    service: Floats


def carried(records: Floats, cumulative: Floats) -> Floats:
    """Turn records of luck into what people carry, shape (ROWS, people); risks count from the end of this month.

    Parameters
    ----------
    records
        Luck, shape (people, 16).
    cumulative
        Cumulative hazards of each person's cell, shape (RISKS, people).
    """
    values = np.zeros((ROWS, records.shape[0]))
    values[: len(_LUCK)] = records[:, _LUCK].T
    values[:RISKS] = exponential(values[:RISKS]) + cumulative
    return values


def in_order(time: Floats, cohort: Integers, rank: Integers) -> Integers:
    """Return the order of people by time, and by cohort and rank where times are equal."""
    order: Integers = time.argsort()
    in_time = time[order]
    return np.lexsort((rank, cohort, time)) if (in_time[1:] == in_time[:-1]).any() else order
