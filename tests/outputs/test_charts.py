"""Charts: true to the table, readable, and the same bytes twice."""

import dataclasses
import itertools

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.text import Annotation
from scipy import stats

import cyclesim as cs
from cyclesim.charts import captions, series, style
from cyclesim.charts import lines as charts
from cyclesim.errors import UnknownNameError
from cyclesim.measures import MEASURES

TITLES = {
    "baseline": "A crisis",
    "back-end": "More capacity at US$20,000 a year, and at US$40,000 a year for those who lead it, and no more",
    "funding": "Flexible money",
    "training": "Training",
    "data": "危机 Кризис",
}
NOTES = charts.Notes("2023-04", TITLES, dict.fromkeys(TITLES, "0123456789abcdef"), 6, "luck only", 1, 41, 93, 12)


def frame(scenarios=2, worlds=6, months=40, crises=1, scale=1.0):
    """Return a table with every measure: scenarios differ from the first change on, by their number."""
    rng = np.random.default_rng(1)
    luck = {name: rng.random((worlds, crises, months)) for name in MEASURES}
    parts = []
    for s, w, c in itertools.product(range(scenarios), range(worlds), range(crises)):
        month = np.arange(months)
        part = {"scenario": list(TITLES)[s], "draw": 0, "replication": w, "crisis": f"crisis {c}", "month": month}
        for name, measure in MEASURES.items():
            value = luck[name][w, c] * (0.1 if measure.kind == "level" else 1.0) + 0.4
            value *= np.where(month >= 12, 1 - 0.1 * s, 1.0) * scale
            part[name] = (value * 1000).astype(np.int64) if measure.integer else value
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def words(figure):
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def labels_of(figure):
    """Return the boxes of all annotations, in pixels."""
    renderer = figure.canvas.get_renderer()
    figure.draw(renderer)
    notes = [artist for artist in figure.findobj(Annotation) if artist.get_text()]
    return [(note.get_text(), note.get_window_extent(renderer)) for note in notes]


@pytest.mark.parametrize(("scenarios", "months"), [(1, 40), (2, 7), (3, 1), (5, 40)])
def test_no_words_overlap_or_leave_the_page(scenarios, months):
    table = frame(scenarios, months=months)
    figures = [charts.cycle(table, "baseline", NOTES)]
    if scenarios > 1:
        figures.append(charts.difference(table, "baseline", "exploited", NOTES))
    for figure in figures:
        with style.drawing():
            boxes = labels_of(figure)
        for (one, a), (two, b) in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            up = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 2 or up < 2, f"{one!r} overlaps {two!r}"
        for text, box in boxes:
            inside = (box.x0 >= 0, box.y0 >= 0, box.x1 <= figure.bbox.x1, box.y1 <= figure.bbox.y1)
            assert all(inside), text


def test_every_measure_has_a_difference_chart():
    table = frame(2, worlds=2)
    for measure in MEASURES:
        title = " ".join(charts.difference(table, "baseline", measure, NOTES).get_suptitle().split())
        assert any(word in title for word in ("averts", "raises", "lowers", "no clear difference")), title


def test_a_picture_is_the_same_bytes_twice(tmp_path):
    table = frame()
    first = charts.save(charts.cycle(table, "baseline", NOTES), tmp_path / "one", "cycle")
    second = charts.save(charts.cycle(table, "baseline", NOTES), tmp_path / "two", "cycle")
    assert [path.name for path in first] == ["cycle.png", "cycle.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_notebook_shows_a_picture():
    assert cs.run("small").plot()._repr_png_().startswith(b"\x89PNG")


def test_drawing_leaves_the_settings_of_matplotlib_as_they_were(tmp_path):
    before = dict(matplotlib.rcParams)
    charts.save(charts.difference(frame(), "baseline", "trust", NOTES), tmp_path, "trust")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("scenarios", "months", "worlds"), [(1, 40, 1), (1, 1, 6), (3, 40, 6), (3, 1, 1)])
def test_worlds_without_anything_are_drawn_too(scenarios, months, worlds, tmp_path):
    table = frame(scenarios, worlds, months, scale=0.0)
    notes = dataclasses.replace(NOTES, worlds=worlds, covers="one world" if worlds == 1 else "luck only")
    charts.save(charts.cycle(table, "baseline", notes), tmp_path, "cycle")
    if scenarios > 1:
        figure = charts.difference(table, "baseline", "exploited", notes)
        assert figure.get_suptitle().startswith("No difference")
        charts.save(figure, tmp_path, "difference")


def test_the_title_states_the_finding_and_the_caption_what_it_rests_on():
    figure = charts.cycle(frame(), "baseline", NOTES)
    assert "averts about" in figure.get_suptitle()
    caption = " ".join(next(text for text in words(figure) if text.startswith("Simulated worlds")).split())
    for part in (
        "not observations", "Lines: means", "all 6 worlds", "luck only", "means over paired worlds",
        "the 95 % interval of the mean excludes zero", "41 of 93 inputs are assumptions", "seed 1", "01234567",
    ):  # fmt: skip
        assert part in caption


@pytest.mark.parametrize(
    ("worlds", "draws", "who"),
    [
        (6, 1, "all 6 worlds"),
        (18, 1, "all 18 worlds"),
        (19, 1, "9 in 10 further worlds, judged by 19 worlds"),
        (38, 2, "all 38 worlds of 2 draws"),
    ],
)
def test_a_line_is_the_mean_over_worlds_and_its_band_where_they_lie(worlds, draws, who):
    table = frame(2, worlds, months=8)
    table["draw"] = table["replication"] % draws
    notes = dataclasses.replace(NOTES, worlds=worlds, draws=draws)
    figure = charts.cycle(table, "baseline", notes)
    values = table[table["scenario"] == "baseline"].pivot_table(
        index="replication", columns="month", values="exploited"
    )
    values = np.sort(values.to_numpy(), axis=0)
    ax = figure.get_axes()[0]
    (line,) = (line for line in ax.lines if line.get_color() == style.BASELINE and len(line.get_xdata()) == 8)
    assert line.get_ydata() == pytest.approx(values.mean(axis=0))
    bands = [band.get_paths()[0].vertices[:, 1] for band in ax.collections if isinstance(band, PolyCollection)]
    assert any((band.min(), band.max()) == (values[0].min(), values[-1].max()) for band in bands)
    assert any(np.isin(np.concatenate([values[0], values[-1]]), band).all() for band in bands)
    assert f"Bands: {who};" in " ".join(" ".join(words(figure)).split())


def test_one_world_claims_no_interval():
    notes = dataclasses.replace(NOTES, worlds=1, covers="one world")
    figure = charts.cycle(frame(worlds=1), "baseline", notes)
    assert "in this one world" in " ".join(figure.get_suptitle().split())
    said = " ".join(" ".join(words(figure)).split())
    assert "there is no band" in said
    for claim in ("9 in 10", "all 1", "worlds:", "interval"):
        assert claim not in said
    assert not any(isinstance(artist, PolyCollection) for ax in figure.get_axes() for artist in ax.collections)


def test_crises_are_summed_and_levels_weighted_by_people():
    table = frame(1, worlds=1, months=3, crises=2)
    table["people"] = np.where(table["crisis"] == "crisis 0", 300, 100)
    by_crisis = {name: part for name, part in table.groupby("crisis")}
    one, two = by_crisis["crisis 0"], by_crisis["crisis 1"]
    assert series.worlds(table, "exploited").to_numpy().ravel() == pytest.approx(
        one["exploited"].to_numpy() + two["exploited"].to_numpy()
    )
    assert series.worlds(table, "trust").to_numpy().ravel() == pytest.approx(
        0.75 * one["trust"].to_numpy() + 0.25 * two["trust"].to_numpy()
    )
    table["people"] = 0
    assert np.isfinite(series.worlds(table, "trust").to_numpy()).all()


def test_differences_are_paired_by_world_whatever_the_order_of_rows():
    table = frame(2)
    shuffled = table.sample(frac=1, random_state=1)
    one = series.effect(table, "baseline", "back-end", "exploited")
    two = series.effect(shuffled, "baseline", "back-end", "exploited")
    assert dataclasses.astuple(one.spread) == pytest.approx(dataclasses.astuple(two.spread))
    sums = table.groupby(["scenario", "replication"])["exploited"].sum()
    averted = sums["baseline"] - sums["back-end"]
    assert one.spread.mean == pytest.approx(averted.mean())
    assert (one.spread.low, one.spread.high) == (averted.min(), averted.max())
    assert one.baseline == pytest.approx(sums["baseline"].mean())
    assert (one.monthly.loc[:, :11].to_numpy() == 0).all()


def test_only_months_that_both_scenarios_have_are_compared():
    table = frame(2)
    shorter = table[(table["scenario"] == "baseline") | (table["month"] < 20)]
    assert series.effect(shorter, "baseline", "back-end", "trust").monthly.columns.tolist() == list(range(20))
    assert charts.cycle(shorter, "baseline", NOTES).get_suptitle()


def test_a_level_is_averaged_and_a_flow_added_up():
    table = frame(2)
    trust = series.effect(table, "baseline", "back-end", "trust")
    assert trust.running.iloc[:, -1].to_numpy() == pytest.approx(trust.monthly.mean(axis=1).to_numpy())
    identified = series.effect(table, "baseline", "back-end", "identified")
    assert identified.running.iloc[:, -1].to_numpy() == pytest.approx(identified.monthly.sum(axis=1).to_numpy())


def effect(*averted):
    """Return the effect on people in exploitation of a counterfactual that averts so many in each world."""
    table = frame(2, worlds=len(averted), months=1)
    base = table["scenario"] == "baseline"
    table["exploited"] = 1000
    table.loc[~base, "exploited"] -= np.array(averted)
    return series.effect(table, "baseline", "back-end", "exploited")


def test_an_effect_is_clear_where_the_interval_of_its_mean_excludes_zero():
    """Whether worlds on both sides of zero make a clear mean depends on how many there are and how far they lie."""
    clear, unclear = effect(*[10, -1, 12, 11, 9, 13] * 4), effect(10, -9, 12, 1, 0, 2)
    for found in (clear, unclear):
        ends = stats.ttest_1samp(found.running.iloc[:, -1], 0).confidence_interval(0.95)
        assert (found.spread.mean_low, found.spread.mean_high) == pytest.approx(tuple(ends))
        assert found.clear == (ends.low > 0 or ends.high < 0)
    assert clear.clear
    assert clear.spread.low < 0
    assert captions.label(clear, "exploited").startswith("averts ")
    assert captions.label(unclear, "exploited") == "no clear difference"
    assert "no clear difference" in captions.title_comparison({"back-end": unclear}, "exploited", NOTES)
    assert captions.title_comparison({"back-end": unclear, "data": unclear}, "exploited", NOTES).startswith("No clear")


def test_what_is_clear_is_told_before_what_is_larger_and_unclear():
    small, large = effect(1, 2, 3, 2, 1, 3), effect(100, -60, 100, -60, 100, -60)
    assert large.spread.mean > small.spread.mean
    unclear = effect(-20, 20, -19, 20, -20, 20)
    assert captions.leading({"back-end": large.spread, "data": small.spread}) == "data"
    assert captions.leading({"back-end": large.spread, "data": unclear.spread}) == "back-end"
    assert captions.title_comparison({"back-end": large, "data": small}, "exploited", NOTES).startswith(TITLES["data"])


def test_of_one_world_every_difference_is_told_and_none_is_an_interval():
    found = effect(5)
    assert found.clear
    assert not found.spread.clear
    assert captions.label(found, "exploited") == "averts 5 person-months"
    assert not effect(0).clear


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: charts.cycle(t, "basline", NOTES), "baseline"),
        (lambda t: charts.difference(t, "baseline", "exploitd", NOTES), "exploited"),
        (lambda t: charts.difference(t[t["scenario"] == "baseline"], "baseline", "trust", NOTES), "second scenario"),
    ],
)
def test_a_wrong_name_is_answered_with_a_way_out(call, message):
    with pytest.raises(UnknownNameError, match=message):
        call(frame(2))


def test_blocks_are_spread_without_overlap_and_stay_where_there_is_room():
    assert style.spread([10.0, 50.0], [10.0, 10.0], 0.0, 100.0) == [10.0, 50.0]
    centres = style.spread([99.0, 99.0, 0.0], [10.0, 10.0, 10.0], 0.0, 100.0)
    assert sorted(centres) == [5.0, 85.0, 95.0]
    assert centres[0] > centres[1], "of equals the first stands highest"


def test_lines_are_no_wider_than_their_room():
    lines = style.wrap("one two three four five six seven 5 % eight", 1.0, 8.0)
    assert len(lines) > 2
    assert any("5\u00a0%" in line for line in lines)
