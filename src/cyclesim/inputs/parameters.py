"""Files that ship with the package, read strictly; the first is parameters.yaml: every number of the model, once."""

from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cyclesim.errors import ParametersError, Problem, ScenarioError
from cyclesim.inputs import explain, reading
from cyclesim.inputs.quantity import Quantity

Model = TypeVar("Model", bound=BaseModel)


@cache
def parameters() -> dict[str, Quantity]:
    """Return every quantity of the model by name, sorted by name."""
    return read_parameters(Path(__file__).with_name("parameters.yaml"))


def read_parameters(path: Path) -> dict[str, Quantity]:
    """Read a file of quantities, strictly."""
    return read_entries(path, Quantity, "name")


def read_entries(path: Path, model: type[Model], key: str) -> dict[str, Model]:
    """Return the entries of a file that maps names to entries, sorted by name; ``key`` is the field for the name."""
    try:
        document = reading.read(path, path.name)
    except ScenarioError as error:
        raise ParametersError(error.problems) from None
    entries: dict[str, Model] = {}
    found: list[Problem] = []
    for name, entry in sorted(document.data.items()):
        try:
            entries[name] = model.model_validate({key: name, **entry} if isinstance(entry, dict) else entry)
        except ValidationError as error:
            found += explain.problems(error, document, model, (name,))
    if found:
        raise ParametersError(found)
    return entries


def graded() -> dict[str, int]:
    """Return how many parameters the model has, and how many of them are assumptions."""
    grades = [quantity.grade for quantity in parameters().values()]
    return {"number": len(grades), "assumptions": grades.count("assumption")}
