"""The page with sliders in a real browser: its numbers are those of the sweep, whatever is moved or linked."""

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim import text
from cyclesim.cli import cyclesim
from cyclesim.errors import FolderError, StudyError
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY, PERSON_MONTHS
from cyclesim.pages import sliders

STUDY = """\
title: Levers <script>alert(1)</script>
question: What do they do?
scenarios: [near.yaml]
replications: 4
luck: shared
monthly: [exploited, believed_prevalence]
design:
  method: grid
  quantities:
    self_report: [0.008, 0.03]
    contact: [0.035, 0.02, 0.025]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "near.yaml").write_text("extends: small\nmonths: 18\nspin_up: 0\n")
    (folder / "study.yaml").write_text(STUDY)
    return folder


@pytest.fixture(scope="module")
def made(place):
    out = place / "page.html"
    words = ["page", str(place / "study.yaml"), "--out", str(out), "--runs", str(place / "runs"), "--workers", "1"]
    done = CliRunner().invoke(cyclesim, words, catch_exceptions=False)
    assert done.exit_code == 0
    assert "24 runs" in done.output
    return out


@pytest.fixture
def opened(watched, made):
    one = watched()
    one.page.goto(made.as_uri())
    return one


def shown(page, where, measure=0):
    """Return what the page holds for a combination: lower end, mean, upper end, by month."""
    script = "([w, m]) => [0, 1, 2].map(q => Array.from(cyclesim.cut(cyclesim.data.measures[m].values, w, q)))"
    return np.array(page.evaluate(script, [where, measure]))


# ---------------------------------------------------------------- what it holds


def bands(values):
    """Return lower end, mean and upper end over few worlds: all of them lie between."""
    return np.stack([np.min(values, axis=0), np.mean(values, axis=0), np.max(values, axis=0)])


def test_values_are_means_over_paired_worlds_and_where_they_lie(place, made):
    sweep = cs.read_sweep(place / "runs")
    grid = sliders.grid(sweep)
    assert [lever.path for lever in grid.levers] == ["contact", "self_report"]
    assert [lever.baseline for lever in grid.levers] == [2, 0]
    assert grid.values["exploited"].shape == (3, 2, 3, 18)
    near = cs.load(place / "near.yaml")
    changed = near.with_values({"self_report": 0.03, "contact": 0.02})
    runs = [
        [cs.run(s, seed=1, draw=0, replication=r).months["exploited"].to_numpy() for r in range(4)]
        for s in (near, changed)
    ]
    assert grid.values["exploited"][0, 1] == pytest.approx(bands(runs[1]))
    averted = np.cumsum(np.array(runs[0]) - np.array(runs[1]), axis=1)
    assert grid.differences["exploited"][0, 1] == pytest.approx(bands(averted))
    assert not grid.differences["exploited"][2, 0].any()
    assert not grid.differences["believed_prevalence"][2, 0].any()


def test_sentences_are_those_of_the_worlds_in_the_order_of_the_page(place, made):
    said = sliders.grid(cs.read_sweep(place / "runs")).sentences
    near = cs.load(place / "near.yaml")
    base = [cs.run(near, seed=1, draw=0, replication=r).months for r in range(4)]
    combinations = [(contact, self_report) for contact in (0.02, 0.025, 0.035) for self_report in (0.008, 0.03)]
    assert len(said) == len(combinations)
    assert said[4] == "No difference in person-months of exploitation; no difference in the prevalence donors believe."
    for sentence, (contact, self_report) in zip(said, combinations, strict=True):
        changed = near.with_values({"contact": contact, "self_report": self_report})
        pairs = [(one, cs.run(changed, seed=1, draw=0, replication=r).months) for r, one in enumerate(base)]
        averted = [one["exploited"].sum() - two["exploited"].sum() for one, two in pairs]
        more = [two["believed_prevalence"].mean() - one["believed_prevalence"].mean() for one, two in pairs]
        wholes = np.mean([(one["exploited"].sum(), one["believed_prevalence"].mean()) for one in base], axis=0)
        expected = "; ".join(
            text.finding(EVERY[name], Spread.of(values), whole, "luck only")
            for name, values, whole in zip((PERSON_MONTHS, "believed_prevalence"), (averted, more), wholes, strict=True)
        )
        whole = f"{expected[0].upper()}{expected[1:]}."
        once = whole.replace("luck only, all 4 worlds: ", "")
        assert sentence == (whole if once == whole else f"{once} In brackets: luck only, all 4 worlds.")


def test_a_page_that_is_there_is_made_again_without_a_run(place, made):
    before = made.read_bytes()
    words = ["page", str(place / "study.yaml"), "--out", str(made), "--runs", str(place / "runs"), "--workers", "1"]
    assert CliRunner().invoke(cyclesim, words, catch_exceptions=False).exit_code == 0
    assert made.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("method: grid", "method: lhs\n  draws: 3", "a page needs a grid"),
        ("scenarios: [near.yaml]", "scenarios: [near.yaml, small]", "a page shows one scenario"),
        ("monthly: [exploited, believed_prevalence]", "", "1 to 3 measures month by month"),
        ("luck: shared", "luck: own", "must share their luck"),
        ("[0.008, 0.03]", "[0.02, 0.03]", r"no level of self_report is that of the scenario \(0.008\)"),
        ("[0.035, 0.02, 0.025]", "[0.035, 0.035]", "one level twice"),
    ],
)
def test_studies_of_which_no_page_can_be_made_are_refused_before_a_run(place, old, new, words):
    written = STUDY.replace(old, new)
    if "lhs" in new:
        written = written.replace("self_report: [0.008, 0.03]", "self_report: [0.001, 0.03]").replace(
            "[0.035, 0.02, 0.025]", "[0.02, 0.035]"
        )
    if "small" in new:
        (place / "near.yaml").write_text("extends: small\nmonths: 18\nspin_up: 0\n")
        written = written.replace("near.yaml, small", "near.yaml, again.yaml")
        (place / "again.yaml").write_text("extends: near.yaml\n")
    (place / "bad.yaml").write_text(written)
    bad = cs.load_study(place / "bad.yaml")
    with pytest.raises(StudyError, match=words):
        sliders.check(bad, [cs.load(place / name) for name in bad.scenarios])


def test_a_page_that_is_too_large_is_refused(place, made, monkeypatch):
    monkeypatch.setattr(sliders, "MOST_BYTES", 10_000)
    with pytest.raises(FolderError, match="take fewer levels"):
        sliders.as_html(cs.read_sweep(place / "runs"), "x")


# ---------------------------------------------------------------- in a browser


def test_moving_a_slider_changes_line_band_sentence_and_table(opened, place):
    page, grid = opened.page, sliders.grid(cs.read_sweep(place / "runs"))
    assert page.title() == "Levers <script>alert(1)</script>"
    assert "nothing is changed" in page.inner_text("#answer")
    before = page.get_attribute("path.line", "d")
    page.focus("#lever1")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("path.line", "d") != before
    assert page.inner_text("#out1") == "0.03"
    assert shown(page, [2, 1]) == pytest.approx(grid.values["exploited"][2, 1], rel=1e-6)
    assert page.inner_text("#answer") == grid.sentences[2 * 2 + 1]
    assert "luck only, all 4 worlds" in page.inner_text("#answer")
    page_says = page.inner_text("body")
    assert "the line is the mean of 4 simulated worlds, the band holds all 4 worlds" in page_says
    assert "the 95 % interval of its mean excludes zero" in page_says
    for where in ([0, 0], [1, 1], [0, 1]):
        page.evaluate("where => cyclesim.set(where)", where)
        assert page.inner_text("#answer") == grid.sentences[2 * where[0] + where[1]]
    page.evaluate("cyclesim.set([2, 1])")
    page.click("summary >> nth=0")
    cells = [float(c.replace(",", "")) for c in page.inner_text("tbody tr:nth-child(1)").split("\t")[1:]]
    assert cells == pytest.approx(
        [*grid.values["exploited"][2, 0][1:2, 11], *grid.values["exploited"][2, 1][[1, 0, 2], 11]], rel=0.01
    )
    drawn = page.evaluate(
        "() => document.querySelector('path.line').getAttribute('d').split('L').pop().split(' ').map(Number)"
    )
    top = grid.values["exploited"].max()
    assert drawn[1] == pytest.approx(230 - 26 - (230 - 12 - 26) * grid.values["exploited"][2, 1][1, -1] / top, abs=0.1)
    page.click("#reset")
    assert page.get_attribute("path.line", "d") == before
    assert not opened.errors
    assert [url[:7] for url in opened.asked] == ["file://"]


def test_a_link_is_followed_and_one_that_was_tampered_with_does_no_harm(opened, watched, made):
    page = opened.page
    page.evaluate("cyclesim.set([0, 1])")
    page.click("#link")
    link = page.evaluate("location.href")
    said = page.inner_text("#answer")
    other = watched()
    other.page.goto(link)
    assert other.page.inner_text("#answer") == said
    assert other.page.input_value("#lever1") == "1"
    digest = page.evaluate("cyclesim.data.hash")
    for bad in ("9-9", "1", "x-y", "0-1-1", "<script>alert(1)</script>", "%", "-1-0", "1.5-0"):
        third = watched()
        third.page.goto(f"{made.as_uri()}#{digest}.{bad}")
        assert "nothing is changed" in third.page.inner_text("#answer")
        assert not third.errors
    old = watched()
    old.page.goto(f"{made.as_uri()}#0000.0-1")
    assert "other numbers" in old.page.inner_text("#linked")
    assert old.page.inner_text("#answer") == said


def test_it_works_on_a_telephone_and_for_those_who_listen(watched, made):
    for width in (400, 1200):
        one = watched(width)
        one.page.goto(made.as_uri())
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        one.page.click("summary >> nth=0")
        assert one.violations() == []
        assert not one.errors
        labels = one.page.eval_on_selector_all("svg", "all => all.map(one => one.getAttribute('aria-label'))")
        assert all("baseline" in label for label in labels)


def test_the_keyboard_alone_reaches_everything(opened):
    page, seen = opened.page, []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert seen[:4] == ["lever0", "lever1", "reset", "link"]
    assert "SUMMARY" in seen
    page.focus("#lever0")
    page.keyboard.press("Home")
    assert page.input_value("#lever0") == "0"


def test_a_redraw_takes_less_than_30_milliseconds(opened):
    script = """() => { const t = [];
    for (let i = 0; i < 50; i++) { cyclesim.at[0] = i % 2; const a = performance.now();
    cyclesim.draw(); t.push(performance.now() - a); } return t.sort((a, b) => a - b)[47]; }"""
    assert opened.page.evaluate(script) < 30
