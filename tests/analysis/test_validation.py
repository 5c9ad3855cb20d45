"""Validation says what is met, missed and not applicable, against the numbers of the evidence."""

import json
import math
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import cyclesim as cs
from cyclesim.analysis import measuring, trials, validation
from cyclesim.analysis.alike import alike
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import TARGETS, Quantity, Target, Verdict, count, judge
from cyclesim.cli_validate import as_text
from cyclesim.inputs.dates import date

EVIDENCE = {  # tolerances of the evidence table, and of the model's design for T9's rebound
    "T1": [(0.02, 0.12)],
    "T2": [(0.10, 0.35)],
    "T3": [(0.41, 0.80)],
    "T4": [(0.08, 0.30)],
    "T5": [(0.00, 0.04), (0.05, 0.17)],
    "T6": [(0.10, 0.28), (0.0, 1.0), (20, 60), (40, 110)],
    "T7": [(2, 6), (-0.25, 0.20)],
    "T8": [(0.3, 0.8)],
    "T9": [(-0.20, -0.05), (-0.45, -0.15), (0.95, 1.15)],
    "T10": [(0.03, 0.20)],
    "T11": [(0.0, 0.55)],
    "T12": [(0.0, 0.6), (0.9, math.inf), (0.3, math.inf)],
    "T13": [(0.02, 0.12), (0.5, 1.0)],
    "T14": [(1.4, 3.2), (1.4, 3.2)],
    "T15": [(-0.2, 0.5), (0.55, 0.68)],
}
IDS = [*EVIDENCE, *"abcdefg"]


def target(*tolerances):
    quantities = tuple(Quantity(f"quantity {n}", "?", low, high) for n, (low, high) in enumerate(tolerances))
    return Target("X", "a fact", "a source", quantities, "the likely reason")


def test_targets_and_tolerances_are_those_of_the_evidence():
    assert [t.id for t in TARGETS] == IDS
    for t in TARGETS:
        tolerances = [(q.low, q.high) for q in t.quantities]
        assert tolerances == EVIDENCE.get(t.id, tolerances)
        assert all(low <= high for low, high in tolerances)
    assert [t.id for t in TARGETS if t.kind == "consistency check"] == ["T10", "T11"]


@pytest.mark.parametrize(
    ("values", "verdict"), [((0.2, 0.4), "met"), ((0.0, 0.1), "missed"), ((0.9, 1.3), "missed"), ((0.1, 0.1), "met")]
)
def test_the_mean_decides_and_the_ends_of_the_tolerance_are_inside(values, verdict):
    row = judge(target((0.1, 1.0)), [np.array(values)])
    assert row.verdict == verdict
    assert row.deciding.measured == pytest.approx(np.mean(values))
    assert row.deciding.error == pytest.approx(np.std(values, ddof=1) / math.sqrt(2))


def test_one_part_missed_is_a_target_missed_and_the_reason_names_it():
    row = judge(target((0, 1), (0, 1)), [np.array([0.5, 0.5]), np.array([2.0, 2.0])])
    assert row.verdict == Verdict.MISSED
    assert row.deciding.measured == 2.0
    assert row.reason == "quantity 1 is above the tolerance; the likely reason"


def test_what_is_not_measured_decides_nothing_and_says_why():
    row = judge(target((0, 1), (0, 1)), [0.5, "there is nothing to measure"])
    assert (row.verdict, row.reason) == (Verdict.MET, "there is nothing to measure")
    assert [finding.verdict for finding in row.findings] == ["met", "not applicable"]
    row = judge(target((0, 1)), [np.array([math.nan, 0.5])])
    assert row.verdict == Verdict.NOT_APPLICABLE
    assert row.to_dict()["measured"] is None
    assert "no value" in row.reason


def test_a_verdict_that_luck_may_have_decided_says_so():
    assert "Monte Carlo" in judge(target((0, 1)), [np.array([0.5, 1.4])]).reason
    assert "Monte Carlo" in judge(target((0, 1)), [np.array([0.5, 1.6])]).reason
    assert judge(target((0, 1)), [np.array([0.5, 0.51])]).reason == ""


def test_one_world_has_no_known_error():
    assert judge(target((0, 1)), [np.array([0.5])]).to_dict()["error"] is None


def test_the_mean_of_ratios_is_the_ratio_of_means():
    part, whole = np.array([1.0, 0.0, 5.0]), np.array([2.0, 0.0, 6.0])
    assert measuring.ratio(part, whole).mean() == pytest.approx(6 / 8)
    assert np.isnan(measuring.ratio(part, 0 * whole)).all()


def test_twelve_crises_have_the_same_size_and_differ_in_several_things_apart():
    many = trials.many(cs.load("baseline"))
    assert len(many.crises) == 12
    assert {sum(w.people for w in c.arrivals.values()) for c in many.crises.values()} == {100_000}
    crises = list(many.crises.values())
    intensity = [c.settings["camps"].intensity for c in crises]
    staff = [c.organisations["Camp police"].staff for c in crises]
    posts = [c.back_ends["national"].caseworkers for c in crises]
    assert max(intensity) / min(intensity) == pytest.approx(4.0)
    assert max(staff) / min(staff) == pytest.approx(40.0)
    assert sum(c.agenda == 1.0 for c in crises) == sum(bool(c.attention) for c in crises) == 3
    for other in (staff, posts):
        assert abs(np.corrcoef(np.argsort(np.argsort(intensity)), np.argsort(np.argsort(other)))[0, 1]) < 0.3


def test_the_variants_do_what_their_names_say():
    small = cs.load("small")
    names = [s.name for s in trials.family(small)]
    assert len(set(names)) == len(names)
    worlds = Worlds(cs.simulate(trials.family(small)[:5], replications=1))
    assert worlds("strong", "coverage")[:, measuring.LATE].mean() > 0.85
    cut = worlds("capacity cut", "frontline_staff") / worlds("base", "frontline_staff")
    assert cut[0, [59, 60, 71, 72]] == pytest.approx([1, 0.75, 0.75, 1])
    assert worlds("no back end", "caseworkers")[0, [59, 60]].tolist() == [2.0, 0.0]
    assert worlds("full back end", "disbursed_cents").sum() == 0
    assert worlds.faults() == 0


def test_a_scenario_without_a_shock_is_measured_in_ukraine_with_its_parameters():
    stated = cs.load("baseline").with_values({"contact": 0.05, "incidence": 0.0002})
    shocked, month = trials.shock(stated)
    assert month == 13
    assert shocked.parameter("contact") == 0.05
    assert shocked.parameter("incidence") == cs.load("ukraine-2022").parameter("incidence")


def test_every_target_has_a_row_that_is_plain_data(monkeypatch):
    monkeypatch.setattr(validation, "SMALL_WORLDS", 10)
    monkeypatch.setattr(trials, "PEOPLE", 3_000)
    rows = validation.validate(cs.load("small"), seeds=1)
    assert [row.target.id for row in rows] == IDS
    plain = json.loads(json.dumps([row.to_dict() for row in rows], allow_nan=False))
    assert all(row["reason"] or row["verdict"] == "met" for row in plain)
    assert plain[IDS.index("g")]["measured"] == 0
    assert plain[IDS.index("T13")]["measured"] > 0
    text = as_text(rows, "Two thousand people")
    met, missed, not_applicable = (count(rows)[verdict] for verdict in Verdict)
    assert text.splitlines()[-1] == f"{met} met, {missed} missed, {not_applicable} not applicable"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_command_prints_a_list_of_rows(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cyclesim", "validate", "baseline", "--seeds", "4", "--json"],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
    )
    rows = {row["id"]: row for row in json.loads(done.stdout)}
    assert list(rows) == IDS
    assert {row["verdict"] for row in rows.values()} <= {"met", "missed", "not applicable"}
    assert rows["g"]["verdict"] == "met"
    for row in rows.values():
        assert (row["measured"] is None) == (row["verdict"] == "not applicable")


def test_two_worlds_of_the_same_case_counts_differ_in_prevalence_and_in_what_a_survey_finds():
    pair = alike(cs.load("baseline"))
    worlds = Worlds(cs.simulate(pair, twin=True))

    def ratio(measure):
        hidden, rare = (worlds(name, measure)[:, trials.SURVEYED :].mean() for name in ("low detection", "truly low"))
        return hidden / rare

    assert ratio("detected_prevalence") == pytest.approx(1.0, rel=0.02)
    assert ratio("believed_prevalence") == pytest.approx(1.0, rel=0.05)
    assert ratio("true_prevalence") > 1.5
    assert 1.0 < ratio("survey_estimate") < 1.4  # raw: mostly false positives in both
    cases, survey = measuring.of_the_alike(worlds)["e"]
    assert cases.mean() == pytest.approx(1.0, abs=0.005)
    assert survey.mean() > 1.5


# ---------------------------------------------------------------- which months, which worlds


class Made:
    """Worlds whose numbers are made up: what is measured of them is worked out here by hand, month by month."""

    def __init__(self, worlds=3, months=120):
        self.shape = (worlds, months)

    def __call__(self, name, measure):
        return np.random.default_rng([*name.encode(), *measure.encode()]).uniform(1, 9, self.shape)

    def total(self, name, measure, months):
        return self(name, measure)[:, months].sum(axis=1)

    def over(self, name, measure, first, last):
        """Return the mean over worlds of the sum from one month to another, both included."""
        return self(name, measure)[:, first : last + 1].sum(axis=1).mean()


def mean(measured):
    return float(np.mean(measured))


def test_people_are_measured_over_years_3_to_10():
    made, first, last = Made(), 24, 119
    found = measuring.of_people(made)
    assert mean(found["T1"][0]) == pytest.approx(made.over("base", "detected_share", first, last) / 96)
    identified = made.over("base", "identified", first, last)
    for id_, number, measure in (
        ("T3", 0, "came_forward"),
        ("T4", 0, "identified_police"),
        ("T13", 0, "convictions"),
        ("T13", 1, "suspects"),
    ):
        assert mean(found[id_][number]) == pytest.approx(made.over("base", measure, first, last) / identified)


def test_strong_systems_are_measured_late_and_lists_in_both():
    made = Made()
    found = measuring.of_strong_systems(made)
    assert mean(found["T2"][0]) == pytest.approx(made.over("strong", "detected_share", 60, 119) / 60)
    for number, (name, first) in enumerate((("base", 24), ("strong", 60))):
        both, all_ = (made.over(name, measure, first, 119) for measure in ("on_two_lists", "identified"))
        assert mean(found["T5"][number]) == pytest.approx(both / all_)


def test_a_cut_is_measured_in_its_year_and_its_rebound_a_year_later():
    made = Made()
    forgetting = cs.run(trials.forgetting(cs.load("small")))
    found = measuring.of_capacity(made, forgetting)
    cut = trials.CUT

    def identified(name, first, last):
        return made.over(name, "identified", cut + first, cut + last)

    drop, convicted, rebound = map(mean, found["T9"])
    assert drop == pytest.approx(identified("capacity cut", 0, 11) / identified("base", 0, 11) - 1)
    both = [made.over(name, "convictions", cut, cut + 11) for name in ("capacity cut", "base")]
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


def test_a_shock_is_measured_from_its_month_on():
    shock, scenario = 13, cs.load("ukraine-2022")
    made = Made(months=scenario.months)
    made.scenario = lambda _: scenario
    found = measuring.of_shock(made, shock)

    def identified(first, last):
        return made.over("shock", "identified", shock + first, shock + last) / (last - first + 1)

    assert mean(found["T7"][1]) == pytest.approx(identified(11, 13) / identified(-12, -1) - 1)
    assert mean(found["T8"][0]) == pytest.approx(identified(1, 3) / identified(-3, -1))
    attention = made("shock", "attention")[0]
    assert found["T10"] == [pytest.approx(attention[shock + 7] / attention[shock])]

    def money(first, last):
        years = [int(date(month, scenario.start)[:4]) for month in range(first, last + 1)]
        budgets = sum(donor.budget_in(year) for year in years for donor in scenario.donors.values()) * 100 / 12
        return made.over("shock", "committed_cents", first, last) / budgets

    assert mean(found["T7"][0]) == pytest.approx(money(shock, shock + 23) / money(shock - 12, shock - 1))


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
    assert measuring._odds_ratios([made, made], "group", ["women"], ["men"]).tolist() == [2.0, 2.0]
    table.loc[table["group"] == "men", "identified"] = 0
    assert "nobody of one group" in measuring._odds_ratios([made], "group", ["women"], ["men"])
