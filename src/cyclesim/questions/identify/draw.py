"""The picture of two worlds that case counts cannot tell apart: what every datum reads in both."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cyclesim import text
from cyclesim.analysis.pairs import WEAKNESSES
from cyclesim.analysis.readings import DATA, Separation
from cyclesim.charts import style
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.identify.compute import Identification, Separated
from cyclesim.questions.identify.tell import cost, worlds_told

_COLUMNS, _PANEL, _BLOCK = 4, 0.95, 2.1  # panels in a row; heights of a panel and of a row, inches
_WORLDS = ("hidden", "protected")
_TRUTH = frozenset(datum.name for datum in DATA if datum.truth)


def draw(found: Identification, finding: Finding) -> dict[str, Figure]:
    """Return every reading in both worlds of each pair: one row a pair, case counts first."""
    rows = found.separated
    subtitle = f"{found.scenario.title}: one dot for each simulated world; a line at the mean"
    more = (
        "Right: how often a reading lies on its own world's side of the middle; a coin is right in 50 %. Diamonds: "
        f"true prevalence, where a reading estimates it. Costs are assumptions. {worlds_told(found)} Seed "
        f"{found.ensemble.seed}."
    )
    with style.drawing():
        caption = credit(found.ensemble.scenarios.values(), more)
        page = style.page(finding.headline, subtitle, caption, len(rows) * _BLOCK)
        width = (style.WIDTH - 2 * style.MARGIN - 0.95) / _COLUMNS
        up = page.figure.get_size_inches()[1]
        for place, separated in enumerate(rows):
            top = page.top - place * _BLOCK - 0.1
            words = f"{separated.pair.weakness}: {WEAKNESSES[separated.pair.weakness]}"
            page.figure.text(style.MARGIN / style.WIDTH, top / up, words, va="top", fontsize=style.NORMAL)
            for column, row in enumerate((separated.cases, *separated.data)):
                left = style.MARGIN + 0.85 + column * width
                ax = style.axes(page.figure, left, top - 0.62 - _PANEL, width - 0.3, _PANEL)
                _panel(ax, separated, row, names=column == 0)
    return {"identify": page.figure}


def _panel(ax: Axes, separated: Separated, row: Separation, names: bool) -> None:
    """Draw one datum: two strips of dots, hidden above and protected below."""
    price = "known already" if row.datum == separated.cases.datum else cost(row.cost)
    style.heading(ax, row.datum, f"right in {text.percent(row.right)}, {price}")
    ax.set_ylim(1.6, -0.6)
    ax.set_yticks([])
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    for place, (sample, colour, name) in enumerate(
        zip(separated.readings[row.datum], style.COLOURS, _WORLDS, strict=False)
    ):
        there = sample[~np.isnan(sample)]
        offsets = (np.arange(there.size) * 0.618034 % 1.0 - 0.5) * 0.5  # so that none hides another
        ax.plot(there, place + offsets, "o", color=colour, markersize=3.2, alpha=0.6, markeredgewidth=0)
        if there.size:
            ax.plot([there.mean()] * 2, [place - 0.38, place + 0.38], color=colour, linewidth=1.6, zorder=3)
        if there.size < sample.size:
            words = f"no estimate in {sample.size - there.size} of {sample.size}"
            ax.annotate(words, (1, place + 0.5), xycoords=("axes fraction", "data"), ha="right", va="center",
                        fontsize=6.5, color=style.GREY, path_effects=style.HALO)  # fmt: skip
        if row.datum in _TRUTH:
            ax.plot([separated.prevalence[place]], [place], "D", color=style.BASELINE, markersize=4, zorder=4)
        if names:
            ax.annotate(name, (0, place), xycoords=("axes fraction", "data"), xytext=(-61, 0),
                        textcoords="offset points", va="center", color=colour)  # fmt: skip
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.set_xlabel(row.unit, color=style.GREY, fontsize=style.SMALL)
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, 0.0), high * 1.02)
