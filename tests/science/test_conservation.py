"""Nobody and nothing is lost: to the person and to the cent, every month, in random scenarios."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cyclesim.inputs.dates import index
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.model.cycle import CycleModel
from cyclesim.vocabulary import Line
from scaling import scaled
from science.worlds import changed, small
from strategies import scenarios

STATES = ("at_risk", "exploited", "in_casework", "survivors", "dead", "departed")


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
            assert paid == money.disbursed[line] + money.withheld[line]
            assert money.disbursed[line] == money.spent[line] + money.charged[line] + money.purses[line]
            assert promised == money.committed[line] == paid + money.outstanding(line)
            assert money.withheld[line] >= 0
            assert money.purses[line] >= 0


def arrived(model):
    """Return the people who have ever arrived, month by month: they are somewhere, or have left."""
    (crisis,) = model.crises.values()
    months = range(model.inputs.months)
    return [int(crisis.cohorts.sizes[crisis.cohorts.present(month)].sum()) for month in months]


def check_table(model):
    table = model.observations.tables()["months"]
    assert sum(table[state] for state in STATES).tolist() == arrived(model)
    (crisis,) = model.crises.values()
    if (crisis.cohorts.staying(model.inputs.months - 1) == 1).all():  # nobody leaves
        assert table["people"].tolist() == arrived(model)
        assert not table["departed"].any()
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


@pytest.mark.parametrize("name", ["baseline", "mechanism-in-place", "back-end-capacity", "flexible-funding", "small"])
def test_the_shipped_scenarios_conserve_people_and_money(name):
    whole = load(name).with_values({"months": 36})
    model = CycleModel(whole if name == "small" else scaled(whole, 1_000_000)).run()
    model.month -= 1  # the clock of the last month simulated
    check_people(model)
    check_money(model)
    check_table(model)


@pytest.mark.parametrize("giving", [0.0, 0.37, 1.0])
def test_money_that_donors_do_not_give_is_withheld_and_no_cent_is_lost(giving):
    """What is due is disbursed or withheld, in the month, and what was promised is paid, withheld or outstanding."""
    cut = {"from": "2023-07", "until": "2024-04", "set": {"parameters.giving": giving}}
    model, withheld = CycleModel(changed(small(), changes={"cut": cut}), seed=2), []
    while model.month < model.inputs.months:
        model.step()
        check_money(model)
        withheld.append(sum(model.crises["valley"].money.withheld.values()))
    added, whole = np.diff(withheld[small().spin_up :]), model.observations.tables()["months"]
    assert (added > 0).tolist() == [giving < 1 and 6 <= month < 15 for month in range(1, 24)]
    assert giving > 0 or not whole["disbursed_cents"][6:15].any()
    check_table(model)


@pytest.mark.parametrize("departs", [{}, {"2023-07": 0.4, "2024-02": 0.25}])
def test_who_leaves_for_good_is_in_no_other_state_and_nobody_else_is_lost(departs):
    data = small().resolved()
    data["crises"]["valley"]["arrivals"]["displaced before"] |= {"departure": 0.01, "departs": departs}
    model = CycleModel(Scenario.parse(data, "leaving"), seed=3)
    while model.month < model.inputs.months:
        model.step()
        check_people(model)
        check_money(model)
    check_table(model)
    table = model.observations.tables()["months"]
    staying = np.exp(-0.01 * (np.arange(24) + small().spin_up))
    for month, share in departs.items():
        staying[index(month, "2023-01") :] *= 1 - share
    assert table["people"] == pytest.approx(2000 * staying, abs=len(model.crises["valley"].cohorts.sizes) / 2)


def test_stocks_change_by_their_flows():
    world = scaled(load("mechanism-in-place").with_values({"months": 60}), 1_000_000)
    table = CycleModel(world).run().observations.tables()["months"]
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
