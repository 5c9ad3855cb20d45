"""The command `estimate`, as people type it."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cyclesim.cli import cyclesim

KEYS = {"method", "observed", "estimate", "interval", "model", "refused", "reason", "note"}


def run(*arguments):
    """Return what the command prints, called within this process."""
    done = CliRunner().invoke(cyclesim, ["estimate", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_one_method_and_all_are_told_alike():
    found = json.loads(run("uk-6-lists", "--method", "stepwise", "--json"))
    (one,) = found["estimates"]
    assert set(one) == KEYS
    assert one["estimate"] == pytest.approx(11417.99, abs=0.01)
    assert (one["method"], one["observed"], one["interval"], one["refused"]) == ("stepwise", 2744, None, False)
    assert sorted(map(sorted, one["model"]))[:2] == [["GO", "GP"], ["GO", "NG"]]
    assert found["finding"]["answer"] == "11,418 people by the method stepwise; 2,744 are on a list."
    rows = json.loads(run("uk-6-lists", "--json"))["estimates"]
    assert one in rows
    assert {"independence", "pairs", "stepwise", "bic", "chao", "chapman"} <= {row["method"] for row in rows}


def test_a_refusal_is_an_answer(tmp_path):
    path = tmp_path / "apart.csv"
    path.write_text("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n")
    (found,) = json.loads(run(str(path), "--method", "pairs", "--json"))["estimates"]
    assert (found["estimate"], found["refused"], found["interval"]) == (None, True, None)
    assert "nobody is on two lists" in found["reason"]
    assert "no answer, nobody is on two lists" in run(str(path), "--method", "pairs")


def test_limits_come_only_if_asked_for_and_by_seed(tmp_path):
    asked = ("australia-4-lists", "--method", "independence", "--interval", "bootstrap", "--replicates", "60", "--json")
    first, again, other = (json.loads(run(*asked, "--seed", seed))["estimates"][0] for seed in ("1", "1", "2"))
    assert first == again
    assert first["interval"] != other["interval"]
    assert first["interval"][0] < first["estimate"] < first["interval"][1]


def test_text_says_what_was_chosen_and_the_caution_and_writes_the_chart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run("kosovo-4-lists")
    for words in (
        "4,400 people are on at least one of 4 lists",
        "14,342",
        "Whitehead",
        "Ball, Betts",
        "stepwise: dependent are",
    ):
        assert words in said
    (folder,) = (tmp_path / "results").iterdir()
    files = {
        "estimates.png",
        "estimates.svg",
        "estimate.json",
        "estimates.json",
        "manifest.json",
        "log.json",
        "SHA256SUMS",
    }
    assert files == {p.name for p in folder.iterdir()}
    found = json.loads((folder / "estimate.json").read_text())
    assert found == json.loads(run("kosovo-4-lists", "--json"))
    assert json.loads((folder / "estimates.json").read_text()) == found["estimates"]
    before = (folder / "estimates.png").read_bytes()
    run("kosovo-4-lists")
    assert (folder / "estimates.png").read_bytes() == before


def test_the_line_that_reproduces_it_does(tmp_path):
    path = tmp_path / "my lists.csv"
    path.write_text("A,B,trait,N\n1,0,7,40\n0,1,8,30\n1,1,9,6\n")
    said = run(str(path), "--lists", "A,B", "--count", "N", "--interval", "bootstrap", "--replicates", "20")
    again = next(line for line in said.splitlines() if line.startswith("Reproduce: cyclesim estimate "))
    assert "Columns left out: trait." in said
    assert "simulated worlds" not in said.lower()
    assert f"{said.split('Reproduce')[0]}" == run(*shlex.split(again)[3:]).split("Reproduce")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.csv",), "No such file"),
        (("uk",), "no published table 'uk'"),
        (("uk-6-lists", "--method", "stepwize"), "did you mean 'stepwise'"),
        (("uk-6-lists", "--replicates", "10"), "give both"),
        (("uk-6-lists", "--out", "taken"), "nothing was written"),
    ],
)
def test_what_is_wrong_ends_with_status_2(tmp_path, arguments, words):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")
    command = [sys.executable, "-m", "cyclesim", "estimate", *arguments]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken" / "letter.txt").read_text() == "mine"
