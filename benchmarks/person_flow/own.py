"""The work in cyclesim's own people engine: individuals with luck of their own, in the ledger of every run.

Probabilities become hazards that give the same probability in a month: of being trafficked, -log(1 - p); of leaving by
one of several ways, -log(1 - sum) shared in proportion. Identified people leave by the one way of the ledger by which
somebody who is found becomes no case; with `cases` they wait, are answered and pass through casework, in no time.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from work import (
    AGAIN,
    AT_FIRST,
    DEATH,
    ESCAPE,
    FIRST,
    FLOWS,
    IDENTIFICATION,
    IDENTIFIED,
    MONTHS,
    STRATA,
    Table,
    capacity,
    sizes,
)

from cyclesim.model.luck import Luck
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger.ledger import Ledger
from cyclesim.model.people.person import CaseOutcome, PersonRow
from cyclesim.model.people.risks import POLICE, RISKS
from cyclesim.vocabulary import Form, Group, Status

_FOUND = PersonRow.CHANNELS + POLICE


def hazard(probability):
    """Return the hazard that strikes within a month with this probability."""
    return -np.log1p(-probability)


def ledger(people: int, seed: int) -> Ledger:
    """Return a ledger of 12 settings, each with one cohort of one group and status."""
    names = tuple(f"stratum {number:02}" for number in range(STRATA))
    group, status = Group.WOMEN.value, Status.INTERNALLY_DISPLACED.value
    cohorts = [Cohort(n, n, group, status, size, 0, 0) for n, size in zip(names, sizes(people), strict=True)]
    return Ledger(Cohorts(cohorts, "work", Luck(seed)), Layout.of(names, cohorts))


def run(people: int, chance: float, seed: int, cases: bool = False) -> Table:
    """Return the flows of one run."""
    book = ledger(people, seed)
    cells, risk = book.layout.cells, chance * np.arange(1, STRATA + 1)
    first, again = hazard(risk), np.repeat(hazard(2 * risk), 2)
    nobody, everybody, forms = np.zeros(cells), np.ones(cells), np.ones((len(Group), len(Form) - 1))
    flows = np.zeros((MONTHS, STRATA, FLOWS), dtype=np.int64)
    reached, c, leave = np.zeros(STRATA, dtype=np.int64), AT_FIRST, np.zeros(RISKS)
    for month in range(MONTHS):
        leave[PersonRow.ESCAPE], leave[PersonRow.DEATH], leave[_FOUND] = ESCAPE, DEATH, IDENTIFICATION * c
        risks = np.repeat((hazard(leave.sum()) * leave / leave.sum())[:, None], cells, axis=1)
        book.expose(month, first, again, np.inf, risks, nobody, nobody if cases else everybody, forms)
        if cases:
            close_cases(book, month, nobody)
        entered, left = (cells.reshape(-1, STRATA, len(Form)).sum(axis=2) for cells in (book.entered, book.left))
        before, reached = reached, book.cohorts.reached()
        flows[month, :, FIRST] = reached - before
        flows[month, :, AGAIN] = entered[0] - flows[month, :, FIRST]
        flows[month, :, IDENTIFIED:] = left[[_FOUND, PersonRow.ESCAPE, PersonRow.DEATH]].T
        c = capacity(int(flows[month, :, IDENTIFIED].sum()), people)
    return flows


def close_cases(book: Ledger, month: int, nobody: np.ndarray) -> None:
    """Answer every case that waits when it arrives, and end its casework at once."""
    number = book.waiting.size
    arrived = book.waiting.values[PersonRow.ARRIVED].copy()
    book.settle(np.full(number, CaseOutcome.ANSWERED), arrived, np.zeros(number), nobody)
    rows, formal, _ = book.completing(month + 1, 1.0, np.zeros(STRATA), nobody)
    book.complete(rows, formal, np.zeros(rows.size, dtype=bool))


WAYS = {"cyclesim": run, "cyclesim, every case through the queue": partial(run, cases=True)}
