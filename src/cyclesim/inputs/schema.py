"""JSON Schema of scenario and study files, for editors that complete and check while one types."""

import math
from typing import Any

from cyclesim.inputs.interventions import catalogue
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import Quantity
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of a scenario file.

    A file that extends another holds only what differs, and null removes an entry. Therefore nothing is required
    here but the top level of a file without `extends`; `cyclesim check` knows the rest.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    required = [name for name in schema["required"] if name != "name"]
    del schema["properties"]["name"]
    for model in (schema, *schema["$defs"].values()):
        if "properties" in model:
            model.pop("required", None)
            model["properties"] = {name: _or_null(entry) for name, entry in model["properties"].items()}
    schema["properties"] |= {
        "extends": _file("Name of a shipped scenario, or path of a file relative to this one"),
        "budgets_from": _file("CSV file beside this one with the columns donor, year, budget"),
        "parameters": {
            "type": "object",
            "description": "Overrides of the package's parameters",
            "additionalProperties": False,
            "properties": {name: _parameter(quantity) for name, quantity in parameters().items()},
        },
    }
    text = "CSV file beside the scenario file with the columns wave, month, setting, people and, if need be, departure"
    schema["$defs"]["Crisis"]["properties"]["arrivals_from"] = _file(text)
    built = [entry.id for entry in catalogue().values() if entry.built]
    text = "Part of the way from no change (0) to the whole change (1); 1 if absent"
    instead = "Id in the catalogue, instead of set, scale, add, close and cost"
    schema["$defs"]["Intervention"]["properties"] |= {
        "uses": {"enum": [*built, None], "description": instead},
        "strength": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": text},
    }
    schema["anyOf"] = [{"required": ["extends"]}, {"required": required}]
    return {"$schema": DIALECT, **schema, "title": "cyclesim scenario"}


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of a study file."""
    schema = Study.model_json_schema(by_alias=True)
    schema["required"] = [name for name in schema["required"] if name != "name"]
    del schema["properties"]["name"]
    draws = schema["$defs"]["Draws"]["properties"]
    del draws["table"]
    for name in ("draws", "trajectories"):
        draws[name]["anyOf"].insert(0, {"type": "integer", "minimum": 1})
    draws["quantities"]["anyOf"].insert(0, {"type": "array", "items": {"type": "string"}})
    return {"$schema": DIALECT, **schema, "title": "cyclesim study"}


def _or_null(entry: dict[str, Any]) -> dict[str, Any]:
    described = {key: value for key, value in entry.items() if key in ("description", "default", "title")}
    kind = {key: value for key, value in entry.items() if key not in described}
    if isinstance(inside := kind.get("additionalProperties"), dict):  # named entries, each of which may be null too
        kind = {**kind, "additionalProperties": {"anyOf": [inside, {"type": "null"}]}}
        kind.pop("minProperties", None)
    return {**described, "anyOf": [kind, {"type": "null"}]}


def _file(text: str) -> dict[str, Any]:
    return {"type": "string", "description": text}


def _parameter(quantity: Quantity) -> dict[str, Any]:
    described = {"description": f"{quantity.text} ({quantity.unit})", "default": quantity.value}
    if quantity.is_table:
        return {"type": ["object", "null"], **described}
    low, high = quantity.bounds
    limits = {"minimum": low} if math.isinf(high) else {"minimum": low, "maximum": high}
    return {"type": ["number", "null"], **described, **limits}
