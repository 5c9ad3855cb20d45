"""Hold results against what they say of themselves: checksums, keys, and runs that are simulated again."""

import math
import random
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cyclesim.errors import FolderError
from cyclesim.runs.ensemble import read_ensemble
from cyclesim.runs.sweep import read_sweep
from cyclesim.worlds import engines, seals, writing
from cyclesim.worlds import plan as plans
from cyclesim.worlds.fingerprint import Fingerprint, code_of, fingerprint
from cyclesim.worlds.item import Item, Job, simulate_item, simulate_months
from cyclesim.worlds.store import same_bits

INSIDE = "results"  # folder of an archive in which the results stand
_PASSING = ("lock", *seals.LOGS, "driver-")
Progress = Callable[[int, int], None]


@dataclass
class Verified:
    """What came of it: files that are right, what is wrong in words, runs there were and runs simulated again."""

    place: Path
    kind: str = ""
    made_by: Fingerprint | None = None
    here: Fingerprint = field(default_factory=fingerprint)
    files: int = 0
    problems: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    runs: int = 0
    replayed: int = 0
    seed: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(
    place: str | Path, share: float = 0.01, seed: int | None = None, workers: int = 1, progress: Progress | None = None
) -> Verified:
    """Check a folder of results, or an archive of one; at least one run, or this share of them, is simulated again."""
    place = Path(place)
    with unpacked(place) as (folder, problems):
        found = Verified(place, problems=problems, seed=random.randrange(10**6) if seed is None else seed)
        _check_files(folder, found)
        try:
            about = seals.read_manifest(folder)
            found.kind, found.made_by = str(about["kind"]), Fingerprint.parse(about.get("fingerprint"))
            analysis = about.get("analysis")
            if analysis and (code := code_of(analysis["module"])) != analysis["code"]:
                found.problems.append(
                    f"{analysis['module']}, or what it imports, is another now ({code}) than the one that worked this "
                    f"out ({analysis['code']}): the same command may give other numbers"
                )
            _replay(folder, about, found, share, workers, progress)
        except FolderError as error:
            found.problems.append(str(error))
    return found


@contextmanager
def unpacked(place: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folder of results, of an archive unpacked for now, and what is wrong with the archive."""
    if place.is_dir():
        yield place, []
        return
    with tempfile.TemporaryDirectory(prefix="cyclesim-archive-") as name:
        try:
            with zipfile.ZipFile(place) as archive:
                archive.extractall(name)  # zipfile keeps members inside this folder
        except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise FolderError(f"{place} is no folder, and cannot be read as an archive: {error}") from error
        if not (Path(name) / INSIDE).is_dir():
            raise FolderError(f"{place} is no archive of cyclesim; cyclesim archive FOLDER makes one")
        outside = Verified(place)
        _check_files(Path(name), outside)
        own = {f"{INSIDE}/{log}" for log in (*seals.LOGS, seals.SUMS)}
        unknown = [f"{member} has no checksum" for member in outside.unlisted if member not in own]
        yield Path(name) / INSIDE, [*outside.problems, *unknown]


def _check_files(folder: Path, found: Verified) -> None:
    """Hold files against their checksums."""
    listed = seals.checksums(folder)
    if listed and (folder / seals.SUMS).read_bytes() != seals.sums_as_text(listed):
        found.problems.append(f"{seals.SUMS} is not as it was written")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name, digest in listed.items():
        if name not in there:
            found.problems.append(f"{name} is gone")
        elif seals.digest_of(folder / name) != digest:
            found.problems.append(f"{name} is not as it was written: its checksum is another")
        else:
            found.files += 1
    others = (name for name in there - listed.keys() - {seals.SUMS} if not writing.passing(name.split("/")[-1]))
    found.unlisted = sorted(name for name in others if not name.startswith(_PASSING))


def _replay(
    folder: Path, about: dict[str, Any], found: Verified, share: float, workers: int, progress: Progress | None
) -> None:
    """Simulate a share of the runs again and hold them against what is stored."""
    if about["kind"] == plans.KIND:
        sweep = read_sweep(folder)
        sweep.check()
        found.unlisted = [name for name in found.unlisted if name not in sweep.store.names]
        if sweep.complete and not set(sweep.store.names) <= seals.checksums(folder).keys():
            found.problems.append(f"{seals.SUMS} is gone, though all runs are stored: cyclesim resume writes it again")
        stored = {row["key"]: row for row in sweep.store.read(["key"]).to_pylist()}
        items = [item for item in sweep.plan.items() if item.key in stored]
        chosen = _chosen(items, share, found)
        rows = sweep.store.rows({item.key for item in chosen})
        tasks: list[Any] = [(item, rows[item.key]) for item in chosen]
        shared: Any = (sweep.job(), sweep.store.columns.names)
        differing = engines.parallel_map(_differing_run, shared, tasks, workers, progress)
        names = [item.key for item in chosen]
    elif seals.MANIFEST not in seals.checksums(folder):
        raise FolderError(f"{seals.SUMS} is gone or does not list {seals.MANIFEST}: nothing says how the files were")
    elif (folder / "table.parquet").exists():
        ensemble = read_ensemble(folder)
        groups = list(ensemble.table.groupby(["scenario", "draw", "replication"], sort=False))
        tasks = _chosen(groups, share, found)
        shared = (ensemble.scenarios, ensemble.design, ensemble.seed, ensemble.engine == "twin")
        differing = engines.parallel_map(_differing_world, shared, tasks, workers, progress)
        names = ["{}, draw {}, replication {}".format(*key) for key, _ in tasks]
    else:
        return
    found.replayed = len(names)
    found.problems += [
        f"run {name} gives other numbers when it is simulated again: {', '.join(columns[:4])}"
        for name, columns in zip(names, differing, strict=True)
        if columns
    ]


def _chosen(things: Sequence[Any], share: float, found: Verified) -> list[Any]:
    found.runs = len(things)
    number = min(len(things), max(1, math.ceil(share * len(things)))) if share > 0 else 0
    return [things[k] for k in sorted(random.Random(found.seed).sample(range(len(things)), number))]


def _differing_run(shared: tuple[Job, list[str]], task: tuple[Item, dict[str, Any]]) -> list[str]:
    """Return the columns in which a run of a sweep comes out otherwise."""
    (job, columns), (item, stored) = shared, task
    outcome = simulate_item(job, item)
    if outcome.failed:
        return [f"it fails ({outcome.row[-2]})"]
    return differing(dict(zip(columns, outcome.row, strict=True)), stored)


def differing(fresh: dict[str, Any], stored: dict[str, Any]) -> list[str]:
    """Return the columns of a run whose bits are not those stored."""
    return [name for name, value in fresh.items() if not same_bits(value, stored[name])]


def _differing_world(shared: tuple[Any, ...], task: tuple[tuple[str, int, int], Any]) -> list[str]:
    """Return the measures in which a world of an ensemble comes out otherwise."""
    (scenarios, design, seed, twin), ((name, draw, replication), rows) = shared, task
    values = {} if design is None else design.of(draw)
    fresh = simulate_months(scenarios[name], values, seed, int(draw), int(replication), twin)
    return [
        measure
        for measure, column in fresh.items()
        if not np.array_equal(_bits(np.asarray(column)), _bits(rows[measure].to_numpy()))
    ]


def _bits(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return column.view(np.int64) if column.dtype == np.float64 else column
