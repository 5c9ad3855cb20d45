"""Plans: every run of a sweep, in order, each with the key of what determines it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import NO_DRAWS, Design
from cyclesim.runs.fingerprint import Fingerprint, fingerprint
from cyclesim.runs.item import Item

KEY_BYTES = 12


@dataclass(frozen=True)
class Plan:
    """The runs of a study.

    Attributes
    ----------
    scenarios
        In the order of the study; all share the luck of each world.
    design
        The draws; without any, the defaults are simulated.
    replications
        Worlds for each draw.
    seed
        Seed of the luck.
    shared_luck
        Whether replication r has the same luck in all draws.
    twin
        Whether people are expected numbers.
    made_by
        Fingerprint of what simulates them, or has done so.
    """

    scenarios: tuple[Scenario, ...]
    design: Design
    replications: int
    seed: int = 1
    shared_luck: bool = False
    twin: bool = False
    made_by: Fingerprint = field(default_factory=fingerprint)

    @property
    def draws(self) -> list[int]:
        """Numbers of the draws; draw 0 stands for the defaults."""
        return numbers_of(self.design)

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.draws) * self.replications * len(self.scenarios)

    def items(self, shard: tuple[int, int] = (1, 1), first: int = 0) -> Iterator[Item]:
        """Yield the runs: all draws of a replication before the next one, the scenarios of a world together.

        Parameters
        ----------
        shard
            ``(k, n)``: only every n-th world, beginning with the k-th.
        first
            The first replication.
        """
        part, parts = shard
        worlds = ((r, draw) for r in range(first, self.replications) for draw in self.draws)
        for number, (replication, draw) in enumerate(worlds):
            if number % parts == part - 1:
                for scenario in range(len(self.scenarios)):
                    yield self.item(scenario, draw, replication)

    def item(self, scenario: int, draw: int, replication: int) -> Item:
        """Return one run."""
        luck = 0 if self.shared_luck else draw
        text = f"{self._bases[scenario]} {self._drawn[draw]} {self.seed} {luck} {draw} {replication}"
        key = blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()
        values = self.design.values[draw - 1] if draw else NO_DRAWS.values.reshape(-1)
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
    def _drawn(self) -> dict[int, str]:
        """The values of each draw: the numbers alone and not the number of the draw, which is part of the luck."""
        names = ",".join(self.design.names).encode()
        rows = {draw: self.design.values[draw - 1] if draw else NO_DRAWS.values for draw in self.draws}
        return {draw: blake2b(names + _bytes(row), digest_size=KEY_BYTES).hexdigest() for draw, row in rows.items()}


def numbers_of(design: Design) -> list[int]:
    """Return the numbers of draws; draw 0 stands for the defaults."""
    return list(range(1, len(design) + 1)) if len(design) else [0]


def _bytes(row: NDArray[np.float64]) -> bytes:
    return np.ascontiguousarray(row, dtype="<f8").tobytes()
