"""What a donor believes: the people exploited in a year per 1,000 in need, as a log-normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cyclesim.model.values import Reading


@dataclass(frozen=True)
class Belief:
    """A log-normal belief about the yearly period prevalence per 1,000 people in need.

    Attributes
    ----------
    mean, variance
        Of the logarithm.
    """

    mean: float
    variance: float

    @property
    def median(self) -> float:
        """Return the median prevalence believed, per 1,000 per year."""
        return math.exp(self.mean)

    def forget(self, prior: Belief, years: float, memory: float) -> Belief:
        """Return to the prior at the rate `memory` per month   (F1)."""
        kept = (1.0 - memory) ** (12.0 * years)
        mean = prior.mean + kept * (self.mean - prior.mean)
        return Belief(mean, prior.variance + kept**2 * (self.variance - prior.variance))

    def learn(self, cases: float, exposure: float, dispersion: float) -> Belief:
        """Learn from a number of reported cases, by Laplace's approximation   (F2).

        Cases are negative binomial with mean ``belief * exposure`` and size `dispersion` (Poisson when it is
        infinite). No case is information too, and no logarithm of zero arises.

        Parameters
        ----------
        cases
            Cases reported.
        exposure
            Cases expected for each unit of belief: thousands of people in need times the assumed detection share.
        dispersion
            Size of the negative binomial: how much the donor trusts counts as such.
        """
        if exposure <= 0:
            return self
        log, precision = self.mean, 1.0 / self.variance
        for _ in range(50):
            slope, curve = _derivatives(log, cases, exposure, dispersion)
            step = (slope - (log - self.mean) * precision) / (curve + precision)
            step = max(-2.0, min(2.0, step))
            log += step
            if abs(step) < 1e-10:
                break
        return Belief(log, 1.0 / (_derivatives(log, cases, exposure, dispersion)[1] + precision))

    def weigh(self, reading: Reading, weight: float, naivety: float) -> Belief:
        """Learn from a published estimate: normal evidence on the log scale, with its own standard error   (F7).

        A naive reader takes the estimate as it stands; one who corrects takes the errors of the method out.

        Parameters
        ----------
        weight
            Factor on the precision of the estimate: how much of it reaches this reader and is believed.
        naivety
            Weight of the estimate as it stands against the corrected one, on the log scale.
        """
        mean, error = reading.raw, reading.raw_error
        if naivety < 1.0 and math.isfinite(reading.corrected_error):
            mean = naivety * mean + (1.0 - naivety) * reading.corrected
            error = error**naivety * reading.corrected_error ** (1.0 - naivety)
        prior, told = 1.0 / self.variance, weight / error**2
        return Belief((prior * self.mean + told * mean) / (prior + told), 1.0 / (prior + told))


def _derivatives(log: float, cases: float, exposure: float, dispersion: float) -> tuple[float, float]:
    """Return slope and negative curvature of the log-likelihood in the logarithm of the belief."""
    expected = exposure * math.exp(log)
    if math.isinf(dispersion):
        return cases - expected, expected
    share = expected / (expected + dispersion)
    weight = cases + dispersion
    return cases - weight * share, weight * share * (1.0 - share)


def dispersion(weight: float, prior_variance: float) -> float:
    """Return the size that gives many case counts this weight against the prior on the log scale."""
    return math.inf if weight >= 1.0 else weight / ((1.0 - weight) * prior_variance)


def assumed_share(prior_share: float, ideal_share: float, naivety: float) -> float:
    """Return the detection share a donor assumes: prior^naivety * ideal^(1 - naivety)   (F3; E3c of the evidence)."""
    if naivety >= 1.0:
        return prior_share
    return float(prior_share**naivety * max(ideal_share, 1e-9) ** (1.0 - naivety))
