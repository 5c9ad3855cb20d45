"""Time the model on one core.

    python benchmarks/speed.py [--rounds N] [--profile]

Whole worlds, tables included, medians over rounds that take every case in turn. `baseline / 20` has a twentieth of
the people, the staff, the posts and the budgets; `same people trafficked` has as few people in need at twenty times the
incidence.
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

WHOLE = ("staff", "reception", "caseworkers", "investigators", "specialists", "assistance_places", "people", "budget")
_SHARES = ("lines", "line_mix")  # of money: entries that have the names of posts


def scaled(scenario: Scenario, factor: float, names: Sequence[str] = WHOLE) -> Scenario:
    """Return a scenario with people, staff, posts and budgets multiplied; organisations and donors stay as many.

    What changes and interventions set or add is multiplied too; what they scale is not. `names` are the entries
    multiplied.
    """

    def grow(value: object, path: str = "") -> object:
        whole = [part in names for part in path.split(".")]
        if isinstance(value, dict):
            return {name: grow(entry, f"{path}.{name}") for name, entry in value.items()}
        if any(part in _SHARES for part in path.split(".")) or ".scale." in path or isinstance(value, bool):
            return value
        if isinstance(value, int | float) and any(whole[-2:]):
            return round(value * factor) if path.endswith(".people") else value * factor
        return value

    return Scenario.parse(grow(scenario.resolved()), scenario.name)  # type: ignore[arg-type]


def cases() -> dict[str, tuple[Scenario, bool]]:
    """Return the worlds timed, and whether as expected values (the twin)."""
    baseline, small = load("baseline"), load("small")
    million = scaled(baseline, 1 / 20)
    at_once = baseline.with_values({"spin_up": 0})
    one_by_one = {
        "small": small,
        "baseline, 20 million x 120 months (after 120 of spin-up)": baseline,
        "baseline without spin-up": at_once,
        "baseline / 20": million,
        "same people trafficked, 1 million in need": million.with_values(
            {"incidence": 20 * baseline.parameter("incidence")}
        ),
        "ukraine-2022, 42 million x 48 months": load("ukraine-2022"),
    }
    twins = {
        "twin of baseline": baseline,
        "twin of baseline without spin-up": at_once,
        "twin of ukraine-2022": one_by_one["ukraine-2022, 42 million x 48 months"],
    }
    return {n: (s, False) for n, s in one_by_one.items()} | {n: (s, True) for n, s in twins.items()}


def once(scenario: Scenario, seed: int, twin: bool = False) -> float:
    began = time.perf_counter()
    CycleModel(scenario, seed=seed, twin=twin).run().observations.tables()
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
    once(worlds["small"][0], 1)  # imports and caches
    times: dict[str, list[float]] = {name: [] for name in worlds}
    for seed in range(1, arguments.rounds + 1):
        for name, (scenario, twin) in worlds.items():
            times[name].append(once(scenario, seed, twin))
    for name, seconds in times.items():
        print(f"{statistics.median(seconds):8.3f} s  (min {min(seconds):.3f}, max {max(seconds):.3f})  {name}")
    if arguments.profile:
        profile(load("baseline"))


if __name__ == "__main__":
    main()
