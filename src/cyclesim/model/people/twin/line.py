"""People in a queue as expected numbers: one line before each back end, a batch for each month of referral."""

from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import expm1
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.batches import (
    ACCEPTING,
    FATES,
    FIRST,
    HEAD,
    LAST,
    LEFT,
    NUMBERS,
    OWN,
    STAYED,
    TURNING,
    WAITED,
)
from cyclesim.model.compiled import compiled
from cyclesim.model.people.flows import Flow
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, SOURCES
from cyclesim.model.people.twin.flowing import exit_unseen
from cyclesim.model.people.twin.state import Places, State


class Line(NamedTuple):
    """The cases that wait for one back end, in batches of which only the first `number` count.

    Attributes
    ----------
    cells, organisations
        Whom this back end serves, and who refers to it.
    number
        How many batches there are, shape (1,).
    people
        By source and cell, shape (capacity, sources, cells of this line); the last source came forward.
    referred
        Those found, by organisation, shape (capacity, organisations of this line).
    batches, fates
        As `cyclesim.model.practice.fluid.serve` takes and writes them, shapes (capacity, 5) and (capacity, 8).
    """

    cells: Integers
    organisations: Integers
    number: Integers
    people: Floats
    referred: Floats
    batches: Floats
    fates: Floats

    @classmethod
    def of(cls, cells: Integers, organisations: Integers, capacity: int = 4) -> "Line":
        """Return a line in which nobody waits."""
        return cls(
            cells, organisations, np.zeros(1, dtype=np.int64), np.zeros((capacity, SOURCES, cells.size)),
            np.zeros((capacity, organisations.size)), np.zeros((capacity, NUMBERS)), np.zeros((capacity, FATES)),
        )  # fmt: skip

    def with_room(self) -> "Line":
        """Return this line with room for another batch."""
        number = int(self.number[0])
        if number < self.people.shape[0]:
            return self
        larger = Line.of(self.cells, self.organisations, 2 * number)
        for new, old in zip(larger[2:], self[2:], strict=True):
            new[: old.shape[0]] = old
        return larger


@compiled
def find(cases: Floats, places: Places, found: Floats) -> None:
    """Add up this month's referrals by setting and channel, shape (settings * channels,); written here."""
    for place in range(found.size):
        found[place] = 0.0
    for channel in range(CHANNELS):
        for cell in range(cases.shape[1]):
            found[places.setting[cell // FORMS] * CHANNELS + channel] += cases[channel, cell]


@compiled
def join(month: int, cases: Floats, referred: Floats, line: Line) -> None:
    """Let this month's cases join, if there are any: by source and cell, and those found by organisation."""
    new, anybody = line.number[0], 0.0
    for k in range(line.cells.size):
        for source in range(SOURCES):
            line.people[new, source, k] = cases[source, line.cells[k]]
            anybody = max(anybody, line.people[new, source, k])
    if anybody <= 0.0:
        return
    line.number[0] = new + 1
    for k in range(line.organisations.size):
        line.referred[new, k] = referred[line.organisations[k]]
    line.batches[new, FIRST], line.batches[new, LAST] = month, month + 1.0


@compiled
def ask(line: Line, refusal: Floats, cell_of_layout: Integers, state: State) -> None:
    """Note the places that each batch needs: came forward, found and accepting, found and turning to help.

    Parameters
    ----------
    refusal
        Probability that a person found declines help, shape (cells of the layout,).
    """
    for batch in range(line.number[0]):
        own, accepting, turning = 0.0, 0.0, 0.0
        for k in range(line.cells.size):
            cell, found = line.cells[k], found_in(line, batch, k)
            own += line.people[batch, CAME_FORWARD, k]
            accepting += found * (1.0 - refusal[cell_of_layout[cell]])
            turning += found * state.leaving[0, cell]
        line.batches[batch, OWN], line.batches[batch, ACCEPTING], line.batches[batch, TURNING] = own, accepting, turning


@compiled
def settle(
    line: Line, refusal: Floats, cell_of_layout: Integers, at_intake: bool, state: State, begun: Floats, heard: Floats
) -> None:
    """Apply what the back end did with the batches.

    Parameters
    ----------
    refusal
        As in `ask`.
    begun
        People whose casework begins, shape (lanes,); written here.
    heard
        Referrals of each organisation answered, and lapsed, shape (2, organisations); written here.
    """
    for lane in range(begun.size):
        begun[lane] = 0.0
    for k in range(line.cells.size):
        cell = line.cells[k]
        answered = settle_found(line, k, refusal[cell_of_layout[cell]], at_intake, state)
        begun[cell // FORMS] += answered + settle_own(line, k, state.leaving[0, cell], state)
        withdraw(line, k, at_intake, state)
    for batch in range(line.number[0]):
        months = 0.0
        for k in range(line.cells.size):
            months += found_in(line, batch, k)
        state.waited[0] += months * line.fates[batch, WAITED]
        for k in range(line.organisations.size):
            for outcome in range(2):
                part = line.fates[batch, STAYED + outcome] * line.referred[batch, k]
                heard[outcome, line.organisations[k]] += part


@compiled
def found_in(line: Line, batch: int, k: int) -> float:
    """Return the people of a batch and cell who were found by others."""
    people = 0.0
    for source in range(CAME_FORWARD):
        people += line.people[batch, source, k]
    return people


@compiled
def settle_found(line: Line, k: int, refusal: float, at_intake: bool, state: State) -> float:
    """Settle those found and still in exploitation, of a cell; return how many are answered and accept help."""
    cell, accepted = line.cells[k], 0.0
    for source in range(CAME_FORWARD):
        answered, lapsed = 0.0, 0.0
        for batch in range(line.number[0]):
            answered += line.fates[batch, STAYED] * line.people[batch, source, k]
            lapsed += line.fates[batch, STAYED + 1] * line.people[batch, source, k]
        declined = answered * refusal
        accepted += answered - declined
        state.unknown[cell] += declined + lapsed
        if not at_intake:
            state.records[source, cell] += answered - declined
        state.flows[Flow.ANSWERED] += answered
        state.flows[Flow.LAPSED] += lapsed
        state.flows[Flow.DECLINED] += declined
    return accepted


@compiled
def settle_own(line: Line, k: int, forward: float, state: State) -> float:
    """Settle those who came forward, before or after they were referred, of a cell; return how many are answered."""
    answered, lapsed = 0.0, 0.0
    for batch in range(line.number[0]):
        own, turned = line.people[batch, CAME_FORWARD, k], found_in(line, batch, k) * forward
        stayed, left = line.fates[batch, STAYED], line.fates[batch, LEFT]
        answered += (stayed + left) * own + left * turned
        stayed, left = line.fates[batch, STAYED + 1], line.fates[batch, LEFT + 1]
        lapsed += (stayed + left) * own + left * turned
    exit_unseen(line.cells[k] // FORMS, lapsed, state)
    return answered


@compiled
def withdraw(line: Line, k: int, at_intake: bool, state: State) -> None:
    """People of a cell who left exploitation by themselves before the answer; who came forward keeps the place."""
    cell, left = line.cells[k], 0.0
    for batch in range(line.number[0]):
        fates = line.fates[batch, LEFT] + line.fates[batch, LEFT + 1] + line.fates[batch, LEFT + 2]
        left += fates * found_in(line, batch, k)
    forward, unseen = left * state.leaving[0, cell], left * state.leaving[1, cell]
    if not at_intake:
        state.records[CAME_FORWARD, cell] += forward
    state.flows[Flow.CAME_FORWARD] += forward
    state.flows[Flow.ESCAPED] += forward + unseen
    state.flows[Flow.WITHDRAWN] += left
    state.flows[Flow.DIED] += left - forward - unseen
    exit_unseen(cell // FORMS, unseen, state)


@compiled
def keep(line: Line, state: State) -> None:
    """Keep who still waits."""
    kept = 0
    for batch in range(line.number[0]):
        still, turned = line.fates[batch, STAYED + 2], line.fates[batch, LEFT + 2]
        if still + turned <= 0.0:
            continue
        for k in range(line.cells.size):
            forward = found_in(line, batch, k) * turned * state.leaving[0, line.cells[k]]
            own = line.people[batch, CAME_FORWARD, k] * (still + turned) + forward
            for source in range(CAME_FORWARD):
                line.people[kept, source, k] = line.people[batch, source, k] * still
            line.people[kept, CAME_FORWARD, k] = own
        for k in range(line.organisations.size):
            line.referred[kept, k] = line.referred[batch, k] * still
        line.batches[kept, FIRST], line.batches[kept, LAST] = line.fates[batch, HEAD], line.batches[batch, LAST]
        kept += 1
    line.number[0] = kept


@compiled
def work(
    number: int, back_end: Integers, begun: Floats, busy: float, service: float, state: State, completed: Floats
) -> None:
    """Work out whose casework ends: it is exponential, so of those there before, 1 - exp(-1 / mean) do   (W6).

    Parameters
    ----------
    number, back_end
        A back end, and that of each lane.
    begun, completed
        People whose casework begins, and ends this month, shape (lanes,); of lanes of this back end they are written.
    busy
        Cases under way as the month ends.
    service
        Mean length of casework, in months.
    """
    ends, before, new, old = -expm1(-1.0 / service), 0.0, 0.0, 0.0
    for lane in range(begun.size):
        if back_end[lane] == number:
            before += state.casework[lane]
            old += state.casework[lane] * ends
        new += begun[lane]
    share = min(max((before + new - busy - old) / new, 0.0), 1.0) if new > 0.0 else 0.0
    for lane in range(begun.size):
        if back_end[lane] == number:
            completed[lane] = state.casework[lane] * ends + begun[lane] * share
        state.casework[lane] += begun[lane]
