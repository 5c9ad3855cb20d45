"""The loop: links multiply to the gain of a path, both paths add up, each has its switch, and brute force agrees."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from analysis.worlds import NOT_NAIVE, PLANNERS_UNHEARD, where_money_matters
from cyclesim.analysis.loop import EVERY_LINK, LINKS, STATES, _states, elasticities, loop
from cyclesim.analysis.probing import ProbedWorld, Wish, run_probed
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.questions.loop.compute import Loops, loops

SMALL = cs.load("small").with_values({"spin_up": 0})
STEP = 0.02
MOVED = 2 * math.log1p(STEP)


@pytest.fixture(scope="module")
def found():
    return loop(where_money_matters(), years=15)


def perturbed(around):
    """Return what two opposite perturbations of a wish of 2 tell of a loop built by hand."""
    return elasticities(around(2.0 * (1 + STEP)), around(2.0 / (1 + STEP)), MOVED)


def test_links_of_known_elasticities_multiply_to_a_known_gain():
    """A loop built by hand: money = wish^1.5, capacity = money^0.8, and so on, and ask = money^0.3, at any step."""
    powers = dict(zip(LINKS, (1.5, 0.8, 0.9, 1.1, 0.5, 0.7), strict=True))

    def around(wish):
        states = {"wish": wish}
        for name, power in zip(STATES[1:], powers.values(), strict=False):
            states[name] = 3.0 * list(states.values())[-1] ** power
        ask = states["money"] ** 0.3
        return {**states, "ask": ask, "wish": ask * states["belief"] ** powers["belief -> wish"]}

    links, by_belief, by_ask = perturbed(around)
    assert {link: links[link] for link in LINKS} == pytest.approx(powers, rel=1e-9)
    assert (links["money -> ask"], links["ask -> wish"]) == pytest.approx((0.3, 1.0), rel=1e-9)
    assert by_belief == pytest.approx(math.prod(powers.values()), rel=1e-9)
    assert by_ask == pytest.approx(1.5 * 0.3, rel=1e-9)


def test_the_states_of_the_loop_are_those_of_the_last_year():
    """Capacity is the share of the exploited who are referred in a month and answered."""
    last = {
        "disbursed_cents": 7.0,
        "referral_rate": 0.2,
        "answered_share": 0.5,
        "identified": 3.0,
        "detected_prevalence": 2.0,
    }
    months = {name: np.array([99.0] * 12 + [value] * 12) for name, value in last.items()}
    expected = {"money": 7.0, "capacity": 0.1, "identifications": 3.0, "evidence": 2.0}
    followed = {"wish": 5.0, "ask": 6.0, "belief": 0.4}
    assert _states(ProbedWorld(months, Wish(5.0, 6.0, 0.4))) == pytest.approx({**expected, **followed})


def test_a_smooth_loop_is_measured_to_one_per_cent():
    """Saturating links: the elasticity of x / (1 + x) is 1 / (1 + x)."""

    def around(wish):
        money = wish / (1 + wish)
        capacity = money / (1 + money)
        same = dict.fromkeys(("capacity", "identifications", "evidence", "belief"), capacity)
        return {"money": money, **same, "ask": 1.0, "wish": capacity**0.5}

    _, by_belief, by_ask = perturbed(around)
    money = 2 / 3
    assert by_belief == pytest.approx(0.5 / 3 / (1 + money), rel=0.01)
    assert by_ask == 0.0


def test_a_link_that_does_not_move_has_no_elasticity_and_stops_the_loop():
    still = dict.fromkeys((*STATES, "ask"), 1.0)
    links, by_belief, by_ask = elasticities(still, still, 0.04)
    assert links[LINKS[0]] == 0.0
    assert all(math.isnan(links[link]) for link in EVERY_LINK[1:])
    assert (by_belief, by_ask) == (0.0, 0.0)


def test_links_of_a_scenario_multiply_to_the_gains_of_its_two_paths(found):
    by_belief = math.prod(found.elasticities[link] for link in LINKS)
    by_ask = math.prod(found.elasticities[link] for link in (LINKS[0], "money -> ask", "ask -> wish"))
    assert (found.by_belief, found.by_ask) == pytest.approx((by_belief, by_ask), rel=1e-9)
    assert found.gain == pytest.approx(by_belief + by_ask, rel=1e-9)
    assert found.multiplier == pytest.approx(1 / (1 - found.gain))
    assert abs(found.elasticities[found.weakest]) <= abs(found.elasticities[found.strongest])
    assert 12 < found.time_constant < 180


def test_the_multiplier_is_that_of_brute_force(found):
    assert found.multiplier == pytest.approx(found.measured, rel=0.05)
    assert found.by_belief > 0.02
    assert found.by_ask > 0.02


@pytest.mark.slow
@pytest.mark.parametrize("draw", range(1, 6))
def test_the_multiplier_of_random_draws_is_that_of_brute_force(draw):
    """Of all else that is drawn: donors and planners adapt within a year or two, so that 30 years are the long run."""
    scenario = where_money_matters(memory=0.2, inertia_years=1, plan_years=1)
    found = loop(scenario.with_values(cs.sample(scenario, n=5, seed=3).of(draw)), years=30)
    assert found.multiplier == pytest.approx(found.measured, rel=0.05)


def test_each_path_has_its_switch_and_without_both_there_is_no_loop():
    neither = loop(where_money_matters(**NOT_NAIVE, **PLANNERS_UNHEARD), years=15)
    assert neither.by_ask == 0.0
    assert abs(neither.by_belief) < 0.01
    assert neither.measured == pytest.approx(1.0, abs=0.01)
    naive = loop(where_money_matters(**PLANNERS_UNHEARD), years=15)
    assert naive.by_ask == 0.0
    assert naive.by_belief > 0.02
    assert naive.multiplier == pytest.approx(naive.measured, rel=0.05)


def test_the_gain_by_way_of_belief_grows_with_naivety(found):
    none, half = (loop(where_money_matters(naivety=n), years=15) for n in (0.0, 0.5))
    assert none.by_belief < half.by_belief < found.by_belief
    assert none.by_ask > 0.02  # planners are heard all the same


def test_with_wishes_held_unmoved_the_world_is_the_uncut_one():
    track = {}
    base = run_probed(where_money_matters(months=24), track=track)
    held = run_probed(where_money_matters(months=24), held=track)
    assert held.followed == base.followed
    for name, values in base.months.items():
        assert values.tolist() == held.months[name].tolist(), name


@pytest.mark.slow
def test_processes_do_not_matter_and_draws_give_intervals():
    design = cs.sample(SMALL, n=3, quantities=["naivety", "contact"])
    one, two = (loops(SMALL, design, years=6, workers=n) for n in (1, 2))
    assert isinstance(one, Loops)
    assert one.table.equals(two.table)
    assert one.table["draw"].tolist() == [0, 1, 2, 3]
    low, middle, high = one.interval("gain")
    assert low <= middle <= high
    assert all(math.isnan(value) for value in loops(SMALL, years=6).interval("gain"))


@pytest.mark.parametrize(("years", "step"), [(4, 0.02), (10, 0.0), (10, 0.6)])
def test_bad_requests_are_refused(years, step):
    with pytest.raises(DesignError, match="at least 5 years"):
        loop(SMALL, years, step)


def test_the_command_prints_writes_and_draws(tmp_path):
    words = ["loop", "small", "--years", "6", "--draws", "2", "--workers", "1", "--out", str(tmp_path / "out")]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    assert "gain by way of belief" in output
    assert "gain by way of the ask" in output
    for said in ("gain G", "multiplier", "brute force", "Weakest link", "not observations", "Reproduce: cyclesim loop"):
        assert said in output
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {
        *("loop.csv", "loop.json", "loop.png", "loop.svg", "links.png", "links.svg"),
        *("manifest.json", "log.json", "SHA256SUMS"),
    }
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:-2], "--json"], catch_exceptions=False).output)
    assert {"gain", "multiplier", "links", "time_constant", "intervals"} <= set(told)
    assert set(told["links"]) == set(EVERY_LINK)
