"""Simulate the world's people in need one to one: 362 million in 30 crises, 120 months, on one core.

    python benchmarks/scale.py [--people 362000000] [--crises 30] [--months 120] [--incidence X] [--donors N]
    python benchmarks/scale.py --extreme      # a billion people at low incidence, 600 months, 200 donors

Prints seconds, people ever trafficked and the peak memory of the process. Each crisis is `baseline` with its
share of the people, and staff, posts and budgets in proportion; all of them share the donors. Newcomers are newly
registered organisations, the same number in each crisis: one entry with a `count`, since they are alike (20,000 with
--extreme).
"""

from __future__ import annotations

import argparse
import resource
import time

from speed import scaled

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel

EXTREME = {"people": 10**9, "months": 600, "incidence": 1e-5, "donors": 200, "newcomers": 20_000}


def many_crises(
    people: int, crises: int, months: int, incidence: float | None = None, donors: int = 0, newcomers: int = 0
) -> Scenario:
    """Return `baseline` as so many crises that compete for the same donors, of whom there can be more."""
    base = load("baseline")
    whole = sum(wave.people for crisis in base.crises.values() for wave in crisis.arrivals.values())
    data = scaled(base, people / crises / whole).resolved()
    (crisis,) = data["crises"].values()
    setting = next(iter(crisis["settings"]))
    if newcomers:
        plain = {"kind": "newly_registered", "channel": "humanitarian", "setting": setting, "staff": 2, "vetted": False}
        crisis["organisations"]["newly registered"] = {**plain, "count": newcomers // crises}
    if incidence is not None:
        data["parameters"] = {**data.get("parameters", {}), "incidence": incidence}
    own = list(data["donors"].items())
    for k in range(max(0, donors - len(own))):
        name, donor = own[k % len(own)]
        parts = (donors - k % len(own) - 1) // len(own) + 1  # further ones, each with a part of the budget of one
        data["donors"][f"{name} {k}"] = {**donor, "budget": _part(donor["budget"], parts)}
    data |= {"crises": {f"crisis {n:02d}": crisis for n in range(1, crises + 1)}, "months": months, "spin_up": 0}
    for donor in data["donors"].values():
        donor["budget"] = _part(donor["budget"], 1 / crises)
    return Scenario.parse(data, "the world's people in need")


def _part(budget: float | dict[str, float], parts: float) -> float | dict[str, float]:
    return {year: b / parts for year, b in budget.items()} if isinstance(budget, dict) else budget / parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=362_000_000)
    parser.add_argument("--crises", type=int, default=30)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--incidence", type=float)
    parser.add_argument("--donors", type=int, default=0)
    parser.add_argument("--newcomers", type=int, default=0)
    parser.add_argument("--extreme", action="store_true")
    asked = vars(parser.parse_args())
    if asked.pop("extreme"):
        asked |= EXTREME
    scenario = many_crises(**asked)
    began = time.perf_counter()
    model = CycleModel(scenario, seed=1).run()
    model.observations.tables()
    seconds = time.perf_counter() - began
    ever = sum(int(crisis.engine.reached().sum()) for crisis in model.crises.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{seconds:.1f} s, {ever:,} people ever trafficked, peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
