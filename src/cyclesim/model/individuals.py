"""The individual engine: persons with luck of their own pass through queue, casework and assistance."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.census import Census
from cyclesim.model.engine import Stocks
from cyclesim.model.evidence.lists import Chances, Histories, realised
from cyclesim.model.funding.grants import ASSISTANCE, Money
from cyclesim.model.funding.state import Appeals
from cyclesim.model.looking_back import look_back
from cyclesim.model.luck import LIST_PAGE
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flow, Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger import cases
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.model.people.person import PersonRow
from cyclesim.model.people.pool import CELL
from cyclesim.model.people.risks import CHANNELS
from cyclesim.model.practice.back_end import PLACES, BackEnd
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.stages import face, hear
from cyclesim.model.state import World


class LedgerEngine:
    """The people of one crisis, one by one; see `cyclesim.model.engine.Engine`.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    world
        The crisis.
    organisations, back_ends
        Who refers, and who answers.
    """

    def __init__(
        self, cohorts: Cohorts, layout: Layout, world: World, organisations: Organisations, back_ends: Sequence[BackEnd]
    ) -> None:
        self.ledger, self.layout = Ledger(cohorts, layout), layout
        self._organisations, self._back_ends, self._offices = organisations, back_ends, world.offices
        self._places = np.zeros(len(back_ends))  # part of a person's assistance left over

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return self.ledger.flows

    # ------------------------------------------------------------ the month

    def live(self, month: int, c: int, world: World, money: Money, appeals: Appeals, p: Parameters) -> None:
        """Let everybody live through one month."""
        ledger, h, now = self.ledger, world.hazards, world.gauges[0]
        face(month, world, p.records)
        ledger.at_intake = bool(p.record_at_intake > 0.5)
        ledger.expose(month, h.first, h.again, p.return_months, h.risks, h.forward, h.detained, h.forms)
        h.heard[:] = self._answer(month, h.loads, h.refusal, p)
        referred = ledger.tally.flows[Flow.REFERRED]
        hear(world.gauges, world.crew, h.heard, h.taken, h.away, True, float(referred), p.records)
        affordable = int(money.purses[c, ASSISTANCE] / now.assistance_cost)
        now.paid = self._complete(month, affordable, float(now.acceptance), h.conditional, h.refusal)
        self._count(world.census)
        look_back(c, world, money, float(ledger.reported(float(now.completeness))), appeals, p.records)

    def _answer(self, month: int, loads: Floats, refusal: Floats, p: Parameters) -> Integers:
        """Answer the cases that wait; return referrals of each organisation answered, and lapsed."""
        ledger = self.ledger
        self._name_responders()
        size = ledger.waiting.size
        outcome, when, length = np.zeros(size, dtype=np.int64), np.full(size, np.inf), np.zeros(size)
        for number, (back_end, load) in enumerate(zip(self._back_ends, loads.tolist(), strict=True)):
            queue = ledger.queue(self._offices.of_setting, number, refusal)
            done, time = back_end.answer(queue.arrived, queue.leaves, queue.service, month, load, p)
            outcome[queue.rows], when[queue.rows] = done, time
            length[queue.rows] = queue.service * p.case_months
        return ledger.settle(outcome, when, length, refusal, len(self._organisations.names))

    def _complete(self, month: int, affordable: int, acceptance: float, conditional: Floats, refusal: Floats) -> float:
        """End casework; assist whom places and money allow, in order of completion; return whom money pays for."""
        ledger = self.ledger
        rows, formal, eligible = ledger.completing(month + 1, acceptance, conditional, refusal)
        where = self._offices.of_setting[self.layout.setting_of_cell[ledger.casework.who[CELL, rows]]]
        assisted, used = np.zeros(rows.size, dtype=bool), np.zeros(len(self._places), dtype=np.int64)
        new = self._offices.beyond[:, PLACES]
        free = np.minimum(self._places + new, new + 1.0)
        paid = cases.assist(where, eligible, free, affordable, assisted, used)
        self._places = free - used
        ledger.complete(rows, formal, assisted)
        return float(paid)

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        ledger = self.ledger
        return Stocks(
            unknown=ledger.exploited.size,
            found=int(ledger.found().sum()),
            waiting=ledger.waiting.size,
            casework=ledger.casework.size,
            survivors=ledger.survivors.size,
            settled=ledger.settled,
            dead=ledger.dead,
        )

    def histories(self, chances: Chances) -> Histories:
        """Return the histories of the people recorded since last asked, each from luck of his or her own."""
        who, source = self.ledger.take_records()
        return realised(chances, who[CELL], source, self.ledger.luck_of(who, LIST_PAGE))

    def reached(self) -> Integers:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.ledger.cohorts.reached()

    # ------------------------------------------------------------ details

    def _count(self, census: Census) -> None:
        """Count everybody as the month of the people ends."""
        ledger = self.ledger
        census.stocks[:] = dataclasses.astuple(self.stocks())
        census.flows[:], census.waited[:] = ledger.tally.flows, ledger.tally.waited
        census.unknown[:], census.entered[:] = ledger.tally.unknown, ledger.tally.entered
        census.recorded[:], census.exploited[:] = ledger.tally.recorded, ledger.tally.unknown + ledger.found()
        census.passed[:], census.reached[:] = ledger.cohorts.passed(), ledger.cohorts.reached()

    def _name_responders(self) -> None:
        """Name the organisation behind each new referral."""
        waiting, new = self.ledger.waiting, self.ledger.newcomers
        source = waiting.values[PersonRow.SOURCE, new]
        rows = np.flatnonzero(source < CHANNELS)
        setting, channel = self.layout.setting_of_cell[waiting.who[CELL, new][rows]], source[rows].astype(np.int64)
        waiting.values[PersonRow.RESPONDER, rows + new.start] = self._organisations.assign(
            setting, channel, waiting.values[PersonRow.ORGANISATION, new][rows]
        )
