"""Scenario discovery: the part of the inputs' space in which something fails, by patient rule induction.

Peel a thin slice off a box again and again, the one whose loss raises the share of failures inside most, and paste back
what makes it better (Friedman and Fisher 1999). A box is named only where it beats null worlds (`nulls`). A restriction
is kept where its quasi-p-value (Bryant and Lempert 2010), the probability of so many failures inside if it meant
nothing, is small for so many inputs tried. Beside it a shallow classification tree (CART; Breiman et al. 1984).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from cyclesim.analysis.nulls import exceeds
from cyclesim.analysis.plain import finite
from cyclesim.errors import DesignError

PEEL, SUPPORT, CHANCE = 0.05, 0.05, 0.05
"""Share of a box peeled at a time; least share of draws in a box; quasi-p-value from which a restriction is chance."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Restriction:
    """One side of a box: the range of an input inside, infinite where it is not restricted."""

    quantity: str
    low: float
    high: float
    chance: float  # quasi-p-value


@dataclass(frozen=True)
class Box:
    """A part of the inputs' space."""

    # the least likely by chance first; none if failures are nowhere in particular
    restrictions: tuple[Restriction, ...]
    coverage: float  # share of all failures that are inside
    density: float  # share of what is inside that fails
    base: float  # share of all draws that fail
    inside: int  # draws inside
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {**asdict(self), "restrictions": [finite(asdict(side)) for side in self.restrictions]}


def prim(x: Floats, fails: Flags, names: Sequence[str], seed: int = 1) -> Box:
    """Return the box in which failures are dense; the whole space where chance finds as good a one."""
    if len(fails) < 40 or not 0 < fails.mean() < 1:
        raise DesignError(
            f"{int(fails.sum())} of {len(fails)} draws fail: discovery needs 40 draws, of which some fail and not all"
        )
    box = _searched(x, fails)

    def best(rng: np.random.Generator) -> float:
        dealt = rng.permutation(fails)
        return _score(x, dealt, _searched(x, dealt))

    box = _without_chance(x, fails, box) if exceeds(_score(x, fails, box), best, seed) else _whole(x)
    sides = _bounded(box)
    found = [Restriction(names[k], float(box[0, k]), float(box[1, k]), _chance(x, fails, box, k)) for k in sides]
    inside = _inside(x, box)
    return Box(
        tuple(sorted(found, key=lambda restriction: restriction.chance)),
        float(fails[inside].sum() / fails.sum()),
        float(fails[inside].mean()),
        float(fails.mean()),
        int(inside.sum()),
        len(fails),
    )


def _searched(x: Floats, fails: Flags) -> Floats:
    """Return the best box that peeling and pasting find: low ends and high ends, shape (2, inputs)."""
    return _pasted(x, fails, max(_peeled(x, fails), key=lambda box: _score(x, fails, box)))


def _whole(x: Floats) -> Floats:
    return np.repeat([[-np.inf], [np.inf]], x.shape[1], axis=1)


def _bounded(box: Floats) -> list[int]:
    """Return the inputs that a box restricts."""
    return [int(k) for k in np.flatnonzero(np.isfinite(box).any(axis=0))]


def _inside(x: Floats, box: Floats) -> Flags:
    return np.asarray(((x > box[0]) & (x < box[1])).all(axis=1))


def _score(x: Floats, fails: Flags, box: Floats) -> float:
    """Return the gain in log-likelihood where the box has a probability of failing of its own; 0 if it is lower."""
    inside = _inside(x, box)
    drawn, failed, draws, failures = int(inside.sum()), int(fails[inside].sum()), len(fails), int(fails.sum())
    if failed * draws <= failures * drawn:
        return 0.0
    return _likelihood(failed, drawn) + _likelihood(failures - failed, draws - drawn) - _likelihood(failures, draws)


def _likelihood(failed: int, drawn: int) -> float:
    """Return the largest logarithm of the likelihood of so many failures among so many draws."""
    return float(xlogy(failed, failed / drawn) + xlogy(drawn - failed, 1 - failed / drawn)) if drawn else 0.0


def _peeled(x: Floats, fails: Flags) -> list[Floats]:
    """Return the boxes after each peeling, the whole space first."""
    box = _whole(x)
    steps = [box.copy()]
    while True:
        inside = _inside(x, box)
        values, failing = x[inside], fails[inside].astype(float)
        edges = np.quantile(values, [PEEL, 1 - PEEL], axis=0)
        kept = np.stack([values > edges[0], values < edges[1]])  # sides, draws, inputs
        size = kept.sum(axis=1)
        allowed = (size < len(values)) & (size >= max(SUPPORT * len(fails), 1))
        if not allowed.any():
            return steps
        dense = np.where(allowed, np.einsum("sdk,d->sk", kept, failing) / np.maximum(size, 1), -1.0)
        k, side = divmod(int(np.argmax(dense.T)), 2)  # inputs first, as ties go to the first of them
        box[side, k] = edges[side, k]
        steps.append(box.copy())


def _pasted(x: Floats, fails: Flags, box: Floats) -> Floats:
    """Return the box with sides moved out as long as its score rises."""
    best, improved, step = _score(x, fails, box), True, max(1, int(0.01 * len(x)))
    while improved:
        improved = False
        for k, side in product(range(x.shape[1]), (0, 1)):
            kept, column = box[side, k], x[:, k]
            if not np.isfinite(kept):
                continue
            outward = np.sort(column[column >= kept]) if side else np.sort(column[column <= kept])[::-1]
            box[side, k] = outward[step] if len(outward) > step else (-np.inf, np.inf)[side]
            score = _score(x, fails, box)
            if score > best:
                best, improved = score, True
            else:
                box[side, k] = kept
    return box


def _chance(x: Floats, fails: Flags, box: Floats, k: int) -> float:
    """Return the quasi-p-value of one restriction: so many failures inside, drawn from the box without it."""
    from scipy.stats import binom

    inside = _inside(x, box)
    free = box.copy()
    free[:, k] = -np.inf, np.inf
    wider = _inside(x, free)
    return float(binom.sf(fails[inside].sum() - 1, inside.sum(), fails[wider].mean()))


def _without_chance(x: Floats, fails: Flags, box: Floats) -> Floats:
    """Return the box without the restrictions that might be chance, dropped one by one from the least sure."""
    while True:
        sides = _bounded(box)
        chances = [_chance(x, fails, box, k) for k in sides]
        if not sides or max(chances) < CHANCE / x.shape[1]:
            return box
        box[:, sides[int(np.argmax(chances))]] = -np.inf, np.inf


def tree(x: Floats, fails: Flags, names: Sequence[str], seed: int = 1) -> str:
    """Return a classification tree of depth three in words, a line for each leaf in which failures are dense."""
    try:
        from sklearn.tree import DecisionTreeClassifier, export_text
    except ImportError:
        raise DesignError("the tree needs scikit-learn: pip install 'cyclesim[analysis]'") from None
    grown = DecisionTreeClassifier(max_depth=3, min_samples_leaf=max(5, len(x) // 20), random_state=seed)
    grown.fit(x, np.where(fails, "fails", "holds"))
    finest = float(np.ptp(x, axis=0).min(initial=1.0, where=np.ptp(x, axis=0) > 0))
    decimals = 3 + max(0, -math.floor(math.log10(finest)) - 1)  # enough for the input with the smallest range
    return str(export_text(grown, feature_names=list(names), decimals=decimals)).rstrip()
