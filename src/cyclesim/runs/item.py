"""One run of a sweep: what determines it, and the row that it becomes."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.runs import totals
from cyclesim.runs.months import simulate_months


@dataclass(frozen=True)
class Item:
    """One run to be carried out.

    Attributes
    ----------
    key
        24 hexadecimal digits of all that determines the run.
    scenario
        Position of the scenario in the study.
    draw, replication
        Which world it is; draw 0 is the defaults.
    luck
        The draw that names the luck: 0 where all draws share it.
    values
        What the draw gives to the quantities of the design, in their order.
    """

    key: str
    scenario: int
    draw: int
    replication: int
    luck: int
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Job:
    """What all runs of a sweep share; it travels to every worker once."""

    scenarios: tuple[Scenario, ...]
    quantities: tuple[str, ...]
    seed: int
    twin: bool
    totals: tuple[str, ...]
    monthly: tuple[str, ...]


class Outcome(NamedTuple):
    """A row for the runs, or for the failures."""

    failed: bool
    row: tuple[Any, ...]


def simulate_item(job: Job, item: Item) -> Outcome:
    """Simulate one run and return its row; whatever goes wrong becomes a row of the failures."""
    scenario, stage = job.scenarios[item.scenario], "inputs"
    values = dict(zip(job.quantities, item.values.tolist(), strict=True))
    head = (item.key, scenario.name, item.draw, item.replication)
    try:
        drawn = scenario.with_values(values) if values else scenario
        stage = "simulation"
        table = simulate_months(drawn, {}, job.seed, item.luck, item.replication, job.twin)
        stage = "totals"
        kept = totals.totals(table, job.totals)
        months = totals.by_month(table, job.monthly)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return Outcome(True, (*head, job.seed, stage, message, traceback.format_exc()))
    return Outcome(False, (*head, *kept.values(), *(column.tolist() for column in months.values())))
