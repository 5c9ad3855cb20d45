"""What the engine promises: placebo, prefix, same luck, order, and equal bytes in every process."""

import os
import subprocess
import sys

import numpy as np
import pytest

from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from science.worlds import assert_same, changed, in_crisis, small, table

WORLD = small()


def test_a_run_is_a_function_of_scenario_and_seed():
    assert_same(table(WORLD, seed=3), table(WORLD, seed=3))
    with pytest.raises(AssertionError):
        assert_same(table(WORLD, seed=3), table(WORLD, seed=4))


EMPTY = {**WORLD.resolved()["crises"]["valley"], "organisations": {}}
EMPTY["arrivals"] = {"nobody": {"people": 0, "settings": {"camp": 1.0}}}
WAVE = WORLD.resolved()["crises"]["valley"]["arrivals"]["displaced before"]
PLACEBOS = {
    "a crisis of nobody": changed(WORLD, crises={"an empty place": EMPTY}),
    "a donor without money": changed(WORLD, donors={"A donor": {"kind": "foundation", "budget": 0}}),
    "an organisation without staff": in_crisis(
        WORLD, "organisations", Empty={"kind": "police", "channel": "police_border", "setting": "camp", "staff": 0}
    ),
    "a setting without people": in_crisis(WORLD, "settings", **{"another place": {"back_end": "district"}}),
    "a back end that serves nobody": in_crisis(
        WORLD,
        "back_ends",
        Another={"reception": 0, "caseworkers": 0, "investigators": 0, "conditional": 0, "assistance_places": 0},
    ),
    "a wave of nobody": in_crisis(WORLD, "arrivals", later={"month": "2023-06", "people": 0, "settings": {"camp": 1}}),
    "a sector that requires nothing": changed(WORLD, sectors={"another": {"requirement": 0, "coverage": 0.5}}),
    "a change to what is already so": changed(
        WORLD, changes={"none": {"from": "2023-03", "set": {"parameters.naivety": 0.95}, "ramp": 5}}
    ),
    "a shock without attention": in_crisis(WORLD, "attention", quiet={"month": "2023-03", "peak": 0}),
    "a gap of which nothing is closed": changed(
        WORLD, interventions={"none": {"from": "2023-03", "close": {"parameters.leadership": 0}, "ramp": 5}}
    ),
    "posts of which none are added": changed(
        WORLD, interventions={"none": {"from": "2023-03", "add": {"parameters.added_reception": 0}, "ramp": 5}}
    ),
    "an intervention of which nothing is carried out": changed(
        WORLD,
        interventions={"none": {"from": "2023-03", "add": {"parameters.added_caseworkers": 9}, "share": 0}},
    ),
    "a departure of nobody": in_crisis(
        WORLD, "arrivals", **{"displaced before": {**WAVE, "departure": 0, "departs": {"2023-06": 0}}}
    ),
}


@pytest.mark.parametrize("name", PLACEBOS)
def test_a_placebo_moves_no_bit(name):
    here, there = table(WORLD, seed=2), table(PLACEBOS[name], seed=2)
    same = there["crisis"] == "valley"
    assert_same(here, {name: column[same] for name, column in there.items()})


def test_a_crisis_of_nobody_bears_no_cost_of_interventions():
    cost = {"lever": {"from": "2023-03", "set": {"parameters.leadership": 0.9}, "cost": 1234.5}}
    here, there = (table(changed(world, interventions=cost)) for world in (WORLD, PLACEBOS["a crisis of nobody"]))
    same = there["crisis"] == "valley"
    assert here["intervention_cents"].any()
    assert_same(here, {name: column[same] for name, column in there.items()})


def test_a_crisis_of_nobody_runs():
    data = {**WORLD.resolved(), "crises": {"an empty place": EMPTY}}
    result = table(Scenario.parse(data, "nobody"))
    assert not result["people"].any()
    assert not result["committed_cents"].any()


def test_crises_have_luck_of_their_own_and_share_the_donors():
    calm = small(prevention_effect=0, deterrence=0, displacement=0)  # else shared money would reach entries
    data = calm.resolved()
    alone = table(Scenario.parse(data, "one"))
    data["crises"]["hill"] = data["crises"]["valley"]
    both = table(Scenario.parse(data, "two"))
    valley, hill = (both["crisis"] == name for name in ("valley", "hill"))
    assert both["newly_trafficked"][valley].tolist() == alone["newly_trafficked"].tolist()
    assert both["newly_trafficked"][hill].tolist() != both["newly_trafficked"][valley].tolist()


def test_a_change_of_a_donors_absent_entry_follows_the_parameter_until_then():
    moving = changed(WORLD, changes={"parameter": {"from": "2023-02", "set": {"parameters.naivety": 0.2}}})
    later = changed(moving, changes={"donor": {"from": "2024-02", "set": {"donors.Government.naivety": 0.9}}})
    assert_same(table(moving), table(later), until=13)
    model = CycleModel(later).run()
    assert model.donors["Government"].naivety == 0.9
    assert model.donors["Foundation"].naivety is None


@pytest.mark.parametrize(
    "path",
    [
        "parameters.naivety",
        "parameters.incidence",
        "parameters.giving",
        "parameters.paid_by_others",
        "crises.valley.back_ends.district.caseworkers",
        "crises.valley.back_ends.district.reception",
        "crises.valley.settings.camp.intensity",
        "crises.valley.organisations.Camp NGO.staff",
        "donors.Government.budget",
        "parameters.reporting_lag",
    ],
)
def test_worlds_are_identical_until_their_first_difference(path):
    change = {"lever": {"from": "2023-11", "scale": {path: 0.4}}}
    other = table(changed(WORLD, changes=change))
    same = table(WORLD)
    assert_same(same, other, until=10)
    assert any(same[name].tobytes() != other[name].tobytes() for name in same if name != "crisis")


def test_a_change_that_ends_restores_the_number():
    model = CycleModel(
        changed(WORLD, changes={"c": {"from": "2023-03", "until": "2023-06", "set": {"parameters.naivety": 0}}})
    )
    seen = []
    for _ in range(WORLD.spin_up + 8):
        model.step()
        seen.append(model.p.naivety)
    assert seen[WORLD.spin_up :] == [0.95, 0.95, 0, 0, 0, 0.95, 0.95, 0.95]


def test_recording_practice_and_the_line_have_luck_of_their_own():
    """Neither an intervention nor another crisis moves them: the line is the same where what is documented is."""
    quiet = small(line_end=3.0, specialist_reports=0, need_floor=10)
    lever = {"lever": {"from": "2023-01", "scale": {"parameters.incidence": 0.3}}}
    data = quiet.resolved()
    data["crises"]["hill"] = data["crises"]["valley"]
    worlds = (quiet, changed(quiet, changes=lever), Scenario.parse(data, "two"))
    valley = [CycleModel(world, seed=7) for world in worlds]
    noise = [[m.crises["valley"].recording.factor(year, m.p) for year in range(2020, 2030)] for m in valley]
    assert noise[0] == noise[1] == noise[2]
    hill = valley[2].crises["hill"]
    assert [hill.recording.factor(year, valley[2].p) for year in range(2020, 2030)] != noise[0]


def test_arrivals_who_leave_again_are_no_larger_share_of_a_place_than_all():
    """Chaos and cover follow the share who arrived within a quarter: it is a share, however many have left since."""
    wave = {"month": "2023-05", "people": 2000, "settings": {"town": 1.0}, "departs": {"2023-06": 0.95}}
    world = in_crisis(WORLD, "arrivals", fled=wave, **{"displaced before": {**WAVE, "settings": {"camp": 1.0}}})
    model = CycleModel(world)
    while model.month < 8:
        model.step()
        presence = model.crises["valley"].world.presence
        assert (presence.arrived <= 1).all(), model.month
        assert (presence.uprooted <= 1).all(), model.month


def test_people_without_any_access_are_never_referred():
    """A setting's access of 0 leaves a permanent zero in the data (M61); own escapes go on."""
    closed = small(**{f"crises.valley.settings.{s}.access": 0.0 for s in ("camp", "town")}, contact=0.5)
    result = table(closed)
    assert result["referred"].sum() == 0
    assert result["escaped"].sum() > 0


def test_a_ramp_reaches_its_value_in_equal_steps():
    model = CycleModel(
        changed(WORLD, changes={"c": {"from": "2023-02", "ramp": 4, "add": {"parameters.steepness": 1}}})
    )
    seen = []
    for _ in range(WORLD.spin_up + 6):
        model.step()
        seen.append(model.p.steepness)
    assert seen[WORLD.spin_up :] == pytest.approx([2, 2.25, 2.5, 2.75, 3, 3])


def reversed_order(value):
    if isinstance(value, dict):
        return {key: reversed_order(value[key]) for key in reversed(list(value))}
    return value


def test_the_order_of_entries_has_no_effect():
    assert_same(table(WORLD), table(Scenario.parse(reversed_order(WORLD.resolved()), "small")))


def test_equal_bytes_in_processes_with_other_hash_seeds():
    code = (
        "import hashlib, cyclesim.model.cycle as c, cyclesim.inputs.files as f\n"
        "t = c.CycleModel(f.load('small'), seed=5).run().observations.tables()\n"
        "h = hashlib.sha256()\n"
        "for column in (v for x in t.values() for v in x.values()):\n"
        "    h.update(column.tobytes() if column.dtype != object else repr(column.tolist()).encode())\n"
        "print(h.hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


def test_the_size_of_the_world_leaves_the_luck_of_a_person_alone():
    """A person's record depends on cohort and rank, not on who else exists."""
    model = CycleModel(in_crisis(WORLD, "settings", **{"another place": {"back_end": "district"}}))
    other = CycleModel(WORLD)
    one, two = model.crises["valley"].cohorts, other.crises["valley"].cohorts
    assert [c.name for c in one.cohorts] == [c.name for c in two.cohorts]
    assert (one.keys == two.keys).all()


def test_a_model_can_be_copied_in_mid_run_and_goes_on_alike():
    from copy import deepcopy

    model = CycleModel(WORLD, seed=6)
    for _ in range(15):
        model.step()
    fork = deepcopy(model)
    assert_same(model.run().observations.tables()["months"], fork.run().observations.tables()["months"])


def test_people_of_the_agents_are_the_arrays():
    model = CycleModel(WORLD).run()
    crisis = model.crises["valley"]
    by_name = {agent.name: agent for agent in crisis.responders}
    for name, trust in zip(crisis.organisations.names, crisis.organisations.trust.tolist(), strict=True):
        assert by_name[name].trust == trust
    assert {type(agent).__name__ for agent in model.agents} == {"Donor", "Responder", "BackEnd"}
    assert np.isfinite(model.observations.tables()["months"]["trust"]).all()
