"""Repeated experiments: that intervals hold what they say, and that nothing is named where nothing matters.

    python benchmarks/repeated.py                   # all of them; docs/statistics.md has the last result
    python benchmarks/repeated.py clear --times 50  # one of them, roughly

Each experiment draws a new truth each time, asks the package's own code, and counts how often it is right. The exact
interval of that share (Clopper and Pearson 1934) stands beside it, and what is demanded.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

import cyclesim as cs
from cyclesim.analysis import discovery, indices, portfolio, voi
from cyclesim.intervals import Spread
from cyclesim.worlds.precision import LEVEL, Rule, half_widths, replications_needed
from cyclesim.worlds.samplers import _saltelli

Floats = NDArray[np.float64]
INPUTS, DRAWS, ACTIVE = 20, 256, 3


def luck(rng: np.random.Generator, size: tuple[int, ...]) -> Floats:
    """Return paired differences around zero whose shape is itself drawn: normal, of few people, or with heavy tails."""
    kind = rng.integers(4)
    if kind == 0:
        return rng.standard_normal(size)
    if kind == 1:  # differences of counts
        rate = rng.uniform(2, 50)
        return (rng.poisson(rate, size) - rng.poisson(rate, size)).astype(float)
    if kind == 2:
        return rng.standard_t(5, size)
    shape = rng.uniform(2, 10)  # skewed to one side
    return (rng.gamma(shape, size=size) - shape) * rng.choice([-1.0, 1.0])


def mean_held(rng: np.random.Generator, worlds: int) -> bool:
    """Return whether the interval of a mean holds it."""
    truth = rng.normal(0, 5)
    found = Spread.of(truth + luck(rng, (worlds,)))
    return found.mean_low <= truth <= found.mean_high


def world_held(rng: np.random.Generator, worlds: int) -> bool:
    """Return whether the interval of a further world holds one."""
    values = luck(rng, (worlds + 1,))
    found = Spread.of(values[1:])
    return found.low <= values[0] <= found.high


def nested(rng: np.random.Generator, draws: int, replications: int) -> tuple[Floats, NDArray[np.int64], float, float]:
    """Return worlds of several draws, the draw of each, their true mean, and a new world of a new draw."""
    truth, weight = rng.normal(0, 5), rng.uniform(0, 3)
    inputs, within = weight * luck(rng, (draws + 1, 1)), luck(rng, (draws + 1, replications))
    values = truth + inputs + within
    return values[1:].ravel(), np.repeat(np.arange(draws), replications), truth, float(values[0, 0])


def nested_mean_held(rng: np.random.Generator) -> bool:
    values, draw, truth, _ = nested(rng, 30, 5)
    found = Spread.of(values, draw)
    return found.mean_low <= truth <= found.mean_high


def nested_world_held(rng: np.random.Generator) -> bool:
    values, draw, _, new = nested(rng, 39, 5)
    found = Spread.of(values, draw)
    return found.low <= new <= found.high


def crossed(rng: np.random.Generator) -> tuple[Floats, Floats, NDArray[np.int64], NDArray[np.int64], float]:
    """Return worlds of 40 draws and 20 lucks that all draws share, a world of another draw and luck, and the mean."""
    truth, weights = rng.normal(0, 5), rng.uniform(0, 3, 2)
    draws, lucks = weights[0] * luck(rng, (41, 1)), weights[1] * luck(rng, (1, 21))
    values = truth + draws + lucks + luck(rng, (41, 21))
    draw, replication = np.divmod(np.arange(800), 20)
    return values[1:, 1:].ravel(), values[0, 0], draw, replication, truth


def crossed_mean_held(rng: np.random.Generator) -> bool:
    values, _, draw, replication, truth = crossed(rng)
    found = Spread.of(values, draw, replication)
    return bool(found.mean_low <= truth <= found.mean_high)


def crossed_world_held(rng: np.random.Generator) -> bool:
    values, new, draw, replication, _ = crossed(rng)
    found = Spread.of(values, draw, replication)
    return bool(found.low <= new <= found.high)


def skewed_clear(rng: np.random.Generator, worlds: int) -> bool:
    """Return whether noise is called clear of which one world in a hundred decides the mean (lognormal)."""
    return Spread.of(np.exp(rng.standard_normal(worlds)) - math.exp(0.5)).clear


def noise_clear(rng: np.random.Generator, worlds: int) -> bool:
    """Return whether noise alone is called clear."""
    return Spread.of(luck(rng, (worlds,))).clear


def effect_clear(rng: np.random.Generator, worlds: int) -> bool:
    """Return whether an effect of three standard errors is called clear."""
    values = rng.standard_normal(worlds)
    return Spread.of(3.0 / math.sqrt(worlds) + values).clear


class Model:
    """Worlds of the model itself: the paired difference that a small change makes, beside the mean of very many."""

    pool: Floats = np.empty(0)

    @classmethod
    def values(cls) -> Floats:
        """Return person-months averted in each of many worlds."""
        if not cls.pool.size:
            base = cs.load("small").with_values({"months": 6, "spin_up": 2})
            other = base.with_values({"incidence": 0.8 * base.parameter("incidence")}).renamed("less")
            found = cs.compare(cs.simulate([base, other], replications=2000, workers=2))
            cls.pool = found.differences["person_months_exploited"].to_numpy(dtype=float)
        return cls.pool


def model_mean_held(rng: np.random.Generator) -> bool:
    pool = Model.values()
    found = Spread.of(rng.choice(pool, 8, replace=False))
    return found.mean_low <= pool.mean() <= found.mean_high


def model_world_held(rng: np.random.Generator) -> bool:
    chosen = rng.choice(Model.values(), 40, replace=False)
    found = Spread.of(chosen[1:])
    return found.low <= chosen[0] <= found.high


def rule_held(rng: np.random.Generator) -> bool | None:
    """Return whether the interval holds the mean when a sweep stops; None where it never says that it is enough."""
    truth = rng.uniform(0.3, 2.0)
    values = truth + rng.standard_normal(400)
    number = replications_needed(values, Rule.parse(f"identified: half-width {rng.uniform(0.15, 0.4):.2f}", 400))
    if number is None:
        return None
    return abs(values[:number].mean() - truth) <= half_widths(values)[number - 1]


def signal(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return inputs, noise, and an outcome that the first three inputs move, with 60 % of its variance."""
    x = rng.random((DRAWS, INPUTS))
    moved = (x[:, :ACTIVE] - 0.5).sum(axis=1) * math.sqrt(12)
    return x, rng.standard_normal(DRAWS), moved + math.sqrt(2) * rng.standard_normal(DRAWS)


def named_by_voi(x: Floats, y: Floats, seed: int) -> set[int]:
    benefits = np.column_stack([np.zeros(len(y)), y])
    bar = voi.best_of_nothing(benefits, x, seed)
    return {k for k in range(x.shape[1]) if voi.evppi(benefits, x[:, k]) > bar}


def named_by_bins(x: Floats, y: Floats, seed: int) -> set[int]:
    bar = indices.best_of_nothing(y, x, seed)
    return {k for k in range(x.shape[1]) if indices.binned(x[:, k], y) > bar}


def named_by_discovery(rng: np.random.Generator, planted: bool) -> set[int]:
    """Return what bounds the box found: of failures in a box of three inputs, 5 % of them told wrongly, or anywhere."""
    x = rng.random((DRAWS, INPUTS))
    fails = (x[:, :ACTIVE] < 0.65).all(axis=1) if planted else rng.random(DRAWS) < 0.2
    wrong = rng.random(DRAWS) < 0.05
    box = discovery.prim(x, fails ^ wrong, [str(k) for k in range(INPUTS)], int(rng.integers(1 << 30)))
    return {int(side.quantity) for side in box.restrictions}


def named_by_sobol(rng: np.random.Generator, active: int) -> set[int]:
    """Return the inputs that total indices name; luck is half as large as what inputs do."""
    unit = _saltelli(INPUTS, 64, int(rng.integers(1 << 30)))
    moved = (unit[:, :active] - 0.5).sum(axis=1) * math.sqrt(12)
    values = moved[:, None] + 0.7 * rng.standard_normal((len(unit), 4))
    blocks = values.reshape(INPUTS + 2, 64, 4)
    found = indices.sobol(blocks[0], blocks[1], blocks[2:], seed=int(rng.integers(1 << 30)))
    return set(np.flatnonzero(found.named).tolist())


Named = Callable[[Floats, Floats, int], set[int]]


def of_null(named: Named) -> Callable[[np.random.Generator], bool]:
    def one(rng: np.random.Generator) -> bool:
        x, noise, _ = signal(rng)
        return bool(named(x, noise, int(rng.integers(1 << 30))))

    return one


def of_signal(named: Named) -> Callable[[np.random.Generator], bool]:
    def one(rng: np.random.Generator) -> bool:
        x, _, moved = signal(rng)
        return set(range(ACTIVE)) <= named(x, moved, int(rng.integers(1 << 30)))

    return one


def use_named(rng: np.random.Generator, gain: float) -> bool:
    """Return whether a use of money is named, of twelve that share what draws do and vary unlike; the first gains."""
    drawn = rng.standard_normal((40, 1)) + rng.uniform(0.5, 1.5, 12) * rng.standard_normal((40, 12))
    drawn[:, 0] += gain
    return bool((portfolio._leads(drawn) > portfolio.best_of_alike(drawn, int(rng.integers(1 << 30)))).any())


@dataclass(frozen=True)
class Experiment:
    """A claim, how to try it once, and what its share must be: at least, or at most (0 and 1: it is only told)."""

    claim: str
    once: Callable[[np.random.Generator], bool | None]
    least: float = 0.0
    most: float = 1.0


EXPERIMENTS = {
    "mean": [
        Experiment(f"95 % interval of a mean, {n} worlds", lambda rng, n=n: mean_held(rng, n), least=0.85)
        for n in (3, 5, 10, 20, 60)
    ]
    + [
        Experiment("95 % interval of a mean, 30 draws of 5 worlds", nested_mean_held, least=0.85),
        Experiment("95 % interval of a mean, 40 draws with 20 shared lucks", crossed_mean_held, least=0.85),
        Experiment("95 % interval of a mean, 8 worlds of the model", model_mean_held, least=0.85),
    ],
    "world": [
        Experiment(f"interval of a further world, {n} worlds", lambda rng, n=n: world_held(rng, n), least=0.85)
        for n in (19, 40, 200)
    ]
    + [
        Experiment("interval of a further world, 39 draws of 5 worlds", nested_world_held, least=0.85),
        Experiment("interval of a further world, 40 draws with 20 shared lucks", crossed_world_held, least=0.85),
        Experiment("interval of a further world, 39 worlds of the model", model_world_held, least=0.85),
    ],
    "clear": [
        Experiment(f"noise called clear, {n} worlds", lambda rng, n=n: noise_clear(rng, n), most=0.05)
        for n in (2, 3, 5, 10, 40)
    ]
    + [
        Experiment(f"three standard errors called clear, {n} worlds", lambda rng, n=n: effect_clear(rng, n), least=0.75)
        for n in (30, 100)
    ],
    "skewed": [
        Experiment(f"skewed noise called clear, {n} worlds", lambda rng, n=n: skewed_clear(rng, n))
        for n in (5, 20, 100)
    ],
    "stop": [Experiment(f"{100 * LEVEL:.0f} % interval where a sweep stops", rule_held, least=0.93)],
    "named": [
        *(
            Experiment(f"{what} names something in noise", of_null(named), most=0.05)
            for what, named in (("voi", named_by_voi), ("bins", named_by_bins))
        ),
        Experiment("discover names something in noise", lambda rng: bool(named_by_discovery(rng, False)), most=0.05),
        Experiment(
            "Sobol indices name one of 19 idle inputs", lambda rng: bool(named_by_sobol(rng, 1) - {0}), most=0.05
        ),
        Experiment("portfolio names one of 12 uses that are alike", lambda rng: use_named(rng, 0.0), most=0.05),
        *(
            Experiment(f"{what} names the three that matter of 20", of_signal(named), least=0.90)
            for what, named in (("voi", named_by_voi), ("bins", named_by_bins))
        ),
        Experiment("discover names a box of three of 20", lambda rng: named_by_discovery(rng, True) >= {0, 1, 2}, 0.90),
        Experiment("Sobol indices name the three of 20", lambda rng: named_by_sobol(rng, 3) >= {0, 1, 2}, least=0.90),
        Experiment("portfolio names a use that gains one deviation", lambda rng: use_named(rng, 1.0), least=0.90),
    ],
}


def tried(experiment: Experiment, times: int, seed: int = 1) -> tuple[int, int]:
    """Return how often a claim was right, and out of how many."""
    found = [experiment.once(np.random.default_rng([seed, k])) for k in range(times)]
    return sum(one is True or one is np.True_ for one in found), sum(one is not None for one in found)


def agrees(experiment: Experiment, right: int, number: int) -> bool:
    """Return whether what was found is what is demanded.

    The exact 95 % interval of a cover or a power lies above the least demanded; that of a chance reaches the most that
    is allowed, and does not leave room for twice as much.
    """
    ends = binomtest(right, number).proportion_ci(0.95)
    if experiment.least:
        return bool(ends.low >= experiment.least - (0.05 if number < 200 else 0.0))
    return bool(ends.low <= experiment.most and ends.high <= max(2 * experiment.most, 20 / number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", choices=[[], *EXPERIMENTS], help="which of them (default: all)")
    parser.add_argument("--times", type=int, default=400, help="truths of each experiment (default: 400)")
    asked = parser.parse_args()
    print("| claim | right | of | share | exact 95 % interval | demanded | |\n|---|---|---|---|---|---|---|")
    for which in asked.which or EXPERIMENTS:
        for experiment in EXPERIMENTS[which]:
            right, number = tried(experiment, asked.times)
            ends = binomtest(right, number).proportion_ci(0.95)
            wanted = f"≥ {experiment.least:g}" if experiment.least else f"≤ {experiment.most:g}"
            wanted = "told" if not experiment.least and experiment.most == 1 else wanted
            said = "yes" if agrees(experiment, right, number) else "NO"
            share = f"{right / number:.3f} | {ends.low:.3f} to {ends.high:.3f}"
            print(f"| {experiment.claim} | {right} | {number} | {share} | {wanted} | {said} |", flush=True)


if __name__ == "__main__":
    main()
