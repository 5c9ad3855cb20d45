"""Pictures of results: what a chart needs to know, taken from an ensemble or a comparison."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cyclesim.analysis.compare import compare
from cyclesim.errors import FolderError
from cyclesim.inputs.parameters import parameters
from cyclesim.outputs import charts, money, panels
from cyclesim.runs.results import Ensemble
from cyclesim.runs.seals import read_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cyclesim.analysis.compare import Comparison

save = charts.save
files = charts.pictures


def cycle(ensemble: Ensemble, baseline: str | None = None) -> Figure:
    """Return the headline measures of every scenario over time, with bands over worlds."""
    return charts.cycle(ensemble.table, baseline or next(iter(ensemble.scenarios)), notes(ensemble))


def difference(comparison: Comparison, measure: str) -> Figure:
    """Return the paired difference in a measure over time."""
    changes = [month for month in comparison.first_change.values() if month is not None]
    known = notes(comparison.ensemble, min(changes, default=None))
    return charts.difference(comparison.ensemble.table, comparison.baseline, measure, known)


def of_folder(ensemble: Ensemble, place: Path, kind: str, measure: str) -> Figure:
    """Return a chart of the results in a folder; see `cyclesim chart` for the kinds.

    Raises
    ------
    FolderError
        If the folder has no table of lines of work (`money`).
    UnknownNameError
        If there is no such measure, or nothing to compare with.
    """
    baseline = next(iter(ensemble.scenarios))
    if kind == "cycle":
        return cycle(ensemble)
    if kind == "difference":
        return difference(compare(ensemble), measure)
    if kind == "deception":
        return panels.deception(ensemble.table, baseline, notes(ensemble))
    if kind == "multiples":
        return panels.multiples(ensemble.table, baseline, notes(ensemble), measure)
    if not (place / "lines.parquet").is_file():
        raise FolderError(f"{place} has no spending by line of work: that is kept of one world (cyclesim run)")
    required = float(ensemble.table["requirement_cents"].sum())
    return panels.money(
        pd.read_parquet(BytesIO(read_file(place, "lines.parquet"))),
        notes(ensemble),
        ensemble.scenarios[baseline].title,
        required,
    )


def notes(ensemble: Ensemble, first_change: int | None = None) -> charts.Notes:
    """Return what charts of an ensemble must say about where its numbers come from."""
    scenarios = ensemble.scenarios
    titles = {name: scenario.title for name, scenario in scenarios.items()}
    grades = [quantity.grade for quantity in parameters().values()]
    return charts.Notes(
        start=next(iter(scenarios.values())).start,
        titles=titles if len(set(titles.values())) == len(titles) else {name: name for name in titles},
        hashes={name: scenario.hash for name, scenario in scenarios.items()},
        worlds=ensemble.worlds,
        draws=ensemble.draws,
        covers=ensemble.covers,
        seed=ensemble.seed,
        assumptions=sum(grade == "assumption" for grade in grades),
        parameters=len(grades),
        first_change=first_change,
        spending=money.caption(scenarios.values()),
        made_by=str(ensemble.made_by),
    )
