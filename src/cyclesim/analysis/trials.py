"""The worlds in which targets are measured: rungs of the ladder, and variants of a scenario from its plain data."""

from collections.abc import Iterable, Mapping
from typing import Any

from cyclesim.inputs.dates import date, index
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run

MONTHS = 120
CUT = 60  # month in which capacity or money is cut, a back end is taken away or training begins
SURVEYED = 60  # month from which prevalence surveys are held each year
LOW_DETECTION = 0.5  # factor on self-reports, contact and proactive investigation in the world of low detection
TRAINING_MONTHS = 6  # length of the push of training without a back end, in check f
AT_HOME = 1.2
"""People exploited in a year per 1,000 at which T1 is asked: about the middle of 0.6 to 2, Ukraine before the war."""
LADDER = ("U", "M", "S")
_FILES = {"M": "mechanism-in-place", "S": "strong-system", "UA": "ukraine-2022"}
_LITTLE, _MUCH = 0.1, 10.0  # times the money of the start
_AMPLE = 1e-3  # posts per person
_HELD = {"inertia_years": 50.0}  # commitments hardly move
_FRAGILE = {"trust_loss": 0.4, "trust_gain": 0.02, "patience": 0.25}
TRAINING_SETS: dict[str, dict[str, float]] = {
    "defaults": {},
    "fragile trust": {**_FRAGILE},
    "fragile trust, good training": {**_FRAGILE, "sensitivity_trained": 0.9, "know_trained": 0.85},
    "fragile trust, false alarms": {**_FRAGILE, "triage": 0.05, "frustration": 0.1},
}
"""Parameter sets tried for check f: ends of the ranges."""


def rung(name: str, scenario: Scenario) -> Scenario:
    """Return U (the scenario itself), M, S or UA, under the parameters that a scenario states and it does not."""
    if name == "U":
        return scenario.with_values({"months": max(MONTHS, scenario.months)}).renamed("U")
    return _carried(load(_FILES[name]), scenario).renamed(name)


def at_home(mechanism: Scenario) -> Scenario:
    """Return a mechanism at the prevalence of Ukraine before the war: its incidence is solved for, all else stays."""
    found = mechanism
    for _ in range(5):
        months = run(found, twin=True).months
        prevalence = float(months.loc[months["month"].between(24, MONTHS - 1), "true_prevalence"].mean())
        if abs(prevalence / AT_HOME - 1.0) < 0.01:
            break
        found = found.with_values({"incidence": found.parameter("incidence") * AT_HOME / prevalence})
    return found.renamed("M at home")


def without_money(scenario: Scenario, giving: float = 0.0) -> Scenario:
    """Return the same world in which donors pay this share of what they promised, from the first reported month on."""
    return changed(scenario, f"{scenario.name} without money", 0, None, set={"parameters.giving": giving})


def capacity_cut(scenario: Scenario) -> Scenario:
    """Cut frontline staff, and all that others pay, by a quarter for twelve months; donors' posts stay."""
    touched = [*paths(scenario, "organisations", ("staff",)), "parameters.paid_by_others"]
    return changed(scenario, "capacity cut", CUT, CUT + 12, scale=dict.fromkeys(touched, 0.75))


def back_ends(scenario: Scenario) -> list[Scenario]:
    """Return two worlds of ample reception and casework and no donors; in one casework goes after five years."""
    data = _penniless(scenario.resolved())
    data["parameters"] |= {"paid_by_others": 1.0}
    for crisis in data["crises"].values():
        for back_end in crisis["back_ends"].values():
            back_end["caseworkers"] = back_end["reception"] = people_of(crisis) * _AMPLE
    full = Scenario.parse(data, "full back end")
    gone = dict.fromkeys(paths(scenario, "back_ends", ("caseworkers",)), 0.0)
    return [full, changed(full, "no back end", CUT, None, set=gone)]


def loops(scenario: Scenario) -> list[Scenario]:
    """Return worlds whose money hardly moves, little or much of it, for donors who correct, and who do not: b and c."""
    doubled = {"self_report": min(2.0 * float(scenario.parameter("self_report")), 1.0)}
    kinds = {"corrected": {"naivety": 0.0}, "naive": {"naivety": 1.0}, "naive doubled": {**doubled, "naivety": 1.0}}
    worlds = []
    for level, share in (("low", _LITTLE), ("high", _MUCH)):
        held = {"initial_funding": share * float(scenario.parameter("initial_funding")), **_HELD}
        worlds += [with_values(scenario, f"{kind} {level}", {**held, **values}) for kind, values in kinds.items()]
    return worlds


def cuts(scenario: Scenario) -> list[Scenario]:
    """Return a world with ten times the money, held, and the same until all money is cut: d."""
    much = {"initial_funding": _MUCH * float(scenario.parameter("initial_funding")), **_HELD}
    rich = with_values(scenario, "rich", much)
    return [rich, changed(rich, "rich until cut", CUT, None, set={"parameters.giving": 0.0})]


def trainings(scenario: Scenario) -> list[Scenario]:
    """Return worlds with and without half a year of training, for each set of parameters: f."""
    worlds = []
    for name, values in TRAINING_SETS.items():
        plain = with_values(scenario, f"training {name}: no", values)
        training = {"parameters.added_training": 0.25}
        worlds += [plain, changed(plain, f"training {name}: yes", CUT, CUT + TRAINING_MONTHS, set=training)]
    return worlds


def shock_month(scenario: Scenario) -> int:
    """Return the month of the first media shock of a scenario."""
    shocks = [s.month for crisis in scenario.crises.values() for s in crisis.attention.values()]
    return min(index(month, scenario.start) for month in shocks)


def small(scenario: Scenario) -> Scenario:
    """Return the shipped world of 2,000 people under the parameters that the scenario states."""
    return _carried(load("small"), scenario)


def forgetting(scenario: Scenario) -> Scenario:
    """Return a year in a world without any training, paid by anybody. What staff know at the start drains."""
    data = _penniless(scenario.resolved())
    data["parameters"] |= {"paid_by_others": 0.0, "added_training": 0.0, "initial_trained": 0.5}
    data |= {"months": 12, "spin_up": 0, "changes": {}, "interventions": {}}
    return Scenario.parse(data, "forgetting")


def low_detection(scenario: Scenario) -> Scenario:
    """Return a world in which self-reports, contact and investigation are a half of the scenario's.

    Commitments hardly move; from year 6 a survey a year is paid from outside, and nobody reads it in time.
    """
    ways = {name: scenario.parameter(name) * LOW_DETECTION for name in ("self_report", "contact", "investigation")}
    return _surveyed(scenario, "low detection", ways)


def truly_low(scenario: Scenario, factor: float) -> Scenario:
    """Return a world with so many times the incidence, and all else as in the scenario; see `low_detection`."""
    return _surveyed(scenario, "truly low", {"incidence": scenario.parameter("incidence") * factor})


def with_values(scenario: Scenario, name: str, values: Mapping[str, float]) -> Scenario:
    """Return a copy with parameters of its own; donors' own naivety gives way to the parameter's."""
    follow = [f"donors.{n}.naivety" for n, d in scenario.donors.items() if d.naivety is not None]
    given = dict.fromkeys(follow, None) if "naivety" in values else {}
    return scenario.with_values({**values, **given}).renamed(name)


def changed(scenario: Scenario, name: str, first: int, until: int | None, **what: dict[str, float]) -> Scenario:
    """Return a copy with one more dated change, between months counted from the start."""
    data = scenario.resolved()
    window = {"from": date(first, scenario.start)}
    window |= {} if until is None else {"until": date(until, scenario.start)}
    data["changes"] = {**data.get("changes", {}), "measured": {**window, **what}}
    return Scenario.parse(data, name)


def _surveyed(scenario: Scenario, name: str, values: Mapping[str, float]) -> Scenario:
    unread = {"survey_own_share": 0.0, "survey_months": 120.0}
    base = scenario.with_values({"months": max(MONTHS, scenario.months)})
    held = with_values(base, name, {**values, **unread, **_HELD})
    return changed(held, name, SURVEYED, None, set={"parameters.surveys_a_year": 1.0})


def _carried(scenario: Scenario, source: Scenario) -> Scenario:
    values = {name: source.parameter(name) for name in source.stated - scenario.stated}
    return scenario.with_values(values)


def paths(scenario: Scenario, part: str, fields: Iterable[str]) -> list[str]:
    """Return the paths of fields of every organisation or back end of a scenario."""
    return [
        f"crises.{crisis}.{part}.{name}.{field}"
        for crisis, spec in scenario.crises.items()
        for name in getattr(spec, part)
        for field in fields
    ]


def _penniless(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "parameters": {**data.get("parameters", {}), "giving": 0.0}}


def people_of(crisis: dict[str, Any]) -> int:
    """Return the people who ever arrive in a crisis, in the plain data of a scenario."""
    return sum(wave["people"] for wave in crisis["arrivals"].values())


_TOLERANCE = 0.005
_ROUNDS = 10


def alike(scenario: Scenario) -> list[Scenario]:
    """Return low detection, and truly low prevalence of the same case counts (twin, years 6 to 10, to 0.5 %)."""
    hidden = low_detection(scenario)
    cases, factor = _identified(hidden), LOW_DETECTION
    for _ in range(_ROUNDS):
        rare = truly_low(scenario, factor)
        ratio = cases / found if (found := _identified(rare)) else 1.0
        if abs(ratio - 1.0) < _TOLERANCE:
            break
        factor *= ratio
    return [hidden, rare]


def _identified(scenario: Scenario) -> float:
    """Return the people to be expected to be identified in years 6 to 10."""
    months = run(scenario, twin=True).months
    late = months["month"].between(SURVEYED, MONTHS - 1)
    return float(months.loc[late, "identified"].sum())
