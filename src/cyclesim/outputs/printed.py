"""What every voice says alike: what results are, what intervals over worlds hold, what is assumed, what made them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.inputs.changes import differences
from cyclesim.inputs.parameters import graded
from cyclesim.intervals import FEWEST, who
from cyclesim.text import number
from cyclesim.worlds.design import Design
from cyclesim.worlds.fingerprint import Fingerprint, fingerprint

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario


def assumptions(about: Mapping[str, Any]) -> str:
    """Return how many numbers of the model nobody has measured, what simulated them, and how far draws go together."""
    count, columns = about["parameters"], about.get("design") or {}
    design = Design(tuple(columns), np.column_stack(list(columns.values()))) if columns else None
    share = f"{count['assumptions']} of {count['number']} parameters are assumptions that nobody has measured"
    return " ".join([*ranges_drawn(design), f"{share}: cyclesim parameters. Made by cyclesim {made_by(about)}."])


def simulated(about: Mapping[str, Any]) -> str:
    """Say that results are of a model: expected values of it, or worlds."""
    twin = about.get("engine") == "twin" or about.get("study", {}).get("twin")
    return f"{'Expected values of the model' if twin else 'Simulated worlds'}, not observations (hash {about['hash']})."


def origin(about: Mapping[str, Any]) -> list[str]:
    """Say what results are of: the model, and how much of it is assumed, or data."""
    if "parameters" in about:
        return [simulated(about), assumptions(about)]
    return [f"Worked out from data, not simulated (hash {about['hash']}). Made by cyclesim {made_by(about)}."]


def credit(scenarios: Iterable[Scenario], more: str) -> str:
    """Return the caption of a picture: that it shows a model, of what, made by what, and how much of it is assumed."""
    count = graded()
    names = ", ".join(f"{scenario.name} {scenario.hash}" for scenario in scenarios)
    return (
        f"Model, not observations: {names}, by {fingerprint()}. {more} {count['assumptions']} of {count['number']} "
        "parameters are assumptions."
    )


def ranges_drawn(design: Design | None) -> list[str]:
    """Return how far the quantities of a design go together, as a line; none without draws of several."""
    if design is None or len(design) < 2 or len(design.names) < 2:
        return []
    one, two, together = design.largest_correlation()
    return [
        f"Of the {len(design.names)} quantities in {len(design):,} draws, {one} and {two} go together most: rank "
        f"correlation {together:.2f}."
    ]


def made_by(about: Mapping[str, Any]) -> str:
    """Return version and fingerprint of what simulated the results of a manifest."""
    return str(Fingerprint.parse(about["fingerprint"]))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text in columns: the first to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(row[k].rjust(widths[k]) for k in range(1, len(row)))]) for row in rows
    ]


def amount(measure: str, value: float) -> str:
    """Return a value of a measure: cents as dollars."""
    return number(value / 100 if measure.endswith("_cents") else value)


def ends(measure: str, row: Mapping[Any, Any], of: str = "") -> str:
    """Return an interval of a measure as text; ``mean_`` is that of the mean, marked where it shows no difference."""
    low, high = row[f"{of}low"], row[f"{of}high"]
    if not np.isfinite(low):
        return "-"
    unclear = " (not clear)" if of and not row.get("clear", True) and high > low else ""
    return f"{amount(measure, low)} to {amount(measure, high)}{unclear}"


def covering(worlds: int, draws: int, units: int | None = None) -> str:
    """Say what two intervals over worlds are: that of the mean, and where worlds lie; see `cyclesim.intervals`."""
    shared = "draws" if draws > 1 else "worlds"
    units = units if units is not None else draws if draws > 1 else worlds
    few = f" Fewer than {FEWEST} {shared} give no interval that holds 9 in 10 further worlds."
    return (
        f"{worlds:,} paired worlds. A difference is clear where the 95 % interval of its mean (Student's t, over "
        f"{shared}) excludes zero. The other interval holds {who(worlds, draws, units)}."
        f"{few if units < FEWEST else ''}"
    )


def changed(base: Scenario, other: Scenario) -> Iterator[list[str]]:
    """Return the entries that differ; those of a new change or intervention one by one."""
    for difference in differences(base, other):
        if isinstance(difference.after, dict) and difference.before is None:
            for path, value in _leaves(difference.path, difference.after):
                yield [path, "-", _value(value)]
        else:
            yield [difference.path, _value(difference.before), _value(difference.after)]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    elif value is not None and value != [] and not path.endswith((".text", ".title", ".source")):
        yield path, value


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:g}"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 80 else words[:77] + "..."
