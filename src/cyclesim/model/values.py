"""The numbers a month reads: parameters under their own names, changed only by dated changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Values:
    """Parameters as attributes (``p.naivety``).

    Parameters
    ----------
    values
        Effective value of each parameter, by name.

    Attributes
    ----------
    changes
        How often a value has been changed.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
        self.changes = 0

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no parameter {name!r} in parameters.yaml")

    def change(self, name: str, value: float) -> None:
        """Give a parameter the value it has from this month on."""
        self.__dict__[name] = value
        self.changes += 1


class OfParameters(Generic[T]):
    """A quantity that depends on parameters alone: worked out anew only when one of them has changed.

    Parameters
    ----------
    work
        Returns it for these parameters.
    """

    def __init__(self, work: Callable[[Values], T]) -> None:
        self._work = work
        self._known: tuple[Values, int, T] | None = None

    def __call__(self, p: Values) -> T:
        """Return it for these parameters."""
        if self._known is None or self._known[0] is not p or self._known[1] != p.changes:
            self._known = (p, p.changes, self._work(p))
        return self._known[2]


@dataclass(frozen=True)
class Reading:
    """A published estimate of the yearly prevalence per 1,000 people in need, as its readers can take it.

    Attributes
    ----------
    raw, raw_error
        Mean and standard error of its logarithm as it stands.
    corrected, corrected_error
        The same after known errors of the method are taken out; an infinite error says that this cannot be done.
    """

    raw: float
    raw_error: float
    corrected: float
    corrected_error: float
