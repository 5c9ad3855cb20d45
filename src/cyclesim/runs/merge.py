"""Put together sweeps of one study that were carried out apart."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cyclesim.errors import FolderError
from cyclesim.inputs.changes import differences
from cyclesim.runs.logbook import LOG
from cyclesim.runs.sweep import Sweep, read_sweep
from cyclesim.worlds import disk, parquet, seals, store, writing
from cyclesim.worlds import plan as plans


def merge(folders: Sequence[str | Path], out: str | Path) -> Sweep:
    """Put the runs of several folders into a new sweep, as large as the largest; what several have must be equal."""
    sweeps, place = [read_sweep(folder) for folder in folders], Path(out)
    for sweep in sweeps:
        sweep.check()
        _check_same(sweeps[0], sweep)
    widest = max(sweeps, key=lambda sweep: len(sweep.plan.design))
    replications = max(sweep.plan.replications for sweep in sweeps)
    study = widest.study.model_copy(update={"replications": replications})
    plan = plans.Plan.of(study, widest.plan.scenarios, widest.design, widest.plan.made_by)
    manifest = plans.manifest(study, plan)
    if writing.holds_results(place):
        raise FolderError(f"{place} holds something already; nothing was written. Choose another folder with --out")
    with writing.staged(place) as stage:
        store.create(stage, manifest, parquet.draws(plan))
        merged = Sweep(stage, study, plan, manifest)
        with writing.refusing(place):
            for sweep in sweeps:
                _copy(sweep, stage)
        merged.check()
        _drop_failures_that_came_through(merged)
        with writing.refusing(place), disk.undisturbed():
            place.mkdir(exist_ok=True)
            for path in sorted(stage.iterdir(), key=lambda path: path.name == seals.MANIFEST):
                os.replace(path, place / path.name)
            writing.COMMITTED.append(place)
    return Sweep(place, study, plan, manifest)


def _copy(sweep: Sweep, stage: Path) -> None:
    """Copy the files with runs, and what the drivers noted of their work."""
    for file in sweep.store.files:
        kind, _, digest = file.stem.rpartition("-")
        stem = "runs" if kind.startswith("part") else kind
        shutil.copyfile(file, stage / "recent" / f"{stem}-{digest}.parquet")
    log = sweep.folder / LOG
    if log.exists():
        with (stage / LOG).open("a", encoding="utf-8") as noted:
            noted.write(log.read_text(encoding="utf-8"))


def _drop_failures_that_came_through(merged: Sweep) -> None:
    """Leave a failed run out where another folder has it whole: there was less memory, for example."""
    failures = merged.store.failures
    whole = merged.store.read(["key"])["key"].to_pylist()
    keys = set(failures["key"].to_pylist()) & set(whole)
    if keys:
        left = [list(row.values()) for row in failures.to_pylist() if row["key"] not in keys]
        merged.store.drop_failures()
        merged.store.add([], left)


def _check_same(one: Sweep, two: Sweep) -> None:
    found = [] if one.manifest["hash"] == two.manifest["hash"] else _differing(one, two)
    shared = min(len(one.plan.design), len(two.plan.design))
    ours, theirs = (sweep.plan.design.values[:shared] for sweep in (one, two))
    if not found and not np.array_equal(ours, theirs):
        number = int(np.argmax((ours != theirs).any(axis=1))) + 1
        found = [f"the draws, from draw {number} on: other versions of the libraries drew them"]
    if found:
        more = f"; and {len(found) - 6} more" if len(found) > 6 else ""
        raise FolderError(
            f"{one.folder} and {two.folder} hold different studies, nothing was written. They differ in "
            f"{'; '.join(found[:6])}{more}. Only runs of one study are put together"
        )


def _differing(one: Sweep, two: Sweep) -> list[str]:
    """Return in words what differs between two studies."""
    found = one.plan.made_by.differences(two.plan.made_by)
    ours, theirs = one.scenarios, two.scenarios
    for name in ours.keys() | theirs.keys():
        if name not in ours or name not in theirs:
            found.append(f"the scenario {name}, which only one has")
            continue
        entries = differences(ours[name], theirs[name])
        found += [f"{name}, {entry.path}: {_brief(entry.before)}, {_brief(entry.after)}" for entry in entries]
    for key in ("measures", "monthly") if ours.keys() != theirs.keys() else ("measures", "monthly", "order"):
        if one.manifest[key] != two.manifest[key]:
            other = sorted(set(one.manifest[key]) ^ set(two.manifest[key]))
            way_out = "" if key == "order" else f"; see cyclesim expand --{key}"
            found.append(f"{key} ({', '.join(other[:3]) or 'their order'}){way_out}")
    for key in ("seed", "luck", "twin"):
        a, b = getattr(one.study, key), getattr(two.study, key)
        if a != b:
            found.append(f"{key} ({a}, {b})")
    if not found and one.plan.made_by.hash != two.plan.made_by.hash:
        found = ["the keys of their runs: one was made before its code was declared equal to the other's"]
    return found or ["the design"]


def _brief(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) < 60 else f"{text[:57]}..."
