"""How each target is measured; docstrings say which months and which worlds."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from cyclesim.analysis.simulated import Worlds
from cyclesim.analysis.targets import Sample
from cyclesim.analysis.trials import CUT, TRAINING_SETS
from cyclesim.inputs.dates import date
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import ratio
from cyclesim.runs.run import Run
from cyclesim.vocabulary import CHILDREN, Form, Group

Measured = Sequence[Sample | float | str]
"""For each quantity of a target: one value a world, a number, or why it is not measured."""

TEN_YEARS, YEARS_3_TO_10, LATE = slice(0, 120), slice(24, 120), slice(60, 120)
COUNTED = (300, 1500)  # published counts of a year between which T22 is asked
_BATCHES = 10
_FEMALE, _MALE = (Group.WOMEN, Group.GIRLS), (Group.MEN, Group.BOYS)
_SEXUAL = (Form.SEXUAL_EXPLOITATION,)
_OTHER_FORMS = tuple(form for form in Form if form not in _SEXUAL)


def of_unseen(worlds: Worlds) -> dict[str, Measured]:
    """Return how many are found without a mechanism, who gets an answer and who is trained: T1a, T1b, T16, T17."""
    return {
        "T1a": [per_million(worlds, "U")],
        "T1b": [worlds("U", "detected_share")[:, YEARS_3_TO_10].mean(axis=1)],
        "T16": [worlds("U", "answered_share")[:, TEN_YEARS].mean(axis=1)],
        "T17": [worlds("U", "trained_share")[:, TEN_YEARS].mean(axis=1)],
    }


def of_mechanism(worlds: Worlds) -> dict[str, Measured]:
    """Return who is found with a mechanism and how, years 3 to 10: T1, T1c, T3, T4, T13."""
    found, forward, police, convicted, suspects = (
        worlds.total("M", measure, YEARS_3_TO_10)
        for measure in ("identified", "came_forward", "identified_police", "convictions", "suspects")
    )
    shares = [worlds(name, "detected_share")[:, YEARS_3_TO_10].mean(axis=1) for name in ("M at home", "M")]
    return {
        "T1": shares,
        "T1c": [per_million(worlds, "M")],
        "T3": [ratio(forward, found)],
        "T4": [ratio(police, found)],
        "T13": [ratio(convicted, found), ratio(suspects, found)],
    }


def of_strong_systems(worlds: Worlds) -> dict[str, Measured]:
    """Return what a strong system finds (T2), years 6 to 10, and who is on two lists or more (T5)."""
    return {
        "T2": [worlds("S", "detected_share")[:, LATE].mean(axis=1)],
        "T5": [
            ratio(*(worlds.total(name, measure, months) for measure in ("on_two_lists", "identified")))
            for name, months in (("M", YEARS_3_TO_10), ("S", LATE))
        ],
    }


def measure_t14(runs: Sequence[Run]) -> dict[str, Measured]:
    """Return who is seen (T14), years 3 to 10: children alone or from institutions are of neither sex here."""
    sexes = odds_ratios(runs, "group", _FEMALE, _MALE)
    return {"T14": [sexes, odds_ratios(runs, "form", _SEXUAL, _OTHER_FORMS)]}


def of_counts(worlds: Worlds) -> dict[str, Measured]:
    """Return how published counts of a year jump from one to the next (T22), where they are of the size asked for."""
    published = yearly(worlds("M", "reported"))
    inside = (published[:, :-1] >= COUNTED[0]) & (published[:, :-1] <= COUNTED[1]) & (published[:, 1:] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        jumps = np.diff(np.log(published), axis=1)
    if (inside.sum(axis=1) < 3).any():
        low, high = COUNTED
        return {"T22": [f"too few years in which {low} to {high} are published (mean {published.mean():.3g})"]}
    return {"T22": [np.array([row[chosen].std(ddof=1) for row, chosen in zip(jumps, inside, strict=True)])]}


def of_shock(worlds: Worlds, shock: int) -> dict[str, Measured]:
    """Return what a media shock in a month moves: T7 (committed money over donors' budgets for everything), T8, T10."""
    scenario = worlds.scenario("UA")
    committed, found, published = (worlds("UA", m) for m in ("committed_cents", "identified", "reported"))
    years = [int(date(month, scenario.start)[:4]) for month in range(scenario.months)]
    budgets = np.array([math.fsum(d.budget_in(year) for d in scenario.donors.values()) * 100 / 12 for year in years])
    after, before = slice(shock, shock + 24), slice(shock - 12, shock)
    share = [committed[:, months].sum(axis=1) / budgets[months].sum() for months in (after, before)]
    later = published[:, shock + 11 : shock + 14].mean(axis=1)
    attention = worlds("UA", "attention")[0]
    return {
        "T7": [ratio(share[0], share[1]), ratio(later, published[:, before].mean(axis=1)) - 1.0],
        "T8": [ratio(found[:, shock + 1 : shock + 4].sum(axis=1), found[:, shock - 3 : shock].sum(axis=1))],
        "T10": [float(attention[shock + 7] / attention[shock])],
    }


def of_ukraine(worlds: Worlds, runs: Sequence[Run]) -> dict[str, Measured]:
    """Return money per head over three years (T21b), and who and how many were found in the first (T23, T24)."""
    groups, forms = (_found_by(runs, key) for key in ("group", "form"))
    inside = _found_by(runs, "setting").get("inside Ukraine")
    everybody = sum(groups.values())
    parts = (groups[Group.MEN], sum(groups[child] for child in CHILDREN), forms[Form.FORCED_LABOUR])
    return {
        "T21b": [coded_per_head(worlds, "UA", slice(0, 36))],
        "T23": [ratio(np.asarray(part), np.asarray(everybody)) for part in parts],
        "T24": [inside if inside is not None else "the scenario has no setting 'inside Ukraine'"],
    }


def of_capacity(worlds: Worlds, forgetting: Run) -> dict[str, Measured]:
    """Return what becomes of a cut (T9), of training (T11) and of trust (T12).

    The rebound is from 24 months after the cut over the year before it; training drains for six months, with turnover.
    """
    year, later, before = slice(CUT, CUT + 12), slice(CUT + 24, CUT + 36), slice(CUT - 12, CUT)
    drop, fewer = (_against(worlds, m, "capacity cut", "M", year) - 1.0 for m in ("identified", "convictions"))
    rebound = ratio(*(worlds.total("capacity cut", "identified", months) for months in (later, before)))
    trained = forgetting.months.groupby("month")["trained_share"].mean()
    trust = {name: worlds(name, "trust") for name in ("no back end", "full back end")}
    none, full = (ratio(t[:, CUT + 11], t[:, CUT - 1]) for t in trust.values())
    return {
        "T9": [drop, fewer, rebound],
        "T11": [float(trained[6] / trained[0])],
        "T12": [none, full, full - none],
    }


def of_checks(worlds: Worlds, small: Worlds) -> dict[str, Measured]:
    """Return the qualitative checks a to d and f."""
    name = next(iter(small.ensemble.scenarios))
    deception = small(name, "deception")[:, -1]
    deception = deception[small(name, "true_prevalence")[:, -1] > 0]
    asked = f"{len(deception)} of {small.ensemble.worlds} worlds"
    few = f"in {asked} anybody is exploited at the end; {_BATCHES} are needed"
    kinds = ("corrected", "naive", "naive doubled")
    low, high = (
        {kind: worlds(f"{kind} {level}", "deception")[:, LATE].mean(axis=1) for kind in kinds}
        for level in ("low", "high")
    )
    spread = {kind: ratio(high[kind], low[kind]) for kind in kinds}
    second, third = (slice(CUT + 12 * year, CUT + 12 * (year + 1)) for year in (1, 2))
    return {
        "a": [few if len(deception) < _BATCHES else _batched(deception, s) for s in ("median", "skewness")],
        "b": [spread["corrected"] - 1.0, spread["naive"] - 1.0],
        "c": [ratio(spread["naive doubled"], spread["naive"])],
        "d": [
            _against(worlds, measure, "rich until cut", "rich", months)
            for measure, months in (("identified", second), ("identified", third), ("newly_trafficked", third))
        ],
        "f": _training(worlds),
    }


def of_the_alike(worlds: Worlds) -> dict[str, Measured]:
    """Return what tells low detection from truly low prevalence, in years 6 to 10: not the case counts (check e)."""
    both = ("low detection", "truly low")
    return {"e": [_against(worlds, measure, *both, LATE) for measure in ("identified", "survey_corrected")]}


def per_million(worlds: Worlds, name: str, measure: str = "identified", months: slice = TEN_YEARS) -> Sample:
    """Return what is counted of a flow per million people in need and year."""
    person_years = worlds.total(name, "in_need", months) / 12
    return ratio(worlds.total(name, measure, months), person_years) * 1e6


def coded_per_head(worlds: Worlds, name: str, months: slice) -> Sample:
    """Return coded US dollars per person in need and year, all crises together."""
    return per_million(worlds, name, "disbursed_cents", months) / 1e8 * coded(worlds.scenario(name))


def coded(scenario: Scenario) -> float:
    """Return the share of anti-trafficking money that is coded as such."""
    return float(scenario.parameter("coded_share"))


def known(value: Sample | float | str) -> float:
    """Return the mean over worlds; NaN where it is not measured."""
    return math.nan if isinstance(value, str) else float(np.mean(value))


def odds_ratios(runs: Sequence[Run], key: str, one: Sequence[str], other: Sequence[str]) -> Sample | str:
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


def yearly(values: Sample) -> Sample:
    """Return sums over full years, along the last axis."""
    years = values.shape[-1] // 12
    return np.asarray(values[..., : years * 12].reshape(*values.shape[:-1], years, 12).sum(axis=-1))


def _found_by(runs: Sequence[Run], key: str) -> Mapping[str, Sample]:
    """Return the people identified in the first year by a key, one value a run."""
    sums = []
    for simulated in runs:
        table = simulated.tables[f"{key}s"]
        sums.append(table[table["month"] < 12].groupby(key)["identified"].sum())
    return {str(name): np.array([float(one[name]) for one in sums]) for name in sums[0].index}


def _batched(values: Sample, statistic: str) -> Sample:
    """Return a statistic of all values as batches: their mean is the statistic, their spread its error."""

    def of(part: Sample) -> float:
        if statistic == "median":
            return float(np.median(part))
        if np.ptp(part) == 0:  # nothing but rounding leans to a side
            return 0.0
        centred = part - part.mean()
        return float(np.mean(centred**3) / max(np.mean(centred**2) ** 1.5, 1e-300))

    batches = np.array([of(values[first::_BATCHES]) for first in range(_BATCHES)])
    return np.asarray(of(values) + batches - batches.mean())


def _against(worlds: Worlds, measure: str, name: str, other: str, months: slice) -> Sample:
    """Return a measure summed over months in one scenario over that in another."""
    return ratio(worlds.total(name, measure, months), worlds.total(other, measure, months))


def _training(worlds: Worlds) -> Measured:
    """Return rise and fall in the parameter set that falls deepest among those that rise."""
    parts = (slice(CUT, CUT + 6), slice(CUT + 12, CUT + 18))
    tried = [
        [_against(worlds, "identified", f"training {name}: yes", f"training {name}: no", part) for part in parts]
        for name in TRAINING_SETS
    ]
    return min(tried, key=lambda pair: (pair[0].mean() <= 1.0, pair[1].mean()))
