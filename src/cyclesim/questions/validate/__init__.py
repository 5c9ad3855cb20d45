"""The question what the model shows where the evidence asks."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.validate import compute, tell
from cyclesim.questions.validate.compute import Claims, Validation

__all__ = ["Claims", "Validation", "validate"]

OPTIONS = {
    "claims": Option("Hold the report's 22 claims against the model instead."),
    "replications": Option("Worlds of each variant.", "--seeds", low=1),
}

validate = Question("validate", compute.validate, tell.tell, lambda found, finding: {}, OPTIONS, kind="validation")
