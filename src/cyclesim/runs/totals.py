"""Totals: what a sweep keeps of a run, one number for each measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.measures import MEASURES, PERSON_MONTHS
from cyclesim.runs.months import Table

TOTALS = {
    name: kind
    for kind in ("flow", "stock", "level")
    for name in ([PERSON_MONTHS] if kind == "flow" else []) + [n for n, m in MEASURES.items() if m.kind == kind]
}
"""Every total and what its measure is; the order is that of tables of totals."""

DEFAULT = (
    *(PERSON_MONTHS, "newly_trafficked", "retrafficked", "escaped", "came_forward", "died", "exploited"),
    *("referred", "answered", "lapsed", "identified", "identified_formally", "assisted", "reported", "convictions"),
    *("true_prevalence", "detected_prevalence", "believed_prevalence", "detected_share", "answered_share"),
    *("waiting_months", "requirement_cents", "committed_cents", "disbursed_cents", "spent_cents"),
    *("intervention_cents", "total_spent_cents", "coverage", "trained_share", "trust", "caseworkers"),
)
"""Totals that a sweep keeps unless its study says otherwise."""


def integer(name: str, twin: bool = False) -> bool:
    """Return whether a total is int64: flows of people, cases and cents, and person-months; of the twin only cents."""
    if name == PERSON_MONTHS:
        return not twin
    return TOTALS[name] == "flow" and whole(name, twin)


def whole(measure: str, twin: bool = False) -> bool:
    """Return whether the months of a measure are int64; of the twin only cents are."""
    return MEASURES[measure].integer and (not twin or MEASURES[measure].unit == "cents")


def chosen(measures: Sequence[str] | str | None) -> list[str]:
    """Return the totals a study keeps: the default ones for None, every one for ``all``.

    Raises
    ------
    UnknownNameError
        If there is no such total.
    """
    if measures is None:
        return list(DEFAULT)
    if measures == "all":
        return list(TOTALS)
    for name in measures:
        if name not in TOTALS:
            raise UnknownNameError(f"no measure {name!r}; {did_you_mean(name, TOTALS)}")
    return list(dict.fromkeys(measures))


def by_month(table: Table, measures: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """Return measures of a run month by month: sums over crises, levels weighted with people.

    Parameters
    ----------
    table
        The monthly table of one run: a row for each crisis and month, crisis by crisis.
    """
    crises = int(np.count_nonzero(table["month"] == table["month"][0]))
    shape = (crises, table["month"].size // crises)
    weights = _weights(table["people"].reshape(shape)) if crises > 1 else None
    result = {}
    for name in measures:
        values = table[name].reshape(shape)
        if crises > 1 and weights is not None and MEASURES[name].kind == "level":
            values = np.multiply(values, weights)
        result[name] = values[0] if crises == 1 else values.sum(axis=0)
    return result


def totals(table: Table, names: Sequence[str]) -> dict[str, int | float]:
    """Return totals of one run: flows summed over months, all else averaged over months.

    The stock ``exploited`` is also summed over months, as ``person_months_exploited``. Stocks of several crises are
    summed, levels averaged with people as weights.
    """
    measures = dict.fromkeys("exploited" if name == PERSON_MONTHS else name for name in names)
    months = by_month(table, list(measures))
    result: dict[str, int | float] = {}
    for name in names:
        values = months["exploited" if name == PERSON_MONTHS else name]
        total = values.sum() if TOTALS[name] == "flow" else values.mean()
        result[name] = total.item()
    return result


def _weights(people: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the share of each crisis in the people of a month, shape (crises, months); alike where there are none."""
    counts = people.astype(float)
    total = counts.sum(axis=0)
    return np.where(total > 0, counts / np.where(total > 0, total, 1.0), 1.0 / len(counts))
