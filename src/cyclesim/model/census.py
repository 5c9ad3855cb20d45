"""What the people of a crisis come to in a month, as arrays of numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cyclesim.model.arrays import Floats
from cyclesim.model.people.flows import Flow, Stock
from cyclesim.model.people.risks import SOURCES


class Census(NamedTuple):
    """What the people of a crisis come to, counted as a month of theirs ends; whole numbers in the individual ledger.

    Attributes
    ----------
    flows
        By `Flow`, shape (14,).
    waited
        Months waited by those found and answered, added up, shape (1,).
    stocks
        By `Stock`, shape (7,).
    unknown, exploited, entered
        In exploitation and nobody knows of them; in exploitation; trafficked this month; shape (cells,).
    recorded
        New case records, shape (sources, cells).
    passed, reached
        People who have crossed their threshold, there or not, and those ever trafficked, shape (cohorts,).
    """

    flows: Floats
    waited: Floats
    stocks: Floats
    unknown: Floats
    exploited: Floats
    entered: Floats
    recorded: Floats
    passed: Floats
    reached: Floats

    @classmethod
    def of(cls, cells: int, cohorts: int) -> Census:
        """Return the counts of nobody."""
        shapes = len(Flow), 1, len(Stock), cells, cells, cells, (SOURCES, cells), cohorts, cohorts
        return cls._make(map(np.zeros, shapes))
