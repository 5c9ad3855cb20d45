"""What a crisis asks of its people: counts, flows and shares, whoever keeps count.

Behind this face stand two engines: the individual ledger (`cyclesim.model.individuals`), in which everybody is a
person with luck of his or her own, and its twin (`cyclesim.model.expected`), in which people are expected numbers.
Responders, evidence and funding cannot tell which of the two they are talking to.
"""

from dataclasses import dataclass
from typing import Protocol

from cyclesim.model.arrays import Counts
from cyclesim.model.evidence.lists import Chances, Histories
from cyclesim.model.funding.grants import Money
from cyclesim.model.funding.state import Appeals
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.flows import Flows
from cyclesim.model.state import World


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
    """The people of one crisis.

    Counts are whole in the ledger; nothing that reads them may rely on it.
    """

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""

    def live(self, month: int, c: int, world: World, money: Money, appeals: Appeals, p: Parameters) -> None:
        """Let everybody live through one month: presence, exposure, exits and entries, cases, records.

        The stages are those of `cyclesim.model.stages`; between them people move. Those who leave exploitation leave
        before others enter it, whose exposure begins next month. Cases are answered first come first served; whoever is
        answered and accepts help is detected: on record, if records are not made at intake already.

        Parameters
        ----------
        c
            Index of the crisis, in the money and in the appeals.
        """

    def stocks(self) -> Stocks:
        """Return how many people are where."""

    def histories(self, chances: Chances) -> Histories:
        """Return the lists on which the people are who were recorded since this was last asked."""

    def reached(self) -> Counts:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
