"""The question what it is worth to know more before choosing."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.voi import compute, tell
from cyclesim.questions.voi.compute import ValueOfInformation

__all__ = ["ValueOfInformation", "voi"]

OPTIONS = {
    "worth": Option("US$ that a person-month averted is worth.", low=0, open=True),
    "seed": Option("Seed of surveys and bootstrap.", low=0),
}

voi = Question("voi", compute.voi, tell.tell, tell.draw, OPTIONS, of="runs")
