"""Fill in what README.md says of the model, from docs/figures/ladder.json and validation.json; nothing is simulated.

python docs/make_readme.py
"""

from __future__ import annotations

import json
from pathlib import Path

from cyclesim.analysis.ladder import Point
from cyclesim.analysis.rungs import Ladder
from cyclesim.outputs import ladder as told
from cyclesim.outputs import markdown, text

PAGE, FIGURES = Path(__file__).parents[1] / "README.md", Path(__file__).parent / "figures"
HEADER = (
    *("rung", "others pay", "US$ a head and year", "change of identified", "of assisted", "of person-months"),
    "gain",
)


def parts() -> dict[str, str]:
    """Return the parts of the README that are generated."""
    ladder = Ladder.of(json.loads((FIGURES / "ladder.json").read_text(encoding="utf-8"))["ladder"])
    missed = json.loads((FIGURES / "validation.json").read_text(encoding="utf-8"))["missed"]
    names = ", ".join(f"{name} ({fact})" for name, fact in missed.items())
    points = [p for rung in ladder.rungs for p in ladder.named(rung)]
    zero = f"{markdown.table(HEADER, map(row, points))}\n{money(ladder)} {sure(ladder)}"
    return {"zero money": zero, "missed": f"Missed: {names or 'none'}."}


def row(p: Point) -> list[str]:
    """Tell one point: money, what is lost without it, and how hard the loop turns."""
    changes = [told.share(p.without.share[name]) for name in ("identified", "assisted", "exploited")]
    return [p.rung, f"{p.level:g}", text.number(p.money["all years"]), *changes, f"{p.gain:.2g}"]


def money(ladder: Ladder) -> str:
    """Say what becomes of money by itself."""
    parts = [f"{told.drift(p)} in {p.rung}" for p in ladder.middle()]
    when = "from the first three to the last three years"
    return f"Left to itself, where others pay half, donors' money changes {when} by {', '.join(parts)}."


def sure(ladder: Ladder) -> str:
    """Say how sure the losses and the gain are, over draws."""
    parts = []
    for rung, every in ladder.draws.items():
        here = [one.points["middle"] for one in every]
        lost, strong = told.much(here)
        parts.append(f"{lost} and {strong} of {len(here)} in {rung}")
    what = "a tenth of the identified or more is lost, and in which the gain is 0.1 or more"
    return f"Draws of the states of the world in which {what}: {', '.join(parts)}."


if __name__ == "__main__":
    PAGE.write_text(markdown.fill(PAGE.read_text(encoding="utf-8"), parts()), encoding="utf-8")
