"""Case records, their way into published reports, and the prevalence that can be read from them."""

import math
from dataclasses import dataclass, fields

from cyclesim.inputs.quantity import added

YEAR = 12


@dataclass(frozen=True)
class CaseEvidence:
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


@dataclass(frozen=True)
class Month:
    """What was true in a month; the simulator knows it, donors do not.

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
    """

    people: int
    stock: float
    entries: float
    identified: float
    assisted: float
    detained: float
    answered: float
    lapsed: float
    withdrawn: float
    turned_away: float


class CaseRecords:
    """Months of records, of expected records and of people exploited.

    Parameters
    ----------
    months
        Months that will be simulated, spin-up included; month 0 of this class is the first of them.
    """

    def __init__(self, months: int) -> None:
        self._months: list[Month] = []
        self._fields: dict[str, list[float]] = {field.name: [] for field in fields(Month)}
        self._published: list[float] = [0] * months
        self._expected: list[float] = []
        self._about: list[list[int]] = [[] for _ in range(months)]  # months whose records each publication holds
        self._required: list[int] = []
        self._disbursed: list[int] = []

    def observe(self, clock: int, month: Month) -> None:
        """Note what was true in a month; months come in order."""
        assert clock == len(self._months)
        self._months.append(month)
        for name, values in self._fields.items():
            values.append(getattr(month, name))

    def pay(self, required: int, disbursed: int) -> None:
        """Note what was required and disbursed in the month, in cents."""
        self._required.append(required)
        self._disbursed.append(disbursed)

    def publish(self, clock: int, cases: float, expected: float, lag: int) -> None:
        """Send the records of a month on their way: they are published `lag` months later.

        Their month travels with them, so that a change of the lag is not read as a change of prevalence.
        """
        self._expected.append(expected)
        if clock + lag < len(self._published):
            self._published[clock + lag] += cases
            self._about[clock + lag].append(clock)

    def published(self, clock: int) -> float:
        """Return the records published in a month."""
        return self._published[clock]

    def evidence(self, clock: int) -> CaseEvidence:
        """Return what can be read at the end of a month: publications of the last 12 months."""
        window = range(max(clock - YEAR + 1, 0), clock + 1)
        about = sorted(month for slot in window for month in self._about[slot])
        if not about:
            return CaseEvidence(0, 0.0, 0.0, 0.0)
        years = len(about) / YEAR
        entries = added(map(self._fields["entries"].__getitem__, about))
        exploited = self._months[about[0]].stock * years + entries  # years x people exploited in a year
        expected = math.fsum(map(self._expected.__getitem__, about))
        return CaseEvidence(
            cases=self.published_in_year(clock),
            people=added(map(self._fields["people"].__getitem__, about)) / len(about),
            years=years,
            ideal_share=min(expected / exploited, 1.0) if exploited else 0.0,
        )

    def exploited_in_year(self) -> float:
        """Return the spells of exploitation under way at any time in the last 12 months."""
        year = self._months[-YEAR:]
        return year[0].stock + self.in_year("entries")

    def in_year(self, name: str) -> float:
        """Return the sum over the last 12 months of a field of `Month`."""
        return added(self._fields[name][-YEAR:])

    def published_in_year(self, clock: int) -> float:
        """Return the records published in the last 12 months."""
        return added(self._published[max(clock - YEAR + 1, 0) : clock + 1])

    def coverage(self) -> float:
        """Return what was disbursed over what was required, in the last 12 months."""
        required = added(self._required[-YEAR:])
        return added(self._disbursed[-YEAR:]) / required if required else 0.0
