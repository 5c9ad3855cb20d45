"""CSV files: beside a scenario budgets by donor and year, and arrivals by wave and setting; beside a study draws."""

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyclesim.errors import Problem, ScenarioError, StudyError, did_you_mean
from cyclesim.inputs import dates, reading
from cyclesim.inputs.reading import Document, Key, Mark, mappings

MAX_TABLE_BYTES = 200_000_000


@dataclass(frozen=True)
class _Row:
    file: str
    line: int
    cells: dict[str, str]

    def refused(self, column: str, message: str, way_out: str = "") -> ScenarioError:
        return ScenarioError([Problem(self.file, self.line, 1, column, self.cells[column], message, way_out)])

    def number(self, column: str, kind: Callable[[str], Any]) -> Any:
        try:
            value = kind(self.cells[column])
        except ValueError:
            value = -1
        if 0 <= value < 1e15:
            return value
        words = "a whole number" if kind is int else "a number"
        way_out = "write plain digits, without separators or units"
        raise self.refused(column, f"must be {words} of at least 0", way_out)


def expand_csv(layer: Document, below: dict[str, Any], folder: Path) -> tuple[Document, list[Problem]]:
    """Return a layer, not yet merged with what it extends (``below``), with its CSV files read into it."""
    state = _Expansion(layer, folder, dict(layer.marks))
    data = dict(layer.data)
    if "budgets_from" in data:
        data = state.budgets(data, below)
    crises = data.get("crises")
    if isinstance(crises, dict):
        data["crises"] = {name: state.arrivals(("crises", name), crisis) for name, crisis in crises.items()}
    once = {(p.file, p.key, p.message, str(p.value)): p for p in reversed(state.problems)}  # not for every row
    return Document(data, state.marks), list(reversed(once.values()))


@dataclass
class _Expansion:
    """One layer of a scenario on its way to have its CSV files read into it."""

    layer: Document
    folder: Path
    marks: dict[Key, Mark]
    problems: list[Problem] = field(default_factory=list)

    def budgets(self, data: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
        donors = mappings(data.get("donors"))
        known = mappings(below.get("donors")) | donors
        filled: dict[str, dict[str, float]] = {}

        def take(row: _Row) -> list[Key]:
            donor, year = row.cells["donor"], row.cells["year"]
            if donor not in known:
                raise row.refused("donor", f"no donor {donor!r}", did_you_mean(donor, known))
            if "budget" in donors.get(donor, {}):
                way_out = "delete budget in the scenario file, or the rows of this donor here"
                raise row.refused("donor", "its budget is also in the scenario file", way_out)
            if year in filled.get(donor, {}):
                raise row.refused("year", "this donor and year are given twice", "keep one of the rows")
            filled.setdefault(donor, {})[year] = row.number("budget", float)
            return [("donors", donor, "budget"), ("donors", donor, "budget", year)]

        self._each_row(("budgets_from",), data.pop("budgets_from"), ("donor", "year", "budget"), (), take)
        if filled:
            budgets = {name: {**donors.get(name, {}), "budget": years} for name, years in filled.items()}
            data["donors"] = {**(data.get("donors") or {}), **budgets}
        return data

    def arrivals(self, key: Key, crisis: Any) -> Any:
        if not isinstance(crisis, dict) or "arrivals_from" not in crisis:
            return crisis
        rest = {name: entry for name, entry in crisis.items() if name != "arrivals_from"}
        waves = mappings(rest.get("arrivals"))
        counts: dict[str, dict[str, int]] = {}
        alike: dict[str, dict[str, str]] = {}

        def take(row: _Row) -> list[Key]:
            wave, place = row.cells["wave"], (*key, "arrivals", row.cells["wave"])
            if wave in waves:
                raise row.refused("wave", "is also given under arrivals", "rename one of the two")
            _count(row, alike, counts)
            return [place, *((*place, column) for column in alike[wave]), (*place, "settings", row.cells["setting"])]

        columns = ("wave", "month", "setting", "people")
        self._each_row((*key, "arrivals_from"), crisis["arrivals_from"], columns, ("departure",), take)
        if counts:
            read = {wave: _wave(alike[wave], people) for wave, people in counts.items()}
            rest["arrivals"] = {**(rest.get("arrivals") or {}), **read}
        return rest

    def _each_row(
        self, key: Key, source: Any, columns: tuple[str, ...], may: tuple[str, ...], take: Callable[[_Row], list[Key]]
    ) -> None:
        """Read a table row by row; ``take`` refuses a row, or says which places it is the mark of."""
        if not isinstance(source, str) or not source.endswith(".csv"):
            way_out = "name a .csv file beside this one"
            self.problems.append(self.layer.problem(key, "must be the name of a CSV file", way_out, source))
            return
        path = self.folder / source
        try:
            if reading.size(path) > reading.MAX_BYTES:
                raise ScenarioError.at(path, f"is larger than {reading.MAX_BYTES // 10**6} MB")
            for row in _parsed(reading.decode(path.read_bytes(), str(path)), str(path), columns, may):
                try:
                    places = take(row)
                except ScenarioError as error:
                    self.problems += error.problems
                    continue
                for place in places:
                    self.marks.setdefault(place, Mark(row.file, (row.line, 1), (row.line, 1)))
        except (OSError, ValueError):
            way_out = "its path is relative to the scenario file"
            self.problems.append(self.layer.problem(key, "no such file can be read", way_out, source))
        except ScenarioError as error:
            self.problems += error.problems


def _count(row: _Row, alike: dict[str, dict[str, str]], counts: dict[str, dict[str, int]]) -> None:
    """Add one row to what all rows of its wave say alike, and to its people by setting."""
    wave, setting = row.cells["wave"], row.cells["setting"]
    said = {column: row.cells[column] for column in ("month", "departure")}
    for column, value in alike.setdefault(wave, said).items():
        if said[column] != value:
            raise row.refused(column, "differs within one wave", f"give each {column} a wave of its own")
    if setting in counts.get(wave, {}):
        raise row.refused("setting", "this wave and setting are given twice", "keep one of the rows")
    if said["month"]:
        try:
            dates.checked(said["month"])
        except ValueError as error:
            raise row.refused("month", str(error)) from None
    if said["departure"]:
        row.number("departure", float)
    counts.setdefault(wave, {})[setting] = row.number("people", int)


def _wave(said: dict[str, str], people: dict[str, int]) -> dict[str, Any]:
    total = sum(people.values())
    shares = {name: count / total if total else 1 / len(people) for name, count in people.items()}
    wave: dict[str, Any] = {"people": total, "settings": shares}
    wave |= {"month": said["month"]} if said["month"] else {}
    return wave | ({"departure": float(said["departure"])} if said["departure"] else {})


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
                raise ScenarioError.at(file, message, "", lines.line_num, 1)
            read = {n: c.strip() for n, c in zip(header, cells, strict=True)}
            yield _Row(file, lines.line_num, dict.fromkeys(may, "") | read)
    except csv.Error as error:
        raise ScenarioError.at(file, f"is not CSV: {error}", "", lines.line_num, 1) from None


def read_table(path: Path) -> dict[str, list[float]]:
    """Read a CSV file of draws: a column for each quantity, a row for each draw."""
    try:
        if reading.size(path) > MAX_TABLE_BYTES:
            raise StudyError.at(path, f"is larger than {MAX_TABLE_BYTES // 10**6} MB", "take fewer draws", 1, 1)
        text = reading.decode(path.read_bytes(), str(path))
    except OSError as error:
        raise StudyError.at(path, f"cannot be read: {error.strerror}", "name a CSV file of draws", 1, 1) from None
    table, problems = columns(text, str(path))
    if problems:
        raise StudyError(problems)
    return table


def columns(text: str, shown: str) -> tuple[dict[str, list[float]], list[Problem]]:
    """Return the columns of a table of draws; a column ``draw`` only numbers the rows."""
    rows = list(csv.reader(io.StringIO(text)))
    head = [cell.strip() for cell in rows[0]] if rows else []
    if not head or any(not name for name in head) or len(set(head)) < len(head):
        way_out = "write one name for each column, no name twice"
        return {}, [Problem(shown, 1, 1, "", None, "the first row must name the quantities", way_out)]
    found: list[Problem] = []
    body = [(line, row) for line, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if not body:
        found.append(Problem(shown, 2, 1, "", None, "has no draws", "write a row of numbers for each draw"))
    table: dict[str, list[float]] = {name: [] for name in head}
    for number, (line, row) in enumerate(body, start=1):
        if len(row) != len(head):
            found.append(Problem(shown, line, 1, "", None, f"has {len(row)} cells, the first row {len(head)}"))
            continue
        for name, cell in zip(head, row, strict=True):
            value = _number(cell)
            if value is None:
                message, way_out = "must be a finite number", "write plain digits, without separators or units"
                found.append(Problem(shown, line, 1, name, cell, message, way_out))
            elif name == "draw" and value != number:
                way_out = f"write {number}, or leave the column out"
                found.append(Problem(shown, line, 1, name, cell, "must number the rows 1, 2, ... in order", way_out))
            else:
                table[name].append(value)
    table.pop("draw", None)
    return table, found[:100]


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None
