"""Portfolio: the use of a given sum, over lines, crises and years, that averts most person-months of exploitation.

The best use at the defaults is looked for on the twin (`cyclesim.analysis.portfolio`), then scored over draws beside
others: which use is best on average, and how often, matters more than which is best at
the defaults.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis.plain import finite
from cyclesim.analysis.portfolio import Floats, SearchResult, exploited, needed, scored, search
from cyclesim.errors import DesignError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.vocabulary import Line
from cyclesim.worlds.design import Design
from cyclesim.worlds.engines import parallel_map

BEST, NOW = "best found", "as donors split money now"
FRONTLINE = (Line.TRAINING, Line.SPECIALISTS)
"""Lines of "all to the frontline", half and half."""
OTHERS = 4
"""Good uses unlike the best one that are scored beside it."""
MOST = 100
"""How many times the sum is tried at most to avert a target."""


@dataclass(frozen=True, repr=False)
class Portfolio:
    """The best use of a sum, and what other uses of it achieve.

    Attributes
    ----------
    scenario, total, search
        The scenario; the sum, US dollars; the search, in person-months averted by the twin at the defaults.
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
        US dollars of each use by its name, shape (periods, lines), or (periods, crises, lines).
    draws, replications
        Number of draws, and worlds of the ledger for each; 0 replications are twins.
    target, sum_needed
        Person-months to avert, if asked, and the sum that does so, split as the best; NaN if `MOST` times it does not.
    """

    scenario: Scenario
    total: float
    search: SearchResult
    uses: pd.DataFrame
    bar: float
    splits: Mapping[str, Floats]
    draws: int
    replications: int
    target: float | None = None
    sum_needed: float = math.nan

    def __repr__(self) -> str:
        return f"Portfolio({self.scenario.name!r}, total={self.total:g}, averted={self.search.value:.4g})"

    @property
    def best(self) -> Floats:
        """US dollars of the best use that was found."""
        return self.splits[BEST]

    @property
    def robust(self) -> str | None:
        """The use that averts most on average over draws; None without draws, or where chance may have put it there."""
        if not self.draws:
            return None
        best = self.uses.to_dict("records")[int(self.uses["mean"].to_numpy().argmax())]
        return str(best["use"]) if best["named"] else None

    @property
    def table(self) -> pd.DataFrame:
        """A row for each use, the best first; in no order where chance may have put it there."""
        if self.draws and self.robust is None:
            return self.uses
        return self.uses.sort_values("mean" if self.draws else "averted", ascending=False)

    def split(self, use: str = BEST) -> pd.DataFrame:
        """Return a row for each period (and crisis), a column of US dollars for each line."""
        split = self.splits[use]
        frame = pd.DataFrame(split.reshape(-1, len(Line)), columns=[str(line) for line in Line])
        places = list(self.scenario.crises) if split.ndim == 3 else [""]
        frame.insert(0, "period", np.repeat(np.arange(1, len(split) + 1), len(places)))
        if split.ndim == 3:
            frame.insert(1, "crisis", places * len(split))
        return frame

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"best.csv": self.split(), "uses.csv": self.uses}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        uses = self.uses.astype(object).where(self.uses.notna(), None).to_dict("records")
        told = {"scenario": self.scenario.name, "total": self.total, "draws": self.draws}
        told |= {"replications": self.replications, "robust": self.robust, "bar": finite(self.bar)}
        told |= {"evaluations": self.search.evaluations[0], "at_random": self.search.evaluations[1]}
        told |= {"averted": self.search.value, "averted_by_the_best_random": self.search.random_value}
        splits = {use: self.split(use).to_dict("records") for use in self.splits}
        told |= {"best": splits[BEST], "uses": uses, "splits": splits}
        asked = {"target": self.target, "sum_needed": finite(self.sum_needed)}
        return told | (asked if self.target is not None else {})


def portfolio(
    scenario: Scenario,
    total: float,
    periods: int = 1,
    floors: Mapping[str, float] = {},
    caps: Mapping[str, float] = {},
    by_crisis: bool = False,
    target: float | None = None,
    evaluations: int = 200,
    design: Design | None = None,
    replications: int = 0,
    seed: int = 1,
    workers: int = 1,
) -> Portfolio:
    """Say which use of a sum averts most person-months in a scenario: over lines of work, periods and crises.

    Searched on the twin at the default inputs, beside random uses; then scored over draws of the inputs, in worlds with
    paired luck, beside good uses that are unlike it and the obvious ones (as donors split money now, all to the
    frontline, all to one line).

    Parameters
    ----------
    total, periods
        US dollars, over all reported months; parts of equal length into which these are cut.
    floors, caps
        Least and largest share of the sum for a line, by its name, over all periods and crises alike.
    by_crisis
        Whether the split says how much each crisis receives; otherwise crises share by what each asks for.
    target
        Person-months of which to say which sum, split as the best, averts them.
    evaluations
        Allocations tried before the gradient step.
    design, replications
        Draws over which the uses are scored; worlds of the ledger in each, with luck that all uses share, or twins (0).
    seed, workers
        Of the search, and of the luck of the worlds; processes, on which results do not depend.

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
        return [base - value for value in parallel_map(exploited, scenario, asked, workers)]

    found = search(averted, low, high, evaluations, seed, step=0.01)
    uses = {BEST: found.shares, "best at random": found.random_shares}
    others = found.others(OTHERS) if design is not None else []
    uses |= {f"another good one, {number}": shares for number, shares in enumerate(others, start=1)}
    splits = {name: total * shares.reshape(shape) for name, shares in uses.items()} | _obvious(scenario, total, shape)
    table, bar = scored(scenario, splits, design, replications, seed, workers)
    worlds = (0, 0) if design is None else (len(design), replications)
    enough = math.nan if target is None else needed(scenario, splits[BEST] / total, target, MOST * total)
    return Portfolio(scenario, total, found, table, bar, splits, *worlds, target, enough)


def _limits(limits: Mapping[str, float], cells: int, free: float) -> Floats:
    """Return limits on the shares of each cell and line, of which a line has as many as there are cells."""
    names = [str(line) for line in Line]
    for name in limits:
        if name not in names:
            raise DesignError(f"no line {name!r}; {did_you_mean(name, names)}")
    by_line = [limits.get(name, free * cells) / cells for name in names]
    return np.asarray(np.minimum(np.tile(by_line, cells), 1.0))


def _obvious(scenario: Scenario, total: float, shape: tuple[int, ...]) -> dict[str, Floats]:
    """Return uses that anybody would think of: as donors split money now, all to the frontline, all to one line."""
    lines = list(Line)
    mix = scenario.parameter("line_mix")
    now = np.array([float(mix.get(str(line), 0.0)) for line in lines])
    front = np.array([1.0 if line in FRONTLINE else 0.0 for line in lines])
    single = {f"all to {str(line).replace('_', ' ')}": np.eye(len(lines))[k] for k, line in enumerate(lines)}
    uses = {NOW: now, "all to the frontline": front, **single}
    cells = int(np.prod(shape[:-1]))
    return {name: np.tile(total / cells * x / x.sum(), (cells, 1)).reshape(shape) for name, x in uses.items()}
