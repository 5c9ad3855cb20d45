"""A cell that is interrupted leaves nothing half done: no folder, no process, and the next cell works."""

import multiprocessing
import sys
import types

import pytest

import cyclesim as cs
from cyclesim import progress

SMALL = cs.load("small").with_values({"months": 3, "spin_up": 0})


def stop(done, total):
    raise KeyboardInterrupt


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_simulation_leaves_no_folder_and_no_process(tmp_path, workers):
    with pytest.raises(KeyboardInterrupt):
        cs.simulate(SMALL, replications=4, workers=workers, out=tmp_path / "runs", progress=stop)
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    assert multiprocessing.active_children() == []
    whole = cs.simulate(SMALL, replications=4, workers=workers, out=tmp_path / "runs")
    assert cs.read(tmp_path / "runs").totals.equals(whole.totals)


def test_an_interrupted_question_leaves_no_process():
    with pytest.raises(KeyboardInterrupt):
        cs.loop(SMALL, cs.sample(SMALL, n=4, quantities="contact"), years=5, workers=2, progress=stop)
    assert multiprocessing.active_children() == []


class Screen:
    """What a notebook shows: the last state of everything displayed."""

    def __init__(self):
        self.shown = []

    def display(self, words, display_id):
        self.shown.append(words)
        return types.SimpleNamespace(update=self.shown.append)


def test_a_notebook_shows_a_bar_and_clears_it(monkeypatch):
    screen = Screen()
    shell = type("ZMQInteractiveShell", (), {})()
    found = types.ModuleType("IPython")
    found.get_ipython = lambda: shell
    found.display = types.ModuleType("IPython.display")
    found.display.HTML, found.display.display = str, screen.display
    monkeypatch.setitem(sys.modules, "IPython", found)
    monkeypatch.setitem(sys.modules, "IPython.display", found.display)
    monkeypatch.setattr(progress, "_SILENT_SECONDS", 0.0)
    cs.simulate(SMALL, replications=2)
    assert any("2 of 2" in words for words in screen.shown)
    assert screen.shown[-1] == ""


def test_elsewhere_nothing_is_shown():
    with progress.watched(None) as bar:
        assert bar is None
