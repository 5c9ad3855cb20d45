"""Events that are rare and independent: whole numbers, from luck that is the same in all that is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cyclesim.model.arrays import Flags, Floats
from cyclesim.model.compiled import within
from cyclesim.model.luck import SLOTS, Luck
from cyclesim.model.people.cohorts import Ladders, next_rung

WRONGLY, SUSPECTS, CONVICTIONS = range(3)
EVENTS = ("people suspected wrongly", "suspects", "convictions")
"""Kinds of events, by the name under which their luck is kept."""
ENDLESS = 2**40
"""A ladder of so many is a Poisson process."""


class Rare(NamedTuple):
    """Some kinds of events.

    Attributes
    ----------
    ladders
        A Poisson ladder of each kind.
    expected
        Events expected since the first month, shape (kinds,).
    whole
        Whether events are whole numbers, or as many as are expected, shape (1,).
    record
        Room for a record of luck, shape (16,).
    """

    ladders: Ladders
    expected: Floats
    whole: Flags
    record: Floats

    @classmethod
    def of(cls, luck: Luck, crisis: str, purposes: Sequence[str], whole: bool) -> Rare:
        """Return kinds of events of a crisis, each named by the purpose under which its luck is kept."""
        keys = np.array([luck.stream(crisis, purpose).words() for purpose in purposes], dtype=np.uint64)
        sizes = np.full(len(purposes), ENDLESS, dtype=np.int64)
        return cls(Ladders.of(keys, sizes), np.zeros(len(purposes)), np.array([whole]), np.empty(SLOTS))


@within
def happen(kind: int, expected: float, rare: Rare) -> float:
    """Return how many events of a kind happen where so many are expected since this was last asked."""
    if not rare.whole[0]:
        return expected
    rare.expected[kind] += expected
    before = rare.ladders.reached[kind]
    while rare.ladders.threshold[kind] <= rare.expected[kind] / ENDLESS:
        rare.ladders.reached[kind] += 1
        next_rung(rare.ladders, kind, rare.record)
    return float(rare.ladders.reached[kind] - before)
