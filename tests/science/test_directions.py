"""Every intervention moves what it acts on as directions.yaml says, at the defaults and at the ends of what it touches.

Nowhere does it move it the wrong way: there is no list of exceptions. Where it stands still, and where a headline
outcome moves the wrong way in the end, the file gives the reason; what is listed and is not so any more fails too.
"""

from pathlib import Path

import pytest

import md
from cyclesim.inputs.interventions import catalogue, written_out
from cyclesim.inputs.parameters import parameters
from cyclesim.measures import MEASURES
from cyclesim.model.cycle import CycleModel
from science import directions
from science.directions import BUILT, DEFAULTS, NOTHING, Trial, all_ends, expected, own_ends, trial, verdict
from science.worlds import assert_same, changed

ENDS = [(name, label) for name in BUILT for label in own_ends(name)]
SAMPLE = ENDS[::30]
PAGE = (Path(__file__).parents[2] / "docs" / "directions.md").read_text(encoding="utf-8")
MEND = "docs/directions.md is behind; run: python docs/make_directions.py"


def test_every_built_intervention_has_a_direction_and_a_reason():
    assert tuple(expected()) == BUILT
    for name, entry in expected().items():
        assert entry.measure in MEASURES or entry.line, name
        assert entry.direction in ("up", "down"), name
        assert len(entry.because) > 20, name


def test_every_end_at_which_nothing_moves_is_tried_and_says_why():
    for name, entry in expected().items():
        assert set(entry.ends) <= set(all_ends(name)), name
        assert set(entry.reverses) <= set(directions.OUTCOMES), name
        for why in (*entry.ends.values(), *entry.reverses.values()):
            assert len(why) > 30, name


def test_every_number_an_intervention_touches_has_two_ends():
    for name in BUILT:
        for path in directions.touched(name):
            low, high = directions.limits(path)
            assert low < high, path
            leaf = path.rpartition(".")[2]
            assert {f"{leaf} min", f"{leaf} max"} <= set(own_ends(name)), (name, path)


def test_ranges_are_stated_once():
    stated = set(directions.ranges())
    assert not stated & {name for name, quantity in parameters().items() if quantity.range}
    assert stated == {path.rpartition(".")[2] for name in BUILT for path in directions.touched(name)} & stated


@pytest.mark.parametrize(
    ("without", "with_it", "idle", "outcome"),
    [
        (1.0, 1.1, False, "up"),
        (1.0, 0.9, False, "down"),
        (1.0, 1.0 + 1e-8, False, "unmoved"),
        (1.0, 1.0, False, "unmoved"),
        (1.0, 1.0, True, NOTHING),
        (1.0, 1.1, True, "up"),
        (0.0, 0.5, False, "up"),
    ],
)
def test_an_outcome_is_read_off_two_means(without, with_it, idle, outcome):
    assert Trial(without, with_it, idle).outcome == outcome


def test_a_verdict_holds_the_file_to_what_happens():
    assert verdict("R2", DEFAULTS, "up") == "holds"
    assert verdict("R2", DEFAULTS, "down").startswith("does not hold")
    assert verdict("R2", DEFAULTS, NOTHING).startswith("does not hold")
    assert verdict("R2", "added_training max", "down").startswith("does not hold")
    assert verdict("R2", "added_training max", NOTHING) == NOTHING
    name, label = next((name, label) for name, entry in expected().items() for label in entry.ends)
    assert verdict(name, label, "unmoved") == "stands still"
    for moved in ("up", "down"):
        assert verdict(name, label, moved).startswith("listed as")


def test_a_world_that_goes_on_from_a_copy_is_the_same_as_one_run_whole():
    change = {"from": directions.world().start, **written_out(catalogue()["R9"], directions.world().resolved())}
    whole = CycleModel(changed(directions.world(), interventions={"use": change}), twin=True).run()
    assert_same(directions.tables((), "R9")["months"], whole.observations.tables()["months"])


@pytest.mark.parametrize("name", BUILT)
def test_an_intervention_acts_in_the_direction_one_expects(name):
    assert verdict(name, DEFAULTS, trial(name).outcome) == "holds"


@pytest.mark.parametrize("name", BUILT)
def test_what_an_outcome_does_against_the_intervention_is_listed_with_its_path(name):
    assert set(directions.reversals(name)) == set(expected()[name].reverses)


@pytest.mark.parametrize(("name", "label"), SAMPLE)
def test_it_does_at_an_end_of_what_it_touches_or_is_listed(name, label):
    assert verdict(name, label, trial(name, own_ends(name)[label]).outcome) in directions.FINE


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_at_every_end_a_direction_holds_or_is_listed():
    found = {(n, label): verdict(n, label, trial(n, v).outcome) for n in BUILT for label, v in all_ends(n).items()}
    assert {key: said for key, said in found.items() if said not in directions.FINE} == {}


def rows(part):
    return [line.strip("| ").split(" | ") for line in md.part(PAGE, part).splitlines()[2:]]


def test_the_table_in_docs_says_what_is_expected():
    assert [row[:4] for row in rows("defaults")] == [directions.described(name) for name in BUILT], MEND
    assert [row[:2] for row in rows("ends")] == [[name, label] for name, label in ENDS], MEND
    for part in ("ends", "reverses"):
        listed = [[n, *why] for n, entry in expected().items() for why in getattr(entry, part).items()]
        table = "still" if part == "ends" else "reversals"
        assert [[*row[:2], row[-1]] for row in rows(table)] == listed, MEND


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_table_in_docs_holds_what_the_model_does_now():
    for name, *cells in rows("ends"):
        assert cells[1:] == directions.measured(name, cells[0], own_ends(name)[cells[0]]), MEND
