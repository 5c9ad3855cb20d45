"""Life stories in plain sentences: past tense, careful words, nothing that the model does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import fill

from cyclesim.analysis.lives import HELD, SYNTHETIC, Event, Stories, Story
from cyclesim.inputs.changes import DATED, differences
from cyclesim.inputs.dates import date
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs.words import FORMS, GROUPS, KINDS, MONTHS, STATUSES
from cyclesim.runs import writing
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import hashed
from cyclesim.vocabulary import Form, Group, LifeEvent, LifeState, Status

WIDTH = 110
_OWN = "own report"
_SENTENCES = {
    (LifeEvent.ARRIVED, ""): "this person was displaced to “{setting}”",
    (LifeEvent.TRAFFICKED, ""): "this person was trafficked into {form}",
    (LifeEvent.TRAFFICKED_AGAIN, ""): "{free} after getting out, this person was trafficked again, into {form}",
    (LifeEvent.ESCAPED, ""): "this person got out by own efforts after {spell}; no record was made",
    (LifeEvent.ESCAPED, "referral waiting"): "this person got out by own efforts while the referral was still waiting",
    (
        LifeEvent.CAME_FORWARD,
        "",
    ): "this person got out by own efforts after {spell} and came forward: a record was made",
    (LifeEvent.CAME_FORWARD, "referral waiting"): "with the referral still waiting, this person got out by own efforts "
    "and came forward: a record was made",
    (LifeEvent.DETAINED, ""): "after {spell} in exploitation, police or border force took the case for smuggling: this "
    "person was detained or expelled, and nobody referred the case",
    (LifeEvent.REFERRED, ""): "after {spell} in exploitation, {finder} recognised the situation and referred the case",
    (
        LifeEvent.ANSWERED,
        "",
    ): "the referral was answered after {gap}: this person was out of exploitation, and casework began",
    (LifeEvent.ANSWERED, _OWN): "casework began, after a wait of {gap}",
    (LifeEvent.DECLINED, ""): "the referral was answered after {gap}, but this person did not accept help on the terms "
    "offered, and the exploitation went on",
    (LifeEvent.LAPSED, ""): "there had been no answer for {gap}: the referral lapsed, and the exploitation went on",
    (LifeEvent.UNANSWERED, ""): "there had been no answer for {gap}: the case lapsed without casework",
    (LifeEvent.IDENTIFIED_FORMALLY, "assisted"): "casework ended after {gap}: this person was formally identified as a "
    "victim of trafficking, and assisted",
    (LifeEvent.IDENTIFIED_FORMALLY, "not assisted"): "casework ended after {gap}: this person was formally identified "
    "as a victim of trafficking, but not assisted",
    (LifeEvent.PRESUMPTIVE, "assisted"): "casework ended after {gap} without formal identification; this person was "
    "assisted",
    (LifeEvent.PRESUMPTIVE, "not assisted"): "casework ended after {gap} without formal identification and without "
    "assistance",
    (LifeEvent.SETTLED, ""): "the time of raised risk after getting out was over",
    (LifeEvent.DIED, ""): "this person died in exploitation",
    (LifeEvent.DIED, "referral waiting"): "this person died in exploitation while the referral was still waiting",
}
_ENDS = {
    LifeState.AT_RISK: "this person was at risk, and had not been trafficked",
    LifeState.EXPLOITED: "this person was still in exploitation",
    LifeState.REFERRED: "a referral was waiting for an answer, and the exploitation went on",
    LifeState.REPORTED: "this person was out of exploitation and waited for casework",
    LifeState.CASEWORK: "casework was going on",
    LifeState.SURVIVOR: "this person was out of exploitation, at raised risk of being trafficked again",
    LifeState.SETTLED: "this person was out of exploitation, and no longer at raised risk",
}
_PLACE = frozenset({LifeEvent.ANSWERED, LifeEvent.DECLINED, LifeEvent.LAPSED, LifeEvent.UNANSWERED})
_END = frozenset({LifeEvent.IDENTIFIED_FORMALLY, LifeEvent.PRESUMPTIVE})
_DECIDES = {
    LifeEvent.TRAFFICKED: "the risk of being trafficked, which adds up month by month",
    LifeEvent.TRAFFICKED_AGAIN: "the risk of being trafficked again, which adds up month by month",
    LifeEvent.REFERRED: "the chance of being met, recognised and referred",
    LifeEvent.CAME_FORWARD: "whether this person, once out, came forward",
    LifeEvent.DETAINED: "whether police or border force took the case for smuggling",
    LifeEvent.ESCAPED: "when this person got out by own efforts",
    LifeEvent.SETTLED: "how long the risk stays raised",
    LifeEvent.DIED: "the risk of dying in exploitation",
    LifeEvent.AT_HOME: "where this person lived",
    LifeEvent.ARRIVED: "when this person arrived",
}


def text(story: Story) -> str:
    """Return the story of one person as text."""
    lines = [SYNTHETIC, "", *_filled(_who(story)), "", *_life(story), ""]
    return "\n".join([*lines, *_filled(footer([story]))])


def two(stories: Stories) -> str:
    """Return both lives of a person as text: what they share, how they part, and over what."""
    one, other = stories.one, stories.other
    named = titles([one, other])
    names = " and ".join(f"“{name}”" for name in named)
    lines = [SYNTHETIC, "", *_filled(f"{_who(one)} Told twice, with the same luck: {names}.")]
    month = stories.first_difference
    if month is None:
        return "\n".join([*lines, "", "Both lives are the same:", "", *_life(one), "", *_filled(footer([one, other]))])
    until = month_name(month, one.scenario.start)
    lines += ["", f"The same life in both, until they part in {until}:", "", *_events(one, 0, stories.shared)]
    for name, story in zip(named, (one, other), strict=True):
        lines += ["", f"{name}:", "", *_life(story, stories.shared)]
    return "\n".join([*lines, "", *_filled(_why(stories)), "", *_filled(footer([one, other]))])


def save(told: Story | Stories, folder: Path) -> None:
    """Write a story to a folder: story.txt, story.json, story.png and story.svg.

    Raises
    ------
    FolderError
        If the folder cannot be written, or holds another story.
    """
    from cyclesim.outputs import charts

    content = told.to_dict()
    about = {"kind": "story", "fingerprint": fingerprint().to_dict(), "story": content}
    with writing.results(folder, {"hash": hashed(about), **about}) as output:
        words = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        output.put({"story.json": f"{words}\n", "story.txt": f"{told.text}\n"})
        output.put(charts.pictures(told.plot(), "story"))


def footer(lives: Sequence[Story]) -> str:
    """Say where the story comes from and what it is not."""
    story = lives[0]
    count = len(parameters())
    assumed = sum(quantity.grade == "assumption" for quantity in parameters().values())
    hashes = " and ".join(f"{life.scenario.name} {life.scenario.hash[:8]}" for life in lives)
    world = f", draw {story.draw}, replication {story.replication}" if story.draw or story.replication else ""
    return (
        f"Simulated, not observed: person #{story.person.rank} of {story.cohort.size:,} alike, model {fingerprint()}, "
        f"seed {story.seed}{world}, {hashes}. One life says nothing about how frequent it is. {assumed} of {count} "
        "inputs are assumptions."
    )


def titles(lives: Sequence[Story]) -> list[str]:
    """Return the titles of the scenarios, told apart where they are the same."""
    names = [life.scenario.title for life in lives]
    alike = len(set(names)) < len(names)
    return (
        [f"{name} ({which} scenario)" for name, which in zip(names, ("first", "second"), strict=True)]
        if alike
        else names
    )


def month_name(month: int, start: str) -> str:
    """Write a month as ``March 2024``."""
    year, number = date(month, start).split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def duration(months: float) -> str:
    """Write a length of time in round words, such as ``about 12 days`` or ``about 7 months``."""
    days = round(months * 365.25 / 12)
    if days < 1:
        return "less than a day"
    if months < 0.85:
        return "about a day" if days == 1 else f"about {days} days"
    if months < 1.5:
        return "about a month"
    return f"about {months:.0f} months" if months < 24 else f"about {round(months / 12, 1):g} years"


def kind_of(story: Story, organisation: str) -> str:
    """Return in words what kind of organisation this is."""
    return KINDS[story.scenario.crises[story.person.crisis].organisations[organisation].kind]


def _who(story: Story) -> str:
    cohort, wave = story.cohort, story.cohort.name.rpartition("/")[2]
    where = f"{STATUSES[Status(cohort.status)]}, in the setting “{cohort.setting}”"
    if cohort.home is not None:
        moved = any(event.event == LifeEvent.ARRIVED for event in story.events)
        later = f", then displaced to “{cohort.setting}”: {STATUSES[Status(cohort.status)]}" if moved else ""
        where = f"{STATUSES[Status.HOST_COMMUNITY]}, at home in “{cohort.home}”{later}"
    others = "the only one" if cohort.size == 1 else f"one of {cohort.size:,} people"
    return (
        f"This person is {GROUPS[Group(cohort.group)]}, {where}, in the crisis “{story.person.crisis}” (arrivals: "
        f"“{wave}”), {others} whom the model does not tell apart until something happens to them."
    )


def _life(story: Story, start: int = 0) -> list[str]:
    """Return the events from one on, and where the life stands when the run ends."""
    lines = _events(story, start, len(story.events))
    if story.state == LifeState.DEAD:
        return lines
    last = month_name(story.scenario.months - 1, story.scenario.start)
    lines += _filled(f"When the run ended, after {last}, {_ENDS[story.state]}.")
    if story.months_exploited:
        lines += _filled(f"Time in exploitation, in all: {duration(story.months_exploited)}.")
    return lines


def _events(story: Story, start: int, stop: int) -> list[str]:
    return [line for number in range(start, stop) for line in _filled(_sentence(story, number, number == start))]


def _sentence(story: Story, number: int, opens: bool) -> str:
    """Return one event as a sentence; one that opens a paragraph names its month."""
    event = story.events[number]
    when = month_name(event.month, story.scenario.start)
    if number == 0:
        began = event.month == -story.scenario.spin_up
        where = f"lived at home, in “{event.setting}”" if event.event == LifeEvent.AT_HOME else "was there"
        return f"When the simulation began, in {when}, this person {where}." if began else f"Arrived in {when}."
    before = story.events[number - 1]
    own = event.event == LifeEvent.ANSWERED and before.state == LifeState.REPORTED
    template = _SENTENCES[event.event, _OWN if own else event.detail]
    words = template.format(
        setting=event.setting,
        form=FORMS[Form(event.form)] if event.form else "",
        gap=duration(event.time - before.time),
        spell=duration(event.time - _since(story.events[:number], entry=True)),
        free=duration(event.time - _since(story.events[:number], entry=False)),
        finder=_finder(story, event),
    )
    if event.event == LifeEvent.TRAFFICKED_AGAIN and event.setting != before.setting:
        words += f", in “{event.setting}”"
    return f"In {'the same month' if event.month == before.month and not opens else when}, {words}."


def _since(events: Sequence[Event], entry: bool) -> float:
    """Return when this person last came into exploitation, or last got out of it."""
    moves = [(held.state in HELD, event) for held, event in pairwise(events)]
    times = [event.time for was, event in moves if (was, event.state in HELD) == (not entry, entry)]
    return times[-1] if times else events[0].time


def _finder(story: Story, event: Event) -> str:
    if event.organisation is None:
        return "investigators"
    return f"{event.organisation} ({kind_of(story, event.organisation)})"


def _why(stories: Stories) -> str:
    """Say over what the lives part, and what the scenarios change; no more can be known from one life."""
    start = stories.one.scenario.start
    month = "" if stories.first_change is None else month_name(stories.first_change, start)
    return (
        f"The lives part over {parting(stories)}. Luck is the same in both, so the difference comes from what the "
        f"scenarios change: {_changes(stories.one.scenario, stories.other.scenario)}, from {month} on. By which of the "
        "model's links it came to this person cannot be read from one life."
    )


def parting(stories: Stories) -> str:
    """Return in words what decided at the point where the lives part."""
    kinds = {event.event for event in stories.ahead}
    if kinds <= _PLACE:
        declined = LifeEvent.DECLINED in kinds and len(kinds) > 1 and not kinds & {LifeEvent.LAPSED}
        return "the terms on which help was offered" if declined else "how soon casework had a place for the case"
    if kinds <= _END:
        return "what followed casework" if len({e.month for e in stories.ahead}) == 1 else "when casework ended"
    first = min(stories.ahead, key=lambda event: event.month)
    return _DECIDES.get(first.event, "when casework could begin or end")


def _changes(one: Scenario, other: Scenario) -> str:
    """Return what differs between two scenarios, in words: dated changes by name, and how many other entries."""
    found = [difference.path.split(".") for difference in differences(one, other)]
    named = sorted({path[1] for path in found if path[0] in DATED})
    rest = sum(path[0] not in DATED for path in found)
    return " and ".join(_listed(named, rest)) or "nothing"


def _listed(named: Sequence[str], rest: int) -> Iterator[str]:
    if named:
        shown = ", ".join(f"“{name}”" for name in named[:4])
        yield shown if len(named) <= 4 else f"{shown} and {len(named) - 4} more"
    if rest:
        yield f"{rest} number{'s' if rest > 1 else ''} that hold{'' if rest > 1 else 's'} from the beginning"


def _filled(paragraph: str) -> list[str]:
    return fill(paragraph, WIDTH, subsequent_indent="", break_long_words=False, break_on_hyphens=False).split("\n")
