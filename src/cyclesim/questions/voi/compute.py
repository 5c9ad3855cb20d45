"""What it is worth to know more before choosing: `cyclesim.analysis.voi`, of the scenarios of runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis import nulls
from cyclesim.analysis.plain import finite
from cyclesim.analysis.voi import Floats, best_of_nothing, error, evpi, evpi_of_halves, evppi, evsi
from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.results import Runs
from cyclesim.worlds.design import enough_draws

_FEWEST_DRAWS = 40
_SURVEYS = 0.01
"""How often the surveys may be named where nothing matters; inputs have the rest of `nulls.CHANCE`."""
SURVEYS = (500, 2_000, 8_000)
"""People asked in the surveys that are valued."""
TABLES = ("benefits", "inputs", "surveys")


@dataclass(frozen=True, repr=False)
class ValueOfInformation:
    """What information is worth for the choice among the scenarios of runs.

    Attributes
    ----------
    scenarios, best
        What is chosen among, and what is chosen with what is known now.
    worth
        US$ that averting a person-month is worth; None where costs are left out.
    benefits
        A row for each scenario: mean net benefit over the baseline, its standard error over draws, and the share of
        draws in which it is the best.
    perfect
        EVPI: chosen and valued by the same replications, and by halves of them (NaN from one replication).
    inputs
        A row for each quantity, the most valuable first: EVPPI, its standard error (bootstrap), whether it is named.
    bar
        What the best of as many inputs that say nothing is worth in one null world of 25.
    surveys
        A row for each size of a survey: people, EVSI, its standard error, and whether the prevalence is named.
    draws, replications, twin
        Number of each; whether outcomes are expected values, without luck.
    """

    scenarios: tuple[Scenario, ...]
    worth: float | None
    benefits: pd.DataFrame
    best: str
    perfect: tuple[float, float]
    inputs: pd.DataFrame
    bar: float
    surveys: pd.DataFrame
    draws: int
    replications: int
    twin: bool = False

    def __repr__(self) -> str:
        return f"ValueOfInformation(best={self.best!r}, evpi={self.perfect[0]:.3g} {self.unit})"

    @property
    def unit(self) -> str:
        """Unit of all values: ``US$``, or ``person-months`` where costs are left out."""
        return "person-months" if self.worth is None else "US$"

    @property
    def table(self) -> pd.DataFrame:
        """The inputs."""
        return self.inputs

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in."""
        return {f"{name}.csv": getattr(self, name) for name in TABLES}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        head = {name: getattr(self, name) for name in ("unit", "worth", "best", "draws", "replications", "twin")}
        ends = dict(zip(("evpi", "evpi_of_halves"), map(finite, self.perfect), strict=True))
        return {**head, **ends, "bar": self.bar, **{name: getattr(self, name).to_dict("records") for name in TABLES}}


def voi(runs: Runs, worth: float | None = None, seed: int = 1) -> ValueOfInformation:
    """Say what it would be worth to know more before choosing among the scenarios of runs over draws.

    The study needs a design of lhs or sobol with 40 draws or more, and replications that tell luck from inputs. What
    a person-month averted is worth is for you to say (--worth); without it, costs are left out.

    Parameters
    ----------
    worth
        US$ that averting a person-month of exploitation is worth: the net benefit is that, less the money spent beyond
        the baseline. Without it the net benefit is person-months averted, whatever they cost.

    Raises
    ------
    DesignError
        If there are fewer than two scenarios or fewer than 40 draws, the design is no sample of what is plausible, or
        a measure or a run is missing.
    """
    values = _net(runs, worth)
    means = values.mean(axis=2)
    limit = best_of_nothing(means, runs.plan.design.values, seed, chance=nulls.CHANCE - _SURVEYS)
    draws, options, replications = values.shape
    winners = np.bincount(means.argmax(axis=1), minlength=options)
    benefits = {
        "scenario": list(runs.scenarios),
        "net_benefit": means.mean(axis=0),
        "standard_error": means.std(axis=0, ddof=1) / math.sqrt(draws),
        "best_share": winners / draws,
    }
    best = benefits["scenario"][int(means.mean(axis=0).argmax())]
    perfect = evpi(means), evpi_of_halves(values) if replications > 1 else math.nan
    inputs, surveys = _inputs(runs, means, limit, seed), _surveys(runs, values, seed)
    return ValueOfInformation(
        tuple(runs.scenarios.values()), worth, pd.DataFrame(benefits), best, perfect, inputs, limit, surveys,
        draws, replications, runs.twin,
    )  # fmt: skip


def _net(runs: Runs, worth: float | None) -> Floats:
    """Return the net benefit over the baseline, shape (draws, scenarios, replications)."""
    if len(runs.scenarios) < 2:
        raise DesignError(f"{runs.where} has one scenario, so there is no choice; give it a second one")
    if runs.design is None or runs.method not in ("lhs", "sobol"):
        raise DesignError(f"{runs.where} is no sample of what is plausible; give it a design of lhs or sobol")
    shape = (len(runs.design), len(runs.scenarios), runs.replications)
    if shape[0] < _FEWEST_DRAWS:
        more = runs.way_to(draws=enough_draws(runs.method, _FEWEST_DRAWS))
        raise DesignError(f"{shape[0]} draws are too few for regressions: {more} or more")
    runs.design.tell_apart()
    needed = ["person_months_exploited", *([] if worth is None else ["total_spent_cents"]), "true_prevalence"]
    lacking = [name for name in needed if name not in runs.measures]
    if lacking:
        raise DesignError(f"{runs.where} does not keep {lacking[0]}: {runs.way_to(measures=lacking)}")
    averted = -_gained(runs, "person_months_exploited", shape)
    return averted if worth is None else worth * averted - _gained(runs, "total_spent_cents", shape) / 100


def _gained(runs: Runs, measure: str, shape: tuple[int, int, int]) -> Floats:
    """Return a total of each scenario less that of the baseline."""
    pairs = runs.pairs(measure).sort_index()
    if len(pairs) < shape[0] * shape[2]:
        raise DesignError(f"worlds of {runs.where} are missing or failed: cyclesim resume (--retry-failed)")
    values = pairs.to_numpy(dtype=float).reshape(shape[0], shape[2], shape[1]).transpose(0, 2, 1)
    return np.asarray(values - values[:, :1])


def _inputs(runs: Runs, means: Floats, limit: float, seed: int) -> pd.DataFrame:
    design = runs.plan.design
    rows = [(evppi(means, x), error(evppi, means, x, seed)) for x in design.values.T]
    frame = pd.DataFrame(rows, columns=["evppi", "standard_error"])
    frame.insert(0, "quantity", design.names)
    return nulls.ranked(frame.assign(named=frame["evppi"] > limit), "evppi")


def _surveys(runs: Runs, values: Floats, seed: int) -> pd.DataFrame:
    """Return the value of surveys of the people of the baseline, whose true prevalence varies with the draws.

    Prevalence and benefits of one world share its luck, which no survey tells of the inputs: with several replications
    one half gives the prevalence and the other the benefits, and of one replication with luck nothing is valued.
    """
    pairs = runs.pairs("true_prevalence")[runs.baseline].sort_index().to_numpy(dtype=float)
    prevalences = pairs.reshape(values.shape[0], values.shape[2]) / 1000
    if not runs.twin and values.shape[2] < 2:
        return pd.DataFrame({"people": [], "evsi": [], "standard_error": [], "named": []})
    one, other = (slice(None), slice(None)) if runs.twin else (slice(0, None, 2), slice(1, None, 2))
    prevalence, means = prevalences[:, one].mean(axis=1), values[..., other].mean(axis=2)
    rows = [
        (people, evsi(means, prevalence, people), error(partial(evsi, people=people), means, prevalence, seed))
        for people in SURVEYS
    ]
    named = evppi(means, prevalence) > best_of_nothing(means, prevalence[:, None], seed, chance=_SURVEYS)
    return pd.DataFrame(rows, columns=["people", "evsi", "standard_error"]).assign(named=named)
