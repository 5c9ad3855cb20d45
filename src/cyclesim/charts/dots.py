"""One kind of chart for many findings: a row for each thing, a dot for its value, a line for its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from cyclesim.charts import style

_ROW = 0.26
"""Inches for each row."""


@dataclass(frozen=True)
class Dot:
    """A row: a value with the ends of its interval (NaN: none). A reference, for the others, is drawn in black."""

    label: str
    value: float
    low: float = math.nan
    high: float = math.nan
    reference: bool = False
    filled: bool = True


def chart(rows: Sequence[Dot], title: str, subtitle: str, caption: str) -> Figure:
    """Draw rows from top to bottom, with a line at zero."""
    widest = max((style.text_width(row.label, style.NORMAL) for row in rows), default=1.0)
    left = min(widest + 0.25, 0.5 * style.WIDTH)
    with style.drawing():
        page = style.page(title, subtitle, caption, _ROW * len(rows) + 0.75)
        height = page.top - page.bottom
        room = style.WIDTH - left - 0.35
        axes = style.axes(page.figure, left, page.bottom + 0.35, room, height - 0.45)
        for place, row in enumerate(reversed(rows)):
            colour = style.BASELINE if row.reference else style.COLOURS[0]
            if math.isfinite(row.low) and math.isfinite(row.high):
                axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.4)
            face = colour if row.filled else "white"
            axes.scatter(row.value, place, s=36, zorder=3, edgecolor=colour, facecolor=face)
        axes.axvline(0, color=style.GREY, linewidth=0.7)
        labels = [style.shortened(row.label, left - 0.25, style.NORMAL) for row in reversed(rows)]
        axes.set_yticks(range(len(rows)), labels, fontsize=style.NORMAL)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.6g}")
    return page.figure
