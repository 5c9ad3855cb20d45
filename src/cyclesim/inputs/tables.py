"""CSV files beside a scenario: budgets by donor and year, arrivals by wave and setting."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyclesim.errors import Problem, ScenarioError, did_you_mean
from cyclesim.inputs import dates, reading
from cyclesim.inputs.reading import Document, Key, Mark

_Mappings = dict[str, dict[str, Any]]
_WAVES = ("wave", "month", "setting", "people")


@dataclass
class _Expansion:
    """One layer of a scenario on its way to have its CSV files read into it."""

    layer: Document
    folder: Path
    marks: dict[Key, Mark]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: dict[str, str]

    @property
    def mark(self) -> Mark:
        return Mark(self.file, (self.line, 1), (self.line, 1))

    def problem(self, column: str, message: str, way_out: str = "") -> Problem:
        return Problem(self.file, self.line, 1, column, self.cells[column], message, way_out)

    def number(self, column: str, kind: Callable[[str], Any]) -> Any:
        try:
            value = kind(self.cells[column])
        except ValueError:
            value = -1
        if 0 <= value < 1e15:
            return value
        words = "a whole number" if kind is int else "a number"
        way_out = "write plain digits, without separators or units"
        raise ScenarioError([self.problem(column, f"must be {words} of at least 0", way_out)])


def expanded(layer: Document, below: dict[str, Any], folder: Path) -> tuple[Document, list[Problem]]:
    """Return a layer with its CSV files read into `budget` and `arrivals`.

    Parameters
    ----------
    layer
        One file, not yet merged with what it extends.
    below
        Merged data of what it extends; its donors may be named in the CSV file.
    folder
        Folder of the layer's file.
    """
    state = _Expansion(layer, folder, dict(layer.marks))
    data = dict(layer.data)
    if "budgets_from" in data:
        data = _budgets(state, data, below)
    crises = data.get("crises")
    if isinstance(crises, dict):
        data["crises"] = {name: _arrivals(state, name, crisis) for name, crisis in crises.items()}
    once = {(p.file, p.key, p.message, str(p.value)): p for p in reversed(state.problems)}  # not for every row
    return Document(data, state.marks), list(reversed(once.values()))


def _budgets(state: _Expansion, data: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    donors = _mappings(data.get("donors"))
    known = _mappings(below.get("donors")) | donors
    filled: dict[str, dict[str, float]] = {}
    for row in _rows(state, ("budgets_from",), data.pop("budgets_from"), ("donor", "year", "budget")):
        donor, year = row.cells["donor"], row.cells["year"]
        try:
            _refuse_budget(row, donors, known, filled)
            filled.setdefault(donor, {})[year] = row.number("budget", float)
        except ScenarioError as error:
            state.problems += error.problems
            continue
        state.marks.setdefault(("donors", donor, "budget"), row.mark)
        state.marks["donors", donor, "budget", year] = row.mark
    if filled:
        budgets = {name: {**donors.get(name, {}), "budget": years} for name, years in filled.items()}
        data["donors"] = {**(data.get("donors") or {}), **budgets}
    return data


def _refuse_budget(row: _Row, donors: _Mappings, known: _Mappings, filled: dict[str, dict[str, float]]) -> None:
    donor, year = row.cells["donor"], row.cells["year"]
    if donor not in known:
        raise ScenarioError([row.problem("donor", f"no donor {donor!r}", did_you_mean(donor, known))])
    if "budget" in donors.get(donor, {}):
        way_out = "delete budget in the scenario file, or the rows of this donor here"
        raise ScenarioError([row.problem("donor", "its budget is also in the scenario file", way_out)])
    if year in filled.get(donor, {}):
        way_out = "keep one of the rows"
        raise ScenarioError([row.problem("year", "this donor and year are given twice", way_out)])


def _arrivals(state: _Expansion, name: str, crisis: Any) -> Any:
    if not isinstance(crisis, dict) or "arrivals_from" not in crisis:
        return crisis
    key = ("crises", name)
    rest = {k: v for k, v in crisis.items() if k != "arrivals_from"}
    waves = _mappings(rest.get("arrivals"))
    counts: dict[str, dict[str, int]] = {}
    alike: dict[str, dict[str, str]] = {}
    for row in _rows(state, (*key, "arrivals_from"), crisis["arrivals_from"], _WAVES, ("departure",)):
        try:
            _count(row, waves, alike, counts)
        except ScenarioError as error:
            state.problems += error.problems
            continue
        wave = (*key, "arrivals", row.cells["wave"])
        state.marks.setdefault(wave, row.mark)
        for column in alike[row.cells["wave"]]:
            state.marks.setdefault((*wave, column), row.mark)
        state.marks[*wave, "settings", row.cells["setting"]] = row.mark
    if counts:
        read = {wave: _wave(alike[wave], people) for wave, people in counts.items()}
        rest["arrivals"] = {**(rest.get("arrivals") or {}), **read}
    return rest


def _count(
    row: _Row, waves: dict[str, Any], alike: dict[str, dict[str, str]], counts: dict[str, dict[str, int]]
) -> None:
    """Add one row to what all rows of its wave say alike, and to its people by setting."""
    wave, month, setting = row.cells["wave"], row.cells["month"], row.cells["setting"]
    if wave in waves:
        raise ScenarioError([row.problem("wave", "is also given under arrivals", "rename one of the two")])
    said = {column: row.cells[column] for column in ("month", "departure")}
    for column, value in alike.setdefault(wave, said).items():
        if said[column] != value:
            way_out = f"give each {column} a wave of its own"
            raise ScenarioError([row.problem(column, "differs within one wave", way_out)])
    if setting in counts.get(wave, {}):
        raise ScenarioError([row.problem("setting", "this wave and setting are given twice", "keep one of the rows")])
    if month:
        try:
            dates.checked(month)
        except ValueError as error:
            raise ScenarioError([row.problem("month", str(error))]) from None
    if said["departure"]:
        row.number("departure", float)
    counts.setdefault(wave, {})[setting] = row.number("people", int)


def _wave(said: dict[str, str], people: dict[str, int]) -> dict[str, Any]:
    total = sum(people.values())
    shares = {name: count / total if total else 1 / len(people) for name, count in people.items()}
    wave: dict[str, Any] = {"people": total, "settings": shares}
    if said["month"]:
        wave["month"] = said["month"]
    if said["departure"]:
        wave["departure"] = float(said["departure"])
    return wave


def _rows(
    state: _Expansion, key: Key, source: Any, columns: tuple[str, ...], may: tuple[str, ...] = ()
) -> Iterator[_Row]:
    if not isinstance(source, str) or not source.endswith(".csv"):
        way_out = "name a .csv file beside this one"
        state.problems.append(state.layer.problem(key, "must be the name of a CSV file", way_out, source))
        return
    path = state.folder / source
    try:
        yield from _parsed(_text(path), str(path), columns, may)
    except (OSError, ValueError):
        way_out = "its path is relative to the scenario file"
        state.problems.append(state.layer.problem(key, "no such file can be read", way_out, source))
    except ScenarioError as error:
        state.problems += error.problems


def _parsed(text: str, file: str, columns: tuple[str, ...], may: tuple[str, ...]) -> Iterator[_Row]:
    """Read the rows of a table with these columns, and with those that may be there; empty where they are not."""
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        if sorted(set(header) - set(may)) != sorted(columns) or len(set(header)) < len(header):
            words = f", and may name {', '.join(may)}" if may else ""
            message = f"the first line must name the columns {', '.join(columns)}{words}"
            raise ScenarioError([Problem(file, 1, 1, "", ", ".join(header), message)])
        for cells in lines:
            if not cells:
                continue
            if len(cells) != len(header):
                message = f"has {len(cells)} cells where the first line has {len(header)}"
                raise ScenarioError([Problem(file, lines.line_num, 1, "", None, message)])
            read = {n: c.strip() for n, c in zip(header, cells, strict=True)}
            yield _Row(file, lines.line_num, dict.fromkeys(may, "") | read)
    except csv.Error as error:
        raise ScenarioError([Problem(file, lines.line_num, 1, "", None, f"is not CSV: {error}")]) from None


def _mappings(section: Any) -> _Mappings:
    """Return the entries of a section that are mappings; the models report the others."""
    entries = section.items() if isinstance(section, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, dict)}


def _text(path: Path) -> str:
    if reading.size(path) > reading.MAX_BYTES:
        raise ScenarioError([Problem(str(path), 0, 0, "", None, f"is larger than {reading.MAX_BYTES // 10**6} MB")])
    return reading.decode(path.read_bytes(), str(path))
