"""What the live model is made of: levers, a choice of their positions as a scenario file and as a link, and its series.

Nothing here knows of the web: `cyclesim.outputs.app` draws it.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
from cyclesim.runs.results import Run, engine, over_crises
from cyclesim.runs.simulate import run
from cyclesim.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
IN_SIGHT = ("R2", "R9", "R17", "R18", "naivety", "self_report")
"""Levers that are shown at once: the funding-practice-data cycle in six; the rest is behind "more"."""
MOST_FURTHER = 12
MEASURES = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage")
_BEGINS = 24


@dataclass(frozen=True)
class Lever:
    """Something that can be moved: an intervention by its share, or a parameter over its range.

    Attributes
    ----------
    id
        Of the intervention, or name of the parameter.
    label, text
        Words for it.
    low, high, own
        Ends of the slider, and where the baseline stands.
    log
        Whether the parameter is spread on a logarithmic scale.
    """

    id: str
    label: str
    text: str
    low: float
    high: float
    own: float
    log: bool = False

    @property
    def share(self) -> bool:
        """Whether it is an intervention, carried out to a share."""
        return self.id in catalogue()


def lever(id_: str, scenario: Scenario) -> Lever:
    """Return a lever as it stands in a scenario.

    Raises
    ------
    DesignError
        If there is none of that name.
    """
    entries, known = catalogue(), parameters()
    if id_ in entries:
        return Lever(id_, f"{entries[id_].title} ({id_})", "share of it that is carried out", 0.0, 1.0, 0.0)
    quantity = known.get(id_)
    if quantity is None or quantity.range is None:
        raise DesignError(f"no lever {id_!r}; {did_you_mean(id_, levers())}")
    own = float(scenario.parameter(id_))
    low, high = min(quantity.range[0], own), max(quantity.range[1], own)
    label = id_.replace("_", " ")
    return Lever(id_, label[0].upper() + label[1:], quantity.text, low, high, own, quantity.scale == "log")


def levers() -> list[str]:
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
    """A preset, and the levers that were moved.

    Attributes
    ----------
    preset
        Name of a shipped scenario.
    moved
        Position of each lever that does not stand as in the preset.
    """

    preset: str = "baseline"
    moved: Mapping[str, float] = field(default_factory=dict)

    @property
    def unchanged(self) -> bool:
        """Whether it is its own baseline."""
        return not self.moved and base_of(self.preset) == self.preset

    def file(self) -> str:
        """Return the choice as a scenario file."""
        start, months = load(self.preset).start, load(self.preset).months
        begins = date(_BEGINS if months > 2 * _BEGINS else 0, start)
        shares = {id_: x for id_, x in self.moved.items() if id_ in catalogue()}
        numbers = {id_: x for id_, x in self.moved.items() if id_ not in shares}
        lines = [
            "title: My scenario",
            "question: What follows from these changes?",
            f"extends: {self.preset}",
            f"sources: [{json.dumps(f'Made with the live model of cyclesim {VERSION}')}]",
        ]
        lines += ["parameters:", *(f"  {name}: {x!r}" for name, x in numbers.items())] if numbers else []
        lines += ["interventions:"] if shares else []
        lines += [f"  lever {id_}: {{uses: {id_}, from: {begins}, share: {x!r}}}" for id_, x in shares.items()]
        return "\n".join(lines) + "\n"

    def scenario(self) -> Scenario:
        """Return the choice as a scenario."""
        return scenario_of("" if not self.moved else self.file(), self.preset)

    def base(self) -> Scenario:
        """Return what it is compared with."""
        return scenario_of("", base_of(self.preset))

    def python(self) -> str:
        """Return the same in Python."""
        base = base_of(self.preset)
        mine = f'cs.load("{self.preset}")' if not self.moved else 'cs.load("my-scenario.yaml")  # the scenario file'
        return (
            "import cyclesim as cs\n\n"
            f'base, mine = cs.load("{base}"), {mine}\n'
            'print(cs.run(mine, twin=True).months["exploited"].sum(), "person-months expected")\n'
            "worlds = cs.simulate([base, mine], replications=100)\n"
            'print(cs.compare(worlds).summary("person_months_exploited"))\n'
        )

    def query(self) -> dict[str, str]:
        """Return what a link says: preset, levers, version of the model, and hash of the expected values."""
        moved = ",".join(f"{id_}:{x!r}" for id_, x in sorted(self.moved.items()))
        return {"s": self.preset, **({"l": moved} if moved else {}), "v": VERSION, "r": digest(self)}


def followed(query: Mapping[str, str]) -> tuple[Choice, list[str]]:
    """Return the choice of a link, and what of it could not be followed, in words."""
    told = []
    preset = query.get("s", "baseline")
    if preset not in shipped.names():
        told.append(f"The link names a scenario that is not here ({preset[:40]}): this is the baseline.")
        return Choice(), told
    base, moved = load(preset), {}
    for part in filter(None, query.get("l", "")[:2000].split(",")[: 6 + MOST_FURTHER]):
        name, _, number = part.partition(":")
        try:
            found, x = lever(name, base), float(number)
        except (CycleSimError, ValueError):
            told.append(f"The link moves something that cannot be read ({part[:40]}): it stands as in the scenario.")
            continue
        if not (math.isfinite(x) and found.low <= x <= found.high):
            told.append(
                f"The link puts {found.label} where it cannot be ({number[:20]}): it stands as in the scenario."
            )
        elif x != found.own:
            moved[name] = x
    choice = Choice(preset, moved)
    version, result = query.get("v"), query.get("r")
    if version is not None and version != VERSION:
        told.append(f"The link was made with model {version[:20]}, this is {VERSION}: numbers may differ.")
    elif not told and result is not None and result != digest(choice):
        told.append(
            "The link was made with other numbers than this model gives: something in it, or here, has changed."
        )
    return choice, told


@lru_cache(maxsize=128)
def scenario_of(text: str, name: str) -> Scenario:
    """Return a scenario from the text of its file, or a shipped one by name if there is no text."""
    if not text:
        return load(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "my-scenario.yaml")
        file.write_text(text, encoding="utf-8")
        return load(file)


@lru_cache(maxsize=8)
def _paused(name: str, month: int) -> CycleModel:
    """Return the twin of a shipped scenario, stopped at the beginning of a month."""
    model = CycleModel(scenario_of("", name), twin=True)
    while model.month < month:
        model.step()
    return model


def _months(scenario: Scenario, base: str) -> pd.DataFrame:
    """Return expected values by month: what a scenario shares with its baseline is simulated once for all choices."""
    month = first_change(scenario_of("", base), scenario)
    if month is None or month <= -scenario.spin_up:
        return run(scenario, twin=True).months
    model = _paused(base, month).fork(scenario).run()
    model.close()
    return Run(scenario, 1, 0, 0, model.observations.tables(), engine(twin=True)).months


@lru_cache(maxsize=128)
def _expected(text: str, name: str) -> dict[str, tuple[float, ...]]:
    months = over_crises(_months(scenario_of(text, name), base_of(name)))
    return {measure: tuple(months[measure].to_numpy(dtype=float).tolist()) for measure in MEASURES}


def expected(choice: Choice, base: bool = False) -> dict[str, tuple[float, ...]]:
    """Return expected values month by month, by measure: of a choice, or of what it is compared with."""
    if base:
        return _expected("", base_of(choice.preset))
    return _expected(choice.file() if choice.moved else "", choice.preset)


def digest(choice: Choice) -> str:
    """Return a hash of the expected values of a choice and its baseline, at nine figures."""
    content = [[f"{x:.9g}" for x in expected(choice, base)[m]] for base in (True, False) for m in MEASURES]
    return blake2b(json.dumps(content).encode(), digest_size=4).hexdigest()


def world(text: str, preset: str, replication: int) -> Floats:
    """Return one paired world of the ledger: shape (baseline and choice, measures, months)."""
    scenarios = (scenario_of("", base_of(preset)), scenario_of(text, preset))
    found = [over_crises(run(scenario, seed=1, replication=replication).months) for scenario in scenarios]
    return np.array([[months[measure].to_numpy(dtype=float) for measure in MEASURES] for months in found])


def band(worlds: Sequence[Floats], which: int, measure: str) -> dict[str, list[float]]:
    """Return the ends of the band over worlds, month by month: of the baseline (0) or of the choice (1)."""
    values = np.array([one[which, MEASURES.index(measure)] for one in worlds])
    low, high = ends(values)
    return {"low": low.tolist(), "high": high.tolist()}


def averted(worlds: Sequence[Floats]) -> Floats:
    """Return person-months averted in each world."""
    stock = MEASURES.index("exploited")
    return np.array([float((one[0, stock] - one[1, stock]).sum()) for one in worlds])
