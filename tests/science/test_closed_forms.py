"""The engine against exact results, with the feedback switched off."""

import math

import numpy as np
import pytest

from cyclesim.model.arithmetic import exponential
from cyclesim.model.luck import Luck
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.model.people.pool import Pool
from cyclesim.model.people.risks import RISKS
from cyclesim.model.practice.back_end import ANSWERED, LAPSED, WAITS
from queues import serve

PEOPLE = 200_000
NO_RETURN = np.zeros(2)
FORMS = np.tile([0.2, 0.4, 0.6, 0.8, 1.0], (6, 1))


def ledger(people=PEOPLE, seed=1):
    cohort = Cohort("camp/women/internally_displaced/all", "camp", "women", "internally_displaced", people, 0, 0)
    cohorts = Cohorts([cohort], "crisis", Luck(seed))
    return Ledger(cohorts, Layout.of(("camp",), [cohort]))


def expose(book, month, entry, risks, forward=0.0, again=NO_RETURN, return_months=24):
    hazards = np.repeat(np.asarray(risks, dtype=float)[:, None], book.layout.cells, axis=1)
    coming, nobody = np.full(book.layout.cells, forward), np.zeros(book.layout.cells)
    book.expose(month, np.array([entry]), again, return_months, hazards, coming, nobody, FORMS)


def exits(escape=0.0, death=0.0, channels=(0.0,) * 4, investigation=0.0):
    return [escape, death, *channels, investigation]


def test_the_ladder_has_the_distribution_of_ordered_unit_exponentials():
    """Those passed at a cumulative hazard are the share 1 - exp(-hazard), as close as Kolmogorov allows at 0.1 %."""
    people = 1_000_000
    cohort = Cohort("camp", "camp", "women", "internally_displaced", people, 0, 0)
    book, passed = Cohorts([cohort], "crisis", Luck(5)), []
    for month in range(2000):
        _, rank = book.expose(month, np.array([0.005]))
        passed.extend(rank.tolist())
        expected = -math.expm1(-0.005 * (month + 1))
        assert abs(len(passed) / people - expected) < 1.95 / math.sqrt(people)
    assert passed == list(range(len(passed)))
    book.expose(2000, np.array([100.0]))
    assert book.passed() == people


@pytest.mark.parametrize("entry", [1e-4, 5e-3, 0.5])
def test_first_entries_follow_the_exponential_of_the_cumulative_hazard(entry):
    book = ledger()
    for month in range(24):
        expose(book, month, entry, exits())
    chance = -math.expm1(-24 * entry)
    error = math.sqrt(PEOPLE * chance * (1 - chance))
    assert abs(book.exploited.size - PEOPLE * chance) < 4 * error


def test_stock_and_flows_under_constant_hazards_match_the_exact_solution():
    entry, leave, months = 0.004, 0.08, 60
    book, escaped = ledger(), 0
    for month in range(months):
        expose(book, month, entry, exits(escape=leave))
        escaped += book.flows.escaped
    ages = np.arange(months)  # months of exposure to leaving: it begins the month after entry
    entered = np.exp(-entry * np.arange(months))[::-1] * -math.expm1(-entry)
    chance = float((entered * np.exp(-leave * ages)).sum())
    gone = float((entered * -np.expm1(-leave * ages)).sum())
    for seen, expected in ((book.exploited.size, chance), (escaped, gone)):
        assert abs(seen - PEOPLE * expected) < 4 * math.sqrt(PEOPLE * expected * (1 - expected))


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_competing_risks_strike_in_proportion_to_their_hazards_whatever_the_length_of_a_month(scale):
    """The earliest crossing within the month wins, so shares do not depend on the step."""
    risks = np.array(exits(0.3, 0.1, (0.2, 0.15, 0.1, 0.05), 0.1)) * scale
    book = ledger(20_000)
    expose(book, 0, 100.0, np.zeros(RISKS))  # everybody enters in the first month
    referred = died = escaped = 0
    for month in range(1, 8):
        expose(book, month, 0.0, risks)
        referred += book.flows.referred
        died += book.flows.died
        escaped += book.flows.escaped
        everyone = book.waiting.size
        book.settle(
            np.full(everyone, WAITS), np.full(everyone, np.inf), np.zeros(everyone), np.zeros(book.layout.cells)
        )
        book.waiting.keep(np.zeros(everyone, dtype=bool))  # take the referred away, so that nothing else befalls them
    total = referred + died + escaped
    for seen, share in ((referred, 0.6), (died, 0.1), (escaped, 0.3)):
        assert abs(seen - total * share) < 4 * math.sqrt(total * share * (1 - share))


def test_recurring_episodes_have_the_rate_of_their_hazard():
    """A renewal process: a month in exploitation, then a geometric number of months until the return."""
    people, hazard, months = 20_000, 0.05, 60
    book, returned = ledger(people), []
    expose(book, 0, 100.0, exits())
    for month in range(1, months):
        expose(book, month, 0.0, exits(escape=1e6), again=np.array([hazard, hazard]), return_months=999)
        returned.append(book.flows.retrafficked)
    chance = -math.expm1(-hazard)
    free = np.zeros(months)  # share of people out of exploitation and exposed as a month begins
    entered = np.zeros(months)
    for month in range(1, months):
        free[month] = free[month - 1] - entered[month - 1] + (entered[month - 2] if month > 2 else month == 2)
        entered[month] = free[month] * chance
    expected = people * entered.sum()
    assert abs(sum(returned) - expected) < 4 * math.sqrt(expected)


def test_survivors_settle_when_the_time_at_raised_risk_is_over():
    people, hazard, months = 50_000, 0.012, 24
    book = ledger(people)
    expose(book, 0, 100.0, exits())
    expose(book, 1, 0.0, exits(escape=1e6))
    for month in range(2, 60):
        expose(book, month, 0.0, exits(), again=np.array([hazard, hazard]))
    chance = -math.expm1(-hazard * months)
    assert abs(book.exploited.size - people * chance) < 4 * math.sqrt(people * chance * (1 - chance))
    assert book.exploited.size + book.settled == people


def erlang_c(servers, load):
    top = load**servers / math.factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / math.factorial(k) for k in range(servers)) + top)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 2.0), (10, 8.0)])
def test_the_queue_has_the_waiting_times_of_erlang(servers, load):
    """M/M/c with endless patience: mean wait = C(c, a) / (c - a) services, share waiting = C(c, a)."""
    service, months, monthly = 0.4, 4_000, load / 0.4
    rng = np.random.Generator(np.random.Philox(11))
    busy, waits, arrived = [], [], np.empty(0)
    length = np.empty(0)
    for month in range(months):
        new = np.sort(rng.random(rng.poisson(monthly))) + month
        arrived = np.concatenate([arrived, new])
        length = np.concatenate([length, np.array([exponential(u) for u in rng.random(new.size)]) * service])
        never = np.full(arrived.size, np.inf)
        outcome, when = serve(arrived, never, length, busy, servers, month, month + 1, np.inf)
        waits.append((when - arrived)[outcome == ANSWERED])
        arrived, length = arrived[outcome == WAITS], length[outcome == WAITS]
    means = np.array([w.mean() if w.size else 0.0 for w in (np.concatenate(b) for b in batched(waits, 100))])
    delayed = np.array([(np.concatenate(b) > 0).mean() for b in batched(waits, 100)])
    chance = erlang_c(servers, load)
    wait = chance * service / (servers - load)
    for seen, expected in ((means, wait), (delayed, chance)):
        assert abs(seen.mean() - expected) < 4 * seen.std(ddof=1) / math.sqrt(seen.size) + 0.02 * expected


def batched(items, size):
    return [items[i : i + size] for i in range(0, len(items), size)]


def test_a_queue_without_places_lets_everybody_lapse_at_the_end_of_patience():
    arrived = np.array([0.1, 0.2, 0.9])
    outcome, when = serve(arrived, np.full(3, np.inf), np.ones(3), [], 0, 0, 1, 0.5)
    assert outcome.tolist() == [LAPSED, LAPSED, WAITS]
    assert when[:2] == pytest.approx([0.6, 0.7])


def test_a_cut_of_places_ends_no_case_and_gives_none_back_early():
    busy = [10.1, 10.2]
    never = np.array([np.inf])
    for start, slots in ((1, 1), (2, 2)):
        outcome, _ = serve(np.array([start + 0.5]), never, np.ones(1), busy, slots, start, start + 1, np.inf)
        assert outcome.tolist() == [WAITS]
        assert sorted(busy) == [10.1, 10.2]
    outcome, when = serve(np.array([2.5]), never, np.ones(1), busy, 1, 10, 11, np.inf)
    assert when == pytest.approx([10.2])  # with one place, both must have ended


def test_first_come_is_first_served():
    arrived, never = np.array([0.0, 0.1, 0.2]), np.full(3, np.inf)
    outcome, when = serve(arrived, never, np.array([0.3, 0.3, 0.3]), [], 1, 0, 1, 9.0)
    assert outcome.tolist() == [ANSWERED] * 3
    assert when == pytest.approx([0.0, 0.3, 0.6])


@pytest.mark.parametrize(("low", "high"), [(0.001, 0.0011), (0.001, 0.02)])
def test_people_first_trafficked_at_lower_hazard_are_a_prefix_of_those_at_higher(low, high):
    entered = []
    for hazard in (low, high):
        book = ledger(5_000)
        for month in range(12):
            expose(book, month, hazard, exits())
        ranks = book.exploited.who[Pool.RANK]
        assert sorted(ranks.tolist()) == list(range(ranks.size))
        entered.append((set(ranks.tolist()), book))
    assert entered[0][0] < entered[1][0]
    same = len(entered[0][0])
    assert (entered[0][1].exploited.who[:2, :same] == entered[1][1].exploited.who[:2, :same]).all()
