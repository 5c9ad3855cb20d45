"""What is measured between crises: money over thirty of them that share donors (T6, T15, T18, T20, T21, T25)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclesim.analysis.measuring import Measured, coded
from cyclesim.analysis.monthly import Worlds
from cyclesim.analysis.targets import Sample
from cyclesim.intervals import ratio
from cyclesim.runs.results import Run

NAME = "thirty"
EARLY, LAST = slice(0, 36), slice(84, 120)
"""Years 1 to 3, and 8 to 10."""
Cube = NDArray[np.float64]


def of_thirty(worlds: Worlds, runs: Sequence[Run]) -> dict[str, Measured]:
    """Return all that is measured between crises.

    Money is coded money, disbursed, over full years; per head is per person in need. Other sectors receive the share of
    their requirement that the scenario states.
    """
    money, people = _yearly(worlds, "disbursed_cents") / 100 * coded(worlds.scenario(NAME)), _people(worlds)
    return {
        "T6": _beside_others(worlds, money, people),
        "T15": [np.array([_spearman(run) for run in runs]), np.array([same_direction(run) for run in runs])],
        "T18": [over_time(money, people), *(_coverage(worlds, months) for months in (EARLY, LAST))],
        "T20": [_lines(worlds, slice(0, 24)), _lines(worlds, slice(24, 36))],
        "T21": _per_head(money, people),
        "T25": [_jumps(money)],
    }


def over_time(money: Cube, people: Cube) -> Sample:
    """Return money per head in years 8-10 over years 1-3, the mean over crises of each.

    Parameters have the shape (worlds, crises, years).
    """
    head = np.divide(money, people, out=np.zeros_like(money), where=people > 0)
    early, late = (head[..., slice(m.start // 12, m.stop // 12)].mean(axis=(1, 2)) for m in (EARLY, LAST))
    return ratio(late, early)


def same_direction(simulated: Run) -> float:
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


# ---------------------------------------------------------------- details


def _yearly(worlds: Worlds, measure: str) -> Cube:
    values = worlds.crises(NAME, measure)
    years = values.shape[-1] // 12
    return np.asarray(values[..., : years * 12].reshape(*values.shape[:2], years, 12).sum(axis=-1))


def _people(worlds: Worlds) -> Cube:
    return _yearly(worlds, "in_need") / 12


def _beside_others(worlds: Worlds, money: Cube, people: Cube) -> Measured:
    scenario = worlds.scenario(NAME)
    ours, needy = money.sum(axis=1), people.sum(axis=1)  # (worlds, years)
    found: list[Sample | str] = []
    for name in ("gender-based violence", "child protection"):
        sector = scenario.sectors.get(name)
        if sector is None:
            found.append(f"the scenario has no sector {name}")
        else:
            theirs = needy * sector.requirement * sector.coverage
            found.append(np.median(theirs / np.where(ours > 0, ours, math.nan), axis=1))
    return [*found, _coverage(worlds, slice(0, 120))]


def _coverage(worlds: Worlds, months: slice) -> Sample:
    given, asked = (
        worlds.crises(NAME, f"{name}_cents")[..., months].sum(axis=(1, 2)) for name in ("disbursed", "requirement")
    )
    return ratio(given, asked)


def _lines(worlds: Worlds, months: slice) -> Sample:
    return np.asarray(worlds.crises(NAME, "plan_line")[..., months].mean(axis=(1, 2)))


def _per_head(money: Cube, people: Cube) -> Measured:
    together = ratio(money.sum(axis=(1, 2)), people.sum(axis=(1, 2)))
    each = np.divide(money, people, out=np.zeros_like(money), where=people > 0)
    return [together, np.median(each.mean(axis=2), axis=1), (money == 0).mean(axis=(1, 2))]


def _jumps(money: Cube) -> Sample:
    """Return the standard deviation of yearly log changes, where there is money in both years; one value a world."""
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.diff(np.log(money), axis=2)
    both = (money[..., 1:] > 0) & (money[..., :-1] > 0)
    return np.array(
        [one[known].std(ddof=1) if known.sum() > 1 else math.nan for one, known in zip(changes, both, strict=True)]
    )


def _spearman(simulated: Run) -> float:
    """Return the rank correlation over crises of money per head and true prevalence, all reported years."""
    from scipy.stats import spearmanr

    months = simulated.months.groupby("crisis")
    money = months["disbursed_cents"].sum() / months["in_need"].sum()
    prevalence = months["true_prevalence"].mean()
    if money.nunique() < 2 or prevalence.nunique() < 2:
        return math.nan
    return float(spearmanr(money, prevalence).statistic)
