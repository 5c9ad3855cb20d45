"""What a sweep's folder says of itself, and what follows from a study: its plan, what it keeps, its columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study
from cyclesim.runs import parquet, totals
from cyclesim.runs.design import NO_DRAWS, Design
from cyclesim.runs.folder import graded
from cyclesim.runs.plan import Plan, numbers
from cyclesim.vocabulary import MEASURES

KIND = "sweep"
_SIZES = ("replications", "until", "most")
_DESIGN_SIZES = ("draws", "trajectories")


def plan(study: Study, scenarios: Sequence[Scenario], design: Design | None) -> Plan:
    """Return every run of a study."""
    shared = study.luck == "shared"
    return Plan(
        tuple(scenarios), NO_DRAWS if design is None else design, study.replications, study.seed, shared, study.twin
    )


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
    asked = study.model_dump(mode="json")
    measures, monthly = kept(study)
    scenarios = {s.name: s.resolved() for s in plan.scenarios}
    content = {
        "kind": KIND,
        "numbers": numbers(),
        "study": asked,
        "order": [scenario.name for scenario in plan.scenarios],
        "scenarios": scenarios,
        "measures": measures,
        "monthly": monthly,
        "parameters": graded(),
    }
    same = {**study.resolved(), "scenarios": {s.name: s.hash for s in plan.scenarios}}
    same = {key: value for key, value in same.items() if key not in (*_SIZES, "name", "text")}
    if same.get("design"):
        same["design"] = {key: value for key, value in same["design"].items() if key not in _DESIGN_SIZES}
    identity = json.dumps([numbers(), measures, monthly, same], sort_keys=True, allow_nan=False)
    size = {"draws": len(plan.design), "replications": plan.replications, "runs": len(plan)}
    return {"hash": blake2b(identity.encode(), digest_size=6).hexdigest(), **size, **content}
