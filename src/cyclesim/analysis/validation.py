"""Validation: measure the targets and qualitative checks, and say which are met, missed or not applicable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cyclesim.analysis import measuring, trials
from cyclesim.analysis.alike import alike
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import TARGETS, Row, judge
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run, simulate

SEEDS = 8
SMALL_WORLDS = 200
_PARTS = 6


def validate(
    scenario: Scenario,
    seeds: int = SEEDS,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Return a row for each target and check, in order.

    Parameters
    ----------
    scenario
        The scenario validated, over ten years. Shocks are measured in ukraine-2022 unless it has one itself, the
        hot stove in the shipped small world; both take over the parameters that the scenario states.
    seeds
        Worlds in which each variant is simulated, at least 1; the hot stove takes at least 200.
    seed
        Seed of the luck.
    workers
        Processes; results do not depend on them.
    progress
        Called with the number of parts done and the number of parts.
    """
    done = iter(range(1, _PARTS + 1))

    def advance() -> None:
        if progress:
            progress(next(done), _PARTS)

    def worlds(variants: Sequence[Scenario], number: int) -> Worlds:
        result = Worlds(simulate(variants, replications=number, seed=seed, workers=workers))
        advance()
        return result

    tens = worlds(trials.family(scenario), seeds)
    shocked, month = trials.shock(scenario)
    shock, small = worlds([shocked], seeds), worlds([trials.small(scenario)], max(seeds, SMALL_WORLDS))
    runs = [run(tens.scenario("base"), seed=seed, replication=number) for number in range(seeds)]
    advance()
    twelve = [run(trials.many(scenario), seed=seed, replication=number) for number in range(seeds)]
    advance()
    pair = worlds(alike(scenario), seeds)
    measured = {
        **measuring.of_people(tens),
        **measuring.of_money(tens),
        **measuring.of_shock(shock, month),
        **measuring.of_capacity(tens, run(trials.forgetting(scenario), seed=seed)),
        **measuring.of_the_found(runs),
        **measuring.of_many(twelve),
        **measuring.of_checks(tens, small),
        **measuring.of_the_alike(pair),
        "g": [float(tens.faults() + shock.faults() + small.faults())],
    }
    return [judge(target, measured[target.id]) for target in TARGETS]
