"""Pictures of results: what a chart needs to know, taken from runs or a comparison of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from cyclesim import cell, text
from cyclesim.charts import lines, style
from cyclesim.charts.captions import Notes
from cyclesim.inputs.parameters import graded
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import EVERY
from cyclesim.vocabulary import Payer

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class _Runs(Protocol):
    """What a chart needs of runs: see `cyclesim.runs.ensemble.Ensemble`."""

    @property
    def scenarios(self) -> Mapping[str, Scenario]: ...
    @property
    def months(self) -> pd.DataFrame: ...
    @property
    def worlds(self) -> int: ...
    @property
    def number_of_draws(self) -> int: ...
    @property
    def who(self) -> str: ...
    @property
    def covers(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def made_by(self) -> Any: ...


def cycle(runs: _Runs, baseline: str | None = None) -> Figure:
    """Return the headline measures of every scenario over time, with bands over worlds."""
    return lines.cycle(runs.months, baseline or next(iter(runs.scenarios)), notes(runs))


def difference(runs: _Runs, baseline: str, first_change: Mapping[str, int | None], measure: str) -> Figure:
    """Return the paired difference in a measure over time, from the month in which a file first differs."""
    changes = [month for month in first_change.values() if month is not None]
    return lines.difference(runs.months, baseline, measure, notes(runs, min(changes, default=None)))


def as_cell(runs: _Runs, summary: pd.DataFrame) -> str:
    """Return what a notebook shows of runs: the finding of their picture, what headline totals come to, the picture."""
    figure = None if runs.months.empty else cycle(runs)
    named = "; ".join(f"{scenario.title} ({name})" for name, scenario in runs.scenarios.items())
    ends = [f"{runs.who}, from", "to"] if runs.worlds > 1 else []
    columns = ["mean", *(["low", "high"] if ends else [])]
    rows = [
        [row["scenario"], about.title, *(text.quantity(row[column], about.unit) for column in columns)]
        for row in summary.reset_index().to_dict("records")
        if (about := EVERY[row["measure"]]).headline
    ]
    said = [*([style.title(figure)] if figure else []), f"Worlds of each scenario: {runs.worlds:,} ({runs.covers})."]
    model = f"Model, not observations: cyclesim {runs.made_by}, seed {runs.seed}."
    assumed = "{assumptions} of {number} parameters are assumptions that nobody has measured.".format(**graded())
    svg = style.as_svg(figure) if figure else ""
    head = ["scenario", "total", "mean", *ends]
    return cell.as_html(named, said, head, rows, "Totals over worlds", svg, [model, assumed])


def notes(runs: _Runs, first_change: int | None = None) -> Notes:
    """Return what charts of runs must say about where their numbers come from."""
    scenarios, count = runs.scenarios, graded()
    return Notes(
        start=next(iter(scenarios.values())).start,
        titles=titles(scenarios),
        hashes={name: scenario.hash for name, scenario in scenarios.items()},
        worlds=runs.worlds,
        draws=runs.number_of_draws,
        covers=runs.covers,
        seed=runs.seed,
        assumptions=count["assumptions"],
        parameters=count["number"],
        first_change=first_change,
        spending=payers(scenarios.values()),
        made_by=str(runs.made_by),
    )


def titles(scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Return the title of each scenario; their names, where two have the same title."""
    found = {name: scenario.title for name, scenario in scenarios.items()}
    return found if len(set(found.values())) == len(found) else {name: name for name in found}


def payers(scenarios: Iterable[Scenario]) -> str:
    """Return what a chart must say about who pays; nothing where nobody but others does."""
    paid = [s for s in scenarios if s.interventions_paid_by is Payer.DONORS and any(_shares(s))]
    if not paid:
        return ""
    parts = [f"{s.name} {text.percent(min(_shares(s)))}" for s in paid if min(_shares(s)) < 1]
    carried = f"; carried out in part: {', '.join(parts)}" if parts else ""
    return f" Equal spending: donors' money pays for interventions{carried}."


def _shares(scenario: Scenario) -> list[float]:
    return [entry.share for entry in scenario.interventions.values() if entry.cost]
