"""Shocks: what donors' cutting or raising money for a while does in the years after.

The gain of the loop is local: of a small change that lasts for ever. A shock has a size and an end. The twin is run
without it, with it, and with it while donors want what they would have wanted without it. What differs
between the last two is the loop's doing: the money that comes, or stays away, because of what the shock did to
evidence and ask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.probing import Track, World, run_probed
from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario

SHARE, YEARS, HORIZON = -1 / 3, 2, 10
"""The shock that is told: a third less money wanted, for two years; looked at over ten years."""
BACK = 0.05
"""Money has recovered when that of twelve months stays within this share of what it would be."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shock:
    """What a shock does until the end of the years that are looked at; all against the same world without it.

    Attributes
    ----------
    share, years, horizon
        By how much donors want less (below 0) or more, how long, and over how many years it is looked at.
    money, money_held
        US dollars disbursed more (or less, below 0), and the same with wishes held.
    identified, assisted, person_months
        People identified and assisted, and person-months of exploitation, more or less.
    recovery, recovery_held
        Months from the end of the shock until money has recovered (`BACK`), and the same with wishes held; 0 if it
        never was away, infinite if it is not back by the end.
    """

    share: float
    years: int
    horizon: int
    money: float
    money_held: float
    identified: float
    assisted: float
    person_months: float
    recovery: float
    recovery_held: float

    @property
    def times(self) -> float:
        """Money over money with wishes held: 1 without a loop; NaN where nothing is moved."""
        return self.money / self.money_held if self.money_held else math.nan


def shock(
    scenario: Scenario,
    share: float = SHARE,
    years: int = YEARS,
    horizon: int = HORIZON,
    base: World | None = None,
    track: Track | None = None,
) -> Shock:
    """Return what a shock from the first reported month on does.

    Parameters
    ----------
    share
        By how much donors want less (below 0) or more coverage than they otherwise would, over -1 and up to 20.
    years, horizon
        How long it lasts, and over how many years it is looked at.
    base, track
        The world without the shock and the wishes in it, if they are known.

    Raises
    ------
    DesignError
        If the shock is none, or does not end within the horizon.
    """
    if not -1 < share <= 20 or share == 0 or not 0 < years < horizon:
        raise DesignError(
            f"a shock moves money by a share above -1 and not 0, and ends before the {horizon} years that are looked "
            f"at do (got {share:g} for {years} years)"
        )
    long = scenario.with_values({"months": 12 * horizon})
    if base is None or track is None:
        track = {}
        base = run_probed(long, track=track)
    moved, held = (run_probed(long, held=wishes, pushes=[(share, 0, 12 * years)]) for wishes in (None, track))

    def change(measure: str, world: World) -> float:
        return float((_months(world, measure, 12 * horizon) - _months(base, measure, 12 * horizon)).sum())

    return Shock(
        share=share,
        years=years,
        horizon=horizon,
        money=change("disbursed_cents", moved) / 100,
        money_held=change("disbursed_cents", held) / 100,
        identified=change("identified", moved),
        assisted=change("assisted", moved),
        person_months=change("exploited", moved),
        recovery=_recovery(moved, base, years, horizon),
        recovery_held=_recovery(held, base, years, horizon),
    )


def _months(world: World, measure: str, number: int) -> Floats:
    return np.asarray(world.months[measure][:number], dtype=float)


def _recovery(world: World, base: World, years: int, horizon: int) -> float:
    """Return the months from the end of the shock from which on money of twelve months is within `BACK` of the base."""
    window = np.ones(12)
    one, two = (np.convolve(_months(w, "disbursed_cents", 12 * horizon), window, "valid") for w in (world, base))
    away = np.abs(one - two) > BACK * two  # windows that end with months 11, 12, ...
    if not away.any():
        return 0.0
    last = int(np.flatnonzero(away)[-1])
    if last == len(away) - 1:
        return math.inf
    return float(max(last + 12 - 12 * years, 0))
