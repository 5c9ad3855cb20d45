"""Simulate: one run, or an ensemble of worlds that several scenarios share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from cyclesim.errors import DesignError
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.luck import checked
from cyclesim.runs import folder, writing
from cyclesim.runs.design import Design, levers
from cyclesim.runs.results import Ensemble, Run, engine
from cyclesim.runs.worlds import simulate_worlds, worlds

Named = Scenario | str | Path


def run(scenario: Named, seed: int = 1, draw: int = 0, replication: int = 0, twin: bool = False) -> Run:
    """Simulate one world of one scenario.

    ``run(s, seed=n)`` is draw 0, replication 0 of ``simulate([s, ...], seed=n)``.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or a file.
    seed, draw, replication
        They name the luck; non-negative.
    twin
        Count people as expected numbers: no luck, so that the seed has no effect, and a run takes milliseconds.
    """
    from cyclesim.model.cycle import CycleModel

    chosen = _scenario(scenario)
    seed, draw = checked("seed", seed), checked("draw", draw)
    replication = checked("replication", replication)
    model = CycleModel(chosen, seed, draw, replication, twin=twin).run()
    model.close()
    return Run(chosen, seed, draw, replication, model.observations.tables(), engine(twin))


def simulate(
    scenarios: Named | Sequence[Named],
    design: Design | None = None,
    replications: int = 1,
    seed: int = 1,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    twin: bool = False,
) -> Ensemble:
    """Simulate worlds whose luck all scenarios share.

    Parameters
    ----------
    scenarios
        Scenarios, names or files; names must differ.
    design
        Draws of the uncertain numbers (`sample`); each is simulated `replications` times. Without one, the
        defaults are (draw 0).
    replications
        Worlds for each draw.
    seed
        Seed of the luck: a world's luck is keyed by (seed, draw, replication).
    workers
        Processes; results do not depend on them. In a script, call this under ``if __name__ == "__main__":``.
    store
        Folder to save to, if any.
    progress
        Called with the number of worlds done and asked for.
    twin
        Count people as expected numbers; there is no luck, so replications would all be the same.

    Raises
    ------
    DesignError
        For scenarios of one name or of different months, no replications, several of the twin, or a parameter drawn
        that a scenario states itself.
    FolderError
        If the folder holds another study: before anything is simulated.
    WorkerError
        If a worker process died.
    """
    chosen, seed = named(scenarios, design), checked("seed", seed)
    if twin and replications > 1:
        raise DesignError(f"the twin has no luck: {replications} replications would be the same; ask for one")
    todo = worlds(design, replications)
    if store is None:
        results = simulate_worlds(chosen, design, seed, todo, workers, progress, twin)
        return Ensemble.of(chosen, design, seed, todo, results, engine(twin))
    about = folder.manifest("run", chosen, design, replications, seed, engine(twin))
    with writing.results(Path(store), about) as output:
        results = simulate_worlds(chosen, design, seed, todo, workers, progress, twin)
        ensemble = Ensemble.of(chosen, design, seed, todo, results, engine(twin))
        output.put(folder.files(ensemble))
    return ensemble


def named(scenarios: Named | Sequence[Named], design: Design | None) -> list[Scenario]:
    """Return scenarios that may share worlds, loaded; see `simulate` for what is refused."""
    if isinstance(scenarios, Scenario | str | Path):
        scenarios = [scenarios]
    chosen = [_scenario(scenario) for scenario in scenarios]
    names = [scenario.name for scenario in chosen]
    if len(set(names)) < len(names) or not names:
        raise DesignError(
            f"scenarios need names of their own (got {', '.join(names) or 'none'}); copy a file under another name, "
            "or see Scenario.renamed"
        )
    _check_windows(chosen)
    _check_design(chosen, design)
    return chosen


def _scenario(scenario: Named) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def _check_windows(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios that do not cover the same months: their totals could not be compared."""
    first = scenarios[0]
    for other in scenarios[1:]:
        for field in ("start", "months"):
            one, two = getattr(first, field), getattr(other, field)
            if one != two:
                raise DesignError(
                    f"{first.name} and {other.name} do not cover the same months ({field}: {one} against {two}); "
                    f"give both the same {field}, in the file or with with_values"
                )


def _check_design(scenarios: Sequence[Scenario], design: Design | None) -> None:
    for fault in levers(scenarios, design.names) if design is not None else ():
        raise DesignError(str(fault))
