"""Case records, their way into published reports, and the prevalence that can be read from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import Sum, plus
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled

YEAR = 12
NEVER = -1


class History(NamedTuple):
    """What was true in each month, and what was published; the simulator knows it all, donors do not. Shape (months,).

    Attributes
    ----------
    people
        People present, in need or not.
    stock
        People in exploitation as the month begins.
    entries
        People trafficked in it, for the first time or again.
    identified, assisted, detained
        People with a new case record, people assisted, and people held or expelled.
    answered, lapsed, withdrawn
        Referrals by outcome.
    turned_away
        Referrals expected that reception does not take.
    published
        Case records published.
    expected
        Records expected from hazards.
    appears
        Month in which its records are published; `NEVER` if not within the simulated ones.
    required, disbursed
        Cents.
    found
        People identified, shape (months, settings).
    """

    people: Floats
    stock: Floats
    entries: Floats
    identified: Floats
    assisted: Floats
    detained: Floats
    answered: Floats
    lapsed: Floats
    withdrawn: Floats
    turned_away: Floats
    published: Floats
    expected: Floats
    appears: Integers
    required: Integers
    disbursed: Integers
    found: Floats

    @classmethod
    def of(cls, months: int, settings: int) -> History:
        """Return the history of a crisis before its first month."""
        floats, cents = np.zeros((12, months)), np.zeros((2, months), dtype=np.int64)
        appears = np.full(months, NEVER, dtype=np.int64)
        return cls._make([*floats, appears, *cents, np.zeros((months, settings))])


class CaseEvidence(NamedTuple):
    """What a donor can read about one crisis at the time of a decision.

    Attributes
    ----------
    cases
        Case records published in the last 12 months.
    people
        Mean number of people there, in need or not, in the months those records are from.
    years
        Length of that window: 1, or less while the first reports are still to come. At 0 there is no evidence.
    ideal_share
        Expected reported cases over people exploited in the window: the detection share that an ideal,
        effort-corrected reading would know. An oracle: nobody outside the simulation has it.
    """

    cases: float
    people: float
    years: float
    ideal_share: float


@compiled
def publish(clock: int, cases: float, expected: float, lag: int, history: History) -> None:
    """Send the records of a month on their way: they are published `lag` months later.

    Their month travels with them, so that a change of the lag is not read as a change of prevalence.
    """
    history.expected[clock] = expected
    if clock + lag < history.published.size:
        history.published[clock + lag] += cases
        history.appears[clock] = clock + lag


@compiled
def evidence(clock: int, history: History) -> CaseEvidence:
    """Return what can be read at the end of a month: publications of the last 12 months."""
    months, first, entries, people, expected = 0, NEVER, 0.0, 0.0, Sum(0.0, 0.0)
    for month in range(clock + 1):
        if max(clock - YEAR, NEVER) < history.appears[month] <= clock:
            first = month if months == 0 else first
            months += 1
            entries += history.entries[month]
            people += history.people[month]
            expected = plus(expected, history.expected[month])
    if months == 0:
        return CaseEvidence(0.0, 0.0, 0.0, 0.0)
    years = months / YEAR
    exploited = history.stock[first] * years + entries  # years x people exploited in a year
    ideal = min((expected.rounded + expected.lost) / exploited, 1.0) if exploited > 0.0 else 0.0
    return CaseEvidence(in_year(history.published, clock), people / months, years, ideal)


@compiled
def in_year(values: Floats, clock: int) -> float:
    """Return a sum over the last 12 months."""
    total = 0.0
    for month in range(max(clock - YEAR + 1, 0), clock + 1):
        total += values[month]
    return total


@compiled
def exploited_in_year(clock: int, history: History) -> float:
    """Return the spells of exploitation under way at any time in the last 12 months."""
    return history.stock[max(clock - YEAR + 1, 0)] + in_year(history.entries, clock)


@compiled
def coverage(clock: int, history: History) -> float:
    """Return what was disbursed over what was required, in the last 12 months."""
    required, disbursed = 0, 0
    for month in range(max(clock - YEAR + 1, 0), clock + 1):
        required += history.required[month]
        disbursed += history.disbursed[month]
    return disbursed / required if required > 0 else 0.0
