"""The question how strongly money comes back to money."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.loop import compute, draw, tell
from cyclesim.questions.loop.compute import Loops

__all__ = ["Loops", "loop"]

loop = Question("loop", compute.loops, tell.tell, draw.draw, {"years": Option("Length of the runs.", low=5, high=100)})
