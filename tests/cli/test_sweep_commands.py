"""The commands about sweeps, as they are typed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cyclesim.cli import COMMANDS, cyclesim, main

NEAR = "extends: small\nmonths: 4\nspin_up: 2\n"
STUDY = "title: Near\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: {replications}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    (folder / "near.yaml").write_text(NEAR)
    (folder / "far.yaml").write_text(NEAR + "parameters: {contact: 0.1}\n")
    (folder / "study.yaml").write_text(STUDY.format(replications=3))
    (folder / "long.yaml").write_text(STUDY.format(replications=4000))
    return folder


def typed(*words):
    return CliRunner().invoke(cyclesim, [str(word) for word in words], catch_exceptions=False)


def said(capsys, monkeypatch, *words):
    """Return exit status and what stands on standard error, as a shell sees them."""
    monkeypatch.setattr(sys, "argv", ["cyclesim", *(str(word) for word in words)])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code, capsys.readouterr().err


def test_a_sweep_from_plan_to_replay(place):
    out = place / "out"
    plan = typed("sweep", place / "study.yaml", "--dry-run").output
    assert "runs          6" in plan
    assert "near, far (the first is the baseline)" in plan
    assert not out.exists()
    first = typed("sweep", place / "study.yaml", "--out", out, "--engine", "serial").output
    for words in (
        "6 runs simulated", "means of worlds", "averted", "95 % of the mean", "all 3 worlds", "3 paired worlds",
        "They cover luck only", "not observations", "assumptions",
    ):  # fmt: skip
        assert words in " ".join(first.split())
    again = typed("sweep", place / "study.yaml", "--out", out).output
    assert again.startswith("Nothing to simulate: all 6 runs are stored.")
    assert typed("resume", out).output.startswith("Nothing to simulate")
    more = typed("expand", out, "--replications", 4, "--workers", 1).output
    assert "2 runs simulated" in more
    assert "6 were stored before" in more
    status = typed("status", out).output
    assert "8 of 8 runs are stored (100 %), 0 of them failed" in status
    assert status.rstrip().endswith("Complete.")
    import pandas as pd

    key = pd.read_parquet(out / "runs")["key"][2]
    assert "Bit for bit as stored." in typed("verify", out, key[:8], "--out", place / "one").output
    assert (place / "one" / "settings.parquet").exists()
    assert pd.read_csv(out / "summary.csv")["scenario"].unique().tolist() == ["near", "far"]
    assert set(pd.read_csv(out / "differences.csv")["scenario"]) == {"far"}


def test_json_holds_what_a_program_needs(place):
    told = json.loads(typed("sweep", place / "study.yaml", "--out", place / "json", "--json").output)
    assert (told["runs"], told["stored"], told["new"], told["failed"], told["complete"]) == (6, 6, 6, 0, True)
    status = json.loads(typed("status", place / "json", "--json").output)
    assert status == {"runs": 6, "stored": 6, "failed": 0, "complete": True, "running": False, "drivers": []}
    listed = json.loads(typed("studies", "--json").output)
    assert "first-sweep" in [entry["name"] for entry in listed]


def test_a_stop_rule_says_how_many_it_took(place):
    rule = "referred: half-width 95 %"
    output = typed("sweep", place / "study.yaml", "--out", place / "until", "--until", rule, "--workers", 1).output
    assert "replications were enough for a half-width of 95 %" in output


def test_a_shard_says_what_is_left(place):
    output = typed(
        "sweep", place / "study.yaml", "--out", place / "shard", "--shard", "1/2", "--engine", "serial"
    ).output
    assert "4 runs simulated" in output
    assert "cyclesim resume" in output


def test_check_tells_what_a_study_plans_or_what_is_wrong(place):
    fine = typed("check", place / "study.yaml")
    assert fine.exit_code == 0
    assert "runs          6" in fine.output
    (place / "wrong.yaml").write_text(STUDY.format(replications=0))
    wrong = CliRunner().invoke(cyclesim, ["check", str(place / "wrong.yaml")])
    assert wrong.exit_code == 2
    assert "wrong.yaml:4:15: replications: must be at least 1 (got 0)" in wrong.output


BAD = [
    (["sweep", "first-swep"], "did you mean 'first-sweep'"),
    (["sweep", "none.yaml"], "no such file"),
    (["sweep", "baseline"], "baseline is a scenario: cyclesim run baseline"),
    (["sweep", str(Path(__file__).parents[2] / "scenarios" / "small.yaml")], "this is a scenario, not a study"),
    (["sweep", "first-sweep", "--shard", "9/8"], "must be like 3/8"),
    (["sweep", "first-sweep", "--shard", "half"], "must be like 3/8"),
    (["sweep", "first-sweep", "--workers", "0"], "0 is not in the range"),
    (["sweep", "first-sweep", "--engine", "ray"], "'ray' is not one of"),
    (["sweep", "first-sweep", "--engine", "serial", "--scheduler", "tcp://x:1"], "goes with --engine dask"),
    (["sweep", "first-sweep", "--engine", "serial", "--workers", "2"], "has one worker"),
    (["sweep", "first-sweep", "--engine", "dask", "--scheduler", "tcp://x:1", "--workers", "2"], "leave --workers out"),
    (["sweep", "first-sweep", "--until", "soon"], "cannot read the stop rule 'soon'"),
    (["sweep", "first-sweep", "--until", "identified: half-width 5 %"], "second scenario"),
    (["sweep", "first-sweep", "--out", "/proc/nowhere"], "choose another"),
    (["resume", "/tmp"], "holds no sweep; begin one with"),
    (["resume", "/no/such/folder"], "does not exist"),
    (["status", "/tmp"], "holds no sweep"),
    (["expand", "/tmp"], "say what there shall be more of: --draws"),
    (["replay", "/tmp", "abc"], "it is now: cyclesim verify FOLDER KEY"),
    (["trace", "M17"], "it is now: python docs/trace_report.py"),
    (["experiments"], "it is now: cyclesim studies"),
    (["verify", "/tmp", "abc"], "holds no sweep"),
    (["verify", "/tmp", "--out", "x"], "--out goes with the KEY"),
    (["merge", "/tmp", "--out", "x"], "holds no sweep"),
    (["archive", "/tmp"], "holds no results"),
]


@pytest.mark.parametrize(("words", "message"), BAD)
def test_bad_input_gets_a_message_and_status_2(capsys, monkeypatch, tmp_path, words, message):
    monkeypatch.chdir(tmp_path)
    status, error = said(capsys, monkeypatch, *words)
    assert status == 2
    assert message in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


def test_less_than_there_is_is_refused(capsys, monkeypatch, place):
    typed("sweep", place / "study.yaml", "--out", place / "less", "--engine", "serial")
    status, error = said(capsys, monkeypatch, "expand", place / "less", "--replications", 1)
    assert status == 2
    assert "there are 3 replications already" in error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_sweep_with_all_runs_stored(place, number):
    out = place / f"stopped-{number}"
    command = [sys.executable, "-m", "cyclesim", "sweep", str(place / "long.yaml"), "--out", str(out), "--workers", "2"]
    sweep = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(out.glob("driver-*.json")) and time.monotonic() < deadline:
        time.sleep(0.1)
    status = typed("status", out).output
    assert "Under way." in status
    assert f"driver {sweep.pid} on" in status
    os.kill(sweep.pid, number)
    _, error = sweep.communicate(timeout=60)
    assert sweep.returncode == 130, error
    assert "runs are stored. Go on with: cyclesim resume" in error
    assert "Traceback" not in error
    told = json.loads(typed("status", out, "--json").output)
    assert told["stored"] > 0
    assert not told["running"]
    assert told["drivers"] == []
    assert f"stopped; {told['stored']:,} of 8,000" in error


def test_every_command_has_help():
    for name in ("studies", "sweep", "resume", "expand", "status", "verify", "merge", "archive"):
        assert name in COMMANDS
        assert typed(name, "--help").exit_code == 0
