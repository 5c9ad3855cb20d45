"""Validation: put the targets and qualitative checks to the model, and say what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cyclesim.analysis import beside, between_crises, measuring, trials
from cyclesim.analysis.alike import alike
from cyclesim.analysis.beside import Beside, Loss, Placed
from cyclesim.analysis.simulated import Simulated, simulated
from cyclesim.analysis.targets import TARGETS, Row, Use, judge
from cyclesim.analysis.thirty import thirty
from cyclesim.errors import UnknownNameError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run

SEEDS = 4
SMALL_WORLDS = 200
LEDGER_WORLDS = 4
_PARTS = 5
PATTERNS = tuple(target.only(Use.FIT) for target in TARGETS if Use.FIT in target.uses)
"""What a calibration may use, and nothing else: targets with the quantities that are there to be fitted."""
_AT_M, _THIRTY = {"T1", "T3", "T4", "T13", "T14"}, {"T20", "T21"}


@dataclass(frozen=True)
class Validation:
    """What the model shows where the evidence asks.

    Attributes
    ----------
    rows
        A row for each target and check, in order.
    beside
        Numbers that nobody aims at, with their ceilings.
    losses
        What is lost in ten years without anti-trafficking money, by rung and outcome.
    defaults
        Every default that draws move, in its prior.
    """

    rows: tuple[Row, ...]
    beside: tuple[Beside, ...]
    losses: tuple[Loss, ...]
    defaults: tuple[Placed, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "targets": [row.to_dict() for row in self.rows if row.target.kind != "check"],
            "checks": [row.to_dict() for row in self.rows if row.target.kind == "check"],
            "beside": list(map(beside.plain, self.beside)),
            "zero_money": list(map(beside.plain, self.losses)),
            "defaults": list(map(beside.plain, self.defaults)),
        }


def validate(
    scenario: Scenario,
    seeds: int = SEEDS,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Validation:
    """Put every target and check to a scenario, its ladder and thirty crises like it.

    Parameters
    ----------
    scenario
        The unseen crisis, over ten years, and what the thirty crises are made of. The other rungs, ukraine-2022 and the
        small world of the hot stove are the shipped ones, under the parameters that the scenario states.
    seeds
        Worlds in which each variant is simulated, at least 1. Expected values but for lines in plans and recording
        practice; published counts (T22) and conservation are of people one by one, the hot stove in 200 worlds or more.
    seed
        Seed of the luck.
    workers
        Processes; results do not depend on them.
    progress
        Called with the number of parts done and the number of parts.
    """
    done = iter(range(1, _PARTS + 1))

    def simulate(variants: Sequence[Scenario], number: int, twin: bool = True) -> Simulated:
        result = simulated(variants, number, seed, workers, twin)
        if progress:
            progress(next(done), _PARTS)
        return result

    every = simulate(_variants(scenario), seeds)
    crises = simulate([thirty(scenario)], seeds)
    pair = simulate(alike(scenario), 1)
    small = simulate([trials.small(scenario)], max(seeds, SMALL_WORLDS), twin=False)
    ledger = simulate([trials.rung("M", scenario)], min(seeds, LEDGER_WORLDS), twin=False)
    measured = {
        **_of_variants(every),
        **between_crises.of_thirty(crises.worlds, crises.runs[between_crises.NAME]),
        **measuring.of_counts(ledger.worlds),
        **measuring.of_capacity(every.worlds, run(trials.forgetting(scenario), twin=True)),
        **measuring.of_checks(every.worlds, small.worlds),
        **measuring.of_the_alike(pair.worlds),
        "g": [float(small.worlds.faults() + ledger.worlds.faults())],
    }
    rows = tuple(judge(target, measured[target.id]) for target in TARGETS)
    placed = tuple(beside.placed())
    return Validation(rows, tuple(beside.numbers(every)), tuple(beside.losses(every.worlds)), placed)


def measure(scenario: Scenario, ids: Collection[str], seeds: int = 1, seed: int = 1) -> dict[str, measuring.Measured]:
    """Return what is measured for some of the targets that a calibration may use, in the worlds of `validate`.

    Parameters
    ----------
    ids
        Of `PATTERNS`, such as T1 and T21; a target has its quantities to be fitted, and no others.
    seeds, seed
        As in `validate`.

    Raises
    ------
    UnknownNameError
        For a target that is a test or only printed: it may not be used.
    """
    asked = _askable(ids)
    mechanism = trials.rung("M", scenario)
    variants = [trials.rung("U", scenario)] if "T1a" in asked else []
    variants += [mechanism, trials.at_home(mechanism)] if asked & _AT_M else []
    variants += [thirty(scenario)] if asked & _THIRTY else []
    found: dict[str, measuring.Measured] = {}
    if "T22" in asked:
        found |= measuring.of_counts(simulated([mechanism], seeds, seed, twin=False).worlds)
    if variants:
        every = simulated(variants, seeds, seed)
        found |= measuring.of_unseen(every.worlds) if "T1a" in asked else {}
        if asked & _AT_M:
            found |= {**measuring.of_mechanism(every.worlds), **measuring.of_the_found(every.runs["M"])}
        if asked & _THIRTY:
            found |= between_crises.of_thirty(every.worlds, every.runs[between_crises.NAME])
    return {id_: _to_fit(id_, found[id_]) for id_ in ids}


# ---------------------------------------------------------------- details


def _askable(ids: Collection[str]) -> set[str]:
    """Return the targets asked for; those that are a test, or only printed, are refused."""
    known = [target.id for target in PATTERNS]
    for id_ in ids:
        if id_ not in known:
            raise UnknownNameError(f"no target {id_!r} that a calibration may use; choose from {', '.join(known)}")
    return set(ids)


def _variants(scenario: Scenario) -> list[Scenario]:
    """Return every variant that the twin simulates but the thirty crises."""
    unseen, mechanism, strong, ukraine = (trials.rung(name, scenario) for name in ("U", "M", "S", "UA"))
    ladder = [unseen, mechanism, strong]
    return [
        ukraine,
        *ladder,
        *(trials.without_money(rung) for rung in ladder),
        trials.at_home(mechanism),
        trials.capacity_cut(mechanism),
        *trials.back_ends(unseen),
        *trials.loops(unseen),
        *trials.cuts(unseen),
        *trials.trainings(unseen),
    ]


def _of_variants(every: Simulated) -> dict[str, measuring.Measured]:
    worlds = every.worlds
    return {
        **measuring.of_unseen(worlds),
        **measuring.of_mechanism(worlds),
        **measuring.of_strong_systems(worlds),
        **measuring.of_the_found(every.runs["M"]),
        **measuring.of_shock(worlds, trials.shock_month(worlds.scenario("UA"))),
        **measuring.of_ukraine(worlds, every.runs["UA"]),
        **beside.of_costs(every),
        **beside.of_losses(worlds),
    }


def _to_fit(id_: str, measured: measuring.Measured) -> measuring.Measured:
    target = next(target for target in TARGETS if target.id == id_)
    return [value for quantity, value in zip(target.quantities, measured, strict=True) if quantity.use is Use.FIT]
