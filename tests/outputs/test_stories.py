"""The words and the picture of a life: complete, careful, readable, the same twice."""

import itertools
import json
import re
import sys

import pytest
from matplotlib.text import Text

import cyclesim as cs
from cyclesim.analysis.lives import Event, Person, Stories, Story
from cyclesim.charts import style
from cyclesim.cli import main
from cyclesim.errors import FolderError
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs import finding as findings
from cyclesim.outputs.words import FORMS, GROUPS, KINDS, STATUSES
from cyclesim.questions.asking import Answer
from cyclesim.questions.story import draw, tell
from cyclesim.questions.story.compute import diary
from cyclesim.vocabulary import LEADS_TO, Form, Group, Kind, LifeEvent, LifeState, Status
from science.worlds import changed, in_crisis, small

LONG = "Office for the protection of all of the people displaced"
CAMP = small().resolved()["crises"]["valley"]["organisations"]["Camp clinic"]
RECEPTION = "crises.valley.back_ends.district.reception"  # enough of it: what waits is casework
BUSY = in_crisis(
    small(incidence=0.01, contact=0.5, patience=1.5, return_months=10, death=0.02, **{RECEPTION: 20}),
    "organisations",
    **{LONG: {**CAMP, "staff": 6.0}},
)
BUSY = in_crisis(
    BUSY, "arrivals", uprooted={"month": "2023-06", "people": 300, "settings": {"camp": 1.0}, "home": "town"}
)
OTHER = changed(BUSY, interventions={
    "a caseworker": {"from": "2023-05", "add": {"crises.valley.back_ends.district.caseworkers": 1}}
})  # fmt: skip
E = LifeEvent


@pytest.fixture(scope="module")
def books():
    return diary(BUSY, seed=2), diary(OTHER, seed=2)


@pytest.fixture(scope="module")
def eventful(books):
    """Return the people to whom most happened, one for each event, and one of those who are uprooted."""
    events = books[0].events
    who = events.groupby(["cohort", "rank"], observed=True).size().sort_values(kind="stable").index[-3:].tolist()
    for event in set(events["event"]):
        row = events[events["event"] == event].iloc[-1]
        who.append((row["cohort"], row["rank"]))
    uprooted = events[events["cohort"].astype(str).str.endswith("uprooted") & (events["month"] > 5)].iloc[-1]
    who.append((uprooted["cohort"], uprooted["rank"]))
    return [Person("valley", str(cohort), int(rank)) for cohort, rank in who]


def answered(found):
    """Return the answer that has come to this life, or these lives."""
    asked = cs.story.bound([life.scenario for life in tell.each(found)], seed=2)
    return Answer(cs.story, found, cs.story.about(asked), "cyclesim story")


def told(books, people):
    for person in people:
        one, other = (book.story(person) for book in books)
        yield from (one, other, Stories(one, other, first_change=4))


def test_every_word_of_the_model_has_words_for_people():
    for known, names in (
        (GROUPS, Group),
        (STATUSES, Status),
        (FORMS, Form),
        (KINDS, Kind),
    ):
        assert set(known) == set(names)
    assert {event for event, _ in tell._SENTENCES} == set(E) - {E.AT_HOME}
    assert set(draw.STATES) == set(LifeState) - {LifeState.DEAD}
    assert set(draw._LABELS) == set(E) - {E.AT_HOME}
    assert set(LEADS_TO) == set(E)


def test_stories_are_sentences_without_keys_and_say_that_nobody_is_real(books, eventful):
    seen = ""
    for life in told(books, eventful):
        prose = answered(life).files()["story.txt"]
        text = " ".join(prose.replace(LONG, "Camp clinic").split())
        for words in (tell.SYNTHETIC, "Simulated worlds, not observations", "One life says nothing"):
            assert words in text
        text = text.partition(" Made by ")[0]
        assert not re.search(r"None|nan|[a-z]_[a-z]|\{|\}|[A-Z][a-z]*[A-Z]\w*\.|  |\.\.|-\d", text), text
        assert max(map(len, prose.splitlines())) <= findings.WIDTH
        for paragraph in prose.split("\n\n")[1:]:
            assert paragraph.rstrip().endswith((".", "?")), paragraph
        seen += text
    phrases = "trafficked again;came forward;referral lapsed;did not accept;formally identified;without formal;died"
    for phrase in [*phrases.split(";"), "raised risk", "displaced to", "In the same month"]:
        assert phrase in " ".join(seen.split()), phrase


def test_two_lives_say_what_they_share_how_they_part_and_what_the_scenarios_change():
    both = cs.stories(BUSY, OTHER, seed=2)
    text = " ".join(str(both).split())
    for words in ("The same life in both, until they part in", "same person, with the same luck", "The lives part over",
                  "“a caseworker”, from May 2023 on", "cannot be read from one life"):  # fmt: skip
        assert words in text
    assert f"{BUSY.title} (first scenario) (small) and {OTHER.title} (second scenario) (small)" in text
    hashes = [scenario["hash"] for scenario in both.about["scenarios"].values()]
    assert hashes == [BUSY.hash, OTHER.hash]  # though both have one name
    same = cs.stories(BUSY, BUSY, seed=2)
    assert "Both lives are the same" in str(same)
    assert "part over" not in str(same)


def invented(*steps):
    """Return a life of these events, one every month and a half, in a scenario of the shipped kind."""
    model = cs.story("small", "camp/men/regular_status/displaced before#0").found
    events = []
    for number, (event, detail) in enumerate(steps):
        time = 1.5 * number
        events.append(Event("2023-01", int(time), time, event, LEADS_TO[event], detail, "camp",
                            "forced_labour", "health_social", "Camp clinic"))  # fmt: skip
    return Story(model.scenario, 1, 0, 0, model.person, model.cohort, tuple(events))


BEGIN = ((E.ARRIVED, ""), (E.TRAFFICKED, ""), (E.REFERRED, ""))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ((E.ANSWERED, ""), (E.LAPSED, ""), "how soon casework had a place"),
        ((E.ANSWERED, ""), (E.DECLINED, ""), "the terms on which help was offered"),
        ((E.LAPSED, ""), (E.DECLINED, ""), "how soon casework had a place"),
        ((E.ESCAPED, "referral waiting"), None, "when this person got out by own efforts"),
    ],
)
def test_what_decided_is_named_by_the_stage_at_which_lives_part(one, other, words):
    lives = [invented(*BEGIN, *([step] if step else [])) for step in (one, other)]
    assert words in tell.parting(Stories(*lives, first_change=0))


def test_what_follows_casework_can_part_lives_too():
    begin = (*BEGIN, (E.ANSWERED, ""))
    lives = [invented(*begin, (E.PRESUMPTIVE, detail)) for detail in ("assisted", "not assisted")]
    assert tell.parting(Stories(*lives, first_change=0)) == "what followed casework"


def test_time_out_of_exploitation_counts_from_the_exit_and_not_from_the_end_of_casework():
    life = invented(*BEGIN, (E.ANSWERED, ""), (E.PRESUMPTIVE, "assisted"), (E.TRAFFICKED_AGAIN, ""))
    assert "about 3 months after getting out, this person was trafficked again" in tell.tell(life).details[1]
    assert life.months_exploited == pytest.approx(3.0 + 24 - 7.5)


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0.001, "less than a day"),
        (0.033, "about a day"),
        (0.4, "about 12 days"),
        (1.0, "about a month"),
        (7.2, "about 7 months"),
        (26.0, "about 2.2 years"),
        (24.0, "about 2 years"),
    ],
)
def test_lengths_of_time_are_round(months, words):
    assert tell.duration(months) == words


def boxes(figure):
    with style.drawing():
        figure.set_dpi(150)  # as it is saved
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
        texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
        return [(t.get_text(), t.get_window_extent(renderer)) for t in texts]


def test_pictures_say_what_they_rest_on_and_no_words_overlap_or_leave_the_page(books, eventful):
    for life in list(told(books, eventful))[::4]:
        figure = answered(life).plot()
        found = boxes(figure)
        for (one, a), (two, b) in itertools.combinations(found, 2):
            across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 2 or up < 2, f"{one!r} overlaps {two!r}"
        for text, box in found:
            inside = (box.x0 >= 0, box.y0 >= 0, box.x1 <= figure.bbox.x1, box.y1 <= figure.bbox.y1)
            assert all(inside), text
        page = " ".join(" ".join(text for text, _ in found).split())
        assert "not a real one" in page
        assert "seed 2" in page
        assert BUSY.hash[:8] in page or OTHER.hash[:8] in page
        assert not re.search(r"None|nan|[a-z]_[a-z]", page)


def test_a_long_title_is_cut_to_the_page():
    title = "A very long title of a scenario in which next to nothing is done, " * 3
    figure = cs.story(Scenario.parse({**small(months=2).resolved(), "title": title.strip()}, "long")).plot()
    (name,) = [(text, box) for text, box in boxes(figure) if text.startswith("A very long title")]
    assert name[0].endswith("…")
    assert name[1].x1 <= figure.bbox.x1


def test_a_life_of_one_month_and_a_life_without_events_are_drawn():
    short = small(months=1, spin_up=0, incidence=0.0)
    assert "not trafficked" in cs.story(short).plot().get_suptitle()
    assert "the same in both" in " ".join(cs.stories(short, short).plot().get_suptitle().split())


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["cyclesim", "story", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code or 0, *capsys.readouterr()


def test_the_command_tells_saves_and_can_be_repeated(capsys, monkeypatch, tmp_path):
    folder = tmp_path / "life"
    code, out, _ = run(capsys, monkeypatch, "small", "back-end-capacity", "--seed", "2")
    assert code == 2  # another start, another crisis
    for _ in range(2):  # the same story may be written again
        code, out, err = run(capsys, monkeypatch, "small", "--out", str(folder))
        assert (code, err) == (0, "")
    assert {path.name for path in folder.iterdir()} == {
        *("story.txt", "story.json", "story.png", "story.svg", "manifest.json", "SHA256SUMS", "log.json")
    }
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "log.json"}
    command = re.search(r"Reproduce: cyclesim story (.*)", out)[1]
    person = re.search(r"--person '(.*?)'", command)[1]
    assert str(cs.story("small").person) == person
    code, out, _ = run(capsys, monkeypatch, "small", "--person", person, "--json")
    assert json.loads(out) == json.loads(before["story.json"])
    code, _, err = run(capsys, monkeypatch, "small", "--seed", "5", "--out", str(folder))
    assert code == 2
    assert "holds another study" in err
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_the_command_names_what_is_wrong(capsys, monkeypatch, tmp_path):
    code, out, err = run(capsys, monkeypatch, "small", "--crisis", "vally")
    assert (code, out) == (2, "")
    assert "did you mean 'valley'?" in err
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FolderError):
        cs.story("small").save(tmp_path / "file" / "below")
