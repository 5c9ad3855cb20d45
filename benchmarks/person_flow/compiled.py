"""The work compiled: a plain loop over everybody each month, and an event-driven floor that visits only events.

Both take their numbers from a hash of person, purpose and time, so that everybody keeps his or her luck whatever
happens to others. The floor does what cyclesim's ladder and ledger do and nothing else.
"""

from __future__ import annotations

import numba
import numpy as np
from work import AT_FIRST, DEATH, ESCAPE, FLOWS, IDENTIFICATION, MONTHS, STRATA, Table

_ADD, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@numba.njit(inline="always")
def _mixed(word):  # splitmix64 (Steele, Lea and Flood 2014)
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))


@numba.njit(inline="always")
def _uniform(key, number):
    return (_mixed(key + np.uint64(number) * _ADD) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit
def loop(people, chance, seed):
    """Return the flows of one run: a number for everybody each month."""
    state, left = np.zeros(people, np.uint8), np.zeros(people, np.uint8)
    flows = np.zeros((MONTHS, STRATA, FLOWS), np.int64)
    c = AT_FIRST
    for month in range(MONTHS):
        key = _mixed(_mixed(np.uint64(seed)) + np.uint64(month))
        identified = IDENTIFICATION * c
        escaped = identified + ESCAPE
        died = escaped + DEATH
        found = 0
        for person in range(people):
            if state[person] == 2:
                continue
            number, stratum = _uniform(key, person), person % STRATA
            if state[person] == 0:
                if number < chance * (stratum + 1) * (1 + left[person]):
                    state[person] = 1
                    flows[month, stratum, left[person]] += 1
            elif number < died:
                left[person] = 1
                way = 2 if number < identified else (3 if number < escaped else 4)
                state[person] = 2 if way == 4 else 0
                flows[month, stratum, way] += 1
                found += way == 2
        share = found / people
        c = 0.5 + 1.5 * share / (share + 0.001)
    return flows


@numba.njit(inline="always")
def _exponential(key, person, purpose):
    return -np.log1p(-_uniform(_mixed(key ^ np.uint64(purpose)), person))


@numba.njit(inline="always")
def _copied(table, to, other, row, number):
    for column in range(number):  # an assignment of rows would build views
        table[to, column] = other[row, column]


@numba.njit
def _grown(table, size):
    if size < table.shape[0]:
        return table
    larger = np.empty((2 * table.shape[0], table.shape[1]))
    larger[:size] = table
    return larger


@numba.njit
def floor(people, chance, seed):  # noqa: PLR0912, PLR0915 - one loop on purpose: it is the floor
    """Return the flows of one run: only who enters or leaves is looked at, and who is trafficked or free again."""
    flows = np.zeros((MONTHS, STRATA, FLOWS), np.int64)
    risk = -np.log1p(-chance * np.arange(1, STRATA + 1))  # monthly hazards, at first and again
    again = -np.log1p(-2 * chance * np.arange(1, STRATA + 1))
    keys, size, rank, threshold = np.empty(STRATA, np.uint64), np.empty(STRATA), np.zeros(STRATA), np.empty(STRATA)
    for s in range(STRATA):
        keys[s] = _mixed(_mixed(np.uint64(seed)) + np.uint64(s))
        size[s] = people // STRATA + (s < people % STRATA)
        threshold[s] = _exponential(keys[s], 0, 0) / size[s]
    trafficked, held = np.empty((1024, 6)), 0  # stratum, rank, episode, and the three thresholds
    survivors, free = np.empty((1024, 4)), 0  # stratum, rank, episode, threshold
    cumulative, hazards, c = np.zeros(3), np.empty(3), AT_FIRST
    for month in range(MONTHS):
        leave = IDENTIFICATION * c + ESCAPE + DEATH
        scale = -np.log1p(-leave) / leave
        hazards[0], hazards[1], hazards[2] = scale * IDENTIFICATION * c, scale * ESCAPE, scale * DEATH
        reached = cumulative + hazards
        found, stay, before = 0, 0, free
        for i in range(held):
            if trafficked[i, 3] > reached[0] and trafficked[i, 4] > reached[1] and trafficked[i, 5] > reached[2]:
                if stay < i:
                    _copied(trafficked, stay, trafficked, i, 6)
                stay += 1
                continue
            way, soonest = 0, np.inf
            for r in range(3):
                when = (trafficked[i, 3 + r] - cumulative[r]) / hazards[r]
                if when < soonest:
                    way, soonest = r, when
            s = int(trafficked[i, 0])
            flows[month, s, 2 + way] += 1
            found += way == 0
            if way < 2:
                survivors = _grown(survivors, free)
                _copied(survivors, free, trafficked, i, 3)
                due = _exponential(keys[s], int(trafficked[i, 1]), 8 * int(trafficked[i, 2]) + 4)
                survivors[free, 3] = due + again[s] * (month + 1)
                free += 1
        held, kept, cumulative = stay, 0, reached
        for i in range(free):
            s = int(survivors[i, 0])
            if i >= before or survivors[i, 3] > again[s] * (month + 1):
                if kept < i:
                    _copied(survivors, kept, survivors, i, 4)
                kept += 1
                continue
            flows[month, s, 1] += 1
            trafficked = _grown(trafficked, held)
            _copied(trafficked, held, survivors, i, 3)
            trafficked[held, 2] += 1
            for r in range(3):
                luck = _exponential(keys[s], int(survivors[i, 1]), 8 * int(trafficked[held, 2]) + 1 + r)
                trafficked[held, 3 + r] = reached[r] + luck
            held += 1
        free = kept
        for s in range(STRATA):
            while threshold[s] <= risk[s] * (month + 1):
                flows[month, s, 0] += 1
                trafficked = _grown(trafficked, held)
                trafficked[held, 0], trafficked[held, 1], trafficked[held, 2] = s, rank[s], 0
                for r in range(3):
                    trafficked[held, 3 + r] = reached[r] + _exponential(keys[s], int(rank[s]), 1 + r)
                held += 1
                rank[s] += 1
                left = size[s] - rank[s]
                threshold[s] += _exponential(keys[s], int(rank[s]), 0) / left if left > 0 else np.inf
        share = found / people
        c = 0.5 + 1.5 * share / (share + 0.001)
    return flows


def run_loop(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run of the loop."""
    return loop(people, chance, seed)


def run_floor(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run of the floor."""
    return floor(people, chance, seed)


WAYS = {"numba, loop over everybody": run_loop, "numba, events only (floor)": run_floor}
