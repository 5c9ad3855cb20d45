"""What a comparison costs, and that no price is given where nothing clear is achieved."""

import json

import pytest

import cyclesim as cs
from cyclesim import text
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs import money

BASE = cs.load("small").with_values({"months": 12, "spin_up": 4, "contact": 0.3})


def lever(factor, cost=100.0):
    data = BASE.resolved()
    data["interventions"] = {"lever": {"from": "2023-01", "scale": {"parameters.incidence": factor}, "cost": cost}}
    return Scenario.parse(data, "lever")


def test_the_price_is_cost_over_what_is_averted():
    result = cs.compare(cs.simulate([BASE, lever(0.1)], replications=5))
    (account,) = result.spending
    row = result.summary("person_months_exploited").loc["lever"]
    price = account.prices["person_month_averted"]
    assert row["clear"]
    value = 1200 / row["difference"]
    half = (row["mean_high"] - row["difference"]) / row["difference"] * value  # the cost is the same in all worlds
    assert (price.value, price.low, price.high) == pytest.approx((value, value - half, value + half))
    assert 0 < price.low < price.value < price.high
    assert account.prices["person_identified"].value is None  # fewer people, fewer identified
    assert account.interventions == pytest.approx(1200 / 0.002)
    assert account.cost == pytest.approx(1200)
    assert not account.equal
    words = "\n".join(money.lines(account))
    ends = f"{text.number(price.low)} to {text.number(price.high)}, 95 % interval"
    assert "on top of donors' money" in words
    assert "Interventions cost US$1,200 in all" in words
    assert f"per person-month averted: US${text.number(price.value)} ({ends})" in words
    assert json.dumps(result.to_dict()["spending"], allow_nan=False)


@pytest.mark.parametrize(
    ("factor", "cost", "replications", "reason"),
    [
        (1.0, 100.0, 5, "no clear"),
        (0.1, 0.0, 4, "costs nothing"),
        (0.1, 100.0, 1, "one world"),
    ],
)
def test_there_is_no_price_without_a_clear_difference_a_cost_and_worlds(factor, cost, replications, reason):
    result = cs.compare(cs.simulate([BASE, lever(factor, cost)], replications=replications))
    price = result.spending[0].prices["person_month_averted"]
    assert price.value is None
    assert reason in price.reason
    assert f"per person-month averted: none ({reason}" in "\n".join(money.lines(result.spending[0]))


def test_what_is_clearly_worse_has_no_price():
    result = cs.compare(cs.simulate([BASE, lever(3.0)], replications=5))
    found = result.effect("lever", "person_months_exploited")
    assert found.clear
    assert found.mean < 0
    price = result.spending[0].prices["person_month_averted"]
    assert (price.value, price.reason) == (None, "no clear difference for the better")


def test_equal_spending_is_said_in_words_numbers_and_below_the_charts():
    result = cs.compare(cs.simulate_at_equal_spending([BASE, lever(0.5, 1e4)], replications=2))
    (account,) = result.spending
    assert account.equal
    assert 0 < account.carried_out < 1
    words = "\n".join(money.lines(account))
    for said in ("Equal spending", "out of donors' money", "carried out to", "of their cost was paid"):
        assert said in words
    written = result.to_dict()["spending"][0]
    assert written["equal_spending"] is True
    assert written["carried_out"] == account.carried_out
    for figure in (result.plot(), result.ensemble.plot()):
        texts = " ".join(" ".join(t.get_text().split()) for t in figure.texts)
        assert "donors' money pays for interventions" in texts
        assert "carried out in part: lever" in texts


def test_what_donors_cannot_pay_at_all_is_not_said_to_cost_nothing():
    result = cs.compare(cs.simulate_at_equal_spending([BASE, lever(0.5, 1e10)], replications=2))
    (account,) = result.spending
    assert account.carried_out == 0
    assert account.prices["person_identified"].reason == "nothing carried out"
    words = "\n".join(money.lines(account))
    assert "nothing that costs anything is carried out" in words
    assert "cost nothing" not in words
    assert "costs nothing" not in words


def test_arrears_are_reported():
    data = {**lever(0.5, 1e5).resolved(), "interventions_paid_by": "donors"}
    result = cs.compare(cs.simulate([BASE, Scenario.parse(data, "lever")], replications=2))
    (account,) = result.spending
    last = result.ensemble.table.query("scenario == 'lever' and month == 11")
    assert account.owed == pytest.approx(last["arrears_cents"].mean() / 100)
    assert account.paid == pytest.approx(1 - account.owed / 12e5, rel=1e-6)
    assert "still owed" in "\n".join(money.lines(account))
