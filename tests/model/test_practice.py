"""Responders and the capital that money builds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.inputs.files import load
from cyclesim.model.cycle import CycleModel
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.frontline import Conditions
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.practice.workforce import Market, Posts, Workforce, deploy
from cyclesim.vocabulary import Line

SMALL = load("small")
NO_ONE = np.zeros(4)
P = Parameters(SMALL.parameter_values())
CALM, NOBODY, ALL = np.zeros(2), np.zeros(2), np.ones(2)  # by setting
EASY = Conditions(np.array([1000, 1000]), CALM, unmet=0.0, awareness=1.0, leadership=1.0, clarity=1.0, local=1.0)


def organisations(**changes):
    (crisis,) = SMALL.crises.values()
    specs = {name: spec.model_copy(update=changes) for name, spec in crisis.organisations.items()}
    table = Organisations(specs, tuple(sorted(crisis.settings)), {}, 0, P)
    table.update_presence(0, CALM, P)
    return table


def test_what_a_training_taught_fades_with_its_half_life_and_turnover():
    table = organisations(trained=0.8)
    for _ in range(6):
        table.learn(P, 0.0, NOBODY)
    expected = 0.8 * math.exp(-6 * P.turnover_national) * 2 ** (-6 / P.skill_half_life)
    assert table.trained == pytest.approx(np.full(4, expected), rel=0.02)
    assert expected / 0.8 < 0.55  # target T11 allows at most this


def test_trust_is_lost_faster_than_it_is_won_and_silence_changes_nothing():
    table = organisations()
    begin = table.trust.copy()
    table.update_trust(P, np.array([1, 0, 0, 0]), np.array([0, 1, 0, 0]), ALL, NO_ONE, 0.0)
    change = table.trust - begin
    assert change[0] > 0 > change[1]
    assert abs(change[1]) > change[0]
    assert change[2:].tolist() == [0, 0]


def test_wrong_referrals_frustrate_police_and_nobody_else():
    calm, frustrated = organisations(), organisations()
    for table, wrong in ((calm, 0.0), (frustrated, 0.8)):
        table.update_trust(P, np.ones(4, dtype=int), np.zeros(4, dtype=int), ALL, NO_ONE, wrong)
    lost = calm.trust - frustrated.trust
    police = np.array([name == "Town police" for name in calm.names])
    assert (lost[police] > 0).all()
    assert (lost[~police] == 0).all()


def test_trust_does_not_depend_on_the_number_of_referrals_but_on_their_share():
    few, many = organisations(), organisations()
    few.update_trust(P, np.array([1, 1, 1, 1]), np.array([2, 2, 2, 2]), ALL, NO_ONE, 0.0)
    many.update_trust(P, np.array([1000] * 4), np.array([2000] * 4), ALL, NO_ONE, 0.0)
    assert few.trust.tolist() == many.trust.tolist()


def test_referrals_need_recognition_knowledge_trust_and_clarity():
    full = organisations(trained=1.0).referral(P, EASY)
    assert full.shape == (4, 2)
    assert (organisations(trained=0.0).referral(P, EASY) <= full).all()
    unvetted = organisations(trained=1.0, vetted=False).referral(P, EASY)
    assert unvetted == pytest.approx(full * P.unvetted_recognition)
    assert (organisations(staff=0.0).referral(P, EASY) == 0).all()


@pytest.mark.parametrize(
    ("what", "factor"),
    [
        ({"clarity": 0.5}, 0.5),
        ({"unmet": 1.0}, 1 - P.crowding),
        ({"awareness": 0.0}, 1 - P.awareness_gap),
        ({"arrivals": np.ones(2)}, 1 - P.cover),
    ],
)
def test_each_condition_takes_its_share_of_the_referrals(what, factor):
    full, less = (organisations().referral(P, now) for now in (EASY, EASY._replace(**what)))
    assert less == pytest.approx(full * factor)


def test_vetting_is_finite_and_newcomers_learn_the_place():
    table = organisations(vetted=False, count=1000, context=0.5)
    for _ in range(10):
        table.vet(P)
        table.learn(P, 0.0, NOBODY)
    assert (table.vetted * 1000).sum() == pytest.approx(10 * P.vetting_capacity, rel=0.01)
    assert (table.context > 0.5).all()
    assert (table.context < 1).all()


def test_organisations_are_named_by_their_share_of_the_hazard():
    table = organisations()
    table.referral(P, EASY)
    uniform = (np.arange(1000) + 0.5) / 1000
    for place in np.unique(table.place).tolist():
        setting, channel = np.full(1000, place // 4), np.full(1000, place % 4)
        chosen = table.assign(setting, channel, uniform)
        assert (table.place[chosen] == place).all()


def test_no_referral_is_ascribed_to_an_organisation_without_any_share_of_the_hazard():
    table = organisations()
    table.referral(P, EASY)
    table.weight[:] = np.where(np.arange(table.weight.size) % 2 == 0, 1.0, 0.0)  # every second one finds nobody
    setting, channel = table.place // 4, table.place % 4
    for uniform in (0.0, 0.5, math.nextafter(1.0, 0.0)):
        chosen = table.assign(setting, channel, np.full(setting.size, uniform))
        shares = np.bincount(table.place, table.weight, table.place.max() + 1)[table.place]
        assert (table.weight[chosen][shares > 0] > 0).all()


def test_nobody_learns_or_forgets_before_arriving():
    (crisis,) = SMALL.crises.values()
    spec = crisis.organisations["Camp NGO"].model_copy(update={"trained": 0.4})
    table = Organisations({"Camp NGO": spec}, tuple(sorted(crisis.settings)), {"Camp NGO": 6}, 0, P)
    for month in range(6):
        table.update_presence(month, CALM, P)
        table.learn(P, 0.5, NOBODY)
    assert table.trained.tolist() == [0.4]


def test_staff_fade_with_their_half_life_after_arrival():
    (crisis,) = SMALL.crises.values()
    spec = crisis.organisations["Camp NGO"].model_copy(update={"fade_months": 6.0})
    table = Organisations({"Camp NGO": spec}, tuple(sorted(crisis.settings)), {"Camp NGO": 3}, 0, P)
    seen = []
    for month in (2, 3, 9):
        table.update_presence(month, CALM, P)
        seen.append(float(table.staff[0]))
    assert seen == pytest.approx([0, 2, 1])


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=40), st.floats(1e3, 1e6))
def test_posts_never_cost_more_than_the_purse_holds(incomes, monthly):
    posts, purse = Posts(), 0
    for income in incomes:
        purse += income
        paid = posts.step(purse, monthly, P.build_months, P)
        assert 0 <= paid <= purse
        assert posts.recruits >= 0
        assert posts.staff >= 0
        purse -= paid


def test_steady_money_fills_the_posts_it_pays_and_they_come_into_use_late():
    posts, purse, monthly, income = Posts(), 0, 100_000.0, 500_000
    in_use = []
    for _ in range(200):
        purse += income
        purse -= posts.step(purse, monthly, P.build_months, P)
        in_use.append(posts.staff)
    assert posts.recruits + posts.staff == pytest.approx(5, rel=0.03)
    assert in_use[5] < 0.3 * in_use[-1] < in_use[30]


def test_when_money_ends_posts_end():
    posts, purse = Posts(staff=5.0), 0
    posts.step(purse, 100_000.0, P.build_months, P)
    assert posts.staff == 0


def test_every_line_has_an_effect():
    work, money = Workforce(), {line: 10**8 for line in Line}
    for _ in range(12):
        work.spend(money, 100.0, 0.0, 0.0, Market(), P)
    assert work.training_rate > 0
    assert work.clarity(P, 10**6, 0.0) > Workforce().clarity(P, 10**6, 0.0)
    assert work.prevention_share(P, 10**6) > 0
    assert work.local_share(P, 10**6) > 0
    assert work.completeness(P, 10**6, 0.6) > Workforce().completeness(P, 10**6, 0.6)
    assert work.caseworkers.staff > 0
    assert work.investigators.staff > 0


def built(known=0.0, market=Market()):  # noqa: B008  (frozen)
    work, money = Workforce(), {line: 10**8 for line in Line}
    for _ in range(24):
        work.spend(money, 100.0, 0.0, known, market, P)
    return work


def test_evidence_on_what_works_raises_what_training_and_prevention_achieve_and_nothing_else():
    without, full = built(), built(known=1.0)
    for name in ("training_rate", "prevention"):
        assert getattr(full, name) == pytest.approx(getattr(without, name) * (1 + P.research_gain))
    assert (full.data, full.local, full.specialists) == (without.data, without.local, without.specialists)


def test_overhead_does_no_work_and_churn_costs_staff():
    alone, crowd = built(), built(market=Market(overhead=0.2))
    for name in ("training_rate", "prevention", "data", "local"):
        assert getattr(crowd, name) == pytest.approx(0.8 * getattr(alone, name))
    assert crowd.caseworkers.staff == pytest.approx(0.8 * alone.caseworkers.staff)
    assert built(market=Market(churn=2.0)).caseworkers.staff < alone.caseworkers.staff


def test_one_donor_and_clear_leadership_make_no_market():
    assert Market.of(P, leadership=1.0, diversity=0.0) == Market()
    crowded = Market.of(P, leadership=0.2, diversity=0.9)
    assert crowded.overhead > Market.of(P, leadership=0.8, diversity=0.9).overhead > 0
    assert crowded.overhead > Market.of(P, leadership=0.2, diversity=0.5).overhead
    assert crowded.churn > 1


def teams(*numbers):
    return [Workforce(specialists=Posts(staff=staff, growth=growth)) for staff, growth in numbers]


def test_a_growing_response_takes_specialists_from_other_crises_and_from_none_where_there_are_none():
    crises = teams((4.0, 2.0), (6.0, 0.0), (2.0, -1.0))
    deploy(crises, P)
    left = [work.specialists.staff for work in crises]
    assert left[0] == 4
    assert sum(left) == pytest.approx(12 - P.draining * 2)  # no more leave than the growing one takes from others
    assert left[1] / left[2] == pytest.approx(3)
    for alone in (teams((4.0, 2.0)), teams((4.0, 2.0), (0.0, 0.0))):
        deploy(alone, P)
        assert alone[0].specialists.staff == 4


def reached(**own):
    """Return the months of a small world that meets many people, where reception takes all and others alone pay."""
    posts = {f"crises.valley.back_ends.district.{name}": number for name, number in own.items()}
    ample = {"crises.valley.back_ends.district.reception": 100, "paid_by_others": 1.0, "giving": 0.0, "contact": 0.5}
    world = SMALL.with_values({"months": 60, **ample, **posts})
    return CycleModel(world).run().observations.tables()["months"]


def test_more_back_end_answers_more_and_keeps_trust():
    weak, strong = (reached(caseworkers=number) for number in (0, 2))
    assert weak["trust"][-1] < 0.5 * strong["trust"][-1]
    assert strong["answered"].sum() > weak["answered"].sum() == 0


def test_a_reception_that_is_full_loses_trust_however_many_caseworkers_there_are():
    full, ample = (reached(caseworkers=2, reception=posts) for posts in (0.05, 100))
    assert full["trust"][-1] < 0.9 * ample["trust"][-1]


def test_who_is_turned_away_counts_as_not_answered():
    half, none = organisations(), organisations()
    answered = np.full(4, 3)
    half.update_trust(P, answered, np.zeros(4, dtype=int), np.full(2, 0.5), np.full(4, 50.0), 0.0)
    none.update_trust(P, answered, answered, ALL, NO_ONE, 0.0)  # as many answered as not
    assert half.trust == pytest.approx(none.trust)


def test_a_reception_that_turns_everybody_away_costs_trust_in_ledger_and_twin():
    for nothing in (np.zeros(4, dtype=int), np.zeros(4)):
        table = organisations()
        before = table.trust.copy()
        table.update_trust(P, nothing, nothing, NO_ONE[:2], np.full(4, 50.0), 0.0)
        assert table.trust == pytest.approx(before * (1 - P.trust_loss))


def test_others_train_the_staff_of_their_setting_and_wider_responders_less():
    table = organisations(trained=0.0)
    table.learn(P, 0.0, np.array([0.1, 0.0]))
    camp = table.place // 4 == 0
    assert (table.trained[~camp] == 0).all()
    wider = np.array([name != "Camp NGO" for name in table.names])
    assert table.trained[camp & ~wider] == pytest.approx(-math.expm1(-0.1))
    assert table.trained[camp & wider] == pytest.approx(-math.expm1(-0.1 * (1 - P.wider_gap)))
