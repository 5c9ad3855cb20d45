"""The question under which assumptions something fails."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.discover import compute, tell
from cyclesim.questions.discover.compute import Discovery

__all__ = ["Discovery", "discover"]

OPTIONS = {
    "rule": Option("What failing is, such as 'person_months_exploited < 0'.", "--fails", metavar="RULE"),
    "scenario": Option("Whose paired difference is looked at (default: the first counterfactual)."),
    "seed": Option("Seed of null worlds and of the tree.", low=0),
}

discover = Question(
    "discover", compute.discover, tell.tell, lambda found, finding: {}, OPTIONS, kind="discovery", of="runs"
)
