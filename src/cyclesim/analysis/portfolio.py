"""Portfolio: the use of a given sum, over lines, crises and years, that averts most person-months of exploitation.

A fund that asks nobody what to believe gives the sum beside the donors of a scenario: a share for each line of work in
each period, and in each crisis where they are told apart. How much exploitation that averts is read off the twin. The
best use at the defaults is looked for (`cyclesim.analysis.allocation`), and then scored, with good uses that are unlike
it and with the obvious ones, over draws of the inputs: in worlds of the ledger with paired luck, or in twins. Which use
is best on average, and how often it is the best, matters more than which is best at the defaults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from cyclesim.analysis import nulls
from cyclesim.analysis.allocation import Floats, Found, search
from cyclesim.errors import DesignError, did_you_mean
from cyclesim.inputs.money import split
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import FEWEST_ALIKE, ends
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.donors import Appeal, Donor
from cyclesim.model.funding.grants import Grant
from cyclesim.model.values import Values
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import late
from cyclesim.vocabulary import Line

if TYPE_CHECKING:
    import pandas as pd

FUND = "Portfolio fund"
FRONTLINE = (Line.TRAINING, Line.SPECIALISTS)
"""Lines of "all to the frontline", half and half."""
OTHERS = 4
"""Good uses unlike the best one that are scored beside it."""


class _Fund(Donor):
    """A donor that gives what a plan says, whatever it believes; all others are themselves."""

    plan: Mapping[int, Sequence[tuple[str | None, Line, int, int]]] = {}
    """Crises (None: all, by what each asks for), lines, cents and months of the grants that begin in a month."""

    def decide(
        self, appeals: Sequence[Appeal], share: float, level: dict[str, float], clock: int, calendar: int, p: Values
    ) -> None:
        if self.name != FUND:
            super().decide(appeals, share, level, clock, calendar, p)
            return
        for crisis, line, cents, months in self.plan.get(self.model.month, ()):
            chosen = [appeal for appeal in appeals if crisis in (None, appeal.crisis)]
            parts = split(cents, [max(appeal.ask * appeal.in_need, 1e-9) for appeal in chosen])
            for appeal, part in zip(chosen, parts, strict=True):
                if part > 0:
                    appeal.commit(Grant(self.name, appeal.crisis, line, part, clock, months))


@dataclass(frozen=True)
class World:
    """Whose luck a run has: draw, replication and seed of the ledger, or that of nobody (the twin)."""

    draw: int = 0
    replication: int = 0
    seed: int | None = None


def exploited(scenario: Scenario, allocation: Floats, world: World | None = None) -> float:
    """Return person-months of exploitation in a scenario with a fund that gives an allocation.

    Parameters
    ----------
    allocation
        US dollars, shape (periods, lines), or (periods, crises, lines); the periods are of equal length and fill the
        reported months.
    world
        A world of the ledger; the twin if absent.
    """
    chosen = world or World()
    plan = _plan(allocation, scenario)
    with_fund = scenario.with_values({f"donors.{FUND}": {"kind": "foundation", "budget": 0.0}})
    giving = type("_Giving", (_Fund,), {"plan": plan})
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
        US dollars, shape (periods, lines), or (periods, crises, lines).
    found
        The search, in person-months averted by the twin at the defaults.
    uses
        A row for each use of the sum: person-months averted by the twin at the defaults; over draws mean, its standard
        error, where nine in ten draws or all of them lie (low, high), the share of draws in which no other use averts
        more; whether it is on the front (no other has a larger mean and a larger low end), as good as the best (not
        clearly worse: paired t tests with an allowance for their number), and named: more standard errors above the
        mean of all uses than the bar (NaN and False without draws).
    bar
        How many standard errors above the mean of all uses the best comes in one null world of twenty, in which uses
        are alike; NaN without draws.
    splits
        US dollars of each use, by its name.
    draws, replications
        Number of draws, and worlds of the ledger for each; 0 replications are twins.
    """

    scenario: Scenario
    total: float
    best: Floats
    found: Found
    uses: pd.DataFrame
    bar: float
    splits: Mapping[str, Floats]
    draws: int
    replications: int

    def __repr__(self) -> str:
        return f"Portfolio({self.scenario.name!r}, total={self.total:g}, averted={self.found.value:.4g})"

    @property
    def robust(self) -> str | None:
        """The use that averts most on average over draws; None without draws, or where chance may have put it there."""
        if not self.draws:
            return None
        best = self.uses.to_dict("records")[int(self.uses["mean"].to_numpy().argmax())]
        return str(best["use"]) if best["named"] else None

    def table(self, use: str = "best found") -> pd.DataFrame:
        """Return a row for each period (and crisis), a column of US dollars for each line."""
        import pandas as pd

        split_ = self.splits[use]
        frame = pd.DataFrame(split_.reshape(-1, len(Line)), columns=[str(line) for line in Line])
        places = list(self.scenario.crises) if split_.ndim == 3 else [""]
        frame.insert(0, "period", np.repeat(np.arange(1, len(split_) + 1), len(places)))
        if split_.ndim == 3:
            frame.insert(1, "crisis", places * len(split_))
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        uses = self.uses.astype(object).where(self.uses.notna(), None).to_dict("records")
        head = {"scenario": self.scenario.name, "total": self.total, "draws": self.draws}
        head |= {"replications": self.replications, "robust": self.robust}
        head |= {"bar": None if math.isnan(self.bar) else self.bar}
        tried = {"evaluations": self.found.evaluations[0], "at_random": self.found.evaluations[1]}
        averted = {"averted": self.found.value, "averted_by_the_best_random": self.found.random_value}
        splits = {use: self.table(use).to_dict("records") for use in self.splits}
        return {**head, **tried, **averted, "best": splits["best found"], "uses": uses, "splits": splits}

    def plot(self) -> Any:
        """Return the picture of the uses: mean and range over draws, the front marked."""
        return late("cyclesim.outputs.portfolio").picture(self)


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
    by_crisis: bool = False,
    replications: int = 0,
) -> Portfolio:
    """Return the use of a sum that averts most person-months of exploitation.

    Parameters
    ----------
    total
        US dollars, over all reported months.
    periods
        Parts of equal length into which the reported months are cut.
    floors, caps
        Least and largest share of the sum for a line, by its name, over all periods and crises alike.
    design
        Draws over which the uses are scored.
    evaluations
        Allocations tried before the gradient step.
    seed
        Of the search, and of the luck of the worlds.
    by_crisis
        Whether the split says how much each crisis receives; otherwise crises share by what each asks for.
    replications
        Worlds of the ledger in each draw, with luck that all uses share; 0 scores in twins.

    Raises
    ------
    DesignError
        For a sum that is not above zero, an unknown line, or floors and caps that leave no split.
    """
    if not 0 < total < 1e13 or not 1 <= periods <= scenario.months:
        raise DesignError(
            f"the sum must be above zero, and periods 1 to {scenario.months} (got {total:g} and {periods})"
        )
    shape = (periods, *([len(scenario.crises)] if by_crisis else []), len(Line))
    cells = int(np.prod(shape[:-1]))
    low, high = (_limits(limits, cells, free) for limits, free in ((floors, 0.0), (caps, 1.0)))
    base = exploited(scenario, np.zeros(shape))

    def averted(allocations: Sequence[Floats]) -> list[float]:
        asked = [total * shares.reshape(shape) for shares in allocations]
        return [base - value for value in gathered(exploited, scenario, asked, workers)]

    found = search(averted, low, high, evaluations, seed, step=0.01)
    uses = {"best found": found.shares, "best at random": found.random_shares}
    others = found.others(OTHERS) if design is not None else []
    uses |= {f"another good one, {number}": shares for number, shares in enumerate(others, start=1)}
    splits = {name: total * shares.reshape(shape) for name, shares in uses.items()} | _obvious(scenario, total, shape)
    table, limit = _scored(scenario, splits, design, replications, seed, workers)
    drawn = 0 if design is None else len(design)
    return Portfolio(scenario, total, splits["best found"], found, table, limit, splits, drawn, replications)


def needed(scenario: Scenario, shares: Floats, target: float, most: float) -> float:
    """Return the sum, split by given shares, that averts a number of person-months in the twin; NaN if `most` does not.

    Parameters
    ----------
    shares
        Of the same shapes as an allocation, adding up to 1.
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


def _limits(limits: Mapping[str, float] | None, cells: int, free: float) -> Floats:
    """Return limits on the shares of each cell and line, of which a line has as many as there are cells."""
    names = [str(line) for line in Line]
    for name in limits or {}:
        if name not in names:
            raise DesignError(f"no line {name!r}; {did_you_mean(name, names)}")
    by_line = [(limits or {}).get(name, free * cells) / cells for name in names]
    return np.asarray(np.minimum(np.tile(by_line, cells), 1.0))


def _obvious(scenario: Scenario, total: float, shape: tuple[int, ...]) -> dict[str, Floats]:
    """Return uses that anybody would think of: as donors split money now, all to the frontline, all to one line."""
    lines = list(Line)
    mix = scenario.parameter("line_mix")
    now = np.array([float(mix.get(str(line), 0.0)) for line in lines])
    front = np.array([1.0 if line in FRONTLINE else 0.0 for line in lines])
    single = {f"all to {str(line).replace('_', ' ')}": np.eye(len(lines))[k] for k, line in enumerate(lines)}
    uses = {"as donors split money now": now, "all to the frontline": front, **single}
    cells = int(np.prod(shape[:-1]))
    return {name: np.tile(total / cells * x / x.sum(), (cells, 1)).reshape(shape) for name, x in uses.items()}


def _scored(
    scenario: Scenario,
    uses: Mapping[str, Floats],
    design: Design | None,
    replications: int,
    seed: int,
    workers: int,
) -> tuple[pd.DataFrame, float]:
    """Return the table of uses and its bar; see `Portfolio`."""
    import pandas as pd

    allocations = [np.zeros_like(next(iter(uses.values()))), *uses.values()]
    twins = [(World(), allocation) for allocation in allocations]
    worlds = [
        World(draw, replication, seed if replications else None)
        for draw in range(1, 1 + (len(design) if design is not None else 0))
        for replication in range(max(replications, 1))
    ]
    tasks = [*twins, *((world, allocation) for world in worlds for allocation in allocations)]
    found = np.array(gathered(_drawn, (scenario, design), tasks, workers)).reshape(1 + len(worlds), -1)
    averted = found[:, :1] - found[:, 1:]
    if not worlds:
        empty = dict.fromkeys(("mean", "standard_error", "low", "high", "best_share"), math.nan)
        flags = dict.fromkeys(("front", "as_good", "named"), False)
        return pd.DataFrame({"use": list(uses), "averted": averted[0], **empty, **flags}), math.nan
    drawn = averted[1:].reshape(-1, max(replications, 1), len(uses)).mean(axis=1)
    limit = best_of_alike(drawn, seed)
    named = _leads(drawn) > limit
    return pd.DataFrame({"use": list(uses), "averted": averted[0], **_spread(drawn), "named": named}), limit


def _spread(drawn: Floats) -> dict[str, Floats]:
    """Return mean, error, ends and standing of each use, from what it averts in each draw: shape (draws, uses)."""
    mean, (low, high) = drawn.mean(axis=0), ends(drawn)
    error = drawn.std(axis=0, ddof=1) / math.sqrt(len(drawn)) if len(drawn) > 1 else np.full(len(mean), math.nan)
    better = (mean[:, None] <= mean) & (low[:, None] <= low) & ((mean[:, None] < mean) | (low[:, None] < low))
    best = (drawn >= drawn.max(axis=1, keepdims=True)).mean(axis=0)
    told = {"mean": mean, "standard_error": error, "low": low, "high": high, "best_share": best}
    return {**told, "front": ~better.any(axis=1), "as_good": _as_good(drawn)}


def _as_good(drawn: Floats) -> NDArray[np.bool_]:
    """Return which uses are not clearly worse than the best one, by paired t tests with Bonferroni's allowance."""
    if len(drawn) < FEWEST_ALIKE:
        return np.ones(drawn.shape[1], dtype=bool)
    behind = drawn[:, [int(drawn.mean(axis=0).argmax())]] - drawn
    error = behind.std(axis=0, ddof=1) / math.sqrt(len(drawn))
    limit = stdtrit(len(drawn) - 1, 1.0 - nulls.CHANCE / max(drawn.shape[1] - 1, 1))
    return np.asarray(behind.mean(axis=0) <= limit * error)


def best_of_alike(drawn: Floats, seed: int = 1) -> float:
    """Return how many standard errors above the mean of all the best use comes where uses are dealt out in each draw.

    Parameters
    ----------
    drawn
        What each use averts in each draw, shape (draws, uses).
    """
    return nulls.bar(lambda rng: float(_leads(rng.permuted(drawn, axis=1)).max()), seed)


def _leads(drawn: Floats) -> Floats:
    """Return how many standard errors each use is above the mean of all, paired by draw: uses may vary unlike."""
    above = drawn - drawn.mean(axis=1, keepdims=True)
    error = above.std(axis=0, ddof=1) / math.sqrt(len(drawn)) if len(drawn) > 1 else np.full(drawn.shape[1], math.inf)
    return np.asarray(np.divide(above.mean(axis=0), error, out=np.zeros(drawn.shape[1]), where=error > 0))


def _drawn(shared: tuple[Scenario, Design | None], task: tuple[World, Floats]) -> float:
    (scenario, design), (world, allocation) = shared, task
    chosen = scenario.with_values(design.of(world.draw)) if design is not None and world.draw else scenario
    return exploited(chosen, allocation, world)
