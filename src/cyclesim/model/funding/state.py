"""What donors are, what they hold, and what they see of the crises, as arrays that compiled functions move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cyclesim.inputs.parts import Donor as DonorSpec
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled
from cyclesim.model.funding.grants import LINES, NONE
from cyclesim.model.published import PublishedEstimate
from cyclesim.vocabulary import DonorKind, Line, Route

_ROUTES = list(Route)


class Donors(NamedTuple):
    """All donors of a world; of traits, not a number says that a donor follows the parameter of the name.

    Attributes
    ----------
    budget
        US dollars per year for all sectors and crises, this month, shape (donors,).
    naivety, flexible_share, multi_year_share, prior_prevalence
        Traits, shape (donors,).
    fiscal_month, route
        Calendar month of the yearly decision; index of the way to the field, shape (donors,).
    southern
        Whether a donor is a locally controlled fund, shape (donors,).
    lines
        Earmark profile, shape (donors, lines).
    mean, variance
        Belief acted upon, shape (donors, crises); see `Belief`.
    estimated_mean, estimated_variance
        What published estimates alone say, shape (donors, crises).
    years, told
        What case counts have told, half forgotten, shape (donors, crises); see `CountMemory`.
    rate
        US dollars per year given to anti-trafficking work; it moves once a fiscal year, shape (donors, crises).
    known
        Media attention when last looked at, shape (donors, crises).
    latest
        The newest grant of the yearly rounds, shape (donors, crises); see `Grants.before`.
    now, usual
        US dollars per year wanted, with the news of the day and without, shape (donors, crises).
    """

    budget: Floats
    naivety: Floats
    flexible_share: Floats
    multi_year_share: Floats
    prior_prevalence: Floats
    fiscal_month: Integers
    route: Integers
    southern: Flags
    lines: Floats
    mean: Floats
    variance: Floats
    estimated_mean: Floats
    estimated_variance: Floats
    years: Floats
    told: Floats
    rate: Floats
    known: Floats
    latest: Integers
    now: Floats
    usual: Floats

    @classmethod
    def of(cls, specs: Sequence[DonorSpec], crises: int) -> Donors:
        """Return donors of a scenario before the first month."""
        traits = [_trait(specs, name) for name in cls._fields[1:5]]
        shape, number = (len(specs), crises), len(specs)
        held = np.zeros((8, *shape))
        profiles = np.array([by_line(spec.lines) for spec in specs]).reshape(number, LINES)
        fiscal = np.array([spec.fiscal_month for spec in specs], dtype=np.int64)
        route = np.array([_ROUTES.index(Route(spec.route)) for spec in specs], dtype=np.int64)
        southern = np.array([DonorKind(spec.kind) == DonorKind.SOUTHERN_FUND for spec in specs], dtype=bool)
        latest = np.full(shape, NONE, dtype=np.int64)
        wishes = np.zeros((2, *shape))
        return cls._make([np.zeros(number), *traits, fiscal, route, southern, profiles, *held, latest, *wishes])


def _trait(specs: Sequence[DonorSpec], name: str) -> Floats:
    return np.array([math.nan if getattr(spec, name) is None else getattr(spec, name) for spec in specs], dtype=float)


def by_line(shares: dict[Line, float] | dict[str, float] | None) -> Floats:
    """Return shares by line as an array, shape (lines,); not a number where there are none."""
    if not shares:
        return np.full(LINES, math.nan)
    known = {Line(line): share for line, share in shares.items()}
    return np.array([known.get(line, 0.0) for line in Line])


class Seen(NamedTuple):
    """The numbers that donors see of one crisis when they decide.

    Attributes
    ----------
    age
        Months since most people arrived; negative before.
    in_need
        People in need.
    ask
        What planners ask for, in US dollars per person in need and year, coded or not.
    line
        Whether the response plan has a line for it.
    planned
        Share of the people in need whom the response plan knows.
    competing
        US dollars per year that other sectors would receive if budgets allowed.
    attention
        Media attention, 1 at the peak of a full shock.
    cases, people, years, ideal_share
        The evidence; see `cyclesim.model.evidence.records.CaseEvidence`.
    in_place
        US dollars per year that all donors give while the world settles before month 0; not a number once they decide.
    level
        US dollars per year that all donors give: what a herd looks at (E6 of the evidence).
    """

    age: int
    in_need: int
    ask: float
    line: bool
    planned: float
    competing: float
    attention: float
    cases: float
    people: float
    years: float
    ideal_share: float
    in_place: float
    level: float


LEVEL = len(Seen._fields) - 1


class Appeals(NamedTuple):
    """What donors see of all crises.

    Attributes
    ----------
    numbers
        The fields of `Seen`, in their order, shape (crises, 13).
    gaps
        Bottlenecks that responders report, 0 (none) to 1, shape (crises, lines).
    first
        Where the readings of each crisis begin, shape (crises + 1,).
    readings
        Estimates published in the last 12 months, each with the weight it has with readers, shape (readings, 5).
    """

    numbers: Floats
    gaps: Floats
    first: Integers
    readings: Floats

    @classmethod
    def of(cls, appeals: Sequence[Appeal]) -> Appeals:
        """Return appeals as arrays."""
        if appeals and appeals[0].table is not None:
            return appeals[0].table
        numbers = np.array([a.numbers() for a in appeals], dtype=np.float64).reshape(-1, len(Seen._fields))
        gaps = np.array([[a.gaps.get(line, 0.0) for line in Line] for a in appeals]).reshape(-1, LINES)
        return cls(numbers, gaps, *as_rows([a.readings for a in appeals]))

    @classmethod
    def room(cls, crises: int) -> Appeals:
        """Return room for so many crises, of which nothing has been published."""
        return cls(np.zeros((crises, len(Seen._fields))), np.zeros((crises, LINES)), *as_rows([()] * crises))

    def views(self, crises: Sequence[str]) -> list[Appeal]:
        """Return what a donor of one's own takes."""
        return [self._view(crisis, c) for c, crisis in enumerate(crises)]

    def _view(self, crisis: str, c: int) -> Appeal:
        numbers = seen(c, self)._asdict()
        numbers["in_place"] = None if math.isnan(numbers["in_place"]) else numbers["in_place"]
        rows = self.readings[self.first[c] : self.first[c + 1]].tolist()
        readings = tuple((PublishedEstimate(*row[:4]), row[4]) for row in rows)
        gaps = {line: gap for line, gap in zip(Line, self.gaps[c].tolist(), strict=True) if gap}
        return Appeal(crisis, **numbers, readings=readings, gaps=gaps, table=self)


def as_rows(published: Sequence[Sequence[tuple[PublishedEstimate, float]]]) -> tuple[Integers, Floats]:
    """Return the estimates of each crisis, with their weights, as `Appeals.first` and `Appeals.readings`."""
    rows = [[*reading, weight] for each in published for reading, weight in each]
    return np.cumsum([0, *map(len, published)]), np.array(rows, dtype=np.float64).reshape(-1, 5)


@compiled
def seen(c: int, appeals: Appeals) -> Seen:
    """Return what donors see of one crisis."""
    n = appeals.numbers
    return Seen(
        int(n[c, 0]), int(n[c, 1]), n[c, 2], n[c, 3] > 0.0, n[c, 4], n[c, 5], n[c, 6], n[c, 7], n[c, 8], n[c, 9],
        n[c, 10], n[c, 11], n[c, 12],
    )  # fmt: skip


@dataclass(frozen=True)
class Appeal:
    """What a donor of one's own sees of one crisis when it decides: its name, and the fields of `Seen`.

    Attributes
    ----------
    crisis
        Name.
    in_place
        None once donors decide.
    readings
        Estimates published in the last 12 months, each with its weight.
    gaps
        Bottlenecks that responders report, by line.
    table
        The arrays that all this is from.
    """

    crisis: str
    age: int
    in_need: int
    ask: float
    line: bool
    planned: float
    competing: float
    attention: float
    cases: float
    people: float
    years: float
    ideal_share: float
    in_place: float | None
    readings: tuple[tuple[PublishedEstimate, float], ...]
    gaps: dict[Line, float]
    level: float = 0.0
    table: Appeals | None = field(default=None, repr=False, compare=False)

    def numbers(self) -> Seen:
        """Return the numbers."""
        in_place = math.nan if self.in_place is None else float(self.in_place)
        floats = (float(getattr(self, name)) for name in Seen._fields[4:11])
        return Seen._make([self.age, self.in_need, float(self.ask), self.line, *floats, in_place, float(self.level)])


class Room(NamedTuple):
    """Room to work in, and the lines that donors without a profile of their own pay for, shape (lines,).

    Attributes
    ----------
    mix
        The parameter `line_mix`.
    profile, bottleneck
        Weights of the lines.
    cents, parts
        Of each line.
    lengths, pieces
        Months and cents of grants that follow each other, shape (12,).
    """

    mix: Floats
    profile: Floats
    bottleneck: Floats
    cents: Integers
    parts: Integers
    lengths: Floats
    pieces: Integers

    @classmethod
    def of(cls) -> Room:
        """Return empty room."""
        weights, cents = np.zeros((3, LINES)), np.zeros((2, LINES), dtype=np.int64)
        return cls._make([*weights, *cents, np.zeros(12), np.zeros(12, dtype=np.int64)])
