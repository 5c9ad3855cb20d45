"""A sweep that is killed again and again, runs out of disk, and meets a folder that cannot be written."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from processes import Machines, alive, descendants

WORLD = "extends: small\nmonths: 8\nspin_up: 4\n"
STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: {}\n"
    "design: {{method: lhs, draws: {}, quantities: [contact, trust_gain]}}\n"
)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "near.yaml").write_text(WORLD)
    (tmp_path / "far.yaml").write_text(WORLD + "parameters: {patience: 3}\n")
    return tmp_path


def command(*words):
    return [sys.executable, "-m", "cyclesim", *(str(word) for word in words)]


def run(*words):
    return subprocess.run(command(*words), capture_output=True, text=True, check=False, timeout=600)


def stored(folder):
    """Return the keys stored, as somebody without cyclesim would read them: each only once."""
    found = []
    for file in [*folder.glob("runs/*.parquet"), *folder.glob("recent/runs-*.parquet")]:
        found += pq.read_table(file, columns=["key"])["key"].to_pylist()
    return found


def files(folder):
    return {path.name: path.read_bytes() for path in [*folder.glob("runs/*"), folder / "draws.parquet"]}


class Attempt:
    """One driver at work, with workers of its own or with a scheduler and workers started by hand."""

    def __init__(self, study, out, dask):
        self.machines = Machines() if dask else None
        for old in out.glob("driver-*.json"):  # of a driver that was killed
            old.unlink()
        words = ["--scheduler", self.machines.address] if self.machines else ["--workers", "2"]
        what = ["resume", out] if (out / "manifest.json").exists() else ["sweep", study, "--out", out]
        self.driver = subprocess.Popen(
            command(*what, *words, "--json"),
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not list(out.glob("driver-*.json")) and self.driver.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)

    def kill(self, what, rng):
        """Kill a part of it with signal 9; return the processes that must be gone soon."""
        below = descendants(self.driver.pid)
        if what == "scheduler":
            self.machines.scheduler.kill()
        elif what == "worker":
            if self.machines:
                rng.choice(self.machines.workers).kill()
                self.machines.workers.append(self.machines.worker())
            else:
                workers = [pid for pid in below if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
                os.kill(rng.choice(workers), signal.SIGKILL)
            return []
        elif what == "driver":
            self.driver.kill()
        else:
            os.killpg(self.driver.pid, signal.SIGKILL)
            if self.machines:
                self.machines.stop()
        return below

    def end(self):
        out, error = self.driver.communicate(timeout=300)
        if self.machines:
            self.machines.stop()
        return self.driver.returncode, out, error


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_six_kills_lose_nothing_and_repeat_nothing(place):
    study, out, rng = place / "study.yaml", place / "out", random.Random(1)
    study.write_text(STUDY.format(10, 80))
    plan = ["worker", "driver", "all", "scheduler", "worker", "all"]
    before: set[str] = set()
    kills = 0
    for number, what in enumerate(plan):
        attempt = Attempt(study, out, dask=number >= 3)
        time.sleep(rng.uniform(0.3, 2.5))  # in all, well below what the sweep takes
        if attempt.driver.poll() is None:
            below = attempt.kill(what, rng)
            kills += 1
        if what == "worker":  # the sweep goes on; it is stopped later as a batch system would
            time.sleep(rng.uniform(0.3, 1.5))
            if attempt.driver.poll() is None:
                attempt.driver.terminate()
        status, _, error = attempt.end()
        assert status in (0, 2, 130, -signal.SIGKILL), error
        if what == "scheduler":
            assert "is gone" in error
        deadline = time.monotonic() + 10
        while [pid for pid in below if alive(pid)]:
            assert time.monotonic() < deadline, what
            time.sleep(0.1)
        keys = stored(out)
        assert len(keys) == len(set(keys))
        assert before <= set(keys)
        before = set(keys)
    assert kills == 6
    told = json.loads(run("resume", out, "--workers", "2", "--json").stdout)
    assert told["complete"]
    assert told["stored"] == 1600
    assert told["new"] == 1600 - len(before)  # nothing that was stored is simulated again
    assert 0 < len(before) < 1600
    whole = run("sweep", study, "--out", place / "whole", "--workers", "2", "--json")
    assert whole.returncode == 0, whole.stderr
    assert files(out) == files(place / "whole")
    assert (out / "summary.csv").read_bytes() == (place / "whole" / "summary.csv").read_bytes()


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_sweep_goes_on_when_there_is_room(place, small_disk):
    study, out = place / "study.yaml", small_disk / "out"
    study.write_text(STUDY.format(2, 10))
    assert run("sweep", study, "--out", out, "--shard", "1/2", "--engine", "serial").returncode == 0
    half = set(stored(out))
    filled = subprocess.run(
        ["dd", "if=/dev/zero", f"of={small_disk / 'ballast'}", "bs=1k"], capture_output=True, check=False
    )
    assert b"No space" in filled.stderr
    full = run("resume", out, "--engine", "serial")
    assert full.returncode == 2
    assert "No space left on device" in full.stderr
    assert "cyclesim resume" in full.stderr
    assert "Traceback" not in full.stderr
    assert set(stored(out)) == half
    assert "20 of 40 runs are stored" in run("status", out).stdout
    (small_disk / "ballast").unlink()
    assert run("resume", out, "--engine", "serial").returncode == 0
    assert run("sweep", study, "--out", place / "whole", "--engine", "serial").returncode == 0
    assert files(out) == files(place / "whole")


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told_and_can_still_be_read(place, small_disk):
    study, out = place / "study.yaml", small_disk / "out"
    study.write_text(STUDY.format(1, 4))
    assert run("sweep", study, "--out", out, "--shard", "1/2", "--engine", "serial").returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for words in (
        ["resume", out],
        ["sweep", study, "--out", small_disk / "new"],
        ["expand", out, "--replications", "2"],
    ):
        failed = run(*words, "--engine", "serial")
        assert failed.returncode == 2
        assert "cannot" in failed.stderr
        assert str(small_disk) in failed.stderr
        assert "Traceback" not in failed.stderr
    assert "4 of 8 runs are stored" in run("status", out).stdout
    assert len(stored(out)) == 4
