"""Parquet as the store writes and reads it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import FolderError
from cyclesim.runs import seals

DIGITS = 16
"""Digits of the SHA-256 in a file's name."""
_CHECKED: set[tuple[Path, int, int]] = set()


def schema(integers: Mapping[str, bool], monthly: Mapping[str, bool], months: int) -> pa.Schema:
    """Return the columns of the runs.

    Parameters
    ----------
    integers
        Whether each total is int64; the others are float64, since float32 cannot hold a sum of cents.
    monthly
        The same for the measures kept month by month: columns of lists, ``<measure>_by_month``.
    months
        Length of these lists.
    """
    fields = [("key", pa.string()), ("scenario", pa.string()), ("draw", pa.int64()), ("replication", pa.int64())]
    fields += [(name, pa.int64() if whole else pa.float64()) for name, whole in integers.items()]
    fields += [
        (f"{name}_by_month", pa.list_(pa.int64() if whole else pa.float64(), months)) for name, whole in monthly.items()
    ]
    return pa.schema(fields)


def table(rows: Sequence[Sequence[Any]], columns: pa.Schema) -> pa.Table:
    """Return rows as a table; their values stand in the order of the columns."""
    arrays = [pa.array(column, type=field.type) for column, field in zip(zip(*rows, strict=True), columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=columns)


def encoded(table: pa.Table, about: Mapping[str, str] | None = None) -> bytes:
    """Return a table as a Parquet file with page checksums; equal tables give equal bytes with one version of pyarrow.

    Parameters
    ----------
    about
        What the file says of itself, as its metadata.
    """
    floats = [path for path, kind in _leaves(table.schema) if pa.types.is_floating(kind)]
    sink = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata(dict(about) if about else None),
        sink,
        compression="zstd",
        use_dictionary=[name for name in ("scenario", "stage") if name in table.schema.names],
        use_byte_stream_split=floats or False,
        write_page_checksum=True,
    )
    return sink.getvalue()


def named(stem: str, content: bytes) -> str:
    """Return a file name that ends with the first digits of the SHA-256 of what is in it."""
    return f"{stem}-{sha256(content).hexdigest()[:DIGITS]}.parquet"


def row_bytes(columns: pa.Schema) -> int:
    """Return about how many bytes a row takes in memory."""
    return sum(8 * (f.type.list_size if pa.types.is_fixed_size_list(f.type) else 1) for f in columns) + 40


def read(file: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read columns of one file of a store, or all; the file is first held against the digest in its name.

    Raises
    ------
    FolderError
        If the file is damaged.
    """
    check(file)
    try:
        wanted = None if columns is None else list(columns)
        return pq.read_table(file, columns=wanted, partitioning=None, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, str(error)) from error


def has(file: Path, columns: Sequence[str]) -> bool:
    """Return whether a file has all of some columns."""
    check(file)
    return set(columns) <= set(pq.read_schema(file).names)


def about(file: Path) -> dict[str, str]:
    """Return what a file says of itself."""
    check(file)
    found = pq.read_schema(file).metadata or {}
    return {name.decode(): value.decode() for name, value in found.items() if not name.startswith(b"ARROW")}


def check(file: Path) -> None:
    """Hold a file against the digest in its name; once, unless it is written again.

    Raises
    ------
    FolderError
        If the file is damaged, or gone.
    """
    try:
        state = file.stat()
        known = (file, state.st_mtime_ns, state.st_size)
        if known in _CHECKED:
            return
        found = seals.digest_of(file)
    except OSError as error:
        raise _damaged(file, error.strerror or str(error)) from error
    if found[:DIGITS] != file.stem.rpartition("-")[2]:
        raise _damaged(file, "its content does not have the digest in its name")
    _CHECKED.add(known)


def _damaged(file: Path, why: str) -> FolderError:
    return FolderError(
        f"{file} cannot be read ({why}); delete it and run cyclesim resume: its runs are then simulated again"
    )


def _leaves(columns: pa.Schema) -> Iterator[tuple[str, pa.DataType]]:
    for field in columns:
        listed = pa.types.is_fixed_size_list(field.type)
        yield (f"{field.name}.list.element", field.type.value_type) if listed else (field.name, field.type)
