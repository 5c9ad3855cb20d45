"""The work in NumPy: everybody's number each month, on arrays."""

from __future__ import annotations

import numpy as np
from work import AT_FIRST, DEATH, ESCAPE, FLOWS, IDENTIFICATION, IDENTIFIED, MONTHS, STRATA, Table, capacity, count

_FREE, _TRAFFICKED, _DEAD = range(3)


def run(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run."""
    rng = np.random.default_rng(seed)
    stratum = np.arange(people, dtype=np.int64) % STRATA
    risk = chance * (stratum + 1.0)  # doubled after a first exit
    state, left = np.zeros(people, dtype=np.int8), np.zeros(people, dtype=bool)
    flows = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64)
    c = AT_FIRST
    for month in range(MONTHS):
        number = rng.random(people)
        enters = np.flatnonzero((state == _FREE) & (number < risk))
        trafficked = np.flatnonzero(state == _TRAFFICKED)
        bounds = np.cumsum([IDENTIFICATION * c, ESCAPE, DEATH])
        way = bounds.searchsorted(number[trafficked], side="right")
        leaves, way = trafficked[way < 3], way[way < 3]
        flows[month] = count(stratum[enters], left[enters].astype(np.int64)) + count(stratum[leaves], way + IDENTIFIED)
        state[enters], state[leaves] = _TRAFFICKED, np.where(way == 2, _DEAD, _FREE)
        first = leaves[~left[leaves]]
        risk[first] *= 2
        left[first] = True
        c = capacity(int(flows[month, :, IDENTIFIED].sum()), people)
    return flows


WAYS = {"NumPy, everybody each month": run}
