"""History matching: emulators that are honest about what they do not see, recovery of known inputs, and targets."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import cyclesim as cs
from cyclesim.analysis.emulators import active, emulate, inside, resampled
from cyclesim.analysis.matching import measure
from cyclesim.analysis.targets import TargetQuantity
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError, StudyError, UnknownNameError
from cyclesim.inputs.parameters import parameters
from cyclesim.pages import reports
from cyclesim.worlds.design import draw_design

RNG = np.random.default_rng
SMALL = cs.load("small")


def test_an_emulator_explains_what_the_inputs_do_and_covers_the_rest():
    rng = RNG(1)
    x = rng.random((200, 3))
    y = np.sin(3 * x[:, 0]) + x[:, 1] + rng.normal(0, 0.2, 200)
    found = emulate(x, y)
    assert not found.log
    assert found.explained == pytest.approx(1 - 0.04 / y.var(), abs=0.05)
    assert found.covered == pytest.approx(0.9, abs=0.05)
    assert emulate(x, y + 10.0).explained == pytest.approx(found.explained, abs=1e-6)  # wherever zero is
    fresh = rng.random((2_000, 3))
    true = np.sin(3 * fresh[:, 0]) + fresh[:, 1] + rng.normal(0, 0.2, 2_000)
    below = np.mean([found.beyond(fresh[k : k + 1], true[k])[0] < 1.2816 for k in range(2_000)])
    assert below == pytest.approx(0.9, abs=0.025)


def test_what_leans_to_the_right_is_emulated_by_its_logarithm():
    rng = RNG(2)
    x = rng.random((150, 1))
    found = emulate(x, np.exp(4 * x[:, 0] + rng.normal(0, 0.1, 150)))
    assert found.log
    assert found.explained > 0.98
    middle = found.beyond(np.array([[0.5]]), math.exp(2.0))[0]
    assert abs(middle) < 0.5
    assert found.beyond(x[:2], 0.0).tolist() == [-math.inf] * 2
    assert found.beyond(x[:2], math.inf).tolist() == [math.inf] * 2


def test_noise_explains_nothing():
    rng = RNG(3)
    assert emulate(rng.random((100, 4)), rng.normal(0, 1, 100)).explained < 0.1


def test_the_inputs_that_move_something_are_found_among_many():
    rng = RNG(4)
    x = rng.random((200, 100))
    y = np.column_stack([3 * x[:, 7] + x[:, 31], np.exp(x[:, 60])]) + rng.normal(0, 0.2, (200, 2))
    assert active(x, y).tolist() == [7, 31, 60]
    assert active(x, y, number=1).size == 1
    found = [active(rng.random((100, 100)), rng.random((100, 1))).size for _ in range(40)]
    assert np.mean(np.array(found) > 1) < 0.15  # of noise one is kept, and rarely more


def test_weights_are_the_probability_of_the_tolerance_and_far_inputs_are_ruled_out():
    x = RNG(5).random((150, 1))
    found = emulate(x, x[:, 0] + RNG(6).normal(0, 0.05, 150))
    points = np.linspace(0, 1, 21)[:, None]
    weights, far = inside([found], [TargetQuantity("y", "", 0.4, 0.6)], points)
    expected = stats.norm(points[:, 0], 0.05).cdf(0.6) - stats.norm(points[:, 0], 0.05).cdf(0.4)
    assert weights == pytest.approx(expected, abs=0.08)
    assert far[0] > 5
    assert far[10] == 0
    one_sided = inside([found], [TargetQuantity("y", "", 0.5, math.inf)], points)[0]
    assert one_sided[-1] == pytest.approx(1.0, abs=1e-6)


def test_known_inputs_are_recovered_with_uniform_ranks():
    """Simulation-based calibration: each of fresh draws is taken as the truth, and seen through its noisy outcomes."""
    rng = RNG(7)

    def model(x):
        return np.column_stack([x[:, 0] + 0.5 * x[:, 1], np.exp(x[:, 1])]) + rng.normal(0, 0.1, (len(x), 2))

    x = rng.random((200, 2))
    emulators = [emulate(x, y) for y in model(x).T]
    points, truths = rng.random((600, 2)), rng.random((60, 2))
    ranks = []
    for truth, seen in zip(truths, model(truths), strict=True):
        weights = inside(emulators, [TargetQuantity("", "", y - 0.01, y + 0.01) for y in seen], points)[0]
        chosen = points[resampled(weights, 200, 1)]
        assert np.abs(chosen.mean(axis=0) - truth).max() < 0.45
        ranks.append((chosen < truth).mean(axis=0))
    for column in np.array(ranks).T:
        assert stats.kstest(column, "uniform").pvalue > 0.001


def test_resampling_is_systematic():
    chosen = resampled(np.array([0.0, 1.0, 3.0, 0.0]), 400, seed=3)
    assert np.bincount(chosen, minlength=4).tolist() == [0, 100, 300, 0]


# ---------------------------------------------------------------- of a scenario


def test_only_what_is_asked_is_measured_and_it_does_not_depend_on_what_else_is():
    every = measure(SMALL, ["T1a", "T3"])
    for id_ in every:
        alone = measure(SMALL, [id_])
        assert list(alone) == [id_]
        assert [str(value) for value in alone[id_]] == [str(value) for value in every[id_]]


@pytest.fixture(scope="module")
def found():
    return cs.match(SMALL, ["T4", "T3"], draws=60, check=3, seed=2)


@pytest.mark.slow
def test_targets_are_matched_by_inputs_that_move_them(found):
    assert [target.id for target in found.targets] == ["T3", "T4"]
    assert len(found.quantities) == 2
    assert (found.draws, found.checked) == (60, 3)
    assert 0 <= found.met_by_chance <= 1
    assert found.expected_after >= found.expected_by_chance
    assert 0 < found.left <= 1
    assert len(found.posterior) == 200
    drawn_of_it = found.posterior.values[:, found.posterior.names.index("self_report")]
    low, high = parameters()["self_report"].range
    assert low <= drawn_of_it.min() < drawn_of_it.max() <= high
    assert set(found.inputs["quantity"]) < set(found.posterior.names)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["targets"] == ["T3", "T4"]


@pytest.mark.slow
def test_the_command_gives_the_same_over_processes_and_its_posterior_is_carried_on(found, tmp_path):
    words = ["calibrate", "small", "--target", "T3", "--target", "T4", "--draws", "60", "--check", "3", "--seed", "2"]
    out = tmp_path / "out"
    told = CliRunner().invoke(cyclesim, [*words, "--workers", "2", "--out", str(out)], catch_exceptions=False)
    assert told.exit_code == 0
    said = " ".join(told.output.split())
    assert "keep their prior" in said
    assert "does not mean that the model is right" in said
    kept, expected = json.loads((out / "calibration.json").read_text()), json.loads(json.dumps(found.to_dict()))
    assert {**kept, "command": ""} == {**expected, "command": ""}  # targets were named in another order
    assert f"met at {round(found.met_by_chance * 60) or 'none'} of 60 draws" in reports.report(out).answer
    design = draw_design(SMALL, out / "posterior.csv")
    assert design.names == found.posterior.names
    assert design.values == pytest.approx(found.posterior.values, rel=1e-12)
    near = tmp_path / "near.yaml"
    near.write_text("extends: small\nmonths: 3\nspin_up: 0\n")
    far = tmp_path / "far.yaml"
    far.write_text("extends: near.yaml\nparameters: {patience: 0.3}\n")
    with pytest.raises(DesignError, match="draws patience, which far states itself"):
        draw_design([cs.load(near), cs.load(far)], out / "posterior.csv")  # part of a posterior is no posterior
    far.write_text(
        'extends: near.yaml\nchanges: {soon: {from: 2023-02, set: {parameters.patience: 0.3}, why: "a trial"}}\n'
    )
    carried = [
        "compare",
        str(near),
        str(far),
        "--draws",
        str(out / "posterior.csv"),
        "--out",
        str(tmp_path / "carried"),
    ]
    told = CliRunner().invoke(cyclesim, carried, catch_exceptions=False)
    assert told.exit_code == 0
    assert json.loads((tmp_path / "carried" / "manifest.json").read_text())["draws"] == 200
    assert f"--draws {out / 'posterior.csv'}" in " ".join(told.output.split())


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: cs.match(SMALL, ["T99"], draws=60), UnknownNameError, "no target 'T99'"),
        (lambda: cs.match(SMALL, ["T5"], draws=60), UnknownNameError, "no target 'T5'"),  # a test: not to be fitted
        (lambda: cs.match(SMALL, ["T1"], draws=20), DesignError, "too few for emulators"),
        (lambda: measure(SMALL, ["a"]), UnknownNameError, "no target 'a' that a calibration may use"),
    ],
)
def test_bad_questions_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("naivity\n0.5\n", DesignError, "no parameter 'naivity'"),
        ("naivety\n7\n", DesignError, "cannot be 7"),
        ("naivety\nmuch\n", StudyError, "finite number"),
        ("", StudyError, "must name the quantities"),
    ],
)
def test_bad_tables_of_draws_are_refused(tmp_path, text, error, words):
    (tmp_path / "draws.csv").write_text(text)
    with pytest.raises(error, match=words):
        draw_design(SMALL, tmp_path / "draws.csv")


def test_draws_are_a_number_or_a_file():
    assert draw_design(SMALL, 0) is None
    assert len(draw_design(SMALL, 3)) == 3
    told = CliRunner().invoke(cyclesim, ["compare", "small", "small", "--draws", "many"])
    assert told.exit_code == 2
    assert "must be a number of draws, or a CSV file" in told.output
