"""Fill in what README.md says of the model, from docs/figures/ladder.json and validation.json; nothing is simulated.

python docs/make_readme.py
"""

from __future__ import annotations

import json
from pathlib import Path

import md
from cyclesim import text
from cyclesim.analysis.ladder import RUNGS, Point
from cyclesim.inputs.files import load
from cyclesim.questions.ladder import Ladder, tell
from cyclesim.questions.ladder.compute import much

PAGE, FIGURES = Path(__file__).parents[1] / "README.md", Path(__file__).parent / "figures"
HEADER = (
    *("rung", "others pay", "US$ a head and year", "change of identified", "of assisted", "of person-months"),
    "gain",
)


def parts() -> dict[str, str]:
    """Return the parts of the README that are generated."""
    kept = json.loads((FIGURES / "ladder.json").read_text(encoding="utf-8"))["ladder"]
    ladder = Ladder.of(kept, [load(name) for name in RUNGS])
    missed = json.loads((FIGURES / "validation.json").read_text(encoding="utf-8"))["missed"]
    names = ", ".join(f"{name} ({fact})" for name, fact in missed.items())
    points = [p for rung in ladder.rungs for p in ladder.named(rung)]
    zero = f"{md.table(HEADER, map(row, points))}\n{money(ladder)} {sure(ladder)}"
    return {"zero money": zero, "missed": f"Missed: {names or 'none'}."}


def row(p: Point) -> list[str]:
    """Tell one point: money, what is lost without it, and how hard the loop turns."""
    changes = [tell.share(p.without.share[name]) for name in ("identified", "assisted", "exploited")]
    return [p.rung, f"{p.level:g}", text.number(p.money["all years"]), *changes, f"{p.gain:.2g}"]


def money(ladder: Ladder) -> str:
    """Say what becomes of money by itself."""
    parts = [f"{tell.drift(p)} in {p.rung}" for p in ladder.middle()]
    when = "from the first three to the last three years"
    return f"Left to itself, where others pay half, donors' money changes {when} by {', '.join(parts)}."


def sure(ladder: Ladder) -> str:
    """Say how sure the losses and the gain are, over draws."""
    parts = []
    for rung in ladder.draws:
        here = ladder.drawn_points(rung)
        lost, strong = much(here)
        parts.append(f"{lost} and {strong} of {len(here)} in {rung}")
    what = "a tenth of the identified or more is lost, and in which the gain is 0.1 or more"
    return f"Draws of the states of the world in which {what}: {', '.join(parts)}."


if __name__ == "__main__":
    PAGE.write_text(md.fill(PAGE.read_text(encoding="utf-8"), parts()), encoding="utf-8")
