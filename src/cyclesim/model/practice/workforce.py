"""Capital takes time: money becomes staff, skills and systems with a delay, and they drain without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import Sum, exp, expm1, nearest, plus
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Line

SPECIALISTS, CASEWORKERS, INVESTIGATORS, RECEPTION = range(4)
"""Kinds of posts, by their index."""
PREVENTION, DATA, LOCAL = range(3)
"""Stocks, by their index."""
_ORDER = list(Line)
_TRAINING, _MESSAGES, _RESEARCH, _PREPAREDNESS, _EXPERTS, _CASES, _RECEIVING = (
    _ORDER.index(line)
    for line in (
        Line.TRAINING, Line.PREVENTION, Line.DATA, Line.PREPAREDNESS, Line.SPECIALISTS, Line.BACK_END, Line.RECEPTION,
    )
)  # fmt: skip


class Workforce(NamedTuple):
    """What the money of one crisis has built.

    Money in hand is spread over `purse_months`; hiring takes `hiring_months`, coming into full use `build`
    months; turnover drains the experienced; when money ends, posts end (short grants lose their start-up
    months and their staff).

    Attributes
    ----------
    recruits, staff
        People hired and not yet of full use, and in full use, full-time equivalents, shape (4,).
    growth
        How many more posts are held than a month before, shape (4,).
    stocks
        Prevention, data systems and preparedness, in US dollars per year of recent spending, shape (3,).
    training_rate
        Share of frontline staff trained by this month's money, shape (1,).
    """

    recruits: Floats
    staff: Floats
    growth: Floats
    stocks: Floats
    training_rate: Floats

    @classmethod
    def none(cls) -> Workforce:
        """Return what is there before any money."""
        return cls(np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(3), np.zeros(1))


@compiled
def overhead(p: Parameters, leadership: float, diversity: float) -> float:
    """Return the share of money that a crowd of donors and agencies costs   (P9).

    It goes into designs that differ from donor to donor (M9), and into bids where agencies compete for donors and
    nobody leads (M16).
    """
    return 1.0 - (1.0 - p.design_cost * diversity) * (1.0 - p.bidding * (1.0 - leadership))


@compiled
def churn(p: Parameters, leadership: float) -> float:
    """Return the factor on the turnover of staff: without leadership agencies hire from each other   (P9; M16)."""
    return 1.0 + p.staff_competition * (1.0 - leadership)


@compiled
def hire(
    kind: int, purse: int, monthly_cost: float, build: float, churning: float, work: Workforce, p: Parameters
) -> int:
    """Hire, pay and lose staff for a month; return what was paid, in cents.

    Parameters
    ----------
    purse
        Money in hand, cents.
    monthly_cost
        Cost of one post, cents per month.
    build
        Mean months from hiring to full use.
    churning
        Factor on turnover.
    """
    held = work.recruits[kind] + work.staff[kind]
    work.staff[kind] -= work.staff[kind] * -expm1(-p.turnover_national * churning)
    ready = work.recruits[kind] * -expm1(-1.0 / max(build, 1e-9))
    work.recruits[kind] -= ready
    work.staff[kind] += ready
    gap = purse / (monthly_cost * p.purse_months) - work.recruits[kind] - work.staff[kind]
    if gap > 0.0:
        work.recruits[kind] += gap * -expm1(-1.0 / p.hiring_months)
    else:
        release(kind, -gap * -expm1(-1.0 / p.hiring_months), work)
    release(kind, max(work.recruits[kind] + work.staff[kind] - purse / monthly_cost, 0.0), work)
    work.growth[kind] = work.recruits[kind] + work.staff[kind] - held
    return min(purse, nearest((work.recruits[kind] + work.staff[kind]) * monthly_cost))


@within
def release(kind: int, number: float, work: Workforce) -> None:
    """End posts, the newest first."""
    newest = min(number, work.recruits[kind])
    work.recruits[kind] -= newest
    work.staff[kind] = max(work.staff[kind] - (number - newest), 0.0)


@compiled
def build_up(
    purses: Integers, staff: float, prepared: float, known: float, wasted: float, churning: float, work: Workforce,
    ps: Sequence[Parameters], spent: Integers,
) -> None:  # fmt: skip
    """Spend one month's money on every line but assistance.

    Parameters
    ----------
    purses
        Money in hand by line, cents, shape (lines,).
    staff
        Frontline staff at work, who share the training.
    prepared
        Share of the gap closed by preparedness: it cuts the time until back-end staff are of full use (M62).
    known
        How far research has shown what works: it raises what training and prevention money achieves (M2).
    wasted, churning
        Overhead, and factor on the turnover of staff.
    spent
        Cents by line, never more than is in hand, shape (lines,); written here.
    """
    p = ps[0]
    for line in range(spent.size):
        spent[line] = 0
    spent[_TRAINING], spent[_MESSAGES] = (
        int(purses[_TRAINING] / p.purse_months),
        int(purses[_MESSAGES] / p.purse_months),
    )
    spent[_RESEARCH] = int(purses[_RESEARCH] / p.purse_months)
    spent[_PREPAREDNESS] = int(purses[_PREPAREDNESS] / p.purse_months)
    if staff <= 0.0:
        spent[_TRAINING] = 0
    worth, keep = 1.0 - wasted, exp(-1.0 / p.stock_months)
    proven = worth * (1.0 + p.research_gain * known)
    work.training_rate[0] = spent[_TRAINING] * proven / (p.cost_training * 100 * staff) if staff > 0.0 else 0.0
    renew(PREVENTION, spent[_MESSAGES] * proven, keep, work)
    renew(DATA, spent[_RESEARCH] * worth, keep, work)
    renew(LOCAL, spent[_PREPAREDNESS] * worth, keep, work)
    month = 100 / 12 / worth
    hiring, receiving = p.hiring_months, p.reception_months
    cost = p.cost_specialist * month
    spent[_EXPERTS] = hire(SPECIALISTS, purses[_EXPERTS], cost, hiring, churning, work, p)
    cost = p.cost_reception * month
    spent[_RECEIVING] = hire(RECEPTION, purses[_RECEIVING], cost, receiving, churning, work, p)
    build = p.build_months * (1.0 - p.preparedness_gain * prepared)
    investigating = int(purses[_CASES] * p.investigator_share)
    casework, cost = purses[_CASES] - investigating, p.cost_caseworker * month
    paid = hire(CASEWORKERS, casework, cost, build, churning, work, p)
    spent[_CASES] = paid + hire(INVESTIGATORS, investigating, p.cost_investigator * month, build, churning, work, p)


@within
def renew(stock: int, worth: float, keep: float, work: Workforce) -> None:
    """Let a stock drain for a month, and add what was spent, in cents, as US dollars per year."""
    work.stocks[stock] = work.stocks[stock] * keep + worth * 0.12 * (1 - keep)


@compiled
def clarity(work: Workforce, p: Parameters, people: int, leadership: float, others: float) -> float:
    """Return the share of referrals that are not lost: leadership and specialists clear the pathway   (P5).

    Specialists newly deployed from elsewhere have less effect; without leadership agencies compete for them.

    Parameters
    ----------
    others
        Specialists whom anti-trafficking money does not pay.
    """
    deployed = work.staff[SPECIALISTS] + others + p.newcomer_effect * work.recruits[SPECIALISTS]
    deployed *= 1.0 - p.competition * (1.0 - leadership)
    density = deployed * 1e6 / people / p.specialist_need if people > 0 else 0.0
    return 1.0 - p.lost_referral * (1.0 - leadership) * exp(-density)


@compiled
def prevention_share(work: Workforce, p: Parameters, people: int) -> float:
    """Return the share by which prevention lowers the hazard   (P6); part of the money is wasted on messages."""
    return p.prevention_effect * raised(work, p, people)


@compiled
def awareness(work: Workforce, p: Parameters, people: int, attention: float) -> float:
    """Return awareness, 0 to 1: attention and awareness-raising raise it (M35); skill is another matter."""
    return 1.0 - (1.0 - raised(work, p, people)) * (1.0 - min(attention, 1.0))


@compiled
def raised(work: Workforce, p: Parameters, people: int) -> float:
    """Return how far messages have reached people in need."""
    return saturating(work.stocks[PREVENTION] * (1.0 - p.misinformation), p.prevention_need * people)


@compiled
def local_share(work: Workforce, p: Parameters, people: int) -> float:
    """Return the share by which preparedness closes the gap in context, programmes from before included."""
    built = saturating(work.stocks[LOCAL], p.preparedness_need * people / 1e6)
    return 1.0 - (1.0 - p.initial_preparedness) * (1.0 - built)


@compiled
def evidence_base(work: Workforce, p: Parameters, people: int) -> float:
    """Return how far money for data and research has closed the gap in what could be known   (P10)."""
    return saturating(work.stocks[DATA], p.data_need * people / 1e6)


@compiled
def completeness(work: Workforce, p: Parameters, people: int, acceptance: float) -> float:
    """Return the share of case records that reach a report: money for data closes the gap   (E1).

    Parameters
    ----------
    acceptance
        Share of completed cases that are identified formally: the proven ones.
    """
    recorded = 1.0 - (1.0 - p.completeness) * (1.0 - evidence_base(work, p, people))
    proven = 1.0 - p.proven_only * (1.0 - acceptance)  # records that are not proven cases count for less (M3)
    return recorded * (1.0 - p.gatekeeping) * proven


@compiled
def deploy(staff: Floats, growth: Floats, ps: Sequence[Parameters]) -> None:
    """Take part of the specialists whom growing crises hire from the other crises that have any   (P11; M25).

    Parameters
    ----------
    staff, growth
        Specialists in full use, and growth, of all crises, after their spending of the month, shape (crises,).
    """
    total, pulls = Sum(0.0, 0.0), Sum(0.0, 0.0)
    for c in range(staff.size):
        total = plus(total, staff[c])
    everybody = total.rounded + total.lost
    for c in range(staff.size):
        growth[c] = pull(staff[c], growth[c], everybody, ps[0])
        pulls = plus(pulls, growth[c])
    for c in range(staff.size):
        staff[c] *= max(1.0 - (pulls.rounded + pulls.lost - growth[c]), 0.0)


@within
def pull(staff: float, growth: float, total: float, p: Parameters) -> float:
    """Return the share of the specialists elsewhere whom a crisis takes."""
    return p.draining * max(growth, 0.0) / (total - staff) if total > staff else 0.0


@within
def saturating(amount: float, need: float) -> float:
    """Return what an amount achieves over what it could, where so much is needed."""
    return -expm1(-amount / need) if need > 0.0 else 0.0
