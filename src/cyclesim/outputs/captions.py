"""What the charts say: the finding above, the caption below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cyclesim.intervals import Spread, who
from cyclesim.measures import over_months
from cyclesim.outputs import series, text
from cyclesim.outputs.series import Effect
from cyclesim.outputs.style import month_words


@dataclass(frozen=True)
class Notes:
    """What a chart must say about where its numbers come from.

    Attributes
    ----------
    start
        First reported month, YYYY-MM.
    titles, hashes
        Title and hash of each scenario, by name.
    worlds, draws
        Number of worlds of each scenario, and of the draws that they are of.
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
    draws: int = 1
    spending: str = ""
    made_by: str = ""


def compared(effects: dict[str, Effect], measure: str, notes: Notes) -> str:
    """Return the finding of a comparison: the counterfactual with the largest clear difference."""
    about = over_months(measure)
    if not any(found.clear for found in effects.values()) and len(effects) > 1:
        none = "No clear difference" if any(found.spread.mean for found in effects.values()) else "No difference"
        return f"{none} in {about.words} in any of {len(effects)} counterfactuals"
    name = leading({name: found.spread for name, found in effects.items()})
    found = effects[name]
    return f"{notes.titles.get(name, name)}: {text.finding(about, found.spread, found.baseline, notes.covers)}"


def leading(effects: Mapping[str, Spread]) -> str:
    """Return the counterfactual that is told first: of the clear ones, or of all, the one with the largest mean."""
    return max(effects, key=lambda name: (effects[name].clear, abs(effects[name].mean)))


def alone(table: pd.DataFrame, notes: Notes) -> str:
    """Return the finding of one scenario: what donors believe and pay in the last month."""
    true, believed, coverage = (
        series.worlds(table, name).iloc[:, -1].to_numpy(dtype=float)
        for name in ("true_prevalence", "believed_prevalence", "coverage")
    )
    month = month_words(int(table["month"].max()), notes.start)
    arrives = f"{text.percent(float(coverage.mean()))} of the money required arrives"
    if not (true > 0).all():
        return f"In {month}, {arrives}"
    ratio = text.percent(float(believed.mean() / true.mean()))
    return f"In {month}, donors believe {ratio} of the true prevalence, and {arrives}"


def short(found: Effect, measure: str) -> str:
    """Say what an effect is in the words of a label."""
    spread, about = found.spread, over_months(measure)
    if not found.clear:
        return "no clear difference" if spread.mean else "no difference"
    ends = None if spread.worlds == 1 else (spread.low, spread.high)
    written = text.points(spread.mean, ends) if about.unit == "share" else text.quantity(spread.mean, about.unit, ends)
    if about.unit == "person-months":
        return f"averts {written}" if spread.mean > 0 else f"adds {written.lstrip('-')}"
    if about.averted:
        return f"{written.lstrip('-')} {'less' if spread.mean > 0 else 'more'}"
    return written if spread.mean < 0 else f"+{written}"


def caption(names: list[str], notes: Notes) -> str:
    """Say where the numbers come from and what they do not cover."""
    bands = f"Lines: means. Bands: {who(notes.worlds, notes.draws)}; they cover"
    covers = {
        "one world": "One world: another seed gives another one, and there is no band.",
        "expected values": "Expected values of the model: no luck, so there is no band.",
        "inputs only": f"{bands} the inputs that have a range; each is an expected value, without luck.",
        "luck only": f"{bands} luck only, not what is unknown about the inputs.",
        "luck and inputs": f"{bands} luck and the inputs that have a range.",
    }.get(notes.covers, f"{notes.worlds:,} worlds, {notes.covers}.")
    hashes = ", ".join(f"{name} {notes.hashes.get(name, '')[:8]}".strip() for name in names)
    paired = (
        " Numbers in words are means over paired worlds; clear: the 95 % interval of the mean excludes zero."
        if len(names) > 1 and notes.worlds > 1
        else ""
    )
    return (
        f"Simulated worlds, not observations. {covers}{paired}{notes.spending} {notes.assumptions} of "
        f"{notes.parameters} inputs are assumptions. Model {notes.made_by}, seed {notes.seed}, {hashes}."
    )


def axis_unit(measure: str) -> str:
    """Return the unit on the axis of a difference."""
    unit = over_months(measure).unit
    return {"share": "percentage points", "cents": "US dollars"}.get(unit, unit)


def worlds(baseline: str, notes: Notes) -> str:
    """Return the subtitle of the cycle chart: the scenario, and what a line is."""
    several = f"mean of {notes.worlds:,} worlds (line) and {who(notes.worlds, notes.draws)} (band)"
    return f"{notes.titles.get(baseline, baseline)}: {'one world' if notes.worlds == 1 else several}"
