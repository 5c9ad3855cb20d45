"""The cycle: people, practice, evidence, funding, and round again."""

from __future__ import annotations

import copy

import mesa
import numpy as np

from cyclesim.errors import DesignError
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.money import split
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.model.crisis import Crisis
from cyclesim.model.funding.commitments import diversity
from cyclesim.model.funding.donors import Donor, Funding
from cyclesim.model.luck import Luck
from cyclesim.model.measures import Observations
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.workforce import SPECIALISTS, deploy
from cyclesim.vocabulary import Payer


class CycleModel(mesa.Model):
    """One world: a scenario and its luck. An ordinary Mesa model; one step is one month.

    Parameters
    ----------
    inputs
        The scenario.
    seed, draw, replication
        They key the luck, which all scenarios that are compared share.
    donor
        Class of the donors: pass a subclass of `Donor` to try another behaviour.
    twin
        Count people as expected numbers, without luck, rather than one by one.
    """

    def __init__(
        self,
        inputs: Scenario,
        seed: int = 1,
        draw: int = 0,
        replication: int = 0,
        donor: type[Donor] = Donor,
        twin: bool = False,
    ) -> None:
        super().__init__(rng=0)  # Mesa's generators are never used: luck.py is the only door to randomness
        self.inputs, self.luck = inputs, Luck(seed, draw, replication)
        self.p = Parameters(inputs.parameter_values())
        self.schedule = Schedule(inputs)
        self.month = -inputs.spin_up
        self.donors = {n: donor(self, n, spec, self.p) for n, spec in sorted(inputs.donors.items())}
        names = tuple(sorted(inputs.crises))
        self.funding = Funding(list(self.donors.values()), names, inputs.spin_up + inputs.months)
        self.crises = {n: Crisis(self, n, inputs, self.luck, self.p, self.funding.ledger(n), twin) for n in names}
        payer = inputs.interventions_paid_by
        self.observations = Observations(self.crises, self.funding, inputs.months, not twin, payer)

    def step(self) -> None:
        """Simulate one month.

        The stages, in order:

        1. dated changes
        2. people, practice, evidence: who is there, exposure and exits, referrals and casework, records and research
        3. funding: plans, beliefs, commitments, disbursements
        4. practice: money becomes capacity
        5. practice: specialists leave for responses that grow
        6. observation
        """
        if self.month >= self.inputs.months:
            raise DesignError(f"{self.inputs.name} ends after {self.inputs.months} months; raise months to go on")
        self._apply_changes()
        for crisis in self.crises.values():
            crisis.live(self.month, self.funding.appeals)
        self._fund()
        for crisis in self.crises.values():
            crisis.spend_money()
        self._deploy()
        self.observations.observe(self.month, self._bills())
        self.month += 1

    def run(self) -> CycleModel:
        """Simulate all months that are left, and return the model."""
        while self.month < self.inputs.months:
            self.step()
        return self

    def fork(self, inputs: Scenario) -> CycleModel:
        """Return a copy that goes on under another scenario, with the same past and the same luck.

        Raises
        ------
        DesignError
            If the scenarios differ before this month: the past would have been another.
        """
        differs = first_change(self.inputs, inputs)
        if differs is not None and differs < self.month:
            raise DesignError(f"{inputs.name} differs from month {differs} on, and the model stands at {self.month}")
        other = copy.deepcopy(self)
        other.inputs, other.schedule = inputs, Schedule(inputs)
        return other

    def close(self) -> None:
        """Let Mesa forget this model, so that its memory can be freed.

        Mesa 3 counts the agents of every model in a dictionary of the class `Agent`, which holds each model for
        ever: a sweep of many models would fill the memory. The model can still be read afterwards.
        """
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _apply_changes(self) -> None:
        """Give every number the value it has from this month on: dated changes and interventions."""
        for path, value in self.schedule.at(self.month):
            part, *rest = path.split(".")
            if part == "donors":
                setattr(self.donors[rest[0]], rest[1], value)
            elif value is None:  # only donors' entries can be absent
                continue
            elif part == "parameters":
                self.p.change(rest[0], value)
            else:
                self.crises[rest[0]].change(rest[1:], value)

    def _bills(self) -> list[int]:
        """Return this month's cost of interventions, split over the crises by people in need, in cents."""
        cost, people = self.schedule.cost(self.month), [crisis.in_need for crisis in self.crises.values()]
        return split(cost, people if any(people) else [1] * len(people)) if cost else [0] * len(people)

    def _fund(self) -> None:
        """Let donors, in the order of their names, review beliefs and commitments and answer flash appeals."""
        clock = self.month + self.inputs.spin_up
        calendar = (int(self.inputs.start[5:]) - 1 + self.month) % 12 + 1
        crises = list(self.crises.values())
        for crisis in crises:
            crisis.plan(self.funding.appeals)
        self.funding.read([crisis.research.published(clock, self.p) for crisis in crises])
        begun = [crisis.in_place() for crisis in crises] if clock == 0 else None
        self.funding.decide(clock, calendar, self.p, begun)
        for c, crisis in enumerate(crises):
            crisis.now.diversity = diversity(c, self.funding.donors)
        if self.inputs.interventions_paid_by is Payer.DONORS:
            for crisis, cents in zip(self.crises.values(), self._bills(), strict=True):
                crisis.money.bill(cents)

    def _deploy(self) -> None:
        """Let responses that grow take specialists from the other crises."""
        if len(self.crises) < 2:
            return
        teams = [crisis.world.work for crisis in self.crises.values()]
        staff = np.array([work.staff[SPECIALISTS] for work in teams])
        deploy(staff, np.array([work.growth[SPECIALISTS] for work in teams]), self.p.records)
        for work, left in zip(teams, staff.tolist(), strict=True):
            work.staff[SPECIALISTS] = left
