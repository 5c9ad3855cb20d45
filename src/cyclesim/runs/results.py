"""Results: a run, and an ensemble of runs, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread
from cyclesim.measures import MEASURES
from cyclesim.runs.design import Design
from cyclesim.runs.fingerprint import Fingerprint, of_this_process
from cyclesim.runs.months import Table, World
from cyclesim.runs.totals import TOTALS, by_month
from cyclesim.runs.totals import totals as of_run

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["scenario", "draw", "replication"]
_DIMENSIONS = {
    "settings": "setting",
    "groups": "group",
    "forms": "form",
    "lines": "line",
    "lists": "list",
    "donors": "donor",
    "estimates": "source",
}


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a run: its keys, and every total (see `cyclesim.runs.totals.totals`)."""
    import pandas as pd

    columns = {name: table[name].to_numpy() for name in ("month", *MEASURES)}
    rows = []
    for places in table.groupby(KEYS, sort=False).indices.values():
        run = {name: column[places] for name, column in columns.items()}
        rows.append({**table[KEYS].iloc[places[0]], **of_run(run, list(TOTALS))})
    return pd.DataFrame(rows)


def over_crises(table: pd.DataFrame, measures: Sequence[str] = tuple(MEASURES)) -> pd.DataFrame:
    """Return a row for each run and month, with measures as `cyclesim.runs.totals.by_month` adds them up."""
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

    Parameters
    ----------
    values
        A row for each run: its keys, and totals.
    shared_luck, sampled
        Whether replication r has the same luck in all draws; whether draws are a sample of what is plausible.

    Returns
    -------
    Columns: ``mean``, its ``error``, the interval of the mean (``mean_low``, ``mean_high``), where nine in ten worlds
    or all of them lie (``low``, ``high``), ``worlds``, ``draws``, ``units``, ``sd``, and quartiles (``q25``, ``q50``,
    ``q75``); see `cyclesim.intervals.Spread`.
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
    """Return the rows of one measure from a frame indexed by scenario and measure; all of them for None.

    Raises
    ------
    UnknownNameError
        If there is no such measure.
    """
    if measure is None:
        return summary
    names = summary.index.get_level_values("measure").unique()
    if measure not in names:
        raise UnknownNameError(f"no measure {measure!r}; {did_you_mean(measure, names)}")
    return summary[summary.index.get_level_values("measure") == measure].droplevel("measure")


@dataclass(frozen=True, repr=False)
class Run:
    """One world of one scenario, as tables.

    Attributes
    ----------
    scenario, seed, draw, replication
        What determines it.
    columns
        The model's tables as plain columns, by name.
    engine
        ``ledger`` (people one by one) or ``twin`` (expected numbers).
    """

    scenario: Scenario
    seed: int
    draw: int
    replication: int
    columns: Mapping[str, Table]
    engine: str = "ledger"

    def __repr__(self) -> str:
        return f"Run({self.scenario.name!r}, seed={self.seed}, draw={self.draw}, replication={self.replication})"

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The wide tables by name: months, settings, groups, forms, lines, lists, donors, estimates."""
        import pandas as pd

        key: dict[str, Any] = {
            "scenario": self.scenario.name,
            "draw": self.draw,
            "replication": self.replication,
        }
        frames = {}
        for name, columns in self.columns.items():
            frame = pd.DataFrame({**dict.fromkeys(key, 0), **columns})
            frames[name] = frame.assign(**key)
        return frames

    @property
    def months(self) -> pd.DataFrame:
        """The monthly table of the whole: a row for each crisis and month; counts and cents are int64.

        Counts of the twin are expected numbers, float64.
        """
        return self.tables["months"]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Everything in long form: scenario, draw, replication, crisis, month, date, dimension, name, measure, value.

        Values are float64; counts and cents are exact up to 2**53.
        """
        import pandas as pd

        parts = []
        for table, frame in self.tables.items():
            if frame.empty:  # no estimate was published
                continue
            key = _DIMENSIONS.get(table)
            index = [*KEYS, "crisis", "month", *([key] if key else [])]
            long = frame.melt(id_vars=index, var_name="measure", value_name="value")
            long["name"] = long.pop(key) if key else ""
            parts.append(long.assign(dimension=key or "", value=long["value"].astype(float)))
        result = pd.concat(parts, ignore_index=True)
        dates = {month: date(month, self.scenario.start) for month in range(self.scenario.months)}
        result["date"] = result["month"].map(dates)
        return result[[*KEYS, "crisis", "month", "date", "dimension", "name", "measure", "value"]]

    @cached_property
    def ensemble(self) -> Ensemble:
        """The run as an ensemble of one."""
        world = World(self.draw, self.replication)
        return Ensemble.of([self.scenario], None, self.seed, [world], [[dict(self.columns["months"])]], self.engine)

    def totals(self) -> pd.Series:
        """Return the totals of the run, by measure; see `Ensemble.totals`."""
        return self.ensemble.totals.drop(columns=KEYS).iloc[0]

    def plot(self) -> Any:
        """Return the figure of the cycle: headline measures over time."""
        return self.ensemble.plot()


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Worlds of one or more scenarios.

    Attributes
    ----------
    scenarios
        By name, in the order asked for.
    design
        The draws, or None.
    seed
        Seed of the luck, which all scenarios share world by world.
    table
        Wide monthly table: scenario, draw, replication, crisis, month and the measures.
    engine
        ``ledger`` (people one by one) or ``twin`` (expected numbers).
    made_by
        Fingerprint of what simulated it.
    """

    scenarios: Mapping[str, Scenario]
    design: Design | None
    seed: int
    table: pd.DataFrame
    engine: str = "ledger"
    made_by: Fingerprint = field(default_factory=of_this_process)

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario],
        design: Design | None,
        seed: int,
        worlds: Sequence[World],
        results: Sequence[Sequence[Table]],
        engine: str = "ledger",
        made_by: Fingerprint | None = None,
    ) -> Ensemble:
        """Build the table from the columns of each world and scenario; rows go by scenario, then by world."""
        import pandas as pd

        order = [(s, w) for s in range(len(scenarios)) for w in range(len(worlds))]
        lengths = [results[w][s]["month"].size for s, w in order]
        columns: dict[str, Any] = {
            "scenario": np.repeat(np.array([scenarios[s].name for s, _ in order], dtype=object), lengths),
            "draw": np.repeat([worlds[w].draw for _, w in order], lengths),
            "replication": np.repeat([worlds[w].replication for _, w in order], lengths),
        }
        for name in results[0][0]:
            columns[name] = np.concatenate([results[w][s][name] for s, w in order])
        return cls(
            {s.name: s for s in scenarios}, design, seed, pd.DataFrame(columns), engine, made_by or of_this_process()
        )

    def joined(self, other: Ensemble) -> Ensemble:
        """Return the scenarios of both ensembles, which share their worlds."""
        import pandas as pd

        table = pd.concat([self.table, other.table], ignore_index=True)
        return Ensemble({**self.scenarios, **other.scenarios}, self.design, self.seed, table, self.engine, self.made_by)

    def __repr__(self) -> str:
        return f"Ensemble({list(self.scenarios)}, worlds={self.worlds}, seed={self.seed}, covers={self.covers!r})"

    @property
    def worlds(self) -> int:
        """Number of worlds of each scenario."""
        return int(self.table[["draw", "replication"]].drop_duplicates().shape[0])

    @property
    def draws(self) -> int:
        """Number of draws that the worlds are of; 1 where the inputs are not varied."""
        return int(self.table["draw"].nunique())

    @property
    def covers(self) -> str:
        """What an interval over these worlds covers."""
        if self.engine == "twin":
            return "expected values" if self.worlds == 1 else "inputs only"
        if self.worlds == 1:
            return "one world"
        return "luck and inputs" if self.design is not None and len(self.design) > 1 else "luck only"

    @cached_property
    def totals(self) -> pd.DataFrame:
        """One row for each scenario and world; see `totals`."""
        return totals(self.table)

    def summary(self, measure: str | None = None) -> pd.DataFrame:
        """Return what the totals come to over worlds, for one measure or all; see `describe`."""
        return of_measure(describe(self.totals), measure)

    def plot(self, baseline: str | None = None) -> Any:
        """Return the figure of the cycle: headline measures of every scenario, with bands over worlds."""
        return late("cyclesim.outputs.pictures").cycle(self, baseline)


def engine(twin: bool) -> str:
    """Return the name of an engine, as in manifests."""
    return "twin" if twin else "ledger"


def late(module: str) -> Any:
    """Return a module of a higher floor, for methods that show a result: the only arrows that go up."""
    from importlib import import_module

    return import_module(module)
