"""What donors commit: yearly rounds, short grants one after another, re-programming, and flash money.

A donor reviews beliefs and commitments in its fiscal month and answers flash appeals in any month. It is `d` of all
donors, a crisis `c` of all crises; `share` is a donor's part of all donors' budgets, `clock` the
month of the simulation.
"""

import math
from collections.abc import Sequence

from cyclesim.model.arithmetic import Sum, exp, nearest, plus, total
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.funding.grants import LINES, NONE, Grants, Money, commit, covers, reprogramme
from cyclesim.model.funding.state import LEVEL, Appeals, Donors, Room, Seen, seen
from cyclesim.model.funding.wishes import afford, believe, prior, trait, wants
from cyclesim.model.parameters import Parameters
from cyclesim.model.shares import split
from cyclesim.vocabulary import Line, Route

_ORDER = list(Line)
_DATA, _BACK_END, _SPECIALISTS = (_ORDER.index(line) for line in (Line.DATA, Line.BACK_END, Line.SPECIALISTS))
_PREVENTION, _PREPAREDNESS = _ORDER.index(Line.PREVENTION), _ORDER.index(Line.PREPAREDNESS)
_INGO, _INTERMEDIARY = list(Route).index(Route.INGO), list(Route).index(Route.INTERMEDIARY)


@compiled
def decide_all(
    clock: int, calendar: int, appeals: Appeals, donors: Donors, room: Room, grants: Grants, money: Money,
    ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Let all donors decide, in their order; see `decide`."""
    budgets = total(donors.budget)
    for d in range(donors.budget.size):
        share = donors.budget[d] / budgets if budgets > 0.0 else 0.0
        decide(d, share, clock, calendar, appeals, donors, room, grants, money, ps)


@compiled
def decide(
    d: int, share: float, clock: int, calendar: int, appeals: Appeals, donors: Donors, room: Room, grants: Grants,
    money: Money, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Review beliefs and commitments in the fiscal month; answer flash appeals in any month."""
    fiscal, answering = donors.fiscal_month[d] == calendar, answers_any(d, appeals, donors, ps)
    for c in range(donors.mean.shape[1]):
        now = seen(c, appeals)
        if fiscal:
            first, last = appeals.first[c], appeals.first[c + 1]
            belief = believe(d, c, now, appeals.readings, first, last, donors, ps)
            donors.mean[d, c], donors.variance[d, c] = belief.mean, belief.variance
            donors.usual[d, c] = wants(d, c, 0.0, now, donors, ps[0])
        donors.now[d, c] = wants(d, c, now.attention, now, donors, ps[0]) if answering else 0.0
    settle(d, share, clock, calendar, appeals, donors, room, grants, money, ps)


@compiled
def settle(
    d: int, share: float, clock: int, calendar: int, appeals: Appeals, donors: Donors, room: Room, grants: Grants,
    money: Money, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Turn what a donor wants, now and usually, into commitments."""
    fiscal = donors.fiscal_month[d] == calendar
    if answers_any(d, appeals, donors, ps):
        afford(d, share, donors.now, appeals, donors, ps)
    if fiscal:
        afford(d, share, donors.usual, appeals, donors, ps)
        for c in range(donors.rate.shape[1]):
            donors.rate[d, c] = next_rate(d, c, share, seen(c, appeals), donors, ps[0])
        keep_within_budget(d, donors)
    for c in range(donors.rate.shape[1]):
        now = seen(c, appeals)
        breaking = now.attention > max(donors.known[d, c], ps[0].attention_threshold)
        donors.known[d, c] = now.attention
        if fiscal or breaking or answers(d, now, donors, ps[0]):
            weigh_lines(d, c, now, appeals.gaps, donors, room, ps[0])
        if fiscal:
            renew(d, c, clock, donors, room, grants, money, ps)
        if breaking:
            reprogramme_all(d, c, clock, donors, room, grants, money, ps[0])
        if answers(d, now, donors, ps[0]):
            respond(d, c, clock, donors, room, grants, money, ps[0])


@compiled
def begin(
    d: int, c: int, share: float, funding: float, clock: int, calendar: int, appeals: Appeals, donors: Donors,
    room: Room, grants: Grants, money: Money, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Take up the prior and the grants in place at the first simulated month.

    Parameters
    ----------
    funding
        US dollars per year in place from all donors.
    """
    belief = prior(d, donors, ps[0])
    donors.mean[d, c], donors.variance[d, c] = belief.mean, belief.variance
    donors.estimated_mean[d, c], donors.estimated_variance[d, c] = belief.mean, belief.variance
    donors.rate[d, c] = min(funding * share, donors.budget[d])
    months = (donors.fiscal_month[d] - calendar) % 12 + lag(donors.route[d], ps[0])
    if months > 0:
        weigh_lines(d, c, seen(c, appeals), appeals.gaps, donors, room, ps[0])
        by_line(nearest(donors.rate[d, c] * 100 * months / 12), d, donors, room, ps[0])
        for line in range(LINES):
            give(d, c, line, room.cents[line], clock, months, donors, grants, money)


@within
def next_rate(d: int, c: int, share: float, now: Seen, donors: Donors, p: Parameters) -> float:
    """Return the US dollars per year of the next year: part of the way from the rate to what is wanted   (F4)."""
    rate = donors.rate[d, c]
    aim = (1.0 - p.herding) * donors.usual[d, c] + p.herding * now.level * share
    moved = rate + (aim - rate) / p.inertia_years
    return moved if math.isnan(now.in_place) else now.in_place * share


@within
def keep_within_budget(d: int, donors: Donors) -> None:
    """Scale all rates of a donor down to its budget."""
    everything = total(donors.rate[d])
    if everything > donors.budget[d]:
        for c in range(donors.rate.shape[1]):
            donors.rate[d, c] = donors.rate[d, c] * donors.budget[d] / everything


@within
def renew(
    d: int, c: int, clock: int, donors: Donors, room: Room, grants: Grants, money: Money, ps: Sequence[Parameters]
) -> None:
    """Commit what next year's rate needs beyond the grants that still run; short grants follow each other."""
    p = ps[0]
    start = clock + lag(donors.route[d], p)
    new = nearest(donors.rate[d, c] * 100) - still_covered(d, c, start, donors, grants)
    if new <= 0:
        return
    by_line(new, d, donors, room, p)
    months, years = max(nearest(p.grant_months), 1), max(nearest(p.multi_year_months / 12), 1)
    for line in range(LINES):
        cents = room.cents[line]
        long = nearest(cents * trait(donors.multi_year_share[d], p.multi_year_share))
        give(d, c, line, long * years, start, 12 * years, donors, grants, money)
        for k in range(successive(cents - long, months, room.lengths, room.pieces)):
            give(d, c, line, room.pieces[k], start + k * months, int(room.lengths[k]), donors, grants, money)


@within
def still_covered(d: int, c: int, start: int, donors: Donors, grants: Grants) -> int:
    """Return the cents that running grants of the yearly rounds pay in a year; forget those that have ended."""
    covered, g = 0, donors.latest[d, c]
    donors.latest[d, c] = NONE
    while g != NONE:
        following = grants.before[g]
        if grants.start[g] + grants.months[g] > start:
            covered += covers(g, grants, start, 12)
            grants.before[g], donors.latest[d, c] = donors.latest[d, c], g
        g = following
    return covered


@compiled
def successive(cents: int, months: int, lengths: Floats, pieces: Integers) -> int:
    """Write length and amount of grants that follow each other for a year, or of one longer grant; return how many."""
    if months >= 12:
        lengths[0], pieces[0] = months, cents * months // 12
        return 1
    number = 0
    for k in range(12):
        lengths[k] = float(max(min(months, 12 - k * months), 0))
        number += 1 if k * months < 12 else 0
    split(cents, lengths, pieces)
    return number


@within
def reprogramme_all(
    d: int, c: int, clock: int, donors: Donors, room: Room, grants: Grants, money: Money, p: Parameters
) -> None:
    """Let running grants change their lines towards the bottleneck when an emergency breaks   (F8; M13)."""
    g = donors.latest[d, c]
    while g != NONE:
        following = grants.before[g]
        reprogramme(g, clock, p.reprogramming, room.bottleneck, grants, money)
        g = following


@within
def respond(
    d: int, c: int, clock: int, donors: Donors, room: Room, grants: Grants, money: Money, p: Parameters
) -> None:
    """Answer a flash appeal, or act as a locally controlled fund, within the month: flexible money only.

    It is given beside the yearly round, and not taken off next year's commitment.
    """
    left = max(donors.budget[d] - total(donors.rate[d]), 0.0)
    flexible = trait(donors.flexible_share[d], p.flexible_share)
    gap = min((donors.now[d, c] - donors.rate[d, c]) * flexible, left) / 12.0
    if gap > 0.0:
        start, months = clock + nearest(p.lag_local_fund), max(nearest(p.flash_months), 1)
        split(nearest(gap * 100), room.bottleneck, room.parts)
        for line in range(LINES):
            if room.parts[line] > 0:
                commit(d, c, line, room.parts[line], start, months, grants, money)


# ------------------------------------------------------------ details


@compiled
def answers(d: int, now: Seen, donors: Donors, p: Parameters) -> bool:
    """Return whether a donor answers appeals of a crisis within the month; nobody does while the world settles."""
    return math.isnan(now.in_place) and (donors.southern[d] or now.attention >= p.attention_threshold)


@compiled
def answers_any(d: int, appeals: Appeals, donors: Donors, ps: Sequence[Parameters]) -> bool:
    """Return whether a donor answers appeals of any crisis within the month."""
    answering = False
    for c in range(donors.mean.shape[1]):
        answering = answering or answers(d, seen(c, appeals), donors, ps[0])
    return answering


@within
def weigh_lines(d: int, c: int, now: Seen, gaps: Floats, donors: Donors, room: Room, p: Parameters) -> None:
    """Write the weights of the lines: the earmark profile with what donors shun and seek, and the bottleneck   (F6).

    Donors shun research and complex work (M2, M8), look for victims in the first months (M6), and give a little for
    preparedness in advance (M14). Where responders report no bottleneck, flexible money follows the profile.
    """
    onset = p.onset_awareness * exp(-now.age / 12.0) if now.age >= 0 else 0.0
    reported = False
    for line in range(LINES):
        weight = trait(donors.lines[d, line], room.mix[line])
        if line == _DATA:
            weight *= 1.0 - p.research_aversion
        elif line == _BACK_END or line == _SPECIALISTS:  # noqa: PLR1714, SIM109
            weight *= 1.0 - p.risk_aversion
        room.profile[line] = weight * (1.0 - onset)
        reported = reported or gaps[c, line] != 0.0
    room.profile[_PREVENTION] += onset
    room.profile[_PREPAREDNESS] += p.advance_preparedness
    for line in range(LINES):
        room.bottleneck[line] = gaps[c, line] if reported else room.profile[line]


@compiled
def by_line(cents: int, d: int, donors: Donors, room: Room, p: Parameters) -> None:
    """Split a sum: the earmarked part by this donor's profile, the flexible part by the bottleneck."""
    flexible = nearest(cents * trait(donors.flexible_share[d], p.flexible_share))
    split(cents - flexible, room.profile, room.cents)
    split(flexible, room.bottleneck, room.parts)
    for line in range(LINES):
        room.cents[line] += room.parts[line]


@compiled
def lag(route: int, p: Parameters) -> int:
    """Return the months a grant takes from a donor's decision to the field, by its route (M15)."""
    if route == _INGO:
        return nearest(p.lag_ingo)
    return nearest(p.lag_intermediary if route == _INTERMEDIARY else p.lag_local_fund)


@within
def give(
    d: int, c: int, line: int, cents: int, start: int, months: int, donors: Donors, grants: Grants, money: Money
) -> None:
    """Commit a grant of the yearly rounds, if it is one of any money."""
    if cents > 0:
        g = commit(d, c, line, cents, start, months, grants, money)
        grants.before[g], donors.latest[d, c] = donors.latest[d, c], g


@compiled
def room_needed(calendar: int, appeals: Appeals, donors: Donors, grants: Grants, ps: Sequence[Parameters]) -> int:
    """Return how many grants this month can bring at most."""
    p, needed = ps[0], 0
    short = 12 // max(nearest(p.grant_months), 1) + 2
    for d in range(donors.budget.size):
        for c in range(donors.rate.shape[1]):
            now, known = seen(c, appeals), donors.known[d, c]
            fiscal, breaking = donors.fiscal_month[d] == calendar, now.attention > max(known, p.attention_threshold)
            needed += LINES if answers(d, now, donors, p) else 0
            needed += LINES * short * (LINES + 1 if breaking else 1) if fiscal else 0
            g = donors.latest[d, c] if breaking else NONE
            while g != NONE:
                needed += LINES
                g = grants.before[g]
    return needed


@compiled
def note_level(appeals: Appeals, donors: Donors) -> None:
    """Write what all donors give, by crisis: what a herd looks at."""
    for c in range(donors.rate.shape[1]):
        appeals.numbers[c, LEVEL] = given(c, donors)


@within
def given(c: int, donors: Donors) -> float:
    """Return the US dollars per year that all donors give for a crisis."""
    added = Sum(0.0, 0.0)
    for d in range(donors.rate.shape[0]):
        added = plus(added, donors.rate[d, c])
    return added.rounded + added.lost


@compiled
def diversity(c: int, donors: Donors) -> float:
    """Return the chance that two dollars for a crisis come from different donors: 1 - sum of squared shares  (F9; M9).

    Each donor wants a design of its own. With one donor this is 0; a donor without money changes nothing.
    """
    everybody, squares = given(c, donors), Sum(0.0, 0.0)
    if everybody <= 0.0:
        return 0.0
    for d in range(donors.rate.shape[0]):
        squares = plus(squares, (donors.rate[d, c] / everybody) ** 2)
    return 1.0 - (squares.rounded + squares.lost)


@compiled
def believed(c: int, donors: Donors) -> float:
    """Return donors' median beliefs about a crisis, averaged with their budgets as weights."""
    weights, weighted = Sum(0.0, 0.0), Sum(0.0, 0.0)
    for d in range(donors.budget.size):
        if donors.budget[d] > 0.0:
            weights = plus(weights, donors.budget[d])
            weighted = plus(weighted, donors.budget[d] * exp(donors.mean[d, c]))
    budget = weights.rounded + weights.lost
    return (weighted.rounded + weighted.lost) / budget if budget > 0.0 else 0.0
