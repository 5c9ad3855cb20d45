"""Dask as an engine: what a plain loop gives, whatever dies on the way, and no noise."""

import os
import signal
import subprocess
import sys
import time

import pytest

import cyclesim as cs
from cyclesim.errors import DesignError, WorkerError
from cyclesim.inputs.study import load_study
from cyclesim.runs import driver
from cyclesim.runs.sweep import begin
from cyclesim.worlds import cluster
from cyclesim.worlds.cluster import Dask
from cyclesim.worlds.engines import AHEAD, Batch
from cyclesim.worlds.fingerprint import Fingerprint
from processes import Machines, alive, descendants

STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml]\nreplications: {}\n"
    "design: {{method: lhs, draws: 10, quantities: [contact]}}\n"
)


def slowly(shared, item):
    time.sleep(0.02)
    return shared * item


def killing(killers, item):
    if item in killers:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


@pytest.fixture(scope="module")
def machines():
    started = Machines()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "near.yaml").write_text("extends: small\nmonths: 4\nspin_up: 2\n")
    (folder / "study.yaml").write_text(STUDY.format(2))
    (folder / "long.yaml").write_text(STUDY.format(200))
    return folder


def files(folder):
    return {path.name: path.read_bytes() for path in folder.glob("runs/*")}


def test_workers_started_by_hand_give_the_same_files_as_this_process(place, machines):
    study = load_study(place / "study.yaml")
    one = cs.sweep(study, place / "serial")
    two = cs.sweep(study, place / "dask", engine=Dask(scheduler=machines.address))
    assert two.stored == 20
    assert files(one.folder) == files(two.folder)


def test_no_more_batches_are_pulled_than_workers_need(machines):
    pulled = []

    def source():
        for number in range(40):
            pulled.append(number)
            yield Batch([number])

    found = []
    for count, done in enumerate(Dask(scheduler=machines.address).map(slowly, 2, source()), start=1):
        found += done.results
        assert len(pulled) <= count + 2 * AHEAD
    assert sorted(found) == [2 * n for n in range(40)]


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_a_new_one_joins():
    started = Machines()
    try:
        found = []
        work = Dask(scheduler=started.address).map(slowly, 2, (Batch([n, n + 1]) for n in range(0, 100, 2)))
        for count, done in enumerate(work):
            found += done.results
            if count == 5:
                started.workers[0].kill()
                started.workers.append(started.worker())
        assert sorted(found) == [2 * n for n in range(100)]
    finally:
        started.stop()


def test_an_error_in_an_item_is_raised_as_it_is(machines):
    with pytest.raises(TypeError):
        list(Dask(scheduler=machines.address).map(slowly, None, [Batch([1])]))


def test_another_model_on_the_workers_is_refused(machines, monkeypatch):
    monkeypatch.setattr(cluster, "fingerprint", lambda: Fingerprint.of("abc", "1", "2"))
    with pytest.raises(WorkerError, match=r"a worker simulates with .* install the same on both"):
        list(Dask(scheduler=machines.address).map(slowly, 1, [Batch([1])]))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(WorkerError, match=f"cannot reach a Dask scheduler at {address}"):
            list(Dask(scheduler=address).map(slowly, 1, [Batch([1])]))


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DesignError, match=r"pip install 'cyclesim\[cluster\]'"):
        Dask()


def test_workers_of_a_scheduler_are_its_own():
    with pytest.raises(DesignError, match="leave --workers out"):
        Dask(2, "tcp://127.0.0.1:8786")


@pytest.mark.slow
def test_a_scheduler_that_dies_is_told_and_the_runs_are_stored(place):
    started = Machines()
    try:
        sweep = begin(load_study(place / "long.yaml"), place / "headless")

        def kill(state):
            if state.done > 20:
                started.scheduler.kill()

        with pytest.raises(WorkerError, match=r"scheduler at .* is gone.*cyclesim resume"):
            driver.carry_out(sweep, Dask(scheduler=started.address), progress=kill)
        assert 20 < sweep.stored < 2000
    finally:
        started.stop()


@pytest.mark.slow
def test_an_item_that_kills_its_worker_is_given_up_alone_on_local_processes():
    done = list(Dask(2).map(killing, {13}, (Batch(list(range(n, n + 5))) for n in range(0, 30, 5))))
    assert [one.batch.items for one in done if one.results is None] == [[13]]
    assert sorted(r for one in done for r in one.results or ()) == [n for n in range(30) if n != 13]


@pytest.mark.slow
def test_a_killed_driver_leaves_no_local_workers(place):
    command = [sys.executable, "-m", "cyclesim", "sweep", str(place / "long.yaml"), "--out", str(place / "killed")]
    sweep = subprocess.Popen([*command, "--engine", "dask", "--workers", "2"], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list((place / "killed").glob("driver-*.json")) and time.monotonic() < deadline:
        time.sleep(0.2)
    workers = descendants(sweep.pid)
    sweep.kill()
    sweep.wait()
    assert len(workers) >= 2
    deadline = time.monotonic() + 40
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not any(map(alive, workers))
