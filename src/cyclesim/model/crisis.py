"""One crisis: its people, its responders, its evidence and its money, stage by stage."""

import math

import mesa
import numpy as np

from cyclesim.inputs.dates import index
from cyclesim.inputs.parts import Crisis as CrisisSpec
from cyclesim.inputs.quantity import added
from cyclesim.inputs.scenario import Scenario
from cyclesim.model import intake
from cyclesim.model.agenda import Agenda
from cyclesim.model.arithmetic import exp
from cyclesim.model.arrays import Counts, Floats
from cyclesim.model.engine import Engine, Exposure, Terms
from cyclesim.model.evidence.lists import LISTS, chances, lists_of
from cyclesim.model.evidence.recording import Recording
from cyclesim.model.evidence.records import CaseRecords, Month
from cyclesim.model.evidence.research import Research
from cyclesim.model.expected import TwinEngine
from cyclesim.model.funding.donors import Appeal
from cyclesim.model.funding.grants import MoneyLedger
from cyclesim.model.individuals import LedgerEngine
from cyclesim.model.luck import Luck
from cyclesim.model.parameters import OfParameters, Parameters
from cyclesim.model.people.arrivals import cohorts, onset
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.exits import Exits, identify
from cyclesim.model.people.hazards import (
    FirstHazard,
    Layout,
    form_thresholds,
    return_hazard,
    shadow_of_expiry,
)
from cyclesim.model.people.places import Places
from cyclesim.model.people.risks import INVESTIGATION, POLICE, SOURCES, detection_hazard
from cyclesim.model.planning import Documented, Planning
from cyclesim.model.practice.back_end import BackEnd
from cyclesim.model.practice.frontline import Conditions
from cyclesim.model.practice.justice import Justice
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.practice.perpetrators import WATCH_REFERENCE, Perpetrators
from cyclesim.model.practice.reception import receive
from cyclesim.model.practice.workforce import Market, Workforce
from cyclesim.vocabulary import Kind, Line


class Crisis:
    """One crisis; `CycleModel` calls its stages in the order of the month.

    Parameters
    ----------
    model
        The Mesa model that holds the agents.
    name
        Name of the crisis in the scenario; luck keys include it.
    twin
        Whether people are expected numbers rather than individuals; see `cyclesim.model.engine`.
    """

    def __init__(
        self, model: mesa.Model, name: str, scenario: Scenario, luck: Luck, p: Parameters, twin: bool = False
    ) -> None:
        spec = scenario.crises[name]
        self.name, self.p = name, p
        self.first_month = -scenario.spin_up
        self._calendar = 12 * int(scenario.start[:4]) + int(scenario.start[5:]) - 1  # of month 0
        found = cohorts(spec, scenario.start, self.first_month)
        self.layout = Layout.of(tuple(sorted(spec.settings)), found)
        self.cohorts = Cohorts(found, name, luck)
        self.first_hazard = FirstHazard(self.cohorts, self.layout)
        self.places = Places(spec.settings, self.cohorts, self.layout, self.first_month)
        self.settings = self.places.names
        self.agenda = Agenda(spec, scenario.start, self.cohorts, self.first_month)
        self._protection_ends = index(spec.protection_ends, scenario.start) if spec.protection_ends else None
        self.needs_met = float(spec.needs_met)
        self._meet_responders(model, spec, scenario.start)
        world = (self.cohorts, self.layout, self.organisations, self.back_ends, self.back_end_of_setting)
        self.engine: Engine = TwinEngine(*world) if twin else LedgerEngine(*world, name, luck)
        self.months = scenario.spin_up + scenario.months
        self.records, self.money = CaseRecords(self.months), MoneyLedger(self.months)
        self.research = Research(None if twin else luck.stream(name, "prevalence surveys"))
        self._competing = math.fsum(s.requirement * s.coverage for s in scenario.sectors.values())
        self.exits, self.perpetrators = Exits(self.layout), Perpetrators(len(self.settings))
        self.onset = onset(found, self.first_month)
        self.planning = Planning(luck.stream(name, "response plans"), spec.line)
        self.recording = Recording(luck.stream(name, "recording practice"))
        self._found: list[Counts] = []  # people identified by setting, month by month
        self.diversity = 0.0  # of the donors who give for this crisis
        self._forms = OfParameters(form_thresholds)
        self.month = self.first_month

    def _meet_responders(self, model: mesa.Model, spec: CrisisSpec, start: str) -> None:
        """Take up those who find and help people, as the scenario has them; they have not received anybody yet."""
        arrives = {n: index(o.arrives, start) for n, o in spec.organisations.items() if o.arrives}
        self.organisations = Organisations(spec.organisations, self.settings, arrives, self.first_month, self.p)
        self.responders = self.organisations.agents(model, spec.organisations)
        self._lists = lists_of([Kind(spec.organisations[n].kind) for n in self.organisations.names])
        self.back_ends = [BackEnd(model, n, spec.back_ends[n]) for n in sorted(spec.back_ends)]
        names = [b.name for b in self.back_ends]
        self.back_end_of_setting = np.array([names.index(spec.settings[s].back_end) for s in self.settings])
        self.workforce, self.justice = Workforce(), Justice()
        self.reach, self.taken = np.ones(len(self.settings)), np.ones((2, len(self.settings)))  # see Received
        self.turned_away, self._turned_away = 0.0, np.zeros(len(self.organisations.names))  # all; by organisation

    # ------------------------------------------------------------ state that several stages read

    @property
    def clock(self) -> int:
        """Months since the first simulated one."""
        return self.month - self.first_month

    @property
    def year(self) -> int:
        """Calendar year of this month."""
        return (self._calendar + self.month) // 12

    def attention(self) -> float:
        """Return media attention this month."""
        return self.agenda.attention(self.month, self.p)

    # ------------------------------------------------------------ the stages, in the order of the month

    def begin_month(self, month: int) -> None:
        """Note who is present: people at home and in need, and the staff of organisations and back ends."""
        self.month = month
        self.places.begin_month(month)
        self.people = int(self.places.present.sum())
        self.in_need = int(self.cohorts.there(month)[self.cohorts.in_need(month)].sum())
        self.organisations.update_presence(month, self.places.uprooted, self.p)
        self.organisations.vet(self.p)
        for number, back_end in enumerate(self.back_ends):
            back_end.update_staff(self.p, self._served(number))
        self.market = Market.of(self.p, self.leadership(), self.diversity)
        self.stock = self.engine.stocks().exploited
        self.cells_at_start = self.engine.unknown_by_cell().astype(np.float64)
        self.watch = self._watch()

    def move_people(self) -> None:
        """People: exposure, recruitment, exits.

        The hazard of referral (`Organisations.referral`) becomes one of the risks of every cell (`Exits.risks`); whom
        it strikes joins the queue (`Ledger.expose`).
        """
        p = self.p
        prevention = self.workforce.prevention_share(p, self.in_need)
        pressure = self._pressure()
        left = None if self._protection_ends is None else self._protection_ends - self.month
        shadow = shadow_of_expiry(p, left)
        first = self.first_hazard.of_month(self.month, p, pressure, 1.0 - self.needs_met, prevention, shadow)
        again = return_hazard(p, pressure, prevention, self.month - self.onset)
        self.risks = self.exits.risks(p, self._referral(), self._proactive())
        self.forward = self.exits.forward(p, self._conditional(), self.attention(), self._follows())
        self.detained = self.exits.detained(p)
        self._receive()
        self.refusal = self.exits.refusal(p, self._conditional())
        hazards = self.risks, self.forward, self.detained
        exposure = Exposure(first, again, p.return_months, *hazards, self._forms(p), p.record_at_intake > 0.5)
        self.engine.expose(self.month, exposure)

    def answer_cases(self) -> None:
        """Practice: referrals, casework, outcomes, assistance; responders hear what became of their referrals.

        Back ends serve the queue with the caseworkers they have (`BackEnd.answer`). Whoever is answered and accepts
        help is detected: on record (`Ledger.settle`), if records are not made at intake already.
        """
        p, conditional = self.p, self._conditional()
        terms = Terms(self.refusal, conditional, self.acceptance())
        loads = [self.wrongly * p.screening_months * self._share_of(number) for number in range(len(self.back_ends))]
        answered, lapsed = self.engine.answer(self.month, loads, terms, p)
        wrong = self.wrongly / (self.wrongly + self.engine.flows.referred) if self.wrongly else 0.0
        self.organisations.update_trust(p, answered, lapsed, self.taken[1], self._turned_away, wrong)
        self._assist(terms)
        self._prosecute()

    def keep_records(self) -> None:
        """Evidence: case records on their way into reports, and what only the simulator knows."""
        flows, p = self.engine.flows, self.p
        usual = self.workforce.completeness(p, self.in_need, self.acceptance())
        completeness = min(usual * self.recording.factor(self.year, p), 1.0)
        recorded = self.engine.recorded()
        self.identified = recorded.sum().item()
        self.identified_police = recorded[[POLICE, INVESTIGATION]].sum().item()
        self._found.append(np.bincount(self.layout.setting_of_cell, recorded.sum(axis=0), len(self.settings)))
        entries = flows.newly_trafficked + flows.retrafficked
        self.records.observe(
            self.clock,
            Month(
                people=self.people,
                stock=self.stock,
                entries=entries,
                identified=self.identified,
                assisted=flows.assisted,
                detained=flows.detained,
                answered=flows.answered,
                lapsed=flows.lapsed,
                withdrawn=flows.withdrawn,
                turned_away=self.turned_away,
            ),
        )
        reported = self.engine.reported(completeness)
        rates = np.empty((SOURCES, self.layout.cells))
        expected = identify(*self._recorded_by(), self.cells_at_start, rates)
        self.records.publish(self.clock, reported, usual * expected, round(p.reporting_lag))
        self._do_research(rates)

    def _do_research(self, rates: Floats) -> None:
        """Put the year's lists together; hold a survey where one is due and money for data can pay its share.

        Parameters
        ----------
        rates
            Hazards of being identified, an oracle, shape (sources, cells).
        """
        p, research = self.p, self.research
        year = research.hazards_of_the_year(rates, self.clock)
        if year is not None:
            behind = self.organisations.shares_of_referrals(self._lists, LISTS)
            built = self.workforce.evidence_base(p, self.in_need)
            now = chances(p, behind, year, self.layout.setting_of_cell, built)
            research.study_lists(self.engine.histories(now), self.clock, self.people, p)
        cents = round(p.cost_survey * p.survey_own_share * 100)
        if research.accrue_survey(p) and self.people and cents <= self.money.purses[Line.DATA]:
            self.money.spend({Line.DATA: cents})
            research.hold_survey(self.clock, min(self.records.exploited_in_year() / self.people, 1.0), p)

    def spend_money(self) -> None:
        """Practice again: money becomes trained staff, specialists and investigators, next month's capacity.

        Interventions that donors pay come before all of it but assistance already given.
        """
        disbursed = self.money.disburse(self.clock, self.p.giving)
        self.money.spend({Line.ASSISTANCE: self.assistance_cents})
        self.money.charge()
        staff = math.fsum(self.organisations.staff.tolist())
        prepared = self.workforce.local_share(self.p, self.in_need)
        known = self.workforce.evidence_base(self.p, self.in_need)
        self.money.spend(self.workforce.spend(self.money.purses, staff, prepared, known, self.market, self.p))
        others = np.array([b.beyond["training"] for b in self.back_ends])[self.back_end_of_setting]
        self.organisations.learn(self.p, self.workforce.training_rate, others, self.market.churn)
        for number, back_end in enumerate(self.back_ends):
            back_end.update_funded(self.workforce, self._share_of(number))
        self.records.pay(self.required_cents(), disbursed)

    # ------------------------------------------------------------ what donors see

    def plan(self) -> None:
        """Let planners review once a year what this crisis asks for."""
        told = Documented(
            people=self.people if self.in_need else 0,
            published=self.records.published_in_year(self.clock),
            specialists=self.specialists(),
            readings=self.research.published(self.clock, self.p),
        )
        self.planning.plan(self.year, (self._calendar + self.month) % 12, told, self.p, settling=self.month < 0)

    def in_place(self) -> float:
        """Return US dollars per year, coded or not, that all donors give while the world settles."""
        return float(self.in_need * self.p.initial_funding / self.p.coded_share)

    def required_cents(self) -> int:
        """Return what planners ask for in a month, coded or not, in cents; in the plan it stands only with a line."""
        return round(self.in_need * self.planning.ask(self.p) * 100 / 12)

    def appeal(self) -> Appeal:
        """Return what a donor sees of this crisis."""
        evidence = self.records.evidence(self.clock)
        return Appeal(
            crisis=self.name,
            age=self.month - self.onset,
            in_need=self.in_need,
            ask=self.planning.ask(self.p),
            line=self.planning.line,
            planned=self.agenda.planned(self.month, self.in_need, self.p),
            competing=self.in_need * self._competing,
            attention=self.attention(),
            cases=evidence.cases,
            people=evidence.people,
            years=evidence.years,
            ideal_share=evidence.ideal_share,
            readings=self.research.published(self.clock, self.p),
            gaps=self.gaps(),
            in_place=self.in_place() if self.month < 0 else None,
            commit=self.money.commit,
            replace=self.money.replace,
        )

    def gaps(self) -> dict[Line, float]:
        """Return the bottlenecks that responders report, by line, 0 to 1."""
        flows = self.engine.flows
        completed = flows.identified_formally + flows.presumptive
        return {
            Line.TRAINING: 1.0 - self.organisations.mean(self.organisations.trained),
            Line.BACK_END: 1.0 - self._share_answered("lapsed"),
            Line.ASSISTANCE: 1.0 - flows.assisted / completed if completed else 0.0,
            Line.RECEPTION: 1.0 - self.received_share(),
        }

    def answered_share(self) -> float:
        """Return the share of referrals settled in the last 12 months that were answered; 1 before any was settled.

        Referrals that reception did not take were not answered.
        """
        return self._share_answered("lapsed", "turned_away")

    def received_share(self) -> float:
        """Return the share of those who would come forward whom reception receives, over the people present."""
        shares = (self.reach * self.taken[0] * self.places.present).tolist()
        return math.fsum(shares) / self.people if self.people else 0.0

    def specialists(self) -> float:
        """Return the specialists in full use, whoever pays them."""
        return self.workforce.specialists.staff + self._specialists_of_others()

    def leadership(self) -> float:
        """Return how far one agency leads, 0 to 1: less while no champion drives the agenda (M18)."""
        p = self.p
        return float(p.leadership * (1.0 - p.champion_dependence * (1.0 - p.champion)))

    def acceptance(self) -> float:
        """Return the share of completed cases identified formally: it needs investigators (E2; M3)."""
        p = self.p
        investigators = math.fsum(b.investigators for b in self.back_ends) * 1e6 / max(self.people, 1)
        return float(p.acceptance * (1.0 - p.proof_gap * exp(-investigators / p.investigators_need)))

    def referral_rate(self) -> float:
        """Return this month's mean hazard of being found, over people in exploitation."""
        total = float(self.cells_at_start.sum())
        return (
            math.fsum((self.cells_at_start * detection_hazard(self.risks, self.detained)).tolist()) / total
            if total
            else 0.0
        )

    def change(self, path: list[str], value: float) -> None:
        """Give a number of this crisis the value it has from this month on; `path` as in scenario files."""
        part, *rest = path
        if part == "needs_met":
            self.needs_met = value
        elif part == "settings":
            self.places.change(rest[0], rest[1], value)
        elif part == "organisations":
            self.organisations.posts[self.organisations.names.index(rest[0])] = value
        else:
            next(b for b in self.back_ends if b.name == rest[0]).change(rest[1], value)

    # ------------------------------------------------------------ what moves hazards

    def _watch(self) -> Floats:
        """Return the share of the exploited found within a year, by setting; the reference in the first year."""
        if len(self._found) < 12:
            return np.full(len(self.settings), WATCH_REFERENCE)
        held = np.bincount(self.layout.setting_of_cell, self.cells_at_start, len(self.settings))
        seen = sum(self._found[-12:])
        return seen / np.maximum(held + seen, 1)

    def _pressure(self) -> Floats:
        """Return intensity times the pressure of perpetrators, by setting   (X3)."""
        p, organisations = self.p, self.organisations
        self.perpetrators.move(p, self.places.arrived, self.watch, self.places.present)
        demand = 1.0 + p.international_demand * organisations.share("international")
        infiltration = 1.0 + p.infiltration * organisations.share("unvetted")
        pressure = self.perpetrators.pressure(p, 1.0 - self.needs_met)
        return self.places.driven(p) * pressure * (demand * infiltration)

    def _detectable(self) -> Floats:
        return np.maximum(1.0 - self.p.adaptation * self.watch / 0.1, 0.0) * self.places.access

    def _referral(self) -> Floats:
        """Return the hazard of referral by channel and setting; note who is suspected wrongly."""
        p, work, leadership = self.p, self.workforce, self.leadership()
        now = Conditions(
            people=self.places.present,
            arrivals=self.places.arrived,
            unmet=1.0 - self.needs_met,
            awareness=work.awareness(p, self.in_need, self.attention()),
            leadership=leadership,
            clarity=work.clarity(p, self.in_need, leadership, self._specialists_of_others()),
            local=work.local_share(p, self.in_need),
        )
        return self.organisations.referral(p, now) * self._detectable()

    def _receive(self) -> None:
        """Let reception take whom it can of those who would come forward or are referred   (P12, P13).

        It stands in nobody's way who is detained or expelled: they are not referred.
        """
        p, present = self.p, self.places.present
        wrong = self.organisations.false_positives(p, present)
        coming, referred = np.empty((2, len(self.settings)))
        cells = self.cells_at_start, self.risks, self.forward, self.detained, self.layout.setting_of_cell
        intake.demand(*cells, coming, referred)
        posts = np.array([back_end.reception for back_end in self.back_ends])
        asked = coming, referred, wrong
        receive(p.records, posts, self.back_end_of_setting, present, *asked, self.reach, self.taken)
        full = np.empty(self.organisations.places)
        intake.admit(*cells, self.reach, self.taken, self.organisations.at_work(), full)
        self._turned_away = self.organisations.shares() * full[self.organisations.place]
        self.turned_away = math.fsum(self._turned_away.tolist())
        expected = math.fsum((wrong * self.reach * self.taken[1]).tolist())
        self.wrongly = self.engine.events("people suspected wrongly", expected)

    def _follows(self) -> float:
        """Return the factor on coming forward of what followed for those who came before   (H4; M47).

        That is the share of those on record, or held, in the last 12 months who were assisted.
        """
        assisted, identified, detained = (self.records.in_year(n) for n in ("assisted", "identified", "detained"))
        known = identified + detained
        follows = min(assisted / known, 1.0) if known else 1.0
        return float(1.0 - self.p.follow_weight * (1.0 - follows))

    def _specialists_of_others(self) -> float:
        return math.fsum(b.beyond["specialists"] for b in self.back_ends)

    def _proactive(self) -> Floats:
        proactive = np.array([b.proactive(self.p, self.people) for b in self.back_ends])
        return proactive[self.back_end_of_setting] * self._detectable()

    def _served(self, number: int) -> int:
        """Return the people whom a back end serves."""
        return int(self.places.present[self.back_end_of_setting == number].sum())

    def _share_of(self, number: int) -> float:
        """Return the share of the people whom a back end serves."""
        return self._served(number) / self.people if self.people else 0.0

    def _conditional(self) -> Floats:
        conditional = np.array([b.conditional for b in self.back_ends])
        return conditional[self.back_end_of_setting]

    def _recorded_by(self) -> tuple[Floats, Floats, Floats, Floats, float]:
        """Return hazards, and what of those referred is on record: who accepts and is answered, or all at intake."""
        if self.p.record_at_intake > 0.5:
            return self.risks, self.detained, self.forward, np.zeros_like(self.refusal), 1.0
        return self.risks, self.detained, self.forward, self.refusal, self._share_answered("lapsed", "withdrawn")

    def _share_answered(self, *not_answered: str) -> float:
        """Return the share of referrals that were answered in the last 12 months, and not one of these."""
        settled = [self.records.in_year(name) for name in ("answered", *not_answered)]
        return settled[0] / added(settled) if added(settled) else 1.0

    def _assist(self, terms: Terms) -> None:
        """End casework; assist whom places and money allow."""
        cost = round(self.p.cost_assistance * 100 / (1.0 - self.market.overhead))
        places = [back_end.beyond["assistance_places"] for back_end in self.back_ends]
        paid = self.engine.complete(self.month, places, self.money.purses[Line.ASSISTANCE] / cost, terms)
        self.assistance_cents = min(round(paid * cost), self.money.purses[Line.ASSISTANCE])

    def _prosecute(self) -> None:
        """Open and close investigations; suspects and convictions are what happens of the numbers expected."""
        flows, justice = self.engine.flows, self.justice
        completed = flows.identified_formally + flows.presumptive
        investigators = math.fsum(b.investigators for b in self.back_ends)
        justice.step(completed, flows.assisted, investigators, self.p)
        self.suspects = self.engine.events("suspects", justice.suspects)
        self.convictions = self.engine.events("convictions", justice.convictions)
