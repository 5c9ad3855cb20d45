"""The ladder: nothing is lost where nothing is taken, what others pay and what donors pay add up, words and JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.analysis import ladder as asked
from cyclesim.analysis import thirty
from cyclesim.analysis.ladder import Drawn, Point, effect, endowed, over_draws, point, points, two_by_two, using
from cyclesim.analysis.payers import Costs, stated
from cyclesim.analysis.trials import without_money
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.questions.ladder import Ladder, tell
from cyclesim.questions.ladder.draw import draw
from cyclesim.runs.simulate import run
from cyclesim.worlds.design import draw_design

SHORT = {"months": 24, "spin_up": 12}
UNSEEN = cs.load("unseen-crisis").with_values(SHORT)
STRONG = cs.load("strong-system").with_values(SHORT)


@pytest.fixture(autouse=True)
def few_years(monkeypatch):
    monkeypatch.setattr(asked, "LOOP_YEARS", 5)


@pytest.fixture(scope="module")
def whole():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asked, "LOOP_YEARS", 5)
        return point(UNSEEN, 0.5)


@pytest.fixture(scope="module")
def along():
    return {level: point(UNSEEN, level, whole=False) for level in (0.0, 1.0)}


def test_where_donors_pay_all_they_promised_nothing_is_lost():
    base, other = run(UNSEEN, twin=True), run(without_money(UNSEEN, giving=1.0), twin=True)
    assert effect(base, other).per_million == dict.fromkeys(asked.OUTCOMES, 0.0)


def test_without_money_no_cent_is_disbursed_and_before_it_is_gone_all_is_the_same():
    base, other = run(UNSEEN, twin=True), run(without_money(UNSEEN), twin=True)
    assert base.months["disbursed_cents"].sum() > 0
    assert other.months["disbursed_cents"].sum() == 0
    assert base.months["people"].equals(other.months["people"])


def test_where_nobody_has_paid_from_the_beginning_nobody_is_received():
    found = run(UNSEEN.with_values({"paid_by_others": 0, "giving": 0}), twin=True).months
    assert found["received_share"].max() < 1e-6
    assert found["identified"].sum() < 1e-3


@pytest.mark.parametrize("name", ["identified", "assisted"])
def test_money_that_is_all_there_is_is_missed_more_than_money_beside_others(along, name):
    assert -along[1.0].without.share[name] <= -along[0.0].without.share[name]


def test_the_more_others_pay_the_more_posts_there_are(along):
    for kind in ("reception", "caseworkers", "investigators"):
        assert along[1.0].capacity[kind] > along[0.0].capacity[kind]


@pytest.mark.parametrize("scenario", [UNSEEN, STRONG], ids=lambda s: s.name)
def test_an_endowment_gives_the_same_capacity_in_year_1(scenario):
    every = [point(scenario, level, made_up=True).capacity for level in (0.0, 0.5, 1.0)]
    for kind in ("reception", "caseworkers", "investigators"):
        assert [one[kind] for one in every] == pytest.approx([every[-1][kind]] * 3, rel=0.05)


def test_an_endowment_decays_as_posts_do_and_none_is_needed_where_others_pay_all():
    long = UNSEEN.with_values({"months": 36})
    years = list(endowed(long, 0.0).changes.values())
    amounts = [year.add["parameters.added_reception"] for year in years]
    kept = math.exp(-12 * UNSEEN.parameter("turnover_national"))
    assert amounts == pytest.approx([amounts[0], amounts[0] * kept, amounts[0] * kept**2])
    assert not any(any(year.add.values()) for year in endowed(UNSEEN, 1.0).changes.values())


@pytest.mark.parametrize("scenario", [UNSEEN, STRONG], ids=lambda s: s.name)
def test_costs_add_up(scenario):
    found = Costs.of(scenario, run(scenario, twin=True))
    told_of = found.to_dict()["per_identified"]
    assert found.total == pytest.approx(found.donors + sum(found.others.values()))
    assert told_of["donors"] + told_of["others"] == pytest.approx(told_of["all payers"])
    assert told_of["all payers but investigators"] + told_of["investigators"] == pytest.approx(told_of["all payers"])
    posts = stated(scenario, "reception") * scenario.parameter("cost_reception") * scenario.months / 12
    assert found.others["reception"] == pytest.approx(posts)
    assert found.a_head(found.total) * found.people == pytest.approx(found.total)


def test_where_others_pay_nothing_they_pay_nothing(along):
    assert along[0.0].costs.paid_by_others == 0
    assert along[1.0].costs.paid_by_others > 0


def test_interventions_of_the_catalogue_begin_with_the_first_reported_month():
    used = using(UNSEEN, "R2", "R9").interventions
    assert {entry.from_ for entry in used.values()} == {UNSEEN.start}


def test_a_whole_point_has_loop_and_first_interventions(whole):
    assert whole.gain == pytest.approx(whole.by_belief + whole.by_ask)
    assert set(whole.first) == set(asked.FIRST)
    assert whole.first["R9"].per_million["identified"] > 0


@pytest.mark.parametrize("levels", [[], [1.2], [-0.1, 0.5], [math.nan]])
def test_what_others_pay_is_a_share(levels):
    with pytest.raises(DesignError, match="a share from 0 to 1"):
        points([UNSEEN], levels)


def test_training_and_back_end_stand_under_every_choice():
    found = two_by_two(UNSEEN.with_values({"months": 12, "spin_up": 0}))
    assert [tuple(one["choice"].values()) for one in found] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    for one in found:
        assert list(one["arms"]) == ["neither", "training", "back end", "both"]
        assert all(len(values) == 1 for arm in one["arms"].values() for values in arm.values())
        assert one["arms"]["both"]["referred"] >= one["arms"]["back end"]["referred"]


def test_points_go_through_json_and_back(whole, along):
    nothing = replace(along[0.0], gain=math.nan)
    for one in (whole, nothing):
        plain = json.loads(json.dumps(one.to_dict(), allow_nan=False))
        assert Point.of(plain).to_dict() == plain


@pytest.fixture(scope="module")
def found(whole, along):
    few = [along[0.0], whole, along[1.0]]
    every = [replace(one, level=level) for one, level in zip(few, (0.1, 0.5, 1.0), strict=True)]
    every += [replace(one, endowed=True, costs=None) for one in every]
    at = Drawn(1, dict(zip(asked.NAMED, every[:3], strict=True)))
    crisis = thirty.OneCrisis("crisis 00", 1.5, 8.0, 0.5, 10.0, 0.03, 0.001, 0.1)
    between = thirty.Thirty(2, (crisis,), {"plans with a line": 0.1, "not measured": math.nan}, [0.1, 0.2])
    arms = {arm: {name: [1.0, 2.0] for name in tell.YEARLY} for arm in asked.ARMS}
    tables = [{"choice": choice, "arms": arms} for choice in two_by_two_choices()]
    return Ladder([UNSEEN], every, {whole.rung: [at] * 3}, {whole.rung: tables}, between)


def two_by_two_choices():
    from cyclesim.analysis.ladder import CHOICES

    return CHOICES


def test_the_whole_ladder_goes_through_json_and_back(found):
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert Ladder.of(plain, found.scenarios).to_dict() == plain


def test_every_table_is_told_and_no_row_is_of_another_width(found):
    tables = tell.tables(found)
    assert {"along", "endowed", "loop", "first", "costs", "signs", "draws", "thirty", "crises"} <= set(tables)
    for name, table in tables.items():
        assert {len(row) for row in table.rows} == {len(table.head)}, name


def test_low_middle_and_high_stand_beside_the_headline(found):
    assert "where others pay 0.1, 0.5, 1" in tell.sentences(found)[found.rungs[0]]


def test_choices_that_change_nothing_are_said_to(found):
    assert tell.choices(found).count("changes nothing") == 2


def test_the_answer_is_of_the_middle_with_its_ends_over_draws_and_the_title_of_the_picture(found):
    finding = tell.tell(found)
    assert "where others pay 50 % of what is stated" in finding.answer
    assert "in brackets all 3 draws" in finding.answer
    (figure,) = draw(found, finding).values()
    words = " ".join(" ".join(part.get_text().split()) for part in figure.texts)
    assert finding.headline in words
    assert "Model, not observations" in words
    assert len(figure.axes) == 3


def test_without_draws_it_is_told_but_not_reported(found):
    alone = replace(found, draws={})
    assert "an interval" in tell.tell(alone).lacks
    assert not tell.tell(found).lacks
    assert "nothing is known of other states" in tell.sentences(alone)["How sure"]


def test_draws_stand_at_the_named_levels():
    scenario = UNSEEN.with_values({"months": 12, "spin_up": 0})
    (one,) = over_draws(scenario, draw_design(scenario, 1, 1))
    assert {name: p.level for name, p in one.points.items()} == asked.NAMED
    assert math.isfinite(one.points["middle"].gain)
    assert math.isnan(one.points["low"].gain)


def test_money_between_thirty_crises():
    few = UNSEEN.with_values({"spin_up": 0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thirty, "CRISES", 4)
        result = thirty.between(few, seeds=1)
    assert [one.people for one in result.crises] == sorted((one.people for one in result.crises), reverse=True)
    assert sum(one.people for one in result.crises) == pytest.approx(362, rel=0.01)
    assert len(result.by_year) == 10
    assert np.isfinite(list(result.facts.values())[2])


def test_a_scenario_named_twice_is_asked_once():
    scenario = UNSEEN.with_values({"months": 12, "spin_up": 0})
    assert len(cs.ladder([scenario, scenario], levels=(0.5,), replications=0).points) == 2


def test_the_command_tells_it(tmp_path, capsys):
    (tmp_path / "short.yaml").write_text("extends: unseen-crisis\ntitle: t\nmonths: 12\nspin_up: 0\n")
    line = ["ladder", str(tmp_path / "short.yaml"), "--seeds", "0", "--workers", "1", "--draws", "1"]
    cyclesim([*line, "--out", str(tmp_path / "out")], standalone_mode=False)
    assert "all anti-trafficking money" in (told := capsys.readouterr().out)
    assert "--draws 1 --seeds 0 --seed 1" in told
    plain = json.loads((tmp_path / "out" / "ladder.json").read_text())
    assert plain["thirty"] is None
    assert len(plain["draws"]["short"]) == 1
    names = {path.name for path in (tmp_path / "out").glob("ladder.*")}
    assert names == {"ladder.json", "ladder.csv", "ladder.png", "ladder.svg"}
