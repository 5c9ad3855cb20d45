"""Life stories: run a world under the eyes of a witness, choose a person, and tell what happened to him or her.

The witness (`cyclesim.model.people.witness`) notes everybody's events and changes nothing; a story
(`cyclesim.analysis.lives`) is the events of one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.lives import Event, Person, Stories, Story
from cyclesim.errors import DesignError, PrefixError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.people.cohorts import Cohort
from cyclesim.runs.simulate import Named
from cyclesim.vocabulary import LEADS_TO, Channel, Form, LifeEvent, LifeState

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.model.crisis import Crisis
    from cyclesim.model.people.witness import Notes

DETAILS = ("", "referral waiting", "assisted", "not assisted")
SOURCES = (*Channel, "investigation", "own_report")
_SAME = ["cohort", "rank", "month", "event", "detail"]
"""What two lives must share to be the same; the time within a month need not be."""


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

    @cached_property
    def _rows(self) -> dict[Any, Any]:
        return self.events.groupby(["crisis", "cohort", "rank"], observed=True, sort=False).indices

    def story(self, person: Person) -> Story:
        """Return the story of one person."""
        cohort = self.cohorts[person.crisis][person.cohort]
        mine = self._rows.get((person.crisis, person.cohort, person.rank), [])
        rows = self.events.iloc[mine].to_dict("records")
        events = [_event(row, self.scenario.start) for row in rows]
        before = _beginning(cohort, self.scenario, events[0].time if events else np.inf)
        return Story(self.scenario, self.seed, self.draw, self.replication, person, cohort, (*before, *events))

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
        and who is a survivor at the end of the run; if there is none, the first one trafficked; if there is none
        either, the first of the first cohort. Ties go by name of the cohort, then by rank.

        Raises
        ------
        UnknownNameError
            If nobody is in the crisis.
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
        person = _first(shown, place) or _first(trafficked, place) or _first(events, place)
        return person or Person(place, next(iter(self.cohorts[place])), 0)


def diary(scenario: Named, seed: int = 1, draw: int = 0, replication: int = 0) -> Diary:
    """Run one world and note everybody's events.

    Memory grows with the people trafficked: some hundred bytes for each of their events.
    """
    import pandas as pd

    from cyclesim.model.cycle import CycleModel
    from cyclesim.model.individuals import Individuals
    from cyclesim.model.people.witness import Witness

    inputs = scenario if isinstance(scenario, Scenario) else load(scenario)
    model = CycleModel(inputs, seed=seed, draw=draw, replication=replication)
    witnesses = {name: Witness(crisis.cohorts, crisis.layout) for name, crisis in model.crises.items()}
    for name, witness in witnesses.items():
        cast(Individuals, model.crises[name].engine).ledger = witness
    model.run()
    model.close()
    cohorts = {name: {c.name: c for c in crisis.cohorts.cohorts} for name, crisis in model.crises.items()}
    tables = [_table(crisis, witnesses[name].notes()) for name, crisis in model.crises.items()]
    events = pd.concat(tables, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)
    return Diary(inputs, seed, draw, replication, cohorts, events)


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
    books = [diary(scenario, seed, draw, replication) for scenario in (one, other)]
    scenarios = [book.scenario for book in books]
    if scenarios[0].start != scenarios[1].start:
        starts = " against ".join(scenario.start for scenario in scenarios)
        raise DesignError(f"the two scenarios do not start in the same month ({starts}); give both the same start")
    place = books[0].crisis(crisis)
    change = first_change(*scenarios)
    differs = _first_to_differ(books, books[1].crisis(place), change)
    who = books[0].find(person, place) if person is not None else differs or books[0].example(place)
    books[1].find(f"{who.cohort}#{who.rank}", place)
    return Stories(books[0].story(who), books[1].story(who), change)


def _first_to_differ(books: list[Diary], crisis: str, change: int | None) -> Person | None:
    """Return whose life differs first, of people in both, after checking that nobody's does before the scenarios do."""
    import pandas as pd

    one, other = (book.cohorts[crisis] for book in books)
    shared = [name for name, cohort in one.items() if name in other and other[name].size == cohort.size]
    both = [book.events.loc[book.events["crisis"] == crisis, _SAME] for book in books]
    apart = pd.concat([events[events["cohort"].isin(shared)] for events in both]).drop_duplicates(keep=False)
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


def _table(crisis: Crisis, notes: Notes) -> pd.DataFrame:
    """Return the notes of a witness with names in place of indices."""
    import pandas as pd

    from cyclesim.model.people.witness import EVENTS

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
    detail = _details(notes.event, notes.flag)
    return pd.DataFrame({**columns, "rank": notes.rank, "month": notes.month, "time": notes.time, "detail": detail})


def _details(event: NDArray[np.int64], flag: NDArray[np.bool_]) -> pd.Categorical[str]:
    """Return in words what a note's flag means for its event."""
    import pandas as pd

    from cyclesim.model.people.witness import EVENTS

    ends = [e in (LifeEvent.IDENTIFIED_FORMALLY, LifeEvent.PRESUMPTIVE) for e in EVENTS]
    leaves = [e in (LifeEvent.ESCAPED, LifeEvent.CAME_FORWARD, LifeEvent.DIED) for e in EVENTS]
    code = np.where(np.array(ends)[event], np.where(flag, 2, 3), np.where(np.array(leaves)[event] & flag, 1, 0))
    return pd.Categorical.from_codes(code, pd.Index(DETAILS))


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
