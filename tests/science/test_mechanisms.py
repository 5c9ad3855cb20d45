"""Every mechanism acts, and acts through its switch: off, some number changes; on, it changes what its text says."""

from pathlib import Path

import pytest

import md
from cyclesim.measures import MEASURES
from science.mechanisms import SIGNS, SWITCHES, described, expected, measured, off_and_on, tables_off_and_on

DIRECTED = [name for name, entry in expected().items() if entry.direction in SIGNS]
PAGE = (Path(__file__).parents[2] / "docs" / "mechanisms.md").read_text(encoding="utf-8")
MEND = "docs/mechanisms.md is behind; run: python docs/make_mechanisms.py"


@pytest.mark.parametrize("name", SWITCHES)
def test_a_mechanism_switched_off_changes_the_world(name):
    off, on = (tables["months"] for tables in tables_off_and_on(name, seed=1))
    assert any(on[m].tobytes() != off[m].tobytes() for m in on if m != "crisis"), f"{name} does nothing"


@pytest.mark.parametrize("name", DIRECTED)
def test_a_mechanism_acts_in_the_direction_its_text_says(name):
    off, on = off_and_on(name, range(1, 3))
    assert (off - on).mean() * SIGNS[expected()[name].direction] > 0


def test_every_switch_has_a_measure_and_a_reason():
    assert set(expected()) == set(SWITCHES), "give each switch an entry in tests/science/mechanisms.yaml"
    for name, entry in expected().items():
        assert entry.measure in MEASURES or entry.part, name
        assert entry.direction in (*SIGNS, "open"), name
        assert len(entry.because) > 15, name


def rows():
    """Return the cells of the table in docs, a list for each switch."""
    lines = md.part(PAGE, "switches").splitlines()[2:]
    return [line.strip("| ").split(" | ") for line in lines]


def test_the_table_in_docs_says_what_is_expected_of_every_switch():
    assert [row[:5] for row in rows()] == [described(name) for name in expected()], MEND


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_table_in_docs_holds_what_the_model_does_now():
    assert [row[5:] for row in rows()] == [measured(name) for name in expected()], MEND
