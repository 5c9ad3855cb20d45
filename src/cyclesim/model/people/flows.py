"""What happened to people in one month, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats

Integers = NDArray[np.int64]


def _none() -> Integers:
    return np.empty(0, dtype=np.int64)


@dataclass
class Records:
    """New case records of a month: one for each person and episode that becomes known.

    Parameters
    ----------
    cell
        Cell of each person recorded.
    source
        Index of the channel (0-3), 4 for proactive investigation, 5 for people who came forward.
    reporting
        Uniform on [0, 1): the record is reported where it is below the completeness of the data system.
    """

    cell: list[Integers] = field(default_factory=list)
    source: list[Integers] = field(default_factory=list)
    reporting: list[Floats] = field(default_factory=list)

    def add(self, cell: Integers, source: Integers, reporting: Floats) -> None:
        """Add records, one entry a person."""
        self.cell.append(cell)
        self.source.append(source)
        self.reporting.append(reporting)

    def joined(self) -> tuple[Integers, Integers, Floats]:
        """Return cells, sources and reporting uniforms of all records of the month."""
        if not self.cell:
            return _none(), _none(), np.empty(0)
        return np.concatenate(self.cell), np.concatenate(self.source), np.concatenate(self.reporting)


@dataclass
class Flows:
    """Counts of one month; names are those of the measures."""

    newly_trafficked: float = 0
    retrafficked: float = 0
    escaped: float = 0
    came_forward: float = 0
    detained: float = 0
    died: float = 0
    referred: float = 0
    answered: float = 0
    lapsed: float = 0
    declined: float = 0
    withdrawn: float = 0
    identified_formally: float = 0
    presumptive: float = 0
    assisted: float = 0
    waited: float = 0.0
    entered_cells: list[Integers] = field(default_factory=list)
    records: Records = field(default_factory=Records)
