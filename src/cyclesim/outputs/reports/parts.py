"""Parts that the reports of several kinds share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cyclesim.analysis.dependence import Dependence
from cyclesim.errors import FolderError
from cyclesim.inputs.changes import differences
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs import printed, text
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.report import Block, Chart, Table, drawn
from cyclesim.runs.folder import scenario_of
from cyclesim.runs.seals import read_file

LEAVES_OUT = (
    "How much trafficking there is in any real crisis: no prevalence has been measured in a crisis population.",
    "How donors really read case counts: no donor has stated it, and the strength of the cycle follows from it.",
    "Perpetrators as people: they are a pressure that adapts, as far as a range is known.",
    "Money that moves between crises in the course of a year, and programmes that target work by linked records.",
    "Harm other than time in exploitation: its kind and severity are not weighed against each other.",
)
"""What the model leaves out, in the words of the report."""
_ABOUT = (".cost", ".from", ".ramp", ".share", ".why", ".recommendation", ".until")
"""Entries of an intervention that say when and at what cost, not what: told last."""
MOST_ROWS, MOST_INPUTS = 10, 8


def saved(place: Path, stem: str, alt: str, table: Table | None = None) -> list[Chart]:
    """Return the picture that an analysis left in its folder, if it did, with the numbers behind it."""
    name = f"{stem}.svg"
    return [Chart(read_file(place, name), alt, table)] if (place / name).is_file() else []


def scenario(about: Mapping[str, Any]) -> Scenario:
    """Return the first scenario of a manifest."""
    return scenario_of(about, about["order"][0])


def command(place: Path, otherwise: Callable[[], str]) -> str:
    """Return the command that made a folder, as it was typed if that is known."""
    try:
        typed = json.loads((place / "log.json").read_text(encoding="utf-8")).get("command")
    except (OSError, ValueError, AttributeError):
        typed = None
    return str(typed) if typed else otherwise()


def read(place: Path, name: str) -> dict[str, Any]:
    """Read a file of JSON in a folder of results, held against its checksum."""
    found = json.loads(read_file(place, name))
    if not isinstance(found, dict):
        raise FolderError(f"{place / name}: it is no object")
    return found


def number(value: float | None) -> float:
    """Return a number that JSON may lack."""
    return float("nan") if value is None else value


def interval(low: float | None, high: float | None, form: Callable[[float], str] = text.percent) -> str:
    """Return an interval as text; an end that JSON lacks is open, and without both nothing is known."""
    if low is None and high is None:
        return "-"
    if high is None or low is None:
        return f"at most {form(number(high))}" if low is None else f"{form(low)} or more"
    return f"{form(low)} to {form(high)}"


def leaves_out() -> Block:
    """Return what the model leaves out."""
    return Block("What the model leaves out", points=LEAVES_OUT)


def assumptions(about: Mapping[str, Any], found: Sequence[Dependence]) -> Block:
    """Return how much is assumed, and what of it matters here."""
    lines = [printed.assumptions(about).replace(": cyclesim parameters.", " (cyclesim parameters lists them).")]
    known = parameters()
    named = [
        one.name
        for one in found[:MOST_INPUTS]
        if one.clear and one.name in known and known[one.name].grade == "assumption"
    ]
    if named:
        lines.append(f"Among those that matter most here: {', '.join(plain(n) for n in named)}.")
    return Block("What is assumed", lines)


def depends(found: Sequence[Dependence], draws: int) -> Block:
    """Return on which inputs a result depends most, in words."""
    clear = [one for one in found if one.clear]
    if not clear:
        few = " With more draws some may." if draws < 200 else ""
        return Block("What it depends on most", [f"No single input stands out over {draws} draws of all of them.{few}"])
    known = parameters()
    points = []
    for one in clear[:4]:
        quantity = known.get(one.name)
        what = f": {quantity.text} ({quantity.grade})" if quantity else ""
        points.append(f"{plain(one.name)}{what}. The larger it is, the {_more(one)} is averted.")
    return Block("What it depends on most", points=points)


def tornado(found: Sequence[Dependence], title: str, assumed: str) -> list[Chart]:
    """Return the chart of the inputs on which a result depends most; nothing if there are too few draws."""
    shown = [one for one in found if one.clear][:MOST_INPUTS]
    if not shown:
        return []
    strongest = shown[0]
    rows = [Dot(plain(d.name), d.correlation, d.low, d.high) for d in shown]
    figure = chart(
        rows,
        f"The larger {plain(strongest.name)}, the {_more(strongest)} is averted",
        f"{title}: rank correlation over draws of what is averted with each input, and its 95 % interval",
        f"Those that chance would hardly bring up among the {len(found)} that were drawn. {assumed}",
    )
    cells = [[d.name, f"{d.correlation:.2f}", f"{d.low:.2f}", f"{d.high:.2f}"] for d in shown]
    return [
        drawn(
            figure, Table("Rank correlation with what is averted", ["input", "correlation", "95 % from", "to"], cells)
        )
    ]


def _more(one: Dependence) -> str:
    return "more" if one.correlation > 0 else "less"


def plain(name: str) -> str:
    """Return a name as words."""
    return name.replace("_", " ")


def changed(base: Scenario, others: Sequence[Scenario]) -> Block:
    """Return what scenarios change of a baseline, as data."""
    rows, left = [], 0
    most = MOST_ROWS if len(others) == 1 else max(1, 6 // len(others))
    for scenario in others:
        found = sorted(_entries(base, scenario), key=lambda row: row[0].endswith(_ABOUT))
        left += max(0, len(found) - most)
        named = [[f"{scenario.name}: {path}", *values] for path, *values in found]
        rows += (named if len(others) > 1 else found)[:most]
    left += max(0, len(rows) - MOST_ROWS)
    more = [f"And {left} further entries: cyclesim check FILE lists them."] if left else []
    table = Table("Entries of the scenario that differ", ["entry", base.name, "changed to"], rows[:MOST_ROWS])
    return Block("What was changed", more, table=table) if rows else Block("What was changed", ["Nothing differs."])


def _entries(base: Scenario, other: Scenario) -> Iterator[list[str]]:
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
