"""One ensemble through every voice: terminal, JSON, report, charts and page give the same numbers and cautions."""

import json
import re
import shutil

import numpy as np
import pytest

import cyclesim as cs
from cyclesim import text
from cyclesim.analysis.compare import spread_of
from cyclesim.charts import pictures
from cyclesim.inputs.study import load_study
from cyclesim.intervals import FEWEST
from cyclesim.measures import EVERY
from cyclesim.pages import reports, sliders
from cyclesim.questions.compare import compare, swept
from cyclesim.runs.sweep import read

TARGET = "person_months_exploited"
BASE = cs.load("small").with_values({"months": 12, "spin_up": 2})
LESS = BASE.with_values({"interventions": {"less": {"from": "2023-03", "scale": {"parameters.incidence": 0.8}}}})


def page(content):
    """Return the words of a page, without its tags and with plain spaces."""
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script|svg).*?</\1>", "", content, flags=re.DOTALL))
    for escaped, plain in (("&#39;", "'"), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("\u00a0", " ")):
        words = words.replace(escaped, plain)
    return re.sub(r"\s+", " ", words)


def written(figure):
    """Return the title and the caption of a figure, with plain spaces."""
    return re.sub(r"\s+", " ", " ".join(t.get_text() for t in figure.texts))


@pytest.fixture(scope="module", params=[8, 24], ids=["8 draws", "24 draws"])
def voices(request, tmp_path_factory):
    """Return a comparison, its folder, and what each voice says of it."""
    folder = tmp_path_factory.mktemp("voices") / "results"
    pair = [BASE, LESS.renamed("less")]
    result = compare(cs.simulate(pair, cs.sample(pair, n=request.param, quantities=["incidence", "contact"])))
    result.save(folder)
    cycle, difference = (
        pictures.cycle(result.ensemble),
        pictures.difference(result.ensemble, result.baseline, result.first_change, "exploited"),
    )
    return result, {
        "terminal": " ".join(str(result).split()),
        "notebook": page(result._repr_html_()),
        "report": page(reports.as_html(reports.report(folder))),
        "cycle": written(cycle),
        "difference": written(difference),
    }


def headline(result):
    row = next(row for row in result.to_dict()["measures"] if row["measure"] == TARGET)
    return text.finding(EVERY[TARGET], spread_of(row), row["baseline"], result.ensemble.covers)


def test_every_voice_says_the_sentence_that_the_json_gives(voices):
    result, said = voices
    for voice, words in said.items():
        assert headline(result) in words, voice


def test_every_voice_says_whom_the_interval_holds_and_on_how_many_draws_it_rests(voices):
    result, said = voices
    draws = result.ensemble.number_of_draws
    who = (
        f"all {draws} worlds of {draws} draws"
        if draws < FEWEST
        else f"9 in 10 further worlds, judged by {draws} worlds of {draws} draws"
    )
    for voice, words in said.items():
        assert who in words, voice
        assert "luck and" in words, voice


def test_few_draws_are_told_where_there_is_room(voices):
    result, said = voices
    for voice in ("terminal", "report"):
        assert ("give no interval that holds 9 in 10" in said[voice]) == (result.ensemble.number_of_draws < FEWEST), (
            voice
        )


def test_price_and_headline_are_of_one_effect(voices):
    """Whoever divides the total cost by the headline gets the price."""
    result, said = voices
    (account,) = result.spending
    spread = result.effect("less", TARGET)
    assert spread.mean == pytest.approx(result.differences[TARGET].mean())
    if account.prices["person_month_averted"].value is not None:
        assert account.prices["person_month_averted"].value == pytest.approx(account.cost / spread.mean)
    for voice in ("terminal", "report"):
        assert f"US${text.number(account.cost)} in all" in said[voice]


def test_the_table_of_the_terminal_is_that_of_the_csv(voices, tmp_path):
    result, _ = voices
    row = result.summary(TARGET).loc["less"]
    line = next(line for line in str(result).splitlines() if line.startswith(EVERY[TARGET].label))
    for name in ("baseline", "counterfactual", "difference", "mean_low", "mean_high", "low", "high"):
        assert text.number(float(row[name])) in line


def test_the_page_of_a_sweep_says_what_its_report_and_terminal_would(tmp_path):
    (tmp_path / "base.yaml").write_text("extends: small\nmonths: 12\nspin_up: 2\n")
    (tmp_path / "study.yaml").write_text(
        "title: T\nquestion: Q?\nscenarios: [base.yaml]\nreplications: 20\nluck: shared\nmonthly: [exploited]\n"
        f"design: {{method: grid, quantities: {{incidence: [{BASE.parameter('incidence')}, 0.01]}}}}\n"
    )
    sweep = cs.sweep(load_study(tmp_path / "study.yaml"), tmp_path / "out")
    shown = sliders.grid(sweep)
    totals = sweep.runs([TARGET]).set_index(["draw", "replication"])[TARGET].unstack("replication")
    base, other = (totals.loc[k] for k in (1, 2))
    expected = text.finding(EVERY[TARGET], cs.Spread.of(np.asarray(base - other)), float(base.mean()), "luck only")
    whose = "luck only, 9 in 10 further worlds, judged by 20 worlds"
    assert f"({whose}: " in expected
    said = f"{expected.replace(f'{whose}: ', '')}. In brackets: {whose}."
    assert shown.sentences[1].casefold() == said.casefold()
    assert (
        shown.sentences[1]
        in json.loads(re.search(r'id="data">(.*?)</script>', sliders.as_html(sweep, "cyclesim page"), re.DOTALL)[1])[
            "sentences"
        ]
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps")
    head = "extends: small\nmonths: 12\nspin_up: 2\n"
    (folder / "base.yaml").write_text(head)
    (folder / "less.yaml").write_text(
        head + "interventions:\n  i: {from: 2023-03, scale: {parameters.incidence: 0.8}}\n"
    )
    return folder


def carried_out(place, name, design, more=""):
    (place / f"{name}.yaml").write_text(
        f"title: T\nquestion: Q?\nscenarios: [base.yaml, less.yaml]\n{more}design: {design}\n"
    )
    return cs.sweep(load_study(place / f"{name}.yaml"), place / name)


def terminal(sweep):
    return " ".join(str(swept(sweep)).split())


def differences(sweep):
    return swept(sweep).summary()


def test_a_sweep_says_the_same_on_the_terminal_and_in_its_report(place):
    sweep = carried_out(place, "lhs", "{method: lhs, draws: 24, quantities: {incidence: [0.002, 0.01], contact: }}")
    said = {"terminal": terminal(sweep), "report": page(reports.as_html(reports.report(sweep.folder)))}
    row = differences(sweep).loc[("less", TARGET)]
    sentence = text.finding(EVERY[TARGET], spread_of(row.to_dict()), row["baseline"], row["covers"])
    for voice, words in said.items():
        assert sentence in words, voice
        assert "excludes zero" in words, voice
        assert "They cover luck and the inputs drawn" in words, voice


def test_the_points_of_a_grid_have_no_interval_in_any_voice(place):
    sweep = carried_out(place, "grid", "{method: grid, quantities: {contact: [0.05, 0.1, 0.2]}}", "replications: 8\n")
    said = terminal(sweep)
    assert "no sample of what is plausible" in said
    assert "9 in 10" not in said
    assert "averts" not in said.replace("averted", "")
    assert not differences(sweep)["clear"].any()
    with pytest.raises(cs.CycleSimError, match="no sample of what is plausible"):
        reports.report(sweep.folder)


def test_draws_that_share_one_luck_show_nothing_clear(place):
    design = "{method: lhs, draws: 24, quantities: {contact: , trust_gain: }}"
    sweep = carried_out(place, "one-luck", design, "luck: shared\n")
    assert "All draws have one luck, so that nothing is clear" in terminal(sweep)
    assert not differences(sweep)["clear"].any()


def test_a_folder_that_is_read_again_says_the_same(voices, tmp_path):
    result, _ = voices
    folder = tmp_path / "again"
    result.save(folder)
    again = compare(read(folder))
    assert str(again) == str(result)
    shutil.rmtree(folder)
