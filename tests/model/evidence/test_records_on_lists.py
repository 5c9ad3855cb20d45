"""Records on lists: they add up, link only where sharing exists, and overlap as their chances say."""

import numpy as np
import pytest

from cyclesim.inputs.parameters import parameters
from cyclesim.model.evidence.lists import (
    BITS,
    LISTS,
    NOBODY,
    SOURCES,
    by_list,
    chances,
    expected,
    lists_of,
    realised,
)
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Kind, RecordList

CELLS = np.arange(12) % 3  # setting of each cell
RNG = np.random.default_rng(7)
BY_PLACE = RNG.dirichlet(np.ones(LISTS), (4, 3))
PEOPLE = 40_000
SOURCE, CELL = RNG.integers(0, SOURCES, PEOPLE), RNG.integers(0, CELLS.size, PEOPLE)
LUCK = Luck(1).stream("lists").records(0, PEOPLE)
RATE = 0.006


def values(**changed):
    return Parameters({name: quantity.value for name, quantity in parameters().items()} | changed)


def now(built=0.0, rate=RATE, **changed):
    return chances(values(**changed), BY_PLACE, np.full((SOURCES, CELLS.size), rate / SOURCES), CELLS, built)


def listed(**changed):
    return realised(now(**changed), CELL, SOURCE, LUCK)


OPEN = {"record_sharing": 1.0, "no_sharing": 0.0, "border_equipment": 0.0, "missing_fields": 0.0, "false_links": 0.0}


def test_everybody_identified_has_exactly_one_history_and_at_least_one_record():
    found = listed()
    assert found.held.sum() == PEOPLE
    assert found.held[0] == 0
    assert found.records.sum() >= PEOPLE


def test_without_sharing_nobody_is_in_the_common_data_set_and_with_all_of_it_everybody_is():
    assert not listed(record_sharing=0.0).linked.any()
    found = listed(**OPEN)
    assert (found.linked == found.held).all()
    assert found.on_two > 0


def test_no_record_is_shared_twice_or_out_of_nothing():
    found = listed(false_links=0.0, missing_fields=0.6)
    assert (found.shared <= found.records).all()
    whole = listed(**{**OPEN, "missing_fields": 0.6})
    assert (whole.shared == whole.records).all()  # matched or alone, each record is there once
    assert whole.linked.sum() > PEOPLE  # missed links count people twice


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("record_sharing", (0.0, 0.2, 0.5, 0.9)),
        ("list_dependence", (-1.0, 0.0, 0.7, 1.5)),
        ("record_months", (0.0, 2.0, 6.0, 12.0)),
        ("false_links", (0.0, 0.001, 0.01, 0.1)),
    ],
)
def test_what_makes_lists_overlap(name, values):
    overlaps = [listed(**{"record_sharing": 0.8, name: value}).on_two for value in values]
    assert overlaps == sorted(set(overlaps))


@pytest.mark.parametrize(
    ("name", "values"),
    [("missing_fields", (0.0, 0.3, 0.9)), ("no_sharing", (0.0, 0.3, 0.9)), ("border_equipment", (0.0, 0.5, 0.9))],
)
def test_what_keeps_lists_apart(name, values):
    overlaps = [listed(**{"record_sharing": 0.8, name: value}).on_two for value in values]
    assert overlaps == sorted(set(overlaps), reverse=True)


def test_money_for_data_closes_the_gaps():
    assert now(built=1.0).matched == pytest.approx(np.ones(LISTS))
    assert now(built=1.0).alone == pytest.approx(np.zeros(LISTS))
    assert (now(built=0.5).matched > now().matched).all()


def test_police_and_border_records_are_shared_less():
    shared = dict(zip(RecordList, now(missing_fields=0.0).matched.tolist(), strict=True))
    plain = values()
    assert shared["police"] == pytest.approx(plain.record_sharing * (1 - plain.no_sharing))
    assert shared["government_border"] == pytest.approx(plain.record_sharing * (1 - plain.border_equipment))
    assert shared["ngo"] == pytest.approx(plain.record_sharing)


def test_a_list_that_nobody_else_feeds_holds_records_by_its_own_path_alone():
    """Investigations lead to the police list; without other sources no other list holds anything."""
    rates = np.zeros((SOURCES, CELLS.size))
    rates[4] = 0.05
    found = realised(chances(values(), BY_PLACE, rates, CELLS, 0.0), CELL, np.full(PEOPLE, 4), LUCK)
    assert found.records.tolist() == [PEOPLE if name == "police" else 0 for name in RecordList]


def test_without_dependence_the_chance_of_a_second_record_is_that_of_meeting_another_agency():
    certain = now(list_dependence=0.0, record_months=4)
    home = certain.home[:, CELLS]  # (sources, cells, lists)
    assert certain.other == pytest.approx(1 - np.exp(-4 * RATE / SOURCES * home.sum(axis=0).T))


def test_dependence_multiplies_the_odds():
    plain, dependent = now(list_dependence=0.0).other, now(list_dependence=0.3).other
    assert dependent / (1 - dependent) == pytest.approx(np.exp(0.3) * plain / (1 - plain))


@pytest.mark.parametrize("changed", [{}, OPEN, {"record_sharing": 0.9, "missing_fields": 0.5, "false_links": 0.01}])
def test_people_have_the_expected_histories(changed):
    """Realised against expected: no history further away than five Poisson errors."""
    chance, identified = now(rate=0.03, **changed), np.zeros((SOURCES, CELLS.size))
    np.add.at(identified, (SOURCE, CELL), 1)
    found, mean = realised(chance, CELL, SOURCE, LUCK), expected(chance, identified)
    assert mean.held.sum() == pytest.approx(PEOPLE)
    for one, other in ((found.held, mean.held), (found.linked, mean.linked)):
        assert np.abs(one - other).max() > 0
        assert (np.abs(one - other) <= 5 * np.sqrt(other + 1)).all()
    assert found.on_two == pytest.approx(mean.on_two, rel=0.1)


def test_expected_pairs_are_exact_where_chances_differ_between_cells():
    rates = np.linspace(0.0, 0.02, SOURCES * CELLS.size).reshape(SOURCES, -1)
    chance = chances(values(**OPEN), BY_PLACE, rates, CELLS, 0.0)
    identified = RNG.random((SOURCES, CELLS.size))
    records = by_list(expected(chance, identified).held)
    home = np.einsum("scl,sc->lc", chance.home[:, CELLS], identified)
    direct = home.sum(axis=1) + ((home.sum(axis=0) - home) * chance.other).sum(axis=1)
    assert records == pytest.approx(direct)


def test_nobody_leaves_no_record():
    none = np.empty(0, dtype=np.int64)
    assert not realised(now(), none, none, np.empty((0, 16))).held.any()
    assert not expected(now(), np.zeros((SOURCES, CELLS.size))).held.any()
    assert NOBODY.on_two == 0


def test_every_kind_of_organisation_has_a_list():
    assert set(lists_of(list(Kind)).tolist()) == set(range(LISTS))
    assert BITS.tolist() == [1, 2, 4, 8, 16]
    assert list(RecordList) == sorted(RecordList)  # estimators sort lists by name
