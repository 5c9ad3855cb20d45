"""The numbers a month reads: parameters under their own names, changed only by dated changes."""

from __future__ import annotations

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
