"""Dotted paths into a scenario, and what a dated change may touch.

A path is split at its dots; names hold none. Keys that are paths themselves (below ``set``, ``scale``, ``add`` and
``close`` of a change) are found because the rest of a path is tried as one key first.
"""

import math
from typing import Any

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs.parameters import parameters

_SHARE, _AMOUNT = (0.0, 1.0), (0.0, 1e15)
_TOUCHABLE: dict[tuple[str, ...], dict[str, tuple[float, float]]] = {
    ("donors", "*"): {"budget": _AMOUNT, "flexible_share": _SHARE, "naivety": _SHARE, "multi_year_share": _SHARE},
    ("crises", "*"): {"needs_met": _SHARE},
    ("crises", "*", "settings", "*"): {
        "intensity": _AMOUNT,
        **dict.fromkeys(("conflict", "climate", "broken_ties", "access"), _SHARE),
    },
    ("crises", "*", "organisations", "*"): {"staff": _AMOUNT},
    ("crises", "*", "back_ends", "*"): {
        **dict.fromkeys(("caseworkers", "investigators", "assistance_places", "reception", "specialists"), _AMOUNT),
        **dict.fromkeys(("conditional", "training"), _SHARE),
    },
}
READ_ONCE = frozenset({"initial_trained", "initial_funding", "trust_initial"})
"""Parameters of the state at the first simulated month: a dated change of them would do nothing."""
Complaint = tuple[str, str]
"""What is wrong, and the way out."""


def bounds(path: str) -> tuple[float, float]:
    """Return the hard bounds of what stands at ``path``; raise KeyError where no change may touch it."""
    *parents, leaf = path.split(".")
    if parents == ["parameters"]:
        quantity = parameters()[leaf]
        if quantity.is_table:
            raise KeyError(path)
        return quantity.bounds
    return _TOUCHABLE[_pattern(parents)][leaf]


def untouchable(path: str, data: dict[str, Any]) -> Complaint | None:
    """Return why a dated change must not touch ``path`` of the scenario ``data``, or None if it may."""
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) == 2:
        quantity = parameters().get(parts[1])
        if quantity is None:
            return f"no parameter {parts[1]!r}", did_you_mean(parts[1], parameters())
        fixed = "is a table" if quantity.is_table else "is read once, at the beginning" if parts[1] in READ_ONCE else ""
        return (f"{parts[1]!r} {fixed}", "set it under parameters, for the whole run") if fixed else None
    here: Any = data
    for i, part in enumerate(parts[:-1]):
        if not isinstance(here, dict) or part not in here:
            options = list(here) if isinstance(here, dict) else []
            tops = ["parameters", "donors", "crises"]
            return f"no {part!r} in {'.'.join(parts[:i]) or 'the scenario'}", did_you_mean(part, options if i else tops)
        here = here[part]
    leaves = _TOUCHABLE.get(_pattern(parts[:-1]))
    if leaves and parts[-1] in leaves:
        return None
    forms = [".".join((*of, leaf)).replace("*", "<name>") for of, known in _TOUCHABLE.items() for leaf in known]
    way_out = did_you_mean(parts[-1], leaves) if leaves else did_you_mean(path, ["parameters.<name>", *forms])
    return f"a dated change cannot touch {path!r}", way_out


def _pattern(parents: list[str]) -> tuple[str, ...]:
    return tuple(part if i % 2 == 0 else "*" for i, part in enumerate(parents))


def complaint_about(path: str, value: float) -> Complaint | None:
    """Return why ``value`` is out of bounds at a touchable ``path``, or None."""
    low, high = bounds(path)
    if low <= value <= high:
        return None
    limits = f"at least {low:g}" if math.isinf(high) or high >= 1e15 else f"between {low:g} and {high:g}"
    return f"{path} must be {limits}", "see 'cyclesim parameters'" if path.startswith("parameters.") else ""


def no_gap_at(path: str) -> Complaint | None:
    """Return why there is no share of a gap to close at a touchable ``path``, or None: it must end at 1 or below."""
    high = bounds(path)[1]
    if high <= 1.0:
        return None
    limit = "has no upper bound" if math.isinf(high) or high >= 1e15 else f"may be as large as {high:g}"
    return f"close goes with shares, and {path} {limit}", "write scale or add"


def find(data: Any, path: str) -> Any:
    """Return what stands at ``path`` in nested mappings; an error suggests the closest key."""
    holder, key = holder_of(data, path)
    if key in holder:
        return holder[key]
    parent = path.removesuffix(key).rstrip(".") or "the scenario"
    raise UnknownNameError(f"no {key!r} in {parent}; {did_you_mean(key, holder)}")


def holder_of(data: Any, path: str) -> tuple[dict[str, Any], str]:
    """Return the mapping in which the last key of ``path`` stands or would stand, and that key."""
    here, parts = data, path.split(".")
    for i, part in enumerate(parts[:-1]):
        rest = ".".join(parts[i:])
        if rest in here:
            return here, rest
        if not isinstance(here.get(part), dict):
            raise UnknownNameError(
                f"no {part!r} in {'.'.join(parts[:i]) or 'the scenario'}; {did_you_mean(part, here)}"
            )
        here = here[part]
    return here, parts[-1]
