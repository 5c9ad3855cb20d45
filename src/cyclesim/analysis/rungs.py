"""The whole ladder: everything that is asked of it, put together and told as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cyclesim.analysis.ladder import LEVELS, NAMED, Drawn, Point, over_draws, points
from cyclesim.analysis.money_between import Thirty, between
from cyclesim.analysis.two_by_two import two_by_two
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered

SEEDS = 2
"""Lucks of the thirty crises."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ladder:
    """What hangs on anti-trafficking money, rung by rung.

    Attributes
    ----------
    points
        Each rung along what others pay, as it is and with an endowment.
    draws
        By rung, one entry for each draw of the states of the world; empty if none were asked for.
    tables
        By rung, training and back end by year; see `cyclesim.analysis.two_by_two`.
    thirty
        Money between thirty crises derived from the first rung; None if no luck was asked for.
    """

    points: Sequence[Point]
    draws: Mapping[str, Sequence[Drawn]]
    tables: Mapping[str, list[dict[str, Any]]]
    thirty: Thirty | None

    @property
    def rungs(self) -> list[str]:
        """Names of the scenarios, in order."""
        return list(dict.fromkeys(point.rung for point in self.points))

    def along(self, rung: str, endowed: bool = False) -> list[Point]:
        """Return the points of one rung along what others pay."""
        return [point for point in self.points if point.rung == rung and point.endowed == endowed]

    def named(self, rung: str) -> list[Point]:
        """Return the points of one rung at the low, middle and high level of what others pay."""
        return [point for point in self.along(rung) if point.level in NAMED.values()]

    def middle(self) -> list[Point]:
        """Return the point of each rung where others pay the middle level."""
        return [p for rung in self.rungs for p in self.named(rung) if p.level == NAMED["middle"]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "points": [point.to_dict() for point in self.points],
            "draws": {rung: [one.to_dict() for one in drawn] for rung, drawn in self.draws.items()},
            "two_by_two": dict(self.tables),
            "thirty": self.thirty and self.thirty.to_dict(),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Ladder:
        """Return the ladder that `to_dict` told."""
        return cls(
            [Point.of(point) for point in plain["points"]],
            {rung: [Drawn.of(one) for one in drawn] for rung, drawn in plain["draws"].items()},
            plain["two_by_two"],
            plain["thirty"] and Thirty.of(plain["thirty"]),
        )


def ladder(
    scenarios: Sequence[Scenario],
    designs: Mapping[str, Design | None] | None = None,
    levels: Sequence[float] = LEVELS,
    seeds: int = SEEDS,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> Ladder:
    """Return the whole ladder of scenarios.

    Parameters
    ----------
    designs
        Draws of the states of the world by scenario.
    levels
        Of what others pay.
    seeds, seed
        Lucks in which the thirty crises are simulated, and the seed of them; none of them with 0.
    progress
        Called with the number of parts done and asked for, once for each question.
    """
    drawn = {s.name: design for s in scenarios if (design := (designs or {}).get(s.name)) is not None}
    return Ladder(
        points(scenarios, levels, workers, progress),
        {s.name: over_draws(s, drawn[s.name], workers, progress) for s in scenarios if s.name in drawn},
        dict(zip([s.name for s in scenarios], gathered(_tables, None, scenarios, workers), strict=True)),
        between(scenarios[0], seeds, seed, workers, progress) if seeds else None,
    )


def _tables(_: None, scenario: Scenario) -> list[dict[str, Any]]:
    return two_by_two(scenario)
