"""Thirty crises that share donors, derived from one scenario: the world in which money is compared between crises.

What they are is our assumption, stated here and nowhere else:

- thirty crises (29 live responses in 2022 and 2023, report section 1), of sizes spread evenly on a log scale with a
  factor of 40 between the largest and the smallest, 362 million people in need together (report introduction);
- the hazard from a half to twice that of the scenario, evenly on a log scale, in another order;
- what others pay from a tenth to ten times what the scenario states per person, evenly on a log scale, in a third
  order: from countries in which next to nobody is found to countries with a mechanism;
- all else, per person, as in the largest crisis of the scenario; nobody has a line when the spin-up begins; no media
  shock, no dated changes, everybody there from the beginning;
- donors as in the scenario, their budgets scaled with the people.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cyclesim.inputs.scenario import Scenario

CRISES = 30
PEOPLE = 362_000_000
SIZES = 40.0
"""The largest crisis over the smallest."""
HAZARD = (0.5, 2.0)
OTHERS = (0.1, 10.0)
_STEPS = (7, 11)  # neither shares a divisor with 30, so that each order takes every level once
_PAID = ("reception", "caseworkers", "investigators", "specialists", "assistance_places")
_ABSENT = {"arrivals": ("month",), "organisations": ("arrives", "fade_months")}


def thirty(scenario: Scenario, people: int = PEOPLE) -> Scenario:
    """Return the thirty crises of a scenario; see the module.

    Parameters
    ----------
    people
        People in all crises together.
    """
    data = scenario.resolved()
    present = {name: _people(crisis) for name, crisis in data["crises"].items()}
    template = _at_rest(data["crises"][max(present, key=lambda name: present[name])])
    sizes = np.geomspace(1.0, SIZES, CRISES)
    sizes *= people / sizes.sum()
    data["crises"] = {f"crisis {n:02d}": _one(template, n, float(size)) for n, size in enumerate(sizes)}
    data |= {"changes": {}, "interventions": {}, "months": max(scenario.months, 120)}
    scale_budgets(data, people / sum(present.values()))
    return Scenario.parse(data, "thirty")


def scale_budgets(data: dict[str, Any], factor: float) -> None:
    """Multiply the budgets of all donors in the plain data of a scenario."""
    for donor in data.get("donors", {}).values():
        budget = donor["budget"]
        years = isinstance(budget, dict)
        donor["budget"] = {year: b * factor for year, b in budget.items()} if years else budget * factor


def _one(template: dict[str, Any], number: int, people: float) -> dict[str, Any]:
    """Return the crisis of a number: the template at its own size, hazard and level of what others pay."""
    hazard, others = (
        float(np.geomspace(*ends, CRISES)[step * number % CRISES])
        for ends, step in zip((HAZARD, OTHERS), _STEPS, strict=True)
    )
    factor = people / _people(template)
    settings = {
        name: {**setting, "intensity": setting.get("intensity", 1.0) * hazard}
        for name, setting in template["settings"].items()
    }
    back_ends = _times(template["back_ends"], factor * others, *_PAID)
    for back_end in back_ends.values():
        back_end["training"] = min(back_end.get("training", 0.0) * others, 1.0)
    waves = {n: {**wave, "people": round(wave["people"] * factor)} for n, wave in template["arrivals"].items()}
    organisations = _times(template.get("organisations", {}), factor, "staff")
    return {
        **template,
        "line": False,
        "settings": settings,
        "arrivals": waves,
        "organisations": organisations,
        "back_ends": back_ends,
    }


def _at_rest(crisis: dict[str, Any]) -> dict[str, Any]:
    """Return a crisis in which everybody who ever arrives is there from the beginning, and no media shock."""
    kept = {
        part: {
            name: {k: v for k, v in entry.items() if k not in absent} for name, entry in crisis.get(part, {}).items()
        }
        for part, absent in _ABSENT.items()
    }
    return {**crisis, "attention": {}, **kept}


def _people(crisis: dict[str, Any]) -> int:
    return sum(wave["people"] for wave in crisis["arrivals"].values())


def _times(entries: dict[str, Any], factor: float, *fields: str) -> dict[str, dict[str, Any]]:
    return {
        name: {**entry, **{field: entry.get(field, 0.0) * factor for field in fields}}
        for name, entry in entries.items()
    }
