"""Emulators: Gaussian processes that stand for what the model measures, where a run costs seconds.

Each sees the inputs that move a number; what others and luck do is its noise, so that its interval is honest about
both.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.targets import TargetQuantity
from cyclesim.errors import DesignError

Floats = NDArray[np.float64]
ACTIVE = 12  # most inputs that emulators see


@dataclass(frozen=True)
class Emulator:
    """A Gaussian process for one number, or for its logarithm."""

    process: Any
    log: bool
    explained: float  # share of the variance between draws, each left out in turn; 0 or less: nothing
    covered: float  # share of draws, left out, inside their 90 % interval: 0.9 if it is honest

    def beyond(self, x: Floats, limit: float) -> Floats:
        """Return how many standard deviations, luck and unseen inputs included, a limit lies above what is expected."""
        if not math.isfinite(limit) or (self.log and limit <= 0):
            return np.full(len(x), math.inf if limit > 0 else -math.inf)
        mean, sd = self.process.predict(x, return_std=True)
        return np.asarray(((math.log(limit) if self.log else limit) - mean) / sd)


def emulate(x: Floats, y: Floats) -> Emulator:
    """Return an emulator of a number, on a logarithmic scale if positive and leaning right; inputs between 0 and 1."""
    try:
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
    except ImportError:
        raise DesignError("emulators need scikit-learn: pip install 'cyclesim[analysis]'") from None
    import warnings

    log = bool((y > 0).all() and y.mean() > 1.2 * np.median(y))
    y = np.log(y) if log else y
    limits = (1e-2, 1e2)
    shape = RBF(np.full(x.shape[1], 1.0), length_scale_bounds=(0.1, 100.0))
    kernel = ConstantKernel(1.0, limits) * shape + WhiteKernel(0.5, (1e-5, 10.0))
    process = GaussianProcessRegressor(kernel, normalize_y=True, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # length scales of inputs that do nothing end at their bound
        process.fit(x, y)
    scale, inverse = float(y.std()) or 1.0, np.linalg.inv(process.kernel_(x))  # left out in turn (Dubrule 1983)
    missed, sd = scale * (inverse @ ((y - y.mean()) / scale) / np.diag(inverse)), scale / np.sqrt(np.diag(inverse))
    spread = float(np.sum((y - y.mean()) ** 2))
    explained = 1 - float(np.sum(missed**2)) / spread if spread else 0.0
    return Emulator(process, log, explained, float(np.mean(np.abs(missed) < 1.645 * sd)))


def inside(emulators: Sequence[Emulator], quantities: Sequence[TargetQuantity], x: Floats) -> tuple[Floats, Floats]:
    """Return at each point how probably all numbers are tolerable, and the largest implausibility (sd)."""
    from scipy.special import ndtr

    weights, far = np.ones(len(x)), np.zeros(len(x))
    for emulator, quantity in zip(emulators, quantities, strict=True):
        low, high = (emulator.beyond(x, limit) for limit in (quantity.low, quantity.high))
        weights *= ndtr(high) - ndtr(low)
        far = np.maximum(far, np.maximum(low, -high))
    return weights, far


def active(x: Floats, y: Floats, number: int = ACTIVE) -> NDArray[np.int64]:
    """Return which inputs move any of the numbers: forward selection on ranks.

    For each number the input is added that explains most of what is left, as long as chance would rarely (one in
    twenty) make one of all inputs explain so much; the best `number` of those that are added are returned.
    """
    from scipy.stats import norm, rankdata

    ranked = [rankdata(columns, axis=0) for columns in (x, y)]
    a, b = ((r - r.mean(axis=0)) / np.maximum(r.std(axis=0), 1e-300) for r in ranked)
    chance = float(norm.isf(0.025 / x.shape[1])) ** 2
    explains = np.zeros(x.shape[1])
    for column in b.T:
        _select(a, column, chance, explains, len(x) // 6)
    if not explains.any():
        explains, number = ((a.T @ b / len(x)) ** 2).max(axis=1), 1
    order = np.argsort(-explains, kind="stable")[:number]
    return np.sort(order[explains[order] > 0])


def _select(a: Floats, y: Floats, chance: float, explains: Floats, most: int) -> None:
    """Note what inputs explain of one number, added one by one; `chance` is a limit on the squared t statistic."""
    left, chosen = y, np.empty((len(y), 0))
    for _ in range(most):
        free = a - chosen @ (np.linalg.pinv(chosen) @ a) if chosen.size else a
        size = np.sum(free**2, axis=0)
        gained = np.where(size > 1e-6 * len(y), (free.T @ left) ** 2 / np.maximum(size, 1e-300), 0.0)
        best = int(np.argmax(gained))
        rest = float(left @ left) - gained[best]
        if gained[best] * (len(y) - chosen.shape[1] - 2) <= chance * rest:
            return
        explains[best] = max(explains[best], gained[best] / len(y))
        chosen = np.column_stack([chosen, a[:, best]])
        left = y - chosen @ (np.linalg.pinv(chosen) @ y)


def resampled(weights: Floats, number: int, seed: int) -> NDArray[np.int64]:
    """Return indices of equally weighted points: systematic resampling."""
    places = (np.arange(number) + np.random.default_rng(seed).random()) / number
    return np.minimum(np.searchsorted(np.cumsum(weights / weights.sum()), places), len(weights) - 1)
