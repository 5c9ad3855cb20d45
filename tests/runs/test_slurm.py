"""The recipes of docs/slurm, as they stand, on a real cluster of one node that is set up and taken down here."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "slurm"
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged")
CONF = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={port1}
AuthType=auth/munge
SlurmUser=root
SlurmdUser=root
SlurmdParameters=config_overrides
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml]\nreplications: 10\n"
    "design: {method: lhs, draws: 60, quantities: [contact]}\n"
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def shell(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True, **more).stdout


def install():
    """Install SLURM and munge where they are missing and Debian can give them."""
    if all(map(shutil.which, PROGRAMS)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        pytest.skip("SLURM is not here, and only root of a Debian can install it")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "-q", "slurm-wlm", "munge"], check=False, **quiet)
    if done.returncode:
        pytest.skip(f"SLURM cannot be installed: {done.stderr.decode()[-300:]}")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """Yield the environment in which sbatch and its like speak to a cluster of this one machine."""
    install()
    place = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (place / name).mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = place / "slurm.conf"
    host = socket.gethostname().split(".")[0]
    conf.write_text(CONF.format(host=host, port=port, port1=port + 1, place=place))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "SLURM_CONF": str(conf), "PATH": path}
    munge = subprocess.run(["pgrep", "-x", "munged"], capture_output=True, check=False).returncode != 0
    if munge:
        shell("service", "munge", "start")
    try:
        for daemon in ("slurmctld", "slurmd"):
            shell(daemon, env=env)
        waited(lambda: "idle" in shell("sinfo", "-h", "-o", "%T", env=env), 60)
        yield env
    finally:
        subprocess.run(["scancel", "--state=RUNNING", "--user=root"], env=env, capture_output=True, check=False)
        for daemon in ("slurmd", "slurmctld"):
            pid = place / f"{daemon}.pid"
            if pid.exists():
                subprocess.run(["kill", pid.read_text().strip()], check=False)
        if munge:
            shell("service", "munge", "stop")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps")
    (folder / "near.yaml").write_text("extends: small\nmonths: 8\nspin_up: 4\n")
    (folder / "study.yaml").write_text(STUDY)
    shell(sys.executable, "-m", "cyclesim", "sweep", folder / "study.yaml", "--out", folder / "whole")
    return folder


def waited(true, seconds=240):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.2)


def files(folder):
    return {path.name: path.read_bytes() for path in [*folder.glob("runs/*"), folder / "draws.parquet"]}


def test_an_array_of_jobs_one_of_them_cancelled_and_submitted_again(slurm, place):
    out = place / "array"
    words = ["sbatch", "--parsable", "--array=1-4", DOCS / "sweep.sbatch", place / "study.yaml", out]
    job = shell(*words, env=slurm, cwd=place).strip()
    waited((out / "driver-2-of-4.json").exists)
    shell("scancel", f"{job}_2", env=slurm)
    waited(lambda: not shell("squeue", "-h", env=slurm).strip())
    assert "stopped; " in (place / f"cyclesim-{job}-2.log").read_text()
    status = shell(sys.executable, "-m", "cyclesim", "status", out)
    assert "Complete." not in status
    assert (out / "recent").exists()
    shell(*words, env=slurm, cwd=place)
    waited(lambda: not shell("squeue", "-h", env=slurm).strip())
    assert "Complete." in shell(sys.executable, "-m", "cyclesim", "status", out)
    assert files(out) == files(place / "whole")


def test_jobs_of_dask_one_of_them_cancelled(slurm, place):
    out = place / "dask"
    command = [sys.executable, DOCS / "sweep_dask.py", place / "study.yaml", out, "2"]
    with subprocess.Popen(command, env=slurm, cwd=place, stdout=subprocess.PIPE, text=True) as driver:
        waited((out / "driver-1-of-1.json").exists)
        job = shell("squeue", "-h", "-t", "R", "-o", "%i", env=slurm).split()[0]
        shell("scancel", "--signal=KILL", job, env=slurm)
        told, _ = driver.communicate(timeout=300)
    assert driver.returncode == 0
    assert "600 of 600 runs are stored" in told
    assert files(out) == files(place / "whole")
