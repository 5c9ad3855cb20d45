"""What the model shows where the evidence asks: targets and checks, and beside them the report's claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cyclesim.analysis import beside, claims_measured, measuring, trials
from cyclesim.analysis import claims as rules
from cyclesim.analysis.beside import Beside, Loss, Placed
from cyclesim.analysis.claims import Examined
from cyclesim.analysis.simulated import Simulated, simulated
from cyclesim.analysis.targets import TARGETS, JudgedTarget, judge
from cyclesim.analysis.thirty import NAME, of_thirty, thirty
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run

SEEDS = 4
SMALL_WORLDS = 200
LEDGER_WORLDS = 4
_PARTS = 5
_DEFAULT: Any = "unseen-crisis"  # a question takes the name of a scenario


@dataclass(frozen=True, repr=False)
class Validation:
    """What the model shows where the evidence asks.

    Attributes
    ----------
    scenario, worlds
        The scenario, and how many worlds of each variant of it were simulated.
    rows
        Each target and check with what was measured for it, in order.
    beside, losses
        Numbers that nobody aims at; what is lost in ten years without anti-trafficking money, by rung and outcome.
    defaults
        Every default that draws move, in its prior.
    """

    scenario: Scenario
    worlds: int
    rows: tuple[JudgedTarget, ...]
    beside: tuple[Beside, ...]
    losses: tuple[Loss, ...]
    defaults: tuple[Placed, ...]

    def __repr__(self) -> str:
        return f"Validation({self.scenario.name!r}, worlds={self.worlds})"

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each quantity of each target and check: where it is asked, what was measured, the verdict."""
        rows = []
        for row in self.rows:
            head = {"id": row.target.id, "fact": row.target.fact, "kind": row.target.kind}
            rows += [head | quantity.to_dict() for quantity in row.quantities]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "scenario": self.scenario.name,
            "targets": [row.to_dict() for row in self.rows if row.target.kind != "check"],
            "checks": [row.to_dict() for row in self.rows if row.target.kind == "check"],
            "beside": list(map(beside.plain, self.beside)),
            "zero_money": list(map(beside.plain, self.losses)),
            "defaults": list(map(beside.plain, self.defaults)),
        }

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"targets.csv": self.table}


@dataclass(frozen=True, repr=False)
class Claims:
    """What the model shows of the report's claims.

    Attributes
    ----------
    scenario, worlds
        The scenario, and how many worlds of each variant of it were simulated.
    examined
        Each claim with its numbers and how they are read, in order.
    """

    scenario: Scenario
    worlds: int
    examined: tuple[Examined, ...]

    def __repr__(self) -> str:
        return f"Claims({self.scenario.name!r}, worlds={self.worlds})"

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each number of each claim: what it is, its value, and how the claim is read."""
        rows = [
            {"claim": one.claim.id, "number": name, "value": value, "read_as": str(one.verdict)}
            for one in self.examined
            for name, value in one.shown.items()
        ]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {"scenario": self.scenario.name, "claims": [one.to_dict() for one in self.examined]}

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"claims.csv": self.table}


def validate(
    scenario: Scenario = _DEFAULT,
    claims: bool = False,
    replications: int = SEEDS,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Validation | Claims:
    """Put facts from public sources to a SCENARIO (default: unseen-crisis), its ladder, Ukraine and thirty crises.

    A target is a question to the model, never a goal for it. Some are there to be fitted, some are a test that is never
    used, some are printed without a verdict. Beside them stand numbers that nobody aims at, what would be lost without
    anti-trafficking money, and defaults that stand near an end of their prior. Takes some minutes.

    With --claims: what the model shows of each claim of the report, and whether it agrees, contradicts or is silent, by
    a rule that stands beside it.

    Parameters
    ----------
    scenario
        The unseen crisis, over ten years, and what the thirty crises are made of. The other rungs, ukraine-2022 and the
        small world of the hot stove are the shipped ones, under the parameters that the scenario states.
    claims
        Whether the report's claims are held against the model instead.
    replications
        Worlds in which each variant is simulated, at least 1. Expected values but for lines in plans and recording
        practice; published counts (T22) and conservation are of people one by one, the hot stove in 200 worlds or more.
    seed, workers
        Seed of the luck; processes, on which results do not depend.
    progress
        Called with the number of parts done and the number of parts.
    """
    if claims:
        shown = claims_measured.measure(scenario, replications, seed, workers, progress)
        examined = (Examined(one, shown[one.id], rules.read(one, shown[one.id])) for one in rules.claims())
        return Claims(scenario, replications, tuple(examined))
    return targets_and_checks(scenario, replications, seed, workers, progress)


def targets_and_checks(
    scenario: Scenario, seeds: int, seed: int, workers: int, progress: Callable[[int, int], None] | None
) -> Validation:
    """Put every target and check to a scenario; see `validate`."""
    done = iter(range(1, _PARTS + 1))

    def simulate(variants: Sequence[Scenario], number: int, twin: bool = True) -> Simulated:
        result = simulated(variants, number, seed, workers, twin)
        if progress:
            progress(next(done), _PARTS)
        return result

    every = simulate(_variants(scenario), seeds)
    worlds = every.worlds
    crises = simulate([thirty(scenario)], seeds)
    pair = simulate(trials.alike(scenario), 1)
    small = simulate([trials.small(scenario)], max(seeds, SMALL_WORLDS), twin=False)
    ledger = simulate([trials.rung("M", scenario)], min(seeds, LEDGER_WORLDS), twin=False)
    measured = {
        **measuring.of_unseen(worlds),
        **measuring.of_mechanism(worlds),
        **measuring.of_strong_systems(worlds),
        **measuring.measure_t14(every.runs["M"]),
        **measuring.of_shock(worlds, trials.shock_month(worlds.scenario("UA"))),
        **measuring.of_ukraine(worlds, every.runs["UA"]),
        **beside.of_costs(every),
        **beside.of_losses(worlds),
        **of_thirty(crises.worlds, crises.runs[NAME]),
        **measuring.of_counts(ledger.worlds),
        **measuring.of_capacity(worlds, run(trials.forgetting(scenario), twin=True)),
        **measuring.of_checks(worlds, small.worlds),
        **measuring.of_the_alike(pair.worlds),
        "g": [float(small.worlds.faults() + ledger.worlds.faults())],
    }
    rows = tuple(judge(target, measured[target.id]) for target in TARGETS)
    numbers, losses = tuple(beside.numbers(every)), tuple(beside.losses(worlds))
    return Validation(scenario, seeds, rows, numbers, losses, tuple(beside.placed()))


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
