"""The numbers a month reads: parameters under their own names, changed only by dated changes."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import numpy as np

from cyclesim.inputs.parameters import parameters
from cyclesim.model.compiled import COMPILED

T = TypeVar("T")
_NUMBERS = np.dtype(
    [(name, np.float64) for name, quantity in parameters().items() if not isinstance(quantity.value, dict)]
)


class Parameters:
    """The parameters of parameters.yaml as attributes (``p.naivety``); a type checker knows each by its name.

    Parameters
    ----------
    values
        Effective value of each parameter, by name.

    Attributes
    ----------
    changes
        How often a value has been changed.
    records
        What `record` returns, as a sequence of one: in it numbers are passed most quickly.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
        self.changes = 0
        self.records: Any = [self]
        if COMPILED:
            numbers = tuple(values.get(name, np.nan) for name in _NUMBERS.names or ())
            self.records = np.array([numbers], dtype=_NUMBERS).view(np.recarray)

    @property
    def record(self) -> Any:
        """Return the numbers, with the same attributes, as compiled functions take them."""
        return self.records[0]

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no parameter {name!r} in parameters.yaml")

    def change(self, name: str, value: float) -> None:
        """Give a parameter the value it has from this month on."""
        self.__dict__[name] = value
        self.changes += 1
        if COMPILED and name in _NUMBERS.fields:
            self.records[name][0] = value


class OfParameters(Generic[T]):
    """A quantity that depends on parameters alone: worked out anew only when one of them has changed.

    Parameters
    ----------
    work
        Returns it for these parameters.
    """

    def __init__(self, work: Callable[[Parameters], T]) -> None:
        self._work = work
        self._known: tuple[Parameters, int, T] | None = None

    def __call__(self, p: Parameters) -> T:
        """Return it for these parameters."""
        if self._known is None or self._known[0] is not p or self._known[1] != p.changes:
            self._known = (p, p.changes, self._work(p))
        return self._known[2]
