"""Every built intervention moves one measure in the direction that directions.yaml says."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cyclesim.inputs import reading
from cyclesim.inputs.files import load
from cyclesim.inputs.interventions import catalogue
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.uses import written_out
from cyclesim.model.cycle import CycleModel

EXPECTED = reading.read(Path(__file__).with_name("directions.yaml")).data
FIRST = 3


@cache
def world(crowded):
    """Return the baseline with fewer people, without spin-up, with unvetted staff (P2), and an arrival (P13).

    With the baseline's caseworkers for fewer people its back end has free places, unless it is to be crowded.
    """
    data = load("baseline").resolved() | {"months": 27, "spin_up": 0}
    crisis = data["crises"]["protracted"]
    crisis["arrivals"]["displaced before"]["people"] = 300_000
    crisis["arrivals"]["fled"] = {"month": "2023-05", "people": 100_000, "settings": {"camps": 1.0}}
    if crowded:
        crisis["back_ends"]["national"]["caseworkers"] = 0.05
    crisis["organisations"]["Newcomers"] = {
        "kind": "newly_registered", "channel": "humanitarian", "setting": "camps", "staff": 60, "count": 2000,
        "vetted": False, "arrives": "2023-03",
    }  # fmt: skip
    return Scenario.parse(data, "directions")


@cache
def tables(name, crowded=False):
    """Return the tables of the world, with an intervention in use at once and in full unless it has no name."""
    scenario = world(crowded)
    if name:
        change = {"from": "2023-04", **written_out(catalogue()[name], scenario.resolved())}
        scenario = Scenario.parse(scenario.resolved() | {"interventions": {"use": change}}, "directions")
    return CycleModel(scenario).run().observations.tables()


def mean(name, measure, line=None, crowded=False):
    table = tables(name, crowded)["lines" if line else "months"]
    chosen = table["month"] >= FIRST
    return float(np.mean(table[measure][chosen & (table["line"] == line) if line else chosen]))


def test_every_built_intervention_has_a_direction_and_a_reason():
    assert list(EXPECTED) == [name for name, entry in catalogue().items() if entry.built]
    assert all(entry["direction"] in ("up", "down") and len(entry["because"]) > 20 for entry in EXPECTED.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_an_intervention_acts_in_the_direction_one_expects(name):
    expected = EXPECTED[name]
    what = expected["measure"], expected.get("line"), expected.get("crowded", False)
    change = mean(name, *what) - mean(None, *what)
    assert change * (1 if expected["direction"] == "up" else -1) > 0
