"""Guarantees that hold for every valid scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML

from cyclesim.inputs.changes import differences, first_change
from cyclesim.inputs.files import check, load
from cyclesim.inputs.scenario import Scenario
from strategies import scenarios

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return value


def write(path: Path, data: dict[str, Any]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    return path


@quick
@given(data=scenarios())
def test_a_valid_file_loads_and_check_finds_nothing(data: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path / "generated.yaml", data)
    assert check(path) == []
    assert load(path) == Scenario.parse(data, "generated")


@quick
@given(data=scenarios())
def test_a_scenario_survives_the_way_through_a_file(data: dict[str, Any], tmp_path: Path) -> None:
    scenario = Scenario.parse(data, "again")
    scenario.to_yaml(tmp_path / "again.yaml")
    loaded = load(tmp_path / "again.yaml")
    assert loaded == scenario
    assert loaded.hash == scenario.hash
    assert Scenario.parse(json.loads(json.dumps(scenario.resolved())), "again") == scenario


@quick
@given(data=scenarios())
def test_the_order_of_keys_has_no_effect(data: dict[str, Any]) -> None:
    one, other = Scenario.parse(data), Scenario.parse(reversed_keys(data))
    assert one.hash == other.hash
    assert json.dumps(one.resolved()) == json.dumps(other.resolved())
    assert list(one.donors) == list(other.donors)
    assert one.to_yaml() == other.to_yaml()
    assert differences(one, other) == []
    assert first_change(one, other) is None


@quick
@given(data=scenarios())
def test_a_changed_value_is_the_one_difference_and_changes_the_hash(data: dict[str, Any]) -> None:
    scenario = Scenario.parse(data)
    before = scenario.value("crises.protracted.needs_met")
    after = 0.123456
    changed = scenario.with_values({"crises.protracted.needs_met": after})
    found = differences(scenario, changed)
    assert [(d.path, d.before, d.after) for d in found] == [("crises.protracted.needs_met", before, after)]
    assert changed.hash != scenario.hash
    assert changed.with_values({"crises.protracted.needs_met": before}) == scenario
    assert first_change(scenario, changed) == -scenario.spin_up


@pytest.mark.parametrize("removed", ["title", "crises", "start", "months", "question"])
def test_every_required_key_is_asked_for(removed: str, tmp_path: Path) -> None:
    data = {key: value for key, value in load("small").resolved().items() if key != removed}
    (problem,) = [p for p in check(write(tmp_path / "x.yaml", data)) if p.key == removed]
    assert problem.message == "is missing"
