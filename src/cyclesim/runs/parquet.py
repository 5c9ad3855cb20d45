"""Parquet as the store writes and reads it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import FolderError


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


def encoded(table: pa.Table) -> bytes:
    """Return a table as a Parquet file; equal tables give equal bytes with the same version of pyarrow."""
    floats = [path for path, kind in _leaves(table.schema) if pa.types.is_floating(kind)]
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=[name for name in ("scenario", "stage") if name in table.schema.names],
        use_byte_stream_split=floats or False,
    )
    return sink.getvalue()


def row_bytes(columns: pa.Schema) -> int:
    """Return about how many bytes a row takes in memory."""
    return sum(8 * (f.type.list_size if pa.types.is_fixed_size_list(f.type) else 1) for f in columns) + 40


def read(file: Path, columns: Sequence[str]) -> pa.Table:
    """Read columns of one file of a store.

    Raises
    ------
    FolderError
        If the file is damaged.
    """
    try:
        return pq.read_table(file, columns=list(columns), partitioning=None)
    except (OSError, pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise FolderError(
            f"{file} cannot be read ({error}); delete it and run cyclesim resume: its runs are then simulated again"
        ) from error


def _leaves(columns: pa.Schema) -> Iterator[tuple[str, pa.DataType]]:
    for field in columns:
        listed = pa.types.is_fixed_size_list(field.type)
        yield (f"{field.name}.list.element", field.type.value_type) if listed else (field.name, field.type)
