"""The loop: how strongly money comes back to money, link by link.

The loop is cut at what donors want. In the cut world they act on given wishes (those of the uncut world, moved a
little), and work out beside them what they would want. A wish is the ask times the share of it that a belief makes
donors cover, so two paths lead back to it, whose gains, products of elasticities of one perturbation, add up:

    wish -> money -> capacity -> identifications -> evidence -> belief -> wish
                     money -> (records and specialists tell planners) -> ask -> wish

G = dln(wish that follows) / dln(wish acted on). To first order a permanent change of funding then comes back
1 / (1 - G) times (E13 of the evidence). All runs are of the twin.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.plain import finite
from cyclesim.analysis.probing import HORIZON, ProbedWorld, ShockEffect, Track, run_probed, shock, yearly
from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario

STATES = ("wish", "money", "capacity", "identifications", "evidence", "belief")
"""What the loop goes through: what donors want; money disbursed; hazard of being referred times the share of referrals
answered; people identified; detected prevalence; believed prevalence. After the last comes the wish again."""
LINKS = tuple(f"{one} -> {two}" for one, two in zip(STATES, (*STATES[1:], STATES[0]), strict=True))
ASK_LINKS = ("money -> ask", "ask -> wish")  # the links of the path beside it, by way of planners
EVERY_LINK = (*LINKS, *ASK_LINKS)
YEARS, STEP = 30, 0.02
HARDLY = 0.001
"""Part of the wish's perturbation below which a quantity hardly moves: no elasticity is told of what follows it."""
States = Mapping[str, float]
CUT = ("times", "money", "identified", "assisted", "person_months", "recovery", "recovery_held")
"""What is told of the cut, in columns that begin with ``cut_``."""


@dataclass(frozen=True)
class Loop:
    """The loop of one scenario at one set of inputs: gains G of it and of its two paths, and what follows from them."""

    # long-run, of each link of `EVERY_LINK`; NaN where the first hardly moves (`HARDLY`)
    elasticities: Mapping[str, float]
    gain: float
    by_belief: float
    by_ask: float
    multiplier: float  # 1 / (1 - G), of a permanent change; infinite from G = 1 on
    measured: float  # the same by brute force: a small push for good, in the closed loop over with wishes held
    time_constant: float  # months until what comes back is 1 - 1/e of its final size; NaN where nothing does
    cut: ShockEffect  # a third for two years, looked at over ten, or as many as the runs have

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
        return [link for link in EVERY_LINK[:-1] if not math.isnan(self.elasticities[link])]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is no number is None."""
        cut = {**asdict(self.cut), "times": self.cut.times}
        plain = {**asdict(self), "weakest": self.weakest, "strongest": self.strongest, "cut": cut}
        plain["links"] = plain.pop("elasticities")
        return dict(finite(plain))


def loop(scenario: Scenario, years: int = YEARS, step: float = STEP) -> Loop:
    """Return the loop of a scenario, after so many years, from perturbations of the share `step`."""
    if years < 5 or not 0 < step <= 0.5:
        raise DesignError(f"the loop needs at least 5 years and a step above 0, at most 0.5 (got {years} and {step:g})")
    long = scenario.with_values({"months": 12 * years})
    track: Track = {}
    base = run_probed(long, track=track)
    up, down = (run_probed(long, held=track, shift=shift) for shift in (math.log1p(step), -math.log1p(step)))
    moved = 2 * math.log1p(step)
    links, by_belief, by_ask = elasticities(_states(up), _states(down), moved)
    gain = by_belief + by_ask
    closed, pinned = (run_probed(long, held=held, pushes=[(step, 0, math.inf)]) for held in (None, track))
    money, direct, total = (yearly(table, "disbursed_cents") for table in (base, pinned, closed))
    measured = _ratio(math.log(total[-1] / money[-1]), math.log(direct[-1] / money[-1]))
    back = np.log(total / direct)
    cut = shock(scenario, horizon=min(HORIZON, years), base=base, track=track)
    multiplier = 1 / (1 - gain) if gain < 1 else math.inf
    return Loop(links, gain, by_belief, by_ask, multiplier, measured, _time_constant(back), cut)


def elasticities(up: States, down: States, moved: float) -> tuple[dict[str, float], float, float]:
    """Return the elasticity of each link, and the gains of both paths, from wishes `moved` (ln) apart."""
    pairs = {name: (one, down[name]) for name, one in up.items()}
    changes = {n: math.log(one / two) if one > 0 and two > 0 else math.nan for n, (one, two) in pairs.items()}
    by_ask = changes["ask"]
    changes["covered"] = changes["wish"] - by_ask  # the wish that follows, without what the ask does to it
    steps = [*STATES[1:], "covered"]
    before = [moved, *(changes[name] for name in STATES[1:])]
    found = {
        link: _ratio(changes[to], first) if abs(first) >= HARDLY * moved else math.nan
        for link, first, to in zip(LINKS, before, steps, strict=True)
    }
    found["money -> ask"] = _ratio(by_ask, changes["money"]) if abs(changes["money"]) >= HARDLY * moved else math.nan
    found["ask -> wish"] = 1.0 if abs(by_ask) >= HARDLY * moved else math.nan
    return found, changes["covered"] / moved, by_ask / moved


def _states(world: ProbedWorld) -> States:
    """Return the states of the loop in the last year, and the wish, belief and ask that follow."""
    last = {name: float(np.asarray(values[-12:], dtype=float).mean()) for name, values in world.months.items()}
    return {
        "money": last["disbursed_cents"],
        "capacity": last["referral_rate"] * last["answered_share"],
        "identifications": last["identified"],
        "evidence": last["detected_prevalence"],
        "belief": world.followed.belief,
        "ask": world.followed.asked,
        "wish": world.followed.amount,
    }


def _time_constant(back: NDArray[np.float64]) -> float:
    """Return the months after which the effect has come to 1 - 1/e of its last value, between mid-years."""
    if abs(back[-1]) < 1e-6:
        return math.nan
    share, target = back / back[-1], 1 - 1 / math.e
    year = int(np.argmax(share >= target))
    before = 0.0 if year == 0 else float(share[year - 1])
    return 12.0 * (year - 0.5 + (target - before) / float(share[year] - before))


def _ratio(one: float, two: float) -> float:
    return one / two if abs(two) > 1e-9 else math.nan
