"""The ladder and validation through every voice: they take minutes, so that numbers are made up or of a short world."""

import pytest

import cyclesim as cs
from cyclesim.analysis.beside import Beside, Loss, placed
from cyclesim.analysis.claims import ClaimVerdict, claims
from cyclesim.analysis.targets import TARGETS, judge
from cyclesim.questions.ladder import compute as of_ladder
from cyclesim.questions.validate import Validation, compute
from voices import say_the_same, words


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    place = tmp_path_factory.mktemp("asked") / "near.yaml"
    place.write_text("extends: small\nmonths: 12\nspin_up: 0\ncaveat: Near is made up.\n")
    return place


def test_every_voice_of_a_ladder_says_the_same(near, tmp_path, monkeypatch):
    found = cs.ladder(near, levels=(0.5,), draws=2, replications=0).found
    monkeypatch.setattr(of_ladder, "points", lambda *_: found.points)
    monkeypatch.setattr(of_ladder, "over_draws", lambda *_: found.draws["near"])
    monkeypatch.setattr(of_ladder, "parallel_map", lambda *_: list(found.tables.values()))
    answer = cs.ladder(near, draws=2, replications=0)
    printed = say_the_same(answer, ["ladder", near, "--draws", "2", "--seeds", "0"], tmp_path / "out")
    assert "Near is made up." in printed["cautions"]
    assert "(in brackets all 2 draws)" in printed["answer"]
    assert answer.command == "cyclesim ladder near --draws 2 --seeds 0 --seed 1"


@pytest.fixture
def few_minutes(monkeypatch):
    """Make up the numbers that `validate` measures in minutes."""
    rows = tuple(judge(target, [0.5] * len(target.quantities)) for target in TARGETS)
    beside, losses = (Beside("identified", "U", 3.0, 370.0),), (Loss("U", "identified", 9.0, 8.0),)
    shown = {claim.id: {"a number": 0.5} for claim in claims()}
    monkeypatch.setattr(
        compute,
        "targets_and_checks",
        lambda scenario, *_: Validation(scenario, 4, rows, beside, losses, tuple(placed())),
    )
    monkeypatch.setattr(compute.rules, "read", lambda *_: ClaimVerdict.SILENT)
    monkeypatch.setattr(compute.claims_measured, "measure", lambda *_: shown)


@pytest.mark.parametrize("flags", [[], ["--claims"]])
def test_every_voice_of_validation_says_the_same(flags, near, few_minutes, tmp_path):
    answer = cs.validate(near, claims=bool(flags))
    printed = say_the_same(answer, ["validate", near, *flags], tmp_path / "out")
    assert "Near is made up." in printed["cautions"]
    page = words((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    for table in answer.finding.tables:
        for said in {*(cell for row in table.rows for cell in row), *table.lines}:
            assert " ".join(said.split()) in " ".join(str(answer).split())
            assert " ".join(said.split()) in page
