"""Experiments: readings are paired sums of the worlds, and answers no bolder than they allow."""

import json
from html import unescape

import numpy as np
import pytest
from scipy import stats

import cyclesim as cs
from cyclesim.analysis.compare import compare
from cyclesim.errors import DesignError, StudyError, UnknownNameError
from cyclesim.inputs import shipped
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study, load_study
from cyclesim.questions.asking import Answer
from cyclesim.questions.experiment.tell import answer

BASE = cs.load("small").with_values({"months": 26, "spin_up": 2, "contact": 0.3})


def arm(name, *levers):
    data = BASE.resolved()
    data["interventions"] = {path: {"from": "2023-03", "scale": {f"parameters.{path}": f}} for path, f in levers}
    return Scenario.parse(data, name)


def asked(*arms, **reading):
    content = {"name": "tried", "title": "Tried", "question": "What?", "scenarios": ["small", *arms]}
    return Study.model_validate({**content, "experiment": reading})


def read(study, ensemble):
    return cs.Experiment(study, compare(ensemble))


def tried(reading, *arms, joint=(), replications=3):
    study = asked(*(a.name for a in arms), reading=reading, joint=list(joint))
    return read(study, cs.simulate([BASE, *arms], replications=replications))


def answered(found):
    return Answer(cs.experiment, found, found.simulated.about("experiment"), "cyclesim experiment tried")


def told(found):
    return " ".join(str(answered(found)).split())


LESS, MORE = arm("less", ("incidence", 0.5)), arm("more", ("incidence", 2.0))
SAME = arm("same", ("incidence", 1.0))


EXPERIMENTS = [study for study in map(load_study, shipped.studies()) if study.experiment]


def test_every_experiment_names_scenarios_that_load_and_every_scenario_has_one():
    assert len(EXPERIMENTS) == 10
    used = {name for study in EXPERIMENTS for name in study.scenarios}
    assert sorted(used - set(shipped.names())) == shipped.arms()
    for study in EXPERIMENTS:
        base, *arms = study.load_scenarios()
        for scenario in arms:
            assert scenario.months == base.months
            assert scenario.question.endswith("?")


def test_the_arms_of_push_or_lever_cost_the_same():
    def cost(name):
        scenario = cs.load(name)
        model = cs.CycleModel(scenario)
        return sum(model.schedule.cost(month) for month in range(scenario.months))

    push = cost("push-for-two-years")
    assert push > 0
    assert cost("push-for-good") == pytest.approx(push, rel=1e-6)
    assert cost("lever-reading-of-counts") == cost("lever-floor") == 0


def test_what_arms_do_together_is_read_world_by_world():
    both = arm("both", ("incidence", 0.5), ("contact", 2.0))
    found = tried("joint", LESS, arm("contact", ("contact", 2.0)), both, joint=("less", "contact"))
    totals = found.simulated.totals.set_index(["scenario", "replication"])["person_months_exploited"]
    expected = np.array(
        [totals["less", r] + totals["contact", r] - totals["both", r] - totals["small", r] for r in range(3)]
    )
    reading = found.readings[0]
    assert reading.mean == pytest.approx(expected.mean())
    assert reading.spread.error == pytest.approx(expected.std(ddof=1) / np.sqrt(3))
    assert (reading.spread.low, reading.spread.high) == (expected.min(), expected.max())
    way = "more" if expected.mean() > 0 else "less"
    assert (f"ogether they avert {way} than" if reading.clear else "neither clearly more nor clearly less") in answer(
        found
    )
    assert "all 3 worlds: " in answer(found)


def test_the_best_arm_is_named_with_its_place():
    found = tried("best", MORE, LESS, SAME)
    assert found.best == "less"
    assert "fewest person-months of exploitation are in less, between the ends" in answer(found)
    assert all(reading.mean > 0 for reading in found.readings)
    assert tried("best", LESS, MORE).best == "less"


def test_a_rise_is_read_against_the_year_before_the_shock():
    data = {**BASE.resolved(), "parameters": {**BASE.resolved()["parameters"], "contact": 1.0, "incidence": 0.02}}
    data["crises"]["valley"]["attention"] = {"shock": {"month": "2024-01", "peak": 1.0}}
    quick = {**data, "changes": {"more": {"from": "2024-02", "scale": {"parameters.contact": 1.8}}}}
    base, more = Scenario.parse(data, "small"), Scenario.parse(quick, "more")
    found = read(asked("more", reading="rise"), cs.simulate([base, more], replications=3))
    table = found.simulated.table

    def rise(name, world):
        months = table.query("scenario == @name and replication == @world")["identified"].to_numpy()
        return months[23:26].mean() / months[:12].mean() - 1

    expected = [rise("more", world) - rise("small", world) for world in range(3)]
    assert found.readings[1].mean == pytest.approx(np.mean(expected))
    assert "months after the shock change by" in answer(found)
    with pytest.raises(DesignError, match="no media shock"):
        tried("rise", LESS).readings  # noqa: B018


def test_no_clear_difference_is_called_so_and_late_months_are_read_apart():
    found = tried("effects", LESS, SAME, replications=5)
    assert "no clear difference with same" in answer(found)
    assert "fewer people are in exploitation with less" in answer(found)
    late = found.simulated.table.query("month >= 2").groupby(["scenario", "replication"])["exploited"].sum()
    assert found.effects["less"]["late"].mean == pytest.approx((late["small"] - late["less"]).mean())


def test_one_world_gives_no_answer():
    found = tried("effects", LESS, replications=1)
    assert answer(found).startswith("One world gives no answer")
    effects = found.effects["less"]
    assert not any(reading.clear for reading in effects.values())
    written = found.to_dict()["arms"][0]["effects"]["identified"]
    assert written["mean"] == effects["identified"].mean
    assert [written[end] for end in ("low", "high", "mean_low", "mean_high", "error")] == [None] * 5
    words = told(found)
    assert "Caution: One world (seed 1): another seed gives another one." in words
    assert "interval of" not in words
    assert "paired" not in words


def test_the_twin_answers_without_luck():
    found = read(asked("less"), cs.simulate([BASE, LESS], twin=True))
    effect = found.effects["less"]["person_months_exploited"]
    assert effect.mean > 0
    assert effect.spread.worlds == 1
    assert effect.clear
    words = told(found)
    assert "no luck in expected values" in words
    assert "Exploitation falls with less" in words
    assert f"({effect.mean:,.0f} to" not in words


def test_the_twin_names_no_difference_that_is_next_to_none():
    data = BASE.resolved()
    data["interventions"] = {"hardly": {"from": "2023-02", "scale": {"parameters.incidence": 0.99999}}}
    found = read(asked("hardly"), cs.simulate([BASE, Scenario.parse(data, "hardly")], twin=True))
    assert found.effects["hardly"]["person_months_exploited"].mean > 0
    assert "hardly any difference with hardly" in answer(found)


def test_terminal_json_and_notebook_say_the_same():
    found = tried("best", LESS, SAME)
    given = answered(found)
    written = json.loads(json.dumps(given.to_dict(), allow_nan=False))
    assert [row["scenario"] for row in written["arms"]] == ["less", "same"]
    assert written["best"] == "less"
    assert list(found.table["measure"].unique()) == [*written["arms"][0]["effects"]]
    text, page = (" ".join(voice.split()) for voice in (str(given), unescape(given._repr_html_())))
    said = written["finding"]
    for words in (said["question"], said["answer"], *said["details"], *said["cautions"]):
        assert words in text
        assert words in page
    for words in ("not observations", "luck only", "Reproduce: cyclesim experiment tried", "baseline: small"):
        assert words in text


@pytest.mark.parametrize("replications", [2, 4, 8])
def test_a_reading_is_clear_where_the_interval_of_its_mean_excludes_zero(replications):
    found = tried("effects", LESS, SAME, arm("hardly", ("incidence", 0.98)), replications=replications)
    totals = found.simulated.totals.set_index(["scenario", "replication"])["person_months_exploited"]
    for name in found.arms:
        reading = found.effects[name]["person_months_exploited"]
        averted = (totals["small"] - totals[name]).to_numpy()
        if name == "same":
            assert not reading.clear
        else:
            ends = stats.ttest_1samp(averted, 0).confidence_interval(0.95)
            assert (reading.spread.mean_low, reading.spread.mean_high) == pytest.approx(tuple(ends))
            assert reading.clear == (ends.low > 0 or ends.high < 0)
        assert (name in answer(found).split("no clear difference with")[0]) == reading.clear


def test_an_unknown_experiment_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match="did you mean 'pairs'"):
        cs.experiment("pair")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenarios: [small, a, b]\nexperiment: {reading: joint}\n", "joint names the arms"),
        ("scenarios: [small, a, b]\nexperiment: {reading: joint, joint: [b]}\n", "joint names the arms"),
        ("scenarios: [small, a, b]\nexperiment: {joint: [a]}\n", "joint names the arms"),
        ("scenarios: [small]\nexperiment: {}\n", "one arm or more"),
        ("scenarios: [small, a]\ndesign: {method: lhs, draws: 2}\nexperiment: {}\n", "no design"),
        ("scenarios: [small, a]\nexperiment: {paid_by: nobody}\n", "Choose from: donors, outside"),
    ],
)
def test_an_experiment_that_cannot_be_read_is_refused(tmp_path, text, words):
    (tmp_path / "mine.yaml").write_text(f"title: T\nquestion: Q?\n{text}")
    with pytest.raises(StudyError, match=words):
        load_study(tmp_path / "mine.yaml")


def test_an_experiment_of_ones_own_is_a_study_that_says_how_it_is_read(tmp_path):
    """Its scenarios may be files, its size and seed are those of the study, and its folder holds what was simulated."""
    quick = "extends: small\nmonths: 26\nspin_up: 2\n"
    lever = "interventions: {less: {from: 2023-03, cost: 1.0e+7, scale: {parameters.incidence: 0.5}}}\n"
    (tmp_path / "base.yaml").write_text(quick)
    (tmp_path / "less.yaml").write_text(quick + lever)
    head = "title: T\nquestion: Q?\nscenarios: [base.yaml, less.yaml]\nreplications: 2\nseed: 5\n"
    (tmp_path / "mine.yaml").write_text(head + "experiment: {paid_by: donors}\n")
    found = cs.experiment(tmp_path / "mine.yaml")
    assert found.arms == ["less"]
    assert (found.simulated.worlds, found.simulated.seed) == (2, 5)
    assert found.simulated.scenarios["less"].interventions["less"].share < 1
    found.save(tmp_path / "out")
    assert cs.read(tmp_path / "out").scenarios == found.simulated.scenarios
    (tmp_path / "plain.yaml").write_text(head)
    with pytest.raises(DesignError, match="plain is no experiment"):
        cs.experiment(tmp_path / "plain.yaml")


def test_a_sweep_leaves_to_an_experiment_what_donors_pay(tmp_path):
    with pytest.raises(DesignError, match="cyclesim experiment pairs"):
        cs.sweep("pairs", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    study = load_study("rival-explanation")
    assert study.resolved() == study.model_copy(update={"experiment": None}).resolved()


def test_two_worlds_that_agree_are_not_called_clear_where_chance_would_do():
    found = tried("effects", LESS, replications=2)
    spread = found.effects["less"]["person_months_exploited"].spread
    assert spread.low > 0
    assert spread.mean_low < 0
    assert "no clear difference with less" in answer(found)
