"""Validation: measure the targets and qualitative checks, and say which are met, missed or not applicable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from cyclesim.analysis import measuring, trials
from cyclesim.analysis.alike import alike
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import TARGETS, Row, judge
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run, simulate

SEEDS = 8
SMALL_WORLDS = 200
_PARTS = 6
_BASE, _FOUND, _STRONG = {"T1", "T3", "T4", "T6", "T13"}, {"T14"}, {"T2", "T5"}
_SHOCK, _CAPACITY, _MANY = {"T7", "T8", "T10"}, {"T9", "T11", "T12"}, {"T15"}
PATTERNS = tuple(target for target in TARGETS if target.id.startswith("T"))
"""Targets T1 to T15, without the qualitative checks."""


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
        **measuring.of_strong_systems(tens),
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


def measure(scenario: Scenario, ids: Collection[str], seeds: int = 1, seed: int = 1) -> dict[str, measuring.Measured]:
    """Return what is measured for some of T1 to T15, in the same worlds as `validate`, and no others.

    Parameters
    ----------
    ids
        Such as T1 and T6.
    seeds, seed
        As in `validate`.
    """
    asked = set(ids)
    names = {"base"} if asked & (_BASE | _STRONG | _CAPACITY) else set()
    names |= {"strong"} if asked & _STRONG else set()
    names |= {"capacity cut", "no back end", "full back end"} if asked & _CAPACITY else set()
    family = trials.family(scenario)
    found: dict[str, measuring.Measured] = {}
    if names:
        tens = Worlds(simulate([s for s in family if s.name in names], replications=seeds, seed=seed))
        found |= {**measuring.of_people(tens), **measuring.of_money(tens)}
        found |= measuring.of_strong_systems(tens) if asked & _STRONG else {}
        if asked & _CAPACITY:
            found |= measuring.of_capacity(tens, run(trials.forgetting(scenario), seed=seed))
    if asked & _FOUND:
        runs = [run(family[0], seed=seed, replication=number) for number in range(seeds)]
        found |= measuring.of_the_found(runs)
    if asked & _SHOCK:
        shocked, month = trials.shock(scenario)
        found |= measuring.of_shock(Worlds(simulate([shocked], replications=seeds, seed=seed)), month)
    if asked & _MANY:
        many = trials.many(scenario)
        found |= measuring.of_many([run(many, seed=seed, replication=number) for number in range(seeds)])
    return {id_: found[id_] for id_ in ids}
