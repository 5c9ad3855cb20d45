"""README is true: its examples run and its numbers are the model's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cyclesim.inputs.parameters import parameters

README = (Path(__file__).parent.parent / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_examples_run(code, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_commands_run_as_they_stand(tmp_path):
    (commands,) = (block for block in blocks("sh") if block.startswith("cyclesim"))
    for line in commands.replace("cyclesim ", f"{sys.executable} -m cyclesim ").splitlines():
        subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert any((tmp_path / "results").iterdir())


def test_the_number_of_assumptions_is_stated():
    assumed = sum(quantity.grade == "assumption" for quantity in parameters().values())
    assert f"{assumed} of its {len(parameters())} parameters are assumptions" in README


def test_every_file_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
