"""What happened to people in one month, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from cyclesim.model.arrays import Counts, Floats


class Flow(IntEnum):
    """Index of each number of `Flows` in an array of counts."""

    NEWLY_TRAFFICKED = 0
    RETRAFFICKED = 1
    ESCAPED = 2
    CAME_FORWARD = 3
    DETAINED = 4
    DIED = 5
    REFERRED = 6
    ANSWERED = 7
    LAPSED = 8
    DECLINED = 9
    WITHDRAWN = 10
    IDENTIFIED_FORMALLY = 11
    PRESUMPTIVE = 12
    ASSISTED = 13


class Stock(IntEnum):
    """Index of each number of `cyclesim.model.engine.Stocks` in an array."""

    UNKNOWN = 0
    FOUND = 1
    WAITING = 2
    CASEWORK = 3
    SURVIVORS = 4
    SETTLED = 5
    DEAD = 6


@dataclass
class Flows:
    """Counts of one month, in the order of `Flow`; names are those of the measures.

    Attributes
    ----------
    waited
        Months waited by those found and answered, added up.
    """

    newly_trafficked: float = 0
    retrafficked: float = 0
    escaped: float = 0
    came_forward: float = 0
    detained: float = 0
    died: float = 0
    referred: float = 0
    answered: float = 0
    lapsed: float = 0
    declined: float = 0
    withdrawn: float = 0
    identified_formally: float = 0
    presumptive: float = 0
    assisted: float = 0
    waited: float = 0.0

    @classmethod
    def of(cls, counts: Counts, waited: Floats) -> Flows:
        """Return the flows of counts by `Flow`, shape (14,), and of months waited, shape (1,)."""
        flows = cls(*counts.tolist())
        flows.waited = waited.item()
        return flows
