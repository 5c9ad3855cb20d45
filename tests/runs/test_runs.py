"""Designs, ensembles, workers and folders."""

import json

import numpy as np
import pandas as pd
import pytest

import cyclesim as cs
from cyclesim.errors import DesignError, FolderError, UnknownNameError
from cyclesim.inputs.parameters import parameters
from cyclesim.measures import MEASURES
from cyclesim.worlds.design import from_table

SMALL = cs.load("small").with_values({"months": 6, "spin_up": 2})
OTHER = SMALL.with_values({"naivety": 0.0}).renamed("other")


def test_a_run_is_draw_0_replication_0_of_an_ensemble_of_its_seed():
    run, ensemble = cs.run(SMALL, seed=9), cs.simulate([SMALL, OTHER], replications=3, seed=9)
    first = ensemble.table.query("scenario == 'small' and replication == 0").reset_index(drop=True)
    pd.testing.assert_frame_equal(run.months, first, check_dtype=True)


def test_results_do_not_depend_on_the_number_of_workers():
    design = cs.sample([SMALL, OTHER], n=4)
    one, two = (cs.simulate([SMALL, OTHER], design, replications=2, workers=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)


def test_results_do_not_depend_on_the_order_of_scenarios():
    one, two = cs.simulate([SMALL, OTHER], replications=2), cs.simulate([OTHER, SMALL], replications=2)
    keys = ["scenario", "draw", "replication", "month"]
    pd.testing.assert_frame_equal(
        one.table.sort_values(keys, ignore_index=True), two.table.sort_values(keys, ignore_index=True)
    )


def test_finished_models_are_freed():
    """Mesa's class of agents keeps every model alive; a sweep must not."""
    import gc
    import weakref

    from cyclesim.model.cycle import CycleModel

    model = CycleModel(SMALL)
    watched = weakref.ref(model)
    model.run().close()
    del model
    gc.collect()
    assert watched() is None
    before = len([thing for thing in gc.get_objects() if isinstance(thing, CycleModel)])
    cs.simulate([SMALL], replications=5)
    gc.collect()
    assert len([thing for thing in gc.get_objects() if isinstance(thing, CycleModel)]) == before


def test_counts_and_cents_are_whole_numbers():
    months = cs.run(SMALL).months
    for name, measure in MEASURES.items():
        assert months[name].dtype == (np.int64 if measure.integer else np.float64), name


def test_the_long_table_holds_every_number_of_the_wide_ones():
    run = cs.run(SMALL)
    assert run.table.columns.tolist() == [
        *("scenario", "draw", "replication", "crisis", "month", "date"),
        *("dimension", "name", "measure", "value"),
    ]
    whole = run.table[run.table["dimension"] == ""].pivot(index="month", columns="measure", values="value")
    assert whole["exploited"].tolist() == run.months["exploited"].tolist()
    settings = run.table.query("dimension == 'setting' and measure == 'exploited'")
    assert settings.groupby("month")["value"].sum().tolist() == run.months["exploited"].tolist()
    assert run.table["date"].iloc[0] == "2023-01"


def test_totals_sum_flows_and_average_the_rest():
    run = cs.run(SMALL)
    totals = run.totals()
    assert totals["newly_trafficked"] == run.months["newly_trafficked"].sum()
    assert totals["person_months_exploited"] == run.months["exploited"].sum()
    assert totals["trust"] == pytest.approx(run.months["trust"].mean())
    assert totals["waiting"] == pytest.approx(run.months["waiting"].mean())


@pytest.mark.parametrize("method", ["lhs"])
def test_draws_lie_in_their_ranges_and_fill_them(method):
    design = cs.sample(SMALL, method=method, n=32)
    for name, column in zip(design.names, design.values.T, strict=True):
        low, high = parameters()[name].range
        assert low <= column.min() < column.max() <= high
        position = np.log(column / low) / np.log(high / low) if parameters()[name].scale == "log" else None
        position = (column - low) / (high - low) if position is None else position
        assert np.histogram(position, bins=8, range=(0, 1))[0].tolist() == [4] * 8


@pytest.mark.parametrize("method", ["lhs"])
def test_the_draws_of_a_parameter_do_not_depend_on_what_else_is_drawn(method):
    every, some = cs.sample(SMALL, method, n=8), cs.sample([SMALL, OTHER], method, n=8)
    for name in some.names:
        assert [some.of(k)[name] for k in range(1, 9)] == [every.of(k)[name] for k in range(1, 9)]


def test_levels_of_several_crises_are_weighted_by_people():
    data = SMALL.resolved()
    data["crises"]["hill"] = {**data["crises"]["valley"], "needs_met": 0.1}
    run = cs.run(SMALL.parse(data, "two"))
    by_month = run.months.assign(w=run.months["people"] * run.months["trust"]).groupby("month")[["w", "people"]].sum()
    assert run.totals()["trust"] == pytest.approx((by_month["w"] / by_month["people"]).mean())
    assert run.totals()["people"] == 4000


def test_every_state_of_the_world_is_drawn_but_those_a_scenario_states_and_no_lever_is():
    design = cs.sample([SMALL, OTHER], n=2)
    states = {name for name, quantity in parameters().items() if quantity.range and quantity.role == "state"}
    assert SMALL.stated == {"incidence", "need_floor", "half_belief"}
    assert set(design.names) == states - SMALL.stated - OTHER.stated


def test_a_draw_is_the_same_for_every_scenario_and_changes_its_numbers():
    design = from_table({"contact": [0.02, 0.09]})
    table = cs.simulate([SMALL, OTHER], design).table
    assert sorted(table["draw"].unique()) == [1, 2]
    by_draw = table[table["scenario"] == "small"].groupby("draw")["referral_rate"].sum()
    assert by_draw[2] > 1.5 * by_draw[1]  # proactive investigation is in it too, and stays


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cs.sample(SMALL, method="latin"), "no method 'latin'"),
        (lambda: cs.sample(SMALL, n=0), "at least one draw"),
        (lambda: cs.sample(SMALL, quantities=["naivty"]), "did you mean 'naivety'"),
        (lambda: cs.sample(SMALL, quantities=["form_mix"]), "has no range"),
        (lambda: cs.simulate([SMALL], replications=0), "at least one replication"),
        (lambda: cs.simulate([SMALL, SMALL]), "names of their own"),
        (lambda: cs.simulate([]), "names of their own"),
        (lambda: cs.run(SMALL, seed=-1), "non-negative"),
        (lambda: from_table({"nonsense": [1.0]}), "no parameter 'nonsense'"),
        (lambda: from_table({}), "at least one draw"),
        (lambda: from_table({"contact": [0.1], "naivety": [0.1, 0.2]}), "as many numbers"),
        (lambda: cs.sample(SMALL, method="sobol", n=12), "take 16"),
        (lambda: cs.simulate([SMALL, OTHER], from_table({"naivety": [0.1]})), "other states naivety itself"),
        (lambda: cs.simulate([SMALL, cs.load("small")]), "names of their own"),
        (lambda: cs.simulate([SMALL, OTHER.with_values({"months": 7})]), "do not cover the same months"),
        (lambda: cs.simulate([SMALL, OTHER.with_values({"start": "2022-06"})]), "do not cover the same months"),
        (lambda: cs.simulate([SMALL], workers=0), "at least one worker"),
        (lambda: cs.run(SMALL, draw=-1), "draw must be"),
    ],
)
def test_a_study_that_cannot_be_carried_out_is_refused(call, words):
    with pytest.raises(DesignError, match=words):
        call()


def test_results_have_short_names():
    run, ensemble = cs.run(SMALL), cs.simulate([SMALL, OTHER])
    assert repr(run) == "Run('small', seed=1, draw=0, replication=0)"
    assert repr(ensemble) == "Ensemble(['small', 'other'], worlds=1, seed=1, covers='one world')"
    assert repr(cs.compare(ensemble, baseline=OTHER)) == (
        "<comparison: small: no difference in person-months of exploitation in this one world.>"
    )
    assert cs.sample(OTHER, n=2, quantities="contact").names == ("contact",)


def test_an_unknown_scenario_or_measure_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="baseline"):
        cs.run("basline")
    with pytest.raises(UnknownNameError, match="exploited"):
        cs.simulate([SMALL]).summary("exploted")


def test_equal_studies_write_equal_bytes(tmp_path):
    for name in ("one", "two"):
        cs.simulate([SMALL, OTHER], replications=2).save(tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["SHA256SUMS", "manifest.json", "summary.csv", "table.parquet", "totals.parquet"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_read_back_is_the_ensemble(tmp_path):
    design = cs.sample([SMALL, OTHER], n=2)
    ensemble = cs.simulate([SMALL, OTHER], design, out=tmp_path / "study")
    again = cs.read(tmp_path / "study")
    pd.testing.assert_frame_equal(again.table, ensemble.table)
    assert [s.hash for s in again.scenarios.values()] == [SMALL.hash, OTHER.hash]
    assert (again.design.values == design.values).all()
    assert again.about("run") == ensemble.about("run")


def test_a_folder_of_another_study_is_refused_and_left_alone(tmp_path):
    cs.simulate([SMALL], out=tmp_path / "study")
    before = (tmp_path / "study" / "table.parquet").read_bytes()
    with pytest.raises(FolderError, match="another study"):
        cs.simulate([SMALL], seed=2, out=tmp_path / "study")
    assert (tmp_path / "study" / "table.parquet").read_bytes() == before
    cs.simulate([SMALL], out=tmp_path / "study")  # the same study may be written again


def test_a_folder_of_something_else_and_a_file_are_refused(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(FolderError, match="no study of cyclesim"):
        cs.simulate([SMALL], out=tmp_path / "thesis")
    with pytest.raises(FolderError, match="is a file"):
        cs.simulate([SMALL], out=tmp_path / "thesis" / "chapter.txt")
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter.txt"]
    with pytest.raises(FolderError, match="no results"):
        cs.read(tmp_path)


def test_the_manifest_tells_what_determines_the_study_and_no_time(tmp_path):
    about = cs.simulate([SMALL], seed=4).save(tmp_path / "study")
    stored = json.loads((tmp_path / "study" / "manifest.json").read_text())
    assert stored == about
    assert stored["scenarios"]["small"]["hash"] == SMALL.hash
    assert stored["seed"] == 4
    assert 0 < stored["parameters"]["assumptions"] < stored["parameters"]["number"]


def test_pandas_reads_the_parquet_with_whole_numbers(tmp_path):
    cs.simulate([SMALL], out=tmp_path / "study")
    table = pd.read_parquet(tmp_path / "study" / "table.parquet")
    assert table["disbursed_cents"].dtype == np.int64
    assert table["trust"].dtype == np.float64


def test_the_twin_is_a_run_of_expected_values(tmp_path):
    run = cs.run(SMALL, seed=5, twin=True)
    assert (run.engine, run.ensemble.covers) == ("twin", "expected values")
    assert run.months["exploited"].dtype == float
    assert run.months["spent_cents"].dtype == "int64"
    pd.testing.assert_frame_equal(run.months, cs.run(SMALL, seed=6, twin=True).months)
    cs.simulate(SMALL, twin=True, out=tmp_path / "twin")
    assert cs.read(tmp_path / "twin").engine == "twin"
    with pytest.raises(FolderError, match="another study"):
        cs.simulate(SMALL, out=tmp_path / "twin")


def test_the_twin_can_be_drawn_and_needs_no_replications():
    design = cs.sample(SMALL, n=3, seed=2)
    drawn = cs.simulate(SMALL, design, twin=True)
    assert drawn.covers == "inputs only"
    assert drawn.totals["exploited"].nunique() == 3
    with pytest.raises(DesignError, match="would be the same"):
        cs.simulate(SMALL, twin=True, replications=2)


def test_the_twin_does_not_depend_on_the_number_of_workers():
    design = cs.sample(SMALL, n=2, seed=2)
    one, two = (cs.simulate(SMALL, design, twin=True, workers=number) for number in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
