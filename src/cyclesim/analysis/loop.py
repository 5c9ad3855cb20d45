"""The loop: how strongly money comes back to money, link by link.

The loop is cut at one place, what donors want. In the cut world donors act on wishes that are given (those of the uncut
world, moved by a small factor), and work out beside them what they would want. A wish is the ask times the share of it
that a belief makes donors cover, so two paths lead back to it, told apart:

    wish -> money -> capacity -> identifications -> evidence -> belief -> wish
                     money -> (records and specialists tell planners) -> ask -> wish

Along this one perturbation the long-run elasticities of the links of the first path multiply to its gain, whatever runs
in parallel inside a link; those of the second to its own; and the two add up to the gain
G = dln(wish that follows) / dln(wish acted on). To first order a permanent change of funding then comes back
1 / (1 - G) times (E13 of the evidence). That is local; what a cut of some size and length costs is told beside it
(`cyclesim.analysis.shocks`). All runs are of the twin: luck is in recording practice and in the lines of plans only,
and the same in all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.plain import finite
from cyclesim.analysis.probing import Track, World, run_probed, yearly
from cyclesim.analysis.shocks import HORIZON, Shock, shock
from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ends
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import late

if TYPE_CHECKING:
    import pandas as pd

STATES = ("wish", "money", "capacity", "identifications", "evidence", "belief")
"""What the loop goes through: what donors want; money disbursed; hazard of being referred times the share of referrals
answered; people identified; detected prevalence; believed prevalence. After the last comes the wish again."""
LINKS = tuple(f"{one} -> {two}" for one, two in zip(STATES, (*STATES[1:], STATES[0]), strict=True))
ASK_LINKS = ("money -> ask", "ask -> wish")
"""The links of the path beside it, by way of planners."""
EVERY_LINK = (*LINKS, *ASK_LINKS)
YEARS, STEP = 30, 0.02
HARDLY = 0.001
"""Part of the wish's perturbation below which a quantity hardly moves: no elasticity is told of what follows it."""
States = Mapping[str, float]
CUT = ("times", "money", "identified", "assisted", "person_months", "recovery", "recovery_held")
"""What is told of the cut, in columns that begin with ``cut_``."""


@dataclass(frozen=True)
class Loop:
    """The loop of one scenario at one set of inputs.

    Attributes
    ----------
    elasticities
        Long-run elasticity of each link, by its name in `EVERY_LINK`: per cent of the second for one per cent of the
        first. NaN where the first hardly moves (less than `HARDLY` of the wish's perturbation).
    gain
        G: the gains of the two paths together.
    by_belief, by_ask
        Of the path by way of evidence and beliefs, and of that by way of planners.
    multiplier
        1 / (1 - G): what a permanent change of funding comes to; infinite from G = 1 on.
    measured
        The same by brute force: effect of a small push, from the first reported month for good, on the money of the
        closed loop, over its effect with wishes held.
    time_constant
        Months until the part that comes back has reached 1 - 1/e of its final size; NaN where nothing comes back.
    cut
        What a cut of a third for two years does in ten (or in as many years as the runs have).
    """

    elasticities: Mapping[str, float]
    gain: float
    by_belief: float
    by_ask: float
    multiplier: float
    measured: float
    time_constant: float
    cut: Shock

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
        plain = {**asdict(self), "weakest": self.weakest, "strongest": self.strongest}
        plain["cut"] = finite({**plain["cut"], "times": self.cut.times})
        plain["links"] = finite(plain.pop("elasticities"))
        return {key: finite(value) if isinstance(value, float) else value for key, value in plain.items()}


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
    """Return the elasticity of each link, and the gains of the two paths, after two opposite perturbations.

    Parameters
    ----------
    up, down
        The states with the wish acted on moved up and down.
    moved
        Distance between these two wishes, as a difference of logarithms.
    """
    changes = {name: _log_ratio(one, down[name]) for name, one in up.items()}
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
        """Return a row for the defaults (draw 0) and each draw: gain, multiplier, measured, time, the cut, links."""
        import pandas as pd

        rows = [
            {
                "draw": draw,
                "gain": found.gain,
                "by_belief": found.by_belief,
                "by_ask": found.by_ask,
                "multiplier": found.multiplier,
                "measured": found.measured,
                "time_constant": found.time_constant,
                **{f"cut_{name}": float(getattr(found.cut, name)) for name in CUT},
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
        columns = ["gain", "by_belief", "by_ask", "multiplier", "measured", "time_constant"]
        columns += [*(f"cut_{name}" for name in CUT), *EVERY_LINK]
        names = ("low", "median", "high")
        spread = {c: dict(zip(names, map(finite, self.interval(c)), strict=True)) for c in columns}
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


def _states(world: World) -> States:
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


def _log_ratio(one: float, two: float) -> float:
    return math.log(one / two) if one > 0 and two > 0 else math.nan


def _ratio(one: float, two: float) -> float:
    return one / two if abs(two) > 1e-9 else math.nan
