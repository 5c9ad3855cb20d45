"""Dated changes: which number has which value in which month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cyclesim.inputs.dates import date, index
from cyclesim.inputs.parts import Change, Intervention
from cyclesim.inputs.paths import bounds
from cyclesim.inputs.quantity import added
from cyclesim.inputs.shifts import VERBS, shifted, sized

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario


class Schedule:
    """The months in which a number of the scenario takes another value.

    Where several changes touch one number, values set apply first, then factors, then amounts, then the shares of
    what is left that are closed; within each kind by date and name. A ramp leads there in equal monthly steps and is
    at full size after `ramp` months. After `until` the number is back. Changes and interventions are read alike.
    """

    def __init__(self, scenario: Scenario) -> None:
        kinds: dict[str, Mapping[str, Change]] = {"change": scenario.changes, "intervention": scenario.interventions}
        dated = [(entry.from_, kind, name, entry) for kind, found in kinds.items() for name, entry in found.items()]
        self._dated = [_Dated(entry, scenario.start) for *_, entry in sorted(dated, key=lambda known: known[:3])]
        self._months: dict[int, list[tuple[str, float | None]]] = {}
        touched = sorted({path for change in self._dated for amounts in change.amounts.values() for path in amounts})
        for path in dict.fromkeys([*touched, *(f"donors.{name}.budget" for name in sorted(scenario.donors))]):
            self._note(path, scenario)

    def _note(self, path: str, scenario: Scenario) -> None:
        """Note the months in which a number takes another value."""
        part, _, rest = path.partition(".")
        name, _, what = rest.rpartition(".")
        donor = scenario.donors[name] if part == "donors" else None
        parameter = f"parameters.{what}" if donor is not None and getattr(donor, what) is None else ""
        touching = [change for change in self._dated if change.touches(path)]
        following = [change for change in self._dated if change.touches(parameter)]
        last: float | None = None
        for month in range(-scenario.spin_up, scenario.months):
            value: float | None = None  # a donor's absent entry follows its parameter while nothing touches it
            if not parameter or any(change.weight(month) for change in touching):
                if donor is not None and what == "budget":
                    value = donor.budget_in(int(date(month, scenario.start)[:4]))
                else:
                    value = _moved(parameter or path, float(scenario.value(path)), following, month)
                value = _moved(path, value, touching, month)
            if value != last:
                self._months.setdefault(month, []).append((path, value))
                last = value
            if not touching and donor is not None and what == "budget" and not isinstance(donor.budget, dict):
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
        return added(round(change.cost * 100 * change.weight(month)) for change in self._dated)


class _Dated:
    """A change: its amounts, at the size of its effects, when it is in force, and to which part."""

    def __init__(self, change: Change, start: str) -> None:
        self.cost, self._share, size = 0.0, 1.0, 1.0
        if isinstance(change, Intervention):
            self.cost, self._share, size = change.cost, change.share, change.size
        self.amounts = {
            verb: {path: sized(verb, amount, size) for path, amount in getattr(change, verb).items()} for verb in VERBS
        }
        self._first, self._ramp = index(change.from_, start), change.ramp
        self._end = None if change.until is None else index(change.until, start)

    def touches(self, path: str) -> bool:
        return any(path in amounts for amounts in self.amounts.values())

    def weight(self, month: int) -> float:
        if month < self._first or (self._end is not None and month >= self._end):
            return 0.0
        built = 1.0 if self._ramp == 0 else min((month - self._first + 1) / self._ramp, 1.0)
        return self._share * built


def _moved(path: str, value: float, changes: list[_Dated], month: int) -> float:
    """Return a number after changes, in the order of the verbs."""
    top = bounds(path)[1]
    for verb in VERBS:
        for change in changes:
            if path in change.amounts[verb]:
                value = shifted(verb, value, float(change.amounts[verb][path]), change.weight(month), top)
    return value
