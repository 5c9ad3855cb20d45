"""How every chart looks: colours, frame with finding and caption, year axis, labels at the end of lines."""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from cyclesim.inputs.dates import date
from cyclesim.worlds import writing

BASELINE = "#222222"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Okabe and Ito's colours, safe for colour-blind readers: one for each counterfactual, in the order asked for."""
GREY = "#5F5F5F"
HALO = [withStroke(linewidth=2.5, foreground="white")]
"""Keeps words readable where they cross a line."""
FAINT = "#D9D9D9"
WIDTH = 9.0
"""Width of every figure in inches: 900 pixels at 100 dots per inch."""
MARGIN = 0.15
LINE_HEIGHT = 1.25
SMALL, NORMAL, LARGE = 8.0, 9.5, 12.5
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PLAIN = FuncFormatter(lambda y, _: f"{y:,.10g}")
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that bytes repeat on every machine
    "font.size": SMALL,
    "text.parse_math": False,  # a title may name US$20,000 and US$40,000
    **dict.fromkeys(("axes.spines.top", "axes.spines.right"), False),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), GREY),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "lines.linewidth": 1.7,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "cyclesim",
    "path.simplify": True,
}


class Picture(Figure):
    """A figure that a notebook shows, without pyplot."""

    def _repr_png_(self) -> bytes:
        return _saved(self, format="png", dpi=110)


@dataclass(frozen=True)
class Label:
    """Words at the end of a line, at the height ``y`` in data units."""

    y: float
    words: str
    colour: str


@dataclass(frozen=True)
class Page:
    """A figure with its words, and the edges of the room between them, in inches from the bottom of the page."""

    figure: Figure
    top: float
    bottom: float


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with the style of this module and leave matplotlib's settings as they were.

    A title may be in a script that the font lacks: the character shows as a box, which is no reason to fail.
    """
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def pictures(figure: Figure, stem: str, kinds: Sequence[str] = ("png", "svg")) -> dict[str, bytes]:
    """Return a figure as PNG and SVG, or PDF, by file name; the same figure gives the same bytes.

    The finding goes into the metadata as a title, for readers who cannot see the picture.
    """
    words = title(figure)
    metadata = {
        "png": {"Title": words, "Software": "cyclesim"},
        "svg": {"Title": words, "Creator": "cyclesim", "Date": None},
        "pdf": {"Title": words, "Creator": "cyclesim", "CreationDate": None},
    }
    return {f"{stem}.{kind}": _saved(figure, format=kind, dpi=150, metadata=metadata[kind]) for kind in kinds}


def title(figure: Figure) -> str:
    """Return the finding in the title of a figure, in one line."""
    return " ".join(figure.get_suptitle().split())


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG that a page may hold."""
    return _saved(figure, format="svg", metadata={"Date": None, "Creator": "cyclesim"}).decode()


def _saved(figure: Figure, **how: Any) -> bytes:
    content = BytesIO()
    with drawing():
        figure.savefig(content, **how)
    return content.getvalue()


def save(figure: Figure, folder: Path, stem: str, kinds: Sequence[str] = ("png", "svg"), of: str = "") -> list[Path]:
    """Write a figure to a folder, and return the paths; among results only those of hash ``of`` may replace one."""
    files = pictures(figure, stem, kinds)
    with writing.refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with writing.additions(folder, stem, of) as output:
        output.write(files)
    return [folder / name for name in files]


def page(title: str, subtitle: str, caption: str, height: float) -> Page:
    """Start a figure: the finding above, the caption below, ``height`` inches of room between.

    No title is worded here. That of a question is its answer (`Finding.headline`) or a sentence of its ``draw.py``;
    that of runs comes from `cyclesim.charts.captions` (`compared`, `alone`), or from ``panels.py`` for its charts.
    """
    room = WIDTH - 2 * MARGIN
    heads, below, foot = wrap(title, room, LARGE, bold=True), wrap(subtitle, room, NORMAL), wrap(caption, room, SMALL)
    head_height = (len(heads) * LARGE + len(below) * NORMAL) * LINE_HEIGHT / 72 + MARGIN
    foot_height = len(foot) * SMALL * LINE_HEIGHT / 72 + MARGIN
    total = head_height + height + foot_height + 0.1
    figure = Picture(figsize=(WIDTH, total), facecolor="white")
    FigureCanvasAgg(figure)
    x, y = MARGIN / WIDTH, 1 - MARGIN / total
    shared: dict[str, Any] = {"ha": "left", "linespacing": LINE_HEIGHT}
    figure.suptitle("\n".join(heads), x=x, y=y, va="top", fontsize=LARGE, fontweight="bold", color="black", **shared)
    y -= (len(heads) * LARGE * LINE_HEIGHT + 3) / 72 / total
    figure.text(x, y, "\n".join(below), va="top", fontsize=NORMAL, color=GREY, **shared)
    figure.text(x, 0.1 / total, "\n".join(foot), va="bottom", fontsize=SMALL, color=GREY, **shared)
    return Page(figure, total - head_height, foot_height + 0.1)


def counterfactuals(count: int) -> list[str]:
    """Return the colours of this many counterfactuals."""
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def heading(ax: Axes, title: str, unit: str, stage: str = "") -> None:
    """Write what a panel shows and its unit above it, and the stage of the cycle above that."""
    write(ax, unit, (0, 1), (0, 5), fontsize=SMALL, color=GREY, annotation_clip=False)
    write(ax, title, (0, 1), (0, 17), fontsize=NORMAL, fontweight="bold", color="black", annotation_clip=False)
    if stage:
        write(ax, stage.upper(), (0, 1), (0, 31), fontsize=6.5, color=GREY, annotation_clip=False)


def write(ax: Axes, words: str, place: Any, shift: Any, within: Any = "axes fraction", **look: Any) -> None:
    """Write words at a place, shifted by so many points."""
    ax.annotate(words, place, xytext=shift, xycoords=within, textcoords="offset points", **look)


def log_scale(ax: Axes, low: float, high: float) -> None:
    """Draw on a logarithmic scale from low to high."""
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(PLAIN)


def years(ax: Axes, start: str, months: int) -> None:
    """Mark whole years on the x axis; months where there are fewer than three years."""
    first, last = position(0, start), position(months - 1, start)
    ax.set_xlim(*((first, last) if months > 1 else (first - 0.1, first + 0.1)))
    ax.xaxis.set_minor_locator(NullLocator())
    if months > 36:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
        return
    step = next(s for s in (1, 2, 3, 6, 12) if (months - 1) // s < 4 or s == 12)
    ticks = range(0, months, step)
    ax.xaxis.set_major_locator(FixedLocator([position(m, start) for m in ticks]))
    ax.set_xticklabels([month_words(m, start, "\n") for m in ticks])


def position(month: int, start: str) -> float:
    """Return the place of a month on the axis of years."""
    year, number = date(month, start).split("-")
    return int(year) + (int(number) - 1) / 12


def month_words(month: int, start: str, separator: str = " ") -> str:
    """Write a month as ``Jan 2025``."""
    year, number = date(month, start).split("-")
    return f"{MONTHS[int(number) - 1]}{separator}{year}"


def mark_change(ax: Axes, start: str, month: int | None, words: bool = False) -> None:
    """Mark the month from which scenarios differ as files, with words where lines leave room for them."""
    first, last = ax.get_xlim()
    if month is None or not first <= position(month, start) <= last:
        return
    x = position(month, start)
    ax.axvline(x, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    if words:
        low, high = ax.get_ylim()
        above, right = low < 0 < high + low, x > (first + last) / 2
        shift = (-4 if right else 4, -2 if above else 4)
        look = {"ha": "right" if right else "left", "va": "top" if above else "bottom", "color": GREY}
        place, told = (x, 1 if above else 0), f"first change, {month_words(month, start)}"
        write(ax, told, place, shift, ("data", "axes fraction"), path_effects=HALO, **look)


def end_labels(ax: Axes, labels: Sequence[Label], room: float, size: float = SMALL, lines: int = 2) -> None:
    """Write labels in ``room`` inches right of the axes, each by its line, the first paragraph in at most ``lines``."""
    height = ax.get_window_extent().height / ax.figure.dpi * 72
    to_axes = ax.transScale + ax.transLimits
    wrapped = [_broken(label.words, room, size, lines) for label in labels]
    wanted = [float(to_axes.transform((0.0, label.y))[1]) * height for label in labels]
    tall = [len(block) * size * LINE_HEIGHT + (3 if len(block) > 1 else 0) for block in wrapped]
    for label, block, y in zip(labels, wrapped, spread(wanted, tall, -2.0, height + 2.0), strict=True):
        look = {"fontsize": size, "color": label.colour, "linespacing": LINE_HEIGHT, "annotation_clip": False}
        write(ax, "\n".join(block), (1, 0), (6, y), va="center", **look)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres as near to those wanted as blocks of these heights allow, without overlap, within low and high."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], -i))
    centres = list(wanted)
    edge = low
    for i in order:
        centres[i] = max(centres[i], edge + heights[i] / 2)
        edge = centres[i] + heights[i] / 2
    edge = max(high, low + sum(heights))
    for i in reversed(order):
        centres[i] = min(centres[i], edge - heights[i] / 2)
        edge = centres[i] - heights[i] / 2
    return centres


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than ``room`` inches; a number stays with its % sign."""
    lines: list[str] = []
    for paragraph in text.replace(" %", "\u00a0%").split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and text_width(longer, size, bold) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in inches, rounded up to points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return math.ceil(TextToPath().get_text_width_height_descent(text, font, False)[0]) / 72


def shortened(text: str, room: float, size: float, bold: bool = False) -> str:
    """Return a text, cut short with an ellipsis where it is wider than ``room`` inches."""
    if text_width(text, size, bold) <= room:
        return text
    kept = next((n for n in range(len(text), 0, -1) if text_width(f"{text[:n]}…", size, bold) <= room), 0)
    return f"{text[:kept].rstrip(' ,;:')}…"


def _broken(words: str, room: float, size: float, lines: int) -> list[str]:
    """Return the lines of a label: a long first paragraph is cut short, what follows is kept."""
    first, *rest = words.split("\n")
    block = wrap(first, room, size)
    if len(block) > lines:
        block = wrap(" ".join(block[:lines]), room - 0.15, size)[:lines]
        block[-1] = f"{block[-1].rstrip(' ,;:')} …"
    return [*block, *(line for paragraph in rest for line in wrap(paragraph, room, size))]
