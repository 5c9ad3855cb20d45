"""Null worlds: what an analysis would say if nothing mattered, since whatever ranks finds a first even then.

What the best of all reaches there (outcomes dealt out anew, or dummy inputs) is the bar: only what lies above it is
named, where nothing matters with probability `CHANCE` or less (Westfall and Young 1993).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

CHANCE = 0.05  # probability with which something is named where nothing matters
WORLDS = 199  # null worlds behind a bar


def bar(best: Callable[[np.random.Generator], float], seed: int = 1, chance: float = CHANCE) -> float:
    """Return what the best of all, of one analysis carried out in null worlds, exceeds in at most a share of them."""
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
