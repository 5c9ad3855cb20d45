"""What a donor believes: the people exploited in a year per 1,000 in need, as a log-normal distribution."""

import math
from typing import NamedTuple

from cyclesim.model.arithmetic import exp, log, power
from cyclesim.model.compiled import compiled, within
from cyclesim.model.published import PublishedEstimate

STEPS = 50
"""Steps of Newton's method at most; three or four do."""


class Belief(NamedTuple):
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
        return exp(self.mean)


class CountMemory(NamedTuple):
    """What case counts of the years so far have told, the older the more forgotten   (F1).

    Attributes
    ----------
    weight
        Years remembered: 1 for the last, less for each before.
    mean
        Mean over these years of what a count added to the logarithm of the belief.
    """

    weight: float = 0.0
    mean: float = 0.0


@compiled
def forget(belief: Belief, prior: Belief, years: float, memory: float) -> Belief:
    """Return to the prior at the rate `memory` per month   (F1)."""
    kept = power(1.0 - memory, 12.0 * years)
    mean = prior.mean + kept * (belief.mean - prior.mean)
    return Belief(mean, prior.variance + kept**2 * (belief.variance - prior.variance))


@compiled
def learn(belief: Belief, cases: float, exposure: float) -> Belief:
    """Learn from a number of cases that is Poisson with mean ``median * exposure``, by Laplace's approximation.

    No case is information too, and no logarithm of zero arises.

    Parameters
    ----------
    cases
        Cases reported.
    exposure
        Cases expected for each unit: thousands of people times years.
    """
    if exposure <= 0:
        return belief
    mean, precision = belief.mean, 1.0 / belief.variance
    for _ in range(STEPS):
        expected = exposure * exp(mean)
        step = (cases - expected - (mean - belief.mean) * precision) / (expected + precision)
        step = max(-2.0, min(2.0, step))
        mean += step
        if abs(step) < 1e-10:
            break
    return Belief(mean, 1.0 / (exposure * exp(mean) + precision))


@compiled
def learn_count(belief: Belief, cases: float, exposure: float, share: float, spread: float) -> Belief:
    """Learn from cases of which a share was detected that nobody knows well   (F2).

    A count tells of u = ln(prevalence * detection share) only, which before it is normal with the variances of
    both. What it adds to the expected u is told of the prevalence as far as the prevalence makes u uncertain:
    repeated years do not sharpen it.

    Parameters
    ----------
    cases, exposure
        As in `learn`.
    share, spread
        Median of the detection share assumed, and the standard deviation of its logarithm.
    """
    product = Belief(belief.mean + log(share), belief.variance + spread**2)
    learned = learn(product, cases, exposure)
    part = belief.variance / product.variance
    left = belief.variance * (1.0 - part) + part**2 * learned.variance
    return Belief(belief.mean + part * (learned.mean - product.mean), left)


@within
def weigh(belief: Belief, reading: PublishedEstimate, weight: float, naivety: float) -> Belief:
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
    if naivety < 1.0 and reading.corrected_error < math.inf:
        mean = naivety * mean + (1.0 - naivety) * reading.corrected
        error = power(error, naivety) * power(reading.corrected_error, 1.0 - naivety)
    prior, told = 1.0 / belief.variance, weight / error**2
    return Belief((prior * belief.mean + told * mean) / (prior + told), 1.0 / (prior + told))


@compiled
def remember(before: CountMemory, years: float, memory: float, told: float) -> CountMemory:
    """Return what is remembered after another count, with `memory` per month forgotten since the last   (F1)."""
    weight = 1.0 + power(1.0 - memory, 12.0 * years) * before.weight
    return CountMemory(weight, before.mean + (told - before.mean) / weight)


@compiled
def assumed_share(prior_share: float, ideal_share: float, naivety: float) -> float:
    """Return the detection share a donor assumes: prior^naivety * ideal^(1 - naivety)   (F3; E3c of the evidence)."""
    if naivety >= 1.0:
        return prior_share
    return power(prior_share, naivety) * power(max(ideal_share, 1e-9), 1.0 - naivety)
