"""Broken and hostile files: every one runs or is refused in words, before memory is spent. More: benchmarks/fuzz.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mutations
from cyclesim.errors import CycleSimError
from cyclesim.inputs import captures
from cyclesim.inputs.files import load
from cyclesim.inputs.study import load_study
from cyclesim.inputs.tables import read_table
from cyclesim.runs.sweep import plan_of

HERE = "extends: small\n"
VALLEY = HERE + "crises:\n  valley:\n"


@pytest.mark.timeout(300)
def test_mutated_files_run_or_are_refused_in_words(tmp_path):
    ends, faults = mutations.fuzz(range(600), tmp_path, most_bytes=2**40)  # pytest itself holds memory
    assert not faults
    assert ends["runs"] > 50
    assert ends["refused"] > 300


def test_the_fuzzer_sees_faults(tmp_path, monkeypatch):
    def bad(_):
        raise KeyError("x")

    def slow(_):
        raise TimeoutError

    for use, words in ((bad, "KeyError"), (slow, "hangs")):
        monkeypatch.setattr(mutations, "KINDS", ((".yaml", mutations.SCENARIOS, use),))
        assert words in mutations.attempt(1, tmp_path)[0]


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_a_command_ends_with_status_0_or_2_and_no_traceback(tmp_path, number):
    done = mutations.command(number, tmp_path)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert (done.returncode == 2) == bool(done.stderr.strip())


BOMBS = {
    "a billion of people and more": VALLEY + "    arrivals: {displaced before: {people: 1000000000000}}\n",
    "a number of people without end": VALLEY + "    arrivals: {displaced before: {people: .inf}}\n",
    "no number of people": VALLEY + "    arrivals: {displaced before: {people: .nan}}\n",
    "a million of millions of organisations": VALLEY
    + "    organisations: {N: {kind: newly_registered, channel: humanitarian, setting: camp, staff: 1, count: 1e12}}\n",
    "organisations one by one": VALLEY
    + "    organisations:\n"
    + "".join(f"      o{k}: {{kind: police, channel: police_border, setting: camp, staff: 1}}\n" for k in range(6000)),
    "months without end": HERE + "months: 1000000000\n",
    "deep nesting": "a: " + "[" * 5000 + "]" * 5000 + "\n",
    "deep mappings": "".join("  " * k + f"k{k}:\n" for k in range(300)),
    "billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "an object of Python": HERE + "title: !!python/object/apply:os.system ['true']\n",
    "a huge word": HERE + f"title: {'x' * 1_500_000}\n",
    "a huge number": HERE + f"months: {'9' * 5000}\n",
    "words from right to left": HERE + 'title: "\u202eabc"\n',
    "an invisible character in a name": VALLEY
    + '    organisations: {"a\u200bb": {kind: police, channel: police_border, setting: camp, staff: 1}}\n',
    "itself": "extends: bomb.yaml\n",
    "a device": "extends: /dev/zero\n",
    "a pipe": "extends: pipe.yaml\n",
    "a link to itself": "extends: loop.yaml\n",
    "a file that is no scenario": "extends: ../../../../../../etc/hostname\n",
    "a table that is a device": HERE + "donors: {A: {kind: government, fiscal_month: 1}}\nbudgets_from: /dev/zero\n",
}


@pytest.fixture
def place(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are files on POSIX only")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_answered_before_memory_is_spent(place, name):
    (place / "bomb.yaml").write_text(BOMBS[name], encoding="utf-8")
    with mutations.no_longer_than(20), mutations.no_more_than(2**30), pytest.raises(CycleSimError) as told:
        load(place / "bomb.yaml")
    assert len(str(told.value)) < 10_000


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are files on POSIX only")
@pytest.mark.parametrize("name", ["/dev/zero", "pipe.yaml"])
def test_no_reader_waits_for_a_device_or_a_pipe(place, name):
    for read in (load, load_study, read_table, captures.read):
        with mutations.no_longer_than(10), pytest.raises(CycleSimError, match="no ordinary file"):
            read(place / name)


def test_a_long_chain_of_files_is_refused(tmp_path):
    (tmp_path / "0.yaml").write_text(HERE)
    for k in range(1, 60):
        (tmp_path / f"{k}.yaml").write_text(f"extends: {k - 1}.yaml\n")
    with pytest.raises(CycleSimError, match="extend"):
        load(tmp_path / "59.yaml")


@pytest.mark.parametrize("name", ["../up", "a/b", "..", "/etc", "a\\b", "con:", "<script>"])
def test_names_of_scenarios_lead_nowhere_else(tmp_path, name):
    """What is written is named after the file, and a name with a path in it is not one."""
    study = tmp_path / "study.yaml"
    study.write_text(f"scenarios: ['{name}']\n")
    with pytest.raises(CycleSimError):
        plan_of(load_study(study))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.yaml"]


def test_the_command_of_many_tells_what_it_found(tmp_path):
    root = Path(__file__).parents[2]
    words = [sys.executable, "benchmarks/fuzz.py", "--number", "40", "--commands", "2"]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no fault" in done.stdout
