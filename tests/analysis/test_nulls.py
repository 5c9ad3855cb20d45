"""Null worlds: bars are permutation tests, nothing is ranked below them, and luck is not named."""

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.analysis import discovery, indices, nulls, portfolio, voi
from cyclesim.errors import DesignError
from cyclesim.inputs.study import load_study


def test_a_bar_is_the_order_statistic_of_its_null_worlds():
    draws = iter(np.random.default_rng(1).permutation(np.arange(1.0, nulls.WORLDS + 1)))
    assert nulls.bar(lambda rng: float(next(draws))) == 0.95 * (nulls.WORLDS + 1)


def test_a_result_like_its_null_worlds_exceeds_them_in_one_case_of_twenty():
    """Exact, whatever the statistic: of 40 exchangeable numbers each is as likely to be among the two largest."""
    found = []
    for seed in range(1000):
        rng = np.random.default_rng([3, seed])
        found.append(nulls.exceeds(float(rng.gamma(0.5)), lambda _, rng=rng: float(rng.gamma(0.5)), seed))
    assert np.mean(found) == pytest.approx(nulls.CHANCE, abs=0.02)


def test_of_what_is_not_named_there_is_no_rank():
    import pandas as pd

    table = pd.DataFrame({"quantity": list("dcba"), "x": [1.0, 9.0, 3.0, 7.0], "named": [False, True, False, True]})
    assert nulls.ranked(table, "x")["quantity"].tolist() == ["c", "a", "b", "d"]


def test_bars_are_those_of_the_statistic_that_they_stop():
    """Where outcomes are dealt out, the best of all inputs stays below the bar in most worlds, and above in some."""
    rng = np.random.default_rng(4)
    x, y = rng.random((120, 8)), rng.gamma(0.7, size=120)
    benefits = np.column_stack([np.zeros(120), rng.standard_normal(120)])
    shares, worths = [], []
    for _ in range(100):
        order = rng.permutation(120)
        shares.append(max(indices.binned(column, y[order]) for column in x.T))
        worths.append(max(voi.evppi(benefits[order], column) for column in x.T))
    assert 0 < np.mean(np.array(shares) > indices.best_of_nothing(y, x)) < 0.15
    assert 0 < np.mean(np.array(worths) > voi.best_of_nothing(benefits, x)) < 0.15


def test_bins_are_the_levels_where_they_are_few_and_never_cut_through_what_is_alike():
    x = np.array([0.0] * 90 + [1.0] * 10)
    y = x + 0.1 * np.random.default_rng(5).standard_normal(100)
    assert indices.binned(x, y) > 0.85
    ties = np.repeat(np.arange(40.0), 3)
    bins = indices._bins(ties)
    assert all(len(set(bins[ties == level])) == 1 for level in np.unique(ties))


@pytest.mark.parametrize("y", [np.repeat(np.arange(5.0), 20), np.random.default_rng(6).random(100)])
def test_the_interval_of_a_share_holds_the_share_even_at_its_ends(y):
    low, high = indices.share_interval(np.repeat(np.arange(5.0), 20), y)
    assert 0 <= low <= max(indices.binned(np.repeat(np.arange(5.0), 20), y), 0.0) <= high <= 1


def test_an_index_lies_between_nothing_and_everything_and_first_order_below_total():
    for seed in range(20):
        rng = np.random.default_rng([7, seed])
        a, b = np.repeat(rng.standard_normal((2, 8, 1)), 2, axis=2)
        found = indices.sobol(3 * a, 3 * b, 3 * np.stack([a, b, a]) + 0.1 * rng.standard_normal((3, 8, 2)))
        assert (found.first >= 0).all()
        assert (found.first <= found.total).all()
        assert (found.total <= 1).all()
        for value, ends in ((found.first, found.first_interval), (found.total, found.total_interval)):
            assert (ends[:, 0] <= value).all()
            assert (value <= ends[:, 1]).all()


def test_uses_that_differ_by_luck_are_not_ranked():
    drawn = np.random.default_rng(8).standard_normal((30, 6))
    assert not (portfolio._leads(drawn) > portfolio.best_of_alike(drawn)).any()
    drawn[:, 2] += 2
    assert (portfolio._leads(drawn) > portfolio.best_of_alike(drawn)).tolist() == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_failures_anywhere_have_no_box():
    rng = np.random.default_rng(9)
    assert not discovery.prim(rng.random((100, 5)), rng.random(100) < 0.2, list("abcde")).restrictions


STUDY = "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: {}\nluck: {}\ndesign: {}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nulls")
    (folder / "near.yaml").write_text("extends: small\nmonths: 4\nspin_up: 2\n")
    (folder / "far.yaml").write_text("extends: small\nmonths: 4\nspin_up: 2\nparameters: {contact: 0.1}\n")
    return folder


def swept(place, name, replications, luck, design):
    (place / f"{name}.yaml").write_text(STUDY.format(replications, luck, design))
    return cs.sweep(load_study(place / f"{name}.yaml"), place / name)


@pytest.mark.parametrize("method", ["saltelli, draws: 8", "morris, trajectories: 4"])
def test_one_replication_with_luck_is_refused_by_what_would_take_luck_for_interactions(place, method):
    sweep = swept(place, method[:4], 1, "own", f"{{method: {method}, quantities: {{trust_gain: , patience: }}}}")
    with pytest.raises(DesignError, match=r"cannot tell luck from inputs: cyclesim expand .* --replications 2"):
        cs.sensitivity(sweep, "identified")


def test_an_outcome_that_does_not_vary_is_refused(place):
    sweep = swept(place, "constant", 2, "own", "{method: lhs, draws: 20, quantities: {trust_gain: , patience: }}")
    with pytest.raises(DesignError, match="does not vary"):
        cs.sensitivity(sweep, "intervention_cents")


def test_a_rule_that_fails_anywhere_has_no_tree(place):
    sweep = swept(place, "anywhere", 2, "own", "{method: lhs, draws: 60, quantities: {trust_gain: , patience: }}")
    found = cs.discover(sweep, "newly_trafficked worst 20 %", scenario="near")
    assert not found.box.restrictions
    assert found.tree == ""


def test_surveys_of_one_replication_with_luck_are_not_valued(place):
    design = "{method: lhs, draws: 40, quantities: {trust_gain: , patience: }}"
    found = cs.voi(swept(place, "once", 1, "own", design))
    assert found.surveys.empty
    assert found.to_dict()["surveys"] == []
