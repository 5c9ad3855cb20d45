"""Runs: what an ensemble in memory and a sweep in a folder both are, and what every analysis reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import CycleSimError, UnknownNameError, did_you_mean
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import who
from cyclesim.measures import EVERY, MEASURES
from cyclesim.runs import folder
from cyclesim.worlds import seals, writing
from cyclesim.worlds.design import Design
from cyclesim.worlds.fingerprint import Fingerprint
from cyclesim.worlds.plan import Plan
from cyclesim.worlds.tables import KEYS, WORLD, describe, of_measure

if TYPE_CHECKING:
    import pandas as pd
    import xarray


class Runs(ABC):
    """Worlds of one or more scenarios, in memory (`Ensemble`) or in a folder (`Sweep`): what every analysis reads.

    Attributes
    ----------
    folder
        Where they are kept, or None.
    plan
        Every run asked for.
    measures, monthly
        Totals, and measures by month, that are kept.
    """

    folder: Path | None = None
    plan: Plan
    measures: list[str]
    monthly: list[str]

    @abstractmethod
    def runs(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a row for each run: scenario, draw, replication and totals; all of them for None."""

    @abstractmethod
    def by_month(self, measure: str) -> pd.DataFrame:
        """Return a measure month by month, over all crises: a row for each run and month."""

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What determines the runs, as JSON types."""
        return self.about("run" if len(self.scenarios) == 1 else "comparison")

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Scenarios by name; the first is the baseline."""
        return {scenario.name: scenario for scenario in self.plan.scenarios}

    @property
    def baseline(self) -> str:
        """Name of the scenario that the others are compared with."""
        return next(iter(self.scenarios))

    @property
    def design(self) -> Design | None:
        """The draws, or None."""
        return self.plan.design if len(self.plan.design) else None

    @property
    def method(self) -> str:
        """How the draws were made; see `cyclesim.worlds.design.Design`."""
        return self.plan.design.method

    @property
    def seed(self) -> int:
        """Seed of the luck."""
        return self.plan.seed

    @property
    def twin(self) -> bool:
        """Whether numbers are expected values."""
        return self.plan.twin

    @property
    def engine(self) -> str:
        """What simulated them: ``ledger`` (people one by one) or ``twin`` (expected numbers)."""
        return engine(self.twin)

    @property
    def made_by(self) -> Fingerprint:
        """Fingerprint of what simulated them."""
        return self.plan.made_by

    @property
    def replications(self) -> int:
        """Worlds of each draw."""
        return self.plan.replications

    @property
    def worlds(self) -> int:
        """Number of worlds of each scenario."""
        return len(self.plan.draws) * self.plan.replications

    @property
    def draws(self) -> pd.DataFrame:
        """A row for each draw: its number, and the value of each quantity; draw 0 is the defaults."""
        import pandas as pd

        values = dict(zip(self.plan.design.names, self.plan.design.values.T, strict=True))
        return pd.DataFrame({"draw": self.plan.draws, **values})

    @property
    def number_of_draws(self) -> int:
        """Number of draws that the worlds are of; 1 where the inputs are not varied."""
        return len(self.plan.draws)

    @property
    def shared_luck(self) -> bool:
        """Whether replication r has the same luck in all draws; expected values have none."""
        return self.plan.shared_luck and not self.plan.twin

    @property
    def sampled(self) -> bool:
        """Whether draws are a sample of what is plausible, and not the points of a grid or of an analysis."""
        return self.method not in ("grid", "morris", "saltelli")

    @property
    def units(self) -> int:
        """What the ends of intervals rest on; see `cyclesim.intervals.Spread`."""
        draws, replications = self.number_of_draws, self.replications
        if draws == 1:
            return replications
        return 1 if not self.sampled else min(draws, replications) if self.shared_luck else draws

    @property
    def who(self) -> str:
        """Whom an interval over these worlds holds."""
        return who(self.worlds, self.number_of_draws, self.units)

    @property
    def covers(self) -> str:
        """What an interval over these worlds covers."""
        if self.twin:
            return "expected values" if self.worlds == 1 else "inputs only"
        if self.worlds == 1:
            return "one world"
        return "luck and inputs" if self.design is not None and len(self.design) > 1 else "luck only"

    @property
    def complete(self) -> bool:
        """Whether every run asked for is there."""
        return True

    @property
    def where(self) -> str:
        """Say where they are, for messages."""
        return str(self.folder) if self.folder is not None else "this ensemble"

    def way_to(self, draws: int | None = None, replications: int | None = None, measures: Sequence[str] = ()) -> str:
        """Say how to have more of them, for messages."""
        asked = [f"{name}={n}" for name, n in (("draws", draws), ("replications", replications)) if n]
        return f"simulate again with {' and '.join(asked)}" if asked else "simulate again"

    @property
    def months(self) -> pd.DataFrame:
        """The wide monthly table by crisis (see `Ensemble`), where it is kept; elsewhere one without rows."""
        import pandas as pd

        return pd.DataFrame()

    @property
    def totals(self) -> pd.DataFrame:
        """One row for each scenario and world; see `totals`."""
        return self.runs()[[*KEYS, *self.measures]]

    def summary(self, measure: str | None = None) -> pd.DataFrame:
        """Return what the totals come to over worlds, by scenario and measure; see `describe`."""
        import pandas as pd

        names = [self.known(measure)] if measure is not None else self.measures
        parts = (self.runs([name])[[*KEYS, name]] for name in names)  # of a sweep, one read at a time
        found = pd.concat([describe(part, self.shared_luck, self.sampled) for part in parts])
        order = [key for key in product(self.scenarios, names) if key in found.index]
        return of_measure(found.loc[order], measure)

    def pairs(self, measure: str) -> pd.DataFrame:
        """Return a total of every scenario world by world: a row for each draw and replication in which none failed."""
        frame = self.runs([self.known(measure)]).pivot(index=WORLD, columns="scenario", values=measure)
        return frame.reindex(columns=list(self.scenarios)).dropna()

    def differences(self, measure: str, baseline: str | None = None) -> pd.DataFrame:
        """Return paired differences from the baseline: a row for each world, a column for each counterfactual.

        Averted or in excess; see `cyclesim.measures.Measure.difference`.
        """
        import pandas as pd

        pairs, about = self.pairs(measure), EVERY[measure]
        name = baseline or self.baseline
        if name not in pairs:
            raise UnknownNameError(f"{self.where} has no scenario {name!r}; {did_you_mean(name, self.scenarios)}")
        base = pairs.pop(name)
        return pd.DataFrame({name: about.difference(base, other) for name, other in pairs.items()})

    def by_replication(self, measure: str) -> dict[str, NDArray[np.float64]]:
        """Return the paired difference of each counterfactual by replication, averaged over the draws of each."""
        means = self.differences(measure).groupby("replication").mean().sort_index()
        return {name: means[name].to_numpy(dtype=float) for name in means.columns}

    def known(self, measure: str) -> str:
        """Return a measure that is kept; refuse one that is not."""
        if measure not in self.measures:
            raise UnknownNameError(f"{self.where} keeps no measure {measure!r}; {did_you_mean(measure, self.measures)}")
        return measure

    def _repr_html_(self) -> str:
        from cyclesim.charts import pictures

        return pictures.as_cell(self, self.summary())

    def about(self, kind: str) -> dict[str, Any]:
        """Return the manifest of these runs as results of a kind, such as ``run`` or ``comparison``."""
        chosen = self.scenarios.values()
        return folder.manifest(kind, chosen, self.design, self.replications, self.seed, self.engine, self.made_by)

    def files(self) -> dict[str, Any]:
        """Return the files that they are kept in: totals.parquet, summary.csv, and table.parquet if months are kept."""
        months = {} if self.months.empty else {"table.parquet": self.months}
        return {**months, "totals.parquet": self.totals, "summary.csv": self.summary().reset_index()}

    def save(self, place: str | Path, kind: str = "run", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write them to a folder, which `cyclesim.read` and every analysis reads; return its manifest.

        Parameters
        ----------
        extra
            Further files by name: data frames (.parquet or .csv by the name), text or bytes.

        Raises
        ------
        FolderError
            If the folder holds another study, another process is writing it, or it cannot be written.
        """
        about = self.about(kind)
        with writing.results(Path(place), about) as output:
            output.write({**self.files(), **(extra or {})})
        return seals.sealed(about)

    def to_xarray(self) -> xarray.Dataset:
        """Return everything as one labelled dataset.

        Totals (flows summed over months, all else averaged: see the attribute ``over_months``) have the dimensions
        scenario, draw and replication; ``<name>_by_month`` is what is kept by month, and has month and, in memory,
        crisis. The quantities drawn are coordinates of draw, dates of month. Attributes of a variable are its title,
        unit and text.
        """
        try:
            import xarray
        except ImportError:
            raise CycleSimError("xarray is not installed: pip install 'cyclesim[analysis]'") from None

        columns: dict[Any, Any] = dict(self.totals.set_index(KEYS)[self.measures].items())
        if self.months.empty:
            tables = {
                name: self.by_month(name).set_index([*KEYS, "month"])[name].astype(float) for name in self.monthly
            }
        else:
            months = self.months.set_index([*KEYS, "crisis", "month"])
            tables = {name: months[name] for name in MEASURES}
        columns |= {f"{name}_by_month": table for name, table in tables.items()}
        found = xarray.Dataset({name: xarray.DataArray.from_series(values) for name, values in columns.items()})
        found = found.reindex(scenario=list(self.scenarios))  # in the order asked for
        draws = self.draws.set_index("draw").reindex(np.asarray(found["draw"]))
        found = found.assign_coords({name: ("draw", draws[name].to_numpy()) for name in draws.columns})
        if "month" in found.dims:
            start = self.plan.scenarios[0].start
            found = found.assign_coords(date=("month", [date(int(month), start) for month in found["month"]]))
        for name, variable in found.data_vars.items():
            measure = EVERY[str(name).removesuffix("_by_month")]
            variable.attrs = {"long_name": measure.title, "units": measure.unit, "description": measure.text}
            if not str(name).endswith("_by_month"):
                variable.attrs["over_months"] = measure.over_year
        found.attrs = {"title": ", ".join(s.title for s in self.plan.scenarios), "hash": self.manifest["hash"]}
        found.attrs |= {"engine": self.engine, "seed": self.seed, "made_by": str(self.made_by), "covers": self.covers}
        return found


def engine(twin: bool) -> str:
    """Return the name of an engine, as in manifests."""
    return "twin" if twin else "ledger"
