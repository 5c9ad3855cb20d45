"""The store of a sweep: a folder that loses nothing when the power goes, and that any Parquet reader can open.

::

    manifest.json          what the sweep is: study, scenarios, model version, measures
    draws.parquet          a row for each draw: its number and the value of each quantity
    runs/*.parquet         a row for each run, sorted by scenario, draw and replication
    failures.parquet       a row for each run that failed, with its traceback; absent if none did
    recent/*.parquet       runs and failures not yet sorted into the above; empty once the sweep is complete

Every file is written under another name, made safe on the disk, and moved into place. A row that stands in ``recent``
is stored. When all runs are, they are sorted into new files, so that the files of a finished sweep do not depend on how
it was carried out. A driver killed while it tidies up can leave a row in two files: rows are told apart by their world.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import FolderError
from cyclesim.runs import parquet
from cyclesim.runs.folder import MANIFEST, put, sync

PART_BYTES = 64_000_000
"""Size in memory of a sorted file."""
MOST_RECENT = 100
"""Files that one driver adds to ``recent`` before it puts them together."""
KEY = ("scenario", "draw", "replication")
LOCK, DRAWS = "lock", "draws.parquet"
_RECENT, _RUNS, _NEW, _OLD = "recent", "runs", "runs.new", "runs.old"
_FAILURES = "failures.parquet"

FAILURES = pa.schema(
    [
        *(("key", pa.string()), ("scenario", pa.string()), ("draw", pa.int64()), ("replication", pa.int64())),
        *(("seed", pa.int64()), ("stage", pa.string()), ("message", pa.string()), ("traceback", pa.string())),
    ]
)
"""Columns of the failures."""


class Store:
    """The rows of a sweep on disk.

    Parameters
    ----------
    folder
        Where; see the module for what is in it.
    order
        Names of the scenarios, in the order in which rows are sorted.
    columns
        Schema of the runs.
    """

    def __init__(self, folder: Path, order: Sequence[str], columns: pa.Schema) -> None:
        self.folder, self.order, self.columns = folder, list(order), columns
        self._mine: list[Path] = []

    # ------------------------------------------------------------ writing

    def add(self, runs: Sequence[Sequence[Any]], failures: Sequence[Sequence[Any]] = ()) -> None:
        """Store rows, in the order of the columns: safe on the disk when this returns.

        Raises
        ------
        FolderError
            If they cannot be written; nothing that was stored before is lost.
        """
        with self.writing():
            if runs:
                self._mine.append(self._put_recent("runs", parquet.table(runs, self.columns)))
            if failures:
                self._put_recent("failures", parquet.table(failures, FAILURES))
            if len(self._mine) >= MOST_RECENT:
                self._put_together(self._mine)
                self._mine = []
        self.forget()

    def compact(self) -> None:
        """Sort all rows into files whose bytes depend on nothing but the rows; free what they came from.

        Only with the store locked for oneself.
        """
        recent = self._files(_RECENT, "*")
        if not recent:
            return
        self.forget()  # whatever is deleted below has been read after it was listed
        with self.writing():
            self._end_swap()
            new = self.folder / _NEW
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            try:
                for number, part in enumerate(self._sorted_parts()):
                    put(new / f"part-{number:05d}.parquet", parquet.encoded(part))
                if self.failures.num_rows:
                    put(self.folder / _FAILURES, parquet.encoded(self.failures))
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                raise
            self._swap()
            self._mine = []
            for file in recent:
                file.unlink()
            self.forget()

    def drop_failures(self) -> None:
        """Forget the failed runs, so that they are tried again. Only with the store locked for oneself."""
        with self.writing():
            for file in [*self.folder.glob(_FAILURES), *self._files(_RECENT, "failures")]:
                file.unlink()
        self.forget()

    def repair(self) -> None:
        """Finish what a killed driver left half done. Only with the store locked for oneself."""
        with self.writing():
            self._end_swap()
            shutil.rmtree(self.folder / _NEW, ignore_errors=True)
            for left in self.folder.rglob(".*.*"):
                left.unlink()
            self._drop_copies()
            self.forget()

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

    def forget(self) -> None:
        """Read the folder anew when it is asked next: other drivers write to it too."""
        for name in ("keys", "failures", "_run_files", "_index"):
            self.__dict__.pop(name, None)

    # ------------------------------------------------------------ reading

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of all runs stored, failed ones included."""
        return frozenset(self._index["key"].to_pylist()) | frozenset(self.failures["key"].to_pylist())

    @cached_property
    def failures(self) -> pa.Table:
        """Failed runs, sorted."""
        files = [*self.folder.glob(_FAILURES), *self._files(_RECENT, "failures")]
        table = pa.concat_tables([FAILURES.empty_table(), *(parquet.read(file, FAILURES.names) for file in files)])
        return table.take(self._order(table))

    def __len__(self) -> int:
        """Return the number of runs stored, without failures."""
        return int(self._index.num_rows)

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of all runs, sorted by scenario, draw and replication.

        Only these columns are read: a summary takes one at a time and never holds all of a sweep.
        """
        return self._joined(columns).take(self._index["place"])

    @cached_property
    def _run_files(self) -> list[Path]:
        place = _RUNS if (self.folder / _RUNS).exists() else _NEW  # a driver was killed between two renames
        return [*self._files(place, "part"), *self._files(_RECENT, "runs")]

    @cached_property
    def _index(self) -> pa.Table:
        """Key columns of all runs in order, and at which place of the files together each stands."""
        table = self._joined(["key", *KEY])
        order = self._order(table)
        return table.take(order).append_column("place", order)

    def _joined(self, columns: Sequence[str]) -> pa.Table:
        empty = pa.schema([self.columns.field(name) for name in columns]).empty_table()
        return pa.concat_tables([empty, *(parquet.read(file, columns) for file in self._run_files)])

    def _order(self, table: pa.Table) -> pa.Array:
        """Return places of rows in order of scenario, draw and replication; a row that stands twice once."""
        names = table["scenario"].to_numpy(zero_copy_only=False)
        rank = {name: number for number, name in enumerate(self.order)}
        scenario = np.array([rank[name] for name in names], dtype=np.int64)
        draw, replication = table["draw"].to_numpy(), table["replication"].to_numpy()
        order = np.lexsort((replication, draw, scenario))
        ranked = np.column_stack([scenario, draw, replication])[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
        return pa.array(order[new])

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
            parts = [parquet.read(files[n], self.columns.names).take(wanted[source == n] - starts[n]) for n in used]
            back = np.argsort(np.argsort(source, kind="stable"), kind="stable")
            yield pa.concat_tables(parts).take(back).combine_chunks()

    # ------------------------------------------------------------ files

    def _files(self, place: str, kind: str) -> list[Path]:
        return sorted((self.folder / place).glob(f"{kind}-*.parquet"))

    def _put_recent(self, kind: str, table: pa.Table) -> Path:
        path = self.folder / _RECENT / f"{kind}-{token_hex(8)}.parquet"
        put(path, parquet.encoded(table))
        return path

    def _put_together(self, files: Sequence[Path]) -> None:
        self._put_recent(
            "runs", pa.concat_tables([parquet.read(file, self.columns.names) for file in files]).combine_chunks()
        )
        for file in files:
            file.unlink()

    def _swap(self) -> None:
        """Put the sorted files in the place of the old ones."""
        os.rename(self.folder / _RUNS, self.folder / _OLD)
        self._end_swap()

    def _end_swap(self) -> None:
        """Do the rest of a swap, which a kill may have left for now; the new files are whole once the old are aside."""
        runs, new, old = (self.folder / name for name in (_RUNS, _NEW, _OLD))
        if not runs.exists():
            os.rename(new if new.exists() else old, runs)
        sync(self.folder)
        if old.exists():
            shutil.rmtree(old)

    def _drop_copies(self) -> None:
        """Delete recent files whose rows all stand in other files."""
        seen: set[str] = set()
        for file in self._files(_RUNS, "part"):
            seen.update(parquet.read(file, ["key"])["key"].to_pylist())
        by_size = sorted(self._files(_RECENT, "runs"), key=lambda file: -pq.read_metadata(file).num_rows)
        for file in by_size:
            keys = set(parquet.read(file, ["key"])["key"].to_pylist())
            if keys <= seen:
                file.unlink()
            seen |= keys


def create(folder: Path, manifest: Mapping[str, Any], draws: pa.Table) -> None:
    """Begin a store in a folder that is free for it.

    Raises
    ------
    FolderError
        If it cannot be written.
    """
    try:
        for place in (folder, folder / _RECENT, folder / _RUNS):
            place.mkdir(parents=True, exist_ok=True)
        put(folder / DRAWS, parquet.encoded(draws))
        write_manifest(folder, manifest)  # last: a folder with a manifest is a store
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}; choose another with --out") from error


def headless(folder: Path) -> bool:
    """Return whether a folder is a store without manifest: it is just begun, the driver was killed, or it was lost."""
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return False
    ours = {_RECENT, _RUNS, _NEW, _OLD, DRAWS, _FAILURES}
    begins = (LOCK, "log.", "driver-", "summary.", "differences.", f".{DRAWS}", f".{MANIFEST}")
    return all(path.name in ours or path.name.startswith(begins) for path in folder.iterdir())


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write the manifest; equal contents give equal bytes."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    put(folder / MANIFEST, text.encode())


@contextmanager
def locked(folder: Path, name: str = LOCK, shared: bool = False) -> Iterator[bool]:
    """Hold a lock on a store; yield whether it was free. It ends with the process, however that ends.

    Where the system or the file system knows no locks, everything counts as free.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY) if path.exists() else os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}") from error
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a file system without locks
            pass
        yield True
    finally:
        os.close(handle)
