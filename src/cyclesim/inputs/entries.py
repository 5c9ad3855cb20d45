"""Files that ship with the package and hold one entry per name, read strictly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cyclesim.errors import ParametersError, Problem, ScenarioError
from cyclesim.inputs import explain, reading
from cyclesim.inputs.reading import Document, Key

Model = TypeVar("Model", bound=BaseModel)


def read(path: Path, model: type[Model], key: str) -> dict[str, Model]:
    """Return the entries of a file by name, sorted by name.

    Parameters
    ----------
    path
        A YAML file whose top level maps names to entries.
    model
        What an entry is.
    key
        Field of the model that takes the name.

    Raises
    ------
    ParametersError
        With every problem of the file and its line.
    """
    try:
        document = reading.read(path, path.name)
    except ScenarioError as error:
        raise ParametersError(error.problems) from None
    entries: dict[str, Model] = {}
    found: list[Problem] = []
    for name in sorted(document.data):
        try:
            entry = document.data[name]
            entries[name] = model.model_validate({key: name, **entry} if isinstance(entry, dict) else entry)
        except ValidationError as error:
            problems = explain.problems(error, _below(document, name, key), model)
            found += [replace(problem, key=f"{name}.{problem.key}".rstrip(".")) for problem in problems]
    if found:
        raise ParametersError(found)
    return entries


def problem(path: Path, key: Key, message: str) -> Problem:
    """Return a problem at a place of such a file."""
    return reading.read(path, path.name).problem(key, message)


def _below(document: Document, name: str, key: str) -> Document:
    marks = {place[1:]: mark for place, mark in document.marks.items() if place[:1] == (name,)}
    entry: Any = document.data[name]
    return Document({key: name, **entry} if isinstance(entry, dict) else {}, marks)
