"""What donors can read of case records, and for how long."""

import pytest

from cyclesim.model.evidence.records import YEAR, CaseEvidence, History, evidence, publish

MONTHS, LAG, CASES = 40, 3, 7


def quiet():
    """Return 40 months of 100 people, 10 of them exploited and 2 newly."""
    history = History.of(MONTHS, 1)
    history.people[:], history.stock[:], history.entries[:] = 100, 10, 2
    return history


def read(history, clock):
    return CaseEvidence(*evidence(clock, history))


@pytest.fixture
def history():
    """Return quiet months of which month 5 reports 7 cases, 3 months later."""
    history = quiet()
    for clock in range(MONTHS):
        publish(clock, CASES if clock == 5 else 0.0, 0.5 if clock == 5 else 0.0, LAG, history)
    return history


def test_a_publication_is_evidence_for_exactly_a_year(history):
    seen = [clock for clock in range(MONTHS) if read(history, clock).cases]
    assert seen == list(range(5 + LAG, 5 + LAG + YEAR))
    assert {read(history, clock).cases for clock in seen} == {CASES}


def test_without_a_publication_there_is_nothing_to_read_and_without_a_lag_something_at_once():
    history = quiet()
    assert read(history, 0) == CaseEvidence(0, 0.0, 0.0, 0.0)
    publish(0, float(CASES), 0.5, 0, history)
    assert read(history, 0).cases == CASES
    assert read(history, 0).years == pytest.approx(1 / YEAR)


def test_before_the_first_publication_there_is_no_evidence_and_then_a_growing_part_of_a_year(history):
    years = [read(history, clock).years for clock in range(MONTHS)]
    assert years[:LAG] == [0] * LAG
    assert years[LAG : LAG + YEAR] == pytest.approx([(k + 1) / YEAR for k in range(YEAR)])
    assert set(years[LAG + YEAR :]) == {1.0}


def test_the_share_an_ideal_reader_knows_is_of_the_people_exploited_in_the_window(history):
    found = read(history, 5 + LAG + YEAR - 1)
    assert found.people == 100
    assert found.ideal_share == pytest.approx(0.5 / (10 + 12 * 2))
