"""How often the 95 % interval of an estimator holds the truth: simulated tables of four lists.

    python benchmarks/list_coverage.py --tables 200

Two worlds: independent lists, and lists of which the second finds people on the first more easily (odds times 3).
Two sizes: about 200 and about 2,000 people observed, a fifth of all. Printed for each estimator: the share of tables
whose interval holds the truth (with its standard error), the median of estimate over truth, the middle width of
the interval over the truth, and the share of refusals.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from cyclesim.estimation.bootstrap import with_interval
from cyclesim.estimation.histories import Counts, Estimate

CHANCES = (0.09, 0.06, 0.05, 0.03)
ODDS = {"independent": 1.0, "one pair depends": 3.0}
PEOPLE = (1_000, 10_000)
METHODS = ("independence", "stepwise", "bic", "chao")


@dataclass(frozen=True)
class Coverage:
    """What came of one estimator in one world."""

    held: float
    error: float
    median: float
    width: float
    refused: float


def table(people: int, odds: float, seed: int) -> Counts:
    """Return a simulated table: who of so many people is on which of four lists."""
    rng = np.random.default_rng([people, round(1000 * odds), seed])
    on = rng.random((people, len(CHANCES))) < CHANCES
    raised = odds * CHANCES[1] / (1 - CHANCES[1])
    on[:, 1] = np.where(on[:, 0], rng.random(people) < raised / (1 + raised), on[:, 1])
    cells = np.bincount(on @ (1 << np.arange(len(CHANCES))), minlength=1 << len(CHANCES)).astype(np.float64)
    cells[0] = 0
    return Counts(("A", "B", "C", "D"), cells)


def one(seed: int, people: int, odds: float, method: str, replicates: int) -> Estimate:
    """Return the estimate of one table, with its interval."""
    return with_interval(table(people, odds, seed), method, replicates, seed)


def coverage(estimates: list[Estimate], people: int) -> Coverage:
    """Return how often the interval holds the truth; a refusal holds nothing."""
    limits = [(low, math.inf if high is None else high) for low, high in (e.interval for e in estimates if e.interval)]
    totals = [e.estimate for e in estimates if e.estimate is not None]
    held = sum(low <= people <= high for low, high in limits) / len(estimates)
    return Coverage(
        held=held,
        error=math.sqrt(held * (1 - held) / len(estimates)),
        median=float(np.median(totals)) / people if totals else math.nan,
        width=float(np.median([high - low for low, high in limits])) / people if limits else math.nan,
        refused=1 - len(totals) / len(estimates),
    )


def measure(
    tables: int, replicates: int, methods: tuple[str, ...], workers: int
) -> Iterator[tuple[str, int, str, Coverage]]:
    """Yield world, people, method and coverage."""
    with ProcessPoolExecutor(workers) as pool:
        for people in PEOPLE:
            for world, odds in ODDS.items():
                for method in methods:
                    job = partial(one, people=people, odds=odds, method=method, replicates=replicates)
                    yield world, people, method, coverage(list(pool.map(job, range(tables))), people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--replicates", type=int, default=300)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print(f"{asked.tables} tables, {asked.replicates} replicates; the truth is 1,000 or 10,000 people")
    print(
        f"{'lists':<17}{'people':>8}  {'estimator':<13}{'coverage':>14}"
        f"{'median/truth':>14}{'width/truth':>13}{'refused':>9}"
    )
    for world, people, method, got in measure(asked.tables, asked.replicates, tuple(asked.methods), asked.workers):
        held = f"{got.held:.3f} ± {got.error:.3f}"
        print(
            f"{world:<17}{people:>8,}  {method:<13}{held:>14}{got.median:>14.2f}{got.width:>13.2f}{got.refused:>9.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
