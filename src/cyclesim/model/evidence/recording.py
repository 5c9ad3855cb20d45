"""Recording practice: how many of the cases that are known reach a report wanders from year to year."""

import math

from cyclesim.model.arithmetic import exp, normal_quantile, power
from cyclesim.model.luck import Stream
from cyclesim.model.parameters import Parameters

_YEARS = 30  # after so many, what is left of a year is below 5 % even at a memory of 0.9


class Recording:
    """The recording practice of one crisis: a stationary autoregressive factor on completeness, mean 1   (E4).

    Parameters
    ----------
    luck
        A record for each calendar year: the same in ledger and twin, and in all that is compared.
    """

    def __init__(self, luck: Stream) -> None:
        self._luck = luck
        self._known: dict[tuple[int, float], float] = {}

    def factor(self, year: int, p: Parameters) -> float:
        """Return the factor of a calendar year: exp(s z - s^2 / 2), z normal, autocorrelation `recording_memory`."""
        if p.recording_noise == 0:
            return 1.0
        key = year, float(p.recording_memory)
        if key not in self._known:
            self._known[key] = self._deviation(*key)
        return exp(p.recording_noise * self._known[key] - 0.5 * p.recording_noise**2)

    def _deviation(self, year: int, memory: float) -> float:
        uniforms = self._luck.records(year - _YEARS + 1, _YEARS)[:, 0]
        shocks = [normal_quantile(min(max(float(u), 1e-12), 1 - 1e-12)) for u in uniforms]
        weights = [power(memory, age) for age in range(_YEARS - 1, -1, -1)]
        size = math.sqrt(math.fsum(weight**2 for weight in weights))
        return math.fsum(w * shock for w, shock in zip(weights, shocks, strict=True)) / size
