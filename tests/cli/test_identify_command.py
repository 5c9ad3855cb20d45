"""The command `identify`, as people type it."""

import json
import sys

import pytest
from click.testing import CliRunner

from cyclesim.cli import cyclesim, main
from cyclesim.errors import FolderError

ASKED = ("small", "--replications", "3", "--workers", "1")


def run(*arguments):
    """Return what the command prints, called within this process."""
    done = CliRunner().invoke(cyclesim, ["identify", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_it_prints_one_document_and_keeps_its_folder(tmp_path, monkeypatch):
    place = tmp_path / "study"
    said = json.loads(run(*ASKED, "--out", str(place), "--json"))
    assert (said["scenario"], said["crisis"], said["worlds"], said["cases_from"]) == ("small", "valley", 3, "2024-01")
    assert [[world["world"] for world in pair["worlds"]] for pair in said["pairs"]] == [["hidden", "protected"]] * 2
    written = {path.name for path in place.iterdir()}
    assert {"identify.csv", "identify.json", "identify.png", "identify.svg", "manifest.json"} <= written
    assert json.loads((place / "identify.json").read_text()) == said
    monkeypatch.setattr("cyclesim.questions.identify.compute.simulate", None)  # refused before anything is simulated
    with pytest.raises(FolderError, match="another study"):
        run(*ASKED, "--seed", "2", "--out", str(place))


def test_text_says_what_it_is_and_how_to_make_it_again():
    said = run(*ASKED, "--detection", "0.7")
    for words in ("not observations", "What is read", "Out of reach:", "Few staff:", "Prevalence survey:"):
        assert words in said
    assert said.rstrip().endswith("cyclesim identify small --detection 0.7 --replications 3 --seed 1")


def test_where_there_is_no_pair_the_status_is_2(tmp_path, monkeypatch, capsys):
    path = tmp_path / "unseen.yaml"
    nobody = "{self_report: 0, contact: 0, investigation: 0}"
    path.write_text(f"title: Unseen\nquestion: Who is found?\nextends: small\nparameters: {nobody}\n")
    monkeypatch.setattr(sys, "argv", ["cyclesim", "identify", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "no two worlds of unseen give the same case counts" in capsys.readouterr().err
