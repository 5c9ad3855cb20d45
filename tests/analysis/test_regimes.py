"""Regimes: one state or two, what tips it, and how much gets out of a trap."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from analysis.worlds import where_money_matters
from cyclesim.analysis import regimes as module
from cyclesim.analysis.probing import run_probed, yearly
from cyclesim.analysis.regimes import Equilibria, Regime, equilibria, escape
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.questions.regimes import compute
from cyclesim.questions.regimes.compute import Regimes, regimes

SMALL = cs.load("small").with_values({"spin_up": 0})


@pytest.mark.parametrize(
    ("found", "regime"),
    [
        (Equilibria(0.05, 0.40, 2.0, 2.0), Regime.TRAP),
        (Equilibria(0.20, 0.21, 0.05, 0.05, 0.5), Regime.AMPLIFIER),
        (Equilibria(0.20, 0.21, 0.05, 0.05, 0.01), Regime.NO_LOOP),
        (Equilibria(0.60, 0.60, 0.0, 0.0), Regime.ALWAYS_HIGH),
        (Equilibria(0.05, 0.10, 0.7, 1.4, 0.2), Regime.AMPLIFIER),  # still coming nearer: one state
        (Equilibria(0.55, 0.90, 0.5, 0.5), Regime.TRAP),
        (Equilibria(0.02, 0.02, 0.0, 0.0, 0.01, 0.30), Regime.RUN_DOWN),  # little is left to lose
        (Equilibria(0.25, 0.25, 0.0, 0.0, 0.01, 0.30), Regime.NO_LOOP),
        (Equilibria(0.02, 0.02, 0.0, 0.0, 0.30, 0.30), Regime.AMPLIFIER),
        (Equilibria(0.20, 0.20, 0.0, 0.0, 1.41, 0.30), Regime.DRIFTING),  # no state stays at a gain above 1
        (Equilibria(0.20, 0.20, 0.0, 0.0, 0.30, 0.30, 0.2), Regime.DRIFTING),
    ],
)
def test_regimes_are_told_apart_by_their_thresholds(found, regime):
    assert found.regime is regime


@pytest.mark.slow
def test_an_amplifier_comes_to_rest_at_one_state_from_anywhere():
    found = equilibria(where_money_matters(half_belief=2.0), years=20)
    assert found.regime is Regime.AMPLIFIER
    assert found.poor == pytest.approx(found.rich, rel=0.05)
    assert 0 < found.poor < found.corrected
    assert found.gain < 1


@pytest.mark.slow
def test_naive_donors_tip_funding_from_high_to_low():
    """Donors who hardly doubt how many are found (an assumed spread of 0.2) take few cases for few people."""
    high, low = (equilibria(where_money_matters(assumed_spread=0.2, naivety=n), years=20) for n in (0.0, 1.0))
    assert high.regime is Regime.ALWAYS_HIGH
    assert low.poor < module.RUN_DOWN * high.poor
    assert low.rich < module.RUN_DOWN * high.rich


@pytest.fixture
def trap(monkeypatch):
    """Stand in for the twin with a map that has two fixed points: coverage c goes to 0.05 below 0.1, to 0.5 above."""

    def coverage(scenario, past, years, pushes=()):
        c, path = past, []
        for year in range(years):
            c = c + 0.4 * ((0.5 if c > 0.1 else 0.05) - c)
            path.append(c)
            c *= math.prod((1 + push) ** 0.5 for push, first, end in pushes if first <= 12 * (module.PAST + year) < end)
        return np.array(path)

    monkeypatch.setattr(module, "_coverage", coverage)


def test_a_map_with_two_fixed_points_is_a_trap_and_a_push_gets_out(trap):
    found = equilibria(SMALL)
    assert found.regime is Regime.TRAP
    assert (found.poor, found.rich) == pytest.approx((0.05, 0.5), rel=0.01)
    needed = escape(SMALL, years=(1, 3, 10))
    assert needed[1] > needed[3] > needed[10] > 1.0


def test_a_past_moves_money_belief_and_trust_together():
    """After ten years in which donors wanted hardly anything fewer are found and believed than after ten rich ones."""
    worlds = []
    for past in (module.POOR, module.RICH):
        long = SMALL.with_values({"months": 12 * module.PAST})
        worlds.append(run_probed(long, pushes=[(module._PASTS[past], -math.inf, 12 * module.PAST)]))
    for measure in ("disbursed_cents", "believed_prevalence"):
        assert yearly(worlds[0], measure)[-1] < yearly(worlds[1], measure)[-1]


def test_without_a_trap_there_is_nothing_to_get_out_of():
    with pytest.raises(DesignError, match="no trap to get out of"):
        escape(SMALL.with_values({"months": 12}))


def test_the_values_between_which_it_tips_are_named():
    points = [{"naivety": v} for v in (0.0, 0.5, 1.0)]
    rests = [Equilibria(0.7, 0.7, 0, 0), Equilibria(0.3, 0.3, 0, 0, 0.2), Equilibria(0.3, 0.3, 0, 0, 0.2)]
    found = Regimes(SMALL, rests[0], points, rests, ("naivety",), {})
    assert found.tipping() == [(0.0, 0.5, "always high", "amplifier")]


def test_shares_have_intervals_that_hold_them():
    rests = [Equilibria(0.7, 0.7, 0, 0)] * 3 + [Equilibria(0.3, 0.3, 0, 0, 0.2)] * 7
    shares = Regimes(SMALL, rests[0], [{}] * 10, rests, (), {}).shares()
    assert shares["amplifier"][0] == pytest.approx(0.7)
    assert math.fsum(share for share, _, _ in shares.values()) == pytest.approx(1.0)
    for share, low, high in shares.values():
        assert 0 <= low <= share <= high <= 1
    assert shares["amplifier"][1:] == pytest.approx((0.397, 0.892), abs=0.001)  # Wilson's interval for 7 of 10


def test_bad_requests_are_refused():
    with pytest.raises(DesignError, match="at least 15 years"):
        equilibria(SMALL, years=5)
    with pytest.raises(DesignError, match="one or two parameters"):
        regimes(SMALL, ["naivety", "contact", "patience"])
    with pytest.raises(DesignError, match="no parameter with a range"):
        regimes(SMALL, ["form_mix"])


@pytest.mark.slow
def test_the_command_prints_writes_and_draws(tmp_path, monkeypatch):
    monkeypatch.setattr(compute, "LEVELS", 2)
    words = ["regimes", "small", "--years", "15", "--workers", "1", "--out"]
    one = [*words, str(tmp_path / "a"), "--parameter", "naivety"]
    output = CliRunner().invoke(cyclesim, one, catch_exceptions=False).output
    for said in (
        "poor past",
        "rich past",
        "corrected",
        "Thresholds are ours",
        "not observations",
        "Reproduce: cyclesim regimes",
    ):
        assert said in output
    assert {"regimes.csv", "regimes.json", "regimes.png"} <= {p.name for p in (tmp_path / "a").iterdir()}
    draws = CliRunner().invoke(cyclesim, [*words, str(tmp_path / "b"), "--draws", "2"], catch_exceptions=False).output
    assert "share of draws" in draws
    pair = [*words, str(tmp_path / "c"), "--parameter", "naivety", "--parameter", "contact", "--json"]
    told = json.loads(CliRunner().invoke(cyclesim, pair, catch_exceptions=False).output)
    assert len(told["points"]) == 4
