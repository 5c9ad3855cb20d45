"""README is true: its examples run and its numbers are the model's."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

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
@pytest.mark.timeout(3000)
def test_the_commands_run_as_they_stand(tmp_path):
    (commands,) = (block for block in blocks("sh") if block.startswith("cyclesim"))
    for line in commands.replace("cyclesim ", f"{sys.executable} -m cyclesim ").splitlines():
        if " app " not in line:
            subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert any((tmp_path / "results").iterdir())
    assert (tmp_path / "page.html").exists()


@pytest.mark.slow
def test_the_live_model_opens_for_somebody_who_never_started_it(tmp_path):
    home = os.environ | {"HOME": str(tmp_path), "BROWSER": "true"}  # Streamlit asks newcomers for an address, if let
    command = [sys.executable, "-m", "cyclesim", "app", "--port", "8573"]
    log = tmp_path / "log.txt"
    with log.open("w") as told:
        server = subprocess.Popen(command, env=home, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
    try:
        for _ in range(300):
            assert server.poll() is None, log.read_text()
            try:
                with urlopen("http://127.0.0.1:8573/_stcore/health", timeout=1) as answer:
                    assert answer.read() == b"ok"
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail(log.read_text())
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


def test_the_number_of_assumptions_is_stated():
    assumed = sum(quantity.grade == "assumption" for quantity in parameters().values())
    assert f"{assumed} of its {len(parameters())} parameters are assumptions" in README


def test_every_file_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
