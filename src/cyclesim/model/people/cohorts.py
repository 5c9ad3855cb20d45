"""Cohorts: people at risk, and the ladders on which fixed luck places their thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import exp, exponential
from cyclesim.model.arrays import Flags, Floats, Integers, Words
from cyclesim.model.compiled import compiled, within
from cyclesim.model.luck import DEPARTURE_PAGE, SLOTS, Luck, Slot, Stream, block


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
        left = exp(-self.departure * max(month - self.arrival, 0))
        return left * math.prod(1.0 - share for when, share in self.departs if when <= month)


class Ladders(NamedTuple):
    """The ladders of thresholds of closed groups of people, climbed in order of rank.

    The person of rank j is trafficked for the first time when the group's cumulative hazard passes the j-th smallest of
    n unit exponentials (Sellke 1983). The gaps between the order statistics are independent exponentials with mean
    1 / (n - j) (Renyi 1953), so that each threshold is the one before and a gap.

    Attributes
    ----------
    keys, sizes
        Key words of each group, shape (groups, 2), and its people.
    reached
        Rank of the next person.
    threshold
        Cumulative hazard at which that person is trafficked; infinite for nobody.
    """

    keys: Words
    sizes: Integers
    reached: Integers
    threshold: Floats

    @classmethod
    def of(cls, keys: Words, sizes: Integers) -> Ladders:
        """Return the ladders of groups, before anybody has climbed."""
        ladders = cls(keys, sizes, np.zeros(sizes.size, dtype=np.int64), np.zeros(sizes.size))
        _begin(ladders, np.empty(SLOTS))
        return ladders


@compiled
def _begin(ladders: Ladders, luck: Floats) -> None:
    for group in range(ladders.sizes.size):
        next_rung(ladders, group, luck)


@within
def next_rung(ladders: Ladders, group: int, luck: Floats) -> None:
    """Set the threshold of the next person of a group."""
    rank = ladders.reached[group]
    left = ladders.sizes[group] - rank
    if left <= 0:
        ladders.threshold[group] = math.inf
        return
    block(ladders.keys[group, 0], ladders.keys[group, 1], rank, 0, 0, 0, 0, luck)
    ladders.threshold[group] += exponential(luck[Slot.LADDER]) / left


@compiled
def climb(
    ladders: Ladders, begin: int, cumulative: Floats, staying: Floats, gone: Integers, number: Integers,
    group: Integers, rank: Integers, luck: Floats,
) -> int:  # fmt: skip
    """Pass every threshold up to the cumulative hazard of each group.

    Stops where there is no more room, and can then be called again from the group returned.

    Parameters
    ----------
    begin
        The group to begin with.
    cumulative, staying
        Cumulative hazard, and share of the people who have not left for good, shape (groups,).
    gone
        People of each group who passed their threshold after they had left; counted on here.
    number, group, rank
        How many were trafficked, shape (1,), and who; written here.
    luck
        Room for one record of luck, shape (16,).

    Returns
    -------
    The group reached; the number of groups when all is done.
    """
    for here in range(begin, cumulative.size):
        while ladders.threshold[here] <= cumulative[here]:
            if number[0] == group.size:
                return here
            person = ladders.reached[here]
            ladders.reached[here] = person + 1
            next_rung(ladders, here, luck)
            if staying[here] < 1.0:
                block(ladders.keys[here, 0], ladders.keys[here, 1], person, 0, 0, DEPARTURE_PAGE, 0, luck)
                if luck[0] >= staying[here]:
                    gone[here] += 1
                    continue
            group[number[0]], rank[number[0]] = here, person
            number[0] += 1
    return cumulative.size


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
    def _ladders(self) -> Ladders:
        """Ladders are built when somebody climbs them: expected numbers need none."""
        return Ladders.of(self.keys, self.sizes)

    def arrived(self, month: int) -> Flags:
        """Return which cohorts have arrived by a month."""
        return self.arrival <= month

    def present(self, month: int) -> Flags:
        """Return which cohorts are in the model in a month: arrived, or at home before they are displaced."""
        return self.arrived(month) | self.has_home

    def in_need(self, month: int) -> Flags:
        """Return which cohorts an appeal is for in a month."""
        return self.arrived(month) & self._counts

    def staying(self, month: int) -> Floats:
        """Return the share of each cohort that has not left for good by a month, shape (cohorts,)   (H10)."""
        result = np.ones(len(self.cohorts))
        for index in np.flatnonzero(self._leaving).tolist():
            result[index] = self.cohorts[index].staying(month)
        return result

    def there(self, month: int) -> Integers:
        """Return the people of each cohort who have not left for good, arrived or not, shape (cohorts,)."""
        return np.rint(self.sizes * self.staying(month)).astype(np.int64) if self._leaving.any() else self.sizes

    def expose(self, month: int, hazard: Floats) -> tuple[Integers, Integers]:
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
        Cohort and rank of each person newly trafficked.
        """
        self.cumulative += hazard
        group, rank, number = np.empty(16, dtype=np.int64), np.empty(16, dtype=np.int64), np.zeros(1, dtype=np.int64)
        here, staying, luck = 0, self.staying(month), np.empty(SLOTS)
        while here < self.sizes.size:
            here = climb(self._ladders, here, self.cumulative, staying, self._gone, number, group, rank, luck)
            if number[0] == group.size:
                group, rank = (np.concatenate([of, np.empty_like(of)]) for of in (group, rank))
        return group[: number[0]], rank[: number[0]]

    def passed(self) -> Integers:
        """Return how many people of each cohort have crossed their threshold, there or not."""
        return self._ladders.reached.copy()

    def reached(self) -> Integers:
        """Return how many people of each cohort have ever been trafficked."""
        return self.passed() - self._gone
