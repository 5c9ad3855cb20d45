"""Funded programmes: how many designs donors want, and how running grants change when an emergency breaks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cyclesim.inputs.quantity import added
from cyclesim.model.funding.grants import Grant, split_by
from cyclesim.vocabulary import Line


def diversity(rates: Sequence[float]) -> float:
    """Return the chance that two dollars come from different donors: 1 - sum of squared shares   (F9; M9).

    Each donor wants a design of its own. With one donor this is 0; a donor without money changes nothing.
    """
    total = math.fsum(rates)
    return 1.0 - math.fsum((rate / total) ** 2 for rate in rates) if total > 0 else 0.0


def reprogrammed(grant: Grant, clock: int, share: float, bottleneck: Mapping[Line, float]) -> list[Grant]:
    """Return the grants that take the place of one that is re-programmed   (F8; M13).

    What was paid before this month stays as it was; a share of the rest goes to the lines of the bottleneck, in
    the months that are left. Together they hold the same cents.

    Parameters
    ----------
    clock
        This month, not yet paid.
    share
        Share of what is not yet paid that moves.
    bottleneck
        Weights of the lines that it moves to.
    """
    paid = grant.paid_by(clock - 1)
    moved = split_by(round((grant.amount - paid) * share), bottleneck)
    if added(moved.values()) == 0:
        return [grant]
    elapsed = min(max(clock - grant.start, 0), grant.months)
    future = {**moved, grant.line: grant.amount - paid - added(moved.values()) + moved.get(grant.line, 0)}
    past = [replace(grant, amount=paid, months=elapsed)] if paid else []
    start, months = grant.start + elapsed, grant.months - elapsed
    rest = [replace(grant, line=line, amount=cents, start=start, months=months) for line, cents in future.items()]
    return past + [part for part in rest if part.amount > 0]
