"""Choosing a log-linear model: by p-values, by an information criterion, or not at all but averaging.

A choice from the data makes what follows look too certain (Whitehead et al. 2021): a bootstrap must repeat it.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from cyclesim.estimation.histories import Counts, MethodAnswer, RefusedError, Term, supersets
from cyclesim.estimation.loglinear import Fit, Model, confirm, fit, ordered, search

THRESHOLD = 0.02  # largest p-value at which a pair still enters (Chan, Silverman & Vincent 2021)
EXHAUSTIVE = 5  # with up to this many lists every model is tried; above it models change by one term at a time
_NEGLIGIBLE = 1e-4  # relative weight below which a model is left out of an average


def pairs(lists: int) -> Model:
    """Return every pair of lists as a term."""
    return tuple(_terms(lists, 2))


def stepwise(counts: Counts, threshold: float = THRESHOLD) -> Fit:
    """Add pairs to the model of independent lists, the one with the smallest p-value first.

    The people on both lists of a pair are Poisson under the model reached so far; the p-value is one-sided. A pair
    enters if it is below the threshold and the model has an answer (Chan, Silverman & Vincent 2021, as in their
    SparseMSE).
    """
    (reached,) = stepwise_each([counts], threshold)
    return reached or fit(counts)  # which says why not


def stepwise_each(tables: Sequence[Counts], threshold: float = THRESHOLD) -> list[Fit | None]:
    """Return what `stepwise` reaches for each table, None for no answer; together, as many fits at once are faster."""
    reached = fit_each(tables, [()] * len(tables))
    left = {k: _p_values(tables[k], one) for k, one in enumerate(reached) if one is not None}
    while left:
        tried = {}
        for k, pairs_left in left.items():
            p_value, pair = next(pairs_left, (1.0, 0))
            if (one := reached[k]) is not None and p_value < threshold:
                tried[k] = ordered((*one.terms, pair))
        longer = fit_each([tables[k] for k in tried], list(tried.values()))
        for k, one in zip(tried, longer, strict=True):
            if one is not None:
                reached[k], left[k] = one, _p_values(tables[k], one)
        left = {k: left[k] for k in tried}
    return reached


def fit_each(tables: Sequence[Counts], models: Sequence[Model]) -> list[Fit | None]:
    """Fit each model to its table; None if it has no answer."""
    fits = search(tables, models)
    return [one if one is not None and _stands(counts, one) else None for counts, one in zip(tables, fits, strict=True)]


def penalty(counts: Counts, criterion: str) -> float:
    """Return what a parameter costs: 2 with AIC, the logarithm of the people observed with BIC."""
    return math.log(counts.observed) if criterion == "bic" else 2.0


def cost(found: Fit, price: float) -> float:
    """Return an information criterion, less its constant: price x parameters - 2 log-likelihood."""
    return price * found.parameters - 2 * found.log_likelihood


def best(counts: Counts, criterion: str, order: int, among: tuple[Model, ...] | None = None) -> Fit:
    """Return the model with the lowest criterion (``aic``, ``bic``) among those that have an answer."""
    return next(_confirmed(counts, criterion, order, among))


def averaged(counts: Counts, order: int, among: tuple[Model, ...] | None = None) -> MethodAnswer:
    """Return the mean of the totals of all models, weighted by exp(-BIC / 2).

    The standard error takes in how far models differ (Burnham & Anderson 2002, equation 4.9).
    """
    price = penalty(counts, "bic")
    fits: list[Fit] = []
    for one in _confirmed(counts, "bic", order, among):
        if fits and math.exp((cost(fits[0], price) - cost(one, price)) / 2) < _NEGLIGIBLE:
            break
        fits.append(one)
    weights = np.array([math.exp((cost(fits[0], price) - cost(one, price)) / 2) for one in fits])
    weights /= weights.sum()
    totals = np.array([one.means[0] for one in fits])
    mean = float(weights @ totals)
    error = float(weights @ np.hypot([one.error for one in fits], totals - mean))
    note = f"mean of {len(fits)} models; the heaviest weighs {100 * weights[0]:.0f} %" if len(fits) > 1 else ""
    return MethodAnswer(counts.observed + mean, error, note=note)


def top(counts: Counts, criterion: str, order: int, number: int) -> tuple[Model, ...]:
    """Return the models with the lowest criterion."""
    price = penalty(counts, criterion)
    fits = sorted(candidates(counts, criterion, order), key=lambda one: cost(one, price))
    return tuple(one.terms for one in fits[:number])


def candidates(counts: Counts, criterion: str, order: int) -> tuple[Fit, ...]:
    """Fit every model up to an order, or those a stepwise search meets; none is confirmed to be a maximum."""
    if len(counts.lists) <= EXHAUSTIVE:
        return _all(counts, order)
    return _met(counts, penalty(counts, criterion), order)


@lru_cache(maxsize=1)  # several methods ask the same of one table
def _all(counts: Counts, order: int) -> tuple[Fit, ...]:
    return _searched(counts, list(hierarchical(len(counts.lists), order)))


def _searched(counts: Counts, models: Sequence[Model]) -> tuple[Fit, ...]:
    return tuple(one for one in search([counts] * len(models), models) if one is not None)


def hierarchical(lists: int, order: int) -> Iterator[Model]:
    """Yield every set of terms up to an order that holds, with a term, all smaller ones within it."""

    def grown(below: Model, size: int) -> Iterator[Model]:
        if size > order:
            yield below
            return
        allowed = [term for term in _terms(lists, size) if size == 2 or _within(term) <= set(below)]
        for number in range(len(allowed) + 1):
            for chosen in combinations(allowed, number):
                if chosen or size == 2:
                    yield from grown((*below, *chosen), size + 1)
                else:
                    yield below

    return grown((), 2)


def _confirmed(counts: Counts, criterion: str, order: int, among: tuple[Model, ...] | None) -> Iterator[Fit]:
    """Yield the fits that have an answer, the lowest criterion first."""
    fits = candidates(counts, criterion, order) if among is None else _searched(counts, among)
    price, none = penalty(counts, criterion), True
    known: list[tuple[set[Term], set[Term], bool]] = []
    for one in sorted(fits, key=lambda one: cost(one, price)):
        if _stands_by(counts, one, known):
            none = False
            yield one
    if none:
        fit(counts)  # says why not even independent lists have an answer
        raise RefusedError("none of the models has an answer")


@lru_cache(maxsize=2)
def _met(counts: Counts, price: float, order: int) -> tuple[Fit, ...]:
    """Return the fits that a search meets which adds or drops the best term while the criterion falls."""
    try:
        reached = fit(counts)
    except RefusedError:
        return ()
    met = {reached.terms: reached}
    while True:
        near = [model for model in _neighbours(reached.terms, len(counts.lists), order) if model not in met]
        met |= {one.terms: one for one in _searched(counts, near)}
        lower = [met[model] for model in near if model in met and cost(met[model], price) < cost(reached, price)]
        lower.sort(key=lambda one: cost(one, price))
        moved = next((one for one in lower if _stands(counts, one)), None)
        if moved is None:
            return tuple(met.values())
        reached = moved


def _neighbours(model: Model, lists: int, order: int) -> list[Model]:
    """Return the hierarchical models that have one term more or one term less."""
    terms = set(model)
    more = [
        term
        for size in range(2, order + 1)
        for term in _terms(lists, size)
        if term not in terms and (size == 2 or _within(term) <= terms)
    ]
    less = [term for term in model if not any(other != term and other & term == term for other in model)]
    changed = [terms | {term} for term in more] + [terms - {term} for term in less]
    return [ordered(one) for one in changed]


def _terms(lists: int, size: int) -> list[Term]:
    return [sum(1 << k for k in chosen) for chosen in combinations(range(lists), size)]


def _within(term: Term) -> set[Term]:
    """Return the terms of one list less."""
    return {term & ~(1 << k) for k in range(term.bit_length()) if term >> k & 1}


def _stands_by(counts: Counts, one: Fit, known: list[tuple[set[Term], set[Term], bool]]) -> bool:
    """Return whether a fit is a maximum, from what is known of others where that is enough; add what is found.

    With the same terms at minus infinity, a maximum stays one if other terms are dropped (fewer margins to meet), and
    none comes into being if terms are added (Chan, Silverman & Vincent 2021).
    """
    if one.proven:
        return True
    empty = {term for term in one.terms if not counts.margins[term]}
    finite = set(one.terms) - empty
    for lost, terms, stands in known:
        if lost == empty and (finite <= terms if stands else finite >= terms):
            return stands
    found = _stands(counts, one)
    known.append((empty, finite, found))
    return found


def _stands(counts: Counts, one: Fit) -> bool:
    try:
        confirm(counts, one)
    except RefusedError:
        return False
    return True


def _p_values(counts: Counts, reached: Fit) -> Iterator[tuple[float, Term]]:
    """Return the p-value of every pair that is not in the model, the smallest first."""
    from scipy.special import pdtr, pdtrc  # slow to import

    left = [pair for pair in pairs(len(counts.lists)) if pair not in reached.terms]
    people, mean = counts.margins[left], supersets(reached.means)[left]
    tails = np.where(people > mean, pdtrc(np.maximum(people - 1, 0), mean), pdtr(people, mean))
    return iter(sorted(zip(tails.tolist(), left, strict=True)))
