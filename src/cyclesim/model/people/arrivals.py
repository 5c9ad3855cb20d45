"""Cohorts from the arrival waves of a scenario: settings x groups x statuses, people whole by largest remainder."""

from __future__ import annotations

from cyclesim.inputs.dates import index
from cyclesim.inputs.money import split
from cyclesim.inputs.parts import Crisis
from cyclesim.model.people.cohorts import Cohort


def cohorts(crisis: Crisis, start: str, first_month: int) -> list[Cohort]:
    """Return the cohorts of a crisis, ordered by name.

    Parameters
    ----------
    start
        Month 0 of the scenario, YYYY-MM.
    first_month
        First simulated month; waves without a month are present from then on.

    Notes
    -----
    People are split over the cells of a wave in alphabetical order of setting, group and status, so that the
    order of a file has no effect.
    """
    result = []
    for name, wave in sorted(crisis.arrivals.items()):
        arrival = first_month if wave.month is None else index(wave.month, start)
        groups, statuses = wave.groups or crisis.groups, wave.statuses or crisis.statuses
        cells = [
            ((setting, str(group), str(status)), a * b * c)
            for setting, a in sorted(wave.settings.items())
            for group, b in sorted(groups.items())
            for status, c in sorted(statuses.items())
        ]
        people = split(wave.people, [share for _, share in cells])
        for (cell, _), size in zip(cells, people, strict=True):
            if size:
                label = "/".join((*cell, name))
                since = arrival - wave.displaced_months
                result.append(Cohort(label, *cell, size, arrival, since, wave.home, wave.in_need))
    return sorted(result, key=lambda cohort: cohort.name)
