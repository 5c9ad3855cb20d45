"""The risks of leaving exploitation, and the sources of a case, by the index they have in arrays."""

from enum import IntEnum

from cyclesim.model.arrays import Floats
from cyclesim.model.compiled import compiled
from cyclesim.vocabulary import Channel

CHANNELS = len(Channel)


class Risk(IntEnum):
    """Row of each risk in arrays of shape (7, cells)."""

    ESCAPE = 0
    DEATH = 1
    CHANNELS = 2  # the first of four frontline channels, in the order of the vocabulary
    INVESTIGATION = 6


RISKS = Risk.INVESTIGATION + 1
INVESTIGATION, CAME_FORWARD = CHANNELS, CHANNELS + 1
"""Sources of a case beyond the frontline channels, which come first."""
SOURCES = CHANNELS + 2


POLICE = list(Channel).index(Channel.POLICE_BORDER)
"""Source of a case, and the channel of police and border force."""


@compiled
def detection_hazard(cell: int, risks: Floats, detained: Floats) -> float:
    """Return the hazard of being found in a cell, by responders or by investigation.

    Parameters
    ----------
    risks
        Shape (7, cells).
    detained
        Share of police contacts that end in detention or expulsion instead, shape (cells,).
    """
    hazard = 0.0
    for source in range(CAME_FORWARD):
        hazard += risks[Risk.CHANNELS + source, cell]
    return hazard - risks[Risk.CHANNELS + POLICE, cell] * detained[cell]
