"""Lessons: stored bare, three exercises with solutions each, and everything in them runs from the wheel alone."""

import ast
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
sys.path.insert(0, str(ROOT / "notebooks"))
MOST_SECONDS = 300  # of a shared machine in a slow hour; about 60 in a good one
RUN = Path(__file__).with_name("run_lessons.py")
each = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path, kind):
    return ["".join(c["source"]) for c in json.loads(path.read_text())["cells"] if c["cell_type"] == kind]


def test_there_are_eight():
    assert [path.name[0] for path in LESSONS] == list("12345678")


@each
def test_a_lesson_is_stored_without_outputs(path):
    import clear

    assert clear.cleared(path.read_text()) == path.read_text(), "python notebooks/clear.py clears it"


@each
def test_a_lesson_has_three_exercises_with_hidden_solutions(path):
    text = "\n".join(cells(path, "markdown"))
    solutions = re.findall(r"<details><summary>A solution</summary>\n\n```python\n(.*?)```\n\n</details>", text, re.S)
    assert [f"**{letter}.**" in text for letter in "abc"] == [True] * 3
    assert len(solutions) == 3
    for code in solutions:
        ast.parse(code)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_lesson_runs_from_the_wheel(tmp_path):
    """In a fresh environment that knows nothing of the source tree, with every solution, in less than two minutes."""
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    needs = [f"{wheel}[analysis]", "nbclient", "ipykernel", "ipywidgets"]
    subprocess.run([python, "-m", "pip", "install", "-q", *needs], check=True)
    place = tmp_path / "elsewhere"
    place.mkdir()
    halves = [
        subprocess.Popen([python, RUN, *half], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for half in (LESSONS[::2], LESSONS[1::2])
    ]
    told = [half.communicate()[0] for half in halves]
    assert [half.returncode for half in halves] == [0, 0], told
    seconds = {name: float(took) for name, took in re.findall(r"^(\S+) (\S+) s$", "\n".join(told), re.M)}
    assert len(seconds) == len(LESSONS)
    assert max(seconds.values()) < MOST_SECONDS, seconds
