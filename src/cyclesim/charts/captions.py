"""What the charts say: the finding above, the caption below."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cyclesim import text
from cyclesim.charts import series
from cyclesim.charts.series import Effect
from cyclesim.charts.style import month_words
from cyclesim.intervals import Spread, who
from cyclesim.measures import Measure, over_months


@dataclass(frozen=True)
class Notes:
    """What a chart must say about where its numbers come from; titles and hashes are of each scenario, by name."""

    start: str  # first reported month
    titles: dict[str, str]
    hashes: dict[str, str]
    worlds: int
    covers: str  # by the band: luck only, luck and inputs, one world; of the twin inputs only, expected values
    seed: int
    assumptions: int
    parameters: int
    first_change: int | None = None  # month in which a counterfactual first differs as a file
    draws: int = 1
    spending: str = ""  # who pays for interventions, where the donors do
    made_by: str = ""  # version and fingerprint


def title_comparison(effects: dict[str, Effect], measure: str, notes: Notes) -> str:
    """Return the finding of a comparison: the counterfactual with the largest clear difference."""
    about = over_months(measure)
    spreads = {name: found.spread for name, found in effects.items()}
    if none := no_difference(spreads, about):
        return none
    name = leading(spreads)
    found = effects[name]
    return f"{notes.titles.get(name, name)}: {text.finding(about, found.spread, found.baseline, notes.covers)}"


def no_difference(effects: Mapping[str, Spread], about: Measure) -> str:
    """Say that none of several counterfactuals makes a clear difference; nothing where one does."""
    one_world = [found.worlds == 1 and found.mean != 0 for found in effects.values()]
    if len(effects) < 2 or any(one_world) or any(found.clear for found in effects.values()):
        return ""
    none = "No clear difference" if any(found.mean for found in effects.values()) else "No difference"
    return f"{none} in {about.words} in any of {len(effects)} counterfactuals"


def leading(effects: Mapping[str, Spread]) -> str:
    """Return the counterfactual that is told first: of the clear ones, or of all, the one with the largest mean."""
    return max(effects, key=lambda name: (effects[name].clear, abs(effects[name].mean)))


def title_single(table: pd.DataFrame, notes: Notes) -> str:
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


def label(found: Effect, measure: str) -> str:
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
    paired = ""
    if len(names) > 1 and notes.worlds > 1:
        paired = " Numbers in words are means over paired worlds; clear: the 95 % interval of the mean excludes zero."
    return (
        f"Simulated worlds, not observations. {covers}{paired}{notes.spending} {notes.assumptions} of "
        f"{notes.parameters} inputs are assumptions. Model {notes.made_by}, seed {notes.seed}, {hashes}."
    )
