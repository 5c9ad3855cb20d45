"""Money from its beginning: what becomes of it, and what hangs on it, when nothing has run down yet.

A scenario is simulated for years before the first reported month, so that what is reported is at rest. A cycle that
turned in those years leaves little to lose in the reported ones, and so does a world without any cycle. Here the same
world is reported from its first month on, with the money that donors give then (`initial_funding`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cyclesim.analysis.ladder import Effect, Figures, effect, without_money
from cyclesim.analysis.shocks import HORIZON, shock
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.simulate import run


@dataclass(frozen=True)
class RunDown:
    """One rung from its first simulated month on.

    Attributes
    ----------
    rung
        Scenario.
    money, believed, identified
        By year: anti-trafficking money in US dollars per person; what donors believe, per 1,000; people identified per
        million.
    true
        True prevalence per 1,000, mean of all years.
    without
        What becomes of the outcomes without any anti-trafficking money.
    cut
        What a cut of a third for two years in the beginning comes to, in times itself.
    """

    rung: str
    money: list[float]
    believed: list[float]
    identified: list[float]
    true: float
    without: Effect
    cut: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict[str, Any]) -> RunDown:
        """Return what `to_dict` told."""
        return cls(**{**plain, "without": Effect(**plain["without"])})


def run_down(scenario: Scenario) -> RunDown:
    """Return what becomes of money from the first simulated month on, which is reported here."""
    world = scenario.with_values({"spin_up": 0})
    base = run(world, twin=True)
    table = base.months.assign(year=base.months["month"] // 12)
    flows = table.groupby("year")[["disbursed_cents", "identified"]].sum()
    people = table.groupby("year")["people"].sum() / 12

    def weighted(name: str) -> Figures:
        sums = (table[name] * table["people"]).groupby(table["year"]).sum() / (12 * people)
        return {str(year): float(value) for year, value in sums.items()}

    true = weighted("true_prevalence").values()
    return RunDown(
        rung=scenario.name,
        money=[float(value) for value in flows["disbursed_cents"] / 100 / people],
        believed=list(weighted("believed_prevalence").values()),
        identified=[float(value) for value in flows["identified"] / people * 1e6],
        true=sum(true) / len(true),
        without=effect(base, run(without_money(world), twin=True)),
        cut=shock(world, horizon=min(HORIZON, max(world.months // 12, 3))).times,
    )
