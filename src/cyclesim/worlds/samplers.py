"""Samplers: positions of draws between 0 and 1, keyed so that more draws leave those that there are."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import DesignError


def positions(method: str, names: list[str], blocks: Sequence[int], seed: int, levels: int) -> NDArray[np.float64]:
    """Return positions between 0 and 1, a row for each draw and a column for each name."""
    if method == "sobol":
        return _scrambled("sobol", len(names), sum(blocks), seed, ", or lhs")
    if method == "saltelli":
        return _saltelli(len(names), sum(blocks), seed)
    if method == "morris":
        return np.concatenate([_morris(len(names), n, seed, block, levels) for block, n in enumerate(blocks)])
    return np.concatenate([_latin(names, n, seed, block) for block, n in enumerate(blocks)])


def _latin(names: Sequence[str], n: int, seed: int, block: int) -> NDArray[np.float64]:
    """Return a Latin hypercube whose columns are keyed by name: what else is drawn does not move them."""
    columns = []
    for name in names:
        generator = np.random.default_rng(_key(f"{seed} {n} {name}" + (f" {block}" if block else "")))
        columns.append((generator.permutation(n) + generator.random(n)) / n)
    return np.column_stack(columns)


def _scrambled(kind: str, number: int, n: int, seed: int, otherwise: str = "") -> NDArray[np.float64]:
    """Return a scrambled Sobol sequence in as many dimensions as there are quantities.

    The first dimensions of a sequence fill space best: columns taken out of a longer one can be correlated by 0.75.
    """
    from scipy.stats import qmc

    if n & (n - 1):
        way_out = f"take {1 << n.bit_length()}{otherwise}"
        raise DesignError(f"a {kind.capitalize()} design needs a power of two (got n = {n}); {way_out}")
    return np.asarray(qmc.Sobol(d=number, rng=np.random.default_rng(_key(f"{kind} {seed}"))).random(n))


def _saltelli(number: int, n: int, seed: int) -> NDArray[np.float64]:
    """Return two samples of n draws, then the first with each column in turn from the second (Saltelli et al. 2010)."""
    a, b = np.hsplit(_scrambled("saltelli", 2 * number, n, seed), 2)
    mixed = np.repeat(a[None], number, axis=0)
    for column in range(number):
        mixed[column, :, column] = b[:, column]
    return np.concatenate([a, b, mixed.reshape(-1, number)])


def _morris(number: int, trajectories: int, seed: int, block: int, levels: int) -> NDArray[np.float64]:
    """Return Morris trajectories (1991), each of one draw more than there are quantities."""
    try:
        from SALib.sample.morris import sample as trajectories_of
    except ImportError:
        raise DesignError("method morris needs SALib: pip install 'cyclesim[analysis]'") from None
    if levels < 2 or levels % 2:
        raise DesignError(f"morris needs an even number of levels (got {levels})")
    problem = {"num_vars": number, "names": [f"x{k}" for k in range(number)], "bounds": [[0.0, 1.0]] * number}
    key = _key(f"morris {seed} {block}") % 2**32
    return np.asarray(trajectories_of(problem, trajectories, num_levels=levels, seed=key), dtype=np.float64)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(f"design {text}".encode(), digest_size=16).digest(), "little")
