"""Responders and the capital that money builds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.inputs.files import load
from cyclesim.model.cycle import CycleModel
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice import frontline, workforce
from cyclesim.model.practice.frontline import Conditions
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.practice.workforce import CASEWORKERS, DATA, INVESTIGATORS, LOCAL, PREVENTION, Workforce
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
    be_present(table, 0)
    return table


def be_present(table, month):
    frontline.be_present(month, P.records, table.frontline, CALM)


def learn(table, rate, others, churn=1.0, surge=0.0):
    frontline.train(P.records, table.frontline, rate, others, churn, surge)


def hear(table, answered, lapsed, taken, turned_away, wrong):
    whole = np.asarray(answered).dtype.kind == "i"
    heard = (np.asarray(numbers, dtype=float) for numbers in (answered, lapsed))
    frontline.hear(P.records, table.frontline, *heard, whole, taken, turned_away, wrong)


def referral(table, now):
    """Return the hazard of referral by setting and channel, shape (8,)."""
    staff, contact, hazard = np.empty((3, table.places))
    frontline.refer(P.records, table.frontline, now, staff, contact, hazard)
    return hazard


def test_what_a_training_taught_fades_with_its_half_life_and_turnover():
    table = organisations(trained=0.8)
    for _ in range(6):
        learn(table, 0.0, NOBODY)
    expected = 0.8 * math.exp(-6 * P.turnover_national) * 2 ** (-6 / P.skill_half_life)
    assert table.trained == pytest.approx(np.full(4, expected), rel=0.02)
    assert expected / 0.8 < 0.55  # target T11 allows at most this


def test_trust_is_lost_faster_than_it_is_won_and_silence_changes_nothing():
    table = organisations()
    begin = table.trust.copy()
    hear(table, np.array([1, 0, 0, 0]), np.array([0, 1, 0, 0]), ALL, NO_ONE, 0.0)
    change = table.trust - begin
    assert change[0] > 0 > change[1]
    assert abs(change[1]) > change[0]
    assert change[2:].tolist() == [0, 0]


def test_wrong_referrals_frustrate_police_and_nobody_else():
    calm, frustrated = organisations(), organisations()
    for table, wrong in ((calm, 0.0), (frustrated, 0.8)):
        hear(table, np.ones(4, dtype=int), np.zeros(4, dtype=int), ALL, NO_ONE, wrong)
    lost = calm.trust - frustrated.trust
    police = np.array([name == "Town police" for name in calm.names])
    assert (lost[police] > 0).all()
    assert (lost[~police] == 0).all()


def test_trust_does_not_depend_on_the_number_of_referrals_but_on_their_share():
    few, many = organisations(), organisations()
    hear(few, np.array([1, 1, 1, 1]), np.array([2, 2, 2, 2]), ALL, NO_ONE, 0.0)
    hear(many, np.array([1000] * 4), np.array([2000] * 4), ALL, NO_ONE, 0.0)
    assert few.trust.tolist() == many.trust.tolist()


def test_referrals_need_recognition_knowledge_trust_and_clarity():
    full = referral(organisations(trained=1.0), EASY)
    assert full.shape == (8,)
    assert (referral(organisations(trained=0.0), EASY) <= full).all()
    unvetted = referral(organisations(trained=1.0, vetted=False), EASY)
    assert unvetted == pytest.approx(full * P.unvetted_recognition)
    assert (referral(organisations(staff=0.0), EASY) == 0).all()


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
    full, less = (referral(organisations(), now) for now in (EASY, EASY._replace(**what)))
    assert less == pytest.approx(full * factor)


def test_vetting_is_finite_and_newcomers_learn_the_place():
    table = organisations(vetted=False, count=1000, context=0.5)
    for _ in range(10):
        frontline.vet(P.records, table.frontline)
        learn(table, 0.0, NOBODY)
    assert (table.vetted * 1000).sum() == pytest.approx(10 * P.vetting_capacity, rel=0.01)
    assert (table.context > 0.5).all()
    assert (table.context < 1).all()


def test_organisations_are_named_by_their_share_of_the_hazard():
    table = organisations()
    referral(table, EASY)
    uniform = (np.arange(1000) + 0.5) / 1000
    for place in np.unique(table.place).tolist():
        setting, channel = np.full(1000, place // 4), np.full(1000, place % 4)
        chosen = table.assign(setting, channel, uniform)
        assert (table.place[chosen] == place).all()


def test_no_referral_is_ascribed_to_an_organisation_without_any_share_of_the_hazard():
    table = organisations()
    referral(table, EASY)
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
        be_present(table, month)
        learn(table, 0.5, NOBODY)
    assert table.trained.tolist() == [0.4]


def test_staff_fade_with_their_half_life_after_arrival():
    (crisis,) = SMALL.crises.values()
    spec = crisis.organisations["Camp NGO"].model_copy(update={"fade_months": 6.0})
    table = Organisations({"Camp NGO": spec}, tuple(sorted(crisis.settings)), {"Camp NGO": 3}, 0, P)
    seen = []
    for month in (2, 3, 9):
        be_present(table, month)
        seen.append(float(table.staff[0]))
    assert seen == pytest.approx([0, 2, 1])


def hire(work, purse, monthly):
    return workforce.hire(CASEWORKERS, purse, float(monthly), float(P.build_months), 1.0, work, P.record)


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=40), st.floats(1e3, 1e6))
def test_posts_never_cost_more_than_the_purse_holds(incomes, monthly):
    work, purse = Workforce.none(), 0
    for income in incomes:
        purse += income
        paid = hire(work, purse, monthly)
        assert 0 <= paid <= purse
        assert (work.recruits >= 0).all()
        assert (work.staff >= 0).all()
        purse -= paid


def test_steady_money_fills_the_posts_it_pays_and_they_come_into_use_late():
    work, purse, in_use = Workforce.none(), 0, []
    for _ in range(200):
        purse += 500_000
        purse -= hire(work, purse, 100_000)
        in_use.append(float(work.staff[CASEWORKERS]))
    assert work.recruits[CASEWORKERS] + work.staff[CASEWORKERS] == pytest.approx(5, rel=0.03)
    assert in_use[5] < 0.3 * in_use[-1] < in_use[30]


def test_when_money_ends_posts_end():
    work = Workforce.none()
    work.staff[CASEWORKERS] = 5.0
    hire(work, 0, 100_000)
    assert work.staff[CASEWORKERS] == 0


def built(months=24, known=0.0, wasted=0.0, churning=1.0):
    """Return what months of money on every line build."""
    work, spent, money = Workforce.none(), np.zeros(len(Line), dtype=np.int64), np.full(len(Line), 10**8)
    for _ in range(months):
        workforce.build_up(money, 100.0, 0.0, known, wasted, churning, work, P.records, spent)
        assert (spent <= money).all()
    return work


def test_every_line_has_an_effect():
    work, none, million = built(12), Workforce.none(), (P.record, 10**6)
    assert work.training_rate[0] > 0
    assert workforce.clarity(work, *million, 0.0, 0.0) > workforce.clarity(none, *million, 0.0, 0.0)
    assert workforce.prevention_share(work, *million) > 0
    assert workforce.local_share(work, *million) > 0
    assert workforce.completeness(work, *million, 0.6) > workforce.completeness(none, *million, 0.6)
    assert (work.staff[[CASEWORKERS, INVESTIGATORS]] > 0).all()


def test_evidence_on_what_works_raises_what_training_and_prevention_achieve_and_nothing_else():
    without, full = built(), built(known=1.0)
    assert full.training_rate == pytest.approx(without.training_rate * (1 + P.research_gain))
    assert full.stocks[PREVENTION] == pytest.approx(without.stocks[PREVENTION] * (1 + P.research_gain))
    assert full.stocks[[DATA, LOCAL]].tolist() == without.stocks[[DATA, LOCAL]].tolist()
    assert full.staff.tolist() == without.staff.tolist()


def test_overhead_does_no_work_and_churn_costs_staff():
    alone, crowd = built(), built(wasted=0.2)
    assert crowd.training_rate == pytest.approx(0.8 * alone.training_rate)
    assert crowd.stocks == pytest.approx(0.8 * alone.stocks)
    assert crowd.staff[CASEWORKERS] == pytest.approx(0.8 * alone.staff[CASEWORKERS])
    assert built(churning=2.0).staff[CASEWORKERS] < alone.staff[CASEWORKERS]


def test_one_donor_and_clear_leadership_make_no_market():
    p = P.record
    assert (workforce.overhead(p, 1.0, 0.0), workforce.churn(p, 1.0)) == (0, 1)
    crowded = workforce.overhead(p, 0.2, 0.9)
    assert crowded > workforce.overhead(p, 0.8, 0.9) > 0
    assert crowded > workforce.overhead(p, 0.2, 0.5)
    assert workforce.churn(p, 0.2) > 1


def deployed(*teams):
    """Return the specialists left of crises with so many, that grow by so many."""
    staff, growth = (np.array(numbers) for numbers in zip(*teams, strict=True))
    workforce.deploy(staff, growth, P.records)
    return staff.tolist()


def test_a_growing_response_takes_specialists_from_other_crises_and_from_none_where_there_are_none():
    left = deployed((4.0, 2.0), (6.0, 0.0), (2.0, -1.0))
    assert left[0] == 4
    assert sum(left) == pytest.approx(12 - P.draining * 2)  # no more leave than the growing one takes from others
    assert left[1] / left[2] == pytest.approx(3)
    for alone in (deployed((4.0, 2.0)), deployed((4.0, 2.0), (0.0, 0.0))):
        assert alone[0] == 4


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
    hear(half, answered, np.zeros(4, dtype=int), np.full(2, 0.5), np.full(4, 50.0), 0.0)
    hear(none, answered, answered, ALL, NO_ONE, 0.0)  # as many answered as not
    assert half.trust == pytest.approx(none.trust)


def test_a_reception_that_turns_everybody_away_costs_trust_in_ledger_and_twin():
    for nothing in (np.zeros(4, dtype=int), np.zeros(4)):
        table = organisations()
        before = table.trust.copy()
        hear(table, nothing, nothing, NO_ONE[:2], np.full(4, 50.0), 0.0)
        assert table.trust == pytest.approx(before * (1 - P.trust_loss))


def test_others_train_the_staff_of_their_setting_and_wider_responders_less():
    table = organisations(trained=0.0)
    learn(table, 0.0, np.array([0.1, 0.0]))
    camp = table.place // 4 == 0
    assert (table.trained[~camp] == 0).all()
    wider = np.array([name != "Camp NGO" for name in table.names])
    assert table.trained[camp & ~wider] == pytest.approx(-math.expm1(-0.1))
    assert table.trained[camp & wider] == pytest.approx(-math.expm1(-0.1 * (1 - P.wider_gap)))
