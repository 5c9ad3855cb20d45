"""Perpetrators: a pressure that follows opportunity and avoids risk, organised or low-level (report section 7).

They are no agents. Organised pressure moves, with a lag, towards chaos and away from the risk of being found;
low-level pressure (family, community, people turned by need) follows unmet need.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cyclesim.model.luck import Floats
from cyclesim.model.values import Values

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

    def move(self, p: Values, arrivals: Floats, watch: Floats, people: NDArray[np.int64]) -> None:
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
        seen = (watch + _WATCH_FLOOR) / (WATCH_REFERENCE + _WATCH_FLOOR)
        total = int(people.sum())
        mean = math.fsum((seen * people).tolist()) / total if total else 1.0
        target = (1.0 + (p.chaos - 1.0) * arrivals) * seen**p.deterrence * (seen / mean) ** -p.displacement
        self.organised += (target - self.organised) * -math.expm1(-1.0 / max(p.perpetrator_lag, 1e-9))

    def pressure(self, p: Values, unmet: float) -> Floats:
        """Return the factor on the hazard of being trafficked, shape (settings,)   (X2)."""
        low = (unmet / p.unmet_reference) ** p.need_elasticity
        result: Floats = p.low_level_share * low + (1.0 - p.low_level_share) * self.organised
        return result
