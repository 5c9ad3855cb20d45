"""A folder of results cannot lie about where it came from: keys, checksums, merging, replaying, archives."""

import json
import os
import random
import shutil
import subprocess
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import cyclesim as cs
from cyclesim.errors import FolderError
from cyclesim.runs import archive, driver, merge, verify
from cyclesim.runs.sweep import begin, read_sweep
from cyclesim.worlds import item, seals, writing
from scaling import scaled
from trees import Tree

WORLD = "extends: small\nmonths: 8\nspin_up: 4\n"
STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: 2\nmonthly: [exploited]\n"
    "design: {method: lhs, draws: 4, quantities: [contact, trust_gain]}\n"
)


def written(place, study=STUDY, incidence=None):
    place.mkdir(exist_ok=True)
    (place / "near.yaml").write_text(WORLD)
    (place / "far.yaml").write_text(WORLD + "parameters: {patience: 3}\n")
    if incidence is not None:
        (place / "near.yaml").write_text(WORLD + f"parameters: {{incidence: {incidence}}}\n")
    (place / "study.yaml").write_text(study)
    return place / "study.yaml"


def carried_out(study, folder, shard=(1, 1)):
    """Carry a study out as the command line does, or one shard of it."""
    from cyclesim.cli.sweep import summarised

    sweep = begin(study, folder)
    driver.carry_out(sweep, shard=shard)
    if sweep.complete:
        summarised(sweep)
    return sweep


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return written(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def kept(study):
    return carried_out(study, study.parent / "whole").folder


@pytest.fixture
def whole(kept, tmp_path):
    shutil.copytree(kept, tmp_path / "whole")
    return tmp_path / "whole"


def content(folder):
    """Return every file but what drivers noted."""
    skip = ("lock", "log.jsonl")
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(skip)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def read(folder):
    """Return every number that a reader gets from a sweep."""
    sweep = read_sweep(folder)
    runs, draws = sweep.runs(), sweep.draws
    numbers = [sweep.summary().to_numpy(dtype=float), draws.to_numpy(dtype=float)]
    numbers += [np.array(column.tolist(), dtype=object) for _, column in runs.items()]
    failures = sweep.failures.drop(columns=["message", "traceback"])
    assert sweep.complete
    return [part.tolist() for part in numbers], failures.to_dict(), sweep.plan.seed


# ---------------------------------------------------------------- code that changed


def test_changed_code_is_refused_with_the_module_and_the_way_out(tmp_path):
    tree, study = Tree(tmp_path / "tree"), written(tmp_path / "files")
    folder = tmp_path / "sweep"
    assert tree.run("sweep", study, "--out", folder, "--engine", "serial").returncode == 0
    before = content(folder)
    tree.replace("model/people/exits.py", "away = escape(p)", "away = 5 * escape(p)")
    for words in (["expand", folder, "--replications", "4"], ["resume", folder], ["sweep", study, "--out", folder]):
        refused = tree.run(*words, "--engine", "serial")
        assert refused.returncode == 2, words
        assert "cyclesim.model.people.exits" in refused.stderr
        assert "another folder" in refused.stderr
        assert str(folder) in refused.stderr
    assert content(folder) == before
    checked = tree.run("verify", folder, "--share", "1")
    assert checked.returncode == 1
    assert "other numbers when it is simulated again" in checked.stdout
    assert "the code or the default parameters" in checked.stdout


def test_results_of_other_code_are_another_study(tmp_path):
    tree, folder = Tree(tmp_path / "tree"), tmp_path / "run"
    assert tree.run("run", "small", "--out", folder).returncode == 0
    tree.replace("model/people/exits.py", "= away, p.death", "= away, 2 * p.death")
    refused = tree.run("run", "small", "--out", folder)
    assert refused.returncode == 2
    assert "another study" in refused.stderr


def test_a_worker_with_other_code_is_refused():
    from cyclesim.errors import WorkerError
    from cyclesim.worlds.engines import check_worker
    from cyclesim.worlds.fingerprint import fingerprint

    check_worker(fingerprint().hash)
    with pytest.raises(WorkerError, match="the driver with fingerprint abc"):
        check_worker("abc")


# ---------------------------------------------------------------- rows from elsewhere


def test_rows_of_another_study_are_named_not_counted(tmp_path, study):
    """The halves of two studies that differ in one number, thrown together by hand: as many rows as one has."""
    mine, other = tmp_path / "mine", tmp_path / "other"
    carried_out(study, mine, (1, 2))
    theirs = carried_out(written(tmp_path / "files", incidence=0.05), other, (2, 2))
    for file in (other / "recent").iterdir():
        shutil.copy(file, mine / "recent" / file.name)
    sweep = read_sweep(mine)
    for refused in (lambda: driver.carry_out(sweep), sweep.runs, lambda: cs.sensitivity(sweep, "trust")):
        with pytest.raises(FolderError) as error:
            refused()
        said = str(error.value)
        assert "8 runs that are not of its study" in said or "4 runs that are not of its study" in said
        assert theirs.manifest["hash"] in said
        assert str(theirs.plan.made_by) in said
        assert "cyclesim merge" in said
    assert not sweep.complete


def test_a_run_that_stands_twice_must_be_equal(tmp_path, study):
    folder = tmp_path / "twice"
    sweep = carried_out(study, folder, (1, 2))
    row = next(iter(sweep.store.read(sweep.store.columns.names).slice(0, 1).to_pylist()))
    sweep.store.add([list(row.values())])
    assert len(sweep.runs()) == len(sweep.store)
    row["trust"] += 1e-9
    sweep.store.add([list(row.values())])
    with pytest.raises(FolderError, match=r"twice with different numbers.*trust"):
        sweep.runs()


def test_two_halves_made_apart_and_merged_are_byte_for_byte_the_whole(tmp_path, study, kept):
    halves = [carried_out(study, tmp_path / f"half-{k}", (k, 2)).folder for k in (1, 2)]
    merged = merge.merge(halves, tmp_path / "merged")
    assert not (tmp_path / "merged" / writing.STAGE).exists()
    from cyclesim.cli.sweep import summarised

    assert driver.finish(merged)
    summarised(merged)
    assert content(tmp_path / "merged") == content(kept)
    assert read(tmp_path / "merged") == read(kept)


def test_a_part_merged_with_the_whole_is_the_whole_and_without_it_goes_on(tmp_path, study, kept):
    half = carried_out(study, tmp_path / "half", (2, 2)).folder
    assert merge.merge([half, kept], tmp_path / "both").complete
    alone = merge.merge([half], tmp_path / "alone")
    assert (alone.stored, alone.complete) == (8, False)
    assert driver.carry_out(read_sweep(tmp_path / "alone")).done == 8


def test_sweeps_of_two_sizes_merge_into_the_larger(tmp_path, study):
    small = written(tmp_path / "small", STUDY.replace("replications: 2", "replications: 1"))
    one, two = carried_out(small, tmp_path / "one"), carried_out(study, tmp_path / "two", (1, 2))
    merged = merge.merge([one.folder, two.folder], tmp_path / "out")
    assert merged.plan.replications == 2
    assert len(merged.runs()) == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (dict(incidence=0.05), r"near, parameters\.incidence: .*0\.05"),
        (dict(study=STUDY + "seed: 2\n"), r"seed \(1, 2\)"),
        (dict(study=STUDY.replace("[exploited]", "[exploited, trust]")), r"monthly \(trust\).*cyclesim expand"),
        (dict(study=STUDY.replace("lhs", "sobol")), "the design"),
        (dict(study=STUDY.replace(", far.yaml", "")), "the scenario far, which only one has"),
    ],
)
def test_merging_another_study_is_refused_with_what_differs(tmp_path, kept, change, said):
    other = carried_out(written(tmp_path / "files", **change), tmp_path / "other", (1, 2)).folder
    with pytest.raises(FolderError, match=said) as error:
        merge.merge([kept, other], tmp_path / "out")
    assert "nothing was written" in str(error.value)
    assert not (tmp_path / "out").exists()


def test_merging_runs_that_differ_is_refused(tmp_path, study, kept):
    sweep = carried_out(study, tmp_path / "half", (1, 2))
    table = sweep.store.read(sweep.store.columns.names).to_pylist()
    for file in (tmp_path / "half/recent").iterdir():
        file.unlink()
    table[0]["exploited"] += 1
    sweep.store.add([list(row.values()) for row in table])
    with pytest.raises(FolderError, match=r"1 runs stand .* twice with different numbers.*exploited"):
        merge.merge([kept, tmp_path / "half"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_failure_that_came_through_elsewhere_is_merged_as_a_run(tmp_path, study, kept, monkeypatch):
    original = item.simulate_months

    def months(scenario, values, seed, draw, *rest):
        if draw == 2:
            raise MemoryError("too little here")
        return original(scenario, values, seed, draw, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(item, "simulate_months", months)
        failed = carried_out(study, tmp_path / "failed")
    assert failed.failed == 4
    merged = merge.merge([tmp_path / "failed", kept], tmp_path / "out")
    assert (merged.failed, len(merged.store), merged.complete) == (0, 16, True)


# ---------------------------------------------------------------- edits and damage


@pytest.mark.parametrize(
    ("before", "after"),
    [('"seed": 1', '"seed": 2'), ('"replications": 2', '"replications": 1'), ('"months": 8', '"months": 9'),
     ('"title": "T"', '"title": "U"'), ('"patience": 3.0', '"patience": 4.0')],
)  # fmt: skip
def test_an_edited_manifest_is_refused(whole, before, after):
    text = (whole / "manifest.json").read_text()
    assert before in text
    (whole / "manifest.json").write_text(text.replace(before, after))
    with pytest.raises(FolderError, match="not as it was written"):
        read_sweep(whole)


def test_an_edited_draw_is_refused(tmp_path, study):
    folder = carried_out(study, tmp_path / "half", (1, 2)).folder
    draws = pd.read_parquet(folder / "draws.parquet")
    draws.loc[2, "contact"] *= 1.001
    draws.to_parquet(folder / "draws.parquet", index=False)
    with pytest.raises(FolderError, match=r"draws\.parquet is not as it was written"):
        read_sweep(folder)


def test_results_of_a_version_without_fingerprints_are_refused_in_words(tmp_path):
    (tmp_path / "manifest.json").write_text('{"kind": "comparison", "hash": "abc", "model_version": "0.3"}')
    with pytest.raises(FolderError, match=r"0\.3 or older"):
        cs.read(tmp_path)


def flipped(folder, rng, names):
    """Flip one bit of one file; return which."""
    name = rng.choice(names)
    raw = bytearray((folder / name).read_bytes())
    bit = rng.randrange(8 * len(raw))
    raw[bit // 8] ^= 1 << bit % 8
    (folder / name).write_bytes(raw)
    return name, bit


def flips(kept, place, number, seed):
    """Flip bits, one at a time, and demand that a reader gets the same numbers or an error, and that verify sees it."""
    rng, good = random.Random(seed), read(kept)
    names = sorted(content(kept))
    outcomes = {"refused": 0, "the same numbers": 0}
    for _ in range(number):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(kept, place)
        name, bit = flipped(place, rng, names)
        try:
            assert read(place) == good, (name, bit)
            outcomes["the same numbers"] += 1
        except cs.CycleSimError:
            outcomes["refused"] += 1
        assert not verify.verify(place, share=0).good, (name, bit)
    return outcomes


@pytest.mark.timeout(3600)
def test_no_flipped_bit_changes_a_number_in_silence(kept, tmp_path):
    """With CYCLESIM_FLIPS=1000 a thousand are tried; docs/results.md has the last result."""
    number = int(os.environ.get("CYCLESIM_FLIPS", "40"))
    outcomes = flips(kept, tmp_path / "flipped", number, seed=1)
    assert outcomes["refused"] > number / 6


@pytest.mark.parametrize("name", ["table.parquet", "manifest.json"])
def test_a_flipped_bit_in_a_comparison_is_refused(tmp_path, name):
    folder = tmp_path / "comparison"
    two = [
        cs.load("small").with_values({"months": 6, "spin_up": 0}),
    ]
    two.append(two[0].with_values({"naivety": 0.1}).renamed("other"))
    cs.compare(cs.simulate(two, replications=2)).save(folder)
    assert verify.verify(folder, share=1).good
    rng = random.Random(3)
    before = (folder / name).read_bytes()
    for _ in range(30):
        flipped(folder, rng, [name])
        with pytest.raises(cs.CycleSimError):
            cs.read(folder)
        assert not verify.verify(folder, share=0).good
        (folder / name).write_bytes(before)
    assert cs.read(folder).worlds == 2


def test_parquet_pages_carry_checksums(whole):
    """Readers other than cyclesim can check them too: a flip in the pages is refused by pyarrow itself."""
    (file,) = (whole / "runs").glob("*.parquet")
    raw = bytearray(file.read_bytes())
    metadata = pq.read_metadata(file)
    column = metadata.row_group(0).column(metadata.num_columns - 1)
    raw[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    file.write_bytes(raw)
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.read_table(file, page_checksum_verification=True)


def test_the_checksums_are_read_by_the_usual_tool(whole):
    done = subprocess.run(["sha256sum", "--check", seals.SUMS], cwd=whole, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# ---------------------------------------------------------------- verify


def test_verify_simulates_a_share_again(kept):
    found = verify.verify(kept, share=0.2, seed=4)
    assert found.good, found.problems
    assert (found.runs, found.replayed) == (16, 4)
    assert found.made_by == found.here
    assert verify.verify(kept, share=0, seed=4).replayed == 0
    assert verify.verify(kept, share=1, workers=2).replayed == 16


def test_verify_finds_a_number_that_was_never_simulated(tmp_path, study):
    """A store whose checksums are right and whose number is wrong: only simulating it again shows that."""
    sweep = begin(study, tmp_path / "forged")
    for one in sweep.plan.items():
        row = list(item.simulate_item(sweep.job(), one).row)
        row[4] += one.draw == 3
        sweep.store.add([row])
    driver.finish(sweep)
    found = verify.verify(tmp_path / "forged", share=1)
    assert len(found.problems) == 4
    assert all("person_months_exploited" in problem for problem in found.problems)


def test_verify_names_what_is_gone_and_what_it_does_not_know(whole):
    (whole / "summary.csv").unlink()
    (whole / "notes.txt").write_text("mine")
    (whole / ".DS_Store").write_text("a desktop's")
    found = verify.verify(whole, share=0)
    assert found.problems == ["summary.csv is gone"]
    assert found.unlisted == ["notes.txt"]


def test_verify_needs_results(tmp_path):
    assert not verify.verify(tmp_path).good
    (tmp_path / "a.zip").write_bytes(b"PK no archive")
    with pytest.raises(FolderError, match="cannot be read as an archive"):
        verify.verify(tmp_path / "a.zip")


# ---------------------------------------------------------------- more measures and scenarios


def test_a_sweep_grows_in_measures_to_what_it_would_have_been(tmp_path):
    few = written(tmp_path / "few", STUDY.replace("monthly: [exploited]", "measures: [trust, identified]"))
    more = "measures: [trust, identified, total_spent_cents]\nmonthly: [coverage]"
    sweep = carried_out(few, tmp_path / "grown")
    driver.expand(sweep, measures=["total_spent_cents"], monthly=["coverage"])
    assert not read_sweep(sweep.folder).complete
    assert not (sweep.folder / "summary.csv").exists()
    driver.carry_out(read_sweep(sweep.folder), shard=(1, 2))  # it can be stopped between
    grown = read_sweep(sweep.folder)
    driver.carry_out(grown)
    from cyclesim.cli.sweep import summarised

    summarised(grown)
    begun = carried_out(written(tmp_path / "few", STUDY.replace("monthly: [exploited]", more)), tmp_path / "begun")
    assert content(grown.folder) == content(begun.folder)


def test_a_sweep_grows_by_a_scenario(tmp_path, study, kept):
    folder = tmp_path / "sweep"
    shutil.copytree(kept, folder)
    (tmp_path / "third.yaml").write_text(WORLD + "parameters: {patience: 5}\n")
    sweep = read_sweep(folder)
    driver.expand(sweep, scenarios=[tmp_path / "third.yaml"])
    state = driver.carry_out(read_sweep(folder))
    assert (state.done, state.stored) == (8, 16)
    grown, base = read_sweep(folder).runs(), read_sweep(kept).runs()
    assert set(base["key"]) < set(grown["key"])
    with pytest.raises(cs.CycleSimError, match="names of their own"):
        driver.expand(read_sweep(folder), scenarios=[tmp_path / "third.yaml"])
    (tmp_path / "long.yaml").write_text("extends: small\n")
    with pytest.raises(cs.CycleSimError, match="same months"):
        driver.expand(read_sweep(folder), scenarios=[tmp_path / "long.yaml"])


def test_a_sweep_does_not_grow_where_its_runs_come_out_otherwise(whole, monkeypatch):
    sweep = read_sweep(whole)
    original = driver.simulate_item

    def other(job, one):
        outcome = original(job, one)
        return outcome._replace(row=(*outcome.row[:4], outcome.row[4] + 1, *outcome.row[5:]))

    before = content(whole)
    monkeypatch.setattr(driver, "simulate_item", other)
    with pytest.raises(FolderError, match=r"comes out otherwise.*person_months_exploited"):
        driver.expand(sweep, monthly=["trust"])
    assert content(whole) == before


# ---------------------------------------------------------------- archives


def test_a_sweep_moved_archived_and_unpacked_is_the_same(whole, tmp_path, kept):
    moved = whole.rename(tmp_path / "moved")
    assert verify.verify(moved, share=0.1).good
    packed = archive.archive(moved, tmp_path / "sweep.zip")
    found = verify.verify(packed, share=0.1)
    assert found.good, found.problems
    assert found.replayed == 2
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(tmp_path / "back")
    assert content(tmp_path / "back/results") == content(kept)
    assert verify.verify(tmp_path / "back/results", share=0.1).good
    assert archive.archive(tmp_path / "back/results", tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_an_archive_describes_every_table_and_column(whole, tmp_path):
    with zipfile.ZipFile(archive.archive(whole, tmp_path / "a.zip")) as opened:
        package = json.loads(opened.read("datapackage.json"))
        names = set(opened.namelist())
        assert {"README.txt", "study.json", "environment.json", "scenarios/near.yaml", "SHA256SUMS"} <= names
        (tmp_path / "near.yaml").write_bytes(opened.read("scenarios/near.yaml"))
        assert cs.load(tmp_path / "near.yaml").hash == read_sweep(whole).scenarios["near"].hash
        for resource in package["resources"]:
            assert resource["path"] in names
            if resource["format"] == "csv":
                assert resource["bytes"] == len(opened.read(resource["path"]))
    fields = {field["name"]: field for resource in package["resources"] for field in resource["schema"]["fields"]}
    assert fields["identified"]["unit"] == "people"
    assert "summed over its months" in fields["identified"]["description"]
    assert fields["exploited_by_month"]["type"] == "array"
    assert "not observations" in package["description"]
    assert {resource["name"] for resource in package["resources"]} >= {"draws", "summary", "differences"}


def test_a_flip_in_an_archive_is_seen(whole, tmp_path):
    packed = archive.archive(whole, tmp_path / "a.zip")
    raw, rng = packed.read_bytes(), random.Random(5)
    for _ in range(40):
        bit = rng.randrange(8 * len(raw))
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        packed.write_bytes(damaged)
        try:
            with verify.unpacked(packed) as (folder, problems):
                same = content(folder) == content(whole)
                assert problems or same
        except FolderError:
            pass


def test_an_unfinished_sweep_is_not_archived(tmp_path, study):
    folder = carried_out(study, tmp_path / "half", (1, 2)).folder
    with pytest.raises(FolderError, match="cyclesim resume"):
        archive.archive(folder)


# ---------------------------------------------------------------- the model itself


def test_a_model_in_mid_run_is_pickled_and_copied():
    import copy
    import pickle

    small, data = cs.load("small"), scaled("r16-better-data", 100_000)
    for scenario, twin in ((small, False), (small, True), (data, False)):
        model = cs.CycleModel(scenario, seed=1, twin=twin)
        for _ in range(30):
            model.step()
        copies = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
        tables = [one.run().observations.tables() for one in (model, *copies)]
        for other in tables[1:]:
            for table, columns in tables[0].items():
                for measure, column in columns.items():
                    assert np.array_equal(np.asarray(column), np.asarray(other[table][measure])), (table, measure)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "1", True, float("nan")])
def test_a_seed_that_names_no_luck_is_refused(seed):
    for refused in (lambda: cs.CycleModel(cs.load("small"), seed=seed), lambda: cs.run("small", seed=seed)):
        with pytest.raises(cs.CycleSimError, match="seed must be a non-negative whole number"):
            refused()


# ---------------------------------------------------------------- found by a reader who did not believe it


def test_code_declared_equal_later_leaves_the_keys_of_a_sweep_as_they_are(whole, monkeypatch, tmp_path):
    from cyclesim.worlds import fingerprint

    listed = tmp_path / "equal.json"
    declared = json.loads(fingerprint.EQUAL.read_text())["pairs"]  # what is equal already stays so
    earlier = {"before": "000000000000", "after": fingerprint.fingerprint().code}
    listed.write_text(json.dumps({"pairs": [earlier, *declared]}))
    monkeypatch.setattr(fingerprint, "EQUAL", listed)
    fingerprint._fingerprint.cache_clear()
    try:
        sweep = read_sweep(whole)
        assert fingerprint.fingerprint().hash != sweep.plan.made_by.hash
        assert sweep.complete
        driver.expand(sweep, replications=3)
        assert driver.carry_out(sweep).done == 8
        assert verify.verify(whole, share=0.2).good
    finally:
        fingerprint._fingerprint.cache_clear()


def test_scenarios_and_draws_that_are_alike_are_runs_of_their_own(tmp_path):
    (tmp_path / "one.yaml").write_text(WORLD)
    (tmp_path / "two.yaml").write_text(WORLD)
    (tmp_path / "draws.csv").write_text("contact\n0.05\n0.05\n")
    text = "title: T\nquestion: Q?\nscenarios: [one.yaml, two.yaml]\nluck: shared\n"
    (tmp_path / "study.yaml").write_text(text + "design: {method: table, file: draws.csv}\n")
    parts = [carried_out(tmp_path / "study.yaml", tmp_path / "sweep", (k, 2)) for k in (1, 2)]
    assert parts[-1].complete
    assert len(parts[-1].runs()) == 4
    assert verify.verify(tmp_path / "sweep", share=1).good


def test_shards_that_begin_at_once_all_work(tmp_path, study):
    import sys

    words = [
        sys.executable,
        "-m",
        "cyclesim",
        "sweep",
        str(study),
        "--out",
        str(tmp_path / "out"),
        "--engine",
        "serial",
    ]
    drivers = [subprocess.Popen([*words, "--shard", f"{k}/3"], stderr=subprocess.PIPE, text=True) for k in (1, 2, 3)]
    said = [driver.communicate(timeout=200)[1] for driver in drivers]
    assert [driver.returncode for driver in drivers] == [0, 0, 0], said
    assert read_sweep(tmp_path / "out").complete


def test_an_archive_lacks_nothing_and_a_folder_without_checksums_is_not_good(whole, tmp_path):
    (whole / seals.SUMS).unlink()
    with writing.additions(whole, "report", "any") as output:
        output.write({"report.html": "said"})
    assert not (whole / seals.SUMS).exists()
    assert not verify.verify(whole, share=0).good
    with pytest.raises(FolderError, match="does not list"):
        archive.archive(whole)
    driver.finish(read_sweep(whole))
    assert verify.verify(whole, share=0).good
    packed = archive.archive(whole, tmp_path / "a.zip")
    with zipfile.ZipFile(packed, "a") as opened:
        opened.writestr("scenarios/more.yaml", "title: slipped in")
    assert not verify.verify(packed, share=0).good


def test_a_copy_without_empty_folders_goes_on(whole):
    (whole / "recent").rmdir()
    sweep = read_sweep(whole)
    driver.expand(sweep, replications=3)
    assert driver.carry_out(sweep).done == 8


def test_what_is_not_ours_stays(whole, tmp_path, study):
    (whole / ".zenodo.json").write_text("{}")
    (whole / ".my.d").mkdir()
    (whole / ".manifest.json.0123456789abcdef").write_text("half written")
    driver.carry_out(read_sweep(whole))
    assert (whole / ".zenodo.json").exists()
    assert (whole / ".my.d").is_dir()
    assert not (whole / ".manifest.json.0123456789abcdef").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "summary.csv").write_text("mine")
    with pytest.raises(FolderError, match="no study of cyclesim"):
        begin(study, tmp_path / "mine")


def test_measures_that_are_there_can_be_read_while_others_are_added(whole):
    before = read_sweep(whole).runs(["trust"])
    sweep = read_sweep(whole)
    driver.expand(sweep, monthly=["coverage"])
    driver.carry_out(read_sweep(whole), shard=(1, 2))
    growing = read_sweep(whole)
    assert not growing.complete
    assert growing.runs(["trust"]).equals(before)


def test_a_twin_does_not_grow_in_replications(tmp_path):
    twin = written(tmp_path / "twin", STUDY.replace("replications: 2", "twin: true"))
    sweep = carried_out(twin, tmp_path / "sweep")
    with pytest.raises(cs.CycleSimError, match="the twin has no luck"):
        driver.expand(sweep, replications=2)


def test_other_results_are_never_overwritten_by_a_picture_or_an_archive(tmp_path):
    one, two = (cs.simulate("small", seed=seed, out=tmp_path / str(seed)) for seed in (1, 2))
    assert one.seed != two.seed
    before = content(tmp_path / "1")
    with writing.additions(tmp_path / "1", "cycle", "another hash") as output:
        output.write({"cycle.svg": "not there yet"})
    assert "cycle.svg" in content(tmp_path / "1")
    for name in ("table.parquet", "manifest.json", "SHA256SUMS"):
        with pytest.raises(FolderError, match="one of their files"):
            archive.archive(tmp_path / "2", tmp_path / "1" / name)
    assert {name: content(tmp_path / "1")[name] for name in before if name != "SHA256SUMS"} == {
        name: raw for name, raw in before.items() if name != "SHA256SUMS"
    }


def test_another_question_or_other_code_of_an_analysis_is_another_study(tmp_path):
    from cyclesim.runs import folder

    about = {"kind": "run", "hash": "abc", "fingerprint": read_about()}
    hashes = {folder.derived(about, "loop", {"years": years}, "cyclesim.analysis.loop")["hash"] for years in (5, 9)}
    hashes.add(folder.derived(about, "loop", {"years": 5}, "cyclesim.analysis.regimes")["hash"])
    assert len(hashes) == 3


def read_about():
    from cyclesim.worlds.fingerprint import fingerprint

    return fingerprint().to_dict()


def test_sums_of_floats_are_those_of_every_python():
    """From 3.12 on, sum() rounds floats otherwise; what determines a run adds them up in one way."""
    import ast

    from cyclesim import sources
    from cyclesim.inputs.quantity import added
    from cyclesim.worlds import fingerprint

    assert added([0.1] * 10) == 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1
    assert isinstance(added([1, 2]), int)
    found = []
    for module in sources.closure(fingerprint.ROOTS):
        tree = ast.parse((sources.ROOT / sources.path_of(module)).read_text())
        names = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        found += [module for name in names if isinstance(name, ast.Name) and name.id == "sum"]
    of_whole_numbers = ["cyclesim.estimation.choice", "cyclesim.estimation.closed"]
    assert found == of_whole_numbers
