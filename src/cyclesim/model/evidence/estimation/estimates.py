"""What an estimator says: a number with its standard error, or a refusal with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from cyclesim.model.evidence.estimation.histories import Term


class RefusedError(Exception):
    """An estimator has no answer for this table; the message says why. Caught within the library."""


@dataclass(frozen=True)
class Answer:
    """What a method found, before it is put into words.

    Parameters
    ----------
    total
        People in all, those on no list included.
    error
        Its standard error, the model taken as given.
    terms
        Sets of two and more lists that depend on each other in the model.
    note
        What a reader must know about how it was found; may be empty.
    """

    total: float
    error: float
    terms: tuple[Term, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Estimate:
    """The estimate of one method, or its refusal.

    Attributes
    ----------
    method
        A name of `methods.METHODS`.
    observed
        People on at least one list.
    estimate
        People in all, those on no list included; None if refused.
    interval
        Lower and upper limit that hold 95 % of the uncertainty, if asked for; an upper limit of None has no bound.
    model
        Lists that depend on each other in the model, as tuples of names; empty where the method has no model.
    refused
        Whether the method has no answer for this table.
    reason
        Why not; None if it has one.
    note
        What a reader must know about how the number was found; None if nothing.
    standard_error
        Of the estimate, the model taken as given (so too small where a model was chosen); None if refused.
    """

    method: str
    observed: int
    estimate: float | None
    interval: tuple[float, float | None] | None = None
    model: tuple[tuple[str, ...], ...] = ()
    refused: bool = False
    reason: str | None = None
    note: str | None = None
    standard_error: float | None = field(default=None, repr=False)
