"""Pictures of results: what a chart needs to know, taken from an ensemble or a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclesim.inputs.parameters import parameters
from cyclesim.outputs import charts, money
from cyclesim.runs.results import Ensemble

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cyclesim.analysis.compare import Comparison

save = charts.save


def cycle(ensemble: Ensemble, baseline: str | None = None) -> Figure:
    """Return the headline measures of every scenario over time, with bands over worlds."""
    return charts.cycle(ensemble.table, baseline or next(iter(ensemble.scenarios)), notes(ensemble))


def difference(comparison: Comparison, measure: str) -> Figure:
    """Return the paired difference in a measure over time."""
    changes = [month for month in comparison.first_change.values() if month is not None]
    known = notes(comparison.ensemble, min(changes, default=None))
    return charts.difference(comparison.ensemble.table, comparison.baseline, measure, known)


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
        covers=ensemble.covers,
        seed=ensemble.seed,
        assumptions=sum(grade == "assumption" for grade in grades),
        parameters=len(grades),
        first_change=first_change,
        spending=money.caption(scenarios.values()),
    )
