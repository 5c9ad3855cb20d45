"""Probing: the twin with donors that can be pushed, or made to act on given beliefs, so that the loop can be cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.belief import Belief
from cyclesim.model.funding.donors import Appeal, Donor
from cyclesim.model.values import Values
from cyclesim.runs.totals import by_month

_MEASURES = (
    *("believed_prevalence", "disbursed_cents", "referral_rate", "answered_share", "identified", "assisted"),
    *("exploited", "detected_prevalence", "requirement_cents"),
)

Push = tuple[float, float]
"""Share by which donors want more coverage (below 0: less), and the reported month in which that ends."""
Track = dict[tuple[str, str], list[Belief]]
"""Beliefs by donor and crisis, one for each yearly review."""


class _Probe(Donor):
    """A donor that acts on given beliefs, and notes what it would believe itself."""

    track: Track | None = None
    """Where beliefs are noted."""
    held: Track | None = None
    """Beliefs acted on; its own where absent."""
    shift = 0.0
    """Added to the logarithm of the beliefs held."""
    pushes: Sequence[Push] = ()
    """Pushes, one after another."""

    def believe(self, appeal: Appeal, p: Values) -> Belief:
        own = self.__dict__.setdefault("own", {})
        acted_on = self.beliefs[appeal.crisis]
        self.beliefs[appeal.crisis] = own.get(appeal.crisis, acted_on)
        own[appeal.crisis] = found = super().believe(appeal, p)
        self.beliefs[appeal.crisis] = acted_on
        reviewed = self.__dict__.setdefault("reviewed", dict[str, int]())
        number = reviewed[appeal.crisis] = reviewed.get(appeal.crisis, -1) + 1
        if self.track is not None:
            self.track.setdefault((self.name, appeal.crisis), []).append(found)
        if self.held is None:
            return found
        held = self.held[self.name, appeal.crisis][number]
        return Belief(held.mean + self.shift, held.variance)

    def wanted_coverage(self, belief: Belief, attention: float, p: Values) -> float:
        push = next((push for push, until in self.pushes if self.model.month < until), 0.0)
        return min(1.0, (1.0 + push) * super().wanted_coverage(belief, attention, p))


def run_probed(
    scenario: Scenario,
    held: Track | None = None,
    shift: float = 0.0,
    pushes: Sequence[Push] = (),
    track: Track | None = None,
) -> World:
    """Run the twin with donors that can be pushed, or made to act on given beliefs.

    Parameters
    ----------
    held
        Beliefs to act on; their own if absent.
    shift
        Added to the logarithm of the beliefs held.
    pushes
        By which share donors want more coverage than their belief says, and until which reported month.
    track
        Takes down the beliefs that follow from the evidence.
    """
    noted: Track = {} if track is None else track
    kind = {"track": noted, "held": held, "shift": shift, "pushes": tuple(pushes)}
    probe = type("_Probing", (_Probe,), kind)
    model = CycleModel(scenario, donor=probe, twin=True).run()
    table = by_month(model.observations.tables()["months"], _MEASURES)
    weights = {name: donor.budget for name, donor in model.donors.items()}
    model.close()
    followed = math.fsum(weights[donor] * beliefs[-1].median for (donor, _), beliefs in noted.items())
    return World(table, followed)


@dataclass(frozen=True)
class World:
    """Measures month by month, and the belief that follows from the evidence at the last review, summed over donors."""

    months: Mapping[str, NDArray[np.generic]]
    belief: float


def yearly(world: World, measure: str) -> NDArray[np.float64]:
    """Return a measure summed over each year."""
    values = np.asarray(world.months[measure], dtype=float)
    return np.asarray(values.reshape(-1, 12).sum(axis=1))
