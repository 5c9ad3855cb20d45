"""What is said and drawn of regimes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.regimes import AMPLIFIES, DRIFTS, HIGH, RUN_DOWN, Regime, Regimes, Rest
from cyclesim.outputs import style, text
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = {
    Regime.NO_LOOP: ("o", style.COLOURS[0]),
    Regime.RUN_DOWN: ("v", style.COLOURS[3]),
    Regime.DRIFTING: ("D", style.GREY),
    Regime.AMPLIFIER: ("^", style.COLOURS[5]),
    Regime.TRAP: ("X", style.COLOURS[1]),
    Regime.ALWAYS_HIGH: ("s", style.COLOURS[2]),
}
"""Shape and colour of each regime: shapes too, so that colours are not needed."""
THRESHOLDS = (
    f"Thresholds are ours: an amplifier has a gain of {AMPLIFIES:g} to 1, funding is high from {text.percent(HIGH)} of "
    "what is asked for, two states differ by 10 % after decades, funding has run down below "
    f"{text.percent(RUN_DOWN)} of what donors give who correct for how few are found, and drifts if it moves "
    f"{text.percent(DRIFTS)} in five years."
)


def sentence(found: Regimes) -> str:
    """Return the finding in one sentence."""
    if found.points and not found.along:
        parts = [f"{regime} {text.percent(share)}" for regime, (share, _, _) in found.shares().items() if share]
        return f"Over {len(found.points)} draws of the inputs: {', '.join(parts)}"
    if found.tipping():
        low, high, below, above = found.tipping()[0]
        return f"Between {found.along[0]} {low:.3g} and {high:.3g} it turns from {below} to {above}"
    return f"{found.scenario.name}: {found.default.regime}"


def as_text(found: Regimes, about: Mapping[str, Any], command: str) -> str:
    """Return the regimes of a scenario as text."""
    head = f"{found.scenario.title} ({found.scenario.name}): {found.default.regime}"
    return "\n".join(
        [
            f"{head}\n\n{sentence(found)}.\n{_states(found.default)}\n",
            *(aligned(_rows(found)) if found.points else []),
            f"\n{THRESHOLDS}",
            f"Expected values of the model, not observations (hash {about['hash']}). {assumptions(about)}",
            f"Reproduce: {command}",
        ]
    )


def _states(rest: Rest) -> str:
    """Say where funding comes to rest."""
    number = "Two states: funding comes to rest at" if rest.two else "One state: funding comes to"
    said = (
        f"{number} {text.percent(rest.poor)} of what is asked for after a poor past, {text.percent(rest.rich)} after "
        "a rich one."
    )
    if not math.isnan(rest.corrected):
        said += f" With donors who correct for how few are found it comes to {text.percent(rest.corrected)}."
    if rest.drift > DRIFTS:
        said += f" It has not come to rest: it still moves by {text.percent(rest.drift)} in five years."
    return said


def _rows(found: Regimes) -> list[list[str]]:
    """Return the regimes along parameters, or their shares of the draws, as rows of a table."""
    if not found.along:
        shares = [
            [name, text.percent(share), f"{text.percent(low)} to {text.percent(high)}"]
            for name, (share, low, high) in found.shares().items()
        ]
        return [["regime", "share of draws", "95 %"], *shares]
    rows = [[*found.along, "poor past", "rich past", "corrected", "gain", "regime"]]
    for _, row in found.table().iterrows():
        values = [f"{row[name]:.3g}" for name in found.along]
        ends = (f"{row['poor']:.3f}", f"{row['rich']:.3f}")
        rows.append([*values, *ends, *map(_known, (row["corrected"], row["gain"])), row["regime"]])
    return rows


def picture(found: Regimes) -> Figure:
    """Return ends along one parameter, a map of two, or the shares of draws."""
    count = graded()
    caption = (
        f"Model, not observations: twin of {found.scenario.name} ({found.scenario.hash}, by {fingerprint()}). "
        f"{THRESHOLDS} {count['assumptions']} of {count['number']} parameters are assumptions."
    )
    subtitle = {
        0: "Share of draws in each regime, with 95 % intervals",
        1: "Coverage of the ask at which funding comes to rest",
        2: "Regime at each pair of values",
    }[len(found.along)]
    with style.drawing():
        page = style.page(sentence(found), subtitle, caption, 3.6)
        height = page.figure.get_size_inches()[1]
        box = (0.12, (page.bottom + 0.5) / height, 0.66, (page.top - page.bottom - 0.6) / height)
        axes = page.figure.add_axes(box)
        [_shares, _ends, _map][len(found.along)](axes, found)
    return page.figure


def _shares(axes: Any, found: Regimes) -> None:
    shares = found.shares()
    for place, (name, (share, low, high)) in enumerate(reversed(shares.items())):
        axes.barh(place, share, color=MARKS[Regime(name)][1], height=0.6)
        axes.plot([low, high], [place, place], color=style.BASELINE, linewidth=1.0)
    axes.set_yticks(range(len(shares)), list(reversed(shares)))
    axes.set_xlim(0, 1)
    axes.grid(visible=False)


def _ends(axes: Any, found: Regimes) -> None:
    table, name = found.table(), found.along[0]
    axes.plot(table[name], table["rich"], color=style.FAINT, linewidth=6, label="rich past")
    axes.plot(table[name], table["poor"], color=style.COLOURS[0], label="poor past")
    _marks(axes, found, table[name], table["poor"])
    axes.set_xlabel(name.replace("_", " "))
    axes.set_ylim(bottom=0)


def _map(axes: Any, found: Regimes) -> None:
    table, (one, two) = found.table(), found.along
    _marks(axes, found, table[one], table[two], size=70)
    axes.set_xlabel(one.replace("_", " "))
    axes.set_ylabel(two.replace("_", " "))


def _marks(axes: Any, found: Regimes, x: Any, y: Any, size: float = 36) -> None:
    kinds = [rest.regime for rest in found.rests]
    for kind, (marker, colour) in MARKS.items():
        chosen = [k for k, regime in enumerate(kinds) if regime is kind]
        if chosen:
            axes.scatter(x.iloc[chosen], y.iloc[chosen], marker=marker, color=colour, s=size, label=str(kind), zorder=3)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)


def _known(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
