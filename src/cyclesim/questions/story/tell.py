"""Life stories in plain sentences: past tense, careful words, nothing that the model does not know."""

from collections.abc import Sequence
from itertools import pairwise

from cyclesim import text
from cyclesim.analysis.lives import HELD, SYNTHETIC, Event, Stories, Story
from cyclesim.inputs.changes import DATED, differences
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs.finding import Finding, caveats
from cyclesim.outputs.words import FORMS, GROUPS, KINDS, MONTHS, STATUSES
from cyclesim.vocabulary import Form, Group, LifeEvent, LifeState, Status

_QUESTION = {
    1: "What happens to one person in this world?",
    2: "What happens to the same person, with the same luck, in both worlds?",
}
_SENTENCES = {
    (LifeEvent.ARRIVED, ""): "this person was displaced to “{setting}”",
    (LifeEvent.TRAFFICKED, ""): "this person was trafficked into {form}",
    (LifeEvent.TRAFFICKED_AGAIN, ""): "{free} after getting out, this person was trafficked again, into {form}",
    (LifeEvent.ESCAPED, ""): "this person got out by own efforts after {spell}; no record was made",
    (LifeEvent.ESCAPED, "referral waiting"): "this person got out by own efforts while the referral was still waiting",
    (LifeEvent.CAME_FORWARD, ""): "this person got out by own efforts after {spell} and came forward: "
    "a record was made",
    (LifeEvent.CAME_FORWARD, "referral waiting"): "with the referral still waiting, this person got out by own efforts "
    "and came forward: a record was made",
    (LifeEvent.DETAINED, ""): "after {spell} in exploitation, police or border force took the case for smuggling: this "
    "person was detained or expelled, and nobody referred the case",
    (LifeEvent.REFERRED, ""): "after {spell} in exploitation, {finder} recognised the situation and referred the case",
    (LifeEvent.ANSWERED, ""): "the referral was answered after {gap}: this person was out of exploitation, and "
    "casework began",
    (LifeEvent.ANSWERED, "own report"): "casework began, after a wait of {gap}",
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
_AT_THE_END = {
    LifeState.EXPLOITED: "and still so when the run ends",
    LifeState.REFERRED: "and a referral waiting when the run ends",
    LifeState.REPORTED: "and waiting for casework when the run ends",
    LifeState.CASEWORK: "and casework going on when the run ends",
    LifeState.SURVIVOR: "a survivor when the run ends",
    LifeState.SETTLED: "a survivor when the run ends",
    LifeState.DEAD: "and death in exploitation",
}
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


def tell(found: Story | Stories) -> Finding:
    """Tell one life, or two of the same person: what they share, how they part, and over what."""
    lives = each(found)
    scenarios = [life.scenario for life in lives]
    named = [f"{title} ({scenario.name})" for title, scenario in zip(titles(lives), scenarios, strict=True)]
    hashes = text.listed([f"{scenario.name} {scenario.hash}" for scenario in scenarios])
    return Finding(
        kind="Life story",
        title=text.listed(named),
        question=_QUESTION[len(lives)],
        answer=f"{_answer(found)}.",
        details=_paragraphs(found),
        cautions=[SYNTHETIC, f"{origin(lives)}, in {hashes}.", *caveats(scenarios)],
    )


def each(found: Story | Stories) -> list[Story]:
    """Return the lives: one or two."""
    return [found] if isinstance(found, Story) else [found.one, found.other]


def origin(lives: Sequence[Story]) -> str:
    """Say which life it is, of how many, and what it cannot say."""
    story = lives[0]
    world = f", draw {story.draw}, replication {story.replication}" if story.draw or story.replication else ""
    return (
        "One life says nothing about how frequent it is: this is person "
        f"#{story.person.rank} of {story.cohort.size:,} alike, seed {story.seed}{world}"
    )


def _answer(found: Story | Stories) -> str:
    """Say in one sentence how long this person was in exploitation, and what came of it."""
    lives = each(found)
    story, spent = lives[0], [duration(life.months_exploited) if life.months_exploited else "no time" for life in lives]
    if isinstance(found, Stories) and found.first_difference is not None:
        apart = f"{spent[0]} in exploitation in the first scenario, {spent[1]} in the second"
        both = f"{spent[0]} in exploitation in both scenarios" if spent[0] == spent[1] else apart
        when = month_name(found.first_difference, story.scenario.start)
        return f"Same synthetic person, same luck: {both}; the lives part in {when}"
    same = ", the same in both scenarios" if lives[1:] else ""
    if not story.months_exploited:
        return f"One synthetic person, at risk and not trafficked in this run{same}"
    return f"One synthetic person: {spent[0]} in exploitation, {_AT_THE_END[story.state]}{same}"


def _paragraphs(found: Story | Stories) -> list[str]:
    """Return who it is, and the life; of two lives what they share, then each, then over what they part."""
    if isinstance(found, Story):
        return [_who(found), _life(found)]
    one, month = found.one, found.first_difference
    if month is None:
        return [_who(one), f"Both lives are the same. {_life(one)}"]
    until, lives = month_name(month, one.scenario.start), each(found)
    told = [f"{title}: {_life(life, found.shared)}" for title, life in zip(titles(lives), lives, strict=True)]
    shared = f"The same life in both, until they part in {until}: {_events(one, 0, found.shared)}"
    return [_who(one), shared, *told, _why(found)]


def titles(lives: Sequence[Story]) -> list[str]:
    """Return the titles of the scenarios, told apart where they are the same."""
    names = [life.scenario.title for life in lives]
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({which} scenario)" for name, which in zip(names, ("first", "second"), strict=True)]


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


def _life(story: Story, start: int = 0) -> str:
    """Return the events from one on, and where the life stands when the run ends."""
    said = [_events(story, start, len(story.events))]
    if story.state != LifeState.DEAD:
        last = month_name(story.scenario.months - 1, story.scenario.start)
        said.append(f"When the run ended, after {last}, {_ENDS[story.state]}.")
        if story.months_exploited:
            said.append(f"Time in exploitation, in all: {duration(story.months_exploited)}.")
    return " ".join(filter(None, said))


def _events(story: Story, start: int, stop: int) -> str:
    return " ".join(_sentence(story, number, number == start) for number in range(start, stop))


def _sentence(story: Story, number: int, opens: bool) -> str:
    """Return one event as a sentence; one that opens a paragraph names its month."""
    event = story.events[number]
    when = month_name(event.month, story.scenario.start)
    if number == 0:
        began = event.month == -story.scenario.spin_up
        where = f"lived at home, in “{event.setting}”" if event.event == LifeEvent.AT_HOME else "was there"
        return f"When the simulation began, in {when}, this person {where}." if began else f"Arrived in {when}."
    before, by = story.events[number - 1], event.organisation
    organisations = story.scenario.crises[story.person.crisis].organisations
    own = event.event == LifeEvent.ANSWERED and before.state == LifeState.REPORTED
    words = _SENTENCES[event.event, "own report" if own else event.detail].format(
        setting=event.setting,
        form=FORMS[Form(event.form)] if event.form else "",
        gap=duration(event.time - before.time),
        spell=duration(event.time - _since(story.events[:number], entry=True)),
        free=duration(event.time - _since(story.events[:number], entry=False)),
        finder="investigators" if by is None else f"{by} ({KINDS[organisations[by].kind]})",
    )
    if event.event == LifeEvent.TRAFFICKED_AGAIN and event.setting != before.setting:
        words += f", in “{event.setting}”"
    return f"In {'the same month' if event.month == before.month and not opens else when}, {words}."


def _since(events: Sequence[Event], entry: bool) -> float:
    """Return when this person last came into exploitation, or last got out of it."""
    moves = [(held.state in HELD, event) for held, event in pairwise(events)]
    times = [event.time for was, event in moves if (was, event.state in HELD) == (not entry, entry)]
    return times[-1] if times else events[0].time


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
    if kinds <= {LifeEvent.ANSWERED, LifeEvent.DECLINED, LifeEvent.LAPSED, LifeEvent.UNANSWERED}:
        declined = LifeEvent.DECLINED in kinds and len(kinds) > 1 and not kinds & {LifeEvent.LAPSED}
        return "the terms on which help was offered" if declined else "how soon casework had a place for the case"
    if kinds <= {LifeEvent.IDENTIFIED_FORMALLY, LifeEvent.PRESUMPTIVE}:
        return "what followed casework" if len({e.month for e in stories.ahead}) == 1 else "when casework ended"
    first = min(stories.ahead, key=lambda event: event.month)
    return _DECIDES.get(first.event, "when casework could begin or end")


def _changes(one: Scenario, other: Scenario) -> str:
    """Return what differs between two scenarios, in words: dated changes by name, and how many other entries."""
    found = [difference.path.split(".") for difference in differences(one, other)]
    named = [f"“{name}”" for name in sorted({path[1] for path in found if path[0] in DATED})]
    more = f" and {len(named) - 4} more" if named[4:] else ""
    rest = sum(path[0] not in DATED for path in found)
    hold = f"{rest} numbers that hold from the beginning" if rest > 1 else "1 number that holds from the beginning"
    return " and ".join(filter(None, [", ".join(named[:4]) + more, hold if rest else ""])) or "nothing"
