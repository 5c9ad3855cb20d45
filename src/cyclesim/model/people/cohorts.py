"""Cohorts: people at risk, and the ladders on which fixed luck places their thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import DEPARTURE_PAGE, SLOTS, Floats, Luck, Slot, Stream, Words, exponential, scattered

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
_FIRST_BLOCK, _LAST_BLOCK = 16, 512


@dataclass(frozen=True)
class Cohort:
    """A closed group of people who are exchangeable until something happens to one of them.

    Parameters
    ----------
    name
        Setting / group / status / wave, as in luck keys and in stories; with means, where they are told apart.
    setting, group, status
        Names.
    size
        People; exogenous, fixed when the cohort is founded, equal in the scenarios that are compared.
    arrival
        Month of arrival, relative to the start of the scenario.
    displaced_since
        Month since which these people have been displaced.
    home
        Setting in which they live until they arrive, as host community; None where they are outside the model.
    in_need
        Whether the appeal is for them, once they have arrived.
    protected
        Whether they may hold a protective status.
    means
        Whether they have the means to move on to safety; None where people are not told apart.
    without_means
        Share of the people in their setting who have not.
    departure
        Hazard per month of leaving for good, from arrival on.
    departs
        Dated departures: months, and the shares of those still there who leave in them.
    """

    name: str
    setting: str
    group: str
    status: str
    size: int
    arrival: int
    displaced_since: int
    home: str | None = None
    in_need: bool = True
    protected: bool = True
    means: bool | None = None
    without_means: float = 0.0
    departure: float = 0.0
    departs: tuple[tuple[int, float], ...] = ()

    def staying(self, month: int) -> float:
        """Return the share of these people who have not left for good by a month   (H10)."""
        left = math.exp(-self.departure * max(month - self.arrival, 0))
        return left * math.prod(1.0 - share for when, share in self.departs if when <= month)


class Ladder:
    """Order statistics of the unit exponentials of the people of one cohort, drawn lazily in blocks.

    The person of rank j is trafficked for the first time when the cohort's cumulative hazard passes the j-th
    smallest of n unit exponentials (Sellke 1983). The gaps between the order statistics are independent
    exponentials with mean 1 / (n - j) (Renyi 1953), so a block needs no knowledge of later ones. Values do not
    depend on how blocks are cut: the carry enters the first gap before the cumulative sum.
    """

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self._size = stream, size
        self.reached = 0  # rank of the next person
        self.next_threshold = float("inf")  # cumulative hazard at which that person is trafficked; infinite for nobody
        self._start = 0  # rank of the first person of the block in hand
        self._length = _FIRST_BLOCK // 2
        self._carry = 0.0
        self._thresholds: Floats = np.empty(0)
        self._records: Floats = np.empty((0, SLOTS))
        self._refill()

    def climb(self, cumulative: float) -> tuple[int, list[Floats]]:
        """Pass every threshold up to a cumulative hazard.

        Returns
        -------
        The rank of the first person passed, and the records of those passed (rows of uniforms), in blocks.
        """
        first, parts = self.reached, []
        while self.next_threshold <= cumulative:
            offset = self.reached - self._start
            end = int(self._thresholds.searchsorted(cumulative, side="right"))
            parts.append(self._records[offset:end])
            self.reached = self._start + end
            if end < self._thresholds.size:
                self.next_threshold = float(self._thresholds[end])
            else:
                self._refill()
        return first, parts

    def _refill(self) -> None:
        self._start = self.reached
        self._length = min(2 * self._length, _LAST_BLOCK)
        length = min(self._length, self._size - self._start)
        if length <= 0:
            self.next_threshold = float("inf")
            return
        self._records = self._stream.records(self._start, length)
        gaps = exponential(self._records[:, Slot.LADDER])
        gaps /= np.arange(self._size - self._start, self._size - self._start - length, -1)
        gaps[0] += self._carry
        self._thresholds = gaps.cumsum()
        self.next_threshold, self._carry = float(self._thresholds[0]), float(self._thresholds[-1])


class Cohorts:
    """All cohorts of one crisis, their cumulative hazards and their ladders.

    Parameters
    ----------
    cohorts
        In a fixed order (by name), which nothing but the order of sums depends on.
    crisis, luck
        Name of the crisis and luck of the world: together with the cohort's name they key its ladder.
    """

    def __init__(self, cohorts: list[Cohort], crisis: str, luck: Luck) -> None:
        self.cohorts = cohorts
        self.sizes: Integers = np.array([c.size for c in cohorts], dtype=np.int64)
        self.arrival: Integers = np.array([c.arrival for c in cohorts], dtype=np.int64)
        self.displaced_since: Integers = np.array([c.displaced_since for c in cohorts], dtype=np.int64)
        self.has_home: Flags = np.array([c.home is not None for c in cohorts], dtype=bool)
        self._counts: Flags = np.array([c.in_need for c in cohorts], dtype=bool)
        self.cumulative = np.zeros(len(cohorts))
        self._leaving: Flags = np.array([c.departure > 0 or bool(c.departs) for c in cohorts], dtype=bool)
        self._gone: Integers = np.zeros(len(cohorts), dtype=np.int64)  # passed on the ladder after they had left
        self._crisis, self._luck = crisis, luck

    @cached_property
    def _streams(self) -> list[Stream]:
        return [self._luck.stream(self._crisis, c.name) for c in self.cohorts]

    @cached_property
    def keys(self) -> Words:
        """The key words of each cohort's luck, shape (cohorts, 2)."""
        return np.array([s.words() for s in self._streams], dtype=np.uint64).reshape(-1, 2)

    @cached_property
    def _ladders(self) -> list[Ladder]:
        """Ladders are built when somebody climbs them: expected numbers need none."""
        return [Ladder(s, c.size) for s, c in zip(self._streams, self.cohorts, strict=True)]

    @cached_property
    def _next(self) -> Floats:
        return np.array([ladder.next_threshold for ladder in self._ladders])

    def arrived(self, month: int) -> Flags:
        """Return which cohorts have arrived by a month."""
        result: Flags = self.arrival <= month
        return result

    def present(self, month: int) -> Flags:
        """Return which cohorts are in the model in a month: arrived, or at home before they are displaced."""
        result: Flags = self.arrived(month) | self.has_home
        return result

    def in_need(self, month: int) -> Flags:
        """Return which cohorts an appeal is for in a month."""
        result: Flags = self.arrived(month) & self._counts
        return result

    def staying(self, month: int) -> Floats:
        """Return the share of each cohort that has not left for good by a month, shape (cohorts,)   (H10)."""
        result = np.ones(len(self.cohorts))
        for index in np.flatnonzero(self._leaving).tolist():
            result[index] = self.cohorts[index].staying(month)
        return result

    def there(self, month: int) -> Integers:
        """Return the people of each cohort who have not left for good, arrived or not, shape (cohorts,)."""
        return np.rint(self.sizes * self.staying(month)).astype(np.int64) if self._leaving.any() else self.sizes

    def expose(self, month: int, hazard: Floats) -> tuple[Integers, Integers, Floats]:
        """Add one month's hazard of each cohort and pass the thresholds reached.

        Whoever crosses a threshold after he or she has left for good is not there and is not trafficked: when that is,
        is luck of his or her own, which no policy moves. Departures end there: who is in exploitation is not free to
        leave, and survivors stay at raised risk here whether or not their cohort leaves.

        Parameters
        ----------
        month
            This month.
        hazard
            Shape (cohorts,): hazard of being trafficked for the first time this month; 0 before arrival.

        Returns
        -------
        Cohort and rank of each person newly trafficked, and their records, shape (n, 16).
        """
        self.cumulative += hazard
        climbing = np.flatnonzero(self._next <= self.cumulative)
        number: list[int] = []
        ranks: list[int] = []  # of the first person of each
        records: list[Floats] = [np.empty((0, SLOTS))]
        for index, cumulative in zip(climbing.tolist(), self.cumulative[climbing].tolist(), strict=True):
            ladder = self._ladders[index]
            first, parts = ladder.climb(cumulative)
            self._next[index] = ladder.next_threshold
            number.append(ladder.reached - first)
            ranks.append(first)
            records.extend(parts)
        before = np.cumsum([0, *number])
        rank = np.arange(before[-1]) + np.repeat(np.array(ranks, dtype=np.int64) - before[:-1], number)
        return self._still_there(month, climbing.repeat(number), rank, np.concatenate(records))

    def _still_there(
        self, month: int, cohort: Integers, rank: Integers, records: Floats
    ) -> tuple[Integers, Integers, Floats]:
        leaving = np.flatnonzero(self._leaving[cohort])
        if leaving.size == 0:
            return cohort, rank, records
        first = np.zeros(leaving.size, dtype=np.int64)
        own = scattered(self.keys[cohort[leaving]], rank[leaving], first, first, DEPARTURE_PAGE)[:, 0]
        gone = leaving[own >= self.staying(month)[cohort[leaving]]]
        np.add.at(self._gone, cohort[gone], 1)
        return np.delete(cohort, gone), np.delete(rank, gone), np.delete(records, gone, axis=0)

    def passed(self) -> Integers:
        """Return how many people of each cohort have crossed their threshold, there or not."""
        return np.array([ladder.reached for ladder in self._ladders], dtype=np.int64)

    def reached(self) -> Integers:
        """Return how many people of each cohort have ever been trafficked."""
        return self.passed() - self._gone
