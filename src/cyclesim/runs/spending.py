"""Equal spending: what interventions cost is taken from the money that donors disburse, as far as that reaches."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schedule import Schedule
from cyclesim.runs.design import Design
from cyclesim.runs.results import Ensemble
from cyclesim.runs.simulate import Named, named, simulate
from cyclesim.vocabulary import Payer

PURSE_SHARE = 0.5
"""Largest part of the donors' money that interventions may take, unless somebody asks for another one.

Half: what they already pay for goes on, so that the question is how to use money and not whether to stop.
"""


def simulate_at_equal_spending(
    scenarios: Sequence[Named],
    design: Design | None = None,
    replications: int = 1,
    seed: int = 1,
    workers: int = 1,
    purse_share: float = PURSE_SHARE,
    progress: Callable[[int, int], None] | None = None,
    twin: bool = False,
    check: Callable[[Sequence[Scenario]], object] | None = None,
    one_share: bool = False,
) -> Ensemble:
    """Simulate a baseline, and counterfactuals whose interventions the donors of the crisis pay.

    The baseline comes first: what donors disburse in it decides how much of each intervention they can pay
    (`paid_by_donors`).

    Parameters
    ----------
    scenarios
        The baseline, then the counterfactuals.
    design, replications, seed, workers, progress, twin
        As in `simulate`.
    purse_share
        Largest part of the money disbursed that interventions may take.
    check
        Called with the scenarios as they will be simulated, before the counterfactuals are.
    one_share
        Whether all counterfactuals are carried out to the same share, the one that all of them can be paid at.

    Raises
    ------
    DesignError
        As `simulate`; and if the baseline has interventions that others pay.
    """
    chosen = named(scenarios, design)
    total = 2 if len(chosen) > 1 else 1

    def halves(number: int) -> Callable[[int, int], None] | None:
        return (lambda done, of: progress(number * of + done, total * of)) if progress else None

    _check_baseline(chosen[0])
    base = simulate(chosen[:1], design, replications, seed, workers, progress=halves(0), twin=twin)
    paid = [chosen[0], *paid_by_donors(chosen[1:], base, purse_share, one_share)]
    if check:
        check(paid)
    if not paid[1:]:
        return base
    return base.joined(simulate(paid[1:], design, replications, seed, workers, progress=halves(1), twin=twin))


def paid_by_donors(
    scenarios: Sequence[Scenario], base: Ensemble, purse_share: float = PURSE_SHARE, one_share: bool = False
) -> list[Scenario]:
    """Return scenarios whose interventions are paid from donors' money, carried out as far as that money reaches.

    Where interventions cost more than `purse_share` of what donors disburse in the months in which they cost
    anything (mean over the worlds of `base`), all that cost anything are carried out in part: effects and cost alike.

    Parameters
    ----------
    base
        Worlds of the baseline.
    """
    if not 0.0 < purse_share <= 1.0:
        raise DesignError(f"the share of the purse must be above 0 and at most 1 (got {purse_share:g})")
    shares = [_affordable(scenario, base, purse_share) for scenario in scenarios]
    if one_share and shares:
        shares = [min(shares)] * len(shares)
    return [_paid(scenario, share) for scenario, share in zip(scenarios, shares, strict=True)]


def _affordable(scenario: Scenario, base: Ensemble, purse_share: float) -> float:
    """Return the part of a scenario's interventions that a part of the purse can pay, in whole 1/10,000."""
    schedule = Schedule(scenario)
    costs = {month: cost for month in range(scenario.months) if (cost := schedule.cost(month))}
    if not costs:
        return 1.0
    table = base.table[base.table["month"].isin(list(costs))]
    purse = purse_share * float(table["disbursed_cents"].sum()) / base.worlds
    return min(1.0, math.floor(1e4 * purse / sum(costs.values())) / 1e4)


def _paid(scenario: Scenario, share: float) -> Scenario:
    values: dict[str, object] = {"interventions_paid_by": str(Payer.DONORS)}
    if share < 1.0:
        costly = {name: entry for name, entry in scenario.interventions.items() if entry.cost}
        values |= {f"interventions.{name}.share": entry.share * share for name, entry in costly.items()}
    return scenario.with_values(values)


def _check_baseline(base: Scenario) -> None:
    costly = sorted(name for name, entry in base.interventions.items() if entry.cost)
    if costly and base.interventions_paid_by is Payer.OUTSIDE:
        raise DesignError(
            f"the baseline {base.name} has an intervention that others pay ({costly[0]}), so there is no equal "
            "spending with it; write interventions_paid_by: donors into it, or take another baseline"
        )
