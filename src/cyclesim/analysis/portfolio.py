"""Uses of a given sum: how much exploitation each averts, and whether chance alone may have put one first.

A fund that asks nobody what to believe gives the sum beside the donors; what that averts is read off twin or ledger.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from cyclesim.analysis import nulls
from cyclesim.errors import DesignError
from cyclesim.inputs.money import split
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import FEWEST_ALIKE, ends
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.donors import Donor
from cyclesim.model.funding.state import Appeal
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Line
from cyclesim.worlds.design import Design
from cyclesim.worlds.engines import parallel_map

FUND = "Portfolio fund"
Floats = NDArray[np.float64]
Value = Callable[[Sequence[Floats]], Sequence[float]]  # what each of some allocations achieves
_GENERATION = 20


class _Fund(Donor):
    """A donor that gives what a plan says, whatever it believes; all others are themselves."""

    plan: Mapping[int, Sequence[tuple[str | None, Line, int, int]]] = {}
    """Crises (None: all, by what each asks for), lines, cents and months of the grants that begin in a month."""

    def decide(self, appeals: Sequence[Appeal], share: float, clock: int, calendar: int, p: Parameters) -> None:
        if self.name != FUND:
            super().decide(appeals, share, clock, calendar, p)
            return
        for crisis, line, cents, months in self.plan.get(self.model.month, ()):
            chosen = [appeal for appeal in appeals if crisis in (None, appeal.crisis)]
            parts = split(cents, [max(appeal.ask * appeal.in_need, 1e-9) for appeal in chosen])
            for appeal, part in zip(chosen, parts, strict=True):
                if part > 0:
                    self.commit(appeal.crisis, line, part, clock, months)


@dataclass(frozen=True)
class DrawnWorld:
    """Whose luck a run has: draw, replication and seed of the ledger, or that of nobody (the twin)."""

    draw: int = 0
    replication: int = 0
    seed: int | None = None


def exploited(scenario: Scenario, allocation: Floats, world: DrawnWorld | None = None) -> float:
    """Return person-months of exploitation with a fund that gives an allocation, in a world of the ledger or the twin.

    US dollars, shape (periods, lines) or (periods, crises, lines): equal periods that fill the reported months.
    """
    chosen = world or DrawnWorld()
    with_fund = scenario.with_values({f"donors.{FUND}": {"kind": "foundation", "budget": 0.0}})
    giving = type("_Giving", (_Fund,), {"plan": _plan(allocation, scenario)})
    luck = (chosen.seed or 0, chosen.draw, chosen.replication)
    model = CycleModel(with_fund, *luck, donor=giving, twin=chosen.seed is None).run()
    months = model.observations.tables()["months"]["exploited"]
    model.close()
    return math.fsum(months.tolist())


def _plan(allocation: Floats, scenario: Scenario) -> dict[int, list[tuple[str | None, Line, int, int]]]:
    periods, months = len(allocation), scenario.months
    starts = [months * k // periods for k in range(periods + 1)]
    places = [None] if allocation.ndim == 2 else list(scenario.crises)
    by_place = allocation.reshape(periods, len(places), len(Line))
    return {
        starts[k]: [
            (place, line, round(100 * float(amount)), starts[k + 1] - starts[k])
            for place, row in zip(places, by_place[k], strict=True)
            for line, amount in zip(Line, row, strict=True)
            if amount > 0
        ]
        for k in range(periods)
    }


def needed(scenario: Scenario, shares: Floats, target: float, most: float) -> float:
    """Return the US dollars, split by shares, that avert a target in the twin; NaN if `most` do not."""
    base = exploited(scenario, np.zeros_like(shares))

    def averted(total: float) -> float:
        return base - exploited(scenario, total * shares)

    if averted(most) < target:
        return math.nan
    low, high = 0.0, most
    while high - low > 0.01 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if averted(middle) >= target else (middle, high)
    return high


def scored(
    scenario: Scenario, uses: Mapping[str, Floats], design: Design | None, replications: int, seed: int, workers: int
) -> tuple[pd.DataFrame, float]:
    """Return the table of uses and its bar; see `cyclesim.questions.portfolio.Portfolio`."""
    allocations = [np.zeros_like(next(iter(uses.values()))), *uses.values()]
    worlds = [
        DrawnWorld(draw, replication, seed if replications else None)
        for draw in range(1, 1 + (len(design) if design is not None else 0))
        for replication in range(max(replications, 1))
    ]
    tasks = [(world, allocation) for world in (DrawnWorld(), *worlds) for allocation in allocations]
    found = np.array(parallel_map(_drawn, (scenario, design), tasks, workers)).reshape(1 + len(worlds), -1)
    averted = found[:, :1] - found[:, 1:]
    if not worlds:
        empty = dict.fromkeys(("mean", "standard_error", "low", "high", "best_share"), math.nan)
        flags = dict.fromkeys(("front", "as_good", "named"), False)
        return pd.DataFrame({"use": list(uses), "averted": averted[0], **empty, **flags}), math.nan
    drawn = averted[1:].reshape(-1, max(replications, 1), len(uses)).mean(axis=1)
    limit = best_of_alike(drawn, seed)
    told = {**_spread(drawn), "named": _leads(drawn) > limit}
    return pd.DataFrame({"use": list(uses), "averted": averted[0], **told}), limit


def _spread(drawn: Floats) -> dict[str, Floats]:
    """Return mean, error, ends and standing of each use, from what it averts in each draw: shape (draws, uses)."""
    mean, (low, high), error = drawn.mean(axis=0), ends(drawn), _error(drawn, math.nan)
    better = (mean[:, None] <= mean) & (low[:, None] <= low) & ((mean[:, None] < mean) | (low[:, None] < low))
    best = (drawn >= drawn.max(axis=1, keepdims=True)).mean(axis=0)
    told = {"mean": mean, "standard_error": error, "low": low, "high": high, "best_share": best}
    return {**told, "front": ~better.any(axis=1), "as_good": _as_good(drawn)}


def _error(values: Floats, unknown: float) -> Floats:
    """Return the standard error of means over draws, unknown of one."""
    number = len(values)
    return values.std(axis=0, ddof=1) / math.sqrt(number) if number > 1 else np.full(values.shape[1], unknown)


def _as_good(drawn: Floats) -> NDArray[np.bool_]:
    """Return which uses are not clearly worse than the best one, by paired t tests with Bonferroni's allowance."""
    if len(drawn) < FEWEST_ALIKE:
        return np.ones(drawn.shape[1], dtype=bool)
    behind = drawn[:, [int(drawn.mean(axis=0).argmax())]] - drawn
    limit = stdtrit(len(drawn) - 1, 1.0 - nulls.CHANCE / max(drawn.shape[1] - 1, 1))
    return np.asarray(behind.mean(axis=0) <= limit * _error(behind, math.inf))


def best_of_alike(drawn: Floats, seed: int = 1) -> float:
    """Return how many standard errors above the mean the best comes if uses are dealt out in each draw."""
    return nulls.bar(lambda rng: float(_leads(rng.permuted(drawn, axis=1)).max()), seed)


def _leads(drawn: Floats) -> Floats:
    """Return how many standard errors each use is above the mean of all, paired by draw: uses may vary unlike."""
    above = drawn - drawn.mean(axis=1, keepdims=True)
    error = _error(above, math.inf)
    return np.asarray(np.divide(above.mean(axis=0), error, out=np.zeros(drawn.shape[1]), where=error > 0))


def _drawn(shared: tuple[Scenario, Design | None], task: tuple[DrawnWorld, Floats]) -> float:
    (scenario, design), (world, allocation) = shared, task
    chosen = scenario.with_values(design.of(world.draw)) if design is not None and world.draw else scenario
    return exploited(chosen, allocation, world)


@dataclass(frozen=True)
class SearchResult:
    """What a search has found."""

    shares: Floats  # of the sum, for each entry, adding up to 1
    value: float  # what it achieves
    random_shares: Floats  # the best of the random ones
    random_value: float
    evaluations: tuple[int, int]  # allocations tried in all, and of them at random
    tried: Floats  # before the gradient step, shape (tried, entries)
    values: Floats

    def others(self, number: int, apart: float = 0.5) -> list[Floats]:
        """Return the best of those tried of which `apart` or more differs from the best and each other."""
        chosen = [self.shares]
        for k in np.argsort(-self.values, kind="stable"):
            if len(chosen) > number:
                break
            if min(float(np.abs(self.tried[k] - other).sum()) / 2 for other in chosen) >= apart / 2:
                chosen.append(self.tried[k])
        return chosen[1:]


def search(
    value: Value, floors: Floats, caps: Floats, evaluations: int = 200, seed: int = 1, step: float = 1e-7
) -> SearchResult:
    """Return the shares that achieve most, of some evaluations and a gradient step; a quarter of them are at random."""
    if find_spec("pymoo") is None:  # told before anything is tried
        raise DesignError("the search needs pymoo: pip install 'cyclesim[analysis]'")
    if (floors > caps).any() or floors.sum() > 1 + 1e-12 or caps.sum() < 1 - 1e-12:
        raise DesignError(
            f"no split lies between floors and caps: floors come to {100 * floors.sum():.3g} % and caps to "
            f"{100 * caps.sum():.3g} % of the sum; lower a floor or raise a cap"
        )
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
    return SearchResult(shares, achieved, tried[random], values[random], number, np.array(everything), np.array(gained))


def _repaired(raw: Floats, floors: Floats, caps: Floats) -> Floats:
    """Return shares between floors and caps that add up to 1, in proportion to ``raw`` where they are free."""
    shares, free = floors.copy(), np.ones(len(raw), dtype=bool)
    weights = np.maximum(raw, 1e-12)
    for _ in range(len(raw)):
        left = 1.0 - shares[~free].sum() - floors[free].sum()
        shares[free] = floors[free] + left * weights[free] / weights[free].sum()
        over = free & (shares > caps)
        shares[over], free = caps[over], free & ~over
        if not (over.any() and free.any()):
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
