"""Two worlds that case counts cannot tell apart: few of many are found, or many of few (check e)."""

from __future__ import annotations

from cyclesim.analysis import trials
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run

_TOLERANCE = 0.005
_ROUNDS = 10


def alike(scenario: Scenario) -> list[Scenario]:
    """Return a world of low detection, and one of truly low prevalence with the same case counts.

    The second has a lower `incidence`: it is adjusted until the expected numbers of people identified in years 6 to
    10, which the twin gives, are the same to 0.5 %.
    """
    hidden = trials.low_detection(scenario)
    cases, factor = identified(hidden), trials.LOW_DETECTION
    for _ in range(_ROUNDS):
        rare = trials.truly_low(scenario, factor)
        ratio = cases / found if (found := identified(rare)) else 1.0
        if abs(ratio - 1.0) < _TOLERANCE:
            break
        factor *= ratio
    return [hidden, rare]


def identified(scenario: Scenario) -> float:
    """Return the people to be expected to be identified in years 6 to 10."""
    months = run(scenario, twin=True).months
    late = months["month"].between(trials.SURVEYED, trials.MONTHS - 1)
    return float(months.loc[late, "identified"].sum())
