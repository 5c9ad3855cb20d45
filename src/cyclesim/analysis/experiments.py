"""Run an experiment and read it: paired effects of its arms, what they do together, which is best."""

from __future__ import annotations

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
from cyclesim.runs.results import FEWEST_WORLDS, Ensemble
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
    """One number with what luck does to it, over paired worlds.

    Attributes
    ----------
    name
        What is read.
    mean, standard_error
        Mean over worlds and its Monte Carlo error; None with one world, 0 for the twin, which has no luck.
    low, high
        5 % and 95 % of worlds; None with one world, the mean for the twin.
    enough
        Whether there are worlds enough to call a difference clear; see `FEWEST_WORLDS`.
    """

    name: str
    mean: float
    standard_error: float | None
    low: float | None
    high: float | None
    enough: bool = True

    @classmethod
    def of(cls, name: str, values: NDArray[np.float64], twin: bool = False) -> Reading:
        """Return the reading of one value a world, or of the twin's expected value."""
        mean = float(values.mean())
        if twin:
            return cls(name, mean, 0.0, mean, mean)
        if values.size < 2:
            return cls(name, mean, None, None, None)
        low, high = np.quantile(values, [0.05, 0.95])
        error = float(values.std(ddof=1) / np.sqrt(values.size))
        return cls(name, mean, error, float(low), float(high), values.size >= FEWEST_WORLDS)

    @property
    def clear(self) -> bool:
        """Whether nine in ten worlds lie on one side of zero, of enough worlds to say so."""
        return self.enough and self.low is not None and self.high is not None and not self.low <= 0 <= self.high


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
            readings = {m: self._named(m, self.comparison, arm, m) for m in MEASURES}
            readings["late"] = self._named("late", self._late, arm, TARGET)
            found[arm] = readings
        return found

    def _named(self, name: str, comparison: Comparison, arm: str, measure: str) -> Reading:
        """Return the reading of an effect; the twin's is not called clear where it is too small to name."""
        reading = self._reading(name, _effect(comparison, arm, measure))
        if not self._twin:
            return reading
        totals = comparison.ensemble.totals
        baseline = float(totals.loc[totals["scenario"] == comparison.baseline, measure].abs().mean())
        return replace(reading, enough=abs(reading.mean) >= SMALLEST * baseline)

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
                "effects": {name: asdict(reading) for name, reading in self.effects[account.scenario].items()},
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
            "readings": [asdict(reading) for reading in self.readings],
        }

    def _reading(self, name: str, values: NDArray[np.float64]) -> Reading:
        return Reading.of(name, values, twin=self._twin)

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
            found.append(self._reading(f"{words}: together less the sum of each alone", together - apart))
        return found

    def _best(self) -> list[Reading]:
        """Read how many person-months more each other scenario has than the best one."""
        best, base = self.best, self.experiment.baseline
        averted = {arm: _effect(self.comparison, arm, TARGET) for arm in self.experiment.arms}
        averted[base] = np.zeros(self.comparison.ensemble.worlds)
        return [
            self._reading(f"person-months more in {name} than in {best}", averted[best] - values)
            for name, values in averted.items()
            if name != best
        ]

    def _rise(self) -> list[Reading]:
        """Read the rise of identifications from the year before the shock to a year after it, and how arms differ."""
        ensemble, base = self.comparison.ensemble, self.experiment.baseline
        rises = {name: _rise_of(ensemble, scenario) for name, scenario in ensemble.scenarios.items()}
        found = [self._reading(f"rise of identifications in {base}, share", rises[base])]
        arms = self.experiment.arms
        return found + [self._reading(f"the same in {arm}, less that", rises[arm] - rises[base]) for arm in arms]


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
