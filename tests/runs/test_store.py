"""The store: what is in it stays in it, each row once, whatever happens at whichever moment."""

import itertools
import os
import shutil
from contextlib import suppress

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cyclesim.errors import FolderError
from cyclesim.worlds import disk
from cyclesim.worlds import store as stores
from cyclesim.worlds.parquet import schema
from cyclesim.worlds.store import FAILURES, Store

COLUMNS = schema({"count": True, "cents": True, "share": False}, {"exploited": True, "trust": False}, 3)
ORDER = ["small", "other"]


ABOUT = {"study": "abc", "fingerprint": "0.0-def"}


class Killed(BaseException):
    """What a killed process would not even notice."""


def row(number, scenario="small"):
    share = [0.1, -0.0, float("inf"), 1e-308][number % 4] + number // 4
    months = [number, number + 1, 2**53 + number]
    key = f"{number:022x}{ORDER.index(scenario):02x}"
    return (key, scenario, number // 5, number % 5, number, 2**62 + number, share, months, [share, 0.5, -0.0])


def failure(number):
    return (f"f{number:023x}", "small", 1000 + number, 0, 1, "simulation", "message", "traceback")


def new(folder):
    for place in ("", "recent", "runs"):
        (folder / place).mkdir(exist_ok=True)
    return Store(folder, ORDER, COLUMNS, ABOUT)


def opened(folder):
    return Store(folder, ORDER, COLUMNS, ABOUT)


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}


def rows_of(store):
    return store.read(COLUMNS.names).to_pylist()


@pytest.fixture
def some():
    return [row(n, name) for n in range(12) for name in ORDER]


def test_rows_come_back_bit_for_bit_and_sorted(tmp_path, some):
    store = new(tmp_path)
    store.add(some[::-1])
    store.compact()
    table = opened(tmp_path).read(COLUMNS.names)
    assert table.schema.equals(COLUMNS)
    expected = [*(row(n) for n in range(12)), *(row(n, "other") for n in range(12))]
    for found, wanted in zip(table.to_pylist(), expected, strict=True):
        values = tuple(found.values())
        assert values[:6] == wanted[:6]
        assert np.array(values[6]).tobytes() == np.array(wanted[6]).tobytes()  # -0.0 and inf too
        assert values[7] == wanted[7]
        assert np.array(values[8]).tobytes() == np.array(wanted[8]).tobytes()


def test_the_files_do_not_depend_on_how_rows_came(tmp_path, some, monkeypatch):
    monkeypatch.setattr(stores, "MOST_RECENT", 3)
    one, two = new(tmp_path / "one"), new(tmp_path / "two")
    one.add(some, [failure(1), failure(0)])
    one.compact()
    shuffled = [some[k] for k in np.random.default_rng(1).permutation(len(some))]
    for number, piece in enumerate(
        itertools.batched(shuffled, 2) if hasattr(itertools, "batched") else pairs(shuffled)
    ):
        two.add(list(piece), [failure(number)] if number < 2 else [])
        if number == 4:
            two.compact()
    assert len(list((tmp_path / "two" / "recent").iterdir())) < 12
    two.compact()
    assert files(tmp_path / "one") == files(tmp_path / "two")
    names = {name.rpartition("-")[0] for name in files(tmp_path / "one")}
    assert names == {"failures", "runs/part-00000"}


def pairs(rows):
    return [rows[k : k + 2] for k in range(0, len(rows), 2)]


def test_sorted_files_are_of_limited_size(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "PART_BYTES", 1)  # the least is a hundred rows
    store = new(tmp_path)
    rows = [row(n) for n in range(250)]
    store.add(rows[120:])
    store.add(rows[:120])
    store.compact()
    sizes = [pq.read_metadata(file).num_rows for file in sorted((tmp_path / "runs").iterdir())]
    assert sizes == [100, 100, 50]
    assert [found["count"] for found in rows_of(opened(tmp_path))] == list(range(250))


def test_keys_are_known_before_and_after_sorting(tmp_path, some):
    store = new(tmp_path)
    store.add(some, [failure(0)])
    keys = {r[0] for r in some} | {failure(0)[0]}
    assert opened(tmp_path).keys == keys
    store.compact()
    assert opened(tmp_path).keys == keys
    assert len(opened(tmp_path)) == len(some)


def test_failures_can_be_dropped(tmp_path, some):
    store = new(tmp_path)
    store.add(some[:2], [failure(0)])
    store.compact()
    store.add([], [failure(1)])
    store.drop_failures()
    assert opened(tmp_path).failures.num_rows == 0
    assert len(opened(tmp_path)) == 2


# ---------------------------------------------------------------- a crash at every step

STEPS = ("replace", "rename", "unlink", "fsync", "mkdir", "rmdir")


def crashing(monkeypatch, at, error):
    """Let the ``at``-th call that changes the disk fail; return a counter of the calls."""
    count = itertools.count()

    def wrapped(original):
        def call(*args, **kwargs):
            if next(count) == at:
                raise error
            return original(*args, **kwargs)

        return call

    for name in STEPS:
        monkeypatch.setattr(os, name, wrapped(getattr(os, name)))
    return count


def story(store, added, some):
    """Add rows in pieces, put together, sort, add more, sort again; note what is stored at each moment."""
    for k in range(0, 8, 2):
        store.add(some[k : k + 2], [failure(k)] if k == 2 else [])
        added.append(k + 2)
    store.compact()
    store.add(some[8:10])
    added.append(10)
    store.compact()


def steps_of(tmp_path, some):
    """Return how many calls the whole story takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "MOST_RECENT", 3)
        count = crashing(patch, -1, None)
        story(new(tmp_path / "count"), [], some)
        return next(count)


@pytest.mark.parametrize("error", [Killed(), OSError(28, "No space left on device")], ids=["killed", "full"])
def test_a_crash_at_any_step_loses_no_row_and_doubles_none(tmp_path, some, error):
    whole = new(tmp_path / "whole")
    whole.add(some[:10], [failure(2)])
    whole.compact()
    total = steps_of(tmp_path, some)
    assert total > 50
    for at in range(total):
        folder = tmp_path / "crash"
        shutil.rmtree(folder, ignore_errors=True)
        store, added = new(folder), []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stores, "MOST_RECENT", 3)
            crashing(patch, at, error)
            with suppress(Killed, FolderError):
                story(store, added, some)
        sure = max(added, default=0)
        for _ in range(2):  # as it was left, and after it was mended
            found = [r["key"] for r in rows_of(opened(folder))]
            assert len(found) == len(set(found))
            assert {r[0] for r in some[:sure]} <= set(found) <= {r[0] for r in some[:10]}, at
            opened(folder).repair()
        again = opened(folder)
        missing = [r for r in some[:10] if r[0] not in again.keys]
        again.add(missing, [] if failure(2)[0] in again.keys else [failure(2)])
        again.compact()
        assert files(folder) == files(tmp_path / "whole"), at
        assert not list(folder.rglob(".*")), at


def test_a_full_disk_is_told_with_a_way_out(tmp_path, some, monkeypatch):
    store = new(tmp_path)
    store.add(some[:2])
    crashing(monkeypatch, 0, OSError(28, "No space left on device"))
    with pytest.raises(FolderError, match=r"No space left on device.*safe.*cyclesim resume"):
        store.add(some[2:4])


@pytest.mark.parametrize("damage", [b"", b"PAR1", None])
def test_a_damaged_file_is_named(tmp_path, some, damage):
    store = new(tmp_path)
    store.add(some)
    store.compact()
    (file,) = (tmp_path / "runs").iterdir()
    file.write_bytes(file.read_bytes()[:-40] if damage is None else damage)
    with pytest.raises(FolderError, match=r"part-00000-.*parquet cannot be read.*delete it"):
        len(opened(tmp_path))


# ---------------------------------------------------------------- other readers


def test_pandas_polars_and_duckdb_read_it_alike(tmp_path, some):
    store = new(tmp_path)
    store.add(some)
    store.compact()
    one = pd.read_parquet(tmp_path / "runs")
    two = pl.read_parquet(tmp_path / "runs" / "*.parquet")
    three = duckdb.sql(f"select * from '{tmp_path}/runs/*.parquet'").df()
    wanted = [*(row(n) for n in range(12)), *(row(n, "other") for n in range(12))]
    for place, name in enumerate(COLUMNS.names[:7]):
        column = [r[place] for r in wanted]
        assert one[name].tolist() == column
        assert two[name].to_list() == column
        assert three[name].tolist() == column
    assert one["cents"].dtype == three["cents"].dtype == np.int64
    assert two["cents"].dtype == pl.Int64
    for place, name in ((7, "exploited_by_month"), (8, "trust_by_month")):
        assert [list(v) for v in one[name]] == [r[place] for r in wanted]
        assert [list(v) for v in two[name]] == [r[place] for r in wanted]
        assert [list(v) for v in three[name]] == [r[place] for r in wanted]
    total = duckdb.sql(f"select sum(cents::hugeint) from '{tmp_path}/runs/*.parquet'").fetchall()[0][0]
    assert total == sum(r[5] for r in wanted)


def test_failures_have_their_columns(tmp_path):
    store = new(tmp_path)
    store.add([row(0)], [failure(0)])
    store.compact()
    (file,) = tmp_path.glob("failures-*.parquet")
    assert pq.read_schema(file).equals(FAILURES)
    assert pa.Table.to_pylist(opened(tmp_path).failures)[0]["stage"] == "simulation"


def test_a_lock_is_held_by_one_and_shared_by_many(tmp_path):
    with disk.locked(tmp_path) as free:
        assert free
        with disk.locked(tmp_path) as second, disk.locked(tmp_path, shared=True) as third:
            assert not second
            assert not third
    with disk.locked(tmp_path, shared=True) as one, disk.locked(tmp_path, shared=True) as two:
        assert one
        assert two
        with disk.locked(tmp_path) as alone:
            assert not alone
