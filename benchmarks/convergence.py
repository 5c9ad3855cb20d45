"""Hold the individual ledger against its twin while the world grows: whether it converges, and how fast.

    python benchmarks/convergence.py [--seeds 20 12 8] [--scenarios NAME ...]

People, staff, posts, assistance places and budgets grow together, organisations and donors stay as many. Each
scenario runs with 10^5, 10^6 and 10^7 people; its shares, pooled over all months reported, are taken relative to the
twin of the same seed: recording practice and the line in the plan are keyed paths that both follow. Noise is their
standard deviation over seeds, bias their mean; the error is the root mean square of both. The slope of the noise
should be -0.5 +- 0.1 in log N. Bias is what nonlinear functions of small counts, whole places and whole people leave;
it is no noise and is reported apart.

So that every share has events behind it in the smallest world, `--crowd` multiplies the incidence (which stays within
its range), the reception posts, the caseworkers and the assistance places: by 4, by 10 in `ukraine-2022` and by 25 in
`baseline`, where few are found. At most 48 months are reported, after at most 24. `--crowd 1` multiplies nothing.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np
from speed import scaled

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel

SIZES = (100_000, 1_000_000, 10_000_000)
SCENARIOS = (
    "baseline",
    "ukraine-2022",
    "back-end-capacity",  # the queue leaves overload: every referral is answered in the end
    "r13-trafficking-in-all-assessments",  # more referrals come before a queue that is full
    "flexible-funding",  # money moves, and follows the bottlenecks that responders report
)
CROWDED = {"ukraine-2022": 10.0, "baseline": 25.0}  # all others: 4
MONTHS, SPIN_UP = 48, 24
RESOLVED = 2e-4  # noise below this, relative, is none: the share is at its bound
SHARES = ("true prevalence", "detected share", "answered share", "trust", "believed prevalence", "coverage")


def shares(scenario: Scenario, seed: int, twin: bool) -> tuple[np.ndarray, float]:
    """Return the shares of one world, and the events behind the rarest of them (referrals settled)."""
    model = CycleModel(scenario, seed=seed, twin=twin).run()
    table = model.observations.tables()["months"]
    model.close()
    settled = table["answered"].sum() + table["lapsed"].sum()
    means = [table[name].mean() for name in ("true_prevalence", "detected_share", "trust", "believed_prevalence")]
    covered = table["disbursed_cents"].sum() / table["requirement_cents"].sum()
    answered = table["answered"].sum() / max(settled, 1)
    return np.array([*means[:2], answered, *means[2:], covered]), float(settled)


def world_of(name: str, people: int, crowd: float | None) -> Scenario:
    """Return a scenario with so many people in need, and so many times the cases."""
    base = load(name)
    crowd = CROWDED.get(name, 4.0) if crowd is None else crowd
    whole = sum(wave.people for crisis in base.crises.values() for wave in crisis.arrivals.values() if wave.in_need)
    crowded = scaled(base, crowd, ("reception", "caseworkers", "assistance_places")).with_values(
        {
            "incidence": base.parameter("incidence") * crowd,
            "months": min(base.months, MONTHS),
            "spin_up": min(base.spin_up, SPIN_UP),
        }
    )
    return scaled(crowded, people / whole)


def errors(name: str, people: int, seeds: int, crowd: float | None = None) -> tuple[np.ndarray, float]:
    """Return the shares of the ledger over those of the twin, less 1: shape (seeds, shares); and mean events."""
    world = world_of(name, people, crowd)
    numbers = range(1, seeds + 1)
    expected = np.array([shares(world, seed, twin=True)[0] for seed in numbers])
    found = [shares(world, seed, twin=False) for seed in numbers]
    return np.array([values for values, _ in found]) / expected - 1.0, float(np.mean([count for _, count in found]))


def slope(values: np.ndarray, seeds: list[int]) -> tuple[np.ndarray, float]:
    """Return the slope of log values, shape (sizes, shares), in log N, and its standard error from the seeds.

    NaN where nothing is left to have a slope: a share that is at its bound in the large world has no noise.
    """
    x = np.log(SIZES) - np.mean(np.log(SIZES))
    weights = x / (x**2).sum()
    error = math.sqrt((weights**2 / (2.0 * (np.array(seeds) - 1))).sum())
    kept = (values > RESOLVED).all(axis=0)
    return np.where(kept, weights @ np.log(np.maximum(values, RESOLVED)), np.nan), error


def study(name: str, seeds: list[int], crowd: float | None) -> None:
    """Print the table of one scenario."""
    results = [errors(name, people, number, crowd) for people, number in zip(SIZES, seeds, strict=True)]
    noise = np.array([table.std(axis=0, ddof=1) for table, _ in results])
    bias = np.array([table.mean(axis=0) for table, _ in results])
    error = np.array([np.sqrt((table**2).mean(axis=0)) for table, _ in results])
    (steep, wide), (steep_error, _) = slope(noise, seeds), slope(error, seeds)
    print(f"\n{name}: referrals settled a run {', '.join(f'{events:,.0f}' for _, events in results)}")
    print(
        f"{'share':20s} {'noise at 10^5, 10^6, 10^7 (%)':>30s} {'slope':>14s} {'bias (%)':>24s} {'slope of error':>15s}"
    )
    for k, share in enumerate(SHARES):
        parts = " ".join(f"{100 * value:9.3f}" for value in noise[:, k])
        biases = " ".join(f"{100 * value:+7.2f}" for value in bias[:, k])
        slopes = f"{steep[k]:+8.2f}+-{wide:.2f}" if np.isfinite(steep[k]) else "no noise left"
        also = f"{steep_error[k]:+15.2f}" if np.isfinite(steep_error[k]) else ""
        print(f"{share:20s} {parts:>30s} {slopes:>14s} {biases:>24s} {also:>15s}")
    mean = np.nanmean(steep)
    verdict = f"{np.nanmean(steep_error):+15.2f}  {'within' if abs(mean + 0.5) <= 0.1 else 'outside'} -0.5 +- 0.1"
    print(f"{'mean':20s} {'':30s} {mean:+8.2f}+-{wide:.2f} {'':24s} {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs=3, default=[20, 12, 8], help="worlds of each size")
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    parser.add_argument(
        "--crowd", type=float, help="factor on incidence and casework (default: 4; ukraine-2022: 10, baseline: 25)"
    )
    arguments = parser.parse_args()
    began = time.perf_counter()
    for name in arguments.scenarios:
        study(name, arguments.seeds, arguments.crowd)
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
