"""When capture-recapture works at all: simulated lists of known truth, against the evidence and the stated coverage."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from capture import published
from cyclesim.estimation.closed import chao
from cyclesim.estimation.histories import Counts

TABLES = 400


def lists_like_the_uk(people, share, seed):
    """Return tables of six independent lists with sizes in the proportions of the UK's, this share identified."""
    sizes = published("uk-6-lists").margins[[1 << k for k in range(6)]]
    relative = sizes / sizes.max()
    scale = brentq(lambda s: 1 - np.prod(1 - s * relative) - share, 0, 1)
    cell = np.arange(64)[:, None] >> np.arange(6) & 1
    chances = np.prod(np.where(cell == 1, scale * relative, 1 - scale * relative), axis=1)
    drawn = np.random.default_rng(seed).multinomial(people, chances, size=TABLES).astype(float)
    drawn[:, 0] = 0
    return [Counts(tuple("ABCDEF"), cells) for cells in drawn]


@pytest.mark.parametrize(
    ("people", "share", "no_overlap", "median"),
    [
        (500, 0.02, 0.92, None),
        (500, 0.05, 0.63, None),
        (500, 0.10, 0.12, 0.85),
        (2000, 0.02, 0.75, None),
        (2000, 0.05, 0.15, 0.81),
        (2000, 0.10, 0.00, 1.19),
        (8000, 0.02, 0.32, None),
        (8000, 0.05, 0.00, 1.16),
    ],
)
def test_below_a_few_per_cent_the_lower_bound_is_in_the_trap_too(people, share, no_overlap, median):
    """Another program's table of the same question (bias-corrected Chao): no overlap, and an estimate far too low.

    Where many tables have no overlap the two programs differ (this one follows the formula, n + f1 (f1 - 1) / 2 there):
    then only that the median is below 0.8 of the truth is held.
    """
    tables = lists_like_the_uk(people, share, seed=people)
    without = np.mean([counts.observed == counts.on[1] for counts in tables])
    totals = [chao(counts, corrected=True).total / people for counts in tables]
    assert without == pytest.approx(no_overlap, abs=4 * np.sqrt(0.25 / TABLES))
    if median is None:
        assert np.median(totals) < 0.8
    else:
        assert np.median(totals) == pytest.approx(median, rel=0.15)


def test_the_standard_error_of_the_corrected_bound_is_its_spread():
    tables = lists_like_the_uk(8000, 0.15, seed=1)
    answers = [chao(counts, corrected=True) for counts in tables]
    spread = np.std([answer.total for answer in answers])
    assert np.median([answer.error for answer in answers]) == pytest.approx(spread, rel=0.2)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("world", "method"), [("independent", "independence"), ("one pair depends", "stepwise")])
def test_intervals_hold_the_truth_of_20_tables(world, method):
    """With coverage 0.95, fewer than 15 of 20 happen once in 3,000 times; stepwise needs 10,000 people for it."""
    path = Path(__file__).parents[2] / "benchmarks" / "list_coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_script", path)
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script  # dataclasses look their module up
    spec.loader.exec_module(script)
    people, odds = 10_000, script.ODDS[world]
    estimates = [script.one(seed, people, odds, method, 100) for seed in range(20)]
    assert script.coverage(estimates, people).held >= 0.75
