"""What a run costs as a world grows: people, incidence, organisations, donors, crises, months, one at a time.

    python benchmarks/curve.py [--rounds 3]

Worlds are `baseline` without spin-up, staff, posts and budgets in proportion to people, varied from 1 million people
in one crisis over 120 months; tables included, on one core. Rounds take every world in turn; medians. The last column
is the slope between neighbours in a doubly logarithmic plot: 0 costs nothing more, 1 grows in proportion.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Iterator

from scale import many_crises
from speed import once

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario

INCIDENCE = load("baseline").parameter("incidence")
PEOPLE, MONTHS = 10**6, 120


def same_trafficked(people: int) -> Scenario:
    """Return a world with so many people in need and as many people trafficked as in 1 million."""
    return many_crises(people, 1, MONTHS, INCIDENCE * PEOPLE / people)


def organisations(number: int) -> Scenario:
    """Return a world with so many organisations, each an entry of its own: the same staff, split up."""
    data = many_crises(PEOPLE, 1, MONTHS).resolved()
    (crisis,) = data["crises"].values()
    parts = number // len(crisis["organisations"])
    crisis["organisations"] = {
        f"{name} {part}": {**organisation, "staff": organisation["staff"] / parts}
        for name, organisation in crisis["organisations"].items()
        for part in range(parts)
    }
    return Scenario.parse(data, "many organisations")


AXES: dict[str, tuple[tuple[float, ...], Callable[[float], Scenario]]] = {
    "people in need": ((10**4, 10**5, 10**6, 10**7), lambda n: many_crises(int(n), 1, MONTHS)),
    "people in need, as many trafficked": ((10**6, 10**7, 10**8, 10**9), lambda n: same_trafficked(int(n))),
    "incidence, per person and month": (
        tuple(INCIDENCE * f for f in (0.01, 0.1, 1, 10)),
        lambda x: many_crises(PEOPLE, 1, MONTHS, x),
    ),
    "organisations": ((14, 140, 1400), lambda n: organisations(int(n))),
    "newly registered organisations, one entry": (
        (10, 1000, 100_000),
        lambda n: many_crises(PEOPLE, 1, MONTHS, newcomers=int(n)),
    ),
    "donors": ((12, 48, 192), lambda n: many_crises(PEOPLE, 1, MONTHS, donors=int(n))),
    "crises, the same people": ((1, 5, 25), lambda n: many_crises(PEOPLE, int(n), MONTHS)),
    "months": ((60, 120, 240, 480), lambda n: many_crises(PEOPLE, 1, int(n))),
}


def cases() -> Iterator[tuple[str, float, Scenario]]:
    """Return every world: axis, value, scenario."""
    for axis, (values, world) in AXES.items():
        for value in values:
            yield axis, value, world(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    worlds = list(cases())
    once(load("small"), 1)  # imports
    times = [[once(scenario, seed) for _, _, scenario in worlds] for seed in range(1, rounds + 1)]
    seconds = [statistics.median(column) for column in zip(*times, strict=True)]
    print("| what grows | to | seconds | slope |\n|---|---|---|---|")
    before: tuple[str, float, float] = ("", 0.0, 0.0)
    for (axis, value, _), second in zip(worlds, seconds, strict=True):
        slope = ""
        if axis == before[0]:
            slope = f"{math.log(second / before[2]) / math.log(value / before[1]):.2f}"
        shown = f"{value:,.0f}" if value >= 1 else f"{value:.2g}"
        print(f"| {axis if axis != before[0] else ''} | {shown} | {second:.2f} | {slope} |")
        before = (axis, value, second)


if __name__ == "__main__":
    main()
