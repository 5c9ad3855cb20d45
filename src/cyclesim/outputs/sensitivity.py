"""What is said and drawn of the sensitivity of an outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.sensitivity import Sensitivity
from cyclesim.outputs import style, text
from cyclesim.outputs.captions import WORDS
from cyclesim.outputs.printed import TITLES, aligned, assumptions
from cyclesim.runs.folder import graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import Series

_COLUMNS = {"sobol": ("total", "total_low", "total_high"), "binned": ("share", "low", "high")}
_WHAT = {
    "sobol": "total Sobol index: share of the variance of the expected outcome, with all interactions",
    "binned": "share of the variance between bins of each input, alone: an estimate from draws not made for it",
    "morris": "mean size of the effect of one step of one input (mu*), in units of the outcome",
}


def interval(row: Series | Mapping[str, Any], method: str) -> tuple[float, float, float]:
    """Return what an input is ranked by, and its 95 % interval."""
    if method == "morris":
        return row["mu_star"], row["mu_star"] - row["mu_star_error"], row["mu_star"] + row["mu_star_error"]
    one, two, three = (float(row[column]) for column in _COLUMNS[method])
    return one, two, three


def nothing(row: Series, method: str) -> bool:
    """Return whether an input's interval reaches zero, so that it may do nothing."""
    return interval(row, method)[1] <= 0


def sentence(found: Sensitivity) -> str:
    """Return the finding in one sentence."""
    words = TITLES.get(found.measure, WORDS.get(found.measure, found.measure.replace("_", " ")))
    clear = [row["quantity"] for _, row in found.table.iterrows() if not nothing(row, found.method)]
    if not clear:
        return f"No input moves {words} clearly"
    shown = ", ".join(clear[:3])
    return f"{shown} move{'s' if len(clear[:3]) == 1 else ''} {words} most"


def as_text(found: Sensitivity, about: dict[str, Any], number: int) -> str:
    """Return the strongest inputs as text."""
    what = f"{TITLES.get(found.measure, found.measure.replace('_', ' '))}, {found.scenario}"
    what = f"{what}, paired difference from {about['order'][0]}" if found.difference else what
    covering = sum(nothing(row, found.method) for _, row in found.table.iterrows())
    return "\n".join(
        [
            f"{sentence(found)}.\n\n{what[:1].upper()}{what[1:]}",
            *aligned(_rows(found, number)),
            f"{covering} of {len(found.table)} inputs have an interval that reaches zero: they may do nothing.",
            _luck(found),
            f"Simulated worlds, not observations ({found.draws:,} draws, {found.replications} replications; hash "
            f"{about['hash']}). Intervals are for 95 %. {assumptions(about)}",
        ]
    )


def picture(found: Sensitivity, number: int = 12) -> Figure:
    """Return a bar with its interval for each of the strongest inputs; those that may do nothing are hollow."""
    rows = [row for _, row in found.table.head(number).iterrows()][::-1]
    count = graded()
    caption = (
        f"Model, not observations. {found.draws:,} draws, {found.replications} replications. Lines: 95 % intervals; "
        f"hollow bars: they reach zero. {_luck(found)} {count['assumptions']} of {count['number']} parameters "
        "are assumptions."
    )
    with style.drawing():
        page = style.page(f"{sentence(found)}", _WHAT[found.method], caption, 0.6 + 0.28 * len(rows))
        height = page.figure.get_size_inches()[1]
        left = 0.3
        axes = page.figure.add_axes(
            (left, (page.bottom + 0.35) / height, 0.66, (page.top - page.bottom - 0.45) / height)
        )
        axes.grid(visible=False)
        for place, row in enumerate(rows):
            value, low, high = interval(row, found.method)
            colour = style.COLOURS[0]
            hollow = nothing(row, found.method)
            axes.barh(place, value, height=0.62, color="white" if hollow else colour, edgecolor=colour, linewidth=0.8)
            axes.plot([low, high], [place, place], color=style.BASELINE, linewidth=1.0)
        axes.set_yticks(range(len(rows)), [row["quantity"].replace("_", " ") for row in rows])
        axes.axvline(0, color=style.GREY, linewidth=0.6)
        axes.spines["left"].set_visible(False)
    return page.figure


def _rows(found: Sensitivity, number: int) -> list[list[str]]:
    heads = {
        "sobol": ["input", "first-order", "95 %", "total", "95 %"],
        "binned": ["input", "share alone", "95 %", "PAWN"],
        "morris": ["input", "mu*", "95 %", "mu", "sigma"],
    }
    rows = [heads[found.method]]
    for _, row in found.table.head(number).iterrows():
        value, low, high = interval(row, found.method)
        cells = [_short(value), _ends(low, high)]
        if found.method == "sobol":
            cells = [_short(row["first"]), _ends(row["first_low"], row["first_high"]), *cells]
        if found.method == "binned":
            cells.append(_short(row["pawn"]))
        if found.method == "morris":
            cells += [_short(row["mu"]), _short(row["sigma"])]
        rows.append([row["quantity"], *cells])
    return rows


def _luck(found: Sensitivity) -> str:
    if math.isnan(found.luck):
        return "One replication: luck cannot be told from inputs, and makes inputs look weaker than they are."
    return f"Luck is {text.percent(found.luck)} of the variance of a single world; it is taken out of the shares above."


def _ends(low: float, high: float) -> str:
    zero = " (reaches zero)" if low <= 0 else ""
    return f"{_short(low)} to {_short(high)}{zero}"


def _short(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}" if abs(value) < 10 else text.number(value)
