"""Compare scenarios world by world: the same people with the same luck, under another policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis.spending import Account, accounts
from cyclesim.errors import PrefixError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY
from cyclesim.runs.folder import files, save
from cyclesim.runs.results import KEYS, Ensemble, late, of_measure

WORLD = ["draw", "replication"]
_INTERVALS = ("mean_low", "mean_high", "clear", "low", "high", "worlds", "draws", "units")


@dataclass(frozen=True, repr=False)
class Comparison:
    """A baseline and its counterfactuals, paired by world.

    Attributes
    ----------
    ensemble
        All runs.
    baseline
        Name of the reference scenario.
    first_change
        Month in which each counterfactual first differs as a file, relative to the start; None if it never does.
    first_difference
        First reported month in which any measure differs in any world; None if none does.
    """

    ensemble: Ensemble
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
        """Paired differences of the totals: a row for each counterfactual and world.

        Averted or in excess; see `cyclesim.measures.Measure.difference`.
        """
        totals = self.ensemble.totals.set_index(WORLD)
        base = totals[totals["scenario"] == self.baseline].drop(columns="scenario")
        parts = []
        for name in self.counterfactuals:
            other = totals[totals["scenario"] == name].loc[base.index]
            found = {measure: EVERY[measure].difference(base[measure], other[measure]) for measure in base.columns}
            parts.append(pd.DataFrame(found).assign(scenario=name).reset_index())
        return pd.concat(parts, ignore_index=True)[[*KEYS, *base.columns]]

    @cached_property
    def spending(self) -> list[Account]:
        """What each counterfactual costs beside the baseline, who pays, and the price of what it achieves."""
        return accounts(self)

    def summary(self, measure: str | None = None) -> pd.DataFrame:
        """Return the paired differences over worlds.

        Columns: see `paired`; and what the intervals ``covers``.

        Raises
        ------
        UnknownNameError
            If there is no such measure.
        """
        rows = [row for name in self.counterfactuals for row in self.rows(name)]
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
            "first_difference": {
                name: None if month is None else date(month, start[name])
                for name, month in self.first_difference.items()
            },
            "spending": [account.to_dict() for account in self.spending],
            "measures": json.loads(frame.to_json(orient="records", double_precision=15)),
        }

    def save(self, folder: str | Path, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write the comparison to a folder; return its manifest. See `cyclesim.runs.folder.save`."""
        return save(self.ensemble, Path(folder), "comparison", {**self.files(), **(extra or {})})

    def files(self) -> dict[str, Any]:
        """Return the files that it is kept in, by name."""
        return {
            **files(self.ensemble),
            "differences.parquet": self.differences,
            "comparison.csv": self.summary().reset_index(),
            "comparison.json": json.dumps(self.to_dict(), indent=1) + "\n",
        }

    def plot(self, measure: str = "exploited") -> Any:
        """Return the figure of the paired difference in one measure over time."""
        return late("cyclesim.outputs.pictures").difference(self, measure)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of `summary` for one counterfactual, as plain values."""
        totals = self.ensemble.totals
        base, other = (totals[totals["scenario"] == n].set_index(WORLD) for n in (self.baseline, name))
        return [
            {"scenario": name, "measure": measure}
            | paired(measure, base[measure], other[measure].loc[base.index])
            | {"covers": self.ensemble.covers}
            for measure in totals.columns
            if measure not in KEYS
        ]

    def effect(self, name: str, measure: str) -> Spread:
        """Return the paired difference that a counterfactual makes in a total, over worlds."""
        rows = self.differences[self.differences["scenario"] == name].set_index(WORLD)
        return spread(rows[measure])


def compare(ensemble: Ensemble, baseline: str | Scenario | None = None) -> Comparison:
    """Compare every scenario of an ensemble with a baseline, and verify the prefix property.

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
    names = list(ensemble.scenarios)
    baseline = baseline.name if isinstance(baseline, Scenario) else baseline or names[0]
    if baseline not in names:
        raise UnknownNameError(f"no scenario {baseline!r} in this ensemble; {did_you_mean(baseline, names)}")
    if len(names) < 2:
        raise UnknownNameError(f"there is nothing to compare {baseline!r} with; simulate a second scenario too")
    base = ensemble.scenarios[baseline]
    others = {name: ensemble.scenarios[name] for name in names if name != baseline}
    changes = {name: first_change(base, other) for name, other in others.items()}
    differ = {name: _first_difference(ensemble.table, base, other, changes[name]) for name, other in others.items()}
    return Comparison(ensemble, baseline, changes, differ)


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
    """Return what a counterfactual changes in one measure over worlds.

    Parameters
    ----------
    base, other
        One value for each world, indexed by draw and replication.
    shared_luck, sampled
        Whether replication r has the same luck in all draws; whether draws are a sample of what is plausible.

    Returns
    -------
    Means of ``baseline`` and ``counterfactual``; the mean ``difference`` (averted where that is the word), its
    ``standard_error`` and interval (``mean_low``, ``mean_high``), whether it is ``clear``, where nine in ten worlds or
    all of them lie (``low``, ``high``), ``worlds``, ``draws``, ``units``; ``same_sign`` (share of worlds with the sign
    of the mean) and ``pairing_gain`` (variance that independent seeds would have had over that of the paired
    difference). See `cyclesim.intervals.Spread`.
    """
    difference = EVERY[measure].difference(base, other).astype(float)
    found = spread(difference, shared_luck, sampled)
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


def spread(values: pd.Series, shared_luck: bool = False, sampled: bool = True) -> Spread:
    """Return what one value for each world comes to, indexed by draw and replication."""
    draws, replications = (values.index.get_level_values(level) for level in WORLD)
    return Spread.of(values.to_numpy(dtype=float), draws, replications if shared_luck else None, sampled)
