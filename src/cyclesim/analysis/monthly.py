"""Monthly measures of an ensemble as arrays: worlds by months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.runs.results import Ensemble

Values = NDArray[np.float64]
_STATES = ("at_risk", "exploited", "in_casework", "survivors", "dead")


@dataclass(frozen=True)
class Worlds:
    """Monthly measures of an ensemble, world by world."""

    ensemble: Ensemble

    def scenario(self, name: str) -> Scenario:
        """Return one of the scenarios."""
        return self.ensemble.scenarios[name]

    def __call__(self, name: str, measure: str) -> Values:
        """Return a measure of a scenario, shape (worlds, months).

        Flows and stocks are summed over crises, levels averaged with people as weights.
        """
        values, people = self.crises(name, measure), self.crises(name, "people")
        if MEASURES[measure].kind != "level":
            return np.asarray(values.sum(axis=1))
        return np.asarray((values * people).sum(axis=1) / np.maximum(people.sum(axis=1), 1.0))

    def crises(self, name: str, measure: str) -> Values:
        """Return a measure of a scenario by crisis, shape (worlds, crises, months)."""
        table, months = self.ensemble.table, self.scenario(name).months
        chosen = table.loc[table["scenario"] == name, measure]
        return chosen.to_numpy(dtype=np.float64).reshape(self.ensemble.worlds, -1, months)

    def total(self, name: str, measure: str, months: slice) -> Values:
        """Return a measure summed over months, one value a world."""
        return np.asarray(self(name, measure)[:, months].sum(axis=1))

    def faults(self) -> int:
        """Return the rows of the monthly table in which people or cents do not add up.

        People are in exactly one state. What was promised and not paid, and paid and not spent, changes by the
        difference of what came in and went out; the first month has none before it.
        """
        return sum(int(np.count_nonzero(self._people_lost(n) | self._cents_lost(n))) for n in self.ensemble.scenarios)

    def _people_lost(self, name: str) -> NDArray[np.bool_]:
        """Return where people do not add up: where some have left for good, the sum with them must never fall."""
        states = np.sum([self.crises(name, state) for state in _STATES], axis=0)
        left = self.crises(name, "departed")
        if not left.any():
            return np.asarray(self.crises(name, "people") != states)
        return np.asarray(np.diff(states + left, axis=-1, prepend=0.0) < 0)

    def _cents_lost(self, name: str) -> NDArray[np.bool_]:
        lost = np.zeros(self.crises(name, "people").shape, dtype=bool)
        for stock, into, out in (
            ("outstanding_cents", "committed_cents", "disbursed_cents"),
            ("balance_cents", "disbursed_cents", "spent_cents"),
        ):
            flow = self.crises(name, into) - self.crises(name, out)
            lost[..., 1:] |= np.diff(self.crises(name, stock)) != flow[..., 1:]
        return lost
