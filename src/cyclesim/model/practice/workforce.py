"""Capital takes time: money becomes staff, skills and systems with a delay, and they drain without it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from cyclesim.model.arithmetic import exp, expm1
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Line


@dataclass(frozen=True)
class Market:
    """What a crowd of donors and agencies costs those who do the work   (P9).

    Attributes
    ----------
    overhead
        Share of money that goes into designs that differ from donor to donor (M9), and into bids where agencies
        compete for donors and nobody leads (M16).
    churn
        Factor on the turnover of staff: without leadership agencies hire from each other (M16).
    """

    overhead: float = 0.0
    churn: float = 1.0

    @classmethod
    def of(cls, p: Parameters, leadership: float, diversity: float) -> Market:
        """Return the market of a crisis with this leadership and diversity of donors, both 0 to 1."""
        alone = 1.0 - leadership
        left = (1.0 - p.design_cost * diversity) * (1.0 - p.bidding * alone)
        return cls(overhead=1.0 - left, churn=1.0 + p.staff_competition * alone)


@dataclass
class Posts:
    """Posts paid by one line: recruits, who are paid and not yet of full use, and staff in full use.

    Money in hand is spread over `purse_months`; hiring takes `hiring_months`, coming into full use `build`
    months; turnover drains the experienced; when money ends, posts end (short grants lose their start-up
    months and their staff).

    Attributes
    ----------
    recruits, staff
        People hired and not yet of full use, and in full use, full-time equivalents.
    growth
        How many more posts are held than a month before.
    """

    recruits: float = 0.0
    staff: float = 0.0
    growth: float = 0.0

    def step(self, purse: int, monthly_cost: float, build: float, p: Parameters, churn: float = 1.0) -> int:
        """Hire, pay and lose staff for a month; return what was paid, in cents.

        Parameters
        ----------
        purse
            Money in hand, cents.
        monthly_cost
            Cost of one post, cents per month.
        build
            Mean months from hiring to full use.
        churn
            Factor on turnover.
        """
        held = self.recruits + self.staff
        self.staff -= self.staff * -expm1(-p.turnover_national * churn)
        ready = self.recruits * -expm1(-1.0 / max(build, 1e-9))
        self.recruits, self.staff = self.recruits - ready, self.staff + ready
        affordable = purse / (monthly_cost * p.purse_months)
        gap = affordable - self.recruits - self.staff
        if gap > 0:
            self.recruits += gap * -expm1(-1.0 / p.hiring_months)
        else:
            self._release(-gap * -expm1(-1.0 / p.hiring_months))
        payable = purse / monthly_cost
        self._release(max(self.recruits + self.staff - payable, 0.0))
        self.growth = self.recruits + self.staff - held
        return min(purse, round((self.recruits + self.staff) * monthly_cost))

    def _release(self, number: float) -> None:
        """End posts, the newest first."""
        newest = min(number, self.recruits)
        self.recruits -= newest
        self.staff = max(self.staff - (number - newest), 0.0)


@dataclass
class Workforce:
    """What the money of one crisis has built.

    Attributes
    ----------
    specialists, caseworkers, investigators, reception
        Posts.
    prevention, data, local
        Stocks of prevention, data systems and preparedness, in US dollars per year of recent spending.
    training_rate
        Share of frontline staff trained by this month's money.
    """

    specialists: Posts = field(default_factory=Posts)
    caseworkers: Posts = field(default_factory=Posts)
    investigators: Posts = field(default_factory=Posts)
    reception: Posts = field(default_factory=Posts)
    prevention: float = 0.0
    data: float = 0.0
    local: float = 0.0
    training_rate: float = 0.0

    def spend(
        self, purses: dict[Line, int], staff: float, prepared: float, known: float, market: Market, p: Parameters
    ) -> dict[Line, int]:
        """Spend one month's money on every line but assistance.

        Parameters
        ----------
        purses
            Money in hand by line, cents.
        staff
            Frontline staff at work, who share the training.
        prepared
            Share of the gap closed by preparedness: it cuts the time until back-end staff are of full use (M62).
        known
            How far research has shown what works: it raises what training and prevention money achieves (M2).

        Returns
        -------
        Cents spent by line, never more than is in hand.
        """
        spent = {line: 0 for line in Line}
        for line in (Line.TRAINING, Line.PREVENTION, Line.DATA, Line.PREPAREDNESS):
            spent[line] = int(purses[line] / p.purse_months)
        if staff <= 0:
            spent[Line.TRAINING] = 0
        worth = 1.0 - market.overhead
        proven = worth * (1.0 + p.research_gain * known)
        self.training_rate = spent[Line.TRAINING] * proven / (p.cost_training * 100 * staff) if staff > 0 else 0.0
        keep = exp(-1.0 / p.stock_months)
        self.prevention = self.prevention * keep + spent[Line.PREVENTION] * proven * 0.12 * (1 - keep)
        self.data = self.data * keep + spent[Line.DATA] * worth * 0.12 * (1 - keep)
        self.local = self.local * keep + spent[Line.PREPAREDNESS] * worth * 0.12 * (1 - keep)
        month = 100 / 12 / worth
        spent[Line.SPECIALISTS] = self.specialists.step(
            purses[Line.SPECIALISTS], p.cost_specialist * month, p.hiring_months, p, market.churn
        )
        spent[Line.RECEPTION] = self.reception.step(
            purses[Line.RECEPTION], p.cost_reception * month, p.reception_months, p, market.churn
        )
        build = p.build_months * (1.0 - p.preparedness_gain * prepared)
        investigating = int(purses[Line.BACK_END] * p.investigator_share)
        casework = purses[Line.BACK_END] - investigating
        paid = self.caseworkers.step(casework, p.cost_caseworker * month, build, p, market.churn)
        paid += self.investigators.step(investigating, p.cost_investigator * month, build, p, market.churn)
        spent[Line.BACK_END] = paid
        return spent

    def clarity(self, p: Parameters, people: int, leadership: float, others: float = 0.0) -> float:
        """Return the share of referrals that are not lost: leadership and specialists clear the pathway   (P5).

        Specialists newly deployed from elsewhere have less effect; without leadership agencies compete for them.

        Parameters
        ----------
        others
            Specialists whom anti-trafficking money does not pay.
        """
        deployed = self.specialists.staff + others + p.newcomer_effect * self.specialists.recruits
        deployed *= 1.0 - p.competition * (1.0 - leadership)
        density = deployed * 1e6 / people / p.specialist_need if people else 0.0
        return 1.0 - float(p.lost_referral) * (1.0 - leadership) * exp(-density)

    def prevention_share(self, p: Parameters, people: int) -> float:
        """Return the share by which prevention lowers the hazard   (P6); part of the money is wasted on messages."""
        useful = self.prevention * (1.0 - p.misinformation)
        return float(p.prevention_effect) * _saturating(useful, p.prevention_need * people)

    def awareness(self, p: Parameters, people: int, attention: float) -> float:
        """Return awareness, 0 to 1: attention and awareness-raising raise it (M35); skill is another matter."""
        raised = _saturating(self.prevention * (1.0 - p.misinformation), p.prevention_need * people)
        return 1.0 - (1.0 - raised) * (1.0 - min(attention, 1.0))

    def local_share(self, p: Parameters, people: int) -> float:
        """Return the share by which preparedness closes the gap in context, programmes from before included."""
        built = _saturating(self.local, p.preparedness_need * people / 1e6)
        return 1.0 - (1.0 - float(p.initial_preparedness)) * (1.0 - built)

    def evidence_base(self, p: Parameters, people: int) -> float:
        """Return how far money for data and research has closed the gap in what could be known   (P10)."""
        return _saturating(self.data, p.data_need * people / 1e6)

    def completeness(self, p: Parameters, people: int, acceptance: float) -> float:
        """Return the share of case records that reach a report: money for data closes the gap   (E1).

        Parameters
        ----------
        acceptance
            Share of completed cases that are identified formally: the proven ones.
        """
        recorded = 1.0 - (1.0 - float(p.completeness)) * (1.0 - self.evidence_base(p, people))
        proven = 1.0 - p.proven_only * (1.0 - acceptance)  # records that are not proven cases count for less (M3)
        return float(recorded * (1.0 - p.gatekeeping) * proven)


def deploy(workforces: Sequence[Workforce], p: Parameters) -> None:
    """Take part of the specialists whom growing crises hire from the other crises that have any   (P11; M25).

    Parameters
    ----------
    workforces
        Of all crises, after their spending of the month.
    """
    if len(workforces) < 2:
        return
    teams = [work.specialists for work in workforces]
    total = math.fsum(team.staff for team in teams)
    pulls = [p.draining * max(team.growth, 0.0) / (total - team.staff) if total > team.staff else 0.0 for team in teams]
    everybody = math.fsum(pulls)
    for team, own in zip(teams, pulls, strict=True):
        team.staff *= max(1.0 - (everybody - own), 0.0)


def _saturating(amount: float, need: float) -> float:
    return -expm1(-amount / need) if need > 0 else 0.0
