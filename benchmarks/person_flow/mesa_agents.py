"""The work in Mesa: an agent for each person."""

from __future__ import annotations

import mesa
from work import AT_FIRST, DEATH, ESCAPE, FLOWS, IDENTIFICATION, IDENTIFIED, STRATA, Table, capacity, stepped

_FREE, _TRAFFICKED, _DEAD = range(3)


class Person(mesa.Agent):
    """A person of a stratum."""

    def __init__(self, model, stratum):
        super().__init__(model)
        self.stratum, self.state, self.left = stratum, _FREE, 0

    def step(self):
        """Leave, or be trafficked, or neither."""
        model = self.model
        if self.state == _FREE:
            if model.random.random() < model.risk[self.stratum] * (1 + self.left):
                self.state = _TRAFFICKED
                model.now[self.stratum][self.left] += 1
        elif self.state == _TRAFFICKED:
            number = model.random.random()
            for way, bound in model.leave:
                if number < bound:
                    model.now[self.stratum][way] += 1
                    self.left = 1
                    self.state = _DEAD if way == 4 else _FREE
                    break


class Work(mesa.Model):
    """All people; one step is one month."""

    def __init__(self, people, chance, seed):
        super().__init__(rng=seed)
        self.people, self.c = people, AT_FIRST
        self.risk = [chance * (stratum + 1) for stratum in range(STRATA)]
        Person.create_agents(self, people, [person % STRATA for person in range(people)])

    def step(self):
        """Let everybody live a month."""
        found = IDENTIFICATION * self.c
        self.leave = [(2, found), (3, found + ESCAPE), (4, found + ESCAPE + DEATH)]
        self.now = [[0] * FLOWS for _ in range(STRATA)]
        self.agents.do("step")
        self.c = capacity(sum(row[IDENTIFIED] for row in self.now), self.people)


def run(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run."""
    model = Work(people, chance, seed)
    flows = stepped(model)
    getattr(mesa.Agent, "_ids", {}).pop(model, None)  # Mesa 3.3 keeps every model for ever
    return flows


WAYS = {"Mesa": run}
