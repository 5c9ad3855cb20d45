"""The ladder: nothing is lost where nothing is taken, what others pay and what donors pay add up, words and JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import cyclesim as cs
from cyclesim.analysis import ladder as asked
from cyclesim.analysis import money_between, thirty
from cyclesim.analysis.ladder import Drawn, Point, effect, endowed, over_draws, point, points, using
from cyclesim.analysis.payers import Costs, stated
from cyclesim.analysis.rungs import Ladder
from cyclesim.analysis.trials import without_money
from cyclesim.analysis.two_by_two import two_by_two
from cyclesim.cli import cyclesim
from cyclesim.errors import DesignError
from cyclesim.outputs import ladder as told
from cyclesim.outputs import ladder_picture
from cyclesim.runs.design import drawn
from cyclesim.runs.simulate import run

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
    crisis = money_between.OneCrisis("crisis 00", 1.5, 8.0, 0.5, 10.0, 0.03, 0.001, 0.1)
    between = money_between.Thirty(2, (crisis,), {"plans with a line": 0.1, "not measured": math.nan}, [0.1, 0.2])
    arms = {arm: {name: [1.0, 2.0] for name in told.YEARLY} for arm in told.ARMS}
    tables = [{"choice": choice, "arms": arms} for choice in two_by_two_choices()]
    return Ladder(every, {whole.rung: [at] * 3}, {whole.rung: tables}, between)


def two_by_two_choices():
    from cyclesim.analysis.two_by_two import CHOICES

    return CHOICES


def test_the_whole_ladder_goes_through_json_and_back(found):
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert Ladder.of(plain).to_dict() == plain


def test_every_table_is_told_and_no_row_is_of_another_width(found):
    tables = told.tables(found)
    assert {"along", "endowed", "loop", "first", "costs", "signs", "draws", "thirty", "crises"} <= set(tables)
    for name, table in tables.items():
        assert {len(row) for row in table.rows} == {len(table.header)}, name


def test_low_middle_and_high_stand_beside_the_headline(found):
    assert "where others pay 0.1, 0.5, 1" in told.sentences(found)[0]


def test_choices_that_change_nothing_are_said_to(found):
    assert told.choices(found).count("changes nothing") == 2


def test_the_picture_says_it_is_a_model_and_how_to_make_it_again(found):
    figure = ladder_picture.picture(found, "cyclesim ladder --seed 1")
    words = " ".join(" ".join(part.get_text().split()) for part in figure.texts)
    assert "A model, not observations" in words
    assert "Reproduce: cyclesim ladder --seed 1" in words
    assert len(figure.axes) == 3


def test_draws_stand_at_the_named_levels():
    scenario = UNSEEN.with_values({"months": 12, "spin_up": 0})
    (one,) = over_draws(scenario, drawn(scenario, 1, 1))
    assert {name: p.level for name, p in one.points.items()} == asked.NAMED
    assert math.isfinite(one.points["middle"].gain)
    assert math.isnan(one.points["low"].gain)


def test_money_between_thirty_crises():
    few = UNSEEN.with_values({"spin_up": 0})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thirty, "CRISES", 4)
        result = money_between.between(few, seeds=1)
    assert [one.people for one in result.crises] == sorted((one.people for one in result.crises), reverse=True)
    assert sum(one.people for one in result.crises) == pytest.approx(362, rel=0.01)
    assert len(result.by_year) == 10
    assert np.isfinite(list(result.facts.values())[2])


def test_the_command_tells_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(asked, "LEVELS", (0.5,))
    (tmp_path / "short.yaml").write_text("extends: unseen-crisis\ntitle: t\nmonths: 12\nspin_up: 0\n")
    line = ["ladder", str(tmp_path / "short.yaml"), "--seeds", "0", "--workers", "1"]
    cyclesim([*line, "--out", str(tmp_path / "out")], standalone_mode=False)
    assert "all anti-trafficking money" in capsys.readouterr().out
    plain = json.loads((tmp_path / "out" / "ladder.json").read_text())
    assert plain["thirty"] is None
    assert {path.name for path in (tmp_path / "out").glob("ladder.*")} == {"ladder.json", "ladder.png", "ladder.svg"}
