"""What tells two worlds of the same case counts apart, and at what cost (observational equivalence)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.pairs import DETECTION, WEAKNESSES, YEAR, Pair, changed, crisis_of, pairs, window
from cyclesim.analysis.readings import CASES, DATA, Sample, total
from cyclesim.analysis.separation import Separation, separation
from cyclesim.errors import DesignError
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs import folder
from cyclesim.runs.results import Ensemble, late
from cyclesim.runs.simulate import Named, named, simulate

if TYPE_CHECKING:
    import pandas as pd

KIND = "identify"
Worlds = Sequence[Scenario]


@dataclass(frozen=True)
class Finding:
    """A pair and what tells its worlds apart; numbers are means over simulated worlds.

    Attributes
    ----------
    pair
        The two scenarios.
    prevalence, believed
        True prevalence, and what donors believe, per 1,000 per year in the last month: hidden, protected.
    cases
        Case counts themselves, read like a datum.
    data
        Every additional datum, in the order of `DATA`.
    readings
        The readings behind them, by datum: hidden and protected, one a world.
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
    scenario, crisis
        Where.
    ensemble
        Every world that was simulated.
    found
        The pairs.
    missing
        Why other pairs do not exist within the ranges.
    """

    scenario: Scenario
    crisis: str
    ensemble: Ensemble
    found: tuple[Pair, ...]
    missing: tuple[str, ...]

    def __repr__(self) -> str:
        names = [pair.weakness for pair in self.found]
        return f"Identification({self.scenario.name!r}, pairs={names}, worlds={self.ensemble.worlds})"

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What tells the worlds of each pair apart."""
        return tuple(self._finding(pair) for pair in self.found)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each pair and datum, case counts first."""
        import pandas as pd

        rows = [{"pair": f.pair.weakness, **asdict(row)} for f in self.findings for row in (f.cases, *f.data)]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {
            "scenario": self.scenario.name,
            "crisis": self.crisis,
            "seed": self.ensemble.seed,
            "worlds": self.ensemble.worlds,
            "cases_from": date(self.scenario.months - window(self.scenario), self.scenario.start),
            "pairs": [self._plain(finding) for finding in self.findings],
            "no_pair": list(self.missing),
        }

    def save(self, place: str | Path, extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write tables to a folder; return its manifest. See `cyclesim.runs.folder.save`."""
        return folder.save(self.ensemble, Path(place), KIND, {**self.files(), **(extra or {})})

    def files(self) -> dict[str, Any]:
        """Return the files that it is kept in, by name."""
        words = json.dumps(self.to_dict(), indent=1) + "\n"
        return {**folder.files(self.ensemble), "identify.csv": self.table, "identify.json": words}

    def plot(self) -> Any:
        """Return the figure: the readings of every datum in both worlds of each pair."""
        return late("cyclesim.outputs.identification").chart(self)

    def _finding(self, pair: Pair) -> Finding:
        tables = [self._rows(scenario) for scenario in (pair.hidden, pair.protected)]
        last = [table[table["month"] == self.scenario.months - 1] for table in tables]
        years = [table[table["month"] >= self.scenario.months - YEAR] for table in tables]
        months = window(self.scenario)
        counted = _mean_per_year(tables, self.scenario.months - months, months // YEAR)
        readings = {datum.name: (datum.read(years[0]), datum.read(years[1])) for datum in DATA}
        in_need = float(last[0]["in_need"].mean())
        prevalence, believed = ((_mean(last, name)) for name in ("true_prevalence", "believed_prevalence"))
        rows = tuple(separation(d, *readings[d.name], d.cost(self.scenario, in_need)) for d in DATA)
        return Finding(
            pair, prevalence, believed, separation(CASES, *counted, 0.0), rows, {CASES.name: counted, **readings}
        )

    def _rows(self, scenario: Scenario) -> pd.DataFrame:
        table = self.ensemble.table
        rows = table[(table["scenario"] == scenario.name) & (table["crisis"] == self.crisis)]
        return rows.sort_values(["draw", "replication", "month"])

    def _plain(self, finding: Finding) -> dict[str, Any]:
        pair = finding.pair
        worlds = [
            {
                "world": kind,
                "changes": changed(self.scenario, scenario),
                "true_prevalence": finding.prevalence[k],
                "believed_prevalence": finding.believed[k],
            }
            for k, (kind, scenario) in enumerate((("hidden", pair.hidden), ("protected", pair.protected)))
        ]
        return {
            "pair": pair.weakness,
            "text": WEAKNESSES[pair.weakness],
            "detection": pair.detection,
            "protection": pair.protection,
            "worlds": worlds,
            "cases": asdict(finding.cases),
            "data": [asdict(row) for row in finding.data],
            "cheapest": finding.cheapest.datum if finding.cheapest else None,
        }


def identify(
    scenario: Named,
    crisis: str | None = None,
    detection: float = DETECTION,
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    check: Callable[[Worlds], object] | None = None,
) -> Identification:
    """Build pairs of worlds that give the same case counts, and read in both what else could be known.

    In the last year all records are linked and in the last month a prevalence survey is held; both are paid from
    outside and published after the end, so that nobody acts on them.

    Parameters
    ----------
    scenario
        A scenario, the name of a shipped one, or a file.
    crisis, detection
        As in `cyclesim.analysis.pairs.pairs`.
    replications, seed, workers, progress
        As in `cyclesim.simulate`; at least 3 replications, since spreads over worlds are compared.
    check
        Called with the scenarios before they are simulated.

    Raises
    ------
    DesignError
        If no pair of worlds exists within the ranges of the parameters, or there are too few replications.
    UnknownNameError
        If there is no such crisis.
    """
    if replications < 3:
        raise DesignError(f"spreads over worlds need at least 3 replications (got {replications})")
    base = named(scenario, None)[0]
    place = crisis_of(base, crisis)
    found, missing = pairs(base, place, detection)
    worlds = [_watched(world) for pair in found for world in (pair.hidden, pair.protected)]
    if check:
        check(worlds)
    ensemble = simulate(worlds, None, replications, seed, workers, progress=progress)
    return Identification(base, place, ensemble, tuple(found), tuple(missing))


# ---------------------------------------------------------------- what is read


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


def _mean(tables: Sequence[pd.DataFrame], name: str) -> tuple[float, float]:
    one, two = (float(table[name].mean()) for table in tables)
    return one, two


def _mean_per_year(tables: Sequence[pd.DataFrame], first: int, years: int) -> tuple[Sample, Sample]:
    one, two = (total(table[table["month"] >= first], "reported") / years for table in tables)
    return one, two
