"""Scenario discovery: a planted box is found, chance is not, and the rule is read as it is said."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim import text
from cyclesim.analysis.discovery import prim, tree
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError, UnknownNameError
from cyclesim.inputs.study import load_study
from cyclesim.questions.discover.tell import _side

NAMES = ["a", "b", "c", "d", "e"]


def planted(n=1000, seed=1, noise=0.0):
    rng = np.random.default_rng(seed)
    x = rng.random((n, 5))
    fails = (x[:, 0] < 0.3) & (x[:, 1] > 0.6)
    return x, fails ^ (rng.random(n) < noise)


def test_a_planted_box_is_found():
    x, fails = planted()
    box = prim(x, fails, NAMES)
    sides = {r.quantity: r for r in box.restrictions}
    assert set(sides) == {"a", "b"}
    assert sides["a"].high == pytest.approx(0.3, abs=0.03)
    assert sides["b"].low == pytest.approx(0.6, abs=0.04)
    assert box.density > 0.95
    assert box.coverage > 0.85


def test_a_planted_box_is_found_through_noise():
    box = prim(*planted(noise=0.05), NAMES)
    assert {r.quantity for r in box.restrictions} == {"a", "b"}
    assert box.density > 3 * box.base


def test_an_interval_in_the_middle_is_told_from_both_sides():
    x, _ = planted()
    box = prim(x, (x[:, 2] > 0.4) & (x[:, 2] < 0.6), NAMES)
    (side,) = box.restrictions
    assert (side.low, side.high) == pytest.approx((0.4, 0.6), abs=0.03)
    assert _side(side) == f"{text.number(side.low)} < c < {text.number(side.high)}"


def test_integers_can_bound_a_box():
    rng = np.random.default_rng(3)
    x = np.column_stack([rng.integers(0, 5, 500), rng.random(500)]).astype(float)
    box = prim(x, x[:, 0] >= 4, ["levels", "noise"])
    assert box.density == 1.0
    assert [r.quantity for r in box.restrictions] == ["levels"]


def test_where_failures_are_chance_nothing_is_found():
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        box = prim(rng.random((300, 5)), rng.random(300) < 0.2, NAMES)
        found += bool(box.restrictions)
    assert found <= 6  # boxes are searched for, so that chance finds more than its five per cent


def test_none_or_all_that_fail_cannot_be_discovered():
    x, _ = planted()
    for fails in (np.zeros(1000, bool), np.ones(1000, bool)):
        with pytest.raises(DesignError, match=r"draws fail: discovery needs"):
            prim(x, fails, NAMES)


def test_a_tree_says_the_same():
    text = tree(*planted(), NAMES)
    assert "a <= 0.3" in text
    assert "fails" in text


STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: 2\n"
    "design: {method: lhs, draws: 80, quantities: {incidence: [0.0005, 0.01], trust_gain: , patience: }}\n"
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    place = tmp_path_factory.mktemp("discovery")
    head = "extends: small\nmonths: 4\nspin_up: 2\n"
    (place / "near.yaml").write_text(head)
    (place / "far.yaml").write_text(head + "interventions:\n  i: {from: 2023-01, scale: {parameters.incidence: 0.5}}\n")
    (place / "study.yaml").write_text(STUDY)
    return cs.sweep(load_study(place / "study.yaml"), place / "out")


def test_where_little_is_averted_is_where_there_is_little_to_avert(sweep):
    found = cs.discover(sweep, "averted newly trafficked worst 30 %")
    assert found.scenario == "far"
    assert [r.quantity for r in found.box.restrictions] == ["incidence"]
    assert np.isfinite(found.box.restrictions[0].high)
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_of_the_baseline_the_outcome_itself_is_looked_at(sweep):
    found = cs.discover(sweep, "newly_trafficked > 50", scenario="near")
    assert [r.quantity for r in found.box.restrictions] == ["incidence"]
    assert np.isfinite(found.box.restrictions[0].low)


@pytest.mark.parametrize(
    ("rule", "scenario", "words"),
    [
        ("soon", None, "cannot read the rule"),
        ("identfied < 0", None, "did you mean 'identified'"),
        ("identified < 1.2.3", None, "cannot read a number"),
        ("identified worst 0 %", None, "between 0 and 100"),
        ("identified < 0", "fars", "did you mean 'far'"),
        ("person_months_exploited < -1e9", None, "0 of 80 draws fail"),
    ],
)
def test_bad_rules_are_refused(sweep, rule, scenario, words):
    with pytest.raises((DesignError, UnknownNameError), match=words):
        cs.discover(sweep, rule, scenario)


def test_the_command_says_it_in_words(sweep, tmp_path):
    words = ["discover", str(sweep.folder), "--fails", "newly_trafficked worst 30 %", "--out", str(tmp_path / "out")]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    assert "The scenario far fails more often where incidence < " in output
    assert "Failing means: newly_trafficked worst 30 % (of the paired difference of far from near" in output
    assert "The same as a tree:\n|---" in output
    assert "not a cause" in output
    assert {"discovery.json", "tree.txt"} <= {p.name for p in (tmp_path / "out").iterdir()}
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:4], "--json"], catch_exceptions=False).output)
    assert told["box"]["restrictions"][0]["quantity"] == "incidence"
