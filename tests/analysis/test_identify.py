"""Worlds that case counts cannot tell apart: that they are so, and that what tells them apart is read rightly."""

import json
import math

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.analysis import pairs
from cyclesim.analysis.readings import CASES, DATA, separation
from cyclesim.errors import DesignError, FolderError, UnknownNameError
from cyclesim.inputs.parameters import parameters
from cyclesim.questions.identify.compute import _watched, identify
from cyclesim.runs.verify import verify
from cyclesim.worlds.seals import read_manifest
from science.worlds import assert_same, small, table

WORLD = small()
NORMAL = np.random.default_rng(7).normal(size=(2, 400))


@pytest.fixture(scope="module")
def result():
    return cs.identify(WORLD, replications=4, seed=2)


def test_worlds_of_a_pair_have_the_same_expected_cases_and_another_prevalence():
    found, missing = pairs.pairs(WORLD)
    assert {pair.weakness for pair in found} == set(pairs.WEAKNESSES)
    assert not missing
    for pair in found:
        one, two = (pairs.cases(world, "valley", 12) for world in (pair.hidden, pair.protected))
        assert one == pytest.approx(two, rel=0.01)
        plain = pairs.cases(WORLD, "valley", 12)
        assert one < 0.95 * plain
        truth = [cs.run(world, twin=True).months["true_prevalence"].iloc[-1] for world in (pair.hidden, pair.protected)]
        assert truth[0] > 1.1 * truth[1]


@pytest.mark.parametrize("protection", [0.0, 0.3, 1.0])
def test_protection_stays_within_the_ranges_and_never_falls(protection):
    world = pairs.protected(WORLD, protection)
    for name, end in pairs.PROTECTION.items():
        low, high = parameters()[name].range
        assert low <= world.parameter(name) <= high
        gain = world.parameter(name) - WORLD.parameter(name)
        assert (gain if end else -gain) >= 0
    assert pairs.changed(WORLD, pairs.protected(WORLD, 0.0)) == {}


def test_detection_stays_within_the_ranges():
    world = pairs.weak(WORLD, "out of reach", 0.001)
    assert all(world.parameter(name) == parameters()[name].range[0] for name in pairs.REACH)
    posts = pairs.weak(WORLD, "few staff", 0.5)
    assert posts.crises["valley"].organisations["Camp NGO"].staff == 1
    assert not posts.stated - WORLD.stated


def test_what_is_watched_moves_nothing_else():
    watched = _watched(WORLD)
    research = {"on_two_lists", "overlap_share", "mse_estimate", "mse_low", "mse_high", "mse_refused"}
    research |= {"survey_estimate", "survey_corrected"}
    one, two = ({k: v for k, v in table(w).items() if k not in research} for w in (WORLD, watched))
    assert_same(one, two)
    assert (table(watched)["survey_estimate"] > 0).tolist() == [False] * (WORLD.months - 1) + [True]


def test_readings_of_normal_errors_have_the_distance_and_the_share_that_theory_gives():
    row = separation(CASES, 1.5 + NORMAL[0], NORMAL[1], 10.0)
    assert row.distance == pytest.approx(1.5, abs=3 * row.distance_error)
    assert row.distance_error == pytest.approx(math.sqrt(2 / 400 * (1 + 1.5**2 / 8)), rel=0.2)
    assert row.right == pytest.approx(0.7734, abs=3 * row.right_error)  # Phi(1.5 / 2)
    assert row.right_error == pytest.approx(math.sqrt(row.right * (1 - row.right) / 800), rel=0.01)
    assert row.repeats == math.ceil((3.29 / row.distance) ** 2)
    assert row.cost_when_sure == 10.0 * row.repeats


def test_readings_of_one_kind_tell_nothing_and_their_scale_does_not_matter():
    row = separation(CASES, NORMAL[0], NORMAL[1], 10.0)
    assert row.repeats is None
    assert row.right == pytest.approx(0.5, abs=3 * row.right_error)
    one, two = (separation(CASES, f * (1.0 + NORMAL[0]), f * NORMAL[1], 1.0) for f in (1.0, -7.0))
    assert one.distance == pytest.approx(-two.distance)
    assert one.right == two.right


def test_a_reading_that_is_not_there_is_a_coin():
    nothing = np.full(4, np.nan)
    row = separation(CASES, nothing, nothing, 1.0)
    assert (row.right, row.hidden, row.distance, row.hidden_none) == (0.5, None, None, 1.0)
    half = separation(CASES, np.array([9.0, 9.1, np.nan, np.nan]), np.array([1.0, 1.1, np.nan, np.nan]), 1.0)
    assert half.right == 0.75
    assert half.protected_none == 0.5


def test_readings_without_spread_have_no_distance():
    row = separation(CASES, np.full(5, 2.0), np.full(5, 1.0), 1.0)
    assert row.distance is None
    assert row.right == 1.0


def test_readings_are_what_the_tables_say(result):
    one = result.separated[0]
    rows = result.ensemble.table[result.ensemble.table["scenario"] == one.pair.hidden.name]
    assert one.cases.hidden == pytest.approx(rows.loc[rows["month"] >= 12, "reported"].sum() / 4)
    last = rows[rows["month"] == 23]
    survey, lists, effort = one.data
    assert survey.hidden == pytest.approx(last["survey_corrected"].mean())
    assert lists.hidden_none == last["mse_refused"].mean()
    staff = rows.loc[rows["month"] >= 12, "frontline_staff"].mean()
    assert effort.hidden == pytest.approx(100 * rows.loc[rows["month"] >= 12, "referred"].sum() / 4 / staff)
    assert survey.cost == parameters()["cost_survey"].value
    assert lists.cost == pytest.approx(parameters()["data_need"].value * 2000 / 1e6)


def test_everything_can_be_said_saved_and_drawn(result, tmp_path):
    said = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [pair["pair"] for pair in said["pairs"]] == [pair.weakness for pair in result.plan.pairs]
    assert {row["datum"] for row in said["pairs"][0]["data"]} == {datum.name for datum in DATA}
    assert said["pairs"][0]["worlds"][0]["changes"]["parameters.contact"] < WORLD.parameter("contact")
    assert "not observations" in str(result)
    assert result.separated[0].pair.weakness in result.plot().get_suptitle()
    result.save(tmp_path / "study")
    manifest = read_manifest(tmp_path / "study")
    assert (manifest["kind"], manifest["order"]) == ("identify", [world.name for world in result.plan.worlds])
    result.save(tmp_path / "study")
    assert read_manifest(tmp_path / "study") == manifest
    assert len(result.table) == len(result.plan.pairs) * (1 + len(DATA))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match="no study of cyclesim"):
        result.save(tmp_path / "other")


def test_worlds_of_a_folder_are_simulated_again(result, tmp_path):
    result.save(tmp_path / "study")
    found = verify(tmp_path / "study", share=0.2, seed=1)
    assert (found.good, found.runs, found.replayed) == (True, 16, 4)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (dict.fromkeys(pairs.REACH, 0.0), "nothing to be alike in"),
        ({n: parameters()[n].range[end] for n, end in pairs.PROTECTION.items()}, "no room left"),
    ],
)
def test_a_world_without_a_pair_is_refused_with_the_place_and_a_way_out(values, words):
    with pytest.raises(DesignError, match=r"in valley .* cases are expected in reports from 2024-01 on") as refused:
        pairs.pairs(WORLD.with_values(values))
    assert words in str(refused.value)


def test_requests_that_make_no_sense_are_refused():
    with pytest.raises(DesignError, match="at least 24"):
        pairs.pairs(WORLD.with_values({"months": 23}))
    with pytest.raises(UnknownNameError, match="valley"):
        pairs.pairs(WORLD, "vally")
    with pytest.raises(DesignError, match="between 0 and 1"):
        pairs.pairs(WORLD, detection=1.0)
    with pytest.raises(DesignError, match="at least 3"):
        identify(WORLD, replications=2)
