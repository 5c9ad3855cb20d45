"""Pairs of worlds that give the same case counts: few of many people are found, or many of few.

In the *hidden* world detection is weak, in the *protected* one prevalence is low; the twin finds how far either goes.
"""

from dataclasses import dataclass

from scipy.optimize import brentq

from cyclesim.analysis.trials import paths
from cyclesim.errors import DesignError, UnknownNameError, did_you_mean
from cyclesim.inputs.changes import differences
from cyclesim.inputs.dates import date
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run

DETECTION = 0.5  # factor on detection in the hidden world, where protection can match it
YEAR = 12
_WINDOW = 60
_EXACT = 0.003  # of the way from one end to the other
_LEAST = 0.05  # share of the case counts that either change must take away

_POSTS = {"organisations": ("staff",), "back_ends": ("reception", "caseworkers", "investigators")}
REACH = ("self_report", "contact", "investigation")
"""Parameters through which anybody comes to know of a person in exploitation."""
PROTECTION = {
    "protection_uptake": 1,
    "protection_effect": 1,
    "prevention_effect": 1,
    "late_multiplier": 0,
    "retrafficking_unassisted": 0,
    "retrafficking_assisted": 0,
}
"""Parameters that say how well people are protected, and the end of the range at which they are best: 0 low, 1 high."""
WEAKNESSES = {
    "out of reach": "people in exploitation meet fewer helpers and come forward less; staff are as in the scenario",
    "few staff": "frontline organisations, reception, caseworkers and investigators have fewer posts",
}
"""Two reasons why detection is weak, by name."""


@dataclass(frozen=True)
class Pair:
    """Two worlds of the same expected case counts."""

    weakness: str  # why detection is weak: a name of `WEAKNESSES`
    hidden: Scenario
    protected: Scenario
    detection: float  # factor on detection in the hidden world
    protection: float  # how far protective parameters are moved to their best ends, 0 to 1


def window(scenario: Scenario) -> int:
    """Return the number of months, the last ones, over which case counts are to be the same: whole years, 5 at most."""
    if scenario.months < 2 * YEAR:
        raise DesignError(
            f"{scenario.name} has {scenario.months} months; worlds are told apart over the last half of at least 24: "
            "give it more months"
        )
    return min(YEAR * (scenario.months // (2 * YEAR)), _WINDOW)


def pairs(scenario: Scenario, crisis: str | None = None, detection: float = DETECTION) -> tuple[list[Pair], list[str]]:
    """Return the pairs that exist within the ranges of the parameters, and why others do not.

    Parameters
    ----------
    crisis, detection
        Whose case counts are the same (absent: the first); factor on detection in hidden worlds, 0 to 1, nearer to 1
        where no protection would match it.
    """
    place = crisis_of(scenario, crisis)
    if not 0.0 < detection < 1.0:
        raise DesignError(f"detection in the hidden world must lie between 0 and 1 (got {detection:g})")
    months = window(scenario)
    plain, least = (cases(world, place, months) for world in (scenario, protected(scenario, 1.0)))
    found, missing = [], []
    for weakness in WEAKNESSES:
        try:
            found.append(_pair(scenario, place, weakness, detection, plain, least))
        except DesignError as error:
            missing.append(f"{weakness}: {error}")
    if not found:
        reasons = "\n  ".join(missing)
        raise DesignError(f"no two worlds of {scenario.name} give the same case counts within the ranges\n  {reasons}")
    return found, missing


def crisis_of(scenario: Scenario, name: str | None) -> str:
    """Return the name of a crisis of the scenario; the first if none is given."""
    names = sorted(scenario.crises)
    if name is not None and name not in names:
        raise UnknownNameError(f"no crisis {name!r} in {scenario.name}; {did_you_mean(name, names)}")
    return name or names[0]


def weak(scenario: Scenario, weakness: str, detection: float) -> Scenario:
    """Return the scenario with so many times the detection; parameters stay within their ranges."""
    if weakness == "out of reach":
        stated = {name: float(scenario.parameter(name)) for name in REACH}
        lowest = {name: (parameters()[name].range or (0.0, 0.0))[0] for name in REACH}
        values = {name: min(value, max(detection * value, lowest[name])) for name, value in stated.items()}
    else:
        posts = [path for part, fields in _POSTS.items() for path in paths(scenario, part, fields)]
        values = {path: detection * float(scenario.value(path)) for path in posts}
    return scenario.with_values(values)


def protected(scenario: Scenario, protection: float) -> Scenario:
    """Return the scenario with protective parameters moved this far towards the best ends of their ranges."""
    values = {}
    for name, end in PROTECTION.items():
        value, best = float(scenario.parameter(name)), (parameters()[name].range or (0.0, 0.0))[end]
        better = best > value if end else best < value
        values[name] = (1.0 - protection) * value + protection * best if better else value
    return scenario.with_values(values)


def changed(one: Scenario, other: Scenario) -> dict[str, float]:
    """Return the numbers in which `other` differs from `one`, by path, as they are in `other`."""
    return {d.path: d.after for d in differences(one, other) if isinstance(d.after, int | float)}


def _pair(scenario: Scenario, crisis: str, weakness: str, detection: float, plain: float, least: float) -> Pair:
    """Return the pair of the weakest detection, down to a factor, that protection, leaving `least` cases, can match."""

    def excess(world: Scenario, wanted: float) -> float:
        return cases(world, crisis, window(scenario)) - wanted

    found = excess(weak(scenario, weakness, detection), 0.0)
    _check(scenario, crisis, plain, found, least)
    level = 1.0
    if least <= found:
        level = float(brentq(lambda x: excess(protected(scenario, x), found), 0.0, 1.0, xtol=_EXACT))
    else:  # the best protection leaves more cases: weaken detection less
        detection = float(brentq(lambda x: excess(weak(scenario, weakness, x), least), detection, 1.0, xtol=_EXACT))
    one = weak(scenario, weakness, detection).renamed(f"{weakness} (hidden)")
    return Pair(weakness, one, protected(scenario, level).renamed(f"{weakness} (protected)"), detection, level)


def _check(scenario: Scenario, crisis: str, plain: float, found: float, least: float) -> None:
    """Refuse where either change hardly lowers the case counts: two such worlds would be one."""
    since = date(scenario.months - window(scenario), scenario.start)
    here = f"in {crisis} {plain:,.3g} cases are expected in reports from {since} on"
    if plain <= 0:
        raise DesignError(f"{here}: there is nothing to be alike in. Give it more months or more people")
    if found > (1.0 - _LEAST) * plain:
        raise DesignError(
            f"{here}, and {found:,.3g} where detection is weak in this way: what it lowers is at the low end of its "
            "range or does little. State higher values, or more posts, in the scenario, or a smaller --detection"
        )
    if least > (1.0 - _LEAST) * plain:
        raise DesignError(
            f"{here}, and {least:,.3g} where people are protected as well as the ranges allow: there is no room left. "
            f"State less protection in the scenario ({', '.join(PROTECTION)})"
        )


def cases(scenario: Scenario, crisis: str, months: int) -> float:
    """Return the case records to be expected in reports of the last months: what the twin gives."""
    table = run(scenario, twin=True).months
    late = (table["crisis"] == crisis) & (table["month"] >= scenario.months - months)
    return float(table.loc[late, "reported"].sum())
