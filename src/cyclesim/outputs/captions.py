"""What the charts say: the finding above, the caption below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cyclesim.outputs import series, text
from cyclesim.outputs.series import Effect
from cyclesim.outputs.style import month_words
from cyclesim.vocabulary import AVERTED, MEASURES

WORDS = {
    "exploited": "person-months of exploitation",
    "identified": "the number of people identified",
    "newly_trafficked": "the number of people trafficked for the first time",
    "believed_prevalence": "the prevalence donors believe",
    "true_prevalence": "the true prevalence",
    "coverage": "the share of the requirement funded",
    "answered_share": "the share of referrals answered",
    "trust": "trust in the referral pathway",
    "trained_share": "the share of frontline staff trained",
    "detected_share": "the share of exploited people identified",
    "retrafficked": "the number of people trafficked again",
    "assisted": "the number of people assisted",
    "referred": "the number of referrals",
    "answered": "the number of referrals answered",
    "committed_cents": "money committed",
    "disbursed_cents": "money disbursed",
    "spent_cents": "money spent",
    "intervention_cents": "the stated cost of interventions",
    "deception": "believed over true prevalence",
}
"""Measures as they read in a sentence; all others by their names."""


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
        What the band covers: ``luck only``, ``luck and inputs`` or ``one world``; of the twin ``inputs only`` or
        ``expected values``.
    seed
        Seed of the luck.
    assumptions, parameters
        How many of how many inputs are assumptions.
    first_change
        Month in which a counterfactual first differs from the baseline as a file (0 is the first reported month).
    spending
        Who pays for interventions, where the donors do.
    made_by
        Version and fingerprint of what simulated it.
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
    spending: str = ""
    made_by: str = ""


def compared(effects: dict[str, Effect], measure: str, notes: Notes) -> str:
    """Return the finding of a comparison: the counterfactual with the largest clear difference."""
    words = WORDS.get(measure, measure.removesuffix("_cents").replace("_", " "))
    clear = [name for name, found in effects.items() if found.clear]
    if not clear and len(effects) > 1:
        none = "No clear difference" if any(found.median for found in effects.values()) else "No difference"
        return f"{none} in {words} in any of {len(effects)} counterfactuals"
    name = max(clear or effects, key=lambda n: abs(effects[n].median))
    one = effects[name]
    sign = -1.0 if measure in AVERTED and unit(measure) != "person-months" else 1.0  # there, less is averted
    low, high = sorted((sign * one.low, sign * one.high))
    sentence = text.finding(words, sign * one.median, low, high, unit(measure), one.baseline)
    if notes.covers == "luck only":
        sentence = sentence.replace("(5-95 % of worlds", "(luck only, 5-95 % of worlds")
    return f"{notes.titles.get(name, name)}: {sentence}"


def alone(table: pd.DataFrame, notes: Notes) -> str:
    """Return the finding of one scenario: what donors believe and pay in the last month."""
    true, believed, coverage = (
        series.worlds(table, name).iloc[:, -1].to_numpy(dtype=float)
        for name in ("true_prevalence", "believed_prevalence", "coverage")
    )
    month = month_words(int(table["month"].max()), notes.start)
    arrives = f"{text.percent(float(np.median(coverage)))} of the money required arrives"
    if not (true > 0).all():
        return f"In {month}, {arrives}"
    ratio = text.percent(float(np.median(believed / true)))
    return f"In {month}, donors believe {ratio} of the true prevalence, and {arrives}"


def short(found: Effect, measure: str) -> str:
    """Say what an effect is in the words of a label."""
    if not found.clear:
        return "no clear difference" if found.median else "no difference"
    interval = None if np.isnan(found.low) else (found.low, found.high)
    share = unit(measure) == "share"
    written = text.points(found.median, interval) if share else text.quantity(found.median, unit(measure), interval)
    if unit(measure) == "person-months":
        return f"averts {written}" if found.median > 0 else f"adds {written.lstrip('-')}"
    if measure in AVERTED:
        return f"{written.lstrip('-')} {'less' if found.median > 0 else 'more'}"
    return written if found.median < 0 else f"+{written}"


def caption(names: list[str], notes: Notes) -> str:
    """Say where the numbers come from and what they do not cover."""
    bands = f"Bands: 5-95 % of {notes.worlds:,} worlds; they cover"
    covers = {
        "one world": "One world: another seed gives another one, and there is no band.",
        "expected values": "Expected values of the model: no luck, so there is no band.",
        "inputs only": f"{bands} the inputs that have a range; each is an expected value, without luck.",
        "luck only": f"{bands} luck only, not what is unknown about the inputs.",
        "luck and inputs": f"{bands} luck and the inputs that have a range.",
    }.get(notes.covers, f"{notes.worlds:,} worlds, {notes.covers}.")
    hashes = ", ".join(f"{name} {notes.hashes.get(name, '')[:8]}".strip() for name in names)
    paired = (
        " Numbers in words are medians over paired worlds, as the lines are."
        if len(names) > 1 and notes.worlds > 1
        else ""
    )
    return (
        f"Simulated worlds, not observations. {covers}{paired}{notes.spending} {notes.assumptions} of "
        f"{notes.parameters} inputs are assumptions. Model {notes.made_by}, seed {notes.seed}, {hashes}."
    )


def unit(measure: str) -> str:
    """Return the unit of a difference added up over months; a level keeps its own."""
    return "person-months" if measure == "exploited" else MEASURES[measure].unit


def axis_unit(measure: str) -> str:
    """Return the unit on the axis of a difference."""
    return {"share": "percentage points", "cents": "US dollars"}.get(unit(measure), unit(measure))


def worlds(baseline: str, notes: Notes) -> str:
    """Return the subtitle of the cycle chart: the scenario, and what a line is."""
    several = f"median of {notes.worlds:,} worlds (line) and 5-95 % of them (band)"
    return f"{notes.titles.get(baseline, baseline)}: {'one world' if notes.worlds == 1 else several}"
