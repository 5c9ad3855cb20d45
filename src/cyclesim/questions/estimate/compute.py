"""Estimates of how many people there are, by every method; see `cyclesim.estimation`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cyclesim.estimation import bootstrap
from cyclesim.estimation.histories import COUNT, Counts, Estimate
from cyclesim.estimation.methods import METHODS, Options, estimate
from cyclesim.inputs import captures
from cyclesim.inputs.captures import CaptureTable


@dataclass(frozen=True, repr=False)
class Estimates:
    """What methods say of one table.

    Attributes
    ----------
    counts, rows
        The table, and an estimate or a refusal of each method.
    """

    counts: CaptureTable
    rows: Sequence[Estimate]

    def __repr__(self) -> str:
        return f"Estimates({self.counts.name!r}, methods={len(self.rows)})"

    @property
    def observed(self) -> int:
        """People on at least one list."""
        return sum(self.counts.counts.values())

    @property
    def overlapping(self) -> int:
        """People on two lists or more."""
        return sum(people for history, people in self.counts.counts.items() if sum(history) > 1)

    @property
    def answered(self) -> list[Estimate]:
        """The estimates that are no refusals."""
        return [row for row in self.rows if row.estimate is not None]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each method."""
        return pd.DataFrame(self.records())

    def records(self) -> list[dict[str, Any]]:
        """Return the estimates as JSON types."""
        return [{k: v for k, v in asdict(row).items() if k != "standard_error"} for row in self.rows]

    def files(self) -> dict[str, Any]:
        """Return the file that it is kept in."""
        return {"estimates.json": json.dumps(self.records(), indent=1) + "\n"}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        head = {"table": self.counts.name, "observed": self.observed, "overlapping": self.overlapping}
        return {**head, "lists": self.counts.sizes, "estimates": self.records()}


def estimates(
    counts: CaptureTable | str | Path,
    method: str = "",
    order: int = Options.order,
    lists: Sequence[str] = (),
    count: str = COUNT,
    replicates: int = 0,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Estimates:
    """Estimate how many people there are, those on no list included (multiple systems estimation).

    All methods stand side by side unless one is named. A method that has no answer for a table says why.

    Parameters
    ----------
    counts
        A file of one's own, the name of a published table, or what `cyclesim.inputs.captures.read` returns.
    method
        A key of `cyclesim.estimation.methods.METHODS`; all of them if absent.
    order
        Lists in a term, for bic, aic and average.
    lists, count
        Columns that are lists (all others if absent), and that of how many people have a history.
    replicates, seed
        Replicates of the bootstrap that gives 95 % limits, without any there are none; and its seed.
    progress
        Called with the number of replicates done and asked for.
    """
    table = table_of(counts, lists, count)
    people, options = Counts.of(table.counts, table.lists), Options(order=order)
    methods, rows, done = [method] if method else list(METHODS), [], 0
    if not replicates:
        return Estimates(table, [estimate(people, name, options) for name in methods])

    def advance(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, replicates * len(methods))

    for number, name in enumerate(methods):
        done = replicates * number
        rows.append(bootstrap.with_interval(people, name, replicates, seed, options, advance))
    return Estimates(table, rows)


def table_of(counts: CaptureTable | str | Path, lists: Sequence[str], count: str) -> CaptureTable:
    """Return a table, read if it is a name or a file."""
    return counts if isinstance(counts, CaptureTable) else captures.read(counts, lists, count)
