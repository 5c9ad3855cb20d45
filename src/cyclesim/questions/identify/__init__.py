"""The question which worlds case counts cannot tell apart, and what can."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.identify import compute, draw, tell
from cyclesim.questions.identify.compute import Identification, Separated

__all__ = ["Identification", "Separated", "identify"]

OPTIONS = {
    "crisis": Option("Name of the crisis (default: the first)."),
    "detection": Option(
        "Factor on detection in the hidden worlds; nearer to 1 where no protection would match it.",
        low=0,
        high=1,
        open=True,
    ),
    "replications": Option("Worlds of each kind.", low=3),
    "seed": Option("Seed of the luck.", low=0),
}

identify = Question("identify", compute.identify, tell.tell, draw.draw, OPTIONS, engine="ledger", plan=compute.plan)
"""Pairs of worlds of the same case counts, read for what else could be known; see `cyclesim.analysis.pairs`."""
