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
    return Document(data, state.marks), state.problems


def _budgets(state: _Expansion, data: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    source = data.pop("budgets_from")
    own = data.get("donors") if isinstance(data.get("donors"), dict) else {}
    donors = dict(own or {})
    known = {**(below.get("donors") or {}), **donors}
    filled: dict[str, dict[str, float]] = {}
    for row in _rows(state, ("budgets_from",), source, ("donor", "year", "budget")):
        donor, year = row.cells["donor"], row.cells["year"]
        if donor not in known:
            state.problems.append(row.problem("donor", f"no donor {donor!r}", did_you_mean(donor, known)))
        elif "budget" in (donors.get(donor) or {}):
            state.problems.append(
                row.problem("donor", "its budget is given twice", "keep it in one of the two files")
            )
        elif year in filled.get(donor, {}):
            state.problems.append(
                row.problem("year", "this donor and year are given twice", "keep one of the rows")
            )
        else:
            key = ("donors", donor, "budget")
            state.marks.setdefault(key, Mark(row.file, (row.line, 1), (row.line, 1)))
            state.marks[*key, year] = Mark(row.file, (row.line, 1), (row.line, 1))
            _keep(state, row, filled.setdefault(donor, {}), year)
    data["donors"] = donors | {
        name: {**(donors.get(name) or {}), "budget": years} for name, years in filled.items()
    }
    return data


def _keep(state: _Expansion, row: _Row, years: dict[str, float], year: str) -> None:
    try:
        years[year] = row.number("budget", float)
    except ScenarioError as error:
        state.problems += error.problems


def _arrivals(state: _Expansion, name: str, crisis: Any) -> Any:
    if not isinstance(crisis, dict) or "arrivals_from" not in crisis:
        return crisis
    key = ("crises", name)
    rest = {k: v for k, v in crisis.items() if k != "arrivals_from"}
    waves = dict(rest.get("arrivals") or {})
    counts: dict[str, dict[str, int]] = {}
    months: dict[str, str] = {}
    for row in _rows(
        state, (*key, "arrivals_from"), crisis["arrivals_from"], ("wave", "month", "setting", "people")
    ):
        try:
            _count(row, waves, months, counts)
        except ScenarioError as error:
            state.problems += error.problems
            continue
        place = Mark(row.file, (row.line, 1), (row.line, 1))
        wave = (*key, "arrivals", row.cells["wave"])
        state.marks.setdefault(wave, place)
        state.marks.setdefault((*wave, "month"), place)
        state.marks[*wave, "settings", row.cells["setting"]] = place
    rest["arrivals"] = waves | {wave: _wave(months[wave], people) for wave, people in counts.items()}
    return rest


def _count(
    row: _Row, waves: dict[str, Any], months: dict[str, str], counts: dict[str, dict[str, int]]
) -> None:
    """Add one row to the months and to the people by setting of its wave."""
    wave, month, setting = row.cells["wave"], row.cells["month"], row.cells["setting"]
    if wave in waves:
        raise ScenarioError([row.problem("wave", "is also given under arrivals", "rename one of the two")])
    if months.setdefault(wave, month) != month:
        raise ScenarioError(
            [row.problem("month", "differs within one wave", "give each month a wave of its own")]
        )
    if setting in counts.get(wave, {}):
        raise ScenarioError(
            [row.problem("setting", "this wave and setting are given twice", "keep one of the rows")]
        )
    if month:
        try:
            dates.checked(month)
        except ValueError as error:
            raise ScenarioError([row.problem("month", str(error))]) from None
    counts.setdefault(wave, {})[setting] = row.number("people", int)


def _wave(month: str, people: dict[str, int]) -> dict[str, Any]:
    total = sum(people.values())
    shares = {name: count / total if total else 1 / len(people) for name, count in people.items()}
    return {"people": total, "settings": shares} | ({"month": month} if month else {})


def _rows(state: _Expansion, key: Key, source: Any, columns: tuple[str, ...]) -> Iterator[_Row]:
    if not isinstance(source, str) or not source.endswith(".csv"):
        way_out = "name a .csv file beside this one"
        state.problems.append(state.layer.problem(key, "must be the name of a CSV file", way_out, source))
        return
    try:
        text = _text(state.folder / source, source)
        lines = csv.reader(text.splitlines(), strict=True)
        header = [cell.strip() for cell in next(lines, [])]
        missing = [column for column in columns if column not in header]
        extra = [column for column in header if column not in columns]
        if missing or extra or len(set(header)) != len(header):
            message = f"the first line must name the columns {', '.join(columns)}"
            state.problems.append(Problem(source, 1, 1, "", ", ".join(header), message))
            return
        for cells in lines:
            if len(cells) == len(header):
                yield _Row(
                    source, lines.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))
                )
            elif cells:
                message = f"has {len(cells)} cells where the first line has {len(header)}"
                state.problems.append(Problem(source, lines.line_num, 1, "", None, message))
    except csv.Error as error:
        state.problems.append(Problem(source, lines.line_num, 1, "", None, f"is not CSV: {error}"))
    except (OSError, ValueError):
        way_out = "its path is relative to the scenario file"
        state.problems.append(state.layer.problem(key, "no such file can be read", way_out, source))
    except ScenarioError as error:
        state.problems += error.problems


def _text(path: Path, shown: str) -> str:
    if path.stat().st_size > reading.MAX_BYTES:
        raise ScenarioError(
            [Problem(shown, 0, 0, "", None, f"is larger than {reading.MAX_BYTES // 10**6} MB")]
        )
    return reading.decode(path.read_bytes(), shown)
