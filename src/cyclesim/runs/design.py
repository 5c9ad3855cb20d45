"""Designs: which values the uncertain numbers take in each draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError, did_you_mean
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario

METHODS = ("lhs", "sobol")


@dataclass(frozen=True)
class Design:
    """Draws of uncertain numbers.

    Attributes
    ----------
    names
        Parameters that are drawn, in alphabetical order.
    values
        Shape (draws, parameters). Draw k of a table of results is row k - 1; draw 0 is the defaults and not here.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of draws."""
        return int(self.values.shape[0])

    def of(self, draw: int) -> dict[str, float]:
        """Return the numbers of a draw, by parameter; none for draw 0."""
        if draw == 0:
            return {}
        return dict(zip(self.names, self.values[draw - 1].tolist(), strict=True))


NO_DRAWS = Design((), np.empty((0, 0)))


def sample(
    scenarios: Scenario | Sequence[Scenario],
    method: str = "lhs",
    n: int = 64,
    seed: int = 1,
    quantities: Iterable[str] | None = None,
) -> Design:
    """Draw the parameters that have a range: uniform over it, on a logarithmic scale where it says so.

    Parameters
    ----------
    scenarios
        One scenario, or all that will be compared. A parameter that one of them states itself stays as stated,
        and is not drawn: it is a fact of that scenario or a lever.
    method
        ``lhs`` (Latin hypercube) or ``sobol`` (scrambled Sobol sequence; n must be a power of two). The draws of a
        parameter do not depend on which others are drawn.
    n
        Number of draws.
    seed
        Seed of the design; it has nothing to do with the luck of the worlds.
    quantities
        Names of the parameters to draw; all with a range if absent.

    Raises
    ------
    DesignError
        For an unknown method or parameter, one without a range, or no draws at all.
    """
    if method not in METHODS:
        raise DesignError(f"no method {method!r}; {did_you_mean(method, METHODS)}")
    if n < 1:
        raise DesignError(f"a design needs at least one draw (got {n})")
    group = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    names = _drawn(group, quantities)
    unit = _latin(names, n, seed) if method == "lhs" else _sobol(names, n, seed)
    return Design(names, np.column_stack([_spread(name, unit[:, k]) for k, name in enumerate(names)]))


def _latin(names: tuple[str, ...], n: int, seed: int) -> NDArray[np.float64]:
    """Return a Latin hypercube whose columns are keyed by name: what else is drawn does not move them."""
    columns = []
    for name in names:
        generator = np.random.default_rng(_key(f"{seed} {n} {name}"))
        columns.append((generator.permutation(n) + generator.random(n)) / n)
    return np.column_stack(columns)


def _sobol(names: tuple[str, ...], n: int, seed: int) -> NDArray[np.float64]:
    """Return the columns of one scrambled Sobol sequence over every parameter with a range."""
    from scipy.stats import qmc

    if n & (n - 1):
        raise DesignError(f"a Sobol design needs a power of two (got n = {n}); take {1 << n.bit_length()}, or lhs")
    ranged = sorted(name for name, quantity in parameters().items() if quantity.range is not None)
    everything = qmc.Sobol(d=len(ranged), rng=np.random.default_rng(_key(f"{seed} {n}"))).random(n)
    return np.asarray(everything[:, [ranged.index(name) for name in names]])


def _key(text: str) -> int:
    return int.from_bytes(blake2b(f"design {text}".encode(), digest_size=16).digest(), "little")


def given(table: Mapping[str, Sequence[float]]) -> Design:
    """Return the design of a table of one's own: a column of numbers for each parameter."""
    names = tuple(sorted(table))
    unknown = [name for name in names if name not in parameters()]
    if unknown:
        raise DesignError(f"no parameter {unknown[0]!r}; {did_you_mean(unknown[0], parameters())}")
    lengths = {len(column) for column in table.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise DesignError("a design needs at least one draw, and as many numbers for each parameter")
    return Design(names, np.column_stack([np.asarray(table[name], dtype=float) for name in names]))


def _drawn(scenarios: list[Scenario], quantities: Iterable[str] | None) -> tuple[str, ...]:
    ranged = {name for name, quantity in parameters().items() if quantity.range is not None}
    if quantities is not None:
        wanted = {quantities} if isinstance(quantities, str) else set(quantities)
        for name in sorted(wanted - ranged):
            if name in parameters():
                raise DesignError(f"parameter {name!r} has no range to draw from; give it one, or leave it out")
            raise DesignError(f"no parameter {name!r}; {did_you_mean(name, ranged)}")
        ranged = wanted
    names = tuple(sorted(ranged - set().union(*(scenario.stated for scenario in scenarios))))
    if not names:
        raise DesignError("there is nothing to draw: the scenarios state every parameter themselves")
    return names


def _spread(name: str, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    quantity = parameters()[name]
    assert quantity.range is not None  # _drawn took only those
    low, high = quantity.range
    if quantity.scale == "log":
        return np.asarray(np.exp(np.log(low) + unit * (np.log(high) - np.log(low)))).clip(low, high)
    return np.asarray(low + unit * (high - low)).clip(low, high)


def of_study(study, scenarios):
    if study.design is None:
        return None
    parts = [
        sample(scenarios, study.design.method, n, study.design.seed + k, study.design.quantities)
        for k, n in enumerate(study.design.draws)
    ]
    return Design(parts[0].names, np.concatenate([p.values for p in parts]))
