"""What a result depends on most: rank correlations with the inputs that were drawn, and how many chance would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_DRAWS = 20


@dataclass(frozen=True)
class Dependence:
    """How a result goes with one input over draws.

    Attributes
    ----------
    name
        The input.
    correlation
        Spearman's rank correlation.
    low, high
        Its 95 % interval (Fisher's z with the factor 1.06 of Fieller, Hartley and Pearson 1957).
    clear
        Whether chance would hardly bring it up among all inputs.
    """

    name: str
    correlation: float
    low: float
    high: float
    clear: bool


def dependences(
    names: Sequence[str], inputs: NDArray[np.float64], result: NDArray[np.float64], share: float = 0.05
) -> list[Dependence]:
    """Return how a result goes with each input, the strongest first; nothing for fewer than 20 draws.

    Of all inputs together, chance makes one or more clear in a share of results that depend on none (Bonferroni).

    Parameters
    ----------
    names
        Of the inputs.
    inputs
        Shape (draws, inputs).
    result
        Shape (draws,).
    share
        That share.
    """
    from scipy.stats import norm, rankdata

    if len(result) < FEWEST_DRAWS or np.ptp(result) == 0:
        return []
    x, y = rankdata(inputs, axis=0), rankdata(result)
    x, y = (v - v.mean(axis=0) for v in (x, y))
    size = np.sqrt(np.sum(x**2, axis=0) * np.sum(y**2))
    r = np.clip(np.divide(x.T @ y, size, out=np.zeros(x.shape[1]), where=size > 0), -0.999999, 0.999999)
    error = math.sqrt(1.06 / (len(y) - 3))
    limit = float(norm.isf(share / 2 / len(names))) * error
    z = np.arctanh(r)
    low, high = np.tanh(z - 1.96 * error), np.tanh(z + 1.96 * error)
    return [
        Dependence(names[k], float(r[k]), float(low[k]), float(high[k]), bool(abs(z[k]) > limit))
        for k in np.argsort(-np.abs(r), kind="stable")
    ]
