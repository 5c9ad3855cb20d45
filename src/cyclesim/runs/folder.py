"""Folders of results: what is in them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.errors import FolderError
from cyclesim.runs import disk, seals, writing
from cyclesim.runs.fingerprint import Fingerprint, code_of, fingerprint, modules

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.runs.design import Design
    from cyclesim.runs.results import Ensemble


def manifest(
    kind: str,
    scenarios: Iterable[Scenario],
    design: Design | None,
    replications: int,
    seed: int,
    engine: str = "ledger",
    made_by: Fingerprint | None = None,
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
    made_by
        What simulated it; this code if absent.
    """
    chosen = list(scenarios)
    content: dict[str, Any] = {
        "kind": kind,
        "fingerprint": (made_by or fingerprint()).to_dict(),
        "seed": seed,
        "engine": engine,
        "draws": 0 if design is None else len(design),
        "replications": replications,
        "design": _design(design),
        "scenarios": {s.name: {"hash": s.hash, **s.resolved()} for s in chosen},
        "order": [s.name for s in chosen],
        "parameters": graded(),
    }
    return {"hash": hashed(content), **content}


def hashed(content: Mapping[str, Any]) -> str:
    """Return twelve hexadecimal digits that name a study; the version is for people and leaves them as they are."""
    made_by = Fingerprint.parse(content["fingerprint"]).hash
    text = json.dumps({**content, "fingerprint": made_by}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return blake2b(text.encode(), digest_size=6).hexdigest()


def derived(about: Mapping[str, Any], kind: str, of: Any, module: str) -> dict[str, Any]:
    """Return the manifest of what an analysis works out: what it is made from, what was asked, and its own code.

    Parameters
    ----------
    about
        Manifest of the runs.
    of
        What was asked, as JSON types.
    module
        Module of the analysis; it and all it imports of the package count.
    """
    content = {key: value for key, value in about.items() if key not in ("hash", "seal")}
    content = {**content, "kind": kind, "from": about["hash"], "of": of}
    content["analysis"] = {"module": module, "code": code_of(module)}
    return {"hash": hashed(content), **content}


def graded() -> dict[str, int]:
    """Return how many parameters the model has, and how many of them are assumptions."""
    from cyclesim.inputs.parameters import parameters

    grades = [quantity.grade for quantity in parameters().values()]
    return {"number": len(grades), "assumptions": sum(grade == "assumption" for grade in grades)}


def default_folder(about: Mapping[str, Any]) -> Path:
    """Return results/NAMES-HASH for a manifest."""
    names = "-vs-".join(about["order"])[:60].strip("-")
    return Path("results") / f"{names}-{about['hash']}"


def about(ensemble: Ensemble, kind: str) -> dict[str, Any]:
    """Return the manifest of a finished ensemble."""
    replications = int(ensemble.table["replication"].max()) + 1
    return manifest(
        kind,
        ensemble.scenarios.values(),
        ensemble.design,
        replications,
        ensemble.seed,
        ensemble.engine,
        ensemble.made_by,
    )


def save(ensemble: Ensemble, folder: Path, kind: str = "run", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write an ensemble to a folder; see `files`.

    Parameters
    ----------
    extra
        Further files by name: data frames (.parquet or .csv by the name), text or bytes.

    Returns
    -------
    The manifest.

    Raises
    ------
    FolderError
        If the folder holds another study, another process is writing it, or it cannot be written.
    """
    content = about(ensemble, kind)
    with writing.results(folder, content) as output:
        output.put({**files(ensemble), **(extra or {})})
    return seals.sealed(content)


def files(ensemble: Ensemble) -> dict[str, Any]:
    """Return the files that an ensemble is kept in: table.parquet, totals.parquet, summary.csv."""
    return {
        "table.parquet": ensemble.table,
        "totals.parquet": ensemble.totals,
        "summary.csv": ensemble.summary().reset_index(),
    }


def read(folder: str | Path) -> Ensemble:
    """Read an ensemble back from its folder.

    Raises
    ------
    FolderError
        If there is none, or a file of it is not as it was written.
    """
    import numpy as np
    import pandas as pd

    from cyclesim.runs.design import Design
    from cyclesim.runs.results import Ensemble

    folder = Path(folder)
    content = seals.read_manifest(folder)
    if not {"order", "scenarios", "design", "seed"} <= set(content):
        raise FolderError(f"{folder} holds a {content['kind']} of cyclesim, which has no table of worlds")
    made_by = Fingerprint.parse(content.get("fingerprint"))
    try:
        table = pd.read_parquet(io.BytesIO(seals.read_file(folder, "table.parquet")))
    except ValueError as error:  # pyarrow's own are of this kind
        raise FolderError(f"{folder / 'table.parquet'} cannot be read: {error}") from error
    scenarios = {name: scenario_of(content, name) for name in content["order"]}
    drawn = content["design"]
    design = Design(tuple(drawn), np.column_stack(list(drawn.values()))) if drawn else None
    return Ensemble(scenarios, design, content["seed"], table, content.get("engine", "ledger"), made_by)


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
        "modules": modules(),
        **({"command": disk.command()} if disk.command() else {}),
    }
    return json.dumps(content, indent=1) + "\n"


def _design(design: Design | None) -> dict[str, list[float]]:
    if design is None or not len(design):
        return {}
    return {name: design.values[:, column].tolist() for column, name in enumerate(design.names)}
