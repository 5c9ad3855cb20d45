"""The fluid queue against closed forms, and against the queue of single cases where these are many."""

import math

import numpy as np
import pytest

from cyclesim.model.arithmetic import exponential
from cyclesim.model.practice.back_end import ANSWERED, LAPSED, WAITS
from queues import flow, serve

SERVICE = 0.75


def run(monthly, months, places, patience, leaving=0.0, turning=0.0, own=0.0):
    """Feed a server the same number of cases every month; return answered, lapsed, waiting and places, by month."""
    busy, line, seen = 0.0, [], []
    for month in range(months):
        line.append((month, month + 1.0, 1.0))  # first, last, share of the month's cases still in exploitation
        batches = [(a, b, own, monthly * left, turning * monthly * left) for a, b, left in line]
        fates, busy = flow(batches, busy, places[month], SERVICE, patience, leaving, month)
        sums = [
            sum(sum(f.stayed[k] * left for f, (*_, left) in zip(fates, line, strict=True)) for k in (j,))
            for j in range(3)
        ]
        gone = sum(sum(f.left) * left for f, (*_, left) in zip(fates, line, strict=True))
        waited = sum(f.waited * left for f, (*_, left) in zip(fates, line, strict=True))
        for fate in fates:
            assert sum(fate.stayed) + sum(fate.left) == pytest.approx(1, abs=1e-9)
            assert min(*fate.stayed, *fate.left) >= -1e-12
        line = [
            (f.head, b, left * f.stayed[2])
            for f, (_, b, left) in zip(fates, line, strict=True)
            if f.stayed[2] + f.left[2] > 0
        ]
        seen.append((*(monthly * value for value in (*sums, gone, waited)), busy))
    return np.array(seen)


def test_below_capacity_nobody_waits_and_places_fill_as_in_an_endless_clinic():
    seen = run(40.0, 12, [100.0] * 12, 1.0)
    answered, lapsed, waiting, _, waited, busy = seen.T
    assert answered == pytest.approx(np.full(12, 40.0))
    assert not lapsed.any()
    assert not waiting.any()
    assert not waited.any()
    assert busy == pytest.approx(40.0 * SERVICE * -np.expm1(-np.arange(1, 13) / SERVICE))


def test_above_capacity_those_answered_have_waited_as_long_as_patience_lasts():
    places, monthly = 30.0, 100.0
    answered, lapsed, waiting, _, waited, busy = run(monthly, 24, [places] * 24, 1.0).T
    assert answered[4:] == pytest.approx(np.full(20, places / SERVICE))
    assert lapsed[4:] == pytest.approx(np.full(20, monthly - places / SERVICE))
    assert waiting[4:] == pytest.approx(np.full(20, monthly))
    assert waited[4:] / answered[4:] == pytest.approx(np.full(20, 1.0))
    assert busy == pytest.approx(np.full(24, places))


def test_with_endless_patience_the_queue_takes_all_that_places_cannot():
    places, monthly, months = 30.0, 100.0, 12
    answered, lapsed, waiting, *_ = run(monthly, months, [places] * months, 999.0).T
    full = SERVICE * math.log(monthly * SERVICE / (monthly * SERVICE - places))  # places are full after so long
    total = monthly * full + places / SERVICE * (months - full)
    assert answered.sum() == pytest.approx(total, rel=1e-9)
    assert waiting[-1] == pytest.approx(monthly * months - total, rel=1e-9)
    assert not lapsed.any()


@pytest.mark.parametrize("patience", [0.3, 1.0, 2.5])
def test_without_places_everybody_lapses_at_the_end_of_patience(patience):
    answered, lapsed, waiting, *_ = run(10.0, 12, [0.0] * 12, patience).T
    assert not answered.any()
    assert lapsed.sum() == pytest.approx(10.0 * (12 - patience))
    assert waiting[-1] == pytest.approx(10.0 * patience)


def test_without_cases_casework_runs_out():
    fates, busy = flow([], 8.0, 10.0, SERVICE, 1.0, 0.0, 0.0)
    assert fates == []
    assert busy == pytest.approx(8.0 * math.exp(-1.0 / SERVICE))


def test_who_leaves_while_waiting_leaves_at_the_hazard_of_leaving():
    leaving, patience = 0.2, 1.0
    answered, lapsed, waiting, gone, *_ = run(10.0, 24, [0.0] * 24, patience, leaving).T
    assert lapsed[4:] == pytest.approx(np.full(20, 10.0 * math.exp(-leaving * patience)), rel=2e-3)
    assert gone[4:] == pytest.approx(np.full(20, -10.0 * math.expm1(-leaving * patience)), rel=2e-2)
    assert waiting[-1] == pytest.approx(-10.0 * math.expm1(-leaving * patience) / leaving, rel=2e-2)
    assert answered.sum() == 0


def test_a_cut_of_places_ends_no_case():
    places = [100.0] * 6 + [5.0] * 6
    *_, busy = run(100.0, 12, places, 1.0).T
    before = busy[5]
    for month in range(6, 9):
        assert busy[month] == pytest.approx(max(before * math.exp(-(month - 5) / SERVICE), 5.0))


@pytest.mark.parametrize("patience", [0.4, 1.0, 2.2])
@pytest.mark.parametrize("load", [0.6, 0.95, 1.5, 4.0])
def test_the_queue_of_single_cases_comes_to_the_fluid_where_cases_are_many(patience, load):
    """Places that come and go, months that differ: shares of outcomes agree within some per cent of the arrivals."""
    monthly, months = 1_200.0, 14
    places = monthly * SERVICE / load * np.array([1, 1, 1, 1.3, 1.3, 0.9, 0.9, 0.9, 1.6, 1, 1, 1, 1, 1])
    answered, lapsed, waiting, _, waited, busy = run(monthly, months, places, patience).T
    rng = np.random.Generator(np.random.Philox(5))
    arrived, length, active, counts = np.empty(0), np.empty(0), [], []
    for month in range(months):
        new = np.sort(rng.random(int(monthly))) + month
        arrived, length = (
            np.concatenate([arrived, new]),
            np.concatenate([length, np.array([exponential(u) for u in rng.random(new.size)]) * SERVICE]),
        )
        never = np.full(arrived.size, np.inf)
        outcome, when = serve(arrived, never, length, active, int(places[month]), month, month + 1, patience)
        done = outcome == ANSWERED
        counts.append((done.sum(), (outcome == LAPSED).sum(), (outcome == WAITS).sum(), (when - arrived)[done].sum()))
        arrived, length = arrived[outcome == WAITS], length[outcome == WAITS]
    seen = np.array(counts, dtype=float).T
    assert abs(seen[0].sum() - answered.sum()) < 0.015 * monthly * months
    assert abs(seen[1].sum() - lapsed.sum()) < 0.015 * monthly * months
    assert np.abs(seen[2] - waiting).max() < 0.1 * monthly
    assert abs(seen[3].sum() - waited.sum()) < 0.03 * monthly * months
    assert abs(sum(time > months for time in active) - busy[-1]) < 0.05 * monthly
