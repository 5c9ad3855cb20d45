"""Probing: the twin with donors that can be pushed, or made to act on given wishes, so that the loop can be cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.donors import Appeal, Donor
from cyclesim.model.values import Values
from cyclesim.runs.totals import by_month

_MEASURES = (
    *("believed_prevalence", "disbursed_cents", "referral_rate", "answered_share", "identified", "assisted"),
    *("exploited", "detected_prevalence", "requirement_cents"),
)

Push = tuple[float, float, float]
"""Share by which donors want more (below 0: less), first month of it, and the month in which it ends."""


@dataclass(frozen=True)
class Wish:
    """What one donor wants for one crisis, were it all donors, in US dollars per year.

    Attributes
    ----------
    amount
        What it wants.
    asked
        What the ask comes to with it: the path by way of planners.
    belief
        Median prevalence it believes: the path by way of beliefs, which sets the rest.
    """

    amount: float
    asked: float
    belief: float


Track = dict[tuple[str, str, int, bool], Wish]
"""Wishes by donor, crisis, month, and whether news counts (flash money) or not (the yearly decision)."""


class _Probe(Donor):
    """A donor that acts on given wishes, and notes what it would want itself."""

    track: Track
    """Where its own wishes are noted."""
    held: Track | None = None
    """Wishes acted on; its own where absent."""
    shift = 0.0
    """Added to the logarithm of the wishes held."""
    pushes: Sequence[Push] = ()
    """Pushes, one after another."""

    def wants(self, appeal: Appeal, attention: float, p: Values) -> float:
        asked = self.asked(appeal, p)
        own = super().wants(appeal, attention, p)
        key = self.name, appeal.crisis, self.model.month, attention > 0
        self.track[key] = Wish(own, asked, self.beliefs[appeal.crisis].median)
        wish = own if self.held is None else self.held[key].amount * math.exp(self.shift)
        push = next((push for push, first, end in self.pushes if first <= self.model.month < end), 0.0)
        return min((1.0 + push) * wish, max(asked, wish))  # nobody is pushed beyond what is asked for


def run_probed(
    scenario: Scenario,
    held: Track | None = None,
    shift: float = 0.0,
    pushes: Sequence[Push] = (),
    track: Track | None = None,
) -> World:
    """Run the twin with donors that can be pushed, or made to act on given wishes.

    Parameters
    ----------
    held
        Wishes to act on; their own if absent.
    shift
        Added to the logarithm of the wishes held.
    pushes
        By which share donors want more than their belief and the ask say, and until which reported month.
    track
        Takes down the wishes that follow from evidence and ask.
    """
    noted: Track = {} if track is None else track
    kind = {"track": noted, "held": held, "shift": shift, "pushes": tuple(pushes)}
    probe = type("_Probing", (_Probe,), kind)
    model = CycleModel(scenario, donor=probe, twin=True).run()
    table = by_month(model.observations.tables()["months"], _MEASURES)
    weights = {name: donor.budget for name, donor in model.donors.items()}
    model.close()
    latest: dict[tuple[str, str], tuple[int, Wish]] = {}
    for (donor, crisis, month, news), wish in noted.items():
        if not news and month >= latest.get((donor, crisis), (month, wish))[0]:
            latest[donor, crisis] = month, wish

    def summed(part: str) -> float:
        return math.fsum(weights[donor] * getattr(wish, part) for (donor, _), (_, wish) in latest.items())

    return World(table, Wish(summed("amount"), summed("asked"), summed("belief")))


@dataclass(frozen=True)
class World:
    """Measures month by month, and the wishes that follow at the last yearly decision, summed over donors by budget."""

    months: Mapping[str, NDArray[np.generic]]
    followed: Wish


def yearly(world: World, measure: str) -> NDArray[np.float64]:
    """Return a measure summed over each year."""
    values = np.asarray(world.months[measure], dtype=float)
    return np.asarray(values.reshape(-1, 12).sum(axis=1))
