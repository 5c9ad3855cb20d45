"""Designs: which values the uncertain numbers take in each draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import CycleSimError, DesignError, StudyError, did_you_mean
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study
from cyclesim.inputs.tables import read_table
from cyclesim.worlds.samplers import positions

METHODS = ("lhs", "sobol", "saltelli", "morris")
MAX_DRAWS = 1_000_000
Ranges = Iterable[str] | Mapping[str, Sequence[float] | None]
"""Names of what is drawn, or its lowest and highest value by name; None means the range of the parameter itself."""


@dataclass(frozen=True)
class Design:
    """Draws of uncertain numbers.

    Attributes
    ----------
    names
        What is drawn, in alphabetical order: parameters, and dotted paths of the scenarios.
    values
        Shape (draws, parameters). Draw k of a table of results is row k - 1; draw 0 is the defaults and not here.
    method, levels
        How they were made: ``lhs``, ``sobol``, ``saltelli``, ``morris`` (in so many levels), ``grid`` or ``table``.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    method: str = "table"
    levels: int = 4

    def __len__(self) -> int:
        """Return the number of draws."""
        return int(self.values.shape[0])

    @property
    def numbers(self) -> list[int]:
        """Numbers of the draws; draw 0 stands for the defaults."""
        return list(range(1, len(self) + 1)) if len(self) else [0]

    def of(self, draw: int) -> dict[str, float]:
        """Return the numbers of a draw, by parameter; none for draw 0."""
        if draw == 0:
            return {}
        return dict(zip(self.names, self.values[draw - 1].tolist(), strict=True))

    def largest_correlation(self) -> tuple[str, str, float]:
        """Return the two quantities with the largest rank correlation, and it: 0 where nothing varies."""
        if len(self.names) < 2 or len(self) < 2:
            return "", "", 0.0
        from scipy.stats import rankdata

        ranks = rankdata(self.values, axis=0) - (len(self) + 1) / 2
        size = np.sqrt((ranks**2).sum(axis=0))
        ranks = np.divide(ranks, size, out=np.zeros_like(ranks), where=size > 0)
        matrix = np.triu(ranks.T @ ranks, 1)
        one, two = np.unravel_index(int(np.abs(matrix).argmax()), matrix.shape)
        return self.names[one], self.names[two], float(matrix[one, two])

    def tell_apart(self) -> None:
        """Refuse draws in which two quantities go together by more than `CONFOUNDED`: what each does cannot be told."""
        one, two, together = self.largest_correlation()
        if abs(together) > CONFOUNDED:
            raise DesignError(
                f"{one} and {two} go together in these {len(self):,} draws (rank correlation {together:.2f}), so that "
                f"what one does cannot be told from what the other does; the most is {CONFOUNDED:g}. Take more draws, "
                "or fewer quantities"
            )


CONFOUNDED = 0.5  # largest rank correlation of two quantities with which an analysis credits either with anything
NO_DRAWS = Design((), np.empty((0, 0)))


@dataclass(frozen=True)
class _Spread:
    """A quantity and the range over which it is drawn."""

    name: str
    low: float
    high: float
    log: bool

    def over(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values for positions between 0 and 1."""
        if self.log:
            low, high = np.log(self.low), np.log(self.high)
            return np.asarray(np.exp(low + unit * (high - low))).clip(self.low, self.high)
        return np.asarray(self.low + unit * (self.high - self.low)).clip(self.low, self.high)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one quantity of a design."""

    name: str
    message: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.message}; {self.way_out}" if self.way_out else self.message


def sample(
    scenarios: Scenario | Sequence[Scenario],
    method: str = "lhs",
    n: int | Sequence[int] = 64,
    seed: int = 1,
    quantities: Ranges | None = None,
    levels: int = 4,
) -> Design:
    """Draw quantities: uniform over their ranges, on a logarithmic scale where parameters.yaml says so.

    Parameters
    ----------
    scenarios
        One scenario, or all that will be compared. A parameter that one of them states itself is a fact of it, or a
        lever, and not drawn unless it is named.
    method
        ``lhs`` (Latin hypercube; draws of a parameter do not depend on which others are drawn), ``sobol`` (scrambled
        Sobol sequence; n must be a power of two; a longer one begins with the same draws), ``saltelli`` (for Sobol
        indices: two samples of n, and the first with each column in turn from the second) or ``morris`` (n
        trajectories, in which one quantity moves at a time, in an even number of `levels`).
    n
        Number of draws; several numbers are blocks, each a Latin hypercube of its own, as in a sweep that was expanded.
    seed
        Seed of the design; it has nothing to do with the luck of the worlds.
    quantities
        What to draw, with its own range or one given here: parameters, and dotted paths of the scenarios. All
        parameters with a range if absent.

    Raises
    ------
    DesignError
        For an unknown method or quantity, one without a range or out of bounds, or no draws at all.
    """
    if method not in METHODS:
        raise DesignError(f"no method {method!r}; {did_you_mean(method, METHODS)}")
    blocks = [n] if isinstance(n, int) else list(n)
    if not blocks or min(blocks) < 1:
        raise DesignError(f"a design needs at least one draw (got {n})")
    if sum(blocks) > MAX_DRAWS:
        raise DesignError(f"a design has at most {MAX_DRAWS:,} draws (got {sum(blocks):,})")
    group = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    spreads, faults = _spreads(group, quantities)
    for fault in faults:
        raise DesignError(str(fault))
    if not spreads:
        raise DesignError("there is nothing to draw: the scenarios state every parameter themselves")
    unit = positions(method, [spread.name for spread in spreads], blocks, seed, levels)
    values = np.column_stack([spread.over(unit[:, k]) for k, spread in enumerate(spreads)])
    return Design(tuple(spread.name for spread in spreads), values, method, levels)


def enough_draws(method: str, least: int) -> int:
    """Return how many draws to ask for, to have at least so many: a Sobol sequence grows by doubling."""
    return 1 << (least - 1).bit_length() if method in ("sobol", "saltelli") else least


def from_table(table: Mapping[str, Sequence[float]]) -> Design:
    """Return the design of a table of one's own: a column of numbers for each quantity."""
    names = tuple(sorted(table))
    unknown = [name for name in names if "." not in name and name not in parameters()]
    if unknown:
        raise DesignError(f"no parameter {unknown[0]!r}; {did_you_mean(unknown[0], parameters())}")
    lengths = {len(column) for column in table.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise DesignError("a design needs at least one draw, and as many numbers for each quantity")
    return Design(names, np.column_stack([np.asarray(table[name], dtype=float) for name in names]))


def draw_design(scenarios: Scenario | Sequence[Scenario], draws: int | str | Path, seed: int = 1) -> Design | None:
    """Return so many draws of every quantity with a range, or those of a CSV file; None for 0.

    A file has a column for each quantity, such as the posterior that a calibration leaves. Its draws are taken whole:
    without one of its columns they would be draws of something else.
    """
    if isinstance(draws, int):
        return sample(scenarios, n=draws, seed=seed) if draws else None
    group = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    table = read_table(Path(draws))
    for scenario, name in product(group, table):
        if name in scenario.stated:
            raise DesignError(
                f"{draws} draws {name}, which {scenario.name} states itself: the draws belong together and none of "
                f"them is left out. Take {name} out of the scenario, or calibrate with it stated"
            )
    for fault in _misfits(group, table):
        raise DesignError(f"{draws}: {fault}")
    return from_table(table)


def grid(values: Mapping[str, Sequence[float]]) -> Design:
    """Return the full grid over values of each quantity; the last one, in alphabetical order, changes fastest."""
    names = sorted(values)
    size = int(np.prod([float(len(values[name])) for name in names]))
    if size > MAX_DRAWS:
        raise DesignError(f"the grid has {size:,} draws, more than {MAX_DRAWS:,}; take fewer values, or sobol")
    rows = np.array(list(product(*(values[name] for name in names))), dtype=np.float64)
    return replace(from_table({name: rows[:, k].tolist() for k, name in enumerate(names)}), method="grid")


def of_study(study: Study, scenarios: Sequence[Scenario]) -> Design | None:
    """Return the design of a study, or None; `StudyError` says everything that is wrong in it, and where."""
    design = study.design
    if design is None:
        return None
    stated = design.method in ("table", "grid")
    listed = (design.table if design.method == "table" else design.quantities) or {}
    numbers = {name: some or [] for name, some in listed.items()}
    faults = _misfits(scenarios, numbers) if stated else _spreads(scenarios, design.quantities)[1]
    if faults:
        raise StudyError([study.problem(study.place_of(f.name), f.message, f.way_out) for f in faults])
    try:
        if stated:
            return from_table(numbers) if design.method == "table" else grid(numbers)
        blocks = design.trajectories if design.method == "morris" else design.draws
        return sample(scenarios, design.method, blocks or 0, design.seed, design.quantities, design.levels)
    except DesignError as error:
        raise StudyError([study.problem(("design",), str(error))]) from None


def _spreads(scenarios: Sequence[Scenario], quantities: Ranges | None) -> tuple[list[_Spread], list[Fault]]:
    """Return the range of each quantity in alphabetical order, and what is wrong with some of them."""
    known = parameters()
    if quantities is None:
        stated = set().union(*(scenario.stated for scenario in scenarios))
        quantities = sorted({n for n, quantity in known.items() if quantity.sampled} - stated)
    elif isinstance(quantities, str):
        quantities = [quantities]
    own: Mapping[str, Sequence[float] | None] = (
        quantities if isinstance(quantities, Mapping) else dict.fromkeys(quantities)
    )
    found = [_spread(name, own[name]) for name in sorted(own)]
    spreads = [one for one in found if isinstance(one, _Spread)]
    faults = [one for one in found if isinstance(one, Fault)]
    named = [spread for spread in spreads if own[spread.name] is not None or "." in spread.name]
    faults += _misfits(scenarios, {spread.name: [spread.low, spread.high] for spread in named})
    faults += scenario_levers(scenarios, [spread.name for spread in spreads if spread not in named])
    return spreads, faults


def _spread(name: str, values: Sequence[float] | None) -> _Spread | Fault:
    quantity = parameters().get(name)
    if values is None:
        if quantity is None:
            if "." in name:
                return Fault(name, f"{name} has no range of its own", "write [low, high]")
            return Fault(name, f"no parameter {name!r}", did_you_mean(name, parameters()))
        if quantity.range is None:
            return Fault(name, f"parameter {name!r} has no range to draw from", "give it one, or leave it out")
        values = quantity.range
    if len(values) != 2 or not values[0] < values[1]:
        return Fault(name, f"the range of {name} must be two numbers, the lower one first", "write [low, high]")
    low, high = float(values[0]), float(values[1])
    return _Spread(name, low, high, quantity is not None and quantity.scale == "log" and low > 0)


def _misfits(scenarios: Sequence[Scenario], values: Mapping[str, Sequence[float]]) -> list[Fault]:
    """Return which quantities are unknown, or have values that a scenario does not take: each at its two ends."""
    faults = []
    for name, numbers in values.items():
        if "." not in name and name not in parameters():
            faults.append(Fault(name, f"no parameter {name!r}", did_you_mean(name, parameters())))
        elif not numbers:
            faults.append(Fault(name, f"{name} has no values", "write a list of them"))
        else:
            faults += _refused(scenarios, name, sorted({min(numbers), max(numbers)}))
    return faults + scenario_levers(
        scenarios, [name for name in values if name not in {fault.name for fault in faults}]
    )


def _refused(scenarios: Sequence[Scenario], name: str, ends: Sequence[float]) -> list[Fault]:
    for scenario in scenarios:
        for value in ends:
            try:
                scenario.with_values({name: value})
            except CycleSimError as error:
                return [Fault(name, f"{name} cannot be {value:g} in {scenario.name}: {error}", "")]
    return []


def scenario_levers(scenarios: Sequence[Scenario], names: Iterable[str]) -> list[Fault]:
    """Return which quantities are levers: scenarios differ in what they state, so that a draw would undo it."""
    faults = []
    for name in names:
        stated = [_stated(scenario, name) for scenario in scenarios]
        if any(value != stated[0] for value in stated):
            who = ", ".join(s.name for s, value in zip(scenarios, stated, strict=True) if value is not None)
            message = f"{who} states {name} itself, and the scenarios differ in it, so it cannot be drawn too"
            faults.append(Fault(name, message, "leave it out of the design"))
    return faults


def _stated(scenario: Scenario, name: str) -> Any:
    """Return what a scenario itself says of a quantity; None for a parameter it leaves alone."""
    try:
        return scenario.value(name) if "." in name else scenario.parameters.get(name)
    except CycleSimError:
        return None
