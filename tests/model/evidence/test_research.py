"""Studies and surveys: what is published, when, and how estimators fail where little is found."""

import math

import numpy as np
import pytest

from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import parameters
from cyclesim.model.cycle import CycleModel
from cyclesim.model.evidence.lists import HISTORIES, LISTS, NOBODY, SOURCES, Histories, chances, realised
from cyclesim.model.evidence.research import Research, study
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import Parameters

PEOPLE = 100_000


def values(**changed):
    return Parameters({name: quantity.value for name, quantity in parameters().items()} | changed)


def table(**cells):
    linked = np.zeros(HISTORIES)
    for name, count in cells.items():
        linked[int(name[1:], 2)] = count
    return Histories(linked, linked)


def test_two_independent_lists_give_lincoln_and_petersens_number():
    found = study(table(b01=80, b10=180, b11=20), PEOPLE)
    assert found.estimate == pytest.approx(1000 / PEOPLE * 100 * 200 / 20)
    assert found.low < found.estimate < found.high
    assert found.low > 1000 / PEOPLE * 280  # nobody who was seen is missing


def test_without_overlap_there_is_no_estimate():
    assert study(table(b01=80, b10=180), PEOPLE).refused
    assert study(NOBODY, PEOPLE).refused
    assert study(table(b01=80, b10=180, b11=20), 0).refused


def test_a_study_is_published_late_and_read_for_a_year():
    p = values(reporting_lag=3, estimate_weight=0.5, gatekeeping=0.2)
    research = Research(None)
    research.study_lists(table(b01=80, b10=180, b11=20), 11, PEOPLE, p)
    assert [clock for clock in range(40) if research.published(clock, p)] == list(range(14, 26))
    ((reading, weight),) = research.published(20, p)
    assert weight == pytest.approx(0.5 * 0.8)
    assert math.exp(reading.raw) == pytest.approx(10)
    assert research.published(20, values(estimate_weight=0.0)) == ()
    assert research.overlap == pytest.approx(20 / 280)


def test_a_study_without_an_answer_publishes_nothing():
    p, research = values(reporting_lag=0, estimate_weight=1.0), Research(None)
    research.study_lists(table(b01=80, b10=180), 11, PEOPLE, p)
    assert research.latest_study.refused
    assert not research.published(11, p)


def test_hazards_are_added_up_over_each_year_of_the_simulation():
    model = CycleModel(load("small"), twin=True)
    hazards, added = model.crises["valley"].world.hazards, 0.0
    for clock in range(30):
        model.step()
        added = hazards.rates + (added if clock % 12 else 0.0)
        assert np.array_equal(hazards.of_year, added)


def test_surveys_are_held_at_their_rate_and_the_first_at_once():
    p = values(surveys_a_year=0.5, survey_months=0, gatekeeping=0.0)
    research, held = Research(Luck(1).stream("crisis", "survey")), []
    for clock in range(60):
        if research.accrue_survey(p):
            research.hold_survey(clock, 0.01, p)
            held.append(clock)
    assert held == [0, 24, 48]
    assert not research.accrue_survey(values(surveys_a_year=0.0))


def test_a_survey_that_cannot_be_paid_waits_and_does_not_pile_up():
    p, research = values(surveys_a_year=1.0), Research(None)
    assert all(research.accrue_survey(p) for _ in range(40))
    research.hold_survey(40, 0.01, p)
    assert not research.accrue_survey(p)


def test_what_is_held_back_counts_for_less():
    research = Research(None)
    research.hold_survey(0, 0.01, values(survey_months=0))
    for gatekeeping, weight in ((0.0, 1.0), (0.25, 0.75)):
        assert research.published(0, values(gatekeeping=gatekeeping))[0][1] == weight
    assert research.published(0, values(gatekeeping=1.0)) == ()


def test_samples_have_luck_of_their_month_and_of_nothing_else():
    def asked(clock, prevalence):
        research = Research(Luck(5).stream("crisis", "survey"))
        research.hold_survey(clock, prevalence, values())
        return research.latest_survey.raw

    assert asked(3, 0.01) == asked(3, 0.01)
    assert asked(3, 0.01) <= asked(3, 0.02)
    assert len({asked(clock, 0.01) for clock in range(12)}) > 4


def trap(share, seeds=200, victims=2_000, **changed):
    """Return estimate / truth (NaN if refused) over worlds in which this share of the victims is identified."""
    p = values(record_sharing=1, missing_fields=0, false_links=0, list_dependence=0)
    sizes = np.array([0.18, 0.05, 0.12, 0.25, 0.40])
    p.change("forward_lists", dict(zip(p.forward_lists, sizes.tolist(), strict=True)))
    for name, value in changed.items():
        p.change(name, value)
    rates = np.zeros((SOURCES, 1))
    rates[-1] = share / 7.5  # a month; see record_months
    chance = chances(p, np.zeros((4, 1, LISTS)), rates, np.zeros(1, dtype=int), 0.0)
    result = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, round(1000 * share)])
        number = rng.binomial(victims, share)
        one = np.zeros(number, dtype=int)
        found = realised(chance, one, one + SOURCES - 1, rng.random((number, 16)))
        answer = study(found, 1000.0)
        result.append(math.nan if answer.refused else answer.estimate / victims)
    return np.array(result)


def test_the_estimator_sits_in_the_trap_too():
    """Few found: lists do not overlap, and where they do the estimate is too low; many found: about right."""
    at = {share: trap(share) for share in (0.02, 0.05, 0.10, 0.20)}
    refused = [float(np.isnan(found).mean()) for found in at.values()]
    assert refused == sorted(refused, reverse=True)
    assert 0.6 < refused[0] < 0.9  # 0.75 in the evidence
    assert 0.03 < refused[1] < 0.3  # 0.15
    assert refused[3] == 0
    assert np.nanmedian(at[0.02]) < 0.5
    assert 0.8 < np.nanmedian(at[0.20]) < 1.2


def test_dependence_and_false_links_bias_estimates_down_and_missed_links_up():
    plain = np.nanmedian(trap(0.2, 40))
    assert np.nanmedian(trap(0.2, 40, list_dependence=0.7)) < 0.8 * plain
    assert np.nanmedian(trap(0.2, 40, false_links=0.005)) < 0.97 * plain
    assert np.nanmedian(trap(0.2, 40, missing_fields=0.24)) > 1.2 * plain
    assert np.nanmedian(trap(0.2, 40, record_sharing=0.6)) == pytest.approx(plain, rel=0.15)
