"""Life stories: run a world under the eyes of a witness, choose a person, and tell what happened to him or her.

The witness (`cyclesim.model.people.witness`) notes everybody's events and changes nothing; a story
(`cyclesim.analysis.lives`) is the events of one person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from cyclesim.analysis.lives import Event, Person, Stories, Story
from cyclesim.errors import DesignError, PrefixError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.crisis import Crisis
from cyclesim.model.cycle import CycleModel
from cyclesim.model.individuals import LedgerEngine
from cyclesim.model.people.cohorts import Cohort
from cyclesim.model.people.ledger.diary import EVENTS, Entries
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.vocabulary import LEADS_TO, Channel, Form, LifeEvent, LifeState

DETAILS = ("", "referral waiting", "assisted", "not assisted")
SOURCES = (*Channel, "investigation", "own_report")


@dataclass(frozen=True, repr=False)
class Diary:
    """Everybody's events in one world, which scenario, seed, draw and replication determine.

    `cohorts` are those of each crisis, by name; `events` has a row for each event but arrivals, in order of time:
    crisis, cohort, rank and the columns of `Event`.
    """

    scenario: Scenario
    seed: int
    draw: int
    replication: int
    cohorts: Mapping[str, Mapping[str, Cohort]]
    events: pd.DataFrame

    @cached_property
    def _rows(self) -> dict[Any, Any]:
        return self.events.groupby(["crisis", "cohort", "rank"], observed=True, sort=False).indices

    def story(self, person: Person) -> Story:
        """Return the story of one person."""
        cohort = self.cohorts[person.crisis][person.cohort]
        mine = self._rows.get((person.crisis, person.cohort, person.rank), [])
        events = [_event(row, self.scenario.start) for row in self.events.iloc[mine].to_dict("records")]
        before = _beginning(cohort, self.scenario, events[0].time if events else np.inf)
        return Story(self.scenario, self.seed, self.draw, self.replication, person, cohort, (*before, *events))

    def find(self, person: str, crisis: str | None = None) -> Person:
        """Return the person that ``setting/group/status/wave#rank`` names; without a rank, the first of the cohort."""
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
        """Return the name of a crisis; the first if none is given."""
        if name is None:
            return next(iter(self.cohorts))
        if name not in self.cohorts:
            raise UnknownNameError(f"no crisis {name!r}; {did_you_mean(name, self.cohorts)}")
        return name

    def example(self, crisis: str | None = None) -> Person:
        """Choose a person whose story shows the most of the model, by a fixed rule.

        The first person trafficked in the reported months whom somebody came to know of (a referral, or an own report)
        and who is a survivor at the end of the run; if there is none, the first one trafficked; if there is none
        either, the first of the first cohort. Ties go by name of the cohort, then by rank.
        """
        place = self.crisis(crisis)
        if not self.cohorts[place]:
            raise UnknownNameError(
                f"nobody is in the crisis {place!r} of {self.scenario.name}, so there is no life to tell; give its "
                "arrivals people, or name another crisis"
            )
        events = self.events[self.events["crisis"] == place]
        trafficked = events[(events["event"] == LifeEvent.TRAFFICKED) & (events["month"] >= 0)]
        known = events[events["event"].isin([LifeEvent.REFERRED, LifeEvent.CAME_FORWARD])]
        last = events.drop_duplicates(["cohort", "rank"], keep="last")
        ends_well = last[last["event"].map(LEADS_TO).isin([LifeState.SURVIVOR, LifeState.SETTLED])]
        who = ["cohort", "rank"]
        shown = trafficked.merge(known[who].drop_duplicates(), on=who).merge(ends_well[who], on=who)
        some = next((rows for rows in (shown, trafficked, events) if not rows.empty), None)
        return Person(place, next(iter(self.cohorts[place])), 0) if some is None else _first(some, place)


def diary(scenario: Scenario, seed: int = 1, draw: int = 0, replication: int = 0) -> Diary:
    """Run one world and note everybody's events.

    Memory grows with the people trafficked: some hundred bytes for each of their events.
    """
    model = CycleModel(scenario, seed=seed, draw=draw, replication=replication)
    witnesses = {name: Ledger(crisis.cohorts, crisis.layout, diary=True) for name, crisis in model.crises.items()}
    for name, witness in witnesses.items():
        cast(LedgerEngine, model.crises[name].engine).ledger = witness
    model.run()
    model.close()
    cohorts = {name: {c.name: c for c in crisis.cohorts.cohorts} for name, crisis in model.crises.items()}
    tables = [_table(crisis, witnesses[name].notes()) for name, crisis in model.crises.items()]
    events = pd.concat(tables, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)
    return Diary(scenario, seed, draw, replication, cohorts, events)


def story(
    scenarios: Sequence[Scenario],
    person: str | None = None,
    crisis: str | None = None,
    draw: int = 0,
    replication: int = 0,
    seed: int = 1,
) -> Story | Stories:
    """Tell the life of one synthetic person in a scenario, or the same life, with the same luck, in another one too.

    Without a person: in one scenario, the first one trafficked in the reported months who became known to somebody
    and is a survivor at the end; in two, the first one whose life differs between them.

    Parameters
    ----------
    scenarios
        One or two: the name of a shipped one, a file, or a `Scenario`.
    person
        ``setting/group/status/wave#rank``; without one, see `Diary.example`. In two scenarios the first person whose
        life differs: by the month of the first difference, then by name of the cohort and rank.
    crisis, draw, replication, seed
        Name of the crisis, the first if absent; the others name the luck.

    Raises
    ------
    DesignError
        If there are more scenarios, or they do not start in the same month.
    PrefixError
        If anybody's life differs before the scenarios do: a fault of the model.
    """
    if not 1 <= len(scenarios) <= 2:
        raise DesignError(f"a life is told in one scenario or in two (got {len(scenarios)})")
    if len({scenario.start for scenario in scenarios}) > 1:
        starts = " against ".join(scenario.start for scenario in scenarios)
        raise DesignError(f"the two scenarios do not start in the same month ({starts}); give both the same start")
    books = [diary(scenario, seed, draw, replication) for scenario in scenarios]
    if len(books) == 1:
        return books[0].story(books[0].find(person, crisis) if person is not None else books[0].example(crisis))
    place = books[0].crisis(crisis)
    change = first_change(*scenarios)
    differs = _first_to_differ(books, books[1].crisis(place), change)
    who = books[0].find(person, place) if person is not None else differs or books[0].example(place)
    books[1].find(f"{who.cohort}#{who.rank}", place)
    return Stories(books[0].story(who), books[1].story(who), change)


def _first_to_differ(books: list[Diary], crisis: str, change: int | None) -> Person | None:
    """Return whose life differs first, of people in both, after checking that nobody's does before the scenarios do."""
    one, other = (book.cohorts[crisis] for book in books)
    shared = [name for name, cohort in one.items() if name in other and other[name].size == cohort.size]
    same = ["cohort", "rank", "month", "event", "detail"]  # the time within a month need not be
    both = [book.events.loc[book.events["crisis"] == crisis, same] for book in books]
    apart = pd.concat([events[events["cohort"].isin(shared)] for events in both]).drop_duplicates(keep=False)
    if apart.empty:
        return None
    first, month = _first(apart, crisis), int(apart["month"].min())
    if change is None or month < change:
        names = " and ".join(book.scenario.name for book in books)
        raise PrefixError(
            f"the lives of {first} in {names} part in {date(month, books[0].scenario.start)}, before the scenarios do. "
            "This is a fault of the model; please report it with both scenario files"
        )
    return first


def _first(events: pd.DataFrame, crisis: str) -> Person:
    row = events.sort_values(["month", "cohort", "rank"]).iloc[0]
    return Person(crisis, str(row["cohort"]), int(row["rank"]))


def _table(crisis: Crisis, notes: Entries) -> pd.DataFrame:
    """Return the notes of a witness with names in place of indices, and in words what a note's flag means."""
    named = {
        "crisis": (np.zeros(notes.event.size, dtype=np.int64), [crisis.name]),
        "cohort": (notes.cohort, [cohort.name for cohort in crisis.cohorts.cohorts]),
        "event": (notes.event, [str(event) for event in EVENTS]),
        "setting": (notes.setting, list(crisis.settings)),
        "form": (notes.form, [str(form) for form in Form]),
        "channel": (notes.source, [str(source) for source in SOURCES]),
        "organisation": (notes.organisation, list(crisis.organisations.names)),
    }
    columns = {name: pd.Categorical.from_codes(codes, pd.Index(names)) for name, (codes, names) in named.items()}
    ended = columns["event"].isin([LifeEvent.IDENTIFIED_FORMALLY, LifeEvent.PRESUMPTIVE])
    left = columns["event"].isin([LifeEvent.ESCAPED, LifeEvent.CAME_FORWARD, LifeEvent.DIED])
    detail = np.select([left & notes.flag, ended & notes.flag, ended], [1, 2, 3], 0)
    columns["detail"] = pd.Categorical.from_codes(detail, pd.Index(DETAILS))
    return pd.DataFrame({**columns, "rank": notes.rank, "month": notes.month, "time": notes.time})


def _beginning(cohort: Cohort, scenario: Scenario, trafficked: float) -> list[Event]:
    """Return what comes before a person is first trafficked: at home, and arrival.

    Who came before the run is there when it begins. An arrival after this person was first trafficked is left out: from
    then on the model follows the person, not the cohort.
    """
    first, events = -scenario.spin_up, []
    if cohort.home is not None:
        events.append((first, LifeEvent.AT_HOME, cohort.home))
    arrival = max(cohort.arrival, first)
    if arrival < trafficked:
        events.append((arrival, LifeEvent.ARRIVED, cohort.setting))
    return [
        Event(date(month, scenario.start), month, float(month), event, LEADS_TO[event], "", setting, None, None, None)
        for month, event, setting in events
    ]


def _event(row: Mapping[Any, Any], start: str) -> Event:
    event, month, time, place = LifeEvent(row["event"]), int(row["month"]), float(row["time"]), row["setting"]
    names = [row[name] if isinstance(row[name], str) else None for name in ("form", "channel", "organisation")]
    return Event(date(month, start), month, time, event, LEADS_TO[event], row["detail"], place, *names)
