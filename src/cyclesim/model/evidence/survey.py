"""A prevalence survey: whom it asks, what they say, and what can be read from it (recommendations R16 and R17).

Of those asked, people who were exploited within the last year say so with probability sensitivity * disclosure, all
others with the false-positive rate of the instrument. Where prevalence is low, false positives outnumber true ones
and the raw share overstates it; Rogan and Gladen (1978) take known errors of the instrument out again.
Network scale-up is the same with other errors: those asked tell of the people they know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cyclesim.model.arithmetic import exp, log, log1p
from cyclesim.model.compiled import compiled
from cyclesim.model.parameters import Parameters


@dataclass(frozen=True)
class Surveyed:
    """What one survey found.

    Attributes
    ----------
    raw, corrected
        People exploited in a year per 1,000 people in need: the share who said so, and that share corrected for
        the errors of the instrument (Rogan-Gladen; not below 0).
    raw_error, corrected_error
        Standard errors of these.
    asked
        People asked, or told of in a network scale-up.
    """

    raw: float
    corrected: float
    raw_error: float
    corrected_error: float
    asked: int


@dataclass(frozen=True)
class Instrument:
    """A sample and the questions put to it.

    Parameters
    ----------
    asked
        People asked, or told of.
    design_effect
        Variance over that of a simple random sample.
    detects
        Probability that a person exploited within the last year is found to be: sensitivity times disclosure, or the
        visibility to those who know the person.
    mistakes
        Probability that another person is.
    """

    asked: int
    design_effect: float
    detects: float
    mistakes: float

    @classmethod
    def of(cls, p: Parameters) -> Instrument:
        """Return the instrument of the parameters.

        Where `survey_network` is above 0 respondents tell of the people they know and not of themselves: network
        scale-up (Killworth et al. 1998)   (V3). Sample times network size is then the number of people told of, and
        the visibility of those exploited takes the place of disclosure.
        """
        if p.survey_network > 0:
            effect = float(p.survey_design_effect * p.survey_network_effect)
            told = round(p.survey_sample * p.survey_network)
            return cls(told, effect, float(p.survey_visibility), float(p.survey_rumours))
        detects = p.survey_sensitivity * p.survey_disclosure
        return cls(round(p.survey_sample), float(p.survey_design_effect), float(detects), float(p.survey_mistakes))

    def positive(self, prevalence: float) -> float:
        """Return the probability that a person asked is found to have been exploited   (V1).

        Parameters
        ----------
        prevalence
            Share of the people in need who were exploited within the last year.
        """
        return prevalence * self.detects + (1.0 - prevalence) * self.mistakes

    def survey(self, prevalence: float, uniform: float | None) -> Surveyed:
        """Ask a sample.

        Parameters
        ----------
        prevalence
            As in `positive`.
        uniform
            Luck of the sample on [0, 1); None for the expected finding.
        """
        share = self.positive(prevalence)
        effective = max(round(self.asked / self.design_effect), 1)
        found = effective * share if uniform is None else binomial(effective, share, uniform)
        return self.read(found, effective)

    def read(self, found: float, effective: int) -> Surveyed:
        """Return what so many positive answers among so many independent ones say   (V2)."""
        raw = found / effective
        # one half more of each answer: an error above zero where nobody or everybody said yes (Agresti and Coull)
        smoothed = (found + 0.5) / (effective + 1.0)
        error = math.sqrt(smoothed * (1.0 - smoothed) / effective)
        gain = self.detects - self.mistakes
        if gain <= 0:  # the instrument tells nothing
            return Surveyed(1000.0 * raw, 0.0, 1000.0 * error, math.inf, self.asked)
        corrected = min(max((raw - self.mistakes) / gain, 0.0), 1.0)
        return Surveyed(1000.0 * raw, 1000.0 * corrected, 1000.0 * error, 1000.0 * error / gain, self.asked)


def on_log_scale(value: float, error: float) -> tuple[float, float]:
    """Return mean and standard error of the logarithm of a prevalence.

    A value within less than half its error of zero counts as half its error, so that it says "little" and says it
    weakly: a logarithm of zero would say "none" with certainty.
    """
    value = max(value, 0.5 * error)
    return log(value), math.sqrt(log1p((error / value) ** 2))


@compiled
def binomial(number: int, chance: float, uniform: float) -> int:
    """Return the quantile of a binomial distribution."""
    if chance <= 0.0 or chance >= 1.0:
        return number if chance >= 1.0 else 0
    odds = log(chance / (1.0 - chance))
    logarithm, below = number * log1p(-chance), 0.0
    for found in range(number):
        below += exp(logarithm)
        if uniform < below:
            return found
        logarithm += log((number - found) / (found + 1.0)) + odds
    return number
