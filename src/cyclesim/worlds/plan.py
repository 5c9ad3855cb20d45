"""What follows from a study: every run of its sweep, each with its key, and the sweep's manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs.parameters import graded
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study
from cyclesim.measures import MEASURES
from cyclesim.worlds import totals
from cyclesim.worlds.design import NO_DRAWS, Design
from cyclesim.worlds.fingerprint import Fingerprint, fingerprint
from cyclesim.worlds.item import Item

KIND = "sweep"
_KEY_BYTES = 12
_SIZES = ("replications", "until", "most")
_DESIGN_SIZES = ("draws", "trajectories")


@dataclass(frozen=True)
class Plan:
    """The runs of a study: scenarios share the luck of each world; with `shared_luck`, draws do so too."""

    scenarios: tuple[Scenario, ...]
    design: Design
    replications: int
    seed: int = 1
    shared_luck: bool = False
    twin: bool = False
    made_by: Fingerprint = field(default_factory=fingerprint)

    @classmethod
    def of(cls, study: Study, scenarios: Sequence[Scenario], design: Design | None, made_by: Fingerprint) -> Plan:
        """Return every run of a study as that code would simulate it."""
        shared = study.luck == "shared"
        return cls(tuple(scenarios), design or NO_DRAWS, study.replications, study.seed, shared, study.twin, made_by)

    @property
    def draws(self) -> list[int]:
        """Numbers of the draws; draw 0 stands for the defaults."""
        return self.design.numbers

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.draws) * self.replications * len(self.scenarios)

    def items(self, shard: tuple[int, int] = (1, 1)) -> Iterator[Item]:
        """Yield the runs: all draws of a replication before the next one, the scenarios of a world together.

        Of shard ``(k, n)`` only those of every n-th world, beginning with the k-th.
        """
        part, parts = shard
        worlds = ((replication, draw) for replication in range(self.replications) for draw in self.draws)
        for number, (replication, draw) in enumerate(worlds):
            if number % parts == part - 1:
                for scenario in range(len(self.scenarios)):
                    yield self.item(scenario, draw, replication)

    def item(self, scenario: int, draw: int, replication: int) -> Item:
        """Return one run."""
        luck = 0 if self.shared_luck else draw
        values, drawn = self._drawn[draw]
        text = f"{self._bases[scenario]} {drawn} {self.seed} {luck} {draw} {replication}"
        key = blake2b(text.encode(), digest_size=_KEY_BYTES).hexdigest()
        return Item(key, scenario, draw, replication, luck, values)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of all runs."""
        return frozenset(item.key for item in self.items())

    @cached_property
    def _bases(self) -> list[str]:
        """What determines the runs of each scenario apart from draw and luck."""
        engine = "twin" if self.twin else "ledger"
        return [f"{self.made_by.hash} {engine} {scenario.name} {scenario.hash}" for scenario in self.scenarios]

    @cached_property
    def _drawn(self) -> dict[int, tuple[NDArray[np.float64], str]]:
        """The values of each draw, and their hash: without the number of the draw, which is part of the luck."""
        names = ",".join(self.design.names).encode()
        rows = {draw: self.design.values[draw - 1] if draw else np.empty(0) for draw in self.draws}
        return {
            draw: (row, blake2b(names + _bytes(row), digest_size=_KEY_BYTES).hexdigest()) for draw, row in rows.items()
        }


def kept(study: Study) -> tuple[list[str], list[str]]:
    """Return the totals, and the measures by month, that a study keeps."""
    for name in study.monthly:
        if name not in MEASURES:
            raise UnknownNameError(f"no measure {name!r} in monthly; {did_you_mean(name, MEASURES)}")
    return totals.chosen(study.measures), list(dict.fromkeys(study.monthly))


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
    return blake2b("\0".join(design.names).encode() + b"\0" + _bytes(design.values), digest_size=16).hexdigest()


def _bytes(values: NDArray[np.float64]) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()
