"""What a crisis asks for: once a year planners work out documented need, the ask, and whether it has a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cyclesim.model.arithmetic import exp, expm1
from cyclesim.model.luck import Stream
from cyclesim.model.parameters import Parameters
from cyclesim.model.published import PublishedEstimate

JANUARY = 0


@dataclass(frozen=True)
class Documented:
    """What planners can read of a crisis.

    Attributes
    ----------
    people
        People whom records and specialists are about; 0 while nobody is in need.
    published
        Case records published in the last 12 months.
    specialists
        Specialists at work, whoever pays them.
    readings
        Estimates of the prevalence published in the last 12 months, each with the weight it has with readers.
    """

    people: int
    published: float
    specialists: float
    readings: Sequence[tuple[PublishedEstimate, float]]

    def per_million(self, p: Parameters) -> float:
        """Return the people whose need is documented, per million   (F11).

        Planners read records with the detection share that donors assume, and estimates as far as a response could
        find the people in them, whichever tell of more.
        """
        if not self.people:
            return 0.0
        recorded = self.published / p.naive_detection_share * 1e6 / self.people
        estimated = math.fsum(
            weight * p.planned_share * 1000.0 * exp(reading.raw) / len(self.readings)
            for reading, weight in self.readings
        )
        presented = p.specialist_reports * self.specialists * 1e6 / self.people
        return float(p.need_floor + max(recorded, estimated) + presented)


class Planning:
    """The response plan of one crisis.

    Parameters
    ----------
    luck
        Luck of the plan, a record for each calendar year: the same in ledger and twin, and in all that is compared.
    line
        Whether the plan has a line for anti-trafficking work up to month 0.

    Attributes
    ----------
    line
        Whether it has one now.
    need
        Need that planners work with, people per million; it follows what is documented over `plan_years`.
    """

    def __init__(self, luck: Stream, line: bool) -> None:
        self._luck, self.line = luck, line
        self.need: float | None = None

    def is_due(self, calendar: int) -> bool:
        """Return whether planners review the plan in a month of the calendar: each January, and until they know any."""
        return self.need is None or calendar == JANUARY

    def plan(self, year: int, calendar: int, documented: Documented, p: Parameters, settling: bool) -> None:
        """Take up what is documented once people are in need; review need and line each January   (F11, F12).

        While the world settles before month 0 the plan keeps the line that the scenario gives it.
        """
        if not documented.people or not self.is_due(calendar):
            return
        found = documented.per_million(p)
        if self.need is None:
            self.need = found
            return
        self.need += (found - self.need) / p.plan_years
        if not settling:
            self.line = float(self._luck.records(year, 1)[0, 0]) < self.chance(p)

    def chance(self, p: Parameters) -> float:
        """Return the chance that the next plan has a line   (F12).

        Documented need and a champion raise the hazard of getting one; documented need lowers that of losing it.
        """
        documented = 1.0 + (self.need or 0.0) / p.line_cases
        if self.line:
            return exp(-p.line_end / documented)
        return -expm1(-p.line_hazard * documented * (1.0 + p.champion))
