"""Intervals: closed forms, what their ends hold, and what is told with them; and that they hold it, tried often."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp

from cyclesim.intervals import FEWEST, Spread, ends, ratio, who

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import repeated

numbers = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60)


@given(numbers)
def test_a_mean_has_the_interval_of_students_t(values):
    found = Spread.of(values)
    if np.ptp(values) > 1e-6 * (1 + abs(np.mean(values))):
        half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
        assert found.mean_high - found.mean == pytest.approx(half)
        assert found.clear == (ttest_1samp(values, 0).pvalue < 0.05)


@given(numbers, st.floats(0.01, 3).flatmap(lambda x: st.sampled_from([x, -x])))
def test_signs_and_units_carry_through(values, factor):
    found, turned = Spread.of(values), -Spread.of(values)
    assert turned == Spread.of([-x for x in values]) or turned.mean == pytest.approx(-found.mean)
    assert (turned.low, turned.high) == (-found.high, -found.low)
    scaled = Spread.of([factor * x for x in values])
    low, high = sorted((factor * found.low, factor * found.high))
    assert (scaled.low, scaled.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("n", "rank"), [(2, 1), (18, 1), (19, 1), (38, 1), (39, 2), (40, 2), (59, 3), (199, 10), (1000, 50)]
)
def test_ends_are_order_statistics_that_hold_nine_in_ten(n, rank):
    """A new world falls into each of the n + 1 gaps between n worlds alike; n + 1 - 2 r of them are inside."""
    low, high = ends(np.random.default_rng(1).permutation(np.arange(1.0, n + 1)))
    assert (low, high) == (rank, n + 1 - rank)
    if n >= FEWEST:
        assert (n + 1 - 2 * rank) / (n + 1) >= 0.90 - 1e-12
        assert (n + 1 - 2 * (rank + 1)) / (n + 1) < 0.90


def test_few_worlds_are_told_as_all():
    found = Spread.of([2, 4, 5, 6, 19])
    assert (found.low, found.high, found.who) == (2, 19, "all 5 worlds")
    assert found.whole
    assert Spread.of(np.arange(FEWEST)).who == "9 in 10 further worlds, judged by 19 worlds"
    assert who(400, 40) == "9 in 10 further worlds, judged by 400 worlds of 40 draws"
    assert who(400, 4) == "all 400 worlds of 4 draws"  # four draws are no sample of what is plausible


def test_one_world_has_no_interval_and_worlds_that_are_alike_prove_little():
    one = Spread.of([3.0])
    assert math.isnan(one.low)
    assert math.isnan(one.mean_low)
    assert not one.clear
    assert [Spread.of([2.0] * n).clear for n in (2, 5, 6)] == [False, False, True]
    assert not Spread.of([0.0] * 10).clear


def test_one_luck_that_all_draws_share_shows_no_mean():
    values = np.random.default_rng(1).standard_normal(64) + 10
    found = Spread.of(values, np.arange(64), np.zeros(64, dtype=int))
    assert math.isnan(found.error)
    assert not found.clear
    assert (found.low, found.high) == (values.min(), values.max())
    assert found.who == "all 64 worlds of 64 draws"


def test_the_points_of_a_grid_have_no_interval():
    found = Spread.of(np.arange(40.0) + 1, np.arange(40), sampled=False)
    assert not found.clear
    assert math.isnan(found.mean_low)
    assert (found.low, found.high) == (1, 40)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_never_clear(bad):
    with np.errstate(invalid="ignore"):
        assert not Spread.of([bad, 1.0, 2.0, 3.0]).clear


def test_a_ratio_of_means_has_the_interval_of_its_linearised_shares():
    """The delta method: the variance of part - ratio x whole over the squared mean of the whole."""
    rng = np.random.default_rng(3)
    whole = 10 + rng.standard_normal(50)
    part = 3 * whole + rng.standard_normal(50)
    found, share = Spread.of(ratio(part, whole)), part.mean() / whole.mean()
    assert found.mean == pytest.approx(share)
    error = np.std(part - share * whole, ddof=1) / math.sqrt(50) / whole.mean()
    assert found.error == pytest.approx(error)


def test_draws_are_the_units_where_there_are_any():
    """Five draws of 100 equal worlds say as much as five worlds."""
    values = np.repeat([1.0, 2.0, 4.0, 4.5, 7.0], 100)
    found, plain = Spread.of(values, np.repeat(np.arange(5), 100)), Spread.of([1.0, 2.0, 4.0, 4.5, 7.0])
    assert (found.mean, found.error) == pytest.approx((plain.mean, plain.error))
    assert (found.mean_low, found.low, found.high) == pytest.approx((plain.mean_low, plain.low, plain.high))
    assert (found.units, found.worlds) == (5, 500)


def test_luck_that_draws_share_adds_its_variance():
    rng = np.random.default_rng(2)
    draw, replication = np.divmod(np.arange(60), 6)
    values = rng.standard_normal(10)[draw] + rng.standard_normal(6)[replication]
    means = [np.array([values[of == k].mean() for k in np.unique(of)]) for of in (draw, replication)]
    error = math.hypot(*(m.std(ddof=1) / math.sqrt(len(m)) for m in means))
    found = Spread.of(values, draw, replication)
    one, two = (m.var(ddof=1) / len(m) for m in means)
    freedom = (one + two) ** 2 / (one**2 / 9 + two**2 / 5)  # Satterthwaite
    assert found.error == pytest.approx(error)
    assert found.units == 6
    assert found.mean_high - found.mean == pytest.approx(t.ppf(0.975, freedom) * error)


CHEAP = [e for e in (*repeated.EXPERIMENTS["mean"], *repeated.EXPERIMENTS["world"]) if "model" not in e.claim]


@pytest.mark.parametrize("experiment", [*CHEAP, *repeated.EXPERIMENTS["clear"]], ids=lambda e: e.claim)
def test_what_an_interval_says_holds_in_600_truths(experiment):
    assert repeated.agrees(experiment, *repeated.tried(experiment, 600, seed=2)), experiment.claim


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "experiment",
    [e for group in ("mean", "world", "stop", "named") for e in repeated.EXPERIMENTS[group] if e not in CHEAP],
    ids=lambda e: e.claim,
)
def test_what_costs_more_to_try_holds_too(experiment):
    """Once more than 200 are tried by the command of which docs/statistics.md has the last result."""
    assert repeated.agrees(experiment, *repeated.tried(experiment, 60, seed=2)), experiment.claim
