"""Back ends: a first-in first-out queue of real people before a limited number of places in casework."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import mesa
import numpy as np

from cyclesim.inputs.parts import BackEnd as BackEndSpec
from cyclesim.model.arithmetic import Sum, plus
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters

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
RECEPTION, CASEWORKERS, INVESTIGATORS, SPECIALISTS, PLACES, TRAINING = range(6)
"""Their columns in `Offices`, in the same order."""
WAITS, ANSWERED, LAPSED, LEFT = range(4)


class Places(NamedTuple):
    """When the places of a back end become free: a binary heap, the earliest first.

    Attributes
    ----------
    number
        Cases under way, shape (1,).
    until
        Times at which they end, shape (capacity,).
    spare
        Room for a copy of them, shape (capacity,).
    """

    number: Integers
    until: Floats
    spare: Floats

    @classmethod
    def busy(cls, until: Sequence[float] = ()) -> Places:
        """Return places at which cases are under way that end at these times."""
        return cls(np.array([len(until)]), np.array(sorted(until), dtype=np.float64), np.empty(len(until)))

    def with_room(self, extra: int) -> Places:
        """Return these places, with room for so many more cases."""
        need = int(self.number[0]) + extra
        if need <= self.until.size:
            return self
        larger = np.empty(max(need, 2 * self.until.size))
        larger[: self.until.size] = self.until
        return Places(self.number, larger, np.empty_like(larger))


@within
def begin_case(places: Places, until: float) -> None:
    """Begin a case that ends at a time."""
    here, heap = places.number[0], places.until
    places.number[0] = here + 1
    while here > 0 and heap[(here - 1) // 2] > until:
        heap[here] = heap[(here - 1) // 2]
        here = (here - 1) // 2
    heap[here] = until


@within
def end_first(heap: Floats, number: int) -> None:
    """Take the first out of a heap of so many times."""
    last = number - 1
    time, here, below = heap[last], 0, 1
    while below < last:
        if below + 1 < last and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= time:
            break
        heap[here] = heap[below]
        here, below = below, 2 * below + 1
    heap[here] = time


@within
def end_cases(places: Places, by: float) -> None:
    """End the cases that end by a time."""
    while places.number[0] > 0 and places.until[0] <= by:
        end_first(places.until, places.number[0])
        places.number[0] -= 1


@within
def next_free(places: Places, slots: int, start: float) -> float:
    """Return when a place is free: when so many cases have ended that fewer than `slots` are left."""
    number = places.number[0]
    if slots == 0:
        return math.inf
    if number < slots:
        return start
    if number == slots:
        return places.until[0]
    for case in range(number):  # there are fewer places than before
        places.spare[case] = places.until[case]
    for ended in range(number - slots):
        end_first(places.spare, number - ended)
    return places.spare[0]


@compiled
def serve(
    arrived: Floats, leaves: Floats, length: Floats, places: Places, slots: int, start: float, end: float,
    patience: float, outcome: Integers, when: Floats,
) -> None:  # fmt: skip
    """Serve a queue for one month, first come first served, in continuous time.

    With constant slots, Poisson arrivals, exponential lengths and endless patience this is M/M/c.

    Parameters
    ----------
    arrived, leaves, length
        Of each case in order of arrival: time of referral, time of leaving the queue unseen (infinite if not this
        month), length of casework; in months.
    places
        The places, with room for all these cases; changed in place.
    slots
        Places in casework this month. Where there are fewer than before, cases under way go on, and a new one begins
        when fewer are left than there are places.
    start, end
        The month.
    patience
        Wait after which a case lapses.
    outcome, when
        Written here: 0 waits, 1 answered, 2 lapsed, 3 left; and its time (infinite while it waits).
    """
    end_cases(places, start)
    full = False
    for case in range(arrived.size):
        lapse = arrived[case] + patience
        gone = min(leaves[case], lapse)
        outcome[case], when[case] = WAITS, math.inf
        if gone < end:
            outcome[case], when[case] = LEFT if leaves[case] <= lapse else LAPSED, gone
        if full:
            continue
        begin = max(arrived[case], next_free(places, slots, start))
        if begin >= end:
            full = True
        elif begin <= gone:
            outcome[case], when[case] = ANSWERED, begin
            end_cases(places, begin)
            begin_case(places, begin + length[case])


class Offices(NamedTuple):
    """All back ends of one crisis; the columns are those of `PAID_BY_OTHERS`, in their order.

    Attributes
    ----------
    stated
        What states and other sectors pay, as the scenario states it, shape (back ends, 6).
    beyond
        What of it is there this month (`paid_by_others`), and what interventions add, shape (back ends, 6).
    funded
        Staff in full use whom anti-trafficking money pays, shape (back ends, 6).
    conditional
        Share of help that depends on co-operation with police (M48), shape (back ends,).
    served
        People whom each serves this month, shape (back ends,).
    fraction
        Of a place, carried from month to month: a person has one or has none, shape (back ends,).
    of_setting
        The back end that answers referrals from each setting, shape (settings,).
    """

    stated: Floats
    beyond: Floats
    funded: Floats
    conditional: Floats
    served: Integers
    fraction: Floats
    of_setting: Integers

    @classmethod
    def of(cls, specs: Sequence[BackEndSpec], of_setting: Integers) -> Offices:
        """Return back ends as the scenario has them."""
        number, kinds = len(specs), len(PAID_BY_OTHERS)
        stated = np.array([[float(getattr(spec, name)) for name in PAID_BY_OTHERS] for spec in specs])
        conditional = np.array([float(spec.conditional) for spec in specs])
        return cls(
            stated.reshape(number, kinds), np.zeros((number, kinds)), np.zeros((number, kinds)), conditional,
            np.zeros(number, dtype=np.int64), np.zeros(number), of_setting,
        )  # fmt: skip


@within
def update_staff(offices: Offices, people: Integers, ps: Sequence[Parameters]) -> None:
    """Note what others pay this month, and what interventions add per million of the people served   (P12).

    Parameters
    ----------
    people
        Present, shape (settings,).
    """
    p = ps[0]
    for number in range(offices.served.size):
        offices.served[number] = 0
    for setting in range(people.size):
        offices.served[offices.of_setting[setting]] += people[setting]
    for number in range(offices.served.size):
        size = offices.served[number] / 1e6
        for kind in range(offices.stated.shape[1]):
            offices.beyond[number, kind] = p.paid_by_others * offices.stated[number, kind]
        offices.beyond[number, RECEPTION] += p.added_reception * size
        offices.beyond[number, CASEWORKERS] += p.added_caseworkers * size
        offices.beyond[number, INVESTIGATORS] += p.added_investigators * size
        offices.beyond[number, SPECIALISTS] += p.added_specialists * size
        offices.beyond[number, PLACES] += p.added_places * size
        offices.beyond[number, TRAINING] += p.added_training  # training is a rate, whatever the number of people


@within
def update_funded(offices: Offices, reception: float, caseworkers: float, investigators: float, people: int) -> None:
    """Note the posts in full use that anti-trafficking money pays, of which each jurisdiction has a share."""
    for number in range(offices.served.size):
        share = offices.served[number] / people if people > 0 else 0.0
        offices.funded[number, RECEPTION] = reception * share
        offices.funded[number, CASEWORKERS] = caseworkers * share
        offices.funded[number, INVESTIGATORS] = investigators * share


@compiled
def staff(number: int, kind: int, offices: Offices) -> float:
    """Return the staff of one kind in full use, whoever pays."""
    return offices.beyond[number, kind] + offices.funded[number, kind]


@within
def all_staff(kind: int, offices: Offices) -> float:
    """Return the staff of one kind in full use in all back ends, whoever pays."""
    total = Sum(0.0, 0.0)
    for number in range(offices.served.size):
        total = plus(total, staff(number, kind, offices))
    return total.rounded + total.lost


@compiled
def proactive(number: int, offices: Offices, people: int, p: Parameters) -> float:
    """Return the hazard of being found by proactive investigation: it needs investigators   (P4)."""
    return p.investigation * staff(number, INVESTIGATORS, offices) * 1e5 / people if people > 0 else 0.0


class BackEnd(mesa.Agent):
    """Casework, investigation and assistance in one jurisdiction: a named view on `Offices`.

    Attributes
    ----------
    under_way
        When the cases that are worked on end (individual ledger).
    """

    def __init__(self, model: mesa.Model, name: str, offices: Offices, number: int) -> None:
        super().__init__(model)
        self.name, self._offices, self._number = name, offices, number
        self.under_way = Places.busy()

    @property
    def conditional(self) -> float:
        """Share of help that depends on co-operation with police."""
        return float(self._offices.conditional[self._number])

    @property
    def caseworkers(self) -> float:
        """Caseworkers in full use, whoever pays."""
        return float(staff(self._number, CASEWORKERS, self._offices))

    @property
    def investigators(self) -> float:
        """Investigators in full use, whoever pays."""
        return float(staff(self._number, INVESTIGATORS, self._offices))

    @property
    def reception(self) -> float:
        """Reception posts in full use, whoever pays."""
        return float(staff(self._number, RECEPTION, self._offices))

    def change(self, name: str, value: float) -> None:
        """Give a number of the scenario the value it has from this month on."""
        if name == "conditional":
            self._offices.conditional[self._number] = value
        else:
            self._offices.stated[self._number, PAID_BY_OTHERS.index(name)] = value

    def places(self, p: Parameters, load: float = 0.0) -> float:
        """Return how many cases of victims can be worked on at a time, beside a load of other cases."""
        return max(float(self.caseworkers * p.caseload) - load, 0.0)

    def slots(self, p: Parameters, load: float = 0.0) -> int:
        """Return the whole places of this month, once a month; the fraction left over is carried to the next."""
        places = self.places(p, load) + float(self._offices.fraction[self._number])
        whole = int(places + 1e-9)  # 0.58 * 50 is 29
        self._offices.fraction[self._number] = max(places - whole, 0.0)
        return whole

    def answer(
        self, arrived: Floats, leaves: Floats, service: Floats, month: int, load: float, p: Parameters
    ) -> tuple[Integers, Floats]:
        """Answer what the month allows; see `serve`.

        Parameters
        ----------
        service
            Length of casework over its mean.
        load
            Places taken up this month by cases of people who are no victims (M38).
        """
        slots, number = self.slots(p, load), arrived.size
        self.under_way = self.under_way.with_room(number)
        outcome, when = np.empty(number, dtype=np.int64), np.empty(number)
        times = float(month), month + 1.0, float(p.patience)
        serve(arrived, leaves, service * p.case_months, self.under_way, slots, *times, outcome, when)
        return outcome, when
