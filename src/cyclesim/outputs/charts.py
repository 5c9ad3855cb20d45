"""The two charts: the cycle over time, and the paired difference that a counterfactual makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.outputs import style, text
from cyclesim.outputs.style import Label
from cyclesim.vocabulary import MEASURES, MODEL_VERSION

AVERTED = frozenset({"exploited"})
"""Measures whose difference is baseline - counterfactual, so that positive is good; in all others it is the reverse."""
WORLD = ["scenario", "draw", "replication"]


@dataclass(frozen=True)
class Notes:
    """What a chart must say about where its numbers come from.

    Attributes
    ----------
    start
        First reported month, YYYY-MM.
    titles, hashes
        Title and hash of each scenario, by name.
    worlds
        Number of worlds of each scenario.
    covers
        What the band covers: ``luck only``, ``luck and inputs`` or ``one world``.
    seed
        Seed of the luck.
    assumptions, parameters
        How many of how many inputs are assumptions.
    first_change
        Month in which a counterfactual first differs from the baseline as a file (0 is the first reported month).
    """

    start: str
    titles: dict[str, str]
    hashes: dict[str, str]
    worlds: int
    covers: str
    seed: int
    assumptions: int
    parameters: int
    first_change: int | None = None


@dataclass(frozen=True)
class Panel:
    """One small panel of the cycle chart."""

    measure: str
    stage: str
    title: str
    unit: str


PANELS = (
    Panel("trained_share", "practice", "Frontline staff trained", "% of staff"),
    Panel("answered_share", "practice", "Referrals answered", "% of those decided in the last 12 months"),
    Panel("trust", "practice", "Trust in the referral pathway", "%, mean over frontline staff"),
    Panel("identified", "evidence", "People identified per month", "people, mean of up to 12 months"),
    Panel("believed_prevalence", "evidence", "Prevalence, true and believed", "per 1,000 in need per year"),
    Panel("coverage", "funding", "Funding received", "% of the requirement, last 12 months"),
)
HEADLINE = Panel("exploited", "people", "People in exploitation", "people, at the end of each month")
