"""Enough replications: when the paired difference is known as precisely as was asked for.

The interval is looked at after every replication, so it is a confidence sequence: in 95 % of sweeps it holds the truth
at every number of replications at once (normal mixture of Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021),
here with Student's t over the normal for a spread that is estimated. It must stay narrow enough over a few more
replications, so that a chance streak does not end the sweep (Hoad, Robinson and Davies 2010).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, did_you_mean
from cyclesim.measures import EVERY, PERSON_MONTHS
from cyclesim.worlds.totals import TOTALS

LEVEL = 0.95  # share of sweeps in which the interval holds the mean at every number of replications
TIGHTEST = 100  # number of replications at which the interval is narrowest beside that of a number fixed beforehand
FEWEST = 5  # replications before which nothing is called precise
_LOOK_AHEAD, _LOOK_AHEAD_SHARE = 5, 0.05
_FORM = "write it as in 'averted person-months: half-width 5 %' or 'identified: half-width 12'"
_SENTENCE = re.compile(r"^\s*(?P<what>[^:]+?)\s*:\s*half-?width\s+(?P<width>[0-9.eE+-]+)\s*(?P<percent>%?)\s*$")


@dataclass(frozen=True)
class Rule:
    """How precise the mean paired difference of a total must be: half a width as a share of it, or in its unit."""

    measure: str
    half_width: float
    relative: bool
    most: int = 1000

    @classmethod
    def parse(cls, text: str, most: int = 1000) -> Rule:
        """Read a rule from its sentence."""
        found = _SENTENCE.match(text)
        if not found:
            raise DesignError(f"cannot read the stop rule {text!r}; {_FORM}")
        words = re.sub(r"[\s-]+", "_", found["what"].strip().lower()).removeprefix("averted_")
        measure = PERSON_MONTHS if words == "person_months" else words
        if measure not in TOTALS:
            raise DesignError(f"no measure {measure!r} in the stop rule; {did_you_mean(measure, TOTALS)}")
        try:
            width = float(found["width"])
        except ValueError:
            raise DesignError(f"the half-width {found['width']!r} is not a number; {_FORM}") from None
        width = width / 100 if found["percent"] else width
        if not (0 < width < math.inf):
            raise DesignError(f"the half-width must be above zero (got {found['width']}); {_FORM}")
        if most < FEWEST:
            raise DesignError(f"most must be at least {FEWEST} replications (got {most})")
        return cls(measure, width, bool(found["percent"]), most)

    def __str__(self) -> str:
        width = f"{100 * self.half_width:g} %" if self.relative else f"{self.half_width:g}"
        averted = "averted " if EVERY[self.measure].averted else ""
        return f"{averted}{self.measure.replace('_', ' ')}: half-width {width}"


def half_widths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the width of the interval of the mean of the first 1, 2, ... values (of 1: infinite).

    It is c s sqrt(2 (n r^2 + 1) / (n r)^2 log(sqrt(n r^2 + 1) / (1 - LEVEL))), with s the standard deviation of n
    values, r such that it is tightest at `TIGHTEST`, and c the quantile of Student's t over that of the normal.
    """
    from scipy.stats import norm, t

    n = np.arange(1, len(values) + 1)
    apart = values - values[:1]  # so that no digits are lost where the spread is small beside the mean
    mean = np.cumsum(apart) / n
    spread = np.maximum(np.cumsum(apart**2) - n * mean**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.sqrt(spread / (n - 1)) * t.ppf(0.5 + LEVEL / 2, n - 1) / norm.ppf(0.5 + LEVEL / 2)
        doubt = -2.0 * math.log(1.0 - LEVEL)
        grown = n * (doubt + math.log(doubt + 1.0)) / TIGHTEST
        width = deviation * np.sqrt(2.0 * (grown + 1.0) / (n * grown) * np.log(np.sqrt(grown + 1.0) / (1.0 - LEVEL)))
    width[:1] = math.inf
    return np.asarray(width)


def lookahead(n: int) -> int:
    """Return over how many more replications the interval must stay narrow enough."""
    return max(_LOOK_AHEAD, math.floor(_LOOK_AHEAD_SHARE * n))


def replications_needed(values: NDArray[np.float64], rule: Rule) -> int | None:
    """Return how many replications, paired differences in order, were enough; None if these do not show it."""
    precise = _relative(values, rule) <= rule.half_width
    for n in range(FEWEST, len(values) + 1):
        ahead = lookahead(n)
        if n + ahead <= len(values) and precise[n - 1 : n + ahead].all():
            return n
    return None


def next_target(values: NDArray[np.float64], rule: Rule) -> int:
    """Return how many replications to have next: as many as now if they are none, enough, or the most allowed.

    The square-root law says how many the width at hand needs; at most twice as many as now, since it is rough.
    """
    now = len(values)
    if not now or now >= rule.most or replications_needed(values, rule) is not None:
        return now
    width = float(_relative(values, rule)[-1]) / rule.half_width
    needed = math.ceil(min(now * width**2, 2.0 * now)) if math.isfinite(width) else 2 * now
    return min(rule.most, max(now + 1, needed + lookahead(needed)))


def _relative(values: NDArray[np.float64], rule: Rule) -> NDArray[np.float64]:
    widths = half_widths(values)
    if not rule.relative:
        return widths
    mean = np.abs(np.cumsum(values) / np.arange(1, len(values) + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(widths == 0.0, 0.0, widths / mean)
