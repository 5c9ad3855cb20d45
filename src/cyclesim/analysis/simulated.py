"""Runs of several scenarios, of any lengths, each in the same number of worlds.

The twin has no luck but what is keyed by crisis and year (lines in plans, recording practice), and that differs from
replication to replication: where luck does not matter otherwise, it measures in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cyclesim.analysis.monthly import Worlds
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.engines import gathered
from cyclesim.runs.months import World
from cyclesim.runs.results import Ensemble, Run, engine
from cyclesim.runs.simulate import run

_TABLES = ("months", "groups", "forms", "settings", "lines", "donors", "estimates")


@dataclass(frozen=True)
class Simulated:
    """Runs by the name of their scenario.

    Attributes
    ----------
    runs
        In the order of replications.
    worlds
        Their monthly measures as arrays.
    """

    runs: dict[str, list[Run]]
    worlds: Worlds


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
    found = gathered(_run, (list(scenarios), seed, twin), items, workers, progress)
    runs = {s.name: found[n * replications : (n + 1) * replications] for n, s in enumerate(scenarios)}
    worlds = [World(0, number) for number in range(replications)]
    months = [[dict(runs[s.name][number].columns["months"]) for s in scenarios] for number in range(replications)]
    return Simulated(runs, Worlds(Ensemble.of(scenarios, None, seed, worlds, months, engine(twin))))


def _run(shared: tuple[list[Scenario], int, bool], item: tuple[int, int]) -> Run:
    scenarios, seed, twin = shared
    number, replication = item
    found = run(scenarios[number], seed=seed, replication=replication, twin=twin)
    return replace(found, columns={name: found.columns[name] for name in _TABLES})
