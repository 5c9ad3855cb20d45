"""What a question is asked of: a scenario, its name or file, runs, or a folder of them."""

from pathlib import Path
from typing import Any

from cyclesim.errors import DesignError
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.shipped import names
from cyclesim.runs.results import Runs
from cyclesim.runs.simulate import simulate
from cyclesim.runs.sweep import read
from cyclesim.worlds.design import sample
from cyclesim.worlds.seals import MANIFEST

DRAWS = 128
"""Draws of a scenario that is given where runs are needed: they are simulated, as expected values."""


def as_scenarios(given: Any) -> list[Scenario]:
    """Return scenarios, those of names or files, or those of runs or of a folder of them."""
    given = as_named(given)
    if isinstance(given, Runs):
        return list(given.scenarios.values())
    many = [given] if isinstance(given, Scenario | str | Path) else given
    return [one if isinstance(one, Scenario) else load(one) for one in many]


def as_scenario(given: Any) -> Scenario:
    """Return a scenario, that of a name or a file, or the one of runs; a `DesignError` if they are of several."""
    found = as_scenarios(given)
    if len(found) > 1:
        names_of = ", ".join(scenario.name for scenario in found)
        raise DesignError(f"this is asked of one scenario, and there are {len(found)} ({names_of}); give one of them")
    return found[0]


def as_named(given: Any) -> Any:
    """Return the runs in a folder; whatever else is given as it is, a folder of a shipped scenario's name too."""
    return read(given) if are_runs(given) and not isinstance(given, Runs) and str(given) not in names() else given


def are_runs(given: Any) -> bool:
    """Return whether something is runs, or a folder of results."""
    return isinstance(given, Runs) or (isinstance(given, str | Path) and (Path(given) / MANIFEST).is_file())


def as_runs(given: Any, seed: int = 1, workers: int = 1) -> Any:
    """Return runs, those in a folder, or expected values of a scenario over `DRAWS` draws of its inputs."""
    if are_runs(given):
        return given if isinstance(given, Runs) else read(given)
    scenarios = as_scenarios(given)
    return simulate(scenarios, sample(scenarios, n=DRAWS, seed=seed), workers=workers, twin=True)
