"""Time the model on one core.

    python benchmarks/speed.py [--rounds N] [--profile]

Whole worlds, tables included, medians over rounds that take every case in turn. `baseline x 10` has ten times
the people, the staff, the posts and the budgets; `same people trafficked` has ten times the people in need at a
tenth of the incidence.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Sequence

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel

WHOLE = ("staff", "caseworkers", "investigators", "assistance_places", "people", "budget")


def scaled(scenario: Scenario, factor: float, names: Sequence[str] = WHOLE) -> Scenario:
    """Return a scenario with people, staff, posts and budgets multiplied; organisations and donors stay as many.

    What changes and interventions set or add is multiplied too; what they scale is not. `names` are the entries
    multiplied.
    """

    def grow(value: object, path: str = "") -> object:
        whole = [part in names for part in path.split(".")]
        if isinstance(value, dict):
            return {name: grow(entry, f"{path}.{name}") for name, entry in value.items()}
        if isinstance(value, int | float) and any(whole[-2:]) and ".scale." not in path:
            return round(value * factor) if path.endswith(".people") else value * factor
        return value

    return Scenario.parse(grow(scenario.resolved()), scenario.name)  # type: ignore[arg-type]


def cases() -> dict[str, Scenario]:
    baseline, small = load("baseline"), load("small")
    ten = scaled(baseline, 10)
    return {
        "small": small,
        "baseline, 1 million x 120 months (after 36 of spin-up)": baseline,
        "baseline without spin-up": baseline.with_values({"spin_up": 0}),
        "baseline x 10": ten,
        "same people trafficked, 10 million in need": ten.with_values(
            {"incidence": baseline.parameter("incidence") / 10}
        ),
        "ukraine-2022, 17 million x 48 months": load("ukraine-2022"),
    }


def once(scenario: Scenario, seed: int) -> float:
    began = time.perf_counter()
    CycleModel(scenario, seed=seed).run().observations.tables()
    return time.perf_counter() - began


def profile(scenario: Scenario) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(once, scenario, 1)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(r"crisis|measures|donors|cycle", 25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="say where the time of baseline goes")
    arguments = parser.parse_args()
    worlds = cases()
    once(worlds["small"], 1)  # imports and caches
    times: dict[str, list[float]] = {name: [] for name in worlds}
    for seed in range(1, arguments.rounds + 1):
        for name, scenario in worlds.items():
            times[name].append(once(scenario, seed))
    for name, seconds in times.items():
        print(f"{statistics.median(seconds):8.3f} s  (min {min(seconds):.3f}, max {max(seconds):.3f})  {name}")
    if arguments.profile:
        profile(worlds["baseline, 1 million x 120 months (after 36 of spin-up)"])


if __name__ == "__main__":
    main()
