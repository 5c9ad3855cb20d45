"""What a sweep says: paired differences, a measure at a time, and a run simulated again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cyclesim.analysis.compare import paired
from cyclesim.runs.item import Item, simulate_item
from cyclesim.runs.sweep import Sweep
from cyclesim.runs.verify import differing


def differences(sweep: Sweep) -> pd.DataFrame:
    """Return the paired differences of every total from the baseline; one measure is read at a time.

    Returns
    -------
    Rows (scenario, measure); columns as in `Comparison.summary`. The standard error is that of the mean over the
    plan's worlds: draws are its units where there are any, since replications of one draw share its inputs; where
    all draws share their luck, replications are units too. Of the points of a grid or of an analysis there is none.
    """
    others = [name for name in sweep.scenarios if name != sweep.baseline]
    rows = []
    for measure in sweep.measures if others else ():
        pairs = sweep.pairs(measure)
        for name in others:
            row = paired(measure, pairs[sweep.baseline], pairs[name], sweep.shared_luck, sweep.sampled)
            rows.append({"scenario": name, "measure": measure, **row})
    return pd.DataFrame(rows).set_index(["scenario", "measure"]) if rows else pd.DataFrame()


@dataclass(frozen=True)
class Replayed:
    """A run of a sweep, simulated again.

    Attributes
    ----------
    item, scenario
        Which run.
    drawn
        Its values of the quantities.
    stored
        The row in the store, or None.
    stored_failed
        Whether it failed in the sweep.
    totals
        What came out now; empty if it failed.
    differing
        Columns whose bits differ from those stored.
    traceback
        Of a run that fails now; else empty.
    """

    item: Item
    scenario: str
    drawn: dict[str, float]
    stored: dict[str, Any] | None
    stored_failed: bool
    totals: dict[str, float]
    differing: list[str]
    traceback: str = ""

    @property
    def failed(self) -> bool:
        """Whether it fails now."""
        return not self.totals


def replay(sweep: Sweep, key: str) -> Replayed:
    """Simulate one run of a sweep again and hold it against what is stored.

    Raises
    ------
    UnknownNameError
        If no run, or more than one, has a key that begins so.
    FolderError
        If another model version made the sweep.
    """
    item, job = sweep.find(key), sweep.job()
    outcome = simulate_item(job, item)
    drawn = dict(zip(job.quantities, item.values.tolist(), strict=True))
    failures = sweep.failures
    stored_failed = bool((failures["key"] == item.key).any())
    stored = sweep.store.rows({item.key}).get(item.key)
    name = sweep.plan.scenarios[item.scenario].name
    if outcome.failed:
        return Replayed(
            item, name, drawn, stored, stored_failed, {}, ["all: it fails"] if stored else [], outcome.row[-1]
        )
    fresh = dict(zip(sweep.store.columns.names, outcome.row, strict=True))
    found = ["all: it failed"] if stored_failed else [] if stored is None else differing(fresh, stored)
    totals = {measure: fresh[measure] for measure in sweep.measures}
    return Replayed(item, name, drawn, stored, stored_failed, totals, found)
