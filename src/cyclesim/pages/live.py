"""What the live model is made of: levers, a choice of their positions as a scenario file and a link, series, charts.

Nothing here knows of the web: `cyclesim.pages.app` draws it.
"""

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cyclesim import text
from cyclesim.charts.style import BASELINE, COLOURS, GREY
from cyclesim.errors import CycleSimError, DesignError, did_you_mean
from cyclesim.inputs import shipped
from cyclesim.inputs.changes import first_change
from cyclesim.inputs.dates import date
from cyclesim.inputs.files import load
from cyclesim.inputs.interventions import catalogue
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ends
from cyclesim.model.cycle import CycleModel
from cyclesim.runs.results import engine
from cyclesim.runs.run import Run
from cyclesim.runs.simulate import run
from cyclesim.version import VERSION
from cyclesim.worlds.tables import over_crises

Floats = NDArray[np.float64]
Series = Mapping[str, Sequence[float]]
DEFAULT_LEVERS = ("R2", "R9", "R17", "R18", "naivety", "self_report")
"""Levers that are shown at once: the funding-practice-data cycle in six; the rest is behind "more"."""
MAX_EXTRA_LEVERS = 12
MEASURES = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage")
_BEGINS = 24


@dataclass(frozen=True)
class Lever:
    """Something that can be moved: an intervention by its share, or a parameter over its range.

    `low` and `high` are the ends of the slider, `own` is where the baseline stands.
    """

    id: str
    label: str
    text: str
    low: float
    high: float
    own: float
    share: bool


def lever(id_: str, scenario: Scenario) -> Lever:
    """Return a lever as it stands in a scenario."""
    if entry := catalogue().get(id_):
        return Lever(id_, f"{entry.title} ({id_})", "share of it that is carried out", 0.0, 1.0, 0.0, share=True)
    quantity = parameters().get(id_)
    if quantity is None or quantity.range is None:
        raise DesignError(f"no lever {id_!r}; {did_you_mean(id_, lever_ids())}")
    own = float(scenario.parameter(id_))
    low, high = min(quantity.range[0], own), max(quantity.range[1], own)
    return Lever(id_, text.capital(text.plain(id_)), quantity.text, low, high, own, share=False)


def lever_ids() -> list[str]:
    """Return every lever there is: interventions of the catalogue, and parameters with a range."""
    return [
        *(id_ for id_, entry in catalogue().items() if entry.changes is not None),
        *(name for name, quantity in parameters().items() if quantity.range is not None),
    ]


def base_of(preset: str) -> str:
    """Return the shipped scenario that a preset is compared with: what it extends, or itself."""
    for line in shipped.path(preset).read_text(encoding="utf-8").splitlines():
        name = line.removeprefix("extends:").strip()
        if line.startswith("extends:") and name in shipped.names():
            return base_of(name)
    return preset


@dataclass(frozen=True)
class Choice:
    """A preset (a shipped scenario), and the position of each lever that does not stand as in it."""

    preset: str = "baseline"
    moved: Mapping[str, float] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        """Whether it is its own baseline."""
        return not self.moved and base_of(self.preset) == self.preset

    @property
    def changes(self) -> str:
        """The text of its file; none where it is its preset."""
        return self.file() if self.moved else ""

    def file(self) -> str:
        """Return the choice as a scenario file."""
        preset = load(self.preset)
        begins = date(_BEGINS if preset.months > 2 * _BEGINS else 0, preset.start)
        shares = {id_: x for id_, x in self.moved.items() if id_ in catalogue()}
        numbers = [f"  {id_}: {x!r}" for id_, x in self.moved.items() if id_ not in shares]
        lines = [
            "title: My scenario",
            "question: What follows from these changes?",
            f"extends: {self.preset}",
            f"sources: [{json.dumps(f'Made with the live model of cyclesim {VERSION}')}]",
        ]
        lines += ["parameters:", *numbers] if numbers else []
        lines += ["interventions:"] if shares else []
        lines += [f"  lever {id_}: {{uses: {id_}, from: {begins}, share: {x!r}}}" for id_, x in shares.items()]
        return "\n".join(lines) + "\n"

    def scenario(self) -> Scenario:
        """Return the choice as a scenario."""
        return scenario_of(self.changes, self.preset)

    def base(self) -> Scenario:
        """Return what it is compared with."""
        return scenario_of("", base_of(self.preset))

    def python(self) -> str:
        """Return the same in Python."""
        base = base_of(self.preset)
        mine = f'cs.load("{self.preset}")' if not self.moved else 'cs.load("my-scenario.yaml")  # the scenario file'
        return f"""\
import cyclesim as cs

base, mine = cs.load("{base}"), {mine}
print(cs.run(mine, twin=True).months["exploited"].sum(), "person-months expected")
worlds = cs.simulate([base, mine], replications=100)
print(cs.compare(worlds).summary("person_months_exploited"))
"""

    def query(self) -> dict[str, str]:
        """Return what a link says: preset, levers, version of the model, and hash of the expected values."""
        moved = ",".join(f"{id_}:{x!r}" for id_, x in sorted(self.moved.items()))
        return {"s": self.preset, **({"l": moved} if moved else {}), "v": VERSION, "r": digest(self)}


def from_link(query: Mapping[str, str]) -> tuple[Choice, list[str]]:
    """Return the choice of a link, and what of it could not be followed, in words."""
    preset = query.get("s", "baseline")
    if preset not in shipped.names():
        return Choice(), [f"The link names a scenario that is not here ({preset[:40]}): this is the baseline."]
    base, moved, told = load(preset), {}, []
    for part in filter(None, query.get("l", "")[:2000].split(",")[: 6 + MAX_EXTRA_LEVERS]):
        name, _, number = part.partition(":")
        try:
            found, x = lever(name, base), float(number)
        except (CycleSimError, ValueError):
            told.append(f"The link moves something that cannot be read ({part[:40]}): it stands as in the scenario.")
            continue
        if not (math.isfinite(x) and found.low <= x <= found.high):
            where = f"where it cannot be ({number[:20]})"
            told.append(f"The link puts {found.label} {where}: it stands as in the scenario.")
        elif x != found.own:
            moved[name] = x
    choice = Choice(preset, moved)
    version, result = query.get("v"), query.get("r")
    if version is not None and version != VERSION:
        told.append(f"The link was made with model {version[:20]}, this is {VERSION}: numbers may differ.")
    elif not told and result is not None and result != digest(choice):
        other = "other numbers than this model gives"
        told.append(f"The link was made with {other}: something in it, or here, has changed.")
    return choice, told


@lru_cache(maxsize=128)
def scenario_of(changes: str, name: str) -> Scenario:
    """Return a scenario from the text of its file, or a shipped one by name if there is no text."""
    if not changes:
        return load(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "my-scenario.yaml")
        file.write_text(changes, encoding="utf-8")
        return load(file)


@lru_cache(maxsize=8)
def _paused(name: str, month: int) -> CycleModel:
    """Return the twin of a shipped scenario, stopped at the beginning of a month."""
    model = CycleModel(scenario_of("", name), twin=True)
    while model.month < month:
        model.step()
    return model


@lru_cache(maxsize=128)
def _expected(changes: str, name: str) -> dict[str, tuple[float, ...]]:
    """Return expected values by month: what a scenario shares with its baseline is simulated once for all choices."""
    scenario, base = scenario_of(changes, name), base_of(name)
    month = first_change(scenario_of("", base), scenario)
    if month is None or month <= -scenario.spin_up:
        months = run(scenario, twin=True).months
    else:
        model = _paused(base, month).fork(scenario).run()
        model.close()
        months = Run(scenario, 1, 0, 0, model.observations.tables(), engine(twin=True)).months
    return {measure: tuple(values.tolist()) for measure, values in zip(MEASURES, _series(months), strict=True)}


def _series(months: pd.DataFrame) -> Floats:
    """Return the measures shown, month by month, over all crises."""
    return over_crises(months)[list(MEASURES)].to_numpy(dtype=float).T


def expected(choice: Choice, base: bool = False) -> dict[str, tuple[float, ...]]:
    """Return expected values month by month, by measure: of a choice, or of what it is compared with."""
    return _expected("", base_of(choice.preset)) if base else _expected(choice.changes, choice.preset)


def digest(choice: Choice) -> str:
    """Return a hash of the expected values of a choice and its baseline, at nine figures."""
    content = [[f"{x:.9g}" for x in expected(choice, base)[m]] for base in (True, False) for m in MEASURES]
    return blake2b(json.dumps(content).encode(), digest_size=4).hexdigest()


def world(changes: str, preset: str, replication: int) -> Floats:
    """Return one paired world of the ledger: shape (baseline and choice, measures, months)."""
    pair = (scenario_of("", base_of(preset)), scenario_of(changes, preset))
    return np.array([_series(run(scenario, seed=1, replication=replication).months) for scenario in pair])


def band(worlds: Sequence[Floats], which: int, measure: str) -> dict[str, list[float]]:
    """Return the ends of the band over worlds, month by month: of the baseline (0) or of the choice (1)."""
    low, high = ends(np.array(worlds)[:, which, MEASURES.index(measure)])
    return {"low": low.tolist(), "high": high.tolist()}


def averted(worlds: Sequence[Floats]) -> Floats:
    """Return person-months averted in each world."""
    stock = MEASURES.index("exploited")
    return np.array([float((one[0, stock] - one[1, stock]).sum()) for one in worlds])


def lines(
    title: str, unit: str, start: str, series: Series, bands: Mapping[str, Series] | None = None
) -> dict[str, Any]:
    """Return a chart as Vega-Lite: lines over months from `start` (YYYY-MM), the first the baseline; bands by line."""
    names, bands = list(series), bands or {}
    colours = [BASELINE, *COLOURS][: len(names)]
    months = [f"{date(m, start)}-01" for m in range(len(series[names[0]]))]

    def by_line(shades: Sequence[Any]) -> dict[str, Any]:
        return {"field": "line", "type": "nominal", "scale": {"domain": names, "range": shades}, "legend": None}

    x = {"field": "month", "type": "temporal", "axis": {"title": None, "format": "%Y", "grid": False, "tickCount": 6}}
    y = {"type": "quantitative", "axis": {"title": None, "tickCount": 4}, "scale": {"zero": True}}
    encoding = {"x": x, "y": {**y, "field": "value"}, "color": by_line(colours)}
    dashes = by_line([[6, 3], *[[1, 0]] * 6][: len(names)])
    areas = [
        {
            "data": {"values": pd.DataFrame({"month": months, "line": name, **band}).to_dict("records")},
            "mark": {"type": "area", "color": colours[names.index(name)], "opacity": 0.2},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        }
        for name, band in bands.items()
    ]
    line = {"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": {**encoding, "strokeDash": dashes}}
    labels = {
        "data": {"values": [{"month": months[-1], "line": k, "value": at} for k, at in _places(series, bands).items()]},
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "fontWeight": 600},
        "encoding": {**encoding, "text": {"field": "line"}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": title, "subtitle": unit, "anchor": "start", "fontSize": 14, "subtitleColor": GREY},
        "width": "container",
        "height": 220,
        "padding": {"right": 96},
        "data": {"values": pd.DataFrame({"month": months, **series}).melt("month", var_name="line").to_dict("records")},
        "layer": [*areas, line, labels],
        "config": {"view": {"stroke": None}, "axis": {"labelColor": GREY, "domainColor": GREY, "gridColor": "#E4E4E4"}},
    }


def _places(series: Series, bands: Mapping[str, Series]) -> dict[str, float]:
    """Return where labels stand: at the ends of their lines, moved apart where these are close."""
    everything = [*series.values(), *(band["high"] for band in bands.values())]
    apart = 0.08 * max(max(values) for values in everything)
    order = sorted(series, key=lambda name: series[name][-1])
    places = {name: float(series[name][-1]) for name in order}
    for lower, upper in pairwise(order):
        close = apart - (places[upper] - places[lower])
        if close > 0:
            places[lower], places[upper] = max(places[lower] - close / 2, 0.0), places[upper] + close / 2
    return places
