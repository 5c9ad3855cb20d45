"""Sensitivity: which inputs move an outcome, with luck told apart from them.

A run is a function of its inputs and of luck. Its variance splits into that of its expectation over luck, which is
shared out among the inputs (Sobol 1993), and that of luck around it. Replications measure the second, and what it adds
to every estimate of the first is taken away: otherwise noise would shrink first-order indices and pass for interactions
in total ones. Estimators: Saltelli et al. (2010) for first-order, Jansen (1999) for total indices; intervals by the
bootstrap over base draws. Of designs that were not made for this, a share of variance between bins (corrected for its
bias, as omega squared of an analysis of variance) is given and called so, with PAWN indices for skewed outcomes; of
Morris designs, the elementary effects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.runs.results import late

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.runs.sweep import Sweep

LEVEL = 0.95
RESAMPLES = 500
_MOST_BINS = 25
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Indices:
    """Sobol indices of the expected outcome, one for each input.

    Attributes
    ----------
    first, total
        Shape (inputs,): share of the variance of the expected outcome that an input explains alone, and with all its
        interactions.
    first_interval, total_interval
        Shape (inputs, 2): bootstrap intervals at `LEVEL`.
    variance
        Of the expected outcome over the inputs.
    luck
        Share of the variance of a single run that is luck, alone or with inputs; NaN from one replication.
    """

    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats
    variance: float
    luck: float


def sobol(a: Floats, b: Floats, ab: Floats, shared_luck: bool = False, seed: int = 1) -> Indices:
    """Return Sobol indices from the runs of a Saltelli design.

    Parameters
    ----------
    a, b
        Shape (draws, replications): outcomes of the two base samples.
    ab
        Shape (inputs, draws, replications): of the first sample, with one input each from the second.
    shared_luck
        Whether replication r has the same luck in all draws: what luck adds everywhere alike is then no noise.
    seed
        Of the bootstrap.

    Raises
    ------
    DesignError
        If a value is no finite number, or the outcome does not vary.
    """
    everything = np.concatenate([a[None], b[None], ab])
    if not np.isfinite(everything).all():
        raise DesignError("there are values that are no finite numbers among the runs; indices would be meaningless")
    noise = _noise(everything, shared_luck)
    means = everything.mean(axis=2)
    means = means - means[:2].mean()  # the estimators are exact for any constant, and best for this one
    whole = _indices(means, noise)
    if whole[2] <= 0 or np.ptp(everything) == 0:
        raise DesignError("the outcome does not vary over the draws beyond luck, so nothing can move it")
    resampled = _resampled(means, noise, seed)
    ends = [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]
    intervals = [np.quantile(values, ends, axis=0).T for values in resampled]
    within = _within(everything, shared_luck)
    luck = within / (within + whole[2]) if a.shape[1] > 1 else math.nan
    return Indices(whole[0], whole[1], intervals[0], intervals[1], whole[2], luck)


def _indices(means: Floats, noise: Floats) -> tuple[Floats, Floats, float]:
    """Return first-order and total indices, and the variance, of mean outcomes of shape (2 + inputs, draws).

    Parameters
    ----------
    noise
        Shape (draws,): variance that luck adds to each mean.
    """
    a, b, ab = means[0], means[1], means[2:]
    variance = float(means[:2].var() - noise.mean())
    first = (b * (ab - a)).mean(axis=1)
    total = 0.5 * ((a - ab) ** 2).mean(axis=1) - noise.mean()
    scale = variance if variance > 0 else math.nan
    return first / scale, total / scale, variance


def _resampled(means: Floats, noise: Floats, seed: int) -> tuple[Floats, Floats]:
    rng, draws = np.random.default_rng(seed), means.shape[1]
    found = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, draws, draws)
        found.append(_indices(means[:, rows], noise[rows])[:2])
    return np.array([one for one, _ in found]), np.array([two for _, two in found])


def _noise(values: Floats, shared_luck: bool) -> Floats:
    """Return the variance that luck adds to the mean of each base draw, shape (draws,); zero from one replication."""
    replications = values.shape[2]
    if replications < 2:
        return np.zeros(values.shape[1])
    apart = values - values.mean(axis=(0, 1), keepdims=True) if shared_luck else values
    spread: Floats = apart.var(axis=2, ddof=1).mean(axis=0) / replications
    return spread


def _within(values: Floats, shared_luck: bool) -> float:
    """Return the variance of a single run around its expectation."""
    return float(values.var(axis=2, ddof=1).mean()) if values.shape[2] > 1 else 0.0


def binned(x: Floats, y: Floats) -> float:
    """Return the share of the variance of ``y`` that lies between bins of ``x``, corrected for chance (omega squared).

    Parameters
    ----------
    x, y
        Shape (draws,): an input, and an outcome (averaged over replications).
    """
    number = min(_MOST_BINS, math.isqrt(len(y)), len(np.unique(x)))
    groups = np.array_split(np.argsort(x, kind="stable"), number)
    if len(y) <= number or number < 2:
        return math.nan
    between = sum(len(g) * (y[g].mean() - y.mean()) ** 2 for g in groups)
    within = sum(((y[g] - y[g].mean()) ** 2).sum() for g in groups)
    mean_square = within / (len(y) - number)
    whole = between + within
    return float((between - (number - 1) * mean_square) / (whole + mean_square)) if whole > 0 else math.nan


def pawn(x: Floats, y: Floats) -> float:
    """Return the PAWN index of an input (Pianosi and Wagener 2018), for skewed outcomes, whose variance says little.

    The median, over bins of ``x``, of the Kolmogorov-Smirnov distance (0 to 1) of ``y`` in the bin from all of ``y``.
    It is never quite 0: of an input that does nothing it is about 1.2 over the square root of the draws in a bin.
    """
    from scipy.stats import ks_2samp

    number = min(_MOST_BINS, math.isqrt(len(y)), len(np.unique(x)))
    groups = np.array_split(np.argsort(x, kind="stable"), max(number, 1))
    return float(np.median([ks_2samp(y[group], y).statistic for group in groups]))


# ---------------------------------------------------------------- of a sweep


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
        A row for each input, the strongest first. Sobol: first, first_low, first_high, total, total_low, total_high.
        Morris: mu, mu_star, mu_star_error, sigma, in units of the outcome. Binned: share, low, high, pawn.
    luck
        Share of the variance of a single run that is luck; NaN where it cannot be told.
    draws, replications
        Size of the sweep.
    """

    measure: str
    scenario: str
    difference: bool
    method: str
    table: pd.DataFrame
    luck: float
    draws: int
    replications: int

    def __repr__(self) -> str:
        return f"Sensitivity({self.measure!r}, method={self.method!r}, inputs={len(self.table)})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        head = {key: getattr(self, key) for key in ("measure", "scenario", "difference", "method")}
        head |= {"draws": self.draws, "replications": self.replications}
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
    if method == "saltelli":
        found, luck = _of_saltelli(sweep, values, seed)
        kind = "sobol"
    elif method == "morris":
        found, luck, kind = _of_morris(sweep, values, seed), _luck_share(values), "morris"
    else:
        assert sweep.design is not None  # or there were no values
        sweep.design.tell_apart()
        found, luck, kind = _of_bins(sweep, values, seed), _luck_share(values), "binned"
    return Sensitivity(measure, name, name != sweep.baseline, kind, found, luck, *values.shape)


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


def _of_saltelli(sweep: Sweep, values: Floats, seed: int) -> tuple[pd.DataFrame, float]:
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
    frame = pd.DataFrame(columns).sort_values("total", ascending=False, ignore_index=True)
    return frame, found.luck


def _of_morris(sweep: Sweep, values: Floats, seed: int) -> pd.DataFrame:
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
    return pd.DataFrame(columns).sort_values("mu_star", ascending=False, ignore_index=True)


def _of_bins(sweep: Sweep, values: Floats, seed: int) -> pd.DataFrame:
    import pandas as pd

    design, y = sweep.plan.design, values.mean(axis=1)
    rng = np.random.default_rng(seed)
    samples = [rng.integers(0, len(y), len(y)) for _ in range(RESAMPLES // 5)]
    rows = []
    for name, x in zip(design.names, design.values.T, strict=True):
        spread = [binned(x[rows_], y[rows_]) for rows_ in samples]
        low, high = np.quantile(spread, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
        rows.append({"quantity": name, "share": binned(x, y), "low": low, "high": high, "pawn": pawn(x, y)})
    return pd.DataFrame(rows).sort_values("share", ascending=False, ignore_index=True)


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
