"""What a crisis is made of before any month: worked out once for all draws and luck of a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cyclesim.inputs.parts import Crisis as CrisisSpec
from cyclesim.model.luck import Luck
from cyclesim.model.people.arrivals import cohorts, onset
from cyclesim.model.people.cohorts import Cohort, Cohorts
from cyclesim.model.people.exits import Cells
from cyclesim.model.people.hazards import AtRisk, Layout
from cyclesim.model.presence import Presence

KEPT = 64
"""Crises whose structure is kept at a time."""


@dataclass(frozen=True)
class Structure:
    """The people of a crisis, and where they are in each month. No world changes it.

    Attributes
    ----------
    cohorts
        People at risk, by name.
    layout, cells, at_risk, presence
        Cells, what tells them apart, what tells cohorts apart, and who is there.
    onset
        Month in which most people arrive.
    """

    cohorts: tuple[Cohort, ...]
    layout: Layout
    cells: Cells
    at_risk: AtRisk
    presence: Presence
    onset: int


def structure(spec: CrisisSpec, start: str, first_month: int, months: int) -> Structure:
    """Return the structure of a crisis of a scenario that starts in a month (YYYY-MM) and simulates so many."""
    return _structure(spec.model_dump_json(by_alias=True), start, first_month, months)


@lru_cache(maxsize=KEPT)
def _structure(content: str, start: str, first_month: int, months: int) -> Structure:
    """Return the structure that the content of a crisis has, as JSON."""
    spec = CrisisSpec.model_validate_json(content)
    found = cohorts(spec, start, first_month)
    layout, people = Layout.of(tuple(sorted(spec.settings)), found), Cohorts(found, "", Luck(0))
    return Structure(
        cohorts=tuple(found),
        layout=layout,
        cells=Cells.of(layout),
        at_risk=AtRisk.of(people, layout),
        presence=Presence.of(people, layout, first_month, months),
        onset=onset(found, first_month),
    )
