"""Lists and surveys in a running world: they add up, they are paid, they move nothing unless somebody reads them."""

import numpy as np
import pytest

from cyclesim.model.cycle import CycleModel
from cyclesim.vocabulary import Line
from science.worlds import STILL, assert_same, changed, in_crisis, small, table

WORLD = small()
WAVE = {"people": 100_000, "settings": {"camp": 0.5, "town": 0.5}}
POSTS = {"reception": 400, "caseworkers": 100, "investigators": 2, "assistance_places": 50, "conditional": 0.5}
OPEN = {"incidence": 0.01, "self_report": 0.1, "record_sharing": 0.8, "missing_fields": 0.2}
CROWDED = in_crisis(WORLD, "arrivals", **{"displaced before": WAVE})
BUSY = in_crisis(CROWDED, "back_ends", district=POSTS).with_values(OPEN)
"""A world in which thousands of people are identified, since others pay for posts, and their records can be linked."""
RESEARCH = {
    "on_two_lists", "overlap_share", "mse_estimate", "mse_low", "mse_high", "mse_refused",
    "survey_estimate", "survey_corrected",
}  # fmt: skip
PAID_OUTSIDE = {"survey_own_share": 0.0, "survey_months": 0.0}


def others(columns):
    return {name: column for name, column in columns.items() if name not in RESEARCH}


@pytest.mark.parametrize(
    "values", [{"record_sharing": 1.0}, {"list_dependence": 1.5}, {"record_months": 12}, {"missing_fields": 0.9}]
)
def test_lists_that_nobody_reads_move_no_bit_of_the_rest(values):
    here, there = table(BUSY, seed=2), table(BUSY.with_values(values), seed=2)
    assert_same(others(here), others(there))
    assert any(here[name].tobytes() != there[name].tobytes() for name in RESEARCH)


def test_the_lists_of_a_year_hold_everybody_who_was_identified_in_it():
    model = CycleModel(WORLD, seed=3)
    identified = 0
    for month in range(WORLD.spin_up + WORLD.months):
        model.step()
        crisis = model.crises["valley"]
        identified += crisis.now.identified
        held = crisis.research.linked_lists.held.sum()
        assert held == (identified if month % 12 == 11 else 0)
        identified = 0 if month % 12 == 11 else identified
    records = model.observations.tables()["lists"]
    assert records["records"].sum() >= model.observations.tables()["months"]["identified"].sum()
    assert (records["shared_records"] <= records["records"] + 1).all()


def test_sharing_makes_lists_overlap_and_no_sharing_leaves_them_apart():
    overlap = [
        table(BUSY.with_values({"record_sharing": s, "data_need": 1e8}))["on_two_lists"].sum() for s in (0, 0.5, 1)
    ]
    assert overlap[0] == 0
    assert 0 < overlap[1] < overlap[2]


def test_a_survey_that_money_for_data_must_pay_waits_for_the_money_and_costs_it_to_the_cent():
    values = {"surveys_a_year": 1.0, "cost_survey": 0.5, "survey_months": 0.0}
    poor = table(WORLD.with_values({**values, "cost_survey": 1e8}))
    assert not poor["survey_estimate"].any()
    assert_same(table(WORLD), {**poor})
    model, spent, held = CycleModel(WORLD.with_values(values)), 0, 0
    for _ in range(WORLD.spin_up + WORLD.months):
        money = model.crises["valley"].money
        before, findings = money.spent[Line.DATA], model.crises["valley"].research.latest_survey
        model.step()
        if model.crises["valley"].research.latest_survey is not findings:
            held += 1
            spent += 50
            assert money.spent[Line.DATA] - before >= 50
        assert money.disbursed[Line.DATA] == money.spent[Line.DATA] + money.purses[Line.DATA]
    assert 2 <= held <= 4
    assert money.spent[Line.DATA] >= spent


@pytest.mark.parametrize("mistakes", [0.0, 0.01, 0.03])
def test_surveys_bring_beliefs_towards_the_truth_and_naive_donors_read_them_as_they_stand(mistakes):
    """As expected numbers: without mistakes a survey as it stands says too little, with many too much."""
    world, late = small(incidence=0.0004, **STILL), slice(12, None)
    on = {**PAID_OUTSIDE, "surveys_a_year": 1.0, "gatekeeping": 0.0, "survey_mistakes": mistakes}
    naive, careful = (table(world.with_values({**on, "naivety": n}), twin=True) for n in (1.0, 0.0))
    blind = [table(world.with_values({"naivety": n}), twin=True) for n in (1.0, 0.0)]
    for with_surveys, without in zip((naive, careful), blind, strict=True):
        truth = with_surveys["true_prevalence"][late].mean()
        before, after = (w["believed_prevalence"][late].mean() for w in (without, with_surveys))
        assert abs(np.log(after / truth)) < abs(np.log(before / truth))
    raw, corrected = (naive[name][late].mean() for name in ("survey_estimate", "survey_corrected"))
    gap = naive["believed_prevalence"][late].mean() - careful["believed_prevalence"][late].mean()
    assert (raw > corrected) == (mistakes > 0)
    assert gap * (raw - corrected) > 0


def test_a_survey_moves_nothing_before_it_is_published():
    surveys = {"surveys": {"from": "2023-05", "set": {"parameters.surveys_a_year": 1.0}}}
    values = {"survey_own_share": 0.0, "survey_months": 3.0, "survey_disclosure": 0.9}
    other = changed(WORLD.with_values(values), changes=surveys)
    here, there = table(WORLD.with_values(values)), table(other)
    assert_same(here, there, until=4)
    assert_same(others(here), others(there), until=7)
    assert there["survey_estimate"][4] > 0
    assert here["believed_prevalence"].tobytes() != there["believed_prevalence"].tobytes()


def test_linked_lists_that_donors_read_move_what_they_believe():
    values = {"record_sharing": 1.0, "missing_fields": 0.0, "reporting_lag": 0}
    unread, read = (table(BUSY.with_values({**values, "estimate_weight": w})) for w in (0.0, 1.0))
    assert not unread["mse_refused"].all()
    assert unread["believed_prevalence"].tobytes() != read["believed_prevalence"].tobytes()
    assert (unread["mse_low"] <= unread["mse_estimate"]).all()
    assert (unread["mse_estimate"] <= unread["mse_high"]).all()


def test_the_table_of_estimates_says_what_was_published_when_and_how_much_of_it_is_read():
    values = {**PAID_OUTSIDE, "surveys_a_year": 1.0, "survey_months": 3.0, "gatekeeping": 0.25, "estimate_weight": 0.5}
    tables = CycleModel(BUSY.with_values({**values, "reporting_lag": 2})).run().observations.tables()
    months, rows = tables["months"], tables["estimates"]
    assert set(rows["source"]) == {"survey", "linked_lists"}
    for source, weight, lag, name in (
        ("survey", 0.75, 3, "survey_estimate"),
        ("linked_lists", 0.375, 2, "mse_estimate"),
    ):
        of = rows["source"] == source
        late = of & (rows["month"] >= lag)
        assert np.allclose(rows["weight"][of], weight)
        assert np.allclose(rows["published"][late], months[name][rows["month"][late] - lag])
        assert (rows["error"][of] > 0).all()


def test_what_is_held_back_altogether_moves_no_belief():
    values = {**PAID_OUTSIDE, "gatekeeping": 1.0}
    without, held = (table(WORLD.with_values({**values, "surveys_a_year": n})) for n in (0.0, 1.0))
    assert (held["survey_estimate"][-12:] > 0).all()
    assert_same(others(without), others(held))
