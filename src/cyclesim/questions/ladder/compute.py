"""The whole ladder: everything that is asked of it, put together; see `cyclesim.analysis.ladder`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cyclesim.analysis.ladder import ARMS, LEVELS, NAMED, OUTCOMES, RUNGS, Drawn, Point, over_draws, points, two_by_two
from cyclesim.analysis.thirty import Thirty, between
from cyclesim.inputs.scenario import Scenario
from cyclesim.worlds.design import draw_design
from cyclesim.worlds.engines import parallel_map

SEEDS = 2
"""Lucks of the thirty crises."""
MUCH = 0.1
"""Share of the identified lost, and gain, from which draws are counted."""
CHANGING = tuple(ARMS)[1:]
"""Arms that are held against neither."""
_DEFAULT: Any = RUNGS  # a question takes names for scenarios


@dataclass(frozen=True, repr=False)
class Ladder:
    """What hangs on anti-trafficking money, rung by rung.

    Attributes
    ----------
    scenarios, points
        The rungs, and each along what others pay, as it is and with an endowment.
    draws, tables
        By rung: an entry for each draw of the states of the world, and training and back end by year, see
        `cyclesim.analysis.ladder`.
    thirty
        Money between thirty crises derived from the first rung; None if no luck was asked for.
    """

    scenarios: Sequence[Scenario]
    points: Sequence[Point]
    draws: Mapping[str, Sequence[Drawn]]
    tables: Mapping[str, list[dict[str, Any]]]
    thirty: Thirty | None

    def __repr__(self) -> str:
        draws = max(map(len, self.draws.values()), default=0)
        return f"Ladder({', '.join(self.rungs)}, points={len(self.points)}, draws={draws})"

    @property
    def rungs(self) -> list[str]:
        """Names of the scenarios, in order."""
        return list(dict.fromkeys(point.rung for point in self.points))

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each point: outcomes per million people and year, what becomes of them without money, the loop."""
        rows = [
            {"rung": p.rung, "paid_by_others": p.level, "endowed": p.endowed}
            | {name: p.present[name] for name in OUTCOMES}
            | {f"{name}_without_money": p.present[name] + p.without.per_million[name] for name in OUTCOMES}
            | {f"dollars_{span.replace(' ', '_')}": dollars for span, dollars in p.money.items()}
            | {"gain": p.gain, "by_belief": p.by_belief, "by_ask": p.by_ask, "cut_times": p.cut}
            for p in self.points
        ]
        return pd.DataFrame(rows)

    def along(self, rung: str, endowed: bool = False) -> list[Point]:
        """Return the points of one rung along what others pay."""
        return [point for point in self.points if point.rung == rung and point.endowed == endowed]

    def named(self, rung: str) -> list[Point]:
        """Return the points of one rung at the low, middle and high level of what others pay."""
        return [point for point in self.along(rung) if point.level in NAMED.values()]

    def middle(self) -> list[Point]:
        """Return the point of each rung where others pay the middle level."""
        return [p for rung in self.rungs for p in self.named(rung) if p.level == NAMED["middle"]]

    def drawn_points(self, rung: str) -> list[Point]:
        """Return the points of one rung over draws, where others pay the middle level."""
        return [one.points["middle"] for one in self.draws.get(rung, ())]

    def flips(self, choice: str) -> tuple[int, int] | None:
        """Return how many signs of effects on the identified a choice turns, of how many; None if it does nothing."""
        pairs = [
            (one["arms"], two["arms"])
            for told in self.tables.values()
            for one in told
            for two in told
            if one["choice"] | {choice: 1.0} == two["choice"] and one is not two
        ]
        if all(one == two for one, two in pairs):
            return None
        turned = [identified(one, arm) * identified(two, arm) < 0 for one, two in pairs for arm in CHANGING]
        return sum(turned), len(turned)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "points": [point.to_dict() for point in self.points],
            "draws": {rung: [one.to_dict() for one in draw_design] for rung, draw_design in self.draws.items()},
            "two_by_two": dict(self.tables),
            "thirty": self.thirty and self.thirty.to_dict(),
        }

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {"ladder.csv": self.table}

    @classmethod
    def of(cls, plain: Mapping[str, Any], scenarios: Sequence[Scenario]) -> Ladder:
        """Return the ladder that `to_dict` gave, of these scenarios."""
        return cls(
            scenarios,
            [Point.of(point) for point in plain["points"]],
            {rung: [Drawn.of(one) for one in draw_design] for rung, draw_design in plain["draws"].items()},
            plain["two_by_two"],
            plain["thirty"] and Thirty.of(plain["thirty"]),
        )


def identified(arms: Mapping[str, Any], arm: str) -> float:
    """Return by which share an arm changes the people identified over ten years, against neither."""
    base = math.fsum(arms["neither"]["identified"])
    return math.fsum(arms[arm]["identified"]) / base - 1 if base else math.nan


def much(points: Sequence[Point]) -> tuple[int, int]:
    """Return at how many points a tenth of the identified or more is lost, and at how many the gain is 0.1 or more."""
    return sum(p.without.share["identified"] <= -MUCH for p in points), sum(p.gain >= MUCH for p in points)


def ladder(
    scenarios: Sequence[Scenario] = _DEFAULT,
    levels: Sequence[float] = LEVELS,
    draws: int | Path = 0,
    replications: int = SEEDS,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Ladder:
    """Say what hangs on anti-trafficking money in SCENARIOS (default: the three rungs), along what others pay.

    What is lost when all of it is taken away, the gain of the loop, what the first interventions do, who pays, and how
    money falls on thirty crises made of the first scenario. Takes some minutes; with --draws, intervals over states of
    the world.

    Parameters
    ----------
    levels
        Of what others pay: shares from 0 to 1.
    draws
        Draws of the states of the world, how many or a CSV file; each scenario has its own, of what it does not state.
    replications, seed
        Lucks in which the thirty crises are simulated, and the seed of them; none of them with 0.
    workers, progress
        Processes, on which results do not depend; called with the number of parts done and asked for.

    Raises
    ------
    DesignError
        For a level outside 0 to 1, or draws that do not fit.
    """
    rungs = {scenario.name: scenario for scenario in scenarios}
    scenarios = list(rungs.values())
    designs = {name: draw_design(scenario, draws, seed) for name, scenario in rungs.items()}
    along = points(scenarios, levels, workers, progress)
    told = {
        name: over_draws(rungs[name], design, workers, progress)
        for name, design in designs.items()
        if design is not None
    }
    tables = dict(zip(rungs, parallel_map(_tables, None, scenarios, workers), strict=True))
    thirty = between(scenarios[0], replications, seed, workers, progress) if replications else None
    return Ladder(scenarios, along, told, tables, thirty)


def _tables(_: None, scenario: Scenario) -> list[dict[str, Any]]:
    return two_by_two(scenario)
