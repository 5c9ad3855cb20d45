"""What a life story is: events in order of time, and the states between them, alone or beside the same life elsewhere.

A person is (crisis, cohort, rank); rank 0 is trafficked first, in every scenario. Nobody here stands for a real person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.people.cohorts import Cohort
from cyclesim.vocabulary import LifeEvent, LifeState

SYNTHETIC = "A synthetic person in a simulation, not a real one."
HELD = (LifeState.EXPLOITED, LifeState.REFERRED)  # in exploitation


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
    """One event in a life."""

    date: str  # YYYY-MM
    month: int
    time: float
    event: LifeEvent
    state: LifeState
    detail: str  # ``referral waiting``, ``assisted`` or ``not assisted``, where it ends; else empty
    setting: str
    form: str | None
    channel: str | None  # of a referral
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

    @property
    def chosen(self) -> dict[str, str]:
        """Whose life it is, as one asks for it."""
        return {"crisis": self.person.crisis, "person": str(self.person)}

    @property
    def state(self) -> LifeState:
        """Where the person stands when the run ends."""
        return self.events[-1].state

    @property
    def spans(self) -> tuple[Span, ...]:
        """The states one after the other, up to the end of the run."""
        ends = [*(event.time for event in self.events[1:]), float(self.scenario.months)]
        return tuple(Span(event.state, event.time, end) for event, end in zip(self.events, ends, strict=True))

    @property
    def months_exploited(self) -> float:
        """Months in exploitation, those in which a referral waits included."""
        return sum(span.end - span.start for span in self.spans if span.state in HELD)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The events as a table, a row each."""
        return pd.DataFrame([asdict(event) for event in self.events], columns=list(Event.__dataclass_fields__))

    def files(self) -> dict[str, Any]:
        """Return no table: a life is kept in one file, with the notice that it is nobody's."""
        return {}

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
        }


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

    @property
    def chosen(self) -> dict[str, str]:
        """Whose lives they are, as one asks for them."""
        return self.one.chosen

    @cached_property
    def shared(self) -> int:
        """Number of events that both lives share before they part (up to the month, not the day)."""
        keys = [[(e.month, e.event, e.detail) for e in story.events] for story in (self.one, self.other)]
        longest = min(map(len, keys))
        return next((i for i in range(longest) if keys[0][i] != keys[1][i]), longest)

    @property
    def ahead(self) -> tuple[Event, ...]:
        """The first event of each life that the other does not share."""
        return tuple(event for story in (self.one, self.other) for event in story.events[self.shared : self.shared + 1])

    @property
    def first_difference(self) -> int | None:
        """Month in which the lives part, relative to the start; None if they are the same."""
        return min((event.month for event in self.ahead), default=None)

    @property
    def parting(self) -> float | None:
        """Time at which the lives part, in months since the start; None if they are the same."""
        return min((event.time for event in self.ahead), default=None)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The events of both lives as a table: a row each, ``life`` 1 or 2."""
        lives = {1: self.one.table, 2: self.other.table}
        return pd.concat(lives, names=["life"]).reset_index("life").reset_index(drop=True)

    def files(self) -> dict[str, Any]:
        """Return no table, see `Story.files`."""
        return {}

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
        }
