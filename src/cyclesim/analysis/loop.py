"""The loop: how strongly money comes back to money, link by link.

The loop is cut at one place, the donors' belief. In the cut world donors act on beliefs that are given (those of the
uncut world, moved by a small factor), and work out beside them what they would believe of the evidence that follows.
Along this one perturbation the long-run elasticities of the links

    belief -> money -> capacity -> identifications -> evidence -> belief

multiply to the gain G = dln(belief that follows) / dln(belief acted on), whatever runs in parallel inside a link. To
first order a permanent change of funding then comes back 1 / (1 - G) times (E13 of the evidence). All runs are of the
twin: there is no luck in them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ends
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.belief import Belief
from cyclesim.model.funding.donors import Appeal, Donor
from cyclesim.model.values import Values
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import late
from cyclesim.runs.totals import by_month

if TYPE_CHECKING:
    import pandas as pd

STATES = ("belief", "money", "capacity", "identifications", "evidence")
"""What the loop goes through: believed prevalence; money disbursed; hazard of being referred times the share of
referrals answered; people identified; detected prevalence. After the last comes belief again."""
LINKS = tuple(f"{one} -> {two}" for one, two in zip(STATES, (*STATES[1:], STATES[0]), strict=True))
YEARS, STEP = 30, 0.02
_MEASURES = (
    *("believed_prevalence", "disbursed_cents", "referral_rate", "answered_share", "identified"),
    "detected_prevalence",
    "requirement_cents",
)

Track = dict[tuple[str, str], list[Belief]]
"""Beliefs by donor and crisis, one for each yearly review."""


@dataclass(frozen=True)
class Loop:
    """The loop of one scenario at one set of inputs.

    Attributes
    ----------
    elasticities
        Long-run elasticity of each link, by its name in `LINKS`: per cent of the second for one per cent of the first.
        NaN where the first does not move.
    gain
        Their product, G.
    multiplier
        1 / (1 - G): what a permanent change of funding comes to; infinite from G = 1 on.
    measured
        The same by brute force: effect of a small permanent push on the money of the closed loop, over its effect with
        beliefs held.
    time_constant
        Months until the part that comes back has reached 1 - 1/e of its final size; NaN where nothing comes back.
    """

    elasticities: Mapping[str, float]
    gain: float
    multiplier: float
    measured: float
    time_constant: float

    @property
    def weakest(self) -> str:
        """Link with the smallest elasticity: what holds the loop back."""
        return min(self._known, key=lambda link: abs(self.elasticities[link]))

    @property
    def strongest(self) -> str:
        """Link with the largest elasticity: what drives the loop."""
        return max(self._known, key=lambda link: abs(self.elasticities[link]))

    @property
    def _known(self) -> list[str]:
        return [link for link in LINKS if not math.isnan(self.elasticities[link])]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is no number is None."""
        plain = {**asdict(self), "weakest": self.weakest, "strongest": self.strongest}
        plain["links"] = {link: _finite(value) for link, value in plain.pop("elasticities").items()}
        return {key: _finite(value) if isinstance(value, float) else value for key, value in plain.items()}


def loop(scenario: Scenario, years: int = YEARS, step: float = STEP) -> Loop:
    """Return the loop of a scenario.

    Parameters
    ----------
    years
        Length of the runs: elasticities are those of the last of them, when what was set off has settled.
    step
        Size of the perturbations, a share.

    Raises
    ------
    DesignError
        For fewer than five years or a step outside 0 to 0.5.
    """
    if years < 5 or not 0 < step <= 0.5:
        raise DesignError(f"the loop needs at least 5 years and a step above 0, at most 0.5 (got {years} and {step:g})")
    long = scenario.with_values({"months": 12 * years})
    track: Track = {}
    base = run_probed(long, track=track)
    up, down = (run_probed(long, held=track, shift=shift) for shift in (math.log1p(step), -math.log1p(step)))
    links, gain = elasticities(_states(up), _states(down), 2 * math.log1p(step))
    closed, pinned = (run_probed(long, held=held, push=step) for held in (None, track))
    money, direct, total = (yearly(table, "disbursed_cents") for table in (base, pinned, closed))
    measured = _ratio(math.log(total[-1] / money[-1]), math.log(direct[-1] / money[-1]))
    back = np.log(total / direct)
    return Loop(links, gain, 1 / (1 - gain) if gain < 1 else math.inf, measured, _time_constant(back))


def elasticities(up: Sequence[float], down: Sequence[float], moved: float) -> tuple[dict[str, float], float]:
    """Return the elasticity of each link, and the gain, from the states after two opposite perturbations.

    Parameters
    ----------
    up, down
        Money, capacity, identifications, evidence, and the belief that follows, with the belief acted on moved up
        and down.
    moved
        Distance between these two beliefs, as a difference of logarithms.
    """
    changes = [moved, *(_log_ratio(one, two) for one, two in zip(up, down, strict=True))]
    found = {link: _ratio(changes[k + 1], changes[k]) for k, link in enumerate(LINKS)}
    return found, changes[-1] / moved


@dataclass(frozen=True, repr=False)
class Loops:
    """The loop of a scenario at the default inputs and over draws of them.

    Attributes
    ----------
    scenario
        The scenario.
    design
        The draws, or None.
    default
        The loop at the defaults.
    drawn
        One loop for each draw.
    years
        Length of the runs.
    """

    scenario: Scenario
    design: Design | None
    default: Loop
    drawn: Sequence[Loop]
    years: int

    def __repr__(self) -> str:
        return f"Loops({self.scenario.name!r}, gain={self.default.gain:.3g}, draws={len(self.drawn)})"

    def table(self) -> pd.DataFrame:
        """Return a row for the defaults (draw 0) and each draw: gain, multiplier, measured, time constant, links."""
        import pandas as pd

        rows = [
            {
                "draw": draw,
                "gain": found.gain,
                "multiplier": found.multiplier,
                "measured": found.measured,
                "time_constant": found.time_constant,
                **found.elasticities,
            }
            for draw, found in enumerate([self.default, *self.drawn])
        ]
        return pd.DataFrame(rows)

    def interval(self, column: str) -> tuple[float, float, float]:
        """Return lower end, median and upper end of a column of `table` over draws; see `cyclesim.intervals.ends`.

        Infinite where the loop has no end; draws in which it is undefined are left out (see `undefined`).
        """
        values = self.table()[column].to_numpy(dtype=float)[1:]
        values = values[~np.isnan(values)]
        if not values.size:
            return math.nan, math.nan, math.nan
        low, high = ends(values)
        return float(low), float(np.median(values)), float(high)

    def undefined(self) -> dict[str, int]:
        """Return in how many draws each column is undefined, where it is in any."""
        missing = self.table().iloc[1:].isna().sum()
        return {str(name): int(count) for name, count in missing.items() if count}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        columns = ["gain", "multiplier", "measured", "time_constant", *LINKS]
        names = ("low", "median", "high")
        spread = {c: dict(zip(names, map(_finite, self.interval(c)), strict=True)) for c in columns}
        head = {"scenario": self.scenario.name, "years": self.years, "draws": len(self.drawn)}
        return {**head, **self.default.to_dict(), "intervals": spread if self.drawn else {}}

    def plot(self) -> Any:
        """Return the picture of the cycle with the elasticities on its arrows."""
        return late("cyclesim.outputs.loop").picture(self)


def loops(
    scenario: Scenario,
    design: Design | None = None,
    years: int = YEARS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Loops:
    """Return the loop of a scenario at the defaults and for every draw of a design.

    Parameters
    ----------
    workers
        Processes; results do not depend on them.
    progress
        Called with the number of loops done and asked for.
    """
    draws = range(1 + (len(design) if design is not None else 0))
    default, *drawn = gathered(_drawn, (scenario, design, years), draws, workers, progress)
    return Loops(scenario, design, default, drawn, years)


def _drawn(shared: tuple[Scenario, Design | None, int], draw: int) -> Loop:
    scenario, design, years = shared
    return loop(scenario.with_values(design.of(draw)) if design is not None and draw else scenario, years)


# ---------------------------------------------------------------- the cut


class _Probe(Donor):
    """A donor that acts on given beliefs, and notes what it would believe itself."""

    track: Track | None = None
    """Where beliefs are noted."""
    held: Track | None = None
    """Beliefs acted on; its own where absent."""
    shift = 0.0
    """Added to the logarithm of the beliefs held."""
    push = 0.0
    """Share by which it wants more coverage than its belief says."""
    until = math.inf
    """Month in which that ends."""

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
        push = self.push if self.model.month < self.until else 0.0
        return min(1.0, (1.0 + push) * super().wanted_coverage(belief, attention, p))


def run_probed(
    scenario: Scenario,
    held: Track | None = None,
    shift: float = 0.0,
    push: float = 0.0,
    track: Track | None = None,
    push_months: int | None = None,
) -> World:
    """Run the twin with donors that can be pushed, or made to act on given beliefs.

    Parameters
    ----------
    held
        Beliefs to act on; their own if absent.
    shift
        Added to the logarithm of the beliefs held.
    push
        Share by which donors want more coverage than their belief says.
    track
        Takes down the beliefs that follow from the evidence.
    push_months
        Reported months that the push lasts; all of them if absent.
    """
    noted: Track = {} if track is None else track
    until = math.inf if push_months is None else push_months
    kind = {"track": noted, "held": held, "shift": shift, "push": push, "until": until}
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


def _states(world: World) -> tuple[float, ...]:
    """Return money, capacity, identifications, evidence, and the belief that follows, in the last year."""
    last = {name: float(np.asarray(values[-12:], dtype=float).mean()) for name, values in world.months.items()}
    capacity = last["referral_rate"] * last["answered_share"]
    return last["disbursed_cents"], capacity, last["identified"], last["detected_prevalence"], world.belief


def yearly(world: World, measure: str) -> NDArray[np.float64]:
    """Return a measure summed over each year."""
    values = np.asarray(world.months[measure], dtype=float)
    return np.asarray(values.reshape(-1, 12).sum(axis=1))


def _time_constant(back: NDArray[np.float64]) -> float:
    """Return the months after which the effect has come to 1 - 1/e of its last value, between mid-years."""
    if abs(back[-1]) < 1e-6:
        return math.nan
    share, target = back / back[-1], 1 - 1 / math.e
    year = int(np.argmax(share >= target))
    before = 0.0 if year == 0 else float(share[year - 1])
    return 12.0 * (year - 0.5 + (target - before) / float(share[year] - before))


def _log_ratio(one: float, two: float) -> float:
    return math.log(one / two) if one > 0 and two > 0 else math.nan


def _ratio(one: float, two: float) -> float:
    return one / two if abs(two) > 1e-9 else math.nan


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
