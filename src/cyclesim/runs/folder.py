"""Folders of results: what is in them, and which of them may be written."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.errors import FolderError
from cyclesim.vocabulary import MODEL_VERSION

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.runs.design import Design
    from cyclesim.runs.results import Ensemble

MANIFEST = "manifest.json"


def manifest(
    kind: str,
    scenarios: Iterable[Scenario],
    design: Design | None,
    replications: int,
    seed: int,
    engine: str = "ledger",
) -> dict[str, Any]:
    """Return what determines a study, as JSON types; the same for equal studies on every machine.

    Parameters
    ----------
    kind
        ``run`` or ``comparison``.
    scenarios, design, replications, seed
        As in `cyclesim.runs.simulate.simulate`.
    engine
        ``ledger`` or ``twin``.
    """
    chosen = list(scenarios)
    content: dict[str, Any] = {
        "kind": kind,
        "model_version": MODEL_VERSION,
        "seed": seed,
        "engine": engine,
        "draws": 0 if design is None else len(design),
        "replications": replications,
        "design": _design(design),
        "scenarios": {s.name: {"hash": s.hash, **s.resolved()} for s in chosen},
        "order": [s.name for s in chosen],
        "parameters": graded(),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return {"hash": blake2b(text.encode(), digest_size=6).hexdigest(), **content}


def graded() -> dict[str, int]:
    """Return how many parameters the model has, and how many of them are assumptions."""
    from cyclesim.inputs.parameters import parameters

    grades = [quantity.grade for quantity in parameters().values()]
    return {"number": len(grades), "assumptions": sum(grade == "assumption" for grade in grades)}


def default_folder(about: Mapping[str, Any]) -> Path:
    """Return results/NAMES-HASH for a manifest."""
    names = "-vs-".join(about["order"])[:60].strip("-")
    return Path("results") / f"{names}-{about['hash']}"


def check_free(folder: Path, about: Mapping[str, Any]) -> None:
    """Refuse a folder that holds anything but this very study.

    Raises
    ------
    FolderError
        If it is a file, cannot be read, or holds another study or something else.
    """
    if not folder.exists():
        nearest = next(place for place in folder.absolute().parents if place.exists())
        if not nearest.is_dir() or not os.access(nearest, os.W_OK):
            raise FolderError(f"{nearest} cannot be written; choose another folder with --out")
        return
    if not folder.is_dir():
        raise FolderError(f"{folder} is a file, not a folder; choose another with --out")
    if not any(folder.iterdir()):
        return
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("hash")
    except (OSError, ValueError, AttributeError):
        found = None
    if found != about["hash"]:
        what = f"another study ({found})" if found else "files that are no study of cyclesim"
        raise FolderError(f"{folder} holds {what}; nothing was written. Choose another folder with --out, or empty it")


def about(ensemble: Ensemble, kind: str) -> dict[str, Any]:
    """Return the manifest of a finished ensemble."""
    replications = int(ensemble.table["replication"].max()) + 1
    return manifest(kind, ensemble.scenarios.values(), ensemble.design, replications, ensemble.seed, ensemble.engine)


def save(ensemble: Ensemble, folder: Path, kind: str = "run", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write an ensemble: table.parquet, totals.parquet, summary.csv, manifest.json, and what else is given.

    Parameters
    ----------
    extra
        Further files by name: data frames (.parquet or .csv by the name) or text.

    Returns
    -------
    The manifest.

    Raises
    ------
    FolderError
        If the folder holds another study or cannot be written.
    """
    content = about(ensemble, kind)
    check_free(folder, content)
    files: dict[str, Any] = {
        "table.parquet": ensemble.table,
        "totals.parquet": ensemble.totals,
        "summary.csv": ensemble.summary().reset_index(),
        **(extra or {}),
    }
    write(folder, content, files)
    return content


def write(folder: Path, about: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    """Write files (data frames, or text) to a folder, and last its manifest.

    Raises
    ------
    FolderError
        If they cannot be written.
    """
    text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in {**files, MANIFEST: text}.items():
            put(folder / name, _bytes(name, file))
    except OSError as error:
        raise FolderError(f"cannot write to {folder}: {error.strerror or error}") from error


def read(folder: str | Path) -> Ensemble:
    """Read an ensemble back from its folder.

    Raises
    ------
    FolderError
        If there is none.
    """
    import numpy as np
    import pandas as pd

    from cyclesim.runs.design import Design
    from cyclesim.runs.results import Ensemble

    folder = Path(folder)
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        table = pd.read_parquet(folder / "table.parquet")
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder} holds no results of cyclesim: {error}") from error
    if not isinstance(content, dict) or not {"order", "scenarios", "design", "seed"} <= set(content):
        raise FolderError(f"{folder / MANIFEST} is not the manifest of a study of cyclesim")
    scenarios = {name: scenario_of(content, name) for name in content["order"]}
    drawn = content["design"]
    design = Design(tuple(drawn), np.column_stack(list(drawn.values()))) if drawn else None
    return Ensemble(scenarios, design, content["seed"], table, content.get("engine", "ledger"))


def scenario_of(about: Mapping[str, Any], name: str) -> Scenario:
    """Return a scenario of a manifest."""
    from cyclesim.inputs.scenario import Scenario

    return Scenario.parse({key: value for key, value in about["scenarios"][name].items() if key != "hash"}, name)


def log() -> str:
    """Return when, where, with what and by which command a study ran.

    It stands apart from the manifest, so that equal runs give equal bytes.
    """
    from datetime import UTC, datetime
    from importlib.metadata import version

    packages = ("cyclesim", "mesa", "numpy", "scipy", "pandas", "pyarrow")
    content = {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in packages},
        **({"command": shlex.join(["cyclesim", *sys.argv[1:]])} if Path(sys.argv[0]).stem == "cyclesim" else {}),
    }
    return json.dumps(content, indent=1) + "\n"


def _design(design: Design | None) -> dict[str, list[float]]:
    if design is None or not len(design):
        return {}
    return {name: design.values[:, column].tolist() for column, name in enumerate(design.names)}


def put(path: Path, content: bytes) -> None:
    """Write one file at once: under another name first, then moved into place when it is safe on the disk.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is still there.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder safe on the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def _bytes(name: str, content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if name.endswith(".csv"):
        return bytes(content.to_csv(index=False).encode())
    return bytes(content.to_parquet(index=False, compression="zstd"))
