"""Reports: never luck alone, nothing from outside, names never markup, two sheets, and every kind of results."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import cyclesim as cs
from cyclesim import text
from cyclesim.analysis.compare import dependences
from cyclesim.cli import cyclesim
from cyclesim.errors import FolderError
from cyclesim.pages import reports
from cyclesim.worlds import seals

NAME = "More <script>alert(1)</script> & <b>contact</b>"


def invoke(*words):
    return CliRunner().invoke(cyclesim, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    (folder / "near.yaml").write_text("extends: small\nmonths: 24\nspin_up: 0\n")
    (folder / "far.yaml").write_text(
        f'extends: near.yaml\ntitle: "{NAME}"\nquestion: What if <i>more</i> come forward?\n'
        "parameters: {self_report: 0.03}\n"
    )
    return folder


@pytest.fixture(scope="module")
def compared(place):
    out = place / "compared"
    done = invoke("compare", place / "near.yaml", place / "far.yaml", "--draws", 24, "--workers", 1, "--out", out)
    assert done.exit_code == 0
    return out


@pytest.fixture(scope="module")
def page(compared):
    return reports.as_html(reports.report(compared))


def test_the_page_says_everything_that_a_report_must(page, compared):
    manifest = json.loads((compared / "manifest.json").read_text())
    for said in (
        "What was changed", "What it costs", "What it depends on most", "What the model leaves out", "What is assumed",
        "How to reproduce it", manifest["hash"], "--draws 24", "parameters.self_report", "not observations",
        "9 in 10 further worlds, judged by 24 worlds of 24 draws",
        "They cover luck and the inputs drawn", "means over worlds",
        "the 95\u00a0% interval of its mean (Student&#39;s t, over draws)", "assumptions that nobody has measured",
    ):  # fmt: skip
        assert said in page
    charts = len(reports.report(compared).charts)
    assert charts == (2 if "No single input stands out" in page else 3)
    assert page.count("<img ") == charts
    assert len(re.findall(r"<img alt=\"[^\"]{20,}\"", page)) == charts
    assert page.count("The numbers of this chart") == charts


def test_the_answer_is_that_of_the_comparison(compared):
    found = reports.report(compared)
    averted = cs.compare(cs.read(compared)).differences["person_months_exploited"]
    assert found.answer.startswith(NAME)
    assert "luck only" not in found.answer
    assert "(9 in 10 further worlds, judged by 24 worlds of 24 draws: " in found.answer
    clear = stats.ttest_1samp(averted, 0).pvalue < 0.05
    assert ("averts about" in found.answer) == (clear and averted.mean() > 0)
    assert ("no clear difference" in found.answer) == (not clear)
    ends = tuple(np.sort(averted)[[0, -1]])
    about = text.quantity(averted.mean(), "person-months of exploitation", ends)
    assert f"averts about {about}" in found.answer


def test_a_table_of_the_report_is_of_means_and_of_where_worlds_lie(compared):
    found = reports.report(compared)
    result = cs.compare(cs.read(compared))
    tables = {chart.table.title: chart.table for chart in found.charts}
    table = tables["Person-months of exploitation averted, accumulated"]
    averted = result.differences["person_months_exploited"]
    assert table.head[1:] == ["mean of worlds", "9 in 10 further worlds, judged by 24 worlds of 24 draws, from", "to"]
    assert table.rows[-1][1:] == [text.number(x) for x in (averted.mean(), averted.min(), averted.max())]
    years = tables["The cycle, year by year"]
    months = result.ensemble.table.query("month >= 12")
    stock = months.groupby(["scenario", "draw"])["exploited"].mean().groupby("scenario").mean()
    assert [row[1] for row in years.rows[1::2]] == [text.number(stock[name]) for name in result.ensemble.scenarios]


def test_less_than_a_year_is_reported_too_with_what_it_costs(place):
    (place / "short.yaml").write_text("extends: small\nmonths: 6\nspin_up: 0\n")
    scale = "from: 2023-01, scale: {parameters.incidence: 0.2}"
    names = {"less": f"{{{scale}, cost: 100}}", "free": f"{{{scale}}}"}
    for name, lever in names.items():
        (place / f"{name}.yaml").write_text(f"extends: short.yaml\ntitle: {name}\ninterventions: {{x: {lever}}}\n")
    out = place / "brief"
    invoke("compare", *(place / f"{x}.yaml" for x in ("short", *names)), "--draws", 3, "--workers", 1, "--out", out)
    found = reports.report(out)
    assert "(all 3 worlds of 3 draws: " in found.answer
    (costs,) = (block.table for block in (*found.first, *found.second) if block.title == "What it costs")
    price = cs.compare(cs.read(out)).spending[0].prices["person_month_averted"]
    assert costs.head[-2:] == ["interventions in all", "for a person-month averted (95 % interval)"]
    ends = f"({text.number(price.low)} to {text.number(price.high)})"
    assert costs.rows[0][-2:] == ["US$600", f"US${text.number(price.value)} {ends}"]
    assert costs.rows[1][-2:] == ["US$0", "none (costs nothing)"]
    assert "interventions in all" in reports.as_html(found)


def test_nothing_is_fetched_and_no_name_is_markup(page):
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "@import" not in page
    assert "url(" not in page
    assert "<script" not in page
    assert "<i>more</i>" not in page
    assert "&lt;script&gt;" in page
    assert len(page) < 3_000_000


def test_luck_alone_is_refused_with_the_command_that_would_do(place):
    out = place / "lucky"
    invoke("compare", place / "near.yaml", place / "far.yaml", "--replications", 3, "--workers", 1, "--out", out)
    with pytest.raises(FolderError, match=r"luck only, and a report never shows luck alone.*--draws 100"):
        reports.report(out)
    done = CliRunner().invoke(cyclesim, ["report", str(out)])
    assert done.exit_code != 0
    assert not (out / "report.html").exists()


def test_one_world_has_nothing_to_report(place):
    invoke("run", place / "near.yaml", "--out", place / "run")
    with pytest.raises(FolderError, match="one world of near"):
        reports.report(place / "run")


def test_what_is_no_folder_of_results_is_told_so(tmp_path):
    with pytest.raises(FolderError, match="holds no results"):
        reports.report(tmp_path)
    (tmp_path / "manifest.json").write_text(seals.as_text(seals.sealed({"kind": "something"})))
    with pytest.raises(FolderError, match="of a kind that no report is written of"):
        reports.report(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(FolderError, match="not a manifest"):
        reports.report(tmp_path)


def test_a_sweep_is_reported_with_its_effects(place):
    study = place / "study.yaml"
    design = "{method: lhs, draws: 30, quantities: {incidence: , contact: }}"
    study.write_text(f"title: A sweep\nquestion: So what?\nscenarios: [near.yaml, far.yaml]\ndesign: {design}\n")
    cs.sweep(study, place / "swept")
    found = reports.report(place / "swept")
    assert found.question == "So what?"
    assert len(found.charts) == 3
    assert "person-months" in found.answer
    swept = cs.read_sweep(place / "swept")
    averted = swept.differences("person_months_exploited")["far"].to_numpy()
    clear = stats.ttest_1samp(averted, 0).pvalue < 0.05
    assert ("no clear difference" in found.answer) == (not clear)
    assert "9 in 10 further worlds, judged by 30 worlds of 30 draws: " in found.answer
    (table,) = (
        chart.table for chart in found.charts if chart.table.title == "person-months of exploitation, difference"
    )
    assert table.head == ["scenario", "mean", "9 in 10 further worlds, judged by 30 worlds of 30 draws, from", "to"]
    assert table.rows == [[NAME, *map(text.number, (averted.mean(), averted.min(), averted.max()))]]
    assert "&lt;b&gt;contact" in reports.as_html(found)
    one = place / "one.yaml"
    one.write_text(f"title: A sweep\nquestion: So what?\nscenarios: [near.yaml]\ndesign: {design}\n")
    cs.sweep(one, place / "alone")
    with pytest.raises(FolderError, match="has one scenario"):
        reports.report(place / "alone")


@pytest.mark.slow
def test_loops_and_portfolios_are_reported_with_an_interval_or_not_at_all(place):
    near = place / "near.yaml"
    for name, options in (("loop", ["--years", 6]), ("portfolio", ["--sum", 500, "--evaluations", 40])):
        bare, full = place / f"bare-{name}", place / f"full-{name}"
        invoke(name, near, *options, "--workers", 1, "--out", bare)
        with pytest.raises(FolderError, match=r"default inputs only.*--draws 40"):
            reports.report(bare)
        invoke(name, near, *options, "--draws", 2, "--workers", 1, "--out", full)
        found = reports.report(full)
        assert re.search("(all|Over) 2 draws", found.answer)
        assert found.charts
        assert json.loads((full / "manifest.json").read_text())["hash"] == found.hash


@pytest.fixture(scope="module")
def analysed(place):
    """Folders of every analysis of a sweep."""
    (place / "brief.yaml").write_text("extends: near.yaml\nmonths: 8\n")
    (place / "other.yaml").write_text("extends: far.yaml\nmonths: 8\n")
    study = place / "wide.yaml"
    design = "{method: lhs, draws: 100, quantities: {incidence: , contact: }}"
    words = "title: A sweep\nquestion: So?\nscenarios: [brief.yaml, other.yaml]\nreplications: 2\n"
    study.write_text(f"{words}design: {design}\n")
    cs.sweep(study, place / "wide")
    for words in (
        ["sensitivity", place / "wide", "--difference", "other"],
        ["discover", place / "wide", "--scenario", "brief", "--fails", "person_months_exploited worst 20 %"],
        ["calibrate", place / "wide", "--target", "detected_share = 0.05 +- 0.02"],
        ["voi", place / "wide"],
    ):
        assert invoke(*words, "--out", place / words[0]).exit_code == 0
    return place


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("sensitivity", "Sensitivity", "Of 2 inputs"),
        ("discover", "Scenario discovery", "The scenario brief fails more often where incidence < "),
        ("calibrate", "Calibration", "30 of 100 draws come nearest"),
        ("voi", "Value of information", "is the choice|is the best choice"),
    ],
)
def test_every_analysis_of_a_sweep_is_reported(analysed, name, kind, says):
    found = reports.report(analysed / name)
    page = reports.as_html(found)
    assert found.kind == kind
    assert re.search(says, found.answer)
    assert found.question.endswith("?")
    assert found.command.startswith("cyclesim") or "pytest" in found.command
    assert "What is assumed" in page
    assert "<b>contact" not in page
    assert not re.search(r"\b(nan|inf|None(?! of \d+ inputs))\b", re.sub(r'base64,[^"]*', "", page))


def test_regimes_at_the_defaults_alone_are_no_report(place, monkeypatch):
    monkeypatch.setattr("cyclesim.questions.regimes.compute.LEVELS", 3)
    invoke("regimes", place / "near.yaml", "--years", 15, "--workers", 1, "--out", place / "regimes")
    with pytest.raises(FolderError, match=r"default inputs only.*--draws 40"):
        reports.report(place / "regimes")
    along = ["--years", 15, "--parameter", "naivety", "--workers", 1, "--out", place / "along"]
    invoke("regimes", place / "near.yaml", *along)
    assert re.search("over the whole range of naivety|it turns from", reports.report(place / "along").answer)


def sheets(found):
    """Return how many sheets a report prints on, with two charts and with three."""
    printer = pytest.importorskip("weasyprint")
    every = [dataclasses.replace(found, charts=[*found.charts[:2], *more]) for more in ([], [found.charts[-1]])]
    return [len(printer.HTML(string=reports.as_html(one)).render().pages) for one in every]


def test_a_report_prints_on_two_sheets(compared):
    assert sheets(reports.report(compared)) == [2, 2]


@pytest.mark.slow
def test_six_counterfactuals_still_print_on_two_sheets(place):
    files = [place / f"more{number}.yaml" for number in range(6)]
    for number, file in enumerate(files):
        file.write_text(
            f"extends: near.yaml\ntitle: A rather long title of the counterfactual of number {number} of six\n"
            f"question: What then?\nparameters: {{self_report: {0.02 + number / 200}, contact: 0.08}}\n"
            "interventions: {back end: {uses: R9, from: 2024-01}, training: {uses: R2, from: 2024-01}}\n"
        )
    out = place / "six"
    invoke("compare", place / "near.yaml", *files, "--draws", 20, "--workers", 1, "--out", out)
    found = reports.report(out)
    result = cs.compare(cs.read(out))
    for name in ("more0", "more1", "more2"):
        row = result.effect(name, "person_months_exploited")
        ends = text.interval(row if row.mean > 0 else -row, "person-months").partition(": ")[2]
        assert any(line.startswith(result.ensemble.scenarios[name].title) and ends in line for line in found.details)
    assert sheets(found) == [2, 2]


def test_the_command_writes_both_and_can_be_told_where(compared, tmp_path):
    pytest.importorskip("weasyprint")
    done = invoke("report", compared, "--pdf", "--out", tmp_path / "mine.html")
    assert done.exit_code == 0
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "mine.html").stat().st_size < 3_000_000


def test_without_a_printer_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(FolderError, match=r"WeasyPrint is not installed.*no Chromium or Chrome was found"):
        reports.as_pdf("<p>x</p>")


# ---------------------------------------------------------------- dependence


def test_the_input_that_matters_is_found_with_its_sign_and_its_interval():
    rng = np.random.default_rng(1)
    x = rng.random((200, 50))
    found = dependences([f"x{k}" for k in range(50)], x, -(x[:, 7] ** 3) + rng.normal(0, 0.2, 200))
    assert found[0].name == "x7"
    assert found[0].correlation < -0.5
    assert found[0].low < found[0].correlation < found[0].high < 0
    assert [one.clear for one in found[:2]] == [True, False]


def test_of_noise_hardly_any_input_is_called_clear():
    rng = np.random.default_rng(2)
    wrong = [
        any(one.clear for one in dependences([str(k) for k in range(100)], rng.random((60, 100)), rng.random(60)))
        for _ in range(100)
    ]
    assert np.mean(wrong) < 0.12


def test_intervals_of_correlations_hold_what_they_say():
    rng = np.random.default_rng(3)
    true = 6 / np.pi * np.arcsin(0.5 / 2)  # Spearman's of a normal pair of correlation 0.5
    held = []
    for _ in range(400):
        x = rng.normal(size=80)
        (one,) = dependences(["x"], x[:, None], 0.5 * x + np.sqrt(0.75) * rng.normal(size=80))
        held.append(one.low <= true <= one.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


def test_few_draws_or_no_difference_depend_on_nothing():
    x = np.random.default_rng(4).random((19, 2))
    assert dependences(["a", "b"], x, x[:, 0]) == []
    assert dependences(["a"], np.random.default_rng(5).random((30, 1)), np.zeros(30)) == []
