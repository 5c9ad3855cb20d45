"""The front door: `estimate` applies a method to a table of capture histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.estimation import choice, closed
from cyclesim.estimation.histories import Counts, Estimate, MethodAnswer, RefusedError
from cyclesim.estimation.loglinear import Model, fit


@dataclass(frozen=True)
class Options:
    """How models are chosen."""

    order: int = 2  # largest number of lists in a term of bic, aic and average; at least 2
    threshold: float = choice.THRESHOLD  # largest p-value at which ``stepwise`` lets a pair in
    # models that bic, aic and average choose from; absent: all. The bootstrap uses it
    among: tuple[Model, ...] | None = None

    def __post_init__(self) -> None:
        if self.order < 2:
            raise DesignError(f"order {self.order}: a model has terms of at least 2 lists; give 2 or 3")
        if not 0 <= self.threshold < 1:
            raise DesignError(f"threshold {self.threshold:g} is not a probability; give 0.02, or another below 1")


_Answer = Callable[[Counts, Options], MethodAnswer]


def estimate(
    counts: Counts | Mapping[tuple[int, ...], int], method: str = "stepwise", options: Options | None = None
) -> Estimate:
    """Estimate how many people there are from the lists they are on.

    Parameters
    ----------
    counts
        People by capture history: a mapping such as ``{(1, 0, 1): 12}`` (twelve people are on the first and the third
        list only; absent histories count 0), or a `Counts`; `Counts.from_arrays(histories, counts)` takes arrays of
        shapes (histories, lists) and (histories,).
    method, options
        A key of `METHODS`, which says what it does; how models are chosen (absent: pairs of lists, threshold 0.02).

    Returns
    -------
    Estimate
        A number with its standard error, or a refusal with its reason, which is not an error.

    Raises
    ------
    TableError, UnknownNameError
        If the table itself is wrong; if there is no such method.
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


def answered(table: Counts, method: str, options: Options) -> MethodAnswer:
    """Return the answer of a method."""
    if method not in _ANSWERS:
        raise UnknownNameError(f"no method {method!r}; {did_you_mean(method, METHODS)}")
    if not table.observed:
        raise RefusedError("nobody is on any list")
    return _ANSWERS[method](table, options)


def _criterion(name: str) -> _Answer:
    return lambda table, options: choice.best(table, name, options.order, options.among).answer(
        table.observed, _how(table, options)
    )


def _average(table: Counts, options: Options) -> MethodAnswer:
    found = choice.averaged(table, options.order, options.among)
    return MethodAnswer(found.total, found.error, note="; ".join(filter(None, [found.note, _how(table, options)])))


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

_ANSWERS: dict[str, _Answer] = {
    "independence": lambda table, _: fit(table).answer(table.observed),
    "pairs": lambda table, _: fit(table, choice.pairs(len(table.lists))).answer(table.observed),
    "stepwise": lambda table, options: choice.stepwise(table, options.threshold).answer(table.observed),
    "bic": _criterion("bic"),
    "aic": _criterion("aic"),
    "average": _average,
    "chao": lambda table, _: closed.chao(table),
    "lincoln-petersen": lambda table, _: closed.lincoln_petersen(table),
    "chapman": lambda table, _: closed.chapman(table),
}
