"""Say of each mechanism (M), recommendation (R) and practice (P) of the report whether it is built, and where.

python docs/trace_report.py [PATTERN] [--json]

PATTERN is an id such as M36, or a part of the text. "Partly built" means that something the text names is missing;
the reason says what. trace.yaml says where each is built and which tests show it. What switches a mechanism off is
read from parameters.yaml, so that it is said once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from cyclesim.errors import CycleSimError, ParametersError, Problem, ScenarioError, UnknownNameError, did_you_mean
from cyclesim.inputs import explain, reading
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.reading import Document

Status = Literal["built", "partly built", "not built"]

_FILE = Path(__file__).with_name("trace.yaml")
_KINDS = {"M": "mechanisms", "R": "recommendations", "P": "practices"}
_STATUSES = ("built", "partly built", "not built")
_ONLY_A_LEVER = "a lever exists; no shipped scenario yet"

Names = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
]


class Entry(BaseModel):
    """One entry of trace.yaml; the head of that file says what each key means."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    text: str = Field(min_length=1)
    where: Names = ()
    tests: Names = ()
    switch: str | None = None
    scenario: str | None = None
    lever: Names = ()
    reason: str | None = Field(default=None, min_length=1)


_ENTRIES = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[MRP][1-9][0-9]?$")], Entry])


@dataclass(frozen=True)
class Row:
    """What became of one mechanism, recommendation or practice.

    Attributes
    ----------
    id
        As in the report's tables: M1 to M62, R1 to R24, P1 to P18.
    status
        ``built``, ``partly built`` or ``not built``.
    text
        What the report says, in other words.
    where
        Dotted names of what carries it out in the code.
    tests
        Node ids of the tests that show it.
    switch
        Parameter that switches a mechanism off, or None. Its `off` value is in parameters.yaml.
    switches
        All parameters that switch off a part of it, `switch` first.
    scenario
        Shipped scenario that carries a recommendation out, or None.
    lever
        Paths that a scenario file can set for it; a star stands for any name.
    reason
        What is missing where it is not or only partly built, or None.
    """

    id: str
    status: Status
    text: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    switch: str | None
    switches: tuple[str, ...]
    scenario: str | None
    lever: tuple[str, ...]
    reason: str | None


def main(arguments: Sequence[str] | None = None) -> None:
    words = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=words)
    parser.add_argument("pattern", nargs="?", default="", help="an id, or a part of the text (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    asked = parser.parse_args(arguments)
    try:
        rows = find(asked.pattern)
    except CycleSimError as error:
        sys.exit(f"error: {error}")
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        print(*lines(row), "", sep="\n")
    print(*counts(rows), sep="\n")


def lines(row: Row) -> list[str]:
    """Return one row as text: its head, and a line for everything it points to."""
    details = {
        "missing": [row.reason] if row.reason else [],
        "where": [*row.where, *([row.scenario] if row.scenario else [])],
        "lever": row.lever,
        "shown by": row.tests,
        "switched off by": [_switched(name) for name in row.switches],
    }
    return [
        f"{row.id} {row.status}: {row.text}",
        *(f"  {'' if k else label:<16} {value}" for label, values in details.items() for k, value in enumerate(values)),
    ]


def _switched(name: str) -> str:
    quantity = parameters()[name]
    return f"{name} = {quantity.off:g} (instead of {quantity.value:g})"


def counts(rows: Iterable[Row]) -> list[str]:
    """Return how many are built, partly built and not built, by kind."""
    number = Counter((row.id[0], row.status) for row in rows)
    found = {
        name: [f"{number[kind, status]} {status}" for status in _STATUSES if number[kind, status]]
        for kind, name in _KINDS.items()
    }
    return [f"{name}: {', '.join(parts)}" for name, parts in found.items() if parts]


@cache
def trace() -> tuple[Row, ...]:
    """Return a row for every id, in the order of the report's tables.

    Raises
    ------
    ParametersError
        If trace.yaml is wrong; the message names its lines.
    """
    return read(_FILE)


def find(pattern: str) -> tuple[Row, ...]:
    """Return the rows of an id, or else those whose text holds ``pattern``, whatever its case.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    words = pattern.strip().casefold()
    rows = tuple(row for row in trace() if row.id.casefold() == words)
    rows = rows or tuple(row for row in trace() if words in row.text.casefold())
    if not rows:
        way_out = did_you_mean(pattern, [row.id for row in trace()])
        raise UnknownNameError(f"no id and no text matches {pattern!r}; {way_out}")
    return rows


def read(path: Path) -> tuple[Row, ...]:
    """Read a registry, strictly."""
    try:
        document = reading.read(path, path.name)
        entries = _ENTRIES.validate_python(document.data)
    except ScenarioError as error:
        raise ParametersError(error.problems) from None
    except ValidationError as error:
        raise ParametersError(explain.problems(error, document, Entry)) from None
    switches = _switches()
    if found := [p for name, entry in entries.items() for p in _problems(document, name, entry, switches)]:
        raise ParametersError(found)
    return tuple(_row(name, entry, switches.get(name, ())) for name, entry in entries.items())


def _switches() -> dict[str, tuple[str, ...]]:
    """Return the parameters with an `off` value by the mechanisms they serve."""
    found: dict[str, tuple[str, ...]] = {}
    for name, quantity in parameters().items():
        for mechanism in quantity.mechanisms if quantity.off is not None else ():
            found[mechanism] = (*found.get(mechanism, ()), name)
    return found


def _problems(document: Document, name: str, entry: Entry, switches: dict[str, tuple[str, ...]]) -> list[Problem]:
    """Return what is wrong with an entry that has the right form."""
    own, found = switches.get(name, ()), []
    if len(own) > 1 and entry.switch not in own:
        way_out = f"choose the one to begin with: {', '.join(own)}"
        found.append(document.problem((name, "switch"), "several parameters switch it off", way_out, entry.switch))
    if len(own) <= 1 and entry.switch is not None:
        key = (name, "switch")
        found.append(
            document.problem(key, "parameters.yaml says what switches it off", "delete this line", at_key=True)
        )
    if not (entry.where or entry.scenario or entry.lever or entry.reason):
        found.append(
            document.problem((name,), "points to nothing", "add where, scenario, lever or reason", at_key=True)
        )
    return found


def _row(name: str, entry: Entry, switches: tuple[str, ...]) -> Row:
    switch = entry.switch or next(iter(switches), None)
    return Row(
        id=name,
        status=_status(entry),
        text=entry.text,
        where=entry.where,
        tests=entry.tests,
        switch=switch,
        switches=tuple(sorted(switches, key=lambda other: other != switch)),
        scenario=entry.scenario,
        lever=entry.lever,
        reason=_reason(entry),
    )


def _status(entry: Entry) -> Status:
    """Return the status: built where nothing is missing, not built where there is nothing to point to."""
    if not (entry.where or entry.scenario or entry.lever):
        return "not built"
    return "partly built" if _reason(entry) else "built"


def _reason(entry: Entry) -> str | None:
    only_a_lever = bool(entry.lever) and not (entry.where or entry.scenario)
    parts = [_ONLY_A_LEVER if only_a_lever else None, entry.reason]
    return "; ".join(part for part in parts if part) or None


if __name__ == "__main__":
    main()
