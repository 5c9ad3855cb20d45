"""What a sweep's folder says of itself, and what follows from a study: its plan, what it keeps, its columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study
from cyclesim.measures import MEASURES
from cyclesim.runs import parquet, totals
from cyclesim.runs.design import NO_DRAWS, Design
from cyclesim.runs.fingerprint import Fingerprint
from cyclesim.runs.folder import graded
from cyclesim.runs.plan import Plan

KIND = "sweep"
_SIZES = ("replications", "until", "most")
_DESIGN_SIZES = ("draws", "trajectories")


def plan(study: Study, scenarios: Sequence[Scenario], design: Design | None, made_by: Fingerprint) -> Plan:
    """Return every run of a study as that code would simulate it."""
    shared, drawn = study.luck == "shared", NO_DRAWS if design is None else design
    return Plan(tuple(scenarios), drawn, study.replications, study.seed, shared, study.twin, made_by)


def kept(study: Study) -> tuple[list[str], list[str]]:
    """Return the totals, and the measures by month, that a study keeps."""
    for name in study.monthly:
        if name not in MEASURES:
            raise UnknownNameError(f"no measure {name!r} in monthly; {did_you_mean(name, MEASURES)}")
    return totals.chosen(study.measures), list(dict.fromkeys(study.monthly))


def columns(study: Study, plan: Plan) -> pa.Schema:
    """Return the columns of the runs."""
    measures, monthly = kept(study)
    return parquet.schema(
        {name: totals.integer(name, study.twin) for name in measures},
        {name: totals.whole(name, study.twin) for name in monthly},
        plan.scenarios[0].months,
    )


def draws(plan: Plan) -> pa.Table:
    """Return a row for each draw: its number, and the value of each quantity."""
    columns = {name: plan.design.values[:, k] for k, name in enumerate(plan.design.names)}
    return pa.table({"draw": pa.array(plan.draws, pa.int64()), **columns})


def manifest(study: Study, plan: Plan) -> dict[str, Any]:
    """Return what determines a sweep; its hash leaves out how large it is, so that it can grow."""
    measures, monthly = kept(study)
    same = {**study.resolved(), "scenarios": {s.name: s.hash for s in plan.scenarios}}
    same = {key: value for key, value in same.items() if key not in (*_SIZES, "name", "text")}
    if same.get("design"):
        same["design"] = {key: value for key, value in same["design"].items() if key not in _DESIGN_SIZES}
    identity = json.dumps([plan.made_by.hash, measures, monthly, same], sort_keys=True, allow_nan=False)
    return {
        "hash": blake2b(identity.encode(), digest_size=6).hexdigest(),
        "kind": KIND,
        "fingerprint": plan.made_by.to_dict(),
        "draws": len(plan.design),
        "draws_hash": draws_hash(plan.design),
        "replications": plan.replications,
        "runs": len(plan),
        "study": study.model_dump(mode="json"),
        "order": [scenario.name for scenario in plan.scenarios],
        "scenarios": {s.name: s.resolved() for s in plan.scenarios},
        "measures": measures,
        "monthly": monthly,
        "parameters": graded(),
    }


def draws_hash(design: Design) -> str:
    """Return a hash of the names and values of draws."""
    values = np.ascontiguousarray(design.values, dtype="<f8").tobytes()
    return blake2b("\0".join(design.names).encode() + b"\0" + values, digest_size=16).hexdigest()
