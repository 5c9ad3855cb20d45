"""What must hold between the parts of a scenario: references, dates, parameters, and what changes touch.

The checks read plain data and step over whatever has the wrong type, which the models report: so that all
problems of a file come at once.
"""

from collections.abc import Iterator
from typing import Any, TypeGuard

from cyclesim.errors import Problem, did_you_mean
from cyclesim.inputs import dates, paths
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import is_number
from cyclesim.inputs.reading import Document, Key, mappings
from cyclesim.inputs.shifts import AS_LIST, VERBS

_THERE_BEFORE = "leave the month out and give displaced_months, or raise spin_up"


def problems(document: Document) -> list[Problem]:
    """Return every problem between the parts of a scenario, in the order of its sections."""
    data, known, found = document.data, parameters(), []
    for name, value in _mapping(data, "parameters").items():
        key = ("parameters", name)
        if name not in known:
            found.append(document.problem(key, f"no parameter {name!r}", did_you_mean(name, known), at_key=True))
        elif complaint := known[name].complaint(value):
            found.append(document.problem(key, *complaint, value))
    if "name" in data:
        way_out = "a scenario is named after its file"
        found.append(document.problem(("name",), "no such key 'name'", way_out, at_key=True))
    for name, crisis in mappings(data.get("crises")).items():
        found += _crisis(document, ("crises", name), crisis)
    for section in ("changes", "interventions"):
        for name, change in mappings(data.get(section)).items():
            found += _change(document, (section, name), change)
    return found


def out_of_bounds(document: Document, path: str, when: str, value: float, low: float, high: float) -> Problem:
    """Return the problem of changes that together take a number out of its bounds."""
    touching = (
        (section, name, how, path)
        for section in ("changes", "interventions")
        for name, change in mappings(document.data.get(section)).items()
        for how in VERBS
        if path in _mapping(change, how)
    )
    message = f"changes take this number to {value:.6g} in {when}; it must lie between {low:g} and {high:g}"
    key = next(touching, tuple(path.split(".")))
    return document.problem(key, message, "make the change smaller", at_key=True)


def _crisis(document: Document, key: Key, crisis: dict[str, Any]) -> Iterator[Problem]:
    settings, back_ends = _mapping(crisis, "settings"), _mapping(crisis, "back_ends")
    for name, setting in mappings(crisis.get("settings")).items():
        yield from _reference(document, (*key, "settings", name, "back_end"), setting, back_ends)
    for name, wave in mappings(crisis.get("arrivals")).items():
        here = (*key, "arrivals", name)
        yield from _in_time(document, (*here, "month"), wave, if_before=_THERE_BEFORE)
        for place in _mapping(wave, "settings"):
            if settings and place not in settings:
                way_out = did_you_mean(place, settings)
                yield document.problem((*here, "settings", place), f"no setting {place!r}", way_out, at_key=True)
        yield from _reference(document, (*here, "home"), wave, settings)
        yield from _departures(document, here, wave)
        if "home" in wave and "month" not in wave:
            way_out = "give the month in which these people leave home, or leave home out"
            yield document.problem((*here, "home"), "goes with month only", way_out, at_key=True)
    for name, organisation in mappings(crisis.get("organisations")).items():
        here = (*key, "organisations", name)
        yield from _reference(document, (*here, "setting"), organisation, settings)
        yield from _in_time(document, (*here, "arrives"), organisation)
    for name, shock in mappings(crisis.get("attention")).items():
        yield from _in_time(document, (*key, "attention", name, "month"), shock)


def _reference(document: Document, key: Key, part: dict[str, Any], known: dict[str, Any]) -> Iterator[Problem]:
    name = part.get(key[-1])
    if isinstance(name, str) and name not in known:
        what = key[-1].replace("_", " ")
        yield document.problem(key, f"no {what} {name!r} in this crisis", did_you_mean(name, known), name)


def _in_time(document: Document, key: Key, part: dict[str, Any], if_before: str = "") -> Iterator[Problem]:
    """Nothing happens after the last simulated month, nor, with a way out ``if_before``, before the first."""
    data, date = document.data, part.get(key[-1])
    start, months, spin_up = data.get("start"), data.get("months"), data.get("spin_up", 0)
    if not (_is_month(start) and isinstance(months, int) and isinstance(spin_up, int) and months > 0):
        return
    if not _is_month(date):
        return
    place = dates.index(date, start)
    if place >= months:
        last = dates.date(months - 1, start)
        yield document.problem(key, f"is after the last simulated month {last}", "move it, or raise months", date)
    if if_before and place < -spin_up:
        first = dates.date(-spin_up, start)
        yield document.problem(key, f"is before the first simulated month {first}", if_before, date)


def _departures(document: Document, key: Key, wave: dict[str, Any]) -> Iterator[Problem]:
    """Nobody leaves before arriving, or outside the simulated months."""
    for month in _mapping(wave, "departs"):
        here = (*key, "departs", month)
        way_out = "leave these people out of the wave, or raise spin_up"
        yield from _in_time(document, here, {month: month}, if_before=way_out)
        if _is_month(month) and _is_month(wave.get("month")) and dates.index(month, wave["month"]) < 0:
            way_out = f"give a month from {wave['month']} on"
            yield document.problem(here, "is before these people arrive", way_out, at_key=True)


def _change(document: Document, key: Key, change: dict[str, Any]) -> Iterator[Problem]:
    yield from _in_time(document, (*key, "from"), change)
    begin, end = change.get("from"), change.get("until")
    if _is_month(begin) and _is_month(end) and dates.index(end, begin) <= 0:
        way_out = "until is the first month in which the change no longer holds"
        yield document.problem((*key, "until"), f"must be after from ({begin})", way_out, end)
    touches = [(how, path, value) for how in VERBS for path, value in _mapping(change, how).items()]
    if not touches and not change.get("cost"):
        yield document.problem(key, "changes nothing", f"give it {AS_LIST}", at_key=True)
    size = change.get("size", 1)
    if is_number(size) and size != 1 and _mapping(change, "set"):
        way_out = "what is set has no size: write scale, add or close, or leave out size"
        yield document.problem((*key, "size"), "does not go with set", way_out, size)
    for how, path, value in touches:
        here = (*key, how, path)
        complaint = paths.untouchable(path, document.data)
        if complaint := complaint or (paths.no_gap_at(path) if how == "close" else None):
            yield document.problem(here, *complaint, at_key=True)
        elif how == "set" and is_number(value) and (complaint := paths.complaint_about(path, value)):
            yield document.problem(here, *complaint, value)


def _is_month(value: Any) -> TypeGuard[str]:
    try:
        return bool(dates.checked(value))
    except ValueError:
        return False


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
