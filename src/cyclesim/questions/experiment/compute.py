"""Carry out a study as an experiment: paired effects of its arms, what they do together, which is best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim.analysis.compare import Comparison, compare
from cyclesim.analysis.plain import finite
from cyclesim.errors import DesignError
from cyclesim.inputs.dates import index
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Arms, Study
from cyclesim.intervals import Spread
from cyclesim.runs.ensemble import with_table
from cyclesim.runs.results import Runs
from cyclesim.runs.simulate import PURSE_SHARE, simulate, simulate_at_equal_spending
from cyclesim.vocabulary import Payer

MEASURES = ("person_months_exploited", "identified", "believed_prevalence", "coverage")
"""What is read of every arm over the whole run."""
LATE_MONTHS = 24
"""Last months, of which person-months of exploitation are read apart: what outlives the money."""
TARGET = "person_months_exploited"
JOINT = (TARGET, "identified")
"""What is read of arms together."""
SMALLEST = 1e-4
"""Part of the baseline below which a difference between expected values is not worth a name."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """What a measure, ``late``, or a scenario that is read comes to over paired worlds, and whether it is clear.

    Clear: it clearly differs from zero; of the twin, it is large enough to be worth a name.
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
        return {"name": self.name, **finite(asdict(self.spread)), "clear": self.clear}


@dataclass(frozen=True, repr=False)
class Experiment:
    """A study that was carried out as an experiment.

    Attributes
    ----------
    study, comparison
        What was asked; its baseline and arms, paired by world.
    """

    study: Study
    comparison: Comparison

    def __repr__(self) -> str:
        return f"Experiment({self.study.name!r}, worlds={self.simulated.worlds})"

    @property
    def simulated(self) -> Runs:
        """The worlds; where donors pay, interventions stand in their scenarios as far as they were carried out."""
        return self.comparison.ensemble

    @property
    def asked(self) -> Arms:
        """What is read of the arms."""
        return self.study.experiment or Arms()

    @property
    def baseline(self) -> str:
        """Name of the scenario that arms are held against."""
        return self.comparison.baseline

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in order."""
        return self.comparison.counterfactuals

    @property
    def twin(self) -> bool:
        """Whether numbers are expected values."""
        return self.simulated.engine == "twin"

    @cached_property
    def effects(self) -> dict[str, dict[str, Reading]]:
        """By arm: the paired effect on each of `MEASURES`, and on person-months in the last months, as ``late``."""
        months, first = self.simulated.months, self.simulated.scenarios[self.baseline].months - LATE_MONTHS
        late = with_table(self.simulated, months[months["month"] >= first])
        found: dict[str, dict[str, Reading]] = {arm: {} for arm in self.arms}
        for name, measure, runs in [*((m, m, self.simulated) for m in MEASURES), ("late", TARGET, late)]:
            size = self._size(measure, runs)
            for arm, values in self._effects(measure, runs).items():
                found[arm][name] = self._reading(name, values, size)
        return found

    @cached_property
    def readings(self) -> list[Reading]:
        """What is read beside the effects: see `cyclesim.inputs.study.Arms.reading`."""
        read = {"joint": self._joint, "best": self._best, "rise": self._rise}.get(self.asked.reading)
        return read() if read else []

    @property
    def best(self) -> str:
        """The arm, or the baseline, with the fewest person-months of exploitation (mean over worlds)."""
        averted = {self.baseline: 0.0, **{arm: effects[TARGET].mean for arm, effects in self.effects.items()}}
        return max(averted, key=lambda name: averted[name])

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each arm and each of its effects."""
        rows = [
            {"scenario": arm, "measure": reading.name, **asdict(reading.spread), "clear": reading.clear}
            for arm, effects in self.effects.items()
            for reading in effects.values()
        ]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        effects = {arm: {name: one.to_dict() for name, one in found.items()} for arm, found in self.effects.items()}
        return {
            "experiment": self.study.name,
            "question": self.study.question,
            "baseline": self.baseline,
            "worlds": self.simulated.worlds,
            "seed": self.simulated.seed,
            "covers": self.simulated.covers,
            "best": self.best,
            "arms": [{**one.to_dict(), "effects": effects[one.scenario]} for one in self.comparison.spending],
            "readings": [reading.to_dict() for reading in self.readings],
        }

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in: those of a comparison, and the effects."""
        return {**self.comparison.files(), "experiment.csv": self.table}

    def _effects(self, measure: str, runs: Runs) -> dict[str, Floats]:
        """Return the paired difference of each arm, one value a world: averted where that is the word."""
        found = runs.differences(measure, self.baseline)
        return {arm: found[arm].to_numpy(dtype=float) for arm in self.arms}

    def _size(self, measure: str, runs: Runs) -> float:
        """Return the mean size of a measure in the baseline."""
        return float(runs.totals.loc[runs.totals["scenario"] == self.baseline, measure].abs().mean())

    def _reading(self, name: str, values: Floats, size: float) -> Reading:
        """Return the reading of one value a world; the twin's is clear where it is worth a name beside the baseline."""
        found = Spread.of(values)
        return Reading(name, found, abs(found.mean) > SMALLEST * size if self.twin else found.clear)

    def _joint(self) -> list[Reading]:
        """Read what the last arm does beyond the sum of the arms that it joins."""
        names = dict(zip(self.study.scenarios, self.simulated.scenarios, strict=True))
        found = []
        for measure in JOINT:
            effects = self._effects(measure, self.simulated)
            together, apart = effects[self.arms[-1]], sum(effects[names[arm]] for arm in self.asked.joint)
            found.append(self._reading(measure, together - apart, self._size(measure, self.simulated)))
        return found

    def _best(self) -> list[Reading]:
        """Read how many person-months more each other scenario has than the best one."""
        averted = {**self._effects(TARGET, self.simulated), self.baseline: np.zeros(self.simulated.worlds)}
        best, size = averted.pop(self.best), self._size(TARGET, self.simulated)
        return [self._reading(name, best - values, size) for name, values in averted.items()]

    def _rise(self) -> list[Reading]:
        """Read the rise of identifications in the baseline, as a share, and how far that of each arm differs."""
        rises = {name: _rise_of(self.simulated, scenario) for name, scenario in self.simulated.scenarios.items()}
        base = rises.pop(self.baseline)
        read = {self.baseline: base, **{arm: rise - base for arm, rise in rises.items()}}
        return [self._reading(name, values, 1.0) for name, values in read.items()]


def experiment(
    study: Study,
    paid_by: str | None = None,
    purse_share: float = PURSE_SHARE,
    twin: bool = False,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Experiment:
    """Carry out a STUDY as an experiment: what its arms do against its baseline, world by world, with an answer.

    A study is a shipped one (`cyclesim studies`) or a file with a block `experiment`.

    Parameters
    ----------
    paid_by, purse_share
        Who pays for interventions, ``donors`` or ``outside``, as the study says if absent; where donors pay, the
        largest part of what they disburse that interventions may take. All arms are carried out to one share, so that
        arms that cost the same still do.
    twin, replications, seed
        Expected values instead of worlds; worlds, and the seed of their luck, as the study says if absent.
    workers, progress
        As in `simulate`.

    Raises
    ------
    DesignError
        If the study says nothing of an experiment.
    """
    if study.experiment is None:
        raise DesignError(
            f"{study.name} is no experiment: give it a block experiment (docs/sweeps.md), or carry it out as a sweep: "
            f"cyclesim sweep {study.name}"
        )
    scenarios, number = study.load_scenarios(), replications or 1
    luck = study.seed if seed is None else seed
    if Payer(paid_by or study.experiment.paid_by) is Payer.DONORS:
        ensemble = simulate_at_equal_spending(
            scenarios, None, number, luck, workers, purse_share, progress, twin, one_share=True
        )
    else:
        ensemble = simulate(scenarios, None, number, luck, workers, progress=progress, twin=twin)
    return Experiment(study, compare(ensemble))


def _rise_of(runs: Runs, scenario: Scenario) -> Floats:
    """Return identifications in months 11 to 13 after the shock over those of the 12 before, less 1, by world."""
    shocks = [s.month for crisis in scenario.crises.values() for s in crisis.attention.values()]
    shock = min((index(month, scenario.start) for month in shocks), default=0)
    if not 12 <= shock <= scenario.months - 14:
        raise DesignError(f"{scenario.name} has no media shock with a year before and 14 months after it")
    table = runs.months[runs.months["scenario"] == scenario.name]
    months = table.groupby(["draw", "replication", "month"])["identified"].sum().unstack("month").to_numpy(dtype=float)
    later, before = months[:, shock + 11 : shock + 14].mean(axis=1), months[:, shock - 12 : shock].mean(axis=1)
    if not before.all():
        raise DesignError(f"nobody is identified in {scenario.name} before the shock, so there is no rise to read")
    return np.asarray(later / before - 1.0)
