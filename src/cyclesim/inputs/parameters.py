"""parameters.yaml: every number of the model, once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cyclesim.inputs import entries
from cyclesim.inputs.quantity import Quantity

_FILE = Path(__file__).with_name("parameters.yaml")


@cache
def parameters() -> dict[str, Quantity]:
    """Return every quantity of the model by name, sorted by name.

    Raises
    ------
    ParametersError
        If parameters.yaml is wrong; the message names its lines.
    """
    return read(_FILE)


def read(path: Path) -> dict[str, Quantity]:
    """Read a file of quantities, strictly."""
    return entries.read(path, Quantity, "name")
