"""Validation puts questions: every one has a rung and a use, what is printed has no verdict, and nothing is counted."""

import json
import math
import re
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim.analysis import beside, claims, matching, measuring, payers, thirty, trials
from cyclesim.analysis.simulated import Worlds, simulated
from cyclesim.analysis.targets import TARGETS, Rung, Target, TargetQuantity, Use, Verdict, judge
from cyclesim.cli import cyclesim
from cyclesim.errors import UnknownNameError
from cyclesim.inputs.dates import date
from cyclesim.inputs.parameters import parameters
from cyclesim.outputs.finding import as_text
from cyclesim.questions.validate import Claims, Validation, compute, tell

INF = math.inf
EVIDENCE = {  # rung, use and tolerances of the second evidence table, of what it scores
    "T1a": [("U", "fit", 0.5, 60)],
    "T1b": [("U", "print", 0.00005, 0.005)],
    "T1": [("M", "fit", 0.02, 0.12)],
    "T1c": [("M", "test", 60, 500)],
    "T2": [("S", "test", 0.10, 0.35)],
    "T3": [("M", "fit", 0.41, 0.80)],
    "T4": [("M", "fit", 0.08, 0.30)],
    "T5": [("M", "test", 0.00, 0.04), ("S", "test", 0.05, 0.17)],
    "T6": [("30", "test", 60, 1100), ("30", "test", 80, 800)],
    "T7": [("UA", "print", 2, 6), ("UA", "test", -0.25, 0.20)],
    "T8": [("UA", "test", 0.3, 0.8)],
    "T9": [("M", "test", -0.20, -0.05), ("M", "test", -0.45, -0.15), ("M", "test", 0.95, 1.15)],
    "T10": [("any", "test", 0.03, 0.20)],
    "T11": [("any", "test", 0.0, 0.55)],
    "T12": [("any", "test", 0.0, 0.6), ("any", "test", 0.9, INF), ("any", "test", 0.3, INF)],
    "T13": [("M", "fit", 0.02, 0.12), ("M", "fit", 0.5, 1.0)],
    "T14": [("M", "fit", 1.4, 3.2), ("M", "fit", 1.4, 3.2)],
    "T15": [("30", "test", -0.2, 0.5), ("30", "test", 0.55, 0.68)],
    "T16": [("U", "print", 0.1, 0.5)],
    "T17": [("U", "print", -INF, 0.15)],
    "T18": [],
    "T19": [(rung, "print", 500, 9000) for rung in "UMS"],
    "T20": [("30", "fit", 0.008, 0.106), ("30", "test", 0.029, 0.248)],
    "T21": [("30", "fit", 0.004, 0.03)],
    "T21b": [("UA", "test", 0.02, 0.08)],
    "T22": [("M", "fit", 0.25, 0.7)],
    "T23": [("UA", "test", 0.6, 0.85), ("UA", "test", 0.01, 0.1), ("UA", "test", 0.85, 0.99)],
    "T24": [("UA", "test", 900, 2200)],
    "T25": [("30", "test", 0.5, 1.4)],
    "zero money": [],
}
IDS = [*EVIDENCE, *"abcdefg"]
FIT = ["T1a", "T1", "T3", "T4", "T13", "T14", "T20", "T21", "T22"]


def target(*tolerances, use=Use.TEST):
    parts = tuple(TargetQuantity(f"quantity {n}", "?", *ends, use=use) for n, ends in enumerate(tolerances))
    return Target("X", "a fact", "a source", parts)


# ---------------------------------------------------------------- the table


def test_rungs_uses_and_tolerances_are_those_of_the_evidence():
    assert [t.id for t in TARGETS] == IDS
    for t in TARGETS:
        given = [q for q in t.quantities if q.tolerance != "-"]
        found = [(str(q.rung), str(q.use), q.low, q.high) for q in given]
        assert found == EVIDENCE.get(t.id, found), t.id
        assert all(q.low <= q.high for q in t.quantities)
    assert [t.id for t in TARGETS if t.kind == "consistency check"] == ["T10", "T11"]
    assert [t.id for t in TARGETS if t.kind == "check"] == list("abcdefg")


def test_every_row_has_a_rung_and_a_use():
    for t in TARGETS:
        assert t.quantities
        assert t.rungs
        assert all(isinstance(rung, Rung) for rung in t.rungs)
        assert t.uses
        assert all(isinstance(use, Use) for use in t.uses)
        assert (t.uses == (Use.PRINT,)) == all(q.use is Use.PRINT for q in t.quantities)


def test_a_calibration_may_use_what_is_there_to_be_fitted_and_nothing_else():
    assert [t.id for t in matching.PATTERNS] == FIT
    assert all(q.use is Use.FIT for t in matching.PATTERNS for q in t.quantities)


# ---------------------------------------------------------------- the verdict


@pytest.mark.parametrize(
    ("values", "verdict"), [((0.2, 0.4), "met"), ((0.0, 0.1), "missed"), ((0.9, 1.3), "missed"), ((0.1, 0.1), "met")]
)
def test_the_mean_decides_and_the_ends_of_the_tolerance_are_inside(values, verdict):
    row = judge(target((0.1, 1.0)), [np.array(values)])
    assert row.verdict == verdict
    assert row.quantities[0].measured == pytest.approx(np.mean(values))
    assert row.quantities[0].error == pytest.approx(np.std(values, ddof=1) / math.sqrt(2))


def test_one_part_missed_is_a_target_missed_and_the_reason_names_it():
    row = judge(target((0, 1), (0, 1)), [np.array([0.5, 0.5]), np.array([2.0, 2.0])])
    assert row.verdict == Verdict.MISSED
    assert tell.remarks(row) == "quantity 1: above the tolerance"


def test_what_is_only_printed_has_no_verdict_wherever_it_lies():
    for values in ([0.5], [7.0], [math.nan], "there is nothing to measure"):
        row = judge(target((0, 1), use=Use.PRINT), [values if isinstance(values, str) else np.array(values)])
        assert row.verdict is None
        assert row.quantities[0].verdict is None
        plain = json.loads(json.dumps(row.to_dict(), allow_nan=False))
        assert plain["verdict"] is None
        assert plain["quantities"][0]["verdict"] is None
        assert "tolerance" not in tell.remarks(row)


def test_what_is_not_measured_decides_nothing_and_says_why():
    row = judge(target((0, 1), (0, 1)), [0.5, "there is nothing to measure"])
    assert (row.verdict, tell.remarks(row)) == (Verdict.MET, "there is nothing to measure")
    assert [one.verdict for one in row.quantities] == ["met", "not applicable"]
    row = judge(target((0, 1)), [np.array([math.nan, 0.5])])
    assert row.verdict == Verdict.NOT_APPLICABLE
    assert row.to_dict()["quantities"][0]["measured"] is None
    assert "no value" in tell.remarks(row)


def test_a_verdict_that_luck_may_have_decided_says_so():
    assert "Monte Carlo" in tell.remarks(narrow := judge(target((0, 1)), [np.array([0.5, 1.4])]))
    assert tell.verdict(narrow) == "met, narrowly"
    assert "Monte Carlo" in tell.remarks(judge(target((0, 1)), [np.array([0.5, 1.6])]))
    assert tell.remarks(judge(target((0, 1)), [np.array([0.5, 0.51])])) == ""


def test_one_world_has_no_known_error():
    assert judge(target((0, 1)), [np.array([0.5])]).to_dict()["quantities"][0]["error"] is None


# ---------------------------------------------------------------- the worlds


def test_thirty_crises_are_the_people_in_need_and_differ_in_orders_of_their_own():
    scenario = cs.load("unseen-crisis")
    made = list(thirty.thirty(scenario).crises.values())
    people = np.array([sum(w.people for w in c.arrivals.values()) for c in made])
    assert len(made) == thirty.CRISES
    assert people.sum() == pytest.approx(362e6, rel=1e-6)
    assert people.max() / people.min() == pytest.approx(thirty.SIZES, rel=1e-5)
    hazard = np.array([c.settings["camps"].intensity for c in made])
    others = np.array([c.back_ends["national"].reception for c in made]) / people
    assert hazard.max() / hazard.min() == pytest.approx(4.0)
    assert others.max() / others.min() == pytest.approx(100.0, rel=1e-5)
    ranks = [np.argsort(np.argsort(values)) for values in (people, hazard, others)]
    assert all(len(set(order.tolist())) == thirty.CRISES for order in ranks)
    assert np.all(np.abs(np.corrcoef(ranks)[np.triu_indices(3, 1)]) < 0.35)
    assert not any(c.attention or c.line for c in made)


def test_donors_of_thirty_crises_have_as_much_for_each_person_as_before():
    scenario = cs.load("unseen-crisis")
    before, after = (
        math.fsum(d.budget_in(2023) for d in s.donors.values()) for s in (scenario, thirty.thirty(scenario))
    )
    assert after / 362e6 == pytest.approx(before / 20e6)


def test_the_variants_do_what_their_names_say():
    small = cs.load("small").with_values({"months": 84, "spin_up": 0})
    penniless, plain = trials.without_money(small), small.renamed("plain")
    full, gone = trials.back_ends(small)
    cut = trials.capacity_cut(small)
    worlds = simulated([plain, penniless, full, gone, cut], 1, 1).worlds
    assert worlds("plain", "disbursed_cents").sum() > 0
    assert worlds(penniless.name, "disbursed_cents").sum() == 0
    assert worlds(full.name, "disbursed_cents").sum() == 0
    assert worlds(gone.name, "caseworkers")[0, [59, 60]] == pytest.approx([2.0, 0.0])
    ratio = worlds("capacity cut", "frontline_staff") / worlds("plain", "frontline_staff")
    assert ratio[0, [59, 60, 71, 72]] == pytest.approx([1, 0.75, 0.75, 1])


def test_a_mechanism_at_the_prevalence_of_ukraine_before_the_war_has_that_prevalence():
    mechanism = cs.load("mechanism-in-place")
    found = trials.at_home(mechanism)
    months = cs.run(found, twin=True).months
    assert months.loc[months["month"] >= 24, "true_prevalence"].mean() == pytest.approx(trials.AT_HOME, rel=0.01)
    differs = {n for n in parameters() if found.parameter(n) != mechanism.parameter(n)}
    assert differs == {"incidence"}


def test_a_rung_is_the_shipped_one_under_the_parameters_that_a_scenario_states():
    stated = cs.load("unseen-crisis").with_values({"contact": 0.05, "leadership": 0.2})
    mechanism = trials.rung("M", stated)
    assert mechanism.parameter("contact") == 0.05
    assert mechanism.parameter("leadership") == cs.load("mechanism-in-place").parameter("leadership")
    assert trials.rung("U", cs.load("small")).months == trials.MONTHS


def test_replications_of_the_twin_differ_by_what_is_keyed_by_year_only():
    scenario = cs.load("small").with_values({"months": 48})
    worlds = simulated([scenario], 3, 1).worlds
    reported, newly = (worlds("small", name).sum(axis=1) for name in ("reported", "newly_trafficked"))
    assert np.ptp(reported) > 1e-6 * reported.mean()
    assert np.ptp(newly) < 0.01 * newly.mean()


def test_two_worlds_of_the_same_case_counts_differ_in_prevalence_and_in_what_a_survey_finds():
    pair = trials.alike(cs.load("unseen-crisis"))
    worlds = Worlds(cs.simulate(pair, twin=True))

    def ratio(measure):
        hidden, rare = (worlds(name, measure)[:, trials.SURVEYED :].mean() for name in ("low detection", "truly low"))
        return hidden / rare

    assert ratio("detected_prevalence") == pytest.approx(1.0, rel=0.02)
    assert ratio("believed_prevalence") == pytest.approx(1.0, rel=0.05)
    assert ratio("true_prevalence") > 1.5
    cases, survey = measuring.of_the_alike(worlds)["e"]
    assert cases.mean() == pytest.approx(1.0, abs=0.005)
    assert survey.mean() > 1.5


# ---------------------------------------------------------------- beside the targets


def test_quantiles_are_those_of_the_priors_on_their_scales():
    found = {p.name: p for p in beside.placed()}
    assert set(found) == {name for name, q in parameters().items() if q.range is not None and q.role == "state"}
    for name, p in found.items():
        low, high = parameters()[name].range
        back = low * (high / low) ** p.quantile if p.scale == "log" else low + (high - low) * p.quantile
        assert back == pytest.approx(p.value), name
        assert not p.outside or p.beyond, name


def test_those_outside_the_middle_are_told_and_all_are_in_the_data():
    inside = beside.Placed("inside", 1.0, 0.0, 2.0, "linear", 0.5, "")
    outside = beside.Placed("outside", 1.9, 0.0, 2.0, "linear", 0.95, "a source that is quoted")
    (row,) = tell.defaults([inside, outside]).rows
    assert row == ["outside", "1.9", "0 to 2 (linear)", "0.95", "a source that is quoted"]
    assert tell.defaults([inside]).rows == []
    assert tell.inside([inside]).startswith("None of the 1 defaults")
    assert tell.quantiles([inside, outside]) == "inside 0.50, outside 0.95"
    assert [beside.plain(p)["outside"] for p in (inside, outside)] == [False, True]


def test_what_is_lost_without_money_is_worse_above_zero():
    fewer = beside.Loss("U", "identified", 100.0, 80.0)
    longer = beside.Loss("U", "person-months of exploitation", 100.0, 110.0)
    assert (fewer.lost, fewer.share) == (20.0, pytest.approx(0.2))
    assert (longer.lost, longer.share) == (10.0, pytest.approx(0.1))
    assert math.isnan(beside.Loss("U", "identified", 0.0, 0.0).share)


def test_what_others_pay_follows_the_share_that_is_there():
    scenario = cs.load("unseen-crisis")
    half, all_ = (scenario.with_values({"paid_by_others": share}) for share in (0.5, 1.0))
    stated = scenario.crises["protracted"].back_ends["national"].reception
    assert payers.stated(all_, "reception") == stated
    assert payers.stated(half, "reception") == stated / 2


# ---------------------------------------------------------------- all of it, and the commands


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "SMALL_WORLDS", 10)
        return compute.validate(cs.load("unseen-crisis"), replications=1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_target_has_a_row_that_is_plain_data(found):
    assert [row.target.id for row in found.rows] == IDS
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [row["id"] for row in plain["targets"] + plain["checks"]] == IDS
    for row in plain["targets"] + plain["checks"]:
        assert row["rungs"]
        assert row["uses"]
        assert (row["verdict"] is None) == (row["uses"] == ["print"])
    rows = {row["id"]: row for row in plain["checks"]}
    assert rows["g"]["quantities"][0]["measured"] == 0
    assert {(loss["rung"], loss["outcome"]) for loss in plain["zero_money"]} == {
        (rung, outcome) for rung in "UMS" for outcome in beside.OUTCOMES.values()
    }
    assert len(plain["defaults"]) == len(beside.placed())
    assert any(entry["ceiling"] == 133_943 for entry in plain["beside"])


def test_no_count_of_targets_is_printed_anywhere_and_the_data_come_back():
    rows = tuple(judge(t, [0.5] * len(t.quantities)) for t in TARGETS)
    seen = (beside.Beside("identified", "U", 3.0, 370.0),)
    made = Validation(
        cs.load("small"), 4, rows, seen, (beside.Loss("U", "identified", 9.0, 8.0),), tuple(beside.placed())
    )
    text = as_text(tell.tell(made), cs.loop("small", years=5).about, "cyclesim validate")
    assert not re.search(r"\d+ (met|missed|not applicable)|\d+ (of \d+ )?targets", text)
    assert not hasattr(sys.modules["cyclesim.analysis.targets"], "count")
    for row in rows:
        assert " ".join(row.target.fact.split()) in " ".join(text.split())
    plain = made.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert [row["id"] for row in plain["targets"] + plain["checks"]] == IDS


def test_only_what_is_there_to_be_fitted_is_measured_and_it_does_not_depend_on_what_else_is():
    small = cs.load("small")
    every = matching.measure(small, ["T1a", "T1", "T14"])
    alone = matching.measure(small, ["T1"])
    assert list(alone) == ["T1"]
    assert [float(np.mean(v)) for v in alone["T1"]] == [float(np.mean(v)) for v in every["T1"]]
    assert len(alone["T1"]) == 1  # the same mechanism at crisis prevalence is only printed
    with pytest.raises(UnknownNameError, match="no target 'T2' that a calibration may use"):
        matching.measure(small, ["T2"])


# ---------------------------------------------------------------- the report's claims


def test_the_claims_are_complete_and_every_one_has_its_rule():
    known = claims.claims()
    assert [claim.id for claim in known] == [f"C{n}" for n in range(1, 23)]
    assert {claim.id for claim in known if not claim.open} == set(claims._RULES)
    for claim in known:
        assert claim.section
        assert claim.words
        assert len(claim.words) < 90
        assert ("silent whatever" in claim.rule) == claim.open
        assert claim.open or ("agrees if" in claim.rule and "contradicts if" in claim.rule)


@pytest.mark.parametrize(
    ("id_", "shown", "verdict"),
    [
        ("C1", {"lost without money": 0.10}, "agrees"),
        ("C1", {"lost without money": 0.05}, "silent"),
        ("C1", {"lost without money": 0.0}, "contradicts"),
        ("C1", {"lost without money": math.nan}, "silent"),
        ("C6", {"share who came forward": 0.7}, "agrees"),
        ("C6", {"share who came forward": 0.4}, "contradicts"),
        ("C5", {"cost of a cut : the cut": 1.3, "gain": 0.3}, "agrees"),
        ("C5", {"cost of a cut : the cut": 1.3, "gain": 0.01}, "silent"),
        ("C7", {}, "silent"),
        (
            "C17",
            {"training alone adds": -3.0, "it adds beside a back end": 5.0, "identified beside a back end": 90.0},
            "agrees",
        ),
        (
            "C17",
            {"training alone adds": 5.0, "it adds beside a back end": 5.0, "identified beside a back end": 90.0},
            "contradicts",
        ),
        (
            "C17",
            {"training alone adds": -3.0, "it adds beside a back end": 0.5, "identified beside a back end": 90.0},
            "silent",
        ),
        ("C21", {"months sooner": 2, "identified, change": -0.05, "person-months, change": 0}, "contradicts"),
        ("C21", {"months sooner": 2, "identified, change": 0.0, "person-months, change": 0.0}, "agrees"),
    ],
)
def test_claims_are_read_by_their_rules(id_, shown, verdict):
    claim = next(claim for claim in claims.claims() if claim.id == id_)
    assert claims.read(claim, shown) == verdict


def test_a_claim_that_agrees_does_not_contradict():
    for id_, (agrees, contradicts) in claims._RULES.items():
        for value in (-2.0, -0.1, 0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 2.0, math.nan):
            shown = type("Same", (dict,), {"__missing__": lambda self, key, value=value: value})()
            assert not (agrees(shown) and contradicts(shown)), (id_, value)


def test_claims_are_plain_data_and_stand_beside_their_rules():
    claim = claims.claims()[0]
    one = claims.Examined(claim, {"lost without money": 0.3, "undefined": math.nan}, claims.ClaimVerdict.AGREES)
    plain = json.loads(json.dumps(one.to_dict(), allow_nan=False))
    assert plain["shown"] == {"lost without money": 0.3, "undefined": None}
    found = tell.tell(Claims(cs.load("small"), 4, (one,)))
    assert "The model agrees with C1." in found.answer
    assert any(claim.rule in line and ": agrees." in line for line in found.details)
    assert any("our reading" in caution for caution in found.cautions)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_command_examines_every_claim():
    told = CliRunner().invoke(
        cyclesim, ["validate", "--claims", "--json", "--seeds", "1", "--workers", "1"], catch_exceptions=False
    )
    assert told.exit_code == 0
    examined = json.loads(told.output)["claims"]
    assert [claim["id"] for claim in examined] == [f"C{n}" for n in range(1, 23)]
    assert {claim["verdict"] for claim in examined} <= set(map(str, claims.ClaimVerdict))
    assert all(claim["shown"] for claim in examined)


# ---------------------------------------------------------------- which months, which worlds


class Made:
    """Worlds whose numbers are made up: what is measured of them is worked out here by hand, month by month."""

    def __init__(self, worlds=3, months=120, crises=1):
        self.shape, self.number = (worlds, months), crises

    def __call__(self, name, measure):
        return self.crises(name, measure).sum(axis=1)

    def crises(self, name, measure):
        worlds, months = self.shape
        rng = np.random.default_rng([*name.encode(), *measure.encode()])
        return rng.uniform(1, 9, (worlds, self.number, months))

    def total(self, name, measure, months):
        return self(name, measure)[:, months].sum(axis=1)

    def scenario(self, _):
        return cs.load("unseen-crisis")

    def over(self, name, measure, first, last):
        """Return the mean over worlds of the sum from one month to another, both included."""
        return self(name, measure)[:, first : last + 1].sum(axis=1).mean()


def mean(measured):
    return float(np.mean(measured))


def test_people_are_measured_over_years_3_to_10_and_per_million_over_ten_years():
    made, first, last = Made(), 24, 119
    found = {**measuring.of_mechanism(made), **measuring.of_unseen(made)}
    assert mean(found["T1"][0]) == pytest.approx(made.over("M at home", "detected_share", first, last) / 96)
    assert mean(found["T1"][1]) == pytest.approx(made.over("M", "detected_share", first, last) / 96)
    for id_, name in (("T1a", "U"), ("T1c", "M")):
        per_million = made.over(name, "identified", 0, 119) / (made.over(name, "in_need", 0, 119) / 12) * 1e6
        assert mean(found[id_][0]) == pytest.approx(per_million)
    identified = made.over("M", "identified", first, last)
    for id_, number, measure in (
        ("T3", 0, "came_forward"),
        ("T4", 0, "identified_police"),
        ("T13", 0, "convictions"),
        ("T13", 1, "suspects"),
    ):
        assert mean(found[id_][number]) == pytest.approx(made.over("M", measure, first, last) / identified)


def test_strong_systems_are_measured_late_and_lists_in_both():
    made = Made()
    found = measuring.of_strong_systems(made)
    assert mean(found["T2"][0]) == pytest.approx(made.over("S", "detected_share", 60, 119) / 60)
    for number, (name, first) in enumerate((("M", 24), ("S", 60))):
        both, all_ = (made.over(name, measure, first, 119) for measure in ("on_two_lists", "identified"))
        assert mean(found["T5"][number]) == pytest.approx(both / all_)


def test_a_cut_is_measured_in_its_year_and_its_rebound_a_year_later():
    made = Made()
    forgetting = cs.run(trials.forgetting(cs.load("small")), twin=True)
    found = measuring.of_capacity(made, forgetting)
    cut = trials.CUT

    def identified(name, first, last):
        return made.over(name, "identified", cut + first, cut + last)

    drop, convicted, rebound = map(mean, found["T9"])
    assert drop == pytest.approx(identified("capacity cut", 0, 11) / identified("M", 0, 11) - 1)
    both = [made.over(name, "convictions", cut, cut + 11) for name in ("capacity cut", "M")]
    assert convicted == pytest.approx(both[0] / both[1] - 1)
    assert rebound == pytest.approx(identified("capacity cut", 24, 35) / identified("capacity cut", -12, -1))
    none, full = (
        made.over(name, "trust", cut + 11, cut + 11) / made.over(name, "trust", cut - 1, cut - 1)
        for name in ("no back end", "full back end")
    )
    assert list(map(mean, found["T12"])) == pytest.approx([none, full, full - none])
    trained = forgetting.months.set_index("month")["trained_share"]
    assert found["T11"] == [pytest.approx(trained[6] / trained[0])]


def test_worlds_that_look_alike_are_measured_late():
    made = Made()
    cases, survey = map(mean, measuring.of_the_alike(made)["e"])
    for value, measure in ((cases, "identified"), (survey, "survey_corrected")):
        hidden, low = (made.over(name, measure, 60, 119) for name in ("low detection", "truly low"))
        assert value == pytest.approx(hidden / low)


def test_a_shock_is_measured_from_its_month_on_and_counts_are_those_published():
    shock = 13
    scenario = SimpleNamespace(start="2021-01", months=48, donors={"one": SimpleNamespace(budget_in=lambda year: year)})
    made = Made(months=48)
    made.scenario = lambda _: scenario
    found = measuring.of_shock(made, shock)

    def a_month(measure, first, last):
        return made.over("UA", measure, shock + first, shock + last) / (last - first + 1)

    assert mean(found["T7"][1]) == pytest.approx(a_month("reported", 11, 13) / a_month("reported", -12, -1) - 1)
    assert mean(found["T8"][0]) == pytest.approx(a_month("identified", 1, 3) / a_month("identified", -3, -1))
    attention = made("UA", "attention")[0]
    assert found["T10"] == [pytest.approx(attention[shock + 7] / attention[shock])]

    def money(first, last):
        years = [int(date(month, "2021-01")[:4]) for month in range(first, last + 1)]
        return made.over("UA", "committed_cents", first, last) / (sum(years) * 100 / 12)

    assert mean(found["T7"][0]) == pytest.approx(money(shock, shock + 23) / money(shock - 12, shock - 1))


def test_counts_jump_by_the_spread_of_their_yearly_changes_where_they_are_of_the_size_asked_for():
    made = Made()
    yearly = np.array([600.0, 300.0, 600.0, 300.0, 600.0, 300.0, 20.0, 40.0, 20.0, 40.0])
    made.crises = lambda *_: np.repeat(yearly / 12, 12)[None, None, :]
    (found,) = measuring.of_counts(made)["T22"]
    changes = np.log([0.5, 2.0, 0.5, 2.0, 0.5, 20 / 300])
    assert found == pytest.approx([changes.std(ddof=1)])
    made.crises = lambda *_: np.full((2, 1, 120), 1.0)
    assert "too few years" in measuring.of_counts(made)["T22"][0]


def test_money_over_time_is_of_the_mean_crisis_and_jumps_are_of_each():
    money = np.ones((1, 2, 10))
    money[0, 0, :3], money[0, 0, 7:] = 3.0, 6.0  # heads: (3 + 1) / 2 early, (6 + 1) / 2 late
    people = np.ones_like(money)
    assert thirty.over_time(money, people) == pytest.approx([7 / 4])
    jumping = np.array([[[1.0, math.e, 1.0, math.e, 0.0, 1.0]]])
    assert thirty._jumps(jumping) == pytest.approx([np.std([1.0, -1.0, 1.0], ddof=1)])
    head = [mean(value) for value in thirty._per_head(np.array([[[0.0, 2.0], [4.0, 4.0]]]), np.ones((1, 2, 2)))]
    assert head == pytest.approx([10 / 4, (1 + 4) / 2, 1 / 4])


def test_the_odds_ratio_is_that_of_the_table_by_hand():
    """Of 200 newly exploited women 40 were found, of 100 men 10: (40 / 200) / (10 / 100) = 2."""
    months = [23, 24, 24, 119]  # the first is before year 3
    table = pd.DataFrame(
        {
            "month": months * 2,
            "group": ["women"] * 4 + ["men"] * 4,
            "identified": [99, 10, 10, 20, 99, 4, 4, 2],
            "newly_exploited": [1, 100, 50, 50, 1, 50, 25, 25],
        }
    )
    made = SimpleNamespace(tables={"groups": table}, scenario=SimpleNamespace(months=120))
    assert measuring.odds_ratios([made, made], "group", ["women"], ["men"]).tolist() == [2.0, 2.0]
    table.loc[table["group"] == "men", "identified"] = 0
    assert "nobody of one group" in measuring.odds_ratios([made], "group", ["women"], ["men"])


def test_the_mean_of_ratios_is_the_ratio_of_means():
    part, whole = np.array([1.0, 0.0, 5.0]), np.array([2.0, 0.0, 6.0])
    assert measuring.ratio(part, whole).mean() == pytest.approx(6 / 8)
    assert np.isnan(measuring.ratio(part, 0 * whole)).all()
