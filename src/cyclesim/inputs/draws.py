"""CSV files of draws: a column for each quantity, a row for each draw."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from cyclesim.errors import Problem, StudyError
from cyclesim.inputs import reading

MAX_TABLE_BYTES = 200_000_000


def read_table(path: Path) -> dict[str, list[float]]:
    """Read a CSV file of draws: a column for each quantity, a row for each draw.

    Raises
    ------
    StudyError
        With every problem of the file.
    """
    try:
        if reading.size(path) > MAX_TABLE_BYTES:
            message = f"is larger than {MAX_TABLE_BYTES // 10**6} MB"
            raise StudyError([Problem(str(path), 1, 1, "", None, message, "take fewer draws")])
        text = reading.decode(path.read_bytes(), str(path))
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise StudyError([Problem(str(path), 1, 1, "", None, message, "name a CSV file of draws")]) from None
    table, problems = columns(text, str(path))
    if problems:
        raise StudyError(problems)
    return table


def columns(text: str, shown: str) -> tuple[dict[str, list[float]], list[Problem]]:
    """Return the columns of a table of draws; a column ``draw`` only numbers the rows."""
    rows = list(csv.reader(io.StringIO(text)))
    head = [cell.strip() for cell in rows[0]] if rows else []
    found: list[Problem] = []
    if not head or any(not name for name in head) or len(set(head)) < len(head):
        way_out = "write one name for each column, no name twice"
        found.append(Problem(shown, 1, 1, "", None, "the first row must name the quantities", way_out))
        return {}, found
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
