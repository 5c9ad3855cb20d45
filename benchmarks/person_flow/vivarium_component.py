"""The work in Vivarium: a component with its own columns and streams."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
from vivarium import Component, InteractiveContext
from work import AT_FIRST, DEATH, ESCAPE, FLOWS, IDENTIFICATION, IDENTIFIED, MONTHS, STRATA, Table, capacity, count

_FREE, _TRAFFICKED, _DEAD = range(3)


class Flow(Component):
    """Being trafficked, and leaving; `flows` is filled month by month."""

    def __init__(self, people, chance):
        super().__init__()
        self.people, self.chance, self.c = people, chance, AT_FIRST
        self.flows, self.month = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64), 0

    def setup(self, builder):
        """Ask for streams of luck and columns."""
        self.enter = builder.randomness.get_stream("enter")
        self.leave = builder.randomness.get_stream("leave")
        columns = ["stratum", "state", "left"]
        builder.population.register_initializer(initializer=self.begin, columns=columns, required_resources=[])

    def begin(self, data):
        """Everybody is free and has never left."""
        number = len(data.index)
        stratum = np.asarray(data.index) % STRATA
        zeros = np.zeros(number, dtype=np.int64)
        columns = {"stratum": stratum, "state": zeros, "left": zeros.copy()}
        self.population_view.initialize(pd.DataFrame(columns, index=data.index))

    def on_time_step(self, event):
        """Let everybody live a month."""
        now = self.population_view.get(event.index, ["stratum", "state", "left"])
        stratum, state, left = (now[name].to_numpy() for name in now.columns)
        free, held = np.flatnonzero(state == _FREE), np.flatnonzero(state == _TRAFFICKED)
        risk = self.chance * (stratum[free] + 1) * (1 + left[free])
        enters = free[self.enter.get_draw(now.index[free]).to_numpy() < risk]
        bounds = np.cumsum([IDENTIFICATION * self.c, ESCAPE, DEATH])
        way = bounds.searchsorted(self.leave.get_draw(now.index[held]).to_numpy(), side="right")
        leaves, way = held[way < 3], way[way < 3]
        counts = count(stratum[enters], left[enters]) + count(stratum[leaves], way + IDENTIFIED)
        self.flows[self.month], self.month = counts, self.month + 1
        self.c = capacity(int(counts[:, IDENTIFIED].sum()), self.people)
        moved = now.iloc[np.concatenate([enters, leaves])][["state", "left"]].copy()
        moved["state"] = np.concatenate([np.full(enters.size, _TRAFFICKED), np.where(way == 2, _DEAD, _FREE)])
        moved["left"] = np.concatenate([left[enters], np.ones(leaves.size, dtype=np.int64)])
        self.population_view.update(["state", "left"], lambda _: moved)


def run(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run."""
    logging.disable(logging.INFO)
    flow = Flow(people, chance)
    settings = {
        "population": {"population_size": people},
        "randomness": {"random_seed": seed},
        "time": {"start": {"year": 2020, "month": 1, "day": 1}, "step_size": 30},
    }
    simulation = InteractiveContext(components=[flow], configuration=settings, logging_verbosity=0)
    simulation.take_steps(MONTHS, with_logging=False)
    return flow.flows


WAYS = {"Vivarium": run}
