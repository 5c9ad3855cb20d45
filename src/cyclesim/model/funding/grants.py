"""Grants and the money ledger: every cent from commitment to expenditure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cyclesim.inputs.money import split
from cyclesim.inputs.quantity import added
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

    Committed = disbursed + withheld + outstanding, and disbursed = spent + charged + balance, at any time and for every
    line. `withheld` is what donors promised and did not pay when it was due; `charged` is what interventions took from
    the purses; `arrears` is what of their cost is still owed.
    """

    def __init__(self, months: int) -> None:
        self.grants: list[Grant] = []
        self.purses = {line: 0 for line in Line}
        self._due = {line: 0 for line in Line}  # cents a month, of grants that pay now
        self._steps = {line: [0] * (months + 1) for line in Line}  # by how much that changes, by month
        self._months = months
        self.committed = {line: 0 for line in Line}  # totals since the first month
        self.disbursed = {line: 0 for line in Line}
        self.withheld = {line: 0 for line in Line}
        self.spent = {line: 0 for line in Line}
        self.charged = {line: 0 for line in Line}
        self.arrears = 0

    def commit(self, grant: Grant) -> None:
        """Take up a grant and schedule its payments."""
        if grant.amount <= 0:
            return
        self.grants.append(grant)
        self._schedule(grant, 1)

    def replace(self, grant: Grant, parts: Sequence[Grant]) -> None:
        """Put grants of the same total, paid alike until this month, in the place of one.

        Raises
        ------
        ValueError
            If the parts do not add up: a fault of the model, never of the input.
        """
        if added(part.amount for part in parts) != grant.amount:
            raise ValueError(f"{grant} cannot become grants of another total")
        self.grants.remove(grant)
        self._schedule(grant, -1)
        for part in parts:
            self.commit(part)

    def _schedule(self, grant: Grant, sign: int) -> None:
        self.committed[grant.line] += sign * grant.amount
        each, rest = divmod(grant.amount, grant.months)
        for month, step in ((0, each + (rest > 0)), (rest, -(rest > 0)), (grant.months, -each)):
            self._steps[grant.line][min(grant.start + month, self._months)] += sign * step

    def disburse(self, clock: int, giving: float = 1.0) -> int:
        """Pay what is due this month into the purses, once a month and in order; return the cents.

        Parameters
        ----------
        giving
            Share of what is due that donors pay; the rest they never pay.
        """
        total = 0
        for line, steps in self._steps.items():
            self._due[line] += steps[clock]
            paid = round(self._due[line] * giving)
            self.purses[line] += paid
            self.disbursed[line] += paid
            self.withheld[line] += self._due[line] - paid
            total += paid
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

    def bill(self, cents: int) -> None:
        """Note the cost of interventions that the purses are to pay."""
        self.arrears += cents

    def charge(self) -> None:
        """Take what interventions cost out of the purses, from each line in proportion to what it holds.

        What the purses cannot pay is still owed, and charged in a later month.
        """
        paid = min(self.arrears, added(self.purses.values()))
        if paid == 0:
            return
        self.arrears -= paid
        for line, part in zip(self.purses, split(paid, self.purses.values()), strict=True):
            self.purses[line] -= part
            self.charged[line] += part

    def outstanding(self, line: Line) -> int:
        """Return the cents committed to a line and not yet disbursed, from the grants themselves."""
        return self.committed[line] - self.disbursed[line] - self.withheld[line]


def split_by(cents: int, weights: Mapping[Line, float]) -> dict[Line, int]:
    """Split cents over lines by largest remainder, in the order of the vocabulary."""
    lines = [line for line in Line if weights.get(line, 0.0) > 0]
    return dict(zip(lines, split(cents, [weights[line] for line in lines]), strict=True)) if lines else {}
