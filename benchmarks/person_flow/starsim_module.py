"""The work in Starsim: a module with states, and its common random numbers on."""

from __future__ import annotations

import numpy as np
import starsim as ss
from work import AT_FIRST, DEATH, ESCAPE, FLOWS, IDENTIFICATION, IDENTIFIED, MONTHS, STRATA, Table, capacity, count


class Flow(ss.Module):
    """Being trafficked, and leaving; `flows` is filled month by month."""

    def __init__(self, people, chance):
        super().__init__()
        self.people, self.c = people, AT_FIRST
        self.flows, self.month = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64), 0
        self.stratum = np.arange(people) % STRATA
        self.risk = chance * (self.stratum + 1.0)
        self.define_states(ss.BoolState("free", default=True), ss.BoolState("trafficked"), ss.BoolState("left"))
        self.enter, self.leave = ss.random(name="enter"), ss.random(name="leave")

    def step(self):
        """Let everybody live a month."""
        if self.month == MONTHS:
            return
        free, held = self.free.uids, self.trafficked.uids
        left = np.asarray(self.left[free])
        enters = self.enter.rvs(free) < self.risk[free] * (1 + left)
        bounds = np.cumsum([IDENTIFICATION * self.c, ESCAPE, DEATH])
        way = bounds.searchsorted(self.leave.rvs(held), side="right")
        in_, out, way = free[enters], held[way < 3], way[way < 3]
        self.free[in_], self.trafficked[in_] = False, True
        self.trafficked[out], self.left[out], self.free[out] = False, True, way < 2
        now = count(self.stratum[in_], left[enters].astype(np.int64)) + count(self.stratum[out], way + IDENTIFIED)
        self.flows[self.month] = now
        self.c = capacity(int(now[:, IDENTIFIED].sum()), self.people)
        self.month += 1


def run(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run."""
    time = {"dt": ss.months(1), "dur": ss.months(MONTHS)}
    sim = ss.Sim(n_agents=people, modules=Flow(people, chance), rand_seed=seed, verbose=0, **time)
    sim.run()
    return next(m for m in sim.modules if isinstance(m, Flow)).flows


WAYS = {"Starsim": run}
