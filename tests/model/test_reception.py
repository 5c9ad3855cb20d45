"""Reception: reach and capacity, who gets a scarce intake, and what of it hangs on which money."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cyclesim as cs
from cyclesim.inputs.parameters import parameters
from cyclesim.model.cycle import CycleModel
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.reception import received

SMALL = cs.load("small")
P = Parameters({**SMALL.parameter_values(), "reception_need": 10.0, "intakes_per_post": 24.0})
MILLION = 1_000_000


def values(**own):
    return Parameters({**SMALL.parameter_values(), "reception_need": 10.0, "intakes_per_post": 24.0, **own})


def test_without_posts_nobody_is_received():
    nobody = received(0.0, MILLION, 10.0, 10.0, P.record)
    assert (nobody.reach, nobody.forward, nobody.referred) == (0.0, 0.0, 0.0)


def test_where_few_come_reach_alone_counts():
    found = received(10.0, MILLION, 1e-9, 1e-9, P.record)
    assert found.reach == pytest.approx(1 - math.exp(-1))
    assert found.forward == pytest.approx(1.0)


def test_where_many_come_posts_take_what_they_can():
    found = received(10.0, MILLION, 1e9, 1e9, P.record)
    taken = found.reach * (found.forward + found.referred) * 1e9
    assert taken == pytest.approx(10 * 24 / 12, rel=1e-6)


@settings(max_examples=200)
@given(
    posts=st.floats(0.01, 1e4), more=st.floats(1.0, 100.0), forward=st.floats(0, 1e5), referred=st.floats(0, 1e5),
    order=st.floats(0, 1),
)  # fmt: skip
def test_more_posts_never_receive_fewer_and_nobody_is_received_twice(posts, more, forward, referred, order):
    p = values(survivors_first=order)
    few, many = (received(n, MILLION, forward, referred, p.record) for n in (posts, posts * more))
    for one in (few, many):
        assert 0 <= one.forward <= 1
        assert 0 <= one.referred <= 1
    taken = [one.reach * (one.forward * forward + one.referred * referred) for one in (few, many)]
    assert taken[0] <= taken[1] * (1 + 1e-9)
    assert taken[1] <= posts * more * 2.0 * (1 + 1e-9)


def test_who_comes_first_is_taken_first_where_intakes_are_scarce():
    alike, first = (received(1.0, MILLION, 30.0, 30.0, values(survivors_first=o).record) for o in (0.0, 1.0))
    assert alike.forward == pytest.approx(alike.referred)
    assert first.forward > alike.forward
    assert first.referred < alike.referred


def months(twin=True, **own):
    world = SMALL.with_values({"months": 24, **own})
    return CycleModel(world, twin=twin).run().observations.tables()["months"]


def test_without_others_and_without_money_nobody_is_on_record_but_by_investigation():
    table = months(paid_by_others=0, giving=0)
    assert table["identified"].sum() == 0.0
    assert table["came_forward"].sum() == 0.0


def test_money_that_is_not_given_is_withheld_and_no_cent_is_lost():
    model = CycleModel(SMALL.with_values({"giving": 0.25}), twin=True).run()
    money = model.crises["valley"].money
    for line in money.purses:
        due = money.disbursed[line] + money.withheld[line]
        assert money.disbursed[line] == pytest.approx(0.25 * due, abs=len(model.donors) * 40)
        assert money.outstanding(line) >= 0
        assert money.disbursed[line] == money.spent[line] + money.charged[line] + money.purses[line]


def test_more_that_others_pay_receives_more():
    received_share = [months(paid_by_others=share)["received_share"].mean() for share in (0.0, 0.25, 0.5, 1.0)]
    assert np.all(np.diff(received_share) > 0)


def test_posts_that_an_intervention_adds_are_per_million_people():
    table = months(paid_by_others=0, added_reception=1000, added_caseworkers=500, giving=0)
    people = table["people"] / 1e6
    assert table["reception_posts"] == pytest.approx(1000 * people)
    assert table["caseworkers"] == pytest.approx(500 * people)


def test_coming_forward_hangs_on_what_followed_for_others():
    with_help, without = (months(follow_weight=w, added_places=0)["came_forward"].sum() for w in (0.0, 1.0))
    assert without < with_help


def test_every_default_stands_inside_its_prior_or_quotes_why_not():
    """What parameters.yaml refuses, told once more from outside."""
    for quantity in parameters().values():
        share = quantity.quantile()
        assert share is None or quantity.beyond or 0.2 - 1e-9 <= share <= 0.8 + 1e-9, quantity.name


@pytest.mark.parametrize("twin", [False, True])
def test_a_record_at_intake_is_one_for_each_referral_taken(twin):
    table = months(twin, record_at_intake=1, paid_by_others=0.05)
    assert table["identified"].sum() >= table["referred"].sum()
    assert table["identified"].sum() >= months(twin, paid_by_others=0.05)["identified"].sum()
