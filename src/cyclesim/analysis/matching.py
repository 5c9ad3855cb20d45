"""History matching: which inputs meet several targets of the validation at once, where no draw does by chance.

Each target takes worlds of its own, so that a run costs seconds, and with some hundred draws hardly one meets them all.
This is where an emulator earns its keep (Craig et al. 1997; Andrianakis et al. 2015): a Gaussian process for each
measured number, over the inputs that move the asked ones most; what the other inputs and luck do is its noise. The
posterior is the prior, weighted with the probability that all numbers lie within their tolerances,

    w(x) = prod_j P(low_j <= y_j <= high_j),     y_j ~ Normal(mean_j(x), sd_j(x)^2)

and is checked where it matters: the model itself is run at draws from it. Inputs that the emulators do not see keep
their prior.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.calibration import narrowed
from cyclesim.analysis.emulators import Emulator, active, emulate, inside, resampled
from cyclesim.analysis.plain import finite
from cyclesim.analysis.targets import Quantity, Target
from cyclesim.analysis.validation import PATTERNS, measure
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.design import Design, sample
from cyclesim.runs.engines import gathered

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
FEWEST_DRAWS = 60
KEPT = 200
"""Draws from the posterior that are written down."""
RULED_OUT = 3.0
"""Standard deviations from the tolerance beyond which an input is ruled out."""
_PRIOR_POINTS = 2**14


@dataclass(frozen=True, repr=False)
class Match:
    """Inputs of a scenario that meet targets.

    Attributes
    ----------
    scenario
        The scenario.
    targets
        The targets asked for.
    quantities
        A row for each measured number: its tolerance; 5 %, median and 95 % over draws from the prior, and from the
        posterior, as the model itself gives them (NaN if it was not run there); share of draws within the tolerance;
        what the emulator explains, and covers.
    inputs
        A row for each input that the emulators see, the best known first: prior and posterior 5 %, median and 95 %,
        and what the posterior interval is of the prior one.
    posterior
        Equally weighted draws of every input that was drawn.
    draws, checked
        Draws from the prior, and from the posterior, at which the model was run.
    met_by_chance, met_after
        Share of these that meet all targets.
    expected_by_chance, expected_after
        The same as the emulators expect it.
    effective
        Effective number of the points that the posterior was drawn from: below 100 it is rough.
    left
        Share of the prior that is not ruled out.
    skipped
        Targets or draws that could not be used, and why.
    """

    scenario: Scenario
    targets: tuple[Target, ...]
    quantities: pd.DataFrame
    inputs: pd.DataFrame
    posterior: Design
    draws: int
    checked: int
    met_by_chance: float
    met_after: float
    expected_by_chance: float
    expected_after: float
    effective: float
    left: float
    skipped: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Match({self.scenario.name!r}, {[t.id for t in self.targets]}, left={self.left:.3g})"

    def posterior_table(self) -> pd.DataFrame:
        """Return the posterior: a row for each draw, a column for each input."""
        import pandas as pd

        return pd.DataFrame(self.posterior.values, columns=list(self.posterior.names))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is not known is None."""
        names = ("draws", "checked", "met_by_chance", "met_after", "expected_by_chance", "expected_after")
        head = {"scenario": self.scenario.name, "targets": [target.id for target in self.targets]}
        tables = {name: _records(getattr(self, name)) for name in ("quantities", "inputs")}
        return {
            **head,
            **{n: finite(getattr(self, n)) for n in (*names, "effective", "left")},
            "skipped": list(self.skipped),
            **tables,
        }


def match(
    scenario: Scenario,
    ids: Sequence[str],
    draws: int = 128,
    check: int = 32,
    seeds: int = 1,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Match:
    """Return which inputs of a scenario meet targets.

    Parameters
    ----------
    ids
        Some of those that a calibration may use: `cyclesim.analysis.validation.PATTERNS`.
    draws
        Draws of all inputs with a range, at least 60.
    check
        Draws from the posterior at which the model is run; 0 for none.
    seeds
        Worlds in which each target is measured in each draw.
    seed
        Of draws, luck and resampling.
    workers, progress
        As in `simulate`.

    Raises
    ------
    UnknownNameError
        If there is no such target.
    DesignError
        For too few draws, or targets that cannot be measured.
    """
    targets = named(ids)
    if draws < FEWEST_DRAWS:
        raise DesignError(f"{draws} draws are too few for emulators; take {FEWEST_DRAWS} or more")
    design = sample(scenario, n=draws, seed=seed)
    shared = (scenario, tuple(t.id for t in targets), seeds, seed)

    def measured(chosen: Design, done: int) -> Floats:
        tell = (lambda n, of: progress(done + n, draws + check)) if progress else None
        points = [chosen.of(k + 1) for k in range(len(chosen))]
        return np.array(gathered(_measured, shared, points, workers, tell))

    every = [quantity for target in targets for quantity in target.quantities]
    y, skipped = _usable(measured(design, 0), every)
    rows, columns = _known(y, skipped)
    quantities = [quantity for quantity, has in zip(every, columns, strict=True) if has]
    x, y = _unit(design)[rows], y[rows][:, columns]
    seen = active(x, y)
    emulators = [emulate(x[:, seen], column) for column in y.T]
    prior = sample(scenario, "sobol", _PRIOR_POINTS, seed + 1, [design.names[k] for k in seen])
    weights, far = inside(emulators, quantities, _unit(prior))
    if not weights.sum() > 0:
        raise DesignError("the emulators find no inputs at which all these targets are met; take fewer of them")
    chosen = prior.values[resampled(weights, KEPT, seed)]
    posterior = _completed(sample(scenario, n=KEPT, seed=seed + 1), seen, chosen)
    after = _usable(measured(_first(posterior, check, seed), draws), every)[0][:, columns] if check else y[:0]
    tables = (_quantities(quantities, y, after, emulators), _inputs(prior, posterior))
    met = (_all_inside(quantities, y), _all_inside(quantities, after))
    left = float(np.mean(far < RULED_OUT))
    runs = (len(y), len(after))
    return Match(scenario, targets, *tables, posterior, *runs, *met, *_expected(weights), left, tuple(skipped))


def named(ids: Sequence[str]) -> tuple[Target, ...]:
    """Return targets by their ids, in order and once each."""
    known = {target.id: target for target in PATTERNS}
    for id_ in ids:
        if id_ not in known:
            raise UnknownNameError(f"no target {id_!r}; {did_you_mean(id_, known)}")
    return tuple(target for target in PATTERNS if target.id in ids)


def _measured(shared: tuple[Scenario, tuple[str, ...], int, int], values: dict[str, float]) -> list[float]:
    """Return every number of the targets at some inputs, averaged over worlds; NaN where it has no value."""
    scenario, ids, seeds, seed = shared
    found = measure(scenario.with_values(values), ids, seeds, seed)
    numbers = [value for id_ in ids for value in found[id_]]
    return [math.nan if isinstance(value, str) else float(np.mean(value)) for value in numbers]


def _usable(y: Floats, quantities: Sequence[Quantity]) -> tuple[Floats, list[str]]:
    """Return the numbers, those of a quantity that most draws lack all NaN; and what is left out."""
    y = np.array(y, dtype=np.float64)
    y[~np.isfinite(y)] = math.nan
    lacking = np.isnan(y).mean(axis=0)
    skipped = [f"{q.name}: no value in {s:.0%} of draws" for q, s in zip(quantities, lacking, strict=True) if s > 0]
    y[:, lacking > 0.5] = math.nan
    keep = np.asarray(lacking <= 0.5)
    y[np.isnan(y[:, keep]).any(axis=1)] = math.nan
    return y, skipped


def _known(y: Floats, skipped: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which draws have all the numbers that can be used, and which numbers those are."""
    columns = np.asarray(np.isfinite(y).any(axis=0))
    rows = np.asarray(np.isfinite(y[:, columns]).all(axis=1))
    if not columns.any() or rows.sum() < FEWEST_DRAWS:
        raise DesignError(
            "too few draws in which these targets can be measured; take more draws or fewer targets ("
            + "; ".join(skipped)
            + ")"
        )
    return rows, columns


def _expected(weights: Floats) -> tuple[float, float, float]:
    """Return the expected shares that meet all targets, of the prior and of the posterior, and its effective size."""
    total, squares = float(weights.sum()), float(np.sum(weights**2))
    return float(weights.mean()), squares / total, total**2 / squares


def _unit(design: Design) -> Floats:
    """Return values between 0 and 1 over the ranges of parameters, on the scale on which they are drawn."""
    columns = []
    for name, column in zip(design.names, design.values.T, strict=True):
        quantity = parameters()[name]
        low, high = quantity.range or (0.0, 1.0)
        log = quantity.scale == "log" and low > 0
        a, b, c = (np.log(v) if log else np.asarray(v) for v in (low, high, column))
        columns.append((c - a) / (b - a))
    return np.column_stack(columns)


def _completed(prior: Design, seen: NDArray[np.int64], chosen: Floats) -> Design:
    values = prior.values.copy()
    values[:, seen] = chosen
    return Design(prior.names, values)


def _first(posterior: Design, number: int, seed: int) -> Design:
    rows = np.random.default_rng(seed).permutation(len(posterior))[:number]
    return Design(posterior.names, posterior.values[rows])


def _all_inside(quantities: Sequence[Quantity], y: Floats) -> float:
    met = [(column >= q.low) & (column <= q.high) for q, column in zip(quantities, y.T, strict=True)]
    return float(np.mean(np.all(met, axis=0))) if len(y) else math.nan


def _quantities(
    quantities: Sequence[Quantity], before: Floats, after: Floats, emulators: Sequence[Emulator]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for k, (quantity, emulator) in enumerate(zip(quantities, emulators, strict=True)):
        row: dict[str, Any] = {"quantity": quantity.name, "tolerance_low": quantity.low}
        row |= {"tolerance_high": quantity.high}
        for name, column in (("prior_", before[:, k]), ("", after[:, k])):
            values = column[np.isfinite(column)]
            ends = np.quantile(values, [0.05, 0.5, 0.95]) if values.size else [math.nan] * 3
            met = float(np.mean((values >= quantity.low) & (values <= quantity.high))) if values.size else math.nan
            row |= dict(zip((f"{name}low", f"{name}median", f"{name}high"), map(float, ends), strict=True))
            row[f"{name}met"] = met
        rows.append({**row, "explained": emulator.explained, "covered": emulator.covered})
    return pd.DataFrame(rows)


def _inputs(prior: Design, posterior: Design) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name, column in zip(prior.names, prior.values.T, strict=True):
        before = np.quantile(column, [0.05, 0.5, 0.95])
        after = np.quantile(posterior.values[:, posterior.names.index(name)], [0.05, 0.5, 0.95])
        rows.append(narrowed(name, before, after))
    return pd.DataFrame(rows).sort_values("left", ignore_index=True)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [{str(k): finite(v) for k, v in row.items()} for row in rows]
