"""What a trafficked person carries, and what the practice stage sees of those who wait."""

from enum import IntEnum

import numpy as np

from cyclesim.model.arithmetic import exponential
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import within
from cyclesim.model.luck import Slot


class PersonRow(IntEnum):
    """What a person waiting or in casework carries: the columns of `People.values`. In exploitation: the first seven.

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

    ESCAPE = 0  # columns 0 to 6: cumulative hazard of the cell at which a risk strikes
    DEATH = 1
    CHANNELS = 2
    INVESTIGATION = 6
    FORWARD = 7  # columns 7 to 13: uniforms
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


ROWS = PersonRow.RESPONDER + 1


class CaseOutcome(IntEnum):
    """What the month did to a case in the queue."""

    WAITS = 0
    ANSWERED = 1
    LAPSED = 2
    LEFT = 3


@within
def carry(luck: Floats, cumulative: Floats, cell: int, row: int, thresholds: Floats) -> None:
    """Write at which cumulative hazard of the cell each risk strikes, from a person's luck.

    Parameters
    ----------
    luck
        A record of luck, shape (16,).
    cumulative
        Cumulative hazards of the risks, shape (7, cells): risks count from the end of this month.
    thresholds
        Written here, shape (people, at least 7).
    """
    thresholds[row, PersonRow.ESCAPE] = exponential(luck[Slot.ESCAPE]) + cumulative[PersonRow.ESCAPE, cell]
    thresholds[row, PersonRow.DEATH] = exponential(luck[Slot.DEATH]) + cumulative[PersonRow.DEATH, cell]
    carry_attempt(luck, cumulative, cell, row, thresholds)


@within
def carry_attempt(luck: Floats, cumulative: Floats, cell: int, row: int, thresholds: Floats) -> None:
    """Write at which cumulative hazard of the cell each way of being found strikes; parameters are those of `carry`."""
    for channel in range(4):
        risk = PersonRow.CHANNELS + channel
        thresholds[row, risk] = exponential(luck[Slot.CHANNEL_1 + channel]) + cumulative[risk, cell]
    risk = PersonRow.INVESTIGATION
    thresholds[row, risk] = exponential(luck[Slot.INVESTIGATION]) + cumulative[risk, cell]


@within
def carry_case(luck: Floats, row: int, values: Floats) -> None:
    """Write the luck that a case needs; parameters are those of `carry`."""
    values[row, PersonRow.ORGANISATION] = luck[Slot.ORGANISATION]
    values[row, PersonRow.SERVICE] = luck[Slot.SERVICE]
    values[row, PersonRow.CONSENT] = luck[Slot.CONSENT]
    values[row, PersonRow.ACCEPTANCE] = luck[Slot.ACCEPTANCE]
    values[row, PersonRow.REPORTING] = luck[Slot.REPORTING]


def order_by_time(time: Floats, cohort: Integers, rank: Integers) -> Integers:
    """Return the order of people by time, and by cohort and rank where times are equal."""
    order: Integers = time.argsort()
    in_time = time[order]
    return np.lexsort((rank, cohort, time)) if (in_time[1:] == in_time[:-1]).any() else order
