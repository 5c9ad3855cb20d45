"""Poisson log-linear models of capture histories, and when they have no answer.

The number of people with a history h is Poisson with the mean exp(sum of u_s over the terms s within h) (Fienberg
1972; Cormack 1989). A term is a set of lists; the empty one is the intercept, single lists are always in the model.
The people on no list are expected to be exp(u of the empty term).

**Sparse tables.** A term whose lists share nobody has its maximum at minus infinity: no history with all of them can
occur, and the rest is fitted without those (Chan, Silverman & Vincent 2021). **Existence.** Then a maximum exists if
and only if some positive table has the same margins (Haberman 1974; the linear program is Fienberg & Rinaldo's, 2012).
A converged fit *is* one, so the program is solved only in doubt. **Identifiability**: full rank of the design left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyclesim.estimation.closed import NO_OVERLAP
from cyclesim.estimation.histories import Counts, MethodAnswer, RefusedError, Term

Floats = NDArray[np.float64]
NO_MAXIMUM = "no maximum of the likelihood exists: too little overlap for this model, a parameter runs off to infinity"
NOT_FOUND = "the search for the maximum of the likelihood did not converge"
Model = tuple[Term, ...]  # sets of two and more lists that depend on each other, pairs first
_START = 0.1  # added to every count to begin with, so that its logarithm exists
_STEPS = 60
_LONGEST = 4.0  # no fitted mean changes by more than a factor e^4 in one step
_HIGHEST = 300.0  # logarithm of a mean; only where there is no maximum does a search come near it
_CLOSE = 1e-12  # squared distance from the maximum in standard errors, before the last step
_ROUNDING = 1e-14  # of people, the error of a fitted mean: some 200 times that of adding up in doubles
_RIDGE = 1e-12  # relative; keeps a step finite where the information about a parameter vanishes
_LARGE = 4_000_000  # numbers held at once
_POSITIVE = 1e-7  # tolerance of the linear program
_FAR = 1e-6  # relative gap between observed and fitted margins at which a search has failed


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model."""

    terms: Model  # sets of two and more lists, pairs first
    means: Floats  # (2^lists,): expected people by history; cell 0: on no list
    log_likelihood: float  # without the constant of the counts
    parameters: int  # those at minus infinity included
    error: float  # standard error of the total
    proven: bool  # proves itself to be the maximum; if not, `confirm` decides

    def answer(self, observed: int, note: str = "") -> MethodAnswer:
        """Return the estimate of this model."""
        return MethodAnswer(observed + float(self.means[0]), self.error, self.terms, note)


def fit(counts: Counts, terms: Iterable[Term] = ()) -> Fit:
    """Fit a hierarchical model (with a set of three its pairs) by maximum likelihood, or refuse."""
    model = ordered(terms)
    if counts.observed == counts.on[1]:
        raise RefusedError(NO_OVERLAP)
    (found,) = search([counts], [model])
    if found is None:
        raise RefusedError(_unidentified(counts, model))
    confirm(counts, found)
    return found


def search(tables: Sequence[Counts], models: Sequence[Model]) -> list[Fit | None]:
    """Fit models, each to its table of the same lists, at once; None: unidentified. `confirm` decides on the rest."""
    asked = [
        k
        for k, (counts, model) in enumerate(zip(tables, models, strict=True))
        if counts.observed > counts.on[1] and not _unidentified(counts, model)
    ]
    found: list[Fit | None] = [None] * len(models)
    if not asked:
        return found
    terms = ordered({term for k in asked for term in models[k]})
    every = np.array([0, *(1 << k for k in range(len(tables[0].lists))), *terms])
    at_once = max(1, _LARGE // (tables[0].cells.size * every.size))
    for first in range(0, len(asked), at_once):
        part = asked[first : first + at_once]
        fits = _Batch([tables[k] for k in part], [models[k] for k in part], every).fits()
        for k, one in zip(part, fits, strict=True):
            found[k] = one
    return found


def confirm(counts: Counts, found: Fit) -> None:
    """Refuse a fit that is not a maximum: no positive table has the observed margins, or the search has failed."""
    if found.proven:
        return
    kept, empty = _split(counts, found.terms)
    cells = _possible(len(counts.lists), empty)
    matrix = _matrix(cells, np.array(kept))
    if not _exists(matrix, counts.cells[cells]):
        raise RefusedError(NO_MAXIMUM)
    if np.abs(matrix.T @ (counts.cells[cells] - found.means[cells])).max() > _FAR * counts.observed:
        raise RefusedError(NOT_FOUND)


def ordered(terms: Iterable[Term]) -> Model:
    """Return terms as a model: pairs first."""
    return tuple(sorted(terms, key=lambda term: (term.bit_count(), term)))


class _Batch:
    """Models fitted side by side by Newton's method, damped, each to its table; the first axis is the model.

    A parameter that a model lacks, or has at minus infinity, is held at 0; a history that cannot occur has no weight.
    """

    def __init__(self, tables: Sequence[Counts], models: Sequence[Model], every: NDArray[np.int64]) -> None:
        self.lists, self.models = len(tables[0].lists), models
        has = np.array([[term.bit_count() < 2 or term in model for term in every.tolist()] for model in models])
        self.people = np.array([counts.cells[1:] for counts in tables])
        self.matrix = _matrix(np.arange(1, self.people.shape[1] + 1), every)
        empty = self.people @ self.matrix == 0
        self.kept = (has & ~empty).astype(np.float64)
        self.weight = ((has & empty).astype(np.float64) @ self.matrix.T == 0).astype(np.float64)

    def fits(self) -> list[Fit]:
        """Return the fit of each model."""
        coefficients, converged = self._climb()
        means = self._means(coefficients, self.weight)
        variance = self._solve(means, np.eye(1, self.kept.shape[1]).repeat(len(means), 0), self.kept)[:, 0]
        unseen = np.exp(np.minimum(coefficients[:, 0], _HIGHEST))
        whole = np.column_stack([unseen, means])
        likelihood = (coefficients @ self.matrix.T * self.weight * self.people - means).sum(axis=1)
        error = np.sqrt(unseen + unseen**2 * np.maximum(variance, 0.0))
        proven = converged & self._proves(means)
        return [
            Fit(
                terms=model,
                means=whole[k],
                log_likelihood=float(likelihood[k]),
                parameters=1 + self.lists + len(model),
                error=float(error[k]),
                proven=bool(proven[k]),
            )
            for k, model in enumerate(self.models)
        ]

    def _climb(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Return coefficients, shape (models, parameters), and whether the search for each converged."""
        means = (self.people + _START) * self.weight
        target = (means * np.log(self.people + _START)) @ self.matrix
        coefficients = self._solve(means, target, self.kept)
        going = np.arange(len(means))
        for _ in range(_STEPS):
            kept, weight, people = self.kept[going], self.weight[going], self.people[going]
            means = self._means(coefficients[going], weight)
            slope = ((people - means) * weight) @ self.matrix * kept
            step = self._solve(means, slope, kept)
            longest = np.abs(step @ self.matrix.T * weight).max(axis=1)
            coefficients[going] += step * (_LONGEST / np.maximum(longest, _LONGEST))[:, None]
            going = going[np.abs((slope * step).sum(axis=1)) >= _CLOSE]
            if not going.size:
                break
        converged = np.ones(len(self.models), dtype=bool)
        converged[going] = False
        return coefficients, converged

    def _solve(self, means: Floats, target: Floats, kept: Floats) -> Floats:
        """Return the solution of information x = target within the parameters that are kept."""
        information = np.matmul(means[:, None, :] * self.matrix.T, self.matrix) * (kept[:, :, None] * kept[:, None, :])
        diagonal = np.arange(kept.shape[1])
        information[:, diagonal, diagonal] *= 1 + _RIDGE
        information[:, diagonal, diagonal] += 1 - kept
        return np.asarray(np.linalg.solve(information, (target * kept)[:, :, None])[:, :, 0])

    def _means(self, coefficients: Floats, weight: Floats) -> Floats:
        return np.asarray(np.exp(np.minimum(coefficients @ self.matrix.T, _HIGHEST)) * weight)

    def _proves(self, means: Floats) -> NDArray[np.bool_]:
        """Return whether fitted means, moved onto the observed margins, are positive: then a maximum exists."""
        gap = ((self.people - means) * self.weight) @ self.matrix
        moved = means + self._solve(self.weight, gap, self.kept) @ self.matrix.T
        lowest = np.where(self.weight > 0, moved, np.inf).min(axis=1)
        return np.asarray(lowest > _ROUNDING * (1.0 + self.people.sum(axis=1)))


def _split(counts: Counts, model: Model) -> tuple[Model, Model]:
    """Return the terms with a finite parameter, the intercept and single lists included, and those without."""
    every = (0, *(1 << k for k in range(len(counts.lists))), *model)
    margins = counts.margins
    return tuple(term for term in every if margins[term]), tuple(term for term in every if not margins[term])


def _unidentified(counts: Counts, model: Model) -> str:
    """Return why the histories that can occur do not tell the parameters apart; empty if they do."""
    kept, empty = _split(counts, model)
    if not empty and counts.cells.size - 1 not in model:
        return ""  # every smaller model of all histories has full rank
    rows, rank = _rank(len(counts.lists), kept, empty)
    if rank == len(kept):
        return ""
    return (
        f"the model is not identifiable: {len(kept)} parameters, but the {rows} histories that can occur tell only "
        f"{rank} of them apart"
    )


@lru_cache(maxsize=20_000)
def _rank(lists: int, kept: Model, empty: Model) -> tuple[int, int]:
    """Return the number of histories that can occur, and the rank of the design."""
    matrix = _matrix(_possible(lists, empty), np.array(kept))
    return len(matrix), int(np.linalg.matrix_rank(matrix))


def _possible(lists: int, empty: Iterable[Term]) -> NDArray[np.int64]:
    """Return the histories that can occur: those without any of the terms at minus infinity."""
    cells = np.arange(1, 1 << lists)
    for term in empty:
        cells = cells[(cells & term) != term]
    return cells


def _matrix(cells: NDArray[np.int64], terms: NDArray[np.int64]) -> Floats:
    """Return the design, shape (cells, terms): 1 where the history holds all lists of the term."""
    return np.asarray(((cells[:, None] & terms) == terms).astype(np.float64))


def _exists(matrix: Floats, people: Floats) -> bool:
    """Return whether some positive table has the margins of the observed one (Fienberg & Rinaldo 2012).

    The linear program: find a table of entries s + z, z >= 0, with the largest s.
    """
    from scipy.optimize import linprog  # slow to import, and seldom needed

    rows = matrix.shape[0]
    largest = linprog(
        c=np.append(np.zeros(rows), -1.0),
        A_eq=np.column_stack([matrix.T, matrix.sum(axis=0)]),
        b_eq=matrix.T @ people,
        bounds=[(0, None)] * rows + [(0, 1)],
    )
    return bool(largest.status == 0 and largest.x[-1] > _POSITIVE)
