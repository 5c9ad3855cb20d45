"""What a crisis asks of its people: counts, flows and shares, whoever keeps count.

Behind this face stand two engines: the individual ledger (`cyclesim.model.individuals`), in which everybody is a
person with luck of his or her own, and its twin (`cyclesim.model.expected`), in which people are expected numbers.
Responders, evidence and funding cannot tell which of the two they are talking to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cyclesim.model.arrays import Counts, Floats
from cyclesim.model.evidence.lists import Chances, Histories
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.flows import Flows


@dataclass(frozen=True)
class Exposure:
    """The hazards and chances of one month, as people meet them.

    Parameters
    ----------
    first
        Hazard of being trafficked for the first time, shape (cohorts,).
    again
        Hazard of being trafficked again, shape (2 * settings,), for `return_months` after an exit.
    risks
        Hazards of leaving exploitation, shape (7, cells): escape, death, four channels, investigation.
    forward
        Probability that whoever escapes comes forward, shape (cells,).
    detained
        Share of police contacts that end in detention or expulsion, shape (cells,).
    forms
        Cumulative mix of forms by group, shape (groups, forms - 1).
    at_intake
        Whether the record of a person who was referred is made when the referral is taken, not when it is answered.
    """

    first: Floats
    again: Floats
    return_months: float
    risks: Floats
    forward: Floats
    detained: Floats
    forms: Floats
    at_intake: bool = False


@dataclass(frozen=True)
class Terms:
    """On which terms help is given this month.

    Parameters
    ----------
    refusal
        Probability that a person found declines help, shape (cells,).
    conditional
        Share of help that is conditional on co-operation with police, shape (settings,).
    acceptance
        Share of completed cases that are identified formally.
    """

    refusal: Floats
    conditional: Floats
    acceptance: float


@dataclass(frozen=True)
class Stocks:
    """People who have ever been trafficked, by where they are now.

    Parameters
    ----------
    unknown, found
        In exploitation: nobody knows of them; found by responders, referred and waiting for an answer.
    waiting
        Cases waiting, those found and those who came forward.
    casework
        Out of exploitation, their case being worked on.
    survivors, settled, dead
        At raised risk of being trafficked again; no longer so; died in exploitation.
    """

    unknown: float
    found: float
    waiting: float
    casework: float
    survivors: float
    settled: float
    dead: float

    @property
    def exploited(self) -> float:
        """People in exploitation."""
        return self.unknown + self.found


class Engine(Protocol):
    """The people of one crisis through one month: expose, answer, complete; then what can be counted.

    Counts are whole in the ledger; nothing that reads them may rely on it.
    """

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""

    def expose(self, month: int, exposure: Exposure) -> None:
        """Expose everybody to one month: exits first, then entries, whose exposure begins next month."""

    def answer(self, month: int, loads: Sequence[float], terms: Terms, p: Parameters) -> tuple[Counts, Counts]:
        """Answer the cases that wait, first come first served.

        Parameters
        ----------
        loads
            Places of each back end that cases of people who are no victims take up this month.

        Returns
        -------
        Referrals of each organisation answered, and lapsed.
        """

    def complete(self, month: int, places: Sequence[float], affordable: float, terms: Terms) -> float:
        """End casework; assist whom places and money allow, in order of completion.

        Parameters
        ----------
        places
            People whom each back end assists this month at no cost to donors.
        affordable
            People whose assistance the money in hand pays for.

        Returns
        -------
        People whose assistance is paid for.
        """

    def stocks(self) -> Stocks:
        """Return how many people are where."""

    def unknown_by_cell(self) -> Counts:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""

    def exploited_by_cell(self) -> Counts:
        """Return the people in exploitation, shape (cells,)."""

    def entered_by_cell(self) -> Counts:
        """Return the people trafficked this month, for the first time or again, shape (cells,)."""

    def recorded(self) -> Counts:
        """Return this month's new case records, shape (sources, cells): channels, investigation, came forward."""

    def histories(self, chances: Chances) -> Histories:
        """Return the lists on which the people are who were recorded since this was last asked."""

    def reported(self, completeness: float) -> float:
        """Return how many of this month's records reach a report."""

    def reached(self) -> Counts:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""

    def passed(self) -> Counts:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""

    def events(self, purpose: str, expected: float) -> float:
        """Return how many events happen this month of a kind that is rare and independent.

        Parameters
        ----------
        purpose
            What they are: the name under which luck is kept, and the same in every month.
        expected
            Expected number this month.
        """
