"""From cases to suspects, investigations and convictions."""

import pytest

from cyclesim.inputs.files import load
from cyclesim.model.cycle import CycleModel
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice import justice
from cyclesim.model.state import gauges

P = Parameters(load("small").parameter_values())


def settled(investigators, completed=10.0, assisted=10.0, months=600):
    cases = gauges()
    for _ in range(months):
        justice.step(completed, assisted, float(investigators), cases, P.records)
    return cases[0]


def test_with_investigators_for_all_convictions_are_their_share_of_suspects():
    found = settled(1e6)
    assert found.open_cases == pytest.approx(found.expected_suspects * P.investigation_months)
    assert found.expected_convictions == pytest.approx(found.expected_suspects * P.conviction)


def test_too_few_investigators_leave_suspects_without_a_result():
    enough = 10.0 * P.suspects_per_case * P.investigation_months / P.investigator_caseload
    half, none = settled(enough / 2), settled(0.0)
    assert half.expected_convictions == pytest.approx(settled(enough).expected_convictions / 2)
    assert none.expected_convictions == 0
    assert none.open_cases == pytest.approx(half.open_cases)  # closed at the same pace


def test_convictions_need_survivors_who_can_testify():
    with_all, with_none = settled(1e6), settled(1e6, assisted=0.0)
    assert with_none.expected_convictions == pytest.approx((1 - P.testimony) * with_all.expected_convictions)


def test_help_tied_to_police_leaves_fewer_prosecutions_and_more_people_harmed_again():
    world = load("baseline").with_values({"months": 36, "spin_up": 0})
    path = "crises.protracted.back_ends.national."
    numbers = {"reception": 2000, "caseworkers": 2000, "assistance_places": 5000}
    ample = {"paid_by_others": 1.0, **{path + name: number for name, number in numbers.items()}}
    totals = {}
    for conditional in (0.0, 1.0):
        months = (
            CycleModel(world.with_values({path + "conditional": conditional, **ample}), twin=True)
            .run()
            .observations.tables()["months"]
        )
        totals[conditional] = {name: months[name].sum() for name in ("suspects", "convictions", "retrafficked")}
    for name in ("suspects", "convictions"):
        assert totals[1.0][name] < 0.9 * totals[0.0][name]
    again, entered = totals[1.0]["retrafficked"], totals[0.0]["retrafficked"]
    assert again > entered
