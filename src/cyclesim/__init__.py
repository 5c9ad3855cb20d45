"""cyclesim: the funding-practice-data deficiency cycle in anti-trafficking work, simulated.

Read in this order: `cyclesim.model.cycle` (the month on one screen), `cyclesim.model.crisis` (its stages),
then the stage you care about: `people`, `practice`, `evidence`, `funding`. docs/design.md has the equations.

>>> import cyclesim as cs
>>> small = cs.load("small")
>>> run = cs.run(small, seed=1)
>>> int(run.months["people"].iloc[-1])
2000
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cyclesim import sources  # noqa: F401 - notes when each file was last written: that is what is imported
from cyclesim.version import VERSION

if TYPE_CHECKING:
    from cyclesim.analysis.calibration import calibrate
    from cyclesim.analysis.compare import Comparison, compare
    from cyclesim.analysis.discovery import discover
    from cyclesim.analysis.identify import Identification, identify
    from cyclesim.analysis.lives import Stories, Story
    from cyclesim.analysis.loop import loop
    from cyclesim.analysis.matching import match
    from cyclesim.analysis.portfolio import portfolio
    from cyclesim.analysis.regimes import regimes
    from cyclesim.analysis.sensitivity import sensitivity
    from cyclesim.analysis.story import stories, story
    from cyclesim.analysis.voi import voi
    from cyclesim.errors import CycleSimError
    from cyclesim.inputs.files import check, load
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.inputs.study import Study, load_study
    from cyclesim.intervals import Spread
    from cyclesim.model.cycle import CycleModel
    from cyclesim.model.evidence.estimation.methods import estimate
    from cyclesim.model.funding.donors import Donor
    from cyclesim.runs.design import Design, sample
    from cyclesim.runs.driver import sweep
    from cyclesim.runs.folder import read
    from cyclesim.runs.results import Ensemble, Run
    from cyclesim.runs.simulate import run, simulate
    from cyclesim.runs.spending import simulate_at_equal_spending
    from cyclesim.runs.sweep import Sweep, read_sweep

__version__ = VERSION

_HOMES = {
    "Comparison": "cyclesim.analysis.compare",
    "CycleModel": "cyclesim.model.cycle",
    "CycleSimError": "cyclesim.errors",
    "Design": "cyclesim.runs.design",
    "Donor": "cyclesim.model.funding.donors",
    "Ensemble": "cyclesim.runs.results",
    "Identification": "cyclesim.analysis.identify",
    "Run": "cyclesim.runs.results",
    "Spread": "cyclesim.intervals",
    "Scenario": "cyclesim.inputs.scenario",
    "Stories": "cyclesim.analysis.lives",
    "Story": "cyclesim.analysis.lives",
    "Study": "cyclesim.inputs.study",
    "Sweep": "cyclesim.runs.sweep",
    "calibrate": "cyclesim.analysis.calibration",
    "check": "cyclesim.inputs.files",
    "compare": "cyclesim.analysis.compare",
    "discover": "cyclesim.analysis.discovery",
    "estimate": "cyclesim.model.evidence.estimation.methods",
    "identify": "cyclesim.analysis.identify",
    "load": "cyclesim.inputs.files",
    "loop": "cyclesim.analysis.loop",
    "load_study": "cyclesim.inputs.study",
    "match": "cyclesim.analysis.matching",
    "portfolio": "cyclesim.analysis.portfolio",
    "read": "cyclesim.runs.folder",
    "read_sweep": "cyclesim.runs.sweep",
    "regimes": "cyclesim.analysis.regimes",
    "run": "cyclesim.runs.simulate",
    "sample": "cyclesim.runs.design",
    "sensitivity": "cyclesim.analysis.sensitivity",
    "simulate": "cyclesim.runs.simulate",
    "stories": "cyclesim.analysis.story",
    "story": "cyclesim.analysis.story",
    "simulate_at_equal_spending": "cyclesim.runs.spending",
    "sweep": "cyclesim.runs.driver",
    "voi": "cyclesim.analysis.voi",
}

__all__ = [
    "Comparison",
    "CycleModel",
    "CycleSimError",
    "Design",
    "Donor",
    "Ensemble",
    "Identification",
    "Run",
    "Scenario",
    "Spread",
    "Stories",
    "Story",
    "Study",
    "Sweep",
    "__version__",
    "calibrate",
    "check",
    "compare",
    "discover",
    "estimate",
    "identify",
    "load",
    "load_study",
    "loop",
    "match",
    "portfolio",
    "read",
    "read_sweep",
    "regimes",
    "run",
    "sample",
    "sensitivity",
    "simulate",
    "simulate_at_equal_spending",
    "stories",
    "story",
    "sweep",
    "voi",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import cyclesim` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'cyclesim' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
