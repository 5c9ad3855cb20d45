"""Totals of a run: flows summed, the rest averaged, over one crisis or several."""

import numpy as np
import pandas as pd
import pytest

import cyclesim as cs
from cyclesim.errors import UnknownNameError
from cyclesim.measures import MEASURES
from cyclesim.worlds import totals
from cyclesim.worlds.tables import over_crises

SMALL = cs.load("small").with_values({"months": 6, "spin_up": 2})


def two_crises():
    data = SMALL.resolved()
    data["crises"]["hill"] = {**data["crises"]["valley"], "needs_met": 0.1}
    return SMALL.parse(data, "two")


@pytest.mark.parametrize("scenario", [SMALL, two_crises()])
def test_months_are_summed_over_crises_and_levels_weighted_with_people(scenario):
    run = cs.run(scenario)
    expected = over_crises(run.months)
    found = totals.by_month(run.columns["months"], list(MEASURES))
    for name in MEASURES:
        assert np.allclose(found[name], expected[name], rtol=1e-13), name
        assert found[name].dtype == expected[name].dtype, name


@pytest.mark.parametrize("scenario", [SMALL, two_crises()])
def test_totals_are_sums_of_flows_and_means_of_the_rest(scenario):
    run = cs.run(scenario)
    months = over_crises(run.months)
    found = totals.totals(run.columns["months"], list(totals.TOTALS))
    for name, measure in MEASURES.items():
        expected = months[name].sum() if measure.kind == "flow" else months[name].mean()
        assert found[name] == pytest.approx(expected, rel=1e-13), name
        assert isinstance(found[name], int) == totals.integer(name), name
    assert found["person_months_exploited"] == months["exploited"].sum()


def test_totals_of_two_halves_add_up():
    """Flows are linear in months: what is summed in two parts is the whole."""
    table = cs.run(SMALL).columns["months"]
    halves = [{name: column[part] for name, column in table.items()} for part in (slice(0, 3), slice(3, 6))]
    flows = [name for name in totals.TOTALS if totals.integer(name)]
    one, two = (totals.totals(half, flows) for half in halves)
    whole = totals.totals(table, flows)
    assert all(whole[name] == one[name] + two[name] for name in flows)


def test_people_who_are_nowhere_weigh_nothing_and_alike():
    table = {
        "month": np.array([0, 1, 0, 1]),
        "people": np.array([10, 0, 30, 0]),
        "trust": np.array([0.0, 0.2, 1.0, 0.4]),
    }
    assert totals.by_month(table, ["trust"])["trust"].tolist() == pytest.approx([0.75, 0.3])


def test_the_twin_counts_in_fractions_and_whole_cents():
    table = cs.run(SMALL, twin=True).columns["months"]
    found = totals.totals(table, list(totals.TOTALS))
    for name, value in found.items():
        assert isinstance(value, int) == totals.integer(name, twin=True), name
    assert isinstance(found["spent_cents"], int)
    assert isinstance(found["identified"], float)


def test_the_default_totals_are_some_thirty_that_exist():
    assert 25 <= len(totals.DEFAULT) <= 35
    assert set(totals.DEFAULT) <= set(totals.TOTALS)
    assert totals.chosen(None) == list(totals.DEFAULT)
    assert totals.chosen("all") == list(totals.TOTALS)
    assert totals.chosen(["trust", "trust"]) == ["trust"]
    with pytest.raises(UnknownNameError, match="did you mean 'trust'"):
        totals.chosen(["trusts"])


def test_a_table_of_totals_has_the_same_numbers_as_its_runs():
    ensemble = cs.simulate([SMALL, two_crises()], replications=2)
    for _, row in ensemble.totals.iterrows():
        key = (ensemble.table["scenario"] == row["scenario"]) & (ensemble.table["replication"] == row["replication"])
        columns = {name: ensemble.table.loc[key, name].to_numpy() for name in ("month", *MEASURES)}
        found = totals.totals(columns, list(totals.TOTALS))
        pd.testing.assert_series_equal(pd.Series(found), row[list(found)], check_dtype=False, check_names=False)
