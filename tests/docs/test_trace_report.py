"""The registry of the report's mechanisms, recommendations and practices says nothing that is not so."""

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from cyclesim.errors import ParametersError, UnknownNameError
from cyclesim.inputs import shipped
from cyclesim.inputs.files import load
from cyclesim.inputs.interventions import catalogue
from cyclesim.inputs.parameters import parameters
from trace_report import find, main, read, trace

ROOT = Path(__file__).parents[2]
IDS = [f"{kind}{number}" for kind, last in (("M", 62), ("R", 24), ("P", 18)) for number in range(1, last + 1)]
ROWS = {row.id: row for row in trace()}


def test_every_mechanism_recommendation_and_practice_of_the_report_is_listed_once_and_in_order():
    assert [row.id for row in trace()] == IDS


@pytest.mark.parametrize("name", sorted({name for row in trace() for name in row.where}))
def test_what_a_row_points_to_can_be_imported(name):
    assert name.startswith("cyclesim.model.")
    assert callable(pkgutil.resolve_name(name))


def test_every_test_that_a_row_names_is_collected():
    named = {test for row in trace() for test in row.tests}
    files = sorted({test.partition("::")[0] for test in named})
    pytest_alone = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [*pytest_alone, *files], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert sorted(named - set(done.stdout.splitlines())) == []


def test_every_mechanism_that_a_parameter_serves_is_listed():
    served = {mechanism for quantity in parameters().values() for mechanism in quantity.mechanisms}
    assert served <= ROWS.keys()


def test_every_switch_is_a_parameter_that_serves_the_mechanism_and_can_be_off():
    for row in trace():
        assert (row.switch is None) == (row.switches == ())
        assert row.switch is None or row.switch == row.switches[0]
        for name in row.switches:
            assert parameters()[name].off is not None, name
            assert row.id in parameters()[name].mechanisms


def test_a_switch_of_a_mechanism_that_is_built_is_tried_by_one_of_its_tests():
    for row in trace():
        if row.switch:
            assert any(f"[{row.switch}]" in test for test in row.tests), row.id


def test_a_mechanism_that_is_built_has_a_place_tests_and_a_switch():
    for row in trace():
        if row.id[0] == "M" and row.status != "not built":
            assert row.where, row.id
            assert row.tests, row.id
            assert row.switch, row.id


def test_whatever_is_missing_has_a_reason_and_nothing_else_has():
    for row in trace():
        assert (row.reason is None) == (row.status == "built"), row.id
        assert row.id[0] != "M" or row.status != "not built" or not (row.tests or row.switch)


def test_a_recommendation_that_is_built_has_a_shipped_scenario_that_says_so():
    for row in trace():
        if row.id[0] == "M":
            assert row.scenario is None
            continue
        assert row.scenario is not None or row.status != "built", row.id
        if row.scenario:
            assert row.tests
            path = shipped.folder().parent / row.scenario
            assert path == shipped.path(path.stem)
            scenario = load(path.stem)
            assert row.id in {i.recommendation for i in scenario.interventions.values()}


def test_every_shipped_scenario_of_a_recommendation_is_named():
    carried = {i.recommendation for n in shipped.names() for i in load(n).interventions.values() if i.recommendation}
    assert carried <= {row.id for row in trace() if row.scenario}


def stands(scenario, path):
    """Return whether a scenario file can hold a value at ``path``; a star is any name."""
    top, *rest = path.split(".")
    if top == "parameters":
        return rest[0] in parameters()
    here = getattr(scenario, top)
    for part in rest:
        if isinstance(here, dict):
            assert part == "*"
            here = next(iter(here.values()))
        else:
            if part not in type(here).model_fields:
                return False
            here = getattr(here, part)
    return True


def test_every_lever_is_a_path_of_scenario_files():
    baseline = load("baseline")
    levers = {lever for row in trace() for lever in row.lever}
    assert [lever for lever in sorted(levers) if not stands(baseline, lever)] == []
    assert not stands(baseline, "crises.*.organisations.*.courage")


def test_what_an_intervention_of_the_catalogue_touches_is_its_lever():
    """And of parameters nothing else: what states of the world do is nobody's lever."""
    for name, entry in catalogue().items():
        touched = set(entry.changes.touched) if entry.changes else set()
        levers = set(ROWS[name].lever)
        assert touched <= levers, name
        assert {path for path in levers - touched if path.startswith("parameters.")} == set(), name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("M1: {text: one, wher: [a]}", "no such key 'wher'"),
        ("M1: {where: [a]}", "M1.text: is missing"),
        ("X1: {text: one}", "X1"),
        ("M1: {text: one}", "points to nothing"),
        ("M1: {text: one, where: a}", "must be a list"),
        ("M1: {text: one, where: [a], switch: naivety}", "Delete this line"),
        ("M29: {text: one, where: [a]}", "turnover_international, turnover_national"),
        ("M29: {text: one, where: [a], switch: naivety}", "Choose the one to begin with"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(tmp_path, text, words):
    path = tmp_path / "trace.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParametersError) as error:
        read(path)
    assert str(error.value).startswith("trace.yaml:1:")
    assert words in str(error.value)


def test_the_status_follows_from_what_an_entry_points_to(tmp_path):
    path = tmp_path / "trace.yaml"
    path.write_text(
        "M29: {text: a, where: [b], switch: turnover_national}\nM36: {text: a, where: [b], reason: c}\n"
        "R2: {text: a, reason: c}\nR1: {text: a, lever: [b], reason: c}\nR9: {text: a, lever: [b], scenario: c}\n",
        encoding="utf-8",
    )
    rows = read(path)
    assert [row.status for row in rows] == ["built", "partly built", "not built", "partly built", "built"]
    assert [row.switch for row in rows[:3]] == ["turnover_national", "trust_loss", None]
    assert rows[3].reason == "a lever exists; no shipped scenario yet; c"


@pytest.mark.parametrize(("pattern", "ids"), [("m36", ["M36"]), ("M6", ["M6"]), ("SOCIAL PATH", ["P8"]), ("", IDS)])
def test_rows_are_found_by_id_and_by_text(pattern, ids):
    assert [row.id for row in find(pattern)] == ids


def test_what_is_not_found_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="did you mean 'M6"):
        find("M63")


def printed(capsys, *arguments):
    main(arguments)
    return capsys.readouterr().out


def test_every_row_is_printed_as_text_and_as_json(capsys):
    text, content = printed(capsys), json.loads(printed(capsys, "--json"))
    assert [row["id"] for row in content] == IDS
    for row in content:
        assert f"{row['id']} {row['status']}: {row['text']}" in text
        assert isinstance(row["where"], list)
        assert all(value in text for value in [*row["where"], *row["tests"], *row["switches"], row["reason"] or ""])
    built = sum(row["status"] == "built" for row in content if row["id"][0] == "M")
    assert f"mechanisms: {built} built" in text


def test_one_id_is_explained(capsys):
    output = printed(capsys, "M36")
    assert "switched off by  trust_loss = 0 (instead of 0.15)" in output
    assert "mechanisms: 1 built" in output
    with pytest.raises(SystemExit, match="no id and no text matches 'M63'"):
        main(["M63"])
