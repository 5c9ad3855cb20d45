"""The data dictionary of the monthly table."""

import json

import pytest
from click.testing import CliRunner

from cyclesim.cli.inputs import measures
from cyclesim.errors import UnknownNameError
from cyclesim.measures import MEASURES


def run(*arguments):
    result = CliRunner().invoke(measures, arguments)
    if result.exception:
        raise result.exception
    return result.output


def test_every_measure_is_listed_with_kind_unit_and_text():
    text, rows = run(), json.loads(run("--json"))
    assert [row["name"] for row in rows] == list(MEASURES)
    for row in rows:
        assert set(row) == {"name", "kind", "unit", "title", "words", "text", "averted", "headline"}
        assert f"{row['name']} ({row['kind']}, {row['unit']})\n  {row['text']}" in text
    assert all(row["averted"] == MEASURES[row["name"]].averted for row in rows)


def test_measures_are_found_by_name_and_by_text():
    assert [row["name"] for row in json.loads(run("TRUST", "--json"))] == ["trust"]
    assert "waiting_months" in run("mean wait")
    assert "its difference is what is averted" in run("retrafficked")


def test_an_unknown_measure_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="did you mean 'trust'"):
        run("trustt")
