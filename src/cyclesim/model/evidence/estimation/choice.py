"""Choosing a log-linear model: pairs of lists added one by one."""

from __future__ import annotations

from itertools import combinations

from cyclesim.model.evidence.estimation.estimates import RefusedError
from cyclesim.model.evidence.estimation.histories import Counts, Term, supersets
from cyclesim.model.evidence.estimation.loglinear import Fit, fit

THRESHOLD = 0.02
"""Largest p-value at which a pair still enters (Chan, Silverman & Vincent 2021)."""


def pairs(lists: int) -> list[Term]:
    """Return every pair of lists as a term."""
    return [1 << first | 1 << second for first, second in combinations(range(lists), 2)]


def stepwise(counts: Counts, threshold: float = THRESHOLD) -> Fit:
    """Add pairs to the model of independent lists, the one with the smallest p-value first.

    The people on both lists of a pair, whatever else they are on, are Poisson under the model reached so far; the
    p-value is the one-sided probability of as many or more (of as few or fewer) of them. A pair enters if it is
    below the threshold and the model has an answer (Chan, Silverman & Vincent 2021, as in their SparseMSE).

    Raises
    ------
    RefusedError
        If independent lists have no answer.
    """
    best = fit(counts)
    while True:
        for p_value, pair in _candidates(counts, best):
            if p_value >= threshold:
                return best
            try:
                best = fit(counts, (*best.terms, pair))
                break
            except RefusedError:
                continue
        else:
            return best


def _candidates(counts: Counts, reached: Fit) -> list[tuple[float, Term]]:
    """Return the p-value of every pair that is not in the model, the smallest first."""
    from scipy.special import pdtr, pdtrc  # slow to import

    means = supersets(reached.means)
    found = []
    for pair in pairs(len(counts.lists)):
        if pair not in reached.terms:
            people, mean = counts.margins[pair], means[pair]
            tail = pdtrc(people - 1, mean) if people > mean else pdtr(people, mean)
            found.append((float(tail), pair))
    return sorted(found)
