"""Where something fails: the box and the tree of `cyclesim.analysis.discovery`, of an outcome of runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cyclesim.analysis.discovery import Box, prim, tree
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.results import Runs

_FORM = "write it as in 'person_months_exploited < 0', 'coverage > 0.4' or 'identified worst 10 %'"
_RULE = re.compile(
    r"^\s*(?P<name>[a-z_ -]+?)\s*(?:(?P<sign>[<>])\s*(?P<value>[-+0-9.eE]+)|worst\s+(?P<share>[0-9.]+)\s*%)\s*$"
)


@dataclass(frozen=True, repr=False)
class Discovery:
    """Where something fails in runs.

    Attributes
    ----------
    rule, measure
        What failing is, as it was asked, and the outcome that it is about.
    scenarios
        Whose outcome it is; two for the paired difference of the second from the first.
    box, tree
        Where failures are dense, and the classification tree in words; none where they are nowhere in particular.
    """

    rule: str
    measure: str
    scenarios: tuple[Scenario, ...]
    box: Box
    tree: str

    def __repr__(self) -> str:
        return f"Discovery({self.rule!r}, {self.scenario!r}, restrictions={len(self.box.restrictions)})"

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.scenarios[-1].name

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each side of the box: quantity, low, high, and how likely chance is to give it."""
        return pd.DataFrame(map(vars, self.box.restrictions), columns=["quantity", "low", "high", "chance"])

    def files(self) -> dict[str, Any]:
        """Return the tree as it is kept."""
        return {"tree.txt": f"{self.tree}\n"}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {"rule": self.rule, "scenario": self.scenario, "box": self.box.to_dict(), "tree": self.tree}


def discover(runs: Runs, rule: str, scenario: str | None = None, seed: int = 1) -> Discovery:
    """Say which assumptions make an intervention fail, from runs over draws.

    Of a counterfactual the rule is about its paired difference from the baseline (person-months: averted), of the
    baseline about the outcome itself; luck is averaged out. A box found by patient rule induction, and a tree.

    Parameters
    ----------
    rule
        Such as ``person_months_exploited < 0``; ``worst 10 %`` takes the tenth of the draws with the smallest values.
    scenario
        The first counterfactual if absent, or the baseline where there is none.

    Raises
    ------
    DesignError
        If the rule cannot be read, the runs have no draws, or none or all of them fail.
    UnknownNameError
        If the measure or the scenario is not in the runs.
    """
    if runs.design is None:
        raise DesignError(f"{runs.where} has no draws, so there is no space to look in; give it a design")
    name = scenario or next(iter([*list(runs.scenarios)[1:], runs.baseline]))
    if name not in runs.scenarios:
        raise UnknownNameError(f"no scenario {name!r} in {runs.where}; {did_you_mean(name, runs.scenarios)}")
    runs.design.tell_apart()
    measure, limit = _parsed(rule, runs)
    frame = runs.pairs(measure)[name] if name == runs.baseline else runs.differences(measure)[name]
    means = frame.groupby("draw").mean()
    x = runs.design.values[means.index.to_numpy() - 1]
    fails, names = limit(means.to_numpy(dtype=float)), runs.design.names
    box = prim(x, fails, names, seed)
    chosen = tuple(runs.scenarios[one] for one in dict.fromkeys([runs.baseline, name]))
    return Discovery(rule, measure, chosen, box, tree(x, fails, names, seed) if box.restrictions else "")


def _parsed(rule: str, runs: Runs) -> tuple[str, Any]:
    found = _RULE.match(rule)
    if not found:
        raise DesignError(f"cannot read the rule {rule!r}; {_FORM}")
    name = re.sub(r"[\s-]+", "_", found["name"].strip()).removesuffix("_averted").removeprefix("averted_")
    runs.known(name)
    try:
        number = float(found["share"] or found["value"])
    except ValueError:
        raise DesignError(f"cannot read a number in the rule {rule!r}; {_FORM}") from None
    if found["share"]:
        if not 0 < number < 100:
            raise DesignError(f"the worst share must lie between 0 and 100 % (got {number:g})")
        return name, lambda values: values <= np.quantile(values, number / 100)
    return name, (lambda values: values < number) if found["sign"] == "<" else (lambda values: values > number)
