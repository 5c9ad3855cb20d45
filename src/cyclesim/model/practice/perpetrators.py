"""Perpetrators: a pressure that follows opportunity and avoids risk, organised or low-level (report section 7).

They are no agents. Organised pressure moves, with a lag, towards chaos and away from the risk of being found;
low-level pressure (family, community, people turned by need) follows unmet need.
"""

from collections.abc import Sequence

import numpy as np

from cyclesim.model.arithmetic import expm1, power
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled
from cyclesim.model.parameters import Parameters

WATCH_REFERENCE = 0.0045
"""Yearly share found at which pressure is stated: what is detected worldwide over the stock (0.42 to 0.49 %)."""
_WATCH_FLOOR = 0.01  # below one in a hundred found in a year, perpetrators hardly notice


class Perpetrators:
    """Pressure of perpetrators in each setting; 1 at the reference state.

    Attributes
    ----------
    organised
        Pressure of organised perpetrators, shape (settings,).

    Parameters
    ----------
    settings
        Number of settings.
    """

    def __init__(self, settings: int) -> None:
        self.organised = np.ones(settings)

    def move(self, p: Parameters, arrivals: Floats, watch: Floats, people: Integers) -> None:
        """Let organised pressure follow opportunity for a month   (X1).

        target_s = (1 + (chaos - 1) * arrivals_s) * (watch_s / reference)^deterrence * (watch_s / mean)^-displacement

        Parameters
        ----------
        arrivals
            Share of the people present who arrived within the last quarter, shape (settings,).
        watch
            Share of the exploited found within a year, shape (settings,).
        people
            People present, shape (settings,): weights of the mean.
        """
        move(p.records, self.organised, arrivals, np.asarray(watch, dtype=np.float64), people)

    def pressure(self, p: Parameters, unmet: float) -> Floats:
        """Return the factor on the hazard of being trafficked, shape (settings,)   (X2)."""
        low = power(unmet / p.unmet_reference, p.need_elasticity)
        return p.low_level_share * low + (1.0 - p.low_level_share) * self.organised


@compiled
def move(ps: Sequence[Parameters], organised: Floats, arrivals: Floats, watch: Floats, people: Integers) -> None:
    """Let organised pressure follow opportunity; see `Perpetrators.move`   (X1)."""
    p, weighted, total = ps[0], 0.0, 0
    for place in range(people.size):
        weighted += risk_taken(watch[place]) * people[place]
        total += people[place]
    mean = weighted / total if total > 0 else 1.0
    pace = -expm1(-1.0 / max(p.perpetrator_lag, 1e-9))
    for place in range(people.size):
        seen = risk_taken(watch[place])
        target = (1.0 + (p.chaos - 1.0) * arrivals[place]) * power(seen, p.deterrence)
        target *= power(seen / mean, -p.displacement)
        organised[place] += (target - organised[place]) * pace


@compiled
def risk_taken(watch: float) -> float:
    """Return the risk of being found over that at the reference."""
    return (watch + _WATCH_FLOOR) / (WATCH_REFERENCE + _WATCH_FLOOR)
