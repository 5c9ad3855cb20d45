"""Null worlds: what an analysis would say if nothing mattered.

Whatever ranks finds a first among things that do nothing. So each ranking is carried out again in worlds in which
nothing can matter (outcomes dealt out anew over the draws, or dummy inputs that luck alone moves), through the same
code. What the best of all reaches there is the bar: what lies above it in the real result is named, and nothing below
it is ranked. Where nothing matters, something is named with probability `CHANCE` or less (a permutation test of the
largest statistic; Westfall and Young 1993).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

CHANCE = 0.05
"""Probability with which something is named where nothing matters."""
WORLDS = 199
"""Null worlds behind a bar."""


def bar(best: Callable[[np.random.Generator], float], seed: int = 1, chance: float = CHANCE) -> float:
    """Return what the best of all exceeds in at most a share of null worlds.

    Parameters
    ----------
    best
        Carries the analysis out in a null world, and returns the largest statistic of all that are ranked.
    seed
        Of the null worlds.
    chance
        That share.
    """
    rng = np.random.default_rng([seed, 17])
    found = np.sort([best(rng) for _ in range(WORLDS)])
    return float(found[WORLDS - round(chance * (WORLDS + 1))])


def ranked(table: pd.DataFrame, by: str, name: str = "quantity") -> pd.DataFrame:
    """Return the rows that are named, the largest first, and then all others by their names, which is no rank."""
    named = table[table["named"]].sort_values(by, ascending=False)
    return pd.concat([named, table[~table["named"]].sort_values(name)], ignore_index=True)


def exceeds(value: float, best: Callable[[np.random.Generator], float], seed: int = 1, worlds: int = 39) -> bool:
    """Return whether a value lies above the bar, without more null worlds than that takes: see `bar`."""
    rng = np.random.default_rng([seed, 17])
    allowed = int(CHANCE * (worlds + 1)) - 1
    beaten = 0
    for _ in range(worlds):
        beaten += best(rng) >= value
        if beaten > allowed:
            return False
    return True
