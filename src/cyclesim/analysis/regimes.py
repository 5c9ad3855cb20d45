"""Regimes: where funding comes to rest, from a poor and from a rich past, and what kind of loop that makes.

The twin is run for decades after ten years in which donors wanted hardly any money, and after ten in which they wanted
all that was asked for: money, belief, trust, staff and evidence begin poor, or rich, together. If both come to rest at
the same funding there is one fixed point; if they stay apart there are two, and a push can take the poor state to the
rich one: a trap. With one fixed point the loop can still return every change of funding larger than it was (an
amplifier). A gain near zero has two meanings, which are told apart: funding may not depend on what is found (no loop),
or it has run down so far that little is left to lose, as the funding that donors give who correct for how few are found
shows. The thresholds are ours: `APART`, `AMPLIFIES`, `HIGH`, `RUN_DOWN`, `DRIFTS`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.loop import loop
from cyclesim.analysis.probing import Push, run_probed, yearly
from cyclesim.errors import DesignError
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import Design
from cyclesim.runs.engines import gathered
from cyclesim.runs.results import late

if TYPE_CHECKING:
    import pandas as pd

YEARS = 30
POOR, RICH = 0.02, 1.0
"""Funding at the beginning of the past, as shares of the ask at which donors' wishes are stated (ask_reference)."""
PAST = 10
"""Years in which donors want hardly any, or all, of what is asked for."""
_PASTS = {POOR: -0.98, RICH: 1e6}
"""By which share they want more then."""
APART = 0.10
"""Two ends are two states if they differ by more than this (difference of logarithms) and no longer come nearer."""
NEARING = 0.8
"""They still come nearer if the distance at the end is below this part of that ten years before."""
AMPLIFIES = 0.1
"""Gain from which the loop is called an amplifier: a change comes back a ninth larger."""
HIGH = 0.5
"""Coverage of the ask from which funding is called high, from a poor start too."""
RUN_DOWN = 0.5
"""Funding has run down where it is below this part of what donors give who correct for how few are found."""
DRIFTS = 0.05
"""Funding still drifts where it moves more than this in the last five years (difference of logarithms)."""
LEVELS = 9
"""Values of a parameter that are tried."""


class Regime(StrEnum):
    """What kind of loop there is."""

    NO_LOOP = "no loop"
    RUN_DOWN = "run down"
    DRIFTING = "drifting"
    AMPLIFIER = "amplifier"
    TRAP = "trap"
    ALWAYS_HIGH = "always high"


@dataclass(frozen=True)
class Rest:
    """Where funding comes to rest.

    Attributes
    ----------
    poor, rich
        Coverage of the ask in the last year, after the poor and after the rich past.
    distance, before
        Difference of their logarithms at the end, and ten years before.
    gain
        Of the loop; NaN where it was not needed to tell the regime.
    corrected
        Coverage after the poor past where donors correct for how few are found (naivety 0); NaN where not needed.
    drift
        By how much the logarithm of either moved in the last five years, the larger of the two.
    """

    poor: float
    rich: float
    distance: float
    before: float
    gain: float = math.nan
    corrected: float = math.nan
    drift: float = 0.0

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


def rest(scenario: Scenario, years: int = YEARS) -> Rest:
    """Return where the funding of a scenario comes to rest.

    Raises
    ------
    DesignError
        For fewer than 15 years.
    """
    if years < 15:
        raise DesignError(f"funding needs at least 15 years to come to rest (got {years})")
    poor, rich = (np.maximum(_coverage(scenario, share, years), 1e-9) for share in (POOR, RICH))
    apart = np.abs(np.log(rich / poor))
    drift = max(abs(math.log(one[-1] / one[-6])) for one in (poor, rich))
    found = Rest(float(poor[-1]), float(rich[-1]), float(apart[-1]), float(apart[-11]), drift=drift)
    if found.two or found.poor >= HIGH:
        return found
    corrected = float(_coverage(scenario.with_values({"naivety": 0.0}), POOR, years)[-1])
    return replace(found, gain=loop(scenario, years).gain, corrected=corrected)


def escape(scenario: Scenario, years: Sequence[int] = (1, 2, 5, 10), most: float = 20.0) -> dict[int, float]:
    """Return how much more coverage donors must want, for so many years, to lift funding out of a trap.

    Returns
    -------
    By the length of the push in years: the smallest factor found (by bisection, to 2 %) from which funding, begun poor,
    comes to rest nearer the rich state than the poor one; NaN where `most` is not enough.

    Raises
    ------
    DesignError
        If there is no trap to get out of.
    """
    found = rest(scenario)
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


# ---------------------------------------------------------------- over parameters and draws


@dataclass(frozen=True, repr=False)
class Regimes:
    """Regimes of a scenario over values of parameters, or over draws of all of them.

    Attributes
    ----------
    scenario
        The scenario.
    default
        Where funding comes to rest at its own values.
    points
        The values of each point.
    rests
        Where funding comes to rest at each of them.
    along
        Parameters that were varied one value at a time; empty for draws.
    """

    scenario: Scenario
    default: Rest
    points: Sequence[Mapping[str, float]]
    rests: Sequence[Rest]
    along: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Regimes({self.scenario.name!r}, {self.default.regime}, points={len(self.points)})"

    def table(self) -> pd.DataFrame:
        """Return a row for each point: its values (of the parameters varied), and what `Rest` says of it."""
        import pandas as pd

        rows = [
            {**{name: values[name] for name in self.along}, "poor": r.poor, "rich": r.rich, "gain": r.gain}
            | {"corrected": r.corrected, "drift": r.drift, "regime": str(r.regime)}
            for values, r in zip(self.points, self.rests, strict=True)
        ]
        return pd.DataFrame(rows)

    def shares(self) -> dict[str, tuple[float, float, float]]:
        """Return the share of the points in each regime, with its 95 % interval (Wilson)."""
        counts, n = Counter(r.regime for r in self.rests), len(self.rests)
        return {str(regime): _wilson(counts[regime], n) for regime in Regime} if n else {}

    def tipping(self) -> list[tuple[float, float, str, str]]:
        """Return between which values of one parameter the regime changes: low, high, regime below, regime above."""
        if len(self.along) != 1:
            return []
        values = [point[self.along[0]] for point in self.points]
        kinds = [str(r.regime) for r in self.rests]
        return [
            (values[k], values[k + 1], kinds[k], kinds[k + 1])
            for k in range(len(kinds) - 1)
            if kinds[k] != kinds[k + 1]
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        table = self.table()
        rows = table.astype(object).where(table.notna(), None).to_dict("records") if len(table) else []
        head = {"scenario": self.scenario.name, "regime": str(self.default.regime), "along": list(self.along)}
        rest = self.default
        corrected = None if math.isnan(rest.corrected) else rest.corrected
        ends = {"poor": rest.poor, "rich": rest.rich, "drift": rest.drift, "corrected": corrected}
        return {**head, **ends, "shares": self.shares(), "tipping": self.tipping(), "points": rows}

    def plot(self) -> Any:
        """Return the picture: ends along one parameter, a map of two, or bars of the shares of draws."""
        return late("cyclesim.outputs.regimes").picture(self)


def regimes(
    scenario: Scenario,
    along: Sequence[str] = (),
    design: Design | None = None,
    years: int = YEARS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Regimes:
    """Return the regimes of a scenario over one or two parameters, or over a design of draws.

    Raises
    ------
    DesignError
        For more than two parameters, parameters and draws at once, or a parameter without a range.
    """
    if len(along) > 2 or (along and design is not None):
        raise DesignError("regimes are looked at along one or two parameters, or over draws")
    points = [design.of(k) for k in range(1, len(design) + 1)] if design is not None else _grid(along)
    default, *rests = gathered(_rest, (scenario, years), [{}, *points], workers, progress)
    return Regimes(scenario, default, points, rests, tuple(along))


def _rest(shared: tuple[Scenario, int], values: Mapping[str, float]) -> Rest:
    scenario, years = shared
    return rest(scenario.with_values(values) if values else scenario, years)


def _grid(along: Sequence[str]) -> list[dict[str, float]]:
    """Return evenly spaced values over the range of each parameter, on a logarithmic scale where it has one."""
    columns = []
    for name in along:
        quantity = parameters().get(name)
        if quantity is None or quantity.range is None:
            raise DesignError(f"{name!r} is no parameter with a range; see cyclesim parameters")
        low, high = quantity.range
        spaced = np.geomspace if quantity.scale == "log" and low > 0 else np.linspace
        columns.append(spaced(low, high, LEVELS).tolist())
    return [dict(zip(along, values, strict=True)) for values in product(*columns)] if along else []


def _wilson(count: int, n: int, z: float = 1.96) -> tuple[float, float, float]:
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, max(0.0, centre - half), min(1.0, centre + half)
