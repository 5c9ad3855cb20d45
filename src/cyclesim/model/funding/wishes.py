"""What donors believe and want: beliefs, the coverage they wish, the ask, and what their budgets allow."""

import math
from collections.abc import Sequence

from cyclesim.model.arithmetic import Sum, exp, log, plus, power
from cyclesim.model.arrays import Floats
from cyclesim.model.compiled import compiled, within
from cyclesim.model.funding.belief import (
    Belief,
    CountMemory,
    assumed_share,
    forget,
    learn_count,
    remember,
    weigh,
)
from cyclesim.model.funding.state import Appeals, Donors, Seen, seen
from cyclesim.model.parameters import Parameters
from cyclesim.model.published import PublishedEstimate
from cyclesim.vocabulary import Route

_INGO = list(Route).index(Route.INGO)


@within
def trait(own: float, common: float) -> float:
    """Return a trait of a donor, or the parameter it follows where it has none of its own."""
    return common if math.isnan(own) else own


@compiled
def prior(d: int, donors: Donors, p: Parameters) -> Belief:
    """Return the belief a donor holds without evidence."""
    return Belief(log(trait(donors.prior_prevalence[d], p.prior_prevalence)), p.prior_spread**2)


@compiled
def believe(
    d: int, c: int, now: Seen, readings: Floats, first: int, last: int, donors: Donors, ps: Sequence[Parameters]
) -> Belief:
    """Return this year's belief: what published estimates say, half forgotten, and what case counts say   (F2).

    Who corrects for the capacity to find cases assumes the true detection share, and is certain of it.

    Parameters
    ----------
    readings, first, last
        Published estimates; see `Appeals`. Those from `first` to before `last` are of this crisis.
    """
    p = ps[0]
    naivety = trait(donors.naivety[d], p.naivety)
    estimated = Belief(donors.estimated_mean[d, c], donors.estimated_variance[d, c])
    estimated = forget(estimated, prior(d, donors, p), 1.0, p.memory)
    for r in range(first, last):
        reading = PublishedEstimate(readings[r, 0], readings[r, 1], readings[r, 2], readings[r, 3])
        estimated = weigh(estimated, reading, readings[r, 4], naivety)
    donors.estimated_mean[d, c], donors.estimated_variance[d, c] = estimated.mean, estimated.variance
    if now.years <= 0.0:
        return estimated
    share = assumed_share(p.naive_detection_share, now.ideal_share, naivety)
    belief = learn_count(estimated, now.cases, now.people / 1000.0 * now.years, share, p.assumed_spread * naivety)
    before = CountMemory(donors.years[d, c], donors.told[d, c])
    told = remember(before, 1.0, p.memory, belief.mean - estimated.mean)
    donors.years[d, c], donors.told[d, c] = told.weight, told.mean
    return Belief(estimated.mean + told.mean, belief.variance)


@compiled
def wanted_coverage(median: float, attention: float, p: Parameters) -> float:
    """Return the share of the ask wanted covered at a median belief: x / (1 + x)   (F4; E5 of the evidence).

    Parameters
    ----------
    attention
        Media attention; 0 in the yearly decision, which news does not move (M12).
    """
    x = power(median / p.half_belief, p.steepness)
    x *= power(p.relative_reach, p.reach_weight) * p.priority * (1.0 + p.media_multiplier * attention)
    return x / (1.0 + x) * (1.0 - p.political_sensitivity)


@compiled
def asked(now: Seen, p: Parameters) -> float:
    """Return the US dollars per year that the ask comes to with a donor, were it all donors   (F4).

    What is asked for per person moves donors less than one for one; without a line in the plan little comes.
    """
    if now.ask <= 0.0:
        return 0.0
    head = p.ask_reference * power(now.ask / p.ask_reference, p.ask_elasticity)
    return now.in_need * head * (1.0 if now.line else p.outside_line)


@compiled
def wanted(coverage: float, whole: float, flexible: float, now: Seen, p: Parameters) -> float:
    """Return the US dollars per year wanted for a crisis, were this donor all donors   (F4).

    A crisis without news draws a little more flexible money.

    Parameters
    ----------
    coverage
        Share of the ask that it wants covered.
    whole
        What the ask comes to with it.
    flexible
        Share of its grants that follows the bottleneck.
    """
    coverage *= now.planned
    if now.attention < p.attention_threshold:
        coverage *= 1.0 + p.forgotten * flexible
    return max(whole * coverage, now.in_need * now.ask * p.exploration_floor)


@compiled
def wants(d: int, c: int, attention: float, now: Seen, donors: Donors, p: Parameters) -> float:
    """Return the US dollars per year wanted for a crisis by a donor that believes what it believes; see `wanted`."""
    coverage = wanted_coverage(exp(donors.mean[d, c]), attention, p)
    return wanted(coverage, asked(now, p), trait(donors.flexible_share[d], p.flexible_share), now, p)


@within
def afford(d: int, share: float, wishes: Floats, appeals: Appeals, donors: Donors, ps: Sequence[Parameters]) -> None:
    """Turn wishes into US dollars per year that a budget allows on which other sectors draw too   (F4).

    Parameters
    ----------
    share
        This donor's part of all donors' budgets.
    wishes
        What it would want, were it all donors; written here what it does, shape (donors, crises).
    """
    p, own, others = ps[0], Sum(0.0, 0.0), Sum(0.0, 0.0)
    for c in range(wishes.shape[1]):
        wishes[d, c] *= share
        own, others = plus(own, wishes[d, c]), plus(others, seen(c, appeals).competing)
    total = (own.rounded + own.lost) + (others.rounded + others.lost) * share
    scale = donors.budget[d] / total if total > 0.0 else 0.0
    local = p.local_cut if scale < 1.0 and donors.route[d] != _INGO else 0.0  # cuts hit local actors harder (M11)
    afforded = power(scale, p.budget_elasticity * (1.0 + local)) if scale > 0.0 else 0.0
    for c in range(wishes.shape[1]):
        wishes[d, c] *= afforded
