"""What is asked of runs, through every voice; see test_findings.py."""

import json

import pytest

import cyclesim as cs
from voices import run, say_the_same

ASKED_OF_RUNS = {
    "sensitivity": (
        lambda runs: cs.sensitivity(runs, "newly_trafficked", "far"),
        ["--measure", "newly_trafficked", "--difference", "far"],
    ),
    "discover": (
        lambda runs: cs.discover(runs, "newly_trafficked worst 30 %"),
        ["--fails", "newly_trafficked worst 30 %"],
    ),
    "voi": (lambda runs: cs.voi(runs, worth=2000.0), ["--worth", "2000"]),
}
"""A question in Python, and the options of its command; by the name of the command."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    head = "extends: small\nmonths: 4\nspin_up: 2\n"
    (folder / "near.yaml").write_text(head)
    levers = "interventions:\n  i: {from: 2023-01, scale: {parameters.incidence: 0.5}, cost: 4000}\n"
    (folder / "far.yaml").write_text(f"{head}caveat: Far is made up.\n{levers}")
    design = "{method: lhs, draws: 60, quantities: {incidence: [0.0005, 0.01], trust_gain: }}"
    study = f"title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: 2\ndesign: {design}\n"
    (folder / "study.yaml").write_text(study)
    return cs.sweep(folder / "study.yaml", folder / "out")


@pytest.mark.parametrize("name", ASKED_OF_RUNS)
def test_every_voice_of_what_is_asked_of_runs_says_the_same(name, runs, tmp_path):
    ask, options = ASKED_OF_RUNS[name]
    printed = say_the_same(ask(runs), [name, runs.folder, *options], tmp_path / "out")
    assert "Far is made up." in printed["cautions"]


@pytest.mark.parametrize("name", ASKED_OF_RUNS)
def test_what_is_asked_of_a_sweep_can_be_asked_of_worlds_in_memory(name, runs, tmp_path):
    ask, options = ASKED_OF_RUNS[name]
    worlds = cs.simulate(list(runs.scenarios.values()), runs.design, twin=True)
    answer = ask(worlds)
    worlds.save(tmp_path / "worlds")
    assert say_the_same(answer, [name, tmp_path / "worlds", *options], tmp_path / "out")["details"]


def test_the_answer_does_not_depend_on_how_many_rows_are_told(runs):
    for name, rows in (("sensitivity", ["--measure", "newly_trafficked"]), ("voi", ["--worth", "2000"])):
        few, many = (json.loads(run(name, runs.folder, *rows, "--top", top, "--json")) for top in (1, 9))
        assert few["finding"]["answer"] == many["finding"]["answer"]
        assert few["inputs"] == many["inputs"]
