"""`uses: R9` in a scenario file: an intervention of the catalogue, written out for this scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cyclesim.errors import Problem, did_you_mean
from cyclesim.inputs import dates
from cyclesim.inputs.interventions import Entry, catalogue
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.parts import Setting
from cyclesim.inputs.quantity import is_number
from cyclesim.inputs.reading import Document, Key
from cyclesim.inputs.shifts import AS_LIST, VERBS, weakened

_FROM_CATALOGUE = (*VERBS, "cost", "recommendation")


def expanded(document: Document) -> tuple[Document, list[Problem]]:
    """Return a document in which no intervention `uses` an entry of the catalogue: it says what that changes.

    Parameters
    ----------
    document
        A scenario with everything it extends merged in and its CSV files read.
    """
    interventions = document.data.get("interventions")
    if not isinstance(interventions, dict):
        return document, []
    found: list[Problem] = []
    result: dict[str, Any] = {}
    for name, intervention in interventions.items():
        used = isinstance(intervention, dict) and ("uses" in intervention or "strength" in intervention)
        result[name] = _written_out(document, name, intervention, found) if used else intervention
    return Document({**document.data, "interventions": result}, document.marks), found


def _written_out(document: Document, name: str, intervention: dict[str, Any], found: list[Problem]) -> dict[str, Any]:
    """Return an ordinary intervention; one that cannot be written out adds problems and changes nothing."""
    key = ("interventions", name)
    rest = {k: v for k, v in intervention.items() if k not in ("uses", "strength", *_FROM_CATALOGUE)}
    problems = list(_misused(document, key, intervention))
    if problems:
        found += problems
        return {**rest, "cost": 1.0}  # no second complaint that it changes nothing
    entry, strength = catalogue()[intervention["uses"]], float(intervention.get("strength", 1.0))
    changes = written_out(entry, document.data, strength)
    if not any(changes.values()):
        message = f"{entry.id} matches nothing in this scenario"
        way_out = f"it changes {', '.join(entry.changes.touched if entry.changes else ())}"
        found.append(document.problem((*key, "uses"), message, way_out, entry.id))
    rest = {"ramp": entry.ramp, "why": entry.title, **rest}
    return {**rest, **changes, "recommendation": entry.id, "cost": cost(entry, document.data, rest.get("from"))}


def _misused(document: Document, key: Key, intervention: Mapping[str, Any]) -> Iterator[Problem]:
    if "uses" not in intervention:
        way_out = "add uses, or make the changes themselves smaller"
        yield document.problem((*key, "strength"), "goes with uses only", way_out, at_key=True)
        return
    name, known = intervention["uses"], catalogue()
    if not isinstance(name, str) or name not in known:
        way_out = f"{did_you_mean(name, known)} 'cyclesim interventions' lists them"
        yield document.problem((*key, "uses"), "no such recommendation or practice", way_out, name)
    elif not known[name].built:
        way_out = f"{known[name].reason}; write {AS_LIST} of your own"
        yield document.problem((*key, "uses"), "is not built", way_out, name)
    for twice in (field for field in _FROM_CATALOGUE if field in intervention):
        way_out = f"delete this line, or delete uses and write out the changes (cyclesim interventions {name})"
        message = f"{twice} comes from uses: {name} already"
        yield document.problem((*key, twice), message, way_out, at_key=True)
    strength = intervention.get("strength", 1.0)
    if not is_number(strength) or not 0 <= strength <= 1:
        yield document.problem((*key, "strength"), "must be between 0 (no change) and 1 (all of it)", "", strength)


def written_out(entry: Entry, data: Mapping[str, Any], strength: float = 1.0) -> dict[str, dict[str, float]]:
    """Return `set`, `scale`, `add` and `close` of an entry with the names of a scenario in place of ``*``.

    Parameters
    ----------
    entry
        What is used; one that is not built changes nothing.
    data
        The scenario as plain data.
    strength
        Part of the way from no change (0) to the whole change (1).
    """
    changes = entry.changes
    if changes is None:
        return {}
    whole = {
        verb: {path: value for form, value in getattr(changes, verb).items() for path in _matching(form, data)}
        for verb in VERBS
    }
    if strength == 1.0:
        return whole
    part = {
        verb: {path: weakened(verb, amount, strength) for path, amount in whole[verb].items()} for verb in VERBS[1:]
    }
    set_to = {path: _part_of_the_way(_base(path, data), value, strength) for path, value in whole["set"].items()}
    return {"set": set_to, **part}


def cost(entry: Entry, data: Mapping[str, Any], month: Any) -> float:
    """Return the cost in US dollars per month, for the people in need in the month in which it begins.

    Strength does not lower it: what is spent and what comes of it are two things.
    """
    return entry.cost.value * _people(data, month) / 1e6 if entry.cost else 0.0


def _people(data: Mapping[str, Any], month: Any) -> int:
    """Return how many people in need have arrived by a month, in all crises; whatever is malformed counts nothing."""
    total = 0
    for crisis in _values(data.get("crises")):
        for wave in _values(crisis.get("arrivals")):
            people = wave.get("people")
            if isinstance(people, int) and wave.get("in_need") is not False and _by(wave.get("month"), month):
                total += people
    return total


def _by(arrival: Any, month: Any) -> bool:
    try:
        return arrival is None or dates.index(dates.checked(arrival), dates.checked(month)) <= 0
    except ValueError:
        return False


def _values(section: Any) -> list[dict[str, Any]]:
    return [entry for entry in section.values() if isinstance(entry, dict)] if isinstance(section, dict) else []


def _matching(form: str, data: Mapping[str, Any]) -> list[str]:
    """Return the paths that a path with ``*`` stands for."""
    found: list[tuple[list[str], Any]] = [([], data)]
    *parents, leaf = form.split(".")
    for part in parents if "*" in parents else ():
        found = [
            ([*path, name], here[name])
            for path, here in found
            if isinstance(here, dict)
            for name in (sorted(here) if part == "*" else [part] if part in here else [])
        ]
    return [".".join((*path, leaf)) for path, _ in found] if "*" in parents else [form]


def _base(path: str, data: Mapping[str, Any]) -> Any:
    """Return the value at a path before any dated change; an absent one has its default."""
    *parents, leaf = path.split(".")
    here: Any = data
    for part in parents:
        here = here.get(part) if isinstance(here, dict) else None
    value = here.get(leaf) if isinstance(here, dict) else None
    if value is not None:
        return value
    if leaf in parameters():
        return parameters()[leaf].value
    return Setting.model_fields[leaf].default if leaf in Setting.model_fields else None


def _part_of_the_way(base: Any, target: float, strength: float) -> float:
    return base + (target - base) * strength if is_number(base) else target
