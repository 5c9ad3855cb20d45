"""What the package exports: each name is imported when it is first used, so that `import cyclesim` costs nothing."""

from .analysis.compare import Comparison
from .analysis.lives import Stories, Story
from .errors import CycleSimError
from .estimation.methods import estimate
from .inputs.files import check, load
from .inputs.scenario import Scenario
from .inputs.study import Study, load_study
from .intervals import Spread
from .model.cycle import CycleModel
from .model.funding.donors import Donor
from .outputs.finding import Finding
from .questions.asking import Answer
from .questions.calibrate import Calibration, Match, calibrate, match
from .questions.compare import compare
from .questions.discover import Discovery, discover
from .questions.estimate import Estimates, estimates
from .questions.experiment import Experiment, experiment
from .questions.identify import Identification, identify
from .questions.ladder import Ladder, ladder
from .questions.loop import Loops, loop
from .questions.portfolio import Portfolio, portfolio
from .questions.regimes import Regimes, regimes
from .questions.sensitivity import Sensitivity, sensitivity
from .questions.story import stories, story
from .questions.validate import Claims, Validation, validate
from .questions.voi import ValueOfInformation, voi
from .runs.driver import sweep
from .runs.ensemble import Ensemble
from .runs.results import Runs
from .runs.run import Run
from .runs.simulate import run, simulate, simulate_at_equal_spending
from .runs.sweep import Sweep, read, read_sweep
from .worlds.design import Design, sample

__all__ = [
    "Answer",
    "Calibration",
    "Claims",
    "Comparison",
    "CycleModel",
    "CycleSimError",
    "Design",
    "Discovery",
    "Donor",
    "Ensemble",
    "Estimates",
    "Experiment",
    "Finding",
    "Identification",
    "Ladder",
    "Loops",
    "Match",
    "Portfolio",
    "Regimes",
    "Run",
    "Runs",
    "Scenario",
    "Sensitivity",
    "Spread",
    "Stories",
    "Story",
    "Study",
    "Sweep",
    "Validation",
    "ValueOfInformation",
    "calibrate",
    "check",
    "compare",
    "discover",
    "estimate",
    "estimates",
    "experiment",
    "identify",
    "ladder",
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
    "validate",
    "voi",
]

__version__: str
