"""The settings of one crisis: what they are like, and who is there this month."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.parts import Setting
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.cohorts import Cohorts
from cyclesim.model.people.hazards import Layout, drivers

_NUMBERS = ("intensity", "access", "conflict", "climate", "broken_ties")


class Places:
    """The settings of one crisis.

    Parameters
    ----------
    specs
        Settings of the scenario, by name.
    cohorts, layout
        The people at risk and the cells, which hold the settings in their order.
    first_month
        First simulated month; who is there then has not arrived lately.

    Attributes
    ----------
    intensity, access, conflict, climate, broken_ties
        Numbers of the scenario, which dated changes move, shape (settings,).
    present
        People in the model this month: in need, or at home before they are displaced, shape (settings,).
    arrived, uprooted
        Who came within the last quarter and is still there, over the people present; they and those who left home,
        over those present and those who left home; shape (settings,).
    """

    intensity: Floats
    access: Floats
    conflict: Floats
    climate: Floats
    broken_ties: Floats

    def __init__(self, specs: Mapping[str, Setting], cohorts: Cohorts, layout: Layout, first_month: int) -> None:
        self.names = layout.settings
        self._cohorts, self._layout, self._first_month = cohorts, layout, first_month
        for number in _NUMBERS:
            setattr(self, number, np.array([float(getattr(specs[name], number)) for name in self.names]))
        self.begin_month(first_month)

    def begin_month(self, month: int) -> None:
        """Note who is present, who has come and who has left."""
        cohorts, number = self._cohorts, len(self.names)
        there = cohorts.there(month) * cohorts.present(month)
        self.present = self._count(cohorts.arrived(month), there).astype(np.int64)
        late = (cohorts.arrival > self._first_month) & (cohorts.arrival <= month) & (cohorts.arrival > month - 3)
        if not late.any():
            self.arrived, self.uprooted = np.zeros(number), np.zeros(number)
            return
        came = self._count(late, there * late)
        left = self._count(~late, cohorts.sizes * (late & cohorts.has_home))
        self.arrived = came / np.maximum(self.present, 1)
        self.uprooted = (came + left) / np.maximum(self.present + left, 1)

    def driven(self, p: Parameters) -> Floats:
        """Return intensity times what drives people, shape (settings,)   (H6)."""
        return self.intensity * drivers(p, self.conflict, self.climate, self.broken_ties)

    def change(self, name: str, number: str, value: float) -> None:
        """Give a number of a setting the value it has from this month on."""
        getattr(self, number)[self.names.index(name)] = value

    def _count(self, moved: NDArray[np.bool_], people: Integers) -> Floats:
        """Count people by the setting in which they live, having moved or not yet."""
        return np.bincount(self._layout.setting(moved), people, len(self.names)).astype(np.float64)
