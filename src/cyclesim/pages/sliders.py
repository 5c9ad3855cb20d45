"""A page with sliders: every combination of a grid of levers, simulated beforehand, in one file.

It shows a finished sweep: its numbers can be found in the sweep's table.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim import text
from cyclesim.charts import series
from cyclesim.errors import FolderError, StudyError
from cyclesim.inputs.parameters import graded, parameters
from cyclesim.inputs.study import Study
from cyclesim.intervals import Spread, ends, who
from cyclesim.measures import MEASURES, over_months
from cyclesim.pages.reports import LEAVES_OUT, template
from cyclesim.runs.sweep import Sweep

MOST_BYTES = 2_000_000
"""Largest page: what a mail takes and a telephone opens at once."""
MOST_MEASURES, MOST_LEVERS = 3, 6
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Slider:
    """A slider: what it moves, the word for it, its levels, and which of them is the baseline's."""

    path: str
    label: str
    levels: Sequence[float]
    baseline: int
    percent: bool
    text: str


@dataclass(frozen=True)
class Grid:
    """What a page shows: means and intervals over paired worlds (`cyclesim.intervals.ends`), month by month.

    Values of a measure, and its differences from the baseline accumulated over months (averted where that is the word;
    the mean so far for what does not add up), have the shape (levels of each lever, 3, months): lower end, mean, upper
    end. Levers stand in the order of these axes, and there is a sentence for each combination, the last lever fastest.
    """

    levers: Sequence[Slider]
    values: dict[str, Floats]
    differences: dict[str, Floats]
    sentences: Sequence[str]


def check(study: Study, scenarios: Sequence[Any]) -> None:
    """Refuse a study of which no page can be made, before anything is simulated.

    Raises
    ------
    StudyError
        If it is no grid of one scenario with 1 to 3 monthly measures and luck that all combinations share.
    """
    faults: list[tuple[tuple[str, ...], str, str]] = []
    design = study.design
    quantities: Mapping[str, Any] = (design and design.quantities) or {}
    if design is None or design.method != "grid":
        way_out = "write method: grid, and values for each quantity"
        faults.append((("design",), "a page needs a grid of levers", way_out))
    elif any(len(set(levels or [])) < len(levels or []) for levels in quantities.values()):
        faults.append((("design", "quantities"), "a lever has one level twice", "name each level once"))
    elif len(quantities) > MOST_LEVERS:
        faults.append((("design",), f"a page has {MOST_LEVERS} sliders at most", "leave some quantities out"))
    if len(scenarios) != 1:
        faults.append((("scenarios",), "a page shows one scenario", "make what differs a lever of the grid"))
    if not 1 <= len(study.monthly) <= MOST_MEASURES:
        way_out = "name them under monthly, such as [exploited, identified]"
        faults.append((("monthly",), f"a page shows 1 to {MOST_MEASURES} measures month by month", way_out))
    if study.luck != "shared":
        faults.append((("luck",), "combinations must share their luck to be compared", "write luck: shared"))
    for path, levels in quantities.items() if not faults else ():
        own = _own(scenarios[0], path)
        if not np.isclose(own, levels or []).any():
            message = f"no level of {path} is that of the scenario ({own:g}), so there is no baseline"
            faults.append((("design", "quantities", path), message, f"add {own:g} to its levels"))
    if faults:
        raise StudyError([study.problem(*fault) for fault in faults])


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
    return Grid(levers, values, gained, [_sentence(parts, worlds) for parts in zip(*said, strict=True)])


def _sentence(findings: Sequence[str], worlds: int) -> str:
    """Return findings as one sentence; whom their intervals hold is said once, not in each bracket."""
    said, whose = "; ".join(findings), f"luck only, {who(worlds)}"
    said = f"{text.capital(said)}."
    return said.replace(f"{whose}: ", "") + f" In brackets: {whose}." if f"{whose}: " in said else said


def _bands(values: Floats) -> Floats:
    """Return lower end, mean and upper end over worlds: shape (..., worlds, months) to (..., 3, months)."""
    low, high = ends(np.moveaxis(values, -2, 0))
    return np.stack([low, values.mean(axis=-2), high], axis=-2)


def _lever(scenario: Any, path: str, levels: Floats) -> Slider:
    place = int(np.argmin(np.abs(levels - _own(scenario, path))))
    parts, quantity = path.split("."), parameters().get(path)
    share = parts[0] == "interventions" and parts[-1] == "share"
    if share:
        label, words = parts[1], str(getattr(scenario.interventions[parts[1]], "why", "") or "")
    else:
        label, words = text.plain(parts[-1]), quantity.text if quantity else path
    return Slider(path, text.capital(label), levels.tolist(), place, share, words)


def as_html(sweep: Sweep, command: str) -> str:
    """Return the page.

    Raises
    ------
    FolderError
        If runs are missing, or the page would be larger than 2 MB.
    """
    shown, worlds, digest = grid(sweep), sweep.plan.replications, sweep.manifest["hash"]
    (scenario,) = sweep.scenarios.values()
    about = {"hash": digest, "start": scenario.start, "months": scenario.months, "worlds": worlds}
    page = template("sliders.html").render(
        title=sweep.study.title, question=sweep.study.question, scenario=scenario, levers=shown.levers,
        content={**about, **_content(shown)}, worlds=worlds, who=who(worlds), version=str(sweep.plan.made_by),
        hash=digest, seed=sweep.study.seed, counted=graded(), leaves_out=LEAVES_OUT, command=command,
    )  # fmt: skip
    size = len(page.encode())
    if size > MOST_BYTES:
        asked = "take fewer levels, levers or measures"
        raise FolderError(f"the page would have {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:g}; {asked}")
    return page + "\n"


def _content(shown: Grid) -> dict[str, Any]:
    """Return what the page's own code reads, as JSON types; numbers as 32-bit floats in base 64."""

    def packed(values: Floats) -> str:
        return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")

    fields = ("label", "levels", "baseline", "percent")
    measures = [
        {
            "name": name,
            "title": text.capital(MEASURES[name].title),
            "words": over_months(name).words,
            **{field: getattr(MEASURES[name], field) for field in ("unit", "averted")},
            "values": packed(values),
            "differences": packed(shown.differences[name]),
        }
        for name, values in shown.values.items()
    ]
    levers = [{field: getattr(lever, field) for field in fields} for lever in shown.levers]
    return {"sentences": shown.sentences, "levers": levers, "measures": measures}
