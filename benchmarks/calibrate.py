"""Calibrate default parameters inside their ranges: what each does to the targets, and a search for better ones.

    python benchmarks/calibrate.py [--rounds N] [--step 0.1] [--parameters NAME ...]

The misfit is the sum over the quantities of targets T1 to T4, T6 to T9 and T12 to T14 of ((measured - middle) / half
width of the tolerance)^2, cut off at 9 so that one hopeless target does not drive the rest. All are measured on the
twin (no luck, so that a difference is the parameter's doing); T15 needs luck and is left to `cyclesim validate`. A
round moves each parameter up and down by a step of its range, on the scale of the range, and keeps what lowers the
misfit. It prints a table and changes no file: whoever takes values over from it states so in parameters.yaml.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping

import numpy as np

from cyclesim.analysis import measuring, trials
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import TARGETS
from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run, simulate

FREE = (
    "incidence", "self_report", "contact", "sensitivity_untrained", "know_untrained", "training_background",
    "access_displaced", "investigation", "lens", "coverage_outside", "reception_outside", "half_belief",
    "naive_detection_share", "trust_gain", "language_barrier", "local_recovery_months",
)  # fmt: skip
VARIANTS = ("base", "strong", "capacity cut", "no back end", "full back end")
WORST = 9.0


def measured(values: Mapping[str, float]) -> dict[str, list[float]]:
    """Return the quantities of each target, in the order of the targets' own list."""
    base = load("baseline").with_values(values)
    tens = Worlds(simulate([s for s in trials.family(base) if s.name in VARIANTS], twin=True))
    shocked, month = trials.shock(base)
    shock = Worlds(simulate([_with(shocked, values)], twin=True))
    forgetting = run(trials.forgetting(base), twin=True)
    found = {
        **measuring.of_people(tens),
        **measuring.of_money(tens),
        **measuring.of_shock(shock, month),
        **measuring.of_capacity(tens, forgetting),
        **measuring.of_the_found([run(tens.scenario("base"), twin=True)]),
    }
    return {name: [float(np.mean(v)) for v in row if not isinstance(v, str)] for name, row in found.items()}


def _with(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return the scenario under values it does not state itself."""
    return scenario.with_values({name: v for name, v in values.items() if name not in scenario.stated})


def misfits(found: Mapping[str, list[float]]) -> dict[str, float]:
    """Return the misfit of each target."""
    result = {}
    for target in TARGETS:
        if target.id in found and len(found[target.id]) == len(target.quantities):
            pairs = zip(found[target.id], target.quantities, strict=True)
            result[target.id] = sum(_misfit(value, q.low, q.high) for value, q in pairs)
    return result


def _misfit(value: float, low: float, high: float) -> float:
    if math.isinf(high):
        return 0.0 if value >= low else WORST
    return min(((value - (low + high) / 2) / ((high - low) / 2)) ** 2, WORST)


def moved(name: str, value: float, step: float) -> float:
    """Return a value moved by a part of its range, on the scale of the range and inside it."""
    quantity = parameters()[name]
    assert quantity.range is not None
    low, high = quantity.range
    if quantity.scale == "log":
        return float(np.clip(value * (high / low) ** step, low, high))
    return float(np.clip(value + step * (high - low), low, high))


def search(names: tuple[str, ...], rounds: int, step: float) -> None:
    """Print the misfit at the defaults, what each parameter does to it, and the values that a search ends with."""
    values = {name: float(parameters()[name].value) for name in names}
    best = misfits(measured(values))
    print("defaults:", _line(best))
    for number in range(rounds):
        for name in names:
            for way in (step, -step):
                trial = {**values, name: moved(name, values[name], way)}
                if trial == values:
                    continue
                found = misfits(measured(trial))
                better = sum(found.values()) < sum(best.values())
                print(f"round {number + 1} {name} = {trial[name]:.4g}: {sum(found.values()):.2f}{' kept' * better}")
                if better:
                    values, best = trial, found
    print("\nfound:", _line(best))
    for name, value in values.items():
        print(f"  {name}: {parameters()[name].value:g} -> {value:.4g}")


def _line(found: Mapping[str, float]) -> str:
    parts = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    return f"misfit {sum(found.values()):.2f} ({parts})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--step", type=float, default=0.1)
    parser.add_argument("--parameters", nargs="*", default=FREE, choices=sorted(parameters()))
    arguments = parser.parse_args()
    search(tuple(arguments.parameters), arguments.rounds, arguments.step)
