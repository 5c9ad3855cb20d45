"""What donors can read of case records, and for how long."""

import pytest

from cyclesim.model.evidence.records import YEAR, CaseEvidence, CaseRecords, Month

MONTHS, LAG, CASES = 40, 3, 7
QUIET = Month(
    people=100, stock=10, entries=2, identified=0, assisted=0, detained=0, answered=0, lapsed=0, withdrawn=0,
    turned_away=0,
)  # fmt: skip


@pytest.fixture
def records():
    """Return 40 months of 100 people, 10 of them exploited and 2 newly; month 5 reports 7 cases, 3 months later."""
    book = CaseRecords(MONTHS)
    for clock in range(MONTHS):
        book.observe(clock, QUIET)
        book.publish(clock, CASES if clock == 5 else 0, 0.5 if clock == 5 else 0.0, LAG)
    return book


def test_a_publication_is_evidence_for_exactly_a_year(records):
    seen = [clock for clock in range(MONTHS) if records.evidence(clock).cases]
    assert seen == list(range(5 + LAG, 5 + LAG + YEAR))
    assert {records.evidence(clock).cases for clock in seen} == {CASES}


def test_without_a_publication_there_is_nothing_to_read_and_without_a_lag_something_at_once():
    book = CaseRecords(MONTHS)
    book.observe(0, QUIET)
    assert book.evidence(0) == CaseEvidence(0, 0.0, 0.0, 0.0)
    book.publish(0, CASES, 0.5, 0)
    assert book.evidence(0).cases == CASES
    assert book.evidence(0).years == pytest.approx(1 / YEAR)


def test_before_the_first_publication_there_is_no_evidence_and_then_a_growing_part_of_a_year(records):
    years = [records.evidence(clock).years for clock in range(MONTHS)]
    assert years[:LAG] == [0] * LAG
    assert years[LAG : LAG + YEAR] == pytest.approx([(k + 1) / YEAR for k in range(YEAR)])
    assert set(years[LAG + YEAR :]) == {1.0}


def test_the_share_an_ideal_reader_knows_is_of_the_people_exploited_in_the_window(records):
    evidence = records.evidence(5 + LAG + YEAR - 1)
    assert evidence.people == 100
    assert evidence.ideal_share == pytest.approx(0.5 / (10 + 12 * 2))
