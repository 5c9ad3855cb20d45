"""The ladder: three rungs of one crisis that differ in a listed set of entries, and the lowest is the default."""

from itertools import pairwise

import pytest

from cyclesim.inputs.files import load
from cyclesim.model.practice.back_end import PAID_BY_OTHERS
from scaling import people_in, scaled
from science.worlds import assert_same, table

RUNGS = ("unseen-crisis", "mechanism-in-place", "strong-system")
LISTED = {
    "crises.protracted.line",
    *(f"crises.protracted.back_ends.national.{kind}" for kind in PAID_BY_OTHERS),
    *(f"parameters.{name}" for name in ("leadership", "lost_referral", "record_sharing", "completeness")),
}
"""What may differ between rungs: who is paid by others, the line, the lead, the pathway, linked and whole records."""
WORDS = {"title", "question", "sources"}


def leaves(value, path=""):
    """Return every number and word of a scenario by its path."""
    if isinstance(value, dict):
        return {k: v for name, part in value.items() for k, v in leaves(part, f"{path}.{name}".strip(".")).items()}
    return {path: value}


def differing(one, other):
    first, second = (leaves(load(name).resolved()) for name in (one, other))
    return {path for path in first.keys() | second.keys() if first.get(path) != second.get(path)} - WORDS


def test_rungs_differ_in_the_listed_entries_and_in_nothing_else():
    found = [differing(one, other) for one, other in pairwise(RUNGS)]
    assert set().union(*found, differing(RUNGS[0], RUNGS[-1])) == LISTED


def test_each_rung_pays_for_more_than_the_one_below():
    ends = [load(name).crises["protracted"].back_ends["national"] for name in RUNGS]
    for kind in PAID_BY_OTHERS:
        paid = [float(getattr(end, kind)) for end in ends]
        assert paid == sorted(set(paid)), kind


def test_the_baseline_is_the_unseen_crisis_and_nothing_else():
    assert differing("baseline", "unseen-crisis") == set()
    assert people_in(load("baseline")) == 20_000_000
    assert load("baseline").spin_up == 120
    names = ("baseline", "unseen-crisis")
    assert_same(*(table(scaled(name, 100_000), twin=True) for name in names))


@pytest.mark.parametrize("name", RUNGS)
def test_a_rung_states_every_kind_of_post(name):
    national = load(name).resolved()["crises"]["protracted"]["back_ends"]["national"]
    assert set(PAID_BY_OTHERS) <= set(national)
