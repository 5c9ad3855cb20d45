"""What the science tests share: worlds from scenarios, and their tables as bytes."""

import numpy as np

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel

STILL = {"recording_noise": 0.0, "line_hazard": 0.0, "line_end": 0.0}
"""Parameters with which no path of a crisis is left to luck: recording practice is even, a line stays as it is."""


def small(**values):
    """Return the shipped scenario of 2,000 people with other values; the keys are paths or parameters."""
    return load("small").with_values(values)


def changed(scenario, **parts):
    """Return a scenario whose top-level mappings are updated."""
    data = scenario.resolved()
    for part, entries in parts.items():
        data[part] = {**data.get(part, {}), **entries}
    return Scenario.parse(data, scenario.name)


def in_crisis(scenario, part, **entries):
    """Return a scenario with further entries in a part of its only crisis."""
    data = scenario.resolved()
    (crisis,) = data["crises"].values()
    crisis[part] = {**crisis[part], **entries}
    return Scenario.parse(data, scenario.name)


def table(scenario, seed=1, replication=0, twin=False):
    """Return the monthly table of one world."""
    return CycleModel(scenario, seed=seed, replication=replication, twin=twin).run().observations.tables()["months"]


def assert_same(one, other, until=None):
    """Assert that two monthly tables are equal bit for bit, up to a month."""
    for name, values in one.items():
        first, second = values[:until], other[name][:until]
        if values.dtype == object:
            assert first.tolist() == second.tolist()
        else:
            assert first.tobytes() == second.tobytes(), f"{name} differs"


def means(scenario, measure, months=slice(None), seeds=range(1, 6)):
    """Return the mean of a measure over months and seeds."""
    return float(np.mean([table(scenario, seed)[measure][months].mean() for seed in seeds]))
