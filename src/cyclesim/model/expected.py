"""The twin engine: expected numbers pass through queue, casework and assistance; no luck, a few milliseconds."""

from collections.abc import Sequence

import numpy as np

from cyclesim.inputs.quantity import added
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.engine import Exposure, Stocks, Terms
from cyclesim.model.evidence import lists
from cyclesim.model.evidence.lists import Chances, Histories
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.flows import Flows
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, SOURCES
from cyclesim.model.people.twin import flowing, line
from cyclesim.model.people.twin.line import Line
from cyclesim.model.people.twin.twin import Twin
from cyclesim.model.practice import fluid
from cyclesim.model.practice.back_end import BackEnd
from cyclesim.model.practice.fluid import BUSY, Office
from cyclesim.model.practice.organisations import Organisations


class TwinEngine:
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
        places = self.twin.places
        self._back_end = back_end_of_setting[places.setting]  # of each lane
        of_organisation, of_cell = back_end_of_setting[organisations.place // CHANNELS], self._back_end.repeat(FORMS)
        self._lines = [
            Line.of(np.flatnonzero(of_cell == number), np.flatnonzero(of_organisation == number))
            for number in range(len(back_ends))
        ]
        self._on_record: Floats = np.zeros_like(self.twin.state.records)  # since lists were last put together
        self._completed, self._begun = np.zeros(places.setting.size), np.zeros(places.setting.size)
        self._found = np.zeros(organisations.places)

    @property
    def flows(self) -> Flows:
        """Return the flows of the month."""
        return self.twin.flows

    # ------------------------------------------------------------ the month

    def expose(self, month: int, exposure: Exposure) -> None:
        """Expose everybody to one month."""
        e, twin = exposure, self.twin
        twin.at_intake = e.at_intake
        twin.expose(month, e.first, e.again, month - e.return_months, e.forms)
        self._cases = twin.leave(e.risks, e.forward, e.detained)

    def answer(self, month: int, loads: Sequence[float], terms: Terms, p: Parameters) -> tuple[Floats, Floats]:
        """Answer the cases that wait; return referrals of each organisation answered, and lapsed."""
        line.find(self._cases, self.twin.places, self._found)
        referred = self._organisations.shares() * self._found[self._organisations.place]
        heard = np.zeros((2, referred.size))
        for number, load in enumerate(loads):
            self._serve(number, month, load, referred, terms, p, heard)
        self._on_record += self.twin.state.records
        return heard[0], heard[1]

    def _serve(
        self, number: int, month: int, load: float, referred: Floats, terms: Terms, p: Parameters, heard: Floats
    ) -> None:
        """Serve one line for a month."""
        twin, cell = self.twin, self.twin.places.cell
        self._lines[number] = here = self._lines[number].with_room()
        line.join(month, self._cases, referred, here)
        line.ask(here, terms.refusal, cell, twin.state)
        now = np.array([float(month), twin.casework[self._back_end == number].sum()])
        service = float(p.case_months)
        places = self._back_ends[number].places(p, load)
        office = Office(places, service, float(p.patience), twin.leaving, float(month))
        fluid.serve(here.batches, here.fates, int(here.number[0]), now, office)
        line.settle(here, terms.refusal, cell, twin.at_intake, twin.state, self._begun, heard)
        line.work(number, self._back_end, self._begun, now[BUSY], service, twin.state, self._completed)
        line.keep(here, twin.state)

    def complete(self, month: int, places: Sequence[float], affordable: float, terms: Terms) -> float:
        """End casework; assist whom places and money allow, alike of all completed in a month."""
        free, twin = np.array(places, dtype=np.float64), self.twin
        ended = self._back_end, self._completed, float(terms.acceptance), terms.conditional
        return flowing.complete(*ended, free, float(affordable), twin.places, twin.state, np.zeros(free.size))

    def events(self, purpose: str, expected: float) -> float:
        """Return the expected number of events."""
        return expected

    # ------------------------------------------------------------ what can be counted

    def stocks(self) -> Stocks:
        """Return how many people are where."""
        twin = self.twin
        by_source = sum((held.people[: held.number[0]].sum(axis=(0, 2)) for held in self._lines), np.zeros(SOURCES))
        found = added(by_source[:CAME_FORWARD].tolist())
        return Stocks(
            unknown=float(twin.unknown.sum()),
            found=found,
            waiting=found + float(by_source[CAME_FORWARD]),
            casework=float(twin.casework.sum()),
            survivors=float(twin.survivors.sum()),
            settled=twin.settled,
            dead=twin.dead,
        )

    def unknown_by_cell(self) -> Floats:
        """Return the people in exploitation of whom nobody knows, shape (cells,)."""
        return self.twin.lanes.gather(self.twin.unknown).copy()

    def exploited_by_cell(self) -> Floats:
        """Return the people in exploitation, shape (cells,)."""
        result = self.twin.unknown.copy()
        for held in self._lines:
            result[held.cells] += held.people[: held.number[0], :CAME_FORWARD].sum(axis=(0, 1))
        return self.twin.lanes.gather(result)

    def entered_by_cell(self) -> Floats:
        """Return the people trafficked this month, shape (cells,)."""
        return self.twin.lanes.gather(self.twin.state.entered)

    def recorded(self) -> Floats:
        """Return this month's new case records, shape (sources, cells)."""
        return self.twin.lanes.gather(self.twin.state.records)

    def histories(self, chances: Chances) -> Histories:
        """Return the expected histories of the people recorded since last asked."""
        recorded, self._on_record = self._on_record, np.zeros_like(self._on_record)
        return lists.expected(chances, self.twin.lanes.gather(recorded))

    def reported(self, completeness: float) -> float:
        """Return how many of this month's records reach a report."""
        return float(self.twin.state.records.sum()) * completeness

    def reached(self) -> Floats:
        """Return how many people of each cohort have ever been trafficked, shape (cohorts,)."""
        return self.twin.reached()

    def passed(self) -> Floats:
        """Return how many people of each cohort have crossed their threshold, there or not, shape (cohorts,)."""
        return self.twin.passed()
