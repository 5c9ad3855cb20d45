"""The picture of a life: a lane of time for each scenario, states as coloured spans, events as labelled marks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, NullLocator

from cyclesim.analysis.lives import HELD, SYNTHETIC, Event, Stories, Story
from cyclesim.charts import style
from cyclesim.charts.style import FAINT, GREY, MARGIN, SMALL, WIDTH
from cyclesim.inputs.dates import date
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.outputs.words import FORMS, GROUPS, STATUSES
from cyclesim.questions.story.tell import each, origin, titles
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
_ROOM = WIDTH - _LEFT - MARGIN
_ROW, _BAR, _HEAD, _GAP, _AXIS, _KEY, _TOP = 0.19, 0.26, 0.27, 0.24, 0.4, 0.24, 0.15


@dataclass(frozen=True)
class EventMark:
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
        shown = min(max(time, self.first), self.last) - self.first
        return shown / (self.last - self.first) * (WIDTH - _LEFT - _RIGHT)


def draw(found: Story | Stories, finding: Finding) -> dict[str, Figure]:
    """Return one life, or the lives of one person in two scenarios, below each other."""
    lives = each(found)
    window, keys = _window(lives), _placed(lives)
    below = 1 + keys[-1][2]
    marks = [_marks(story, window) for story in lives]
    heights = [_HEAD + _ROW * _rows(labels) + _BAR for labels in marks]
    height = _TOP + sum(heights) + _GAP * len(heights) + _AXIS + _KEY * below
    with style.drawing():
        caption = credit([life.scenario for life in lives], f"{origin(lives)}.")
        page = style.page(finding.headline, _subtitle(lives[0]), caption, height)
        bottom = page.bottom + _KEY * below + _AXIS
        tall = page.top - bottom
        ax = style.axes(page.figure, _LEFT, bottom, _ROOM, tall)
        ax.set_xlim(0, _ROOM)
        ax.set_ylim(0, tall)
        _axis(ax, window, lives[0].scenario.start)
        top = tall - _TOP
        for story, title, labels, high in zip(lives, titles(lives), marks, heights, strict=True):
            _lane(ax, story, title, labels, window, top)
            top -= high + _GAP
        if isinstance(found, Stories) and found.parting is not None:
            x = window.inches(found.parting)
            ax.plot([x, x], [0, tall - _TOP - heights[0]], color=GREY, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
            _write(ax, x + 0.05, _GAP / 2, "here the lives part", color=GREY)
        _key(page.figure, keys, below, page.bottom)
    return {"story": page.figure}


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


def _marks(story: Story, window: Window) -> list[EventMark]:
    """Place labels in rows above the bar, from the last to the first.

    A label stands above all those that begin before it ends, so that no line from a label to its mark crosses another.
    """
    placed: list[EventMark] = []
    for event in reversed(story.events[1:]):
        x = window.inches(event.time)
        words = f"{style.month_words(event.month, story.scenario.start)} {_label(event)}"
        shown = style.shortened(words, _ROOM - x - 0.05, SMALL)
        end = x + style.text_width(shown, SMALL) + 0.15
        placed.append(EventMark(x, shown, max((other.row + 1 for other in placed if other.x < end), default=0)))
    return placed


def _rows(marks: Sequence[EventMark]) -> int:
    return 1 + max((mark.row for mark in marks), default=-1)


def _label(event: Event) -> str:
    form = FORMS[Form(event.form)] if event.form else ""
    finder = event.organisation or "investigators"
    return _LABELS[event.event].format(form=form, finder=finder, detail=event.detail, setting=event.setting)


def _lane(ax: Axes, story: Story, title: str, marks: list[EventMark], window: Window, top: float) -> None:
    """Draw one life: its name, the labels, the bar."""
    upper = top - _HEAD - _ROW * _rows(marks)
    lower = upper - _BAR
    name = style.shortened(title, _ROOM - MARGIN, style.NORMAL, bold=True)
    _write(ax, 0, top, name, va="top", fontsize=style.NORMAL, fontweight="bold")
    for mark in marks:
        y = upper + _ROW * (mark.row + 0.5)
        ax.plot([mark.x, mark.x], [lower, y], color=GREY, linewidth=0.7, zorder=3, solid_capstyle="butt")
        _write(ax, mark.x + 0.05, y, mark.words, zorder=4)
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


def _write(ax: Axes, x: float, y: float, words: str, **look: Any) -> None:
    ax.text(x, y, words, **{"va": "center", "fontsize": SMALL, "color": "black", "path_effects": style.HALO, **look})


def _axis(ax: Axes, window: Window, start: str) -> None:
    """Mark months or years of the calendar below."""
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.grid(visible=False)
    ax.yaxis.set_major_locator(NullLocator())
    length = window.last - window.first
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240) if length / s <= 9 or s == 240)
    offset = int(date(0, start)[5:]) - 1
    months = [month for month in range(math.ceil(window.first), int(window.last) + 1) if (month + offset) % step == 0]
    ax.xaxis.set_major_locator(FixedLocator([window.inches(month) for month in months]))
    ax.set_xticklabels([style.month_words(month, start, "\n") for month in months])
    for month in months:
        ax.axvline(window.inches(month), color=FAINT, linewidth=0.5, zorder=0)


def _placed(lives: Sequence[Story]) -> list[tuple[LifeState, float, int]]:
    """Return the states in the picture, each with its place and its row in the key."""
    there = {span.state for story in lives for span in story.spans}
    placed, x, row = [], 0.0, 0
    for state in [state for state in STATES if state in there]:
        wide = style.text_width(STATES[state][0], SMALL) + 0.45
        if x + wide > WIDTH - 2 * MARGIN:
            x, row = 0.0, row + 1
        placed.append((state, x, row))
        x += wide
    return placed


def _key(figure: Figure, keys: Sequence[tuple[LifeState, float, int]], rows: int, bottom: float) -> None:
    """Draw the key: a patch and words for each state."""
    ax = style.axes(figure, MARGIN, bottom, WIDTH - 2 * MARGIN, _KEY * rows)
    ax.set_xlim(0, WIDTH - 2 * MARGIN)
    ax.set_ylim(0, rows)
    ax.set_axis_off()
    for state, x, row in keys:
        words, _, colour = STATES[state]
        y = rows - row - 0.5
        ax.add_patch(Rectangle((x, y - 0.25), 0.18, 0.5, facecolor=colour, linewidth=0))
        ax.text(x + 0.24, y, words, va="center", fontsize=SMALL, color=GREY)


def _subtitle(story: Story) -> str:
    who = GROUPS[Group(story.cohort.group)]
    return f"{SYNTHETIC} In the model: {who}, {STATUSES[Status(story.cohort.status)]}, in “{story.cohort.setting}”"
