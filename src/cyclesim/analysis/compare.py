"""Compare scenarios world by world: the same people with the same luck, under another policy."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim.analysis.spending import Account, account
from cyclesim.errors import PrefixError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY, PERSON_MONTHS
from cyclesim.runs.results import Runs
from cyclesim.worlds.tables import KEYS, WORLD, of_measure

_INTERVALS = ("mean_low", "mean_high", "clear", "low", "high", "worlds", "draws", "units")


@dataclass(frozen=True, repr=False)
class Comparison:
    """A baseline and its counterfactuals, paired by world.

    Attributes
    ----------
    ensemble, baseline
        All runs, in memory or in a folder, and the name of the reference scenario.
    first_change
        Month in which each counterfactual first differs as a file, relative to the start; None if it never does.
    first_difference
        First reported month in which any measure differs in any world, None if none does; empty without months.
    """

    ensemble: Runs
    baseline: str
    first_change: Mapping[str, int | None]
    first_difference: Mapping[str, int | None]

    def __repr__(self) -> str:
        return f"Comparison({self.counterfactuals} with {self.baseline!r}, worlds={self.ensemble.worlds})"

    @property
    def counterfactuals(self) -> list[str]:
        """Names of the scenarios compared with the baseline."""
        return [name for name in self.ensemble.scenarios if name != self.baseline]

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Averted or in excess (`cyclesim.measures.Measure.difference`): a row for each counterfactual and world."""
        measures = self.ensemble.measures
        by_measure = {measure: self.ensemble.differences(measure, self.baseline) for measure in measures}
        parts = [
            pd.DataFrame({m: found[name] for m, found in by_measure.items()}).assign(scenario=name).reset_index()
            for name in self.counterfactuals
        ]
        return pd.concat(parts, ignore_index=True)[[*KEYS, *measures]]

    @cached_property
    def spending(self) -> list[Account]:
        """What each counterfactual costs, who pays, and the price of what it achieves; nothing without months."""
        return [] if self.ensemble.months.empty else [account(self, name) for name in self.counterfactuals]

    def summary(self, measure: str | None = None) -> pd.DataFrame:
        """Return the paired differences over worlds, with the columns of `paired` and what the intervals ``covers``."""
        rows = [row for name in self.counterfactuals for row in self.by_measure[name].values()]
        return of_measure(pd.DataFrame(rows).set_index(["scenario", "measure"]), measure)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON types."""
        frame = self.summary().reset_index().astype(object).where(lambda f: f.notna(), None)
        start = {name: scenario.start for name, scenario in self.ensemble.scenarios.items()}
        return {
            "baseline": self.baseline,
            "seed": self.ensemble.seed,
            "worlds": self.ensemble.worlds,
            "covers": self.ensemble.covers,
            "first_difference": {n: None if m is None else date(m, start[n]) for n, m in self.first_difference.items()},
            "spending": [account.to_dict() for account in self.spending],
            "measures": json.loads(frame.to_json(orient="records", double_precision=15)),
        }

    def files(self) -> dict[str, Any]:
        """Return the files that it is kept in, by name."""
        own = {"differences.parquet": self.differences, "comparison.csv": self.summary().reset_index()}
        return {**self.ensemble.files(), **own}

    @cached_property
    def by_measure(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The rows of `summary` for each counterfactual, by measure; each is read once."""
        found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in self.counterfactuals}
        runs = self.ensemble
        for measure in runs.measures if found else ():
            pairs = runs.pairs(measure)
            for name, rows in found.items():
                row = paired(measure, pairs[self.baseline], pairs[name], runs.shared_luck, runs.sampled)
                rows[measure] = {"scenario": name, "measure": measure, **row, "covers": runs.covers}
        return found

    def dependences(self, name: str) -> list[Dependence]:
        """Return how what a counterfactual averts goes with each input over draws, the strongest first."""
        design = self.ensemble.design
        if design is None:
            return []
        averted = self.ensemble.differences(PERSON_MONTHS, self.baseline)[name].groupby("draw").mean().sort_index()
        inputs = design.values[averted.index.to_numpy() - 1]
        return dependences(design.names, inputs, averted.to_numpy(dtype=float))

    def effect(self, name: str, measure: str) -> Spread:
        """Return the paired difference that a counterfactual makes in a total, over worlds."""
        found = self.ensemble.differences(measure, self.baseline)[name]
        return Spread.by_world(found, self.ensemble.shared_luck, self.ensemble.sampled)


def compare(runs: Runs, baseline: str | Scenario | None = None) -> Comparison:
    """Compare every scenario of some runs with a baseline, and verify the prefix property where months are kept.

    Parameters
    ----------
    baseline
        The reference scenario or its name; the first if absent.

    Raises
    ------
    UnknownNameError
        If there is no such scenario, or nothing to compare it with.
    PrefixError
        If two scenarios differ before their first change: a fault of the model, which must not go unseen.
    """
    names = list(runs.scenarios)
    baseline = baseline.name if isinstance(baseline, Scenario) else baseline or names[0]
    if baseline not in names:
        raise UnknownNameError(f"no scenario {baseline!r} in {runs.where}; {did_you_mean(baseline, names)}")
    if len(names) < 2:
        raise UnknownNameError(f"there is nothing to compare {baseline!r} with; simulate a second scenario too")
    base = runs.scenarios[baseline]
    others = {name: runs.scenarios[name] for name in names if name != baseline}
    changes = {name: first_change(base, other) for name, other in others.items()}
    kept = {} if runs.months.empty else others
    differ = {name: _first_difference(runs.months, base, other, changes[name]) for name, other in kept.items()}
    return Comparison(runs, baseline, changes, differ)


def _first_difference(table: pd.DataFrame, base: Scenario, other: Scenario, change: int | None) -> int | None:
    """Return the first month that differs in any world, after checking that no month before the change does."""
    key = [*WORLD, "crisis", "month"]
    one, two = (table[table["scenario"] == s.name].drop(columns="scenario").set_index(key) for s in (base, other))
    if not one.index.equals(two.index):  # other crises: those that both have
        shared = one.index.intersection(two.index, sort=False)
        one, two = one.loc[shared], two.loc[shared]
    unequal = pd.DataFrame({name: one[name].to_numpy() != two[name].to_numpy() for name in one}, index=one.index)
    months = unequal.index.get_level_values("month")
    early = unequal[months < (np.inf if change is None else change)]
    if early.to_numpy().any():
        measure = early.any().idxmax()
        where = dict(zip(key, early.index[int(early[measure].to_numpy().argmax())], strict=True))
        raise PrefixError(
            f"{base.name} and {other.name} differ in {measure} in {date(where['month'], base.start)} (draw "
            f"{where['draw']}, replication {where['replication']}), before their first change. This is a fault of "
            "the model; please report it with both scenario files"
        )
    differing = months.to_numpy()[unequal.to_numpy().any(axis=1)]
    return int(differing.min()) if differing.size else None


def paired(
    measure: str, base: pd.Series, other: pd.Series, shared_luck: bool = False, sampled: bool = True
) -> dict[str, Any]:
    """Return what a counterfactual changes in one measure, from one value for each world.

    Means of ``baseline`` and ``counterfactual``; the mean ``difference`` (averted where that is the word), its
    ``standard_error`` and interval (``mean_low``, ``mean_high``), whether it is ``clear``, where nine in ten worlds or
    all of them lie (``low``, ``high``), ``worlds``, ``draws``, ``units``; ``same_sign`` (share of worlds with the sign
    of the mean) and ``pairing_gain`` (variance of independent seeds over that of the paired difference). See `Spread`.
    """
    difference = EVERY[measure].difference(base, other).astype(float)
    found = Spread.by_world(difference, shared_luck, sampled)
    values, mean = difference.to_numpy(), found.mean
    within = float(values.var(ddof=1)) if values.size > 1 else np.nan
    apart = float(base.var(ddof=1) + other.var(ddof=1)) if values.size > 1 else np.nan
    return {
        "baseline": float(base.mean()),
        "counterfactual": float(other.mean()),
        "difference": mean,
        "standard_error": found.error,
        **{name: getattr(found, name) for name in _INTERVALS},
        "same_sign": float(np.mean(np.sign(values) == np.sign(mean))),
        "pairing_gain": apart / within if within else np.nan,
    }


def spread_of(row: Mapping[Any, Any]) -> Spread:
    """Return the spread of the difference that a row of `paired` holds."""
    names = {"mean": "difference", "error": "standard_error"}
    return Spread(**{field.name: row[names.get(field.name, field.name)] for field in fields(Spread)})


FEWEST_DRAWS = 20


@dataclass(frozen=True)
class Dependence:
    """How a result goes with one input over draws."""

    name: str
    correlation: float  # Spearman's
    low: float  # 95 % interval (Fisher's z with the factor 1.06 of Fieller, Hartley and Pearson 1957)
    high: float
    clear: bool  # chance would hardly bring it up among all inputs


def dependences(
    names: Sequence[str], inputs: NDArray[np.float64], result: NDArray[np.float64], share: float = 0.05
) -> list[Dependence]:
    """Return how a result goes with inputs (draws, inputs), strongest first; Bonferroni; nothing for under 20 draws."""
    from scipy.stats import norm, rankdata

    if len(result) < FEWEST_DRAWS or np.ptp(result) == 0:
        return []
    x, y = rankdata(inputs, axis=0), rankdata(result)
    x, y = (v - v.mean(axis=0) for v in (x, y))
    size = np.sqrt(np.sum(x**2, axis=0) * np.sum(y**2))
    r = np.clip(np.divide(x.T @ y, size, out=np.zeros(x.shape[1]), where=size > 0), -0.999999, 0.999999)
    error = math.sqrt(1.06 / (len(y) - 3))
    limit = float(norm.isf(share / 2 / len(names))) * error
    z = np.arctanh(r)
    low, high = np.tanh(z - 1.96 * error), np.tanh(z + 1.96 * error)
    return [
        Dependence(names[k], float(r[k]), float(low[k]), float(high[k]), bool(abs(z[k]) > limit))
        for k in np.argsort(-np.abs(r), kind="stable")
    ]
