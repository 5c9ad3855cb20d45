"""Who is at risk and who leaves unseen: drivers, classes of means, the end of a status, detention."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.inputs.files import load
from cyclesim.model.cycle import CycleModel
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.arrivals import cohorts
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.exits import Cells, contact, detain, find
from cyclesim.model.people.hazards import AtRisk, Layout, Level, driven, first_hazards, shadow_of_expiry
from cyclesim.model.people.risks import RISKS, detection_hazard
from cyclesim.vocabulary import Status

SMALL = load("small")
P = Parameters(SMALL.parameter_values())


def valley(**changes):
    """Return the cohorts of the small scenario, with changes to its crisis, and their layout."""
    data = SMALL.resolved()
    for path, value in changes.items():
        holder = data["crises"]["valley"]
        *parents, leaf = path.split("__")
        for parent in parents:
            holder = holder[parent]
        holder[leaf] = value
    (crisis,) = SMALL.parse(data, "small").crises.values()
    people = Cohorts(cohorts(crisis, "2023-01", 0), "valley", Luck())
    return people, Layout.of(tuple(sorted(crisis.settings)), people.cohorts)


def values(**changes):
    return Parameters({**SMALL.parameter_values(), **changes})


def hazard(people, layout, p=P, month=0, shadow=0.0, unmet=0.0):
    at_risk, hazards = AtRisk.of(people, layout), np.empty(people.sizes.size)
    first_hazards(month, p.records, at_risk, Level(people, at_risk)(p), np.ones(2), unmet, 0.0, shadow, hazards)
    return hazards


# ---------------------------------------------------------------- drivers (M42)


@given(st.floats(0, 1), st.floats(0, 1))
def test_double_vulnerability_needs_both_conflict_and_climate(conflict, climate):
    assert driven(P.record, conflict, 0.0, 0.0) == driven(P.record, 0.0, climate, 0.0) == 1
    both = driven(P.record, conflict, climate, 0.0)
    assert both == pytest.approx(1 + P.double_vulnerability * conflict * climate)


def test_broken_ties_raise_the_hazard_of_their_setting_only():
    assert [driven(P.record, 0.0, 0.0, ties) for ties in (1.0, 0.0)] == [1 + P.ties_effect, 1]


def test_a_driver_can_change_on_a_date():
    data = SMALL.resolved()
    path = "crises.valley.settings.camp.broken_ties"
    data["changes"] = {"flight": {"from": "2023-06", "set": {path: 1.0}}}
    model = CycleModel(SMALL.parse(data, "small")).run()
    assert model.crises["valley"].world.places.broken_ties.tolist() == [1, 0]


# ---------------------------------------------------------------- means (M44)


@given(st.floats(0, 1))
def test_classes_of_means_keep_the_people_and_the_mean_hazard(share):
    people, layout = valley(settings__camp__without_means=share)
    whole, _ = valley()
    assert people.sizes.sum() == whole.sizes.sum()
    mean = float(people.sizes @ hazard(people, layout, values(portal_risk=0.0))) / people.sizes.sum()
    assert mean == pytest.approx(P.incidence)


def test_classes_of_means_keep_the_mean_of_their_setting():
    told_apart, layout = valley(settings__camp__without_means=0.3)
    alike, plain = valley()
    still = values(portal_risk=0.0)
    ratios = []
    for people, of in ((told_apart, layout), (alike, plain)):
        hazards, camp = hazard(people, of, still), np.array([c.setting == "camp" for c in people.cohorts])
        means = [people.sizes[part] @ hazards[part] / people.sizes[part].sum() for part in (camp, ~camp)]
        ratios.append(means[0] / means[1])
    assert ratios[0] == pytest.approx(ratios[1], rel=0.02)  # people are whole, so shares are not exact
    names = {c.name.split("/")[3]: c.means for c in told_apart.cohorts if c.means is not None}
    assert names == {"with means": True, "without means": False}  # the name keys their luck


def test_people_without_means_are_at_higher_risk_and_the_gap_grows_as_others_move_on():
    people, layout = valley(settings__camp__without_means=0.5)
    camp = [(c.means, number) for number, c in enumerate(people.cohorts) if c.name.startswith("camp/boys/internally")]
    by_means = dict(camp)
    assert set(by_means) == {True, False}
    for month in (0, 6, 60):
        of_all = hazard(people, layout, month=month)
        moved = P.relocation * (1 - math.exp(-month / P.relocation_months))
        expected = P.without_means_risk / (1 - moved)
        assert of_all[by_means[False]] / of_all[by_means[True]] == pytest.approx(expected)


def test_where_nobody_is_told_apart_there_are_no_classes_and_nobody_moves_on():
    people, layout = valley()
    assert {c.means for c in people.cohorts} == {None}
    assert hazard(people, layout, month=9).tolist() == hazard(people, layout, values(relocation=0.9), 9).tolist()


# ---------------------------------------------------------------- protective status (M50)


def test_the_shadow_of_expiry_grows_until_the_end_and_is_gone_then():
    left = [shadow_of_expiry(P.record, float(months)) for months in (24, 12, 6, 2, 1)]
    assert left == sorted(left)
    assert left[-1] == 1
    assert [shadow_of_expiry(P.record, months) for months in (0.0, -5.0, math.nan)] == [0, 0, 0]


def test_only_those_who_hold_a_status_feel_its_end():
    p = values(protection_uptake=0.5)
    people, layout = valley()
    calm, late = hazard(people, layout, p), hazard(people, layout, p, shadow=1.0)
    regular = np.array([c.status == Status.REGULAR_STATUS for c in people.cohorts])
    assert late[~regular].tolist() == calm[~regular].tolist()
    assert late[regular] / calm[regular] == pytest.approx(np.full(regular.sum(), 1 + 0.5 * P.expiry_shadow))


def test_waves_can_be_excluded_from_a_status():
    data = SMALL.resolved()["crises"]["valley"]["arrivals"]["displaced before"]
    excluded, layout = valley(arrivals={"displaced before": {**data, "protected": False}})
    without = hazard(excluded, layout, values(protection_uptake=0.0))
    assert hazard(excluded, layout, values(protection_uptake=0.9), shadow=1.0).tolist() == without.tolist()
    people, layout = valley()
    assert (hazard(people, layout, values(protection_uptake=0.9)) < without).any()


def test_an_expected_end_raises_entries_before_it_and_not_after():
    data = SMALL.resolved()
    data["parameters"] |= {"protection_uptake": 1.0, "expiry_shadow": 20.0, "prevention_effect": 0.0}
    data["parameters"] |= {"deterrence": 0.0, "displacement": 0.0}
    calm = CycleModel(SMALL.parse(data, "small"))
    data["crises"]["valley"]["protection_ends"] = "2024-01"
    ending = CycleModel(SMALL.parse(data, "small"))
    hazards = []
    for model in (calm, ending):
        seen = []
        while model.month < model.inputs.months:
            before = model.crises["valley"].cohorts.cumulative.copy()
            model.step()
            seen.append(float((model.crises["valley"].cohorts.cumulative - before).sum()))
        hazards.append(np.array(seen[12:]))
    ratio = hazards[1] / hazards[0]
    assert (np.diff(ratio[:12]) > 0).all()
    assert ratio[12:] == pytest.approx(np.ones(12))


# ---------------------------------------------------------------- detention (M34)

IRREGULAR = {"internally_displaced": 0.2, "irregular_status": 0.8}
MET = {"contact": 0.3, "sensitivity_untrained": 0.6, "know_untrained": 0.6, "coverage_outside": 0.8, "complicity": 0.0}
"""Police meet many and recognise most."""


def policed(people, police, **parameters):
    """Return the small scenario with people of irregular status only, whom police meet and reception takes."""
    data = SMALL.resolved()
    crisis = data["crises"]["valley"]
    crisis["statuses"] = {"irregular_status": 1.0}
    crisis["arrivals"]["displaced before"]["people"] = people
    crisis["organisations"]["Town police"]["staff"] = police
    crisis["back_ends"]["district"] |= {"reception": 1e6, "investigators": 0}
    data["parameters"] |= {**MET, "paid_by_others": 1.0, **parameters}
    return data


@given(st.floats(0, 1), st.floats(0, 1))
def test_detention_takes_nobody_away_from_the_referrals(lens, detention):
    _, layout = valley(statuses=IRREGULAR)
    cells, referral, proactive = Cells.of(layout), np.full((4, 2), 0.03), np.full(2, 0.01)
    found, held = [], []
    for share in (detention, 0.0):
        p, risks, shares = (
            values(smuggling_lens=lens, detention=share),
            np.empty((RISKS, layout.cells)),
            np.empty(layout.cells),
        )
        find(p.records, cells, contact(p), referral, proactive, risks)
        detain(p.records, cells, shares)
        found.append([detection_hazard(cell, risks, shares) for cell in range(layout.cells)])
        held.append(shares)
    assert found[0] == pytest.approx(found[1], abs=1e-15)
    regular = layout.status_of_cell != list(Status).index(Status.IRREGULAR_STATUS)
    assert (held[0][regular] == 0).all()


def test_who_is_detained_leaves_exploitation_unidentified_and_unassisted():
    data = policed(100_000, 100, smuggling_lens=1.0, detention=1.0, self_report=0.0)
    for name in ("Camp NGO", "Camp clinic", "Town outreach"):
        data["crises"]["valley"]["organisations"][name]["staff"] = 0
    data["donors"] = {}
    months = CycleModel(SMALL.parse(data, "small")).run().observations.tables()["months"]
    assert months["detained"].sum() > 20
    assert months["referred"].sum() == months["identified"].sum() == months["assisted"].sum() == 0


def test_detention_reports_what_its_hazard_says():
    data = policed(100_000, 100, smuggling_lens=0.5, detention=0.6)
    model = CycleModel(SMALL.parse(data, "small"))
    expected, detained = 0.0, 0
    while model.month < model.inputs.months:
        model.step()
        crisis = model.crises["valley"]
        h = crisis.world.hazards
        rate = h.risks[2:6] * np.array([0.0, 0.0, 1.0, 0.0])[:, None] * h.detained
        total = h.risks.sum(axis=0)
        expected += float((h.held * rate.sum(axis=0) * -np.expm1(-total) / total).sum())
        detained += crisis.engine.flows.detained
    assert detained == pytest.approx(expected, abs=3.5 * math.sqrt(expected))
    assert expected > 50
