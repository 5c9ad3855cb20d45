"""Value of information: what it would be worth to know an input before deciding.

A donor chooses among the scenarios of a sweep the one with the largest expected net benefit. Knowing more can change
the choice; what that is worth, in the unit of the net benefit, is

    EVPI      everything is known                  E[max_d NB_d] - max_d E[NB_d]
    EVPPI     one input is known                   E[max_d E(NB_d | x)] - max_d E[NB_d]
    EVSI      a survey of n people is carried out  E[max_d E(NB_d | estimate)] - max_d E[NB_d]

Conditional expectations are regressions of the net benefit on the input (Strong, Oakley and Brennan 2014) by cubic
splines, as many terms as generalised cross-validation asks for. What a survey finds is weighed by its likelihood in
each draw. The decision is on expectation over luck: luck that is left in the means of few replications would pass for
something worth knowing, so that EVPI is given as two ends: chosen and valued by the same replications (too large), and
chosen by one half and valued by the other (too small). An input is named where it is worth more than the best of as
many that say nothing (`cyclesim.analysis.nulls`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis import nulls
from cyclesim.errors import DesignError
from cyclesim.runs.design import enough_draws

if TYPE_CHECKING:
    import pandas as pd

from cyclesim.runs.sweep import Sweep

Floats = NDArray[np.float64]
RESAMPLES = 40
_KNOTS = 4
_OUTCOMES = 4
"""What a survey may find in each draw: so many equally likely numbers."""
_FEWEST_DRAWS = 40
_SURVEYS = 0.01
"""How often the surveys may be named where nothing matters; inputs have the rest of `nulls.CHANCE`."""
SURVEYS = (500, 2_000, 8_000)
"""People asked in the surveys that are valued."""


def evpi(benefits: Floats) -> float:
    """Return the expected value of perfect information; 0 where it is a matter of rounding.

    Parameters
    ----------
    benefits
        Net benefit, shape (draws, options).
    """
    worth = float(benefits.max(axis=1).mean() - benefits.mean(axis=0).max())
    return worth if worth > 1e-9 * float(np.abs(benefits).max(initial=0.0)) else 0.0


def evpi_of_halves(benefits: Floats) -> float:
    """Return the value of choosing draw by draw, where half of the replications choose and the other half value.

    Parameters
    ----------
    benefits
        Shape (draws, options, replications), with two replications or more. Luck in the choice makes it too small.
    """
    even, odd = benefits[..., ::2].mean(axis=2), benefits[..., 1::2].mean(axis=2)
    rows = np.arange(len(benefits))
    gained = [two[rows, one.argmax(axis=1)].mean() for one, two in ((even, odd), (odd, even))]
    return float(np.mean(gained) - benefits.mean(axis=(0, 2)).max())


def evppi(benefits: Floats, x: Floats) -> float:
    """Return the expected value of knowing one number before deciding.

    Parameters
    ----------
    benefits
        Net benefit, shape (draws, options).
    x
        The number in each draw: an input, or what a study would have reported.
    """
    return evpi(_expected(benefits, _splines(x)))


def evsi(benefits: Floats, shares: Floats, people: int) -> float:
    """Return the expected value of a survey that asks people whether they were exploited within a year.

    Parameters
    ----------
    benefits
        Net benefit, shape (draws, options).
    shares
        True share in each draw, 0 to 1. Answers are taken to be true, and people to be asked at random.
    people
        Number of people asked.
    """
    from scipy.stats import binom

    shares = np.clip(shares, 1e-12, 1.0 - 1e-12)
    known = _expected(benefits, _splines(shares))
    places = (np.arange(_OUTCOMES) + 0.5) / _OUTCOMES
    found = binom.ppf(places[:, None], people, shares).ravel()
    outcomes, which = np.unique(found, return_inverse=True)
    weights = binom.pmf(outcomes[:, None], people, shares)
    believed = weights @ known / weights.sum(axis=1, keepdims=True)
    return evpi(believed[which])


def _expected(benefits: Floats, basis: Floats) -> Floats:
    """Return the benefit over the first option that a basis lets expect, with as many of its terms as serve.

    Parameters
    ----------
    basis
        Orthonormal columns, shape (draws, terms); the number of terms with the least generalised cross-validation
        (Craven and Wahba 1979) is taken.
    """
    gained = benefits - benefits[:, :1]  # only differences decide, and they vary less
    terms = basis.T @ gained
    left = (gained**2).sum() - np.cumsum((terms**2).sum(axis=1))
    number = np.arange(1, len(terms) + 1)
    taken = 1 + int(np.argmin(np.maximum(left, 0.0) / (len(gained) - number) ** 2))
    return np.asarray(basis[:, :taken] @ terms[:taken])


def _splines(x: Floats) -> Floats:
    """Return an orthonormal cubic regression spline basis over the ranks of ``x``, so that no outlier has the say."""
    from scipy.stats import rankdata

    u = (rankdata(x) - 1) / max(len(x) - 1, 1)
    knots = np.linspace(0, 1, _KNOTS + 2)[1:-1]
    terms = [np.ones_like(u), u, u**2, u**3, *(np.maximum(u - knot, 0.0) ** 3 for knot in knots)]
    basis, sizes = np.linalg.qr(np.column_stack(terms))
    size = np.abs(np.diag(sizes))
    return np.asarray(basis[:, size > 1e-10 * size[0]])  # few levels carry few terms


# ---------------------------------------------------------------- of a sweep


@dataclass(frozen=True, repr=False)
class Value:
    """What information is worth for the choice among the scenarios of a sweep.

    Attributes
    ----------
    unit
        Of all values: ``US$``, or ``person-months`` where costs are left out.
    benefits
        A row for each scenario: mean net benefit over the baseline, its standard error over draws, and the share of
        draws in which it is the best.
    best
        The scenario chosen with what is known now.
    perfect
        EVPI: chosen and valued by the same replications, and by halves of them (NaN from one replication).
    inputs
        A row for each quantity, the most valuable first: EVPPI, its standard error (bootstrap), and whether it is
        named.
    bar
        What the best of as many inputs that say nothing is worth in one null world of 25.
    surveys
        A row for each size of a survey: people, EVSI, its standard error, and whether the prevalence is named.
    draws, replications
        Size of the sweep.
    """

    unit: str
    benefits: pd.DataFrame
    best: str
    perfect: tuple[float, float]
    inputs: pd.DataFrame
    bar: float
    surveys: pd.DataFrame
    draws: int
    replications: int

    def __repr__(self) -> str:
        return f"Value(best={self.best!r}, evpi={self.perfect[0]:.3g} {self.unit})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        tables = {name: getattr(self, name).to_dict("records") for name in ("benefits", "inputs", "surveys")}
        head = {"unit": self.unit, "best": self.best, "draws": self.draws, "replications": self.replications}
        ends = [None if math.isnan(end) else end for end in self.perfect]
        return {**head, "evpi": ends[0], "evpi_of_halves": ends[1], "bar": self.bar, **tables}


def voi(sweep: Sweep, worth: float | None = None, seed: int = 1) -> Value:
    """Return what information is worth for the choice among the scenarios of a sweep.

    Parameters
    ----------
    worth
        US$ that averting a person-month of exploitation is worth: the net benefit is that, less the money spent beyond
        the baseline. Without it the net benefit is person-months averted, whatever they cost.
    seed
        Of the surveys and of the bootstrap.

    Raises
    ------
    DesignError
        If the sweep has fewer than two scenarios, fewer than 40 draws, a design that is no sample of what is plausible,
        or lacks a measure or a run.
    """
    values = _net(sweep, worth)
    means = values.mean(axis=2)
    limit = best_of_nothing(means, sweep.plan.design.values, seed, chance=nulls.CHANCE - _SURVEYS)
    return Value(
        "person-months" if worth is None else "US$",
        _benefits(sweep, means),
        list(sweep.scenarios)[int(means.mean(axis=0).argmax())],
        (evpi(means), evpi_of_halves(values) if values.shape[2] > 1 else math.nan),
        _inputs(sweep, means, limit, seed),
        limit,
        _surveys(sweep, values, seed),
        values.shape[0],
        values.shape[2],
    )


def best_of_nothing(benefits: Floats, inputs: Floats, seed: int = 1, chance: float = nulls.CHANCE) -> float:
    """Return what the best of some inputs is worth where benefits are dealt out over the draws: the bar of EVPPI.

    Parameters
    ----------
    benefits, inputs
        Shapes (draws, options) and (draws, inputs).
    chance
        How often something may be named.
    """
    bases = [_splines(x) for x in inputs.T]

    def best(rng: np.random.Generator) -> float:
        dealt = benefits[rng.permutation(len(benefits))]
        return max(evpi(_expected(dealt, basis)) for basis in bases)

    return nulls.bar(best, seed, chance)


def _net(sweep: Sweep, worth: float | None) -> Floats:
    """Return the net benefit over the baseline, shape (draws, scenarios, replications)."""
    design = sweep.study.design
    if len(sweep.scenarios) < 2:
        raise DesignError(f"{sweep.folder} has one scenario, so there is no choice; give its study a second one")
    if sweep.design is None or design is None or design.method not in ("lhs", "sobol"):
        raise DesignError(f"{sweep.folder} is no sample of what is plausible; give its study a design of lhs or sobol")
    shape = (len(sweep.design), len(sweep.scenarios), sweep.plan.replications)
    if shape[0] < _FEWEST_DRAWS:
        number = enough_draws(design.method, _FEWEST_DRAWS)
        raise DesignError(
            f"{shape[0]} draws are too few for regressions: cyclesim expand {sweep.folder} --draws {number} or more"
        )
    sweep.design.tell_apart()
    needed = ["person_months_exploited", *([] if worth is None else ["total_spent_cents"]), "true_prevalence"]
    lacking = [name for name in needed if name not in sweep.measures]
    if lacking:
        raise DesignError(
            f"{sweep.folder} does not keep {lacking[0]}: cyclesim expand {sweep.folder} --measures {','.join(lacking)}"
        )
    averted = -_gained(sweep, "person_months_exploited", shape)
    if worth is None:
        return averted
    return worth * averted - _gained(sweep, "total_spent_cents", shape) / 100


def _gained(sweep: Sweep, measure: str, shape: tuple[int, int, int]) -> Floats:
    """Return a total of each scenario less that of the baseline."""
    pairs = sweep.pairs(measure).sort_index()
    if len(pairs) < shape[0] * shape[2]:
        raise DesignError(f"worlds of {sweep.folder} are missing or failed: cyclesim resume (--retry-failed)")
    values = pairs.to_numpy(dtype=float).reshape(shape[0], shape[2], shape[1]).transpose(0, 2, 1)
    return np.asarray(values - values[:, :1])


def _benefits(sweep: Sweep, means: Floats) -> pd.DataFrame:
    import pandas as pd

    best = means.argmax(axis=1)
    return pd.DataFrame(
        {
            "scenario": list(sweep.scenarios),
            "net_benefit": means.mean(axis=0),
            "standard_error": means.std(axis=0, ddof=1) / math.sqrt(len(means)),
            "best_share": [float((best == k).mean()) for k in range(means.shape[1])],
        }
    )


def _inputs(sweep: Sweep, means: Floats, limit: float, seed: int) -> pd.DataFrame:
    import pandas as pd

    design = sweep.plan.design
    rows = [
        {"quantity": name, "evppi": evppi(means, x), "standard_error": _error(evppi, means, x, seed)}
        for name, x in zip(design.names, design.values.T, strict=True)
    ]
    frame = pd.DataFrame(rows)
    return nulls.ranked(frame.assign(named=frame["evppi"] > limit), "evppi")


def _surveys(sweep: Sweep, values: Floats, seed: int) -> pd.DataFrame:
    """Return the value of surveys of the people of the baseline, whose true prevalence varies with the draws.

    Prevalence and benefits of one world share its luck, which no survey tells of the inputs: with several replications
    one half gives the prevalence and the other the benefits, and of one replication with luck nothing is valued.
    """
    import pandas as pd

    pairs = sweep.pairs("true_prevalence")[sweep.baseline].sort_index().to_numpy(dtype=float)
    prevalences = pairs.reshape(values.shape[0], values.shape[2]) / 1000
    if not sweep.plan.twin and values.shape[2] < 2:
        return pd.DataFrame({"people": [], "evsi": [], "standard_error": [], "named": []})
    halves = (
        slice(None) if sweep.plan.twin else slice(0, None, 2),
        slice(None) if sweep.plan.twin else slice(1, None, 2),
    )
    prevalence, means = prevalences[:, halves[0]].mean(axis=1), values[..., halves[1]].mean(axis=2)
    rows = [
        {
            "people": people,
            "evsi": evsi(means, prevalence, people),
            "standard_error": _error(partial(evsi, people=people), means, prevalence, seed),
        }
        for people in SURVEYS
    ]
    named = evppi(means, prevalence) > best_of_nothing(means, prevalence[:, None], seed, chance=_SURVEYS)
    return pd.DataFrame(rows).assign(named=named)


def _error(worth: Callable[[Floats, Floats], float], means: Floats, x: Floats, seed: int) -> float:
    rng = np.random.default_rng(seed)
    rows = [rng.integers(0, len(x), len(x)) for _ in range(RESAMPLES)]
    return float(np.std([worth(means[chosen], x[chosen]) for chosen in rows], ddof=1))
