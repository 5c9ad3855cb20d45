"""The question what the arms of an experiment do, alone and together, against its baseline."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.experiment import compute, draw, tell
from cyclesim.questions.experiment.compute import Experiment, Reading

__all__ = ["Experiment", "Reading", "experiment"]

OPTIONS = {
    "paid_by": Option("Who pays for interventions (default: as the study says).", choices=("donors", "outside")),
    "purse_share": Option("Where donors pay: the largest part of their money that interventions may take."),
    "twin": Option("Expected values at once: no luck, and one world is enough."),
    "replications": Option("Worlds (default: as the study says).", low=1),
    "seed": Option("Seed of the luck (default: as the study says).", low=0),
}

experiment = Question("experiment", compute.experiment, tell.tell, draw.draw, OPTIONS, of="study", engine="ledger")
