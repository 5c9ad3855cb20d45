"""Value of information: closed forms, order, and luck that is not worth knowing."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import norm

import cyclesim as cs
from cyclesim.analysis.voi import evpi, evpi_of_halves, evppi, evsi
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.inputs.study import load_study

N = 20_000


def loss(mean, sd):
    """Return the expected opportunity loss of choosing between 0 and a normal benefit: s phi(m/s) - |m| Phi(-|m|/s)."""
    return sd * norm.pdf(mean / sd) - abs(mean) * norm.cdf(-abs(mean) / sd)


def options(*benefits):
    return np.column_stack([np.zeros(len(benefits[0])), *benefits])


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (1.0, 1.0), (-0.5, 2.0), (30.0, 10.0)])
def test_perfect_information_on_a_normal_benefit_is_the_unit_normal_loss(mean, sd):
    x = np.random.default_rng(1).normal(mean, sd, N)
    values = np.maximum(x, 0) - max(mean, 0)
    assert evpi(options(x)) == pytest.approx(loss(mean, sd), abs=3 * values.std() / math.sqrt(N) + 0.01 * sd)
    assert evppi(options(x), x) == pytest.approx(evpi(options(x)), abs=0.02 * sd)


def test_of_two_inputs_that_add_up_each_has_its_closed_form():
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((2, N))
    benefits = options(0.3 + 2.0 * x + 0.5 * y)
    assert evppi(benefits, x) == pytest.approx(loss(0.3, 2.0), abs=0.03)
    assert evppi(benefits, y) == pytest.approx(loss(0.3, 0.5), abs=0.03)
    assert evppi(benefits, rng.standard_normal(N)) == pytest.approx(0.0, abs=0.01)
    assert evppi(benefits, x) < evpi(benefits)


def test_a_study_of_a_normal_mean_has_its_closed_form():
    """The posterior mean has standard deviation s * sqrt(s^2 / (s^2 + t^2 / n))."""
    rng = np.random.default_rng(3)
    x = rng.normal(0.2, 1.0, N)
    for n in (1, 4, 16):
        reported = x + rng.standard_normal(N) * 2.0 / math.sqrt(n)
        assert evppi(options(x), reported) == pytest.approx(loss(0.2, math.sqrt(1 / (1 + 4 / n))), abs=0.02)


def test_a_survey_is_worth_more_the_more_people_it_asks_and_never_more_than_the_truth():
    rng = np.random.default_rng(4)
    shares = rng.uniform(0.0, 0.04, N)
    benefits = options(1000 * (shares - 0.018) + rng.standard_normal(N) * 5)
    worth = [evsi(benefits, shares, people) for people in (50, 500, 5_000, 50_000)]
    assert worth == sorted(worth)
    assert worth[-1] <= evppi(benefits, shares) + 0.02
    assert evppi(benefits, shares) <= evpi(benefits)
    assert worth[-1] == pytest.approx(evppi(benefits, shares), rel=0.02)


def test_luck_is_not_worth_knowing():
    """Where options differ by luck alone, the two ends enclose zero; where they differ, they enclose the truth."""
    rng = np.random.default_rng(5)
    luck = rng.standard_normal((400, 2, 6))
    assert evpi(luck.mean(axis=2)) > 0.1
    assert evpi_of_halves(luck) == pytest.approx(0.0, abs=0.05)
    x = rng.standard_normal((400, 1)) * np.array([0.0, 2.0])
    high, low = evpi((x[:, :, None] + luck).mean(axis=2)), evpi_of_halves(x[:, :, None] + luck)
    assert low <= evpi(x) <= high


def test_what_makes_no_difference_to_the_choice_is_worth_nothing():
    x = np.random.default_rng(6).random(500)
    assert evppi(options(5 + x), x) == pytest.approx(0.0, abs=1e-9)
    assert evpi(options(5 + x)) == pytest.approx(0.0, abs=1e-9)


# ---------------------------------------------------------------- of a sweep

STUDY = (
    "title: T\nquestion: Q?\nscenarios: [near.yaml, far.yaml]\nreplications: 2\n"
    "design: {{method: {}, draws: {}, quantities: {{incidence: [0.0005, 0.01], trust_gain: }}}}\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voi")
    head = "extends: small\nmonths: 4\nspin_up: 2\n"
    (folder / "near.yaml").write_text(head)
    levers = "interventions:\n  more: {from: 2023-01, scale: {parameters.incidence: 0.9}, cost: 4000}\n"
    (folder / "far.yaml").write_text(head + levers)
    return folder


def swept(place, method, draws):
    (place / f"{method}-{draws}.yaml").write_text(STUDY.format(method, draws))
    return cs.sweep(load_study(place / f"{method}-{draws}.yaml"), place / f"{method}-{draws}")


def test_the_input_that_decides_is_the_one_worth_knowing(place):
    sweep = swept(place, "lhs", 60)
    found = cs.voi(sweep, worth=2000.0)
    assert found.unit == "US$"
    assert found.inputs["quantity"].tolist() == ["incidence", "trust_gain"]
    assert found.inputs["evppi"][0] <= found.perfect[0]
    assert found.surveys["people"].tolist() == [500, 2000, 8000]
    assert (found.surveys["evsi"] <= found.inputs["evppi"][0] + 3 * found.inputs["standard_error"][0]).all()
    assert found.surveys["evsi"].is_monotonic_increasing
    assert found.inputs["named"].tolist() == [True, False]
    assert found.inputs["evppi"][0] > found.bar
    assert found.benefits["best_share"].sum() == pytest.approx(1.0)
    free = cs.voi(sweep)
    assert free.unit == "person-months"
    assert free.best == "far"  # it averts, and costs are left out


@pytest.mark.parametrize(
    ("method", "draws", "words"), [("lhs", 8, "8 draws are too few"), ("saltelli", 2, "no sample of what is plausible")]
)
def test_what_cannot_be_valued_is_told(place, method, draws, words):
    with pytest.raises(DesignError, match=words):
        cs.voi(swept(place, method, draws))


def test_the_command_prints_and_writes(place, tmp_path):
    swept(place, "lhs", 60)
    words = ["voi", str(place / "lhs-60"), "--worth", "2000", "--out", str(tmp_path / "out")]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    for said in (
        "Net benefit",
        "best in",
        "To know everything beforehand would be worth",
        "a survey of 2,000 people",
        "your number",
        "not observations",
    ):
        assert said in " ".join(output.split())
    assert {"benefits.csv", "inputs.csv", "surveys.csv", "voi.json", "voi.svg"} <= {
        p.name for p in (tmp_path / "out").iterdir()
    }
    told = json.loads(CliRunner().invoke(cyclesim, [*words[:4], "--json"], catch_exceptions=False).output)
    assert {"evpi", "evpi_of_halves", "best", "inputs", "surveys"} <= set(told)
