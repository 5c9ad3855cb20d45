"""Series of numbers behind the charts: worlds by months, and paired differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cyclesim.vocabulary import AVERTED, MEASURES

WORLD = ["scenario", "draw", "replication"]


@dataclass(frozen=True)
class Effect:
    """Paired difference of one counterfactual: by world and month, accumulated, and its median over worlds."""

    monthly: pd.DataFrame
    running: pd.DataFrame
    median: float
    low: float
    high: float
    baseline: float

    @property
    def clear(self) -> bool:
        """Whether the interval over worlds excludes zero, or there is but one world and a difference."""
        return self.median != 0 and not self.low <= 0 <= self.high


def worlds(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure by world and month: rows (scenario, draw, replication), a column for each month.

    Counts are summed over crises; shares, rates and indices are averaged with people as weights.
    """
    keys = [*WORLD, "month"]
    if MEASURES[measure].kind != "level" or table["crisis"].nunique() == 1:
        return table.groupby(keys, sort=False)[measure].sum().unstack("month").astype(float)
    weights = table["people"].astype(float)
    weighted = table[keys].assign(weight=weights, product=weights * table[measure], plain=table[measure])
    sums = weighted.groupby(keys, sort=False).agg({"weight": "sum", "product": "sum", "plain": "mean"})
    mean = (sums["product"] / sums["weight"]).where(sums["weight"] > 0, sums["plain"])
    return mean.unstack("month")


def of(wide: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return the worlds and months of one scenario from a frame of `worlds`."""
    return wide[wide.index.get_level_values("scenario") == scenario].droplevel("scenario").dropna(axis=1)


def effect(table: pd.DataFrame, baseline: str, name: str, measure: str) -> Effect:
    """Return the paired difference of a counterfactual in a measure, over the worlds and months that both have."""
    wide = worlds(table[table["scenario"].isin([baseline, name])], measure)
    base, other = (of(wide, scenario) for scenario in (baseline, name))
    index, months = base.index.intersection(other.index), base.columns.intersection(other.columns)
    base, other = base.loc[index, months], other.loc[index, months]
    monthly = base - other if measure in AVERTED else other - base
    running, reference = (_accumulated(frame, measure) for frame in (monthly, base))
    last = running.iloc[:, -1].to_numpy()
    low, high = np.quantile(last, [0.05, 0.95]) if len(last) > 1 else (np.nan, np.nan)
    return Effect(
        monthly, running, float(np.median(last)), float(low), float(high), float(np.median(reference.iloc[:, -1]))
    )


def adds(measure: str) -> bool:
    """Return whether the measure adds up over months; of all others the mean is taken."""
    return MEASURES[measure].kind == "flow" or measure == "exploited"


def _accumulated(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    total = frame.cumsum(axis=1)
    return total if adds(measure) else total.div(np.arange(1, total.shape[1] + 1), axis=1)
