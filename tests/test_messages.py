"""Every message has a test: what is refused is said in words that name the place, the value and the way out.

What stands here are the messages that no test of their part provokes; the last test holds that no message lacks one.
"""

import ast
import math
import os
import re
import shutil
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim.analysis import calibration, discovery, emulators, indices, matching, pairs, portfolio
from cyclesim.analysis.calibration import Observation
from cyclesim.analysis.compare import compare
from cyclesim.charts import pictures
from cyclesim.cli import cyclesim
from cyclesim.errors import CycleSimError
from cyclesim.estimation import bootstrap, loglinear
from cyclesim.estimation.histories import Counts, RefusedError
from cyclesim.estimation.methods import Options, estimate
from cyclesim.inputs import captures, paths, reading, tables
from cyclesim.inputs import interventions as recommendations
from cyclesim.inputs.money import split
from cyclesim.inputs.parameters import read_entries
from cyclesim.inputs.quantity import Quantity
from cyclesim.model.funding.books import Books, Grant, MoneyLedger
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import Parameters
from cyclesim.pages import reports
from cyclesim.questions.calibrate import calibrate
from cyclesim.questions.experiment import compute as experiments
from cyclesim.runs import archive, driver, merge, verify
from cyclesim.runs.sweep import begin, read_sweep
from cyclesim.vocabulary import Line
from cyclesim.worlds import design, disk, engines, precision, samplers, seals, store, totals, writing
from cyclesim.worlds.cluster import Dask
from cyclesim.worlds.engines import Processes
from cyclesim.worlds.fingerprint import Fingerprint

SHORT = {"months": 3, "spin_up": 0}
CRISIS = """\
title: T
question: Q?
start: 2023-01
months: 24
donors: {North: {kind: government, budget: 1000, fiscal_month: 1}}
crises:
  valley:
    needs_met: 0.5
    groups: {women: 1}
    statuses: {internally_displaced: 1}
    settings: {camp: {back_end: district}, town: {back_end: district}}
    arrivals: {first: {people: 10, settings: {camp: 1}}}
    organisations: {Police: {kind: police, channel: police_border, setting: camp, staff: 1}}
    back_ends: {district: {caseworkers: 1, investigators: 1, assistance_places: 1}}
"""
STUDY = "title: T\nquestion: Q?\nscenarios: [near.yaml]\nreplications: 2\n"
SWEPT = STUDY + "monthly: [exploited]\ndesign: {method: sobol, draws: 2, quantities: [contact]}\n"


@pytest.fixture(scope="module")
def runs():
    """Return two short worlds of two scenarios."""
    near = cs.load("small").with_values(SHORT)
    return cs.simulate([near.renamed("near"), near.with_values({"contact": 0.9}).renamed("far")], replications=2)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return a sweep of two draws and two replications."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "near.yaml").write_text("extends: small\nmonths: 3\nspin_up: 0\n")
    (folder / "study.yaml").write_text(SWEPT)
    return cs.sweep(folder / "study.yaml", folder / "sweep")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flat(text):
    return " ".join(str(text).split())


def typed(*arguments):
    """Return what a command that is refused says."""
    done = CliRunner().invoke(cyclesim, [str(argument) for argument in arguments], env={"COLUMNS": "300"})
    assert done.exit_code == (1 if isinstance(done.exception, CycleSimError) else 2), done.output
    return flat(done.exception if isinstance(done.exception, CycleSimError) else done.output)


def refused(call, *arguments, error=CycleSimError, **named):
    with pytest.raises(error) as caught:
        call(*arguments, **named)
    return flat(caught.value)


# ---------------------------------------------------------------- commands


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("estimate uk-6-lists --replicates 9", "--replicates belongs to --interval bootstrap; give both"),
        ("parameters naivty", "no parameter matches 'naivty'; did you mean 'naivety'?"),
        ("measures exploitd", "no measure matches 'exploitd'; did you mean 'exploited'?"),
        ("report . --html --pdf", "--html and --pdf exclude each other; --pdf writes both"),
        (
            "compare small small --purse-share 0.5",
            "--purse-share goes with --equal-spending only; add that, or leave it out",
        ),
        ("verify . --out there", "--out goes with the KEY of a run; give both"),
        ("portfolio small --sum 1 --floor back_end", "must be like back_end=20% (got 'back_end')"),
        ("portfolio small --sum 1 --cap back_end=120%", "must be like back_end=20% (got 'back_end=120%')"),
        ("portfolio small --sum 1 --cap back_end=much", "must be like back_end=20% (got 'back_end=much')"),
        ("resume . --shard 9/8", "must be like 3/8: the third of eight parts (got '9/8')"),
        ("resume . --shard third", "must be like 3/8: the third of eight parts (got 'third')"),
        (
            "expand {} --engine serial --workers 2 --draws 4",
            "--engine serial has one worker (got 2); leave --engine out",
        ),
        ("expand {} --engine serial --scheduler x:1 --draws 4", "--scheduler goes with --engine dask (got serial)"),
        (
            "expand {}",
            "say what there shall be more of: --draws, --replications, --measures, --monthly or --scenario",
        ),
        ("new mine.yml", "mine.yml: a scenario file ends in .yaml; write mine.yaml"),
        ("new none/mine.yaml", "none/mine.yaml cannot be written: No such file or directory"),
        ("page sliders --out none/page.html", "none cannot be written; name another file with --out"),
        ("rum small", "no command 'rum'; did you mean 'run'?"),
        ("trace", "no command 'trace' any more; it is now: python docs/trace_report.py"),
    ],
)
def test_a_command_says_what_it_cannot_do(arguments, words, swept):
    assert words in typed(*(word.format(swept.folder) for word in arguments.split()))


def test_without_streamlit_the_live_model_says_what_to_install(monkeypatch):
    monkeypatch.setattr("cyclesim.cli.pages.find_spec", lambda _: None)
    assert typed("app") == "the live model needs Streamlit: pip install 'cyclesim[app]'"


def test_where_no_process_can_take_the_place_of_another_the_status_is_that_of_the_server(monkeypatch):
    monkeypatch.setattr("cyclesim.cli.pages.os", SimpleNamespace(name="nt"))
    monkeypatch.setattr("cyclesim.cli.pages.subprocess", SimpleNamespace(call=lambda command: 7))
    assert CliRunner().invoke(cyclesim, ["app", "--no-browser"]).exit_code == 7


def test_money_by_line_is_drawn_of_one_world_only(runs):
    runs.save("several")
    words = "several has no spending by line of work: that is kept of one world (cyclesim run)"
    assert typed("chart", "several", "money") == words


def test_a_study_that_cannot_be_carried_out_is_told_by_check(here):
    (here / "twin.yaml").write_text("title: T\nquestion: Q?\nscenarios: [small]\nreplications: 2\ntwin: true\n")
    words = "twin.yaml: the twin has no luck: one replication is all there is; leave replications and until out"
    assert typed("check", "twin.yaml") == words


def test_a_scenario_that_is_none_is_told_by_check():
    assert [str(problem) for problem in cs.check("smal")] == [
        "smal: no shipped scenario 'smal'; did you mean 'small'? (a file is named with .yaml or a slash)"
    ]


def test_a_damaged_sweep_is_told_by_status_after_a_third_look(swept, here):
    copy = here / "copy"
    copy.mkdir()
    for name in ("manifest.json", "draws.parquet"):
        (copy / name).write_bytes((swept.folder / name).read_bytes()[:-9])
    assert "copy" in typed("status", copy)


# ---------------------------------------------------------------- files that people write


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        (
            "people: 10,",
            "people: 10, home: camp,",
            "12:36",
            "first.home: goes with month only. Give the month in which",
        ),
        (
            "people: 10,",
            "people: 10, month: 2023-05, departs: {2023-04: 0.5},",
            "12:62",
            "is before these people arrive. Give a month from 2023-05 on",
        ),
        ("question: Q?", "question: Q", "2:11", "must be one sentence that ends with a question mark (got 'Q')"),
        (
            "setting: camp",
            "setting: kamp",
            "13:77",
            "no setting 'kamp' in this crisis (got 'kamp'). Did you mean 'camp'?",
        ),
        (
            "  valley:",
            "  ' valley':",
            "7:3",
            "a name must not begin or end with a space, and must be in composed (NFC)",
        ),
        ("  valley:", f"  {'v' * 61}:", "7:3", "a name has 1 to 60 characters"),
        ("title: T", "title: T\u202e", "1:8", "holds the invisible character U+202E (got 'T\\u202e'). Delete it"),
        ("title: T", "title: T\x07", "1:1", "contains a control character. Delete it"),
        (
            "    arrivals: {first: {people: 10, settings: {camp: 1}}}",
            "    arrivals_from: waves.txt",
            "12:20",
            "must be the name of a CSV file (got 'waves.txt'). Name a .csv file beside this one",
        ),
    ],
)
def test_a_scenario_file_says_where_and_what(here, old, new, place, words):
    assert CRISIS.count(old) == 1
    (here / "mine.yaml").write_text(CRISIS.replace(old, new), encoding="utf-8")
    said = refused(cs.load, "./mine.yaml")
    assert words in said
    assert f"mine.yaml:{place}: " in said


def test_what_is_not_built_cannot_be_used(here, monkeypatch):
    gone = {"changes": None, "cost": None, "overlap": None, "reason": "nobody knows how"}
    entry = recommendations.catalogue()["R9"].model_copy(update=gone)
    monkeypatch.setattr("cyclesim.inputs.interventions.catalogue", lambda: {"R9": entry})
    (here / "mine.yaml").write_text("extends: small\ninterventions: {more: {from: 2023-02, uses: R9}}\n")
    words = "is not built (got 'R9'). Nobody knows how; write set, scale, add"
    assert f"mine.yaml:2:45: interventions.more.uses: {words}" in refused(cs.load, "./mine.yaml")


def test_an_empty_entry_over_nothing_is_told(here):
    (here / "mine.yaml").write_text("extends: small\nparameters:\n  naivety:\n")
    words = "mine.yaml:3:3: parameters.naivety: is empty. Give it a value, or delete the line"
    assert refused(cs.load, "./mine.yaml") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "mine.yaml: is empty. Start with title, question, start, months and crises, or with extends"),
        ("a: [1\n", "mine.yaml:2:1: is not YAML: expected ',' or ']', but got '<stream end>'. Check indentation"),
        ("a: " + "[" * 600, "mine.yaml: is nested deeper than"),
        ("a:\n\t- b\n", "mine.yaml:2:1: a tab character where YAML wants spaces. Indent with spaces"),
        ("a: 1\n---\nb: 2\n", "mine.yaml:2:1: a second document begins here. Keep one scenario per file"),
        ("a: *b\n", "mine.yaml:1:4: a value that begins with *. Put it in quotes"),
        ("a: &b 1\n", "mine.yaml:1:4: a: anchors and aliases (& and *) are not used here. Write the value out"),
        ("? [a, b]\n: 1\n", "mine.yaml:1:3: a key must be text"),
        ("a: 1\na: 2\n", "mine.yaml:2:1: a: duplicate key; the first is on line 1. Keep one of them"),
        ("a: !mine 1\n", "mine.yaml:1:4: a: the tag !mine is not used here. Write a plain value"),
        ("- a\n", "mine.yaml:1:1: is not a mapping. Write lines of the form key: value"),
    ],
)
def test_what_is_no_mapping_of_plain_values_is_told_with_its_place(here, text, words):
    (here / "mine.yaml").write_text(text)
    assert words in refused(cs.load, "./mine.yaml")


def test_bytes_that_are_no_text_are_told_with_their_place(here):
    (here / "mine.yaml").write_bytes(b"title: T\nquestion: \xff\n")
    words = "mine.yaml:2:11: is not UTF-8 text. Save the file as UTF-8 text"
    assert refused(cs.load, "./mine.yaml") == words


def test_a_file_that_is_no_file_is_told(here):
    (here / "folder.yaml").mkdir()
    assert refused(cs.load, "./folder.yaml") == "folder.yaml: is a folder, not a file"
    os.mkfifo(here / "pipe.yaml")  # reading it would wait for ever
    assert refused(cs.load, "./pipe.yaml") == "pipe.yaml: cannot be read: is no ordinary file"
    way_out = "no such file. A shipped scenario is named without .yaml and slashes"
    assert refused(cs.load, "./none.yaml") == f"none.yaml: {way_out}"
    assert "is not a path: embedded null byte" in refused(cs.load, "./no\0ne.yaml")


def test_what_is_too_large_is_told_before_it_is_read(here, monkeypatch):
    (here / "mine.yaml").write_text(CRISIS)
    (here / "budgets.csv").write_text("donor,year,budget\nNorth,2023,1\n")
    (here / "lists.csv").write_text("A,B\n1,0\n")
    (here / "draws.csv").write_text("contact\n0.1\n")
    (here / "near.yaml").write_text("extends: small\n")
    (here / "study.yaml").write_text(STUDY + "design: {method: table, file: draws.csv}\n")
    (here / "money.yaml").write_text("extends: small\nbudgets_from: budgets.csv\n")
    with monkeypatch.context() as patch:
        patch.setattr(reading, "MAX_BYTES", 2)
        assert refused(cs.load, "./mine.yaml") == "mine.yaml: is larger than 0 MB. Put tables into CSV files"
    sizes = {"budgets": 10**9}
    with monkeypatch.context() as patch:
        patch.setattr(tables.reading, "size", lambda path: sizes.get(path.stem, 1))
        assert refused(cs.load, "./money.yaml") == "budgets.csv: is larger than 2 MB"
    monkeypatch.setattr(reading, "size", lambda path: 10**12 if path.suffix == ".csv" else 1)
    assert re.fullmatch(r"lists.csv: is larger than \d+ MB", refused(captures.read, "./lists.csv"))
    words = r"draws.csv:1:1: is larger than \d+ MB. Take fewer draws"
    assert re.fullmatch(words, refused(tables.read_table, here / "draws.csv").removeprefix(f"{here}/"))
    words = r"study.yaml:5:31: design.file: is larger than \d+ MB \(got 'draws.csv'\)"
    assert re.search(words, refused(cs.load_study, "./study.yaml"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "none.csv:1:1: cannot be read: No such file or directory. Name a CSV file of draws"),
        ("draws.csv", "contact\nmuch\n", "draws.csv:2:1: contact: must be a finite number (got 'much')"),
    ],
)
def test_a_file_of_draws_that_cannot_be_taken_is_told(here, name, content, words):
    if content:
        (here / name).write_text(content)
    assert words in refused(design.draw_design, cs.load("small"), name)


WAVES = "wave,month,setting,people\n"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            "new,,camp,1\nnew,,camp,2\n",
            "setting: this wave and setting are given twice (got 'camp'). Keep one of the rows",
        ),
        ("new,2023-13,camp,1\n", "month: must be a month written YYYY-MM, such as 2023-01 (got '2023-13')"),
        ("new,,camp,1\nnew,2023-02,town,1\n", "month: differs within one wave (got '2023-02'). Give each month a wave"),
        ("new,,camp,-1\n", "people: must be a whole number of at least 0 (got '-1'). Write plain digits"),
        ("new,,camp\n", "has 3 cells where the first line has 4"),
    ],
)
def test_a_table_of_waves_says_which_line(here, rows, words):
    (here / "waves.csv").write_text(WAVES + rows)
    (here / "mine.yaml").write_text("extends: small\ncrises: {valley: {arrivals_from: waves.csv}}\n")
    said = refused(cs.load, "./mine.yaml")
    assert words in said
    assert f"waves.csv:{rows.count(chr(10)) + 1}:1: " in said


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("South,2023,1\n", "donor: no donor 'South' (got 'South'). Choose from:"),
        ("Government,2023,1\nGovernment,2023,2\n", "year: this donor and year are given twice (got '2023'). Keep one"),
    ],
)
def test_a_table_of_budgets_says_which_line(here, rows, words):
    (here / "budgets.csv").write_text("donor,year,budget\n" + rows)
    (here / "mine.yaml").write_text("extends: small\nbudgets_from: budgets.csv\n")
    assert words in refused(cs.load, "./mine.yaml")


def test_a_study_that_is_a_scenario_and_the_name_of_one_are_told(here):
    (here / "mine.yaml").write_text("extends: small\n")
    said = refused(cs.load_study, "./mine.yaml")
    assert "this is a scenario, not a study. Write a study whose scenarios hold mine.yaml" in said
    words = "small is a scenario: cyclesim run small, or name it in a study of your own (a file is named with .yaml"
    assert refused(cs.load_study, "small").startswith(f"no shipped study 'small'; {words}")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("question: Q", "2:11", "question: must be one sentence that ends with a question mark (got 'Q')"),
        (
            "question: Q?\ndesign: {method: morris, trajectories: 2, levels: 3}",
            "3:51",
            "design.levels: must be an even number (got 3). Take 4",
        ),
    ],
)
def test_a_study_says_where_and_what(here, text, place, words):
    (here / "study.yaml").write_text(f"title: T\n{text}\nscenarios: [small]\n")
    assert f"study.yaml:{place}: {words}" in refused(cs.load_study, "./study.yaml")


def test_a_study_of_a_scenario_that_is_wrong_says_which_and_then_why(here):
    (here / "near.yaml").write_text("extends: small\nmonths: many\n")
    (here / "study.yaml").write_text(STUDY)
    study = cs.load_study("./study.yaml")
    with pytest.raises(CycleSimError) as caught:
        study.load_scenarios()
    first, second = str(caught.value).split("\n")
    words = "scenarios.0: this scenario cannot be loaded (got 'near.yaml'). Mend what follows"
    assert first == f"study.yaml:3:13: {words}"
    assert second.startswith("near.yaml:2:9: months: must be a whole number")


# ---------------------------------------------------------------- numbers that ship with the package


def quantity(**changed):
    about = {"name": "x", "value": 0.5, "unit": "share", "grade": "assumption", "source": "none", "text": "x"}
    return Quantity.model_validate(about | {"range": (0.0, 1.0), "bounds": (0.0, 1.0), "role": "lever"} | changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scale": "log"}, "a log scale needs a range above zero"),
        ({"value": {"a": 1.0}}, "a table has no range"),
        ({"range": (0.6, 0.9)}, "range 0.6 to 0.9 does not contain the value 0.5"),
        ({"range": (0.0, 2.0)}, "range 0 to 2 does not lie inside bounds"),
        ({"role": None}, "a quantity with a range is a state or a lever: give its role"),
    ],
)
def test_a_quantity_says_what_its_range_lacks(changed, words):
    assert words in refused(quantity, error=ValueError, **changed)


def test_a_file_of_numbers_that_cannot_be_read_is_told(here):
    (here / "parameters.yaml").write_text("a: [1\n")
    said = refused(read_entries, here / "parameters.yaml", Quantity, "name")
    assert said.startswith("parameters.yaml:2:1: is not YAML")


def test_changes_of_nothing_and_of_what_no_change_may_touch_are_told():
    assert "changes nothing; give it set, scale, add" in refused(
        recommendations.Changes.model_validate, {}, error=ValueError
    )
    with pytest.raises(KeyError, match="line_mix"):
        paths.bounds("parameters.line_mix")


def test_money_is_split_by_weights_that_can_be_weights():
    assert refused(split, 3, [0, 0], error=ValueError) == "cannot split 3 by weights that are all zero"
    for total, weights in ((-1, [1]), (1, [2, -1])):
        assert refused(split, total, weights, error=ValueError) == "neither the total nor a weight may be negative"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda small: small.parameter("naivty"), "no parameter 'naivty'; did you mean 'naivety'?"),
        (lambda small: small.with_values({"naivty": 1}), "no parameter or entry 'naivty'; did you mean 'naivety'?"),
        (lambda small: small.value("crises.vally.needs_met"), "no 'vally' in crises; did you mean 'valley'?"),
        (
            lambda small: small.value("crises.valley.need_met"),
            "no 'need_met' in crises.valley; did you mean 'needs_met'?",
        ),
    ],
)
def test_a_scenario_that_is_asked_for_what_it_has_not_says_what_it_has(ask, words):
    assert refused(ask, cs.load("small")) == words


# ---------------------------------------------------------------- lists of people


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda: Counts.from_arrays([0, 1], [1, 2]),
            "a table needs a history of 0 and 1, one for each list, and a number of people for each history",
        ),
        (lambda: Counts.of({(1, 0): 3}, ["A"]), "lists: 1 names for 2 lists. Name every list"),
        (
            lambda: bootstrap.with_interval(Counts.of({(1, 0): 3, (1, 1): 2, (0, 1): 1}), "chao", replicates=1),
            "1 replicates: give at least 2, better",
        ),
        (
            lambda: bootstrap.with_interval(Counts.of({(1, 0): 3, (1, 1): 2, (0, 1): 1}), "chao", seed=-1),
            "seed must be a non-negative whole number (got -1): equal seeds give equal limits",
        ),
        (lambda: captures.read("uk-6-lists", ["polise"]), "no column 'polise'; "),
    ],
)
def test_a_table_of_lists_that_cannot_be_is_told(ask, words):
    assert words in refused(ask)


THREE = {(1, 0, 0): 4, (0, 1, 0): 5, (0, 0, 1): 6}


@pytest.mark.parametrize(
    ("method", "cells", "words"),
    [
        ("chapman", {**THREE, (1, 1, 0): 2}, "it is for two lists, and this table has 3"),
        (
            "bic",
            {(1, 0, 0, 0): 9, (0, 1, 0, 0): 9, (0, 0, 1, 0): 9, (0, 0, 0, 1): 9},
            "nobody is on two lists",
        ),
    ],
)
def test_a_method_without_an_answer_says_why(method, cells, words):
    assert words in str(estimate(Counts.of(cells), method).reason)


def test_a_list_that_is_no_text_is_told_without_what_stands_in_it(here):
    (here / "lists.csv").write_bytes(b"A,B\n1,\xff\n")
    assert refused(captures.read, "./lists.csv") == "lists.csv: is not UTF-8 text. Save it as CSV, UTF-8"


# ---------------------------------------------------------------- runs, draws and what is asked of them


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda r: r.differences("identified", "nera"),
            "has no scenario 'nera'; did you mean 'near'?",
        ),
        (lambda r: r.known("identifed"), "keeps no measure 'identifed'; did you mean 'identified'?"),
        (
            lambda r: pictures.difference(r, "nera", {}, "exploited"),
            "no scenario 'nera' in this table; did you mean 'near'?",
        ),
        (lambda r: design.sample(r.scenarios["near"], n=10**9), "a design has at most"),
        (
            lambda r: design.grid({name: range(2000) for name in ("contact", "naivety", "trust_gain")}),
            "the grid has 8,000,000,000 draws, more than",
        ),
        (
            lambda r: design.sample(r.scenarios["near"], "morris", 2, levels=3),
            "morris needs an even number of levels (got 3)",
        ),
        (lambda r: precision.Rule.parse("exploited: half-width 0"), "the half-width must be above zero (got 0)"),
        (lambda r: totals.chosen(["identifed"]), "no measure 'identifed'; did you mean 'identified'?"),
        (
            lambda r: calibrate(r, ["identified = 3 +- 0"]),
            "the error of the target 'identified = 3 +- 0' must be above zero; write it as",
        ),
    ],
)
def test_runs_that_are_asked_for_what_they_have_not_say_what_they_have(ask, words, runs):
    assert words in refused(ask, runs)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda s: s.runs(["identifed"]), "no measure 'identifed' in this sweep; did you mean 'identified'?"),
        (
            lambda s: s.find("xyz"),
            "no run of this sweep has the key 'xyz'; keys are in the column key of runs/ and fail",
        ),
        (lambda s: s.find(""), "no run of this sweep has the key ''"),
        (lambda s: s.save("there"), "a sweep is kept in its folder; to hand it over: cyclesim archive"),
        (lambda s: s.by_month("trust"), "does not keep trust month by month: cyclesim expand"),
        (
            lambda s: s.resize(draws=1),
            "there are 2 draws already, so there cannot be 1. Ask for at least as many, or begin",
        ),
        (lambda s: s.resize(replications=1), "there are 2 replications already, so there cannot be 1"),
    ],
)
def test_a_sweep_that_is_asked_for_what_it_has_not_says_where_it_is(ask, words, swept):
    assert words in refused(ask, swept)


def test_a_smaller_study_in_the_folder_of_a_larger_is_told_how_to_have_more(swept, here):
    study = swept.study.model_copy(update={"replications": 1})
    said = refused(begin, study, swept.folder)
    assert f"{swept.folder} holds this study with 2 draws and 2 replications; for more of them: cyclesim expand" in said
    assert "--draws N --replications N, or choose another folder with --out" in said


def test_a_second_driver_is_told_of_the_first(swept):
    with disk.locked(swept.folder):
        said = refused(driver.carry_out, swept, None)
    assert f"another driver is at work on {swept.folder}, and on it: " in said
    assert said.endswith("; wait for it (cyclesim status) or stop it")


def test_runs_of_other_code_are_told_with_what_differs(swept, monkeypatch):
    other = replace(swept.plan.made_by, code="0123456789ab", numpy="1.0")
    monkeypatch.setattr("cyclesim.runs.sweep.fingerprint", lambda: other)
    said = refused(read_sweep(swept.folder).check_code)
    assert f"{swept.folder} was made by {swept.plan.made_by}, this is " in said
    assert (
        "Runs of both are never mixed: begin the study in another folder, or go on with what made it. To see " in said
    )
    assert said.endswith(f"cyclesim verify {swept.folder}")


def test_results_without_a_table_of_worlds_are_told_by_their_kind(here):
    cs.story("small").save("told")
    assert refused(cs.read, "told") == "told holds a story of cyclesim, which has no table of worlds"


def test_an_archive_of_something_else_is_told(here):
    import zipfile

    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(CycleSimError) as caught, verify.unpacked(here / "other.zip"):
        pass
    assert str(caught.value).endswith("other.zip is no archive of cyclesim; cyclesim archive FOLDER makes one")


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(here):
    (here / "file").write_text("")
    said = refused(store.create, here / "file" / "sweep", {}, None)
    assert said == f"cannot write to {here / 'file' / 'sweep'}: Not a directory; choose another with --out"
    with pytest.raises(CycleSimError) as caught, disk.locked(here / "file"):
        pass
    words = "Not a directory; allow it, or choose another folder with --out"
    assert str(caught.value) == f"cannot write to {here / 'file'}: {words}"


def test_an_answer_without_a_picture_says_where_its_tables_are():
    answer = cs.estimates("uk-6-lists")
    object.__setattr__(answer, "figures", {})
    assert refused(answer.plot) == "no picture is drawn of this estimate; its tables are in .finding.tables"


# ---------------------------------------------------------------- answers that there are not


@pytest.mark.parametrize(
    ("method", "options", "cells", "words"),
    [
        ("chao", {}, {**THREE, (1, 1, 1): 3}, "nobody is on exactly two lists, so the lower bound is infinite"),
        ("bic", {"among": ((3,),)}, {**THREE, (1, 1, 0): 6}, "none of the models has an answer"),
        ("stepwise", {}, {(1, 0, 0): 0, (0, 1, 1): 0}, "nobody is on any list"),
    ],
)
def test_a_table_that_gives_a_method_no_answer_says_why(method, options, cells, words):
    assert estimate(Counts.of(cells), method, Options(**options)).reason == words


def test_methods_and_options_that_there_are_not_are_told():
    table = Counts.of({(1, 0): 3, (1, 1): 2, (0, 1): 1})
    assert refused(estimate, table, "chapmann") == "no method 'chapmann'; did you mean 'chapman'?"
    assert refused(Options, order=1) == "order 1: a model has terms of at least 2 lists; give 2 or 3"
    words = "threshold 1.5 is not a probability; give 0.02, or another below 1"
    assert refused(Options, threshold=1.5) == words


def test_a_fit_is_refused_where_there_is_no_maximum_and_where_it_was_not_found():
    words = "no maximum of the likelihood exists: too little overlap for this model, a parameter runs off to infinity"
    assert refused(loglinear.fit, Counts.of({**THREE, (1, 1, 0): 6}), [3], error=RefusedError) == words
    table = Counts.of({(1, 0): 30, (0, 1): 40, (1, 1): 12})
    found = loglinear.fit(table)
    missed = replace(found, proven=False, means=found.means * 1.2)
    words = "the search for the maximum of the likelihood did not converge"
    assert refused(loglinear.confirm, table, missed, error=RefusedError) == words


@pytest.mark.parametrize("value", ["not measured", math.inf])
def test_targets_that_cannot_be_measured_or_met_leave_nothing_to_match(value, monkeypatch):
    monkeypatch.setattr(matching, "measure", lambda scenario, ids, seeds, seed: {"T4": [value]})
    said = refused(matching.match, cs.load("small"), ["T4"], draws=matching.FEWEST_DRAWS, check=0)
    words = "too few draws in which these targets can be measured; take more draws or fewer targets ("
    assert said.startswith(words)
    assert said.endswith(": no value in 100% of draws)")


def test_targets_that_no_inputs_meet_are_told(monkeypatch):
    def far(scenario, ids, seeds, seed):
        return {"T4": [1000.0 + scenario.parameter("contact")]}

    monkeypatch.setattr(matching, "measure", far)
    said = refused(matching.match, cs.load("small"), ["T4"], draws=matching.FEWEST_DRAWS, check=0)
    assert said == "the emulators find no inputs at which all these targets are met; take fewer of them"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("identified of 3", "cannot read the target 'identified of 3'; write it as in 'detected_share = 0.05 +- 0.01'"),
        ("identified = 3 +- 1e", "cannot read a number in the target 'identified = 3 +- 1e'; write it as in"),
        ("identified = 3 +- 0", "the error of the target 'identified = 3 +- 0' must be above zero; write it as in"),
    ],
)
def test_a_target_that_is_none_says_how_to_write_one(text, words):
    assert refused(Observation.parse, text).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exploited", "cannot read the stop rule 'exploited'; write it as in 'averted person-months: half-width 5 %'"),
        ("identified: half-width 1.2.3", "the half-width '1.2.3' is not a number; write it as in"),
        ("identifed: half-width 3", "no measure 'identifed' in the stop rule; did you mean 'identified'?"),
    ],
)
def test_a_stop_rule_that_is_none_says_how_to_write_one(text, words):
    assert refused(precision.Rule.parse, text).startswith(words)


def test_a_stop_rule_needs_room():
    said = refused(precision.Rule.parse, "identified: half-width 3", most=1)
    assert said == f"most must be at least {precision.FEWEST} replications (got 1)"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (cs.sensitivity, "has no draws: nothing can be sensitive to them; give it a design"),
        (lambda r: cs.discover(r, rule="identified > 1"), "has no draws, so there is no space to look in; give it a"),
        (cs.voi, "is no sample of what is plausible; give it a design of lhs or sobol"),
        (
            lambda r: cs.voi(cs.simulate(r.scenarios["near"], design.sample(r.scenarios["near"], n=2))),
            "has one scenario, so there is no choice; give it a second one",
        ),
    ],
)
def test_an_analysis_says_what_runs_lack(ask, words, runs):
    assert words in refused(ask, runs)


def test_runs_that_part_before_their_first_change_are_a_fault_of_the_model(runs):
    one = runs.scenarios["near"]
    later = {"changes": {"more": {"from": "2023-03", "scale": {"parameters.contact": 2}}}}
    other = one.with_values(later).renamed("later")
    worlds = cs.simulate([one, other])
    worlds.table.loc[(worlds.table["scenario"] == "later") & (worlds.table["month"] == 1), "exploited"] += 1
    said = refused(compare, worlds)
    assert said == (
        "near and later differ in exploited in 2023-02 (draw 0, replication 0), before their first change. This is a "
        "fault of the model; please report it with both scenario files"
    )


def test_lives_that_part_before_their_scenarios_are_a_fault_of_the_model(monkeypatch):
    one = cs.load("small").with_values({"months": 6})
    other = one.with_values({"incidence": 0.05}).renamed("other")
    monkeypatch.setattr("cyclesim.questions.story.compute.first_change", lambda *_: None)
    said = refused(cs.stories, one, other)
    assert re.match(r"the lives of \S.*#\d+ in small and other part in 20\d\d-\d\d, before the scenarios do", said)
    assert said.endswith("This is a fault of the model; please report it with both scenario files")


def test_an_item_that_ends_its_process_is_named(monkeypatch):
    def lost(_, function, batches):
        return (SimpleNamespace(batch=batch, results=None) for batch in batches)

    monkeypatch.setattr(engines, "engine", lambda workers: SimpleNamespace(map=lost))
    said = refused(engines.parallel_map, abs, None, ["world 7"], 1)
    assert said == "world 7 ends its worker process each time it is tried; there may be too little memory for it"


# ---------------------------------------------------------------- folders and files of results


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "results holds no results of cyclesim (No such file or directory)"),
        ("[]", "results holds no results of cyclesim (results/manifest.json is not a manifest of cyclesim)"),
        ('{"kind": "run"}', "results/manifest.json has no seal: it was made by cyclesim 0.3 or older"),
        ('{"kind": "run", "seal": "0"}', "results/manifest.json is not as it was written: something in it was changed"),
    ],
)
def test_a_manifest_that_is_none_is_told(here, content, words):
    (here / "results").mkdir()
    if content:
        (here / "results" / "manifest.json").write_text(content)
    assert words in refused(cs.read, "results")


def test_a_table_of_worlds_that_is_none_is_told(runs, here):
    runs.save("broken")
    broken = here / "broken" / "table.parquet"
    whole = seals.SUMS, sha256(broken.read_bytes()).hexdigest()
    broken.write_bytes(b"no table")
    sums = here / "broken" / whole[0]
    sums.write_text(sums.read_text().replace(whole[1], sha256(b"no table").hexdigest()))
    assert refused(cs.read, "broken").startswith("broken/table.parquet cannot be read: ")
    broken.unlink()
    assert refused(seals.read_file, here / "broken", "table.parquet").endswith(
        "table.parquet cannot be read: No such file or directory"
    )


def test_sums_that_do_not_list_the_manifest_prove_nothing(runs, here):
    runs.save("unlisted")
    (here / "unlisted" / seals.SUMS).unlink()
    words = f"{seals.SUMS} is gone or does not list {seals.MANIFEST}: nothing says how the files were"
    assert words in verify.verify(here / "unlisted").problems


def test_draws_that_other_libraries_continue_otherwise_are_told(swept, monkeypatch, here):
    copy = here / "copy"
    shutil.copytree(swept.folder, copy)
    there = read_sweep(copy)
    monkeypatch.setattr("cyclesim.runs.sweep.of_study", lambda *_: design.from_table({"contact": [0.5, 0.6, 0.7, 0.8]}))
    words = "the draws cannot be continued: this version of the libraries draws others; begin a new sweep instead"
    assert refused(there.resize, draws=4) == words


def test_a_report_of_what_is_no_object_is_refused(monkeypatch):
    monkeypatch.setattr(reports, "read_manifest", lambda _: {"kind": "loop"})
    monkeypatch.setattr(reports, "read_file", lambda *_: b"[]")
    monkeypatch.setattr("pathlib.Path.is_file", lambda _: True)
    assert refused(reports.report, "there") == "there/loop.json: it is no object"


@pytest.mark.parametrize(
    ("printing", "reason"),
    [
        (lambda *_, **__: SimpleNamespace(stderr=b"warming up\nno display\n"), "no display"),
        (lambda *_, **__: SimpleNamespace(stderr=b""), "no reason given"),
        (lambda *_, **__: (_ for _ in ()).throw(OSError("not executable")), "not executable"),
    ],
)
def test_a_browser_that_does_not_print_is_named_with_its_reason(printing, reason, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(reports.shutil, "which", lambda name: "/bin/browser")
    monkeypatch.setattr(reports.subprocess, "run", printing)
    words = f"cannot print with /bin/browser: {reason}; take --html and print it yourself"
    assert refused(reports.as_pdf, "<p>x</p>") == words


# ---------------------------------------------------------------- what ships, and faults of the model


RECOMMENDATION = """\
R1:
  title: T
  words: "w"
  section: "9"
  changes: {scale: {parameters.risk_aversion: 0.25}}
  ramp: 12
  cost: {value: 5000, grade: assumption, reckoned: r}
  overlap: {rule: nested in R2, why: w}
R2:
  title: T
  words: "w"
  section: "9"
  reason: nobody knows how
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", "interventions.yaml:8:19: R1.overlap.rule: 'R2' is not built"),
        (
            "  reason: nobody knows how\n",
            "",
            "R2: is incomplete (got None). Give it changes, cost and overlap, or the reason why it is not built",
        ),
        (
            "nobody knows how\n",
            "why\n  ramp: 2\n  changes: {add: {parameters.added_training: 1}}\n",
            "has both a reason why it is not built and changes",
        ),
        ("{scale: {parameters.risk_aversion: 0.25}}", "{}", "changes nothing"),
        ("parameters.risk_aversion", "parameters.line_mix", "a dated change cannot touch 'parameters.line_mix'"),
    ],
)
def test_a_catalogue_says_which_entry_and_what(here, old, new, words):
    (here / "interventions.yaml").write_text(RECOMMENDATION.replace(old, new) if old else RECOMMENDATION)
    said = refused(recommendations.read_interventions, here / "interventions.yaml").replace(f"{here}/", "")
    assert words.replace(" (got None)", "").casefold() in said.replace(" (got None)", "").casefold()


def test_changes_that_together_leave_the_bounds_are_told(here):
    (here / "mine.yaml").write_text(
        "extends: small\nchanges:\n  more: {from: 2023-03, scale: {parameters.contact: 1000}}\n"
    )
    said = refused(cs.load, "./mine.yaml")
    assert re.search(
        r"mine.yaml:3:\d+: changes.more.scale.parameters.contact: changes take this number to \S+ in", said
    )
    assert said.endswith("it must lie between 0 and 2. Make the change smaller")


def test_a_scenario_and_a_study_are_named_after_their_files(here):
    (here / "mine.yaml").write_text("extends: small\nname: x\n")
    assert (
        refused(cs.load, "./mine.yaml") == "mine.yaml:2:1: name: no such key 'name'. A scenario is named after its file"
    )
    (here / "study.yaml").write_text("title: T\nquestion: Q?\nscenarios: [small]\nname: x\n")
    words = "study.yaml:4:1: name: no such key 'name'. A study is named after its file"
    assert refused(cs.load_study, "./study.yaml") == words


def test_faults_of_the_model_itself_are_told_to_whoever_changes_it():
    with pytest.raises(AttributeError, match=r"no parameter 'naivty' in parameters\.yaml"):
        _ = Parameters({"naivety": 0.5}).naivty
    purse = MoneyLedger(Books(("valley",), ("A",), 1), 0)
    purse.books.commit(Grant("A", "valley", Line.DATA, 5, 0, 1))
    purse.disburse(0)
    words = "line data cannot spend 6 of 5 cents"
    assert refused(purse.spend, {Line.DATA: 6}, error=ValueError) == words


# ---------------------------------------------------------------- libraries that are not there


def without(monkeypatch, *modules):
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize(
    ("modules", "ask", "words"),
    [
        (["SALib.sample.morris"], lambda: samplers.positions("morris", ["a"], [2], 1, 4), "method morris needs SALib"),
        (["sklearn.tree"], lambda: discovery.tree(np.zeros((3, 1)), np.ones(3), ["a"]), "the tree needs scikit-learn"),
        (
            ["sklearn.gaussian_process"],
            lambda: emulators.emulate(np.zeros((3, 1)), np.ones(3)),
            "emulators need scikit-learn",
        ),
    ],
)
def test_an_analysis_says_what_to_install(modules, ask, words, monkeypatch):
    without(monkeypatch, *modules)
    assert refused(ask) == f"{words}: pip install 'cyclesim[analysis]'"


def test_runs_say_what_to_install_for_what_is_asked_of_them(runs, monkeypatch):
    without(monkeypatch, "xarray", "SALib.analyze.morris", "distributed")
    assert refused(runs.to_xarray) == "xarray is not installed: pip install 'cyclesim[analysis]'"
    near = runs.scenarios["near"]
    screened = cs.simulate(near, design.sample(near, "morris", 2, quantities=["contact", "naivety"]), twin=True)
    words = "effects of a Morris design need SALib: pip install 'cyclesim[analysis]'"
    assert refused(cs.sensitivity, screened) == words
    assert refused(Dask) == "the engine dask needs Dask: pip install 'cyclesim[cluster]'"


def test_the_search_says_what_to_install_before_it_begins(monkeypatch):
    monkeypatch.setattr(portfolio, "find_spec", lambda _: None)
    words = "the search needs pymoo: pip install 'cyclesim[analysis]'"
    assert refused(portfolio.search, None, np.zeros(2), np.ones(2)) == words


def test_a_scheduler_has_its_own_workers():
    pytest.importorskip("distributed")
    words = "the scheduler at tcp://here:1 has workers of its own; leave --workers out"
    assert refused(Dask, 2, "tcp://here:1") == words


# ---------------------------------------------------------------- numbers that are none


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda: indices.sobol(*(np.full(shape, np.nan) for shape in ((8, 1), (8, 1), (2, 8, 1)))),
            "there are values that are no finite numbers among the runs; indices would be meaningless",
        ),
        (
            lambda: indices.sobol(*(np.ones(shape) for shape in ((8, 1), (8, 1), (2, 8, 1)))),
            "the outcome does not vary over the draws beyond luck, so nothing can move it",
        ),
        (
            lambda: calibration.abc(np.zeros((9, 1)), np.zeros((9, 1)), np.zeros(1), [(0, 1)]),
            f"9 draws are too few to calibrate with; take {calibration.FEWEST_DRAWS} or more",
        ),
        (
            lambda: calibration.abc(np.zeros((99, 1)), np.full((99, 1), np.nan), np.zeros(1), [(0, 1)]),
            "there are values that are no finite numbers among the runs; they cannot be calibrated with",
        ),
        (lambda: Luck(-1), "seed must be a non-negative whole number (got -1): equal seeds give equal worlds"),
        (lambda: Processes(0), "there must be at least one worker (got 0)"),
        (
            lambda: pairs.pairs(cs.load("small"), None, 1.5),
            "detection in the hidden world must lie between 0 and 1 (got 1.5)",
        ),
        (lambda: design.sample(cs.load("small"), n=0), "a design needs at least one draw (got 0)"),
        (
            lambda: design.sample(cs.load("small"), "sobol", 5),
            "a Sobol design needs a power of two (got n = 5); take 8, or lhs",
        ),
        (
            lambda: design.sample(cs.load("small"), "saltelli", 5),
            "a Saltelli design needs a power of two (got n = 5); take 8",
        ),
        (lambda: recommendations.entry("R99"), "no recommendation or practice 'R99'; "),
        (
            lambda: Fingerprint.parse(None),
            "it was made before results said which code made them (cyclesim 0.3 or older)",
        ),
    ],
)
def test_numbers_and_names_that_are_none_are_told(ask, words):
    assert refused(ask).startswith(words)


def test_detection_that_is_hardly_weaker_gives_no_pair():
    said = refused(pairs.pairs, cs.load("small"), None, 0.9999)
    assert re.search(
        r"in valley \S+ cases are expected in reports from 2024-01 on, and \S+ where detection is weak in", said
    )
    assert "State higher values, or more posts, in the scenario, or a smaller --detection" in said


def test_what_does_not_vary_can_be_moved_by_nothing(runs):
    near = runs.scenarios["near"]
    drawn = cs.simulate(near, design.sample(near, n=20, quantities=["contact"]), twin=True)
    drawn.table["departed"] = 0
    words = "the outcome does not vary over the draws, so nothing can move it"
    assert refused(cs.sensitivity, drawn, measure="departed") == words


def test_too_few_draws_for_regressions_say_how_to_have_more(runs):
    group = list(runs.scenarios.values())
    drawn = cs.simulate(group, design.sample(group, n=4, quantities=["naivety"]), twin=True)
    assert re.match(r"4 draws are too few for regressions: .* or more", refused(cs.voi, drawn))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("identified", "cannot read the rule 'identified'; write it as in 'person_months_exploited < 0'"),
        ("identified > 1e", "cannot read a number in the rule 'identified > 1e'; write it as in"),
        ("identified worst 120 %", "the worst share must lie between 0 and 100 % (got 120)"),
    ],
)
def test_a_rule_that_is_none_says_how_to_write_one(rule, words, runs):
    near = runs.scenarios["near"]
    drawn = cs.simulate(near, design.sample(near, n=2, quantities=["contact"]), twin=True)
    assert refused(cs.discover, drawn, rule=rule).startswith(words)


def test_without_anybody_found_before_a_shock_there_is_no_rise_to_read():
    quiet = SimpleNamespace(
        name="quiet", start="2023-01", months=40, crises={"one": SimpleNamespace(attention={"s": None})}
    )
    quiet.crises["one"].attention["s"] = SimpleNamespace(month="2024-03")
    months = pd.DataFrame({"scenario": "quiet", "draw": 0, "replication": 0, "month": range(40), "identified": 0})
    said = refused(experiments._rise_of, SimpleNamespace(months=months), quiet)
    assert said == "nobody is identified in quiet before the shock, so there is no rise to read"


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,0\n0,1\n", "lists.csv:1:1: the first line must name the columns. Put names above"),
        ("A;B\n1;0\n", "lists.csv:1:1: its columns are not separated by commas. Use commas"),
        ("A,B\n", "lists.csv: holds no table. Give a line of names, then a line of 0 and 1"),
        ('A,B\n"1,0\n', "is not CSV: "),
    ],
)
def test_a_table_of_lists_says_what_it_lacks(here, text, words):
    (here / "lists.csv").write_text(text)
    assert words in refused(captures.read, "./lists.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact\n", "has no draws. Write a row of numbers for each draw"),
        ("contact\nmuch\n", "must be a finite number (got 'much')"),
        ("draw,contact\n2,0.1\n", "must number the rows 1, 2, ... in order"),
    ],
)
def test_a_table_of_draws_says_what_it_lacks(here, text, words):
    (here / "draws.csv").write_text(text)
    assert words in refused(tables.read_table, here / "draws.csv")


# ---------------------------------------------------------------- folders that are taken, unfinished or full


def test_a_sweep_that_is_not_finished_is_neither_archived_nor_reported(here):
    (here / "near.yaml").write_text("extends: small\nmonths: 3\nspin_up: 0\n")
    (here / "study.yaml").write_text(SWEPT)
    begun = begin(here / "study.yaml", here / "begun").folder
    assert refused(archive.archive, begun) == f"{begun} is not complete; go on with: cyclesim resume {begun}"
    assert refused(reports.report, begun) == f"{begun} is not finished; go on with: cyclesim resume {begun}"


def test_an_archive_needs_checksums_and_a_place_of_its_own(runs, here):
    runs.save("kept")
    kept = here / "kept"
    words = f"{kept / 'a.zip'} is inside the folder that it would hold; name another file with --out"
    assert refused(archive.archive, kept, kept / "a.zip") == words
    (kept / seals.SUMS).unlink()
    words = (
        f"{seals.SUMS} in {kept} does not list {seals.MANIFEST}, so that nobody could check it; run its command again"
    )
    assert refused(archive.archive, kept) == words


def test_sweeps_are_put_together_into_a_free_folder_and_of_one_study(swept, here):
    (here / "full").mkdir()
    (here / "full" / "mine.txt").write_text("mine")
    words = "full holds something already; nothing was written. Choose another folder with --out"
    assert refused(merge.merge, [swept.folder], "full") == words
    (here / "near.yaml").write_text("extends: small\nmonths: 3\nspin_up: 0\n")
    (here / "study.yaml").write_text(STUDY)
    other = begin(here / "study.yaml", here / "other").folder
    words = f"{swept.folder} and {other} hold different studies, nothing was written. They differ in "
    assert refused(merge.merge, [swept.folder, other], "both").startswith(words)


def test_a_twin_has_no_more_replications(here):
    (here / "near.yaml").write_text("extends: small\nmonths: 3\nspin_up: 0\n")
    (here / "study.yaml").write_text(SWEPT.replace("replications: 2", "twin: true"))
    begun = begin(here / "study.yaml", here / "begun")
    words = "the twin has no luck: more replications would all be the same; ask for more --draws"
    assert refused(begun.resize, replications=2) == words


def test_draws_that_are_not_those_of_the_manifest_are_told(swept, here):
    copy = here / "copy"
    shutil.copytree(swept.folder, copy)
    changed = pq.read_table(copy / store.DRAWS)
    pq.write_table(changed.set_column(1, "contact", [[0.25, 0.75]]), copy / store.DRAWS)
    words = f"copy/{store.DRAWS} is not as it was written: its draws are not those of {seals.MANIFEST}. Take it from"
    assert words in refused(read_sweep, "copy")


def test_a_file_that_is_not_that_of_its_checksum_is_told(runs, here):
    runs.save("kept")
    (here / "kept" / "table.parquet").write_bytes(b"other")
    words = f"kept/table.parquet is not as it was written: its checksum is not the one in {seals.SUMS}. Take it from a"
    assert refused(cs.read, "kept").startswith(words)


def test_what_the_system_says_against_writing_comes_with_a_way_out(swept, here):
    full = OSError(28, "No space left on device")
    words = (
        "No space left on device; nothing was written. Make room or allow writing, or choose another folder with --out"
    )
    with pytest.raises(CycleSimError) as caught, writing.refusing(here):
        raise full
    assert str(caught.value) == f"cannot write to {here}: {words}"
    with pytest.raises(CycleSimError) as caught, swept.store.writing():
        raise full
    words = "What was stored before is safe; make room or allow writing, then go on with: cyclesim resume"
    assert f"cannot write to {swept.folder}: No space left on device. {words}" in str(caught.value)


def test_a_place_that_another_command_writes_is_told_with_who(here):
    words = "is writing there; nothing was written. Wait for it, or choose another folder with --out"
    with writing.claimed(Path("there")), pytest.raises(CycleSimError) as caught, writing.claimed(Path("there")):
        pass
    assert str(caught.value).endswith(words)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("file", "file is a file, not a folder; choose another with --out"),
        ("file/results", "file cannot be written; choose another folder with --out"),
        (
            "mine",
            "mine holds files that are no study of cyclesim; nothing was written. Choose another folder with --out",
        ),
    ],
)
def test_a_folder_that_is_none_or_taken_is_told(here, place, words):
    (here / "file").write_text("")
    (here / "mine").mkdir()
    (here / "mine" / "a.txt").write_text("")
    assert words in refused(writing.check_free, Path(place), {"hash": "0"})


def test_a_worker_without_what_it_needs_is_told_what_to_install():
    pytest.importorskip("distributed")

    def lost():
        raise ImportError("No module named 'cyclesim'")

    words = "a Dask worker lacks what it needs (No module named 'cyclesim'); install the same cyclesim there"
    assert refused(Dask._result, Dask.__new__(Dask), SimpleNamespace(result=lost)) == words


# ---------------------------------------------------------------- every message is quoted

PACKAGE, TESTS = Path(cs.__file__).parent, Path(__file__).parent
QUOTED = 3  # words of a message, one after another, that a test must have


def phrases(texts):
    """Return every few words that follow one another in some texts."""
    found = set()
    for text in texts:
        words = re.findall(r"[\w'-]+", text.replace("\\", "").casefold())
        found |= {tuple(words[start : start + QUOTED]) for start in range(len(words) - QUOTED + 1)}
    return found


def literals(node):
    """Return the strings inside a node; of an f-string what stands between its braces."""
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def name_of(node):
    return getattr(node, "id", None) or getattr(node, "attr", "")


def held(tree):
    """Return the strings that each name of a file is given, by line."""
    found = defaultdict(dict)
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                found[name_of(part)][node.lineno] = literals(node.value)
    return found


def messages():
    """Yield each place of the package that raises something new or finds a problem, and the strings it may say."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    by_file = {path: held(tree) for path, tree in trees.items()}
    constants = {name: given for names in by_file.values() for name, given in names.items() if name.isupper()}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            new = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
            if new or (isinstance(node, ast.Call) and name_of(node.func) in ("Problem", "problem", "fail")):
                names = [name_of(part) for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute)]
                texts = literals(node)
                for given in (by_file[path].get(name) or constants.get(name, {}) for name in names):
                    before = [line for line in given if line <= node.lineno] or given
                    texts += given[max(before)] if before else []
                yield f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}", texts


def test_every_message_is_quoted_by_a_test():
    sources = (path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py"))
    quoted = phrases(text for source in sources for text in literals(ast.parse(source)))
    said = {place: texts for place, texts in messages() if phrases(texts)}
    assert len(said) > 300
    often = Counter(phrase for texts in said.values() for phrase in phrases(texts))
    lacking = []
    for place, texts in said.items():
        own = {phrase for phrase in phrases(texts) if often[phrase] == 1}  # what no other message says
        if not (own or phrases(texts)) & quoted:
            lacking.append(f"{place}: {max(texts, key=len)}")
    assert not lacking, "no test quotes three words of:\n" + "\n".join(lacking)
