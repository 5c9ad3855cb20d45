"""Life stories: what happens to one synthetic person in one world, alone or beside the same person in another scenario.

A person is (crisis, cohort, rank). Rank 0 is whoever of the cohort is trafficked first, in every scenario: luck is fixed.
A model is run under the eyes of a witness (`cyclesim.model.people.witness`) that notes everybody's events; a story is
the events of one of them. Nobody here is, or stands for, a real person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, PrefixError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.people.cohorts import Cohort
from cyclesim.runs.results import late
from cyclesim.runs.simulate import Named
from cyclesim.vocabulary import LEADS_TO, Channel, Form, LifeEvent, LifeState

if TYPE_CHECKING:
    import pandas as pd

SYNTHETIC = "A synthetic person in a simulation, not a real one."
DETAILS = ("", "referral waiting", "assisted", "not assisted")
SOURCES = (*Channel, "investigation", "own_report")
_SAME = ["cohort", "rank", "month", "event", "detail"]
"""What two lives must share to be the same; the time within a month need not be."""


@dataclass(frozen=True)
class Person:
    """Who: the crisis, the name of the cohort (setting/group/status/wave) and the rank in it."""

    crisis: str
    cohort: str
    rank: int

    def __str__(self) -> str:
        return f"{self.cohort}#{self.rank}"


@dataclass(frozen=True)
class Event:
    """One event in a life.

    Attributes
    ----------
    date, month, time
        Month (YYYY-MM); its number from the start of the scenario; months since the start, exact where the model
        knows more than the month and the middle of the month otherwise.
    event, state
        What happened (`LifeEvent`), and where it left the person (`LifeState`).
    detail
        ``referral waiting`` where somebody left exploitation before an answer; ``assisted`` or ``not assisted`` where
        casework ended; otherwise empty.
    setting, form
        Where, and the form of exploitation; None where there is none.
    channel, organisation
        Through whom a referral came; None for other events.
    """

    date: str
    month: int
    time: float
    event: LifeEvent
    state: LifeState
    detail: str
    setting: str
    form: str | None
    channel: str | None
    organisation: str | None


@dataclass(frozen=True)
class Span:
    """A time spent in one state: from, to (in months since the start)."""

    state: LifeState
    start: float
    end: float


@dataclass(frozen=True, repr=False)
class Story:
    """The life of one person in one world.

    Attributes
    ----------
    scenario, seed, draw, replication
        What determines the world.
    person, cohort
        Who, and the cohort he or she belongs to.
    events
        In order of time, from arrival on.
    """

    scenario: Scenario
    seed: int
    draw: int
    replication: int
    person: Person
    cohort: Cohort
    events: tuple[Event, ...]

    def __repr__(self) -> str:
        return f"Story({str(self.person)!r}, {self.scenario.name!r}, seed={self.seed}, events={len(self.events)})"

    def __str__(self) -> str:
        return self.text

    @property
    def state(self) -> LifeState:
        """Where the person stands when the run ends."""
        return self.events[-1].state if self.events else LifeState.NOT_ARRIVED

    @property
    def spans(self) -> tuple[Span, ...]:
        """The states one after the other, up to the end of the run."""
        ends = [*(event.time for event in self.events[1:]), float(self.scenario.months)]
        return tuple(Span(event.state, event.time, end) for event, end in zip(self.events, ends, strict=True))

    @property
    def months_exploited(self) -> float:
        """Months in exploitation, those in which a referral waits included."""
        held = (LifeState.EXPLOITED, LifeState.REFERRED)
        return sum(span.end - span.start for span in self.spans if span.state in held)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The events as a table, a row each."""
        import pandas as pd

        return pd.DataFrame([asdict(event) for event in self.events], columns=list(Event.__dataclass_fields__))

    @property
    def text(self) -> str:
        """The story in plain sentences."""
        result: str = late("cyclesim.outputs.stories").text(self)
        return result

    def to_dict(self) -> dict[str, Any]:
        """Return the story as JSON types."""
        wave = self.cohort.name.rpartition("/")[2]
        return {
            "notice": SYNTHETIC,
            "scenario": self.scenario.name,
            "hash": self.scenario.hash,
            "seed": self.seed,
            "draw": self.draw,
            "replication": self.replication,
            "crisis": self.person.crisis,
            "person": str(self.person),
            "setting": self.cohort.setting,
            "group": str(self.cohort.group),
            "status": str(self.cohort.status),
            "wave": wave,
            "rank": self.person.rank,
            "of": self.cohort.size,
            "start": self.scenario.start,
            "months": self.scenario.months,
            "state": str(self.state),
            "months_exploited": self.months_exploited,
            "events": [asdict(event) for event in self.events],
            "text": self.text,
        }

    def plot(self) -> Any:
        """Return the figure: one lane of time."""
        return late("cyclesim.outputs.timeline").picture([self])


@dataclass(frozen=True, repr=False)
class Stories:
    """The life of the same person, with the same luck, in two scenarios.

    Attributes
    ----------
    one, other
        The two lives.
    first_change
        Month in which the scenarios first differ as files, relative to the start; None if they are equal.
    """

    one: Story
    other: Story
    first_change: int | None

    def __repr__(self) -> str:
        names = f"{self.one.scenario.name!r}, {self.other.scenario.name!r}"
        return f"Stories({str(self.one.person)!r}, {names}, shared={self.shared})"

    def __str__(self) -> str:
        return self.text

    @cached_property
    def shared(self) -> int:
        """Number of events that both lives share before they part (up to the month, not the day)."""
        keys = [[(e.month, e.event, e.detail) for e in story.events] for story in (self.one, self.other)]
        longest = min(map(len, keys))
        return next((i for i in range(longest) if keys[0][i] != keys[1][i]), longest)

    @property
    def first_difference(self) -> int | None:
        """Month in which the lives part, relative to the start; None if they are the same."""
        after = [event.month for story in (self.one, self.other) for event in story.events[self.shared :]]
        return min(after, default=None)

    @property
    def text(self) -> str:
        """Both lives in plain sentences, first what they share."""
        result: str = late("cyclesim.outputs.stories").two(self)
        return result

    def to_dict(self) -> dict[str, Any]:
        """Return both stories as JSON types."""
        start = self.one.scenario.start
        dates = {"first_change": self.first_change, "first_difference": self.first_difference}
        return {
            "notice": SYNTHETIC,
            "person": str(self.one.person),
            **{name: None if month is None else date(month, start) for name, month in dates.items()},
            "shared_events": self.shared,
            "stories": [self.one.to_dict(), self.other.to_dict()],
            "text": self.text,
        }

    def plot(self) -> Any:
        """Return the figure: two lanes of time."""
        return late("cyclesim.outputs.timeline").picture([self.one, self.other], self.first_difference)


@dataclass(frozen=True, repr=False)
class Diary:
    """Everybody's events in one world.

    Attributes
    ----------
    scenario, seed, draw, replication
        What determines the world.
    cohorts
        Of each crisis: its cohorts by name.
    events
        A row for each event but arrivals, in order of time: crisis, cohort, rank and the columns of `Event`.
    """

    scenario: Scenario
    seed: int
    draw: int
    replication: int
    cohorts: Mapping[str, Mapping[str, Cohort]]
    events: pd.DataFrame

    def story(self, person: Person) -> Story:
        """Return the story of one person."""
        cohort = self.cohorts[person.crisis][person.cohort]
        table = self.events
        mine = table[(table["rank"] == person.rank) & (table["cohort"] == person.cohort)]
        rows = mine[mine["crisis"] == person.crisis].drop(columns=["crisis", "cohort", "rank"]).to_dict("records")
        events = [*_arrival(cohort, self.scenario), *(_event(row, self.scenario.start) for row in rows)]
        return Story(self.scenario, self.seed, self.draw, self.replication, person, cohort, tuple(events))

    def find(self, person: str, crisis: str | None = None) -> Person:
        """Return the person that ``setting/group/status/wave#rank`` names.

        Raises
        ------
        UnknownNameError
            If there is no such crisis or cohort.
        DesignError
            If the rank is not a whole number below the size of the cohort.
        """
        place = self.crisis(crisis)
        cohort, mark, rank = person.rpartition("#")
        if not mark:
            cohort, rank = person, "0"
        known = self.cohorts[place]
        if cohort not in known:
            raise UnknownNameError(f"no people {cohort!r} in {place}; {did_you_mean(cohort, known)}")
        size = known[cohort].size
        if not (rank.isascii() and rank.isdigit()) or int(rank) >= size:
            raise DesignError(f"{cohort} has {size:,} people: write #0 to #{size - 1} (got {'#' + rank!r})")
        return Person(place, cohort, int(rank))

    def crisis(self, name: str | None) -> str:
        """Return the name of a crisis; the first if none is given.

        Raises
        ------
        UnknownNameError
            If there is no such crisis.
        """
        if name is None:
            return next(iter(self.cohorts))
        if name not in self.cohorts:
            raise UnknownNameError(f"no crisis {name!r}; {did_you_mean(name, self.cohorts)}")
        return name

    def example(self, crisis: str | None = None) -> Person:
        """Choose a person whose story shows the most of the model, by a fixed rule.

        The first person trafficked in the reported months whom somebody came to know of (a referral, or an own report)
        and who is a survivor at the end of the run; if there is none, the first one trafficked; if there is none either,
        the first of the first cohort. Ties go by name of the cohort, then by rank.
        """
        place = self.crisis(crisis)
        events = self.events[self.events["crisis"] == place]
        trafficked = events[(events["event"] == LifeEvent.TRAFFICKED) & (events["month"] >= 0)]
        known = events[events["event"].isin([LifeEvent.REFERRED, LifeEvent.CAME_FORWARD])]
        last = events.drop_duplicates(["cohort", "rank"], keep="last")
        ends_well = last[last["event"].map(LEADS_TO).isin([LifeState.SURVIVOR, LifeState.SETTLED])]
        who = ["cohort", "rank"]
        shown = trafficked.merge(known[who].drop_duplicates(), on=who).merge(ends_well[who], on=who)
        person = _first(shown, place) or _first(trafficked, place) or _first(events, place)
        return person or Person(place, next(iter(self.cohorts[place])), 0)


def diary(scenario: Named, seed: int = 1, draw: int = 0, replication: int = 0) -> Diary:
    """Run one world and note everybody's events.

    Memory grows with the people trafficked: about a kilobyte for each of them.
    """
    import pandas as pd

    from cyclesim.model.cycle import CycleModel
    from cyclesim.model.people.witness import Witness

    inputs = _loaded(scenario)
    model = CycleModel(inputs, seed=seed, draw=draw, replication=replication)
    for crisis in model.crises.values():
        crisis.ledger = Witness(crisis.cohorts, crisis.layout)
    model.run()
    model.close()
    cohorts = {name: {c.name: c for c in crisis.cohorts.cohorts} for name, crisis in model.crises.items()}
    events = pd.concat([_table(crisis) for crisis in model.crises.values()], ignore_index=True)
    return Diary(inputs, seed, draw, replication, cohorts, events.sort_values("time", kind="stable", ignore_index=True))


def story(
    scenario: Named,
    person: str | None = None,
    seed: int = 1,
    crisis: str | None = None,
    draw: int = 0,
    replication: int = 0,
) -> Story:
    """Tell the life of one person in one world.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or a file.
    person
        ``setting/group/status/wave#rank``; without one, see `Diary.example`.
    seed, draw, replication
        They name the luck.
    crisis
        Name of the crisis; the first if absent.
    """
    book = diary(scenario, seed, draw, replication)
    return book.story(book.find(person, crisis) if person is not None else book.example(crisis))


def stories(
    one: Named,
    other: Named,
    person: str | None = None,
    seed: int = 1,
    crisis: str | None = None,
    draw: int = 0,
    replication: int = 0,
) -> Stories:
    """Tell the life of the same person, with the same luck, in two scenarios.

    Parameters
    ----------
    person
        ``setting/group/status/wave#rank``; without one, the first person whose life differs: by the month of the
        first difference, then by name of the cohort and rank. If nobody's does, see `Diary.example`.

    Raises
    ------
    DesignError
        If the scenarios do not start in the same month.
    PrefixError
        If anybody's life differs before the scenarios do: a fault of the model.
    """
    scenarios = [_loaded(one), _loaded(other)]
    if scenarios[0].start != scenarios[1].start:
        starts = " against ".join(scenario.start for scenario in scenarios)
        raise DesignError(f"the two scenarios do not start in the same month ({starts}); give both the same start")
    books = [diary(scenario, seed, draw, replication) for scenario in scenarios]
    place = books[0].crisis(crisis)
    change = first_change(*scenarios)
    differs = _first_to_differ(books, books[1].crisis(place), change)
    if person is not None:
        who = books[0].find(person, place)
        books[1].find(person, place)
    else:
        who = differs or books[0].example(place)
    return Stories(books[0].story(who), books[1].story(who), change)


def _first_to_differ(books: list[Diary], crisis: str, change: int | None) -> Person | None:
    """Return whose life differs first, after checking that nobody's does before the scenarios do."""
    import pandas as pd

    both = [book.events.loc[book.events["crisis"] == crisis, _SAME] for book in books]
    apart = pd.concat(both).drop_duplicates(keep=False)
    if apart.empty:
        return None
    first = apart.sort_values(["month", "cohort", "rank"]).iloc[0]
    if change is None or first["month"] < change:
        names = " and ".join(book.scenario.name for book in books)
        when = date(int(first["month"]), books[0].scenario.start)
        raise PrefixError(
            f"the lives of {first['cohort']}#{first['rank']} in {names} part in {when}, before the scenarios do. This "
            "is a fault of the model; please report it with both scenario files"
        )
    return Person(crisis, str(first["cohort"]), int(first["rank"]))


def _first(events: pd.DataFrame, crisis: str) -> Person | None:
    if events.empty:
        return None
    row = events.sort_values(["month", "cohort", "rank"]).iloc[0]
    return Person(crisis, str(row["cohort"]), int(row["rank"]))


def _table(crisis: Any) -> pd.DataFrame:
    """Return the notes of a witness with names in place of indices."""
    import pandas as pd

    from cyclesim.model.people.witness import EVENTS

    notes = crisis.ledger.notes()
    named = {
        "crisis": (np.zeros(notes.event.size, dtype=np.int64), [crisis.name]),
        "cohort": (notes.cohort, [cohort.name for cohort in crisis.cohorts.cohorts]),
        "event": (notes.event, [str(event) for event in EVENTS]),
        "setting": (notes.setting, list(crisis.settings)),
        "form": (notes.form, [str(form) for form in Form]),
        "channel": (notes.source, [str(source) for source in SOURCES]),
        "organisation": (notes.organisation, list(crisis.organisations.names)),
    }
    columns = {name: pd.Categorical.from_codes(codes, names) for name, (codes, names) in named.items()}
    detail = _details(notes.event, notes.flag)
    return pd.DataFrame({**columns, "rank": notes.rank, "month": notes.month, "time": notes.time, "detail": detail})


def _details(event: NDArray[np.int64], flag: NDArray[np.bool_]) -> pd.Categorical:
    """Return in words what a note's flag means for its event."""
    import pandas as pd

    from cyclesim.model.people.witness import EVENTS

    ends = [e in (LifeEvent.IDENTIFIED_FORMALLY, LifeEvent.PRESUMPTIVE) for e in EVENTS]
    leaves = [e in (LifeEvent.ESCAPED, LifeEvent.CAME_FORWARD, LifeEvent.DIED) for e in EVENTS]
    code = np.where(np.array(ends)[event], np.where(flag, 2, 3), np.where(np.array(leaves)[event] & flag, 1, 0))
    return pd.Categorical.from_codes(code, list(DETAILS))


def _arrival(cohort: Cohort, scenario: Scenario) -> list[Event]:
    """Return the arrival as an event, if it falls into the run."""
    month = cohort.arrival
    if month >= scenario.months:
        return []
    event = LifeEvent.ARRIVED
    when = date(month, scenario.start)
    return [Event(when, month, float(month), event, LEADS_TO[event], "", cohort.setting, None, None, None)]


def _event(row: Mapping[Any, Any], start: str) -> Event:
    event = LifeEvent(row["event"])
    names = {
        name: value if isinstance(value := row[name], str) else None for name in ("form", "channel", "organisation")
    }
    month = int(row["month"])
    return Event(
        date=date(month, start),
        month=month,
        time=float(row["time"]),
        event=event,
        state=LEADS_TO[event],
        detail=str(row["detail"]),
        setting=str(row["setting"]),
        **names,
    )


def _loaded(scenario: Named) -> Scenario:
    return scenario if isinstance(scenario, Scenario) else load(scenario)
