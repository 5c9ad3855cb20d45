"""Portfolio: the use of a given sum, over lines and years, that averts most person-months of exploitation.

A fund that asks nobody what to believe gives the sum beside the donors of a scenario: a share for each line of work in
each period. How much exploitation that averts is read off the twin. The best use is looked for in three steps: at
random (Dirichlet), which is always told beside the rest; by an evolutionary search (pymoo) that begins with the best
random ones; and by a gradient step from the best (SLSQP). It is then scored, with the obvious other uses of the sum,
over draws of the inputs: which use is best nearly everywhere matters more than which is best at the defaults.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, did_you_mean
from cyclesim.inputs.money import split
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.donors import Appeal, Donor
from cyclesim.model.funding.grants import Grant
from cyclesim.model.values import Values
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.vocabulary import Line

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Value = Callable[[Sequence[Floats]], Sequence[float]]
"""What each of some allocations achieves."""
FUND = "Portfolio fund"
FRONTLINE = (Line.TRAINING, Line.SPECIALISTS)
"""Lines of "all to the frontline", half and half."""
_GENERATION = 20


# ---------------------------------------------------------------- the search


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
    """

    shares: Floats
    value: float
    random_shares: Floats
    random_value: float
    evaluations: tuple[int, int]


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
    return Found(shares, achieved, tried[random], values[random], number)


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
    try:
        from pymoo.algorithms.soo.nonconvex.de import DE
        from pymoo.core.problem import Problem
        from pymoo.termination import get_termination
    except ImportError:
        raise DesignError("the search needs pymoo: pip install 'cyclesim[analysis]'") from None
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


# ---------------------------------------------------------------- of a scenario


class _Fund(Donor):
    """A donor that gives what a plan says, whatever it believes; all others are themselves."""

    plan: Mapping[int, Sequence[tuple[Line, int, int]]] = {}
    """Lines, cents and months of the grants that begin in a month."""

    def decide(
        self, appeals: Sequence[Appeal], share: float, level: dict[str, float], clock: int, calendar: int, p: Values
    ) -> None:
        if self.name != FUND:
            super().decide(appeals, share, level, clock, calendar, p)
            return
        for line, cents, months in self.plan.get(self.model.month, ()):
            parts = split(cents, [max(appeal.requirement, 1e-9) for appeal in appeals])
            for appeal, part in zip(appeals, parts, strict=True):
                if part > 0:
                    appeal.commit(Grant(self.name, appeal.crisis, line, part, clock, months))


def exploited(scenario: Scenario, allocation: Floats) -> float:
    """Return person-months of exploitation in the twin of a scenario, with a fund that gives an allocation.

    Parameters
    ----------
    allocation
        US dollars, shape (periods, lines); the periods are of equal length and fill the reported months.
    """
    plan = _plan(allocation, scenario.months)
    with_fund = scenario.with_values({f"donors.{FUND}": {"kind": "foundation", "budget": 0.0}})
    model = CycleModel(with_fund, donor=type("_Giving", (_Fund,), {"plan": plan}), twin=True).run()
    months = model.observations.tables()["months"]["exploited"]
    model.close()
    return math.fsum(months.tolist())


def _plan(allocation: Floats, months: int) -> dict[int, list[tuple[Line, int, int]]]:
    periods = len(allocation)
    starts = [months * k // periods for k in range(periods + 1)]
    return {
        starts[k]: [
            (line, round(100 * float(amount)), starts[k + 1] - starts[k])
            for line, amount in zip(Line, allocation[k], strict=True)
            if amount > 0
        ]
        for k in range(periods)
    }


@dataclass(frozen=True, repr=False)
class Portfolio:
    """The best use of a sum, and what other uses of it achieve.

    Attributes
    ----------
    scenario
        The scenario.
    total
        The sum, US dollars.
    best
        US dollars, shape (periods, lines).
    found
        The search, in person-months averted at the defaults.
    uses
        A row for each use of the sum: person-months averted at the defaults; over draws mean, 5 %, 95 %, and the
        share of draws in which no other use averts more (NaN without draws).
    draws
        Number of draws.
    """

    scenario: Scenario
    total: float
    best: Floats
    found: Found
    uses: pd.DataFrame
    draws: int

    def __repr__(self) -> str:
        return f"Portfolio({self.scenario.name!r}, total={self.total:g}, averted={self.found.value:.4g})"

    def table(self) -> pd.DataFrame:
        """Return a row for each period, a column of US dollars for each line."""
        import pandas as pd

        frame = pd.DataFrame(self.best, columns=[str(line) for line in Line])
        return frame.rename_axis("period").reset_index().assign(period=lambda f: f["period"] + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        uses = self.uses.astype(object).where(self.uses.notna(), None).to_dict("records")
        head = {"scenario": self.scenario.name, "total": self.total, "draws": self.draws}
        tried = {"evaluations": self.found.evaluations[0], "at_random": self.found.evaluations[1]}
        averted = {"averted": self.found.value, "averted_by_the_best_random": self.found.random_value}
        return {**head, **tried, **averted, "best": self.table().to_dict("records"), "uses": uses}


def portfolio(
    scenario: Scenario,
    total: float,
    periods: int = 1,
    floors: Mapping[str, float] | None = None,
    caps: Mapping[str, float] | None = None,
    design: Design | None = None,
    evaluations: int = 200,
    workers: int = 1,
    seed: int = 1,
) -> Portfolio:
    """Return the use of a sum that averts most person-months of exploitation.

    Parameters
    ----------
    total
        US dollars, over all reported months.
    periods
        Parts of equal length into which the reported months are cut.
    floors, caps
        Least and largest share of the sum for a line, by its name, over all periods alike.
    design
        Draws over which the uses are scored.
    evaluations
        Allocations tried before the gradient step.

    Raises
    ------
    DesignError
        For a sum that is not above zero, an unknown line, or floors and caps that leave no split.
    """
    if not 0 < total < 1e13 or not 1 <= periods <= scenario.months:
        raise DesignError(
            f"the sum must be above zero, and periods 1 to {scenario.months} (got {total:g} and {periods})"
        )
    low, high = (_limits(limits, periods, free) for limits, free in ((floors, 0.0), (caps, 1.0)))
    base = exploited(scenario, np.zeros((periods, len(Line))))

    def averted(allocations: Sequence[Floats]) -> list[float]:
        asked = [total * shares.reshape(periods, -1) for shares in allocations]
        return [base - value for value in gathered(exploited, scenario, asked, workers)]

    found = search(averted, low, high, evaluations, seed, step=0.01)
    best = total * found.shares.reshape(periods, -1)
    uses = {"best found": best, "best at random": total * found.random_shares.reshape(periods, -1)}
    uses |= _obvious(scenario, total, periods)
    table = _scored(scenario, uses, design, workers)
    return Portfolio(scenario, total, best, found, table, 0 if design is None else len(design))


def needed(scenario: Scenario, shares: Floats, target: float, most: float, workers: int = 1) -> float:
    """Return the sum, split by given shares, that averts a number of person-months; NaN if `most` does not.

    Parameters
    ----------
    shares
        Shape (periods, lines), adding up to 1.
    target
        Person-months to avert.
    most
        Largest sum that is tried, US dollars.
    """
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


def _limits(limits: Mapping[str, float] | None, periods: int, free: float) -> Floats:
    """Return limits on the shares of each period and line, of which a line has as many as there are periods."""
    names = [str(line) for line in Line]
    for name in limits or {}:
        if name not in names:
            raise DesignError(f"no line {name!r}; {did_you_mean(name, names)}")
    by_line = [(limits or {}).get(name, free * periods) / periods for name in names]
    return np.asarray(np.minimum(np.tile(by_line, periods), 1.0))


def _obvious(scenario: Scenario, total: float, periods: int) -> dict[str, Floats]:
    """Return uses that anybody would think of: as donors split money now, all to the frontline, all to one line."""
    lines = list(Line)
    mix = scenario.parameter("line_mix")
    now = np.array([float(mix.get(str(line), 0.0)) for line in lines])
    front = np.array([1.0 if line in FRONTLINE else 0.0 for line in lines])
    single = {f"all to {str(line).replace('_', ' ')}": np.eye(len(lines))[k] for k, line in enumerate(lines)}
    uses = {"as donors split money now": now, "all to the frontline": front, **single}
    return {name: np.tile(total / periods * shares / shares.sum(), (periods, 1)) for name, shares in uses.items()}


def _scored(scenario: Scenario, uses: Mapping[str, Floats], design: Design | None, workers: int) -> pd.DataFrame:
    import pandas as pd

    nothing = np.zeros_like(next(iter(uses.values())))
    allocations = [nothing, *uses.values()]
    draws = [0, *(range(1, len(design) + 1) if design is not None else ())]
    tasks = [(draw, allocation) for draw in draws for allocation in allocations]
    found = np.array(gathered(_drawn, (scenario, design), tasks, workers)).reshape(len(draws), -1)
    averted = found[:, :1] - found[:, 1:]
    rows: dict[str, Any] = {"use": list(uses), "averted": averted[0]}
    drawn = averted[1:] if len(averted) > 1 else np.full((1, averted.shape[1]), math.nan)
    rows |= {
        "mean": drawn.mean(axis=0),
        "low": np.quantile(drawn, 0.05, axis=0),
        "high": np.quantile(drawn, 0.95, axis=0),
    }
    best = (drawn >= drawn.max(axis=1, keepdims=True)).mean(axis=0)
    rows["best_share"] = best if len(averted) > 1 else np.full(averted.shape[1], math.nan)
    return pd.DataFrame(rows)


def _drawn(shared: tuple[Scenario, Design | None], task: tuple[int, Floats]) -> float:
    (scenario, design), (draw, allocation) = shared, task
    return exploited(scenario.with_values(design.of(draw)) if design is not None and draw else scenario, allocation)
