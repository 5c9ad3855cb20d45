"""What is said of two worlds that case counts cannot tell apart: the tables, the sentences, the chart."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.analysis.pairs import WEAKNESSES, window
from cyclesim.analysis.readings import DATA, Sample
from cyclesim.analysis.separation import SURE, Separation
from cyclesim.inputs.dates import date
from cyclesim.outputs import text
from cyclesim.outputs.printed import aligned
from cyclesim.outputs.text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cyclesim.analysis.identify import Finding, Identification

_HEAD = ["what is read", "hidden", "protected", "apart (d')", "right", "one reading", f"for {100 * SURE:.0f} %"]
_HOW = (
    "Mean over worlds ± standard deviation (luck of the world and of the sample). d' is the difference of the means "
    "over the standard deviation, ± its Monte Carlo error. Right: how often a reading lies on its own world's "
    "side of the middle, for a reader who knows what both would give; a coin is right in 50 %."
)
_APART = (
    "- Caution: simulated case counts differ beyond noise, though expected ones do not: cases are few, or queues full."
)
_COLUMNS, _PANEL, _BLOCK = 4, 0.95, 2.1  # panels in a row; heights of a panel and of a row, inches
_TRUTH = frozenset(datum.name for datum in DATA if datum.truth)


def as_text(result: Identification, command: str) -> str:
    """Return the pairs with what tells their worlds apart.

    Parameters
    ----------
    command
        What reproduces it.
    """
    scenario = result.scenario
    since = date(scenario.months - window(scenario), scenario.start)
    blocks = [
        f"{scenario.title}: worlds that case counts cannot tell apart\n{result.crisis}, reports from {since} on",
        *(_pair(result, finding) for finding in result.findings),
        *(f"No pair for {reason}." for reason in result.missing),
        fill(_HOW, 120),
        fill(_worlds(result), 120),
        f"Reproduce: {command}",
    ]
    return "\n\n".join(blocks)


def sentence(row: Separation) -> str:
    """Return what a datum is worth, no bolder than the worlds allow."""
    right = f"right in {text.percent(row.right)} of cases"
    none = max(row.hidden_none, row.protected_none)
    missing = f"; it gives nothing in {text.percent(none)} of worlds" if none else ""
    if row.repeats is None:
        said = f"no clear difference: {right}, a coin in 50 %"
    elif row.repeats == 1 and row.right >= SURE:
        said = f"apart: {right}, for {_dollars(row.cost)}"
    elif row.repeats == 1:
        said = f"mostly apart: {right}, for {_dollars(row.cost)}"
    else:
        said = (
            f"partly apart: {right}; {row.repeats:,} independent readings, "
            f"{_dollars(row.cost_when_sure or 0.0)}, would make {text.percent(SURE)}"
        )
    return f"{row.datum}: {said}{missing}; {row.caution}."


def chart(result: Identification) -> Figure:
    """Draw every reading in both worlds of each pair: one row a pair, case counts first."""
    from cyclesim.outputs import style

    rows = result.findings
    height = len(rows) * _BLOCK
    subtitle = f"{result.scenario.title}: one dot for each simulated world; a line at the mean"
    with style.drawing():
        page = style.page(headline(result), subtitle, _caption(result), height)
        width = (style.WIDTH - 2 * style.MARGIN - 0.95) / _COLUMNS
        for place, finding in enumerate(rows):
            top = page.top - place * _BLOCK - 0.1
            words = f"{finding.pair.weakness}: {WEAKNESSES[finding.pair.weakness]}"
            up = page.figure.get_size_inches()[1]
            page.figure.text(style.MARGIN / style.WIDTH, top / up, words, va="top", fontsize=style.NORMAL)
            for column, row in enumerate((finding.cases, *finding.data)):
                left = style.MARGIN + 0.85 + column * width
                ax = style.axes(page.figure, left, top - 0.62 - _PANEL, width - 0.3, _PANEL)
                _panel(ax, finding, row, names=column == 0)
    return page.figure


def headline(result: Identification) -> str:
    """Return the finding: what the cheapest datum is for each reason why few are found."""
    low, high = (f(p for finding in result.findings for p in finding.prevalence) for f in (min, max))
    parts = [f"{_cheapest(finding)} where the reason is {finding.pair.weakness}" for finding in result.findings]
    return (
        f"{number(high)} or {number(low)} exploited per 1,000: case counts are the same. Cheapest to tell them apart: "
        f"{'; '.join(parts)}"
    )


def _cheapest(finding: Finding) -> str:
    row = finding.cheapest
    return f"{row.datum} ({_dollars(row.cost_when_sure or 0.0)})" if row else "nothing that was tried"


def _pair(result: Identification, finding: Finding) -> str:
    pair = finding.pair
    how = (
        f"hidden: {text.percent(pair.detection)} of the detection; protected: protective parameters "
        f"{text.percent(pair.protection)} of the way to the best ends of their ranges"
    )
    known = [
        ["exploited in a year per 1,000, in truth", *map(number, finding.prevalence)],
        ["the same, as donors believe", *map(number, finding.believed)],
    ]
    table = [_HEAD, *(_cells(row) for row in (finding.cases, *finding.data))]
    odd = [_APART] if finding.cases.repeats is not None else []
    said = [fill(f"- {sentence(row)}", 120, subsequent_indent="  ") for row in finding.data]
    return "\n".join(
        [
            f"{pair.weakness}: {WEAKNESSES[pair.weakness]}",
            fill(how, 120),
            "",
            *aligned([["", "hidden", "protected"], *known]),
            "",
            *aligned(table),
            "",
            *said,
            *odd,
        ]
    )


def _cells(row: Separation) -> list[str]:
    apart = "-" if row.distance is None else _with(row.distance, row.distance_error, 2)
    right = f"{100 * row.right:.0f} ± {100 * row.right_error:.0f} %"
    sure = "-" if row.cost_when_sure is None else _dollars(row.cost_when_sure)
    cost = _dollars(row.cost) if row.cost else "-"
    worlds = [_with(row.hidden, row.hidden_spread), _with(row.protected, row.protected_spread)]
    return [f"{row.datum}, {row.unit}", *worlds, apart, right, cost, sure if row.cost else "-"]


def _with(value: float | None, error: float | None, digits: int = 3) -> str:
    if value is None:
        return "none"
    return f"{value:.{digits}g}" if error is None else f"{number(value)} ± {error:.2g}"


def _dollars(amount: float) -> str:
    return text.dollars(100 * amount)


def _worlds(result: Identification) -> str:
    ensemble = result.ensemble
    return (
        f"{ensemble.worlds} simulated worlds of each kind, not observations (seed {ensemble.seed}); spreads cover luck "
        "only. Real worlds may differ in both ways at once, and nobody knows what either would give as exactly as here."
    )


def _caption(result: Identification) -> str:
    names = "; ".join(f"{s.name} {s.hash}" for s in result.ensemble.scenarios.values())
    return (
        f"Right: how often a reading lies on its own world's side of the middle; a coin is right in 50 %. Diamonds: "
        f"true prevalence, where a reading estimates it. Costs are assumptions. {_worlds(result)} Scenarios: {names}; "
        f"model {result.ensemble.made_by}."
    )


def _panel(ax: Axes, finding: Finding, row: Separation, names: bool) -> None:
    """Draw one datum: two strips of dots, hidden above and protected below."""
    from matplotlib.ticker import MaxNLocator

    from cyclesim.outputs import style

    unit = "" if row.datum == finding.cases.datum else f"right in {100 * row.right:.0f} %, {_dollars(row.cost)}"
    style.heading(ax, row.datum, unit or f"right in {100 * row.right:.0f} %, known already")
    ax.set_ylim(1.6, -0.6)
    ax.set_yticks([])
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    for place, sample in enumerate(finding.readings[row.datum]):
        _strip(ax, place, sample)
        if row.datum in _TRUTH:
            ax.plot([finding.prevalence[place]], [place], "D", color=style.BASELINE, markersize=4, zorder=4)
        if names:
            label: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
            words = ("hidden", "protected")[place]
            ax.annotate(words, (0, place), xytext=(-61, 0), va="center", color=style.COLOURS[place], **label)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.set_xlabel(row.unit, color=style.GREY, fontsize=style.SMALL)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0.0), high * 1.02)


def _strip(ax: Axes, place: int, sample: Sample) -> None:
    """Draw the readings of one world kind, spread a little so that none hides another; say how many gave none."""
    from cyclesim.outputs import style

    there = sample[~np.isnan(sample)]
    colour = style.COLOURS[place]
    offsets = (np.arange(there.size) * 0.618034 % 1.0 - 0.5) * 0.5
    ax.plot(there, place + offsets, "o", color=colour, markersize=3.2, alpha=0.6, markeredgewidth=0)
    if there.size:
        ax.plot([there.mean()] * 2, [place - 0.38, place + 0.38], color=colour, linewidth=1.6, zorder=3)
    if there.size < sample.size:
        words = f"no estimate in {sample.size - there.size} of {sample.size}"
        ax.annotate(words, (1, place + 0.5), xycoords=("axes fraction", "data"), ha="right", va="center",
                    fontsize=6.5, color=style.GREY, path_effects=style.HALO)  # fmt: skip
