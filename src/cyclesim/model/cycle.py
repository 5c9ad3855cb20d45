"""The cycle: people, practice, evidence, funding, and round again."""

from __future__ import annotations

import copy
import math

import mesa

from cyclesim.errors import DesignError
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.money import split
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.model.crisis import Crisis
from cyclesim.model.funding.donors import Donor
from cyclesim.model.funding.programmes import diversity
from cyclesim.model.luck import Luck
from cyclesim.model.measures import Observations
from cyclesim.model.parameters import Parameters
from cyclesim.model.practice.workforce import deploy
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
        self.crises = {n: Crisis(self, n, inputs, self.luck, self.p, twin) for n in sorted(inputs.crises)}
        payer = inputs.interventions_paid_by
        self.observations = Observations(self.crises, self.donors, inputs.months, not twin, payer)

    def step(self) -> None:
        """Simulate one month.

        The stages, in order:

        1. dated changes
        2. presence: who is there, people and staff
        3. people: exposure, recruitment, exits
        4. practice: referrals, casework, outcomes
        5. evidence: case records, reports
        6. funding: plans, beliefs, commitments, disbursements
        7. practice: money becomes capacity
        8. practice: specialists leave for responses that grow
        9. observation
        """
        if self.month >= self.inputs.months:
            raise DesignError(f"{self.inputs.name} ends after {self.inputs.months} months; raise months to go on")
        self._apply_changes()
        for crisis in self.crises.values():
            crisis.begin_month(self.month)
            crisis.move_people()
            crisis.answer_cases()
            crisis.keep_records()
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
        for crisis in self.crises.values():
            crisis.plan()
        appeals = [crisis.appeal() for crisis in self.crises.values()]
        budgets = math.fsum(d.budget for d in self.donors.values())
        level = {name: math.fsum(d.rates.get(name, 0.0) for d in self.donors.values()) for name in self.crises}
        for donor in self.donors.values():
            share = donor.budget / budgets if budgets else 0.0
            if self.month == -self.inputs.spin_up:
                for crisis, appeal in zip(self.crises.values(), appeals, strict=True):
                    donor.begin(appeal, share, crisis.in_place(), clock, calendar, self.p)
            donor.decide(appeals, share, level, clock, calendar, self.p)
        for name, crisis in self.crises.items():
            crisis.diversity = diversity([donor.rates[name] for donor in self.donors.values()])
        if self.inputs.interventions_paid_by is Payer.DONORS:
            for crisis, cents in zip(self.crises.values(), self._bills(), strict=True):
                crisis.money.bill(cents)

    def _deploy(self) -> None:
        """Let responses that grow take specialists from the other crises."""
        deploy([crisis.workforce for crisis in self.crises.values()], self.p)
