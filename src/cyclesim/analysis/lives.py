"""What a life story is: events in order of time, the states between them, alone or beside the same life elsewhere.

A person is (crisis, cohort, rank). Rank 0 is whoever of the cohort is trafficked first, in every scenario: luck is
fixed. Nobody here is, or stands for, a real person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.people.cohorts import Cohort
from cyclesim.runs.results import late
from cyclesim.vocabulary import LifeEvent, LifeState

if TYPE_CHECKING:
    import pandas as pd

SYNTHETIC = "A synthetic person in a simulation, not a real one."
HELD = (LifeState.EXPLOITED, LifeState.REFERRED)
"""In exploitation."""


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
        return late("cyclesim.outputs.timeline").picture(self)


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
        return late("cyclesim.outputs.timeline").picture(self)
