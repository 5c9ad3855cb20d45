"""A Mesa user is at home: the model is an ordinary Mesa model, with every version of Mesa that is allowed.

Needs nothing but pytest beside the core, so that it runs beside a wheel with another version of Mesa.
"""

import copy

import mesa
import numpy as np
import pytest

import cyclesim as cs
from cyclesim.model.practice.back_end import BackEnd
from cyclesim.model.practice.organisations import Responder


@pytest.fixture
def model():
    return cs.CycleModel(cs.load("small"), seed=3)


def tables(model):
    return model.run().observations.tables()


def same(one, other):
    return all(
        np.array_equal(column, other[table][name])
        for table, columns in one.items()
        for name, column in columns.items()
        if np.asarray(column).dtype.kind != "f"
    ) and np.array_equal(one["months"]["true_prevalence"], other["months"]["true_prevalence"])


def test_donors_responders_and_back_ends_are_its_agents(model):
    assert isinstance(model, mesa.Model)
    assert set(model.agents_by_type) == {cs.Donor, Responder, BackEnd}
    assert len(model.agents) == sum(map(len, model.agents_by_type.values())) == 8


def test_agent_sets_select_aggregate_and_do(model):
    model.step()
    donors = model.agents_by_type[cs.Donor]
    assert donors.agg("budget", sum) == sum(donor.budget for donor in model.donors.values()) > 0
    (government,) = donors.select(lambda donor: donor.kind == "government")
    assert government.name == "Government"
    donors.do(lambda donor: setattr(donor, "naivety", 0.25))
    assert {donor.naivety for donor in model.donors.values()} == {0.25}


def test_agents_are_selected_in_the_middle_of_a_run(model):
    for _ in range(15):
        model.step()
    donors = model.agents.select(lambda agent: isinstance(agent, cs.Donor) and agent.budget > 0)
    assert set(donors.get("name")) == {name for name, donor in model.donors.items() if donor.budget > 0}
    wary = model.agents.select(lambda agent: getattr(agent, "trust", 1.0) < 0.5)
    crew = model.crises["valley"].organisations
    assert {(agent.name, agent.trust) for agent in wary} == {
        (name, trust) for name, trust in zip(crew.names, crew.trust.tolist(), strict=True) if trust < 0.5
    }
    donors.select(lambda donor: donor.kind == "government").do(lambda donor: setattr(donor, "budget", 1.0))
    assert model.donors["Government"].budget == 1.0
    model.step()  # and the stages read what was set
    assert sum(model.donors["Government"].rates.values()) <= max(1.0, sum(donors.get("budget")))


def test_a_donor_of_ones_own_sees_what_all_see_and_moves_nothing_by_itself():
    class Same(cs.Donor):
        def believe(self, appeal, p):
            return super().believe(appeal, p)

        def wanted_coverage(self, belief, attention, p):
            return super().wanted_coverage(belief, attention, p)

    usual, own = (tables(cs.CycleModel(cs.load("small"), seed=3, donor=kind)) for kind in (cs.Donor, Same))
    assert same(usual, own)


def test_a_data_collector_collects(model):
    collector = mesa.DataCollector(
        model_reporters={"month": "month", "exploited": lambda m: m.crises["valley"].engine.stocks().exploited},
        agent_reporters={"name": "name"},
    )
    for _ in range(13):
        model.step()
        collector.collect(model)
    collected = collector.get_model_vars_dataframe()
    assert collected["month"].tolist() == list(range(-11, 2))
    observed = tables(model)["months"]
    assert collected["exploited"].iloc[-1] == observed["exploited"][0]
    assert set(collector.get_agent_vars_dataframe()["name"]) == {agent.name for agent in model.agents}


def test_a_copy_in_mid_run_is_a_fork_with_the_same_luck(model):
    for _ in range(15):
        model.step()
    fork, changed = copy.deepcopy(model), copy.deepcopy(model)
    for donor in changed.agents_by_type[cs.Donor]:
        donor.naivety = 0.0
    assert all(agent.model is fork for agent in fork.agents)
    one, other, third = tables(model), tables(fork), tables(changed)
    assert same(one, other)
    assert np.array_equal(one["months"]["exploited"][:3], third["months"]["exploited"][:3])  # the past is shared
    assert not np.array_equal(one["donors"]["belief"], third["donors"]["belief"])
    assert same(one, tables(cs.CycleModel(cs.load("small"), seed=3)))


def test_a_fork_under_another_scenario_is_that_scenario():
    base = cs.load("small").with_values({"months": 36})
    other = base.with_values({"interventions": {"help": {"uses": "R9", "from": "2024-01"}}})
    model = cs.CycleModel(base, seed=4)
    while model.month < 12:
        model.step()
    fork = model.fork(other)
    assert fork.donors["Government"].model is fork
    one, two = tables(fork), tables(cs.CycleModel(other, seed=4))
    for table, columns in one.items():
        for name, column in columns.items():
            assert np.array_equal(column, two[table][name], equal_nan=np.asarray(column).dtype.kind == "f"), name
    assert same(tables(model), tables(cs.CycleModel(base, seed=4)))


def test_a_fork_whose_past_would_differ_is_refused(model):
    for _ in range(13):
        model.step()
    with pytest.raises(cs.CycleSimError, match=r"differs from month -12 on, and the model stands at 1"):
        model.fork(model.inputs.with_values({"naivety": 0.1}))
    assert same(tables(model.fork(model.inputs)), tables(model))


def test_a_world_ends_where_its_scenario_ends(model):
    model.run()
    with pytest.raises(cs.CycleSimError, match="ends after 24 months; raise months to go on"):
        model.step()


def test_mesas_own_generators_are_never_used(model):
    before = model.random.getstate()
    model.run()
    assert model.random.getstate() == before
