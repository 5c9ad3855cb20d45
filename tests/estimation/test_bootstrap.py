"""Bootstrap intervals: the tables they draw, their limits, and what published ones say."""

import numpy as np
import pytest

from capture import published, simulated
from cyclesim.errors import DesignError
from cyclesim.estimation import bootstrap
from cyclesim.estimation.histories import Counts
from cyclesim.estimation.methods import Options, estimate

COUNTS = simulated(2000, (0.2, 0.15, 0.1), seed=1)


def test_replicates_are_tables_of_the_same_people_on_average():
    drawn = bootstrap.resampled(COUNTS, 2000, 2000, seed=1)
    shares = COUNTS.cells / 2000
    error = np.sqrt(2000 * shares * (1 - shares) / 2000)
    assert (np.abs(drawn.mean(axis=0) - COUNTS.cells) <= 4 * error).all()
    observed = drawn.sum(axis=1)
    missed = 1 - COUNTS.observed / 2000
    assert observed.var() == pytest.approx(COUNTS.observed * missed, rel=0.15)
    assert (drawn == drawn.round()).all()
    assert drawn.min() == 0


def test_replicates_depend_on_seed_and_number_alone():
    few, many = (bootstrap.resampled(COUNTS, 2000, number, seed=1) for number in (5, 9))
    np.testing.assert_array_equal(few, many[:5])
    assert (few != bootstrap.resampled(COUNTS, 2000, 5, seed=2)).any()
    again = bootstrap.with_interval(COUNTS, "stepwise", 50, seed=3)
    assert again == bootstrap.with_interval(COUNTS, "stepwise", 50, seed=3)


def test_order_of_lists_changes_no_limit():
    table = {tuple(cell >> k & 1 for k in range(3)): int(COUNTS.cells[cell]) for cell in range(1, 8)}
    turned = Counts.of({history[::-1]: people for history, people in table.items()}, COUNTS.lists[::-1])
    one, two = (bootstrap.with_interval(counts, "stepwise", 40) for counts in (COUNTS, turned))
    assert one == two


def test_limits_without_bias_and_acceleration_are_percentiles():
    totals = np.arange(1.0, 1000.0)
    low, high = bootstrap.bca(totals, 500.0, acceleration=0.0)
    assert (low, high) == (pytest.approx(25), pytest.approx(975))


def test_limits_follow_a_monotone_change_of_scale():
    """BCa limits are those of the transformed replicates, transformed back, at order statistics."""
    totals = np.random.default_rng(1).gamma(4.0, size=999)
    low, high = bootstrap.bca(totals, 3.0, acceleration=0.05)
    logged = bootstrap.bca(np.log(totals), np.log(3.0), acceleration=0.05)
    assert (low, high) == (pytest.approx(np.exp(logged[0]), rel=0.02), pytest.approx(np.exp(logged[1]), rel=0.02))


def test_replicates_without_an_answer_leave_no_upper_limit():
    counts = Counts.of({(1, 0): 30, (0, 1): 25, (1, 1): 2})
    found = bootstrap.with_interval(counts, "lincoln-petersen", 300)
    low, high = found.interval
    assert high is None
    assert counts.observed <= low < found.estimate
    assert "without bound" in found.note
    finite = bootstrap.with_interval(counts, "chapman", 300)
    assert finite.interval[1] is not None


def test_a_refusal_has_no_interval():
    apart = Counts.of({(1, 0): 30, (0, 1): 25})
    assert bootstrap.with_interval(apart, "stepwise", 20) == estimate(apart, "stepwise")
    with pytest.raises(DesignError, match="replicates"):
        bootstrap.with_interval(COUNTS, "stepwise", 1)


@pytest.mark.parametrize("method", ["bic", "average"])
def test_choice_by_criterion_is_repeated_among_the_best_models(method, monkeypatch):
    assert "chooses" not in (bootstrap.with_interval(COUNTS, method, 10).note or "")  # among all 8 of them
    monkeypatch.setattr(bootstrap, "MODELS", 3)
    found = bootstrap.with_interval(COUNTS, method, 40)
    low, high = found.interval
    assert low < found.estimate < high
    assert "chooses among the 3 best models" in found.note
    one = Options(among=((),))
    assert bootstrap.with_interval(COUNTS, method, 40, options=one).estimate == pytest.approx(
        estimate(COUNTS, "independence").estimate
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_published_limits_of_the_uk():
    """SparseMSE on the five lists: 11,313 (9,233 to 15,043) in the documentation of MSETools (Binette 2021)."""
    limits = [bootstrap.with_interval(published("uk-5-lists"), "stepwise", 1000, seed).interval for seed in (1, 2, 3)]
    low, high = np.median(np.array(limits), axis=0)
    assert low == pytest.approx(9232.6, rel=0.1)
    assert high == pytest.approx(15042.9, rel=0.1)


@pytest.mark.parametrize("method", ["independence", "pairs", "stepwise"])
def test_side_by_side_and_one_by_one_are_the_same(method):
    sparse = simulated(300, (0.15, 0.1, 0.05, 0.04), seed=4)
    tables = [sparse.resampled(cells) for cells in bootstrap.resampled(sparse, 300, 30, seed=1)]
    alone = [estimate(table, method).estimate for table in tables]
    together = bootstrap.estimates(tables, method, Options())
    np.testing.assert_allclose(together, [np.inf if one is None else one for one in alone], rtol=1e-9)
    assert np.isinf(together).any() == (method == "pairs")
