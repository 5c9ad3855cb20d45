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
from cyclesim.model.compiled import compiled, within
from cyclesim.model.people.flows import Flow, Stock
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, SOURCES
from cyclesim.model.people.twin.flowing import exit_unseen
from cyclesim.model.people.twin.state import Places, State


class Lines(NamedTuple):
    """The cases that wait, in a line before each back end: batches, of which only the first `number` count.

    Attributes
    ----------
    cells, first_cell
        Cells in the order of the back end that serves them, shape (cells,), and where those of each begin,
        shape (back ends + 1,).
    organisations, first_organisation
        The same of the organisations that refer to it.
    number
        How many batches there are, shape (back ends,).
    people
        By source and cell, in the order of `cells`, shape (capacity, sources, cells); the last source came forward.
    referred
        Those found, by organisation, in the order of `organisations`, shape (capacity, organisations).
    batches, fates
        As `cyclesim.model.practice.fluid.serve` takes and writes them, shapes (back ends, capacity, 5) and
        (back ends, capacity, 8).
    """

    cells: Integers
    first_cell: Integers
    organisations: Integers
    first_organisation: Integers
    number: Integers
    people: Floats
    referred: Floats
    batches: Floats
    fates: Floats

    @classmethod
    def of(cls, of_cell: Integers, of_organisation: Integers, back_ends: int, capacity: int = 4) -> "Lines":
        """Return lines in which nobody waits, for the back end of each cell and of each organisation."""
        ends = np.arange(back_ends + 1)
        return cls(
            np.argsort(of_cell, kind="stable"), np.searchsorted(np.sort(of_cell), ends),
            np.argsort(of_organisation, kind="stable"), np.searchsorted(np.sort(of_organisation), ends),
            np.zeros(back_ends, dtype=np.int64), *_rows(capacity, of_cell.size, of_organisation.size, back_ends),
        )  # fmt: skip

    def with_room(self) -> "Lines":
        """Return these lines with room for another batch in each."""
        held = self.people.shape[0]
        if not (self.number >= held).any():
            return self
        rows = _rows(2 * held, self.cells.size, self.organisations.size, self.number.size)
        for new, old in zip(rows[:2], self[5:7], strict=True):
            new[:held] = old
        for new, old in zip(rows[2:], self[7:], strict=True):
            new[:, :held] = old
        return Lines(*self[:5], *rows)


def _rows(capacity: int, cells: int, organisations: int, back_ends: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return room for so many batches."""
    people, referred = np.zeros((capacity, SOURCES, cells)), np.zeros((capacity, organisations))
    return people, referred, np.zeros((back_ends, capacity, NUMBERS)), np.zeros((back_ends, capacity, FATES))


@compiled
def find(cases: Floats, places: Places, found: Floats) -> None:
    """Add up this month's referrals by setting and channel, shape (settings * channels,); written here."""
    for place in range(found.size):
        found[place] = 0.0
    for channel in range(CHANNELS):
        for cell in range(cases.shape[1]):
            found[places.setting[cell // FORMS] * CHANNELS + channel] += cases[channel, cell]


@compiled
def join(b: int, month: int, cases: Floats, referred: Floats, line: Lines) -> None:
    """Let this month's cases join, if there are any: by source and cell, and those found by organisation."""
    new, anybody = line.number[b], 0.0
    for k in range(line.first_cell[b], line.first_cell[b + 1]):
        for source in range(SOURCES):
            line.people[new, source, k] = cases[source, line.cells[k]]
            anybody = max(anybody, line.people[new, source, k])
    if anybody <= 0.0:
        return
    line.number[b] = new + 1
    for k in range(line.first_organisation[b], line.first_organisation[b + 1]):
        line.referred[new, k] = referred[line.organisations[k]]
    line.batches[b, new, FIRST], line.batches[b, new, LAST] = month, month + 1.0


@compiled
def ask(b: int, line: Lines, refusal: Floats, cell_of_layout: Integers, state: State) -> None:
    """Note the places that each batch needs: came forward, found and accepting, found and turning to help.

    Parameters
    ----------
    refusal
        Probability that a person found declines help, shape (cells of the layout,).
    """
    for batch in range(line.number[b]):
        own, accepting, turning = 0.0, 0.0, 0.0
        for k in range(line.first_cell[b], line.first_cell[b + 1]):
            cell, found = line.cells[k], found_in(line, batch, k)
            own += line.people[batch, CAME_FORWARD, k]
            accepting += found * (1.0 - refusal[cell_of_layout[cell]])
            turning += found * state.leaving[0, cell]
        line.batches[b, batch, OWN], line.batches[b, batch, ACCEPTING], line.batches[b, batch, TURNING] = (
            own,
            accepting,
            turning,
        )


@compiled
def settle(
    b: int,
    line: Lines,
    refusal: Floats,
    cell_of_layout: Integers,
    at_intake: bool,
    state: State,
    begun: Floats,
    heard: Floats,
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
    for k in range(line.first_cell[b], line.first_cell[b + 1]):
        cell = line.cells[k]
        answered = settle_found(b, line, k, refusal[cell_of_layout[cell]], at_intake, state)
        begun[cell // FORMS] += answered + settle_own(b, line, k, state.leaving[0, cell], state)
        withdraw(b, line, k, at_intake, state)
    for batch in range(line.number[b]):
        months = 0.0
        for k in range(line.first_cell[b], line.first_cell[b + 1]):
            months += found_in(line, batch, k)
        state.waited[0] += months * line.fates[b, batch, WAITED]
        for k in range(line.first_organisation[b], line.first_organisation[b + 1]):
            for outcome in range(2):
                part = line.fates[b, batch, STAYED + outcome] * line.referred[batch, k]
                heard[outcome, line.organisations[k]] += part


@within
def found_in(line: Lines, batch: int, k: int) -> float:
    """Return the people of a batch and cell who were found by others."""
    people = 0.0
    for source in range(CAME_FORWARD):
        people += line.people[batch, source, k]
    return people


@within
def settle_found(b: int, line: Lines, k: int, refusal: float, at_intake: bool, state: State) -> float:
    """Settle those found and still in exploitation, of a cell; return how many are answered and accept help."""
    cell, accepted = line.cells[k], 0.0
    for source in range(CAME_FORWARD):
        answered, lapsed = 0.0, 0.0
        for batch in range(line.number[b]):
            answered += line.fates[b, batch, STAYED] * line.people[batch, source, k]
            lapsed += line.fates[b, batch, STAYED + 1] * line.people[batch, source, k]
        declined = answered * refusal
        accepted += answered - declined
        state.unknown[cell] += declined + lapsed
        if not at_intake:
            state.records[source, cell] += answered - declined
        state.flows[Flow.ANSWERED] += answered
        state.flows[Flow.LAPSED] += lapsed
        state.flows[Flow.DECLINED] += declined
    return accepted


@within
def settle_own(b: int, line: Lines, k: int, forward: float, state: State) -> float:
    """Settle those who came forward, before or after they were referred, of a cell; return how many are answered."""
    answered, lapsed = 0.0, 0.0
    for batch in range(line.number[b]):
        own, turned = line.people[batch, CAME_FORWARD, k], found_in(line, batch, k) * forward
        stayed, left = line.fates[b, batch, STAYED], line.fates[b, batch, LEFT]
        answered += (stayed + left) * own + left * turned
        stayed, left = line.fates[b, batch, STAYED + 1], line.fates[b, batch, LEFT + 1]
        lapsed += (stayed + left) * own + left * turned
    exit_unseen(line.cells[k] // FORMS, lapsed, state)
    return answered


@within
def withdraw(b: int, line: Lines, k: int, at_intake: bool, state: State) -> None:
    """People of a cell who left exploitation by themselves before the answer; who came forward keeps the place."""
    cell, left = line.cells[k], 0.0
    for batch in range(line.number[b]):
        fates = line.fates[b, batch, LEFT] + line.fates[b, batch, LEFT + 1] + line.fates[b, batch, LEFT + 2]
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
def keep(b: int, line: Lines, state: State) -> None:
    """Keep who still waits."""
    kept = 0
    for batch in range(line.number[b]):
        still, turned = line.fates[b, batch, STAYED + 2], line.fates[b, batch, LEFT + 2]
        if still + turned <= 0.0:
            continue
        for k in range(line.first_cell[b], line.first_cell[b + 1]):
            forward = found_in(line, batch, k) * turned * state.leaving[0, line.cells[k]]
            own = line.people[batch, CAME_FORWARD, k] * (still + turned) + forward
            for source in range(CAME_FORWARD):
                line.people[kept, source, k] = line.people[batch, source, k] * still
            line.people[kept, CAME_FORWARD, k] = own
        for k in range(line.first_organisation[b], line.first_organisation[b + 1]):
            line.referred[kept, k] = line.referred[batch, k] * still
        line.batches[b, kept, FIRST], line.batches[b, kept, LAST] = (
            line.fates[b, batch, HEAD],
            line.batches[b, batch, LAST],
        )
        kept += 1
    line.number[b] = kept


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


@compiled
def count(b: int, line: Lines, places: Places, stocks: Floats, exploited: Floats) -> None:
    """Add those who wait: all of them, and those found, who are still in exploitation, by cell of the layout."""
    for batch in range(line.number[b]):
        for k in range(line.first_cell[b], line.first_cell[b + 1]):
            found = found_in(line, batch, k)
            exploited[places.cell[line.cells[k]]] += found
            stocks[Stock.FOUND] += found
            stocks[Stock.WAITING] += found + line.people[batch, CAME_FORWARD, k]
