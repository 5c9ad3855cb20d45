"""Portfolio: known optima, limits that hold, money that is only moved, and uses that are compared fairly."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import cyclesim as cs
from cyclesim.analysis import portfolio as module
from cyclesim.analysis.portfolio import DrawnWorld, exploited, needed, search
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.vocabulary import Line

SMALL = cs.load("small").with_values({"months": 12, "spin_up": 2})
LINES = len(Line)
WEIGHTS = np.array([1.0, 2.0, 3.0, 0.5])


def concave(allocations):
    """The sum of a_i sqrt(x_i) is largest where x_i is in proportion to a_i squared."""
    return [float((WEIGHTS * np.sqrt(np.maximum(x, 0))).sum()) for x in allocations]


def free(n):
    return np.zeros(n), np.ones(n)


def test_a_concave_use_has_its_known_optimum():
    found = search(concave, *free(4), evaluations=120)
    assert found.shares == pytest.approx(WEIGHTS**2 / (WEIGHTS**2).sum(), abs=1e-6)
    assert found.value == pytest.approx(math.sqrt((WEIGHTS**2).sum()), abs=1e-9)
    assert found.random_value < found.value
    assert found.evaluations[1] == 30


def test_with_limits_the_optimum_fills_them():
    """With a floor of 0.3 on the last and a cap of 0.4 on the third, the other two share what is left, 1 to 4."""
    found = search(concave, np.array([0, 0, 0, 0.3]), np.array([1, 1, 0.4, 1]), evaluations=120)
    assert found.shares == pytest.approx([0.06, 0.24, 0.4, 0.3], abs=1e-6)


def test_the_same_seed_finds_the_same():
    one, two = (search(concave, *free(4), evaluations=60, seed=3) for _ in range(2))
    assert (one.shares == two.shares).all()
    assert (search(concave, *free(4), evaluations=60, seed=4).random_shares != one.random_shares).any()


@pytest.mark.parametrize(
    ("floors", "caps", "words"),
    [
        ([0.6, 0.6], [1, 1], "floors come to 120 %"),
        ([0, 0], [0.4, 0.4], "caps to 80 %"),
        ([0.5, 0], [0.4, 1], "lower a floor"),
    ],
)
def test_limits_that_leave_no_split_are_refused_with_the_figures(floors, caps, words):
    with pytest.raises(DesignError, match=words):
        search(concave, np.array(floors, dtype=float), np.array(caps, dtype=float))


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.lists(st.floats(0, 0.2), min_size=5, max_size=5))
def test_repaired_shares_lie_between_the_limits_and_add_up(raw, floors):
    low = np.array(floors)
    high = np.minimum(low + 0.35, 1.0)
    shares = module._repaired(np.array(raw), low, high)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= low - 1e-12).all()
    assert (shares <= high + 1e-9).all()


# ---------------------------------------------------------------- of a scenario


def test_a_fund_that_gives_nothing_moves_no_number():
    plain = cs.run(SMALL, twin=True).months["exploited"].sum()
    assert exploited(SMALL, np.zeros((1, LINES))) == pytest.approx(plain, rel=1e-12)


def test_every_cent_of_the_fund_arrives_and_no_other(monkeypatch):
    seen = []
    original = module.CycleModel.run

    def watched(self):
        seen.append(self)
        return original(self)

    monkeypatch.setattr(module.CycleModel, "run", watched)
    exploited(SMALL, np.full((2, LINES), 0.01 * 700))
    (model,) = seen
    grants = [g for crisis in model.crises.values() for g in crisis.money.grants if g.donor == module.FUND]
    assert sum(g.amount for g in grants) == 2 * LINES * 700
    assert {g.line for g in grants} == set(Line)
    assert sorted({g.months for g in grants}) == [6]


def test_money_for_prevention_averts_and_more_averts_more():
    nothing = exploited(SMALL, np.zeros((1, LINES)))
    some, much = (
        exploited(SMALL, np.array([[amount if line is Line.PREVENTION else 0.0 for line in Line]]))
        for amount in (500, 5000)
    )
    assert much < some < nothing


@pytest.mark.slow
def test_the_best_use_is_at_least_as_good_as_the_obvious_ones_and_is_scored_over_draws():
    design = cs.sample(SMALL, n=3, quantities=["prevention_effect", "contact"])
    found = cs.portfolio(SMALL, 2000.0, periods=2, caps={"prevention": 0.5}, design=design, evaluations=40)
    assert found.best.shape == (2, LINES)
    assert found.best.sum() == pytest.approx(2000.0)
    assert found.best[:, list(Line).index(Line.PREVENTION)].sum() <= 1000.0 + 1e-6
    uses = found.uses.set_index("use")
    assert uses.loc["best found", "averted"] == pytest.approx(found.search.value, rel=1e-9)
    assert uses.loc["best found", "averted"] >= uses.loc["best at random", "averted"]
    assert uses.loc["best found", "averted"] >= uses.loc["as donors split money now", "averted"] - 1e-9
    assert {"all to the frontline", "all to back end"} <= set(uses.index)
    assert uses["best_share"].sum() >= 1.0 - 1e-9
    assert (uses["low"] <= uses["high"]).all()
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_other_good_uses_are_unlike_the_best_and_each_other():
    found = search(concave, *free(4), evaluations=120)
    chosen = [found.shares, *found.others(3)]
    assert len(chosen) == 4
    distances = [np.abs(a - b).sum() for k, a in enumerate(chosen) for b in chosen[:k]]
    assert min(distances) >= 0.5
    values = concave(chosen)
    assert values == sorted(values, reverse=True)


def test_uses_are_scored_in_worlds_with_the_same_luck():
    """A use that gives nothing averts nothing in any world: the luck of the fund's money is nobody's."""
    nothing = np.zeros((1, LINES))
    one, two = (exploited(SMALL, nothing, DrawnWorld(draw=1, replication=2, seed=5)) for _ in range(2))
    assert one == two == cs.run(SMALL, seed=5, draw=1, replication=2).months["exploited"].sum()
    design = cs.sample(SMALL, n=4, quantities=["prevention_effect"])
    found = cs.portfolio(SMALL, 2000.0, design=design, evaluations=40, replications=2)
    assert found.replications == 2
    best = found.uses.loc[found.uses["mean"].idxmax()]
    assert found.robust == (best["use"] if best["named"] else None)
    assert best["front"]
    assert best["as_good"]


def test_a_world_of_a_draw_has_the_inputs_of_that_draw():
    design, nothing = cs.sample(SMALL, n=2, quantities=["incidence"]), np.zeros((1, LINES))
    worlds = [DrawnWorld(draw=draw, replication=1, seed=5) for draw in (1, 2)]
    scored = [module._drawn((SMALL, design), (world, nothing)) for world in worlds]
    runs = [cs.run(SMALL.with_values(design.of(k)), seed=5, draw=k, replication=1) for k in (1, 2)]
    assert scored == [run.months["exploited"].sum() for run in runs]
    assert scored[0] != scored[1]


def test_the_front_is_what_no_other_use_beats_in_both():
    drawn = np.array([[1.0, 2.0, 0.0, 1.5], [1.0, 4.0, 3.0, 1.5], [1.0, 6.0, 9.0, 1.5]])
    spread = module._spread(drawn)
    assert spread["front"].tolist() == [False, True, False, False]
    assert spread["best_share"] == pytest.approx([0, 2 / 3, 1 / 3, 0])
    # more on average, more at the low end, as much on average and less at the low end, the second once more
    drawn = np.array([[0.0, 3.9, 0.0, 3.9], [10.0, 4.1, 8.0, 4.1]])
    assert module._spread(drawn)["front"].tolist() == [True, True, False, True]


@pytest.mark.slow
def test_a_split_over_crises_gives_each_what_it_says(tmp_path):
    (tmp_path / "two.yaml").write_text("extends: small\nmonths: 12\nspin_up: 0\n")
    data = cs.load(tmp_path / "two.yaml").resolved()
    (name,) = data["crises"]
    data["crises"] = {"one": data["crises"][name], "two": data["crises"][name]}
    two = cs.Scenario.parse(data, "two")
    alike, only = np.zeros((1, 2, LINES)), np.zeros((1, 2, LINES))
    prevention = list(Line).index(Line.PREVENTION)
    alike[0, :, prevention], only[0, 1, prevention] = 500.0, 1000.0
    shared = np.zeros((1, LINES))
    shared[0, prevention] = 1000.0
    assert exploited(two, alike) == pytest.approx(exploited(two, shared), rel=1e-9)
    assert exploited(two, only) > exploited(two, alike)  # returns diminish
    found = cs.portfolio(two, 1000.0, evaluations=40, by_crisis=True)
    assert found.best.shape == (1, 2, LINES)
    assert list(found.split()["crisis"]) == ["one", "two"]


def test_the_sum_that_a_target_needs_is_enough_and_hardly_more():
    shares = np.array([[1.0 if line is Line.PREVENTION else 0.0 for line in Line]])
    base = exploited(SMALL, np.zeros((1, LINES)))
    target = base - exploited(SMALL, 1500.0 * shares)
    assert needed(SMALL, shares, target, 10_000.0) == pytest.approx(1500.0, rel=0.02)
    assert math.isnan(needed(SMALL, shares, 1e9, 10_000.0))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"total": 0.0}, "above zero"),
        ({"total": 100.0, "periods": 99}, "periods 1 to 12"),
        ({"total": 100.0, "floors": {"back_ends": 0.1}}, "did you mean 'back_end'"),
        ({"total": 100.0, "floors": {"back_end": 0.8, "data": 0.8}}, "no split lies between"),
    ],
)
def test_bad_requests_are_refused(arguments, words):
    with pytest.raises(DesignError, match=words):
        cs.portfolio(SMALL, **arguments)


def test_the_command_prints_and_writes(tmp_path, monkeypatch):
    (tmp_path / "tiny.yaml").write_text("extends: small\nmonths: 6\nspin_up: 0\n")
    words = ["portfolio", str(tmp_path / "tiny.yaml"), "--sum", "1000", "--evaluations", "40", "--workers", "1"]
    words += ["--floor", "back_end=20%", "--target", "1", "--draws", "2", "--out", str(tmp_path / "out")]
    output = CliRunner().invoke(cyclesim, words, catch_exceptions=False).output
    for said in (
        "best use found",
        "random ones",
        "all to the frontline",
        "best in",
        "split as the best",
        "not observations",
    ):
        assert said in output
    assert {"best.csv", "uses.csv", "portfolio.json", "portfolio.svg"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    bad = CliRunner().invoke(cyclesim, [*words[:4], "--floor", "back_end"])
    assert bad.exit_code == 2
    assert "must be like back_end=20%" in bad.output
