"""The queue of a back end as a fluid: what `cyclesim.model.practice.back_end.serve` does where cases are many.

First come first served before a number of places that need not be whole; casework of exponential length; a case
lapses when its patience is over; whoever would decline help takes no place. Cases that came in one month are a
batch, spread evenly over it. The oldest case still waiting came at `head`: the month is cut where the law of its
motion changes (docs/design.md, W3 and W4).
"""

from typing import NamedTuple

from cyclesim.model.arithmetic import exp, log
from cyclesim.model.arrays import Floats
from cyclesim.model.batches import ACCEPTING, FATES, FIRST, HEAD, LAST, LEFT, OWN, STAYED, TURNING, WAITED
from cyclesim.model.compiled import compiled, within

TIME, BUSY = range(2)
_INSTANT = 1e-9  # months: what is nearer than this is at the same time


class Office(NamedTuple):
    """The places of one back end through one month.

    Attributes
    ----------
    places, service, patience
        Places; mean length of casework and wait after which a case lapses, in months.
    leaving
        Hazard of leaving exploitation while waiting, per month.
    start
        Beginning of the month.
    """

    places: float
    service: float
    patience: float
    leaving: float
    start: float


@compiled
def serve(batches: Floats, fates: Floats, number: int, now: Floats, office: Office) -> None:
    """Serve the batches of a line for a month, oldest first; the last is that of this month.

    Parameters
    ----------
    batches, fates
        Shapes (batches, 5) and (batches, 8); fates are written here.
    number
        How many batches there are.
    now
        The time, and the cases in casework, shape (2,). Where there are fewer places, cases under way go on.
    """
    for k in range(number):
        for fate in range(FATES):
            fates[k, fate] = 0.0
        serve_batch(batches, fates, k, now, office)
    idle = max(office.start + 1.0 - now[TIME], 0.0)  # nobody is left to answer: casework runs out
    now[BUSY] *= exp(-idle / office.service)
    now[TIME] = office.start + 1.0


@within
def serve_batch(batches: Floats, fates: Floats, k: int, now: Floats, office: Office) -> None:
    """Serve one batch until it is served or the month ends."""
    first, last, head = batches[k, FIRST], batches[k, LAST], batches[k, FIRST]
    end = office.start + 1.0
    while now[TIME] < end and last - head > _INSTANT:
        head = step(batches, fates, k, head, now, office)
    rest = max(last - head, 0.0) / (last - first)
    if last - head <= _INSTANT:
        add(fates, k, rest, 1.0, 1.0, 0.0)  # what rounding left
        return
    stays = still_there(end - max(office.start, 0.5 * (head + last)), office)
    fates[k, STAYED + 2], fates[k, LEFT + 2], fates[k, HEAD] = rest * stays, rest * (1.0 - stays), head


@compiled
def add(fates: Floats, k: int, share: float, stays: float, answered: float, wait: float) -> None:
    """Add a slice of a batch: so much of it is answered after a wait, the rest lapses."""
    fates[k, STAYED] += share * answered * stays
    fates[k, LEFT] += share * answered * (1.0 - stays)
    fates[k, STAYED + 1] += share * (1.0 - answered) * stays
    fates[k, LEFT + 1] += share * (1.0 - answered) * (1.0 - stays)
    fates[k, WAITED] += share * answered * stays * wait


@compiled
def step(batches: Floats, fates: Floats, k: int, head: float, now: Floats, office: Office) -> float:
    """Follow the queue until its law changes or the month ends; return the new head."""
    first, last, time = batches[k, FIRST], batches[k, LAST], now[TIME]
    overdue = min(time - office.patience, last) - head
    if overdue > _INSTANT:  # patience was cut
        add(fates, k, overdue / (last - first), still_there(time - max(office.start, head), office), 0.0, 0.0)
        return head + overdue
    here = time - head <= _INSTANT
    if now[BUSY] < office.places:
        return at_once(batches, fates, k, now, office) if here else fill(batches, fates, k, head, now, office)
    if here and speed(batches, k, 1.0, now[BUSY], office) >= 1.0:
        return at_once(batches, fates, k, now, office)
    return wait(batches, fates, k, head, now, office)


@compiled
def wait(batches: Floats, fates: Floats, k: int, head: float, now: Floats, office: Office) -> float:
    """Let the head of the queue move as places, which are full, fall free, or patience ends; return the new head."""
    first, last = batches[k, FIRST], batches[k, LAST]
    stays = still_there(now[TIME] - max(office.start, head), office)
    duration, moved, answered, middle, arrived = 0.0, 0.0, 0.0, 0.0, 0.0
    for _ in range(2):  # the second time at the mean wait of the slice
        pace = speed(batches, k, stays, now[BUSY], office)
        duration, moved, answered = move(head, last, pace, now, office)
        arrived, middle = head + 0.5 * moved, now[TIME] + 0.5 * duration
        stays = still_there(middle - max(office.start, arrived), office)
    add(fates, k, moved / (last - first), stays, answered, middle - arrived)
    now[BUSY] = office.places if now[BUSY] <= office.places else drained(duration, now[BUSY], office)
    now[TIME] += duration
    return head + moved


@compiled
def at_once(batches: Floats, fates: Floats, k: int, now: Floats, office: Office) -> float:
    """Nobody waits: cases are answered as they come, until the places are full or the month is over."""
    first, last = batches[k, FIRST], batches[k, LAST]
    load = need(batches, k, 1.0) / (last - first) * office.service
    time = min(office.start + 1.0 - now[TIME], last - now[TIME])
    fills = load > office.places * (1.0 + _INSTANT)
    if fills:
        time = min(time, office.service * log((load - now[BUSY]) / (load - office.places)))
    add(fates, k, time / (last - first), 1.0, 1.0, 0.0)
    busy = now[BUSY]
    now[BUSY] = min(load + (busy - load) * exp(-time / office.service), max(office.places, busy))
    now[TIME] += time
    if fills and office.places - now[BUSY] <= _INSTANT * office.places:
        now[BUSY] = office.places
    return now[TIME]


@compiled
def fill(batches: Floats, fates: Floats, k: int, head: float, now: Floats, office: Office) -> float:
    """Places stand free while people wait (there are more than before): the oldest take them at once."""
    first, last, time = batches[k, FIRST], batches[k, LAST], now[TIME]
    stays = still_there(time - max(office.start, head), office)
    density = need(batches, k, stays) / (last - first)
    moved = min(last, time) - head
    if moved * density >= office.places - now[BUSY]:
        moved = (office.places - now[BUSY]) / density
        now[BUSY] = office.places
    else:
        now[BUSY] += moved * density
    add(fates, k, moved / (last - first), stays, 1.0, time - head - 0.5 * moved)
    return head + moved


@compiled
def move(head: float, last: float, pace: float, now: Floats, office: Office) -> tuple[float, float, float]:
    """Return for how long the head moves on, by how much, and what share of those it passes is answered."""
    time, busy = office.start + 1.0 - now[TIME], now[BUSY]
    if busy > office.places > 0.0:
        time = min(time, office.service * log(busy / office.places))
    patience = head - (now[TIME] - office.patience)
    if pace < 1.0 and patience <= _INSTANT:  # the oldest lapse as fast as time goes by, but for those answered
        time = min(time, last - head)
        return time, time, pace
    if pace < 1.0:
        time = min(time, patience / (1.0 - pace))
    elif pace > 1.0:
        time = min(time, (now[TIME] - head) / (pace - 1.0))
    if pace * time >= last - head:
        return (last - head) / pace, last - head, 1.0
    return time, pace * time, 1.0


@compiled
def need(batches: Floats, k: int, stays: float) -> float:
    """Return the places a batch needs if the share `stays` of those found is still in exploitation."""
    return batches[k, OWN] + batches[k, ACCEPTING] * stays + batches[k, TURNING] * (1.0 - stays)


@within
def speed(batches: Floats, k: int, stays: float, busy: float, office: Office) -> float:
    """Return how fast the head moves through the times of arrival: places that fall free over places needed."""
    if busy > office.places:
        return 0.0
    density = need(batches, k, stays) / (batches[k, LAST] - batches[k, FIRST])
    return office.places / office.service / max(density, 1e-300)


@within
def still_there(time: float, office: Office) -> float:
    """Return the share of people still in exploitation after a time."""
    return exp(-office.leaving * time)


@within
def drained(time: float, busy: float, office: Office) -> float:
    """Return the cases under way after a time in which none begins."""
    left = busy * exp(-time / office.service)
    return office.places if left <= office.places * (1.0 + _INSTANT) else left
