"""The loop: links multiply to the gain, the gain moves as it must, and brute force confirms the multiplier."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim.analysis.loop import LINKS, Loops, World, _states, elasticities, loop, loops
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError

SMALL = cs.load("small").with_values({"spin_up": 0})
OTHER_PATHS = {"reach_weight": 0.0}


@pytest.fixture(scope="module")
def baseline():
    return loop(cs.load("baseline"), years=15)


def test_links_of_known_elasticities_multiply_to_a_known_gain():
    """A loop built by hand: money = belief^1.5, capacity = money^0.8, and so on, whatever the step."""
    powers = dict(zip(LINKS, (1.5, 0.8, 0.9, 1.1, 0.5), strict=True))

    def around(belief):
        states = []
        for power in powers.values():
            belief = 3.0 * belief**power
            states.append(belief)
        return states

    step = 0.02
    links, gain = elasticities(around(2.0 * (1 + step)), around(2.0 / (1 + step)), 2 * math.log1p(step))
    assert links == pytest.approx(powers, rel=1e-9)
    assert gain == pytest.approx(math.prod(powers.values()), rel=1e-9)


def test_the_states_of_the_loop_are_those_of_the_last_year():
    """Capacity is the share of the exploited who are referred in a month and answered."""
    last = {
        "disbursed_cents": 7.0,
        "referral_rate": 0.2,
        "answered_share": 0.5,
        "identified": 3.0,
        "detected_prevalence": 2.0,
    }
    world = World({name: np.array([99.0] * 12 + [value] * 12) for name, value in last.items()}, 0.4)
    assert _states(world) == pytest.approx((7.0, 0.1, 3.0, 2.0, 0.4))


def test_a_smooth_loop_is_measured_to_one_per_cent():
    """Saturating links: the elasticity of x / (1 + x) is 1 / (1 + x)."""

    def around(belief):
        money = belief / (1 + belief)
        capacity = money / (1 + money)
        return [money, capacity, capacity, capacity, capacity**0.5]

    step = 0.02
    _, gain = elasticities(around(0.5 * (1 + step)), around(0.5 / (1 + step)), 2 * math.log1p(step))
    money = 0.5 / 1.5
    assert gain == pytest.approx(0.5 / 1.5 / (1 + money), rel=0.01)


def test_a_link_that_does_not_move_has_no_elasticity_and_stops_the_loop():
    links, gain = elasticities([1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0], 0.04)
    assert links[LINKS[0]] == 0.0
    assert all(math.isnan(links[link]) for link in LINKS[1:])
    assert gain == 0.0


def test_links_of_a_scenario_multiply_to_its_gain(baseline):
    assert math.prod(baseline.elasticities.values()) == pytest.approx(baseline.gain, rel=1e-9)
    assert baseline.multiplier == pytest.approx(1 / (1 - baseline.gain))
    assert abs(baseline.elasticities[baseline.weakest]) <= abs(baseline.elasticities[baseline.strongest])
    assert 0 < baseline.time_constant < 180


def test_the_multiplier_of_the_baseline_is_that_of_brute_force(baseline):
    assert baseline.multiplier == pytest.approx(baseline.measured, rel=0.05)
    assert baseline.gain > 0.02


@pytest.mark.slow
@pytest.mark.parametrize("draw", range(1, 6))
def test_the_multiplier_of_random_draws_is_that_of_brute_force(draw):
    scenario = cs.load("baseline")
    found = loop(scenario.with_values(cs.sample(scenario, n=5, seed=3).of(draw)), years=20)
    if math.isnan(found.measured):  # money does not answer to a push at all: it stands at its floor
        assert found.elasticities[LINKS[0]] == pytest.approx(0.0, abs=1e-6)
    else:
        assert found.multiplier == pytest.approx(found.measured, rel=0.05)


def test_there_is_no_loop_where_donors_are_not_naive_and_the_other_paths_are_off(baseline):
    scenario = cs.load("baseline").with_values({"naivety": 0.0, **OTHER_PATHS})
    assert abs(loop(scenario, years=15).gain) < 0.01


def test_the_gain_grows_with_naivety(baseline):
    gains = [loop(cs.load("baseline").with_values({"naivety": n}), years=15).gain for n in (0.0, 0.5)]
    assert gains[0] < gains[1] < baseline.gain + 1e-9


@pytest.mark.slow
def test_processes_do_not_matter_and_draws_give_intervals():
    design = cs.sample(SMALL, n=3, quantities=["naivety", "contact"])
    one, two = (loops(SMALL, design, years=6, workers=n) for n in (1, 2))
    assert isinstance(one, Loops)
    assert one.table().equals(two.table())
    assert one.table()["draw"].tolist() == [0, 1, 2, 3]
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
    for said in ("gain G", "multiplier", "brute force", "Weakest link", "not observations", "Reproduce: cyclesim loop"):
        assert said in output
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"loop.csv", "loop.json", "loop.png", "loop.svg", "manifest.json", "log.json", "SHA256SUMS"}
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:-2], "--json"], catch_exceptions=False).output)
    assert {"gain", "multiplier", "links", "time_constant", "intervals"} <= set(told)
    assert set(told["links"]) == set(LINKS)
