"""The two charts: the cycle over time, and the paired difference that a counterfactual makes."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from cyclesim import text
from cyclesim.charts import captions, series, style
from cyclesim.charts.captions import Notes
from cyclesim.charts.series import Effect
from cyclesim.charts.style import Label, Page
from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.intervals import who
from cyclesim.measures import MEASURES, over_months

__all__ = ["Notes", "cycle", "difference", "pictures", "save"]
pictures, save = style.pictures, style.save  # here too, where people look for them


@dataclass(frozen=True)
class Panel:
    """One panel of the cycle chart: the measure, its stage in the cycle, and how it is called."""

    measure: str
    stage: str
    title: str
    unit: str


HEADLINE = Panel("exploited", "people", "People in exploitation", "people, at the end of each month")
PANELS = (
    Panel("trained_share", "practice", "Frontline staff trained", "% of staff"),
    Panel("answered_share", "practice", "Referrals answered", "% of those decided, last 12 months"),
    Panel("trust", "practice", "Trust in the referral pathway", "%, mean over frontline staff"),
    Panel("identified", "evidence", "People identified per month", "people, mean of up to 12 months"),
    Panel("believed_prevalence", "evidence", "Prevalence, true and believed", "per 1,000 in need per year"),
    Panel("coverage", "funding", "Money received", "% of the ask, last 12 months"),
)
COLUMNS = 3


def cycle(table: pd.DataFrame, baseline: str, notes: Notes) -> Figure:
    """Draw the headline measures of the cycle over time: means over worlds, and bands where they lie.

    Several crises are summed, shares weighted by people; the baseline is black.
    """
    names = ordered(table, baseline)
    effects = {name: series.effect(table, baseline, name, "exploited") for name in names[1:]}
    title = captions.title_comparison(effects, "exploited", notes) if effects else captions.title_single(table, notes)
    lines = f"mean of {notes.worlds:,} worlds (line) and {who(notes.worlds, notes.draws)} (band)"
    subtitle = f"{notes.titles.get(baseline, baseline)}: {'one world' if notes.worlds == 1 else lines}"
    with style.drawing():
        page = style.page(title, subtitle, captions.caption(names, notes), 7.4)
        _headline(page, table, names, effects, notes)
        for place, panel in enumerate(PANELS):
            row, column = divmod(place, COLUMNS)
            across = (style.WIDTH - 0.1) / COLUMNS
            left, bottom = 0.55 + column * across, page.bottom + 0.4 + (1 - row) * 2.25
            ax = style.axes(page.figure, left, bottom, across - 1.0, 1.3)
            draw = _prevalences if panel.measure == "believed_prevalence" else _lines
            style.end_labels(ax, draw(ax, table, names, panel, notes), 0.6, lines=1)
            style.mark_change(ax, notes.start, notes.first_change)
    return page.figure


def difference(table: pd.DataFrame, baseline: str, measure: str, notes: Notes) -> Figure:
    """Draw the paired difference in a measure world by world: month by month, and accumulated.

    Flows and person-months of exploitation add up over months; of all other measures the lower panel shows the
    mean difference since the first month.
    """
    effects = compared(table, baseline, measure)
    sign = "Baseline less counterfactual" if MEASURES[measure].averted else "Counterfactual less baseline"
    subtitle = f"{sign}, world by world: {MEASURES[measure].text.split(';')[0]}"
    with style.drawing():
        foot = captions.caption([baseline, *effects], notes)
        page = style.page(captions.title_comparison(effects, measure, notes), subtitle, foot, 5.2)
        _differences(page, effects, measure, notes)
    return page.figure


def ordered(table: pd.DataFrame, baseline: str) -> list[str]:
    """Return the scenarios of a table, the baseline first."""
    names = [str(name) for name in table["scenario"].unique()]
    if baseline not in names:
        raise UnknownNameError(f"no scenario {baseline!r} in this table; {did_you_mean(baseline, names)}")
    return [baseline, *(name for name in names if name != baseline)]


def compared(table: pd.DataFrame, baseline: str, measure: str) -> dict[str, Effect]:
    """Return what each other scenario of a table changes in a measure; there must be one."""
    names = ordered(table, baseline)
    if measure not in MEASURES:
        raise UnknownNameError(f"no measure {measure!r}; {did_you_mean(measure, MEASURES)}")
    if len(names) < 2:
        raise UnknownNameError(f"there is nothing to compare {baseline!r} with; simulate a second scenario too")
    return {name: series.effect(table, baseline, name, measure) for name in names[1:]}


def _headline(page: Page, table: pd.DataFrame, names: list[str], effects: dict[str, Effect], notes: Notes) -> None:
    """Draw people in exploitation across the page, and name the lines with what each counterfactual averts."""
    room = 2.6 if effects else 0.8
    ax = style.axes(page.figure, 0.75, page.top - 2.35, style.WIDTH - 0.75 - room, 1.65)
    ends = _lines(ax, table, names, HEADLINE, notes)
    style.mark_change(ax, notes.start, notes.first_change, words=True)
    if not effects:
        style.end_labels(ax, ends, 0.6, lines=1)
        return
    found = ["", *(f"\n{captions.label(one, 'exploited')}" for one in effects.values())]
    titles = ["Baseline", *(notes.titles.get(name, name) for name in effects)]
    labels = [replace(end, words=title + words) for end, title, words in zip(ends, titles, found, strict=True)]
    style.end_labels(ax, labels, room - 0.25)


def _differences(page: Page, effects: dict[str, Effect], measure: str, notes: Notes) -> None:
    """Draw the paired differences: month by month above, accumulated below."""
    unit = over_months(measure).unit
    unit = {"share": "percentage points", "cents": "US dollars"}.get(unit, unit)
    averted = MEASURES[measure].averted
    total = "Added up since the first month" if MEASURES[measure].is_cumulative else "Mean since the first month"
    panels = (
        ("In each month", "people fewer than in the baseline" if averted else unit, page.top - 2.35, False),
        (total, f"{unit} averted" if averted else unit, page.bottom + 0.35, True),
    )
    for title, panel_unit, bottom, accumulated in panels:
        ax = style.axes(page.figure, 0.85, bottom, style.WIDTH - 3.6, 1.75)
        style.heading(ax, title, panel_unit)
        labels = []
        for (name, found), colour in zip(effects.items(), style.counterfactuals(len(effects)), strict=True):
            y = _line(ax, (found.running if accumulated else found.monthly) * factor(measure), colour, notes)
            words = f"\n{captions.label(found, measure)}" if accumulated else ""
            labels.append(Label(y, notes.titles.get(name, name) + words, colour))
        ax.axhline(0, color=style.BASELINE, linewidth=1.2, zorder=3)
        _finish(ax, notes, max(len(found.monthly.columns) for found in effects.values()))
        style.mark_change(ax, notes.start, notes.first_change, words=not accumulated)
        style.end_labels(ax, labels, 2.45)


def _lines(ax: Axes, table: pd.DataFrame, names: list[str], panel: Panel, notes: Notes) -> list[Label]:
    """Draw one measure of every scenario; return the last values as labels. The baseline lies on top."""
    wide = series.worlds(table, panel.measure) * factor(panel.measure)
    labels = []
    for name, colour in reversed(list(zip(names, _colours(names), strict=True))):
        values = series.select(wide, name)
        if panel.measure == "identified":
            values = values.T.rolling(12, min_periods=1).mean().T
        y = _line(ax, values, colour, notes)
        labels.append(Label(y, _value(y, panel.measure), colour))
    style.heading(ax, panel.title, panel.unit, panel.stage)
    _finish(ax, notes, wide.shape[1])
    highest = float(np.nanmax(wide.to_numpy()))
    percent = MEASURES[panel.measure].unit == "share" and 50 < highest <= 100
    ax.set_ylim(0, 104 if percent else None if highest > 0 else 1.1)
    if percent:
        ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    return labels[::-1]


def _prevalences(ax: Axes, table: pd.DataFrame, names: list[str], panel: Panel, notes: Notes) -> list[Label]:
    """Draw true (dashed) and believed prevalence on a logarithmic scale, where no value is zero."""
    parts = {"true": series.worlds(table, "true_prevalence"), "believed": series.worlds(table, panel.measure)}
    labels = []
    for word, wide in parts.items():
        for name, colour in reversed(list(zip(names, _colours(names), strict=True))):
            y = _line(ax, series.select(wide, name), colour, notes, dashed=word == "true")
            labels.append(Label(y, _value(y, panel.measure), colour))
    _finish(ax, notes, parts["true"].shape[1])
    every = np.concatenate([wide.to_numpy().ravel() for wide in parts.values()])
    low, high = float(np.nanmin(every)), float(np.nanmax(every))
    if low > 0:
        style.log_scale(ax, low / 2.2, high * 2.2)
    else:
        top = high * 1.2 if high > 0 else 1.1
        ax.set_ylim(-0.15 * top, top)
    _two_words(ax, parts)
    style.heading(ax, panel.title, f"{panel.unit}{', log scale' if low > 0 else ''}", panel.stage)
    return labels[::-1]


def _two_words(ax: Axes, parts: dict[str, pd.DataFrame]) -> None:
    """Name the higher lines above them and the lower lines below them, in the middle of the axes."""
    middle = {word: wide.iloc[:, wide.shape[1] // 2].mean() for word, wide in parts.items()}
    higher = max(middle, key=lambda word: middle[word])
    for word, wide in parts.items():
        part = wide.iloc[:, wide.shape[1] // 6 : -(-5 * wide.shape[1] // 6)]
        y = part.max().max() if word == higher else part.min().min()
        look = {"ha": "center", "va": "bottom" if word == higher else "top", "color": style.GREY}
        words, shift = {"true": "true", "believed": "believed by donors"}[word], (0, 3 if word == higher else -3)
        style.write(ax, words, (0.5, y), shift, ("axes fraction", "data"), path_effects=style.HALO, **look)


def _line(ax: Axes, values: pd.DataFrame, colour: str, notes: Notes, dashed: bool = False) -> float:
    """Draw the mean over worlds and the band in which they lie; return the last mean."""
    x = [style.position(int(month), notes.start) for month in values.columns]
    mean, low, high = series.band(values)
    width, order = (1.3, 2.6) if colour == style.BASELINE else (2.0, 2.4)
    if len(values) > 1:
        ax.fill_between(x, low, high, color=colour, alpha=0.17, linewidth=0, zorder=2)
    look: dict[str, Any] = {"marker": "o" if len(x) == 1 else "", "linestyle": (0, (4, 1.5)) if dashed else "-"}
    ax.plot(x, mean, color=colour, linewidth=width, clip_on=len(x) > 1, zorder=order, **look)
    if len(x) == 1 and len(values) > 1:
        ax.vlines(x, low, high, color=colour, linewidth=width, alpha=0.5)
    return float(mean[-1])


def _finish(ax: Axes, notes: Notes, months: int) -> None:
    style.years(ax, notes.start, months)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=3))
    ax.yaxis.set_major_formatter(style.PLAIN)


def _colours(names: list[str]) -> list[str]:
    return [style.BASELINE, *style.counterfactuals(len(names) - 1)]


def factor(measure: str) -> float:
    """Return what a measure is multiplied with to be drawn: shares in per cent, cents in dollars."""
    return {"share": 100.0, "cents": 0.01}.get(MEASURES[measure].unit, 1.0)


def _value(y: float, measure: str) -> str:
    if MEASURES[measure].unit == "share":
        return text.percent(y / 100)
    return f"{y:,.0f}" if MEASURES[measure].integer and 10 <= y < 1000 else text.number(y, (0.0, y))
