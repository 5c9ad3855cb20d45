"""The loop of a scenario at its defaults and over draws of its inputs; see `cyclesim.analysis.loop`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis.loop import CUT, YEARS, Loop, loop
from cyclesim.analysis.plain import finite
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ends
from cyclesim.worlds.design import Design
from cyclesim.worlds.engines import parallel_map

NUMBERS = ("gain", "by_belief", "by_ask", "multiplier", "measured", "time_constant")
"""What is told of the loop beside the cut and the links; see `Loop`."""


@dataclass(frozen=True, repr=False)
class Loops:
    """The loop of a scenario at the default inputs and over draws of them.

    Attributes
    ----------
    scenario, design
        What it was asked of: a scenario, and the draws or None.
    default, drawn
        The loop at the defaults, and one for each draw.
    years
        Length of the runs.
    """

    scenario: Scenario
    design: Design | None
    default: Loop
    drawn: Sequence[Loop]
    years: int

    def __repr__(self) -> str:
        return f"Loops({self.scenario.name!r}, gain={self.default.gain:.3g}, draws={len(self.drawn)})"

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for the defaults (draw 0) and each draw: gain, multiplier, measured, time, the cut, links."""
        rows = [
            {
                "draw": draw,
                **{name: getattr(found, name) for name in NUMBERS},
                **{f"cut_{name}": float(getattr(found.cut, name)) for name in CUT},
                **found.elasticities,
            }
            for draw, found in enumerate([self.default, *self.drawn])
        ]
        return pd.DataFrame(rows)

    def interval(self, column: str) -> tuple[float, float, float]:
        """Return lower end, median and upper end of a column of `table` over draws; see `cyclesim.intervals.ends`.

        Infinite where the loop has no end; draws in which it is undefined are left out (see `undefined`).
        """
        values = self.table[column].iloc[1:].dropna().to_numpy(dtype=float)
        if not values.size:
            return math.nan, math.nan, math.nan
        low, high = ends(values)
        return float(low), float(np.median(values)), float(high)

    def undefined(self) -> dict[str, int]:
        """Return in how many draws each column is undefined, where it is in any."""
        missing = self.table.iloc[1:].isna().sum()
        return {str(name): int(count) for name, count in missing.items() if count}

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"loop.csv": self.table}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        head = {"scenario": self.scenario.name, "years": self.years, "draws": len(self.drawn)}
        names, columns = ("low", "median", "high"), self.table.columns[1:] if self.drawn else ()
        spread = {column: dict(zip(names, map(finite, self.interval(column)), strict=True)) for column in columns}
        return {**head, **self.default.to_dict(), "intervals": spread}


def loops(
    scenario: Scenario,
    design: Design | None = None,
    years: int = YEARS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Loops:
    """Say how strongly money comes back to money in a scenario: links, gain, multiplier, time constant.

    The twin is run with the loop cut at what donors want; see docs/design.md. With draws, intervals over the inputs
    that have a range.

    Parameters
    ----------
    years
        Length of the runs: elasticities are those of the last of them, when what was set off has settled.
    workers, progress
        As in `simulate`; loops are counted.
    """
    draws = range(1 + (len(design) if design is not None else 0))
    default, *drawn = parallel_map(_drawn, (scenario, design, years), draws, workers, progress)
    return Loops(scenario, design, default, drawn, years)


def _drawn(shared: tuple[Scenario, Design | None, int], draw: int) -> Loop:
    scenario, design, years = shared
    return loop(scenario.with_values(design.of(draw)) if design is not None and draw else scenario, years)
