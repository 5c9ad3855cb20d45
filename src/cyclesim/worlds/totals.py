"""Totals: what a sweep keeps of a run, one number for each measure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.measures import MEASURES, PERSON_MONTHS

Table = dict[str, NDArray[np.generic]]

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
    """Return the totals a study keeps: the default ones for None, every one for ``all``."""
    if measures is None:
        return list(DEFAULT)
    if measures == "all":
        return list(TOTALS)
    for name in measures:
        if name not in TOTALS:
            raise UnknownNameError(f"no measure {name!r}; {did_you_mean(name, TOTALS)}")
    return list(dict.fromkeys(measures))


def by_month(table: Table, measures: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """Return measures of a run (its rows crisis by crisis) by month: sums over crises, levels weighted with people."""
    crises = int(np.count_nonzero(table["month"] == table["month"][0]))
    shape = (crises, table["month"].size // crises)
    if crises == 1:
        return {name: table[name] for name in measures}
    people = table["people"].reshape(shape).astype(float)
    total = people.sum(axis=0)  # where there is nobody, crises weigh alike
    weights = np.where(total > 0, people / np.where(total > 0, total, 1.0), 1.0 / crises)
    result = {}
    for name in measures:
        values = table[name].reshape(shape)
        result[name] = (values * weights if MEASURES[name].kind == "level" else values).sum(axis=0)
    return result


def totals(table: Table, names: Sequence[str]) -> dict[str, int | float]:
    """Return totals of one run: flows, and ``exploited`` as person-months, summed over months, all else averaged.

    Stocks of several crises are summed, levels averaged with people as weights.
    """
    measures = dict.fromkeys("exploited" if name == PERSON_MONTHS else name for name in names)
    months = by_month(table, list(measures))
    result: dict[str, int | float] = {}
    for name in names:
        values = months["exploited" if name == PERSON_MONTHS else name]
        total = values.sum() if TOTALS[name] == "flow" else values.mean()
        result[name] = total.item()
    return result
