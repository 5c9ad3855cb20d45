"""The twin engine: expected numbers pass through queue, casework and assistance; no luck, a few milliseconds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cyclesim.model import looking_back, stages
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.census import Census
from cyclesim.model.compiled import compiled, within
from cyclesim.model.engine import Stocks
from cyclesim.model.evidence import lists
from cyclesim.model.evidence.lists import Chances, Histories
from cyclesim.model.funding.grants import ASSISTANCE, Money
from cyclesim.model.funding.state import Appeals
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flow, Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.risks import CHANNELS, SOURCES
from cyclesim.model.people.twin import flowing, line
from cyclesim.model.people.twin.line import Lines
from cyclesim.model.people.twin.state import Places, State, Waves
from cyclesim.model.people.twin.twin import Twin
from cyclesim.model.practice import back_end, fluid
from cyclesim.model.practice.back_end import Offices
from cyclesim.model.practice.fluid import BUSY, TIME, Office
from cyclesim.model.practice.staff import share_out
from cyclesim.model.presence import Presence
from cyclesim.model.state import Gauges, Hazards, World


class Everybody(NamedTuple):
    """The people of one crisis as expected numbers, and room to work.

    Attributes
    ----------
    sizes
        People of each cohort.
    dead
        Who died in exploitation before this month, shape (1,).
    on_record
        New case records since lists were last put together, shape (sources, cells).
    cases
        New cases by source, shape (sources, cells).
    back_end
        Of each lane.
    entries, begun, completed
        Shape (lanes,).
    found, room
        By setting and channel.
    referred
        By organisation.
    wanted
        By back end.
    now
        The time, and the cases under way, shape (2,).
    """

    sizes: Integers
    places: Places
    state: State
    waves: Waves
    lines: Lines
    dead: Floats
    on_record: Floats
    cases: Floats
    back_end: Integers
    entries: Floats
    begun: Floats
    completed: Floats
    found: Floats
    room: Floats
    referred: Floats
    wanted: Floats
    now: Floats

    @classmethod
    def of(cls, twin: Twin, world: World) -> "Everybody":
        """Return the people of a twin, before anybody waits."""
        lanes, crew, offices = twin.places.setting.size, world.crew, world.offices
        of_lane = offices.of_setting[twin.places.setting]
        of_organisation = offices.of_setting[crew.place // CHANNELS]
        places, organisations, back_ends = offices.of_setting.size * CHANNELS, crew.place.size, offices.served.size
        sizes: Any = (lanes, lanes, lanes, places, places, organisations, back_ends, 2)
        return cls(
            world.sizes, twin.places, twin.state, twin.waves,
            Lines.of(of_lane.repeat(FORMS), of_organisation, back_ends),
            twin.dead_before, np.zeros_like(twin.state.records), np.zeros_like(twin.state.records), of_lane,
            *map(np.zeros, sizes),
        )  # fmt: skip


class TwinEngine:
    """The people of one crisis as expected numbers; see `cyclesim.model.engine.Engine`.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    world
        The crisis.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout, world: World) -> None:
        self.twin, self.layout = Twin(cohorts, layout), layout
        self._people = Everybody.of(self.twin, world)

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return self.twin.flows

    def live(self, month: int, c: int, world: World, money: Money, appeals: Appeals, p: Parameters) -> None:
        """Let everybody live through one month."""
        self.twin.make_room()
        lines = self._people.lines.with_room()
        if lines is not self._people.lines or self.twin.waves is not self._people.waves:
            self._people = self._people._replace(lines=lines, waves=self.twin.waves)
        live(month, c, world, self._people, money, appeals, p.records)

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        census = Census.of(self.layout.cells, self.twin.state.untouched.size)
        count(self._people, census)
        return Stocks(*census.stocks.tolist())

    def histories(self, chances: Chances) -> Histories:
        """Return the expected histories of the people recorded since last asked."""
        recorded = self._people.on_record.copy()
        self._people.on_record[:] = 0.0
        return lists.expected(chances, self.twin.lanes.gather(recorded))

    def reached(self) -> Floats:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.twin.reached()


@compiled
def live(
    month: int, c: int, w: World, people: Everybody, money: Money, appeals: Appeals, ps: Sequence[Parameters]
) -> None:
    """Let everybody live through one month; see `cyclesim.model.engine.Engine.live`."""
    g, h, at_intake = w.gauges[0], w.hazards, ps[0].record_at_intake > 0.5
    stages.face(month, w, ps)
    leaving = expose(w.gauges, h, w.presence, people, at_intake, ps)
    share_out(w.crew, people.found, people.room, people.referred)
    answer(leaving, w.gauges, h, w.offices, people, at_intake, ps)
    stages.hear(w.gauges, w.crew, h.heard, h.taken, h.away, False, people.state.flows[Flow.REFERRED], ps)
    for number in range(h.receiving.size):
        h.receiving[number] = w.offices.beyond[number, back_end.PLACES]
    affordable = money.purses[c, ASSISTANCE] / g.assistance_cost
    g.paid = complete(g.acceptance, affordable, h.conditional, h.receiving, people)
    count(people, w.census)
    looking_back.look_back(c, w, money, flowing.recorded(people.state) * g.completeness, appeals, ps)


@within
def expose(
    gauges: Sequence[Gauges], h: Hazards, presence: Presence, people: Everybody, at_intake: bool,
    ps: Sequence[Parameters],
) -> float:  # fmt: skip
    """Expose everybody to one month; return the hazard of leaving exploitation by oneself."""
    g, state, places = gauges[0], people.state, people.places
    people.dead[0] += state.flows[Flow.DIED]
    flowing.begin_month(g.month, g.month - ps[0].return_months, state, people.waves)
    staying, arrived = presence.staying[g.clock], presence.has_arrived[g.clock]
    flowing.enter(h.first, h.again, staying, arrived, h.forms, places, state, people.entries)
    leaving = flowing.leave(h.risks, h.forward, h.detained, at_intake, places, state, people.cases)
    line.find(people.cases, people.places, people.found)
    return leaving


@within
def answer(
    leaving: float, gauges: Sequence[Gauges], h: Hazards, offices: Offices, people: Everybody, at_intake: bool,
    ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Answer the cases that wait, with the places that cases of people who are no victims leave."""
    g, p = gauges[0], ps[0]
    for k in range(people.referred.size):
        h.heard[0, k], h.heard[1, k] = 0.0, 0.0
    for number in range(h.loads.size):
        places = back_end.staff(number, back_end.CASEWORKERS, offices) * p.caseload - h.loads[number]
        office = Office(max(places, 0.0), p.case_months, p.patience, leaving, float(g.month))
        serve(number, g.month, office, h.refusal, h.heard, people, at_intake)
    for source in range(SOURCES):
        for cell in range(people.cases.shape[1]):
            people.on_record[source, cell] += people.state.records[source, cell]


@within
def serve(
    number: int, month: int, office: Office, refusal: Floats, heard: Floats, people: Everybody, at_intake: bool
) -> None:
    """Let one back end serve its line for a month.

    Parameters
    ----------
    number
        The back end.
    refusal
        Probability that a person found declines help, shape (cells of the layout,).
    heard
        Referrals of each organisation answered, and lapsed, shape (2, organisations); written here.
    """
    lines, state, now, cell = people.lines, people.state, people.now, people.places.cell
    line.join(number, month, people.cases, people.referred, lines)
    line.ask(number, lines, refusal, cell, state)
    now[TIME], now[BUSY] = month, 0.0
    for lane in range(people.back_end.size):
        now[BUSY] += state.casework[lane] if people.back_end[lane] == number else 0.0
    fluid.serve(lines.batches[number], lines.fates[number], lines.number[number], now, office)
    line.settle(number, lines, refusal, cell, at_intake, state, people.begun, heard)
    line.work(number, people.back_end, people.begun, now[BUSY], office.service, state, people.completed)
    line.keep(number, lines, state)


@within
def complete(acceptance: float, affordable: float, conditional: Floats, free: Floats, people: Everybody) -> float:
    """End casework; assist whom places and money allow, alike of all completed in a month; see `flowing.complete`."""
    return flowing.complete(
        people.back_end, people.completed, acceptance, conditional, free, affordable, people.places, people.state,
        people.wanted,
    )  # fmt: skip


@compiled
def count(people: Everybody, census: Census) -> None:
    """Count everybody as the month of the people ends."""
    state, places = people.state, people.places
    dead = people.dead[0] + state.flows[Flow.DIED]
    flowing.count(places, state, dead, census.stocks, census.unknown, census.entered, census.recorded)
    for cell in range(census.unknown.size):
        census.exploited[cell] = census.unknown[cell]
    for number in range(people.lines.number.size):
        line.count(number, people.lines, places, census.stocks, census.exploited)
    for flow in range(state.flows.size):
        census.flows[flow] = state.flows[flow]
    census.waited[0] = state.waited[0]
    for cohort in range(state.untouched.size):
        census.passed[cohort] = people.sizes[cohort] - state.untouched[cohort]
        census.reached[cohort] = census.passed[cohort] - state.gone[cohort]
