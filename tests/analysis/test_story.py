"""Life stories: the sum of all of them is the run, the same person has the same luck, and nobody is touched by them."""

import json
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import cyclesim as cs
from cyclesim.analysis.lives import Person, Stories
from cyclesim.errors import DesignError, PrefixError, UnknownNameError
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.questions.story.compute import diary
from cyclesim.vocabulary import LEADS_TO, LifeEvent, LifeState
from science.worlds import assert_same, changed, in_crisis, small, table
from strategies import scenarios

RECEPTION = "crises.valley.back_ends.district.reception"
BUSY = in_crisis(
    small(incidence=0.01, contact=0.5, patience=1.5, return_months=10, death=0.02, detention=0.9, **{RECEPTION: 20}),
    "arrivals",
    uprooted={"month": "2023-06", "people": 300, "settings": {"camp": 1.0}, "home": "town"},
    later={"month": "2023-09", "people": 400, "settings": {"town": 1.0}, "statuses": {"irregular_status": 1.0}},
)
"""Two thousand people to whom everything happens, people displaced from their homes, and late arrivals.

Reception has posts enough to receive whoever comes or is referred."""
LEVER = {"lever": {"from": "2023-05", "add": {"crises.valley.back_ends.district.caseworkers": 1}}}
OTHER = changed(BUSY, interventions=LEVER)
E = LifeEvent


@cache
def busy():
    return diary(BUSY, seed=2)


def flows(events, months):
    """Return the monthly flows that the events of everybody add up to, under the names of the measures."""

    def count(*kinds, own=None):
        chosen = events[events["event"].isin(kinds)]
        if own is not None:  # answers to own reports are no answered referrals
            chosen = chosen[chosen["own"] == own]
        month = chosen["month"].to_numpy()
        return np.bincount(month[month >= 0], minlength=months)

    waiting = events[events["detail"] == "referral waiting"]["month"].to_numpy()
    assisted = events[events["detail"] == "assisted"]["month"].to_numpy()
    return {
        "newly_trafficked": count(E.TRAFFICKED),
        "retrafficked": count(E.TRAFFICKED_AGAIN),
        "escaped": count(E.ESCAPED, E.CAME_FORWARD),
        "came_forward": count(E.CAME_FORWARD),
        "detained": count(E.DETAINED),
        "died": count(E.DIED),
        "referred": count(E.REFERRED),
        "answered": count(E.ANSWERED, E.DECLINED, own=False),
        "lapsed": count(E.LAPSED),
        "declined": count(E.DECLINED),
        "withdrawn": np.bincount(waiting[waiting >= 0], minlength=months),
        "identified": count(E.CAME_FORWARD) + count(E.ANSWERED, own=False),
        "identified_formally": count(E.IDENTIFIED_FORMALLY),
        "presumptive": count(E.PRESUMPTIVE),
        "assisted": np.bincount(assisted[assisted >= 0], minlength=months),
    }


def with_own_reports(events):
    """Mark the answers that follow an own report."""
    before = events.groupby(["crisis", "cohort", "rank"], observed=True)["event"].shift()
    return events.assign(own=(before == E.CAME_FORWARD).to_numpy())


@pytest.mark.parametrize("scenario", [BUSY, OTHER, small()], ids=["busy", "with a lever", "small"])
def test_the_stories_of_everybody_add_up_to_the_flows_of_the_run(scenario):
    months = cs.run(scenario, seed=2).months
    added = flows(with_own_reports(diary(scenario, seed=2).events), scenario.months)
    for name, values in added.items():
        assert values.tolist() == months[name].tolist(), name


def test_the_busy_world_holds_every_event():
    assert set(busy().events["event"]) == {str(event) for event in E} - {E.AT_HOME, E.ARRIVED}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=scenarios())
def test_stories_add_up_in_random_worlds_too(data):
    scenario = Scenario.parse(data, "random")
    months = cs.run(scenario, seed=2).months
    book = diary(scenario, seed=2)
    for crisis in book.cohorts:
        here = months[months["crisis"] == crisis]
        events = with_own_reports(book.events[book.events["crisis"] == crisis])
        for name, values in flows(events, scenario.months).items():
            assert values.tolist() == here[name].tolist(), name


def test_a_diary_moves_no_bit():
    model = CycleModel(BUSY, seed=2)
    crisis = model.crises["valley"]
    crisis.engine.ledger = Ledger(crisis.cohorts, crisis.layout, diary=True)
    assert_same(model.run().observations.tables()["months"], table(BUSY, seed=2))


def test_everybody_ends_where_the_ledger_holds_them():
    last = busy().events.drop_duplicates(["cohort", "rank"], keep="last")
    states = last["event"].astype(str).map(lambda event: LEADS_TO[E(event)]).value_counts()
    end = cs.run(BUSY, seed=2).months.iloc[-1]
    assert states[LifeState.EXPLOITED] + states[LifeState.REFERRED] == end["exploited"]
    assert states[LifeState.CASEWORK] + states.get(LifeState.REPORTED, 0) == end["in_casework"]
    assert states[LifeState.SURVIVOR] + states[LifeState.SETTLED] == end["survivors"]
    assert states[LifeState.DEAD] == end["dead"]


BEFORE = {
    E.TRAFFICKED: {LifeState.AT_RISK},
    E.TRAFFICKED_AGAIN: {LifeState.SURVIVOR},
    E.ESCAPED: {LifeState.EXPLOITED, LifeState.REFERRED},
    E.CAME_FORWARD: {LifeState.EXPLOITED, LifeState.REFERRED},
    E.DETAINED: {LifeState.EXPLOITED},
    E.REFERRED: {LifeState.EXPLOITED},
    E.ANSWERED: {LifeState.REFERRED, LifeState.REPORTED},
    E.DECLINED: {LifeState.REFERRED},
    E.LAPSED: {LifeState.REFERRED},
    E.UNANSWERED: {LifeState.REPORTED},
    E.IDENTIFIED_FORMALLY: {LifeState.CASEWORK},
    E.PRESUMPTIVE: {LifeState.CASEWORK},
    E.SETTLED: {LifeState.SURVIVOR},
    E.DIED: {LifeState.EXPLOITED, LifeState.REFERRED},
    E.ARRIVED: {LifeState.AT_RISK},
}


def people(events, number):
    """Return some of the people to whom anything happened, spread over cohorts and ranks."""
    who = events[["crisis", "cohort", "rank"]].drop_duplicates()
    rows = who.iloc[:: max(len(who) // number, 1)]
    return [Person(row.crisis, row.cohort, int(row.rank)) for row in rows.itertuples()]


def test_each_event_follows_from_the_state_before_and_times_never_run_back():
    for person in people(busy().events, 60):
        events = busy().story(person).events
        assert events[0].event in {E.AT_HOME, E.ARRIVED} | ({E.TRAFFICKED} if "uprooted" in person.cohort else set())
        for one, two in pairwise(events):
            assert one.state in BEFORE[two.event], (person, one, two)
            assert one.time <= two.time
            assert two.month <= two.time <= two.month + 1


def test_who_was_trafficked_at_home_was_there_and_who_was_displaced_first_was_not():
    book = busy()
    cohort = "camp/women/internally_displaced/uprooted"
    mine = book.events[(book.events["cohort"] == cohort) & (book.events["event"] == E.TRAFFICKED)]
    assert set(mine[mine["month"] < 5]["setting"]) == {"town"}
    assert set(mine[mine["month"] >= 5]["setting"]) == {"camp"}
    last = book.story(Person("valley", cohort, int(mine["rank"].max())))
    assert [event.event for event in last.events[:3]] == [E.AT_HOME, E.ARRIVED, E.TRAFFICKED]
    assert [event.setting for event in last.events[:3]] == ["town", "camp", "camp"]


def test_person_months_of_exploitation_are_those_of_the_run():
    """Spells begin in mid-month in stories and count whole months in the run: equal up to a month an episode."""
    scenario = small(spin_up=0)
    book = diary(scenario)
    told = sum(book.story(person).months_exploited for person in people(book.events, len(book.events)))
    run = cs.run(scenario).totals()
    entries = run["newly_trafficked"] + run["retrafficked"]
    assert told == pytest.approx(run["person_months_exploited"], abs=entries)


def test_the_same_person_has_the_same_story_in_the_same_world():
    one, two = (cs.story(BUSY, "camp/women/internally_displaced/displaced before#3", seed=2) for _ in range(2))
    assert one.events == two.events
    assert cs.story(BUSY, str(one.person), seed=3).events != one.events


def test_who_is_never_trafficked_has_a_story_too():
    story = cs.story("small", "camp/men/internally_displaced/displaced before#150")
    assert [event.event for event in story.events] == [E.ARRIVED]
    assert story.state == LifeState.AT_RISK
    assert story.months_exploited == 0


def test_without_a_person_the_rule_chooses_a_survivor_who_became_known():
    story = cs.story(BUSY, seed=2)
    kinds = {event.event for event in story.events}
    assert story.state in {LifeState.SURVIVOR, LifeState.SETTLED}
    assert kinds & {E.REFERRED, E.CAME_FORWARD}
    first = next(event for event in story.events if event.event == E.TRAFFICKED)
    assert first.month == 0
    nobody = cs.story(small(incidence=0.0))
    assert str(nobody.person) == "camp/boys/internally_displaced/displaced before#0"
    assert nobody.state == LifeState.AT_RISK


def test_stories_of_equal_scenarios_are_equal():
    twice = cs.stories(BUSY, BUSY, seed=2)
    assert twice.one.events == twice.other.events
    assert (twice.first_change, twice.first_difference, twice.ahead) == (None, None, ())
    assert twice.shared == len(twice.one.events)


def test_lives_are_the_same_up_to_the_first_difference_and_not_before_the_scenarios_part():
    books = busy(), diary(OTHER, seed=2)
    parted = 0
    for person in people(busy().events, 60):
        both = Stories(*(book.story(person) for book in books), first_change=4)
        one, other = (story.events[: both.shared] for story in (both.one, both.other))
        assert [(e.month, e.event) for e in one] == [(e.month, e.event) for e in other]
        if both.first_difference is not None:
            assert both.first_difference >= 4
            parted += 1
    assert parted > 5


def test_without_a_person_two_scenarios_show_whose_life_differs_first():
    both = cs.stories(BUSY, OTHER, seed=2)
    assert both.first_change == 4
    assert both.first_difference >= 4
    books = busy(), diary(OTHER, seed=2)
    for person in people(busy().events, 60):
        rest = Stories(*(book.story(person) for book in books), first_change=4).first_difference
        assert rest is None or rest >= both.first_difference


def test_lives_that_part_before_the_scenarios_are_reported_as_a_fault(monkeypatch):
    monkeypatch.setattr("cyclesim.questions.story.compute.first_change", lambda one, other: 20)
    with pytest.raises(PrefixError, match="before the scenarios do"):
        cs.stories(BUSY, OTHER, seed=2)


COHORT = "camp/women/regular_status/displaced before"


@pytest.mark.parametrize(
    ("person", "crisis", "error", "words"),
    [
        (None, "vally", UnknownNameError, "no crisis 'vally'; did you mean 'valley'?"),
        ("camp/woman/regular_status/displaced before#1", None, UnknownNameError, f"did you mean '{COHORT}'?"),
        (f"{COHORT}#78", None, DesignError, "has 78 people: write #0 to #77"),
        (f"{COHORT}#-1", None, DesignError, "write #0 to #77"),
        (f"{COHORT}#first", None, DesignError, "write #0 to #77"),
        (f"{COHORT}#\u0663", None, DesignError, "write #0 to #77"),
    ],
)
def test_whoever_does_not_exist_is_named_with_a_way_out(person, crisis, error, words):
    with pytest.raises(error) as found:
        cs.story("small", person, crisis=crisis)
    assert words in str(found.value)


def test_a_crisis_of_nobody_has_no_life_to_tell():
    empty = in_crisis(small(months=2), "arrivals", **{"displaced before": {"people": 0, "settings": {"camp": 1.0}}})
    with pytest.raises(UnknownNameError, match="nobody is in the crisis 'valley'"):
        cs.story(empty)


def test_two_scenarios_are_told_of_people_who_are_in_both():
    base = small(incidence=0.01)
    other = in_crisis(base, "settings", camp={"back_end": "district", "without_means": 0.3})
    assert cs.stories(base, other).one.person.cohort.startswith("town/")
    other = in_crisis(other, "settings", town={"back_end": "district", "without_means": 0.3})
    with pytest.raises(UnknownNameError, match="no people"):
        cs.stories(base, other)


def test_two_scenarios_need_the_same_start_and_the_same_person():
    with pytest.raises(DesignError, match="do not start in the same month"):
        cs.stories("small", small(start="2023-02"))
    with pytest.raises(UnknownNameError, match="no people"):
        cs.stories(BUSY, "small", "town/men/irregular_status/later#0")
    with pytest.raises(DesignError, match="in one scenario or in two"):
        cs.story(["small"] * 3)


def test_json_holds_plain_values_that_say_who_and_what():
    both = json.loads(json.dumps(cs.stories(BUSY, OTHER, seed=2).to_dict(), allow_nan=False))
    assert both.keys() == {
        "notice", "person", "first_change", "first_difference", "shared_events", "stories",
        "finding", "pictures", "command",
    }  # fmt: skip
    assert both["first_change"] == "2023-05"
    assert "not a real one" in both["notice"]
    for story in both["stories"]:
        assert {
            "scenario",
            "hash",
            "seed",
            "crisis",
            "person",
            "group",
            "status",
            "rank",
            "of",
            "state",
        } <= story.keys()
        for event in story["events"]:
            assert event["date"] == event["date"][:7]
            assert LEADS_TO[E(event["event"])] == event["state"]
            assert {type(event[name]) for name in ("form", "channel", "organisation")} <= {str, type(None)}
            assert isinstance(event["time"], float)
        referred = [event for event in story["events"] if event["event"] == E.REFERRED]
        assert all(event["organisation"] or event["channel"] == "investigation" for event in referred)


def test_the_table_has_a_row_for_each_event():
    both = cs.stories(BUSY, OTHER, seed=2)
    names = [[str(event.event) for event in story.events] for story in (both.one, both.other)]
    assert both.one.table["event"].tolist() == names[0]
    assert both.table["event"].tolist() == names[0] + names[1]
    assert both.table["life"].tolist() == [1] * len(names[0]) + [2] * len(names[1])
