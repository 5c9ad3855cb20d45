"""Regimes of a scenario along parameters, or over draws of all inputs; see `cyclesim.analysis.regimes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis import regimes as analysis
from cyclesim.analysis.plain import finite
from cyclesim.analysis.regimes import YEARS, Equilibria, Regime
from cyclesim.errors import DesignError
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import wilson
from cyclesim.worlds.design import Design
from cyclesim.worlds.engines import parallel_map

LEVELS = 9
"""Values of a parameter that are tried."""


@dataclass(frozen=True, repr=False)
class Regimes:
    """Regimes of a scenario over values of parameters, or over draws of all of them.

    Attributes
    ----------
    scenario, default
        The scenario, and where funding comes to rest at its own values.
    points, rests
        The values of each point, and where funding comes to rest at each of them.
    along
        Parameters that were varied one value at a time; empty for draws.
    pushes
        How much more coverage donors must want to lift funding out of a trap, by years; see `escape`.
    """

    scenario: Scenario
    default: Equilibria
    points: Sequence[Mapping[str, float]]
    rests: Sequence[Equilibria]
    along: tuple[str, ...]
    pushes: Mapping[int, float]

    def __repr__(self) -> str:
        return f"Regimes({self.scenario.name!r}, {self.default.regime}, points={len(self.points)})"

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each point: its values (of the parameters varied), and what `Rest` says of it."""
        columns = ("poor", "rich", "gain", "corrected", "drift", "regime")
        rows = [
            {name: values[name] for name in self.along} | {name: getattr(rest, name) for name in columns}
            for values, rest in zip(self.points, self.rests, strict=True)
        ]
        return pd.DataFrame(rows)

    def shares(self) -> dict[str, tuple[float, float, float]]:
        """Return the share of the points in each regime, with its 95 % interval (Wilson)."""
        counts, n = Counter(r.regime for r in self.rests), len(self.rests)
        return {str(regime): (counts[regime] / n, *wilson(counts[regime], n)) for regime in Regime} if n else {}

    def tipping(self) -> list[tuple[float, float, str, str]]:
        """Return between which values of one parameter the regime changes: low, high, regime below, regime above."""
        if len(self.along) != 1:
            return []
        found = [(point[self.along[0]], str(r.regime)) for point, r in zip(self.points, self.rests, strict=True)]
        return [(low, high, below, above) for (low, below), (high, above) in pairwise(found) if below != above]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        table, rest = self.table, self.default
        return {
            "scenario": self.scenario.name,
            "regime": str(rest.regime),
            "along": list(self.along),
            **{name: finite(getattr(rest, name)) for name in ("poor", "rich", "drift", "corrected")},
            "shares": self.shares(),
            "tipping": self.tipping(),
            "escape": finite(dict(self.pushes)),
            "points": table.astype(object).where(table.notna(), None).to_dict("records"),
        }

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"regimes.csv": self.table}


def regimes(
    scenario: Scenario,
    along: Sequence[str] = (),
    design: Design | None = None,
    years: int = YEARS,
    escape: bool = False,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Regimes:
    """Say where funding comes to rest in a scenario: no loop, run down, amplifier, trap, always high.

    Begun poor and begun rich, at its own values, along one parameter or two (with the values between which it tips),
    or over draws of all inputs.

    Parameters
    ----------
    along
        Parameters that are varied over their range.
    escape
        Whether to look for the push that gets out of a trap.
    workers, progress
        As in `simulate`; points are counted.

    Raises
    ------
    DesignError
        For more than two parameters, parameters and draws at once, a parameter without a range, or no trap to escape.
    """
    if len(along) > 2 or (along and design is not None):
        raise DesignError("regimes are looked at along one or two parameters, or over draws")
    points = [design.of(k) for k in range(1, len(design) + 1)] if design is not None else _grid(along)
    default, *rests = parallel_map(_rest, (scenario, years), [{}, *points], workers, progress)
    pushes = analysis.escape(scenario) if escape else {}
    return Regimes(scenario, default, points, rests, tuple(along), pushes)


def _rest(shared: tuple[Scenario, int], values: Mapping[str, float]) -> Equilibria:
    scenario, years = shared
    return analysis.equilibria(scenario.with_values(values) if values else scenario, years)


def _grid(along: Sequence[str]) -> list[dict[str, float]]:
    """Return evenly spaced values over the range of each parameter, on a logarithmic scale where it has one."""
    columns = []
    for name in along:
        quantity = parameters().get(name)
        if quantity is None or quantity.range is None:
            raise DesignError(f"{name!r} is no parameter with a range; see cyclesim parameters")
        low, high = quantity.range
        spaced = np.geomspace if quantity.scale == "log" and low > 0 else np.linspace
        columns.append(spaced(low, high, LEVELS).tolist())
    return [dict(zip(along, values, strict=True)) for values in product(*columns) if along]
