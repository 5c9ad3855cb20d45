"""Engines: any of them gives what a plain loop gives, whatever dies on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cyclesim.errors import DesignError, WorkerError
from cyclesim.worlds.engines import AHEAD, STRIKES, Batch, Processes, Serial, Suspects
from processes import alive

# ---------------------------------------------------------------- what workers do; found by its name in their processes


def times(shared, item):
    return shared * item


def noted(folder, item):
    """Leave a mark, so that a test sees what was done and how often."""
    time.sleep(0.02)
    with open(os.path.join(folder, str(item)), "a") as file:
        file.write("x")
    return item


def killed_once(folder, item):
    """Kill the worker the first time that item 7 comes."""
    mark = Path(folder) / "killed"
    if item == 7 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return noted(folder, item)


def killing(killers, item):
    if item in killers:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def failing(_, item):
    raise ZeroDivisionError(f"item {item}")


def batches(numbers, size):
    return [Batch(numbers[first : first + size]) for first in range(0, len(numbers), size)]


def gathered(done):
    return sorted(result for one in done for result in one.results)


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("engine", [Serial(), Processes(2)])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_an_engine_gives_what_a_loop_gives(engine, size):
    numbers = list(range(40))
    done = list(engine.map(times, 3, batches(numbers, size)))
    assert gathered(done) == [3 * n for n in numbers]
    assert all([3 * n for n in one.batch.items] == one.results for one in done)
    assert all(one.seconds >= 0 for one in done)


def test_no_more_batches_are_pulled_than_workers_need():
    pulled = []

    def source():
        for number in range(30):
            pulled.append(number)
            yield Batch([number])

    for count, _ in enumerate(Processes(2).map(times, 1, source()), start=1):
        assert len(pulled) <= count + 2 * AHEAD


def test_nothing_to_do_is_nothing_done():
    assert list(Processes(2).map(times, 1, [])) == []


def test_a_killed_worker_loses_nothing(tmp_path):
    done = Processes(2).map(killed_once, str(tmp_path), batches(list(range(30)), 3))
    assert gathered(done) == list(range(30))
    assert (tmp_path / "killed").exists()


def test_what_came_through_is_not_done_again(tmp_path):
    returned = []
    for one in Processes(2).map(killed_once, str(tmp_path), batches(list(range(30)), 3)):
        returned += one.results
    assert len(returned) == len(set(returned)) == 30
    twice = [n for n in range(30) if len((tmp_path / str(n)).read_text()) > 1]
    assert len(twice) <= 3 * 2 * AHEAD  # at most what was under way


def test_an_item_that_kills_its_worker_is_given_up_alone():
    done = list(Processes(2).map(killing, {13}, batches(list(range(30)), 5)))
    lost = [one for one in done if one.results is None]
    assert [one.batch.items for one in lost] == [[13]]
    assert gathered([one for one in done if one.results is not None]) == [n for n in range(30) if n != 13]


def test_where_everything_kills_there_is_an_error_and_no_endless_loop():
    with pytest.raises(WorkerError, match="ask for fewer workers"):
        list(Processes(2).map(killing, set(range(9)), batches(list(range(9)), 3)))


def test_an_error_in_an_item_is_raised_as_it_is():
    for engine in (Serial(), Processes(2)):
        with pytest.raises(ZeroDivisionError, match="item 4"):
            list(engine.map(failing, None, [Batch([4])]))


def test_workers_that_cannot_start_are_told_at_once(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from cyclesim.worlds.engines import Batch, Processes\n"
        "from cyclesim.errors import WorkerError\n"
        "import math\n"
        "try:\n"
        "    list(Processes(2).map(math.copysign, 1, [Batch([1])]))\n"
        "except WorkerError as error:\n"
        "    print('told:', error)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert "told: worker processes die" in done.stdout
    assert "__main__" in done.stdout


def test_no_workers_are_refused():
    with pytest.raises(DesignError, match="at least one worker"):
        Processes(0)


def test_leaving_early_ends_the_workers(tmp_path):
    work = Processes(2).map(noted, str(tmp_path), batches(list(range(1000)), 200))
    began = time.monotonic()
    for _ in work:
        break
    work.close()
    marks = len(list(tmp_path.iterdir()))
    assert marks < 1000
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == marks
    assert time.monotonic() - began < 20


def test_a_killed_driver_leaves_no_workers(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(
        "from multiprocessing import active_children\n"
        "from cyclesim.worlds.engines import Batch, Processes\n"
        "if __name__ == '__main__':\n"
        "    work = Processes(2).map(pow, 2, (Batch([10**5] * 50) for _ in range(10**9)))\n"
        "    next(work)\n"
        "    print(*(child.pid for child in active_children()), flush=True)\n"
        "    for _ in work: pass\n"
    )
    driver = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    workers = [int(word) for word in driver.stdout.readline().split()]
    driver.kill()
    driver.wait()
    driver.stdout.close()
    assert len(workers) == 2
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not any(map(alive, workers))


def test_suspects_are_tried_whole_then_one_by_one_then_given_up():
    suspects = Suspects()
    assert list(suspects.isolate([Batch([1, 2]), Batch([3])], alone=False)) == []
    assert suspects.popleft() == Batch([1, 2])
    assert list(suspects.isolate([Batch([1, 2])], alone=True)) == []
    assert [suspects.popleft() for _ in range(3)] == [Batch([1]), Batch([2]), Batch([3])]
    assert not suspects
    batch = Batch([1])
    for _ in range(STRIKES - 1):
        assert list(suspects.isolate([batch], alone=True)) == []
        batch = suspects.popleft()
    (done,) = suspects.isolate([batch], alone=True)
    assert done.results is None
    assert done.batch.items == [1]
