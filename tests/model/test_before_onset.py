"""People who are at home before they are displaced, and what an onset does to those who could help them."""

import numpy as np
import pytest

from cyclesim.errors import ScenarioError
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from science.worlds import assert_same, table

ONSET = 10


def world(month="2023-11", **more):
    """Return the small world, where half the people are at home in the town until they flee to the camp."""
    data = load("small").resolved()
    crisis = data["crises"]["valley"]
    crisis["arrivals"] = {
        "stay": {"people": 20_000, "settings": {"town": 1.0}, "statuses": {"host_community": 1.0}, "in_need": False},
        "flee": {"people": 20_000, "settings": {"camp": 1.0}, "month": month, "home": "town"},
    }
    return Scenario.parse(data | {"parameters": {"incidence": 0.003}, **more}, "flight")


def by_setting(scenario, measure, **options):
    rows = CycleModel(scenario, **options).run().observations.tables()["settings"]
    return {name: rows[measure][rows["setting"] == name] for name in ("camp", "town")}


def test_the_same_people_are_there_before_and_after():
    months = table(world())
    assert set(months["people"]) == {40_000}
    assert months["in_need"][:ONSET].tolist() == [0] * ONSET
    assert set(months["in_need"][ONSET:]) == {20_000}
    assert months["requirement_cents"][:ONSET].sum() == 0 < months["requirement_cents"][ONSET:].min()


def test_people_are_trafficked_where_they_live():
    entered = by_setting(world(), "newly_exploited")
    assert entered["camp"][:ONSET].sum() == 0 < entered["camp"][ONSET:].sum()
    assert entered["town"][:ONSET].sum() > 0


def test_nothing_moves_before_the_first_month_that_differs():
    assert_same(table(world()), table(world("2024-03")), until=ONSET)


def test_the_displaced_are_at_higher_risk_than_they_were_at_home():
    at_home = world("2024-12").with_values({"months": 24})  # flight in the last month
    rates = [by_setting(s, "newly_exploited", twin=True) for s in (world(), at_home)]
    late = slice(ONSET + 1, 23)
    fled, stayed = (rate["camp"][late].sum() + rate["town"][late].sum() for rate in rates)
    assert fled > 1.5 * stayed


def test_home_needs_a_month_and_a_setting_of_the_crisis():
    data = world().resolved()
    wave = data["crises"]["valley"]["arrivals"]["flee"]
    wave["home"] = "twon"
    with pytest.raises(ScenarioError, match="Did you mean 'town'"):
        Scenario.parse(data, "flight")
    del wave["month"]
    with pytest.raises(ScenarioError, match="goes with month only"):
        Scenario.parse(data, "flight")


def test_an_onset_takes_local_staff_away_and_they_come_back_slowly():
    staff = table(world())["frontline_staff"]
    before, hit, later = staff[ONSET - 1], staff[ONSET], staff[ONSET + 12]
    assert hit < 0.9 * before
    assert np.all(np.diff(staff[ONSET + 3 :]) > 0)  # uprooted people are settled a quarter later
    assert hit < later < before
