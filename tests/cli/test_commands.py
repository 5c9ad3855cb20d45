"""The commands as people type them."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest

import cyclesim as cs
from cyclesim import __version__
from cyclesim.inputs.files import load
from cyclesim.measures import EVERY
from cyclesim.outputs.printed import amount


def cyclesim(*arguments, cwd, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "cyclesim", *arguments],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def lever(tmp_path_factory):
    path = tmp_path_factory.mktemp("mine") / "mine.yaml"
    path.write_text(
        "title: A stronger back end\n"
        "question: What if the district had a caseworker?\n"
        "extends: small\n"
        "interventions:\n"
        "  caseworker: {from: 2023-06, add: {crises.valley.back_ends.district.caseworkers: 1}, cost: 1667}\n"
    )
    return path


def test_run_prints_a_world_and_writes_it(tmp_path):
    done = cyclesim("run", "small", "--seed", "7", cwd=tmp_path)
    assert "this is one world (seed 7)" in done.stdout.casefold()
    assert done.stderr == ""  # no progress bar when piped
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("small-")
    assert {"table.parquet", "settings.parquet", "manifest.json", "log.json", "cycle.png", "cycle.svg"} <= {
        path.name for path in folder.iterdir()
    }
    table = pd.read_parquet(folder / "table.parquet")
    assert table["exploited"].tolist() == cs.run("small", seed=7).months["exploited"].tolist()


def test_json_is_one_object_on_standard_output(tmp_path, lever):
    run = json.loads(cyclesim("run", "small", "--json", cwd=tmp_path).stdout)
    assert run["totals"]["person_months_exploited"] == cs.run("small").totals()["person_months_exploited"]
    arguments = ("compare", "small", str(lever), "--replications", "3", "--workers", "1", "--json")
    result = json.loads(cyclesim(*arguments, cwd=tmp_path).stdout)
    assert result["worlds"] == 3
    assert result["covers"] == "luck only"
    assert result["first_difference"] == {"mine": "2023-06"}
    measures = {row["measure"]: row for row in result["measures"]}
    assert measures["intervention_cents"]["difference"] == 19 * 166700


def test_compare_prints_what_it_covers_and_how_to_reproduce_it(tmp_path, lever):
    arguments = ("compare", "small", str(lever), "--replications", "4", "--seed", "2", "--out", "here")
    done = cyclesim(*arguments, cwd=tmp_path)
    for words in (
        "4 paired worlds",
        "A difference is clear where the 95 % interval of its mean (Student's t, over worlds) excludes zero",
        "The other interval holds all 4 worlds. Fewer than 19 worlds give no interval that holds 9 in 10",
        "They cover luck only",
        "First difference: 2023-06",
        "assumptions",
        "Reproduce: cyclesim compare",
    ):
        assert words in " ".join(done.stdout.split())
    assert {path.name for path in (tmp_path / "here").iterdir()} >= {"difference.png", "cycle.svg", "comparison.json"}
    head = next(line for line in done.stdout.splitlines() if line.startswith("means of worlds"))
    assert re.split(r"  +", head)[1:] == [
        "baseline", "counterfactual", "difference", "95 % of the mean", "all 4 worlds", "pairing gain",
    ]  # fmt: skip
    rows = json.loads((tmp_path / "here" / "comparison.json").read_text())["measures"]
    for row in rows:
        measure = EVERY[row["measure"]]
        if measure.headline:
            line = next(line for line in done.stdout.splitlines() if line.startswith(f"{measure.label}  "))
            assert ("(not clear)" in line) == (not row["clear"] and row["mean_low"] < row["mean_high"]), line
            ends = f"{amount(measure.name, row['low'])} to {amount(measure.name, row['high'])}"
            assert f"  {amount(measure.name, row['difference'])}  " in line
            assert ends in line


@pytest.mark.slow
def test_equal_spending_is_said_and_can_be_reproduced(tmp_path, lever):
    arguments = ("compare", "small", str(lever), "--replications", "2", "--equal-spending", "--purse-share", "0.3")
    done = cyclesim(*arguments, cwd=tmp_path)
    for words in ("Equal spending", "out of donors' money", "carried out to", "--equal-spending --purse-share 0.3"):
        assert words in done.stdout
    result = json.loads(cyclesim(*arguments, "--json", cwd=tmp_path).stdout)
    (account,) = result["spending"]
    assert account["equal_spending"] is True
    assert account["carried_out"] < 1
    stored = cs.read(result["folder"] if result["folder"].startswith("/") else tmp_path / result["folder"])
    assert stored.scenarios["mine"].interventions["caseworker"].share == account["carried_out"]


def test_an_experiment_prints_its_answer_and_json(tmp_path):
    done = cyclesim("experiment", "conditional-identification", "--twin", "--out", "here", cwd=tmp_path)
    for words in ("Exploitation rises", "Equal spending", "Reproduce: cyclesim experiment conditional-identification"):
        assert words in done.stdout
    assert {"comparison.csv", "experiment.json", "table.parquet"} <= {
        path.name for path in (tmp_path / "here").iterdir()
    }
    refused = cyclesim("report", "here", cwd=tmp_path, code=2)
    assert "a report never shows that alone; draw the inputs too: cyclesim compare baseline" in refused.stderr
    result = json.loads(cyclesim("experiment", "conditional-identification", "--twin", "--json", cwd=tmp_path).stdout)
    assert result["arms"][0]["scenario"] == "conditional-in-full"
    assert result["finding"]["answer"] in " ".join(done.stdout.split())


@pytest.mark.slow
def test_equal_comparisons_write_equal_bytes_with_other_workers_and_hash_seeds(tmp_path, lever):
    arguments = ("compare", "small", str(lever), "--replications", "4")
    for workers, seed, name in (("1", "0", "one"), ("2", "77", "two")):
        subprocess.run(
            [sys.executable, "-m", "cyclesim", *arguments, "--workers", workers, "--out", name],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in set(names) - {"log.json"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "basline"), "did you mean 'baseline'"),
        (("run", "no/such.yaml"), "no/such.yaml"),
        (("runn", "small"), "did you mean 'run'"),
        (("run", "small", "--seed", "-1"), "-1"),
        (("run", "small", "--sed", "1"), "--seed"),
        (("compare", "small"), "SCENARIO"),
        (("compare", "small", "small"), "names of their own"),
        (("compare", "small", "baseline", "--replications", "0"), "0"),
        (("compare", "small", "baseline", "--purse-share", "0.3"), "goes with --equal-spending"),
        (("compare", "small", "baseline", "--equal-spending", "--purse-share", "1.3"), "1.3"),
        (("experiment", "pears"), "did you mean 'pairs'"),
        (("experiment", "pairs", "--twin", "--replications", "3"), "the twin has no luck"),
        (("experiment", "pairs", "--out", "thesis"), "no study of cyclesim"),
        (("run", "small", "--out", "taken.txt"), "is a file"),
        (("run", "small", "--out", "thesis"), "no study of cyclesim"),
    ],
)
def test_a_mistake_gets_one_clear_message_and_status_2(tmp_path, arguments, words):
    (tmp_path / "taken.txt").write_text("mine")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    done = cyclesim(*arguments, cwd=tmp_path, code=2)
    assert words in done.stderr
    assert done.stdout == ""


def test_another_study_in_the_folder_is_refused_before_anything_runs(tmp_path):
    cyclesim("run", "small", "--out", "here", cwd=tmp_path)
    done = cyclesim("run", "small", "--seed", "2", "--out", "here", cwd=tmp_path, code=2)
    assert "another study" in done.stderr


def test_a_file_of_ones_own_can_be_started_checked_and_run(tmp_path):
    cyclesim("new", "mine.yaml", "--from", "small", cwd=tmp_path)
    cyclesim("check", "mine.yaml", cwd=tmp_path)
    assert load(tmp_path / "mine.yaml").hash == load("small").hash
    cyclesim("run", "mine.yaml", cwd=tmp_path)


def test_check_says_how_far_an_intervention_is_carried_out(tmp_path):
    text = "title: x\nquestion: What?\nextends: small\nsources: [x]\ninterventions:\n  lever:\n    from: 2023-03\n"
    text += "    cost: 1000\n    share: 0.5\n    scale: {parameters.contact: 3}\n"
    (tmp_path / "half.yaml").write_text(text)
    said = cyclesim("check", "half.yaml", cwd=tmp_path).stdout
    contact = load("small").parameter("contact")
    assert "carried out to 50 %, at US$500 a month" in said
    assert f"parameters.contact: {contact:g} -> {2 * contact:g}" in said


def test_check_ends_with_status_2_on_a_broken_file(tmp_path):
    (tmp_path / "broken.yaml").write_text("title: x\nquestion: What?\nextends: small\nmonhts: 3\n")
    done = cyclesim("check", "broken.yaml", cwd=tmp_path, code=2)
    assert "monhts" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("parameters",),
        ("list",),
        ("show", "baseline"),
        ("interventions",),
        ("interventions", "R9"),
        ("studies",),
    ],
)
def test_every_listing_prints_json(tmp_path, arguments):
    assert json.loads(cyclesim(*arguments, "--json", cwd=tmp_path).stdout)


def test_a_file_can_extend_another_file(tmp_path, lever):
    (tmp_path / "below").mkdir()
    cyclesim("new", "below/next.yaml", "--from", str(lever), cwd=tmp_path)
    cyclesim("check", "below/next.yaml", cwd=tmp_path)
    assert load(tmp_path / "below" / "next.yaml").hash == load(lever).hash


def test_help_and_version_need_no_scenario(tmp_path):
    assert "compare" in cyclesim("--help", cwd=tmp_path).stdout
    assert __version__ in cyclesim("--version", cwd=tmp_path).stdout


def test_the_twin_says_that_it_shows_expected_values(tmp_path):
    done = cyclesim("run", "small", "--twin", "--out", "twin", cwd=tmp_path)
    assert "Expected values of the model, not observations" in done.stdout
    assert "the seed has no effect" in done.stdout
    assert json.loads((tmp_path / "twin" / "manifest.json").read_text())["engine"] == "twin"
    refused = cyclesim("run", "small", "--out", "twin", cwd=tmp_path, code=2)
    assert "another study" in refused.stderr


def test_a_title_that_the_output_cannot_encode_is_printed_all_the_same(tmp_path):
    """As in a redirect on Windows."""
    file = tmp_path / "title.yaml"
    file.write_text('extends: small\ntitle: "Посилення їієґ"\nquestion: "Is it printed?"\n', encoding="utf-8")
    words = [sys.executable, "-m", "cyclesim", "show", str(file)]
    environment = os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"?????????" in done.stdout
