"""The question which inputs agree with what has been observed, put to a sweep or to a scenario."""

from cyclesim.analysis.calibration import Calibration
from cyclesim.analysis.matching import Match
from cyclesim.questions.asking import Option, Question
from cyclesim.questions.calibrate import compute, tell

__all__ = ["Calibration", "Match", "calibrate", "match"]

OPTIONS = {
    "targets": Option(
        "Of a sweep such as 'detected_share = 0.05 +- 0.01'; of a scenario such as T1. May be repeated.", "--target"
    ),
    "scenario": Option("Of a sweep: whose runs are compared with the targets (default: the baseline).", of="runs"),
    "accept": Option("Of a sweep: share of the draws that is kept.", low=0, open=True, of="runs"),
    "draws": Option("Of a scenario: draws from the prior.", low=60, default=200, of="scenario"),
    "check": Option(
        "Of a scenario: draws from the posterior at which the model is run.", low=0, high=200, default=40, of="scenario"
    ),
    "replications": Option("Of a scenario: worlds a draw.", "--seeds", low=1, of="scenario"),
    "seed": Option("Seed of draws and errors.", low=0),
}

calibrate = Question("calibrate", compute.calibrate, tell.tell, tell.draw, OPTIONS, "calibration", "either", "ledger")
match = calibrate
"""Its name where it is put to a scenario."""
