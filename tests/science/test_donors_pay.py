"""Interventions that donors pay: no cent is lost, both worlds spend the same, and what costs nothing moves nothing."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.books import Books, Grant, MoneyLedger
from cyclesim.model.funding.donors import Donor
from cyclesim.vocabulary import Line
from science.test_conservation import check_money, check_table
from science.worlds import assert_same, changed, small, table
from strategies import scenarios

MONEY = ("intervention_cents", "charged_cents", "arrears_cents", "total_spent_cents")


def priced(cost, payer="donors", scenario=None, **rest):
    """Return a world in which something that changes nothing costs money."""
    data = (scenario or small()).resolved()
    data["interventions"] = {"priced": {"from": "2023-03", "cost": cost, **rest}}
    return Scenario.parse({**data, "interventions_paid_by": payer}, "priced")


class Unmoved(Donor):
    """A donor that wants the same whatever it hears."""

    def wanted_coverage(self, belief, attention, p):
        return 0.2


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=scenarios(), cost=st.floats(0.01, 1e5))
def test_no_cent_is_lost_when_donors_pay(data, cost):
    interventions = {"priced": {"from": "2023-01", "cost": round(cost, 2)}}
    model = CycleModel(
        Scenario.parse({**data, "interventions": interventions, "interventions_paid_by": "donors"}, "random")
    )
    stated = 0
    while model.month < model.inputs.months:
        stated += model.schedule.cost(model.month)
        model.step()
        check_money(model)
        books = [crisis.money for crisis in model.crises.values()]
        assert stated == sum(book.arrears + sum(book.charged.values()) for book in books)
    check_table(model)


def test_what_costs_nothing_moves_no_bit_whoever_pays():
    data = small().resolved()
    lever = {"lever": {"from": "2023-03", "scale": {"parameters.contact": 2}}}
    outside = Scenario.parse({**data, "interventions": lever}, "free")
    assert_same(table(outside), table(outside.with_values({"interventions_paid_by": "donors"})))


def test_others_money_moves_nothing_but_what_is_said_of_it():
    paid, free = table(priced(100.0, "outside")), table(small())
    assert_same(
        {name: values for name, values in paid.items() if name not in MONEY},
        {name: values for name, values in free.items() if name not in MONEY},
    )
    assert (paid["total_spent_cents"] == free["spent_cents"] + paid["intervention_cents"]).all()


@pytest.mark.parametrize("cost", [1.0, 7.0])
def test_both_worlds_spend_the_same_while_donors_are_unmoved(cost):
    def of(scenario):
        world = scenario.with_values({"flexible_share": 0, "donors.Foundation.flexible_share": 0})
        world = world.with_values({"donors.Southern-led fund.flexible_share": 0})
        return CycleModel(world, donor=Unmoved).run().observations.tables()["months"]

    free, paid = of(small()), of(priced(cost))
    assert paid["disbursed_cents"].tolist() == free["disbursed_cents"].tolist()
    assert paid["charged_cents"].sum() > 0
    for one in (free, paid):
        assert np.array_equal(one["total_spent_cents"], one["spent_cents"] + one["charged_cents"])
    used = [one["total_spent_cents"].cumsum() + one["balance_cents"] for one in (free, paid)]
    assert used[0].tolist() == used[1].tolist()  # what is not yet spent is in the purse


def test_what_the_purse_cannot_pay_is_owed_and_paid_later():
    broke = table(priced(1e4, until="2023-05"))
    stated, charged, owed = (broke[f"{name}_cents"] for name in ("intervention", "charged", "arrears"))
    assert (stated.cumsum() == charged.cumsum() + owed).all()
    assert owed[-1] > 0
    assert (broke["balance_cents"][2:] == 0).all()
    assert charged[6:].sum() > 0  # after its end, arrears are still paid
    assert broke["spent_cents"][3:].sum() <= broke["assisted"][3:].sum() * 2500 * 100


def test_lines_pay_in_proportion_to_what_they_hold():
    ledger = MoneyLedger(Books(("valley",), ("A",), 2), 0)
    for line, cents in ((Line.TRAINING, 600), (Line.DATA, 300), (Line.BACK_END, 101)):
        ledger.books.commit(Grant("A", "valley", line, cents, 0, 1))
    ledger.disburse(0)
    ledger.bill(100)
    ledger.charge()
    assert [ledger.charged[line] for line in (Line.TRAINING, Line.DATA, Line.BACK_END)] == [60, 30, 10]
    ledger.bill(10_000)
    ledger.charge()
    assert sum(ledger.purses.values()) == 0
    assert ledger.arrears == 10_100 - 1001


def test_crises_share_the_cost_by_people_in_need():
    data = small().resolved()
    valley = data["crises"]["valley"]
    wave = {"displaced before": {**valley["arrivals"]["displaced before"], "people": 6000}}
    data["crises"]["hills"] = {**valley, "arrivals": wave}
    data["interventions"] = {"priced": {"from": "2023-01", "cost": 1.01}}
    world = CycleModel(Scenario.parse({**data, "interventions_paid_by": "donors"}, "two"))
    while world.month <= 0:
        world.step()
    asked = {n: c.money.arrears + sum(c.money.charged.values()) for n, c in world.crises.items()}
    assert asked == {"hills": 76, "valley": 25}


def test_a_share_scales_effects_and_cost_alike():
    lever = {"from": "2023-01", "set": {"parameters.contact": 0.3}, "scale": {"parameters.incidence": 0.5}}
    lever |= {"add": {"crises.valley.back_ends.district.caseworkers": 1.0}, "cost": 100.0}
    world = CycleModel(changed(small(), interventions={"lever": {**lever, "share": 0.25}}))
    start = {name: float(small().value(name)) for name in ("contact", "incidence")}
    values = dict(world.schedule.at(0))
    assert values["parameters.contact"] == pytest.approx(start["contact"] + 0.25 * (0.3 - start["contact"]))
    assert values["parameters.incidence"] == pytest.approx(start["incidence"] * 0.875)
    before = small().crises["valley"].back_ends["district"].caseworkers
    assert values["crises.valley.back_ends.district.caseworkers"] == pytest.approx(before + 0.25)
    assert world.schedule.cost(0) == 2500
    nothing = changed(small(), interventions={"lever": {**lever, "share": 0.0}})
    assert_same(table(nothing), table(small()))
