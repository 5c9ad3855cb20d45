"""Probing: the twin with donors that can be pushed, or made to act on given wishes, so that the loop can be cut.

A shock is a push with a size and an end. The twin is run without it, with it, and with it while donors want what they
would have wanted without it: what differs between the last two is the loop's doing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.donors import Donor
from cyclesim.model.funding.state import Appeal
from cyclesim.model.parameters import Parameters
from cyclesim.worlds.totals import by_month

SHARE, YEARS, HORIZON = -1 / 3, 2, 10  # the shock that is told: a third less money wanted, over ten years looked at
BACK = 0.05  # money has recovered when that of twelve months stays within this share of what it would be
Floats = NDArray[np.float64]
_MEASURES = (
    *("believed_prevalence", "disbursed_cents", "referral_rate", "answered_share", "identified", "assisted"),
    *("exploited", "detected_prevalence", "requirement_cents"),
)

Push = tuple[float, float, float]
"""Share by which donors want more (below 0: less), first month of it, and the month in which it ends."""


@dataclass(frozen=True)
class Wish:
    """What one donor wants for one crisis, were it all donors, in US dollars per year."""

    amount: float
    asked: float  # what the ask comes to with it: the path by way of planners
    belief: float  # median prevalence it believes: the path by way of beliefs


Track = dict[tuple[str, str, int, bool], Wish]
"""Wishes by donor, crisis, month, and whether news counts (flash money) or not (the yearly decision)."""


class _Probe(Donor):
    """A donor that acts on given wishes, and notes what it would want itself."""

    track: Track  # where its own wishes are noted
    held: Track | None = None  # wishes acted on; its own where absent
    shift = 0.0  # added to the logarithm of the wishes held
    pushes: Sequence[Push] = ()  # pushes, one after another

    def wants(self, appeal: Appeal, attention: float, p: Parameters) -> float:
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
) -> ProbedWorld:
    """Run the twin with donors that are pushed, or act on wishes held, moved by `shift` (ln); track notes their own."""
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

    return ProbedWorld(table, Wish(summed("amount"), summed("asked"), summed("belief")))


@dataclass(frozen=True)
class ProbedWorld:
    """Measures month by month, and the wishes that follow at the last yearly decision, summed over donors by budget."""

    months: Mapping[str, NDArray[np.generic]]
    followed: Wish


def yearly(world: ProbedWorld, measure: str) -> NDArray[np.float64]:
    """Return a measure summed over each year."""
    values = np.asarray(world.months[measure], dtype=float)
    return np.asarray(values.reshape(-1, 12).sum(axis=1))


@dataclass(frozen=True)
class ShockEffect:
    """What a shock does until the end of the years that are looked at; all against the same world without it."""

    share: float  # by which donors want less (below 0) or more
    years: int
    horizon: int
    money: float  # US dollars disbursed more, and the same with wishes held
    money_held: float
    identified: float  # people, people, and person-months of exploitation, more or less
    assisted: float
    person_months: float
    recovery: float  # months from its end until `BACK`: 0 if money never was away, infinite if it still is
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
    base: ProbedWorld | None = None,
    track: Track | None = None,
) -> ShockEffect:
    """Return what a shock from the first reported month on does; base and track are the world without it, if known."""
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

    def change(measure: str, world: ProbedWorld) -> float:
        return float((_months(world, measure, 12 * horizon) - _months(base, measure, 12 * horizon)).sum())

    return ShockEffect(
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


def _months(world: ProbedWorld, measure: str, number: int) -> Floats:
    return np.asarray(world.months[measure][:number], dtype=float)


def _recovery(world: ProbedWorld, base: ProbedWorld, years: int, horizon: int) -> float:
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
