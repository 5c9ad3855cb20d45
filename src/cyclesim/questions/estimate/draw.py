"""The picture of estimates: one dot for each method, and refusals as words."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from cyclesim.charts import style
from cyclesim.estimation.histories import Estimate
from cyclesim.estimation.methods import METHODS
from cyclesim.outputs.finding import Finding
from cyclesim.questions.estimate.compute import Estimates
from cyclesim.questions.estimate.tell import limits, people, remark

_ROW = 0.44
_WORDS, _VALUES = 2.75, 2.05  # inches to the left and to the right of the axes


def draw(found: Estimates, finding: Finding) -> dict[str, Figure]:
    """Return the estimates on one axis, with their intervals, and refusals as words."""
    answered, refused = found.answered, [row for row in found.rows if row.estimate is None]
    height = 0.75 + _ROW * len(answered) + 0.25 + 0.22 * len(refused)
    bars = "; bars are 95 % bootstrap limits" if any(row.interval for row in answered) else ""
    subtitle = f"{finding.title}: one dot for each method{bars}"
    source = [f"Source of the table: {found.counts.source.rstrip('.')}."] if found.counts.source else []
    caption = " ".join([*finding.cautions, *source])
    with style.drawing():
        page = style.page(finding.headline, subtitle, caption, height)
        if answered:
            width, tall = style.WIDTH - _WORDS - _VALUES, _ROW * len(answered)
            ax = style.axes(page.figure, _WORDS, page.top - 0.45 - tall, width, tall)
            _draw(ax, answered, found.observed)
        for place, row in enumerate(refused):
            y = (page.bottom + 0.05 + 0.22 * (len(refused) - place - 1)) / page.figure.get_size_inches()[1]
            x = style.MARGIN / style.WIDTH
            words = style.wrap(remark(row), style.WIDTH - 2 * style.MARGIN, style.SMALL)
            page.figure.text(x, y, words[0], fontsize=style.SMALL, color=style.GREY, va="bottom")
    return {"estimates": page.figure}


def _draw(ax: Axes, rows: Sequence[Estimate], observed: int) -> None:
    """Draw one line for each method: its name, its dot and bar, its numbers."""
    ends = [observed, *(row.estimate or 0 for row in rows), *(x for row in rows for x in row.interval or () if x)]
    ax.set_xscale("log")
    ax.set_xlim(min(ends) / 1.15, max(ends) * 1.3)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    ax.set_yticks([])
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("people in all, log scale", color=style.GREY, fontsize=style.SMALL)
    ax.axvline(observed, color=style.BASELINE, linewidth=1.2)
    words = f"{observed:,} on a list"
    offset: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}
    ax.annotate(words, (observed, -0.5), xytext=(-3, 4), fontsize=style.SMALL, ha="left", **offset)
    for place, row in enumerate(rows):
        _interval(ax, place, row)
        ax.plot([row.estimate or 0.0], [place], "o", color=style.COLOURS[0], markersize=6, zorder=3)
        left: dict[str, Any] = {"xycoords": ("axes fraction", "data"), **offset}
        ax.annotate(row.method, (0, place), xytext=(-_WORDS * 72 + 12, 5), va="center", fontsize=style.NORMAL, **left)
        ax.annotate(
            METHODS[row.method], (0, place), xytext=(-_WORDS * 72 + 12, -7), va="center", color=style.GREY, **left
        )
        numbers = people(row.estimate or 0.0) + (f"  ({limits(row)})" if row.interval else "")
        ax.annotate(numbers, (1, place), xytext=(8, 0), va="center", fontsize=style.SMALL, **left)


def _interval(ax: Axes, place: int, row: Estimate) -> None:
    """Draw the bar between the limits; an arrow at the edge where there is no upper one."""
    if row.interval is None:
        return
    low, high = row.interval
    edge = ax.get_xlim()[1]
    ax.plot([low, high or edge], [place, place], color=style.COLOURS[0], linewidth=2.2, alpha=0.45, zorder=2)
    if high is None:
        ax.plot([edge], [place], ">", color=style.COLOURS[0], clip_on=False, markersize=6)
