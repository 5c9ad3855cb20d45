"""Comparisons: paired, honest about what they cover, loud about faults."""

import numpy as np
import pytest
from scipy import stats

import cyclesim as cs
from cyclesim.analysis.compare import spread_of
from cyclesim.errors import PrefixError, UnknownNameError
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import EVERY
from cyclesim.runs.ensemble import Ensemble

BASE = cs.load("small").with_values({"months": 12, "spin_up": 4, "contact": 0.3})


def lever(path, factor, start="2023-05"):
    data = BASE.resolved()
    data["interventions"] = {"lever": {"from": start, "scale": {path: factor}, "cost": 100}}
    return Scenario.parse(data, "lever")


def test_a_scenario_compared_with_itself_differs_in_nothing():
    result = cs.compare(cs.simulate([BASE, BASE.renamed("same")], replications=3))
    assert (result.summary()["difference"] == 0).all()
    assert result.first_difference == {"same": None}
    assert result.first_change == {"same": None}


def test_differences_are_paired_world_by_world_and_averted_is_positive_when_fewer_suffer():
    ensemble = cs.simulate([BASE, lever("parameters.incidence", 0.2)], replications=4, seed=3)
    result = cs.compare(ensemble, baseline="small")
    totals = ensemble.totals.set_index(["scenario", "replication"])["person_months_exploited"]
    expected = [totals["small", r] - totals["lever", r] for r in range(4)]
    assert result.differences["person_months_exploited"].tolist() == expected
    row = result.summary("person_months_exploited").loc["lever"]
    assert row["difference"] == pytest.approx(np.mean(expected))
    assert row["difference"] > 0
    assert (row["low"], row["high"]) == (min(expected), max(expected))
    assert row["standard_error"] == pytest.approx(np.std(expected, ddof=1) / 2)
    ends = stats.t.interval(0.95, 3, np.mean(expected), stats.sem(expected))
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(ends)
    assert row["clear"] == (ends[0] > 0)
    assert (row["worlds"], row["draws"]) == (4, 1)
    assert row["same_sign"] == 1.0
    money = result.summary("intervention_cents").loc["lever"]
    assert money["difference"] == 8 * 100 * 100  # eight months at US$100


def test_every_difference_is_averted_or_in_excess_as_its_measure_says():
    ensemble = cs.simulate([BASE, lever("parameters.incidence", 0.2)], replications=2)
    differences = cs.compare(ensemble).differences
    base, other = (ensemble.totals.query("scenario == @name").reset_index() for name in ("small", "lever"))
    for name, measure in EVERY.items():
        expected = base[name] - other[name] if measure.averted else other[name] - base[name]
        assert differences[name].tolist() == expected.tolist(), name
    assert {name for name, measure in EVERY.items() if measure.averted} == {
        "person_months_exploited", "exploited", "newly_trafficked", "retrafficked", "died", "dead", "true_prevalence",
    }  # fmt: skip


def test_a_difference_is_clear_where_the_interval_of_its_mean_excludes_zero():
    ensemble = cs.simulate([BASE, lever("parameters.incidence", 0.9)], replications=20)
    result = cs.compare(ensemble)
    seen = set()
    for measure, row in result.summary().loc["lever"].iterrows():
        values = result.differences[measure].to_numpy(dtype=float)
        if np.ptp(values) == 0:
            assert row["clear"] == bool(values[0]), measure
            continue
        ends = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert (row["mean_low"], row["mean_high"]) == pytest.approx(tuple(ends)), measure
        assert row["clear"] == (ends.low > 0 or ends.high < 0), measure
        assert (row["low"], row["high"]) == (values.min(), values.max()), measure
        seen.add((row["clear"], row["low"] <= 0 <= row["high"]))
        assert result.effect("lever", measure) == spread_of(row), measure
    assert seen >= {(True, False), (True, True), (False, True)}


def test_draws_are_the_units_of_both_intervals():
    other = lever("parameters.incidence", 0.2)
    design = cs.sample([BASE, other], n=5)
    result = cs.compare(cs.simulate([BASE, other], design, replications=4))
    values = result.differences.groupby("draw")["person_months_exploited"].mean()
    row = result.summary("person_months_exploited").loc["lever"]
    ends = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert row["difference"] == pytest.approx(values.mean())
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(tuple(ends))
    everywhere = result.differences["person_months_exploited"]
    assert (row["low"], row["high"]) == (everywhere.min(), everywhere.max())
    assert (row["worlds"], row["draws"]) == (20, 5)


def test_pairing_beats_independent_seeds():
    ensemble = cs.simulate([BASE, lever("parameters.incidence", 0.9)], replications=12)
    paired = cs.compare(ensemble).summary("person_months_exploited").loc["lever"]
    base, other = (ensemble.totals.query("scenario == @name") for name in ("small", "lever"))
    independent = base["person_months_exploited"].var() + other["person_months_exploited"].var()
    spread = cs.compare(ensemble).differences["person_months_exploited"].var()
    assert paired["pairing_gain"] == pytest.approx(independent / spread)
    assert paired["pairing_gain"] > 3


def test_the_first_difference_is_not_before_the_first_change():
    result = cs.compare(cs.simulate([BASE, lever("parameters.incidence", 0.0)], replications=2))
    assert result.first_change == {"lever": 4}
    assert result.first_difference == {"lever": 4}


def test_a_difference_before_the_first_change_fails_loudly():
    ensemble = cs.simulate([BASE, lever("parameters.incidence", 0.5)], replications=2)
    table = ensemble.table.copy()
    row = table.query("scenario == 'lever' and month == 1 and replication == 1").index
    table.loc[row, "trust"] += 1e-12
    broken = Ensemble(ensemble.scenarios, None, 1, table)
    with pytest.raises(PrefixError, match=r"trust in 2023-02 \(draw 0, replication 1\)"):
        cs.compare(broken)


@pytest.mark.parametrize(
    ("replications", "draws", "covers"), [(1, 0, "one world"), (3, 0, "luck only"), (1, 3, "luck and inputs")]
)
def test_an_interval_says_what_it_covers(replications, draws, covers):
    other = lever("parameters.incidence", 0.5)
    design = cs.sample([BASE, other], n=draws) if draws else None
    result = cs.compare(cs.simulate([BASE, other], design, replications))
    assert set(result.summary()["covers"]) == {covers}
    one = covers == "one world"
    summary = result.summary()
    for end in ("low", "high", "mean_low", "mean_high", "standard_error"):
        assert summary[end].isna().all() == summary[end].isna().any() == one
    assert not (one and summary["clear"].any())
    assert set(summary["worlds"]) == {replications * max(draws, 1)}
    assert set(summary["draws"]) == {max(draws, 1)}


def test_what_cannot_be_compared_is_refused():
    ensemble = cs.simulate([BASE])
    with pytest.raises(UnknownNameError, match="nothing to compare"):
        cs.compare(ensemble)
    both = cs.simulate([BASE, lever("parameters.incidence", 0.5)])
    with pytest.raises(UnknownNameError, match="did you mean 'small'"):
        cs.compare(both, baseline="smal")
    with pytest.raises(UnknownNameError, match="no measure"):
        cs.compare(both).summary("happiness")


def test_the_totals_are_the_measures_that_are_described():
    columns = set(cs.simulate([BASE]).totals.columns)
    assert columns == EVERY.keys() | {"scenario", "draw", "replication"}
