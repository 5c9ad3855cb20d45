"""The commands about inputs: what they print, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cyclesim.cli import inputs as cli_inputs
from cyclesim.errors import CycleSimError
from cyclesim.inputs import shipped
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario


def run(command: object, *arguments: str) -> Result:
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    if isinstance(result.exception, CycleSimError):
        raise result.exception
    return result


def test_list_names_every_shipped_scenario_with_its_question() -> None:
    text, table = run(cli_inputs.list_scenarios).output, json.loads(run(cli_inputs.list_scenarios, "--json").output)
    assert [row["name"] for row in table] == shipped.names()
    for row in table:
        assert row["name"] in text
        assert row["question"] in text


def test_show_prints_a_scenario_that_loads_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(run(cli_inputs.show, "small").output, encoding="utf-8")
    assert load(path) == load("small")
    shown = json.loads(run(cli_inputs.show, "small", "--json").output)
    assert shown.pop("name") == "small"
    assert shown.pop("hash") == load("small").hash
    assert Scenario.parse(shown, "small") == load("small")


@pytest.mark.parametrize(
    ("pattern", "found"), [("naiv", "naivety"), ("cost_*", "cost_training"), ("eta", "steepness"), ("m36", "patience")]
)
def test_parameters_are_found_by_name_pattern_symbol_and_mechanism(pattern: str, found: str) -> None:
    table = json.loads(run(cli_inputs.parameters, pattern, "--json").output)
    assert found in [row["name"] for row in table]
    (row,) = [row for row in table if row["name"] == found]
    text = run(cli_inputs.parameters, pattern).output
    assert all(str(row[key]) in text for key in ("name", "unit", "grade", "source"))


def test_parameters_without_a_match_suggest_one() -> None:
    with pytest.raises(CycleSimError, match="did you mean 'naivety'"):
        run(cli_inputs.parameters, "naivty")


def test_check_prints_problems_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: small\nmonths: x\nparameters: {naivty: 1}\n")
    result = run(cli_inputs.check, str(path))
    assert result.exit_code == 2
    assert f"{path}:2:9: months: must be a whole number (got 'x')" in result.stderr
    assert "Did you mean 'naivety'?" in result.stderr
    (report,) = json.loads(run(cli_inputs.check, str(path), "--json").output)
    assert [problem["line"] for problem in report["problems"]] == [2, 3]


def test_check_prints_what_a_file_changes_against_its_base(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: small\nparameters: {naivety: 0.2}\n")
    result = run(cli_inputs.check, str(path))
    assert result.exit_code == 0
    assert "against small it changes\n  parameters.naivety: 0.95 -> 0.2\n" in result.output
    (report,) = json.loads(run(cli_inputs.check, str(path), "--json").output)
    assert report["base"] == "small"
    assert report["changes"] == [{"path": "parameters.naivety", "before": 0.95, "after": 0.2}]


def test_check_prints_the_numbers_that_a_dated_change_touches(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: small\ndonors: {New: {kind: foundation, budget: 5}}\n"
        "changes: {half: {from: 2023-06, until: 2024-01,\n"
        "  scale: {crises.valley.needs_met: 0.5, donors.New.budget: 2}}}\n"
    )
    result = run(cli_inputs.check, str(path))
    assert "  changes.half: from 2023-06 until 2024-01\n" in result.output
    assert "    crises.valley.needs_met: 0.45 -> 0.225\n" in result.output
    assert "    donors.New.budget: times 2\n" in result.output


def test_a_new_file_is_valid_extends_its_source_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert run(cli_inputs.new, str(path), "--from", "small").exit_code == 0
    assert load(path).hash == load("small").hash
    before = path.read_bytes()
    with pytest.raises(CycleSimError, match="left as it is"):
        run(cli_inputs.new, str(path))
    assert path.read_bytes() == before
    with pytest.raises(CycleSimError, match=r"mine\.yaml"):
        run(cli_inputs.new, str(tmp_path / "mine"))


def test_the_comments_of_a_new_file_are_valid_once_uncommented(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    run(cli_inputs.new, str(path), "--from", "baseline")
    lines = path.read_text(encoding="utf-8").splitlines()
    start = lines.index("# parameters:")
    opened = [line.removeprefix("# ") for line in lines[start:] if not line.startswith(("# A ", "# An "))]
    path.write_text("\n".join([*lines[:start], *opened]), encoding="utf-8")
    scenario = load(path)
    assert scenario.parameter("naivety") == 0.5
    assert set(scenario.changes) >= {"half the caseworkers"}
    assert set(scenario.interventions) >= {"more caseworkers"}


def test_schema_prints_json() -> None:
    assert json.loads(run(cli_inputs.schema).output)["$schema"].endswith("2020-12/schema")
