"""The numbers a month reads: parameters under their own names, changed only by dated changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Values:
    """Parameters as attributes (``p.naivety``).

    Parameters
    ----------
    values
        Effective value of each parameter, by name.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no parameter {name!r} in parameters.yaml")

    def change(self, name: str, value: float) -> None:
        """Give a parameter the value it has from this month on."""
        self.__dict__[name] = value


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
