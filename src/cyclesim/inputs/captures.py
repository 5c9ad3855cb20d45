"""Tables of capture histories: who is on which list, as CSV files, published or of one's own.

A file has one column of 0 and 1 for each list. With a column ``count`` a row is a history and the number of people
who have it; without one, a row is a person. Published tables lie in ``capture_tables/``, with their sources.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cyclesim.errors import Problem, TableError, UnknownNameError, did_you_mean
from cyclesim.estimation.histories import COUNT, Check, problems
from cyclesim.inputs import reading
from cyclesim.inputs.quantity import added

MAX_BYTES = 50_000_000
History = tuple[int, ...]
_FOLDER = Path(__file__).with_name("capture_tables")


@dataclass(frozen=True)
class CaptureTable:
    """People by capture history: of ``{(1, 0): 40}`` 40 are on the first list only."""

    name: str  # of the file, without its ending
    title: str  # what is counted; of a file of one's own its path
    source: str  # who published it
    lists: tuple[str, ...]  # in the order of the histories
    counts: dict[History, int]
    left_out: tuple[str, ...] = ()  # columns that are neither lists nor counts

    @property
    def sizes(self) -> dict[str, int]:
        """People on each list."""
        rows = self.counts.items()
        return {name: added(people for history, people in rows if history[k]) for k, name in enumerate(self.lists)}


def names() -> list[str]:
    """Return the names of the published tables, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.csv"))


def read(name_or_path: str | Path, lists: Sequence[str] = (), count: str = COUNT) -> CaptureTable:
    """Read a table: a file if ``.csv`` or a slash is in its name, else a published one; its lists are all but `count`.

    Messages name columns and lines, never what stands in a cell: the file may be a register of people.
    """
    text = str(name_or_path)
    if ".csv" in text or "/" in text or "\\" in text:
        return _read(Path(text), Path(text).stem, text, "", lists, count)
    if text not in names():
        way_out = did_you_mean(text, names())
        raise UnknownNameError(f"no published table {text!r}; {way_out} (a file is named with .csv or a slash)")
    about = reading.read(_FOLDER / "sources.yaml").data[text]
    return _read(_FOLDER / f"{text}.csv", text, about["title"], about["source"], lists, count)


def _read(path: Path, name: str, title: str, source: str, chosen: Sequence[str], count: str) -> CaptureTable:
    file = str(path)
    header, lines = _parsed(_text(path), file)
    counted = _column(count, header)
    lists = [_column(column, header, must=True) for column in chosen] or [c for c in header if c != counted]
    left_out = tuple(column for column in header if column not in (*lists, counted))
    found: list[Problem] = []
    rows: list[Check] = []
    if len(set(header)) == len(header):  # else a cell could not be told by its column
        rows = [row for line, cells in lines for row in _row(file, line, header, cells, lists, counted, found)]
    elif header.count(counted) > 1:
        found.append(Problem(file, 1, 1, counted, None, "is there twice", "keep one of the columns"))
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
    more = " (so in {:,} of {:,} rows; this is the first)"
    return [
        replace(same[0], message=same[0].message + more.format(len(same), rows)) if len(same) > 1 else same[0]
        for same in kinds.values()
    ]


def _row(
    file: str, line: int, header: list[str], cells: list[str], lists: Sequence[str], counted: str, found: list[Problem]
) -> Iterator[Check]:
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
        yield Check(line, [value for value in history if value is not None], people or 0.0)


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
        raise TableError.at(file, f"is not CSV: {error}", "", reader.line_num, 1) from None
    if not header or not lines:
        way_out = f"give a line of names, then a line of 0 and 1 for each history with its {COUNT}, or for each person"
        raise TableError.at(file, "holds no table", way_out)
    if any(_number(cell) is not None for cell in header):
        raise TableError.at(file, "the first line must name the columns", "put names above", 1, 1)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise TableError.at(file, "its columns are not separated by commas", "use commas", 1, 1)
    return header, lines


def _text(path: Path) -> str:
    """Return the text of a file."""
    try:
        if reading.size(path) > MAX_BYTES:
            raise TableError.at(path, f"is larger than {MAX_BYTES // 10**6} MB")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError.at(path, "is not UTF-8 text", "save it as CSV, UTF-8") from None
    except OSError as error:
        way_out = f"published tables: {', '.join(names())}"
        raise TableError.at(path, error.strerror or "cannot be read", way_out) from None
