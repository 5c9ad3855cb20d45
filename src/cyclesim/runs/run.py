"""One world of one scenario, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.ensemble import Ensemble
from cyclesim.worlds.item import World
from cyclesim.worlds.tables import KEYS
from cyclesim.worlds.totals import Table

if TYPE_CHECKING:
    import pandas as pd

_DIMENSIONS = {f"{name}s": name for name in ("setting", "group", "form", "line", "list", "donor")} | {
    "estimates": "source"
}


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

        key: dict[str, Any] = {"scenario": self.scenario.name, "draw": self.draw, "replication": self.replication}
        first = dict.fromkeys(key, 0)
        return {name: pd.DataFrame({**first, **columns}).assign(**key) for name, columns in self.columns.items()}

    @property
    def months(self) -> pd.DataFrame:
        """The monthly table: a row for each crisis and month; counts and cents are int64, expected ones float64."""
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

    def _repr_html_(self) -> str:
        return self.ensemble._repr_html_()
