"""Which inputs move an outcome of runs; the indices are those of `cyclesim.analysis.indices`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis import indices
from cyclesim.analysis.indices import Floats
from cyclesim.analysis.nulls import bar, ranked
from cyclesim.analysis.plain import finite
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.results import Runs
from cyclesim.worlds.plan import Plan


@dataclass(frozen=True, repr=False)
class Sensitivity:
    """What moves an outcome of runs.

    Attributes
    ----------
    measure, scenarios
        The outcome, and whose it is; two for the paired difference of the second from the first.
    method
        ``sobol``, ``morris`` or ``binned``.
    table
        A row for each input, the strongest first, and whether it is named. Sobol: first, first_low, first_high, total,
        total_low, total_high. Morris: mu, mu_star, mu_star_error, sigma, in units of the outcome. Binned: share, low,
        high, pawn.
    bar
        What the largest of as many dummy inputs reaches in one null world of twenty; inputs above it are named.
    luck
        Share of the variance of a single run that is luck; NaN where it cannot be told.
    draws, replications, twin
        Number of each; whether outcomes are expected values, without luck.
    """

    measure: str
    scenarios: tuple[Scenario, ...]
    method: str
    table: pd.DataFrame
    bar: float
    luck: float
    draws: int
    replications: int
    twin: bool = False

    def __repr__(self) -> str:
        return f"Sensitivity({self.measure!r}, method={self.method!r}, inputs={len(self.table)})"

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.scenarios[-1].name

    @property
    def difference(self) -> bool:
        """Whether the outcome is a paired difference."""
        return len(self.scenarios) > 1

    def strength(self, row: Mapping[Any, Any]) -> tuple[float, float, float]:
        """Return what an input is ranked by, from its row in `table`, and its 95 % interval."""
        if self.method == "morris":
            return row["mu_star"], row["mu_star"] - row["mu_star_error"], row["mu_star"] + row["mu_star_error"]
        if self.method == "sobol":
            return row["total"], row["total_low"], row["total_high"]
        return row["share"], row["low"], row["high"]

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"sensitivity.csv": self.table}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        names = ("measure", "scenario", "difference", "method", "draws", "replications", "bar", "twin", "luck")
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        return {**{name: finite(getattr(self, name)) for name in names}, "inputs": rows}


def sensitivity(
    runs: Runs, measure: str = "person_months_exploited", scenario: str | None = None, seed: int = 1
) -> Sensitivity:
    """Say which inputs move an outcome of runs over draws, with luck told apart from them.

    Sobol indices of a saltelli design, elementary effects of a morris design, shares of variance between bins of any
    other. Give the study two replications or more: only they tell luck from inputs.

    Parameters
    ----------
    scenario
        The baseline if absent; a counterfactual gives its paired difference from the baseline.

    Raises
    ------
    DesignError
        If the runs have no draws, are not complete, or hold values that are no finite numbers.
    UnknownNameError
        If the scenario or the measure is not in them.
    """
    values, method = _values(runs, measure, scenario), runs.method
    draws, replications = values.shape
    if method in ("saltelli", "morris") and replications < 2 and not runs.twin:
        raise DesignError(
            f"one replication cannot tell luck from inputs: {runs.way_to(replications=2)}, or ask for expected values "
            "(twin)"
        )
    kind, by, analysed = _ANALYSES.get(method, ("binned", "share", _of_bins))
    found, luck, limit = analysed(runs.plan, values, seed)
    if "named" not in found:
        found = found.assign(named=found[by] > limit + 1e-9 * found[by].abs().max())
    chosen = tuple(runs.scenarios[name] for name in dict.fromkeys([runs.baseline, scenario or runs.baseline]))
    return Sensitivity(measure, chosen, kind, ranked(found, by), limit, luck, draws, replications, runs.twin)


def _values(runs: Runs, measure: str, scenario: str | None) -> Floats:
    """Return the outcome, shape (draws, replications)."""
    if runs.design is None:
        raise DesignError(f"{runs.where} has no draws: nothing can be sensitive to them; give it a design")
    runs.known(measure)
    if scenario is not None and scenario not in runs.scenarios:
        raise UnknownNameError(f"no scenario {scenario!r} in {runs.where}; {did_you_mean(scenario, runs.scenarios)}")
    plain = scenario is None or scenario == runs.baseline
    frame = runs.pairs(measure)[runs.baseline] if plain else runs.differences(measure)[scenario]
    worlds = runs.number_of_draws * runs.replications
    if len(frame) < worlds:
        raise DesignError(
            f"{worlds - len(frame)} of {worlds} worlds of {runs.where} are missing or failed; indices need all of "
            "them: cyclesim resume (--retry-failed)"
        )
    values = frame.sort_index().to_numpy(dtype=float).reshape(-1, runs.replications)
    if not np.isfinite(values).all():
        draw, replication = np.argwhere(~np.isfinite(values))[0]
        raise DesignError(
            f"{measure} is no finite number in draw {draw + 1}, replication {replication}; indices would be meaningless"
        )
    return values


Analysed = tuple[pd.DataFrame, float, float]
"""A row for each input, the share of luck, and the bar; see `Sensitivity`."""


def _of_saltelli(plan: Plan, values: Floats, seed: int) -> Analysed:
    names = plan.design.names
    blocks = values.reshape(len(names) + 2, -1, values.shape[1])
    found = indices.sobol(blocks[0], blocks[1], blocks[2:], plan.shared_luck, seed)
    columns = {"quantity": names, "first": found.first, "total": found.total, "named": found.named}
    table = pd.DataFrame(columns)
    table[["first_low", "first_high"]] = found.first_interval
    table[["total_low", "total_high"]] = found.total_interval
    order = ["quantity", "first", "first_low", "first_high", "total", "total_low", "total_high", "named"]
    return table[order], found.luck, found.bar


def _of_morris(plan: Plan, values: Floats, seed: int) -> Analysed:
    try:
        from SALib.analyze.morris import analyze
    except ImportError:
        raise DesignError("effects of a Morris design need SALib: pip install 'cyclesim[analysis]'") from None
    names, levels, unit = plan.design.names, plan.design.levels, _positions(plan.design.values)
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    found = analyze(problem, unit, values.mean(axis=1), conf_level=indices.LEVEL, num_levels=levels, seed=seed)
    columns = {"quantity": names, "mu": found["mu"], "mu_star": found["mu_star"]}
    table = pd.DataFrame({**columns, "mu_star_error": found["mu_star_conf"], "sigma": found["sigma"]})
    if values.shape[1] < 2:
        return table, math.nan, 0.0
    luck = indices.luck_of(values[None], shared_luck=False)[0]

    def best(rng: np.random.Generator) -> float:
        idle = indices.luck_alone(luck, (len(luck),), rng)
        return float(np.max(analyze(problem, unit, idle, num_levels=levels, seed=seed)["mu_star"]))

    return table, _luck_share(values), bar(best, seed)


def _of_bins(plan: Plan, values: Floats, seed: int) -> Analysed:
    plan.design.tell_apart()
    inputs, y = plan.design.values, values.mean(axis=1)
    if np.ptp(y) == 0:
        raise DesignError("the outcome does not vary over the draws, so nothing can move it")
    rows = [(max(indices.binned(x, y), 0.0), *indices.share_interval(x, y), indices.pawn(x, y)) for x in inputs.T]
    table = pd.DataFrame(rows, columns=["share", "low", "high", "pawn"])
    table.insert(0, "quantity", plan.design.names)
    return table, _luck_share(values), indices.best_of_nothing(y, inputs, seed)


_ANALYSES = {"saltelli": ("sobol", "total", _of_saltelli), "morris": ("morris", "mu_star", _of_morris)}
"""By design: the method, what inputs are ranked by, and what works it out; of all other designs shares between bins."""


def _positions(values: Floats) -> Floats:
    """Return where each draw stands between the least and the largest level of each quantity, 0 to 1."""
    columns = []
    for column in np.round(values.T, 12):
        levels = np.unique(column)
        columns.append(np.searchsorted(levels, column) / max(len(levels) - 1, 1))
    return np.column_stack(columns)


def _luck_share(values: Floats) -> float:
    """Return the share of the variance of a single run that is luck."""
    if values.shape[1] < 2:
        return math.nan
    within = float(values.var(axis=1, ddof=1).mean())
    between = max(0.0, float(values.mean(axis=1).var(ddof=1)) - within / values.shape[1])
    return within / (within + between) if within + between > 0 else math.nan
