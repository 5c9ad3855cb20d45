"""Poisson log-linear models of capture histories, and when they have no answer.

The number of people with a history h is Poisson with the mean exp(sum of u_s over the terms s within h) (Fienberg
1972; Cormack 1989). A term is a set of lists; the empty one is the intercept, single lists are always in the model,
and a larger one says that its lists depend on each other. Nobody has counted the people on no list: their expected
number is exp(u of the empty term).

**Sparse tables.** A term whose lists share nobody has its maximum at minus infinity: no history with all of these
lists can occur, and the other parameters are fitted without those histories (Chan, Silverman & Vincent 2021).

**Existence.** Then a maximum exists if and only if some table with positive entries has the same margins
(Haberman 1974; the linear program is Fienberg & Rinaldo's, 2012). A fit that has converged *is* such a table, so
the program is solved only where the fit leaves doubt. **Identifiability**: the parameters that are left must be
told apart by the histories that are left (full rank of the design).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.evidence.estimation.closed import NO_OVERLAP
from cyclesim.model.evidence.estimation.estimates import Answer, RefusedError
from cyclesim.model.evidence.estimation.histories import Counts, Term

Floats = NDArray[np.float64]
NO_MAXIMUM = "no maximum of the likelihood exists: too little overlap for this model, a parameter runs off to infinity"
_START = 0.1  # added to every count to begin with, so that its logarithm exists
_STEPS = 80
_LONGEST = 4.0  # no fitted mean changes by more than a factor e^4 in one step
_CLOSE = 1e-12  # squared distance from the maximum in standard errors, before the last step
_ROUNDING = 1e-12  # relative error of the margins
_POSITIVE = 1e-7  # tolerance of the linear program


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    terms
        Sets of two and more lists in the model.
    means
        Shape (2^lists,): expected people by history; cell 0 is the estimate of those on no list.
    log_likelihood
        Without the constant that depends on the counts alone.
    parameters
        Number of parameters, those at minus infinity included.
    error
        Standard error of the total.
    """

    terms: tuple[Term, ...]
    means: Floats
    log_likelihood: float
    parameters: int
    error: float

    def answer(self, observed: int, note: str = "") -> Answer:
        """Return the estimate of this model."""
        return Answer(observed + float(self.means[0]), self.error, self.terms, note)


def fit(counts: Counts, terms: Sequence[Term] = ()) -> Fit:
    """Fit a model by maximum likelihood.

    Parameters
    ----------
    terms
        Sets of two and more lists; with a set of three its pairs must be there too (a hierarchical model).

    Raises
    ------
    RefusedError
        If no maximum exists, or the parameters cannot be told apart.
    """
    model = tuple(sorted(terms, key=lambda term: (term.bit_count(), term)))
    singles = [1 << k for k in range(len(counts.lists))]
    if counts.observed == counts.on[1]:
        raise RefusedError(NO_OVERLAP)
    every = np.array([0, *singles, *model])
    empty = [term for term in every if counts.margins[term] == 0]
    cells = _possible(len(counts.lists), empty)
    kept = every[counts.margins[every] > 0]
    design = ((cells[:, None] & kept) == kept).astype(np.float64)
    if empty or (model and model[-1].bit_count() == len(singles)):  # with every history, smaller terms have full rank
        _check_rank(design)
    people = counts.cells[cells]
    coefficients, means, variance = _maximum(design, people)
    unseen = math.exp(coefficients[0])
    every_mean = np.zeros_like(counts.cells)
    every_mean[cells] = means
    every_mean[0] = unseen
    return Fit(
        terms=model,
        means=every_mean,
        log_likelihood=float(people @ (design @ coefficients) - means.sum()),
        parameters=every.size,
        error=math.sqrt(unseen + unseen**2 * variance),
    )


def _possible(lists: int, empty: Sequence[Term]) -> NDArray[np.int64]:
    """Return the histories that can occur: those without any of the terms at minus infinity."""
    cells = np.arange(1, 1 << lists)
    for term in empty:
        cells = cells[(cells & term) != term]
    return cells


def _maximum(design: Floats, people: Floats) -> tuple[Floats, Floats, float]:
    """Return coefficients, fitted means and the variance of the intercept (Newton's method, damped).

    Raises
    ------
    RefusedError
        If there is no maximum.
    """
    means = people + _START
    weighted = design * np.sqrt(means)[:, None]
    coefficients = np.linalg.lstsq(weighted, np.sqrt(means) * np.log(means), rcond=None)[0]
    converged = False
    for _ in range(_STEPS):
        means = np.exp(design @ coefficients)
        slope = design.T @ (people - means)
        try:
            covariance = np.linalg.inv(design.T @ (means[:, None] * design))
        except np.linalg.LinAlgError:
            break
        step = covariance @ slope
        coefficients = coefficients + step * min(1.0, _LONGEST / max(np.abs(design @ step).max(), _LONGEST))
        if abs(slope @ step) < _CLOSE:
            converged = True
            break
    means = np.exp(design @ coefficients)
    if not (converged and _proves(design, people, means)):
        _check_existence(design, people)
    if not converged:
        raise RefusedError("the search for the maximum of the likelihood did not converge")
    return coefficients, means, float(covariance[0, 0])


def _proves(design: Floats, people: Floats, means: Floats) -> bool:
    """Return whether fitted means, moved onto the observed margins, are positive: then a maximum exists."""
    gap = design @ np.linalg.solve(design.T @ design, design.T @ (people - means))
    return float((means + gap).min()) > _ROUNDING * (1.0 + float(people.sum()))


def _check_existence(design: Floats, people: Floats) -> None:
    """Refuse unless some positive table has these margins (the linear program of Fienberg & Rinaldo 2012).

    Raises
    ------
    RefusedError
        If there is none, so that some parameter would run off to infinity.
    """
    from scipy.optimize import linprog  # slow to import, and seldom needed

    rows, columns = design.shape
    largest = linprog(
        c=np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-np.eye(rows), np.ones(rows)]),
        b_ub=np.zeros(rows),
        A_eq=np.column_stack([design.T, np.zeros(columns)]),
        b_eq=design.T @ people,
        bounds=[(0, None)] * rows + [(None, 1)],
    )
    if largest.status != 0 or largest.x[-1] <= _POSITIVE:
        raise RefusedError(NO_MAXIMUM)


def _check_rank(design: Floats) -> None:
    """Refuse a model whose parameters the histories that can occur do not tell apart."""
    rows, columns = design.shape
    rank = int(np.linalg.matrix_rank(design)) if rows >= columns else rows
    if rank < columns:
        raise RefusedError(
            f"the model is not identifiable: {columns} parameters, of which the histories that can occur "
            f"({rows}) tell {rank} apart"
        )
