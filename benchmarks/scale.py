"""Simulate the world's people in need one to one: 362 million in 30 crises, 120 months, on one core.

    python benchmarks/scale.py [--people 362000000] [--crises 30] [--months 120]

Prints seconds, people ever trafficked and the peak memory of the process. Each crisis is `baseline` with its
share of the people, and staff, posts and budgets in proportion; all of them share the donors.
"""

from __future__ import annotations

import argparse
import resource
import time

from speed import scaled

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel


def many_crises(people: int, crises: int, months: int) -> Scenario:
    """Return `baseline` as so many crises that compete for the same donors."""
    base = load("baseline")
    data = scaled(base, people / crises / 1_000_000).resolved()
    (crisis,) = data["crises"].values()
    data |= {"crises": {f"crisis {n:02d}": crisis for n in range(1, crises + 1)}, "months": months, "spin_up": 0}
    for donor in data["donors"].values():
        donor["budget"] *= crises
    return Scenario.parse(data, "the world's people in need")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=362_000_000)
    parser.add_argument("--crises", type=int, default=30)
    parser.add_argument("--months", type=int, default=120)
    arguments = parser.parse_args()
    scenario = many_crises(arguments.people, arguments.crises, arguments.months)
    began = time.perf_counter()
    model = CycleModel(scenario, seed=1).run()
    model.observations.tables()
    seconds = time.perf_counter() - began
    ever = sum(int(crisis.engine.reached().sum()) for crisis in model.crises.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{seconds:.1f} s, {ever:,} people ever trafficked, peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
