"""What is said and drawn of the loop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.loop import EVERY_LINK, LINKS, STATES, Loops
from cyclesim.analysis.shocks import BACK
from cyclesim.intervals import who
from cyclesim.outputs import style, text
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import graded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORDS = {
    "wish": "money\ndonors want",
    "belief": "prevalence\nbelieved",
    "money": "money\ndisbursed",
    "capacity": "capacity to\nfind and answer",
    "identifications": "people\nidentified",
    "evidence": "cases in\nthe reports",
}
_CUT = {
    "money": "the cut: money, US$",
    "identified": "the cut: people identified",
    "assisted": "the cut: people assisted",
    "person_months": "the cut: person-months of exploitation",
    "recovery": "the cut: months to recovery",
    "recovery_held": "the same without the loop",
}
NEXT_TO_NOTHING = 0.01
"""A gain below this is told as no loop."""


def cut(found: Mapping[str, Any]) -> str:
    """Return what a cut of a third for some years does, in one sentence: the finite answer.

    Parameters
    ----------
    found
        The loop as JSON types.
    """
    told = found["cut"]
    if told["times"] is None or told["money"] >= 0:
        return "A cut of a third takes no money away here: what donors want stands on a floor"
    ends = found["intervals"].get("cut_times")
    over = who(found["draws"], noun="draws")
    spread = (
        f" (over draws {ends['low']:.2f} to {ends['high']:.2f}: {over})" if ends and ends["low"] is not None else ""
    )
    back, alone = (
        "not yet by then" if months is None else "at once" if not months else f"{months:.0f} months after its end"
        for months in (told["recovery"], told["recovery_held"])
    )
    return (
        f"A cut of a third for {told['years']} years comes to {told['times']:.2f} times itself over {told['horizon']} "
        f"years{spread}; money has recovered {back}, without the loop {alone}"
    )


def sentence(loops: Loops) -> str:
    """Return the strength of the loop in one sentence: the local answer."""
    found, low, high = loops.default, *loops.interval("multiplier")[::2]
    ends = f"{dollars(low)} to {dollars(high)}"
    spread = "" if math.isnan(low) else f" at the default inputs, and to {ends} over draws of them ({_over(loops)})"
    if math.isinf(found.multiplier):
        return "The loop is a trap here: a change of funding does not come to rest near where it began"
    begins = "Hardly any loop: a" if abs(found.gain) < NEXT_TO_NOTHING else "A"
    return f"{begins} permanent dollar of funding comes to {dollars(found.multiplier)} in the long run{spread}"


def dollars(multiplier: float | None) -> str:
    """Return what a dollar comes to; without end where the loop is a trap."""
    return "no end" if multiplier is None or math.isinf(multiplier) else f"US${multiplier:.2f}"


def _over(loops: Loops) -> str:
    return who(len(loops.drawn), noun="draws")


def as_text(loops: Loops, about: Mapping[str, Any], command: str) -> str:
    """Return the loop of a scenario as text."""
    found = loops.default
    rows = [
        ["elasticity of each link", "defaults", *([f"{_over(loops)}, from", "median", "to"] if loops.drawn else [])]
    ]
    for link in EVERY_LINK:
        rows.append([link, _number(found.elasticities[link]), *_spread(loops, link)])
    rows.append(["gain by way of belief", _number(found.by_belief), *_spread(loops, "by_belief")])
    rows.append(["gain by way of the ask", _number(found.by_ask), *_spread(loops, "by_ask")])
    rows.append(["gain G, both together", _number(found.gain), *_spread(loops, "gain")])
    rows.append(["multiplier 1/(1 - G)", _number(found.multiplier), *_spread(loops, "multiplier")])
    rows.append(["the same by brute force", _number(found.measured), *_spread(loops, "measured")])
    rows.append(["time constant, months", _number(found.time_constant), *_spread(loops, "time_constant")])
    for name, label in _CUT.items():
        rows.append([label, _number(float(getattr(found.cut, name))), *_spread(loops, f"cut_{name}")])
    left_out = ", ".join(f"{name} in {count}" for name, count in loops.undefined().items())
    covers = (
        f"The spread is over {len(loops.drawn)} draws of the inputs that have a range"
        + (f", less those in which it is undefined ({left_out})." if left_out else ".")
        if loops.drawn
        else "At the default inputs only, so there is no interval: ask for --draws."
    )
    return "\n".join(
        [
            f"{loops.scenario.title} ({loops.scenario.name})\n\n{cut(loops.to_dict())}.\n{sentence(loops)}.\n",
            *aligned(rows),
            f"\nWeakest link: {found.weakest}. Strongest: {found.strongest}.",
            f"Expected values of the model over {loops.years} years, not observations (hash {about['hash']}). {covers}",
            "Gain and multiplier are of a small permanent change; the cut is of a third less money wanted for "
            f"{found.cut.years} years, told against the same world without it over {found.cut.horizon} years (less is "
            f"below 0); money has recovered when that of twelve months stays within {BACK:.0%} of that world's.",
            assumptions(about),
            f"Reproduce: {command}",
        ]
    )


def picture(loops: Loops) -> Figure:
    """Return the cycle with the elasticities on its arrows; the thicker an arrow, the stronger the link."""
    found, names = loops.default, list(STATES)
    count = graded()
    caption = (
        f"Model, not observations: twin of {loops.scenario.name} ({loops.scenario.hash}, by {fingerprint()}), "
        f"{loops.years} years. On each arrow: per cent of what it leads to for one per cent of where it comes "
        "from, in the long run"
        + (f"; in brackets {_over(loops)}. " if loops.drawn else ". ")
        + f"{count['assumptions']} of {count['number']} parameters are assumptions."
    )
    subtitle = (
        f"Long-run elasticity of each link; their product is the gain by way of belief, {_number(found.by_belief)}. "
        f"Beside it runs a path by way of what planners ask for, {_number(found.by_ask)}; both together G = "
        f"{_number(found.gain)}"
    )
    with style.drawing():
        page = style.page(f"{cut(loops.to_dict())}. {sentence(loops)}", subtitle, caption, 4.6)
        height = page.figure.get_size_inches()[1]
        axes = page.figure.add_axes((0.0, page.bottom / height, 1.0, (page.top - page.bottom) / height))
        axes.set_axis_off()
        axes.grid(visible=False)
        axes.set_xlim(-4.5, 4.5)
        axes.set_ylim(-2.3, 2.3)
        places = [
            (2.9 * math.sin(2 * math.pi * k / len(names)), 1.75 * math.cos(2 * math.pi * k / len(names)))
            for k in range(len(names))
        ]
        for k, name in enumerate(names):
            axes.text(
                *places[k], WORDS[name], ha="center", va="center", fontsize=style.NORMAL,
                bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": style.GREY, "linewidth": 0.8},
            )  # fmt: skip
        for k, link in enumerate(LINKS):
            _arrow(axes, places[k], places[(k + 1) % len(names)], found.elasticities[link], _brackets(loops, link))
    return page.figure


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], value: float, spread: str) -> None:
    strength = 0.0 if math.isnan(value) else min(abs(value), 2.0)
    axes.annotate(
        "", xy=end, xytext=start,
        arrowprops={
            "arrowstyle": "-|>", "color": style.COLOURS[0], "linewidth": 0.8 + 2.2 * strength,
            "shrinkA": 42, "shrinkB": 42, "connectionstyle": "arc3,rad=-0.18", "mutation_scale": 14,
        },
    )  # fmt: skip
    middle = (0.5 * (start[0] + end[0]), 0.5 * (start[1] + end[1]))
    length = math.hypot(*middle) or 1.0
    out = (middle[0] * (1 + 1.1 / length), middle[1] * (1 + 0.75 / length))
    axes.text(*out, f"{_number(value)}{spread}", ha="center", va="center", fontsize=style.NORMAL, fontweight="bold",
              color=style.COLOURS[0], path_effects=style.HALO)  # fmt: skip


def _brackets(loops: Loops, link: str) -> str:
    low, _, high = loops.interval(link)
    return "" if math.isnan(low) else f"\n({low:.2f} to {high:.2f})"


def _spread(loops: Loops, column: str) -> list[str]:
    return [_number(value) for value in loops.interval(column)] if loops.drawn else []


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "endless" if math.isinf(value) else f"{value:.3g}" if abs(value) < 10 else text.number(value)
