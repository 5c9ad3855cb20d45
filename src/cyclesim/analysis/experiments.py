"""Run an experiment and read it: paired effects of its arms, what they do together, which is best."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.compare import Comparison, compare
from cyclesim.errors import DesignError
from cyclesim.inputs.dates import index
from cyclesim.inputs.experiments import Experiment, experiment
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread
from cyclesim.runs.results import Ensemble
from cyclesim.runs.simulate import simulate
from cyclesim.runs.spending import PURSE_SHARE, simulate_at_equal_spending
from cyclesim.vocabulary import Payer

MEASURES = ("person_months_exploited", "identified", "believed_prevalence", "coverage")
"""What is read of every arm over the whole run."""
LATE_MONTHS = 24
"""Last months, of which person-months of exploitation are read apart: what outlives the money."""
TARGET = "person_months_exploited"

SMALLEST = 1e-4
"""Part of the baseline below which a difference between expected values is not worth a name."""


@dataclass(frozen=True)
class Reading:
    """One number over paired worlds.

    Attributes
    ----------
    name
        What is read.
    spread
        What it comes to.
    clear
        Whether it clearly differs from zero; of the twin, whether it is large enough to be worth a name.
    """

    name: str
    spread: Spread
    clear: bool

    @property
    def mean(self) -> float:
        """Mean over worlds; of the twin, the expected value."""
        return self.spread.mean

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        spread = {key: None if isinstance(x, float) and math.isnan(x) else x for key, x in asdict(self.spread).items()}
        return {"name": self.name, **spread, "clear": self.clear}


@dataclass(frozen=True, repr=False)
class Outcome:
    """An experiment that was run.

    Attributes
    ----------
    experiment
        What was asked.
    comparison
        Its baseline and arms, paired by world.
    """

    experiment: Experiment
    comparison: Comparison

    def __repr__(self) -> str:
        return f"Outcome({self.experiment.name!r}, worlds={self.comparison.ensemble.worlds})"

    @cached_property
    def effects(self) -> dict[str, dict[str, Reading]]:
        """By arm: the paired effect on each of `MEASURES`, and on person-months in the last months, as ``late``."""
        found = {}
        for arm in self.experiment.arms:
            readings = {m: self._effect(m, self.comparison, arm, m) for m in MEASURES}
            readings["late"] = self._effect("late", self._late, arm, TARGET)
            found[arm] = readings
        return found

    def _effect(self, name: str, comparison: Comparison, arm: str, measure: str) -> Reading:
        return self._reading(name, _effect(comparison, arm, measure), self._baseline(measure, comparison))

    def _baseline(self, measure: str, comparison: Comparison | None = None) -> float:
        """Return the mean size of a measure in the baseline."""
        chosen = comparison or self.comparison
        totals = chosen.ensemble.totals
        return float(totals.loc[totals["scenario"] == chosen.baseline, measure].abs().mean())

    @cached_property
    def readings(self) -> list[Reading]:
        """What is read beside the effects: see `Experiment.reading`."""
        read = {"joint": self._joint, "best": self._best, "rise": self._rise}.get(self.experiment.reading)
        return read() if read else []

    @property
    def best(self) -> str:
        """The arm, or the baseline, with the fewest person-months of exploitation (mean over worlds)."""
        averted = {arm: effects[TARGET].mean for arm, effects in self.effects.items()}
        return max({self.experiment.baseline: 0.0, **averted}.items(), key=lambda item: item[1])[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON types."""
        arms = [
            {
                **account.to_dict(),
                "effects": {name: reading.to_dict() for name, reading in self.effects[account.scenario].items()},
            }
            for account in self.comparison.spending
        ]
        return {
            "experiment": self.experiment.name,
            "question": self.experiment.question,
            "baseline": self.comparison.baseline,
            "worlds": self.comparison.ensemble.worlds,
            "seed": self.comparison.ensemble.seed,
            "covers": self.comparison.ensemble.covers,
            "best": self.best,
            "arms": arms,
            "readings": [reading.to_dict() for reading in self.readings],
        }

    def _reading(self, name: str, values: NDArray[np.float64], baseline: float) -> Reading:
        """Return the reading of one value a world; the twin's is clear where it is worth a name beside the baseline."""
        found = Spread.of(values)
        clear = abs(found.mean) > SMALLEST * baseline if self._twin else found.clear
        return Reading(name, found, clear)

    @property
    def _twin(self) -> bool:
        return self.comparison.ensemble.engine == "twin"

    @cached_property
    def _late(self) -> Comparison:
        ensemble = self.comparison.ensemble
        first = ensemble.scenarios[self.comparison.baseline].months - LATE_MONTHS
        table = ensemble.table[ensemble.table["month"] >= first]
        return replace(self.comparison, ensemble=replace(ensemble, table=table))

    def _joint(self) -> list[Reading]:
        """Read what the last arm averts beyond the sum of the arms that it joins."""
        last, joined = self.experiment.arms[-1], self.experiment.joint
        found = []
        for measure, words in (("person_months_exploited", "person-months averted"), ("identified", "identified")):
            together = _effect(self.comparison, last, measure)
            apart = sum((_effect(self.comparison, arm, measure) for arm in joined), np.zeros(together.size))
            name = f"{words}: together less the sum of each alone"
            found.append(self._reading(name, together - apart, self._baseline(measure)))
        return found

    def _best(self) -> list[Reading]:
        """Read how many person-months more each other scenario has than the best one."""
        best, base = self.best, self.experiment.baseline
        averted = {arm: _effect(self.comparison, arm, TARGET) for arm in self.experiment.arms}
        averted[base] = np.zeros(self.comparison.ensemble.worlds)
        return [
            self._reading(
                f"person-months more in {name} than in {best}", averted[best] - values, self._baseline(TARGET)
            )
            for name, values in averted.items()
            if name != best
        ]

    def _rise(self) -> list[Reading]:
        """Read the rise of identifications from the year before the shock to a year after it, and how arms differ."""
        ensemble, base = self.comparison.ensemble, self.experiment.baseline
        rises = {name: _rise_of(ensemble, scenario) for name, scenario in ensemble.scenarios.items()}
        found = [self._reading(f"rise of identifications in {base}, share", rises[base], 1.0)]
        arms = self.experiment.arms
        return found + [self._reading(f"the same in {arm}, less that", rises[arm] - rises[base], 1.0) for arm in arms]


def run(
    name: str,
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    paid_by: Payer | None = None,
    purse_share: float = PURSE_SHARE,
    twin: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Run an experiment.

    Parameters
    ----------
    name
        Name of the experiment.
    replications, seed, workers, twin, progress
        As in `simulate`.
    paid_by
        Who pays for interventions; as the experiment says if absent.
    purse_share
        Where donors pay: the largest part of what they disburse that interventions may take. All arms are carried
        out to one share, so that arms that cost the same still do.
    """
    chosen = experiment(name)
    scenarios = [load(scenario) for scenario in (chosen.baseline, *chosen.arms)]
    if (paid_by or chosen.paid_by) is Payer.DONORS:
        ensemble = simulate_at_equal_spending(
            scenarios, None, replications, seed, workers, purse_share, progress, twin, one_share=True
        )
    else:
        ensemble = simulate(scenarios, None, replications, seed, workers, progress=progress, twin=twin)
    return outcome(chosen, ensemble)


def outcome(chosen: Experiment, ensemble: Ensemble) -> Outcome:
    """Return the outcome of an experiment whose scenarios were simulated."""
    return Outcome(chosen, compare(ensemble, chosen.baseline))


def _effect(comparison: Comparison, arm: str, measure: str) -> NDArray[np.float64]:
    """Return the paired difference of an arm, one value a world: averted where that is the word."""
    differences = comparison.differences
    return differences.loc[differences["scenario"] == arm, measure].to_numpy(dtype=float)


def _rise_of(ensemble: Ensemble, scenario: Scenario) -> NDArray[np.float64]:
    """Return identifications in months 11 to 13 after the shock over those of the 12 before, less 1, by world."""
    shock, table = _shock(scenario), ensemble.table[ensemble.table["scenario"] == scenario.name]
    months = table.groupby(["draw", "replication", "month"])["identified"].sum().unstack("month").to_numpy(dtype=float)
    later, before = months[:, shock + 11 : shock + 14].mean(axis=1), months[:, shock - 12 : shock].mean(axis=1)
    if not before.all():
        raise DesignError(f"nobody is identified in {scenario.name} before the shock, so there is no rise to read")
    return np.asarray(later / before - 1.0)


def _shock(scenario: Scenario) -> int:
    months = [index(s.month, scenario.start) for crisis in scenario.crises.values() for s in crisis.attention.values()]
    if not months or not 12 <= min(months) <= scenario.months - 14:
        raise DesignError(f"{scenario.name} has no media shock with a year before and 14 months after it")
    return min(months)
