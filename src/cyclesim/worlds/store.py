"""The store of a sweep: a folder that loses nothing when the power goes, and that any Parquet reader can open.

docs/sweeps.md says what is in it. Files are written under another name, made safe on the disk, and moved into place;
names of Parquet files end with a digest of their content, which every reading checks. Once all runs are stored they are
sorted out of ``recent``, so that the files do not depend on how the sweep was carried out. A driver killed while it
tidies up can leave a row in two files: rows are told apart by their world.
"""

import os
import re
import shutil
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cyclesim.errors import FolderError
from cyclesim.worlds import parquet
from cyclesim.worlds.disk import LOCK, sync, write_atomic
from cyclesim.worlds.seals import MANIFEST, SUMS, as_text, sealed
from cyclesim.worlds.writing import passing

PART_BYTES = 64_000_000  # size in memory of a sorted file
MOST_RECENT = 100  # files that one driver adds to ``recent`` before it puts them together
KEY = ("scenario", "draw", "replication")
DRAWS = "draws.parquet"
_RECENT, _RUNS, _NEW, _OLD = "recent", "runs", "runs.new", "runs.old"
_FAILURES = "failures"
_HALF_WRITTEN = re.compile(r"\..+\.[0-9a-f]{16}")
"""Names under which files are written before they are moved into place."""

_TEXTS = ("stage", "message", "traceback")
FAILURES = pa.schema([*parquet.KEYS, ("seed", pa.int64()), *((name, pa.string()) for name in _TEXTS)])
"""Columns of the failures."""


class Origin(NamedTuple):
    """A file with runs in it, how many are meant, and the study and the fingerprint that it names."""

    file: Path
    runs: int
    study: str
    fingerprint: str


class Store:
    """The rows of a sweep on disk: scenarios in order, columns of runs, what each file says of itself."""

    def __init__(self, folder: Path, order: Sequence[str], columns: pa.Schema, about: Mapping[str, str]) -> None:
        self.folder, self.order, self.columns, self.about = folder, list(order), columns, about
        self._mine: list[Path] = []

    def add(self, runs: Sequence[Sequence[Any]], failures: Sequence[Sequence[Any]] = ()) -> None:
        """Store rows, in the order of the columns: safe on the disk when this returns."""
        with self.writing():
            if runs:
                self._mine.append(self._put(_RECENT, "runs", parquet.table(runs, self.columns)))
            if failures:
                self._put(_RECENT, _FAILURES, parquet.table(failures, FAILURES))
            if len(self._mine) >= MOST_RECENT:
                tables = [parquet.read_columns(file, self.columns.names) for file in self._mine]
                together = self._put(_RECENT, "runs", pa.concat_tables(tables).combine_chunks())
                for file in self._mine:
                    if file != together:
                        file.unlink()
                self._mine = []
        self.invalidate_cache()

    def compact(self) -> None:
        """Sort all rows into files that depend on nothing but the rows. Only with the store locked for oneself."""
        recent = self._files(_RECENT, "*")
        if not recent:
            return
        self.invalidate_cache()  # whatever is deleted below has been read after it was listed
        with self.writing():
            self._end_swap()
            new = self.folder / _NEW
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            try:
                for number, part in enumerate(self._sorted_parts()):
                    self._put(_NEW, f"part-{number:05d}", part)
                failed = [self._put("", _FAILURES, self.failures)] if self.failures.num_rows else []
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                raise
            os.rename(self.folder / _RUNS, self.folder / _OLD)
            self._end_swap()
            self._mine = []
            for file in {*recent, *self._failed_files} - {*failed}:
                file.unlink()
            self.invalidate_cache()

    def drop_failures(self) -> None:
        """Forget the failed runs, so that they are tried again. Only with the store locked for oneself."""
        with self.writing():
            for file in self._failed_files:
                file.unlink()
        self.invalidate_cache()

    def repair(self) -> None:
        """Finish what a killed driver left half done. Only with the store locked for oneself."""
        with self.writing():
            self._end_swap()
            shutil.rmtree(self.folder / _NEW, ignore_errors=True)
            self.invalidate_cache()
            for place in (self.folder, *(self.folder / name for name in (_RECENT, _RUNS))):
                for left in place.glob(".*.*"):
                    if _HALF_WRITTEN.fullmatch(left.name) and left.is_file():
                        left.unlink()
            keys = {file: set(parquet.read_columns(file, ["key"])["key"].to_pylist()) for file in self._run_files}
            seen = {key for file, found in keys.items() if file.parent.name == _RUNS for key in found}
            for file in sorted(keys, key=lambda file: -len(keys[file])):  # of copies, the smaller file goes
                if file.parent.name == _RECENT:
                    if keys[file] <= seen:
                        file.unlink()
                    seen |= keys[file]
            self.invalidate_cache()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what the system says against writing into an error with a way out."""
        try:
            yield
        except OSError as error:
            raise FolderError(
                f"cannot write to {self.folder}: {error.strerror or error}. What was stored before is safe; make room "
                f"or allow writing, then go on with: cyclesim resume {self.folder}"
            ) from error

    def invalidate_cache(self) -> None:
        """Read the folder anew when it is asked next: other drivers write to it too."""
        for name in ("keys", "failures", "_all_files", "_run_files", "_index", "outdated"):
            self.__dict__.pop(name, None)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of all runs stored, failed ones included."""
        return frozenset(self._index["key"].to_pylist()) | frozenset(self.failures["key"].to_pylist())

    @property
    def files(self) -> list[Path]:
        """All files with runs or failures in them."""
        return [*self._all_files, *self._failed_files]

    @property
    def names(self) -> list[str]:
        """Names of all that makes up the store, relative to it."""
        return [MANIFEST, DRAWS, *(file.relative_to(self.folder).as_posix() for file in self.files)]

    @cached_property
    def failures(self) -> pa.Table:
        """Failed runs, sorted."""
        tables = (parquet.read_columns(file, FAILURES.names) for file in self._failed_files)
        table = pa.concat_tables([FAILURES.empty_table(), *(table.cast(FAILURES) for table in tables)])
        return table.take(self._order(table))

    def __len__(self) -> int:
        """Return the number of runs stored, without failures."""
        return int(self._index.num_rows)

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of all runs, sorted; only these are read: a summary never holds all of a sweep."""
        files = [file for file in self._all_files if parquet.has(file, columns)]  # more of them while columns are added
        if files == self._run_files:
            return self._joined(columns).take(self._index["place"])
        keys = list(dict.fromkeys([*KEY, *columns]))
        table = self._joined(keys, files)
        return table.take(self._order(table)).select(list(columns))

    def rows(self, keys: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return the rows of some runs by their keys, reading one file at a time."""
        wanted, found = pa.array(sorted(keys), pa.string()), {}
        for file in self._run_files:
            table = parquet.read_columns(file, self.columns.names)
            rows = table.filter(pc.is_in(table["key"], wanted)).to_pylist()
            found.update({row["key"]: row for row in rows})
        return found

    @cached_property
    def _all_files(self) -> list[Path]:
        place = _RUNS if (self.folder / _RUNS).exists() else _NEW  # a driver was killed between two renames
        return [*self._files(place, "part"), *self._files(_RECENT, "runs")]

    @cached_property
    def _run_files(self) -> list[Path]:
        """Files that have all columns."""
        return [file for file in self._all_files if parquet.has(file, self.columns.names)]

    @property
    def _failed_files(self) -> list[Path]:
        return [*sorted(self.folder.glob(f"{_FAILURES}-*.parquet")), *self._files(_RECENT, _FAILURES)]

    @cached_property
    def _index(self) -> pa.Table:
        """Key columns of all runs in order, and at which place of the files together each stands."""
        table = self._joined(["key", *KEY])
        order = self._order(table)
        return table.take(order).append_column("place", order)

    def origins(self, keys: Collection[str]) -> list[Origin]:
        """Return the files in which any of some runs stand, and what those files say of themselves."""
        found = []
        for file in self.files:
            here = set(parquet.read_columns(file, ["key"])["key"].to_pylist()) & set(keys)
            if here:
                about = parquet.metadata(file)
                found.append(Origin(file, len(here), about.get("study", ""), about.get("fingerprint", "")))
        return found

    @cached_property
    def outdated(self) -> dict[str, tuple[pa.Table, int]]:
        """Runs as they were stored before columns were added: by key a table and the place in it."""
        tables = [parquet.read_columns(file) for file in self._all_files if file not in self._run_files]
        return {key: (table, k) for table in tables for k, key in enumerate(table["key"].to_pylist())}

    def unequal_copies(self) -> dict[str, list[str]]:
        """Return columns in which runs that stand in two files differ, by key; a column is read at a time."""
        keys = self._joined(["key"])["key"].combine_chunks()
        if len(keys) == len(self._index):
            return {}
        words = keys.to_numpy(zero_copy_only=False)
        order = np.argsort(words, kind="stable")
        twice = words[order][1:] == words[order][:-1]
        one, two = pa.array(order[:-1][twice]), pa.array(order[1:][twice])
        found: dict[str, list[str]] = {}
        for name in self.columns.names:
            column = self._joined([name])[name].combine_chunks()
            first, second = column.take(one).to_pylist(), column.take(two).to_pylist()
            for key, a, b in zip(words[order[:-1][twice]], first, second, strict=True):
                if not same_bits(a, b):
                    found.setdefault(str(key), []).append(name)
        return found

    def _joined(self, columns: Sequence[str], files: Sequence[Path] | None = None) -> pa.Table:
        empty = pa.schema([self.columns.field(name) for name in columns]).empty_table()
        tables = (parquet.read_columns(file, columns) for file in (self._run_files if files is None else files))
        return pa.concat_tables([empty, *(table.cast(empty.schema) for table in tables)])

    def _order(self, table: pa.Table) -> pa.Array:
        """Return places of rows in order of scenario, draw and replication; a row that stands twice once."""
        scenario = pc.index_in(table["scenario"], pa.array(self.order, pa.string())).fill_null(len(self.order))
        ranked = np.column_stack([column.to_numpy() for column in (scenario, table["draw"], table["replication"])])
        order = np.lexsort(ranked.T[::-1])
        return pa.array(order[np.diff(ranked[order], axis=0, prepend=-1).any(axis=1)])

    def _sorted_parts(self) -> Iterator[pa.Table]:
        """Yield all rows in order, in tables of limited size; each file is read once for each table that needs it."""
        places = self._index["place"].to_numpy()
        files = self._run_files
        starts = np.cumsum([0, *(pq.read_metadata(file).num_rows for file in files)])
        size = max(100, PART_BYTES // parquet.row_bytes(self.columns))
        for first in range(0, len(places), size):
            wanted = places[first : first + size]
            source = np.searchsorted(starts, wanted, side="right") - 1
            used = np.unique(source)
            parts = [
                parquet.read_columns(files[n], self.columns.names).take(wanted[source == n] - starts[n]) for n in used
            ]
            back = np.argsort(np.argsort(source, kind="stable"), kind="stable")
            yield pa.concat_tables(parts).take(back).combine_chunks()

    def _files(self, place: str, kind: str) -> list[Path]:
        return sorted((self.folder / place).glob(f"{kind}-*.parquet"))

    def _put(self, place: str, stem: str, table: pa.Table) -> Path:
        content = parquet.encoded(table, self.about)
        path = self.folder / place / parquet.named(stem, content)
        if not path.parent.is_dir():  # copies of a store can lack its empty folders
            path.parent.mkdir()
        write_atomic(path, content)
        return path

    def _end_swap(self) -> None:
        """Do the rest of a swap, which a kill may have left for now; the new files are whole once the old are aside."""
        runs, new, old = (self.folder / name for name in (_RUNS, _NEW, _OLD))
        if not runs.exists():
            os.rename(new if new.exists() else old, runs)
        sync(self.folder)
        if old.exists():
            shutil.rmtree(old)


def create(folder: Path, manifest: Mapping[str, Any], draws: pa.Table) -> None:
    """Begin a store in a folder that is free for it."""
    try:
        for place in (folder, folder / _RECENT, folder / _RUNS):
            place.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / DRAWS, parquet.encoded(draws))
        write_manifest(folder, manifest)  # last: a folder with a manifest is a store
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}; choose another with --out") from error


def lacks_manifest(folder: Path) -> bool:
    """Return whether a folder is a store without manifest: it is just begun, the driver was killed, or it was lost."""
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return False
    ours = {_RECENT, _RUNS, _NEW, _OLD, DRAWS}
    begins = (LOCK, "log.", "driver-", "summary.", "differences.", SUMS, f"{_FAILURES}-", f".{DRAWS}", f".{MANIFEST}")
    names = [path.name for path in folder.iterdir() if not passing(path.name)]
    of_store = any(name in ours for name in names) or not names
    return of_store and all(name in ours or name.startswith(begins) for name in names)


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest; equal contents give equal bytes."""
    write_atomic(folder / MANIFEST, as_text(sealed(content)).encode())


def same_bits(one: Any, two: Any) -> bool:
    """Return whether two values have the same bits: a zero with another sign is another value."""
    if isinstance(one, list):
        return len(one) == len(two) and all(map(same_bits, one, np.asarray(two).tolist()))
    if isinstance(one, float):
        return struct.pack("<d", one) == struct.pack("<d", float(two))
    return bool(one == two)
