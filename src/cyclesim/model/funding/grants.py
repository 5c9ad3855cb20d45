"""Grants and the money ledger: every cent from commitment to expenditure."""

from __future__ import annotations

from dataclasses import dataclass

from cyclesim.vocabulary import Line


@dataclass(frozen=True)
class Grant:
    """A grant: one donor's money for one line of work in one crisis.

    Attributes
    ----------
    amount
        Cents, paid in equal monthly parts by largest remainder.
    start
        First month in which money arrives in the field, on the clock of the simulation.
    months
        Months for which it pays.
    """

    donor: str
    crisis: str
    line: Line
    amount: int
    start: int
    months: int

    def paid_by(self, clock: int) -> int:
        """Return the cents paid up to and including a month."""
        elapsed = min(max(clock - self.start + 1, 0), self.months)
        each, rest = divmod(self.amount, self.months)
        return each * elapsed + min(rest, elapsed)

    def covers(self, first: int, months: int) -> int:
        """Return the cents this grant pays in a window of months."""
        return self.paid_by(first + months - 1) - self.paid_by(first - 1)


class MoneyLedger:
    """Commitments, disbursements, expenditure and balances of one crisis, in int64 cents.

    Committed = disbursed + outstanding, and disbursed = spent + balance, at any time and for every line.
    """

    def __init__(self, months: int) -> None:
        self.grants: list[Grant] = []
        self.purses = {line: 0 for line in Line}
        self._due = {line: [0] * months for line in Line}
        self._months = months
        self.committed = {line: 0 for line in Line}  # totals since the first month
        self.disbursed = {line: 0 for line in Line}
        self.spent = {line: 0 for line in Line}

    def commit(self, grant: Grant) -> None:
        """Take up a grant and schedule its payments."""
        if grant.amount <= 0:
            return
        self.grants.append(grant)
        self.committed[grant.line] += grant.amount
        due = self._due[grant.line]
        each, rest = divmod(grant.amount, grant.months)
        for number in range(min(grant.months, self._months - grant.start)):
            due[grant.start + number] += each + (number < rest)

    def disburse(self, clock: int) -> int:
        """Pay what is due this month into the purses; return the cents."""
        total = 0
        for line, due in self._due.items():
            self.purses[line] += due[clock]
            self.disbursed[line] += due[clock]
            total += due[clock]
        return total

    def spend(self, spent: dict[Line, int]) -> None:
        """Take expenditure out of the purses.

        Raises
        ------
        ValueError
            If a line would spend more than it holds: a fault of the model, never of the input.
        """
        for line, cents in spent.items():
            if not 0 <= cents <= self.purses[line]:
                raise ValueError(f"line {line.value} cannot spend {cents} of {self.purses[line]} cents")
            self.purses[line] -= cents
            self.spent[line] += cents

    def outstanding(self, line: Line) -> int:
        """Return the cents committed to a line and not yet disbursed, from the grants themselves."""
        return self.committed[line] - self.disbursed[line]
