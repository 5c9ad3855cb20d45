"""Indices: how much of an outcome each input moves, from the runs of a design, with luck told apart from inputs.

The variance of a run is that of its expectation over luck, shared out among the inputs (Sobol 1993), and that of luck,
which replications measure and which is taken away: noise would shrink first-order indices and pass for interactions.
First-order indices by Janon et al. (2014), total ones by Jansen (1999), intervals by the bootstrap over base draws. Of
other designs: variance between bins (omega squared; interval from the non-central F, Steiger 2004), and PAWN.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.nulls import bar
from cyclesim.errors import DesignError

LEVEL = 0.95
RESAMPLES = 500
_MOST_BINS = 25
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Indices:
    """Sobol indices of the expected outcome, one for each input: share of variance, alone and with interactions."""

    first: Floats
    total: Floats
    first_interval: Floats  # bootstrap, at `LEVEL`, shape (inputs, 2)
    total_interval: Floats
    variance: float  # of the expected outcome over the inputs
    luck: float  # share of the variance of a single run that is luck; NaN from one replication
    bar: float  # what the best of as many dummies, moved by luck alone, exceeds in one null world of twenty
    named: NDArray[np.bool_]  # which inputs move the outcome more than that


def sobol(a: Floats, b: Floats, ab: Floats, shared_luck: bool = False, seed: int = 1) -> Indices:
    """Return Sobol indices from the runs of a Saltelli design: a and b (draws, replications), ab (inputs, ...).

    With `shared_luck` replication r has the same luck in all draws: what luck adds everywhere alike is then no noise.
    """
    everything = np.concatenate([a[None], b[None], ab])
    if not np.isfinite(everything).all():
        raise DesignError("there are values that are no finite numbers among the runs; indices would be meaningless")
    noise = _noise(everything, shared_luck)
    means = everything.mean(axis=2)
    means = means - means[:2].mean()  # the estimators are exact for any constant, and best for this one
    whole = _indices(means, noise)
    if whole[2] <= 0 or np.ptp(everything) == 0:
        raise DesignError("the outcome does not vary over the draws beyond luck, so nothing can move it")
    total = np.clip(whole[1], 0.0, 1.0)
    first = np.clip(whole[0], 0.0, total)
    intervals = [_around(*pair) for pair in zip((first, total), _resampled(means, noise, seed), strict=True)]
    within = float(everything.var(axis=2, ddof=1).mean()) if a.shape[1] > 1 else math.nan
    luck = within / (within + whole[2])
    limit = _best_of_dummies(everything, noise, shared_luck, seed)
    named = _apart(means[0], means[2:], noise) > limit + 1e-9 * whole[2]
    return Indices(first, total, intervals[0], intervals[1], whole[2], luck, limit / whole[2], named)


def _around(values: Floats, resampled: Floats) -> Floats:
    """Return intervals of indices that hold the indices themselves, shape (inputs, 2)."""
    told = np.clip(resampled[np.isfinite(resampled).all(axis=1)], 0.0, 1.0)  # a sample may not vary beyond luck
    low, high = np.quantile(told if len(told) else [[0.0], [1.0]], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    return np.column_stack([np.minimum(low, values), np.maximum(high, values)])


def _best_of_dummies(values: Floats, noise: Floats, shared_luck: bool, seed: int) -> float:
    """Return the bar of Jansen's variance if all inputs do nothing: each run is its base draw with luck drawn anew."""
    if values.shape[2] < 2:
        return 0.0
    luck = luck_of(values, shared_luck).reshape(-1, values.shape[2])

    def best(rng: np.random.Generator) -> float:
        means = luck_alone(luck, (len(values) - 1, values.shape[1]), rng)
        return float(_apart(means[0], means[1:], noise).max())

    return bar(best, seed)


def luck_alone(luck: Floats, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return means that luck (runs, replications) alone moves, as in some run each, drawn with replacement."""
    chosen = luck[rng.integers(0, len(luck), shape)]
    return np.asarray(np.take_along_axis(chosen, rng.integers(0, luck.shape[1], chosen.shape), axis=-1).mean(axis=-1))


def _indices(means: Floats, noise: Floats) -> tuple[Floats, Floats, float]:
    """Return first-order and total indices, and the variance, of means (2 + inputs, draws) with noise (draws,)."""
    a, b, ab = means[0], means[1], means[2:]
    variance = float(means[:2].var() - noise.mean())
    middle = 0.5 * (b + ab).mean(axis=1, keepdims=True)
    together = ((b - middle) * (ab - middle)).mean(axis=1)
    spreads = (_spread(one, ab) - noise.mean() for one in (b, a))
    one, other = (np.where(spread > 0, spread, math.nan) for spread in spreads)
    return np.nan_to_num(together / one), np.nan_to_num(_apart(a, ab, noise) / other), variance


def _apart(base: Floats, moved: Floats, noise: Floats) -> Floats:
    """Return the variance that each input adds with all its interactions (Jansen), less what luck adds."""
    return np.asarray(0.5 * ((base - moved) ** 2).mean(axis=1) - noise.mean())


def _spread(one: Floats, two: Floats) -> Floats:
    """Return the variance of two samples around their common mean: no estimate of a share then leaves 0 to 1 far."""
    middle = 0.5 * (one + two).mean(axis=1, keepdims=True)
    return np.asarray(0.5 * ((one - middle) ** 2 + (two - middle) ** 2).mean(axis=1))


def _resampled(means: Floats, noise: Floats, seed: int) -> Floats:
    """Return first-order and total indices of bootstrap samples of the draws, shape (2, samples, inputs)."""
    rng, draws = np.random.default_rng(seed), means.shape[1]
    samples = [rng.integers(0, draws, draws) for _ in range(RESAMPLES)]
    return np.array([_indices(means[:, rows], noise[rows])[:2] for rows in samples]).swapaxes(0, 1)


def _noise(values: Floats, shared_luck: bool) -> Floats:
    """Return the variance that luck adds to the mean of each base draw, shape (draws,); zero from one replication."""
    replications = values.shape[2]
    if replications < 2:
        return np.zeros(values.shape[1])
    return np.asarray((luck_of(values, shared_luck) ** 2).mean(axis=(0, 2)) / replications)


def luck_of(values: Floats, shared_luck: bool) -> Floats:
    """Return what luck does in each run around its expectation, with the variance that it has in truth."""
    apart = values - values.mean(axis=2, keepdims=True)
    if shared_luck:  # what it does everywhere alike is no noise
        apart = apart - apart.mean(axis=(0, 1), keepdims=True)
    return np.asarray(apart * math.sqrt(values.shape[2] / (values.shape[2] - 1)))


def binned(x: Floats, y: Floats) -> float:
    """Return the share of the variance of ``y`` between bins of ``x``, corrected for chance (omega squared)."""
    return _between(_bins(x), y)


def _bins(x: Floats) -> NDArray[np.int64]:
    """Return the bin of each draw: its level where they are few, else as many bins as draws in a bin."""
    from scipy.stats import rankdata

    levels, found = np.unique(x, return_inverse=True)
    number = min(_MOST_BINS, math.isqrt(len(x)))
    if len(levels) <= number:
        return np.asarray(found)
    ranks = (rankdata(x, method="min") - 1) * number // len(x)  # what is alike falls into one bin
    return np.asarray(np.unique(ranks, return_inverse=True)[1])


def _between(bins: NDArray[np.int64], y: Floats) -> float:
    """Return the share of the variance of ``y`` between bins, as omega squared."""
    sizes = np.bincount(bins)
    if len(y) <= len(sizes) or len(sizes) < 2:
        return math.nan
    apart = y - y.mean()
    between = float((np.bincount(bins, apart) ** 2 / sizes).sum())
    whole = float((apart**2).sum())
    mean_square = (whole - between) / (len(y) - len(sizes))
    return (between - (len(sizes) - 1) * mean_square) / (whole + mean_square) if whole > 0 else math.nan


def share_interval(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the interval of the share of variance between bins at `LEVEL`, by inverting the non-central F test."""
    from scipy.optimize import brentq
    from scipy.special import ncfdtr

    share = binned(x, y)
    if math.isnan(share) or share > 1 - 1e-9:
        return share, share
    number = len(np.unique(_bins(x)))
    freedom = (number - 1, len(y) - number)
    ratio = 1.0 + share / max(1.0 - share, 1e-12) * len(y) / freedom[0]  # the F statistic behind omega squared

    def end(chance: float) -> float:
        if ratio <= 0 or ncfdtr(*freedom, 0.0, ratio) <= chance:
            return 0.0
        most = 1.0
        while ncfdtr(*freedom, most, ratio) > chance:
            most *= 2.0
            if most > 1e7 * len(y):
                return 1.0
        found = brentq(lambda shift: ncfdtr(*freedom, shift, ratio) - chance, 0.0, most)
        return float(found / (found + len(y)))

    low, high = end(0.5 + LEVEL / 2), end(0.5 - LEVEL / 2)
    return min(low, max(share, 0.0)), max(high, share, 0.0)


def pawn(x: Floats, y: Floats) -> float:
    """Return the PAWN index (Pianosi and Wagener 2018), for skewed outcomes, whose variance says little.

    The median, over bins of ``x``, of the Kolmogorov-Smirnov distance of ``y`` in the bin from all of ``y``; of an
    input that does nothing about 1.2 over the square root of the draws in a bin.
    """
    from scipy.stats import ks_2samp

    bins = _bins(x)
    return float(np.median([ks_2samp(y[bins == place], y).statistic for place in range(bins.max() + 1)]))


def best_of_nothing(y: Floats, inputs: Floats, seed: int = 1) -> float:
    """Return the bar: the largest share between bins of any input where outcomes are dealt out over the draws."""
    bins = [_bins(x) for x in inputs.T]

    def best(rng: np.random.Generator) -> float:
        dealt = rng.permutation(y)
        return max(_between(one, dealt) for one in bins)

    return bar(best, seed)
