"""The picture of a life: a lane of time for each scenario, states as coloured spans, events as labelled marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, NullLocator

from cyclesim.analysis.lives import HELD, SYNTHETIC, Event, Stories, Story
from cyclesim.inputs.dates import date
from cyclesim.outputs import stories, style
from cyclesim.outputs.style import FAINT, GREY, MARGIN, SMALL, WIDTH
from cyclesim.outputs.words import FORMS, GROUPS, STATUSES
from cyclesim.vocabulary import Form, Group, LifeEvent, LifeState, Status

STATES = {
    LifeState.AT_RISK: ("at risk", "at risk", "#E6E6E6"),
    LifeState.EXPLOITED: ("in exploitation", "exploited", "#D55E00"),
    LifeState.REFERRED: ("in exploitation, referral waiting", "waiting", "#E69F00"),
    LifeState.REPORTED: ("out of exploitation, waiting for casework", "waiting", "#CC79A7"),
    LifeState.CASEWORK: ("casework", "casework", "#0072B2"),
    LifeState.SURVIVOR: ("survivor, at raised risk", "survivor", "#56B4E9"),
    LifeState.SETTLED: ("survivor", "survivor", "#BFDFF2"),
}
"""Words, the same in short, and colour of each state, in the order of the key. A lane ends where a life does."""
_AT_THE_END = {
    LifeState.EXPLOITED: "and still so when the run ends",
    LifeState.REFERRED: "and a referral waiting when the run ends",
    LifeState.REPORTED: "and waiting for casework when the run ends",
    LifeState.CASEWORK: "and casework going on when the run ends",
    LifeState.SURVIVOR: "a survivor when the run ends",
    LifeState.SETTLED: "a survivor when the run ends",
    LifeState.DEAD: "and death in exploitation",
}
_DARK = (LifeState.EXPLOITED, LifeState.CASEWORK)  # white words on these
_LABELS = {
    LifeEvent.ARRIVED: "displaced to {setting}",
    LifeEvent.TRAFFICKED: "trafficked: {form}",
    LifeEvent.TRAFFICKED_AGAIN: "trafficked again: {form}",
    LifeEvent.ESCAPED: "got out by own efforts",
    LifeEvent.CAME_FORWARD: "got out and came forward",
    LifeEvent.DETAINED: "detained or expelled",
    LifeEvent.REFERRED: "referred by {finder}",
    LifeEvent.ANSWERED: "casework begins",
    LifeEvent.DECLINED: "answered, help not accepted",
    LifeEvent.LAPSED: "no answer: referral lapsed",
    LifeEvent.UNANSWERED: "no answer: case lapsed",
    LifeEvent.IDENTIFIED_FORMALLY: "formally identified, {detail}",
    LifeEvent.PRESUMPTIVE: "not formally identified, {detail}",
    LifeEvent.SETTLED: "risk no longer raised",
    LifeEvent.DIED: "died",
}
_LEFT, _RIGHT = 0.25, 2.3
"""Inches left of the axis of time, and right of it: room for the last labels."""
_ACROSS = WIDTH - _LEFT - _RIGHT
_ROW, _BAR, _HEAD, _GAP, _AXIS, _KEY, _TOP = 0.19, 0.26, 0.27, 0.24, 0.4, 0.24, 0.15


@dataclass(frozen=True)
class Mark:
    """A labelled event: place in inches from the left end of the axis, words, and row above the bar."""

    x: float
    words: str
    row: int


@dataclass(frozen=True)
class Window:
    """The months shown."""

    first: float
    last: float

    def inches(self, time: float) -> float:
        """Return the place of a time, in inches from the left end of the axis."""
        return (min(max(time, self.first), self.last) - self.first) / (self.last - self.first) * _ACROSS


def picture(told: Story | Stories) -> Figure:
    """Draw one life, or the lives of one person in two scenarios."""
    lives = [told] if isinstance(told, Story) else [told.one, told.other]
    parting = None if isinstance(told, Story) else told.parting
    window = _window(lives)
    marks = [_rows(_marks(story, window)) for story in lives]
    heights = [_HEAD + _ROW * (1 + max((mark.row for mark in rows), default=-1)) + _BAR for rows in marks]
    keys = _key_rows(lives)
    height = _TOP + sum(heights) + _GAP * len(heights) + _AXIS + _KEY * len(keys)
    with style.drawing():
        page = style.page(_finding(told), _subtitle(lives[0]), stories.footer(lives), height)
        bottom = page.bottom + _KEY * len(keys) + _AXIS
        ax = style.axes(page.figure, _LEFT, bottom, WIDTH - _LEFT - MARGIN, page.top - bottom)
        ax.set_xlim(0, WIDTH - _LEFT - MARGIN)
        ax.set_ylim(0, page.top - bottom)
        _axis(ax, window, lives[0].scenario.start)
        top = page.top - bottom - _TOP
        titles = stories.titles(lives)
        for story, title, rows, tall in zip(lives, titles, marks, heights, strict=True):
            _lane(ax, story, title, rows, window, top)
            top -= tall + _GAP
        if parting is not None:
            _mark_parting(ax, window.inches(parting), page.top - bottom - _TOP - heights[0])
        _key(page.figure, keys, page.bottom)
    return page.figure


def _window(lives: Sequence[Story]) -> Window:
    """Return the time shown: what happens after arrival, and up to the end where exploitation goes on."""
    told = [event.time for story in lives for event in story.events[1:]]
    arrival = min(story.events[0].time for story in lives)
    end = float(max(story.scenario.months for story in lives))
    if not told:
        return Window(min(arrival, end - 1), end)
    room = max(2.0, 0.08 * (max(told) - min(told)))
    goes_on = any(story.state in HELD for story in lives)
    return Window(max(arrival, min(told) - room), end if goes_on else min(end, max(told) + room))


def _marks(story: Story, window: Window) -> list[Mark]:
    marks = []
    for event in story.events[1:]:
        x = window.inches(event.time)
        words = f"{style.month_words(event.month, story.scenario.start)} {_label(event)}"
        marks.append(Mark(x, style.shortened(words, WIDTH - _LEFT - MARGIN - x - 0.05, SMALL), 0))
    return marks


def _label(event: Event) -> str:
    form = FORMS[Form(event.form)] if event.form else ""
    finder = event.organisation or "investigators"
    return _LABELS[event.event].format(form=form, finder=finder, detail=event.detail, setting=event.setting)


def _rows(marks: list[Mark]) -> list[Mark]:
    """Place labels in rows above the bar, from the last to the first.

    A label stands above all those that begin before it ends, so that no line from a label to its mark crosses another.
    """
    placed: list[Mark] = []
    for mark in reversed(marks):
        end = mark.x + style.text_width(mark.words, SMALL) + 0.15
        placed.append(Mark(mark.x, mark.words, max((other.row + 1 for other in placed if other.x < end), default=0)))
    return placed


def _lane(ax: Axes, story: Story, title: str, marks: list[Mark], window: Window, top: float) -> None:
    """Draw one life: its name, the labels, the bar."""
    rows = 1 + max((mark.row for mark in marks), default=-1)
    upper = top - _HEAD - _ROW * rows
    lower = upper - _BAR
    bold: dict[str, Any] = {"fontsize": style.NORMAL, "fontweight": "bold", "path_effects": style.HALO}
    name = style.shortened(title, WIDTH - _LEFT - 2 * MARGIN, style.NORMAL, bold=True)
    ax.text(0, top, name, va="top", color="black", **bold)
    for mark in marks:
        y = upper + _ROW * (mark.row + 0.5)
        ax.plot([mark.x, mark.x], [lower, y], color=GREY, linewidth=0.7, zorder=3, solid_capstyle="butt")
        ax.text(
            mark.x + 0.05, y, mark.words, va="center", fontsize=SMALL, color="black", path_effects=style.HALO, zorder=4
        )
    for span in story.spans:
        if span.state == LifeState.DEAD or span.end <= window.first or span.start >= window.last:
            continue
        left, right = window.inches(span.start), window.inches(span.end)
        long, short, colour = STATES[span.state]
        ax.add_patch(Rectangle((left, lower), right - left, _BAR, facecolor=colour, linewidth=0, zorder=2))
        fitting = [words for words in (long, short) if style.text_width(words, SMALL) + 0.12 < right - left]
        if fitting:
            ink = "white" if span.state in _DARK else "black"
            ax.text((left + right) / 2, lower + _BAR / 2, fitting[0], ha="center", va="center", color=ink, zorder=4)


def _axis(ax: Axes, window: Window, start: str) -> None:
    """Mark months or years of the calendar below."""
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.grid(visible=False)
    ax.yaxis.set_major_locator(NullLocator())
    length = window.last - window.first
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240) if length / s <= 9 or s == 240)
    first = int(-(-window.first // 1))
    offset = int(date(0, start)[5:]) - 1
    months = [month for month in range(first, int(window.last) + 1) if (month + offset) % step == 0]
    ax.xaxis.set_major_locator(FixedLocator([window.inches(month) for month in months]))
    ax.set_xticklabels([style.month_words(month, start, "\n") for month in months])
    for month in months:
        ax.axvline(window.inches(month), color=FAINT, linewidth=0.5, zorder=0)


def _mark_parting(ax: Axes, x: float, top: float) -> None:
    ax.plot([x, x], [0, top], color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    ax.text(x + 0.05, _GAP / 2, "here the lives part", va="center", fontsize=SMALL, color=GREY, path_effects=style.HALO)


def _key_rows(lives: Sequence[Story]) -> list[list[LifeState]]:
    """Return the states in the picture, in as many rows as they need."""
    there = {span.state for story in lives for span in story.spans}
    rows: list[list[LifeState]] = [[]]
    used = 0.0
    for state in (state for state in STATES if state in there):
        wide = style.text_width(STATES[state][0], SMALL) + 0.45
        if used + wide > WIDTH - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append(state)
        used += wide
    return rows


def _key(figure: Figure, rows: list[list[LifeState]], bottom: float) -> None:
    """Draw the key: a patch and words for each state."""
    ax = style.axes(figure, MARGIN, bottom, WIDTH - 2 * MARGIN, _KEY * len(rows))
    ax.set_xlim(0, WIDTH - 2 * MARGIN)
    ax.set_ylim(0, len(rows))
    ax.set_axis_off()
    for number, row in enumerate(rows):
        x, y = 0.0, len(rows) - number - 0.5
        for state in row:
            words, _, colour = STATES[state]
            ax.add_patch(Rectangle((x, y - 0.25), 0.18, 0.5, facecolor=colour, linewidth=0))
            ax.text(x + 0.24, y, words, va="center", fontsize=SMALL, color=GREY)
            x += style.text_width(words, SMALL) + 0.45


def _finding(told: Story | Stories) -> str:
    """Say in one sentence how long this person was in exploitation, and what came of it."""
    if isinstance(told, Stories) and told.first_difference is not None:
        spent = [_spent(story) for story in (told.one, told.other)]
        both = f"{spent[0]} in exploitation in the first scenario, {spent[1]} in the second"
        if spent[0] == spent[1]:
            both = f"{spent[0]} in exploitation in both scenarios"
        when = stories.month_name(told.first_difference, told.one.scenario.start)
        return f"Same synthetic person, same luck: {both}; the lives part in {when}"
    story, same = (told, "") if isinstance(told, Story) else (told.one, ", the same in both scenarios")
    if not story.months_exploited:
        return f"One synthetic person, at risk and not trafficked in this run{same}"
    return f"One synthetic person: {_spent(story)} in exploitation, {_AT_THE_END[story.state]}{same}"


def _spent(story: Story) -> str:
    return stories.duration(story.months_exploited) if story.months_exploited else "no time"


def _subtitle(story: Story) -> str:
    who = GROUPS[Group(story.cohort.group)]
    return f"{SYNTHETIC} In the model: {who}, {STATUSES[Status(story.cohort.status)]}, in “{story.cohort.setting}”"
