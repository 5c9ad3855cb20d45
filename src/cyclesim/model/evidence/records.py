"""Case records, their way into published reports, and the prevalence that can be read from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

YEAR = 12


@dataclass(frozen=True)
class CaseEvidence:
    """What a donor can read about one crisis at the time of a decision.

    Attributes
    ----------
    cases
        Case records published in the last 12 months.
    people
        Mean number of people in need in the months those records are from.
    years
        Length of that window: 1, or less while the first reports are still to come. At 0 there is no evidence.
    ideal_share
        Expected reported cases over people exploited in the window: the detection share that an ideal,
        effort-corrected reading would know. An oracle: nobody outside the simulation has it.
    """

    cases: int
    people: float
    years: float
    ideal_share: float


class CaseRecords:
    """Months of records, of expected records and of people exploited.

    Parameters
    ----------
    months
        Months that will be simulated, spin-up included; month 0 of this class is the first of them.
    """

    def __init__(self, months: int) -> None:
        self._last = months - 1
        self._published = [0] * months
        self._expected = [0.0] * months
        self._people = [0] * months
        self._stock = [0] * months  # people in exploitation as the month begins
        self._entries = [0] * months
        self._identified = [0] * months
        self._required = [0] * months
        self._disbursed = [0] * months
        self._answered = [0] * months
        self._lapsed = [0] * months

    def observe(
        self, clock: int, people: int, stock: int, entries: int, identified: int, answered: int, lapsed: int
    ) -> None:
        """Note what was true in a month; the simulator knows it, donors do not."""
        self._people[clock], self._stock[clock], self._entries[clock] = people, stock, entries
        self._identified[clock], self._answered[clock], self._lapsed[clock] = identified, answered, lapsed

    def pay(self, clock: int, required: int, disbursed: int) -> None:
        """Note what was required and disbursed in a month, in cents."""
        self._required[clock], self._disbursed[clock] = required, disbursed

    def publish(self, clock: int, cases: int, expected: float, lag: int) -> None:
        """Send the records of a month on their way: they are published `lag` months later."""
        self._expected[clock] = expected
        if clock + lag <= self._last:
            self._published[clock + lag] += cases

    def published(self, clock: int) -> int:
        """Return the records published in a month."""
        return self._published[clock]

    def evidence(self, clock: int, lag: int) -> CaseEvidence:
        """Return what can be read at the end of a month from reports that come `lag` months late."""
        last = clock - lag
        first = max(last - YEAR + 1, 0)
        if last < 0:
            return CaseEvidence(0, 0.0, 0.0, 0.0)
        length = last - first + 1
        exploited = self._stock[first] + sum(self._entries[first : last + 1])
        expected = math.fsum(self._expected[first : last + 1])
        return CaseEvidence(
            cases=sum(self._published[max(clock - YEAR + 1, 0) : clock + 1]),
            people=sum(self._people[first : last + 1]) / length,
            years=length / YEAR,
            ideal_share=expected / exploited if exploited else 0.0,
        )

    def exploited_in_year(self, clock: int) -> int:
        """Return the people exploited at any time in the last 12 months."""
        first = max(clock - YEAR + 1, 0)
        return self._stock[first] + sum(self._entries[first : clock + 1])

    def in_year(self, series: str, clock: int) -> int:
        """Return the sum of a series (`published`, `identified`, `answered`, ...) over the last 12 months."""
        values: list[int] = getattr(self, f"_{series}")
        return sum(values[max(clock - YEAR + 1, 0) : clock + 1])
