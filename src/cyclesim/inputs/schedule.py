"""Dated changes: which number has which value in which month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cyclesim.inputs.dates import date, index
from cyclesim.inputs.parts import Change, Donor, Intervention
from cyclesim.inputs.paths import bounds
from cyclesim.inputs.quantity import added
from cyclesim.inputs.shifts import VERBS, shifted, sized

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario


class Schedule:
    """The months in which a number of the scenario takes another value.

    Where several changes touch one number, values set apply first, then factors, then amounts, then the shares of
    what is left that are closed; within each kind by date and name. A ramp leads there in equal monthly steps and is
    at full size after `ramp` months. After `until` the number is back.

    Parameters
    ----------
    scenario
        Changes and interventions are read alike: what differs is what they mean, not what they do.
    """

    def __init__(self, scenario: Scenario) -> None:
        dated = {**{("change", n): c for n, c in scenario.changes.items()}}
        dated |= {("intervention", n): c for n, c in scenario.interventions.items()}
        ordered = sorted(dated.items(), key=lambda item: (item[1].from_, item[0]))
        changes = [(_at_its_size(change), _Window(change, scenario.start)) for _, change in ordered]
        touched = sorted({path for change, _ in changes for kind in _kinds(change) for path in kind})
        touched += [f"donors.{name}.budget" for name in sorted(scenario.donors)]
        self._months: dict[int, list[tuple[str, float | None]]] = {}
        for path in dict.fromkeys(touched):
            self._note(path, scenario, changes)
        self._costs = [
            (_Window(i, scenario.start), i.cost) for _, i in sorted(scenario.interventions.items()) if i.cost
        ]

    def _note(self, path: str, scenario: Scenario, changes: list[tuple[Change, _Window]]) -> None:
        """Note the months in which a number takes another value."""
        touching, parameter = _touching(path, changes), _followed(scenario, path)
        following = _touching(parameter, changes) if parameter else []
        last: float | None = None
        for month in range(-scenario.spin_up, scenario.months):
            value: float | None = None  # a donor's absent entry follows its parameter while nothing touches it
            if parameter is None or any(window.weight(month) for _, window in touching):
                base = _base(scenario, path, month)
                base = _value(parameter, base, following, month) if parameter else base
                value = _value(path, base, touching, month)
            if value != last:
                self._months.setdefault(month, []).append((path, value))
                last = value
            if not touching and _is_constant(scenario, path):
                break

    def out_of_bounds(self) -> Iterator[tuple[str, int, float, float, float]]:
        """Yield each number that changes take out of its bounds: path, first month, value, low and high."""
        seen = set()
        for month, values in sorted(self._months.items()):
            for path, value in values:
                low, high = bounds(path)
                if value is not None and path not in seen and not low <= value <= high:
                    seen.add(path)
                    yield path, month, value, low, high

    def at(self, month: int) -> list[tuple[str, float | None]]:
        """Return the numbers that take a new value in a month; None is back to the parameter of that name."""
        return self._months.get(month, [])

    def cost(self, month: int) -> int:
        """Return the stated cost of the interventions in force, in cents."""
        return added(round(cost * 100 * window.weight(month)) for window, cost in self._costs)


class _Window:
    """When a change is in force, and to which part."""

    def __init__(self, change: Change, start: str) -> None:
        self.first = index(change.from_, start)
        self.end = None if change.until is None else index(change.until, start)
        self._ramp = change.ramp
        self._share = change.share if isinstance(change, Intervention) else 1.0

    def weight(self, month: int) -> float:
        if month < self.first or (self.end is not None and month >= self.end):
            return 0.0
        built = 1.0 if self._ramp == 0 else min((month - self.first + 1) / self._ramp, 1.0)
        return self._share * built


def _at_its_size(change: Change) -> Change:
    """Return a change whose amounts hold the size of its effects."""
    if not isinstance(change, Intervention) or change.size == 1.0:
        return change
    amounts = {
        verb: {path: sized(verb, amount, change.size) for path, amount in getattr(change, verb).items()}
        for verb in VERBS
    }
    return change.model_copy(update=amounts)


def _kinds(change: Change) -> Iterator[dict[str, float]]:
    yield from (getattr(change, verb) for verb in VERBS)


def _touching(path: str, changes: list[tuple[Change, _Window]]) -> list[tuple[Change, _Window]]:
    return [(change, window) for change, window in changes if any(path in kind for kind in _kinds(change))]


def _followed(scenario: Scenario, path: str) -> str | None:
    """Return the parameter that a donor's absent entry follows; None for any other number."""
    part, _, rest = path.partition(".")
    name, _, what = rest.rpartition(".")
    absent = part == "donors" and getattr(scenario.donors[name], what) is None
    return f"parameters.{what}" if absent else None


def _donor_with_budget(scenario: Scenario, path: str) -> Donor | None:
    """Return the donor whose budget a path names; None for any other number."""
    part, _, rest = path.partition(".")
    name, _, what = rest.rpartition(".")
    return scenario.donors[name] if part == "donors" and what == "budget" else None


def _base(scenario: Scenario, path: str, month: int) -> float:
    donor = _donor_with_budget(scenario, path)
    if donor is None:
        return float(scenario.value(path))
    return donor.budget_in(int(date(month, scenario.start)[:4]))


def _is_constant(scenario: Scenario, path: str) -> bool:
    donor = _donor_with_budget(scenario, path)
    return donor is not None and not isinstance(donor.budget, dict)


def _value(path: str, base: float, changes: list[tuple[Change, _Window]], month: int) -> float:
    value, top = base, bounds(path)[1]
    for verb in VERBS:
        for change, window in changes:
            amounts = getattr(change, verb)
            if path in amounts:
                value = shifted(verb, value, float(amounts[path]), window.weight(month), top)
    return value
