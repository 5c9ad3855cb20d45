"""The queues of a back end, of cases and of expected numbers, with lists, as tests write them."""

from dataclasses import dataclass

import numpy as np

from cyclesim.model.batches import FATES, NUMBERS
from cyclesim.model.practice import back_end, fluid
from cyclesim.model.practice.back_end import Places


def serve(arrived, leaves, length, busy, slots, start, end, patience):
    """Serve a queue for a month; `busy` holds the times at which places become free, and is changed in place."""
    places = Places.busy(busy).with_room(arrived.size)
    outcome, when = np.empty(arrived.size, dtype=np.int64), np.empty(arrived.size)
    times = float(start), float(end), float(patience)
    back_end.serve(arrived, leaves, length, places, slots, *times, outcome, when)
    busy[:] = places.until[: places.number[0]].tolist()
    return outcome, when


@dataclass
class Fate:
    """What a month did to a batch: shares answered, lapsed and still waiting, of those who stayed and who had left."""

    stayed: list[float]
    left: list[float]
    waited: float
    head: float


def flow(batches, busy, places, service, patience, leaving, month):
    """Serve batches (first, last, own, accepting, turning) for a month; return their fates, and the cases under way."""
    now, number = np.array([month, busy], dtype=float), len(batches)
    fates = np.full((number, FATES), np.nan)
    office = fluid.Office(*map(float, (places, service, patience, leaving, month)))
    fluid.serve(np.array(batches, dtype=float).reshape(-1, NUMBERS), fates, number, now, office)
    return [Fate(row[:3], row[3:6], *row[6:]) for row in fates.tolist()], now[fluid.BUSY]
