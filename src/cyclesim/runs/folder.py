"""Folders of results: what is in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.inputs.parameters import graded
from cyclesim.worlds import disk
from cyclesim.worlds.fingerprint import Fingerprint, code_of, fingerprint, modules

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.worlds.design import Design


def manifest(
    kind: str,
    scenarios: Iterable[Scenario],
    design: Design | None,
    replications: int,
    seed: int,
    engine: str = "ledger",
    made_by: Fingerprint | None = None,
) -> dict[str, Any]:
    """Return what determines a study (a ``run`` or ``comparison``), as JSON types; equal studies have equal ones."""
    chosen = list(scenarios)
    seen = [s.name for s in chosen]
    names = [f"{name} ({k + 1})" if name in seen[:k] else name for k, name in enumerate(seen)]  # none may be lost
    content: dict[str, Any] = {
        "kind": kind,
        "fingerprint": (made_by or fingerprint()).to_dict(),
        "seed": seed,
        "engine": engine,
        "draws": 0 if design is None else len(design),
        "replications": replications,
        "design": {} if design is None else dict(zip(design.names, design.values.T.tolist(), strict=True)),
        "scenarios": {name: {"hash": s.hash, **s.resolved()} for name, s in zip(names, chosen, strict=True)},
        "order": names,
        "parameters": graded(),
    }
    how = {} if design is None else {"method": design.method, "levels": design.levels}
    return {"hash": hashed(content), **how, **content}


def hashed(content: Mapping[str, Any]) -> str:
    """Return twelve hexadecimal digits that name a study; the version is for people and leaves them as they are."""
    made_by = Fingerprint.parse(content["fingerprint"]).hash
    text = json.dumps({**content, "fingerprint": made_by}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return blake2b(text.encode(), digest_size=6).hexdigest()


def derived(about: Mapping[str, Any], kind: str, of: Any, module: str) -> dict[str, Any]:
    """Return the manifest of what an analysis works out of runs: theirs, what was asked, and its own code."""
    content = {key: value for key, value in about.items() if key not in ("hash", "seal")}
    content = {**content, "kind": kind, "from": about["hash"], "of": of}
    content["analysis"] = {"module": module, "code": code_of(module)}
    return {"hash": hashed(content), **content}


def default_folder(about: Mapping[str, Any]) -> Path:
    """Return results/NAMES-HASH for a manifest."""
    names = "-vs-".join(about["order"])[:60].strip("-")
    return Path("results") / f"{names}-{about['hash']}"


def scenario_of(about: Mapping[str, Any], name: str) -> Scenario:
    """Return a scenario of a manifest."""
    from cyclesim.inputs.scenario import Scenario

    return Scenario.parse({key: value for key, value in about["scenarios"][name].items() if key != "hash"}, name)


def log() -> str:
    """Return when, where, with what and by which command a study ran; it is kept out of the manifest."""
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
