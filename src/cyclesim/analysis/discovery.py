"""Scenario discovery: the part of the inputs' space in which something fails.

The patient rule induction method (Friedman and Fisher 1999): peel a thin slice off a box again and again, the one
whose loss raises the share of failures inside most; then paste back what makes it better. Boxes are searched for, so
that chance finds some too: one is named only where it is better than the best of null worlds in which failures are
dealt out over the draws (`cyclesim.analysis.nulls`). Each of its restrictions gets a quasi-p-value (Bryant and Lempert
2010): the probability that so many failures would stand inside by chance if this restriction meant nothing; those that
might be chance are dropped, with an allowance for the number of inputs that were tried. Beside it a shallow
classification tree (CART; Breiman et al. 1984).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from cyclesim.analysis.nulls import exceeds
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean

if TYPE_CHECKING:
    from cyclesim.runs.sweep import Sweep

PEEL, SUPPORT, CHANCE = 0.05, 0.05, 0.05
"""Share of a box peeled at a time; least share of draws in a box; quasi-p-value from which a restriction is chance."""
_FORM = "write it as in 'person_months_exploited < 0', 'coverage > 0.4' or 'identified worst 10 %'"
_RULE = re.compile(
    r"^\s*(?P<name>[a-z_ -]+?)\s*(?:(?P<sign>[<>])\s*(?P<value>[-+0-9.eE]+)|worst\s+(?P<share>[0-9.]+)\s*%)\s*$"
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Restriction:
    """One side of a box.

    Attributes
    ----------
    quantity
        The input.
    low, high
        Its range inside the box; infinite where it is not restricted.
    chance
        Quasi-p-value.
    """

    quantity: str
    low: float
    high: float
    chance: float

    def __str__(self) -> str:
        if np.isinf(self.low):
            return f"{self.quantity} < {self.high:.3g}"
        return (
            f"{self.quantity} > {self.low:.3g}"
            if np.isinf(self.high)
            else (f"{self.low:.3g} < {self.quantity} < {self.high:.3g}")
        )


@dataclass(frozen=True)
class Box:
    """A part of the inputs' space.

    Attributes
    ----------
    restrictions
        What bounds it, the least likely by chance first; none if failures are nowhere in particular.
    coverage
        Share of all failures that are inside.
    density
        Share of what is inside that fails.
    base
        Share of all draws that fail.
    inside, draws
        Number of draws inside, and of all.
    """

    restrictions: tuple[Restriction, ...]
    coverage: float
    density: float
    base: float
    inside: int
    draws: int

    def __str__(self) -> str:
        return " and ".join(map(str, self.restrictions)) or "nowhere in particular"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        sides = [
            {
                "quantity": r.quantity,
                "low": None if np.isinf(r.low) else r.low,
                "high": None if np.isinf(r.high) else r.high,
                "chance": r.chance,
            }
            for r in self.restrictions
        ]
        numbers = {key: getattr(self, key) for key in ("coverage", "density", "base", "inside", "draws")}
        return {"words": str(self), "restrictions": sides, **numbers}


def prim(x: Floats, fails: Flags, names: Sequence[str], seed: int = 1) -> Box:
    """Return the box in which failures are dense; the whole space where chance finds as good a one.

    Parameters
    ----------
    x
        Inputs, shape (draws, inputs).
    fails
        Which draws fail, shape (draws,).
    seed
        Of the null worlds.

    Raises
    ------
    DesignError
        If none or all fail, or there are fewer than 40 draws.
    """
    if len(fails) < 40 or not 0 < fails.mean() < 1:
        raise DesignError(
            f"{int(fails.sum())} of {len(fails)} draws fail: discovery needs 40 draws, of which some fail and not all"
        )
    low, high = _searched(x, fails)
    better = exceeds(_score(x, fails, low, high), lambda rng: _best_by_chance(x, rng.permutation(fails)), seed)
    low, high = _without_chance(x, fails, low, high) if better else _whole(x)
    sides = [k for k in range(x.shape[1]) if np.isfinite(low[k]) or np.isfinite(high[k])]
    found = [Restriction(names[k], float(low[k]), float(high[k]), _chance(x, fails, low, high, k)) for k in sides]
    inside = _inside(x, low, high)
    return Box(
        tuple(sorted(found, key=lambda restriction: restriction.chance)),
        float(fails[inside].sum() / fails.sum()),
        float(fails[inside].mean()),
        float(fails.mean()),
        int(inside.sum()),
        len(fails),
    )


def _searched(x: Floats, fails: Flags) -> tuple[Floats, Floats]:
    """Return the best box that peeling and pasting find."""
    low, high = max(_peeled(x, fails), key=lambda box: _score(x, fails, *box))
    return _pasted(x, fails, low, high)


def _best_by_chance(x: Floats, fails: Flags) -> float:
    return _score(x, fails, *_searched(x, fails))


def _whole(x: Floats) -> tuple[Floats, Floats]:
    return np.full(x.shape[1], -np.inf), np.full(x.shape[1], np.inf)


def _inside(x: Floats, low: Floats, high: Floats) -> Flags:
    return np.asarray(((x > low) & (x < high)).all(axis=1))


def _score(x: Floats, fails: Flags, low: Floats, high: Floats) -> float:
    """Return the gain in log-likelihood where the box has a probability of failing of its own; 0 if it is lower."""
    inside = _inside(x, low, high)
    drawn, failed, draws, failures = int(inside.sum()), int(fails[inside].sum()), len(fails), int(fails.sum())
    if failed * draws <= failures * drawn:
        return 0.0
    return _likelihood(failed, drawn) + _likelihood(failures - failed, draws - drawn) - _likelihood(failures, draws)


def _likelihood(failed: int, drawn: int) -> float:
    """Return the largest logarithm of the likelihood of so many failures among so many draws."""
    return float(xlogy(failed, failed / drawn) + xlogy(drawn - failed, 1 - failed / drawn)) if drawn else 0.0


def _peeled(x: Floats, fails: Flags) -> list[tuple[Floats, Floats]]:
    """Return the boxes after each peeling, the whole space first."""
    low, high = _whole(x)
    steps = [(low.copy(), high.copy())]
    while True:
        inside = _inside(x, low, high)
        values, failing = x[inside], fails[inside].astype(float)
        edges = np.quantile(values, [PEEL, 1 - PEEL], axis=0)
        kept = np.stack([values > edges[0], values < edges[1]])  # sides, draws, inputs
        size = kept.sum(axis=1)
        allowed = (size < len(values)) & (size >= max(SUPPORT * len(fails), 1))
        if not allowed.any():
            return steps
        dense = np.where(allowed, np.einsum("sdk,d->sk", kept, failing) / np.maximum(size, 1), -1.0)
        k, side = divmod(int(np.argmax(dense.T)), 2)  # inputs first, as ties go to the first of them
        (low if side == 0 else high)[k] = edges[side, k]
        steps.append((low.copy(), high.copy()))


def _pasted(x: Floats, fails: Flags, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the box with sides moved out as long as its score rises."""
    best, improved = _score(x, fails, low, high), True
    while improved:
        improved = False
        for k in range(x.shape[1]):
            for bounds, beyond in ((low, x[x[:, k] <= low[k], k]), (high, x[x[:, k] >= high[k], k])):
                if not np.isfinite(bounds[k]):
                    continue
                kept = bounds[k]
                step = max(1, int(0.01 * len(x)))
                outward = np.sort(beyond)[::-1] if bounds is low else np.sort(beyond)
                bounds[k] = outward[step] if len(outward) > step else (-np.inf if bounds is low else np.inf)
                score = _score(x, fails, low, high)
                if score > best:
                    best, improved = score, True
                else:
                    bounds[k] = kept
    return low, high


def _chance(x: Floats, fails: Flags, low: Floats, high: Floats, k: int) -> float:
    """Return the quasi-p-value of one restriction: so many failures inside, drawn from the box without it."""
    from scipy.stats import binom

    inside = _inside(x, low, high)
    free_low, free_high = low.copy(), high.copy()
    free_low[k], free_high[k] = -np.inf, np.inf
    wider = _inside(x, free_low, free_high)
    return float(binom.sf(fails[inside].sum() - 1, inside.sum(), fails[wider].mean()))


def _without_chance(x: Floats, fails: Flags, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the box without the restrictions that might be chance, dropped one by one from the least sure."""
    while True:
        sides = [k for k in range(x.shape[1]) if np.isfinite(low[k]) or np.isfinite(high[k])]
        chances = [_chance(x, fails, low, high, k) for k in sides]
        if not sides or max(chances) < CHANCE / x.shape[1]:
            return low, high
        worst = sides[int(np.argmax(chances))]
        low[worst], high[worst] = -np.inf, np.inf


def tree(x: Floats, fails: Flags, names: Sequence[str], seed: int = 1) -> str:
    """Return a classification tree of depth three in words, a line for each leaf in which failures are dense.

    Raises
    ------
    DesignError
        If scikit-learn is missing.
    """
    try:
        from sklearn.tree import DecisionTreeClassifier, export_text
    except ImportError:
        raise DesignError("the tree needs scikit-learn: pip install 'cyclesim[analysis]'") from None
    grown = DecisionTreeClassifier(max_depth=3, min_samples_leaf=max(5, len(x) // 20), random_state=seed)
    grown.fit(x, np.where(fails, "fails", "holds"))
    finest = float(np.ptp(x, axis=0).min(initial=1.0, where=np.ptp(x, axis=0) > 0))
    decimals = 3 + max(0, -math.floor(math.log10(finest)) - 1)  # enough for the input with the smallest range
    return str(export_text(grown, feature_names=list(names), decimals=decimals)).rstrip()


@dataclass(frozen=True)
class Discovery:
    """Where something fails in a sweep.

    Attributes
    ----------
    rule
        What failing is, as it was asked.
    scenario
        Of which the paired difference is looked at; the baseline's own outcome for the baseline.
    box
        Where failures are dense.
    tree
        The classification tree, in words; none where failures are nowhere in particular.
    """

    rule: str
    scenario: str
    box: Box
    tree: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {"rule": self.rule, "scenario": self.scenario, "box": self.box.to_dict(), "tree": self.tree}


def discover(sweep: Sweep, rule: str, scenario: str | None = None, seed: int = 1) -> Discovery:
    """Return where in the inputs' space a rule holds.

    Parameters
    ----------
    rule
        Such as ``person_months_exploited < 0``: of a counterfactual this is the paired difference (averted), of the
        baseline the outcome itself, in each draw averaged over luck. ``worst 10 %`` takes the tenth of the draws with
        the smallest values.
    scenario
        The first counterfactual if absent, or the baseline where there is none.

    Raises
    ------
    DesignError
        If the rule cannot be read, the sweep has no draws, or none or all of them fail.
    UnknownNameError
        If the measure or the scenario is not in the sweep.
    """
    if sweep.design is None:
        raise DesignError(f"{sweep.folder} has no draws, so there is no space to look in; give its study a design")
    name = scenario or next(iter([*list(sweep.scenarios)[1:], sweep.baseline]))
    if name not in sweep.scenarios:
        raise UnknownNameError(f"no scenario {name!r} in this sweep; {did_you_mean(name, sweep.scenarios)}")
    sweep.design.tell_apart()
    measure, limit = _parsed(rule, sweep)
    frame = sweep.pairs(measure)[name] if name == sweep.baseline else sweep.differences(measure)[name]
    means = frame.groupby("draw").mean()
    values = means.to_numpy(dtype=float)
    x = sweep.design.values[means.index.to_numpy() - 1]
    fails = limit(values)
    box = prim(x, fails, sweep.design.names, seed)
    return Discovery(rule, name, box, tree(x, fails, sweep.design.names, seed) if box.restrictions else "")


def _parsed(rule: str, sweep: Sweep) -> tuple[str, Any]:
    found = _RULE.match(rule)
    if not found:
        raise DesignError(f"cannot read the rule {rule!r}; {_FORM}")
    name = re.sub(r"[\s-]+", "_", found["name"].strip()).removesuffix("_averted").removeprefix("averted_")
    if name not in sweep.measures:
        raise UnknownNameError(f"no measure {name!r} in this sweep; {did_you_mean(name, sweep.measures)}")
    try:
        number = float(found["share"] or found["value"])
    except ValueError:
        raise DesignError(f"cannot read a number in the rule {rule!r}; {_FORM}") from None
    if found["share"]:
        if not 0 < number < 100:
            raise DesignError(f"the worst share must lie between 0 and 100 % (got {number:g})")
        return name, lambda values: values <= np.quantile(values, number / 100)
    return name, (lambda values: values < number) if found["sign"] == "<" else (lambda values: values > number)
