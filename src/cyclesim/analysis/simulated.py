"""Runs of several scenarios, of any lengths, each in the same number of worlds.

Replications of the twin differ by what is keyed by crisis and year only (lines in plans, recording practice).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.runs.ensemble import Ensemble
from cyclesim.runs.results import engine
from cyclesim.runs.run import Run
from cyclesim.runs.simulate import run
from cyclesim.worlds.engines import parallel_map
from cyclesim.worlds.item import World

_TABLES = ("months", "groups", "forms", "settings", "lines", "donors", "estimates")


@dataclass(frozen=True)
class Simulated:
    """Runs by the name of their scenario."""

    runs: dict[str, list[Run]]  # by name of the scenario, in the order of replications
    worlds: Worlds  # the same as arrays


def simulated(
    scenarios: Sequence[Scenario],
    replications: int,
    seed: int,
    workers: int = 1,
    twin: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Simulate scenarios of names of their own, replications 0 to ``replications - 1`` of each."""
    items = [(number, world) for number in range(len(scenarios)) for world in range(replications)]
    found = parallel_map(_run, (list(scenarios), seed, twin), items, workers, progress)
    runs = {s.name: found[n * replications : (n + 1) * replications] for n, s in enumerate(scenarios)}
    worlds = [World(0, number) for number in range(replications)]
    months = [[dict(runs[s.name][number].columns["months"]) for s in scenarios] for number in range(replications)]
    return Simulated(runs, Worlds(Ensemble.of(scenarios, None, seed, worlds, months, engine(twin))))


def _run(shared: tuple[list[Scenario], int, bool], item: tuple[int, int]) -> Run:
    scenarios, seed, twin = shared
    number, replication = item
    found = run(scenarios[number], seed=seed, replication=replication, twin=twin)
    return replace(found, columns={name: found.columns[name] for name in _TABLES})


Values = NDArray[np.float64]
_STATES = ("at_risk", "exploited", "in_casework", "survivors", "dead")


@dataclass(frozen=True)
class Worlds:
    """Monthly measures of an ensemble, world by world."""

    ensemble: Ensemble

    def scenario(self, name: str) -> Scenario:
        """Return one of the scenarios."""
        return self.ensemble.scenarios[name]

    def __call__(self, name: str, measure: str) -> Values:
        """Return a measure, shape (worlds, months): summed over crises, levels averaged with people as weights."""
        values, people = self.crises(name, measure), self.crises(name, "people")
        if MEASURES[measure].kind != "level":
            return np.asarray(values.sum(axis=1))
        return np.asarray((values * people).sum(axis=1) / np.maximum(people.sum(axis=1), 1.0))

    def crises(self, name: str, measure: str) -> Values:
        """Return a measure of a scenario by crisis, shape (worlds, crises, months)."""
        table, months = self.ensemble.table, self.scenario(name).months
        chosen = table.loc[table["scenario"] == name, measure]
        return chosen.to_numpy(dtype=np.float64).reshape(self.ensemble.worlds, -1, months)

    def total(self, name: str, measure: str, months: slice) -> Values:
        """Return a measure summed over months, one value a world."""
        return np.asarray(self(name, measure)[:, months].sum(axis=1))

    def faults(self) -> int:
        """Return the rows of the monthly table in which people (each in one state) or cents do not add up."""
        return sum(int(np.count_nonzero(self._people_lost(n) | self._cents_lost(n))) for n in self.ensemble.scenarios)

    def _people_lost(self, name: str) -> NDArray[np.bool_]:
        """Return where people do not add up: where some have left for good, the sum with them must never fall."""
        states = np.sum([self.crises(name, state) for state in _STATES], axis=0)
        left = self.crises(name, "departed")
        if not left.any():
            return np.asarray(self.crises(name, "people") != states)
        return np.asarray(np.diff(states + left, axis=-1, prepend=0.0) < 0)

    def _cents_lost(self, name: str) -> NDArray[np.bool_]:
        lost = np.zeros(self.crises(name, "people").shape, dtype=bool)
        for stock, into, out in (
            ("outstanding_cents", "committed_cents", "disbursed_cents"),
            ("balance_cents", "disbursed_cents", "spent_cents"),
        ):
            flow = self.crises(name, into) - self.crises(name, out)
            lost[..., 1:] |= np.diff(self.crises(name, stock)) != flow[..., 1:]
        return lost
