"""Parquet as the store writes and reads it."""

import io
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import FolderError
from cyclesim.inputs.study import Study
from cyclesim.worlds import seals, totals
from cyclesim.worlds.plan import Plan, kept

DIGITS = 16  # digits of the SHA-256 in a file's name
KEYS = [("key", pa.string()), ("scenario", pa.string()), ("draw", pa.int64()), ("replication", pa.int64())]
_CHECKED: set[tuple[Path, int, int]] = set()


def schema(integers: Mapping[str, bool], monthly: Mapping[str, bool], months: int) -> pa.Schema:
    """Return the columns of the runs: float64 where no int64, since float32 cannot hold a sum of cents."""
    kinds = {True: pa.int64(), False: pa.float64()}
    lists = [(f"{name}_by_month", pa.list_(kinds[whole], months)) for name, whole in monthly.items()]
    return pa.schema([*KEYS, *((name, kinds[whole]) for name, whole in integers.items()), *lists])


def columns(study: Study, plan: Plan) -> pa.Schema:
    """Return the columns of the runs."""
    measures, monthly = kept(study)
    integers = {name: totals.integer(name, study.twin) for name in measures}
    return schema(integers, {name: totals.whole(name, study.twin) for name in monthly}, plan.scenarios[0].months)


def draws(plan: Plan) -> pa.Table:
    """Return a row for each draw: its number, and the value of each quantity."""
    values = dict(zip(plan.design.names, plan.design.values.T, strict=True))
    return pa.table({"draw": pa.array(plan.draws, pa.int64()), **values})


def table(rows: Sequence[Sequence[Any]], columns: pa.Schema) -> pa.Table:
    """Return rows as a table; their values stand in the order of the columns."""
    arrays = [pa.array(column, type=field.type) for column, field in zip(zip(*rows, strict=True), columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=columns)


def encoded(table: pa.Table, about: Mapping[str, str] | None = None) -> bytes:
    """Return a table as a Parquet file with page checksums; equal with one version of pyarrow if tables are."""
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


def read_columns(file: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read columns of one file of a store, or all; the file is first held against the digest in its name."""
    check(file)
    try:
        return pq.read_table(
            file, columns=columns and list(columns), partitioning=None, page_checksum_verification=True
        )
    except (OSError, pa.ArrowException) as error:
        raise _damaged(file, str(error)) from error


def has(file: Path, columns: Sequence[str]) -> bool:
    """Return whether a file has all of some columns."""
    check(file)
    return set(columns) <= set(pq.read_schema(file).names)


def metadata(file: Path) -> dict[str, str]:
    """Return what a file says of itself."""
    check(file)
    found = pq.read_schema(file).metadata or {}
    return {name.decode(): value.decode() for name, value in found.items() if not name.startswith(b"ARROW")}


def check(file: Path) -> None:
    """Hold a file against the digest in its name; once, unless it is written again."""
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
