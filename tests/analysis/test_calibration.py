"""Calibration: conjugate cases, a posterior with two modes, ranks that are uniform, and what cannot be known."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import cyclesim as cs
from cyclesim.analysis import calibration as module
from cyclesim.analysis.calibration import Observation, abc, ranks, weighted_quantile
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError, UnknownNameError
from cyclesim.inputs.study import load_study

RNG = np.random.default_rng


def column(values):
    return np.asarray(values, dtype=float)[:, None]


def test_seven_of_twenty_with_a_uniform_prior_is_a_beta_distribution():
    rng = RNG(1)
    theta = rng.random(60_000)
    found = abc(column(theta), column(rng.binomial(20, theta)), np.array([7.0]), [(0.0, 1.0)], accept=0.04)
    assert found.mean()[0] == pytest.approx(0.363636, abs=0.006)
    assert found.sd()[0] == pytest.approx(0.100305, abs=0.005)
    low, high = found.quantile(0.05)[0], found.quantile(0.95)[0]
    assert (low, high) == pytest.approx(stats.beta(8, 14).ppf([0.05, 0.95]), abs=0.015)


@pytest.mark.parametrize("adjust", [False, True])
def test_thirty_in_ten_counts_with_a_gamma_prior_is_a_gamma_distribution(adjust):
    rng = RNG(2)
    theta = rng.gamma(1.0, 1.0, 100_000)
    total = rng.poisson(10 * theta)
    found = abc(column(theta), column(total), np.array([30.0]), [(0.0, math.inf)], accept=0.012, adjust=adjust)
    assert found.mean()[0] == pytest.approx(2.818182, abs=0.05)
    assert found.sd()[0] == pytest.approx(0.506160, abs=0.04)


def test_both_modes_of_two_moons_are_found():
    """Lueckmann et al. (2021): theta enters through |t1 + t2| and t1 - t2, so that a posterior has two crescents."""
    rng = RNG(3)
    theta = rng.uniform(-1, 1, (60_000, 2))
    angle, radius = rng.uniform(-math.pi / 2, math.pi / 2, 60_000), rng.normal(0.1, 0.01, 60_000)
    moved = np.column_stack([-np.abs(theta.sum(axis=1)), theta[:, 1] - theta[:, 0]]) / math.sqrt(2)
    outcomes = np.column_stack([radius * np.cos(angle) + 0.25, radius * np.sin(angle)]) + moved
    found = abc(theta, outcomes, np.array([0.0, 0.0]), [(-1, 1), (-1, 1)], accept=0.005, adjust=False)
    side = found.samples.sum(axis=1)
    assert 0.3 < found.weights[side > 0].sum() < 0.7
    assert np.abs(side).min() > 0.1  # and nothing between them


def test_regression_takes_out_the_width_of_acceptance():
    """A linear Gaussian case whose posterior is known, with one draw in five kept."""
    rng = RNG(4)
    theta = rng.normal(0, 1, (4_000, 2))
    outcomes = theta @ np.array([[1.0, 0.5], [0.0, 1.0]]) + rng.normal(0, 0.3, (4_000, 2))
    observed = np.array([0.5, -0.2])
    precision = np.eye(2) + (m := np.array([[1.0, 0.5], [0.0, 1.0]])) @ m.T / 0.09
    mean = np.linalg.solve(precision, m @ observed / 0.09)
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    free = [(-math.inf, math.inf)] * 2
    moved = abc(theta, outcomes, observed, free, accept=0.2)
    assert moved.mean() == pytest.approx(mean, abs=0.06)
    assert moved.sd() == pytest.approx(sd, rel=0.12)
    assert (abc(theta, outcomes, observed, free, accept=0.2, adjust=False).sd() > 1.3 * sd).all()


def test_moved_inputs_stay_inside_their_bounds():
    rng = RNG(5)
    theta = rng.random((500, 1))
    found = abc(theta, theta + rng.normal(0, 0.01, (500, 1)), np.array([1.5]), [(0.0, 1.0)], accept=0.3)
    assert ((found.samples >= 0) & (found.samples <= 1)).all()


def test_ranks_of_the_truth_are_uniform_and_an_overconfident_posterior_is_found():
    rng = RNG(6)
    theta = rng.random((3_000, 1))
    outcomes = theta + rng.normal(0, 0.2, (3_000, 1))
    found = ranks(theta, outcomes, [(0.0, 1.0)], truths=300)[:, 0]
    assert stats.kstest(found, "uniform").pvalue > 0.001
    lie = theta + rng.normal(0, 0.02, (3_000, 1))  # whoever calibrates believes in a smaller error
    sure = []
    for truth in range(200):
        posterior = abc(theta[200:], lie[200:], outcomes[truth], [(0.0, 1.0)])
        sure.append(float(posterior.weights @ (posterior.samples[:, 0] < theta[truth, 0])))
    assert stats.kstest(sure, "uniform").pvalue < 1e-6


def test_weighted_quantiles_are_plain_ones_for_equal_weights():
    values = RNG(7).normal(0, 1, 5_001)
    weights = np.full(5_001, 1 / 5_001)
    for share in (0.05, 0.5, 0.95):
        assert weighted_quantile(values, weights, share) == pytest.approx(np.quantile(values, share), abs=0.01)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_none_stop_it(bad):
    theta = RNG(8).random((200, 1))
    outcomes = theta.copy()
    outcomes[3] = bad
    with pytest.raises(DesignError, match="no finite numbers"):
        abc(theta, outcomes, np.array([0.5]), [(0.0, 1.0)])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("detected_share", "cannot read"),
        ("detected_share = 0.05", "cannot read"),
        ("detected_share = much +- 1", "cannot read a number"),
        ("detected_share = 0.05 +- 0", "above zero"),
        ("detected_share = nan +- 1", "above zero"),
    ],
)
def test_bad_targets_are_refused(text, words):
    with pytest.raises(DesignError, match=words):
        Observation.parse(text)


def test_a_target_is_read_as_it_is_said():
    assert (
        Observation.parse(" trust = 0.5 ± 0.1 ")
        == Observation.parse("trust=0.5 +- 1e-1")
        == Observation("trust", 0.5, 0.1)
    )


# ---------------------------------------------------------------- of a sweep

STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml]\nreplications: 2\n"
    "design: {{method: {}, draws: {}, quantities: {{incidence: [0.0005, 0.01], trust_gain: , patience: }}}}\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration")
    (folder / "near.yaml").write_text("extends: small\nmonths: 4\nspin_up: 2\n")
    return folder


def swept(place, method, draws):
    (place / f"{method}-{draws}.yaml").write_text(STUDY.format(method, draws))
    return cs.sweep(load_study(place / f"{method}-{draws}.yaml"), place / f"{method}-{draws}")


def test_a_known_incidence_is_recovered_and_what_cannot_be_known_is_said(place):
    sweep = swept(place, "lhs", 150)
    truth = 20
    seen = float(sweep.pairs("newly_trafficked")["near"].loc[(truth, 0)])
    found = cs.calibrate(sweep, [f"newly_trafficked = {seen} +- 3"], accept=0.2)
    known = found.inputs.set_index("quantity")
    assert known.loc["incidence", "low"] <= sweep.draws["incidence"][truth - 1] <= known.loc["incidence", "high"]
    assert known.loc["incidence", "left"] < 0.5
    assert known.loc["trust_gain", "left"] > 0.6
    ends = known.loc["trust_gain", ["prior_low", "prior_median", "prior_high"]].tolist()
    assert ends == pytest.approx(np.quantile(sweep.draws["trust_gain"], [0.05, 0.5, 0.95]))
    assert found.inputs["left"].is_monotonic_increasing
    drawn = np.quantile(found.posterior_table(rows=2000)["incidence"], [0.05, 0.5, 0.95])
    near = pytest.approx(drawn, rel=0.1)  # quantiles of thirty weighted points, and of draws from them
    assert known.loc["incidence", ["low", "median", "high"]].tolist() == near
    assert max(abs(bias) for bias in found.rank_bias.values()) < 4
    again = cs.calibrate(sweep, [f"newly_trafficked = {seen} +- 3"], accept=0.2)
    assert json.dumps(found.to_dict()) == json.dumps(again.to_dict())


def test_what_was_observed_is_one_history_whatever_the_number_of_replications(place):
    """Means over replications vary less than a history does, and intervals from them are too narrow."""
    sweep = swept(place, "lhs", 150)
    runs = sweep.runs(["identified"])
    found = module._by_draw(sweep, "identified", "near")
    assert found.tolist() == runs[runs["replication"] == 0].sort_values("draw")["identified"].tolist()
    assert found.std() > runs.groupby("draw")["identified"].mean().std()


def test_the_bias_of_ranks_is_in_standard_errors_of_their_mean(place, monkeypatch):
    sweep = swept(place, "lhs", 150)
    inputs = len(sweep.plan.design.names)
    monkeypatch.setattr(module, "ranks", lambda *_, **__: np.array([[0.5], [0.7], [0.9]]) - np.arange(inputs) / 10)
    bias = cs.calibrate(sweep, ["identified = 1 +- 1"]).rank_bias
    assert list(bias.values()) == pytest.approx([(0.2 - k / 10) / (0.2 / math.sqrt(3)) for k in range(inputs)])


def test_what_cannot_be_calibrated_is_told(place):
    sweep = swept(place, "lhs", 150)
    with pytest.raises(UnknownNameError, match="did you mean 'identified'"):
        cs.calibrate(sweep, ["identfied = 1 +- 1"])
    with pytest.raises(UnknownNameError, match="did you mean 'near'"):
        cs.calibrate(sweep, ["identified = 1 +- 1"], scenario="nearr")
    with pytest.raises(DesignError, match="nothing to calibrate to"):
        cs.calibrate(sweep, [])
    with pytest.raises(DesignError, match="too few to calibrate"):
        cs.calibrate(swept(place, "lhs", 20), ["identified = 1 +- 1"])
    with pytest.raises(DesignError, match="no sample of a prior"):
        cs.calibrate(swept(place, "saltelli", 2), ["identified = 1 +- 1"])


def test_the_command_prints_and_writes(place, tmp_path):
    swept(place, "lhs", 150)
    words = [
        "calibrate",
        str(place / "lhs-150"),
        "--target",
        "newly_trafficked = 20 +- 3",
        "--out",
        str(tmp_path / "out"),
    ]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    for said in (
        "come nearest",
        "incidence",
        "cannot tell them",
        "does not mean that the model is right",
        "not observations",
    ):
        assert said in output
    assert {"inputs.csv", "outcomes.csv", "calibration.json"} <= {path.name for path in (tmp_path / "out").iterdir()}
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:4], "--json"], catch_exceptions=False).output)
    assert told["inputs"][0]["quantity"] == "incidence"
