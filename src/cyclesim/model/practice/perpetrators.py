"""Perpetrators: a pressure that follows opportunity and avoids risk, organised or low-level (report section 7).

They are no agents. Organised pressure moves, with a lag, towards chaos and away from the risk of being found;
low-level pressure (family, community, people turned by need) follows unmet need.
"""

from collections.abc import Sequence

from cyclesim.model.arithmetic import expm1, power
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters

WATCH_REFERENCE = 0.0045
"""Yearly share found at which pressure is stated: what is detected worldwide over the stock (0.42 to 0.49 %)."""
_WATCH_FLOOR = 0.01  # below one in a hundred found in a year, perpetrators hardly notice


@compiled
def move(ps: Sequence[Parameters], organised: Floats, arrivals: Floats, watch: Floats, people: Integers) -> None:
    """Let organised pressure follow opportunity for a month   (X1).

    target_s = (1 + (chaos - 1) * arrivals_s) * (watch_s / reference)^deterrence * (watch_s / mean)^-displacement

    Parameters
    ----------
    organised
        Pressure of organised perpetrators, 1 at the reference state, shape (settings,); moved here.
    arrivals
        Share of the people present who arrived within the last quarter, shape (settings,).
    watch
        Share of the exploited found within a year, shape (settings,).
    people
        People present, shape (settings,): weights of the mean.
    """
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


@within
def risk_taken(watch: float) -> float:
    """Return the risk of being found over that at the reference."""
    return (watch + _WATCH_FLOOR) / (WATCH_REFERENCE + _WATCH_FLOOR)


@within
def pressure(organised: float, unmet: float, p: Parameters) -> float:
    """Return the factor of perpetrators on the hazard of being trafficked   (X2).

    Parameters
    ----------
    unmet
        Share of basic needs unmet.
    """
    low = power(unmet / p.unmet_reference, p.need_elasticity)
    return p.low_level_share * low + (1.0 - p.low_level_share) * organised
