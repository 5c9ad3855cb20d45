"""How well readings of a datum tell two kinds of worlds apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclesim.analysis.plain import finite
from cyclesim.analysis.readings import Datum, Sample

SURE = 0.95
_NEEDED = 2.0 * 1.6448536269514722
"""Standardised difference at which whoever takes the nearer world is right in 95 % of cases."""


@dataclass(frozen=True)
class Separation:
    """How well a datum tells the two worlds of a pair apart.

    Attributes
    ----------
    datum, unit
        What is read.
    hidden, protected
        Mean reading in either world; None if there is none.
    hidden_spread, protected_spread
        Standard deviation over worlds: luck of the world and of the sample together.
    hidden_none, protected_none
        Share of worlds in which it gives no reading.
    distance, distance_error
        Difference of the means over the root mean square of the spreads (d'), and its Monte Carlo error (jackknife
        over worlds); None where undefined.
    right, right_error
        Share of readings on their own world's side of the middle between both means, where the hidden world is taken
        to read more unless it clearly reads less; one that is not there counts one half, as a coin would. 0.5 tells
        nothing. And its Monte Carlo error.
    cost
        US dollars for one reading.
    repeats, cost_when_sure
        Independent readings after which one is right in 95 % of cases, for normal errors, and what they cost; None
        where the distance is within two errors of zero.
    caution
        What must be said with it.
    """

    datum: str
    unit: str
    hidden: float | None
    protected: float | None
    hidden_spread: float | None
    protected_spread: float | None
    hidden_none: float
    protected_none: float
    distance: float | None
    distance_error: float | None
    right: float
    right_error: float
    cost: float
    repeats: int | None
    cost_when_sure: float | None
    caution: str


def separation(datum: Datum, hidden: Sample, protected: Sample, cost: float) -> Separation:
    """Return how well readings tell two worlds apart.

    Parameters
    ----------
    hidden, protected
        Readings, one a world; world k of both has the same luck.
    cost
        US dollars for one reading.
    """
    distance, error = _distance(hidden, protected), _jackknife(hidden, protected)
    clear = distance is not None and error is not None and abs(distance) > 2.0 * error
    right, right_error = _right(hidden, protected, -1.0 if clear and distance and distance < 0 else 1.0)
    repeats = max(math.ceil((_NEEDED / distance) ** 2), 1) if clear and distance else None
    return Separation(
        datum=datum.name,
        unit=datum.unit,
        hidden=finite(_moment(hidden, np.mean, 1)),
        protected=finite(_moment(protected, np.mean, 1)),
        hidden_spread=finite(_moment(hidden, _spread, 2)),
        protected_spread=finite(_moment(protected, _spread, 2)),
        hidden_none=float(np.isnan(hidden).mean()),
        protected_none=float(np.isnan(protected).mean()),
        distance=distance,
        distance_error=error,
        right=right,
        right_error=right_error,
        cost=cost,
        repeats=repeats,
        cost_when_sure=None if repeats is None else repeats * cost,
        caution=datum.caution,
    )


# ---------------------------------------------------------------- how readings are compared


def _distance(hidden: Sample, protected: Sample) -> float | None:
    """Return d', or None where either world has fewer than two readings or nothing varies."""
    variances = [_moment(sample, _spread, 2) ** 2 for sample in (hidden, protected)]
    spread = math.sqrt(sum(variances) / 2.0)
    if not spread > 0:  # NaN too
        return None
    return float((np.nanmean(hidden) - np.nanmean(protected)) / spread)


def _jackknife(hidden: Sample, protected: Sample) -> float | None:
    """Return the standard error of d': worlds are left out one by one, in both kinds at once."""
    number = hidden.size
    without = [_distance(np.delete(hidden, k), np.delete(protected, k)) for k in range(number)]
    values = np.array([value for value in without if value is not None])
    if values.size < number:
        return None
    return float(math.sqrt((number - 1) / number * ((values - values.mean()) ** 2).sum()))


def _right(hidden: Sample, protected: Sample, sign: float) -> tuple[float, float]:
    """Return the share of readings on their own side of the middle between the means, and its standard error.

    Parameters
    ----------
    sign
        1 where the hidden world reads more, -1 where it reads less.
    """
    middle = (_moment(hidden, np.mean, 1) + _moment(protected, np.mean, 1)) / 2.0
    sides = np.concatenate([hidden - middle, middle - protected]) * sign
    score = np.where(np.isnan(sides), 0.5, (np.sign(sides) + 1.0) / 2.0)  # no reading: a coin
    number, share = score.size, float(score.mean())
    smoothed = (share * number + 1.0) / (number + 2.0)
    return share, math.sqrt(smoothed * (1.0 - smoothed) / number)


def _moment(sample: Sample, moment: Callable[[Sample], Any], least: int) -> float:
    there = sample[~np.isnan(sample)]
    return float(moment(there)) if there.size >= least else math.nan


def _spread(sample: Sample) -> float:
    return float(sample.std(ddof=1))
