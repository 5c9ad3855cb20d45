"""Tables of capture histories: who is on which list, as CSV files, published or of one's own.

A file has one column of 0 and 1 for each list. With a column ``count`` a row is a history and the number of people
who have it; without one, a row is a person. Published tables lie in ``capture_tables/``, with their sources.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cyclesim.errors import Problem, TableError, UnknownNameError, did_you_mean
from cyclesim.inputs import reading
from cyclesim.inputs.quantity import added

MAX_LISTS = 10
"""A table has 2^lists cells; with this many lists models are still fitted in seconds."""
MAXCOUNT = 10**12
MAX_BYTES = 50_000_000
History = tuple[int, ...]
_FOLDER = Path(__file__).with_name("capture_tables")
COUNT = "count"


@dataclass(frozen=True)
class CaptureTable:
    """People by capture history.

    Attributes
    ----------
    name
        Of the file, without its ending.
    title, source
        What is counted and who published it; of a file of one's own its path, and nothing.
    lists
        Names of the lists, in the order of the histories.
    counts
        People by history: ``{(1, 0): 40}`` are 40 on the first list only.
    left_out
        Columns that are neither lists nor counts.
    """

    name: str
    title: str
    source: str
    lists: tuple[str, ...]
    counts: dict[History, int]
    left_out: tuple[str, ...] = ()

    @property
    def sizes(self) -> dict[str, int]:
        """People on each list."""
        rows = self.counts.items()
        return {name: added(people for history, people in rows if history[k]) for k, name in enumerate(self.lists)}


@dataclass(frozen=True)
class Row:
    """A history, the people who have it, and where it stands: a line of a file, or a number from 1."""

    place: int
    history: Sequence[float]
    people: float


def names() -> list[str]:
    """Return the names of the published tables, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.csv"))


def read(name_or_path: str | Path, lists: Sequence[str] = (), count: str = COUNT) -> CaptureTable:
    """Read a table.

    Messages name columns and lines, never what stands in a cell: the file may be a register of people.

    Parameters
    ----------
    name_or_path
        What holds ``.csv`` or a slash is a file; anything else is the name of a published table.
    lists
        Columns that are lists; all but `count` if empty.
    count
        Column that holds how many people have a history.

    Raises
    ------
    TableError
        With everything that is wrong with the file.
    UnknownNameError
        If there is no published table, or no column, of that name.
    """
    text = str(name_or_path)
    if ".csv" in text or "/" in text or "\\" in text:
        return _read(Path(text), Path(text).stem, text, "", lists, count)
    if text not in names():
        way_out = did_you_mean(text, names())
        raise UnknownNameError(f"no published table {text!r}; {way_out} (a file is named with .csv or a slash)")
    from cyclesim.inputs import reading

    about = reading.read(_FOLDER / "sources.yaml").data[text]
    return _read(_FOLDER / f"{text}.csv", text, about["title"], about["source"], lists, count)


def problems(lists: Sequence[str], rows: Sequence[Row], file: str = "", people: bool = False) -> list[Problem]:
    """Return what is wrong with a table of numbers.

    Parameters
    ----------
    people
        Whether a row is a person, so that a history may come many times.
    """
    found = [Problem(file, 0, 0, "", None, message, way_out) for message, way_out in _shape(lists)]
    seen: set[tuple[float, ...]] = set()
    for row in rows:
        history = tuple(row.history)
        for message, way_out, value in _of_row(row, history in seen and not people):
            line, key = (row.place, "") if file else (0, f"history {row.place}")
            found.append(Problem(file, line, 1, key, value, message, way_out))
        seen.add(history)
    return found


def _shape(lists: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the lists, and the way out."""
    if len(lists) < 2:
        number = f"{len(lists)} list{'' if len(lists) == 1 else 's'}"
        yield f"{number}: how many people a list misses can only be judged by another list", "give at least two"
    if len(lists) > MAX_LISTS:
        yield f"{len(lists)} lists are more than the {MAX_LISTS} that can be dealt with", "merge lists that are alike"
    twice = [name for name, number in Counter(lists).items() if number > 1]
    if twice:
        yield f"two lists are called {twice[0]!r}", "give each a name of its own"
    if "" in lists:
        yield "a list has no name", "name every column"


def _of_row(row: Row, again: bool) -> Iterator[tuple[str, str, object]]:
    """Yield what is wrong with a row, the way out, and the value."""
    if not set(row.history) <= {0, 1}:
        yield "holds something other than 0 and 1", "1: on the list; 0: not on it", None
    elif not any(row.history):
        yield "is on no list", "leave it out: how many are on no list is what is estimated", None
    elif again:
        yield "this history is there twice", "add the two counts up", None
    if not (0 <= row.people <= MAXCOUNT and row.people == int(row.people)):
        yield f"{COUNT} must be a whole number of people, from 0 to {MAXCOUNT:,}", "write plain digits", None


def _read(path: Path, name: str, title: str, source: str, chosen: Sequence[str], count: str) -> CaptureTable:
    file = str(path)
    header, lines = _parsed(_text(path), file)
    counted = _column(count, header)
    lists = [_column(column, header, must=True) for column in chosen] or [c for c in header if c != counted]
    left_out = tuple(column for column in header if column not in (*lists, counted))
    found: list[Problem] = []
    if len(set(header)) == len(header):
        rows = [row for line, cells in lines for row in _row(file, line, header, cells, lists, counted, found)]
    else:  # a cell could not be told by its column
        rows = []
        found += [Problem(file, 1, 1, counted, None, "is there twice", "keep one of the columns")] * (
            header.count(counted) > 1
        )
    found += problems(lists, rows, file, people=not counted)
    if found:
        raise TableError(_gathered(found, len(lines)))
    counts: Counter[History] = Counter()
    for row in rows:
        counts[tuple(int(value) for value in row.history)] += int(row.people)
    return CaptureTable(name, title, source, tuple(lists), dict(counts), left_out)


def _column(name: str, header: Sequence[str], must: bool = False) -> str:
    """Return a column as the file writes it; empty if there is none and it is only the usual one of counts."""
    found = [column for column in header if column.casefold() == name.casefold()]
    if not found and (must or name != COUNT):
        raise UnknownNameError(f"no column {name!r}; {did_you_mean(name, header)}")
    return found[0] if found else ""


def _gathered(found: Iterable[Problem], rows: int) -> list[Problem]:
    """Return problems of one kind and column as one, with how many rows have it: a register has thousands."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(found, key=lambda problem: problem.line):
        kinds.setdefault((problem.key, problem.message), []).append(problem)
    return [
        replace(same[0], message=f"{same[0].message} (so in {len(same):,} of {rows:,} rows; this is the first)")
        if len(same) > 1
        else same[0]
        for same in kinds.values()
    ]


def _row(
    file: str, line: int, header: list[str], cells: list[str], lists: Sequence[str], counted: str, found: list[Problem]
) -> Iterator[Row]:
    """Yield the row of a line; if a cell is not as it must be, say so instead, without the cell."""
    if len(cells) != len(header):
        message = "has not as many cells as the first line"
        found.append(Problem(file, line, 1, "", None, message, "write one for each column"))
        return
    row, before = dict(zip(header, cells, strict=True)), len(found)
    people = _number(row[counted]) if counted else 1.0
    if people is None:
        found.append(Problem(file, line, 1, counted, None, "must be a whole number", "write plain digits"))
    history = [_number(row[column]) for column in lists]
    for column, value in zip(lists, history, strict=True):
        if value not in (0.0, 1.0):
            way_out = "1: on the list; 0: not on it. If the column is no list, name those that are: --lists A,B,C"
            found.append(Problem(file, line, 1, column, None, "must be 0 or 1", way_out))
    if len(found) == before:
        yield Row(line, [value for value in history if value is not None], people or 0.0)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _parsed(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the names of the columns, and every other line that is not empty with its number."""
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise TableError([Problem(file, reader.line_num, 1, "", None, f"is not CSV: {error}")]) from None
    if not header or not lines:
        way_out = f"give a line of names, then a line of 0 and 1 for each history with its {COUNT}, or for each person"
        raise TableError([Problem(file, 0, 0, "", None, "holds no table", way_out)])
    if any(_number(cell) is not None for cell in header):
        raise TableError([Problem(file, 1, 1, "", None, "the first line must name the columns", "put names above")])
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise TableError([Problem(file, 1, 1, "", None, "its columns are not separated by commas", "use commas")])
    return header, lines


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        if reading.size(path) > MAX_BYTES:
            raise TableError([Problem(str(path), 0, 0, "", None, f"is larger than {MAX_BYTES // 10**6} MB")])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError([Problem(str(path), 0, 0, "", None, "is not UTF-8 text", "save it as CSV, UTF-8")]) from None
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise TableError(
            [Problem(str(path), 0, 0, "", None, reason, f"published tables: {', '.join(names())}")]
        ) from None
