"""Designs of studies: methods, blocks, ranges of one's own, and what is refused before the first run."""

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.errors import DesignError, StudyError
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.study import load_study
from cyclesim.worlds.design import enough_draws, grid, of_study, sample

SMALL = cs.load("small").with_values({"months": 6, "spin_up": 2})
HEAD = "title: T\nquestion: Q?\nscenarios: [small]\n"
NAMES = ["contact", "naivety", "trust_gain"]


def unit(design, name):
    low, high = parameters()[name].range
    column = design.values[:, design.names.index(name)]
    return (
        np.log(column / low) / np.log(high / low)
        if parameters()[name].scale == "log"
        else (column - low) / (high - low)
    )


def test_a_longer_sobol_sequence_begins_with_the_same_draws():
    short, long = sample(SMALL, "sobol", 8, quantities=NAMES), sample(SMALL, "sobol", 32, quantities=NAMES)
    assert (short.values == long.values[:8]).all()
    assert (sample(SMALL, "sobol", [8, 24], quantities=NAMES).values == long.values).all()
    assert (sample(SMALL, "sobol", 32, seed=2, quantities=NAMES).values != long.values).all()


def test_each_block_is_a_latin_hypercube_and_the_first_does_not_move():
    whole = sample(SMALL, "lhs", [8, 4], quantities=NAMES)
    assert (whole.values[:8] == sample(SMALL, "lhs", 8, quantities=NAMES).values).all()
    for name in NAMES:
        assert sorted(np.floor(8 * unit(whole, name)[:8]).astype(int)) == list(range(8))
        assert sorted(np.floor(4 * unit(whole, name)[8:]).astype(int)) == list(range(4))


def test_morris_moves_one_quantity_at_a_time_between_levels():
    design = sample(SMALL, "morris", [3, 2], quantities=NAMES, levels=4)
    assert design.values.shape == (5 * 4, 3)
    positions = np.column_stack([unit(design, name) for name in design.names])
    assert np.allclose(positions * 3, np.round(positions * 3))
    for trajectory in positions.reshape(5, 4, 3):
        moved = np.abs(np.diff(trajectory, axis=0)) > 1e-9
        assert moved.sum(axis=1).tolist() == [1, 1, 1]
        assert moved.sum(axis=0).tolist() == [1, 1, 1]
    again = sample(SMALL, "morris", 3, quantities=NAMES, levels=4)
    assert (again.values == design.values[:12]).all()


def test_a_grid_is_full_and_its_last_quantity_changes_fastest():
    design = grid({"naivety": [0.0, 1.0], "contact": [0.02, 0.04, 0.06]})
    assert design.names == ("contact", "naivety")
    assert design.values.tolist() == [[c, n] for c in (0.02, 0.04, 0.06) for n in (0.0, 1.0)]
    with pytest.raises(DesignError, match="more than"):
        grid({name: list(np.linspace(0, 1, 200)) for name in NAMES})


def test_a_range_of_ones_own_and_a_path_are_drawn():
    path = "crises.valley.needs_met"
    design = sample(SMALL, "lhs", 16, quantities={"naivety": [0.2, 0.3], path: [0.1, 0.9], "contact": None})
    assert design.names == ("contact", path, "naivety")
    columns = dict(zip(design.names, design.values.T, strict=True))
    assert 0.2 <= columns["naivety"].min() < columns["naivety"].max() <= 0.3
    assert sorted(np.floor(16 * (columns[path] - 0.1) / 0.8).astype(int)) == list(range(16))
    other = SMALL.with_values({path: float(columns[path][0])})
    assert cs.simulate(SMALL, design).table.query("draw == 1")["exploited"].tolist() == (
        cs.simulate(other, design).table.query("draw == 1")["exploited"].tolist()
    )


def test_a_parameter_that_scenarios_state_alike_can_be_drawn_by_name_and_a_lever_cannot():
    assert "incidence" in SMALL.stated
    assert "incidence" not in sample(SMALL, n=2).names
    assert sample([SMALL, SMALL.renamed("two")], n=2, quantities=["incidence"]).names == ("incidence",)
    other = SMALL.with_values({"naivety": 0.0, "crises.valley.needs_met": 0.1}).renamed("other")
    for name in ["naivety", {"crises.valley.needs_met": [0.1, 0.9]}]:
        with pytest.raises(DesignError, match=r"other states .* itself.*leave it out"):
            sample([SMALL, other], n=2, quantities=[name] if isinstance(name, str) else name)


BAD = [
    ("{method: lhs, draws: 2, quantities: [naivty]}", ["4:46", "no parameter 'naivty'", "did you mean 'naivety'"]),
    ("{method: lhs, draws: 2, quantities: {naivety: [0, 2]}}", ["4:55", "naivety cannot be 2", "between 0 and 1"]),
    ("{method: lhs, draws: 2, quantities: {naivety: [1, 0]}}", ["the lower one first"]),
    ("{method: lhs, draws: 2, quantities: {naivety: [0.5, 0.5]}}", ["the lower one first"]),
    ("{method: lhs, draws: 2, quantities: {naivety: [0.5]}}", ["two numbers"]),
    ("{method: lhs, draws: 2, quantities: [form_mix]}", ["no range to draw from"]),
    ("{method: lhs, draws: 2, quantities: {form_mix: [0, 1]}}", ["form_mix cannot be 0"]),
    ("{method: lhs, draws: 2, quantities: [crises.valley.needs_met]}", ["no range of its own", "[low, high]"]),
    ("{method: lhs, draws: 2, quantities: {crises.vally.needs_met: [0, 1]}}", ["did you mean 'valley'"]),
    ("{method: lhs, draws: 2, quantities: {months: [1, 4]}}", ["no parameter 'months'"]),
    ("{method: lhs, draws: 2, quantities: {}}", ["nothing to draw"]),
    ("{method: sobol, draws: 12, quantities: [naivety]}", ["4:9", "power of two", "take 16"]),
    ("{method: lhs, draws: 5000000, quantities: [naivety]}", ["at most 1,000,000"]),
    ("{method: grid, quantities: [naivety]}", ["naivety has no values"]),
    ("{method: grid, quantities: {naivety: [0, 1.5]}}", ["naivety cannot be 1.5"]),
]


@pytest.mark.parametrize(("design", "words"), BAD)
def test_a_bad_design_is_refused_with_its_place(tmp_path, design, words):
    file = tmp_path / "study.yaml"
    file.write_text(HEAD + f"design: {design}\n")
    study = load_study(file)
    with pytest.raises(StudyError) as caught:
        of_study(study, study.load_scenarios())
    for word in [*words, "study.yaml:4:"]:
        assert word.casefold() in str(caught.value).casefold(), str(caught.value)


def test_all_faults_of_a_design_come_at_once(tmp_path):
    (tmp_path / "t.csv").write_text("naivty,naivety,contact\n0.1,2,0.05\n")
    file = tmp_path / "study.yaml"
    file.write_text(HEAD + "design: {method: table, file: t.csv}\n")
    study = load_study(file)
    with pytest.raises(StudyError) as caught:
        of_study(study, study.load_scenarios())
    assert len(caught.value.problems) == 2


def test_without_salib_morris_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(DesignError, match=r"pip install 'cyclesim\[analysis\]'"):
        sample(SMALL, "morris", 2)


def test_quantities_of_a_sobol_design_hardly_go_together():
    """Columns out of one sequence over all parameters went together by 0.75."""
    rng = np.random.default_rng(1)
    sampled = sorted(name for name, quantity in parameters().items() if quantity.sampled)
    baseline = cs.load("baseline")
    free = [name for name in sampled if name not in baseline.stated]
    worst = []
    for seed in range(1, 201):
        names = rng.choice(free, 6, replace=False).tolist()
        worst.append(abs(sample(baseline, "sobol", 64, seed=seed, quantities=names).largest_correlation()[2]))
    assert max(worst) <= 0.2


def test_the_largest_correlation_is_that_of_the_ranks():
    x = np.arange(10.0)
    design = cs.Design(("a", "b", "c"), np.column_stack([x, np.exp(-x), np.ones(10)]))
    assert design.largest_correlation()[:2] == ("a", "b")
    assert design.largest_correlation()[2] == pytest.approx(-1.0)
    assert cs.Design(("a",), x[:, None]).largest_correlation() == ("", "", 0.0)
    with pytest.raises(DesignError, match="a and b go together in these 10 draws"):
        design.tell_apart()


def test_advice_fits_the_method():
    assert [enough_draws(method, 100) for method in ("lhs", "sobol", "saltelli")] == [100, 128, 128]
    assert enough_draws("sobol", 64) == 64
