"""One crisis: its people, its responders, its evidence and its money, stage by stage."""

import math
from typing import Any

import mesa
import numpy as np

from cyclesim.inputs.dates import index
from cyclesim.inputs.parts import Crisis as CrisisSpec
from cyclesim.inputs.scenario import Scenario
from cyclesim.model import looking_back, stages
from cyclesim.model.arrays import Floats
from cyclesim.model.census import Census
from cyclesim.model.engine import Engine
from cyclesim.model.evidence.lists import LISTS, chances, lists_of
from cyclesim.model.evidence.recording import Recording
from cyclesim.model.evidence.records import YEAR, History, exploited_in_year, in_year
from cyclesim.model.evidence.research import Research
from cyclesim.model.expected import TwinEngine
from cyclesim.model.funding.books import MoneyLedger
from cyclesim.model.funding.grants import LINES
from cyclesim.model.funding.state import Appeals
from cyclesim.model.individuals import LedgerEngine
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import OfParameters, Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.exits import contact
from cyclesim.model.people.hazards import Level, form_thresholds
from cyclesim.model.planning import Documented, Planning
from cyclesim.model.practice.back_end import BackEnd, Offices
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.practice.workforce import SPECIALISTS, Workforce, evidence_base
from cyclesim.model.rare import EVENTS, Rare
from cyclesim.model.state import Gauges, Hazards, Places, World, gauges
from cyclesim.model.structure import Structure, structure
from cyclesim.vocabulary import Kind, Line


class Crisis:
    """One crisis; `CycleModel` calls its stages in the order of the month.

    Parameters
    ----------
    model
        The Mesa model that holds the agents.
    name
        Name of the crisis in the scenario; luck keys include it.
    money
        Its purses.
    twin
        Whether people are expected numbers rather than individuals; see `cyclesim.model.engine`.

    Attributes
    ----------
    world
        Its state, as records of arrays.
    """

    def __init__(
        self,
        model: mesa.Model,
        name: str,
        scenario: Scenario,
        luck: Luck,
        p: Parameters,
        money: MoneyLedger,
        twin: bool = False,
    ) -> None:
        spec = scenario.crises[name]
        self.name, self.p, self.money, self.twin = name, p, money, twin
        self.first_month, self.months = -scenario.spin_up, scenario.spin_up + scenario.months
        self._calendar = 12 * int(scenario.start[:4]) + int(scenario.start[5:]) - 1  # of month 0
        built = structure(spec, scenario.start, self.first_month, self.months)
        self.layout, self.settings = built.layout, built.layout.settings
        self.cohorts = Cohorts(list(built.cohorts), name, luck)
        self._level = Level(self.cohorts, built.at_risk)
        self._meet_responders(model, spec, scenario.start)
        self.world = self._laid_out(spec, scenario, luck, built)
        people = self.cohorts, self.layout, self.world
        self.engine: Engine = TwinEngine(*people) if twin else LedgerEngine(*people, self.organisations, self.back_ends)
        self.research = Research(None if twin else luck.stream(name, "prevalence surveys"))
        self.planning = Planning(luck.stream(name, "response plans"), spec.line)
        self.recording = Recording(luck.stream(name, "recording practice"))
        self._weights = np.zeros(LINES)
        self._of_parameters = OfParameters(self._follow)

    def _meet_responders(self, model: mesa.Model, spec: CrisisSpec, start: str) -> None:
        """Take up those who find and help people, as the scenario has them; they have not received anybody yet."""
        arrives = {n: index(o.arrives, start) for n, o in spec.organisations.items() if o.arrives}
        self.organisations = Organisations(spec.organisations, self.settings, arrives, self.first_month, self.p)
        self.responders = self.organisations.agents(model, spec.organisations)
        self._lists = lists_of([Kind(spec.organisations[n].kind) for n in self.organisations.names])
        names = sorted(spec.back_ends)
        of_setting = np.array([names.index(spec.settings[s].back_end) for s in self.settings], dtype=np.int64)
        self._offices = Offices.of([spec.back_ends[n] for n in names], of_setting)
        self.back_ends = [BackEnd(model, n, self._offices, number) for number, n in enumerate(names)]

    def _laid_out(self, spec: CrisisSpec, scenario: Scenario, luck: Luck, built: Structure) -> World:
        """Return the state before the first month."""
        shocks = [(index(shock.month, scenario.start), shock.peak) for _, shock in sorted(spec.attention.items())]
        ends = index(spec.protection_ends, scenario.start) if spec.protection_ends else math.nan
        numbers = gauges()
        g = numbers[0]
        g.month, g.clock, g.onset = self.first_month - 1, -1, built.onset
        g.protection_ends, g.needs_met, g.need = float(ends), float(spec.needs_met), math.nan
        g.line = float(spec.line)
        g.competing = math.fsum(s.requirement * s.coverage for s in scenario.sectors.values())
        sizes = self.layout.cells, len(self.cohorts.cohorts), len(self.settings)
        places = ([float(getattr(spec.settings[s], name)) for s in self.settings] for name in Places._fields)
        return World(
            numbers,
            self.cohorts.sizes,
            built.presence,
            Places(*map(np.array, places)),
            self.layout.setting_of_cell,
            np.array(shocks, dtype=np.float64).reshape(-1, 2),
            built.cells,
            built.at_risk,
            self.organisations.frontline,
            self._offices,
            Workforce.none(),
            Hazards.of(
                contact(self.p),
                form_thresholds(self.p),
                (*sizes, len(self.back_ends), len(self.organisations.names)),
            ),
            Census.of(*sizes[:2]),
            History.of(self.months, sizes[2]),
            Rare.of(luck, self.name, EVENTS, not self.twin),
        )

    # ------------------------------------------------------------ state that others read

    @property
    def now(self) -> Gauges:
        """Return the numbers of this month."""
        numbers: Any = self.world.gauges
        return numbers[0]

    @property
    def month(self) -> int:
        """Return the month of the scenario."""
        return int(self.now.month)

    @property
    def clock(self) -> int:
        """Return the months since the first simulated one."""
        return int(self.now.clock)

    @property
    def year(self) -> int:
        """Return the calendar year of this month."""
        return (self._calendar + self.month) // 12

    @property
    def people(self) -> int:
        """Return the people present."""
        return int(self.now.people)

    @property
    def in_need(self) -> int:
        """Return the people an appeal is for."""
        return int(self.now.in_need)

    # ------------------------------------------------------------ the stages, in the order of the month

    def live(self, month: int, appeals: Appeals) -> None:
        """Presence, people, practice, evidence: see `Engine.live`; then research on what is known."""
        year = (self._calendar + month) // 12
        self.world.gauges[0].recording = self.recording.factor(year, self.p)
        self._of_parameters(self.p)
        self.engine.live(month, self.money.crisis, self.world, self.money.books.money, appeals, self.p)
        self._do_research()

    def _do_research(self) -> None:
        """Put the year's lists together; hold a survey where one is due and money for data can pay its share."""
        p, research, clock = self.p, self.research, self.clock
        research.begin_month()
        if clock % YEAR == YEAR - 1:
            behind = self.organisations.shares_of_referrals(self._lists, LISTS)
            built = evidence_base(self.world.work, p.record, self.in_need)
            rates = self.world.hazards.of_year / YEAR
            now = chances(p, behind, rates, self.layout.setting_of_cell, built)
            research.study_lists(self.engine.histories(now), clock, self.people, p)
        if not research.accrue_survey(p):
            return
        cents = round(p.cost_survey * p.survey_own_share * 100)
        if self.people and cents <= self.money.purses[Line.DATA]:
            self.money.spend({Line.DATA: cents})
            prevalence = exploited_in_year(clock, self.world.history) / self.people
            research.hold_survey(clock, min(prevalence, 1.0), p)

    def spend_money(self) -> None:
        """Practice again: money becomes trained staff, specialists and investigators; see `stages.spend_money`."""
        w, money = self.world, self.money.books.money
        state = w.gauges, w.work, w.crew, w.offices, w.hazards.others, w.history
        stages.spend_money(self.money.crisis, *state, money, self._weights, self.p.records)

    # ------------------------------------------------------------ what donors see

    def plan(self, appeals: Appeals) -> None:
        """Let planners review once a year what this crisis asks for; donors see what they ask."""
        now, calendar = self.now, (self._calendar + self.month) % 12
        if not self.planning.is_due(calendar):
            return
        told = Documented(
            people=self.people if self.in_need else 0,
            published=in_year(self.world.history.published, self.clock),
            specialists=self.specialists(),
            readings=self.research.published(self.clock, self.p),
        )
        self.planning.plan(self.year, calendar, told, self.p, settling=self.month < 0)
        now.need = math.nan if self.planning.need is None else self.planning.need
        now.line = float(self.planning.line)
        looking_back.note_ask(self.money.crisis, self.world.gauges, appeals, self.p.records)

    def in_place(self) -> float:
        """Return US dollars per year, coded or not, that all donors give while the world settles."""
        return float(looking_back.in_place(self.world.gauges, self.p.records))

    def specialists(self) -> float:
        """Return the specialists in full use, whoever pays them."""
        return float(self.world.work.staff[SPECIALISTS] + stages.others_specialists(self.world.offices))

    def change(self, path: list[str], value: float) -> None:
        """Give a number of this crisis the value it has from this month on; `path` as in scenario files."""
        part, *rest = path
        if part == "needs_met":
            self.now.needs_met = value
        elif part == "settings":
            numbers: Floats = getattr(self.world.places, rest[1])
            numbers[self.settings.index(rest[0])] = value
        elif part == "organisations":
            self.organisations.posts[self.organisations.names.index(rest[0])] = value
        else:
            next(b for b in self.back_ends if b.name == rest[0]).change(rest[1], value)

    def _follow(self, p: Parameters) -> None:
        """Work out anew what depends on parameters alone."""
        self.now.level = self._level(p)
        self.world.hazards.forms[:], self.world.hazards.contact[:] = form_thresholds(p), contact(p)
