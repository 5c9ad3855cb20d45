"""A page with sliders: every combination of a grid of levers, simulated beforehand, in one file.

The page holds means and intervals over paired worlds, month by month, for each combination: of each measure, and of
what it differs from the baseline. It is a picture of a finished sweep: its numbers can be found in the sweep's table.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.errors import FolderError, StudyError
from cyclesim.inputs.parameters import parameters
from cyclesim.intervals import Spread, ends, who
from cyclesim.measures import MEASURES, over_months
from cyclesim.outputs import series, text
from cyclesim.outputs.reports.parts import LEAVES_OUT
from cyclesim.runs.folder import graded

if TYPE_CHECKING:
    from cyclesim.inputs.study import Study
    from cyclesim.runs.sweep import Sweep

MOST_BYTES = 2_000_000
"""Largest page: what a mail takes and a telephone opens at once."""
MOST_MEASURES, MOST_LEVERS = 3, 6
Floats = NDArray[np.float64]
_Fault = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True)
class Lever:
    """A slider: what it moves, the word for it, its levels, and which of them is the baseline's."""

    path: str
    label: str
    levels: Sequence[float]
    baseline: int
    percent: bool
    text: str


@dataclass(frozen=True)
class Grid:
    """What a page shows.

    Attributes
    ----------
    levers
        The sliders, in alphabetical order of what they move: the order of the axes of the arrays.
    measures
        What is shown.
    values, differences
        By measure: lower end, mean and upper end over paired worlds, month by month, shape (levels of each lever, 3,
        months); see `cyclesim.intervals.ends`;
        of the measure, and of its difference from the baseline, accumulated over months (averted where that is the
        word; the mean so far for what does not add up).
    sentences
        What each combination changes, by the end; the last lever varies fastest.
    worlds
        Paired worlds for each combination.
    """

    levers: Sequence[Lever]
    measures: Sequence[str]
    values: dict[str, Floats]
    differences: dict[str, Floats]
    sentences: Sequence[str]
    worlds: int


def check(study: Study, scenarios: Sequence[Any]) -> None:
    """Refuse a study of which no page can be made, before anything is simulated.

    Raises
    ------
    StudyError
        If it is no grid of one scenario with 1 to 3 monthly measures and luck that all combinations share.
    """
    design = study.design
    faults: list[_Fault] = []
    if design is None or design.method != "grid":
        faults.append(
            (("design",), "a page needs a grid of levers", "write method: grid, and values for each quantity")
        )
    elif any(len(set(levels or [])) < len(levels or []) for levels in (design.quantities or {}).values()):
        faults.append((("design", "quantities"), "a lever has one level twice", "name each level once"))
    elif len(design.quantities or {}) > MOST_LEVERS:
        faults.append((("design",), f"a page has {MOST_LEVERS} sliders at most", "leave some quantities out"))
    if len(scenarios) != 1:
        faults.append((("scenarios",), "a page shows one scenario", "make what differs a lever of the grid"))
    if not 1 <= len(study.monthly) <= MOST_MEASURES:
        way_out = "name them under monthly, such as [exploited, identified]"
        faults.append((("monthly",), f"a page shows 1 to {MOST_MEASURES} measures month by month", way_out))
    if study.luck != "shared":
        faults.append((("luck",), "combinations must share their luck to be compared", "write luck: shared"))
    if not faults and design is not None:
        faults += _unsited(study, scenarios[0])
    if faults:
        raise StudyError([study.problem(place, message, way_out) for place, message, way_out in faults])


def _unsited(study: Study, scenario: Any) -> list[_Fault]:
    """Return the levers of which no level is that of the scenario."""
    found: list[_Fault] = []
    for path, levels in ((study.design and study.design.quantities) or {}).items():
        own = _own(scenario, path)
        if not any(np.isclose(own, level) for level in levels or []):
            message = f"no level of {path} is that of the scenario ({own:g}), so there is no baseline"
            found.append((("design", "quantities", path), message, f"add {own:g} to its levels"))
    return found


def _own(scenario: Any, path: str) -> float:
    return float(scenario.value(path) if "." in path else scenario.parameter(path))


def grid(sweep: Sweep) -> Grid:
    """Return what a page shows of a finished sweep.

    Raises
    ------
    FolderError
        If runs are missing or failed.
    """
    (scenario,) = sweep.scenarios.values()
    design, worlds = sweep.plan.design, sweep.plan.replications
    if not sweep.complete or sweep.failed:
        raise FolderError(f"runs of {sweep.folder} are missing or failed: cyclesim resume (--retry-failed)")
    measures = list(dict.fromkeys(sweep.study.monthly))
    columns = list(design.values.T)
    levers = [_lever(scenario, name, np.unique(column)) for name, column in zip(design.names, columns, strict=True)]
    shape = tuple(len(lever.levels) for lever in levers)
    order = np.lexsort(columns[::-1])  # draws by the levels of the first lever, then of the second, ...
    frame = sweep.runs([f"{name}_by_month" for name in measures]).sort_values(["draw", "replication"])
    values, gained, said = {}, {}, []
    for name in measures:
        months = np.stack(list(frame[f"{name}_by_month"])).astype(float)
        months = months.reshape(len(design), worlds, -1)[order].reshape(*shape, worlds, -1)
        base = months[tuple(lever.baseline for lever in levers)]
        running = series.accumulated(MEASURES[name].difference(base, months), name)
        values[name], gained[name] = _bands(months), _bands(running)
        whole = float(series.accumulated(base, name)[..., -1].mean())
        last = running[..., -1].reshape(-1, worlds)
        said.append([text.finding(over_months(name), Spread.of(one), whole, "luck only") for one in last])
    sentences = [_sentence(parts, worlds) for parts in zip(*said, strict=True)]
    return Grid(levers, measures, values, gained, sentences, worlds)


def _sentence(findings: Sequence[str], worlds: int) -> str:
    """Return findings as one sentence; whom their intervals hold is said once, not in each bracket."""
    said, whose = "; ".join(findings), f"luck only, {who(worlds)}"
    said = f"{said[0].upper()}{said[1:]}."
    return said.replace(f"{whose}: ", "") + f" In brackets: {whose}." if f"{whose}: " in said else said


def _bands(values: Floats) -> Floats:
    """Return lower end, mean and upper end over worlds: shape (..., worlds, months) to (..., 3, months)."""
    low, high = ends(np.moveaxis(values, -2, 0))
    return np.stack([low, values.mean(axis=-2), high], axis=-2)


def _lever(scenario: Any, path: str, levels: Floats) -> Lever:
    own = _own(scenario, path)
    quantity = parameters().get(path)
    parts = path.split(".")
    share = parts[0] == "interventions" and parts[-1] == "share"
    if share:
        entry = scenario.interventions[parts[1]]
        label, text = parts[1], str(getattr(entry, "why", "") or "")
    else:
        label, text = parts[-1].replace("_", " "), quantity.text if quantity else path
    place = int(np.argmin(np.abs(levels - own)))
    return Lever(path, label[0].upper() + label[1:], levels.tolist(), place, share, text)


def as_html(sweep: Sweep, command: str) -> str:
    """Return the page.

    Raises
    ------
    FolderError
        If runs are missing, or the page would be larger than 2 MB.
    """
    from jinja2 import Environment, PackageLoader

    shown = grid(sweep)
    (scenario,) = sweep.scenarios.values()
    environment = Environment(loader=PackageLoader("cyclesim.outputs", "templates"), autoescape=True, trim_blocks=True)
    page = environment.get_template("sliders.html").render(
        title=sweep.study.title,
        question=sweep.study.question,
        scenario=scenario,
        content=_content(shown, scenario, sweep.manifest["hash"]),
        levers=shown.levers,
        worlds=shown.worlds,
        who=who(shown.worlds),
        version=str(sweep.plan.made_by),
        hash=sweep.manifest["hash"],
        seed=sweep.study.seed,
        counted=graded(),
        leaves_out=LEAVES_OUT,
        command=command,
    )
    size = len(page.encode())
    if size > MOST_BYTES:
        raise FolderError(
            f"the page would have {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:g}; take fewer levels, levers or "
            "measures"
        )
    return page + "\n"


def _content(shown: Grid, scenario: Any, digest: str) -> dict[str, Any]:
    """Return what the page's own code reads, as JSON types; numbers as 32-bit floats in base 64."""

    def packed(values: Floats) -> str:
        return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")

    return {
        "hash": digest,
        "start": scenario.start,
        "months": scenario.months,
        "worlds": shown.worlds,
        "sentences": shown.sentences,
        "levers": [
            {"label": v.label, "levels": list(v.levels), "baseline": v.baseline, "percent": v.percent}
            for v in shown.levers
        ],
        "measures": [
            {
                "name": name,
                "title": MEASURES[name].title[0].upper() + MEASURES[name].title[1:],
                "words": over_months(name).words,
                "unit": MEASURES[name].unit,
                "averted": MEASURES[name].averted,
                "adds": MEASURES[name].adds,
                "values": packed(shown.values[name]),
                "differences": packed(shown.differences[name]),
            }
            for name in shown.measures
        ],
    }
