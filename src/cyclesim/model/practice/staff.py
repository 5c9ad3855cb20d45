"""Means and sums over frontline staff, and whose doing referrals are."""

from collections.abc import Sequence

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.frontline import CHANNELS, Frontline


@compiled
def mean(staff: Floats, values: Floats) -> float:
    """Return a mean over staff at work; 0 without staff."""
    total, weighted = 0.0, 0.0
    for k in range(staff.size):
        total += staff[k]
        weighted += staff[k] * values[k]
    return weighted / total if total > 0.0 else 0.0


@within
def share_international(crew: Frontline) -> float:
    """Return the share of staff at work that is international."""
    total, weighted = 0.0, 0.0
    for k in range(crew.staff.size):
        total += crew.staff[k]
        weighted += crew.staff[k] if crew.international[k] else 0.0
    return weighted / total if total > 0.0 else 0.0


@within
def share_unvetted(crew: Frontline) -> float:
    """Return the share of staff at work that works unvetted."""
    total, weighted = 0.0, 0.0
    for k in range(crew.staff.size):
        total += crew.staff[k]
        weighted += crew.staff[k] * (1.0 - crew.vetted[k])
    return weighted / total if total > 0.0 else 0.0


@within
def suspect(ps: Sequence[Parameters], crew: Frontline, people: Integers, wrong: Floats) -> None:
    """Write the people expected to be referred who are no victims, after triage, shape (settings,)   (P8; M38)."""
    for setting in range(wrong.size):
        wrong[setting] = 0.0
    for k in range(crew.staff.size):
        wrong[crew.place[k] // CHANNELS] += crew.suspicion[k]
    for setting in range(wrong.size):
        wrong[setting] = wrong[setting] * people[setting] * ps[0].triage


@within
def share_out(crew: Frontline, referrals: Floats, total: Floats, each: Floats) -> None:
    """Write the referrals behind which each organisation is, by its share in the hazard of its place.

    Parameters
    ----------
    referrals, total
        By place, shape (settings * channels,): how many, and room.
    each
        Shape (organisations,).
    """
    for place in range(total.size):
        total[place] = 0.0
    for k in range(crew.staff.size):
        total[crew.place[k]] += crew.weight[k]
    for k in range(crew.staff.size):
        place = crew.place[k]
        each[k] = crew.weight[k] / total[place] * referrals[place] if total[place] > 0.0 else 0.0
