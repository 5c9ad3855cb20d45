"""Two worlds that case counts cannot tell apart: few of many are found, or many of few (check e)."""

from __future__ import annotations

from cyclesim.analysis import trials
from cyclesim.analysis.monthly import Worlds
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import simulate

LATE = slice(trials.SURVEYED, trials.MONTHS)
"""Years 6 to 10, in which the two are compared."""
_TOLERANCE = 0.02
_ROUNDS = 4


def alike(scenario: Scenario, seeds: int, seed: int = 1, workers: int = 1) -> list[Scenario]:
    """Return a world of low detection, and one of truly low prevalence with the same case counts.

    The second has a lower `incidence`, by a factor found by simulation: it is adjusted until as many people are
    identified in years 6 to 10 as in the first, to 2 %.

    Parameters
    ----------
    seeds, seed, workers
        Worlds in which the case counts are compared, their seed, and processes.
    """

    def identified(variant: Scenario) -> float:
        worlds = Worlds(simulate([variant], replications=seeds, seed=seed, workers=workers))
        return float(worlds.total(variant.name, "identified", LATE).sum())

    hidden = trials.low_detection(scenario)
    cases, factor = identified(hidden), trials.LOW_DETECTION
    rare = trials.truly_low(scenario, factor)
    for _ in range(_ROUNDS):
        ratio = cases / max(identified(rare), 1.0)
        if abs(ratio - 1.0) < _TOLERANCE or cases == 0:
            break
        factor *= ratio
        rare = trials.truly_low(scenario, factor)
    return [hidden, rare]
