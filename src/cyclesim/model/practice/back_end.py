"""Back ends: a first-in first-out queue of real people before a limited number of places in casework."""

from __future__ import annotations

from heapq import heappop, heappush, nsmallest
from math import inf

import mesa
import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.parts import BackEnd as BackEndSpec
from cyclesim.model.luck import Floats
from cyclesim.model.practice.workforce import Workforce
from cyclesim.model.values import Values

Integers = NDArray[np.int64]
PAID_BY_OTHERS = ("reception", "caseworkers", "investigators", "specialists", "assistance_places", "training")
"""What states and other sectors pay for, as entries of a back end in scenario files."""
ADDED = {
    "reception": "added_reception",
    "caseworkers": "added_caseworkers",
    "investigators": "added_investigators",
    "specialists": "added_specialists",
    "assistance_places": "added_places",
    "training": "added_training",
}
"""The levers with which interventions add to each, by name."""
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
    stated
        What states and other sectors pay here, as the scenario states it: posts of reception, caseworkers,
        investigators and specialists, people assisted in a month, and the rate at which staff are trained.
    beyond
        What of it is there this month (`paid_by_others`), and what interventions add.
    funded
        Staff in full use whom anti-trafficking money pays.
    conditional
        Share of help that depends on co-operation with police (M48).
    """

    def __init__(self, model: mesa.Model, name: str, spec: BackEndSpec) -> None:
        super().__init__(model)
        self.name = name
        self.stated = {name: float(getattr(spec, name)) for name in PAID_BY_OTHERS}
        self.beyond, self.funded = dict.fromkeys(PAID_BY_OTHERS, 0.0), dict.fromkeys(PAID_BY_OTHERS, 0.0)
        self.conditional = float(spec.conditional)
        self.busy: list[float] = []
        self._fraction = 0.0  # of a place, carried from month to month: a person has one or has none

    def be_staffed(self, p: Values, people: int) -> None:
        """Note what others pay this month, and what interventions add per million of the people served   (P12)."""
        for name, added in ADDED.items():
            size = 1.0 if name == "training" else people / 1e6  # training is a rate, whatever the number of people
            self.beyond[name] = p.paid_by_others * self.stated[name] + getattr(p, added) * size

    def be_paid(self, work: Workforce, share: float) -> None:
        """Note the posts in full use that anti-trafficking money pays, of which this jurisdiction has a share."""
        for name in ("reception", "caseworkers", "investigators"):
            self.funded[name] = getattr(work, name).staff * share

    def change(self, name: str, value: float) -> None:
        """Give a number of the scenario the value it has from this month on."""
        if name == "conditional":
            self.conditional = value
        else:
            self.stated[name] = value

    def staff(self, name: str) -> float:
        """Return the staff in full use of one kind, whoever pays."""
        return self.beyond[name] + self.funded[name]

    @property
    def caseworkers(self) -> float:
        """Caseworkers in full use."""
        return self.staff("caseworkers")

    @property
    def investigators(self) -> float:
        """Investigators in full use."""
        return self.staff("investigators")

    @property
    def reception(self) -> float:
        """Reception posts in full use."""
        return self.staff("reception")

    def places(self, p: Values, load: float = 0.0) -> float:
        """Return how many cases of victims can be worked on at a time, beside a load of other cases."""
        return max(float(self.caseworkers * p.caseload) - load, 0.0)

    def slots(self, p: Values, load: float = 0.0) -> int:
        """Return the whole places of this month, once a month; the fraction left over is carried to the next."""
        places = self.places(p, load) + self._fraction
        whole = int(places + 1e-9)  # 0.58 * 50 is 29
        self._fraction = max(places - whole, 0.0)
        return whole

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
        return serve(arrived, leaves, service * p.case_months, self.busy, slots, month, month + 1, p.patience)

    def proactive(self, p: Values, people: int) -> float:
        """Return the hazard of being found by proactive investigation: it needs investigators   (P4)."""
        if people == 0:
            return 0.0
        return float(p.investigation) * self.investigators * 1e5 / people
