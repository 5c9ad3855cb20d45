"""How a crisis comes onto the agenda: media attention, and whom the response plan knows."""

import math
from operator import mul

from cyclesim.inputs.dates import index
from cyclesim.inputs.parts import Crisis as CrisisSpec
from cyclesim.model.arithmetic import exp, power
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts


class Agenda:
    """What donors and the public know of one crisis before any evidence.

    Parameters
    ----------
    spec
        The crisis of the scenario, with its shocks of attention.
    start
        Month in which the scenario starts, as YYYY-MM.
    cohorts, first_month
        The people at risk; who is there before the first month is in the plans.
    """

    def __init__(self, spec: CrisisSpec, start: str, cohorts: Cohorts, first_month: int) -> None:
        self._shocks = [(index(shock.month, start), shock.peak) for _, shock in sorted(spec.attention.items())]
        self._cohorts, self._first_month = cohorts, first_month

    def attention(self, month: int, p: Parameters) -> float:
        """Return media attention: shocks that fade fast and slowly   (F5; E7 of the evidence)."""
        total = 0.0
        for began, peak in self._shocks:
            age = month - began
            if age >= 0:
                fast = p.attention_fast_share * power(2.0, -age / p.attention_fast)
                total += peak * (fast + (1.0 - p.attention_fast_share) * power(2.0, -age / p.attention_slow))
        return total

    def planned(self, month: int, in_need: int, p: Parameters) -> float:
        """Return the share of the people in need whom the response plan knows   (F10; M17).

        Plans know those who are there before the first month; others come onto the agenda with a lag.
        """
        cohorts = self._cohorts
        new = cohorts.in_need(month) & (cohorts.arrival > self._first_month)
        if not new.any():
            return 1.0
        since = (month + 1 - cohorts.arrival[new]).tolist()
        missing = [exp(-months / max(p.agenda_months, 1e-9)) for months in since]
        there = cohorts.there(month)[new].tolist()
        return 1.0 - math.fsum(map(mul, there, missing)) / max(in_need, 1)
