"""Departures: people return or move on, by luck of their own that no policy moves."""

import math

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.errors import ScenarioError
from cyclesim.model.cycle import CycleModel
from cyclesim.model.luck import DEPARTURE_PAGE, Luck, scattered
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.twin.twin import Twin
from cyclesim.vocabulary import Form, Group

SIZE, HAZARD, LEAVES = 40_000, 0.004, 0.03


def cohorts(seed=1, departure=LEAVES, departs=()):
    traits = {"departure": departure, "departs": departs}
    return Cohorts([Cohort("c", "s", "women", "regular_status", SIZE, 0, 0, **traits)], "crisis", Luck(seed))


def entries(found, hazard=HAZARD, months=60):
    """Return the ranks that enter, month by month."""
    return [found.expose(month, np.array([hazard]))[1].tolist() for month in range(months)]


def expected(months, hazard=HAZARD, departure=LEAVES):
    """Closed form: of those whose threshold falls in a month, the share that has not left by then enters."""
    month = np.arange(months)
    return SIZE * np.exp(-hazard * month) * -math.expm1(-hazard) * np.exp(-departure * month)


def test_entries_have_their_closed_form():
    found = [len(month) for month in entries(cohorts())]
    assert sum(found) == pytest.approx(expected(60).sum(), abs=4 * math.sqrt(expected(60).sum()))
    late = slice(30, 60)
    assert sum(found[late]) == pytest.approx(expected(60)[late].sum(), abs=4 * math.sqrt(expected(60)[late].sum()))


def of_twin(departure=LEAVES, departs=(), months=60):
    """Return the people whom the twin expects to enter, month by month, and the twin."""
    found = cohorts(departure=departure, departs=departs)
    twin = Twin(found, Layout.of(("s",), found.cohorts))
    forms = np.linspace(0, 1, len(Form) + 1)[1:-1] * np.ones((len(Group), 1))
    new = []
    for month in range(months):
        twin.expose(month, np.array([HAZARD]), np.zeros(2), -np.inf, forms)
        new.append(twin.flows.newly_trafficked)
    return np.array(new), twin


def test_the_twin_has_the_closed_form_to_the_last_digits():
    new, twin = of_twin()
    assert new == pytest.approx(expected(60), rel=1e-12)
    assert twin.reached() == pytest.approx(new.sum(), rel=1e-12)
    both = HAZARD + LEAVES
    in_continuous_time = SIZE * HAZARD / both * -math.expm1(-both * 60)
    half_a_month = 1 + LEAVES / 2  # who has left is settled at the beginning of a month, not in the course of it
    assert new.sum() == pytest.approx(half_a_month * in_continuous_time, rel=2e-4)


def test_in_the_twin_a_dated_departure_takes_its_share():
    whole, _ = of_twin(departure=0.0)
    new, _ = of_twin(departure=0.0, departs=((12, 0.25), (30, 1.0)))
    assert new == pytest.approx(whole * np.repeat([1.0, 0.75, 0.0], [12, 18, 30]))


def test_without_departures_nobody_has_left_the_twin_to_the_last_bit():
    _, twin = of_twin(departure=0.0)
    assert (twin.passed() == twin.reached()).all()


def test_without_departures_nothing_moves():
    assert entries(cohorts(departure=0.0)) == entries(cohorts(departure=0.0, departs=((3, 0.0),)))
    staying = {rank for month in entries(cohorts(departure=0.0)) for rank in month}
    assert {rank for month in entries(cohorts()) for rank in month} < staying


def test_when_somebody_leaves_is_a_number_of_his_or_her_own():
    """It stands on a page of luck that nothing else reads, whatever the hazard, the month and who else enters."""
    found, whole = cohorts(), entries(cohorts(departure=0.0))
    for month, (here, everybody) in enumerate(zip(entries(cohorts()), whole, strict=True)):
        rank = np.array(everybody)
        first = np.zeros_like(rank)
        own = scattered(found.keys[first], rank, first, first, DEPARTURE_PAGE)[:, 0]
        assert here == rank[own < math.exp(-LEAVES * month)].tolist()


def test_a_policy_moves_hazards_and_never_who_has_left():
    """With half the hazard everybody enters later or never; whoever enters then, and has not left, entered before."""
    high, low = entries(cohorts()), entries(cohorts(), hazard=HAZARD / 2)
    assert {rank for month in low for rank in month} <= {rank for month in high for rank in month}


def test_after_a_dated_departure_of_everybody_nobody_enters():
    found = entries(cohorts(departure=0.0, departs=((12, 1.0),)))
    assert sum(map(len, found[:12])) > 0
    assert sum(map(len, found[12:])) == 0


def test_people_who_have_left_are_counted_once():
    found = cohorts(departs=((10, 0.5),))
    assert found.there(0)[0] == SIZE
    assert found.there(9)[0] == round(SIZE * math.exp(-9 * LEAVES))
    assert found.there(10)[0] == round(SIZE * math.exp(-10 * LEAVES) / 2)


def world(**wave):
    data = cs.load("small").resolved()
    data["crises"]["valley"]["arrivals"]["displaced before"] |= {"people": 50_000, **wave}
    return cs.Scenario.parse(data, "leaving")


@pytest.mark.parametrize("twin", [False, True])
def test_everybody_is_in_one_state_or_has_left(twin):
    table = CycleModel(world(departure=0.02, departs={"2023-06": 0.3}), twin=twin).run().observations.tables()["months"]
    states = ("at_risk", "exploited", "in_casework", "survivors", "dead", "departed")
    total = sum(table[state].astype(float) for state in states)
    assert total == pytest.approx(np.full(total.size, 50_000.0))
    assert np.all(np.diff(table["departed"].astype(float)) > -1)
    assert table["people"][-1] < table["people"][0] < 50_000


@pytest.mark.parametrize("twin", [False, True])
@pytest.mark.parametrize("share", [0.9, 1.0])
def test_who_has_arrived_lately_and_left_again_is_no_longer_a_newcomer(share, twin):
    model = CycleModel(world(month="2023-05", departs={"2023-06": share}), twin=twin)
    while model.month < 12:
        model.step()
        presence = model.crises["valley"].world.presence
        assert ((presence.arrived >= 0) & (presence.arrived <= 1)).all()
        assert ((presence.uprooted >= 0) & (presence.uprooted <= 1)).all()


def test_ledger_and_twin_agree():
    w = world(departure=0.02)
    ledger = np.mean([cs.run(w, seed=s).months["newly_trafficked"].sum() for s in range(1, 7)])
    twin = cs.run(w, twin=True).months["newly_trafficked"].sum()
    assert ledger == pytest.approx(twin, rel=0.05)


@pytest.mark.parametrize(
    ("wave", "said"),
    [
        ({"departure": -0.1}, "departure"),
        ({"departs": {"2023-06": 1.2}}, "departs"),
        ({"departs": {"2035-01": 0.5}}, "after the last simulated month"),
        ({"departs": {"2019-01": 0.5}}, "before the first simulated month.*Leave these people out of the wave"),
        ({"departs": {"soon": 0.5}}, "must be a month"),
        ({"month": "2023-05", "departs": {"2023-03": 0.5}}, "before these people arrive"),
    ],
)
def test_bad_departures_are_refused_with_their_place(wave, said):
    with pytest.raises(ScenarioError, match=said):
        world(**wave)
