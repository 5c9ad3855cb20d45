"""The front door: `estimate` applies a method to a table of capture histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.model.evidence.estimation import choice, closed
from cyclesim.model.evidence.estimation.estimates import Answer, Estimate, RefusedError
from cyclesim.model.evidence.estimation.histories import Counts
from cyclesim.model.evidence.estimation.loglinear import fit

METHODS = ("independence", "pairs", "stepwise", "chao", "chapman")
"""Names of the methods, in the order in which they are shown."""


def estimate(counts: Counts | Mapping[tuple[int, ...], int], method: str = "stepwise") -> Estimate:
    """Estimate how many people there are from the lists they are on.

    Parameters
    ----------
    counts
        People by capture history: a mapping such as ``{(1, 0, 1): 12}`` (twelve people are on the first and the
        third list only; histories that are absent count 0), or a `Counts`; `Counts.from_arrays(histories, counts)`
        takes an array of shape (histories, lists) and one of shape (histories,).
    method
        ``independence``: log-linear model of independent lists (two lists: Lincoln-Petersen). ``pairs``: every pair
        of lists depends. ``stepwise``: pairs enter by p-value. ``chao``: Chao's lower bound. ``chapman``: Chapman's
        estimator for two lists.

    Returns
    -------
    Estimate
        A number with its standard error, or a refusal with its reason: a table that a method has no answer for is
        not an error.

    Raises
    ------
    TableError
        If the table itself is wrong.
    UnknownNameError
        If there is no such method.
    """
    if method not in _ANSWERS:
        raise UnknownNameError(f"no method {method!r}; {did_you_mean(method, METHODS)}")
    table = counts if isinstance(counts, Counts) else Counts.of(counts)
    try:
        answer = _ANSWERS[method](table)
    except RefusedError as refusal:
        return Estimate(method, table.observed, None, refused=True, reason=str(refusal))
    return Estimate(
        method=method,
        observed=table.observed,
        estimate=answer.total,
        model=tuple(table.names(term) for term in answer.terms),
        note=answer.note or None,
        standard_error=answer.error,
    )


def _independence(table: Counts) -> Answer:
    return fit(table).answer(table.observed)


def _pairs(table: Counts) -> Answer:
    return fit(table, choice.pairs(len(table.lists))).answer(table.observed)


def _stepwise(table: Counts) -> Answer:
    return choice.stepwise(table).answer(table.observed)


_ANSWERS: dict[str, Callable[[Counts], Answer]] = {
    "independence": _independence,
    "pairs": _pairs,
    "stepwise": _stepwise,
    "chao": closed.chao,
    "chapman": closed.chapman,
}
