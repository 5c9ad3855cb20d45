"""Donors: yearly budgets, beliefs, wanted coverage, inertia, earmarks and flexible money."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import mesa

from cyclesim.inputs.money import split
from cyclesim.inputs.parts import Donor as DonorSpec
from cyclesim.inputs.quantity import added
from cyclesim.model.arithmetic import exp, log, power
from cyclesim.model.funding.belief import Belief, CountMemory, assumed_share
from cyclesim.model.funding.grants import Grant, split_by
from cyclesim.model.funding.programmes import reprogrammed
from cyclesim.model.parameters import Parameters
from cyclesim.model.published import PublishedEstimate
from cyclesim.vocabulary import DonorKind, Line, Route

_SHUNNED = {
    Line.DATA: "research_aversion",
    Line.BACK_END: "risk_aversion",
    Line.SPECIALISTS: "risk_aversion",
}
"""Lines donors shun, and the parameter that says how far (M2, M8)."""


@dataclass(frozen=True)
class Appeal:
    """What a donor sees of one crisis when it decides.

    Attributes
    ----------
    crisis
        Name.
    age
        Months since most people arrived; negative before.
    in_need
        People in need.
    ask
        What planners ask for, in US dollars per person in need and year, coded or not.
    line
        Whether the response plan has a line for it.
    planned
        Share of the people in need whom the response plan knows.
    competing
        US dollars per year that other sectors would receive if budgets allowed.
    attention
        Media attention, 1 at the peak of a full shock.
    cases, people, years, ideal_share
        The evidence; see `cyclesim.model.evidence.records.CaseEvidence`.
    readings
        Estimates published in the last 12 months, each with the weight it has with readers.
    gaps
        Bottlenecks that responders report, by line, 0 (none) to 1.
    in_place
        US dollars per year that all donors give while the world settles before month 0; None once they decide.
    commit, replace
        Take a grant into the money ledger of the crisis; put other grants in the place of one.
    """

    crisis: str
    age: int
    in_need: int
    ask: float
    line: bool
    planned: float
    competing: float
    attention: float
    cases: float
    people: float
    years: float
    ideal_share: float
    readings: tuple[tuple[PublishedEstimate, float], ...]
    gaps: dict[Line, float]
    in_place: float | None
    commit: Callable[[Grant], None]
    replace: Callable[[Grant, Sequence[Grant]], None]


class Donor(mesa.Agent):
    """A donor. Subclass it and override `believe` or `wanted_coverage` to try another behaviour.

    Attributes
    ----------
    budget
        US dollars per year for all sectors and crises, this month.
    beliefs
        By crisis: what the donor acts on.
    rates
        US dollars per year this donor gives to anti-trafficking work, by crisis; it moves once a fiscal year.
    """

    def __init__(self, model: mesa.Model, name: str, spec: DonorSpec, p: Parameters) -> None:
        super().__init__(model)
        self.name, self.kind, self.route = name, DonorKind(spec.kind), Route(spec.route)
        self.fiscal_month = spec.fiscal_month
        self.budget = 0.0
        self.naivety, self.flexible_share = spec.naivety, spec.flexible_share
        self.multi_year_share, self.prior_prevalence = spec.multi_year_share, spec.prior_prevalence
        self.lines = None if spec.lines is None else {Line(line): share for line, share in spec.lines.items()}
        self.beliefs: dict[str, Belief] = {}
        self._estimated: dict[str, Belief] = {}  # what published estimates alone say
        self._count_memory: dict[str, CountMemory] = {}  # what case counts have told, half forgotten
        self.rates: dict[str, float] = {}
        self._grants: dict[str, list[Grant]] = {}
        self._attention: dict[str, float] = {}

    # ------------------------------------------------------------ behaviour

    def prior(self, p: Parameters) -> Belief:
        """Return the belief this donor holds without evidence."""
        median = p.prior_prevalence if self.prior_prevalence is None else self.prior_prevalence
        return Belief(log(median), p.prior_spread**2)

    def believe(self, appeal: Appeal, p: Parameters) -> Belief:
        """Return this year's belief: what published estimates say, half forgotten, and what case counts say   (F2).

        Who corrects for the capacity to find cases assumes the true detection share, and is certain of it.
        """
        naivety = p.naivety if self.naivety is None else self.naivety
        estimated = self._estimated[appeal.crisis].forget(self.prior(p), 1.0, p.memory)
        for reading, weight in appeal.readings:
            estimated = estimated.weigh(reading, weight, naivety)
        self._estimated[appeal.crisis] = estimated
        if appeal.years <= 0:
            return estimated
        share = assumed_share(p.naive_detection_share, appeal.ideal_share, naivety)
        exposure = appeal.people / 1000.0 * appeal.years
        belief = estimated.learn_count(appeal.cases, exposure, share, p.assumed_spread * naivety)
        before = self._count_memory.get(appeal.crisis, CountMemory())
        self._count_memory[appeal.crisis] = told = before.after(1.0, p.memory, belief.mean - estimated.mean)
        return Belief(estimated.mean + told.mean, belief.variance)

    def wanted_coverage(self, belief: Belief, attention: float, p: Parameters) -> float:
        """Return the share of the ask this donor wants covered: x / (1 + x)   (F4; E5 of the evidence).

        Parameters
        ----------
        attention
            Media attention; 0 in the yearly decision, which news does not move (M12).
        """
        x = power(belief.median / p.half_belief, p.steepness)
        x *= power(p.relative_reach, p.reach_weight) * p.priority * (1.0 + p.media_multiplier * attention)
        return float(x / (1.0 + x) * (1.0 - p.political_sensitivity))

    def asked(self, appeal: Appeal, p: Parameters) -> float:
        """Return the US dollars per year that the ask comes to with this donor, were it all donors   (F4).

        What is asked for per person moves donors less than one for one; without a line in the plan little comes.
        """
        if appeal.ask <= 0:
            return 0.0
        head = p.ask_reference * power(appeal.ask / p.ask_reference, p.ask_elasticity)
        return float(appeal.in_need * head * (1.0 if appeal.line else p.outside_line))

    def wants(self, appeal: Appeal, attention: float, p: Parameters) -> float:
        """Return the US dollars per year wanted for a crisis, were this donor all donors   (F4).

        A crisis without news draws a little more flexible money.
        """
        coverage = self.wanted_coverage(self.beliefs[appeal.crisis], attention, p) * appeal.planned
        if appeal.attention < p.attention_threshold:
            coverage *= 1.0 + p.forgotten * self._flexible(p)
        return max(self.asked(appeal, p) * coverage, float(appeal.in_need * appeal.ask * p.exploration_floor))

    # ------------------------------------------------------------ the month

    def begin(self, appeal: Appeal, share: float, funding: float, clock: int, calendar: int, p: Parameters) -> None:
        """Take up the prior and the grants in place at the first simulated month.

        Parameters
        ----------
        share
            This donor's part of all donors' budgets.
        funding
            US dollars per year in place from all donors.
        calendar
            Calendar month, 1 to 12.
        """
        self.beliefs[appeal.crisis] = self._estimated[appeal.crisis] = self.prior(p)
        self.rates[appeal.crisis] = rate = min(funding * share, self.budget)
        self._grants[appeal.crisis] = []
        months = (self.fiscal_month - calendar) % 12 + self._lag(p)
        if months:
            amount = round(rate * 100 * months / 12)
            for line, cents in self._by_line(amount, appeal, p).items():
                self._give(appeal, line, cents, clock, months)

    def decide(
        self, appeals: Sequence[Appeal], share: float, level: dict[str, float], clock: int, calendar: int, p: Parameters
    ) -> None:
        """Review beliefs and commitments in the fiscal month; answer flash appeals in any month.

        Parameters
        ----------
        share
            This donor's part of all donors' budgets.
        level
            US dollars per year that all donors give, by crisis: what a herd looks at (E6 of the evidence).
        """
        fiscal = calendar == self.fiscal_month
        if fiscal:
            for appeal in appeals:
                self.beliefs[appeal.crisis] = self.believe(appeal, p)
        asked = any(self._answers(appeal, p) for appeal in appeals)
        now = {a.crisis: a.attention for a in appeals}
        wanted = self._affordable(appeals, share, now, p) if asked else dict.fromkeys(self.rates, 0.0)
        if fiscal:
            usual = self._affordable(appeals, share, dict.fromkeys(now, 0.0), p)
            for appeal in appeals:
                crisis, rate = appeal.crisis, self.rates[appeal.crisis]
                aim = (1.0 - p.herding) * usual[crisis] + p.herding * level[crisis] * share
                moved = rate + (aim - rate) / p.inertia_years
                self.rates[crisis] = moved if appeal.in_place is None else appeal.in_place * share
            self._keep_within_budget()
        for appeal in appeals:
            if fiscal:
                self._renew(appeal, clock, p)
            self._reprogramme(appeal, clock, p)
            self._respond(appeal, wanted[appeal.crisis], clock, p)

    def _affordable(
        self, appeals: Sequence[Appeal], share: float, news: dict[str, float], p: Parameters
    ) -> dict[str, float]:
        """Return US dollars per year wanted by crisis, as far as the budget that other sectors draw on too allows."""
        wanted = {a.crisis: self.wants(a, news[a.crisis], p) * share for a in appeals}
        total = math.fsum(wanted.values()) + math.fsum(a.competing for a in appeals) * share
        scale = self.budget / total if total > 0 else 0.0
        local = (
            p.local_cut if scale < 1.0 and self.route is not Route.INGO else 0.0
        )  # cuts hit local actors harder (M11)
        afforded = power(scale, p.budget_elasticity * (1.0 + local)) if scale > 0 else 0.0
        return {crisis: amount * afforded for crisis, amount in wanted.items()}

    def _keep_within_budget(self) -> None:
        total = math.fsum(self.rates.values())
        if total > self.budget:
            self.rates = {crisis: rate * self.budget / total for crisis, rate in self.rates.items()}

    def _renew(self, appeal: Appeal, clock: int, p: Parameters) -> None:
        """Commit what next year's rate needs beyond the grants that still run; short grants follow each other."""
        start = clock + self._lag(p)
        running = [g for g in self._grants[appeal.crisis] if g.start + g.months > start]
        self._grants[appeal.crisis] = running
        new = round(self.rates[appeal.crisis] * 100) - added(g.covers(start, 12) for g in running)
        if new <= 0:
            return
        long_share = p.multi_year_share if self.multi_year_share is None else self.multi_year_share
        months = max(round(p.grant_months), 1)
        for line, cents in self._by_line(new, appeal, p).items():
            long = round(cents * long_share)
            years = max(round(p.multi_year_months / 12), 1)
            self._give(appeal, line, long * years, start, 12 * years)
            for first, amount, length in _successive(cents - long, months):
                self._give(appeal, line, amount, start + first, length)

    def _reprogramme(self, appeal: Appeal, clock: int, p: Parameters) -> None:
        """Let running grants change their lines towards the bottleneck when an emergency breaks   (F8; M13)."""
        known, self._attention[appeal.crisis] = self._attention.get(appeal.crisis, 0.0), appeal.attention
        if appeal.attention <= max(known, p.attention_threshold):
            return
        grants: list[Grant] = []
        for grant in self._grants[appeal.crisis]:
            parts = reprogrammed(grant, clock, p.reprogramming, self._bottleneck(appeal, p))
            if parts != [grant]:
                appeal.replace(grant, parts)
            grants += parts
        self._grants[appeal.crisis] = grants

    def _respond(self, appeal: Appeal, wanted: float, clock: int, p: Parameters) -> None:
        """Answer a flash appeal, or act as a locally controlled fund, within the month: flexible money only."""
        if not self._answers(appeal, p):
            return
        left = max(self.budget - math.fsum(self.rates.values()), 0.0)
        gap = min((wanted - self.rates[appeal.crisis]) * self._flexible(p), left) / 12.0
        if gap > 0:
            start, months = clock + round(p.lag_local_fund), max(round(p.flash_months), 1)
            for line, cents in split_by(round(gap * 100), self._bottleneck(appeal, p)).items():
                if cents > 0:  # beside the yearly round: it is not taken off next year's commitment
                    appeal.commit(Grant(self.name, appeal.crisis, line, cents, start, months))

    # ------------------------------------------------------------ details

    def _answers(self, appeal: Appeal, p: Parameters) -> bool:
        if appeal.in_place is not None:
            return False
        return self.kind == DonorKind.SOUTHERN_FUND or bool(appeal.attention >= p.attention_threshold)

    def _flexible(self, p: Parameters) -> float:
        return float(p.flexible_share if self.flexible_share is None else self.flexible_share)

    def _profile(self, appeal: Appeal, p: Parameters) -> dict[Line, float]:
        """Return weights of the lines: the earmark profile, and what donors shun and seek   (F6)."""
        weights = dict(self.lines or {Line(line): share for line, share in p.line_mix.items()})
        for line, aversion in _SHUNNED.items():
            weights[line] = weights.get(line, 0.0) * (1.0 - getattr(p, aversion))
        onset = p.onset_awareness * exp(-appeal.age / 12.0) if appeal.age >= 0 else 0.0
        weights = {line: weight * (1.0 - onset) for line, weight in weights.items()}
        weights[Line.PREVENTION] = weights.get(Line.PREVENTION, 0.0) + onset
        weights[Line.PREPAREDNESS] = weights.get(Line.PREPAREDNESS, 0.0) + p.advance_preparedness
        return weights

    def _bottleneck(self, appeal: Appeal, p: Parameters) -> dict[Line, float]:
        return appeal.gaps if any(appeal.gaps.values()) else self._profile(appeal, p)

    def _by_line(self, cents: int, appeal: Appeal, p: Parameters) -> dict[Line, int]:
        """Split a sum: the earmarked part by this donor's profile, the flexible part by the bottleneck."""
        flexible = round(cents * self._flexible(p))
        earmarked = split_by(cents - flexible, self._profile(appeal, p))
        bottleneck = split_by(flexible, self._bottleneck(appeal, p))
        return {line: earmarked.get(line, 0) + bottleneck.get(line, 0) for line in Line}

    def _lag(self, p: Parameters) -> int:
        lags = {Route.INGO: p.lag_ingo, Route.INTERMEDIARY: p.lag_intermediary, Route.LOCAL_FUND: p.lag_local_fund}
        return round(lags[self.route])

    def _give(self, appeal: Appeal, line: Line, cents: int, start: int, months: int) -> None:
        if cents > 0:
            grant = Grant(self.name, appeal.crisis, line, cents, start, months)
            self._grants[appeal.crisis].append(grant)
            appeal.commit(grant)


def _successive(cents: int, months: int) -> Iterator[tuple[int, int, int]]:
    """Yield first month, amount and length of grants that follow each other for a year, or of one longer grant."""
    if months >= 12:
        yield 0, cents * months // 12, months
        return
    lengths = [min(months, 12 - first) for first in range(0, 12, months)]
    yield from zip(range(0, 12, months), split(cents, lengths), lengths, strict=True)
