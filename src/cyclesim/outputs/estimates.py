"""Estimates side by side: the table, the chart, and the caution that belongs to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

from cyclesim.model.evidence.estimation.estimates import Estimate
from cyclesim.model.evidence.estimation.methods import METHODS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAUTION = (
    "What models say, not a count. Estimates from lists are contested: on simulated lists of known truth, letting "
    "terms in by significance greatly overstated how reliable they were, and where a term that was left out was not "
    "truly absent they were unsound (Whitehead, Jackson, Balch & Francis 2021). Models that fit alike can differ by a "
    "factor: report the spread between methods, never one number alone."
)
_ROW = 0.44
_WORDS, _VALUES = 2.75, 2.05  # inches to the left and to the right of the axes


@dataclass(frozen=True)
class About:
    """What is estimated.

    Attributes
    ----------
    title, source
        Of the table.
    lists
        People on each list, by name.
    left_out
        Columns that were not read.
    observed, overlapping
        People on at least one list, and on two or more.
    """

    title: str
    source: str
    lists: Mapping[str, int]
    left_out: Sequence[str]
    observed: int
    overlapping: int


def as_text(rows: Sequence[Estimate], about: About) -> str:
    """Return the estimates as a table, with what was chosen, what to know and the caution."""
    head = ["method", "people in all", "95 % limits", "times observed", "what it takes for granted"]
    table = _columns([head, *([row.method, *_cells(row), METHODS[row.method]] for row in rows)])
    share = about.overlapping / about.observed if about.observed else 0.0
    return "\n".join(
        [
            about.title,
            f"{about.observed:,} people on {len(about.lists)} lists, {100 * share:.1f} % of them on two or more",
            *_taken(about),
            "",
            *table,
            "",
            *(fill(line, 120, subsequent_indent="  ") for row in rows for line in _remarks(row)),
            fill(CAUTION, 120),
            *([f"Source of the table: {about.source}"] if about.source else []),
        ]
    )


def _taken(about: About) -> list[str]:
    """Return which columns were taken as lists, and which were left out."""
    sizes = ", ".join(f"{name} {people:,}" for name, people in about.lists.items())
    lines = [fill(f"Lists: {sizes}", 120, subsequent_indent="  ")]
    if about.left_out:
        lines.append(fill(f"Columns left out: {', '.join(about.left_out)}", 120, subsequent_indent="  "))
    return lines


def chart(rows: Sequence[Estimate], about: About) -> Figure:
    """Draw the estimates on one axis, with their intervals, and refusals as words."""
    from cyclesim.outputs import style

    answered = [row for row in rows if row.estimate is not None]
    refused = [row for row in rows if row.estimate is None]
    height = 0.75 + _ROW * len(answered) + 0.25 + 0.22 * len(refused)
    bars = "; bars are 95 % bootstrap limits" if any(row.interval for row in rows) else ""
    subtitle = f"{about.title}: one dot for each method{bars}"
    caption = f"{CAUTION} Source of the table: {about.source}." if about.source else CAUTION
    with style.drawing():
        page = style.page(finding(answered, about), subtitle, caption, height)
        if answered:
            width = style.WIDTH - _WORDS - _VALUES
            top = page.top - 0.45
            ax = style.axes(page.figure, _WORDS, top - _ROW * len(answered), width, _ROW * len(answered))
            _draw(ax, answered, about)
        for place, row in enumerate(refused):
            y = (page.bottom + 0.05 + 0.22 * (len(refused) - place - 1)) / page.figure.get_size_inches()[1]
            x = style.MARGIN / style.WIDTH
            words = style.wrap(f"{row.method}: no answer, {row.reason}", style.WIDTH - 2 * style.MARGIN, style.SMALL)
            page.figure.text(x, y, words[0], fontsize=style.SMALL, color=style.GREY, va="bottom")
    return page.figure


def finding(answered: Sequence[Estimate], about: About) -> str:
    """Return what the methods say together."""
    totals = sorted(row.estimate for row in answered if row.estimate is not None)
    if not totals:
        return f"No method has an answer: {about.observed:,} people are on a list, and nothing says how many are not"
    if len(totals) == 1:
        return f"{totals[0]:,.0f} people by the one method that has an answer; {about.observed:,} are on a list"
    spread = f"{totals[0]:,.0f} to {totals[-1]:,.0f} people, depending on the method"
    return f"{spread}; {about.observed:,} are on a list"


def limits(row: Estimate) -> str:
    """Return the interval in words; a dash if none was asked for."""
    if row.interval is None:
        return "-"
    low, high = row.interval
    return f"{low:,.0f} to {high:,.0f}" if high is not None else f"{low:,.0f} or more"


def _columns(lines: Sequence[Sequence[str]]) -> list[str]:
    """Return lines in columns: words, the first and the last, to the left, numbers between them to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            [first.ljust(widths[0]), *(x.rjust(width) for x, width in zip(numbers, widths[1:-1], strict=True)), last]
        )
        for first, *numbers, last in lines
    ]


def _cells(row: Estimate) -> list[str]:
    if row.estimate is None:
        return ["no answer", "-", "-"]
    return [f"{row.estimate:,.0f}", limits(row), f"{row.estimate / row.observed:.1f}"]


def _remarks(row: Estimate) -> list[str]:
    """Return what a reader must know about one estimate."""
    if row.refused:
        return [f"{row.method}: no answer, {row.reason}"]
    kept = ", ".join("·".join(term) for term in row.model)
    every = row.method == "pairs"
    parts = [f"dependent are {kept}"] if kept and not every else []
    return [f"{row.method}: {'; '.join([*parts, *([row.note] if row.note else [])])}"] if parts or row.note else []


def _draw(ax: Axes, rows: Sequence[Estimate], about: About) -> None:
    """Draw one line for each method: its name, its dot and bar, its numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    from cyclesim.outputs import style

    ends = [about.observed, *(row.estimate or 0 for row in rows), *(x for row in rows for x in row.interval or () if x)]
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
    ax.axvline(about.observed, color=style.BASELINE, linewidth=1.2)
    words = f"{about.observed:,} on a list"
    offset: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}
    ax.annotate(words, (about.observed, -0.5), xytext=(-3, 4), fontsize=style.SMALL, ha="left", **offset)
    for place, row in enumerate(rows):
        _interval(ax, place, row)
        ax.plot([row.estimate or 0.0], [place], "o", color=style.COLOURS[0], markersize=6, zorder=3)
        left: dict[str, Any] = {"xycoords": ("axes fraction", "data"), **offset}
        ax.annotate(row.method, (0, place), xytext=(-_WORDS * 72 + 12, 5), va="center", fontsize=style.NORMAL, **left)
        ax.annotate(
            METHODS[row.method], (0, place), xytext=(-_WORDS * 72 + 12, -7), va="center", color=style.GREY, **left
        )
        numbers = f"{row.estimate:,.0f}" + (f"  ({limits(row)})" if row.interval else "")
        ax.annotate(numbers, (1, place), xytext=(8, 0), va="center", fontsize=style.SMALL, **left)


def _interval(ax: Axes, place: int, row: Estimate) -> None:
    """Draw the bar between the limits; an arrow at the edge where there is no upper one."""
    from cyclesim.outputs import style

    if row.interval is None:
        return
    low, high = row.interval
    edge = ax.get_xlim()[1]
    ax.plot([low, high or edge], [place, place], color=style.COLOURS[0], linewidth=2.2, alpha=0.45, zorder=2)
    if high is None:
        ax.plot([edge], [place], ">", color=style.COLOURS[0], clip_on=False, markersize=6)
