"""Who is there, month by month: it follows from the scenario's waves alone, and no policy moves it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import Sum, exp, plus
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.hazards import Layout


class Presence(NamedTuple):
    """Who is there; rows are months of the simulation.

    Attributes
    ----------
    people, in_need
        People in the model (in need, or at home before they are displaced); those an appeal is for; shape (months,).
    present
        People in the model, shape (months, settings).
    arrived, uprooted
        Who came within the last quarter and is still there, over the people present; they and those who left home,
        over those present and those who left home; shape (months, settings).
    staying
        Share of each cohort that has not left for good, shape (months, cohorts)   (H10).
    in_model, has_arrived
        Whether a cohort is in the model, and whether it has arrived, shape (months, cohorts).
    to_plan
        People in need of each cohort that came after the first month: plans know them late, shape (months, cohorts).
    arrival
        Month of arrival, shape (cohorts,).
    """

    people: Integers
    in_need: Integers
    present: Integers
    arrived: Floats
    uprooted: Floats
    staying: Floats
    in_model: Flags
    has_arrived: Flags
    to_plan: Integers
    arrival: Integers

    @classmethod
    def of(cls, cohorts: Cohorts, layout: Layout, first_month: int, months: int) -> Presence:
        """Return who is there in each simulated month."""
        rows, settings, groups = months, len(layout.settings), len(cohorts.cohorts)
        result = cls(
            np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros((rows, settings), dtype=np.int64),
            np.zeros((rows, settings)), np.zeros((rows, settings)), np.ones((rows, groups)),
            np.zeros((rows, groups), dtype=bool), np.zeros((rows, groups), dtype=bool),
            np.zeros((rows, groups), dtype=np.int64), cohorts.arrival,
        )  # fmt: skip
        late = cohorts.arrival > first_month
        for row, month in enumerate(range(first_month, first_month + months)):
            there = cohorts.there(month)
            result.staying[row] = cohorts.staying(month)
            result.in_model[row], result.has_arrived[row] = cohorts.present(month), cohorts.arrived(month)
            needy = cohorts.in_need(month)
            result.in_need[row] = there[needy].sum()
            result.to_plan[row] = there * (needy & late)
            _count(row, month, late, there, cohorts, layout, result)
        result.people[:] = result.present.sum(axis=1)
        return result


def _count(
    row: int, month: int, late: Flags, there: Integers, cohorts: Cohorts, layout: Layout, result: Presence
) -> None:
    """Count people by setting, and who of them has come or left lately."""
    number, here = len(layout.settings), there * result.in_model[row]

    def by_setting(moved: Flags, people: Integers) -> Floats:
        return np.bincount(layout.setting(moved), people, number).astype(np.float64)

    present = result.present[row] = by_setting(result.has_arrived[row], here).astype(np.int64)
    lately = late & (cohorts.arrival <= month) & (cohorts.arrival > month - 3)
    if lately.any():
        came = by_setting(lately, here * lately)
        left = by_setting(~lately, cohorts.sizes * (lately & cohorts.has_home))
        result.arrived[row] = came / np.maximum(present, 1)
        result.uprooted[row] = (came + left) / np.maximum(present + left, 1)


@compiled
def planned(clock: int, month: int, presence: Presence, p: Parameters) -> float:
    """Return the share of the people in need whom the response plan knows   (F10; M17).

    Plans know those who are there before the first month; others come onto the agenda with a lag.
    """
    unknown = Sum(0.0, 0.0)
    for cohort in range(presence.arrival.size):
        people = presence.to_plan[clock, cohort]
        if people > 0:
            since = month + 1 - presence.arrival[cohort]
            unknown = plus(unknown, people * exp(-since / max(p.agenda_months, 1e-9)))
    return 1.0 - (unknown.rounded + unknown.lost) / max(presence.in_need[clock], 1)
