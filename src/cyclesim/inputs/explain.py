"""Pydantic's findings in the words of the people who write scenario files."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from cyclesim.errors import Problem, did_you_mean
from cyclesim.inputs.reading import Document, Key

_WORDS = {
    "int_type": ("must be a whole number", "write it in plain digits, without quotes, decimal point or exponent"),
    "int_from_float": ("must be a whole number", "write it in plain digits, without decimal point or exponent"),
    "float_type": ("must be a number", "write digits, without quotes, units or thousands separators"),
    "finite_number": ("must be a finite number", ""),
    "bool_type": ("must be true or false", ""),
    "string_type": ("must be text", "put it in quotes"),
    "dict_type": ("must be a mapping", "write indented lines of the form name: value"),
    "model_type": ("must be a mapping", "write indented lines of the form key: value"),
    "list_type": ("must be a list", "write lines that begin with a hyphen"),
    "tuple_type": ("must be a list", "write [low, high]"),
}


def problems(error: ValidationError, document: Document, model: type[BaseModel], below: Key = ()) -> list[Problem]:
    """Return every finding of ``error``, about the entry ``below`` of a document, as a problem with its place."""
    return [_problem(dict(finding), document, model, below) for finding in error.errors(include_url=False)]


def _problem(finding: dict[str, Any], document: Document, model: type[BaseModel], below: Key) -> Problem:
    key = _key(finding["loc"], document.data[below[0]] if below else document.data)
    kind, value, limits = finding["type"], finding["input"], finding.get("ctx", {})
    if kind == "missing":
        last = str(finding["loc"][-1])
        return document.problem((*below, *key, last), "is missing", f"add a line {last}: ...", at_key=True)
    if kind == "extra_forbidden":
        known = _keys_at(model, key[:-1])
        way_out = "it is read in files only" if key[-1] in known else did_you_mean(key[-1], known)
        return document.problem((*below, *key), f"no such key {key[-1]!r}", way_out, at_key=True)
    if kind in ("enum", "literal_error"):
        options = [word.strip(" '") for word in limits["expected"].replace(" or ", ",").split(",")]
        message, way_out = "is not one of the words known here", did_you_mean(value, options)
    elif kind in _WORDS:
        message, way_out = _WORDS[kind]
    elif kind == "value_error":
        message, _, way_out = str(limits["error"]).partition("; ")
    else:
        message, way_out = _limit(kind, limits, finding["msg"]), ""
    return document.problem((*below, *key), message, way_out, value, at_key=not key or "[key]" in finding["loc"])


def _limit(kind: str, limits: dict[str, Any], otherwise: str) -> str:
    words = {
        "greater_than_equal": "must be at least {ge:,.15g}",
        "greater_than": "must be more than {gt:,.15g}",
        "less_than_equal": "must be at most {le:,.15g}",
        "less_than": "must be less than {lt:,.15g}",
        "too_short": "must have at least {min_length} entry",
        "too_long": "must have at most {max_length:,} entries",
        "string_too_short": "must not be empty",
        "string_too_long": "must have at most {max_length:,} characters",
    }
    return words[kind].format(**limits) if kind in words else otherwise[:1].lower() + otherwise[1:]


def _key(loc: tuple[Any, ...], data: Any) -> Key:
    """Return the part of a location that stands in the file: unions add names of their own branches."""
    key: list[str] = []
    for part in loc:
        if isinstance(data, dict) and str(part) in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        key.append(str(part))
    return tuple(key)


def _keys_at(model: type[BaseModel], key: Key) -> list[str]:
    kind: Any = model
    for part in key:
        kind = next(_inside(kind, part), None)
    found = next((k for k in _branches(kind) if isinstance(k, type) and issubclass(k, BaseModel)), None)
    if found is None:
        return []
    keys = [field.alias or name for name, field in found.model_fields.items() if not field.exclude]
    return [*keys, *getattr(found, "only_in_files", ())]


def _inside(kind: Any, part: str) -> Iterator[Any]:
    for branch in _branches(kind):
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            yield from (f.annotation for name, f in branch.model_fields.items() if (f.alias or name) == part)
        elif get_origin(branch) is dict:
            yield get_args(branch)[1]


def _branches(kind: Any) -> Iterator[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _branches(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for branch in get_args(kind):
            yield from _branches(branch)
    else:
        yield kind
