"""Shocks: what a cut comes to with the loop and without it, and how long money takes to come back."""

import math

import numpy as np
import pytest

from analysis.worlds import NOT_NAIVE, PLANNERS_UNHEARD, where_money_matters
from cyclesim.analysis.probing import BACK, ProbedWorld, ShockEffect, Wish, _recovery, shock
from cyclesim.errors import DesignError

BASE = where_money_matters()


@pytest.fixture(scope="module")
def cut():
    return shock(BASE)


def test_a_cut_takes_money_and_finds_fewer(cut):
    assert cut.money < 0
    assert cut.money_held < 0
    assert cut.identified < 0
    assert cut.person_months > 0
    assert (cut.share, cut.years, cut.horizon) == pytest.approx((-1 / 3, 2, 10))


def test_naive_donors_and_planners_who_read_records_make_a_cut_larger_and_longer_than_itself(cut):
    assert cut.times > 1
    assert cut.recovery >= cut.recovery_held


def test_without_naivety_and_with_planners_unheard_a_cut_comes_to_itself():
    found = shock(where_money_matters(**NOT_NAIVE, **PLANNERS_UNHEARD))
    assert found.times == pytest.approx(1.0, abs=0.01)
    assert found.recovery == pytest.approx(found.recovery_held, abs=1)


def test_a_push_brings_what_a_cut_takes_to_first_order():
    up, down = (shock(BASE, share, horizon=5) for share in (0.01, -0.01))
    assert up.money == pytest.approx(-down.money, rel=0.05)
    assert up.identified == pytest.approx(-down.identified, rel=0.05)
    assert up.money > 0


def test_the_longer_a_cut_lasts_the_more_it_costs():
    short, long = (shock(BASE, years=years, horizon=8) for years in (1, 4))
    assert long.money < short.money < 0


def world(money):
    return ProbedWorld({"disbursed_cents": np.asarray(money)}, Wish(0.0, 0.0, 0.0))


def test_recovery_has_its_closed_form():
    """Money is cut to 1 - a for two years and returns with exp(-t / tau): its yearly sum is back after a known time."""
    base, cut, tau = np.full(240, 1000.0), 1 / 3, 20.0
    after = np.arange(1, 217)
    path = np.concatenate([np.full(24, 1 - cut), 1 - cut * np.exp(-after / tau)])
    mean = cut * np.expm1(12 / tau) / (12 * np.expm1(1 / tau))
    expected = tau * math.log(mean / BACK)
    assert _recovery(world(1000 * path), world(base), 2, 20) == pytest.approx(expected, abs=1.5)


def test_what_never_was_away_is_back_at_once_and_what_stays_away_never():
    base = np.full(120, 50.0)
    assert _recovery(world(base), world(base), 2, 10) == 0
    assert math.isinf(_recovery(world(0.8 * base), world(base), 2, 10))
    there_and_gone = np.concatenate([np.full(24, 25.0), np.full(72, 50.0), np.full(24, 25.0)])
    assert math.isinf(_recovery(world(there_and_gone), world(base), 2, 10))


@pytest.mark.parametrize("asked", [{"share": 0.0}, {"share": -1.0}, {"years": 10}, {"years": 0}])
def test_what_is_no_shock_is_refused(asked):
    with pytest.raises(DesignError, match="above -1 and not 0"):
        shock(BASE, **asked)


def test_where_nothing_is_moved_it_comes_to_no_number_of_times():
    assert math.isnan(ShockEffect(-0.3, 2, 10, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0).times)
