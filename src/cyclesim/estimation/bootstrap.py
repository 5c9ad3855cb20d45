"""Bootstrap intervals that repeat the choice of the model in every replicate.

A replicate draws the estimated number of people, with the histories observed or none (Buckland & Garthwaite 1991), and
chooses among the models best on the observed table (Silverman, Chan & Vincent 2024). Limits are BCa (DiCiccio & Efron
1996; Chan, Silverman & Vincent 2021). A replicate without an answer is without bound: over 2.5 %, so is the interval.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError
from cyclesim.estimation import choice
from cyclesim.estimation.histories import Counts, Estimate, RefusedError
from cyclesim.estimation.methods import Options, answered, estimate

Floats = NDArray[np.float64]
LEVEL = 0.95
REPLICATES = 1000
MODELS = 60  # models among which a replicate chooses by AIC or BIC
_TOGETHER = 100  # replicates at once
_TOGETHER_METHODS = ("independence", "pairs", "stepwise")  # fitted side by side
_CRITERIA = {"bic": "bic", "aic": "aic", "average": "bic"}


def with_interval(
    counts: Counts,
    method: str = "stepwise",
    replicates: int = REPLICATES,
    seed: int = 1,
    options: Options | None = None,
    progress: Callable[[int], None] | None = None,
) -> Estimate:
    """Estimate with an interval that holds 95 % of the uncertainty, that about the model included; see `estimate`."""
    if replicates < 2:
        raise DesignError(f"{replicates} replicates: give at least 2, better {REPLICATES}")
    if seed != abs(int(seed)):
        raise DesignError(f"seed must be a non-negative whole number (got {seed!r}): equal seeds give equal limits")
    options = options or Options()
    point = estimate(counts, method, options)
    if point.estimate is None:
        return point
    repeated = options
    if method in _CRITERIA and options.among is None:
        repeated = replace(options, among=choice.top(counts, _CRITERIA[method], options.order, MODELS))
    tables = [counts.resampled(cells) for cells in resampled(counts, point.estimate, replicates, seed)]
    totals = np.empty(replicates)
    for first in range(0, replicates, _TOGETHER):
        part = tables[first : first + _TOGETHER]
        totals[first : first + _TOGETHER] = estimates(part, method, repeated)
        if progress:
            progress(len(part))
    low, high = bca(totals, point.estimate, _acceleration(counts, method, repeated))
    refused = int(np.isinf(totals).sum())
    if refused > replicates * (1 - LEVEL) / 2:
        high = math.inf
    notes = [
        point.note,
        f"{refused} of {replicates} replicates have no answer and count as without bound" if refused else None,
        _among(counts, repeated) if repeated is not options else None,
    ]
    low, high = max(min(low, point.estimate), float(counts.observed)), max(high, point.estimate)
    interval = (low, high if math.isfinite(high) else None)
    return replace(point, interval=interval, note="; ".join(filter(None, notes)) or None)


def resampled(counts: Counts, total: float, replicates: int, seed: int) -> Floats:
    """Draw tables of so many people, (replicates, 2^lists); a row is a function of the seed and its number alone."""
    from scipy.stats import binom  # slow to import

    occupied = np.flatnonzero(counts.cells)
    uniforms = np.stack([_luck(seed, number).random(occupied.size) for number in range(replicates)])
    left = np.full(replicates, float(max(round(total), counts.observed)))
    weight = left[0]
    tables = np.zeros((replicates, counts.cells.size))
    for column, cell in enumerate(occupied):
        people = counts.cells[cell]
        drawn = binom.ppf(uniforms[:, column], left, min(people / weight, 1.0))
        tables[:, cell] = np.clip(drawn, 0, left)
        left -= tables[:, cell]
        weight -= people
    return tables


def _luck(seed: int, replicate: int) -> np.random.Generator:
    """Return the luck of a replicate, keyed as `cyclesim.model.luck` keys that of a world."""
    hasher = blake2b(digest_size=16)
    for part in (str(int(seed)), "0", str(replicate), "bootstrap"):
        hasher.update(len(part).to_bytes(8, "little") + part.encode())
    return np.random.Generator(np.random.Philox(key=int.from_bytes(hasher.digest(), "little")))


def bca(totals: Floats, point: float, acceleration: float, level: float = LEVEL) -> tuple[float, float]:
    """Return bias-corrected and accelerated limits (DiCiccio & Efron 1996, equation 2.3); totals may be infinite."""
    from scipy.special import ndtr, ndtri  # slow to import

    number = totals.size
    below = (np.count_nonzero(totals < point) + np.count_nonzero(totals == point) / 2) / number
    bias = float(ndtri(min(max(below, 0.5 / number), 1 - 0.5 / number)))
    ordered = np.sort(totals)
    limits = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        shifted = bias + float(ndtri(tail))
        stretch = 1 - acceleration * shifted
        share = float(ndtr(bias + shifted / stretch)) if stretch > 0 else float(shifted > 0)
        limits.append(_quantile(ordered, share))
    return limits[0], limits[1]


def _quantile(ordered: Floats, share: float) -> float:
    """Return the quantile at a share of the replicates, between neighbours where both are finite."""
    place = min(max(share * (ordered.size + 1) - 1, 0.0), ordered.size - 1.0)
    low, high = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
    return high if math.isinf(high) else low + (place - math.floor(place)) * (high - low)


def _acceleration(counts: Counts, method: str, options: Options) -> float:
    """Return the skewness of leaving out one person at a time; 0 where leaving one out leaves no answer."""
    occupied = np.flatnonzero(counts.cells)
    fewer = counts.cells - (np.arange(counts.cells.size) == occupied[:, None])
    totals = estimates([counts.resampled(cells) for cells in fewer], method, options)
    if np.isinf(totals).any():
        return 0.0
    people = counts.cells[occupied]
    apart = people @ totals / people.sum() - totals
    spread = float(people @ apart**2)
    return float(people @ apart**3) / (6 * spread**1.5) if spread > 0 else 0.0


def estimates(tables: Sequence[Counts], method: str, options: Options) -> Floats:
    """Return the estimate of each table; infinite where there is none."""
    if method not in _TOGETHER_METHODS:
        return np.array([_total(table, method, options) for table in tables])
    if method == "stepwise":
        fits = choice.stepwise_each(tables, options.threshold)
    else:
        model = () if method == "independence" else choice.pairs(len(tables[0].lists))
        fits = choice.fit_each(tables, [model] * len(tables))
    unseen = [math.inf if one is None else float(one.means[0]) for one in fits]
    return np.array([table.observed + more for table, more in zip(tables, unseen, strict=True)])


def _total(table: Counts, method: str, options: Options) -> float:
    try:
        return answered(table, method, options).total
    except RefusedError:
        return math.inf


def _among(counts: Counts, options: Options) -> str | None:
    """Say that replicates do not choose among all models, where that is so."""
    number = len(options.among or ())
    if number < MODELS and len(counts.lists) <= choice.EXHAUSTIVE:
        return None
    return f"each replicate chooses among the {number} best models"
