"""Training and a back end, alone and together, year by year, under each choice that decides signs."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyclesim.analysis.ladder import using
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.runs.results import Run
from cyclesim.runs.simulate import run

CHOICES = tuple({"survivors_first": one, "record_at_intake": two} for two in (0.0, 1.0) for one in (0.0, 1.0))
"""Who gets a scarce intake, and when a record is made: choices that decide signs, so all are shown."""
ARMS: dict[str, tuple[str, ...]] = {"neither": (), "training": ("R2",), "back end": ("R9",), "both": ("R2", "R9")}
YEARLY = ("referred", "answered_share", "trust", "identified")


def two_by_two(scenario: Scenario) -> list[dict[str, Any]]:
    """Return referrals, share answered, trust and people identified by year: a table for each choice and arm.

    Training trains most staff (R2), the back end answers (R9), both from the first reported month on.
    """
    found = []
    for choice in CHOICES:
        world = scenario.with_values(choice)
        arms = {arm: _by_year(run(using(world, *used), twin=True)) for arm, used in ARMS.items()}
        found.append({"choice": choice, "arms": arms})
    return found


def _by_year(found: Run) -> dict[str, list[float]]:
    """Return measures by year: flows added up over crises and months, levels weighted by people."""
    months = found.months
    result = {}
    for name in YEARLY:
        level = MEASURES[name].kind == "level"
        weight = months["people"] if level else 1.0
        values = (months[name] * weight).groupby(months["month"] // 12).sum()
        scale = months["people"].groupby(months["month"] // 12).sum() if level else 1.0
        result[name] = np.asarray(values / scale, dtype=float).tolist()
    return result
