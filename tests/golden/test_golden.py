"""No number moves unnoticed: every shipped scenario gives what is kept, and CHANGELOG says why it last moved."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cyclesim.inputs import shipped

sys.path.insert(0, str(Path(__file__).parent))

import golden

KEPT = json.loads(golden.TABLES.read_text())
AT_ONCE = ("small", "baseline", "ukraine-2022", "r16-better-data")


def test_every_shipped_scenario_is_kept():
    assert sorted(KEPT) == sorted(golden.NAMES)
    assert set(shipped.names()) < set(KEPT)


@pytest.mark.parametrize(
    "name",
    [
        name if name.removesuffix(golden.TWIN) in AT_ONCE else pytest.param(name, marks=pytest.mark.slow)
        for name in golden.NAMES
    ],
)
def test_a_scenario_gives_what_is_kept(name):
    assert not golden.differences(KEPT[name], golden.now(name)), "python tests/golden/golden.py --make"


def test_the_changelog_says_why_they_last_moved():
    changelog = (Path(__file__).parents[2] / "CHANGELOG.md").read_text()
    assert f"(tables {golden.stamp(golden.TABLES.read_text())})" in changelog.split("### Numbers")[1]


def test_a_number_that_moves_is_seen():
    moved = golden.of(golden.load("small").with_values({"naivety": 0.95 - 1e-6}))
    assert "months.believed_prevalence" in golden.differences(KEPT["small"], moved)
    assert "months.people" not in golden.differences(KEPT["small"], moved)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_hashes_of_python_have_no_effect(seed):
    words = [sys.executable, golden.__file__, "small"]
    done = subprocess.run(words, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
