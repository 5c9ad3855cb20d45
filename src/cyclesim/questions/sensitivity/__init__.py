"""The question which inputs move an outcome."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.sensitivity import compute, tell
from cyclesim.questions.sensitivity.compute import Sensitivity

__all__ = ["Sensitivity", "sensitivity"]

OPTIONS = {
    "measure": Option("The outcome."),
    "scenario": Option("The paired difference of this scenario from the baseline.", "--difference", metavar="SCENARIO"),
    "seed": Option("Seed of the bootstrap and of dummy inputs.", low=0),
}

sensitivity = Question("sensitivity", compute.sensitivity, tell.tell, tell.draw, OPTIONS, of="runs")
