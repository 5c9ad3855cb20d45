"""The witness: a ledger that also writes down what happens to whom, for life stories.

It observes and changes nothing: every method lets the ledger do its work, and notes what came of it. The ledger of an
ordinary run knows nothing of it, so it costs nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.hazards import Layout
from cyclesim.model.people.ledger import Ledger
from cyclesim.model.people.person import Outcome, Row
from cyclesim.model.people.pool import Pool
from cyclesim.model.people.risks import CAME_FORWARD
from cyclesim.vocabulary import LifeEvent

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

EVENTS = list(LifeEvent)
NOBODY = -1
"""Stands for no form, no source or no organisation."""


@dataclass(frozen=True)
class Notes:
    """Events, one entry each, in the order in which they were noted.

    Parameters
    ----------
    event
        Index in `EVENTS`.
    month
        Month in which the model counts it.
    time
        Months since the start; the middle of the month where the model knows no more than the month.
    cohort, rank
        Who.
    setting, form
        Indices; no form for events of people who are not in exploitation.
    source
        As in case records: 0-3 a frontline channel, 4 investigation, 5 own report; only of referrals.
    organisation
        Index of the referring organisation; only of referrals through a frontline channel.
    flag
        Of escapes, own reports and deaths: a referral was waiting. Of casework that ends: the person was assisted.
        Means nothing in other events.
    """

    event: Integers
    month: Integers
    time: Floats
    cohort: Integers
    rank: Integers
    setting: Integers
    form: Integers
    source: Integers
    organisation: Integers
    flag: Flags


class Witness(Ledger):
    """The individual ledger, with a diary.

    Parameters
    ----------
    cohorts, layout
        As for `Ledger`.
    """

    def __init__(self, cohorts: Cohorts, layout: Layout) -> None:
        super().__init__(cohorts, layout)
        self._notes: list[Notes] = []
        self._held: Flags = np.empty(0, dtype=bool)  # who of those leaving exploitation this month is detained

    def notes(self) -> Notes:
        """Return everything noted so far."""
        parts = [Notes(**_columns(0)), *self._notes]
        return Notes(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _columns(0)})

    # ------------------------------------------------------------ the ways of the ledger, each with its note

    def come_forward_while_waiting(self, when: Floats) -> None:
        """Note this month's newcomers to the queue, then who comes forward while waiting; see `Ledger`."""
        pool = self.waiting
        self._note_newcomers()
        found = pool.values[Row.SOURCE] != CAME_FORWARD
        super().come_forward_while_waiting(when)
        people = np.flatnonzero(found & (pool.values[Row.SOURCE] == CAME_FORWARD))
        self._note(LifeEvent.CAME_FORWARD, pool.who[:, people], self._escapes[people], flag=True)

    def settle(self, outcome: Integers, when: Floats, length: Floats, refusal: Floats) -> None:
        """Note what became of the cases in the queue; see `Ledger`."""
        pool = self.waiting
        found = pool.values[Row.SOURCE] != CAME_FORWARD
        answered, lapsed, left = (outcome == kind for kind in (Outcome.ANSWERED, Outcome.LAPSED, Outcome.LEFT))
        declined = answered & found & (pool.values[Row.CONSENT] < refusal[pool.who[Pool.CELL]])
        for event, chosen in (
            (LifeEvent.ANSWERED, answered & ~declined),
            (LifeEvent.DECLINED, declined),
            (LifeEvent.LAPSED, lapsed & found),
            (LifeEvent.UNANSWERED, lapsed & ~found),
            (LifeEvent.ESCAPED, left & ~self._dies),
            (LifeEvent.DIED, left & self._dies),
        ):
            self._note(event, pool.who[:, chosen], when[chosen], flag=True)
        super().settle(outcome, when, length, refusal)

    def complete(self, rows: Integers, formal: Flags, assisted: Flags) -> None:
        """Note whose casework ends; see `Ledger`."""
        who, done = self.casework.who[:, rows], self.casework.values[Row.DONE, rows]
        self._note(LifeEvent.IDENTIFIED_FORMALLY, who[:, formal], done[formal], flag=assisted[formal])
        self._note(LifeEvent.PRESUMPTIVE, who[:, ~formal], done[~formal], flag=assisted[~formal])
        super().complete(rows, formal, assisted)

    def _exit(
        self, who: Integers, values: Floats, risk: Integers, time: Floats, forward: Floats, detained: Floats
    ) -> None:
        super()._exit(who, values, risk, time, forward, detained)
        unseen = (risk == Row.ESCAPE) & (values[Row.FORWARD] >= forward[who[Pool.CELL]])
        for event, chosen in (
            (LifeEvent.ESCAPED, unseen),
            (LifeEvent.DIED, risk == Row.DEATH),
            (LifeEvent.DETAINED, self._held),
        ):
            self._note(event, who[:, chosen], time[chosen])

    def _detain(self, number: Floats, police: Flags, detained: Floats) -> Flags:
        self._held = super()._detain(number, police, detained)
        return self._held

    def _begin_spell(self, who: Integers, records: Floats, forms: Floats) -> None:
        super()._begin_spell(who, records, forms)
        first = who[Pool.EPISODE] == 0
        self._note(LifeEvent.TRAFFICKED, who[:, first])
        self._note(LifeEvent.TRAFFICKED_AGAIN, who[:, ~first])

    def _returning(self, settled_by: float) -> Integers:
        pool = self.survivors
        who = pool.who[:, pool.values[1] < settled_by]
        self._append(LifeEvent.SETTLED, who, setting=who[Pool.CELL] // 2)
        return super()._returning(settled_by)

    # ------------------------------------------------------------ details

    def _note_newcomers(self) -> None:
        """Note who joined the queue this month, now that the referring organisations are named."""
        who, values = self.waiting.take(np.arange(self.newcomers.start, self.newcomers.stop))
        source, responder = (values[row].astype(np.int64) for row in (Row.SOURCE, Row.RESPONDER))
        own = source == CAME_FORWARD
        self._note(LifeEvent.CAME_FORWARD, who[:, own], values[Row.ARRIVED, own])
        found = {"source": source[~own], "organisation": responder[~own]}
        self._note(LifeEvent.REFERRED, who[:, ~own], values[Row.ARRIVED, ~own], **found)

    def _note(self, event: LifeEvent, who: Integers, time: Floats | None = None, **columns: object) -> None:
        """Note an event of people in a cell."""
        cell = who[Pool.CELL]
        setting, form = self.layout.setting_of_cell[cell], self.layout.form_of_cell[cell]
        self._append(
            event, who, time=self._month + 0.5 if time is None else time, setting=setting, form=form, **columns
        )

    def _append(self, event: LifeEvent, who: Integers, **columns: object) -> None:
        if who.shape[1] == 0:
            return
        known = {"event": EVENTS.index(event), "month": self._month, "time": self._month + 0.5}
        noted = _columns(who.shape[1])
        for name, values in {**known, "cohort": who[Pool.COHORT], "rank": who[Pool.RANK], **columns}.items():
            noted[name][:] = values
        self._notes.append(Notes(**noted))


def _columns(number: int) -> dict[str, Any]:
    """Return the columns of `Notes` for so many events, of which nothing is known yet."""
    integers = ("event", "month", "cohort", "rank", "setting", "form", "source", "organisation")
    columns: dict[str, Any] = {name: np.full(number, NOBODY, dtype=np.int64) for name in integers}
    return columns | {"time": np.zeros(number), "flag": np.zeros(number, dtype=bool)}
