"""The live model in a real browser: what it paints is what Python gives; sessions, links, downloads, bad links."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import cyclesim as cs
from cyclesim import text
from cyclesim.pages import live
from cyclesim.pages.live import Choice

pytest.importorskip("streamlit")
SMALL = Choice("small")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "cyclesim", "app", "--port", str(port), "--no-browser"]
    with log.open("w") as told:
        process = subprocess.Popen(words, stdout=told, stderr=subprocess.STDOUT, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            break
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
    yield address
    said = log.read_text()  # before the server is ended, which cuts its processes short
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=20)
    assert "Traceback" not in said


@pytest.fixture
def opened(watched, server):
    def open_(query="", width=1300, **options):
        one = watched(width, **options)
        one.page.goto(f"{server}/{query}")
        one.page.wait_for_selector("text=Preset", timeout=60_000)
        one.page.wait_for_selector("text=/worlds behind the line|Band: 9 in 10/", timeout=60_000)
        return one

    return open_


def moved(page, number, key="End"):
    page.get_by_role("slider").nth(number).focus()
    page.keyboard.press(key)


# ---------------------------------------------------------------- choices, files and links (no browser)


def test_a_choice_is_a_scenario_file_that_python_reads_alike(tmp_path):
    choice = Choice("small", {"R9": 0.5, "naivety": 0.2})
    file = tmp_path / "my-scenario.yaml"
    file.write_text(choice.file())
    mine = cs.load(file)
    assert mine.parameter("naivety") == 0.2
    assert [entry.share for entry in mine.interventions.values()] == [0.5]
    months = cs.run(mine, twin=True).months
    assert live.expected(choice)["exploited"] == tuple(months["exploited"].tolist())
    assert live.expected(choice, base=True)["exploited"] == tuple(
        cs.run("small", twin=True).months["exploited"].tolist()
    )
    compile(choice.python(), "mine.py", "exec")


def test_worlds_are_those_of_python_and_pair_with_the_baseline():
    choice = Choice("small", {"R9": 1.0})
    found = live.world(choice.file(), "small", 3)
    stock = live.MEASURES.index("exploited")
    assert found[0, stock].tolist() == cs.run("small", seed=1, replication=3).months["exploited"].tolist()
    assert found[1, stock].tolist() == cs.run(choice.scenario(), seed=1, replication=3).months["exploited"].tolist()
    band = live.band([found, found], 1, "exploited")
    assert band["low"] == band["high"] == found[1, stock].tolist()
    worlds = [found + shift for shift in np.random.default_rng(1).permutation(39)]
    band = live.band(worlds, 1, "exploited")
    assert band["low"] == (found[1, stock] + 1).tolist()  # of 39 worlds the smallest and the largest lie outside
    assert band["high"] == (found[1, stock] + 37).tolist()


def test_links_lead_back_to_what_they_were_made_of():
    choice = Choice("small", {"R9": 0.55, "naivety": 0.4})
    back, told = live.from_link(choice.query())
    assert back == choice
    assert told == []
    assert live.from_link({}) == (Choice(), [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"s": "nowhere"}, "scenario that is not here"),
        ({"s": "../../etc/passwd"}, "scenario that is not here"),
        ({"l": "R9:7"}, "where it cannot be"),
        ({"l": "naivety:nan"}, "where it cannot be"),
        ({"l": "naivety"}, "cannot be read"),
        ({"l": "<script>:1"}, "cannot be read"),
        ({"l": "months:9"}, "cannot be read"),
        ({"v": "0.0"}, "made with model 0.0"),
        ({"r": "00000000"}, "other numbers than this model gives"),
    ],
)
def test_a_link_that_was_tampered_with_is_told_so_and_does_no_harm(change, words):
    choice, told = live.from_link({**Choice("small", {"R2": 0.5}).query(), **change})
    assert any(words in one for one in told)
    assert live.expected(choice)


def test_every_lever_can_stand_at_both_ends():
    for id_ in live.DEFAULT_LEVERS:
        one = live.lever(id_, cs.load("small"))
        for x in (one.low, one.high):
            assert Choice("small", {id_: x}).scenario()
    assert live.base_of("r09-strong-back-end") == "baseline"
    assert live.base_of("small") == "small"


# ---------------------------------------------------------------- in a browser


@pytest.mark.slow
def test_what_is_painted_is_what_python_gives_and_nothing_is_asked_of_others(opened, server):
    one = opened("?s=small")
    page = one.page
    assert "nothing is changed" in page.inner_text("body")
    moved(page, 1)
    choice = Choice("small", {"R9": 1.0})
    base, mine = (live.expected(choice, which)["exploited"] for which in (True, False))
    label = f"baseline {text.number(base[-1])}, with changes {text.number(mine[-1])}"
    page.wait_for_selector(f'[aria-label*="{label}"], [alt*="{label}"]', state="attached", timeout=60_000)
    page.wait_for_selector("text=/worlds, luck only/", timeout=120_000)
    assert "r=" + live.digest(choice) in page.url
    hosts = {url.split("/")[2] for url in one.asked if url.startswith(("http", "ws"))}
    assert hosts == {server.split("/")[2]}
    assert not one.errors
    assert one.violations() == []


@pytest.mark.slow
def test_a_full_band_is_that_of_python(opened):
    one = opened("?s=small&l=R9:1.0")
    one.page.wait_for_selector("text=Band: 9 in 10 further worlds, judged by 100 worlds", timeout=180_000)
    said = one.page.inner_text("body")
    choice = Choice("small", {"R9": 1.0})
    worlds = [live.world(choice.file(), "small", r) for r in range(100)]
    found = live.averted(worlds)
    about = re.search(r"(?i)(averts|adds) about ([\d,.]+) person-months|no clear difference", said)
    assert about
    low, high = stats.ttest_1samp(found, 0).confidence_interval(0.95)
    assert bool(about[1]) == (low > 0 or high < 0)
    if about[1]:
        assert (about[1].lower() == "averts") == (found.mean() > 0)
        assert float(about[2].replace(",", "")) == pytest.approx(abs(found.mean()), rel=0.05, abs=1)
    ends = np.sort(found)[[4, 95]] * (1 if found.mean() > 0 or not about[1] else -1)
    where = " to ".join(text.number(x) for x in sorted(ends))
    assert f"luck only, 9 in 10 further worlds, judged by 100 worlds: {where}" in said


@pytest.mark.slow
def test_two_visitors_do_not_see_each_other(opened):
    first, second = opened("?s=small"), opened("?s=small&l=R9:1.0")
    second.page.wait_for_selector("text=/Expected:|worlds, luck only/")
    assert "nothing is changed" in first.page.inner_text("body")
    moved(first.page, 0)
    first.page.wait_for_url("**R2**", timeout=60_000)
    assert "R2" not in second.page.url
    assert "R9" not in first.page.url


def test_a_link_is_followed_and_a_bad_one_is_told(opened):
    link = Choice("small", {"R9": 0.5}).query()
    one = opened("?" + "&".join(f"{k}={v}" for k, v in link.items()))
    assert one.page.get_by_role("slider").nth(1).input_value() == "0.5"
    old = opened(f"?s=small&v=0.0&l=R9:9,{'x' * 50}:1")
    said = old.page.inner_text("body")
    assert "where it cannot be" in said
    assert "made with model 0.0" in said
    assert "Traceback" not in said


def _taken(page, name):
    """Click until a download comes: a click in the moment in which the page is painted anew can be lost."""
    playwright = pytest.importorskip("playwright.sync_api")
    for _ in range(4):
        try:
            with page.expect_download(timeout=45_000) as waited:
                page.get_by_role("button", name=name).click()
            return waited.value
        except playwright.TimeoutError:
            continue
    raise AssertionError(f"no download of {name}")


@pytest.mark.slow
def test_everything_can_be_taken_away(opened, tmp_path):
    page = opened("?s=small&l=R9:1.0").page
    contents = {}
    for name in ("Scenario file", "Numbers (CSV)", "Picture (PNG)", "Report (HTML)"):
        taken = _taken(page, name)
        path = tmp_path / taken.suggested_filename
        taken.save_as(path)
        contents[path.suffix] = path.read_bytes()
    assert contents[".yaml"].decode() == Choice("small", {"R9": 1.0}).file()
    assert contents[".csv"].startswith(b"month,")
    assert contents[".png"].startswith(b"\x89PNG")
    assert b"9 in 10 further worlds, judged by 24 worlds of 24 draws" in contents[".html"]


@pytest.mark.slow
def test_a_telephone_and_the_keyboard_will_do(opened):
    one = opened("?s=small", width=400)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 400
    assert one.violations() == []
    wide = opened("?s=small")
    wanted, seen = {"range", "button"}, set()
    for _ in range(200):  # a page that is drawn again while it is walked takes the focus away: the walk begins anew
        wide.page.keyboard.press("Tab")
        seen.add(wide.page.evaluate("document.activeElement.type || document.activeElement.tagName"))
        if wanted <= seen:
            break
    assert wanted <= seen


def test_twenty_visitors_at_once_are_served(server):
    def ask(_):
        with urllib.request.urlopen(f"{server}/?s=small", timeout=60) as answer:
            return answer.status

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(60))) == {200}


@pytest.mark.slow
def test_eight_sessions_at_once_stay_apart_and_memory_stays_bounded(browser, server):
    pages = [browser.new_context().new_page() for _ in range(8)]
    try:
        for number, page in enumerate(pages):
            page.goto(f"{server}/?s=small&l=R9:{round(0.05 * (number % 20 + 1), 2)}")
        for page in pages:
            page.wait_for_selector("text=/worlds behind the line|Band: 9 in 10/", timeout=120_000)
        for number, page in enumerate(pages):
            assert page.get_by_role("slider").nth(1).input_value() == f"{round(0.05 * (number % 20 + 1), 2):g}"
            assert "Traceback" not in page.inner_text("body")
        port = server.rsplit(":", 1)[1]
        found = [p for p in Path("/proc").iterdir() if p.name.isdecimal() and f"--server.port {port}" in _command(p)]
        resident = [int((p / "statm").read_text().split()[1]) * 4096 for p in found]
        assert all(size < 1.5e9 for size in resident)
    finally:
        for page in pages:
            page.context.close()


def _command(process):
    try:
        return " ".join((process / "cmdline").read_text().split("\0")).strip()
    except OSError:
        return ""


def test_it_listens_on_this_machine_only(server):
    port = int(server.rsplit(":", 1)[1])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = {row[1] for row in listening if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    assert {address.split(":")[0] for address in local} == {"0100007F"}
