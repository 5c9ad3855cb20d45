"""The front door: `estimate` applies a method to a table of capture histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.model.evidence.estimation import choice, closed
from cyclesim.model.evidence.estimation.estimates import Answer, Estimate, RefusedError
from cyclesim.model.evidence.estimation.histories import Counts
from cyclesim.model.evidence.estimation.loglinear import Model, fit


@dataclass(frozen=True)
class Options:
    """How models are chosen.

    Parameters
    ----------
    order
        Largest number of lists in a term of the models that ``bic``, ``aic`` and ``average`` try; at least 2.
    threshold
        Largest p-value at which ``stepwise`` lets a pair in.
    among
        Models that ``bic``, ``aic`` and ``average`` choose from; all of them if absent. The bootstrap uses it.

    Raises
    ------
    DesignError
        If one of them is out of its bounds.
    """

    order: int = 2
    threshold: float = choice.THRESHOLD
    among: tuple[Model, ...] | None = None

    def __post_init__(self) -> None:
        if self.order < 2:
            raise DesignError(f"order {self.order}: a model has terms of at least 2 lists; give 2 or 3")
        if not 0 <= self.threshold < 1:
            raise DesignError(f"threshold {self.threshold:g} is not a probability; give 0.02, or another below 1")


def estimate(
    counts: Counts | Mapping[tuple[int, ...], int], method: str = "stepwise", options: Options | None = None
) -> Estimate:
    """Estimate how many people there are from the lists they are on.

    Parameters
    ----------
    counts
        People by capture history: a mapping such as ``{(1, 0, 1): 12}`` (twelve people are on the first and the
        third list only; histories that are absent count 0), or a `Counts`; `Counts.from_arrays(histories, counts)`
        takes an array of shape (histories, lists) and one of shape (histories,).
    method
        A key of `METHODS`, which says what it does.
    options
        How models are chosen; pairs of lists and a threshold of 0.02 if absent.

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
    table = counts if isinstance(counts, Counts) else Counts.of(counts)
    try:
        answer = answered(table, method, options or Options())
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


def answered(table: Counts, method: str, options: Options) -> Answer:
    """Return the answer of a method.

    Raises
    ------
    RefusedError
        If it has none.
    UnknownNameError
        If there is no such method.
    """
    if method not in _ANSWERS:
        raise UnknownNameError(f"no method {method!r}; {did_you_mean(method, METHODS)}")
    if not table.observed:
        raise RefusedError("nobody is on any list")
    return _ANSWERS[method](table, options)


def _independence(table: Counts, _: Options) -> Answer:
    return fit(table).answer(table.observed)


def _pairs(table: Counts, _: Options) -> Answer:
    return fit(table, choice.pairs(len(table.lists))).answer(table.observed)


def _stepwise(table: Counts, options: Options) -> Answer:
    return choice.stepwise(table, options.threshold).answer(table.observed)


def _criterion(name: str) -> Callable[[Counts, Options], Answer]:
    def chosen(table: Counts, options: Options) -> Answer:
        return choice.best(table, name, options.order, options.among).answer(table.observed, _how(table, options))

    return chosen


def _average(table: Counts, options: Options) -> Answer:
    found = choice.averaged(table, options.order, options.among)
    return Answer(found.total, found.error, note="; ".join(filter(None, [found.note, _how(table, options)])))


def _how(table: Counts, options: Options) -> str:
    """Say that not every model was tried, where that is so."""
    if len(table.lists) <= choice.EXHAUSTIVE or options.among is not None:
        return ""
    return f"stepwise search: {len(table.lists)} lists have too many models to try them all"


METHODS = {
    "independence": "lists are independent",
    "pairs": "any two lists may depend on each other",
    "stepwise": "pairs of lists enter by p-value",
    "bic": "the model with the lowest BIC",
    "aic": "the model with the lowest AIC",
    "average": "the mean of the models, weighted by BIC",
    "chao": "a lower bound, lists alike in size",
    "lincoln-petersen": "two independent lists",
    "chapman": "two independent lists, nearly unbiased",
}
"""What each method does, in the order in which they are shown."""

_ANSWERS: dict[str, Callable[[Counts, Options], Answer]] = {
    "independence": _independence,
    "pairs": _pairs,
    "stepwise": _stepwise,
    "bic": _criterion("bic"),
    "aic": _criterion("aic"),
    "average": _average,
    "chao": lambda table, _: closed.chao(table),
    "lincoln-petersen": lambda table, _: closed.lincoln_petersen(table),
    "chapman": lambda table, _: closed.chapman(table),
}
