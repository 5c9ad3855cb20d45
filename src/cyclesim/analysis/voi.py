"""Value of information: what it would be worth to know an input before choosing the best of some scenarios.

    EVPI      everything is known                  E[max_d NB_d] - max_d E[NB_d]
    EVPPI     one input is known                   E[max_d E(NB_d | x)] - max_d E[NB_d]
    EVSI      a survey of n people is carried out  E[max_d E(NB_d | estimate)] - max_d E[NB_d]

Conditional expectations are regressions on cubic splines of the input (Strong, Oakley and Brennan 2014), as many terms
as generalised cross-validation asks for; what a survey finds is weighed by its likelihood in each draw. Luck left in
means of few replications would pass for something worth knowing: EVPI is given as two ends (`evpi_of_halves`).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis import nulls

Floats = NDArray[np.float64]
RESAMPLES = 40
_KNOTS = 4
_OUTCOMES = 4  # what a survey may find in each draw: so many equally likely numbers


def evpi(benefits: Floats) -> float:
    """Return the value of perfect information on benefits (draws, options); 0 where it is a matter of rounding."""
    worth = float(benefits.max(axis=1).mean() - benefits.mean(axis=0).max())
    return worth if worth > 1e-9 * float(np.abs(benefits).max(initial=0.0)) else 0.0


def evpi_of_halves(benefits: Floats) -> float:
    """Return EVPI, half of the replications (last axis) choosing, half valuing: luck in choosing makes it too small."""
    even, odd = benefits[..., ::2].mean(axis=2), benefits[..., 1::2].mean(axis=2)
    rows = np.arange(len(benefits))
    gained = [two[rows, one.argmax(axis=1)].mean() for one, two in ((even, odd), (odd, even))]
    return float(np.mean(gained) - benefits.mean(axis=(0, 2)).max())


def evppi(benefits: Floats, x: Floats) -> float:
    """Return the expected value of knowing one number (an input, or what a study would report) before deciding."""
    return evpi(_expected(benefits, _splines(x)))


def evsi(benefits: Floats, shares: Floats, people: int) -> float:
    """Return the expected value of a survey of so many people at random, who tell the truth; shares are 0 to 1."""
    from scipy.stats import binom

    shares = np.clip(shares, 1e-12, 1.0 - 1e-12)
    known = _expected(benefits, _splines(shares))
    places = (np.arange(_OUTCOMES) + 0.5) / _OUTCOMES
    found = binom.ppf(places[:, None], people, shares).ravel()
    outcomes, which = np.unique(found, return_inverse=True)
    weights = binom.pmf(outcomes[:, None], people, shares)
    believed = weights @ known / weights.sum(axis=1, keepdims=True)
    return evpi(believed[which])


def _expected(benefits: Floats, basis: Floats) -> Floats:
    """Return the benefit over the first option that an orthonormal basis (draws, terms) lets expect.

    As many terms as have the least generalised cross-validation (Craven and Wahba 1979) are taken.
    """
    gained = benefits - benefits[:, :1]  # only differences decide, and they vary less
    terms = basis.T @ gained
    left = (gained**2).sum() - np.cumsum((terms**2).sum(axis=1))
    number = np.arange(1, len(terms) + 1)
    taken = 1 + int(np.argmin(np.maximum(left, 0.0) / (len(gained) - number) ** 2))
    return np.asarray(basis[:, :taken] @ terms[:taken])


def _splines(x: Floats) -> Floats:
    """Return an orthonormal cubic regression spline basis over the ranks of ``x``, so that no outlier has the say."""
    from scipy.stats import rankdata

    u = (rankdata(x) - 1) / max(len(x) - 1, 1)
    knots = np.linspace(0, 1, _KNOTS + 2)[1:-1]
    terms = [np.ones_like(u), u, u**2, u**3, *(np.maximum(u - knot, 0.0) ** 3 for knot in knots)]
    basis, sizes = np.linalg.qr(np.column_stack(terms))
    size = np.abs(np.diag(sizes))
    return np.asarray(basis[:, size > 1e-10 * size[0]])  # few levels carry few terms


def best_of_nothing(benefits: Floats, inputs: Floats, seed: int = 1, chance: float = nulls.CHANCE) -> float:
    """Return the bar of EVPPI: what the best input is worth where benefits are dealt out over the draws."""
    bases = [_splines(x) for x in inputs.T]

    def best(rng: np.random.Generator) -> float:
        dealt = benefits[rng.permutation(len(benefits))]
        return max(evpi(_expected(dealt, basis)) for basis in bases)

    return nulls.bar(best, seed, chance)


def error(worth: Callable[[Floats, Floats], float], means: Floats, x: Floats, seed: int) -> float:
    """Return the standard error of a worth over draws (bootstrap)."""
    rng = np.random.default_rng(seed)
    rows = [rng.integers(0, len(x), len(x)) for _ in range(RESAMPLES)]
    return float(np.std([worth(means[chosen], x[chosen]) for chosen in rows], ddof=1))
