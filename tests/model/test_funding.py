"""Beliefs, grants and donors: closed forms and guarantees."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.inputs.files import load
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding.belief import Belief, assumed_share, dispersion
from cyclesim.model.funding.donors import Donor, _successive
from cyclesim.model.funding.grants import Grant, MoneyLedger, split_by
from cyclesim.model.funding.programmes import diversity, reprogrammed
from cyclesim.vocabulary import Line

PRIOR = Belief(math.log(6), 0.49)


@given(st.integers(0, 10**6), st.floats(1e-3, 1e6), st.floats(0.1, 1e6))
def test_the_learned_belief_is_the_mode_of_the_posterior(cases, exposure, size):
    belief = PRIOR.learn(cases, exposure, size)

    def log_posterior(log):
        expected = exposure * math.exp(log)
        likelihood = cases * math.log(expected / (expected + size)) - size * math.log1p(expected / size)
        return likelihood - (log - PRIOR.mean) ** 2 / (2 * PRIOR.variance)

    top = log_posterior(belief.mean)
    assert all(top >= log_posterior(belief.mean + step) - 1e-6 * abs(top) for step in (-0.01, 0.01))
    assert 0 < belief.variance <= PRIOR.variance


def test_many_counts_have_their_weight_against_the_prior():
    weight = 0.8
    believed = PRIOR.learn(10**7, 10**7 / 1.0, dispersion(weight, PRIOR.variance)).mean
    assert believed == pytest.approx((1 - weight) * PRIOR.mean, abs=0.25 * PRIOR.mean)  # counts say 1 per 1,000: log 0
    counts_alone = PRIOR.learn(10**7, 10**7, dispersion(1.0, PRIOR.variance))
    assert counts_alone.median == pytest.approx(1, rel=1e-3)


@given(st.integers(0, 200), st.floats(0.1, 1e4))
def test_more_cases_never_lower_the_belief_and_more_exposure_never_raises_it(cases, exposure):
    belief = PRIOR.learn(cases, exposure, 10).mean
    assert PRIOR.learn(cases + 1, exposure, 10).mean >= belief
    assert PRIOR.learn(cases, exposure * 1.5, 10).mean <= belief


def test_no_case_is_information():
    belief = PRIOR.learn(0, 1000.0, 10)
    assert math.isfinite(belief.mean)
    assert belief.median < PRIOR.median


def test_without_exposure_nothing_is_learned():
    assert PRIOR.learn(5, 0.0, 10) == PRIOR


def test_forgetting_returns_to_the_prior():
    belief = Belief(0.0, 0.1)
    assert belief.forget(PRIOR, 100, 0.08).mean == pytest.approx(PRIOR.mean)
    assert belief.forget(PRIOR, 1, 0.0).variance == pytest.approx(belief.variance)
    half = belief.forget(PRIOR, 1, 1 - 0.5 ** (1 / 12))
    assert half.mean == pytest.approx(PRIOR.mean / 2)


@pytest.mark.parametrize(("naivety", "expected"), [(1.0, 0.5), (0.0, 0.02), (0.5, 0.1)])
def test_naivety_is_the_weight_of_the_prior_share(naivety, expected):
    assert assumed_share(0.5, 0.02, naivety) == pytest.approx(expected)


@given(st.integers(0, 10**12), st.integers(0, 50), st.integers(1, 60))
def test_a_grant_pays_all_of_itself_and_nothing_else(amount, start, months):
    grant = Grant("donor", "crisis", Line.TRAINING, amount, start, months)
    paid = [grant.covers(clock, 1) for clock in range(start - 2, start + months + 2)]
    assert sum(paid) == amount == grant.paid_by(start + months)
    assert max(paid) - min(paid[2:-2]) <= 1
    assert paid[:2] == paid[-2:] == [0, 0]


@given(st.integers(0, 10**9), st.integers(0, 30), st.integers(1, 40))
def test_the_money_ledger_pays_what_grants_pay(amount, start, months):
    ledger = MoneyLedger(60)
    grant = Grant("donor", "crisis", Line.DATA, amount, start, months)
    ledger.commit(grant)
    for clock in range(60):
        ledger.disburse(clock)
        assert ledger.disbursed[Line.DATA] == grant.paid_by(clock)
        assert ledger.outstanding(Line.DATA) == (amount - grant.paid_by(clock))


BOTTLENECK = {Line.BACK_END: 0.8, Line.TRAINING: 0.3}


@given(st.integers(1, 10**9), st.integers(0, 20), st.integers(1, 40), st.integers(0, 59), st.floats(0, 1))
def test_reprogramming_moves_what_is_not_paid_yet_and_no_cent_else(amount, start, months, clock, share):
    old = Grant("donor", "crisis", Line.DATA, amount, start, months)
    parts = reprogrammed(old, clock, share, BOTTLENECK)
    assert sum(part.amount for part in parts) == amount
    paid = [sum(part.covers(month, 1) for part in parts) for month in range(60)]
    assert paid[:clock] == [old.covers(month, 1) for month in range(clock)]
    assert [part.line for part in parts if part.covers(0, clock)] == [Line.DATA] * (old.paid_by(clock - 1) > 0)
    moved = sum(part.amount for part in parts if part.line != Line.DATA)
    assert moved == pytest.approx((amount - old.paid_by(clock - 1)) * share, abs=0.51)
    assert max(part.start + part.months for part in parts) <= start + months


@given(st.integers(1, 10**9), st.integers(0, 20), st.integers(1, 60), st.integers(0, 59), st.floats(0, 1))
def test_the_money_ledger_pays_reprogrammed_grants_to_the_cent(amount, start, months, clock, share):
    ledger, grant = MoneyLedger(60), Grant("donor", "crisis", Line.DATA, amount, start, months)
    ledger.commit(grant)
    for month in range(60):
        if month == clock:
            ledger.replace(grant, reprogrammed(grant, clock, share, BOTTLENECK))
        ledger.disburse(month)
    assert sum(ledger.committed.values()) == amount
    for line in Line:
        assert ledger.disbursed[line] == sum(g.paid_by(59) for g in ledger.grants if g.line == line)


def test_a_grant_is_not_replaced_by_another_sum():
    ledger, grant = MoneyLedger(3), Grant("donor", "crisis", Line.DATA, 100, 0, 3)
    ledger.commit(grant)
    with pytest.raises(ValueError, match="another total"):
        ledger.replace(grant, [Grant("donor", "crisis", Line.TRAINING, 99, 0, 3)])


def test_when_an_emergency_breaks_running_money_goes_to_the_bottleneck():
    data = load("small").resolved()
    data["crises"]["valley"]["attention"] = {"news": {"month": "2023-09", "peak": 1.0}}

    def committed(share):
        scenario = load("small").parse(data | {"parameters": {**data["parameters"], "reprogramming": share}}, "small")
        table = CycleModel(scenario).run().observations.tables()["lines"]
        return {line: table["committed_cents"][table["line"] == line] for line in Line}

    moved, kept = committed(0.5), committed(0.0)
    assert all(moved[line][:8].tolist() == kept[line][:8].tolist() for line in Line)
    reported = (Line.TRAINING, Line.BACK_END, Line.ASSISTANCE)
    assert sum(moved[line][8] for line in reported) > sum(kept[line][8] for line in reported)
    assert all(moved[line][8] < kept[line][8] for line in Line if line not in reported)
    assert sum(moved[line][8] for line in Line) == sum(kept[line][8] for line in Line)


@pytest.mark.parametrize(("rates", "expected"), [([], 0), ([5.0], 0), ([5.0, 0.0], 0), ([1.0] * 4, 0.75)])
def test_diversity_is_the_chance_that_two_dollars_come_from_different_donors(rates, expected):
    assert diversity(rates) == pytest.approx(expected)


def test_response_plans_take_in_new_arrivals_with_a_lag():
    data = load("small").resolved()
    wave = {"month": "2023-06", "people": 2000, "settings": {"town": 1.0}}
    data["crises"]["valley"]["arrivals"]["fled"] = wave
    crisis = CycleModel(load("small").parse(data, "small")).crises["valley"]
    seen = []
    for month in range(3, 9):
        crisis.begin_month(month)
        seen.append(crisis.agenda.planned(crisis.month, crisis.in_need, crisis.p))
    share, lag = crisis.p.agenda, crisis.p.agenda_months
    expected = [1, 1, *(1 - 0.5 * math.exp(-k / lag) for k in (1, 2, 3, 4))]
    assert seen == pytest.approx([share * part for part in expected])


def test_trafficking_can_be_a_priority_in_one_crisis_and_not_in_another():
    data = load("small").resolved()
    data["crises"]["hill"] = {**data["crises"]["valley"], "agenda": 1.0}
    table = CycleModel(load("small").parse(data, "small")).run().observations.tables()["months"]
    hill, valley = (table["committed_cents"][table["crisis"] == name].sum() for name in ("hill", "valley"))
    assert hill > valley


def test_nobody_spends_what_is_not_there():
    with pytest.raises(ValueError, match="training cannot spend 1 of 0 cents"):
        MoneyLedger(3).spend({Line.TRAINING: 1})


def test_a_sum_is_split_without_loss():
    assert sum(split_by(101, {Line.TRAINING: 0.35, Line.DATA: 0.33, Line.BACK_END: 0.32}).values()) == 101
    assert split_by(100, {}) == {}


class Certain(Donor):
    """Believe in five per 1,000, whatever the evidence."""

    def believe(self, appeal, p):
        return Belief(math.log(5), 1e-6)


def test_a_donor_of_ones_own_takes_a_few_lines():
    model = CycleModel(load("small"), donor=Certain).run()
    assert all(d.beliefs["valley"].median == pytest.approx(5) for d in model.donors.values())


@pytest.mark.parametrize("months", [1, 5, 6, 9, 12, 24])
def test_successive_grants_pay_the_year_in_full(months):
    grants = list(_successive(1_000_001, months))
    whole = 1_000_001 * max(months, 12) // 12
    assert sum(amount for _, amount, _ in grants) == whole
    ends = [first + length for first, _, length in grants]
    assert [first for first, _, _ in grants] == [0, *ends[:-1]]
    assert ends[-1] == max(months, 12)


def test_the_length_of_grants_does_not_change_what_a_year_brings():
    short, long = (
        CycleModel(load("baseline").with_values({"grant_months": m, "multi_year_share": 0.0, "months": 60})).run()
        for m in (6, 12)
    )
    paid = [m.observations.tables()["months"]["disbursed_cents"].sum() for m in (short, long)]
    assert paid[0] == pytest.approx(paid[1], rel=0.02)


def test_a_donor_whose_budget_ends_commits_nothing_from_its_next_decision():
    data = load("small").resolved()
    cut = {f"donors.{name}.budget": 0.0 for name in data["donors"]}
    data["changes"] = {"cut": {"from": "2023-07", "set": cut}}
    months = CycleModel(load("small").parse(data, "cut")).run().observations.tables()["months"]
    assert months["committed_cents"][12:].sum() == 0
    assert months["committed_cents"][:6].sum() > 0


def test_commitments_stay_within_budgets():
    poor = load("baseline").with_values({"donors.Government A.budget": 1000.0, "months": 24})
    model = CycleModel(poor).run()
    donor = model.donors["Government A"]
    assert 0 < sum(donor.rates.values()) <= 1000


def test_attention_moves_flexible_money_within_the_month_and_fades():
    scenario = load("small")
    data = scenario.resolved()
    data["crises"]["valley"]["attention"] = {"news": {"month": "2023-09", "peak": 1.0}}
    loud, quiet = (
        CycleModel(s).run().observations.tables()["months"] for s in (scenario.parse(data, "small"), scenario)
    )
    assert loud["committed_cents"][:8].tolist() == quiet["committed_cents"][:8].tolist()
    assert loud["committed_cents"][8] > quiet["committed_cents"][8]
    assert loud["attention"][8] == pytest.approx(1.0)
    assert 0.03 < loud["attention"][15] < 0.20  # target T10: seven months after the peak
