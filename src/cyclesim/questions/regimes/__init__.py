"""The question where funding comes to rest, and whether it matters where it begins."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.regimes import compute, draw, tell
from cyclesim.questions.regimes.compute import Regimes

__all__ = ["Regimes", "regimes"]

OPTIONS = {
    "along": Option("Vary this parameter over its range; twice for a map.", "--parameter"),
    "years": Option("Length of the runs.", low=15, high=100),
    "escape": Option("In a trap: how large a push for how long gets out of it."),
}

regimes = Question("regimes", compute.regimes, tell.tell, draw.draw, OPTIONS)
