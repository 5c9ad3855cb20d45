"""The state of one crisis as records of arrays, which the compiled stages of the month read and move."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.census import Census
from cyclesim.model.compiled import COMPILED
from cyclesim.model.evidence.records import History
from cyclesim.model.people.exits import Cells
from cyclesim.model.people.hazards import AtRisk
from cyclesim.model.people.risks import CHANNELS, RISKS, SOURCES
from cyclesim.model.practice.back_end import Offices
from cyclesim.model.practice.frontline import Frontline
from cyclesim.model.practice.workforce import Workforce
from cyclesim.model.presence import Presence
from cyclesim.model.rare import Rare


class Gauges:
    """The numbers of a crisis this month.

    Attributes
    ----------
    month, clock
        Month of the scenario, and months since the first simulated one.
    people, in_need
        People present, and those an appeal is for.
    onset
        Month in which most people arrived.
    protection_ends
        Month in which protective status is expected to end; not a number where none is.
    needs_met
        Share of basic needs met.
    competing
        US dollars per person in need and year that other sectors would receive.
    level
        Hazard at the reference state, of which all first hazards are multiples.
    stock
        People in exploitation as the month begins.
    attention, leadership, diversity
        Media attention; how far one agency leads; chance that two dollars come from different donors.
    overhead, churn
        What a crowd of donors and agencies costs; see `cyclesim.model.practice.workforce`.
    recording
        Factor of this year's recording practice on completeness.
    wrongly
        People suspected who are no victims.
    turned_away
        Referrals expected that reception does not take.
    acceptance
        Share of completed cases identified formally.
    usual, completeness
        Share of case records that reach a report in a usual year, and in this one.
    required_cents
        What planners ask for in the month.
    assistance_cost
        What assisting one person costs donors, in cents.
    paid
        People whose assistance is paid for.
    assistance_cents
        What that costs.
    identified, identified_police
        People with a new case record, and those of them found by police.
    expected_suspects, suspects, expected_convictions, convictions
        Expected numbers of the month, and what happens.
    open_cases, with_witness
        Investigations; see `cyclesim.model.practice.justice`.
    need
        Need that planners work with, people per million; not a number before they know any.
    line
        Whether the plan has a line: 0 or 1.
    """

    month: int
    clock: int
    people: int
    in_need: int
    onset: int
    assistance_cents: int
    protection_ends: float
    needs_met: float
    competing: float
    level: float
    stock: float
    attention: float
    leadership: float
    diversity: float
    overhead: float
    churn: float
    recording: float
    wrongly: float
    turned_away: float
    acceptance: float
    usual: float
    completeness: float
    required_cents: int
    assistance_cost: int
    paid: float
    identified: float
    identified_police: float
    expected_suspects: float
    suspects: float
    expected_convictions: float
    convictions: float
    open_cases: float
    with_witness: float
    need: float
    line: float


_TYPES = {name: np.int64 if kind == "int" else np.float64 for name, kind in Gauges.__annotations__.items()}


def gauges() -> Any:
    """Return the numbers of a crisis, all zero, as a sequence of one: in it they are passed most quickly."""
    if COMPILED:
        return np.zeros(1, dtype=list(_TYPES.items())).view(np.recarray)
    return [SimpleNamespace(**dict.fromkeys(_TYPES, 0))]


class Places(NamedTuple):
    """What the settings are like, shape (settings,); dated changes move these numbers of the scenario."""

    intensity: Floats
    access: Floats
    conflict: Floats
    climate: Floats
    broken_ties: Floats


class Hazards(NamedTuple):
    """What people meet this month, and room to work it out.

    Attributes
    ----------
    contact
        How often each channel meets people in each form of exploitation, shape (channels, forms); of parameters alone.
    forms
        Cumulative mix of forms by group, shape (groups, forms - 1); of parameters alone.
    held
        People in exploitation of whom nobody knows as the month begins, shape (cells,).
    watch
        Share of the exploited found within a year, shape (settings,).
    pressure
        Intensity times the pressure of perpetrators, shape (settings,).
    organised
        Pressure of organised perpetrators, shape (settings,).
    first, again
        Hazard of being trafficked for the first time, shape (cohorts,), and again, shape (2 * settings,).
    risks, forward, detained, refusal
        As in `cyclesim.model.people.exits.Exits`.
    staff, met, by_place, full
        By place, shape (settings * channels,).
    referral
        Hazard of referral of a case that is taken up, shape (channels, settings).
    proactive, conditional, others, at_work, posts, coming, referred, wrong, reach
        Shape (settings,).
    taken
        Shape (2, settings); see `cyclesim.model.practice.reception`.
    receiving, loads
        Reception posts, and places that cases of people who are no victims take up, shape (back ends,).
    heard
        Referrals of each organisation answered, and lapsed, shape (2, organisations).
    away
        Referrals of each organisation turned away, shape (organisations,).
    rates, of_year
        Hazard of being identified, this month and added up since lists were last put together, shape (sources, cells).
    """

    contact: Floats
    forms: Floats
    held: Floats
    watch: Floats
    pressure: Floats
    organised: Floats
    first: Floats
    again: Floats
    risks: Floats
    forward: Floats
    detained: Floats
    refusal: Floats
    staff: Floats
    met: Floats
    by_place: Floats
    full: Floats
    referral: Floats
    proactive: Floats
    conditional: Floats
    others: Floats
    at_work: Floats
    posts: Floats
    coming: Floats
    referred: Floats
    wrong: Floats
    reach: Floats
    taken: Floats
    receiving: Floats
    loads: Floats
    heard: Floats
    away: Floats
    rates: Floats
    of_year: Floats

    @classmethod
    def of(cls, contact: Floats, forms: Floats, sizes: tuple[int, int, int, int, int]) -> Hazards:
        """Return room for so many cells, cohorts, settings, back ends and organisations."""
        cells, cohorts, settings, back_ends, organisations = sizes
        places = settings * CHANNELS
        shapes = {
            "held": cells, "first": cohorts, "again": 2 * settings, "risks": (RISKS, cells), "forward": cells,
            "detained": cells, "refusal": cells, "staff": places, "met": places, "by_place": places, "full": places,
            "referral": (CHANNELS, settings), "taken": (2, settings), "receiving": back_ends,
            "loads": back_ends, "heard": (2, organisations), "away": organisations,
            "rates": (SOURCES, cells), "of_year": (SOURCES, cells),
        }  # fmt: skip
        rest = {name: np.zeros(shapes.get(name, settings)) for name in cls._fields[2:]}
        rest["organised"][:], rest["reach"][:], rest["taken"][:] = 1.0, 1.0, 1.0
        return cls(contact.copy(), forms.copy(), **rest)


class World(NamedTuple):
    """One crisis.

    Attributes
    ----------
    gauges
        Its numbers this month, shape (1,).
    sizes
        People of each cohort.
    setting
        Of each cell.
    shocks
        Months in which attention peaks, and how high, shape (shocks, 2).
    """

    gauges: Sequence[Gauges]
    sizes: Integers
    presence: Presence
    places: Places
    setting: Integers
    shocks: Floats
    cells: Cells
    at_risk: AtRisk
    crew: Frontline
    offices: Offices
    work: Workforce
    hazards: Hazards
    census: Census
    history: History
    rare: Rare
