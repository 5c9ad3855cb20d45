"""The work that `benchmarks/peers.py` gives to everybody, and the model without individuals that checks the others.

People live in 12 strata. Each month, in this order: whoever is trafficked leaves, by one categorical draw, and whoever
was free at the beginning of the month may be trafficked. Who leaves is at risk again from the next month on, at twice
the probability of before. Capacity to identify follows what was identified the month before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

STRATA, MONTHS = 12, 120
FIRST, AGAIN, IDENTIFIED, ESCAPED, DIED = range(5)
FLOWS = 5
"""Columns of a table of flows, shape (months, strata, 5)."""
ESCAPE, DEATH, IDENTIFICATION = 0.03, 0.002, 0.04
"""Monthly probabilities of leaving exploitation; that of being identified is multiplied by capacity."""
AT_FIRST = 0.5  # capacity of the first month, as after a month without anybody identified

Table = np.ndarray[Any, np.dtype[np.int64]]


def capacity(identified: int, people: int) -> float:
    """Return next month's capacity to identify, between 0.5 and 2."""
    share = identified / people
    return 0.5 + 1.5 * share / (share + 0.001)


def sizes(people: int) -> list[int]:
    """Return the people of each stratum; person i is in stratum i modulo 12."""
    return [people // STRATA + (stratum < people % STRATA) for stratum in range(STRATA)]


def count(stratum: np.ndarray, flow: np.ndarray) -> Table:
    """Return events counted by stratum and flow, shape (strata, flows)."""
    return np.bincount(stratum * FLOWS + flow, minlength=STRATA * FLOWS).reshape(STRATA, FLOWS)


def stepped(model: Any) -> Table:
    """Return the flows of a model that has those of the month in `now` after each step."""
    flows = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64)
    for month in range(MONTHS):
        model.step()
        flows[month] = model.now
    return flows


def halves(flows: Table) -> Table:
    """Return flows summed over the first and the second half of the time, shape (2, strata, flows)."""
    return flows.reshape(2, MONTHS // 2, STRATA, FLOWS).sum(axis=1)


def stocks(flows: Table, people: int) -> Table:
    """Return who is never trafficked, trafficked, free again and dead at the end of each month, by stratum."""
    first, again, identified, escaped, died = np.moveaxis(flows.cumsum(axis=0), -1, 0)
    trafficked = first + again - identified - escaped - died
    return np.stack([np.array(sizes(people)) - first, trafficked, identified + escaped - again, died], axis=-1)


def binomial(people: int, chance: float, seed: int) -> Table:
    """Return the same flows drawn as numbers, without individuals: the reference for agreement."""
    rng = np.random.default_rng(seed)
    risk = chance * np.arange(1, STRATA + 1)
    free, trafficked, survivors = np.array(sizes(people)), np.zeros(STRATA, int), np.zeros(STRATA, int)
    flows = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64)
    c = AT_FIRST
    for month in range(MONTHS):
        identification = IDENTIFICATION * c
        leaves = [identification, ESCAPE, DEATH, 1 - identification - ESCAPE - DEATH]
        out = rng.multinomial(trafficked, leaves)[:, :3]
        first, again = rng.binomial(free, risk), rng.binomial(survivors, 2 * risk)
        free, survivors = free - first, survivors - again + out[:, 0] + out[:, 1]
        trafficked = trafficked + first + again - out.sum(axis=1)
        flows[month] = np.column_stack([first, again, out])
        c = capacity(int(out[:, 0].sum()), people)
    return flows
