"""Tables of runs: totals, months over all crises, and what they come to over worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.intervals import Spread
from cyclesim.measures import MEASURES
from cyclesim.worlds.totals import TOTALS, by_month
from cyclesim.worlds.totals import totals as of_run

if TYPE_CHECKING:
    import pandas as pd

WORLD = ["draw", "replication"]
KEYS = ["scenario", *WORLD]


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a run: its keys, and every total (see `cyclesim.worlds.totals.totals`)."""
    import pandas as pd

    columns = {name: table[name].to_numpy() for name in ("month", *MEASURES)}
    rows = []
    for places in table.groupby(KEYS, sort=False).indices.values():
        run = {name: column[places] for name, column in columns.items()}
        rows.append({**table[KEYS].iloc[places[0]], **of_run(run, list(TOTALS))})
    return pd.DataFrame(rows)


def over_crises(table: pd.DataFrame, measures: Sequence[str] = tuple(MEASURES)) -> pd.DataFrame:
    """Return a row for each run and month, with measures as `cyclesim.worlds.totals.by_month` adds them up."""
    import pandas as pd

    shown = [*KEYS, "month", *measures]
    if table["crisis"].nunique() == 1:
        return table[shown].reset_index(drop=True)
    parts = []
    for places in table.groupby(KEYS, sort=False).indices.values():
        run = table.iloc[places].sort_values(["crisis", "month"])
        columns = {name: run[name].to_numpy() for name in {"month", "people", *measures}}
        keys = run[[*KEYS, "month"]].iloc[: run["month"].nunique()]
        parts.append(keys.assign(**by_month(columns, measures)))
    return pd.concat(parts, ignore_index=True)[shown]


def describe(values: pd.DataFrame, shared_luck: bool = False, sampled: bool = True) -> pd.DataFrame:
    """Return what each measure comes to over the worlds of each scenario: rows (scenario, measure).

    `values` has a row for each run; see `cyclesim.runs.results.Runs` for `shared_luck` and `sampled`. Columns are those
    of `cyclesim.intervals.Spread`, ``sd``, and quartiles (``q25``, ``q50``, ``q75``).
    """
    import pandas as pd

    rows = {}
    for name, runs in values.groupby("scenario", sort=False):
        for measure in runs.columns.difference(KEYS, sort=False):
            found = runs[measure]
            quartiles = dict(zip(("q25", "q50", "q75"), np.quantile(found, [0.25, 0.5, 0.75]), strict=True))
            spread = Spread.of(found.to_numpy(), runs["draw"], runs["replication"] if shared_luck else None, sampled)
            rows[name, measure] = {**asdict(spread), "sd": found.std(ddof=1), **quartiles}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["scenario", "measure"])


def of_measure(summary: pd.DataFrame, measure: str | None) -> pd.DataFrame:
    """Return the rows of one measure from a frame indexed by scenario and measure; all of them for None."""
    if measure is None:
        return summary
    names = summary.index.get_level_values("measure").unique()
    if measure not in names:
        raise UnknownNameError(f"no measure {measure!r}; {did_you_mean(measure, names)}")
    return summary[summary.index.get_level_values("measure") == measure].droplevel("measure")
