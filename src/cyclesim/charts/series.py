"""Series of numbers behind the charts: worlds by months, and paired differences; see `cyclesim.intervals`."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim.intervals import Spread, ends
from cyclesim.measures import MEASURES
from cyclesim.worlds.tables import KEYS, over_crises

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """Paired difference of one counterfactual: by world and month, and accumulated, each of shape (worlds, months)."""

    monthly: pd.DataFrame
    running: pd.DataFrame
    spread: Spread
    baseline: float

    @property
    def clear(self) -> bool:
        """Whether the difference is clear, or there is but one world and a difference."""
        return self.spread.clear or (self.spread.worlds == 1 and self.spread.mean != 0)


def worlds(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure by world (scenario, draw, replication) and month; see `over_crises` for several crises."""
    months = over_crises(table, [measure]).set_index([*KEYS, "month"])[measure]
    return months.unstack("month").astype(float)


def select(wide: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """Return the worlds and months of one scenario from a frame of `worlds`."""
    return wide[wide.index.get_level_values("scenario") == scenario].droplevel("scenario").dropna(axis=1)


def effect(table: pd.DataFrame, baseline: str, name: str, measure: str) -> Effect:
    """Return the paired difference of a counterfactual in a measure, over the worlds and months that both have."""
    wide = worlds(table[table["scenario"].isin([baseline, name])], measure)
    base, other = (select(wide, scenario) for scenario in (baseline, name))
    index, months = base.index.intersection(other.index), base.columns.intersection(other.columns)
    base, other = base.loc[index, months], other.loc[index, months]
    monthly = MEASURES[measure].difference(base, other)
    running = monthly.apply(accumulated, axis=1, raw=True, measure=measure)
    baseline = accumulated(base.to_numpy(), measure)[:, -1].mean()
    return Effect(monthly, running, Spread.by_world(running.iloc[:, -1]), float(baseline))


def accumulated(months: Floats, measure: str) -> Floats:
    """Return what months come to since the first: their sum where the measure adds up, else their mean."""
    total = np.cumsum(months, axis=-1)
    return total if MEASURES[measure].is_cumulative else total / np.arange(1, total.shape[-1] + 1)


def band(values: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return mean, lower and upper end of a band over worlds, month by month; see `cyclesim.intervals.ends`."""
    numbers = values.to_numpy(dtype=float)
    draws = values.index.get_level_values("draw").nunique()
    low, high = ends(numbers, draws if draws > 1 else None)
    return numbers.mean(axis=0), low, high
