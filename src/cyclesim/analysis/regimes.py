"""Regimes: where funding comes to rest, from a poor and from a rich past, and what kind of loop that makes.

One end is one fixed point, two are a trap. With one the loop can still return every change larger (an amplifier). A
gain near zero is told apart: no loop, or run down until little is left to lose, as donors who correct show.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.loop import loop
from cyclesim.analysis.probing import Push, run_probed, yearly
from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario

YEARS = 30
POOR, RICH = 0.02, 1.0
"""Funding at the beginning of the past, as shares of the ask at which donors' wishes are stated (ask_reference)."""
PAST = 10  # years in which donors want hardly any, or all, of what is asked for
_PASTS = {POOR: -0.98, RICH: 1e6}  # by which share they want more then
APART = 0.10
"""Two ends are two states if they differ by more than this (difference of logarithms) and no longer come nearer."""
NEARING = 0.8  # they still come nearer if the distance at the end is below this part of that ten years before
AMPLIFIES = 0.1  # gain from which the loop is called an amplifier: a change comes back a ninth larger
HIGH = 0.5  # coverage of the ask from which funding is called high, from a poor start too
RUN_DOWN = 0.5  # funding has run down where it is below this part of what donors give who correct for how few are found
DRIFTS = 0.05  # funding still drifts where it moves more than this in the last five years (difference of logarithms)


class Regime(StrEnum):
    """What kind of loop there is."""

    NO_LOOP = "no loop"
    RUN_DOWN = "run down"
    DRIFTING = "drifting"
    AMPLIFIER = "amplifier"
    TRAP = "trap"
    ALWAYS_HIGH = "always high"


@dataclass(frozen=True)
class Equilibria:
    """Where funding comes to rest: coverage of the ask in the last year, after the poor and after the rich past."""

    poor: float
    rich: float
    distance: float  # of their logarithms, at the end and ten years before
    before: float
    gain: float = math.nan  # of the loop; NaN where not needed to tell the regime
    corrected: float = math.nan  # after the poor past, with naivety 0; NaN where not needed
    drift: float = 0.0  # of either logarithm in the last five years, the larger

    @property
    def two(self) -> bool:
        """Whether there are two states at which funding comes to rest."""
        return self.distance > APART and self.distance > NEARING * self.before

    @property
    def regime(self) -> Regime:
        """What kind of loop that makes."""
        if self.two:
            return Regime.TRAP
        if self.poor >= HIGH:
            return Regime.ALWAYS_HIGH
        if self.drift > DRIFTS or self.gain >= 1:  # a gain from 1 on is that of a state that does not stay
            return Regime.DRIFTING
        if self.gain >= AMPLIFIES:
            return Regime.AMPLIFIER
        return Regime.RUN_DOWN if self.poor < RUN_DOWN * self.corrected else Regime.NO_LOOP


def equilibria(scenario: Scenario, years: int = YEARS) -> Equilibria:
    """Return where the funding of a scenario comes to rest."""
    if years < 15:
        raise DesignError(f"funding needs at least 15 years to come to rest (got {years})")
    poor, rich = (np.maximum(_coverage(scenario, share, years), 1e-9) for share in (POOR, RICH))
    apart = np.abs(np.log(rich / poor))
    drift = max(abs(math.log(one[-1] / one[-6])) for one in (poor, rich))
    found = Equilibria(float(poor[-1]), float(rich[-1]), float(apart[-1]), float(apart[-11]), drift=drift)
    if found.two or found.poor >= HIGH:
        return found
    corrected = float(_coverage(scenario.with_values({"naivety": 0.0}), POOR, years)[-1])
    return replace(found, gain=loop(scenario, years).gain, corrected=corrected)


def escape(scenario: Scenario, years: Sequence[int] = (1, 2, 5, 10), most: float = 20.0) -> dict[int, float]:
    """Return, by years, by what factor donors must want more to leave a trap, to 2 %; NaN: `most` is not enough."""
    found = equilibria(scenario)
    if not found.two:
        raise DesignError(
            f"{scenario.name} has one state at which funding comes to rest, so there is no trap to get out of"
        )
    middle = math.sqrt(max(found.poor, 1e-9) * found.rich)

    def out(push: float, length: int) -> bool:
        return bool(
            _coverage(scenario, POOR, YEARS + length, [(push - 1.0, 12 * PAST, 12 * (PAST + length))])[-1] > middle
        )

    return {length: _least(partial(out, length=length), most) for length in years}


def _least(enough: Callable[[float], bool], most: float) -> float:
    if not enough(most):
        return math.nan
    low, high = 1.0, most
    while high / low > 1.02:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _coverage(scenario: Scenario, past: float, years: int, pushes: Sequence[Push] = ()) -> NDArray[np.float64]:
    """Return the coverage of the ask by year after a past (`POOR` or `RICH`), with pushes after it."""
    funding = past * scenario.parameter("ask_reference") * scenario.parameter("coded_share")
    long = scenario.with_values({"initial_funding": funding, "months": 12 * (PAST + years)})
    world = run_probed(long, pushes=[(_PASTS[past], -math.inf, 12 * PAST), *pushes])
    share = yearly(world, "disbursed_cents") / np.maximum(yearly(world, "requirement_cents"), 1.0)
    return np.asarray(share[PAST:])
