"""A run of a sweep, simulated again."""

from dataclasses import dataclass
from typing import Any

from cyclesim.runs.sweep import Sweep
from cyclesim.runs.verify import differing
from cyclesim.worlds.item import Item, simulate_item


@dataclass(frozen=True)
class Replayed:
    """A run of a sweep, simulated again."""

    item: Item
    scenario: str
    drawn: dict[str, float]  # values of the quantities
    stored: dict[str, Any] | None  # the row in the store
    stored_failed: bool  # in the sweep
    totals: dict[str, float]  # what came out now; empty if it failed
    differing: list[str]  # columns whose bits differ
    traceback: str = ""  # of a run that fails now

    @property
    def failed(self) -> bool:
        """Whether it fails now."""
        return not self.totals


def replay(sweep: Sweep, key: str) -> Replayed:
    """Simulate one run of a sweep, by the beginning of its key, again and hold it against what is stored."""
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
