"""A world made for tests of the loop: one in which anti-trafficking money matters."""

import cyclesim as cs

MONEY_MATTERS = {
    "half_belief": 1.0,
    "assumed_spread": 1.2,
    "need_floor": 100,
    "crises.protracted.line": True,
    "line_end": 0,
    "recording_noise": 0,
    "spin_up": 36,
}
NOT_NAIVE, PLANNERS_UNHEARD = {"naivety": 0.0}, {"ask_elasticity": 0.0}
"""What shuts the path by way of beliefs, and that by way of what planners ask for."""


def where_money_matters(**values):
    """Return the baseline in a world in which a push of money comes back to money.

    At the defaults donors' money has nearly run down, so that there is little left to lose. Here donors want half of
    what is asked for from one in a thousand believed on; they doubt how many are found more than that there are many,
    so that few cases talk down no belief for good; and planners know of 100 people per million from the beginning, in
    a line that stays. Recording practice does not wander, so that the last year is a year like others.
    """
    return cs.load("baseline").with_values({**MONEY_MATTERS, **values})
