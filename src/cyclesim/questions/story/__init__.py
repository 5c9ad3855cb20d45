"""The question what happens to one person."""

from __future__ import annotations

from typing import Any

from cyclesim.analysis.lives import Stories, Story
from cyclesim.questions.asking import Answer, Option, Question
from cyclesim.questions.story import compute, draw, tell

__all__ = ["Stories", "Story", "stories", "story"]

OPTIONS = {
    "scenarios": Option("", metavar="SCENARIO [OTHER]"),
    "person": Option("Who: setting/group/status/wave#rank (#0 is trafficked first). Chosen if absent."),
    "crisis": Option("Name of the crisis (default: the first)."),
    "draw": Option("Number of the draw whose luck it is.", low=0),
    "replication": Option("Number of the replication whose luck it is.", low=0),
    "seed": Option("Seed of the luck.", low=0),
}

story = Question("story", compute.story, tell.tell, draw.draw, OPTIONS, of="scenarios", engine="ledger", prose=True)
"""The life of one synthetic person, in one scenario or two; see `cyclesim.analysis.lives`."""


def stories(one: Any, other: Any, *args: Any, **kwargs: Any) -> Answer[Story | Stories]:
    """Tell the life of the same person, with the same luck, in two scenarios; what else is asked as in `story`."""
    return story([one, other], *args, **kwargs)
