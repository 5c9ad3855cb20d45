"""Count worlds per second on one core: alone, and as runs of a design, against a bare loop.

    python benchmarks/worlds.py [--rounds N] [--worlds N]

`baseline-0.3.yaml` is the baseline of version 0.3, kept for timing: a million people, 120 months after 36 of spin-up.
The bare loop builds each world and runs it; `simulate` draws all inputs with a range, checks the scenario, runs it and
keeps the totals. Medians over rounds that take every case in turn, processor time of one process.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cyclesim as cs

FROZEN = Path(__file__).with_name("baseline-0.3.yaml")
AIMS = {  # of design/engine: seconds a world
    "baseline of 0.3, twin, alone": 0.006,
    "baseline of 0.3, ledger, alone": 0.060,
    "small, ledger, alone": 0.005,
    "baseline of 0.3, twin, in a design": 0.0072,
    "small, ledger, in a design": 1 / 150,
}
"""Wanted seconds of a world; 100,000 twins in six minutes on two cores are 7.2 ms each."""


def alone(scenario: cs.Scenario, number: int, twin: bool) -> None:
    """Run worlds one after the other."""
    for seed in range(1, number + 1):
        model = cs.CycleModel(scenario, seed=seed, twin=twin).run()
        model.observations.tables()
        model.close()


def design(scenario: cs.Scenario, number: int, twin: bool) -> None:
    """Run as many worlds of a design of draws, in this process."""
    cs.simulate([scenario], design=cs.sample([scenario], n=number), twin=twin, workers=1)


class Own(cs.Donor):
    """A donor in plain Python that does what all do."""

    def wanted_coverage(self, belief, attention, p):  # type: ignore[no-untyped-def]  # noqa: D102
        return super().wanted_coverage(belief, attention, p)


def with_own_donor(scenario: cs.Scenario, number: int, twin: bool) -> None:
    """Run worlds whose donors are of a class of one's own."""
    for seed in range(1, number + 1):
        model = cs.CycleModel(scenario, seed=seed, twin=twin, donor=Own).run()
        model.observations.tables()
        model.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worlds", type=int, default=8)
    asked = parser.parse_args()
    worlds = {"baseline of 0.3": cs.load(FROZEN), "small": cs.load("small")}
    ways: dict[str, Callable[[cs.Scenario, int, bool], None]] = {
        "alone": alone,
        "in a design": design,
        "with a donor of one's own": with_own_donor,
    }
    cases = {
        f"{name}, {'twin' if twin else 'ledger'}, {way}": (scenario, twin, run)
        for name, scenario in worlds.items()
        for twin in (True, False)
        for way, run in ways.items()
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(asked.rounds + 1):
        for name, (scenario, twin, run) in cases.items():
            began = time.process_time()
            run(scenario, asked.worlds, twin)
            if turn:  # the first compiles and imports
                times[name].append((time.process_time() - began) / asked.worlds)
    for name, seconds in times.items():
        middle, aim = statistics.median(seconds), AIMS.get(name)
        judged = (
            f"wanted {1e3 * aim:.1f} ms: {'met' if middle <= aim else f'missed, {middle / aim:.1f} times'}"
            if aim
            else ""
        )
        print(f"{1e3 * middle:8.2f} ms  {1 / middle:7.1f} worlds a second  {name:38} {judged}")


if __name__ == "__main__":
    main()
