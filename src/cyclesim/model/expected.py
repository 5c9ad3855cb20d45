"""The twin engine: expected numbers pass through queue, casework and assistance; no luck, a few milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.quantity import added
from cyclesim.model.engine import Exposure, Stocks, Terms
from cyclesim.model.evidence import lists
from cyclesim.model.evidence.lists import Chances, Histories
from cyclesim.model.luck import Floats
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.line import Leaving, Line
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, Risk
from cyclesim.model.people.twin import Twin
from cyclesim.model.practice.back_end import BackEnd
from cyclesim.model.practice.fluid import Batch, Server
from cyclesim.model.practice.organisations import Organisations
from cyclesim.model.values import Values

Integers = NDArray[np.int64]


class Expected:
    """The people of one crisis as expected numbers; see `cyclesim.model.engine.Engine`.

    Parameters
    ----------
    cohorts, layout
        The people at risk and the cells.
    organisations, back_ends, back_end_of_setting
        Who refers, who answers, and the index of the back end that answers referrals from each setting.
    """

    def __init__(
        self,
        cohorts: Cohorts,
        layout: Layout,
        organisations: Organisations,
        back_ends: Sequence[BackEnd],
        back_end_of_setting: Integers,
    ) -> None:
        self.twin, self.layout = Twin(cohorts, layout), layout
        self._organisations, self._back_ends = organisations, back_ends
        self._lanes = self.twin.lanes
        self._back_end = back_end_of_setting[self.twin.setting]  # of each lane
        setting = np.repeat(self.twin.setting, FORMS)
        self._in_setting = (setting[:, None] == np.arange(len(layout.settings))).astype(float)
        of_organisation, of_cell = back_end_of_setting[organisations.place // CHANNELS], back_end_of_setting[setting]
        self._lines = [
            Line(of_cell == number, np.flatnonzero(of_organisation == number)) for number in range(len(back_ends))
        ]
        self._on_record: Floats = np.zeros_like(self.twin.records)  # since lists were last put together
        self._completed: Floats = np.zeros(self.twin.setting.size)

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return self.twin.flows

    # ------------------------------------------------------------ the month

    def expose(self, month: int, exposure: Exposure) -> None:
        """Expose everybody to one month."""
        e = exposure
        self.twin.at_intake = e.at_intake
        self.twin.expose(month, e.first, e.again, month - e.return_months, e.forms)
        risks, forward = self._lanes.spread(e.risks), self._lanes.spread(e.forward)
        self._cases = self.twin.leave(risks, forward, self._lanes.spread(e.detained))
        self._leaving = _leaving(risks, forward)

    def answer(self, month: int, loads: Sequence[float], terms: Terms, p: Values) -> tuple[Floats, Floats]:
        """Answer the cases that wait; return referrals of each organisation answered, and lapsed."""
        found = (self._cases[:CHANNELS] @ self._in_setting).T.ravel()
        referred = self._organisations.shares() * found[self._organisations.place]
        answered, lapsed = np.zeros(referred.size), np.zeros(referred.size)
        for number, (line, load) in enumerate(zip(self._lines, loads, strict=True)):
            line.join(month, self._cases[:, line.cells], referred[line.organisations])
            heard = self._serve(number, month, load, terms, p)
            answered[line.organisations], lapsed[line.organisations] = heard
        self._on_record += self.twin.records
        return answered, lapsed

    def _serve(self, number: int, month: int, load: float, terms: Terms, p: Values) -> tuple[Floats, Floats]:
        """Serve one line for a month; return referrals of its organisations answered, and lapsed."""
        line, back_end, here = self._lines[number], self._back_ends[number], self._back_end == number
        places, refusal = back_end.places(p, load), self._lanes.spread(terms.refusal)
        before = np.where(here, self.twin.casework, 0.0)
        total = float(before.sum())
        needs = line.needs(refusal[line.cells], self._leaving.forward[line.cells])
        batches = [Batch(*times, *need) for times, need in zip(line.times, needs, strict=True)]
        server = Server(total, places, p.case_months, p.patience, self._leaving.rate, month)
        fates = server.serve(batches)
        settled = line.settle(
            [f.stayed for f in fates], [f.left for f in fates], [f.waited for f in fates], [f.head for f in fates],
            self._leaving,
        )  # fmt: skip
        begun = self.twin.settle(line.cells, settled, self._leaving, refusal)
        self._end_casework(before, begun, server.busy, here, p)
        return settled.heard_answered, settled.heard_lapsed

    def _end_casework(self, before: Floats, begun: Floats, busy: float, here: NDArray[np.bool_], p: Values) -> None:
        """Work out whose casework ends: it is exponential, so of those there before, 1 - exp(-1 / mean) do."""
        old = before * -np.expm1(-1.0 / p.case_months)
        new = float(begun.sum())
        ended = float(before.sum()) + new - busy - float(old.sum())
        share = min(max(ended / new, 0.0), 1.0) if new > 0.0 else 0.0
        self.twin.casework += begun
        self._completed = np.where(here, old + begun * share, self._completed)

    def complete(self, month: int, places: Sequence[float], affordable: float, terms: Terms) -> float:
        """End casework; assist whom places and money allow, alike of all completed in a month."""
        completed = self._completed
        condition = terms.conditional[self.twin.setting]
        eligible = completed * (1.0 - (1.0 - terms.acceptance) * condition)
        wanted = np.zeros(len(places))
        np.add.at(wanted, self._back_end, eligible)
        free = np.minimum(wanted, places)
        rest = float((wanted - free).sum())
        paid = min(rest, affordable)
        share = free + (wanted - free) * (paid / rest if rest > 0.0 else 0.0)
        assisted = eligible * np.divide(share, wanted, out=np.zeros_like(share), where=wanted > 0.0)[self._back_end]
        self.twin.complete(completed, completed * terms.acceptance, assisted)
        return paid

    def events(self, purpose: str, expected: float) -> float:
        """Return the expected number of events."""
        return expected

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        twin = self.twin
        by_source = sum((line.people.sum(axis=(0, 2)) for line in self._lines), np.zeros(CAME_FORWARD + 1)).tolist()
        found = added(by_source[:CAME_FORWARD])
        return Stocks(
            unknown=float(twin.unknown.sum()),
            found=found,
            waiting=found + by_source[CAME_FORWARD],
            casework=float(twin.casework.sum()),
            survivors=float(twin.survivors.now.sum()),
            settled=twin.survivors.settled,
            dead=twin.dead,
        )

    def unknown_by_cell(self) -> Floats:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self._lanes.gather(self.twin.unknown).copy()

    def exploited_by_cell(self) -> Floats:
        """Return the people in exploitation, shape (cells,)."""
        result = self.twin.unknown.copy()
        for line in self._lines:
            result[line.cells] += line.people[:, :CAME_FORWARD].sum(axis=(0, 1))
        return self._lanes.gather(result)

    def entered_by_cell(self) -> Floats:
        """Return the people trafficked this month, shape (cells,)."""
        return self._lanes.gather(self.twin.entered)

    def recorded(self) -> Floats:
        """Return this month's new case records, shape (sources, cells)."""
        return self._lanes.gather(self.twin.records)

    def histories(self, chances: Chances) -> Histories:
        """Return the expected histories of the people recorded since last asked."""
        recorded, self._on_record = self._on_record, np.zeros_like(self._on_record)
        return lists.expected(chances, self._lanes.gather(recorded))

    def reported(self, completeness: float) -> float:
        """Return how many of this month's records reach a report."""
        return float(self.twin.records.sum()) * completeness

    def reached(self) -> Floats:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.twin.reached()

    def passed(self) -> Floats:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        return self.twin.passed()


def _leaving(risks: Floats, forward: Floats) -> Leaving:
    """Return what becomes of people who leave exploitation while they wait."""
    escape, death = risks[Risk.ESCAPE], risks[Risk.DEATH]
    rate = escape + death
    escapes = np.divide(escape, rate, out=np.zeros_like(rate), where=rate > 0.0)
    mean = float(rate.mean()) if rate.size else 0.0
    return Leaving(mean, escapes * forward, escapes * (1.0 - forward))
