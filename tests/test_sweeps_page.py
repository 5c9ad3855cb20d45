"""docs/sweeps.md is true: its commands, its Python and its SQL run, and its study is one."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from cyclesim.inputs.study import load_study
from cyclesim.runs.sweep import plan_of

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "sweeps.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Carry out the commands of the page, in order; the key is one that is there."""
    folder = tmp_path_factory.mktemp("page")
    said = ""
    commands = next(block for block in blocks("sh") if block.startswith("cyclesim studies"))
    for line in commands.splitlines():
        command = line.split("#")[0].replace("cyclesim ", f"{sys.executable} -m cyclesim ", 1)
        if "3f9a" in command:
            key = duckdb.sql(f"select key from '{folder}/results/first/runs/*.parquet' limit 1").fetchall()[0][0]
            command = command.replace("3f9a", key[:8])
        done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stderr)
        said += done.stdout
    assert "Bit for bit as stored" in said
    assert "Archive: results/first.zip" in said.replace(f"{folder}/", "")
    return folder


@pytest.mark.slow
def test_its_queries_run(place, monkeypatch):
    monkeypatch.chdir(place)
    means, correlations = (duckdb.sql(query.strip().rstrip(";")).fetchall() for query in blocks("sql"))
    assert [(row[0], row[1]) for row in means] == [("small", 96)]
    assert means[0][3][0] <= means[0][3][1] <= means[0][3][2]
    assert all(-1 <= value <= 1 for value in correlations[0])


@pytest.mark.slow
def test_its_python_runs(place):
    (code,) = blocks("python")
    (place / "example.py").write_text(code)
    done = subprocess.run([sys.executable, "example.py"], cwd=place, capture_output=True, text=True, check=True)
    assert "person_months_exploited" in code
    assert "mean" in done.stdout


def test_its_studies_are_two_and_one_of_them_is_an_experiment(tmp_path):
    for code, runs in zip(blocks("yaml"), (2 * 64 * 5, 4 * 20), strict=True):
        (tmp_path / "study.yaml").write_text(code)
        study, plan = plan_of(load_study(tmp_path / "study.yaml"))
        assert len(plan) == runs
    assert study.experiment.joint == study.scenarios[1:3]


def test_every_file_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
