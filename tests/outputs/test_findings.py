"""One finding through every voice: terminal, JSON, report and notebook carry the same answer, details and cautions."""

import math

import numpy as np
import pandas as pd
import pytest

import cyclesim as cs
from cyclesim.analysis.matching import named
from cyclesim.analysis.portfolio import SearchResult as Search
from cyclesim.questions.asking import Answer
from cyclesim.questions.calibrate import tell
from voices import say_the_same

ASKED = {
    "estimate": (
        lambda: cs.estimates("australia-4-lists", method="chao", replicates=40),
        ["australia-4-lists", "--method", "chao", "--interval", "bootstrap", "--replicates", "40"],
    ),
    "identify": (
        lambda: cs.identify("small", replications=3),
        ["small", "--replications", "3", "--workers", "1"],
    ),
    "story": (lambda: cs.stories("small", "small"), ["small", "small"]),
}
"""A question in Python, and the words of its command; by the name of the command."""


@pytest.mark.parametrize("name", ASKED)
def test_every_voice_says_the_same(name, tmp_path):
    ask, typed = ASKED[name]
    assert say_the_same(ask(), [name, *typed], tmp_path / "out")["answer"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    (folder / "near.yaml").write_text("extends: small\nmonths: 4\nspin_up: 2\ncaveat: Near is made up.\n")
    design = "{method: lhs, draws: 100, quantities: {incidence: [0.0005, 0.01], trust_gain: }}"
    (folder / "wide.yaml").write_text(
        f"title: T\nquestion: Q?\nscenarios: [near.yaml]\nreplications: 2\ndesign: {design}\n"
    )
    cs.sweep(folder / "wide.yaml", folder / "wide")
    return folder


def test_every_voice_of_a_calibration_says_the_same(place, tmp_path):
    targets = ["newly_trafficked = 20 +- 3", "disbursed_cents = 12345.6 +- 5000"]
    options = [word for target in targets for word in ("--target", target)]
    answer = cs.calibrate(place / "wide", targets)
    printed = say_the_same(answer, ["calibrate", place / "wide", *options], tmp_path / "out")
    assert "Near is made up." in printed["cautions"]
    assert "people trafficked, first time: 20 ± 3; money disbursed, US dollars: 120 ± 50" in printed["question"]
    assert printed["answer"].startswith("30 of 100 draws come nearest to the 2 targets, and narrow ")
    assert "one of the 2 replications of each draw is used" in " ".join(printed["details"])
    assert answer.command.endswith(f"wide --target '{targets[0]}' --target '{targets[1]}' --seed 1")
    kept = pd.read_csv(tmp_path / "out" / "posterior.csv")
    assert kept.to_numpy() == pytest.approx(answer.posterior_table().to_numpy(), rel=1e-12)


def test_a_posterior_that_is_off_is_a_caution(place):
    answer = cs.calibrate(place / "wide", ["newly_trafficked = 20 +- 3"])
    answer.found.rank_bias.update(incidence=-3.5, trust_gain=3.0)
    found = tell.tell(answer.found)
    assert "the posterior is off for incidence." in found.cautions[0]
    assert not any("Simulation-based" in line for line in found.details)


@pytest.mark.parametrize(
    ("left", "answer", "detail"),
    [
        ([0.5, 0.9], "narrow 1 of 2 inputs by a fifth or more (incidence).", "The other input is hardly better"),
        ([0.8, 0.9], "narrow none of 2 inputs by a fifth or more.", "All 2 inputs are hardly better"),
        ([0.5, 0.6], "narrow 2 of 2 inputs by a fifth or more (incidence and trust gain).", None),
    ],
)
def test_what_targets_cannot_tell_is_counted(place, left, answer, detail):
    found = cs.calibrate(place / "wide", ["newly_trafficked = 20 +- 3"]).found
    found.inputs["quantity"], found.inputs["left"] = ["incidence", "trust_gain"], left
    told = tell.tell(found)
    assert told.answer.endswith(answer)
    assert [line for line in told.details if "hardly better known" in line] == (
        [f"{detail} known than before: this target cannot tell {'it' if 'other' in detail else 'them'}."]
        if detail
        else []
    )


def test_too_few_draws_in_memory_and_a_share_that_is_none_are_refused(place):
    near = cs.load(place / "near.yaml")
    with pytest.raises(cs.CycleSimError, match="2 draws are too few to calibrate with: simulate again with draws=100"):
        cs.calibrate(cs.simulate([near], cs.sample(near, n=2)), ["identified = 1 +- 1"])
    with pytest.raises(cs.CycleSimError, match="above 0 and at most 1"):
        cs.calibrate(place / "wide", ["identified = 1 +- 1"], accept=1.5)


def matched(scenario, checked=4, effective=1234.5, skipped=()):
    """Return what a calibration to two targets could find."""
    ends = {"prior_low": 0.1, "prior_median": 0.3, "prior_high": 0.6, "low": 0.2, "median": 0.3, "high": 0.4}
    after = ends if checked else ends | dict.fromkeys(("low", "median", "high"), math.nan)
    met = {"prior_met": 0.25, "met": 0.0 if checked else math.nan, "explained": -0.1, "covered": 0.9}
    quantity = {"quantity": "a number", "tolerance_low": 0.9, "tolerance_high": math.inf, **after, **met}
    posterior = cs.Design(("contact", "naivety"), np.ones((3, 2)))
    tables = (pd.DataFrame([quantity]), pd.DataFrame([{"quantity": "contact", **ends, "left": 0.4}]))
    counts = (60, checked, 0.1, 0.5 if checked else math.nan, 0.06, 0.4, effective, 0.75)
    return cs.Match(scenario, named(["T3", "T4"]), *tables, posterior, *counts, skipped)


def test_every_voice_of_a_match_says_the_same(place, tmp_path, monkeypatch):
    near = place / "near.yaml"
    typed = ["calibrate", near, "--target", "T3", "--target", "T4", "--draws", "60", "--check", "4"]
    monkeypatch.setattr("cyclesim.analysis.matching.match", lambda scenario, *_, **__: matched(scenario))
    answer = cs.calibrate(near, ["T3", "T4"], draws=60, check=4)
    printed = say_the_same(answer, typed, tmp_path / "out")
    assert printed["answer"] == (
        "Both targets are met at 6 of 60 draws of the inputs, and at 2 of 4 drawn from the inputs that agree best."
    )
    assert "Met at none of the 4: a number." in printed["details"]
    assert "The posterior rests on 1,234 effective points." in printed["details"]
    assert "0.9 or more" in printed["tables"][0]["rows"][0]
    assert answer.command == "cyclesim calibrate near --target T3 --target T4 --draws 60 --check 4 --seed 1"
    assert answer.about["draws"] == 60
    assert answer.about["engine"] == "ledger"


def test_a_match_that_is_rough_or_not_checked_says_so(place):
    found = tell.tell(matched(cs.load(place / "near.yaml"), 0, 20.0, ("b: no value in 5% of draws",)))
    assert found.answer.endswith("the inputs that agree best were not run in the model.")
    assert found.tables[0].rows[0][4:6] == ["-", "-"]
    assert "The posterior rests on 20 effective points (rough: below 100)." in found.details
    assert "Left out: b: no value in 5% of draws." in found.details
    assert not any("none of the" in line for line in found.details)


def test_every_voice_of_a_portfolio_says_the_same(place, tmp_path):
    near = cs.load(place / "near.yaml")
    options = ["--sum", "500.5", "--evaluations", "40", "--draws", "2", "--target", "0.001", "--cap", "prevention=40%"]
    options += ["--workers", "1"]
    asked = {"caps": {"prevention": 0.4}, "target": 0.001, "evaluations": 40, "design": cs.sample(near, n=2)}
    answer = cs.portfolio(near, 500.5, **asked, replications=1)
    printed = say_the_same(answer, ["portfolio", place / "near.yaml", *options], tmp_path / "out")
    assert printed["cautions"] == ["Near is made up."]
    assert printed["question"] == "Which use of US$500.5 averts most exploitation?"
    assert "To avert 0.001 person-months at the default inputs, US$" in printed["details"][-1]
    assert "--sum 500.5 --cap prevention=0.4 --target 0.001 --evaluations 40" in answer.command


def scored(scenario, means, as_good=(), best=0, named=True, draws=20):
    """Return what a portfolio could find, with so many person-months averted by each of three uses."""
    names = ["best found", "all to data", "as donors split money now"]
    rows = [
        {"use": use, "averted": 5.0, "mean": mean, "standard_error": 1.0, "low": mean - 10, "high": mean + 10}
        | {"best_share": 0.6, "front": k == best, "as_good": k == best or k in as_good, "named": named and k == best}
        for k, (use, mean) in enumerate(zip(names, means, strict=True))
    ]
    split = np.zeros((1, 8))
    split[0, [1, 4]] = 250.0, 750.0
    search = Search(split[0], 5.0, split[0], 4.0, (60, 15), split, np.array([5.0]))
    kept = (scenario, 1000.0, search, pd.DataFrame(rows), 2.5, dict.fromkeys(names, split), draws, 0)
    bound = cs.portfolio.bound(scenario, 1000.0)
    return Answer(cs.portfolio, cs.Portfolio(*kept), cs.portfolio.about(bound), cs.portfolio.command(bound))


@pytest.mark.parametrize(
    ("found", "answer", "standing"),
    [
        (
            {"means": (31.4, 20, 10)},
            "Over 20 draws of the inputs the best use found (75 % to prevention and 25 % to specialists) averts most "
            "on average: 31 person-months (9 in 10 further draws, judged by 20 draws: 21.4 to 41.4), clearly better "
            "than every other use.",
            "It is the best of 3 uses in 60 % of draws.",
        ),
        (
            {"means": (20, 31.4, 10), "best": 1, "as_good": (0,)},
            "Over 20 draws of the inputs all to data averts most on average: 31 person-months (9 in 10 further draws, "
            "judged by 20 draws: 21.4 to 41.4), not clearly better than best found.",
            "It is the best of 3 uses in 60 % of draws.",
        ),
        (
            {"means": (31.4, 20, 10), "named": False},
            "Over 20 draws of the inputs none of 3 uses averts clearly more than the others do on average.",
            "Of 3 uses that are alike the best would by chance come 2.5 standard errors or more above the mean of all "
            "in 1 of 20 cases.",
        ),
        (
            {"means": (math.nan,) * 3, "named": False, "draws": 0},
            "The best use found of US$1,000 gives 75 % to prevention and 25 % to specialists; it averts 5 "
            "person-months, the best of 15 random ones 4.",
            "As donors split money now, the same sum averts 5 person-months.",
        ),
    ],
    ids=["clear", "as good", "by chance", "defaults"],
)
def test_a_portfolio_names_a_use_only_where_chance_would_not_have(place, found, answer, standing):
    told = scored(cs.load(place / "near.yaml"), **found)
    assert told.finding.answer == answer
    assert told.finding.details[0] == standing
    assert answer.removesuffix(".") == " ".join(told.plot().get_suptitle().split())
    titles = [table.title for table in told.finding.tables[1:]]
    uses = ["all to data", "best found"] if "best" in found else ["best found"]
    assert titles == [f"How the sum is split, US dollars: {use}" for use in uses]
    assert bool(told.finding.lacks) == (told.draws == 0)
    assert ("ask for --draws" in " ".join(told.finding.cautions)) == (told.draws == 0)
