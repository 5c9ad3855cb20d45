"""From a file to a scenario: `extends`, CSV files, and every problem at once."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cyclesim.errors import Problem, ScenarioError, UnknownNameError
from cyclesim.inputs import reading, shipped, tables
from cyclesim.inputs.reading import EMPTY, Document, Key
from cyclesim.inputs.scenario import Scenario

MAX_CHAIN = 20
_REPLACED_WHOLE: tuple[Key, ...] = (
    ("parameters", "*"),
    ("donors", "*", "lines"),
    ("crises", "*", "groups"),
    ("crises", "*", "statuses"),
    ("crises", "*", "arrivals", "*", "groups"),
    ("crises", "*", "arrivals", "*", "statuses"),
    ("crises", "*", "arrivals", "*", "settings"),
)


def load(name_or_path: str | Path) -> Scenario:
    """Load a scenario: a file if ``.yaml`` or a slash is in its name, else a shipped one.

    Raises
    ------
    ScenarioError
        With every problem of the file, of what it extends and of its CSV files.
    UnknownNameError
        If there is no shipped scenario of that name.
    """
    path = locate(name_or_path)
    document, found = _layers(path, str(path), ())
    scenario, more = Scenario.examine(document, path.stem)
    if scenario is None or found:
        raise ScenarioError(_telling(found + more))
    return scenario


def check(path: str | Path) -> list[Problem]:
    """Return every problem of a scenario file; an empty list if there is none."""
    try:
        load(path)
    except ScenarioError as error:
        return list(error.problems)
    except UnknownNameError as error:
        return [Problem(str(path), 0, 0, "", None, str(error))]
    return []


def base(path: str | Path) -> Scenario | None:
    """Return the scenario that a file extends, or None if it extends none."""
    here = locate(path)
    name = reading.read(here).data.get("extends")
    return load(relative(name, here)) if isinstance(name, str) else None


def locate(name_or_path: str | Path, ships: Callable[[str], Path] = shipped.path) -> Path:
    """Return the file that a name or a path means; ``ships`` finds the file of a name."""
    text = str(name_or_path)
    return Path(text) if _is_file(text) else ships(text)


def _is_file(text: str) -> bool:
    return ".yaml" in text or ".yml" in text or "/" in text or "\\" in text


def relative(name: str, here: Path) -> Path:
    """Return the file that a name or a path means which stands in the file ``here``."""
    return here.parent / name if _is_file(name) else shipped.path(name)


def _layers(path: Path, shown: str, chain: tuple[Path, ...]) -> tuple[Document, list[Problem]]:
    """Return a file merged onto everything it extends, and the problems found on the way."""
    layer = reading.read(path, shown)
    below, found = _below(layer, path, (*chain, Path(os.path.realpath(path))))
    if not below.data and found:
        raise ScenarioError(found)
    own = Document({key: value for key, value in layer.data.items() if key != "extends"}, layer.marks)
    own, problems = tables.expand_csv(own, below.data, path.parent)
    found += problems
    merged = _merged((), below.data, own.data, own, found)
    return Document(merged, ChainMap(dict(own.marks), dict(below.marks))), found


def _below(layer: Document, path: Path, chain: tuple[Path, ...]) -> tuple[Document, list[Problem]]:
    """Return what a file extends, merged, or nothing and the reason why it cannot be read."""
    if "extends" not in layer.data:
        return EMPTY, []
    name, message, way_out = layer.data["extends"], "", ""
    try:
        below = relative(name, path) if isinstance(name, str) else None
        if below is None:
            message = "must be the name of a shipped scenario or the path of a file"
        elif Path(os.path.realpath(below)) in chain:  # a link that leads to itself is left as it is
            message, way_out = "the files extend each other in a circle", "remove one extends"
        elif len(chain) >= MAX_CHAIN:
            message, way_out = f"a chain of more than {MAX_CHAIN} files", "extend a file further down"
        elif below.exists():
            return _layers(below, str(below), chain)
        else:
            message, way_out = "no such file", "the path is relative to this file"
    except UnknownNameError as error:
        message = str(error)
    return EMPTY, [layer.problem(("extends",), message, way_out, name)]


def _merged(key: Key, below: Any, own: Any, layer: Document, found: list[Problem]) -> Any:
    """Merge mappings deeply: a leaf and a mapping of shares are replaced, null removes the entry below."""
    if not isinstance(own, dict) or any(_matches(key, pattern) for pattern in _REPLACED_WHOLE):
        return own
    result = dict(below) if isinstance(below, dict) else {}
    for name, value in own.items():
        place = (*key, name)
        if value is not None:
            result[name] = _merged(place, result.get(name), value, layer, found)
        elif name in result:
            del result[name]
        else:
            found.append(layer.problem(place, "is empty", "give it a value, or delete the line", at_key=True))
    return result


def _matches(key: Key, pattern: Key) -> bool:
    return len(key) == len(pattern) and all(p in ("*", k) for k, p in zip(key, pattern, strict=True))


def _telling(problems: list[Problem]) -> list[Problem]:
    """Drop messages that an entry is missing where the reason is told: it is empty, or its table is wrong."""
    empty = {problem.key for problem in problems if problem.message == "is empty"}
    tables = any(p.file.endswith(".csv") or p.key.endswith("_from") for p in problems)
    return [
        problem
        for problem in problems
        if problem.message != "is missing"
        or not (problem.key in empty or (tables and problem.key.endswith((".budget", ".arrivals"))))
    ]
