"""parameters.yaml: every number of the model, once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cyclesim.errors import ParametersError, Problem, ScenarioError
from cyclesim.inputs import explain, reading
from cyclesim.inputs.quantity import Quantity
from cyclesim.inputs.reading import Document

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
    try:
        document = reading.read(path, path.name)
    except ScenarioError as error:
        raise ParametersError(error.problems) from None
    quantities: dict[str, Quantity] = {}
    found: list[Problem] = []
    for name in sorted(document.data):
        try:
            quantities[name] = _quantity(name, document.data[name])
        except ValidationError as error:
            below = explain.problems(error, _below(document, name), Quantity)
            found += [replace(problem, key=f"{name}.{problem.key}".rstrip(".")) for problem in below]
    if found:
        raise ParametersError(found)
    return quantities


def _quantity(name: str, entry: Any) -> Quantity:
    return Quantity.model_validate({"name": name, **entry} if isinstance(entry, dict) else entry)


def _below(document: Document, name: str) -> Document:
    marks = {key[1:]: mark for key, mark in document.marks.items() if key[:1] == (name,)}
    return Document({"name": name, **document.data[name]} if isinstance(document.data[name], dict) else {}, marks)
