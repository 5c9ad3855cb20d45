"""Shipped crises made smaller or larger, with everything that goes with the people in them."""

from speed import scaled as multiplied

from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario

SPIN_UP = 24


def people_in(scenario):
    """Return how many people ever arrive in a scenario, in all its crises."""
    return sum(wave.people for crisis in scenario.crises.values() for wave in crisis.arrivals.values())


def scaled(scenario, people, spin_up=SPIN_UP):
    """Return a scenario of so many people, with staff, posts, places and budgets alike, and at most so long a spin-up.

    Organisations and donors stay as many, and so do all hazards, shares and rates of training.

    Parameters
    ----------
    scenario
        A scenario, or the name of a shipped one.
    people
        People who ever arrive, in all crises.
    spin_up
        Months before the first that is reported: no more than these are kept.
    """
    whole = load(scenario) if isinstance(scenario, str) else scenario
    result = multiplied(whole, people / people_in(whole))
    return result.with_values({"spin_up": min(whole.spin_up, spin_up)})


def of_crisis(scenario, **entries):
    """Return a scenario in whose only crisis entries have other values."""
    data = scenario.resolved()
    (crisis,) = data["crises"].values()
    crisis.update(entries)
    return Scenario.parse(data, scenario.name)
