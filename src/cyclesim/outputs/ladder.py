"""What is said and drawn of the ladder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.analysis.ladder import FIRST, HIGH, LOW, MIDDLE, OUTCOMES, Effect, Point
from cyclesim.intervals import ends, who
from cyclesim.outputs import style, text
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import graded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = {"identified": "identified", "assisted": "assisted", "exploited": "person-months of exploitation"}
HEAD = ("others pay", "identified", "assisted", "person-months", "money, US$", "gain", "cut")
_LINES = {"identified": "-", "assisted": "--", "exploited": ":"}
_FEW = 19


def share(value: float) -> str:
    """Return a change as a signed share, with as many digits as it needs."""
    if math.isnan(value):
        return "-"
    digits = 1 if abs(value) >= 0.01 else 2
    return f"{100 * value:+.{digits}f} %"


def sentence(points: Sequence[Point], rung: str) -> str:
    """Return what a rung loses without money, at the low, middle and high level of what others pay."""
    here = [p for p in points if p.rung == rung and not p.endowed and p.level in (LOW, MIDDLE, HIGH)]
    losses = ", ".join(share(p.without.identified) for p in here)
    months = ", ".join(share(p.without.exploited) for p in here)
    levels = ", ".join(f"{p.level:g}" for p in here)
    return (
        f"{rung}: without any anti-trafficking money, where others pay {levels} of what is stated, {losses} of the "
        f"identified and {months} of person-months of exploitation over the reported years"
    )


def rows(points: Sequence[Point], rung: str, endowed: bool) -> list[list[str]]:
    """Return the table of a rung: a row for each level of what others pay."""
    return [
        [
            f"{p.level:g}",
            *(share(getattr(p.without, name)) for name in OUTCOMES),
            text.number(p.money),
            _number(p.gain),
            _number(p.cut),
        ]
        for p in points
        if p.rung == rung and p.endowed == endowed
    ]


def first(points: Sequence[Point], rung: str) -> list[list[str]]:
    """Return what the first interventions do in a rung: person-months and identified, by what others pay."""
    return [
        [f"{p.level:g}", *(f"{share(e.exploited)}, {share(e.identified)}" for e in (p.first or {}).values())]
        for p in points
        if p.rung == rung and p.first
    ]


def drawn(points: Sequence[Point]) -> list[list[str]]:
    """Return the middle and the ends over draws of what is lost, and of the gain."""
    found = []
    columns = {f"{WORDS[n]} lost or gained": [getattr(p.without, n) for p in points] for n in OUTCOMES}
    columns |= {"gain of the loop": [p.gain for p in points], "money, US$ a head": [p.money for p in points]}
    for name, values in columns.items():
        known = np.array([v for v in values if not math.isnan(v)])
        low, high = ends(known) if known.size else (math.nan, math.nan)
        spell = share if name.endswith("gained") else _number
        middle = spell(float(np.median(known))) if known.size else "-"
        found.append([name, middle, spell(float(low)), spell(float(high)), f"{known.size} of {len(points)}"])
    return found


def as_text(points: Sequence[Point], draws: Mapping[str, Sequence[Point]], about: Mapping[str, Any], line: str) -> str:
    """Return the ladder as text.

    Parameters
    ----------
    draws
        Points over draws by rung; empty if none were asked for.
    line
        The command that reproduces it.
    """
    parts = []
    for rung in dict.fromkeys(p.rung for p in points):
        parts += [sentence(points, rung) + ".\n", *aligned([list(HEAD), *rows(points, rung, endowed=False)])]
        parts += ["\nWith capacity of year 1 made up by an endowment that decays:"]
        parts += aligned([list(HEAD[:5]), *(row[:5] for row in rows(points, rung, endowed=True))])
        parts += ["\nThe first interventions, in person-months of exploitation and people identified:"]
        parts += [*aligned([["others pay", *FIRST.values()], *first(points, rung)]), ""]
        if draws:
            over = who(len(draws[rung]), noun="draws")
            head = ["over draws", "median", "from", "to", "draws"]
            parts += [f"{over}:", *aligned([head, *drawn(draws[rung])]), ""]
    parts += [
        "Expected values of the model over the reported years, not observations. What is lost is an output, not one "
        "minus what others pay; the cut is what a third less for two years comes to in ten, in times itself.",
        assumptions(about),
        f"Reproduce: {line}",
    ]
    return "\n".join(parts)


def picture(points: Sequence[Point]) -> Figure:
    """Return loss, gain and first interventions along what others pay, a column for each rung."""
    rungs, count = list(dict.fromkeys(p.rung for p in points)), graded()
    caption = (
        f"Model, not observations: twin, by {fingerprint()}. Along the bottom: the part of what a scenario states for "
        "states and other sectors that they pay (paid_by_others). Without money: every dollar of anti-trafficking money "
        "is gone from the first reported month on. Interventions: person-months of exploitation over the reported "
        f"years. {count['assumptions']} of {count['number']} parameters are assumptions. Reproduce: cyclesim ladder."
    )
    with style.drawing():
        page = style.page("What hangs on anti-trafficking money, rung by rung", "", caption, 6.6)
        height = page.figure.get_size_inches()[1]
        for column, rung in enumerate(rungs):
            here = [p for p in points if p.rung == rung and not p.endowed]
            for row, draw in enumerate((_losses, _gains, _first)):
                left, wide = 0.075 + column * 0.925 / len(rungs), 0.925 / len(rungs) - 0.075
                room = (page.top - page.bottom) / 3
                bottom = page.top - (row + 1) * room + 0.45
                axes = page.figure.add_axes((left, bottom / height, wide, (room - 0.85) / height))
                draw(axes, here, column == 0)
                axes.set_xlim(0, 1)
                axes.axhline(0, color=style.GREY, linewidth=0.6)
                if row == 0:
                    axes.set_title(f"{rung}\n{axes.get_title(loc='left')}", loc="left", fontsize=style.NORMAL)
    return page.figure


def _losses(axes: Axes, points: Sequence[Point], labelled: bool) -> None:
    axes.set_title("without money, %", loc="left", fontsize=style.SMALL)
    _lines(axes, points, {WORDS[n]: [100 * getattr(p.without, n) for p in points] for n in OUTCOMES}, labelled)


def _gains(axes: Axes, points: Sequence[Point], labelled: bool) -> None:
    axes.set_title("gain of the loop", loc="left", fontsize=style.SMALL)
    both = {"by belief": [p.by_belief for p in points], "by ask": [p.by_ask for p in points]}
    _lines(axes, points, both, labelled)


def _first(axes: Axes, points: Sequence[Point], labelled: bool) -> None:
    axes.set_title("first interventions, person-months, %", loc="left", fontsize=style.SMALL)
    nothing = Effect(math.nan, math.nan, math.nan)
    lines = {
        words: [100 * (p.first or {}).get(name, nothing).exploited for p in points] for name, words in FIRST.items()
    }
    _lines(axes, points, lines, labelled)


def _lines(axes: Axes, points: Sequence[Point], lines: Mapping[str, Sequence[float]], labelled: bool) -> None:
    for colour, (name, values) in zip(style.COLOURS, lines.items(), strict=False):
        axes.plot([p.level for p in points], values, color=colour, label=name)
    if labelled:
        axes.legend(fontsize=style.SMALL - 1.5, frameon=False, loc="best")


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"
