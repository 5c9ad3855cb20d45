"""Broken scenario files: the place and the words that their author needs."""
# The table has one mistake on a line.
# ruff: noqa: E501

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cyclesim.errors import CycleSimError, ScenarioError
from cyclesim.inputs.files import check, load

GOOD = """\
title: A small crisis
question: "Does it load?"
start: 2023-01
months: 24
spin_up: 6
parameters:
  naivety: 0.9
  line_mix: {training: 0.4, specialists: 0.1, back_end: 0.1, assistance: 0.1, prevention: 0.2, data: 0, preparedness: 0.1, reception: 0}
sectors:
  food security: {requirement: 45, coverage: 0.3}
donors:
  Northland:
    kind: government
    budget: {2022: 100000, 2023: 200000}
    fiscal_month: 4
    flexible_share: 0.2
crises:
  protracted:
    needs_met: 0.5
    groups: {women: 0.6, men: 0.4}
    statuses: {internally_displaced: 1}
    settings:
      camps: {back_end: national, intensity: 1.5}
    arrivals:
      first: {people: 1000, settings: {camps: 1}}
      second: {month: 2023-05, people: 500, settings: {camps: 1}}
    organisations:
      Police: {kind: police, channel: police_border, setting: camps, staff: 10, vetted: true}
    back_ends:
      national: {caseworkers: 2, investigators: 1, conditional: 0.5, assistance_places: 3}
    attention:
      shock: {month: 2023-02, peak: 1}
changes:
  cut:
    from: 2023-06
    until: 2024-01
    scale: {donors.Northland.budget: 0.5}
interventions:
  help:
    from: 2023-07
    set: {crises.protracted.back_ends.national.conditional: 0}
    recommendation: R9
"""

# what to replace, by what, where the problem is (its line holds this text), its key (~ is crises.protracted), and words
# of its message
# fmt: off
BROKEN = {
    "unknown key at the top": ("months: 24", "monhts: 24", "monhts", "monhts", "no such key|mean 'months'"),
    "unknown key of a donor": ("fiscal_month", "fiscal_mnth", "fiscal_mnth", "donors.Northland.fiscal_mnth", "'fiscal_month'"),
    "unknown key of a crisis": ("needs_met", "need_met", "need_met", "~.need_met", "mean 'needs_met'"),
    "unknown key of a change": ("until:", "untill:", "untill:", "changes.cut.untill", "Did you mean 'until'"),
    "missing key": ("    needs_met: 0.5\n", "", "  protracted:", "~.needs_met", "is missing|Add a line"),
    "missing people": ("people: 500, ", "", "second:", "~.arrivals.second.people", "is missing"),
    "text for a number": ("months: 24", "months: two years", "months:", "months", "whole number|'two years'"),
    "quoted number": ("needs_met: 0.5", "needs_met: '0.5'", "needs_met", "~.needs_met", "must be a number|quotes"),
    "fraction of a person": ("people: 1000", "people: 1000.5", "first:", "~.arrivals.first.people", "whole number"),
    "exponent for people": ("people: 1000", "people: 1e3", "first:", "~.arrivals.first.people", "plain digits"),
    "true for a number": ("staff: 10", "staff: true", "Police:", "~.organisations.Police.staff", "must be a number"),
    "yes for a truth": ("vetted: true", "vetted: yes", "Police:", "~.organisations.Police.vetted", "true or false"),
    "infinite": ("staff: 10", "staff: .inf", "Police:", "~.organisations.Police.staff", "finite"),
    "not a number": ("naivety: 0.9", "naivety: .nan", "naivety", "parameters.naivety", "must be a number"),
    "negative": ("people: 500", "people: -5", "second:", "~.arrivals.second.people", "at least 0|-5"),
    "share over one": ("needs_met: 0.5", "needs_met: 50", "needs_met", "~.needs_met", "at most 1"),
    "too many people": ("people: 1000", "people: 10000000001", "first:", "~.arrivals.first.people", "at most 10,000,000,000"),
    "too many months": ("months: 24", "months: 1201", "months", "months", "at most 1,200"),
    "no months": ("months: 24", "months: 0", "months", "months", "at least 1"),
    "shares that do not add up": ("men: 0.4", "men: 0.3", "groups:", "~.groups", "add up to 0.9"),
    "shares of a wave": ("500, settings: {camps: 1}", "500, settings: {camps: 0.5}", "second:", "~.arrivals.second.settings", "add up to 0.5"),
    "unknown group": ("women: 0.6", "woman: 0.6", "groups:", "~.groups.woman", "Did you mean 'women'"),
    "unknown kind": ("kind: police", "kind: polise", "Police:", "~.organisations.Police.kind", "mean 'police'"),
    "unknown back end": ("back_end: national", "back_end: nation", "camps: {back", "~.settings.camps.back_end", "no back end 'nation'|mean 'national'"),
    "unknown setting": ("setting: camps", "setting: camp", "Police:", "~.organisations.Police.setting", "no setting 'camp'|mean 'camps'"),
    "unknown setting of a wave": ("500, settings: {camps: 1}", "500, settings: {kamps: 1}", "second:", "~.arrivals.second.settings.kamps", "no setting 'kamps'|'camps'"),
    "unknown parameter": ("naivety: 0.9", "naivty: 0.9", "naivty", "parameters.naivty", "no parameter|mean 'naivety'"),
    "parameter out of bounds": ("naivety: 0.9", "naivety: 1.5", "naivety", "parameters.naivety", "between 0 and 1|1.5"),
    "part of a table": ("{training: 0.4, ", "{", "line_mix", "parameters.line_mix", "keys of the table"),
    "table that does not add up": ("training: 0.4", "training: 0.3", "line_mix", "parameters.line_mix", "add up to 0.9"),
    "date with a day": ("start: 2023-01", "start: 2023-01-01", "start", "start", "YYYY-MM|2023-01-01"),
    "year for a month": ("from: 2023-06", "from: 2023", "from: 2023\n", "changes.cut.from", "YYYY-MM"),
    "month thirteen": ("month: 2023-02", "month: 2023-13", "shock:", "~.attention.shock.month", "YYYY-MM"),
    "until before from": ("until: 2024-01", "until: 2023-06", "until", "changes.cut.until", "must be after from"),
    "change after the end": ("from: 2023-07", "from: 2025-01", "from: 2025", "interventions.help.from", "last simulated month 2024-12"),
    "wave after the end": ("month: 2023-05", "month: 2025-05", "second:", "~.arrivals.second.month", "after the last"),
    "wave before the beginning": ("month: 2023-05", "month: 2022-06", "second:", "~.arrivals.second.month", "before the first|displaced_months"),
    "path to nowhere": ("{donors.Northland.budget", "{donors.Northlnd.budget", "scale:", "changes.cut.scale.donors.Northlnd.budget", "mean 'Northland'"),
    "path to what is fixed": ("{donors.Northland.budget", "{donors.Northland.route", "scale:", "changes.cut.scale.donors.Northland.route", "cannot touch"),
    "path to a table": ("{donors.Northland.budget", "{parameters.line_mix", "scale:", "changes.cut.scale.parameters.line_mix", "is a table"),
    "path to no parameter": ("{donors.Northland.budget", "{parameters.naivte", "scale:", "changes.cut.scale.parameters.naivte", "mean 'naivety'"),
    "set out of bounds": ("national.conditional: 0}", "national.conditional: 2}", "national.conditional", "interventions.help.set.~.back_ends.national.conditional", "between 0 and 1"),
    "change of nothing": ("    scale: {donors.Northland.budget: 0.5}\n", "", "  cut:", "changes.cut", "changes nothing"),
    "recommendation": ("recommendation: R9", "recommendation: nine", "recommendation", "interventions.help.recommendation", "R9 or P4|nine"),
    "no question": ('"Does it load?"', '"It loads."', "question", "question", "question mark"),
    "empty value": ("months: 24", "months:", "months", "months", "is empty"),
    "name with a dot": ("  Northland:", "  North.land:", "North.land", "donors.North.land", "'.' is not allowed"),
    "name with an invisible letter": ("  Northland:", '  "North\\u200Bland":', "land", "donors.North\u200bland", "U+200B"),
    "invisible letter in a title": ("A small crisis", '"A \\u202E crisis"', "title", "title", "U+202E"),
    "name in a file": ("spin_up: 6", "name: x", "name: x", "name", "no such key|named after its file"),
    "misspelt extends": ("spin_up: 6", "extend: small", "extend", "extend", "mean 'extends'"),
    "duplicate key": ("spin_up: 6", "months: 6", "months: 6", "months", "duplicate|line 4"),
    "tab": ("    fiscal_month", "\tfiscal_month", "fiscal_month", "", "tab|spaces"),
    "bracket left open": ("statuses: {internally_displaced: 1}", "statuses: {internally_displaced: 1", "settings:", "", "not YAML|brackets"),
    "anchor": ("needs_met: 0.5", "needs_met: &need 0.5", "needs_met", "~.needs_met", "anchors"),
    "tag": ("needs_met: 0.5", "needs_met: !!binary aGk=", "needs_met", "~.needs_met", "tag"),
    "two documents": ("changes:", "---\nchanges:", "---", "", "second document"),
    "number for a mapping": ("attention:\n      shock: {month: 2023-02, peak: 1}", "attention: 5", "attention", "~.attention", "must be a mapping"),
    "budget of no year": ("2022: 100000", "22: 100000", "budget", "donors.Northland.budget.22", "must be a year"),
    "extends nothing shipped": ("spin_up: 6", "extends: smal", "extends", "extends", "no shipped scenario 'smal'|mean 'small'"),
    "extends no file": ("spin_up: 6", "extends: other.yaml", "extends", "extends", "no such file|relative to this file"),
    "extends itself": ("spin_up: 6", "extends: broken.yaml", "extends", "extends", "in a circle"),
    "no CSV file": ("spin_up: 6", "budgets_from: none.csv", "budgets_from", "budgets_from", "no such file"),
}
# fmt: on


def write(folder: Path, text: str, name: str = "broken.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_unbroken_file_loads(tmp_path: Path) -> None:
    assert check(write(tmp_path, GOOD)) == []


@pytest.mark.parametrize(("old", "new", "at", "key", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_the_message_names_place_key_and_way_out(
    old: str, new: str, at: str, key: str, words: str, tmp_path: Path
) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    problems = check(write(tmp_path, text))
    matching = [problem for problem in problems if problem.key == key.replace("~", "crises.protracted")]
    assert matching, problems
    assert problems[0].file == str(tmp_path / "broken.yaml")
    assert matching[0].line == text[: text.index(at)].count("\n") + 1
    assert all(word in str(matching[0]) for word in words.split("|")), str(matching[0])


def test_one_mistake_is_one_problem(tmp_path: Path) -> None:
    several = {"monhts", "extends", "budgets_from"}
    entails_more = ("unknown key of a crisis", "name with a dot", "name with an invisible letter")
    for name, (old, new, *_) in BROKEN.items():
        if not any(word in new for word in several) and "empty" not in name and name not in entails_more:
            problems = check(write(tmp_path, GOOD.replace(old, new, 1)))
            assert len(problems) == 1, (name, problems)


def test_all_problems_come_at_once_and_in_order(tmp_path: Path) -> None:
    text = GOOD
    for name in ("unknown kind", "share over one", "unknown parameter", "change after the end", "no question"):
        text = text.replace(*BROKEN[name][:2], 1)
    keys = [problem.key for problem in check(write(tmp_path, text))]
    assert keys == [
        "question",
        "parameters.naivty",
        "crises.protracted.needs_met",
        "crises.protracted.organisations.Police.kind",
        "interventions.help.from",
    ]


def test_the_message_has_file_line_column_key_value_and_way_out(tmp_path: Path) -> None:
    (problem,) = check(write(tmp_path, GOOD.replace("intensity: 1.5", "intensity: fast")))
    path = tmp_path / "broken.yaml"
    assert str(problem) == (
        f"{path}:23:46: crises.protracted.settings.camps.intensity: must be a number (got 'fast'). "
        "Write digits, without quotes, units or thousands separators"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n# only a comment\n", "is empty"),
        (b"- a\n- b\n", "is not a mapping"),
        (b"just words", "is not a mapping"),
        ("title: é".encode("latin-1"), "not UTF-8"),
        ("title: x".encode("utf-16"), "not UTF-8"),
        (b"title: a\0b", "control character"),
        (b"a: " + b"[" * 5000, "nested deeper"),
        (b"a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: 1}}}}}}}}}}}}}", "nested deeper"),
        (b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors"),
        (b"months: " + b"9" * 5000, "is not a number that can be read"),
        (b"x: 1\n" * 500_000, "larger than 2 MB"),
    ],
)
def test_what_is_no_scenario_file_at_all_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    problems = check(path)
    assert words in str(problems[0])
    assert str(path) in str(problems[0])


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert "is a folder" in str(check(tmp_path / "folder.yaml")[0])
    assert "no such file" in str(check(tmp_path / "missing.yaml")[0])
    assert "is not a path" in str(check("a\0.yaml")[0])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.chmod(0)
    assert "cannot be read" in str(check(path)[0])


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert check(path) == []


def test_an_unknown_shipped_name_gets_a_suggestion() -> None:
    with pytest.raises(CycleSimError, match="no shipped scenario 'baselin'; did you mean 'baseline'"):
        load("baselin")


def test_the_error_survives_the_way_between_processes(tmp_path: Path) -> None:
    import pickle

    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, GOOD.replace("months: 24", "months: x")))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
    assert str(again) == str(caught.value)
