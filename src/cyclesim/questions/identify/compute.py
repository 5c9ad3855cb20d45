"""What tells two worlds of the same case counts apart, and at what cost (observational equivalence)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from cyclesim.analysis.pairs import DETECTION, WEAKNESSES, YEAR, Pair, changed, crisis_of, pairs, window
from cyclesim.analysis.readings import CASES, DATA, Sample, Separation, separation, total
from cyclesim.errors import DesignError
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.ensemble import Ensemble
from cyclesim.runs.simulate import simulate

T = TypeVar("T")


@dataclass(frozen=True)
class Pairing:
    """Where cases are counted, the pairs whose expected counts are the same, and why there are no others in range."""

    crisis: str
    pairs: tuple[Pair, ...]
    missing: tuple[str, ...]

    @cached_property
    def worlds(self) -> list[Scenario]:
        """The scenarios that are simulated."""
        return [_watched(world) for pair in self.pairs for world in (pair.hidden, pair.protected)]


@dataclass(frozen=True)
class Separated:
    """A pair and how well its worlds can be told apart; numbers are means over simulated worlds.

    `prevalence` and `believed` are per 1,000 per year in the last month: hidden, protected. `cases` are read like a
    datum, `data` stand in the order of `DATA`; `readings` are those behind them: hidden and protected, one a world.
    """

    pair: Pair
    prevalence: tuple[float, float]
    believed: tuple[float, float]
    cases: Separation
    data: tuple[Separation, ...]
    readings: Mapping[str, tuple[Sample, Sample]]

    @property
    def cheapest(self) -> Separation | None:
        """The datum that makes one sure for the least money; None if there is none."""
        able = [row for row in self.data if row.cost_when_sure is not None]
        return min(able, key=lambda row: row.cost_when_sure or 0.0, default=None)


@dataclass(frozen=True, repr=False)
class Identification:
    """Pairs of worlds that case counts do not tell apart, and what does.

    Attributes
    ----------
    scenario, plan, ensemble
        Where, which worlds, and every world that was simulated.
    """

    scenario: Scenario
    plan: Pairing
    ensemble: Ensemble

    def __repr__(self) -> str:
        names = [pair.weakness for pair in self.plan.pairs]
        return f"Identification({self.scenario.name!r}, pairs={names}, worlds={self.ensemble.worlds})"

    @property
    def since(self) -> str:
        """First month whose case counts are held to be the same."""
        return date(self.scenario.months - window(self.scenario), self.scenario.start)

    @cached_property
    def separated(self) -> tuple[Separated, ...]:
        """What tells the worlds of each pair apart."""
        return tuple(self._separated(pair) for pair in self.plan.pairs)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each pair and datum, case counts first."""
        rows = [{"pair": s.pair.weakness, **asdict(row)} for s in self.separated for row in (s.cases, *s.data)]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {
            "scenario": self.scenario.name,
            "crisis": self.plan.crisis,
            "seed": self.ensemble.seed,
            "worlds": self.ensemble.worlds,
            "cases_from": self.since,
            "pairs": [self._plain(separated) for separated in self.separated],
            "no_pair": list(self.plan.missing),
        }

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in, those of the worlds among them."""
        return {**self.ensemble.files(), "identify.csv": self.table}

    def _separated(self, pair: Pair) -> Separated:
        end, months, table = self.scenario.months, window(self.scenario), self.ensemble.table
        rows = table[table["crisis"] == self.plan.crisis].sort_values(["draw", "replication", "month"])
        tables = [rows[rows["scenario"] == world.name] for world in (pair.hidden, pair.protected)]
        last, years, counting = ([t[t["month"] >= end - back] for t in tables] for back in (1, YEAR, months))
        readings = {datum.name: _both(datum.read, years) for datum in DATA}
        readings[CASES.name] = _both(lambda counted: total(counted, "reported") / (months // YEAR), counting)
        in_need = float(last[0]["in_need"].mean())
        prevalence = _both(lambda month: float(month["true_prevalence"].mean()), last)
        believed = _both(lambda month: float(month["believed_prevalence"].mean()), last)
        data = tuple(separation(datum, *readings[datum.name], datum.cost(self.scenario, in_need)) for datum in DATA)
        return Separated(pair, prevalence, believed, separation(CASES, *readings[CASES.name], 0.0), data, readings)

    def _plain(self, separated: Separated) -> dict[str, Any]:
        pair = separated.pair
        worlds = [
            {
                "world": kind,
                "changes": changed(self.scenario, scenario),
                "true_prevalence": separated.prevalence[k],
                "believed_prevalence": separated.believed[k],
            }
            for k, (kind, scenario) in enumerate((("hidden", pair.hidden), ("protected", pair.protected)))
        ]
        return {
            "pair": pair.weakness,
            "text": WEAKNESSES[pair.weakness],
            "detection": pair.detection,
            "protection": pair.protection,
            "worlds": worlds,
            "cases": asdict(separated.cases),
            "data": [asdict(row) for row in separated.data],
            "cheapest": separated.cheapest.datum if separated.cheapest else None,
        }


def _both(read: Callable[[pd.DataFrame], T], tables: Sequence[pd.DataFrame]) -> tuple[T, T]:
    """Return what is read in the hidden world, and in the protected one."""
    hidden, protected = map(read, tables)
    return hidden, protected


def plan(
    scenario: Scenario, crisis: str | None = None, detection: float = DETECTION, replications: int = 20
) -> Pairing:
    """Return the worlds to tell apart; nothing is simulated but expected values, to find them."""
    if replications < 3:
        raise DesignError(f"spreads over worlds need at least 3 replications (got {replications})")
    place = crisis_of(scenario, crisis)
    found, missing = pairs(scenario, place, detection)
    return Pairing(place, tuple(found), tuple(missing))


def identify(
    scenario: Scenario,
    crisis: str | None = None,
    detection: float = DETECTION,
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    planned: Pairing | None = None,
) -> Identification:
    """Show which worlds of a scenario case counts cannot tell apart, and which further datum can, at what cost.

    Each pair has a world in which few of many people are found and one in which people are protected, with the same
    case counts. A prevalence survey, linked lists and a record of effort are read in both. In the last year all
    records are linked and in the last month the survey is held; both are paid from outside and published after the
    end, so that nobody acts on them.

    Parameters
    ----------
    crisis, detection
        As in `cyclesim.analysis.pairs.pairs`.
    replications, seed, workers, progress
        As in `cyclesim.simulate`; at least 3 replications, since spreads over worlds are compared.
    planned
        The worlds to tell apart, if they have been looked for already (see `plan`).

    Raises
    ------
    DesignError
        If no pair of worlds exists within the ranges of the parameters, or there are too few replications.
    UnknownNameError
        If there is no such crisis.
    """
    chosen = planned or plan(scenario, crisis, detection, replications)
    ensemble = simulate(chosen.worlds, None, replications, seed, workers, progress=progress)
    return Identification(scenario, chosen, ensemble)


def _watched(world: Scenario) -> Scenario:
    """Return the world with all records linked in its last year and a survey in its last month, unpaid and unread."""
    data = world.resolved()
    year, month = (date(world.months - back, world.start) for back in (YEAR, 1))
    linked = {"parameters.record_sharing": 1.0, "parameters.missing_fields": 0.0}
    survey = {"parameters.surveys_a_year": 1.0, "parameters.survey_own_share": 0.0}
    data["changes"] = {
        **data.get("changes", {}),
        "identify (records are linked)": {"from": year, "set": linked},
        "identify (a survey is held)": {"from": month, "set": survey},
    }
    return Scenario.parse(data, world.name)
