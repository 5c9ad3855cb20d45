"""Inputs that agree with what was observed, by approximate Bayesian computation on draws from the prior.

Those draws are kept whose outcomes come nearest, weighted by their distance, and moved by a local linear regression of
the inputs on the outcomes (Beaumont, Zhang and Balding 2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError

Floats = NDArray[np.float64]
FEWEST_DRAWS, FEWEST_KEPT = 100, 30


@dataclass(frozen=True)
class Posterior:
    """Inputs that agree with targets.

    Attributes
    ----------
    samples
        Shape (kept, inputs): inputs, moved by the regression where there was one.
    weights
        Shape (kept,), adding up to 1.
    kept
        Which draws these are.
    """

    samples: Floats
    weights: Floats
    kept: NDArray[np.int64]

    def mean(self) -> Floats:
        """Return the posterior mean of each input."""
        return np.asarray(self.weights @ self.samples)

    def sd(self) -> Floats:
        """Return the posterior standard deviation of each input."""
        return np.asarray(np.sqrt(self.weights @ (self.samples - self.mean()) ** 2))

    def quantile(self, share: float) -> Floats:
        """Return a weighted quantile of each input."""
        return np.array([weighted_quantile(column, self.weights, share) for column in self.samples.T])


def abc(
    inputs: Floats,
    outcomes: Floats,
    observed: Floats,
    bounds: Sequence[tuple[float, float]],
    accept: float = 0.05,
    adjust: bool = True,
) -> Posterior:
    """Return the inputs that agree with what was observed.

    Parameters
    ----------
    inputs
        Draws from the prior, shape (draws, inputs).
    outcomes
        What they lead to, errors of measurement included, shape (draws, outcomes).
    observed
        Shape (outcomes,).
    bounds
        Of each input; infinite where there is none. Moved inputs stay inside.
    accept
        Share of the draws that is kept, at least 30 of them.
    adjust
        Whether the kept draws are moved by a local linear regression.

    Raises
    ------
    DesignError
        For fewer than 30 draws, or values that are no finite numbers.
    """
    if len(inputs) < FEWEST_KEPT:
        raise DesignError(f"{len(inputs)} draws are too few to calibrate with; take {FEWEST_DRAWS} or more")
    if not (np.isfinite(inputs).all() and np.isfinite(outcomes).all()):
        raise DesignError("there are values that are no finite numbers among the runs; they cannot be calibrated with")
    scale = np.median(np.abs(outcomes - np.median(outcomes, axis=0)), axis=0)
    scale = np.where(scale > 0, scale, np.maximum(outcomes.std(axis=0), 1e-300))
    distance = np.sqrt((((outcomes - observed) / scale) ** 2).sum(axis=1))
    number = min(len(inputs), max(FEWEST_KEPT, round(accept * len(inputs))))
    limit = np.sort(distance)[number - 1]
    kept = np.flatnonzero(distance <= limit)
    weights = 1 - (distance[kept] / limit) ** 2 if limit > 0 else np.ones(len(kept))  # Epanechnikov
    weights = np.maximum(weights, 1e-9)
    weights = weights / weights.sum()
    if not adjust or limit == 0:
        return Posterior(inputs[kept], weights, kept)
    return Posterior(_moved(inputs[kept], outcomes[kept] - observed, weights, bounds), weights, kept)


def _moved(inputs: Floats, apart: Floats, weights: Floats, bounds: Sequence[tuple[float, float]]) -> Floats:
    """Return inputs where they would be had their outcomes met the targets: a linear regression on an open scale."""
    columns = []
    basis = np.column_stack([np.ones(len(apart)), apart / np.where(apart.std(axis=0) > 0, apart.std(axis=0), 1.0)])
    root = np.sqrt(weights)[:, None]
    for column, (low, high) in zip(inputs.T, bounds, strict=True):
        opened = _open(column, low, high)
        slope = np.linalg.lstsq(basis * root, opened * root[:, 0], rcond=None)[0]
        columns.append(_closed(opened - basis[:, 1:] @ slope[1:], low, high))
    return np.column_stack(columns)


def _open(x: Floats, low: float, high: float) -> Floats:
    """Return numbers on the whole line: by the logit between two bounds, by the logarithm above one."""
    if math.isfinite(low) and math.isfinite(high):
        u = np.clip((x - low) / (high - low), 1e-9, 1 - 1e-9)
        return np.asarray(np.log(u / (1 - u)))
    return np.asarray(np.log(np.maximum(x - low, 1e-300))) if math.isfinite(low) else x


def _closed(x: Floats, low: float, high: float) -> Floats:
    if math.isfinite(low) and math.isfinite(high):
        return np.asarray(low + (high - low) / (1 + np.exp(-np.clip(x, -500, 500))))
    return np.asarray(low + np.exp(np.minimum(x, 700))) if math.isfinite(low) else x


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the quantile of weighted values: where the weights of smaller ones come to a share."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(share, reached / weights.sum(), values[order]))


def ranks(
    inputs: Floats,
    outcomes: Floats,
    bounds: Sequence[tuple[float, float]],
    truths: int = 100,
    accept: float = 0.05,
    adjust: bool = True,
    seed: int = 1,
) -> Floats:
    """Return where true inputs stand among posterior ones, 0 to 1: uniform if the calibration is right.

    Parameters
    ----------
    truths
        Draws that are taken as the truth in turn, at random; each is left out of the draws it is calibrated with.

    Returns
    -------
    Shape (truths, inputs).
    """
    rng = np.random.default_rng(seed)
    found = []
    for truth in rng.choice(len(inputs), min(truths, len(inputs)), replace=False):
        rest = np.arange(len(inputs)) != truth
        posterior = abc(inputs[rest], outcomes[rest], outcomes[truth], bounds, accept, adjust)
        below = (posterior.samples < inputs[truth]) * posterior.weights[:, None]
        found.append(below.sum(axis=0))
    return np.array(found)
