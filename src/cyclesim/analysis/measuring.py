"""How each target is measured; docstrings say which months and which worlds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import Sample
from cyclesim.analysis.trials import CUT, FUNDING_CUT, TRAINING_SETS
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ratio
from cyclesim.runs.results import Run
from cyclesim.vocabulary import Form, Group

Measured = Sequence[Sample | float | str]
"""For each quantity of a target: one value a world, a number, or why it is not measured."""

YEARS_3_TO_10, YEARS_2_TO_5, LATE = slice(24, 120), slice(12, 60), slice(60, 120)
_BATCHES = 10
_FEMALE, _MALE = (Group.WOMEN, Group.GIRLS), (Group.MEN, Group.BOYS)
_SEXUAL = (Form.SEXUAL_EXPLOITATION,)
_OTHER_FORMS = tuple(form for form in Form if form not in _SEXUAL)


def of_people(worlds: Worlds) -> dict[str, Measured]:
    """Return who is found and how, over years 3 to 10: T1, T3, T4, T13."""
    found, forward, police = (
        worlds.total("base", m, YEARS_3_TO_10) for m in ("identified", "came_forward", "identified_police")
    )
    return {
        "T1": [worlds("base", "detected_share")[:, YEARS_3_TO_10].mean(axis=1)],
        "T3": [ratio(forward, found)],
        "T4": [ratio(police, found)],
        "T13": [ratio(worlds.total("base", m, YEARS_3_TO_10), found) for m in ("convictions", "suspects")],
    }


def of_strong_systems(worlds: Worlds) -> dict[str, Measured]:
    """Return what more money and linked data find (T2), years 6 to 10, and who is on two lists or more (T5)."""
    return {
        "T2": [worlds("strong", "detected_share")[:, LATE].mean(axis=1)],
        "T5": [
            ratio(*(worlds.total(name, measure, months) for measure in ("on_two_lists", "identified")))
            for name, months in (("base", YEARS_3_TO_10), ("strong", LATE))
        ],
    }


def of_money(worlds: Worlds) -> dict[str, Measured]:
    """Return the rank of anti-trafficking work among sectors (T6), years 2 to 5.

    Other sectors receive the share of their requirement that the scenario states; coded money is the coded share
    of what was disbursed.
    """
    scenario = worlds.scenario("base")
    coverage = worlds("base", "coverage")[:, YEARS_2_TO_5].mean(axis=1)
    lowest = min((sector.coverage for sector in scenario.sectors.values()), default=0.0)
    rank: Sample | str = coverage / lowest if lowest > 0 else "the scenario has no other sectors with money"
    coded = worlds.total("base", "disbursed_cents", YEARS_2_TO_5) / 100 * float(scenario.parameter("coded_share"))
    person_years = worlds.total("base", "people", YEARS_2_TO_5) / 12
    ratios: list[Sample | str] = []
    for name in ("gender-based violence", "child protection"):
        sector = scenario.sectors.get(name)
        given = sector.requirement * sector.coverage if sector else 0.0
        ratios.append(given / (coded / person_years) if sector else f"the scenario has no sector {name}")
    return {"T6": [coverage, rank, *ratios]}


def of_shock(worlds: Worlds, shock: int) -> dict[str, Measured]:
    """Return what a media shock in month `shock` moves: T7, T8, T10.

    The share of money is committed money over the donors' budgets for everything.
    """
    scenario = worlds.scenario("shock")
    committed, found = worlds("shock", "committed_cents"), worlds("shock", "identified")
    budgets = np.array([_budgets(scenario, month) for month in range(scenario.months)])
    after, before = slice(shock, shock + 24), slice(shock - 12, shock)
    share = [committed[:, months].sum(axis=1) / budgets[months].sum() for months in (after, before)]
    later = found[:, shock + 11 : shock + 14].mean(axis=1)
    attention = worlds("shock", "attention")[0]
    return {
        "T7": [ratio(share[0], share[1]), ratio(later, found[:, before].mean(axis=1)) - 1.0],
        "T8": [ratio(found[:, shock + 1 : shock + 4].sum(axis=1), found[:, shock - 3 : shock].sum(axis=1))],
        "T10": [float(attention[shock + 7] / attention[shock])],
    }


def of_capacity(worlds: Worlds, forgetting: Run) -> dict[str, Measured]:
    """Return what becomes of a cut (T9), of training (T11) and of trust (T12).

    The rebound is the year from 24 months after the cut began over the year before the cut. Training left is the
    share trained after six months in a world without any training, in which all that is known drains; turnover
    counts. Trust is set against the month before the back end is taken away.
    """
    found, uncut = worlds("capacity cut", "identified"), worlds("base", "identified")
    year, later, before = slice(CUT, CUT + 12), slice(CUT + 24, CUT + 36), slice(CUT - 12, CUT)
    drop = ratio(found[:, year].sum(axis=1), uncut[:, year].sum(axis=1)) - 1.0
    rebound = ratio(found[:, later].sum(axis=1), found[:, before].sum(axis=1))
    convicted, without = (worlds(name, "convictions")[:, year].sum(axis=1) for name in ("capacity cut", "base"))
    trained = forgetting.months.groupby("month")["trained_share"].mean()
    trust = {name: worlds(name, "trust") for name in ("no back end", "full back end")}
    none, full = (ratio(t[:, CUT + 11], t[:, CUT - 1]) for t in trust.values())
    return {
        "T9": [drop, ratio(convicted, without) - 1.0, rebound],
        "T11": [float(trained[6] / trained[0])],
        "T12": [none, full, full - none],
    }


def of_the_found(runs: Sequence[Run]) -> dict[str, Measured]:
    """Return who is seen (T14), years 3 to 10: children alone or from institutions are of neither sex here."""
    sexes = _odds_ratios(runs, "group", _FEMALE, _MALE)
    return {"T14": [sexes, _odds_ratios(runs, "form", _SEXUAL, _OTHER_FORMS)]}


def of_many(runs: Sequence[Run]) -> dict[str, Measured]:
    """Return what twelve crises receive and how donors move (T15), over years 4 to 6 and all years."""
    return {"T15": [np.array([_spearman(r) for r in runs]), np.array([_same_direction(r) for r in runs])]}


def of_the_alike(worlds: Worlds) -> dict[str, Measured]:
    """Return what tells low detection from truly low prevalence, in years 6 to 10: not the case counts (check e)."""
    both = ("low detection", "truly low")
    cases, survey = (
        ratio(*(worlds.total(name, measure, LATE) for name in both)) for measure in ("identified", "survey_corrected")
    )
    return {"e": [cases, survey]}


def of_checks(worlds: Worlds, small: Worlds) -> dict[str, Measured]:
    """Return the qualitative checks a to d and f."""
    name = next(iter(small.ensemble.scenarios))
    deception = small(name, "deception")[:, -1]
    deception = deception[small(name, "true_prevalence")[:, -1] > 0]
    belief = {
        kind: [worlds(f"{kind} {level}", "believed_prevalence")[:, LATE].mean(axis=1) for level in ("low", "high")]
        for kind in ("naive", "naive doubled")
    }
    spread = {kind: ratio(high, low) for kind, (low, high) in belief.items()}
    low, high = (worlds(f"corrected {level}", "deception")[:, LATE].mean(axis=1) for level in ("low", "high"))
    return {
        "a": [_batched(deception, "median"), _batched(deception, "skewness")],
        "b": [ratio(high, low) - 1.0],
        "c": [ratio(spread["naive doubled"], spread["naive"])],
        "d": _after_cut(worlds),
        "f": _training(worlds),
    }


# ---------------------------------------------------------------- details


def _budgets(scenario: Scenario, month: int) -> float:
    """Return all donors' budgets of a month, in cents."""
    year = int(date(month, scenario.start)[:4])
    return math.fsum(donor.budget_in(year) for donor in scenario.donors.values()) * 100 / 12


def _odds_ratios(runs: Sequence[Run], key: str, one: Sequence[str], other: Sequence[str]) -> Sample | str:
    """Return the odds ratio of one against other, identified against newly exploited, in each run."""
    result = []
    for simulated in runs:
        table = simulated.tables[f"{key}s"]
        table = table[table["month"].isin(range(*YEARS_3_TO_10.indices(simulated.scenario.months)))]
        sums = table.groupby(key)[["identified", "newly_exploited"]].sum()
        cells = np.array([sums.loc[list(names)].sum() for names in (one, other)], dtype=np.float64)
        if not cells.all():
            return f"in some world nobody of one {key} was identified"
        result.append(cells[0, 0] * cells[1, 1] / (cells[1, 0] * cells[0, 1]))
    return np.array(result)


def _spearman(simulated: Run) -> float:
    """Return the rank correlation over crises of money disbursed and true prevalence in years 4 to 6."""
    from scipy.stats import spearmanr

    late = simulated.months[simulated.months["month"] >= 36].groupby("crisis")
    money, prevalence = late["disbursed_cents"].sum(), late["true_prevalence"].mean()
    if money.nunique() < 2 or prevalence.nunique() < 2:
        return math.nan
    return float(spearmanr(money, prevalence).statistic)


def _same_direction(simulated: Run) -> float:
    """Return 0.5 + the herding of donors' yearly moves   (Lakonishok, Shleifer and Vishny 1992).

    A move is the change of a donor's yearly rate for a crisis from one December of the simulation to the next.
    Herding is how far the share of upward moves in a crisis and year is from that of all crises, beyond what
    independent donors would show by chance.
    """
    from scipy.stats import binom

    donors = simulated.tables["donors"]
    ends = donors[donors["month"] % 12 == 11].pivot(index=["crisis", "donor"], columns="month", values="rate")
    moves = np.sign(np.diff(ends.to_numpy(), axis=1))
    moves = moves.reshape(donors["crisis"].nunique(), donors["donor"].nunique(), -1)
    up, moved = (moves > 0).sum(axis=1), (moves != 0).sum(axis=1)  # (crises, years)
    found = []
    for year in range(moves.shape[2]):
        overall = up[:, year].sum() / max(moved[:, year].sum(), 1)
        for rising, number in zip(up[:, year], moved[:, year], strict=True):
            if number > 1:
                k = np.arange(number + 1)
                chance = float(np.sum(binom.pmf(k, number, overall) * abs(k / number - overall)))
                found.append(abs(rising / number - overall) - chance)
    return 0.5 + float(np.mean(found)) if found else math.nan


def _batched(values: Sample, statistic: str) -> Sample:
    """Return a statistic of all values as batches: their mean is the statistic, their spread its error."""

    def of(part: Sample) -> float:
        centred = part - part.mean()
        third = float(np.mean(centred**3)) / max(float(np.mean(centred**2)) ** 1.5, 1e-300)
        return float(np.median(part)) if statistic == "median" else third

    batches = np.array([of(values[first::_BATCHES]) for first in range(_BATCHES)])
    result: Sample = of(values) + batches - batches.mean()
    return result


def _after_cut(worlds: Worlds) -> Measured:
    second, third = (slice(FUNDING_CUT + 12 * year, FUNDING_CUT + 12 * (year + 1)) for year in (1, 2))

    def against(measure: str, months: slice) -> Sample:
        return ratio(worlds.total("rich until cut", measure, months), worlds.total("rich", measure, months))

    return [against("identified", second), against("identified", third), against("newly_trafficked", third)]


def _training(worlds: Worlds) -> Measured:
    """Return rise and fall in the parameter set that falls deepest among those that rise."""
    tried = []
    for name in TRAINING_SETS:
        with_, without = (worlds(f"training {name}: {word}", "identified") for word in ("yes", "no"))
        parts = (slice(CUT, CUT + 6), slice(CUT + 12, CUT + 18))
        tried.append([ratio(with_[:, part].sum(axis=1), without[:, part].sum(axis=1)) for part in parts])
    return min(tried, key=lambda pair: (pair[0].mean() <= 1.0, pair[1].mean()))
