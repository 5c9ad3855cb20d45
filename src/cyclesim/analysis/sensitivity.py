"""Sensitivity: which inputs move an outcome of a sweep; the indices are those of `cyclesim.analysis.indices`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.analysis.indices import (
    LEVEL,
    Floats,
    best_of_nothing,
    binned,
    luck_alone,
    luck_of,
    pawn,
    share_interval,
    sobol,
)
from cyclesim.analysis.nulls import bar, ranked
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.runs.results import late

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.runs.sweep import Sweep


@dataclass(frozen=True, repr=False)
class Sensitivity:
    """What moves an outcome of a sweep.

    Attributes
    ----------
    measure, scenario
        The outcome; of a counterfactual's paired difference where ``difference`` is true.
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
    draws, replications
        Size of the sweep.
    twin
        Whether outcomes are expected values, without luck.
    """

    measure: str
    scenario: str
    difference: bool
    method: str
    table: pd.DataFrame
    bar: float
    luck: float
    draws: int
    replications: int
    twin: bool = False

    def __repr__(self) -> str:
        return f"Sensitivity({self.measure!r}, method={self.method!r}, inputs={len(self.table)})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        head = {key: getattr(self, key) for key in ("measure", "scenario", "difference", "method")}
        head |= {"draws": self.draws, "replications": self.replications, "bar": self.bar, "twin": self.twin}
        head["luck"] = self.luck if math.isfinite(self.luck) else None
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        return {**head, "inputs": rows}

    def plot(self) -> Any:
        """Return the picture: a bar for each of the strongest inputs."""
        return late("cyclesim.outputs.sensitivity").picture(self)


def sensitivity(
    sweep: Sweep, measure: str = "person_months_exploited", scenario: str | None = None, seed: int = 1
) -> Sensitivity:
    """Return which inputs move an outcome of a sweep.

    Parameters
    ----------
    scenario
        The baseline if absent; a counterfactual gives its paired difference from the baseline.

    Raises
    ------
    DesignError
        If the sweep has no draws, is not complete, or holds values that are no finite numbers.
    UnknownNameError
        If the scenario or the measure is not in it.
    """
    values = _values(sweep, measure, scenario)
    method = sweep.study.design.method if sweep.study.design is not None else ""
    name = scenario or sweep.baseline
    if method in ("saltelli", "morris") and values.shape[1] < 2 and not sweep.plan.twin:
        raise DesignError(
            f"one replication cannot tell luck from inputs: cyclesim expand {sweep.folder} --replications 2, or state "
            "twin: true in its study"
        )
    if method == "saltelli":
        found, luck, limit = _of_saltelli(sweep, values, seed)
        kind, by = "sobol", "total"
    elif method == "morris":
        found, limit = _of_morris(sweep, values, seed)
        luck, kind, by = _luck_share(values), "morris", "mu_star"
    else:
        assert sweep.design is not None  # or there were no values
        sweep.design.tell_apart()
        found, limit = _of_bins(sweep, values, seed)
        luck, kind, by = _luck_share(values), "binned", "share"
    if "named" not in found:
        found = found.assign(named=found[by] > limit + 1e-9 * found[by].abs().max())
    found = ranked(found, by)
    return Sensitivity(
        measure,
        name,
        name != sweep.baseline,
        kind,
        found,
        limit,
        luck,
        values.shape[0],
        values.shape[1],
        sweep.plan.twin,
    )


def _values(sweep: Sweep, measure: str, scenario: str | None) -> Floats:
    """Return the outcome, shape (draws, replications)."""
    if sweep.design is None:
        raise DesignError(f"{sweep.folder} has no draws: nothing can be sensitive to them; give its study a design")
    if measure not in sweep.measures:
        raise UnknownNameError(f"no measure {measure!r} in this sweep; {did_you_mean(measure, sweep.measures)}")
    if scenario is not None and scenario not in sweep.scenarios:
        raise UnknownNameError(f"no scenario {scenario!r} in this sweep; {did_you_mean(scenario, sweep.scenarios)}")
    plain = scenario is None or scenario == sweep.baseline
    frame = sweep.pairs(measure)[sweep.baseline] if plain else sweep.differences(measure)[scenario]
    shape = (len(sweep.plan.draws), sweep.plan.replications)
    if len(frame) < shape[0] * shape[1]:
        missing = shape[0] * shape[1] - len(frame)
        raise DesignError(
            f"{missing} of {shape[0] * shape[1]} worlds of {sweep.folder} are missing or failed; indices need all of "
            "them: cyclesim resume (--retry-failed)"
        )
    values = frame.sort_index().to_numpy(dtype=float).reshape(shape)
    if not np.isfinite(values).all():
        draw, replication = np.argwhere(~np.isfinite(values))[0]
        raise DesignError(
            f"{measure} is no finite number in draw {draw + 1}, replication {replication}; indices would be meaningless"
        )
    return values


def _of_saltelli(sweep: Sweep, values: Floats, seed: int) -> tuple[pd.DataFrame, float, float]:
    import pandas as pd

    names = sweep.plan.design.names
    blocks = values.reshape(len(names) + 2, -1, values.shape[1])
    found = sobol(blocks[0], blocks[1], blocks[2:], sweep.plan.shared_luck, seed)
    columns = {
        "quantity": names,
        "first": found.first,
        "first_low": found.first_interval[:, 0],
        "first_high": found.first_interval[:, 1],
        "total": found.total,
        "total_low": found.total_interval[:, 0],
        "total_high": found.total_interval[:, 1],
    }
    return pd.DataFrame({**columns, "named": found.named}), found.luck, found.bar


def _of_morris(sweep: Sweep, values: Floats, seed: int) -> tuple[pd.DataFrame, float]:
    import pandas as pd

    try:
        from SALib.analyze.morris import analyze
    except ImportError:
        raise DesignError("effects of a Morris design need SALib: pip install 'cyclesim[analysis]'") from None
    design = sweep.plan.design
    unit = _positions(sweep)
    problem = {"num_vars": len(design.names), "names": list(design.names), "bounds": [[0.0, 1.0]] * len(design.names)}
    levels = sweep.study.design.levels if sweep.study.design is not None else 4
    found = analyze(problem, unit, values.mean(axis=1), conf_level=LEVEL, num_levels=levels, seed=seed)
    columns = {"quantity": design.names, "mu": found["mu"], "mu_star": found["mu_star"]}
    columns |= {"mu_star_error": found["mu_star_conf"], "sigma": found["sigma"]}

    if values.shape[1] < 2:
        return pd.DataFrame(columns), 0.0
    luck = luck_of(values[None], shared_luck=False)[0]

    def best(rng: np.random.Generator) -> float:
        idle = luck_alone(luck, (len(luck),), rng)
        return float(np.max(analyze(problem, unit, idle, num_levels=levels, seed=seed)["mu_star"]))

    return pd.DataFrame(columns), bar(best, seed)


def _of_bins(sweep: Sweep, values: Floats, seed: int) -> tuple[pd.DataFrame, float]:
    import pandas as pd

    design, y = sweep.plan.design, values.mean(axis=1)
    if np.ptp(y) == 0:
        raise DesignError("the outcome does not vary over the draws, so nothing can move it")
    rows = []
    for name, x in zip(design.names, design.values.T, strict=True):
        low, high = share_interval(x, y)
        rows.append({"quantity": name, "share": max(binned(x, y), 0.0), "low": low, "high": high, "pawn": pawn(x, y)})
    return pd.DataFrame(rows), best_of_nothing(y, design.values, seed)


def _positions(sweep: Sweep) -> Floats:
    """Return where each draw stands between the least and the largest level of each quantity, 0 to 1."""
    columns = []
    for column in sweep.plan.design.values.T:
        levels = np.unique(np.round(column, 12))
        columns.append(np.searchsorted(levels, np.round(column, 12)) / max(len(levels) - 1, 1))
    return np.column_stack(columns)


def _luck_share(values: Floats) -> float:
    """Return the share of the variance of a single run that is luck."""
    if values.shape[1] < 2:
        return math.nan
    within = float(values.var(axis=1, ddof=1).mean())
    between = max(0.0, float(values.mean(axis=1).var(ddof=1)) - within / values.shape[1])
    return within / (within + between) if within + between > 0 else math.nan
