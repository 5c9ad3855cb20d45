"""The chart of estimates: words apart from each other, and true to the numbers."""

import itertools

import matplotlib
import pytest
from matplotlib.text import Annotation

from cyclesim.charts import style
from cyclesim.estimation.histories import Estimate
from cyclesim.estimation.methods import METHODS
from cyclesim.inputs.captures import CaptureTable
from cyclesim.questions.estimate import Estimates
from cyclesim.questions.estimate.draw import draw
from cyclesim.questions.estimate.tell import tell

ONCE = [tuple(int(place == k) for place in range(5)) for k in range(5)]
TABLE = CaptureTable(
    "lists",
    "People on lists in a district with a rather long name, 2022-24, five lists",
    "A",
    tuple("ABCDE"),
    {**dict.fromkeys(ONCE, 168), (1, 1, 0, 0, 0): 60},
)


def rows(refused=(), interval=(2_000.0, 9_000.0)):
    return [
        Estimate(name, 900, None, refused=True, reason="nobody is on two lists, " * 3)
        if name in refused
        else Estimate(name, 900, 2500.0 * (k + 1), interval, (("A", "B"),))
        for k, name in enumerate(METHODS)
    ]


def chart(given):
    """Return the picture of some estimates."""
    found = Estimates(TABLE, given)
    return draw(found, tell(found))["estimates"]


@pytest.mark.parametrize(
    "given", [rows(), rows(("chao", "pairs"), (1_000.0, None)), rows(interval=None), rows(METHODS)]
)
def test_no_words_overlap_or_leave_the_page(given):
    figure = chart(given)
    with style.drawing():
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
    notes = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
    boxes = [(note.get_text(), note.get_window_extent(renderer)) for note in notes]
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 2 or up < 2, f"{one!r} overlaps {two!r}"
    for text, box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1, text  # noqa: PT018


def test_the_chart_names_every_method_and_number():
    figure = chart(rows())
    said = " ".join(note.get_text() for note in figure.findobj(Annotation))
    for name, description in METHODS.items():
        assert name in said
        assert description in said
    assert "2,500  (2,000 to 9,000)" in said
    assert figure.get_suptitle().startswith("2,500 to 22,500 people")
    assert "Whitehead" in " ".join(text.get_text() for text in figure.texts)


def test_findings_where_few_methods_have_an_answer():
    assert chart(rows(METHODS)).get_suptitle().startswith("No method has an answer")
    one = rows(set(METHODS) - {"chao"})
    assert "by the one method that has an answer" in " ".join(chart(one).get_suptitle().split())


def test_a_row_and_a_remark_for_every_method():
    said = tell(Estimates(TABLE, rows(("pairs",), (1_000.0, None))))
    cells = {row[0].split(" ")[0]: row[1:] for row in said.tables[0].rows}
    assert cells["pairs"] == ["no answer", "-", "-"]
    assert cells["stepwise"] == ["7,500", "1,000 or more", "8.33"]
    assert set(cells) == set(METHODS)
    assert "stepwise: dependent are A·B." in said.details
    assert any(line.startswith("pairs: no answer, nobody is on two lists") for line in said.details)
    assert "900 people are on at least one of 5 lists, 6.7 % of them on two or more." in said.details


def test_a_report_needs_limits_where_there_is_an_estimate():
    assert "--interval bootstrap" in tell(Estimates(TABLE, rows(interval=None))).lacks
    assert not tell(Estimates(TABLE, rows())).lacks
    assert not tell(Estimates(TABLE, rows(METHODS))).lacks
