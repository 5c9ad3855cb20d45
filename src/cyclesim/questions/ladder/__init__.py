"""The question what hangs on anti-trafficking money, and on who else pays."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.ladder import compute, draw, tell
from cyclesim.questions.ladder.compute import Ladder

__all__ = ["Ladder", "ladder"]

OPTIONS = {
    "draws": Option("Draws of the states of the world: how many, or a CSV file of them."),
    "replications": Option("Lucks of the thirty crises; with 0 they are left out.", "--seeds", low=0),
}

ladder = Question("ladder", compute.ladder, tell.tell, draw.draw, OPTIONS, of="scenarios")
