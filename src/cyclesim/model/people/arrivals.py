"""Cohorts from the arrival waves of a scenario, cell by cell, people whole by largest remainder."""

from dataclasses import replace

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
    order of a file has no effect. Where a setting says how many are without means, each cell is two classes (M44).
    """
    result = []
    for name, wave in sorted(crisis.arrivals.items()):
        arrival = first_month if wave.month is None else index(wave.month, start)
        groups, statuses = wave.groups or crisis.groups, wave.statuses or crisis.statuses
        cells = [
            ((setting, str(group), str(status)), means, a * b * c * d)
            for setting, a in sorted(wave.settings.items())
            for group, b in sorted(groups.items())
            for status, c in sorted(statuses.items())
            for means, d in _classes(crisis.settings[setting].without_means)
        ]
        people = split(wave.people, [share for *_, share in cells])
        since = arrival - wave.displaced_months
        departs = tuple(sorted((index(month, start), share) for month, share in wave.departs.items()))
        for (cell, means, _), size in zip(cells, people, strict=True):
            if size:
                told_apart = () if means is None else ("with means" if means else "without means",)
                label = "/".join((*cell, *told_apart, name))
                without = crisis.settings[cell[0]].without_means or 0.0
                when = size, arrival, since
                cohort = Cohort(label, *cell, *when, wave.home, wave.in_need, wave.protected, means, without)
                result.append(replace(cohort, departure=wave.departure, departs=departs))
    return sorted(result, key=lambda cohort: cohort.name)


def _classes(without_means: float | None) -> list[tuple[bool | None, float]]:
    """Return the classes of people in a setting and their shares."""
    return [(None, 1.0)] if without_means is None else [(False, without_means), (True, 1.0 - without_means)]


def onset(found: list[Cohort], first_month: int) -> int:
    """Return the month in which most people arrive; the first simulated month where nobody does later."""
    arrivals: dict[int, int] = {}
    for cohort in found:
        if cohort.in_need:
            arrivals[cohort.arrival] = arrivals.get(cohort.arrival, 0) + cohort.size
    return max(sorted(arrivals), key=lambda month: arrivals[month], default=first_month)
