"""Fill in what README.md says of the model, from docs/figures/ladder.json and validation.json; nothing is simulated.

python docs/make_readme.py
"""

from __future__ import annotations

import json
from pathlib import Path

from cyclesim.analysis.ladder import NAMED, Point
from cyclesim.analysis.rungs import Ladder
from cyclesim.outputs import ladder as told
from cyclesim.outputs import markdown, text

PAGE, FIGURES = Path(__file__).parents[1] / "README.md", Path(__file__).parent / "figures"
HEADER = ("rung", "others pay", "US$ a head and year", "identified", "assisted", "person-months", "gain")


def parts() -> dict[str, str]:
    """Return the parts of the README that are generated."""
    ladder = Ladder.of(json.loads((FIGURES / "ladder.json").read_text(encoding="utf-8"))["ladder"])
    missed = json.loads((FIGURES / "validation.json").read_text(encoding="utf-8"))["missed"]
    names = ", ".join(f"{name} ({fact})" for name, fact in missed.items())
    return {"zero money": markdown.table(HEADER, map(row, points(ladder))), "missed": f"Missed: {names or 'none'}."}


def points(ladder: Ladder) -> list[Point]:
    """Return the points at the low, middle and high level of what others pay, rung by rung."""
    return [p for rung in ladder.rungs for p in ladder.along(rung) if p.level in NAMED.values()]


def row(p: Point) -> list[str]:
    """Tell one point: money, what is lost without it, and how hard the loop turns."""
    changes = [told.share(p.without.share[name]) for name in ("identified", "assisted", "exploited")]
    return [p.rung, f"{p.level:g}", text.number(p.money["all years"]), *changes, f"{p.gain:.2g}"]


if __name__ == "__main__":
    PAGE.write_text(markdown.fill(PAGE.read_text(encoding="utf-8"), parts()), encoding="utf-8")
