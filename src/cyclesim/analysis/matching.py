"""History matching: which inputs meet several targets of the validation at once, where no draw does by chance.

A run costs seconds, so an emulator stands for it (Craig et al. 1997; Andrianakis et al. 2015), over the inputs that
move the numbers most; others keep their prior. The posterior is the prior, weighted with the probability that all
numbers lie within their tolerances, and is checked by running the model itself at draws from it:

    w(x) = prod_j P(low_j <= y_j <= high_j),     y_j ~ Normal(mean_j(x), sd_j(x)^2)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim.analysis import measuring, trials
from cyclesim.analysis.calibration import SHARES, narrowed
from cyclesim.analysis.emulators import Emulator, active, emulate, inside, resampled
from cyclesim.analysis.plain import finite
from cyclesim.analysis.simulated import simulated
from cyclesim.analysis.targets import TARGETS, Target, TargetQuantity, Use
from cyclesim.analysis.thirty import NAME, of_thirty, thirty
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.worlds.design import Design, sample
from cyclesim.worlds.engines import parallel_map

Floats = NDArray[np.float64]
FEWEST_DRAWS = 60
KEPT = 200  # draws from the posterior that are written down
RULED_OUT = 3.0  # standard deviations from the tolerance beyond which an input is ruled out
_PRIOR_POINTS = 2**14
PATTERNS = tuple(target.only(Use.FIT) for target in TARGETS if Use.FIT in target.uses)
"""What a calibration may use, and nothing else: targets with the quantities that are there to be fitted."""
_AT_M, _THIRTY = {"T1", "T3", "T4", "T13", "T14"}, {"T20", "T21"}


@dataclass(frozen=True, repr=False)
class Match:
    """Inputs of a scenario that meet targets.

    Attributes
    ----------
    scenario, targets
        The scenario, and the targets asked for.
    quantities
        A row for each measured number: its tolerance; 5 %, median and 95 % over draws from the prior, and from the
        posterior, by the model itself (NaN if it was not run there); share of draws within the tolerance; what the
        emulator explains, and covers.
    inputs
        A row for each input that the emulators see, the best known first: prior and posterior 5 %, median and 95 %, and
        what the posterior interval is of the prior one.
    posterior
        Equally weighted draws of every input that was drawn.
    draws, checked
        Draws from the prior, and from the posterior, at which the model was run.
    met_by_chance, met_after, expected_by_chance, expected_after
        Share of these that meet all targets, and the same as the emulators expect it.
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

    @property
    def table(self) -> pd.DataFrame:
        """What the targets say of each input; see `inputs`."""
        return self.inputs

    def posterior_table(self) -> pd.DataFrame:
        """Return the posterior: a row for each draw, a column for each input."""
        return pd.DataFrame(self.posterior.values, columns=list(self.posterior.names))

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        tables = {"quantities.csv": self.quantities, "inputs.csv": self.inputs}
        return {**tables, "posterior.csv": self.posterior_table()}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is not known is None."""
        names = ("draws", "checked", "met_by_chance", "met_after", "expected_by_chance", "expected_after")
        head = {"scenario": self.scenario.name, "targets": [target.id for target in self.targets]}
        tables = {"quantities": self.quantities.to_dict("records"), "inputs": self.inputs.to_dict("records")}
        return {
            **head,
            **{n: finite(getattr(self, n)) for n in (*names, "effective", "left")},
            "skipped": list(self.skipped),
            **{name: [finite(row) for row in rows] for name, rows in tables.items()},
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
        Some of those that a calibration may use: `PATTERNS`.
    draws, check
        Draws of all inputs with a range, at least 60, and from the posterior, at which the model is run (0: none).
    seeds
        Worlds in which each target is measured in each draw.
    """
    targets = named(ids)
    if draws < FEWEST_DRAWS:
        raise DesignError(f"{draws} draws are too few for emulators; take {FEWEST_DRAWS} or more")
    design = sample(scenario, n=draws, seed=seed)
    shared = (scenario, tuple(t.id for t in targets), seeds, seed)

    def measured(chosen: Design, done: int) -> Floats:
        tell = (lambda n, of: progress(done + n, draws + check)) if progress else None
        return np.array(parallel_map(_measured, shared, list(map(chosen.of, range(1, len(chosen) + 1))), workers, tell))

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
    kept = sample(scenario, n=KEPT, seed=seed + 1)  # of what is not seen: the prior
    kept.values[:, seen] = prior.values[resampled(weights, KEPT, seed)]
    posterior = Design(kept.names, kept.values)
    checked = Design(kept.names, kept.values[np.random.default_rng(seed).permutation(KEPT)[:check]])
    after = _usable(measured(checked, draws), every)[0][:, columns] if check else y[:0]
    tables = (_quantities(quantities, y, after, emulators), _inputs(prior, posterior))
    met = (_all_inside(quantities, y), _all_inside(quantities, after))
    runs = (len(y), len(after))
    return Match(scenario, targets, *tables, posterior, *runs, *met, *_expected(weights, far), tuple(skipped))


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
    return [measuring.known(value) for value in numbers]


def _usable(y: Floats, quantities: Sequence[TargetQuantity]) -> tuple[Floats, list[str]]:
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


def _expected(weights: Floats, far: Floats) -> tuple[float, float, float, float]:
    """Return expected shares that meet all (prior, posterior), the effective size, and what is not ruled out."""
    total, squares = float(weights.sum()), float(np.sum(weights**2))
    return float(weights.mean()), squares / total, total**2 / squares, float(np.mean(far < RULED_OUT))


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


def _all_inside(quantities: Sequence[TargetQuantity], y: Floats) -> float:
    met = [(column >= q.low) & (column <= q.high) for q, column in zip(quantities, y.T, strict=True)]
    return float(np.mean(np.all(met, axis=0))) if len(y) else math.nan


def _quantities(
    quantities: Sequence[TargetQuantity], before: Floats, after: Floats, emulators: Sequence[Emulator]
) -> pd.DataFrame:
    rows = []
    for k, (quantity, emulator) in enumerate(zip(quantities, emulators, strict=True)):
        ends = {"tolerance_low": quantity.low, "tolerance_high": quantity.high}
        row: dict[str, Any] = {"quantity": quantity.name, **ends}
        for name, column in (("prior_", before[:, k]), ("", after[:, k])):
            values = column[np.isfinite(column)]
            shares = np.quantile(values, SHARES).tolist() if values.size else [math.nan] * 3
            row |= dict(zip((f"{name}low", f"{name}median", f"{name}high"), shares, strict=True))
            row[f"{name}met"] = _all_inside([quantity], values[:, None])
        rows.append({**row, "explained": emulator.explained, "covered": emulator.covered})
    return pd.DataFrame(rows)


def _inputs(prior: Design, posterior: Design) -> pd.DataFrame:
    after = posterior.values[:, [posterior.names.index(name) for name in prior.names]]
    return narrowed(prior.names, *(np.quantile(values, SHARES, axis=0) for values in (prior.values, after)))


def measure(scenario: Scenario, ids: Collection[str], seeds: int = 1, seed: int = 1) -> dict[str, measuring.Measured]:
    """Return what is measured for targets of `PATTERNS`, to be fitted, in the worlds of `cyclesim validate`."""
    asked, known = set(ids), [target.id for target in PATTERNS]
    for id_ in ids:
        if id_ not in known:  # a test, or only printed
            raise UnknownNameError(f"no target {id_!r} that a calibration may use; choose from {', '.join(known)}")
    mechanism = trials.rung("M", scenario)
    variants = [trials.rung("U", scenario)] if "T1a" in asked else []
    variants += [mechanism, trials.at_home(mechanism)] if asked & _AT_M else []
    variants += [thirty(scenario)] if asked & _THIRTY else []
    found: dict[str, measuring.Measured] = {}
    if "T22" in asked:
        found |= measuring.of_counts(simulated([mechanism], seeds, seed, twin=False).worlds)
    if variants:
        every = simulated(variants, seeds, seed)
        found |= measuring.of_unseen(every.worlds) if "T1a" in asked else {}
        if asked & _AT_M:
            found |= {**measuring.of_mechanism(every.worlds), **measuring.measure_t14(every.runs["M"])}
        if asked & _THIRTY:
            found |= of_thirty(every.worlds, every.runs[NAME])
    every_quantity = {target.id: target.quantities for target in TARGETS}
    return {
        id_: [v for quantity, v in zip(every_quantity[id_], found[id_], strict=True) if quantity.use is Use.FIT]
        for id_ in ids
    }
