"""Pictures of the loop: the cycle with the elasticities on its arrows, and the links with their intervals."""

import math
from typing import Any

from matplotlib.figure import Figure

from cyclesim import text
from cyclesim.analysis.loop import EVERY_LINK, LINKS, STATES
from cyclesim.charts import style
from cyclesim.charts.dots import Dot, chart
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.loop.compute import Loops
from cyclesim.questions.loop.tell import over

WORDS = {
    "wish": "money\ndonors want",
    "belief": "prevalence\nbelieved",
    "money": "money\ndisbursed",
    "capacity": "capacity to\nfind and answer",
    "identifications": "people\nidentified",
    "evidence": "cases in\nthe reports",
}


def draw(found: Loops, finding: Finding) -> dict[str, Figure]:
    """Return the cycle, and with draws the interval of each link."""
    return {"loop": _cycle(found, finding), **({"links": _links(found)} if found.drawn else {})}


def _links(found: Loops) -> Figure:
    """Return the elasticity of each link, the default as a dot and the spread over draws as a line."""
    elasticities = found.default.elasticities
    dots = [Dot(link.replace("->", "→"), elasticities[link], *found.interval(link)[::2]) for link in EVERY_LINK]
    return chart(
        dots,
        f"The weakest link at the default inputs: {found.default.weakest.replace('->', '→')}",
        f"Long-run elasticity of each link: default inputs (dot) and {over(found)} (line)",
        credit([found.scenario], f"Twin, {found.years} years."),
    )


def _cycle(found: Loops, finding: Finding) -> Figure:
    """Return the cycle; the thicker an arrow, the stronger the link."""
    default, names = found.default, list(STATES)
    caption = credit(
        [found.scenario],
        f"Twin, {found.years} years. On each arrow: per cent of what it leads to for one per cent of where it comes "
        f"from, in the long run{f'; in brackets {over(found)}' if found.drawn else ''}.",
    )
    subtitle = (
        "Long-run elasticity of each link; their product is the gain by way of belief, "
        f"{text.number(default.by_belief)}. Beside it runs a path by way of what planners ask for, "
        f"{text.number(default.by_ask)}; both together G = {text.number(default.gain)}"
    )
    with style.drawing():
        page = style.page(finding.headline, subtitle, caption, 4.6)
        axes = style.axes(page.figure, 0.0, page.bottom, style.WIDTH, page.top - page.bottom)
        axes.set_axis_off()
        axes.grid(visible=False)
        axes.set_xlim(-4.5, 4.5)
        axes.set_ylim(-2.3, 2.3)
        turn = 2 * math.pi / len(names)
        places = [(2.9 * math.sin(turn * k), 1.75 * math.cos(turn * k)) for k in range(len(names))]
        for k, name in enumerate(names):
            axes.text(
                *places[k], WORDS[name], ha="center", va="center", fontsize=style.NORMAL,
                bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": style.GREY, "linewidth": 0.8},
            )  # fmt: skip
        for k, link in enumerate(LINKS):
            _arrow(axes, places[k], places[(k + 1) % len(names)], default.elasticities[link], _brackets(found, link))
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
    axes.text(*out, f"{text.number(value)}{spread}", ha="center", va="center", fontsize=style.NORMAL, fontweight="bold",
              color=style.COLOURS[0], path_effects=style.HALO)  # fmt: skip


def _brackets(found: Loops, link: str) -> str:
    low, _, high = found.interval(link)
    return "" if math.isnan(low) else f"\n({low:.2f} to {high:.2f})"
