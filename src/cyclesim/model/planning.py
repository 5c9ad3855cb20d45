"""What a crisis asks for: once a year planners work out documented need, the ask, and whether it has a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cyclesim.model.luck import Stream
from cyclesim.model.values import Reading, Values

JANUARY = 0


@dataclass(frozen=True)
class Documented:
    """What planners can read of a crisis.

    Attributes
    ----------
    in_need
        People in need.
    published
        Case records published in the last 12 months.
    specialists
        Specialists at work, whoever pays them.
    readings
        Estimates of the prevalence published in the last 12 months, each with the weight it has with readers.
    """

    in_need: int
    published: float
    specialists: float
    readings: Sequence[tuple[Reading, float]]

    def per_million(self, p: Values) -> float:
        """Return the people whose need is documented, per million in need   (F11).

        Planners read records with the detection share that donors assume, and estimates as far as a response could
        find the people in them.
        """
        told = self.published / p.naive_detection_share + p.specialist_reports * self.specialists
        found = p.need_floor + told * 1e6 / self.in_need if self.in_need else 0.0
        for reading, weight in self.readings:
            found += weight * p.planned_share * 1000.0 * math.exp(reading.raw) / len(self.readings)
        return float(found)


class Planning:
    """The response plan of one crisis.

    Parameters
    ----------
    luck
        Luck of the plan, a record for each calendar year: the same in ledger and twin, and in all that is compared.
    line
        Whether the plan has a line for anti-trafficking work at the first simulated month.

    Attributes
    ----------
    line
        Whether it has one now.
    need
        Need that planners work with, people per million in need; it follows what is documented over `plan_years`.
    """

    def __init__(self, luck: Stream, line: bool) -> None:
        self._luck, self.line = luck, line
        self.need: float | None = None

    def plan(self, year: int, calendar: int, documented: Documented, p: Values) -> None:
        """Take up what is documented once people are in need; review need and line each January   (F11, F12)."""
        if not documented.in_need or (self.need is not None and calendar != JANUARY):
            return
        found = documented.per_million(p)
        if self.need is None:
            self.need = found
            return
        self.need += (found - self.need) / p.plan_years
        self.line = float(self._luck.records(year, 1)[0, 0]) < self.chance(p)

    def chance(self, p: Values) -> float:
        """Return the chance that the next plan has a line   (F12).

        Documented need and a champion raise the hazard of getting one; documented need lowers that of losing it.
        """
        documented = 1.0 + (self.need or 0.0) / p.line_cases
        if self.line:
            return math.exp(-p.line_end / documented)
        return -math.expm1(-p.line_hazard * documented * (1.0 + p.champion))

    def ask(self, p: Values) -> float:
        """Return what planners ask for, in US dollars per person in need and year, coded or not   (F11)."""
        return float((self.need or 0.0) * 1e-6 * p.response_cost)
