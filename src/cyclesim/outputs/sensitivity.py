"""What is said and drawn of the sensitivity of an outcome."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.sensitivity import Sensitivity
from cyclesim.measures import EVERY
from cyclesim.outputs import style, text
from cyclesim.outputs.printed import aligned, assumptions
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


def sentence(found: Sensitivity) -> str:
    """Return the finding in one sentence."""
    words = EVERY[found.measure].words
    clear = found.table.loc[found.table["named"], "quantity"].tolist()
    if not clear:
        return f"No input moves {words} clearly"
    shown = ", ".join(clear[:3])
    return f"{shown} move{'s' if len(clear[:3]) == 1 else ''} {words} most"


def as_text(found: Sensitivity, about: dict[str, Any], number: int) -> str:
    """Return the strongest inputs as text."""
    what = f"{EVERY[found.measure].title}, {found.scenario}"
    what = f"{what}, paired difference from {about['order'][0]}" if found.difference else what
    named = int(found.table["named"].sum())
    return "\n".join(
        [
            f"{sentence(found)}.\n\n{what[:1].upper()}{what[1:]}",
            *(aligned(_rows(found, number)) if named else []),
            unnamed(named, len(found.table), found.bar),
            of_luck(found.luck, found.twin),
            f"Simulated worlds, not observations ({found.draws:,} draws, {found.replications} replications; hash "
            f"{about['hash']}). Intervals are for 95 %. {assumptions(about)}",
        ]
    )


def unnamed(named: int, inputs: int, bar: float) -> str:
    """Say how many inputs are not ranked, and why."""
    if named == inputs:
        return f"All {inputs} inputs move it more than the largest of as many dummy inputs would in 19 of 20 cases."
    if not bar:
        return f"{inputs - named} of {inputs} inputs move nothing."
    return (
        f"{inputs - named} of {inputs} inputs may do nothing and are not ranked: they do not exceed {_short(bar)}, "
        "which the largest of as many dummy inputs reaches in 1 of 20 cases."
    )


def picture(found: Sensitivity, number: int = 12) -> Figure:
    """Return a bar with its interval for each input that is named; if none is, hollow ones in alphabetical order."""
    named = found.table[found.table["named"]] if found.table["named"].any() else found.table
    rows = [row for _, row in named.head(number).iterrows()][::-1]
    count = graded()
    caption = (
        f"Model, not observations. {found.draws:,} draws, {found.replications} replications. Lines: 95 % intervals; "
        f"hollow bars: dummy inputs do as much. {of_luck(found.luck, found.twin)} {count['assumptions']} of "
        f"{count['number']} parameters are assumptions."
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
            hollow = not row["named"]
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
    for _, row in found.table[found.table["named"]].head(number).iterrows():
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


def of_luck(luck: float, twin: bool = False) -> str:
    """Say what part of the variance luck is."""
    if twin:
        return "Expected values: there is no luck in them."
    if math.isnan(luck):
        return "One replication: luck cannot be told from inputs, and makes inputs look weaker than they are."
    return f"Luck is {text.percent(luck)} of the variance of a single world; it is taken out of what is shown."


def _ends(low: float, high: float) -> str:
    return f"{_short(low)} to {_short(high)}"


def _short(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}" if abs(value) < 10 else text.number(value)
