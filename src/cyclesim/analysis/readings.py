"""What could be known beside case counts: how it is read, at what cost, and how well it tells two worlds apart."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim.analysis.plain import finite
from cyclesim.inputs.scenario import Scenario

SURE = 0.95
_NEEDED = 2.0 * 1.6448536269514722  # standardised difference from which the nearer world is right in 95 % of cases
Sample = NDArray[np.float64]  # one reading a world; NaN where the datum gives none


@dataclass(frozen=True)
class Datum:
    """Something that could be known beside or instead of case counts."""

    name: str
    unit: str
    truth: bool  # a reading is an estimate of the prevalence
    caution: str  # said with it
    read: Callable[[pd.DataFrame], Sample]  # of a crisis' last year: a row a world and month, sorted
    cost: Callable[[Scenario, float], float]  # US dollars for one reading, by people in need


def _worlds(table: pd.DataFrame) -> Any:
    return table.groupby(["draw", "replication"])


def total(table: pd.DataFrame, name: str) -> Sample:
    """Return the sum of a measure over months, one a world."""
    return np.asarray(_worlds(table)[name].sum(), dtype=np.float64)


def _last(table: pd.DataFrame, name: str) -> Sample:
    return np.asarray(_worlds(table)[name].last(), dtype=np.float64)


def _linked(year: pd.DataFrame) -> Sample:
    """Return the estimates from the year's lists; NaN where the estimator refused."""
    refused = _last(year, "mse_refused") > 0
    return np.where(refused, np.nan, _last(year, "mse_estimate"))


def _effort(year: pd.DataFrame) -> Sample:
    """Return referrals of the year per 100 frontline staff; NaN without staff."""
    staff = np.asarray(_worlds(year)["frontline_staff"].mean(), dtype=np.float64)
    referred = 100.0 * total(year, "referred")
    return np.asarray(np.divide(referred, staff, out=np.full(staff.size, np.nan), where=staff > 0))


_PREVALENCE = "per 1,000 per year"
CASES = Datum(
    "case counts", "reported a year", False, "what is known already",
    lambda year: total(year, "reported"), lambda scenario, people: 0.0,
)  # fmt: skip
DATA = (
    Datum(
        "prevalence survey", _PREVALENCE, True,
        "corrected for disclosure and mistakes as if these were known exactly; as answered it would tell the worlds "
        "apart as well, but overstate both, since near 1 % prevalence most of those counted are counted by mistake",
        lambda year: _last(year, "survey_corrected"), lambda scenario, people: float(scenario.parameter("cost_survey")),
    ),
    Datum(
        "linked lists", _PREVALENCE, True,
        "only if all records may be shared for a year; the level of the estimate is biased, so one must know what "
        "either world would give",
        _linked, lambda scenario, people: float(scenario.parameter("data_need")) * people / 1e6,
    ),
    Datum(
        "effort record", "referrals per 100 staff a year", False,
        "staff and referrals are known, priced as one caseworker's post for a year; it can show that few look, not "
        "that people are out of everybody's reach",
        _effort, lambda scenario, people: float(scenario.parameter("cost_caseworker")),
    ),
)  # fmt: skip
"""What could be known besides case counts; all are read at the end of the last year."""


@dataclass(frozen=True)
class Separation:
    """How well a datum tells the two worlds of a pair apart; None is undefined.

    ``distance`` is d' (difference of means over the root mean square of spreads), ``right`` the share of readings on
    their own world's side of the middle of the means, one that is not there a half; ``repeats`` brings that to 95 %.
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
    cost: float  # US dollars for one reading
    repeats: int | None  # None where the distance is within two errors of 0
    cost_when_sure: float | None
    caution: str


def separation(datum: Datum, hidden: Sample, protected: Sample, cost: float) -> Separation:
    """Return how well readings, one a world, tell two worlds apart; world k of both has the same luck."""
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
    """Return the share of readings on their own side of the middle (1: hidden reads more), and its standard error."""
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
