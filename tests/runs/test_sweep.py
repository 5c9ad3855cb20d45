"""Sweeps: the same files however they are carried out, nothing twice, nothing lost, nothing mixed."""

import json
import time

import numpy as np
import pytest
from scipy import stats

import cyclesim as cs
from cyclesim.errors import CycleSimError, DesignError, FolderError, UnknownNameError
from cyclesim.inputs.study import load_study
from cyclesim.questions.compare import swept
from cyclesim.runs import driver, logbook
from cyclesim.runs import sweep as sweeps
from cyclesim.worlds import fingerprint, item, parquet, precision
from cyclesim.worlds.engines import Processes, Serial

SCENARIOS = {
    "near": "extends: small\nmonths: 4\nspin_up: 2\n",
    "far": "extends: small\nmonths: 4\nspin_up: 2\nchanges:\n  more: {from: 2023-02, scale: {parameters.contact: 3}}\n",
}
HEAD = "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\n"
DESIGN = (
    "replications: 2\nmonthly: [exploited, trust]\n"
    "design: {method: sobol, draws: 4, quantities: [contact, trust_gain]}\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps")
    for name, text in SCENARIOS.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def study(place):
    return written(place, HEAD + DESIGN)


def written(place, text, name="study"):
    (place / f"{name}.yaml").write_text(text)
    return load_study(place / f"{name}.yaml")


def files(folder):
    """Return what must be equal byte for byte, however a sweep was carried out."""
    names = [*folder.glob("runs/*"), folder / "draws.parquet", *folder.glob("failures.parquet")]
    assert not list((folder / "recent").iterdir())
    return {str(path.relative_to(folder)): path.read_bytes() for path in names}


@pytest.fixture(scope="module")
def whole(place, study):
    return cs.sweep(study, place / "whole")


def test_the_table_is_that_of_an_ensemble(whole, study):
    design = sweeps.plan_of(study)[1].design
    ensemble = cs.simulate(list(whole.scenarios.values()), design, replications=2, seed=1)
    found = whole.runs()
    for row, (_, wanted) in zip(found.to_dict("records"), ensemble.totals.iterrows(), strict=True):
        assert (row["scenario"], row["draw"], row["replication"]) == tuple(wanted.iloc[:3])
        assert all(row[name] == wanted[name] for name in whole.measures)
    months = ensemble.table.query("scenario == 'far' and draw == 3 and replication == 1")
    (row,) = found.query("scenario == 'far' and draw == 3 and replication == 1").to_dict("records")
    assert row["exploited_by_month"].tolist() == months["exploited"].tolist()
    assert row["trust_by_month"].tolist() == months["trust"].tolist()
    assert whole.draws.drop(columns="draw").to_numpy().tolist() == design.values.tolist()


def test_two_processes_give_the_same_files(place, study, whole):
    assert files(cs.sweep(study, place / "two", workers=2).folder) == files(whole.folder)


def test_an_interrupted_sweep_goes_on_and_does_nothing_twice(place, study, whole, monkeypatch):
    monkeypatch.setattr(logbook, "FLUSH_RUNS", 3)
    done = []

    def stopping(job, item):
        if len(done) == 7:
            raise KeyboardInterrupt
        done.append(item.key)
        return simulate(job, item)

    simulate = driver.simulate_item
    monkeypatch.setattr(driver, "simulate_item", stopping)
    with pytest.raises(KeyboardInterrupt):
        cs.sweep(study, place / "broken")
    broken = cs.read_sweep(place / "broken")
    assert 1 <= broken.stored <= 7
    assert not broken.complete
    stored = broken.store.keys
    monkeypatch.setattr(driver, "simulate_item", lambda job, item: done.append(item.key) or simulate(job, item))
    first = len(done)
    cs.sweep(study, place / "broken")
    assert not stored & set(done[first:])
    assert len(done[first:]) == 16 - len(stored)
    assert files(place / "broken") == files(whole.folder)


def test_a_sweep_expanded_in_two_halves_gives_the_same_files(place, whole):
    half = HEAD + DESIGN.replace("draws: 4", "draws: 2").replace("replications: 2", "replications: 1")
    small = cs.sweep(written(place, half, "half"), place / "half")
    driver.expand(small, 4)
    driver.carry_out(small)
    driver.expand(cs.read_sweep(place / "half"), replications=2)
    state = driver.carry_out(cs.read_sweep(place / "half"))
    assert (state.stored, state.done) == (8, 8)
    assert files(place / "half") == files(whole.folder)


def test_shards_give_the_same_files_in_any_order(place, study, whole):
    begun = sweeps.begin(study, place / "shards")
    for k in (3, 1, 2):
        before = begun.stored
        state = driver.carry_out(sweeps.begin(study, place / "shards"), shard=(k, 3))
        begun.store.invalidate_cache()
        assert state.total == begun.stored - before
        assert begun.complete == (k == 2)
    assert files(place / "shards") == files(whole.folder)


def test_machines_without_a_common_folder_are_put_together_by_copying(place, study, whole):
    import shutil

    for k in (1, 2):
        driver.carry_out(sweeps.begin(study, place / f"machine-{k}"), shard=(k, 2))
    for file in (place / "machine-2" / "recent").iterdir():
        shutil.copy(file, place / "machine-1" / "recent")
    state = driver.carry_out(cs.read_sweep(place / "machine-1"))
    assert state.done == 0
    assert files(place / "machine-1") == files(whole.folder)


def test_a_sweep_of_no_new_runs_returns_at_once(whole):
    began = time.monotonic()
    state = driver.carry_out(cs.read_sweep(whole.folder), Processes(2))
    assert (state.done, state.stored, state.total) == (0, 16, 16)
    assert time.monotonic() - began < 2


def test_progress_counts_up_and_knows_the_time_left(place, study):
    seen = []
    driver.carry_out(sweeps.begin(study, place / "progress"), Serial(), progress=seen.append)
    assert [state.done for state in seen] == sorted(state.done for state in seen)
    assert seen[-1].done == seen[-1].total == 16
    assert seen[-1].seconds_left == 0
    assert all(state.rate > 0 for state in seen)


# ---------------------------------------------------------------- keys


def keys(study, **changes):
    _, asked = sweeps.plan_of(study.model_copy(update=changes))
    return {item.key for item in asked.items()}


def test_a_key_is_made_of_what_determines_the_run_and_of_nothing_else(place, study, monkeypatch):
    base = keys(study)
    assert len(base) == 16
    assert keys(study, title="Other", question="Why?", measures=["trust"], monthly=[]) == base
    assert keys(study, replications=3) > base
    for changes in ({"seed": 2}, {"twin": True, "replications": 1}):
        assert not keys(study, **changes) & base
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "modules", lambda: {"other": "code"})
        fingerprint._fingerprint.cache_clear()
        assert not keys(study) & base
    fingerprint._fingerprint.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "VERSION", "9.9")
        fingerprint._fingerprint.cache_clear()
        assert keys(study) == base
    fingerprint._fingerprint.cache_clear()
    text = (place / "far.yaml").read_text()
    (place / "far.yaml").write_text(text.replace("contact: 3", "contact: 4"))
    assert len(keys(study) & base) == 8  # those of the other scenario
    (place / "far.yaml").write_text(text + "title: Another title\n")
    assert keys(study) == base
    (place / "far.yaml").write_text(text)


def test_shared_luck_is_the_same_in_all_draws(place):
    """A quantity that does nothing where nobody is surveyed leaves rows equal across draws; with own luck unequal."""
    text = HEAD + "replications: 2\nluck: {luck}\ndesign: {{method: grid, quantities: {{survey_network: [0, 1]}}}}\n"
    for luck in ("shared", "own"):
        found = cs.sweep(written(place, text.format(luck=luck), luck), place / luck).runs().drop(columns="key")
        one, two = (found[found["draw"] == draw].drop(columns="draw").to_numpy() for draw in (1, 2))
        assert (one == two).all() == (luck == "shared")
        replications = found[found["scenario"] == "near"].groupby("replication")["newly_trafficked"].first()
        assert replications.nunique() == 2


# ---------------------------------------------------------------- what goes wrong


@pytest.fixture
def failing(monkeypatch):
    original = item.simulate_months

    def months(scenario, values, seed, draw, replication, twin=False):
        if (scenario.name, draw, replication) == ("far", 2, 1):
            raise ArithmeticError("no luck today")
        return original(scenario, values, seed, draw, replication, twin)

    monkeypatch.setattr(item, "simulate_months", months)


def test_a_failed_run_is_a_row_and_the_rest_goes_on(place, study, failing):
    broken = cs.sweep(study, place / "failed")
    assert broken.complete
    (row,) = broken.failures.to_dict("records")
    assert (row["scenario"], row["draw"], row["replication"], row["seed"]) == ("far", 2, 1, 1)
    assert (row["stage"], row["message"]) == ("simulation", "ArithmeticError: no luck today")
    assert "raise ArithmeticError" in row["traceback"]
    assert len(broken.runs()) == 15
    assert len(broken.pairs("trust")) == 7  # the world in which one of the two failed is left out
    assert driver.carry_out(broken).done == 0  # failed runs are not tried again unless one asks


def test_failed_runs_are_tried_again_when_asked(place, study, whole, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(item, "simulate_months", None)
        lost = cs.sweep(study, place / "retried")
    assert (lost.failed, len(lost.store)) == (16, 0)
    state = driver.carry_out(lost, retry_failed=True)
    assert (state.done, state.failed) == (16, 0)
    assert files(lost.folder) == files(whole.folder)


def test_values_that_a_scenario_does_not_take_fail_in_their_stage(whole):
    one = next(whole.plan.items())
    bad = type(one)(one.key, 0, 1, 0, 1, np.array([-1.0, 0.5]))
    outcome = driver.simulate_item(whole.job(), bad)
    assert outcome.failed
    assert outcome.row[5] == "inputs"
    assert "contact" in outcome.row[6]


def test_another_version_of_the_numbers_is_never_mixed_in(place, study, monkeypatch):
    old = sweeps.begin(study, place / "old")
    monkeypatch.setattr(sweeps, "fingerprint", lambda: fingerprint.Fingerprint.of("abc", "1", "2"))
    for attempt in (
        lambda: driver.carry_out(old),
        lambda: sweeps.begin(study, place / "old"),
        lambda: driver.expand(old, replications=3),
    ):
        with pytest.raises(FolderError, match=r"never mixed.*another folder"):
            attempt()
    assert old.stored == 0


def test_another_study_is_refused_and_nothing_is_touched(place, study, whole):
    before = {path: path.read_bytes() for path in whole.folder.rglob("*") if path.is_file()}
    other = written(place, HEAD + DESIGN + "seed: 2\n", "other")
    with pytest.raises(FolderError, match="another study"):
        sweeps.begin(other, whole.folder)
    larger = written(place, HEAD + DESIGN.replace("draws: 4", "draws: 8"), "larger")
    with pytest.raises(FolderError, match=r"4 draws and 2 replications.*cyclesim expand"):
        sweeps.begin(larger, whole.folder)
    assert before == {path: path.read_bytes() for path in whole.folder.rglob("*") if path.is_file()}
    (place / "taken").mkdir()
    (place / "taken" / "thesis.doc").write_text("years of work")
    with pytest.raises(FolderError, match="no study of cyclesim"):
        sweeps.begin(study, place / "taken")


def test_two_drivers_at_once_are_refused(place, study):
    begun = sweeps.begin(study, place / "claimed")
    seen = []

    def second(_):
        for shard in ((1, 1), (1, 2)):
            with pytest.raises(FolderError, match="another driver"):
                driver.carry_out(cs.read_sweep(place / "claimed"), shard=shard)
            seen.append(logbook.running(place / "claimed"))

    driver.carry_out(begun, progress=second)
    assert seen[0]
    assert not logbook.running(place / "claimed")


def test_a_lost_manifest_is_written_again_for_the_same_study_only(place, study, whole):
    import shutil

    shutil.copytree(whole.folder, place / "lost")
    (place / "lost" / "manifest.json").write_text("{")
    with pytest.raises(FolderError, match=r"damaged; delete it"):
        cs.read_sweep(place / "lost")
    (place / "lost" / "manifest.json").unlink()
    with pytest.raises(FolderError, match="runs that are not of its study"):
        sweeps.begin(study.model_copy(update={"seed": 5}), place / "lost")
    assert sweeps.begin(study, place / "lost").complete
    assert files(place / "lost") == files(whole.folder)


def test_a_folder_begun_and_killed_before_its_manifest_can_be_begun_again(place, study):
    sweeps.begin(study, place / "torn")
    (place / "torn" / "manifest.json").unlink()
    assert sweeps.begin(study, place / "torn").stored == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("measures: [trusts]\n", "did you mean 'trust'"),
        ("monthly: [trusts]\n", "no measure 'trusts' in monthly"),
        ("until: soon\n", "cannot read the stop rule"),
        ("until: 'suspects: half-width 5 %'\n", "add it to measures"),
        ("twin: true\nreplications: 2\n", "the twin has no luck"),
    ],
)
def test_bad_requests_are_refused_before_anything_is_written(place, more, words):
    with pytest.raises(CycleSimError, match=words):
        cs.sweep(written(place, HEAD + more, "bad"), place / "bad")
    assert not (place / "bad").exists()


def test_scenarios_of_other_months_are_refused(place):
    text = HEAD.replace("far.yaml", "small")
    with pytest.raises(DesignError, match="do not cover the same months"):
        cs.sweep(written(place, text, "months"), place / "months")


# ---------------------------------------------------------------- enough replications


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_until_stops_at_the_same_number_with_any_engine(place, workers):
    text = HEAD + "until: 'referred: half-width 90 %'\nmost: 60\n"
    found = cs.sweep(written(place, text, "until"), place / f"until-{workers}", workers=workers)
    (values,) = found.by_replication("referred").values()
    n = precision.replications_needed(values, found.rule)
    assert n is not None
    assert n + precision.lookahead(n) <= found.plan.replications <= 60
    assert len(values) == found.plan.replications
    assert found.plan.replications == cs.read_sweep(place / f"until-{workers}").plan.replications
    if workers == 2:
        alone = cs.sweep(written(place, text, "until"), place / "until-alone")
        assert files(found.folder) == files(alone.folder)
    again = cs.sweep(written(place, text, "until"), found.folder)
    assert again.plan.replications == found.plan.replications


def test_shards_cannot_decide_about_the_whole(place, study):
    rule = "until: 'referred: half-width 90 %'\nmost: 60\n"
    with pytest.raises(DesignError, match="a stop rule is about all runs and goes with no shard"):
        driver.carry_out(sweeps.begin(written(place, HEAD + rule, "sharded"), place / "sharded"), shard=(1, 2))
    with pytest.raises(DesignError, match="another try of failed runs"):
        driver.carry_out(sweeps.begin(study, place / "sharded-2"), shard=(1, 2), retry_failed=True)


def test_draws_that_were_written_before_a_kill_wait_for_their_manifest(place, whole):
    small = HEAD + DESIGN.replace("draws: 4", "draws: 2")
    there = cs.sweep(written(place, small, "ahead"), place / "ahead")
    manifest_before = (there.folder / "manifest.json").read_bytes()
    there.resize(draws=4)
    (there.folder / "manifest.json").write_bytes(manifest_before)
    again = cs.read_sweep(there.folder)
    assert (len(again.plan.design), again.complete) == (2, True)
    driver.expand(again, 4)
    driver.carry_out(again)
    assert files(again.folder) == files(whole.folder)


def test_a_stop_rule_can_be_given_to_a_sweep_that_is_there(place):
    plain = HEAD + "replications: 6\n"
    there = cs.sweep(written(place, plain, "later"), place / "later")
    assert there.rule is None
    rule = "until: 'referred: half-width 90 %'\nmost: 60\n"
    found = cs.sweep(written(place, HEAD + rule, "later"), place / "later")
    assert found.rule.measure == "referred"
    (values,) = found.by_replication("referred").values()
    assert precision.replications_needed(values, found.rule) is not None


def test_versions_that_differ_between_sessions_are_told(place, study, whole):
    assert logbook.versions(whole.folder) == {}
    lines = (whole.folder / "log.jsonl").read_text().splitlines()
    entry = json.loads(lines[0])
    assert (entry["runs"], entry["failed"], entry["engine"]) == (16, 0, "serial")
    entry["packages"]["numpy"] = "1.0"
    sweeps.begin(study, place / "mixed")
    (place / "mixed" / "log.jsonl").write_text("\n".join([lines[0], json.dumps(entry)]) + "\n")
    assert list(logbook.versions(place / "mixed")) == ["numpy"]


def test_until_gives_up_at_the_most(place):
    text = HEAD + "until: 'referred: half-width 0.1 %'\nmost: 8\n"
    found = cs.sweep(written(place, text, "most"), place / "most")
    assert found.plan.replications == 8
    assert precision.replications_needed(found.by_replication("referred")["far"], found.rule) is None


# ---------------------------------------------------------------- one run again


def test_a_run_is_replayed_bit_for_bit(whole):
    from cyclesim.analysis.sweeps import replay

    for key in whole.runs().sample(3, random_state=1)["key"]:
        result = replay(whole, key[:10])
        assert result.item.key == key
        assert not result.failed
        assert result.stored is not None
        assert result.differing == []


def test_a_number_altered_by_hand_is_found(place, study, whole):
    import shutil

    import pyarrow.parquet as pq

    from cyclesim.analysis.sweeps import replay

    shutil.copytree(whole.folder, place / "altered")
    (file,) = (place / "altered" / "runs").iterdir()
    table = pq.read_table(file)
    column = table.column_names.index("identified")
    values = table["identified"].to_numpy().copy()
    values[5] += 1
    pq.write_table(table.set_column(column, "identified", [values]), file)
    key = table["key"][5].as_py()
    with pytest.raises(FolderError, match="does not have the digest in its name"):
        replay(cs.read_sweep(place / "altered"), key)
    file.rename(file.with_name(parquet.named("part-00000", file.read_bytes())))  # who would forge it
    assert replay(cs.read_sweep(place / "altered"), key).differing == ["identified"]


def test_a_failed_run_fails_again_with_its_traceback(place, study, failing):
    from cyclesim.analysis.sweeps import replay

    broken = cs.sweep(study, place / "failed")
    result = replay(broken, broken.failures["key"][0])
    assert result.failed
    assert result.stored_failed
    assert "no luck today" in result.traceback


def test_an_unknown_or_ambiguous_key_is_told(whole):
    with pytest.raises(UnknownNameError, match="no run of this sweep"):
        whole.find("zzz")
    first = [key[0] for key in whole.runs()["key"]]
    twice = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(UnknownNameError, match="runs have keys that begin with"):
        whole.find(twice)


# ---------------------------------------------------------------- what is said


def half_of(values, shared):
    """Return the standard error of a mean and half its interval; units are draws, and the lucks that draws share."""
    levels = ("draw", "replication") if shared else ("draw",)
    parts = [values.groupby(level).mean() for level in levels]
    variances = [part.var() / len(part) for part in parts]
    freedom = sum(variances) ** 2 / sum(v**2 / (len(p) - 1) for v, p in zip(variances, parts, strict=True))
    error = np.sqrt(sum(variances))
    return error, stats.t.ppf(0.975, freedom) * error


@pytest.fixture(scope="module", params=["own", "shared"])
def apart(place, request):
    """A sweep with a counterfactual that does something."""
    (place / "less.yaml").write_text(
        SCENARIOS["near"] + "changes:\n  less: {from: 2023-01, scale: {parameters.incidence: 0.2}}\n"
    )
    text = HEAD.replace("far", "less") + DESIGN.replace("trust_gain", "incidence")
    text += f"luck: {request.param}\nmeasures: [person_months_exploited, newly_trafficked, identified, deception]\n"
    return cs.sweep(written(place, text, f"apart-{request.param}"), place / f"apart-{request.param}")


def test_summaries_are_those_of_the_table(apart):
    frame = apart.runs().set_index(["draw", "replication"])
    summary = apart.summary("person_months_exploited")
    for name in apart.scenarios:
        values = frame.loc[frame["scenario"] == name, "person_months_exploited"]
        error, half = half_of(values, apart.shared_luck)
        expected = {
            "mean": values.mean(), "error": error, "mean_low": values.mean() - half, "mean_high": values.mean() + half,
            "low": values.min(), "high": values.max(), "worlds": 8, "draws": 4, "sd": values.std(),
            "units": 2 if apart.shared_luck else 4,
            "q25": values.quantile(0.25), "q50": values.median(), "q75": values.quantile(0.75),
        }  # fmt: skip
        assert error > 0
        assert summary.loc[name].to_dict() == pytest.approx(expected)
    assert set(apart.summary().index.get_level_values("measure")) == set(apart.measures)
    with pytest.raises(UnknownNameError, match="did you mean"):
        apart.summary("identifed")


def test_differences_are_paired_and_their_error_counts_draws_not_runs(apart):
    found = swept(apart).summary()
    for measure, sign in (("person_months_exploited", -1), ("newly_trafficked", -1), ("deception", 1)):
        pairs = apart.pairs(measure)
        gained = sign * (pairs["less"] - pairs["near"])
        row = found.loc[("less", measure)]
        assert row["difference"] == pytest.approx(gained.mean())
        assert gained.tolist() == apart.differences(measure)["less"].tolist()
        error, half = half_of(gained, apart.shared_luck)
        assert row["standard_error"] == pytest.approx(error)
        assert (row["mean_low"], row["mean_high"]) == pytest.approx((gained.mean() - half, gained.mean() + half))
        assert row["clear"] == (abs(gained.mean()) > half)
        assert (row["low"], row["high"], row["worlds"], row["draws"]) == (gained.min(), gained.max(), 8, 4)
        assert row["units"] == (2 if apart.shared_luck else 4)
        assert error > 0


def test_the_manifest_says_what_it_is(whole):
    content = json.loads((whole.folder / "manifest.json").read_text())
    assert content["kind"] == "sweep"
    assert (content["draws"], content["replications"], content["runs"]) == (4, 2, 16)
    assert content["fingerprint"] == fingerprint.fingerprint().to_dict()
    assert set(content["scenarios"]) == {"near", "far"}
