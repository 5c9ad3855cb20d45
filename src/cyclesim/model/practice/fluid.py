"""The queue of a back end as a fluid: what `cyclesim.model.practice.back_end.serve` does where cases are many.

First come first served before a number of places that need not be whole; casework of exponential length; a case
lapses when its patience is over; whoever would decline help takes no place. Cases that came in one month are a
batch, spread evenly over it. The oldest case still waiting came at `head`: the month is cut where the law of its
motion changes (docs/design.md, W3 and W4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

_INSTANT = 1e-9  # months: what is nearer than this is at the same time


@dataclass(frozen=True)
class Batch:
    """Cases that came in one month and still wait, in order, as a month begins.

    Parameters
    ----------
    first, last
        Times of arrival of the oldest and the newest, in months.
    own, accepting, turning
        Places they need: people who came forward; people found who would accept help; people found who, if they leave
        exploitation by themselves before the answer, come forward and keep their place in the queue.
    """

    first: float
    last: float
    own: float
    accepting: float
    turning: float

    def need(self, stays: float) -> float:
        """Return the places the batch needs if the share `stays` of those found is still in exploitation."""
        return self.own + self.accepting * stays + self.turning * (1.0 - stays)


@dataclass
class Fate:
    """What a month did to a batch, as shares of it: `stayed` in exploitation until then, or had `left` before.

    Each holds the shares answered, lapsed and still waiting; all six add up to 1.
    """

    stayed: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    left: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    waited: float = 0.0  # months waited by those answered who had stayed, times their share
    head: float = 0.0  # time of arrival of the oldest who still waits

    def add(self, share: float, stays: float, answered: float, wait: float) -> None:
        """Add a slice of the batch: so much of it is answered after a wait, the rest lapses."""
        for outcome, part in ((0, answered), (1, 1.0 - answered)):
            self.stayed[outcome] += share * part * stays
            self.left[outcome] += share * part * (1.0 - stays)
        self.waited += share * answered * stays * wait


@dataclass
class Server:
    """The places of one back end through one month.

    Parameters
    ----------
    busy
        Cases in casework now. Where there are fewer places than that, cases under way go on.
    places, service, patience
        Places; mean length of casework and wait after which a case lapses, in months.
    leaving
        Hazard of leaving exploitation while waiting, per month.
    start
        Beginning of the month.
    """

    busy: float
    places: float
    service: float
    patience: float
    leaving: float
    start: float

    def __post_init__(self) -> None:
        self._time, self._end = self.start, self.start + 1.0

    def serve(self, line: Sequence[Batch]) -> list[Fate]:
        """Serve the batches, oldest first; the last is that of this month. Return what became of each."""
        fates = [self._serve(batch) for batch in line]
        self._idle(self._end - self._time)
        return fates

    def _serve(self, batch: Batch) -> Fate:
        fate, head = Fate(), batch.first
        while self._time < self._end and batch.last - head > _INSTANT:
            head = self._step(batch, fate, head)
        rest = max(batch.last - head, 0.0) / (batch.last - batch.first)
        if batch.last - head <= _INSTANT:
            fate.add(rest, 1.0, 1.0, 0.0)  # what rounding left
            return fate
        stays = self._stays(self._end - max(self.start, 0.5 * (head + batch.last)))
        fate.stayed[2], fate.left[2], fate.head = rest * stays, rest * (1.0 - stays), head
        return fate

    def _step(self, batch: Batch, fate: Fate, head: float) -> float:
        """Follow the queue until its law changes or the month ends; return the new head."""
        width = batch.last - batch.first
        overdue = min(self._time - self.patience, batch.last) - head
        if overdue > _INSTANT:  # patience was cut
            fate.add(overdue / width, self._stays(self._time - max(self.start, head)), 0.0, 0.0)
            return head + overdue
        if self.busy < self.places and self._time - head <= _INSTANT:
            return self._at_once(batch, fate)
        if self.busy < self.places:
            return self._fill(batch, fate, head)
        if self._time - head <= _INSTANT and self._speed(batch, 1.0) >= 1.0:
            return self._at_once(batch, fate)
        stays = self._stays(self._time - max(self.start, head))
        for _ in range(2):  # the second time at the mean wait of the slice
            speed = self._speed(batch, stays)
            time, moved, answered = self._move(head, batch.last, speed)
            arrived, now = head + 0.5 * moved, self._time + 0.5 * time
            stays = self._stays(now - max(self.start, arrived))
        fate.add(moved / width, stays, answered, now - arrived)
        self.busy = self.places if self.busy <= self.places else self._drained(time)
        self._time += time
        return head + moved

    def _at_once(self, batch: Batch, fate: Fate) -> float:
        """Nobody waits: cases are answered as they come, until the places are full or the month is over."""
        width = batch.last - batch.first
        load = batch.need(1.0) / width * self.service
        time = min(self._end - self._time, batch.last - self._time)
        fills = load > self.places * (1.0 + _INSTANT)
        if fills:
            time = min(time, self.service * math.log((load - self.busy) / (load - self.places)))
        fate.add(time / width, 1.0, 1.0, 0.0)
        self.busy = min(load + (self.busy - load) * math.exp(-time / self.service), max(self.places, self.busy))
        self._time += time
        if fills and self.places - self.busy <= _INSTANT * self.places:
            self.busy = self.places
        return self._time

    def _fill(self, batch: Batch, fate: Fate, head: float) -> float:
        """Places stand free while people wait (there are more than before): the oldest take them at once."""
        stays = self._stays(self._time - max(self.start, head))
        density = batch.need(stays) / (batch.last - batch.first)
        moved = min(batch.last, self._time) - head
        if moved * density >= self.places - self.busy:
            moved = (self.places - self.busy) / density
            self.busy = self.places
        else:
            self.busy += moved * density
        fate.add(moved / (batch.last - batch.first), stays, 1.0, self._time - head - 0.5 * moved)
        return head + moved

    def _move(self, head: float, last: float, speed: float) -> tuple[float, float, float]:
        """Return for how long the head moves on, by how much, and what share of those it passes is answered."""
        time = self._end - self._time
        if self.busy > self.places > 0.0:
            time = min(time, self.service * math.log(self.busy / self.places))
        patience = head - (self._time - self.patience)
        if speed < 1.0 and patience <= _INSTANT:  # the oldest lapse as fast as time goes by, but for those answered
            time = min(time, last - head)
            return time, time, speed
        if speed < 1.0:
            time = min(time, patience / (1.0 - speed))
        elif speed > 1.0:
            time = min(time, (self._time - head) / (speed - 1.0))
        if speed * time >= last - head:
            return (last - head) / speed, last - head, 1.0
        return time, speed * time, 1.0

    def _speed(self, batch: Batch, stays: float) -> float:
        """Return how fast the head moves through the times of arrival: places that fall free over places needed."""
        if self.busy > self.places:
            return 0.0
        need = batch.need(stays) / (batch.last - batch.first)
        return self.places / self.service / max(need, 1e-300)

    def _stays(self, time: float) -> float:
        return math.exp(-self.leaving * time)

    def _drained(self, time: float) -> float:
        left = self.busy * math.exp(-time / self.service)
        return self.places if left <= self.places * (1.0 + _INSTANT) else left

    def _idle(self, time: float) -> None:
        """Nobody is left to answer: casework runs out."""
        self.busy *= math.exp(-max(time, 0.0) / self.service)
        self._time = self._end
