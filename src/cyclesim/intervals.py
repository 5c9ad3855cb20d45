"""Intervals: what a number is over simulated worlds, and what its interval covers. There are two, never confused.

The interval of the **mean** (Student's t, 95 %) says how well the worlds that were simulated show the mean; it shrinks
as more are simulated. Whether a difference is clear is read off it. The interval of a **further world** says where one
more would lie; it does not shrink. Its ends are order statistics, so that it holds a further world with probability
0.90 or more whatever the distribution, if worlds are independent (Wilks 1941): of n worlds the r-th smallest and
largest, r = floor((n + 1) / 20). Below 19 worlds there is no such interval, and where all of them lie is told.

Worlds of one draw share its inputs, and where replication r has the same luck in all draws, its worlds share that.
Draws or lucks, whichever are fewer, are the units of both intervals. With one luck the mean has no interval at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
"""Of the interval of a mean."""
FEWEST = 19
"""Fewest units (worlds, or draws) from which an interval holds nine in ten new worlds."""
FEWEST_ALIKE = 6
"""Fewest units that prove something where all are alike: of five, chance makes all lie on one side in 1 of 16 cases."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """A number over simulated worlds.

    Attributes
    ----------
    mean, error
        Mean over worlds, and its standard error (NaN of one unit).
    mean_low, mean_high
        Interval of the mean at `LEVEL`; NaN of one unit.
    low, high
        Where nine in ten worlds lie, or all of them; see `whole`. NaN of one world.
    worlds, draws
        How many worlds there are, and of how many draws (1: the inputs were not varied).
    units
        What the ends of both intervals rest on: worlds, or draws or lucks that worlds share.
    """

    mean: float
    error: float
    mean_low: float
    mean_high: float
    low: float
    high: float
    worlds: int
    draws: int
    units: int

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        draws: ArrayLike | None = None,
        replications: ArrayLike | None = None,
        sampled: bool = True,
    ) -> Spread:
        """Return what one value for each world, shape (worlds,), comes to.

        Parameters
        ----------
        draws
            The draw of each world; one draw if absent.
        replications
            The replication of each world, where replication r has the same luck in all draws: the means of replications
            vary then too, and both variances add.
        sampled
            Whether draws are a sample of what is plausible. Of others, such as the points of a grid, there is no
            interval, and low and high hold all of them.
        """
        x = np.asarray(values, dtype=float)
        number = 1 if draws is None else len(np.unique(np.asarray(draws)))
        parts = [x] if draws is None or number == 1 else [_means(x, draws)]
        if replications is not None and number > 1:
            parts.append(_means(x, replications))
        units = min(len(part) for part in parts) if sampled or number == 1 else 1
        mean = float(x.mean())
        error, half = _errors(parts) if units > 1 else (math.nan, math.nan)
        low, high = ends(x, units) if len(x) > 1 else (math.nan, math.nan)
        return cls(mean, error, mean - half, mean + half, float(low), float(high), len(x), number, units)

    @classmethod
    def by_world(cls, values: Any, shared_luck: bool = False, sampled: bool = True) -> Spread:
        """Return what a pandas series of one value for each world comes to, indexed by draw and replication."""
        draws, replications = (values.index.get_level_values(level) for level in ("draw", "replication"))
        return cls.of(values.to_numpy(dtype=float), draws, replications if shared_luck else None, sampled)

    @property
    def whole(self) -> bool:
        """Whether there are too few units for an interval of a further world, so that all worlds lie inside."""
        return self.units < FEWEST

    @property
    def clear(self) -> bool:
        """Whether the interval of the mean excludes zero."""
        if self.mean == 0 or not math.isfinite(self.mean_low):
            return False
        if self.error == 0:
            return self.units >= FEWEST_ALIKE
        return not self.mean_low <= 0 <= self.mean_high

    def __neg__(self) -> Spread:
        """Return the spread of the number with the other sign."""
        return replace(
            self, mean=-self.mean, mean_low=-self.mean_high, mean_high=-self.mean_low, low=-self.high, high=-self.low
        )

    @property
    def who(self) -> str:
        """Whom the ends hold; see `who`."""
        return who(self.worlds, self.draws, self.units)


def who(worlds: int, draws: int = 1, units: int | None = None, noun: str = "worlds") -> str:
    """Return whom an interval over worlds (or whatever is counted) holds, and what it is judged by.

    Such as ``all 5 worlds`` or ``9 in 10 further worlds, judged by 200 worlds of 100 draws``.
    """
    counted = f"{worlds:,} {noun}" + (f" of {draws:,} draws" if draws > 1 else "")
    units = units if units is not None else draws if draws > 1 else worlds
    return f"all {counted}" if units < FEWEST else f"9 in 10 further {noun}, judged by {counted}"


def ends(values: Floats, units: int | None = None) -> tuple[Floats, Floats]:
    """Return where nine in ten further worlds would lie, or where all lie if there are fewer than `FEWEST` units.

    The first axis of values, shape (worlds, ...), is taken away; units are what worlds share, see `Spread`.
    """
    n = len(values)
    units = units or n
    beyond = (units + 1) // (FEWEST + 1) * (n + 1) // (units + 1)
    rank = max(beyond, 1)
    ordered = np.sort(values, axis=0)
    return ordered[rank - 1], ordered[n - rank]


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole in each world, scaled so that the mean is the ratio of the means.

    Each world counts by its linearised share: worlds without a case in the whole do no harm, and the mean of the
    ratios has no bias of its own.
    """
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    total, mean = float(part.mean()), float(whole.mean())
    if mean == 0:
        return np.full_like(part, math.nan)
    return np.asarray(total / mean + (part - total / mean * whole) / mean)


def wilson(count: int, n: int) -> tuple[float, float]:
    """Return the interval of a share at `LEVEL`, of `count` in `n` (Wilson 1927)."""
    from scipy.stats import binomtest

    low, high = binomtest(count, n).proportion_ci(LEVEL, method="wilson")
    return float(low), float(high)


def _means(values: Floats, groups: ArrayLike) -> Floats:
    _, place = np.unique(np.asarray(groups), return_inverse=True)
    return np.asarray(np.bincount(place, values) / np.bincount(place))


def _errors(parts: list[Floats]) -> tuple[float, float]:
    """Return the standard error of a mean, and half its interval (Satterthwaite 1946, if several variances add)."""
    from scipy.special import stdtrit

    variances = [0.0 if np.ptp(part) == 0 else float(part.var(ddof=1)) / len(part) for part in parts]
    total = sum(variances)
    if total == 0:
        return 0.0, 0.0
    freedom = 1.0 / sum((one / total) ** 2 / (len(part) - 1) for one, part in zip(variances, parts, strict=True))
    error = math.sqrt(total)
    return error, error * float(stdtrit(freedom, 0.5 + LEVEL / 2))
