"""Equal spending: as much of an intervention as donors' money can pay, and never silently."""

import pytest

import cyclesim as cs
from cyclesim.errors import DesignError, ScenarioError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import PURSE_SHARE, paid_by_donors

BASE = cs.load("small").with_values({"months": 12, "spin_up": 6})
CAMP = "crises.valley.back_ends.district.caseworkers"


def lever(cost, name="lever", **rest):
    data = BASE.resolved()
    data["interventions"] = {
        "priced": {"from": "2023-05", "add": {CAMP: 1}, "cost": cost, **rest},
        "free": {"from": "2023-05", "scale": {"parameters.contact": 1.5}},
    }
    return Scenario.parse(data, name)


def purse(ensemble):
    table = ensemble.table.query("scenario == 'small' and month >= 4")
    return table["disbursed_cents"].sum() / 100 / ensemble.worlds


def test_a_small_cost_is_paid_in_full():
    ensemble = cs.simulate_at_equal_spending([BASE, lever(0.5)], replications=2)
    paid = ensemble.scenarios["lever"]
    assert paid.interventions_paid_by == "donors"
    assert paid.interventions["priced"].share == 1
    table = ensemble.table.query("scenario == 'lever'")
    assert table["charged_cents"].sum() == 2 * 8 * 50


@pytest.mark.parametrize("most", [PURSE_SHARE, 0.2])
def test_a_large_cost_is_carried_out_as_far_as_the_purse_reaches(most):
    ensemble = cs.simulate_at_equal_spending([BASE, lever(1e5)], replications=3, purse_share=most)
    paid = ensemble.scenarios["lever"].interventions
    assert paid["priced"].share == pytest.approx(most * purse(ensemble) / (8 * 1e5), abs=1e-4)
    assert paid["free"].share == 1
    stated = ensemble.totals.query("scenario == 'lever'")["intervention_cents"].mean() / 100
    assert stated <= most * purse(ensemble) + 1


def test_the_worlds_are_those_of_an_ordinary_study_of_the_same_scenarios():
    equal = cs.simulate_at_equal_spending([BASE, lever(1e3)], replications=2, seed=4)
    again = cs.simulate(list(equal.scenarios.values()), replications=2, seed=4)
    assert equal.table.equals(again.table)
    cs.compare(equal)  # the first difference is not before the first change
    assert equal.scenarios["small"].hash == BASE.hash


def test_counterfactuals_can_be_held_to_one_share():
    base = cs.simulate(BASE, replications=2)
    cheap, dear = lever(10, "cheap"), lever(1e3, "dear")
    apart = paid_by_donors([cheap, dear], base)
    alike = paid_by_donors([cheap, dear], base, one_share=True)
    assert apart[0].interventions["priced"].share > apart[1].interventions["priced"].share
    assert {s.interventions["priced"].share for s in alike} == {apart[1].interventions["priced"].share}


def test_progress_runs_once_from_the_first_world_to_the_last():
    seen = []
    cs.simulate_at_equal_spending([BASE, lever(1)], replications=2, progress=lambda *now: seen.append(now))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_baseline_with_a_cost_of_its_own_is_refused_unless_donors_pay_it():
    base = lever(10, "base")
    with pytest.raises(DesignError, match=r"interventions_paid_by: donors"):
        cs.simulate_at_equal_spending([base, lever(20)])
    mended = base.with_values({"interventions_paid_by": "donors"})
    assert cs.simulate_at_equal_spending([mended, lever(20)]).worlds == 1


@pytest.mark.parametrize("most", [0.0, -1.0, 1.5])
def test_an_impossible_share_of_the_purse_is_refused(most):
    with pytest.raises(DesignError, match="share of the purse"):
        cs.simulate_at_equal_spending([BASE, lever(1)], purse_share=most)


def test_who_pays_can_be_written_in_a_file(tmp_path):
    path = tmp_path / "mine.yaml"
    text = (
        "title: x\nquestion: What?\nextends: small\ninterventions_paid_by: {}\n"
        "interventions:\n  a: {{from: 2023-05, cost: 9}}\n"
    )
    path.write_text(text.format("donors"))
    assert cs.run(path).months["charged_cents"].sum() == 20 * 900
    assert cs.load(path).hash != cs.load(path).with_values({"interventions_paid_by": "outside"}).hash
    path.write_text(text.format("nobody"))
    with pytest.raises(ScenarioError, match=r"mine\.yaml:4.*interventions_paid_by"):
        cs.load(path)
