"""The best split of a whole: at random, by an evolutionary search (pymoo) begun with the best, and by gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError

Floats = NDArray[np.float64]
Value = Callable[[Sequence[Floats]], Sequence[float]]
"""What each of some allocations achieves."""
_GENERATION = 20


@dataclass(frozen=True)
class Found:
    """What a search has found.

    Attributes
    ----------
    shares
        Share of the sum for each entry, adding up to 1.
    value
        What it achieves.
    random_shares, random_value
        The best of the random ones.
    evaluations
        How many allocations were tried in all, and how many of them at random.
    tried, values
        Those tried before the gradient step, shape (tried, entries), and what they achieve.
    """

    shares: Floats
    value: float
    random_shares: Floats
    random_value: float
    evaluations: tuple[int, int]
    tried: Floats
    values: Floats

    def others(self, number: int, apart: float = 0.5) -> list[Floats]:
        """Return the best of those tried that are unlike the best and each other.

        Parameters
        ----------
        apart
            Least distance: the shares that would have to move, added up.
        """
        chosen = [self.shares]
        for k in np.argsort(-self.values, kind="stable"):
            if len(chosen) > number:
                break
            if min(float(np.abs(self.tried[k] - other).sum()) / 2 for other in chosen) >= apart / 2:
                chosen.append(self.tried[k])
        return chosen[1:]


def search(
    value: Value, floors: Floats, caps: Floats, evaluations: int = 200, seed: int = 1, step: float = 1e-7
) -> Found:
    """Return the shares that achieve most.

    Parameters
    ----------
    value
        What allocations achieve; each is an array of shares that add up to 1.
    floors, caps
        Least and largest share of each entry.
    evaluations
        Allocations tried before the gradient step; a quarter of them at random.
    step
        Size of the differences that gradients are taken from, a share of the sum.

    Raises
    ------
    DesignError
        If no shares lie between floors and caps, or pymoo is missing.
    """
    if find_spec("pymoo") is None:  # told before anything is tried
        raise DesignError("the search needs pymoo: pip install 'cyclesim[analysis]'")
    _check_feasible(floors, caps)
    rng = np.random.default_rng(seed)
    raw = rng.dirichlet(np.ones(len(floors)), max(_GENERATION, evaluations // 4))
    tried = [_repaired(x, floors, caps) for x in raw]
    values = list(value(tried))
    random = int(np.argmax(values))
    more, more_values = _evolved(value, raw, np.array(values), floors, caps, evaluations - len(raw), seed)
    everything, gained = [*tried, *more], [*values, *more_values]
    best = int(np.argmax(gained))
    shares, achieved, extra = _climbed(value, everything[best], gained[best], floors, caps, step)
    number = (len(everything) + extra, len(tried))
    return Found(shares, achieved, tried[random], values[random], number, np.array(everything), np.array(gained))


def _check_feasible(floors: Floats, caps: Floats) -> None:
    if (floors > caps).any() or floors.sum() > 1 + 1e-12 or caps.sum() < 1 - 1e-12:
        raise DesignError(
            f"no split lies between floors and caps: floors come to {100 * floors.sum():.3g} % and caps to "
            f"{100 * caps.sum():.3g} % of the sum; lower a floor or raise a cap"
        )


def _repaired(raw: Floats, floors: Floats, caps: Floats) -> Floats:
    """Return shares between floors and caps that add up to 1, in proportion to ``raw`` where they are free."""
    shares, free = floors.copy(), np.ones(len(raw), dtype=bool)
    weights = np.maximum(raw, 1e-12)
    for _ in range(len(raw)):
        left = 1.0 - shares[~free].sum() - floors[free].sum()
        shares[free] = floors[free] + left * weights[free] / weights[free].sum()
        over = free & (shares > caps)
        if not over.any():
            break
        shares[over], free = caps[over], free & ~over
        if not free.any():
            break
    return shares


def _evolved(
    value: Value, raw: Floats, values: Floats, floors: Floats, caps: Floats, evaluations: int, seed: int
) -> tuple[list[Floats], list[float]]:
    """Return what differential evolution tries, begun with the best of the random ones."""
    from pymoo.algorithms.soo.nonconvex.de import DE
    from pymoo.core.problem import Problem
    from pymoo.termination import get_termination

    start = raw[np.argsort(values)[::-1][:_GENERATION]]
    algorithm = DE(pop_size=_GENERATION, sampling=start)
    problem = Problem(n_var=raw.shape[1], n_obj=1, xl=np.zeros(raw.shape[1]), xu=np.ones(raw.shape[1]))
    algorithm.setup(problem, termination=get_termination("n_gen", 10**6), seed=seed, verbose=False)
    tried: list[Floats] = []
    gained: list[float] = []
    while len(tried) < evaluations:
        asked = algorithm.ask()
        shares = [_repaired(x, floors, caps) for x in asked.get("X")]
        found = list(value(shares))
        asked.set("F", -np.array(found)[:, None])
        for one in asked:
            one.evaluated.update(("F", "G", "H"))
        algorithm.tell(infills=asked)
        tried += shares
        gained += found
    return tried, gained


def _climbed(
    value: Value, start: Floats, reached: float, floors: Floats, caps: Floats, step: float
) -> tuple[Floats, float, int]:
    """Return where a gradient search from the best ends, if that is better, and how many allocations it tried."""
    from scipy.optimize import minimize

    count = 0

    def loss(shares: Floats) -> float:
        nonlocal count
        count += 1
        return -float(value([shares])[0])

    def slope(shares: Floats) -> Floats:
        nonlocal count
        moved = [shares + step * sign * row for row in np.eye(len(shares)) for sign in (1, -1)]
        count += len(moved)
        found = np.array(value([np.maximum(m, 0.0) for m in moved]))
        return np.asarray((found[1::2] - found[::2]) / (2 * step))

    ends = minimize(
        loss,
        start,
        jac=slope,
        method="SLSQP",
        bounds=list(zip(floors, caps, strict=True)),
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1.0, "jac": lambda x: np.ones(len(x))},
        options={"ftol": 1e-15, "maxiter": 60 if step < 1e-4 else 5},
    )
    shares: Floats = np.clip(ends.x, floors, caps)
    shares = shares / shares.sum()
    better = -float(ends.fun)
    return (shares, better, count) if better > reached else (start, reached, count)
