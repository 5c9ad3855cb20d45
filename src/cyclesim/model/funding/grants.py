"""Grants and the money ledger: every cent from commitment to expenditure, as arrays that compiled functions move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import nearest
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled
from cyclesim.model.shares import split
from cyclesim.vocabulary import Line

LINES = len(Line)
ASSISTANCE = list(Line).index(Line.ASSISTANCE)
NONE = -1
"""No grant, where the index of one stands."""


class Grants(NamedTuple):
    """The grants of all donors in all crises, in the order of their commitment.

    Attributes
    ----------
    number
        How many there are, shape (1,); there may be room for more.
    donor, crisis, line
        Indices.
    amount
        Cents, paid in equal monthly parts by largest remainder.
    start
        First month in which money arrives in the field, on the clock of the simulation.
    months
        Months for which it pays.
    before
        The grant of the same donor's yearly rounds in the same crisis that was committed before it; `NONE` if none.
    """

    number: Integers
    donor: Integers
    crisis: Integers
    line: Integers
    amount: Integers
    start: Integers
    months: Integers
    before: Integers

    @classmethod
    def of(cls, room: int) -> Grants:
        """Return no grants, with room for some."""
        return cls(np.zeros(1, dtype=np.int64), *np.zeros((7, room), dtype=np.int64))

    def with_room(self, more: int) -> Grants:
        """Return the same grants with room for so many more."""
        needed = int(self.number[0]) + more
        if needed <= self.amount.size:
            return self
        result = Grants.of(2 * needed)
        for name in self._fields:
            mine: Integers = getattr(self, name)
            getattr(result, name)[: mine.size] = mine
        return result


class Money(NamedTuple):
    """The money of all crises by line, in int64 cents.

    Committed = disbursed + withheld + outstanding, and disbursed = spent + charged + purse, at any time and for every
    line.

    Attributes
    ----------
    purses
        What is in hand, shape (crises, lines).
    due
        Cents a month, of grants that pay now, shape (crises, lines).
    steps
        By how much that changes, by month, shape (crises, lines, months + 1).
    committed, disbursed, withheld, spent, charged
        Totals since the first month, shape (crises, lines). Withheld is what donors promised and did not pay when it
        was due; charged is what interventions took from the purses.
    arrears
        What of the cost of interventions is still owed, shape (crises,).
    parts
        Room for the parts of a sum, shape (2, lines).
    """

    purses: Integers
    due: Integers
    steps: Integers
    committed: Integers
    disbursed: Integers
    withheld: Integers
    spent: Integers
    charged: Integers
    arrears: Integers
    parts: Integers

    @classmethod
    def of(cls, crises: int, months: int) -> Money:
        """Return empty purses for so many simulated months."""
        shape = (crises, LINES)
        purses, due, committed, disbursed, withheld, spent, charged = np.zeros((7, *shape), dtype=np.int64)
        steps, arrears = np.zeros((*shape, months + 1), dtype=np.int64), np.zeros(crises, dtype=np.int64)
        parts = np.zeros((2, LINES), dtype=np.int64)
        return cls(purses, due, steps, committed, disbursed, withheld, spent, charged, arrears, parts)


@compiled
def paid_by(amount: int, start: int, months: int, clock: int) -> int:
    """Return the cents a grant has paid up to and including a month."""
    elapsed = min(max(clock - start + 1, 0), months)
    return amount // months * elapsed + min(amount % months, elapsed)


@compiled
def covers(g: int, grants: Grants, first: int, months: int) -> int:
    """Return the cents a grant pays in a window of months."""
    amount, start, length = grants.amount[g], grants.start[g], grants.months[g]
    return paid_by(amount, start, length, first + months - 1) - paid_by(amount, start, length, first - 1)


@compiled
def commit(
    donor: int, crisis: int, line: int, amount: int, start: int, months: int, grants: Grants, money: Money
) -> int:
    """Take up a grant, for which there is room, and schedule its payments; return its index."""
    g = grants.number[0]
    grants.number[0] += 1
    grants.donor[g], grants.crisis[g], grants.line[g], grants.before[g] = donor, crisis, line, NONE
    grants.amount[g], grants.start[g], grants.months[g] = amount, start, months
    schedule(g, 1, grants, money)
    return g


@compiled
def schedule(g: int, sign: int, grants: Grants, money: Money) -> None:
    """Put the payments of a grant into the plan (sign 1), or take them out (sign -1)."""
    c, line, start, months = grants.crisis[g], grants.line[g], grants.start[g], grants.months[g]
    amount, last = sign * grants.amount[g], money.steps.shape[2] - 1
    money.committed[c, line] += amount
    each, rest = grants.amount[g] // months, grants.amount[g] % months
    money.steps[c, line, min(start, last)] += sign * (each + min(rest, 1))
    money.steps[c, line, min(start + rest, last)] -= sign * min(rest, 1)
    money.steps[c, line, min(start + months, last)] -= sign * each


@compiled
def reprogramme(g: int, clock: int, share: float, bottleneck: Floats, grants: Grants, money: Money) -> None:
    """Let a grant change its line when an emergency breaks   (F8; M13).

    What was paid before this month stays as it was; a share of the rest goes to the lines of the bottleneck, in the
    months that are left. Together they hold the same cents. There is room for the new grants.

    Parameters
    ----------
    clock
        This month, not yet paid.
    share
        Share of what is not yet paid that moves.
    bottleneck
        Weights of the lines that it moves to, shape (lines,).
    """
    amount, start, months, line = grants.amount[g], grants.start[g], grants.months[g], grants.line[g]
    paid, moved, leaving = paid_by(amount, start, months, clock - 1), money.parts[0], 0
    split(nearest((amount - paid) * share), bottleneck, moved)
    for other in range(LINES):
        leaving += moved[other]
    if leaving == 0:
        return
    elapsed = min(max(clock - start, 0), months)
    moved[line] += amount - paid - leaving
    schedule(g, -1, grants, money)
    grants.amount[g], grants.months[g] = paid, max(elapsed, 1)
    schedule(g, 1, grants, money)
    for other in range(LINES):
        if moved[other] > 0:
            rest = commit(
                grants.donor[g], grants.crisis[g], other, moved[other], start + elapsed, months - elapsed, grants, money
            )
            grants.before[rest], grants.before[g] = grants.before[g], rest


@compiled
def disburse(c: int, clock: int, giving: float, money: Money) -> int:
    """Pay what is due this month into the purses of a crisis, once a month and in order; return the cents.

    Parameters
    ----------
    giving
        Share of what is due that donors pay; the rest they never pay.
    """
    total = 0
    for line in range(LINES):
        money.due[c, line] += money.steps[c, line, clock]
        paid = nearest(money.due[c, line] * giving)
        money.purses[c, line] += paid
        money.disbursed[c, line] += paid
        money.withheld[c, line] += money.due[c, line] - paid
        total += paid
    return total


@compiled
def spend(c: int, line: int, cents: int, money: Money) -> None:
    """Take expenditure out of a purse that holds as much."""
    money.purses[c, line] -= cents
    money.spent[c, line] += cents


@compiled
def charge(c: int, weights: Floats, money: Money) -> None:
    """Take what interventions cost out of the purses of a crisis, from each line in proportion to what it holds.

    What the purses cannot pay is still owed, and charged in a later month.

    Parameters
    ----------
    weights
        Room for what the lines hold, shape (lines,).
    """
    held, parts = 0, money.parts[0]
    for line in range(LINES):
        weights[line] = float(money.purses[c, line])
        held += money.purses[c, line]
    paid = min(money.arrears[c], held)
    if paid == 0:
        return
    money.arrears[c] -= paid
    split(paid, weights, parts)
    for line in range(LINES):
        money.purses[c, line] -= parts[line]
        money.charged[c, line] += parts[line]
