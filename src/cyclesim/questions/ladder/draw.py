"""The picture of the ladder: loss, gain and first interventions along what others pay, a column for each rung."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator, SymmetricalLogLocator

from cyclesim.analysis.ladder import FIRST, Point
from cyclesim.charts import style
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.ladder.compute import Ladder

Lines = Mapping[str, Sequence[float]]
HEIGHT = 6.9
_LEFT, _GAP, _LABELS, _ABOVE, _BELOW = 0.62, 0.42, 1.5, 0.58, 0.30
_LINEAR = 1e-3
"""Per cent below which the axis is linear: above it, each step is ten times as much."""
_SUBTITLE = (
    "Along the bottom: the part that states and other sectors pay of what a rung has (paid_by_others); nobody knows it"
)
_MORE = (
    "Twin. Lost: over all reported years if every dollar of anti-trafficking money is gone from the first reported "
    "month on, what it has built decaying. What others pay, what each rung has and sizes of interventions are "
    "assumptions."
)


def draw(found: Ladder, finding: Finding) -> dict[str, Figure]:
    """Return the picture."""
    rungs = found.rungs
    rows = (
        ("lost without any of the money", "%, steps of ten", _losses, True),
        ("gain of the loop", "1 would be a trap", _gains, False),
        ("person-months averted by", "%, steps of ten", _first, True),
    )
    with style.drawing():
        page = style.page(finding.headline, _SUBTITLE, credit(found.scenarios, _MORE), HEIGHT)
        wide = (style.WIDTH - _LEFT - _LABELS - (len(rungs) - 1) * _GAP) / len(rungs)
        room = (page.top - page.bottom) / len(rows)
        for row, (title, unit, lines, wide_range) in enumerate(rows):
            every = [lines(found.along(rung)) for rung in rungs]
            ends = _ends(every, wide_range)
            for column, rung in enumerate(rungs):
                bottom = page.top - (row + 1) * room + _BELOW
                left = _LEFT + column * (wide + _GAP)
                axes = style.axes(page.figure, left, bottom, wide, room - _ABOVE - _BELOW)
                _panel(axes, [p.level for p in found.along(rung)], every[column], ends, wide_range)
                style.heading(axes, title, unit, rung if row == 0 else "")
                if column:
                    axes.set_yticklabels([])
                if column == len(rungs) - 1:
                    _name(axes, every[column])
                if row == len(rows) - 1:
                    axes.set_xlabel("part that others pay", color=style.GREY)
    return {"ladder": page.figure}


def _losses(points: Sequence[Point]) -> Lines:
    return {
        "identified": [-100 * p.without.share["identified"] for p in points],
        "assisted": [-100 * p.without.share["assisted"] for p in points],
        "person-months\n(gained)": [100 * p.without.share["exploited"] for p in points],
    }


def _gains(points: Sequence[Point]) -> Lines:
    names = {"gain": "both together", "by_belief": "by belief", "by_ask": "by the ask"}
    return {words: [getattr(p, name) for p in points] for name, words in names.items()}


def _first(points: Sequence[Point]) -> Lines:
    return {
        f"{name} {words}": [-100 * p.first[name].share["exploited"] if name in p.first else math.nan for p in points]
        for name, words in FIRST.items()
    }


def _ends(every: Sequence[Lines], wide_range: bool) -> tuple[float, float]:
    """Return the ends of an axis that all rungs share, with some room."""
    values = [v for lines in every for line in lines.values() for v in line if math.isfinite(v)] or [0.0]
    low, high = min(*values, 0.0), max(*values, 0.0)
    if wide_range:
        return min(2 * low, 0.0), 2 * high or _LINEAR
    room = 0.08 * (high - low or 1.0)
    return (low - room if low < 0 else 0.0), high + room


def _panel(axes: Axes, levels: Sequence[float], lines: Lines, ends: tuple[float, float], wide_range: bool) -> None:
    axes.axhline(0, color=style.GREY, linewidth=0.6)
    for colour, values in zip(style.COLOURS, lines.values(), strict=False):
        axes.plot(levels, values, color=colour, marker="o", markersize=2.5, linewidth=1.4)
    if wide_range:
        axes.set_yscale("symlog", linthresh=_LINEAR, linscale=0.5)
        axes.yaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=_LINEAR, subs=(1.0,)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.set_ylim(*ends)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "½", "", "1"])


def _name(axes: Axes, lines: Lines) -> None:
    """Write the names of lines beside their ends."""
    labels = [
        style.Label(values[-1], words, colour)
        for colour, (words, values) in zip(style.COLOURS, lines.items(), strict=False)
        if values and math.isfinite(values[-1])
    ]
    style.end_labels(axes, labels, _LABELS - 0.15, size=style.SMALL - 1)
