"""Grants and money by name, for those who are not compiled: views on `Grants` and `Money`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cyclesim.model.arrays import Integers
from cyclesim.model.funding.grants import LINES, Grants, Money, charge, commit, disburse, paid_by, spend
from cyclesim.vocabulary import Line

_BY_LINE = ("purses", "committed", "disbursed", "withheld", "spent", "charged")


@dataclass(frozen=True)
class Grant:
    """A grant: one donor's money for one line of work in one crisis; see `Grants`.

    Attributes
    ----------
    donor, crisis
        Names.
    """

    donor: str
    crisis: str
    line: Line
    amount: int
    start: int
    months: int

    def paid_by(self, clock: int) -> int:
        """Return the cents paid up to and including a month."""
        return paid_by(self.amount, self.start, self.months, clock)


class Books:
    """The grants and the money of a world.

    Parameters
    ----------
    crises, donors
        Names, in the order of their indices.
    months
        Months that will be simulated.
    """

    def __init__(self, crises: tuple[str, ...], donors: tuple[str, ...], months: int) -> None:
        self.crises, self.donors = crises, donors
        self.grants, self.money = Grants.of(64), Money.of(len(crises), months)

    def reserve(self, more: int) -> None:
        """Make room for so many more grants."""
        self.grants = self.grants.with_room(more)

    def commit(self, grant: Grant) -> None:
        """Take up a grant and schedule its payments."""
        if grant.amount <= 0:
            return
        self.reserve(1)
        where = self.donors.index(grant.donor), self.crises.index(grant.crisis), list(Line).index(grant.line)
        commit(*where, grant.amount, grant.start, grant.months, self.grants, self.money)


class MoneyLedger:
    """The money of one crisis; see `Money`.

    Parameters
    ----------
    books
        Those of the world.
    crisis
        Index.
    """

    def __init__(self, books: Books, crisis: int) -> None:
        self.books, self.crisis = books, crisis
        self._weights = np.empty(LINES)

    def by_line(self, name: str) -> dict[Line, int]:
        """Return an array of `Money` for this crisis, by line."""
        held: Integers = getattr(self.books.money, name)[self.crisis]
        return dict(zip(Line, held.tolist(), strict=True))

    def __getattr__(self, name: str) -> dict[Line, int]:
        """Return `purses`, `committed`, `disbursed`, `withheld`, `spent` or `charged` of this crisis, by line."""
        if name not in _BY_LINE:
            raise AttributeError(name)
        return self.by_line(name)

    @property
    def arrears(self) -> int:
        """Return what of the cost of interventions is still owed."""
        return int(self.books.money.arrears[self.crisis])

    @property
    def grants(self) -> list[Grant]:
        """Return the grants of this crisis."""
        books, lines = self.books, list(Line)
        g = books.grants
        here = np.flatnonzero((g.crisis == self.crisis) & (np.arange(g.amount.size) < g.number[0])).tolist()
        numbers = ((int(g.amount[i]), int(g.start[i]), int(g.months[i])) for i in here)
        name = books.crises[self.crisis]
        return [
            Grant(books.donors[g.donor[i]], name, lines[g.line[i]], *rest)
            for i, rest in zip(here, numbers, strict=True)
            if rest[0] > 0
        ]

    def disburse(self, clock: int, giving: float = 1.0) -> int:
        """Pay what is due this month into the purses; see `disburse`."""
        return int(disburse(self.crisis, clock, float(giving), self.books.money))

    def spend(self, spent: Mapping[Line, int]) -> None:
        """Take expenditure out of the purses.

        Raises
        ------
        ValueError
            If a line would spend more than it holds: a fault of the model, never of the input.
        """
        for number, line in enumerate(Line):
            cents = spent.get(line, 0)
            held = int(self.books.money.purses[self.crisis, number])
            if not 0 <= cents <= held:
                raise ValueError(f"line {line.value} cannot spend {cents} of {held} cents")
            spend(self.crisis, number, cents, self.books.money)

    def bill(self, cents: int) -> None:
        """Note the cost of interventions that the purses are to pay."""
        self.books.money.arrears[self.crisis] += cents

    def charge(self) -> None:
        """Take what interventions cost out of the purses; see `charge`."""
        charge(self.crisis, self._weights, self.books.money)

    def outstanding(self, line: Line) -> int:
        """Return the cents committed to a line and not yet disbursed, from the grants themselves."""
        committed, disbursed, withheld = (self.by_line(n)[line] for n in ("committed", "disbursed", "withheld"))
        return committed - disbursed - withheld
