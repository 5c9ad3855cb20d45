"""Make the tables of docs/directions.md again: every intervention, at the defaults and at the ends of what it touches.

python docs/make_directions.py
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import md

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "benchmarks")]
from science.directions import (  # noqa: E402
    BUILT,
    DEFAULTS,
    OUTCOMES,
    all_ends,
    consequences,
    described,
    expected,
    measured,
    own_ends,
    partners,
    ranges,
    reversals,
)

PAGE = HERE / "directions.md"
TOGETHER = (("R2",), ("R5",), ("R9",), ("R2", "R5"), ("R2", "R9"), ("R2", "R5", "R9"))
AT_DEFAULTS = ("intervention", "measure", "expected", "because", "without", "with", "change", "verdict")
AT_ENDS = ("intervention", "end", "without", "with", "change", "verdict")
FOLLOWS = ("interventions", "more people identified", "more people assisted", "person-months averted")
Cells = dict[str, list[str]]


def main() -> None:
    with ProcessPoolExecutor() as pool:
        tried = dict(zip(BUILT, pool.map(_tried, BUILT), strict=True))
        chosen = [(), *((name,) for name in BUILT), *TOGETHER]
        follows = dict(zip(chosen, pool.map(_consequences, chosen, chunksize=4), strict=True))
    contents = {
        "summary": summary(tried),
        "defaults": md.table(AT_DEFAULTS, [described(n) + cells[DEFAULTS] for n, cells in tried.items()]),
        "consequences": md.table(FOLLOWS, [_follow(n, follows) for n in chosen[1 : len(BUILT) + 1]]),
        "together": md.table(FOLLOWS, [_follow(names, follows) for names in TOGETHER]),
        "still": still(tried),
        "reversals": reversed_outcomes(),
        "ends": md.table(AT_ENDS, [[n, end, *tried[n][end]] for n in BUILT for end in own_ends(n)]),
        "partners": others(tried),
        "ranges": "\n".join(f"- `{name}`: {low:g} to {high:g}" for name, (low, high) in ranges().items()),
    }
    PAGE.write_text(md.fill(PAGE.read_text(encoding="utf-8"), contents), encoding="utf-8")
    print(contents["summary"])


def summary(tried: dict[str, Cells]) -> str:
    counts = Counter(cells[-1] for ends in tried.values() for cells in ends.values())
    return f"{len(tried)} interventions, {counts.total()} trials: " + ", ".join(
        f"{verdict} {number}" for verdict, number in counts.most_common()
    )


def still(tried: dict[str, Cells]) -> str:
    header = ("intervention", "end", "measure", "expected", "verdict", "because")
    rows = [
        [name, end, entry.label, entry.direction, tried[name][end][-1], why]
        for name, entry in expected().items()
        for end, why in entry.ends.items()
    ]
    return md.table(header, rows)


def reversed_outcomes() -> str:
    """Return where a headline outcome moves the wrong way in the end, by how much, and the path that does it."""
    header = ("intervention", "outcome", "change", "path")
    rows = [
        [name, outcome, f"{100 * change:+.2f} %", expected()[name].reverses.get(outcome, "not listed")]
        for name in BUILT
        for outcome, change in reversals(name).items()
    ]
    return md.table(header, rows)


def others(tried: dict[str, Cells]) -> str:
    rows = []
    for name in BUILT:
        names = [path.rpartition(".")[2] for path in partners(name)]
        verdicts = Counter(tried[name][f"{other} {end}"][-1] for other in names for end in ("min", "max"))
        said = ", ".join(f"{verdict} {number}" for verdict, number in verdicts.most_common())
        rows.append([name, ", ".join(f"`{other}`" for other in names) or "none", said or "none"])
    return md.table(("intervention", "acts together with", "at their ends"), rows)


def _tried(name: str) -> Cells:
    return {label: measured(name, label, values) for label, values in all_ends(name).items()}


def _consequences(names: tuple[str, ...]) -> np.ndarray:
    return consequences(*names)


def _follow(names: tuple[str, ...], follows: dict[tuple[str, ...], np.ndarray]) -> list[str]:
    """Return by how much each outcome is better than without, in people or person-months."""
    after, before = follows[names], follows[()]
    better = [
        _signed(sign * (a - b), b)
        for a, b, sign in zip(after, before, (1 if way == "up" else -1 for way in OUTCOMES.values()), strict=True)
    ]
    return [" + ".join(names), *better]


def _signed(difference: float, base: float) -> str:
    return f"{difference:+,.0f} ({100 * difference / base:+.2f} %)" if abs(difference) >= 0.5 else "0"


if __name__ == "__main__":
    main()
