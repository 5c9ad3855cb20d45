"""Nobody and nothing is lost: to the person and to the cent, every month, in random scenarios."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.model.cycle import CycleModel
from cyclesim.vocabulary import Line
from strategies import scenarios


def check_people(model):
    for crisis in model.crises.values():
        book = crisis.engine.ledger
        held = book.exploited.size + book.waiting.size + book.casework.size
        ever = int(crisis.cohorts.reached().sum())
        assert held + book.survivors.size + book.settled + book.dead == ever
        assert (crisis.cohorts.reached() <= crisis.cohorts.sizes).all()
        pools = (book.exploited, book.waiting, book.casework, book.survivors)
        everyone = np.concatenate([pool.who[:2] for pool in pools], axis=1)
        assert np.unique(everyone, axis=1).shape[1] == everyone.shape[1], "somebody is in two states"


def check_money(model):
    for crisis in model.crises.values():
        money = crisis.money
        for line in Line:
            paid = sum(grant.paid_by(crisis.clock) for grant in money.grants if grant.line == line)
            promised = sum(grant.amount for grant in money.grants if grant.line == line)
            assert paid == money.disbursed[line] == money.spent[line] + money.charged[line] + money.purses[line]
            assert promised == money.committed[line] == paid + money.outstanding(line)
            assert money.purses[line] >= 0


def check_table(model):
    table = model.observations.tables()["months"]
    assert (
        table["people"].tolist()
        == (table["at_risk"] + table["exploited"] + table["in_casework"] + table["survivors"] + table["dead"]).tolist()
    )
    for name, measure in MEASURES.items():
        assert np.isfinite(table[name]).all(), name
        if measure.unit == "share" and name not in {"coverage"}:
            assert ((table[name] >= 0) & (table[name] <= 1)).all(), name
        elif name != "naive_estimate":
            assert (table[name] >= 0).all(), name


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=scenarios())
def test_people_and_money_are_conserved_every_month(data):
    model = CycleModel(Scenario.parse(data, "random"), seed=2)
    while model.month < model.inputs.months:
        model.step()
        check_people(model)
        check_money(model)
    check_table(model)


@pytest.mark.parametrize("name", ["baseline", "back-end-capacity", "flexible-funding", "small"])
def test_the_shipped_scenarios_conserve_people_and_money(name):
    model = CycleModel(load(name).with_values({"months": 36})).run()
    model.month -= 1  # the clock of the last month simulated
    check_people(model)
    check_money(model)
    check_table(model)


def test_stocks_change_by_their_flows():
    table = CycleModel(load("baseline").with_values({"months": 60})).run().observations.tables()["months"]
    entries = table["newly_trafficked"] + table["retrafficked"]
    exits = table["escaped"] + table["detained"] + table["answered"] - table["declined"]
    stock, died = table["exploited"], table["dead"]
    change = entries - exits - np.diff(died, prepend=died[0])
    assert np.diff(stock).tolist() == change[1:].tolist()
    assert np.diff(table["balance_cents"]).tolist() == (table["disbursed_cents"] - table["spent_cents"])[1:].tolist()
    assert (
        np.diff(table["outstanding_cents"]).tolist()
        == (table["committed_cents"] - table["disbursed_cents"])[1:].tolist()
    )


def test_breakdowns_add_up_to_the_whole():
    tables = CycleModel(load("small")).run().observations.tables()
    months = tables["months"]
    for name, key in (("settings", "exploited"), ("groups", "exploited"), ("forms", "identified")):
        part = tables[name]
        total = np.bincount(part["month"], part[key], months["month"].size)
        assert total.tolist() == months[key].tolist()
    lines = tables["lines"]
    balance = np.bincount(lines["month"], lines["balance_cents"], months["month"].size)
    assert balance.tolist() == months["balance_cents"].tolist()
