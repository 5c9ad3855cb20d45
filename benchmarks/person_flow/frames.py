"""The work in mesa-frames: people are the rows of a Polars frame."""

from __future__ import annotations

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from work import AT_FIRST, DEATH, ESCAPE, IDENTIFICATION, IDENTIFIED, STRATA, Table, capacity, count, stepped

_FREE, _TRAFFICKED, _DEAD = range(3)


class People(AgentSetPolars):
    """All people; `event` is what happened this month, a column of the flows or -1."""

    def __init__(self, model, people, chance):
        super().__init__(model)
        stratum = np.arange(people) % STRATA
        self += pl.DataFrame(
            {
                "unique_id": np.arange(people),
                "stratum": stratum.astype(np.int8),
                "risk": chance * (stratum + 1.0),
                "state": np.zeros(people, dtype=np.int8),
                "left": np.zeros(people, dtype=np.int8),
            }
        )

    def step(self):
        """Live a month."""
        identified = IDENTIFICATION * self.model.c
        number, held = pl.col("number"), pl.col("state") == _TRAFFICKED
        enters = (pl.col("state") == _FREE) & (number < pl.col("risk") * (1 + pl.col("left")))
        event = (
            pl.when(enters)
            .then(pl.col("left"))
            .when(held & (number < identified))
            .then(pl.lit(2, pl.Int8))
            .when(held & (number < identified + ESCAPE))
            .then(pl.lit(3, pl.Int8))
            .when(held & (number < identified + ESCAPE + DEATH))
            .then(pl.lit(4, pl.Int8))
            .otherwise(pl.lit(-1, pl.Int8))
        )
        number = pl.Series("number", self.model.random.random(len(self.agents)))
        frame = self.agents.with_columns(number).with_columns(event=event)
        event = pl.col("event")
        state = pl.when(event.is_in([0, 1])).then(pl.lit(_TRAFFICKED, pl.Int8))
        state = state.when(event.is_in([2, 3])).then(pl.lit(_FREE, pl.Int8))
        state = state.when(event == 4).then(pl.lit(_DEAD, pl.Int8)).otherwise(pl.col("state"))
        left = pl.when(event >= 2).then(pl.lit(1, pl.Int8)).otherwise(pl.col("left"))
        self.agents = frame.with_columns(state=state, left=left).drop("number")


class Work(ModelDF):
    """All people; one step is one month."""

    def __init__(self, people, chance, seed):
        super().__init__(seed)
        self.people, self.c = people, AT_FIRST
        self.everybody = People(self, people, chance)

    def step(self):
        """Let everybody live a month, and count."""
        self.everybody.step()
        events = self.everybody.agents.filter(pl.col("event") >= 0).select("stratum", "event").to_numpy().astype(int)
        self.now = count(events[:, 0], events[:, 1])
        self.c = capacity(int(self.now[:, IDENTIFIED].sum()), self.people)


def run(people: int, chance: float, seed: int) -> Table:
    """Return the flows of one run."""
    return stepped(Work(people, chance, seed))


WAYS = {"mesa-frames": run}
