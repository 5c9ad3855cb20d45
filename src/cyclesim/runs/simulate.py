"""Simulate: one run, an ensemble of worlds that several scenarios share, or one in which donors pay interventions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from cyclesim.errors import DesignError
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.model.luck import checked
from cyclesim.progress import watched
from cyclesim.runs import folder
from cyclesim.runs.ensemble import Ensemble
from cyclesim.runs.results import engine
from cyclesim.runs.run import Run
from cyclesim.vocabulary import Payer
from cyclesim.worlds import writing
from cyclesim.worlds.design import NO_DRAWS, Design, scenario_levers
from cyclesim.worlds.engines import parallel_map
from cyclesim.worlds.item import World, simulate_months
from cyclesim.worlds.totals import Table

Named = Scenario | str | Path
PURSE_SHARE = 0.5
"""Largest part of the donors' money that interventions may take, unless somebody asks for another one.

Half: what they already pay for goes on, so that the question is how to use money and not whether to stop.
"""


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

    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    seed, draw, replication = checked("seed", seed), checked("draw", draw), checked("replication", replication)
    model = CycleModel(chosen, seed, draw, replication, twin=twin).run()
    model.close()
    return Run(chosen, seed, draw, replication, model.observations.tables(), engine(twin))


def simulate(
    scenarios: Named | Sequence[Named],
    design: Design | None = None,
    replications: int = 1,
    seed: int = 1,
    workers: int = 1,
    out: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    twin: bool = False,
) -> Ensemble:
    """Simulate worlds whose luck all scenarios share.

    Parameters
    ----------
    scenarios
        Scenarios, names or files; names must differ.
    design
        Draws of the uncertain numbers (`sample`), each with so many `replications`. Without one: the defaults (draw 0).
    seed
        Seed of the luck: a world's luck is keyed by (seed, draw, replication).
    workers
        Processes; results do not depend on them. In a script, call this under ``if __name__ == "__main__":``.
    out
        Folder to save to, if any.
    progress
        Called with the number of worlds done and asked for; in a notebook a bar is shown without it.
    twin
        Count people as expected numbers; there is no luck, so replications would all be the same.

    Raises
    ------
    DesignError
        For scenarios of one name or of different months, no replications, several of the twin, or a parameter drawn
        that a scenario states itself.
    FolderError, WorkerError
        If the folder holds another study: before anything is simulated; if a worker process died.
    """
    chosen, seed = named(scenarios, design), checked("seed", seed)
    if twin and replications > 1:
        raise DesignError(f"the twin has no luck: {replications} replications would be the same; ask for one")
    if replications < 1:
        raise DesignError(f"a study needs at least one replication (got {replications})")
    if workers < 1:
        raise DesignError(f"worlds need at least one worker (got {workers})")
    draws = design or NO_DRAWS
    todo = [World(draw, replication) for draw in draws.numbers for replication in range(replications)]
    batch = max(1, min(25, len(todo) // (4 * workers)))
    with ExitStack() as stack:
        watching, output = stack.enter_context(watched(progress)), None
        if out is not None:
            about = folder.manifest("run", chosen, design, replications, seed, engine(twin))
            output = stack.enter_context(writing.results(Path(out), about))
        results = parallel_map(_world, (chosen, draws, seed, twin), todo, workers, watching, batch)
        ensemble = Ensemble.of(chosen, design, seed, todo, results, engine(twin))
        if output is not None:
            output.write(ensemble.files())
    return ensemble


def _world(shared: tuple[list[Scenario], Design, int, bool], world: World) -> list[Table]:
    """Return the monthly table of each scenario in one world."""
    (scenarios, draws, seed, twin), (draw, replication) = shared, (world.draw, world.replication)
    return [simulate_months(s, draws.of(draw), seed, draw, replication, twin) for s in scenarios]


def named(scenarios: Named | Sequence[Named], design: Design | None) -> list[Scenario]:
    """Return scenarios that may share worlds, loaded; see `simulate` for what is refused."""
    if isinstance(scenarios, Scenario | str | Path):
        scenarios = [scenarios]
    chosen = [scenario if isinstance(scenario, Scenario) else load(scenario) for scenario in scenarios]
    names = [scenario.name for scenario in chosen]
    if len(set(names)) < len(names) or not names:
        raise DesignError(
            f"scenarios need names of their own (got {', '.join(names) or 'none'}); copy a file under another name, "
            "or see Scenario.renamed"
        )
    first = chosen[0]
    for other, field in product(chosen[1:], ("start", "months")):
        one, two = getattr(first, field), getattr(other, field)
        if one != two:  # their totals could not be compared
            raise DesignError(
                f"{first.name} and {other.name} do not cover the same months ({field}: {one} against {two}); "
                f"give both the same {field}, in the file or with with_values"
            )
    for fault in scenario_levers(chosen, design.names) if design else ():
        raise DesignError(str(fault))
    return chosen


def simulate_at_equal_spending(
    scenarios: Sequence[Named],
    design: Design | None = None,
    replications: int = 1,
    seed: int = 1,
    workers: int = 1,
    purse_share: float = PURSE_SHARE,
    progress: Callable[[int, int], None] | None = None,
    twin: bool = False,
    check: Callable[[Sequence[Scenario]], object] | None = None,
    one_share: bool = False,
) -> Ensemble:
    """Simulate a baseline, and counterfactuals whose interventions the donors of the crisis pay.

    What donors disburse in the baseline, which comes first, decides how much of each they can pay (`paid_by_donors`).

    Parameters
    ----------
    purse_share
        Largest part of the money disbursed that interventions may take.
    check
        Called with the scenarios as they will be simulated, before the counterfactuals are.
    one_share
        Whether all counterfactuals are carried out to the same share, the one that all of them can be paid at.

    Raises
    ------
    DesignError
        As `simulate`, which has the other parameters; and if the baseline has interventions that others pay.
    """
    chosen = named(scenarios, design)
    total = 2 if len(chosen) > 1 else 1

    def halves(number: int) -> Callable[[int, int], None] | None:
        return (lambda done, of: progress(number * of + done, total * of)) if progress else None

    costly = sorted(name for name, entry in chosen[0].interventions.items() if entry.cost)
    if costly and chosen[0].interventions_paid_by is Payer.OUTSIDE:
        raise DesignError(
            f"the baseline {chosen[0].name} has an intervention that others pay ({costly[0]}), so there is no equal "
            "spending with it; write interventions_paid_by: donors into it, or take another baseline"
        )
    base = simulate(chosen[:1], design, replications, seed, workers, progress=halves(0), twin=twin)
    paid = [chosen[0], *paid_by_donors(chosen[1:], base, purse_share, one_share)]
    if check:
        check(paid)
    if not paid[1:]:
        return base
    return base.joined(simulate(paid[1:], design, replications, seed, workers, progress=halves(1), twin=twin))


def paid_by_donors(
    scenarios: Sequence[Scenario], base: Ensemble, purse_share: float = PURSE_SHARE, one_share: bool = False
) -> list[Scenario]:
    """Return scenarios whose interventions donors pay, as far as `purse_share` of what they disburse in `base` reaches.

    It is what they disburse in the months in which interventions cost anything (mean over worlds); beyond it, all that
    cost anything are carried out in part: effects and cost alike.
    """
    if not 0.0 < purse_share <= 1.0:
        raise DesignError(f"the share of the purse must be above 0 and at most 1 (got {purse_share:g})")
    shares = [_affordable(scenario, base, purse_share) for scenario in scenarios]
    if one_share and shares:
        shares = [min(shares)] * len(shares)
    return [_paid(scenario, share) for scenario, share in zip(scenarios, shares, strict=True)]


def _affordable(scenario: Scenario, base: Ensemble, purse_share: float) -> float:
    """Return the part of a scenario's interventions that a part of the purse can pay, in whole 1/10,000."""
    schedule = Schedule(scenario)
    costs = {month: cost for month in range(scenario.months) if (cost := schedule.cost(month))}
    if not costs:
        return 1.0
    table = base.table[base.table["month"].isin(list(costs))]
    purse = purse_share * float(table["disbursed_cents"].sum()) / base.worlds
    return min(1.0, math.floor(1e4 * purse / sum(costs.values())) / 1e4)


def _paid(scenario: Scenario, share: float) -> Scenario:
    values: dict[str, object] = {"interventions_paid_by": str(Payer.DONORS)}
    if share < 1.0:
        costly = {name: entry for name, entry in scenario.interventions.items() if entry.cost}
        values |= {f"interventions.{name}.share": entry.share * share for name, entry in costly.items()}
    return scenario.with_values(values)
