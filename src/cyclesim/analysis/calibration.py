"""Calibration: which inputs agree with what has been observed, by approximate Bayesian computation on one design.

Draws from the prior whose outcomes, measured with error, come nearest to the targets are kept, weighted by distance,
and moved by a local linear regression (Beaumont, Zhang and Balding 2002); checked by ranks (Talts et al. 2018).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cyclesim.analysis.emulators import resampled
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.results import Runs
from cyclesim.worlds.design import enough_draws

FEWEST_DRAWS, FEWEST_KEPT = 100, 30
SHARES = (0.05, 0.5, 0.95)
Floats = NDArray[np.float64]
TRUTHS = 60  # draws that are taken as the truth in turn, to check the posterior
_FORM = "write it as in 'detected_share = 0.05 +- 0.01'"
_TARGET = re.compile(r"^\s*(?P<name>[a-z_]+)\s*=\s*(?P<value>\S+)\s*(?:\+-|±|\+/-)\s*(?P<error>\S+)\s*$")


@dataclass(frozen=True)
class Observation:
    """What was observed: a total, and the standard deviation of what is known of it."""

    measure: str
    value: float
    error: float

    @classmethod
    def parse(cls, text: str) -> Observation:
        """Read a target such as ``detected_share = 0.05 +- 0.01``."""
        found = _TARGET.match(text)
        if not found:
            raise DesignError(f"cannot read the target {text!r}; {_FORM}")
        try:
            target = cls(found["name"], float(found["value"]), float(found["error"]))
        except ValueError:
            raise DesignError(f"cannot read a number in the target {text!r}; {_FORM}") from None
        if not (math.isfinite(target.value) and 0 < target.error < math.inf):
            raise DesignError(f"the error of the target {text!r} must be above zero; {_FORM}")
        return target


@dataclass(frozen=True, repr=False)
class Calibration:
    """What targets say about the inputs of runs.

    Attributes
    ----------
    targets, scenario
        What was observed, and whose outcomes were compared with it.
    posterior
        The inputs that agree.
    inputs
        A row for each quantity, the best known first: prior and posterior 5 %, median and 95 %, and what the posterior
        interval is of the prior one (1: the targets say nothing).
    outcomes
        A row for each total: 5 %, median and 95 % over the prior draws, and over those kept.
    rank_bias
        By quantity: mean rank of true inputs among posterior ones, less a half, in standard errors; beyond 3 it is off.
    draws, replications, names, seed
        Number of draws and of replications of each (one is used); what was drawn; seed of errors, ranks and resampling.
    """

    targets: tuple[Observation, ...]
    scenario: Scenario
    posterior: Posterior
    inputs: pd.DataFrame
    outcomes: pd.DataFrame
    rank_bias: Mapping[str, float]
    draws: int
    replications: int
    names: tuple[str, ...]
    seed: int

    @property
    def table(self) -> pd.DataFrame:
        """What the targets say of each input; see `inputs`."""
        return self.inputs

    def posterior_table(self, rows: int = 200) -> pd.DataFrame:
        """Return the posterior as equally weighted draws: a row for each, a column for each input."""
        chosen = resampled(self.posterior.weights, rows, self.seed)
        return pd.DataFrame(self.posterior.samples[chosen], columns=list(self.names))

    def __repr__(self) -> str:
        return f"Calibration({[t.measure for t in self.targets]}, kept={len(self.posterior.kept)} of {self.draws})"

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        tables = {"inputs.csv": self.inputs, "outcomes.csv": self.outcomes}
        return {**tables, "posterior.csv": self.posterior_table()}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "targets": [{"measure": t.measure, "value": t.value, "error": t.error} for t in self.targets],
            "scenario": self.scenario.name,
            "draws": self.draws,
            "kept": len(self.posterior.kept),
            "inputs": self.inputs.to_dict("records"),
            "outcomes": self.outcomes.to_dict("records"),
            "rank_bias": dict(self.rank_bias),
        }


def calibrate(
    runs: Runs, targets: Sequence[str | Observation], scenario: str | None = None, accept: float = 0.05, seed: int = 1
) -> Calibration:
    """Return which inputs of finished runs agree with targets.

    Parameters
    ----------
    targets
        Such as ``detected_share = 0.05 +- 0.01``: totals of runs, with the error with which they are known.
    scenario, accept
        Whose runs are compared with them (the baseline if absent); share of the draws that is kept, in (0, 1].
    """
    asked = tuple(Observation.parse(t) if isinstance(t, str) else t for t in targets)
    name = scenario or runs.baseline
    _check(runs, asked, name)
    if not 0 < accept <= 1:
        raise DesignError(f"the share of draws that is kept must be above 0 and at most 1 (got {accept:g})")
    design = runs.plan.design
    rng = np.random.default_rng(seed)
    columns = {measure: _by_draw(runs, measure, name) for measure in runs.measures}
    noisy = np.column_stack([columns[t.measure] + rng.normal(0, t.error, len(design)) for t in asked])
    observed = np.array([t.value for t in asked])
    bounds = [(float(column.min()), float(column.max())) for column in design.values.T]
    posterior = abc(design.values, noisy, observed, bounds, accept)
    every = np.column_stack(list(columns.values()))
    kept = [[weighted_quantile(column, posterior.weights, q) for column in every[posterior.kept].T] for q in SHARES]
    bias = ranks(design.values, noisy, bounds, TRUTHS, accept, seed=seed)
    errors = (bias.mean(axis=0) - 0.5) / (bias.std(axis=0, ddof=1) / math.sqrt(len(bias)))
    return Calibration(
        asked,
        runs.scenarios[name],
        posterior,
        narrowed(design.names, np.quantile(design.values, SHARES, axis=0), [posterior.quantile(q) for q in SHARES]),
        _ends("measure", list(columns), np.quantile(every, SHARES, axis=0), kept),
        dict(zip(design.names, errors.tolist(), strict=True)),
        len(design),
        runs.replications,
        design.names,
        seed,
    )


def _check(runs: Runs, targets: Sequence[Observation], scenario: str) -> None:
    if not targets:
        raise DesignError(f"there is nothing to calibrate to; {_FORM}")
    if runs.design is None or runs.method not in ("lhs", "sobol"):
        raise DesignError(f"{runs.where} is no sample of a prior; its draws must be lhs or sobol")
    if len(runs.design) < FEWEST_DRAWS:
        number = enough_draws(runs.method, FEWEST_DRAWS)
        raise DesignError(f"{len(runs.design)} draws are too few to calibrate with: {runs.way_to(draws=number)}")
    runs.design.tell_apart()
    if scenario not in runs.scenarios:
        raise UnknownNameError(f"{runs.where} has no scenario {scenario!r}; {did_you_mean(scenario, runs.scenarios)}")
    for target in targets:
        runs.known(target.measure)


def _by_draw(runs: Runs, measure: str, scenario: str) -> Floats:
    """Return a total by draw in one world of it: what was observed is one history, with the luck of one.

    Means over eight worlds a draw vary less than a history: intervals of 90 % then held the truth in 70 % of cases.
    """
    values = runs.pairs(measure)[scenario]
    first = values[values.index.get_level_values("replication") == 0].droplevel("replication").sort_index()
    if len(first) < len(runs.plan.design):
        raise DesignError(f"draws of {runs.where} are missing or failed: cyclesim resume (--retry-failed)")
    return first.to_numpy(dtype=float)


def narrowed(names: Sequence[str], before: ArrayLike, after: ArrayLike) -> pd.DataFrame:
    """Return the table of inputs, the best known first, and what is left of their intervals; see `_ends`."""
    table = _ends("quantity", names, before, after)
    left = (table["high"] - table["low"]) / (table["prior_high"] - table["prior_low"])
    return table.assign(left=left).sort_values("left", ignore_index=True)


def _ends(kind: str, names: Sequence[str], before: ArrayLike, after: ArrayLike) -> pd.DataFrame:
    """Return a row for each name: its `SHARES` before and after, both of shape (3, names)."""
    columns = ["prior_low", "prior_median", "prior_high", "low", "median", "high"]
    table = pd.DataFrame(np.vstack([before, after]).T, columns=columns)
    table.insert(0, kind, list(names))
    return table


@dataclass(frozen=True)
class Posterior:
    """Inputs that agree with targets."""

    samples: Floats  # (kept, inputs), moved by the regression where there was one
    weights: Floats  # (kept,), adding up to 1
    kept: NDArray[np.int64]  # which draws these are

    def mean(self) -> Floats:
        """Return the posterior mean of each input."""
        return np.asarray(self.weights @ self.samples)

    def sd(self) -> Floats:
        """Return the posterior standard deviation of each input."""
        return np.asarray(np.sqrt(self.weights @ (self.samples - self.mean()) ** 2))

    def quantile(self, share: float) -> Floats:
        """Return a weighted quantile of each input."""
        return np.array([weighted_quantile(column, self.weights, share) for column in self.samples.T])


def abc(
    inputs: Floats,
    outcomes: Floats,
    observed: Floats,
    bounds: Sequence[tuple[float, float]],
    accept: float = 0.05,
    adjust: bool = True,
) -> Posterior:
    """Return the inputs that agree: a share of the draws, at least 30; moved ones stay inside bounds (or infinity)."""
    if len(inputs) < FEWEST_KEPT:
        raise DesignError(f"{len(inputs)} draws are too few to calibrate with; take {FEWEST_DRAWS} or more")
    if not (np.isfinite(inputs).all() and np.isfinite(outcomes).all()):
        raise DesignError("there are values that are no finite numbers among the runs; they cannot be calibrated with")
    scale = np.median(np.abs(outcomes - np.median(outcomes, axis=0)), axis=0)
    scale = np.where(scale > 0, scale, np.maximum(outcomes.std(axis=0), 1e-300))
    distance = np.sqrt((((outcomes - observed) / scale) ** 2).sum(axis=1))
    number = min(len(inputs), max(FEWEST_KEPT, round(accept * len(inputs))))
    limit = np.sort(distance)[number - 1]
    kept = np.flatnonzero(distance <= limit)
    weights = 1 - (distance[kept] / limit) ** 2 if limit > 0 else np.ones(len(kept))  # Epanechnikov
    weights = np.maximum(weights, 1e-9)
    weights = weights / weights.sum()
    if not adjust or limit == 0:
        return Posterior(inputs[kept], weights, kept)
    return Posterior(_moved(inputs[kept], outcomes[kept] - observed, weights, bounds), weights, kept)


def _moved(inputs: Floats, apart: Floats, weights: Floats, bounds: Sequence[tuple[float, float]]) -> Floats:
    """Return inputs where they would be had their outcomes met the targets: a linear regression on an open scale."""
    columns = []
    basis = np.column_stack([np.ones(len(apart)), apart / np.where(apart.std(axis=0) > 0, apart.std(axis=0), 1.0)])
    root = np.sqrt(weights)[:, None]
    for column, (low, high) in zip(inputs.T, bounds, strict=True):
        opened = _open(column, low, high)
        slope = np.linalg.lstsq(basis * root, opened * root[:, 0], rcond=None)[0]
        columns.append(_closed(opened - basis[:, 1:] @ slope[1:], low, high))
    return np.column_stack(columns)


def _open(x: Floats, low: float, high: float) -> Floats:
    """Return numbers on the whole line: by the logit between two bounds, by the logarithm above one."""
    if math.isfinite(low) and math.isfinite(high):
        u = np.clip((x - low) / (high - low), 1e-9, 1 - 1e-9)
        return np.asarray(np.log(u / (1 - u)))
    return np.asarray(np.log(np.maximum(x - low, 1e-300))) if math.isfinite(low) else x


def _closed(x: Floats, low: float, high: float) -> Floats:
    if math.isfinite(low) and math.isfinite(high):
        return np.asarray(low + (high - low) / (1 + np.exp(-np.clip(x, -500, 500))))
    return np.asarray(low + np.exp(np.minimum(x, 700))) if math.isfinite(low) else x


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the quantile of weighted values: where the weights of smaller ones come to a share."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(share, reached / weights.sum(), values[order]))


def ranks(
    inputs: Floats,
    outcomes: Floats,
    bounds: Sequence[tuple[float, float]],
    truths: int = 100,
    accept: float = 0.05,
    adjust: bool = True,
    seed: int = 1,
) -> Floats:
    """Return where true inputs stand among posterior ones, (truths, inputs), 0 to 1; each is left out."""
    rng = np.random.default_rng(seed)
    found = []
    for truth in rng.choice(len(inputs), min(truths, len(inputs)), replace=False):
        rest = np.arange(len(inputs)) != truth
        posterior = abc(inputs[rest], outcomes[rest], outcomes[truth], bounds, accept, adjust)
        below = (posterior.samples < inputs[truth]) * posterior.weights[:, None]
        found.append(below.sum(axis=0))
    return np.array(found)
