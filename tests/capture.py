"""Tables of capture histories for tests: simulated ones, random ones, and the published ones."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import strategies as st

from cyclesim.estimation.histories import Counts
from cyclesim.inputs import captures


def published(name: str) -> Counts:
    table = captures.read(name)
    return Counts.of(table.counts, table.lists)


def histories(lists: int) -> list[tuple[int, ...]]:
    return [history for history in product((0, 1), repeat=lists) if any(history)]


def simulated(people: int, chances: tuple[float, ...], seed: int, odds: float = 1.0) -> Counts:
    """Return who is on which list: independent lists, but the second one's odds are larger on the first one."""
    rng = np.random.default_rng(seed)
    on = rng.random((people, len(chances))) < chances
    raised = odds * chances[1] / (1 - chances[1])
    on[:, 1] = np.where(on[:, 0], rng.random(people) < raised / (1 + raised), on[:, 1])
    cells = np.bincount(on @ (1 << np.arange(len(chances))), minlength=1 << len(chances)).astype(float)
    cells[0] = 0
    return Counts(tuple("ABCDEFGH"[: len(chances)]), cells)


def random_counts(lists: int, least: int = 0, most: int = 60) -> st.SearchStrategy[Counts]:
    """Return a strategy for tables with these many people for each history."""
    people = st.lists(st.integers(least, most), min_size=2**lists - 1, max_size=2**lists - 1)
    return people.filter(any).map(lambda numbers: Counts.of(dict(zip(histories(lists), numbers, strict=True))))
