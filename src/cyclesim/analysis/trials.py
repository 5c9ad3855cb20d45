"""The worlds in which targets are measured: variants of a scenario, built from its plain data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cyclesim.inputs.dates import date, index
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario

MONTHS = 120
CUT = 60
"""Month in which capacity is cut, a back end is taken away or training begins: by then the world has settled."""
FUNDING_CUT = 60
"""Month in which all money is cut."""
SURVEYED = 60
"""Month from which prevalence surveys are held each year."""
LOW_DETECTION = 0.5
"""Factor on self-reports, contact and proactive investigation in the world of low detection."""
TRAINING_MONTHS = 6
"""Length of the push of training without a back end, in check f."""
CRISES = 12
PEOPLE = 100_000
_LOW_MONEY = 1 / 30
_FULL_NEED = 1.10  # US dollars per person and year, as coded: the upper end of the range of `requirement`
_HELD = {"inertia_years": 50.0}  # commitments hardly move
_STRONG_DATA = {"completeness": 1.0, "record_sharing": 1.0, "missing_fields": 0.0}
_FRAGILE = {"trust_loss": 0.4, "trust_gain": 0.02, "patience": 0.25}
TRAINING_SETS: dict[str, dict[str, float]] = {
    "defaults": {},
    "fragile trust": {**_FRAGILE},
    "fragile trust, good training": {**_FRAGILE, "sensitivity_trained": 0.9, "know_trained": 0.85},
    "fragile trust, false alarms": {**_FRAGILE, "triage": 0.05, "frustration": 0.1},
}
"""Parameter sets tried for check f: ends of the ranges."""


def family(scenario: Scenario) -> list[Scenario]:
    """Return the variants that share their months and luck; the first is the scenario itself.

    Its window is ten years, or longer if it was.
    """
    base = scenario.with_values({"months": max(MONTHS, scenario.months)}).renamed("base")
    money = float(base.parameter("requirement"))
    corrected = {"naivety": 0.0, "count_weight": 1.0}
    doubled = {"self_report": min(2.0 * float(base.parameter("self_report")), 1.0)}
    worlds = [base, _strong(base), _cut_capacity(base), _back_end(base, full=True), _back_end(base, full=False)]
    for level, share in (("low", _LOW_MONEY), ("high", 1.0)):
        held = {"initial_funding": share * money, **_HELD}
        worlds.append(_with(base, f"corrected {level}", {**held, **corrected}))
        worlds.append(_with(base, f"naive {level}", {**held, "naivety": 1.0}))
        worlds.append(_with(base, f"naive doubled {level}", {**held, **doubled, "naivety": 1.0}))
    rich = _with(base, "rich", {"initial_funding": money, **_HELD})
    budgets = {f"donors.{name}.budget": 0.0 for name in base.donors}
    worlds += [rich, _changed(rich, "rich until cut", FUNDING_CUT, None, set=budgets)]
    for name, values in TRAINING_SETS.items():
        plain = _with(base, f"training {name}: no", values)
        training = {"parameters.training_background": 0.25}
        worlds += [plain, _changed(plain, f"training {name}: yes", CUT, CUT + TRAINING_MONTHS, set=training)]
    return worlds


def shock(scenario: Scenario) -> tuple[Scenario, int]:
    """Return a world with a media shock and its month: the scenario, if it has one, or else ukraine-2022.

    Parameters that the scenario states are taken over where ukraine-2022 does not state them itself.
    """
    for chosen in (scenario, _carried(load("ukraine-2022"), scenario)):
        shocks = [s.month for crisis in chosen.crises.values() for s in crisis.attention.values()]
        months = sorted(index(month, chosen.start) for month in shocks)
        if months and months[0] >= 12 and months[0] + 24 <= chosen.months:
            return chosen.renamed("shock"), months[0]
    raise AssertionError("ukraine-2022 has a shock")


def small(scenario: Scenario) -> Scenario:
    """Return the shipped world of 2,000 people under the parameters that the scenario states."""
    return _carried(load("small"), scenario)


def forgetting(scenario: Scenario) -> Scenario:
    """Return a world without any training: no money, no background. What staff know at the start drains."""
    data = _without_money(scenario.resolved())
    data["parameters"] |= {"training_background": 0.0, "initial_trained": 0.5}
    data |= {"months": 12, "spin_up": 0, "changes": {}, "interventions": {}}
    data["crises"] = {name: _from_the_start(crisis) for name, crisis in data["crises"].items()}
    return Scenario.parse(data, "forgetting")


def many(scenario: Scenario) -> Scenario:
    """Return twelve crises of 100,000 people that share donors and differ in several things, in different orders.

    Each is the largest crisis of the scenario, scaled; donors' budgets are scaled with the people. Intensity of the
    hazard goes from 0.5 to 2 (yearly prevalence of some 6 to 30 per 1,000), frontline staff and posts of back ends
    from 0.1 to 4 of the scenario's, in two other orders; three of the twelve have trafficking high on their agenda
    (8 of 29 responses in 2022-23, report section 4), three have a media shock; donors' naivety goes from 0.4 to 1.
    No dated changes or arrivals; six years.
    """
    data = scenario.resolved()
    sizes = {name: _people(crisis) for name, crisis in data["crises"].items()}
    template = data["crises"][max(sizes, key=lambda name: sizes[name])]
    scaled = _scaled(_from_the_start(template), PEOPLE / max(sizes.values()))
    data["crises"] = {f"crisis {n:02d}": _unlike(scaled, n, data["start"]) for n in range(CRISES)}
    for number, name in enumerate(sorted(data.get("donors", {}))):
        data["donors"][name]["naivety"] = 0.4 + 0.6 * (7 * number % CRISES) / (CRISES - 1)
    share = CRISES * PEOPLE / sum(sizes.values())
    data |= {"changes": {}, "interventions": {}, "months": 72}
    _scale_budgets(data, share)
    return Scenario.parse(data, "many")


def low_detection(scenario: Scenario) -> Scenario:
    """Return a world in which self-reports, contact and investigation are a half of the scenario's.

    Commitments hardly move, in this world and in `truly_low`. From year 6 a prevalence survey is held every year; it
    is paid from outside, and nobody reads it in time.
    """
    ways = {name: scenario.parameter(name) * LOW_DETECTION for name in ("self_report", "contact", "investigation")}
    return _surveyed(scenario, "low detection", ways)


def truly_low(scenario: Scenario, factor: float) -> Scenario:
    """Return a world with so many times the incidence, and all else as in the scenario; see `low_detection`."""
    return _surveyed(scenario, "truly low", {"incidence": scenario.parameter("incidence") * factor})


# ---------------------------------------------------------------- details


def _surveyed(scenario: Scenario, name: str, values: dict[str, float]) -> Scenario:
    unread = {"survey_own_share": 0.0, "survey_months": 120.0}
    base = scenario.with_values({"months": max(MONTHS, scenario.months)})
    held = _with(base, name, {**values, **unread, **_HELD})
    return _changed(held, name, SURVEYED, None, set={"parameters.surveys_a_year": 1.0})


def _with(scenario: Scenario, name: str, values: dict[str, float]) -> Scenario:
    """Return a copy with parameters of its own; donors' own naivety gives way to the parameter's."""
    follow = [f"donors.{n}.naivety" for n, d in scenario.donors.items() if d.naivety is not None]
    given = dict.fromkeys(follow, None) if "naivety" in values else {}
    return scenario.with_values({**values, **given}).renamed(name)


def _carried(scenario: Scenario, source: Scenario) -> Scenario:
    values = {name: source.parameter(name) for name in source.stated - scenario.stated}
    return scenario.with_values(values)


def _strong(base: Scenario) -> Scenario:
    """Full funding of what is needed, not of the little that appeals ask for; held; data complete and linked."""
    data = base.resolved()
    money = {"requirement": _FULL_NEED, "initial_funding": _FULL_NEED}
    data["parameters"] = {**data["parameters"], **money, **_STRONG_DATA, **_HELD}
    _scale_budgets(data, 100.0)
    return Scenario.parse(data, "strong")


def _cut_capacity(base: Scenario) -> Scenario:
    """Cut staff, caseworkers and investigators by a quarter for twelve months."""
    paths = [*_paths(base, "organisations", ("staff",)), *_paths(base, "back_ends", ("caseworkers", "investigators"))]
    return _changed(base, "capacity cut", CUT, CUT + 12, scale=dict.fromkeys(paths, 0.75))


def _back_end(base: Scenario, full: bool) -> Scenario:
    """Give the back end ample staff of the state and no donors; take it away later, or not."""
    data = _without_money(base.resolved())
    for crisis in data["crises"].values():
        for back_end in crisis["back_ends"].values():
            back_end["caseworkers"] = _people(crisis) / 1_000
    ample = Scenario.parse(data, "full back end")
    if full:
        return ample
    return _changed(ample, "no back end", CUT, None, set=dict.fromkeys(_paths(base, "back_ends", ("caseworkers",)), 0))


def _paths(scenario: Scenario, part: str, fields: Iterable[str]) -> list[str]:
    return [
        f"crises.{crisis}.{part}.{name}.{field}"
        for crisis, spec in scenario.crises.items()
        for name in getattr(spec, part)
        for field in fields
    ]


def _changed(scenario: Scenario, name: str, first: int, until: int | None, **what: dict[str, float]) -> Scenario:
    """Return a copy with one more dated change, between months counted from the start."""
    data = scenario.resolved()
    window = {"from": date(first, scenario.start)}
    window |= {} if until is None else {"until": date(until, scenario.start)}
    data["changes"] = {**data.get("changes", {}), "measured": {**window, **what}}
    return Scenario.parse(data, name)


def _without_money(data: dict[str, Any]) -> dict[str, Any]:
    parameters = {**data.get("parameters", {}), "initial_funding": 0.0}
    donors = {name: {**donor, "budget": 0.0} for name, donor in data.get("donors", {}).items()}
    return {**data, "parameters": parameters, "donors": donors}


def _scale_budgets(data: dict[str, Any], factor: float) -> None:
    for donor in data.get("donors", {}).values():
        budget = donor["budget"]
        years = isinstance(budget, dict)
        donor["budget"] = {year: b * factor for year, b in budget.items()} if years else budget * factor


def _people(crisis: dict[str, Any]) -> int:
    return sum(wave["people"] for wave in crisis["arrivals"].values())


def _from_the_start(crisis: dict[str, Any]) -> dict[str, Any]:
    """Return a crisis in which everybody who ever arrives is there from the beginning, and no media shock."""

    def without(entries: dict[str, Any], *fields: str) -> dict[str, Any]:
        return {name: {k: v for k, v in entry.items() if k not in fields} for name, entry in entries.items()}

    return {
        **crisis,
        "attention": {},
        "arrivals": without(crisis["arrivals"], "month"),
        "organisations": without(crisis.get("organisations", {}), "arrives", "fade_months"),
    }


def _unlike(crisis: dict[str, Any], number: int, start: str) -> dict[str, Any]:
    """Return the crisis of a number: its own hazard, staff, posts, agenda and attention; see `many`."""
    intensity, capacity = np.geomspace(0.5, 2.0, CRISES).tolist(), np.geomspace(0.1, 4.0, CRISES).tolist()
    staff, posts = capacity[(5 * number + 3) % CRISES], capacity[(7 * number + 1) % CRISES]
    settings = {
        name: {**setting, "intensity": setting.get("intensity", 1.0) * intensity[number]}
        for name, setting in crisis["settings"].items()
    }
    news = {"news": {"month": date(15 + number, start), "peak": 1.0}}
    return {
        **crisis,
        "settings": settings,
        "organisations": _times(crisis.get("organisations", {}), staff, "staff"),
        "back_ends": _times(crisis["back_ends"], posts, "caseworkers", "investigators"),
        "agenda": 1.0 if (5 * number + 1) % CRISES < 3 else 0.3,
        "attention": news if number in (1, 4, 8) else {},
    }


def _scaled(crisis: dict[str, Any], factor: float) -> dict[str, Any]:
    """Return a crisis with so many times the people, staff and posts."""
    waves = {name: {**wave, "people": round(wave["people"] * factor)} for name, wave in crisis["arrivals"].items()}
    return {
        **crisis,
        "arrivals": waves,
        "organisations": _times(crisis.get("organisations", {}), factor, "staff"),
        "back_ends": _times(crisis["back_ends"], factor, "caseworkers", "investigators", "assistance_places"),
    }


def _times(entries: dict[str, Any], factor: float, *fields: str) -> dict[str, Any]:
    return {name: {**entry, **{f: entry[f] * factor for f in fields}} for name, entry in entries.items()}
