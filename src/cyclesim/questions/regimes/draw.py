"""The picture of regimes."""

from typing import Any

from matplotlib.figure import Figure

from cyclesim import text
from cyclesim.analysis.regimes import Regime
from cyclesim.charts import style
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.regimes.compute import Regimes
from cyclesim.questions.regimes.tell import THRESHOLDS

MARKS = {
    Regime.NO_LOOP: ("o", style.COLOURS[0]),
    Regime.RUN_DOWN: ("v", style.COLOURS[3]),
    Regime.DRIFTING: ("D", style.GREY),
    Regime.AMPLIFIER: ("^", style.COLOURS[5]),
    Regime.TRAP: ("X", style.COLOURS[1]),
    Regime.ALWAYS_HIGH: ("s", style.COLOURS[2]),
}
"""Shape and colour of each regime: shapes too, so that colours are not needed."""


def draw(found: Regimes, finding: Finding) -> dict[str, Figure]:
    """Return ends along one parameter, a map of two, or the shares of draws."""
    subtitle = {
        0: "Share of draws in each regime, with 95 % intervals",
        1: "Coverage of the ask at which funding comes to rest",
        2: "Regime at each pair of values",
    }[len(found.along)]
    with style.drawing():
        page = style.page(finding.headline, subtitle, credit([found.scenario], f"Twin. {THRESHOLDS}"), 3.6)
        height = page.figure.get_size_inches()[1]
        box = (0.12, (page.bottom + 0.5) / height, 0.66, (page.top - page.bottom - 0.6) / height)
        [_shares, _ends, _map][len(found.along)](page.figure.add_axes(box), found)
    return {"regimes": page.figure}


def _shares(axes: Any, found: Regimes) -> None:
    shares = found.shares()
    for place, (name, (share, low, high)) in enumerate(reversed(shares.items())):
        axes.barh(place, share, color=MARKS[Regime(name)][1], height=0.6)
        axes.plot([low, high], [place, place], color=style.BASELINE, linewidth=1.0)
    axes.set_yticks(range(len(shares)), list(reversed(shares)))
    axes.set_xlim(0, 1)
    axes.grid(visible=False)


def _ends(axes: Any, found: Regimes) -> None:
    table, name = found.table, found.along[0]
    axes.plot(table[name], table["rich"], color=style.FAINT, linewidth=6, label="rich past")
    axes.plot(table[name], table["poor"], color=style.COLOURS[0], label="poor past")
    _marks(axes, found, name, "poor", 36)
    axes.set_ylim(bottom=0)


def _map(axes: Any, found: Regimes) -> None:
    one, two = found.along
    _marks(axes, found, one, two, 70)
    axes.set_ylabel(text.plain(two))


def _marks(axes: Any, found: Regimes, x: str, y: str, size: float) -> None:
    for kind, (marker, colour) in MARKS.items():
        points = found.table[found.table["regime"] == kind]
        if len(points):
            axes.scatter(points[x], points[y], marker=marker, color=colour, s=size, label=str(kind), zorder=3)
    axes.set_xlabel(text.plain(x))
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
