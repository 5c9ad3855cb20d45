"""Back ends: a first-in first-out queue of real people before a limited number of places in casework."""

from __future__ import annotations

from heapq import heappop, heappush, nsmallest
from math import inf

import mesa
import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.parts import BackEnd as BackEndSpec
from cyclesim.inputs.quantity import added
from cyclesim.model.luck import Floats
from cyclesim.model.values import Values

Integers = NDArray[np.int64]
WAITS, ANSWERED, LAPSED, LEFT = range(4)


def serve(
    arrived: Floats,
    leaves: Floats,
    length: Floats,
    busy: list[float],
    slots: int,
    start: float,
    end: float,
    patience: float,
) -> tuple[Integers, Floats]:
    """Serve a queue for one month, first come first served, in continuous time.

    With constant slots, Poisson arrivals, exponential lengths and endless patience this is M/M/c.

    Parameters
    ----------
    arrived, leaves, length
        Of each case in order of arrival: time of referral, time of leaving the queue unseen (infinite if not this
        month), length of casework; in months.
    busy
        Heap of the times at which places become free; changed in place.
    slots
        Places in casework this month. Where there are fewer than before, cases under way go on, and a new one begins
        when fewer are left than there are places.
    start, end
        The month.
    patience
        Wait after which a case lapses.

    Returns
    -------
    Outcome (0 waits, 1 answered, 2 lapsed, 3 left) and its time (infinite while it waits).
    """
    lapse = arrived + patience
    gone = np.minimum(leaves, lapse)
    over = gone < end
    outcome = np.where(over, np.where(leaves <= lapse, LEFT, LAPSED), WAITS)
    when = np.where(over, gone, np.inf)
    while busy and busy[0] <= start:
        heappop(busy)
    rows = zip(arrived.tolist(), gone.tolist(), length.tolist(), strict=True)
    for case, (arrival, latest, casework) in enumerate(rows):
        begin = max(arrival, _next_free(busy, slots, start))
        if begin >= end:
            break
        if begin <= latest:
            outcome[case], when[case] = ANSWERED, begin
            while busy and busy[0] <= begin:
                heappop(busy)
            heappush(busy, begin + casework)
    return outcome, when


def _next_free(busy: list[float], slots: int, start: float) -> float:
    """Return when a place is free: when so many cases have ended that fewer than `slots` are left."""
    to_end = len(busy) - slots + 1
    if slots == 0:
        return inf
    if to_end <= 0:
        return start
    return busy[0] if to_end == 1 else nsmallest(to_end, busy)[-1]


class BackEnd(mesa.Agent):
    """Casework, investigation and assistance in one jurisdiction.

    Attributes
    ----------
    state_caseworkers, state_investigators
        Posts the state pays itself, full-time equivalents.
    funded_caseworkers, funded_investigators
        Staff in full use that donors' money pays.
    conditional
        Share of help that depends on co-operation with police (M48).
    assistance_places
        People per month whom others than anti-trafficking donors assist.
    """

    def __init__(self, model: mesa.Model, name: str, spec: BackEndSpec) -> None:
        super().__init__(model)
        self.name = name
        self.state_caseworkers, self.state_investigators = float(spec.caseworkers), float(spec.investigators)
        self.funded_caseworkers = self.funded_investigators = 0.0
        self.conditional = float(spec.conditional)
        self.assistance_places = float(spec.assistance_places)
        self.busy: list[float] = []
        self.free_share = 1.0 if self.state_caseworkers > 0 else 0.0

    @property
    def caseworkers(self) -> float:
        """Caseworkers in full use."""
        return self.state_caseworkers + self.funded_caseworkers

    @property
    def investigators(self) -> float:
        """Investigators in full use."""
        return self.state_investigators + self.funded_investigators

    def places(self, p: Values, load: float = 0.0) -> float:
        """Return how many cases of victims can be worked on at a time, beside a load of other cases."""
        return max(float(self.caseworkers * p.caseload) - load, 0.0)

    def slots(self, p: Values, load: float = 0.0) -> int:
        """Return the whole places: a person has one or has none."""
        return int(self.places(p, load) + 1e-9)  # 0.58 * 50 is 29

    def hold(self, held: float, places: float) -> None:
        """Note the cases still under way at the end of a month: what is left free goes into investigation."""
        self.free_share = max(1.0 - held / places, 0.0) if places else 0.0

    def answer(
        self, arrived: Floats, leaves: Floats, service: Floats, month: int, load: float, p: Values
    ) -> tuple[Integers, Floats]:
        """Answer what the month allows; see `serve`.

        Parameters
        ----------
        service
            Length of casework over its mean.
        load
            Places taken up this month by cases of people who are no victims (M38).
        """
        slots = self.slots(p, load)
        result = serve(arrived, leaves, service * p.case_months, self.busy, slots, month, month + 1, p.patience)
        held = added(time > month + 1 for time in self.busy)
        self.hold(held, slots)
        return result

    def proactive(self, p: Values, people: int) -> float:
        """Return the hazard of being found by proactive investigation, in proportion to free casework   (P4)."""
        if people == 0:
            return 0.0
        return float(p.investigation) * self.investigators * self.free_share * 1e5 / people
