"""An ensemble: worlds of scenarios in memory, with their months."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.errors import FolderError
from cyclesim.inputs.scenario import Scenario
from cyclesim.measures import MEASURES
from cyclesim.runs.folder import scenario_of
from cyclesim.runs.results import Runs
from cyclesim.worlds import seals
from cyclesim.worlds.design import NO_DRAWS, Design
from cyclesim.worlds.fingerprint import Fingerprint, of_this_process
from cyclesim.worlds.item import World
from cyclesim.worlds.plan import Plan
from cyclesim.worlds.tables import KEYS, WORLD, over_crises, totals
from cyclesim.worlds.totals import TOTALS, Table

if TYPE_CHECKING:
    import pandas as pd


class Ensemble(Runs):
    """Worlds of one or more scenarios, in memory.

    Attributes
    ----------
    table
        Wide monthly table: scenario, draw, replication, crisis, month and the measures.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        design: Design | None,
        seed: int,
        table: pd.DataFrame,
        engine: str = "ledger",
        made_by: Fingerprint | None = None,
    ) -> None:
        self.table = table
        self.measures, self.monthly = list(TOTALS), list(MEASURES)  # all of them
        replications, code = int(table["replication"].max()) + 1, made_by or of_this_process()
        chosen, twin = tuple(scenarios.values()), engine == "twin"
        self.plan = Plan(chosen, design or NO_DRAWS, replications, seed, False, twin, code)

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario],
        design: Design | None,
        seed: int,
        worlds: Sequence[World],
        results: Sequence[Sequence[Table]],
        engine: str = "ledger",
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
        return cls({s.name: s for s in scenarios}, design, seed, pd.DataFrame(columns), engine)

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
        return int(self.table[WORLD].drop_duplicates().shape[0])

    @property
    def months(self) -> pd.DataFrame:
        """The wide monthly table: `table`."""
        return self.table

    @cached_property
    def totals(self) -> pd.DataFrame:
        """One row for each scenario and world; see `totals`."""
        return totals(self.table)

    def runs(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a row for each run: scenario, draw, replication and totals; all of them for None."""
        return self.totals if measures is None else self.totals[[*KEYS, *map(self.known, measures)]]

    def by_month(self, measure: str) -> pd.DataFrame:
        """Return a measure month by month, over all crises: a row for each run and month."""
        return over_crises(self.table, [measure])

    def plot(self, baseline: str | None = None) -> Any:
        """Return the figure of the cycle: headline measures of every scenario, with bands over worlds."""
        from cyclesim.charts import pictures

        return pictures.cycle(self, baseline)


def with_table(runs: Runs, table: pd.DataFrame) -> Ensemble:
    """Return the same worlds in memory, with another monthly table, such as some of its months."""
    return Ensemble(runs.scenarios, runs.design, runs.seed, table, runs.engine, runs.made_by)


def read_ensemble(folder: str | Path) -> Ensemble:
    """Read an ensemble back from its folder."""
    import pandas as pd

    folder = Path(folder)
    content = seals.read_manifest(folder)
    if not (folder / "table.parquet").is_file() or "design" not in content:
        raise FolderError(f"{folder} holds a {content['kind']} of cyclesim, which has no table of worlds")
    made_by = Fingerprint.parse(content.get("fingerprint"))
    try:
        table = pd.read_parquet(io.BytesIO(seals.read_file(folder, "table.parquet")))
    except ValueError as error:  # pyarrow's own are of this kind
        raise FolderError(f"{folder / 'table.parquet'} cannot be read: {error}") from error
    scenarios = {name: scenario_of(content, name) for name in content["order"]}
    drawn = content["design"]
    how = content.get("method", "table"), content.get("levels", 4)
    design = Design(tuple(drawn), np.column_stack(list(drawn.values())), *how) if drawn else None
    found = Ensemble(scenarios, design, content["seed"], table, content.get("engine", "ledger"), made_by)
    found.folder = folder
    return found
