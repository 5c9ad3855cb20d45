"""Commands write everything or nothing, and say truthfully which; two of them never write one place at once."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

import cyclesim as cs
from cyclesim.errors import FolderError
from cyclesim.worlds import disk, seals, writing

ABOUT = {"kind": "test", "hash": "abc"}
OTHER = {"kind": "test", "hash": "def"}


def command(*words):
    return [sys.executable, "-m", "cyclesim", *map(str, words)]


def run(*words, **more):
    return subprocess.run(command(*words), capture_output=True, text=True, check=False, timeout=600, **more)


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def write(place, about=ABOUT, **files):
    with writing.results(place, about) as output:
        output.write({f"{name}.txt": content for name, content in files.items()})


def test_files_appear_together_with_manifest_and_checksums(tmp_path):
    with writing.results(tmp_path / "out", ABOUT) as output:
        output.write({"a.txt": "one", "b.bin": b"two"})
        assert not (tmp_path / "out").exists()
    assert names(tmp_path) == ["out", "out/SHA256SUMS", "out/a.txt", "out/b.bin", "out/manifest.json"]
    assert seals.read_file(tmp_path / "out", "a.txt") == b"one"
    assert seals.read_manifest(tmp_path / "out")["hash"] == "abc"
    assert set(seals.checksums(tmp_path / "out")) == {"a.txt", "b.bin", "manifest.json"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("there", [False, True])
def test_what_fails_or_is_interrupted_leaves_nothing(tmp_path, error, there):
    place = tmp_path / "new" / "out"
    if there:
        place.mkdir(parents=True)
    before = names(tmp_path)

    def fails():
        with writing.results(place, ABOUT) as output:
            output.write({"a.txt": "one"})
            raise error

    with pytest.raises(error):
        fails()
    assert names(tmp_path) == before


def test_the_same_study_is_written_again_and_what_stood_beside_it_stays(tmp_path):
    write(tmp_path / "out", a="one")
    with writing.additions(tmp_path / "out", "report") as output:
        output.write({"report.html": "said"})
    write(tmp_path / "out", a="two")
    assert seals.read_file(tmp_path / "out", "a.txt") == b"two"
    assert seals.read_file(tmp_path / "out", "report.html") == b"said"
    with pytest.raises(FolderError, match=r"another study \(abc\)"):
        write(tmp_path / "out", OTHER, a="three")
    assert seals.read_file(tmp_path / "out", "a.txt") == b"two"


@pytest.mark.parametrize("left", [".DS_Store", "Thumbs.db", "desktop.ini", "._table.parquet", ".directory"])
def test_what_desktops_leave_does_not_take_a_folder(tmp_path, left):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / left).write_text("a desktop's")
    write(tmp_path / "out", a="one")
    assert seals.read_file(tmp_path / "out", "a.txt") == b"one"
    assert (tmp_path / "out" / left).read_text() == "a desktop's"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match="files that are no study"):
        write(tmp_path / "mine", a="one")


def test_what_a_killed_command_left_is_cleared_away(tmp_path):
    stage = tmp_path / ".out.writing-0123abcd"
    stage.mkdir()
    (stage / "table.parquet").write_text("half")
    (tmp_path / ".out.writing.lock").write_text("")
    write(tmp_path / "out", a="one")
    assert names(tmp_path) == ["out", "out/SHA256SUMS", "out/a.txt", "out/manifest.json"]


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path):
    with writing.results(tmp_path / "out", ABOUT) as output:
        output.write({"a.txt": "one"})
        with pytest.raises(FolderError, match=rf"process {os.getpid()} on .* since 20.* is writing .*out") as error:
            write(tmp_path / "out", OTHER, a="two")
        assert "nothing was written" in str(error.value)
        write(tmp_path / "another", OTHER, a="two")
    assert seals.read_file(tmp_path / "out", "a.txt") == b"one"


def test_a_lock_that_went_with_its_holder_is_not_held_by_two(tmp_path):
    with disk.locked(tmp_path, "lock") as free:
        assert free
        handle = os.open(tmp_path / "lock", os.O_RDONLY)  # somebody who came before it went
        (tmp_path / "lock").unlink()
        assert not disk._is(tmp_path / "lock", handle)
        os.close(handle)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_umask_is_respected(tmp_path, mask):
    before = os.umask(mask)
    try:
        write(tmp_path / "out", a="one")
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o777 & ~mask
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_mode & 0o777 == 0o666 & ~mask, path


def test_ctrl_c_between_two_files_waits_until_all_have_moved(tmp_path, monkeypatch):
    write(tmp_path / "out", a="one", b="one")
    replace = os.replace

    def interrupted(source, target):
        replace(source, target)
        if str(target).endswith("out/a.txt"):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out", a="two", b="two")
    assert [seals.read_file(tmp_path / "out", f"{name}.txt") for name in "ab"] == [b"two", b"two"]
    assert writing.COMMITTED[-1] == tmp_path / "out"


def test_a_story_and_an_estimate_are_results_like_any_other(tmp_path):
    for words in (["story", "small"], ["estimate", "uk-6-lists", "--method", "chao"]):
        place = tmp_path / words[0]
        done = run(*words, "--out", place)
        assert done.returncode == 0, done.stderr
        assert set(seals.checksums(place)) == {path.name for path in place.iterdir()} - {seals.SUMS, "log.json"}
        assert run("verify", place).returncode == 0
        other = {"story": ["small", "--seed", 5], "estimate": ["uk-5-lists"]}[words[0]]
        refused = run(words[0], *other, "--out", place)
        assert refused.returncode == 2
        assert "another study" in refused.stderr


# ---------------------------------------------------------------- whole commands, from outside

COMMANDS = {
    "run": ["run", "small"],
    "compare": ["compare", "small", "{other}", "--replications", "3", "--workers", "1"],
}


@pytest.fixture
def other(tmp_path):
    (tmp_path / "other.yaml").write_text("extends: small\nparameters: {naivety: 0.1}\n")
    return tmp_path / "other.yaml"


def words_of(name, other):
    return [word.format(other=other) for word in COMMANDS[name]]


def attempts(name, number, seed, other, place):
    """Interrupt a command at so many moments; whatever it says must be what is there, and it must go on."""
    rng = random.Random(seed)
    began = time.monotonic()
    assert run(*words_of(name, other), "--out", place / "whole").returncode == 0
    length = time.monotonic() - began
    seen = {"nothing": 0, "written": 0, "done": 0}
    for attempt in range(number):
        out = place / f"out-{attempt}"
        driver = subprocess.Popen(
            command(*words_of(name, other), "--out", out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(rng.uniform(0.6, 1.05) * length)
        driver.send_signal(rng.choice([signal.SIGINT, signal.SIGTERM]))
        _, said = driver.communicate(timeout=60)
        left = sorted(
            path.name for path in place.iterdir() if path.name.startswith((f"out-{attempt}", f".out-{attempt}"))
        )
        if driver.returncode == 0:
            seen["done"] += 1
        elif "nothing was written" in said:
            seen["nothing"] += 1
            assert left == []
        elif "already written" in said:
            seen["written"] += 1
            assert str(out) in said
        else:  # before or after the command: Python itself was interrupted
            assert said == "" or "Traceback" in said
        if left:
            assert left == [f"out-{attempt}"]
            assert cs.read(out).worlds >= 1
        again = run(*words_of(name, other), "--out", out)
        assert again.returncode == 0, again.stderr
        assert "Traceback" not in said or "KeyboardInterrupt" in said
    return seen


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", COMMANDS)
def test_an_interrupted_command_says_what_is_true_and_goes_on(name, other, tmp_path):
    (tmp_path / "place").mkdir()
    seen = attempts(name, 5, 1, other, tmp_path / "place")
    assert sum(seen.values()) <= 5


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("name", "kills"), [("run", 5), ("compare", 4)])
def test_nine_kills_leave_nothing_that_is_in_the_way(name, kills, other, tmp_path):
    out = tmp_path / "out"
    for attempt in range(kills):
        rivals = [
            subprocess.Popen(command(*words_of(name, other), "--seed", seed, "--out", out), stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
            for seed in (1, 2)
        ]  # fmt: skip
        time.sleep(1.0 + 0.15 * attempt)
        rivals[0].kill()
        said = [rival.communicate(timeout=120)[1] for rival in rivals]
        assert rivals[1].returncode in (0, 2), said
        assert "Traceback" not in said[1]
        if rivals[1].returncode == 0:
            assert json.loads((out / "manifest.json").read_text())["seed"] == 2
            assert run("verify", out, "--share", "0").returncode == 0
        for path in out.glob("*") if out.exists() else ():
            if path.is_file():  # what the killed one had begun to write stays, and is not in the way
                path.unlink()
    assert run(*words_of(name, other), "--seed", "1", "--out", out).returncode == 0
    assert [path.name for place in (tmp_path, out) for path in place.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("attempt", range(2))
def test_of_two_commands_in_one_folder_one_wins_and_the_other_is_told(tmp_path, attempt):
    out = tmp_path / "out"
    rivals = [
        subprocess.Popen(command("run", "small", "--seed", seed, "--out", out), stderr=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, text=True)
        for seed in (1, 2)
    ]  # fmt: skip
    said = [rival.communicate(timeout=120)[1] for rival in rivals]
    codes = [rival.returncode for rival in rivals]
    assert sorted(codes) == [0, 2], said
    assert json.loads((out / "manifest.json").read_text())["seed"] == 1 + codes.index(0)
    assert "is writing" in said[codes.index(2)] or "another study" in said[codes.index(2)]
    assert "nothing was written" in said[codes.index(2)]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_full_disk_and_a_read_only_one_leave_nothing_and_say_so(small_disk, other, tmp_path):
    subprocess.run(
        ["dd", "if=/dev/zero", f"of={small_disk / 'ballast'}", "bs=1k", "count=120"], capture_output=True, check=True
    )
    before = names(small_disk)
    drawn = ["compare", "small", other, "--draws", "3", "--workers", "1"]
    assert run(*drawn, "--out", tmp_path / "whole").returncode == 0
    for words in (
        ["run", "small", "--out", small_disk / "out"],
        [*words_of("compare", other), "--out", small_disk / "out"],
        ["report", tmp_path / "whole", "--out", small_disk / "report.html"],
        ["estimate", "uk-6-lists", "--out", small_disk / "out"],
        ["chart", tmp_path / "whole", "cycle", "--out", small_disk / "charts"],
    ):
        full = run(*words)
        assert full.returncode == 2, (words, full.stdout)
        assert "No space left on device" in full.stderr
        assert "--out" in full.stderr
        assert "Traceback" not in full.stderr
        assert names(small_disk) in (before, [*before[:1], "charts"], sorted([*before, "charts"])), words
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for words in (
        ["run", "small", "--out", small_disk / "out"],
        ["report", tmp_path / "whole", "--out", small_disk / "r.html"],
    ):
        refused = run(*words)
        assert refused.returncode == 2
        assert "cannot" in refused.stderr
        assert str(small_disk) in refused.stderr
        assert "Traceback" not in refused.stderr
