"""When replications are enough: the interval, the look-ahead, and the sentence that asks for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cyclesim.errors import DesignError
from cyclesim.worlds.precision import FEWEST, TIGHTEST, Rule, half_widths, lookahead, next_target, replications_needed

ABSOLUTE = Rule("identified", 1.0, relative=False)


def test_half_widths_are_those_of_the_normal_mixture():
    values = np.random.default_rng(1).normal(5, 2, 400) + 1e9  # digits are lost to a large mean unless one is careful
    widths = half_widths(values)
    assert widths[0] == np.inf
    rho = (2 * np.log(20) + np.log(2 * np.log(20) + 1)) / TIGHTEST
    for n in (2, 3, 10, 30, 400):
        deviation = values[:n].std(ddof=1) * stats.t.ppf(0.975, n - 1) / stats.norm.ppf(0.975)
        wanted = deviation * np.sqrt(2 * (n * rho + 1) / (n**2 * rho) * np.log(np.sqrt(n * rho + 1) / 0.05))
        assert widths[n - 1] == pytest.approx(wanted, rel=1e-5)
    fixed = stats.t.ppf(0.975, 399) * values.std(ddof=1) / 20
    assert 1.3 < widths[-1] / fixed < 2.0  # what looking after each replication costs


def test_a_chance_streak_is_not_taken():
    quiet, loud = [10.0, 10.1, 9.9, 10.0, 10.05, 9.95], [30.0, -10.0, 28.0, -8.0, 25.0, -5.0]
    assert replications_needed(np.array(quiet + loud), ABSOLUTE) is None
    assert replications_needed(np.array(quiet + quiet + quiet), ABSOLUTE) == FEWEST


def test_what_is_given_must_show_that_it_stays_precise():
    same = np.full(FEWEST + lookahead(FEWEST), 3.0)
    assert replications_needed(same[:-1], ABSOLUTE) is None
    assert replications_needed(same, ABSOLUTE) == FEWEST


def test_where_every_run_failed_there_is_nothing_to_go_on():
    assert half_widths(np.array([])).tolist() == []
    assert replications_needed(np.array([]), ABSOLUTE) is None
    assert next_target(np.array([]), ABSOLUTE) == 0


def test_the_look_ahead_is_five_and_grows_with_the_sample():
    assert [lookahead(n) for n in (5, 100, 120, 1000)] == [5, 5, 6, 50]


def test_a_relative_width_is_a_share_of_the_mean():
    values = np.random.default_rng(2).normal(100, 20, 400)
    n = replications_needed(values, Rule("identified", 0.05, relative=True))
    widths = half_widths(values) / np.abs(np.cumsum(values) / np.arange(1, 401))
    assert widths[n - 1] <= 0.05 < widths[n - 2]
    assert (widths[n - 1 : n + lookahead(n)] <= 0.05).all()
    assert n == replications_needed(-values, Rule("identified", 0.05, relative=True))


def test_no_difference_at_all_is_precise_and_a_mean_of_zero_is_not():
    assert replications_needed(np.zeros(20), Rule("identified", 0.05, relative=True)) == FEWEST
    assert replications_needed(np.array([1.0, -1.0] * 50), Rule("identified", 0.05, relative=True)) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=FEWEST, max_size=60), st.floats(0.01, 100), st.integers(FEWEST, 80))
def test_the_next_target_grows_and_stays_below_the_most(values, width, most):
    rule, now = Rule("identified", width, relative=False, most=most), len(values)
    target = next_target(np.array(values), rule)
    assert now <= target <= max(now, most)
    assert (target == now) == (now >= most or replications_needed(np.array(values), rule) is not None)
    assert target <= 2 * now + lookahead(2 * now)


@pytest.mark.parametrize(("mean", "width"), [(10.0, 0.1), (0.25, 0.5), (0.18, 0.5)])
def test_the_interval_at_the_stop_holds_the_mean_however_often_it_was_looked_at(mean, width):
    """Of sweeps that end before the most allowed, also where the effect is so small that few of them do."""
    rng, rule, held = np.random.default_rng(3), Rule("identified", width, relative=True), []
    for _ in range(400):
        values = rng.normal(mean, 1, 1000)
        n = replications_needed(values, rule)
        if n is not None:
            held.append(abs(values[:n].mean() - mean) <= half_widths(values[:n])[-1])
    assert len(held) > 60
    assert np.mean(held) >= 0.95


GOOD = [
    ("averted person-months: half-width 5 %", Rule("person_months_exploited", 0.05, True)),
    ("person months exploited: half-width 5%", Rule("person_months_exploited", 0.05, True)),
    ("identified: half-width 12", Rule("identified", 12.0, False)),
    ("  total spent cents : halfwidth 1e3 ", Rule("total_spent_cents", 1000.0, False)),
]


@pytest.mark.parametrize(("text", "rule"), GOOD)
def test_a_rule_is_a_sentence(text, rule):
    assert Rule.parse(text) == rule
    assert Rule.parse(str(rule)) == rule


BAD = [
    ("", "cannot read"),
    ("identified", "cannot read"),
    ("identified: 5 %", "cannot read"),
    ("identified: half-width five", "cannot read"),
    ("identfied: half-width 5 %", "did you mean 'identified'"),
    ("identified: half-width 0 %", "above zero"),
    ("identified: half-width -1", "above zero"),
    ("identified: half-width 1e999", "above zero"),
    ("identified: half-width 1.2.3", "not a number"),
]


@pytest.mark.parametrize(("text", "words"), BAD)
def test_a_sentence_that_is_no_rule_is_refused(text, words):
    with pytest.raises(DesignError, match=words):
        Rule.parse(text)


def test_too_few_at_most_are_refused():
    with pytest.raises(DesignError, match="at least 5"):
        Rule.parse("identified: half-width 1", most=4)
