"""What differs between two scenarios, as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cyclesim.inputs import dates
from cyclesim.inputs.scenario import TEXT, Scenario

DATED = ("changes", "interventions")


@dataclass(frozen=True)
class Difference:
    """One entry that differs: its dotted path and both values as JSON types, None where it is absent."""

    path: str
    before: Any
    after: Any


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """Return what differs from ``a`` to ``b``, by path; names, titles, questions and sources do not count.

    A parameter that one of the two leaves at its default is compared with that default.
    """
    before, after = _content(a), _content(b)
    for name in {*before["parameters"], *after["parameters"]}:
        before["parameters"].setdefault(name, a.parameter(name))
        after["parameters"].setdefault(name, b.parameter(name))
    return sorted(_between((), before, after), key=lambda difference: difference.path)


def first_change(a: Scenario, b: Scenario) -> int | None:
    """Return the first month in which ``a`` and ``b`` may differ, relative to ``start``, or None if they are equal.

    Dated changes and interventions that differ count from their ``from``, another payer from the first ``from``
    of an intervention that costs anything; whatever else differs counts from the first simulated month.
    """
    first = -max(a.spin_up, b.spin_up)
    found: list[int] = []
    for difference in differences(a, b):
        section, _, rest = difference.path.partition(".")
        if section == "interventions_paid_by":
            paid = [entry for scenario in (a, b) for entry in scenario.interventions.values() if entry.cost]
            found += [dates.index(entry.from_, a.start) for entry in paid]
            continue
        if section not in DATED:
            return first
        name = rest.partition(".")[0]
        entries = [getattr(scenario, section).get(name) for scenario in (a, b)]
        found += [dates.index(entry.from_, a.start) for entry in entries if entry is not None]
    return max(min(found), first) if found else None


def _content(scenario: Scenario) -> dict[str, Any]:
    content = {key: value for key, value in scenario.resolved().items() if key not in TEXT}
    content["parameters"] = dict(content.get("parameters", {}))
    return content


def _between(key: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            yield from _between((*key, name), before.get(name), after.get(name))
    elif before != after:
        yield Difference(".".join(key), before, after)
