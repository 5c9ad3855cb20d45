"""Charts in panels: deception over time, one measure in many scenarios, and money by line of work."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cyclesim import text
from cyclesim.charts import captions, series, style
from cyclesim.charts import lines as charts
from cyclesim.charts.captions import Notes
from cyclesim.charts.style import Label
from cyclesim.measures import MEASURES
from cyclesim.vocabulary import Line

COLUMNS, UP = 3, 2.2
"""Most panels in a row, and inches of a row with what is written in it."""
SEEN = {"true_prevalence": "true", "believed_prevalence": "believed", "detected_prevalence": "counted"}
_DASHES = {"true_prevalence": (0, (4, 1.5)), "believed_prevalence": "-", "detected_prevalence": (0, (1, 1.5))}
_LINE_COLOURS = (*style.COLOURS, style.GREY, style.BASELINE)


def belief_ratio(table: pd.DataFrame, baseline: str, notes: Notes) -> Figure:
    """Draw what is true, what donors believe and what is counted, a panel for each scenario, on one log scale."""
    names = charts.ordered(table, baseline)
    wide = {measure: series.worlds(table, measure) for measure in SEEN}
    every = np.concatenate([frame.to_numpy().ravel() for frame in wide.values()])
    positive = every[every > 0]
    low, high = (float(positive.min()), float(positive.max())) if positive.size else (0.1, 1.0)

    def draw(ax: Axes, name: str, colour: str) -> None:
        labels = []
        for measure, word in SEEN.items():
            y = _mean(ax, series.select(wide[measure], name), colour, notes, _DASHES[measure])
            labels.append(Label(max(y, low), word, colour))
        style.log_scale(ax, low / 1.6, high * 1.6)
        style.end_labels(ax, labels, 0.75, lines=1)

    true, believed, counted = (float(series.select(wide[m], baseline).iloc[:, -1].mean()) for m in SEEN)
    month = style.month_words(int(table["month"].max()), notes.start)
    title = (
        f"In {month} donors believe {text.percent(believed / true)} of what is true; {text.percent(counted / true)} of "
        "it is counted"
        if true > 0
        else f"In {month} nobody is exploited in any world"
    )
    subtitle = "Prevalence per 1,000 people in need per year, logarithmic scale; means and bands over worlds"
    return _panels(names, title, subtitle, notes, draw)


def multiples(table: pd.DataFrame, baseline: str, notes: Notes, measure: str = "exploited") -> Figure:
    """Draw one measure in every scenario, a panel for each, the baseline in black in all of them, on one scale."""
    effects = charts.compared(table, baseline, measure)
    wide = series.worlds(table, measure) * charts.factor(measure)
    top = float(np.nanquantile(wide.to_numpy(), 0.999)) or 1.0

    def draw(ax: Axes, name: str, colour: str) -> None:
        own = _mean(ax, series.select(wide, name), colour, notes, "-")
        other = _mean(ax, series.select(wide, baseline), style.BASELINE, notes, (0, (4, 1.5)))
        ax.set_ylim(0, 1.05 * top)
        ax.yaxis.set_major_locator(MaxNLocator(nbins=4))
        ax.yaxis.set_major_formatter(style.PLAIN)
        labels = [Label(own, text.number(own), colour), Label(other, text.number(other), "black")]
        style.end_labels(ax, labels, 0.75, lines=1)

    unit = {"share": "per cent", "cents": "US dollars"}.get(MEASURES[measure].unit, MEASURES[measure].unit)
    subtitle = f"{MEASURES[measure].text.split(';')[0]}, {unit}; black, dashed: the baseline; bands as said below"
    title = captions.title_comparison(effects, measure, notes)
    return _panels(list(effects), title, text.capital(subtitle), notes, draw, first_is_baseline=False)


def money(lines: pd.DataFrame, notes: Notes, title: str, requirement_cents: float) -> Figure:
    """Draw what was spent on each line of work over twelve months (the table: cents), and say what of the ask it is."""
    so_far = (
        lines.groupby(["line", "month"])["spent_cents"].sum().unstack("month") / 100
    )  # since the first month of all
    spent = so_far.reindex([str(line) for line in Line]).diff(axis=1).iloc[:, 1:]
    total = float(spent.to_numpy().sum())
    largest = str(spent.sum(axis=1).idxmax()).replace("_", " ")
    covered = text.percent(100 * total / requirement_cents) if requirement_cents else "no value"
    finding = f"{text.capital(largest)} receives most; all lines together are {covered} of what is required"
    rolled = spent.T.rolling(12, min_periods=min(12, spent.shape[1])).sum().T.dropna(axis=1)
    with style.drawing():
        subtitle = f"{title}: US dollars spent over the twelve months before, by line of work"
        page = style.page(finding, subtitle, captions.caption(list(notes.titles), notes), 3.6)
        ax = style.axes(page.figure, 0.9, page.bottom + 0.4, style.WIDTH - 2.6, page.top - page.bottom - 0.6)
        labels = []
        for colour, (name, values) in zip(_LINE_COLOURS, rolled.iterrows(), strict=True):
            ax.plot([style.position(int(m), notes.start) for m in values.index], values, color=colour)
            labels.append(Label(float(values.iloc[-1]), str(name).replace("_", " "), colour))
        style.years(ax, notes.start, spent.shape[1])
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_formatter(style.PLAIN)
        style.end_labels(ax, labels, 1.5, lines=1)
    return page.figure


def _panels(
    names: list[str],
    title: str,
    subtitle: str,
    notes: Notes,
    draw: Callable[[Axes, str, str], None],
    first_is_baseline: bool = True,
) -> Figure:
    columns = min(COLUMNS, len(names))
    rows, across = -(-len(names) // columns), (style.WIDTH - 0.15) / columns
    colours = [*([style.BASELINE] if first_is_baseline else []), *style.counterfactuals(len(names))]
    with style.drawing():
        page = style.page(title, subtitle, captions.caption(list(notes.titles), notes), rows * UP + 0.1)
        for place, (name, colour) in enumerate(zip(names, colours, strict=False)):
            row, column = divmod(place, columns)
            left, bottom = 0.6 + column * across, page.top - (row + 1) * UP + 0.25
            ax = style.axes(page.figure, left, bottom, across - 1.45, UP - 0.75)
            draw(ax, name, colour)
            x = np.asarray(ax.lines[0].get_xdata(), dtype=float)
            style.years(ax, notes.start, round((x[-1] - x[0]) * 12) + 1)
            style.heading(ax, style.shortened(notes.titles.get(name, name), across - 0.7, style.NORMAL, True), "")
            style.mark_change(ax, notes.start, notes.first_change)
    return page.figure


def _mean(ax: Axes, values: pd.DataFrame, colour: str, notes: Notes, dashes: object) -> float:
    """Draw the mean over worlds and the band in which they lie; return the last mean."""
    x = [style.position(int(month), notes.start) for month in values.columns]
    mean, low, high = series.band(values)
    if len(values) > 1:
        ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
    ax.plot(x, mean, color=colour, linestyle=dashes)
    return float(mean[-1])
