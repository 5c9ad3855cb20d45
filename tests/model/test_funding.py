"""Beliefs, grants and donors: closed forms and guarantees."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.inputs.files import load
from cyclesim.inputs.money import split as exact
from cyclesim.model.cycle import CycleModel
from cyclesim.model.funding import belief as beliefs
from cyclesim.model.funding import commitments, grants
from cyclesim.model.funding.belief import Belief, CountMemory, assumed_share
from cyclesim.model.funding.books import Books, Grant, MoneyLedger
from cyclesim.model.funding.donors import Donor
from cyclesim.model.funding.state import Appeal, Donors, by_line
from cyclesim.model.parameters import Parameters
from cyclesim.model.presence import planned
from cyclesim.model.shares import split
from cyclesim.vocabulary import Line

PRIOR = Belief(math.log(6), 0.49)


def learn(cases, exposure, prior=PRIOR):
    return Belief(*beliefs.learn(prior, float(cases), float(exposure)))


def forget(belief, years, memory):
    return Belief(*beliefs.forget(belief, PRIOR, float(years), float(memory)))


def ledger_of(months):
    """Return the empty purses of one crisis."""
    return MoneyLedger(Books(("crisis",), ("donor",), months), 0)


def reprogramme(ledger, clock, share):
    """Let the first grant of a ledger change its line."""
    books = ledger.books
    books.reserve(8)
    grants.reprogramme(0, clock, float(share), by_line(BOTTLENECK), books.grants, books.money)


def paid_in(grant, first, months=1):
    return grant.paid_by(first + months - 1) - grant.paid_by(first - 1)


@given(st.integers(0, 10**6), st.floats(1e-3, 1e6))
def test_the_learned_belief_is_the_mode_of_the_posterior(cases, exposure):
    belief = learn(cases, exposure)

    def log_posterior(log):
        return cases * log - exposure * math.exp(log) - (log - PRIOR.mean) ** 2 / (2 * PRIOR.variance)

    top = log_posterior(belief.mean)
    assert all(top >= log_posterior(belief.mean + step) - 1e-6 * abs(top) for step in (-0.01, 0.01))
    assert 0 < belief.variance <= PRIOR.variance
    curvature = exposure * math.exp(belief.mean) + 1 / PRIOR.variance  # Laplace: minus the second derivative there
    assert belief.variance == pytest.approx(1 / curvature)


@given(st.integers(0, 200), st.floats(0.1, 1e4))
def test_more_cases_never_lower_the_belief_and_more_exposure_never_raises_it(cases, exposure):
    belief = learn(cases, exposure).mean
    assert learn(cases + 1, exposure).mean >= belief
    assert learn(cases, exposure * 1.5).mean <= belief


def test_no_case_is_information():
    belief = learn(0, 1000.0)
    assert math.isfinite(belief.mean)
    assert belief.median < PRIOR.median


def test_without_exposure_nothing_is_learned():
    assert learn(5, 0.0) == PRIOR


# ---------------------------------------------------------------- a count tells of the product only (F2)


def learn_count(cases, exposure, share=0.5, spread=0.7, prior=PRIOR):
    return Belief(*beliefs.learn_count(prior, float(cases), float(exposure), float(share), float(spread)))


@given(st.integers(0, 10**5), st.floats(0.01, 1e4), st.floats(0.01, 1.0), st.floats(0.0, 3.0), st.floats(-3, 3))
def test_a_count_tells_of_the_product_of_prevalence_and_detection_share_only(cases, exposure, share, spread, shift):
    here = learn_count(cases, exposure, share, spread)
    other = Belief(PRIOR.mean + shift, PRIOR.variance)
    there = learn_count(cases, exposure, share * math.exp(-shift), spread, prior=other)
    assert there.mean - other.mean == pytest.approx(here.mean - PRIOR.mean, abs=1e-9)
    assert there.variance == pytest.approx(here.variance)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0, 0.5))
def test_what_counts_told_is_remembered_by_its_mean_and_the_last_weighs_most(years, memory):
    told = CountMemory()
    for one in years:
        told = CountMemory(*beliefs.remember(told, 1.0, float(memory), float(one)))
    weights = [(1 - memory) ** (12.0 * age) for age in reversed(range(len(years)))]
    assert told.mean == pytest.approx(np.average(years, weights=weights), abs=1e-9)


def test_counts_move_the_belief_of_a_donor_who_forgets_nothing():
    p = values(memory=0.0)
    someone, beliefs = donor(p), []
    for cases in (1000.0, 0.0, 0.0):
        beliefs.append(someone.believe(appeal(cases=cases), p).mean)
    assert beliefs[0] > beliefs[1] > beliefs[2]


@pytest.mark.parametrize(("cases", "exposure"), [(0, 0.5), (30, 10.0), (400, 50.0)])
def test_what_is_told_is_the_posterior_of_two_unknowns(cases, exposure):
    """Sums over a grid of prevalence and detection share, both log-normal, the count Poisson."""
    share, spread = 0.5, 0.7
    steps = np.linspace(-6, 6, 601)
    prevalence = PRIOR.mean + math.sqrt(PRIOR.variance) * steps[:, None]
    product = prevalence + math.log(share) + spread * steps[None, :]
    log = cases * product - exposure * np.exp(product) - 0.5 * (steps[:, None] ** 2 + steps[None, :] ** 2)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = float((weight * prevalence).sum())
    variance = float((weight * (prevalence - mean) ** 2).sum())
    belief = learn_count(cases, exposure, share, spread)
    assert belief.mean == pytest.approx(mean, abs=0.15 if cases == 0 else 0.02)  # Laplace is exact for many cases
    assert belief.variance == pytest.approx(variance, rel=0.15 if cases == 0 else 0.03)


@given(st.floats(0.1, 1e3), st.floats(0.01, 1.0), st.floats(0.0, 3.0))
def test_belief_rises_strictly_with_cases(exposure, share, spread):
    beliefs = [learn_count(cases, exposure, share, spread).mean for cases in (0, 1, 2, 5, 10, 20, 40, 80)]
    assert all(low < high for low, high in pairwise(beliefs))


@given(st.integers(0, 10**6), st.floats(1e-3, 1e6), st.floats(0.01, 3.0))
def test_no_count_however_large_makes_certain_of_prevalence(cases, exposure, spread):
    unknowable = PRIOR.variance * spread**2 / (PRIOR.variance + spread**2)
    assert unknowable - 1e-12 <= learn_count(cases, exposure, spread=spread).variance <= PRIOR.variance + 1e-12


def test_without_any_doubt_of_the_share_all_surprise_goes_to_prevalence():
    belief = learn_count(10**7, 10**6, share=0.5, spread=0.0)  # 10 reported per 1,000 and year, a half of 20
    assert belief.median == pytest.approx(20, rel=1e-3)
    assert belief.variance == pytest.approx(1e-7, rel=0.01)


def test_the_more_the_share_is_in_doubt_the_less_a_count_moves_the_belief():
    moved = [learn_count(10**7, 10**6, spread=spread).mean - PRIOR.mean for spread in (0.0, 0.2, 0.7, 2.0, 1e3)]
    assert all(more > less for more, less in pairwise(moved))
    assert moved[-1] == pytest.approx(0, abs=1e-5)


def test_forgetting_returns_to_the_prior():
    belief = Belief(0.0, 0.1)
    assert forget(belief, 100, 0.08).mean == pytest.approx(PRIOR.mean)
    assert forget(belief, 1, 0.0).variance == pytest.approx(belief.variance)
    half = forget(belief, 1, 1 - 0.5 ** (1 / 12))
    assert half.mean == pytest.approx(PRIOR.mean / 2)


@pytest.mark.parametrize(("naivety", "expected"), [(1.0, 0.5), (0.0, 0.02), (0.5, 0.1)])
def test_naivety_is_the_weight_of_the_prior_share(naivety, expected):
    assert assumed_share(0.5, 0.02, naivety) == pytest.approx(expected)


@given(st.integers(0, 10**12), st.integers(0, 50), st.integers(1, 60))
def test_a_grant_pays_all_of_itself_and_nothing_else(amount, start, months):
    grant = Grant("donor", "crisis", Line.TRAINING, amount, start, months)
    paid = [paid_in(grant, clock) for clock in range(start - 2, start + months + 2)]
    assert sum(paid) == amount == grant.paid_by(start + months)
    assert max(paid) - min(paid[2:-2]) <= 1
    assert paid[:2] == paid[-2:] == [0, 0]


@given(st.integers(0, 10**9), st.integers(0, 30), st.integers(1, 40))
def test_the_money_ledger_pays_what_grants_pay(amount, start, months):
    ledger = ledger_of(60)
    grant = Grant("donor", "crisis", Line.DATA, amount, start, months)
    ledger.books.commit(grant)
    for clock in range(60):
        ledger.disburse(clock)
        assert ledger.disbursed[Line.DATA] == grant.paid_by(clock)
        assert ledger.outstanding(Line.DATA) == (amount - grant.paid_by(clock))


BOTTLENECK = {Line.BACK_END: 0.8, Line.TRAINING: 0.3}


@given(st.integers(1, 10**9), st.integers(0, 20), st.integers(1, 40), st.integers(0, 59), st.floats(0, 1))
def test_reprogramming_moves_what_is_not_paid_yet_and_no_cent_else(amount, start, months, clock, share):
    old, ledger = Grant("donor", "crisis", Line.DATA, amount, start, months), ledger_of(60)
    ledger.books.commit(old)
    reprogramme(ledger, clock, share)
    parts = ledger.grants
    assert sum(part.amount for part in parts) == amount
    paid = [sum(paid_in(part, month) for part in parts) for month in range(60)]
    assert paid[:clock] == [paid_in(old, month) for month in range(clock)]
    assert [part.line for part in parts if paid_in(part, 0, clock)] == [Line.DATA] * (old.paid_by(clock - 1) > 0)
    moved = sum(part.amount for part in parts if part.line != Line.DATA)
    assert moved == pytest.approx((amount - old.paid_by(clock - 1)) * share, abs=0.51)
    assert max(part.start + part.months for part in parts) <= start + months


@given(st.integers(1, 10**9), st.integers(0, 20), st.integers(1, 60), st.integers(0, 59), st.floats(0, 1))
def test_the_money_ledger_pays_reprogrammed_grants_to_the_cent(amount, start, months, clock, share):
    ledger = ledger_of(60)
    ledger.books.commit(Grant("donor", "crisis", Line.DATA, amount, start, months))
    for month in range(60):
        if month == clock:
            reprogramme(ledger, clock, share)
        ledger.disburse(month)
    assert sum(ledger.committed.values()) == amount
    for line in Line:
        assert ledger.disbursed[line] == sum(g.paid_by(59) for g in ledger.grants if g.line == line)


def test_when_an_emergency_breaks_running_money_goes_to_the_bottleneck():
    data = load("small").resolved()
    data["crises"]["valley"]["attention"] = {"news": {"month": "2023-09", "peak": 1.0}}

    def committed(share):
        scenario = load("small").parse(data | {"parameters": {**data["parameters"], "reprogramming": share}}, "small")
        table = CycleModel(scenario).run().observations.tables()["lines"]
        return {line: table["committed_cents"][table["line"] == line] for line in Line}

    moved, kept = committed(0.5), committed(0.0)
    assert all(moved[line][:8].tolist() == kept[line][:8].tolist() for line in Line)
    reported = (Line.TRAINING, Line.BACK_END, Line.ASSISTANCE, Line.RECEPTION)
    assert sum(moved[line][8] for line in reported) > sum(kept[line][8] for line in reported)
    assert all(moved[line][8] < kept[line][8] for line in Line if line not in reported)
    assert sum(moved[line][8] for line in Line) == sum(kept[line][8] for line in Line)


@pytest.mark.parametrize(("rates", "expected"), [([], 0), ([5.0], 0), ([5.0, 0.0], 0), ([1.0] * 4, 0.75)])
def test_diversity_is_the_chance_that_two_dollars_come_from_different_donors(rates, expected):
    donors = Donors.of([load("small").donors["Government"]] * len(rates), 1)
    donors.rate[:, 0] = rates
    assert commitments.diversity(0, donors) == pytest.approx(expected)


def test_response_plans_take_in_new_arrivals_with_a_lag():
    data = load("small").resolved()
    wave = {"month": "2023-06", "people": 2000, "settings": {"town": 1.0}}
    data["crises"]["valley"]["arrivals"]["fled"] = wave
    crisis = CycleModel(load("small").parse(data, "small")).crises["valley"]
    first, p = crisis.first_month, crisis.p
    seen = [planned(month - first, month, crisis.world.presence, p.record) for month in range(3, 9)]
    assert seen == pytest.approx([1, 1, *(1 - 0.5 * math.exp(-k / p.agenda_months) for k in (1, 2, 3, 4))])


def test_trafficking_can_have_a_line_in_one_plan_and_not_in_another():
    data = load("small").resolved()
    data["parameters"] |= {"line_hazard": 0.0, "line_end": 0.0, "outside_line": 0.5}  # lines stay as they are
    data["crises"]["hill"] = {**data["crises"]["valley"], "line": False}
    table = CycleModel(load("small").parse(data, "small"), twin=True).run().observations.tables()["months"]
    hill, valley = (table["committed_cents"][table["crisis"] == name].sum() for name in ("hill", "valley"))
    assert hill < valley


def test_nobody_spends_what_is_not_there():
    with pytest.raises(ValueError, match="training cannot spend 1 of 0 cents"):
        ledger_of(3).spend({Line.TRAINING: 1})


@given(st.integers(0, 10**14), st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e9)), min_size=1, max_size=9))
def test_a_sum_is_split_without_loss_as_exact_fractions_are(total, weights):
    parts = np.zeros(len(weights), dtype=np.int64)
    split(total, np.array(weights), parts)
    assert parts.tolist() == (exact(total, weights) if any(weights) else [0] * len(weights))


class Certain(Donor):
    """Believe in five per 1,000, whatever the evidence."""

    def believe(self, appeal, p):
        return Belief(math.log(5), 1e-6)


def test_a_donor_of_ones_own_takes_a_few_lines():
    model = CycleModel(load("small"), donor=Certain).run()
    assert all(d.beliefs["valley"].median == pytest.approx(5) for d in model.donors.values())


@pytest.mark.parametrize("months", [1, 5, 6, 9, 12, 24])
def test_successive_grants_pay_the_year_in_full(months):
    lengths, pieces = np.zeros(12), np.zeros(12, dtype=np.int64)
    number = commitments.successive(1_000_001, months, lengths, pieces)
    assert pieces[:number].sum() == 1_000_001 * max(months, 12) // 12
    assert lengths[:number].sum() == max(months, 12)
    assert set(lengths[: number - 1]) <= {months}  # each begins where the one before it ends


def test_the_length_of_grants_does_not_change_what_a_year_brings():
    short, long = (
        CycleModel(load("small").with_values({"grant_months": m, "multi_year_share": 0.0, "months": 60}), twin=True)
        for m in (6, 12)
    )
    paid = [model.run().observations.tables()["months"]["disbursed_cents"].sum() for model in (short, long)]
    assert paid[0] == pytest.approx(paid[1], rel=0.02)


def test_a_donor_whose_budget_ends_commits_nothing_from_its_next_decision():
    data = load("small").resolved()
    cut = {f"donors.{name}.budget": 0.0 for name in data["donors"]}
    data["changes"] = {"cut": {"from": "2023-07", "set": cut}}
    months = CycleModel(load("small").parse(data, "cut")).run().observations.tables()["months"]
    assert months["committed_cents"][12:].sum() == 0
    assert months["committed_cents"][:6].sum() > 0


def test_commitments_stay_within_budgets():
    """Planners ask for far more than there is, and wishes do not answer to budgets."""
    greedy = {"response_cost": 1e6, "ask_elasticity": 1.0, "budget_elasticity": 0.0, "inertia_years": 1}
    model = CycleModel(load("small").with_values({"donors.Government.budget": 1000.0, **greedy}), twin=True).run()
    assert sum(model.donors["Government"].rates.values()) == pytest.approx(1000)
    assert all(sum(donor.rates.values()) <= donor.budget * (1 + 1e-12) for donor in model.donors.values())


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


# ---------------------------------------------------------------- a donor by itself

MODEL = CycleModel(load("small"), twin=True)  # Mesa's agents need one


def values(**own):
    return Parameters({**load("small").parameter_values(), "herding": 0.0, "inertia_years": 1.0, **own})


def appeal(**own):
    """Return what donors see of a crisis of a million people where a tenth of 10 per 1,000 is reported."""
    of_a_million = {"in_need": 10**6, "people": 10**6, "ask": 0.4, "competing": 6e7, "cases": 1000.0}
    seen = {"crisis": "valley", "age": 60, "line": True, "planned": 1.0, "attention": 0.0, "years": 1.0}
    evidence = {"ideal_share": 0.1, "readings": (), "gaps": {Line.TRAINING: 0.8}, "in_place": None}
    return Appeal(**{**seen, **of_a_million, **evidence, **own})


def donor(p, name="Government", **own):
    """Return a donor of the small world that has begun, with a budget of 50 million and half of all money."""
    spec = load("small").donors[name].model_copy(update=own)
    someone = Donor(MODEL, name, spec, p)
    someone.budget = 5e7
    someone.begin([appeal()], 0.5, [0.0], 0, 1, p)
    return someone


def test_while_the_world_settles_donors_give_what_is_in_place_and_answer_no_appeal():
    p = values()
    for name in load("small").donors:
        someone = donor(p, name)
        for clock in range(24):
            seen = appeal(in_place=8e4, attention=1.0, level=1e6)
            someone.decide([seen], 0.5, clock, clock % 12 + 1, p)
        assert someone.rates["valley"] == pytest.approx(4e4)
        assert someone.beliefs["valley"].median != pytest.approx(someone.prior(p).median)


def test_money_is_in_place_until_month_0_and_donors_decide_from_then_on():
    scenario = load("unseen-crisis").with_values({"months": 36, "spin_up": 24})
    model = CycleModel(scenario, twin=True)
    while model.month < 0:
        model.step()
    given = sum(donor.rates["protracted"] for donor in model.donors.values())
    each = model.p.initial_funding / model.p.coded_share
    assert given == pytest.approx(model.crises["protracted"].in_need * each)
    while model.month < 12:
        model.step()
    assert sum(donor.rates["protracted"] for donor in model.donors.values()) != pytest.approx(given, rel=0.05)


def rate(p, seen, budget=5e7, name="Government"):
    """Return the yearly rate of a donor after a fiscal month."""
    someone = donor(p, name, fiscal_month=1)
    someone.budget = budget
    someone.decide([seen], 0.5, 0, 1, p)
    return someone.rates["valley"]


def believed(p, years, **own):
    someone = donor(p)
    return [someone.believe(appeal(**own), p) for _ in range(years)]


def test_equal_years_tell_no_more_than_one():
    at_once = believed(values(memory=1.0), 20)
    assert at_once == [at_once[0]] * 20
    slowly = believed(values(memory=0.08), 40)
    assert slowly[-1].mean == pytest.approx(at_once[0].mean)
    assert slowly[-1].variance == pytest.approx(at_once[0].variance)


def test_who_corrects_with_the_exact_share_believes_the_truth_where_cases_are_many():
    p = values(naivety=0.0, assumed_spread=0.7)
    corrected = believed(p, 60, cases=1e5, people=10**8, ideal_share=0.1)[-1]  # 10 per 1,000, a tenth reported
    assert corrected.median == pytest.approx(10, rel=1e-3)


def test_a_naive_donor_who_is_certain_of_its_share_believes_what_the_share_makes_of_the_count():
    p = values(naivety=1.0, assumed_spread=0.0, naive_detection_share=0.5)
    naive = believed(p, 60, cases=1e5, people=10**8, ideal_share=0.1)[-1]
    assert naive.median == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize("name", ["Government", "Southern-led fund"])
def test_news_moves_no_yearly_rate(name):
    p = values(forgotten=0.0)
    assert rate(p, appeal(attention=1.0), name=name) == rate(p, appeal(), name=name) > 0


def test_news_moves_flexible_money():
    p, given = values(media_multiplier=4.0, forgotten=0.0), {}
    for flexible in (0.0, 0.5):
        someone = donor(p, fiscal_month=12, flexible_share=flexible)
        before = someone.funding.ledger("valley").committed
        someone.decide([appeal(attention=1.0)], 0.5, 0, 3, p)
        given[flexible] = sum(someone.funding.ledger("valley").committed.values()) - sum(before.values())
    assert given[0.5] > given[0.0] == 0


@given(st.floats(0.1, 2.0), st.floats(0.0, 2.0), st.floats(0.0, 1.5))
def test_money_follows_budgets_with_its_elasticity_and_harder_by_way_of_local_actors(ratio, elasticity, harder):
    p = values(budget_elasticity=elasticity, local_cut=harder)
    for name, exponent in (("Government", elasticity), ("Southern-led fund", elasticity * (1 + harder))):
        less, usual = (rate(p, appeal(competing=4e8), budget, name) for budget in (5e7 * ratio, 5e7))
        assert less / usual == pytest.approx(ratio**exponent)


@pytest.mark.parametrize("harder", [0.0, 0.5, 1.5])
def test_where_nothing_is_cut_local_actors_receive_as_much_whatever_cuts_would_do(harder):
    given = (rate(values(local_cut=h), appeal(competing=1e6), name="Southern-led fund") for h in (0.0, harder))
    assert len(set(given)) == 1


@pytest.mark.parametrize("flexible", [0.0, 0.3, 1.0])
def test_a_forgotten_crisis_draws_more_of_flexible_money_only(flexible):
    seen = appeal()
    own, none = (values(forgotten=f) for f in (0.2, 0.0))
    someone = donor(own, flexible_share=flexible)
    assert someone.wants(seen, 0.0, own) == pytest.approx((1 + 0.2 * flexible) * someone.wants(seen, 0.0, none))
    in_the_news = appeal(attention=0.5)
    assert someone.wants(in_the_news, 0.0, own) == someone.wants(in_the_news, 0.0, none)


def test_what_is_asked_moves_donors_with_their_elasticity_from_the_reference_on():
    p = values(ask_reference=0.4, ask_elasticity=0.3, outside_line=0.25)
    someone = donor(p)
    assert someone.asked(appeal(ask=0.4), p) == pytest.approx(0.4 * 10**6)
    assert someone.asked(appeal(ask=0.8), p) == pytest.approx(0.4 * 10**6 * 2**0.3)
    assert someone.asked(appeal(ask=0.4, line=False), p) == pytest.approx(0.25 * 0.4 * 10**6)
    assert someone.asked(appeal(ask=0.0), p) == 0


def test_what_the_plan_does_not_know_yet_draws_no_more_than_exploration():
    p = values(exploration_floor=0.01)
    someone = donor(p)
    whole, half, none = (someone.wants(appeal(planned=share), 0.0, p) for share in (1.0, 0.5, 0.0))
    assert half == pytest.approx(whole / 2)
    assert none == pytest.approx(0.01 * someone.asked(appeal(), p))
