"""Sensitivity: indices of functions whose indices are known, with and without luck, and what must stop it."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim.analysis.indices import binned, pawn, sobol
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError, UnknownNameError
from cyclesim.inputs.study import load_study
from cyclesim.questions.sensitivity.compute import _luck_share
from cyclesim.worlds.samplers import _saltelli

N = 1024


def ishigami(unit):
    x = np.pi * (2 * unit - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


VARIANCE = 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.0]) / VARIANCE
TOTAL = FIRST + np.array([1.0, 0.0, 1.0]) * (0.01 * np.pi**8 * (1 / 18 - 1 / 50)) / VARIANCE
G = np.array([0.0, 1.0, 4.5, 9.0])


def sobol_g(unit):
    return np.prod((np.abs(4 * unit - 2) + G) / (1 + G), axis=1)


def blocks(function, inputs, seed=1, noise=0.0, replications=1, shared=False):
    """Return outcomes of a Saltelli design of N base draws, with luck of a known variance."""
    values = function(_saltelli(inputs, N, seed)).reshape(inputs + 2, N)
    rng = np.random.default_rng(seed)
    shape = (1, 1, replications) if shared else (inputs + 2, N, replications)
    outcome = values[:, :, None] + noise * rng.standard_normal(shape)
    return outcome[0], outcome[1], outcome[2:]


def test_ishigami_has_its_known_indices():
    found = sobol(*blocks(ishigami, 3))
    assert np.abs(found.first - FIRST).max() < 0.05
    assert np.abs(found.total - TOTAL).max() < 0.05
    assert found.variance == pytest.approx(VARIANCE, rel=0.05)
    assert math.isnan(found.luck)


def test_the_g_function_has_its_known_indices():
    parts = 1 / (3 * (1 + G) ** 2)
    variance = np.prod(1 + parts) - 1
    total = parts * np.prod(1 + parts) / (1 + parts) / variance
    found = sobol(*blocks(sobol_g, 4))
    assert np.abs(found.first - parts / variance).max() < 0.05
    assert np.abs(found.total - total).max() < 0.05


def test_they_agree_with_salib_within_its_sampling_error():
    from SALib.analyze.sobol import analyze
    from SALib.sample.sobol import sample

    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[0.0, 1.0]] * 3}
    unit = sample(problem, N, calc_second_order=False, seed=1)
    theirs = analyze(problem, ishigami(unit), calc_second_order=False, seed=1)
    ours = sobol(*blocks(ishigami, 3))
    assert (np.abs(ours.first - theirs["S1"]) < theirs["S1_conf"] + 0.02).all()
    assert (np.abs(ours.total - theirs["ST"]) < theirs["ST_conf"] + 0.02).all()


def test_noise_shrinks_indices_by_the_known_factor_unless_luck_is_a_factor():
    noise = math.sqrt(VARIANCE)  # half of the variance of a run is luck
    naive = sobol(*blocks(ishigami, 3, noise=noise))
    assert np.abs(naive.first - FIRST / 2).max() < 0.06
    assert naive.total[1] > TOTAL[1] / 2 + 0.3  # and noise passes for interactions
    aware = sobol(*blocks(ishigami, 3, noise=noise, replications=4))
    assert np.abs(aware.first - FIRST).max() < 0.08
    assert np.abs(aware.total - TOTAL).max() < 0.08
    assert aware.luck == pytest.approx(0.5, abs=0.03)


def test_the_share_of_luck_is_that_of_a_model_of_random_effects():
    """Inputs of variance 4, luck of variance 1: a fifth of a single world, however many replications."""
    rng = np.random.default_rng(1)
    for replications in (2, 8):
        values = rng.normal(0, 2, (4000, 1)) + rng.normal(0, 1, (4000, replications))
        assert _luck_share(values) == pytest.approx(0.2, abs=0.02)
    assert _luck_share(rng.normal(0, 1, (4000, 2))) == pytest.approx(1, abs=0.05)
    assert math.isnan(_luck_share(np.ones((5, 1))))


def test_luck_that_all_draws_share_moves_no_index():
    found = sobol(*blocks(ishigami, 3, noise=3.0, replications=3, shared=True), shared_luck=True)
    plain = sobol(*blocks(ishigami, 3))
    assert found.first == pytest.approx(plain.first, abs=1e-9)
    assert found.total == pytest.approx(plain.total, abs=1e-9)


def test_intervals_cover_what_is_known_about_as_often_as_they_say():
    inside = 0
    for seed in range(20):
        found = sobol(*blocks(ishigami, 3, seed=seed), seed=seed)
        inside += int(((found.first_interval[:, 0] <= FIRST) & (found.first_interval[:, 1] >= FIRST)).sum())
    assert inside / 60 > 0.9  # Sobol points do better than the bootstrap of random ones believes


def test_a_number_that_is_none_stops_it():
    for bad in (math.nan, math.inf):
        a, b, ab = blocks(ishigami, 3)
        ab[1, 7, 0] = bad
        with pytest.raises(DesignError, match="no finite numbers"):
            sobol(a, b, ab)


def test_an_outcome_that_does_not_vary_has_no_indices():
    with pytest.raises(DesignError, match="does not vary"):
        sobol(*(np.ones(shape) for shape in [(8, 1), (8, 1), (2, 8, 1)]))


def test_shares_between_bins_are_first_order_indices_and_nothing_for_noise():
    rng = np.random.default_rng(2)
    unit = rng.random((4000, 3))
    y = ishigami(unit)
    assert [binned(unit[:, k], y) for k in range(3)] == pytest.approx(FIRST, abs=0.05)
    chance = [binned(rng.random(200), rng.random(200)) for _ in range(200)]
    assert np.mean(chance) == pytest.approx(0.0, abs=0.01)


def test_pawn_sees_what_moves_a_skewed_outcome_and_agrees_with_salib():
    from SALib.analyze.pawn import analyze

    rng = np.random.default_rng(3)
    unit = rng.random((2000, 2))
    y = np.exp(8 * unit[:, 0]) * rng.gamma(0.3, 1.0, 2000)  # rare and huge: its variance is a few draws
    one, two = pawn(unit[:, 0], y), pawn(unit[:, 1], y)
    assert one > 3 * two
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    theirs = analyze(problem, unit, y, S=25, seed=1)["median"]
    assert one == pytest.approx(theirs[0], abs=0.03)
    assert two == pytest.approx(theirs[1], abs=0.03)


# ---------------------------------------------------------------- of a sweep

STUDY = "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: {}\ndesign: {}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensitivity")
    head = "extends: small\nmonths: 4\nspin_up: 2\nparameters: {reception_need: 0.1, intakes_per_post: 1000"
    (folder / "near.yaml").write_text(head + "}\n")  # reception is never full: whoever meets helpers is referred
    (folder / "far.yaml").write_text(head + ", contact: 1}\n")
    return folder


def swept(place, name, replications, design):
    (place / f"{name}.yaml").write_text(STUDY.format(replications, design))
    return cs.sweep(load_study(place / f"{name}.yaml"), place / name)


INCIDENCE = "{incidence: [0.0005, 0.01], trust_gain: }"


@pytest.mark.parametrize(
    ("name", "design", "method"),
    [
        ("saltelli", f"{{method: saltelli, draws: 16, quantities: {INCIDENCE}}}", "sobol"),
        ("morris", f"{{method: morris, trajectories: 6, quantities: {INCIDENCE}}}", "morris"),
        ("lhs", f"{{method: lhs, draws: 40, quantities: {INCIDENCE}}}", "binned"),
    ],
)
def test_the_input_that_matters_comes_first_with_every_design(place, name, design, method):
    sweep = swept(place, name, 2, design)
    found = cs.sensitivity(sweep, "newly_trafficked")
    assert found.method == method
    assert found.table["quantity"].tolist() == ["incidence", "trust_gain"]
    assert 0 < found.luck < 0.5
    assert json.dumps(found.to_dict(), allow_nan=False)
    for _, row in found.table.iterrows():
        value, low, high = found.strength(row)
        assert low <= value <= high
        if method == "sobol":
            assert row["first_low"] <= row["first"] <= row["first_high"]
            assert 0 <= row["first"] <= row["total"]
    other = cs.sensitivity(sweep, "referred", "far")
    assert other.difference


def test_what_is_missing_or_unknown_is_told(place, monkeypatch):
    sweep = swept(place, "lhs", 2, f"{{method: lhs, draws: 40, quantities: {INCIDENCE}}}")
    with pytest.raises(UnknownNameError, match="did you mean 'identified'"):
        cs.sensitivity(sweep, "identfied")
    with pytest.raises(UnknownNameError, match="did you mean 'far'"):
        cs.sensitivity(sweep, "identified", "fars")
    holed = sweep.pairs("identified").astype(float)
    holed.iloc[7] = math.nan  # two replications a draw: the second of the fourth draw
    with monkeypatch.context() as patch:
        patch.setattr(type(sweep), "pairs", lambda self, measure: holed)
        with pytest.raises(DesignError, match="no finite number in draw 4, replication 1"):
            cs.sensitivity(sweep, "identified")
    plain = cs.sweep(load_study(place / "lhs.yaml").model_copy(update={"design": None}), place / "plain")
    with pytest.raises(DesignError, match="has no draws"):
        cs.sensitivity(plain)
    monkeypatch.setattr(type(sweep), "pairs", lambda self, measure: sweep.runs([measure]).head(0).assign(near=0))
    with pytest.raises(DesignError, match=r"80 of 80 worlds .* are missing or failed"):
        cs.sensitivity(sweep, "identified")


def test_the_command_prints_writes_and_draws(place, tmp_path):
    swept(place, "saltelli", 2, f"{{method: saltelli, draws: 16, quantities: {INCIDENCE}}}")
    words = ["sensitivity", str(place / "saltelli"), "--measure", "newly_trafficked", "--out", str(tmp_path / "out")]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    for said in ("incidence", "first-order", "total", "dummy inputs", "Luck is", "not observations", "assumptions"):
        assert said in output
    assert {"sensitivity.csv", "sensitivity.png", "manifest.json"} <= {p.name for p in (tmp_path / "out").iterdir()}
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:4], "--json"], catch_exceptions=False).output)
    assert told["method"] == "sobol"
    assert told["inputs"][0]["quantity"] == "incidence"
