"""Plans: documented need, the ask, and the line; the same path in ledger and twin."""

import dataclasses
import math

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.model import looking_back
from cyclesim.model.cycle import CycleModel
from cyclesim.model.evidence.recording import Recording
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import Parameters
from cyclesim.model.planning import Documented, Planning
from cyclesim.model.published import PublishedEstimate
from cyclesim.model.state import gauges

SMALL = cs.load("small")
BASE = SMALL.parameter_values() | {"need_floor": 10.0}


def values(**own):
    return Parameters({**BASE, **own})


def told(published=0.0, specialists=0.0, readings=(), people=1_000_000):
    return Documented(people, published, specialists, readings)


def ask(plan, p):
    """Return what planners ask for, a person in need and year."""
    numbers = gauges()
    numbers[0].need = plan.need
    return looking_back.ask(numbers, p.records)


def planning(name="plan", line=False):
    return Planning(Luck(1).stream("valley", name), line)


def test_documented_need_is_what_the_three_sources_tell():
    p = values(naive_detection_share=0.5, specialist_reports=20.0, planned_share=0.02)
    reading = PublishedEstimate(math.log(15.0), 0.1, math.log(15.0), 0.1)
    assert told().per_million(p) == pytest.approx(10)
    assert told(published=30).per_million(p) == pytest.approx(10 + 60)
    assert told(specialists=2).per_million(p) == pytest.approx(10 + 40)
    assert told(readings=((reading, 0.5),)).per_million(p) == pytest.approx(10 + 0.5 * 0.02 * 15_000)
    both = told(published=30, readings=((reading, 0.5),))  # an estimate holds the people on record
    assert both.per_million(p) == pytest.approx(10 + 0.5 * 0.02 * 15_000)
    assert told(published=30, people=10**7).per_million(p) == pytest.approx(10 + 6)
    assert told(published=30, people=0).per_million(p) == 0


@pytest.mark.parametrize("line", [True, False])
def test_a_scenario_s_line_stands_until_month_0(line):
    p, plan = values(line_hazard=50.0, line_end=50.0, line_cases=1e9), planning(line=line)
    for year in range(2013, 2023):
        plan.plan(year, 0, told(), p, settling=True)
        assert plan.line == line
    plan.plan(2023, 0, told(), p, settling=False)
    assert plan.line != line


def test_the_ask_follows_what_is_documented_over_plan_years():
    p, plan = values(plan_years=4.0, response_cost=1000.0, naive_detection_share=1.0), planning()
    plan.plan(2023, 5, told(), p, settling=False)
    assert ask(plan, p) == pytest.approx(10e-6 * 1000)
    plan.plan(2023, 6, told(published=90), p, settling=False)  # nobody plans but in January
    assert plan.need == pytest.approx(10)
    for year in range(2024, 2024 + 200):
        before = plan.need
        plan.plan(year, 0, told(published=90), p, settling=False)
        assert plan.need == pytest.approx(before + (100 - before) / 4)
    assert ask(plan, p) == pytest.approx(100e-6 * 1000)


def test_lines_come_and_go_at_their_hazards():
    p = values(line_hazard=0.2, line_end=0.5, champion=0.0, line_cases=1e9)
    lines = []
    for crisis in range(300):
        plan = Planning(Luck(2).stream(f"crisis {crisis}", "response plans"), False)
        for year in range(1990, 2031):
            plan.plan(year, 0, told(), p, settling=False)
        lines.append(plan.line)
    on, off = -math.expm1(-0.2), -math.expm1(-0.5)
    expected = on / (on + off)
    assert np.mean(lines) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 300))


def test_documented_need_and_a_champion_make_a_line_more_likely_and_keep_it():
    for line in (False, True):
        poor, rich = planning(line=line), planning(line=line)
        poor.need, rich.need = 10.0, 500.0
        assert poor.chance(values()) < rich.chance(values())
    alone = planning()
    alone.need = 10.0
    assert alone.chance(values(champion=0.0)) < alone.chance(values(champion=1.0))


def test_a_line_is_the_same_in_ledger_and_twin_where_what_is_documented_is():
    world = SMALL.with_values({"months": 60, "line_hazard": 0.4, "line_end": 0.4, "line_cases": 1e6, "champion": 0})
    ledger, twin = (CycleModel(world, twin=t).run().observations.tables()["months"] for t in (False, True))
    assert ledger["plan_line"].tolist() == twin["plan_line"].tolist()
    assert 0 < ledger["plan_line"].mean() < 1


def test_recording_practice_is_stationary_with_the_memory_it_states():
    p = values(recording_noise=0.5, recording_memory=0.6)
    paths = np.log(
        [[Recording(Luck(s).stream("c", "practice")).factor(y, p) for y in range(2000, 2003)] for s in range(800)]
    )
    assert paths.std(axis=0) == pytest.approx(0.5, abs=0.05)
    assert np.exp(paths).mean() == pytest.approx(1.0, abs=0.06)
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] == pytest.approx(0.6, abs=0.08)
    assert np.corrcoef(paths[:, 0], paths[:, 2])[0, 1] == pytest.approx(0.36, abs=0.1)


def test_recording_practice_is_a_function_of_crisis_and_year_alone():
    p = values(recording_noise=0.5)
    one, two = (Recording(Luck(3).stream("c", "practice")) for _ in range(2))
    forward = [one.factor(year, p) for year in range(2000, 2010)]
    assert forward == [two.factor(year, p) for year in reversed(range(2000, 2010))][::-1]
    assert one.factor(2001, values(recording_noise=0.0)) == 1.0


def test_donors_give_more_the_more_is_asked_with_the_elasticity_they_have():
    money = []
    for cost in (1000.0, 2000.0):
        world = SMALL.with_values({"months": 120, "response_cost": cost, "ask_elasticity": 0.5, "herding": 0.0})
        model = CycleModel(world, twin=True)
        model.step()
        (appeal,) = model.funding.appeals.views(["valley"])
        donor = next(iter(model.donors.values()))
        money.append(donor.wants(appeal, 0.0, model.p))
    assert money[1] / money[0] == pytest.approx(2**0.5)


def test_without_a_line_donors_give_the_share_outside_of_it():
    money = []
    for line in (True, False):
        world = SMALL.with_values({"crises.valley.line": line, "outside_line": 0.25})
        model = CycleModel(world, twin=True)
        model.step()
        (appeal,) = model.funding.appeals.views(["valley"])
        donor = next(iter(model.donors.values()))
        money.append(donor.wants(dataclasses.replace(appeal, line=line), 0.0, model.p))
    assert money[1] / money[0] == pytest.approx(0.25)
