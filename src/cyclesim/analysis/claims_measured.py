"""What the default world shows of each of the report's claims: numbers by what they are."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cyclesim.analysis import trials
from cyclesim.analysis.beside import OUTCOMES
from cyclesim.analysis.ladder import using
from cyclesim.analysis.loop import loop
from cyclesim.analysis.measuring import TEN_YEARS, coded_per_head, known, measure_t14
from cyclesim.analysis.payers import stated
from cyclesim.analysis.simulated import Simulated, Worlds, simulated
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.run import Run
from cyclesim.vocabulary import Line

Shown = dict[str, float]
_LATE = slice(60, 120)
_USABLE = math.log(2.5) / 1.96
"""Standard error of the logarithm of an estimate whose 95 % interval lies within twice and a half either way."""
_TRAINING = {"parameters.added_training": 0.25}
_BACK_END = {"parameters.added_caseworkers": 6.0, "parameters.added_investigators": 2.0}
"""Training and back end as the catalogue's R2 and R9 have them."""
_FOUR: dict[str, dict[str, float]] = {"training": _TRAINING, "back end": _BACK_END, "both": {**_TRAINING, **_BACK_END}}


def measure(
    scenario: Scenario, seeds: int, seed: int, workers: int, progress: Callable[[int, int], None] | None = None
) -> dict[str, Shown]:
    """Return the numbers of every claim, by its id; progress is called with the runs done and all of them."""
    found = simulated(_variants(scenario), seeds, seed, workers, progress=progress)
    worlds = found.worlds
    return {
        **_seen(worlds),
        **_invested(worlds, worlds.scenario("U")),
        **_practice(worlds),
        **_people(found),
        **_ukraine(worlds, found.runs["UA"]),
        **_remedies(worlds),
        "C18": {"share of years": _estimated(found.runs["U"])},
    }


def _variants(scenario: Scenario) -> list[Scenario]:
    unseen, ukraine = (trials.rung(name, scenario) for name in ("U", "UA"))
    intake = trials.with_values(unseen, "at intake", {"record_at_intake": 1.0})
    whole = {"parameters.exploration_floor": 1.0}
    return [
        ukraine,
        using(ukraine, "R18").renamed("UA, flexible"),
        unseen,
        trials.without_money(unseen),
        trials.changed(unseen, "full money", 0, None, set=whole),
        *(trials.changed(unseen, name, 0, None, add=what) for name, what in _FOUR.items()),
        intake,
        *(trials.changed(intake, f"at intake, {name}", 0, None, add=what) for name, what in _FOUR.items()),
        unseen.with_values({"spin_up": 0}).renamed("just displaced"),
        using(unseen, "R18").renamed("flexible"),
        using(unseen, "R16", "R17").renamed("prevalence"),
    ]


def _seen(worlds: Worlds) -> dict[str, Shown]:
    lost = {words: _change(worlds, "U without money", measure) for measure, words in OUTCOMES.items()}
    first = {
        "identified at present": _total(worlds, "U", "identified"),
        "without money": _total(worlds, "U without money", "identified"),
        "if donors wanted all that is asked": _total(worlds, "full money", "identified"),
        "lost without money": -lost["identified"],
        "assisted, change without money": lost["assisted"],
        "person-months, change without money": lost[OUTCOMES["exploited"]],
    }
    true, detected, believed = (
        _mean(worlds, "U", f"{kind}_prevalence", TEN_YEARS) for kind in ("true", "detected", "believed")
    )
    return {
        "C1": first,
        "C2": {"true, per 1,000": true, "detected, per 1,000": detected, "detected : true": _ratio(detected, true)},
        "C3": {"true, per 1,000": true, "believed, per 1,000": believed, "believed : true": _ratio(believed, true)},
    }


def _invested(worlds: Worlds, unseen: Scenario) -> dict[str, Shown]:
    early, late, ours = (_head(worlds, "U", months) for months in (slice(0, 36), slice(84, 120), TEN_YEARS))
    turned = loop(unseen)
    held = 0.0 if math.isnan(turned.cut.times) else turned.cut.times
    sectors = [sector.requirement * sector.coverage for sector in unseen.sectors.values()]
    return {
        "C4": {"US$ a head": ours, "years 8-10 : 1-3": _ratio(late, early)},
        "C5": {
            "gain": turned.gain,
            "multiplier": turned.multiplier,
            "cost of a cut : the cut": held,
            "months until money is back": turned.cut.recovery,
            "the same, beliefs held": turned.cut.recovery_held,
        },
        "C13": {
            "US$ a head": ours,
            "least of the other sectors": min(sectors, default=math.nan),
            "sectors with less": float(sum(given < ours for given in sectors)),
        },
    }


def _practice(worlds: Worlds) -> dict[str, Shown]:
    found, formal, convicted, forward = (
        _total(worlds, "U", measure) for measure in ("identified", "identified_formally", "convictions", "came_forward")
    )
    year = slice(12, 24)
    without, with_ = (_mean(worlds, name, "trust", year) for name in ("training", "both"))
    made = {
        name: _total(worlds, name, "referred", year) + _total(worlds, name, "turned_away", year)
        for name in ("U", "training")
    }
    unseen = worlds.scenario("U")
    p, others = unseen.parameter, stated(unseen, "reception")
    posts = float(worlds.crises("U", "reception_posts")[..., TEN_YEARS].sum(axis=1).mean())
    worker = p("sensitivity_trained") * p("know_trained"), p("sensitivity_untrained") * p("know_untrained")
    return {
        "C6": {"share who came forward": _ratio(forward, found)},
        "C7": {
            "share received": _mean(worlds, "U", "received_share", TEN_YEARS),
            "reception posts per million": _ratio(posts, _mean(worlds, "U", "in_need", TEN_YEARS) / 1e6),
            "share that others pay": _ratio(others, posts),
        },
        "C8": {"share answered": _mean(worlds, "U", "answered_share", TEN_YEARS)},
        "C9": {"trust without a back end": without, "trust with one": with_, "without : with": _ratio(without, with_)},
        "C10": {"share trained": _mean(worlds, "U", "trained_share", TEN_YEARS)},
        "C11": {
            "recognised and known where to refer, trained : untrained": _ratio(*worker),
            "referrals where most are trained : as it is": _ratio(made["training"], made["U"]),
        },
        "C12": {"formally identified": _ratio(formal, found), "convictions": _ratio(convicted, found)},
        "C17": _two_by_two(worlds),
    }


def _two_by_two(worlds: Worlds) -> Shown:
    """Return what training and a back end add, records of referrals made when answered, and when received."""
    shown: Shown = {}
    for note, plain, prefix in (("", "U", ""), (", records made at intake", "at intake", "at intake, ")):
        found = {name: _total(worlds, name, "identified") for name in (plain, *(f"{prefix}{four}" for four in _FOUR))}
        base, training, back_end, both = found.values()
        shown |= {
            f"training alone adds{note}": training - base,
            f"a back end alone adds{note}": back_end - base,
            f"it adds beside a back end{note}": both - back_end,
            f"identified beside a back end{note}": back_end,
        }
    for name in _FOUR:
        shown[f"assisted, change, {name}"] = _change(worlds, name, "assisted")
        shown[f"person-months, change, {name}"] = _change(worlds, name, "exploited")
        shown[f"trust, year 10, {name}"] = _mean(worlds, name, "trust", slice(108, 120))
    return shown


def _people(found: Simulated) -> dict[str, Shown]:
    new, there = (found.worlds("just displaced", measure) for measure in ("newly_trafficked", "at_risk"))
    first, third = (float(new[:, months].sum() / there[:, months].sum()) for months in (slice(0, 3), slice(24, 36)))
    sexes, forms = measure_t14(found.runs["U"])["T14"]
    return {
        "C19": {"hazard, third year : first quarter": _ratio(third, first)},
        "C20": {"female : male": known(sexes), "sexual : other": known(forms)},
    }


def _ukraine(worlds: Worlds, runs: Sequence[Run]) -> dict[str, Shown]:
    shock = trials.shock_month(worlds.scenario("UA"))
    after, before = slice(shock, shock + 24), slice(shock - 12, shock)
    at_thirteen = slice(shock + 11, shock + 14)
    money, published, cases = (
        _ratio(*(_mean(worlds, "UA", measure, part) for part in (months, before)))
        for measure, months in (("disbursed_cents", after), ("reported", at_thirteen), ("identified", at_thirteen))
    )
    share = {
        when: float(np.mean([_prevention(run, months) for run in runs]))
        for when, months in (("before", before), ("after", slice(shock, shock + 12)))
    }
    heads = {f"US$ a head, year {n}": _head(worlds, "UA", slice(12 * n - 12, 12 * n)) for n in range(1, 5)}
    crisis, drawn = _head(worlds, "U", slice(0, 36)), _head(worlds, "UA", slice(12, 36))
    return {
        "C14": {
            **{f"prevention's share, year {k}": v for k, v in share.items()},
            "after : before": _ratio(*reversed(share.values())),
        },
        "C15": {
            "money, after : before": money,
            "published, change": published - 1.0,
            "identified, change": cases - 1.0,
        },
        "C16": {**heads, "unseen crisis": crisis, "Ukraine : unseen crisis": _ratio(drawn, crisis)},
    }


def _remedies(worlds: Worlds) -> dict[str, Shown]:
    shock = trials.shock_month(worlds.scenario("UA"))
    waits = [_wait(worlds, name, shock) for name in ("UA", "UA, flexible")]
    return {
        "C21": {"months sooner": waits[0] - waits[1], **_outcomes(worlds, "flexible", TEN_YEARS)},
        "C22": {
            "money, change": _change(worlds, "prevalence", "disbursed_cents", _LATE),
            **_outcomes(worlds, "prevalence", _LATE),
        },
    }


def _outcomes(worlds: Worlds, name: str, months: slice) -> Shown:
    short = {"exploited": "person-months"}
    return {f"{short.get(m, m)}, change": _change(worlds, name, m, months) for m in OUTCOMES}


def _wait(worlds: Worlds, name: str, shock: int) -> float:
    """Return the months after a shock until money of a month is 1.5 times that of the year before; NaN if never."""
    money = worlds(name, "disbursed_cents").mean(axis=0)
    above = np.flatnonzero(money[shock:] >= 1.5 * money[shock - 12 : shock].mean())
    return float(above[0]) if above.size else math.nan


def _prevention(simulated_run: Run, months: slice) -> float:
    lines = simulated_run.tables["lines"]
    given = lines[lines["month"].between(months.start, months.stop - 1)].groupby("line")["committed_cents"].sum()
    return _ratio(float(given[Line.PREVENTION]), float(given.sum()))


def _estimated(runs: Sequence[Run]) -> float:
    """Return the share of years in which an estimate that can be used is published, over worlds."""
    years = []
    for one in runs:
        table = one.tables["estimates"]
        usable = table[table["error"] <= _USABLE]
        years.append((usable["month"] // 12).nunique() / (one.scenario.months / 12))
    return float(np.mean(years))


def _total(worlds: Worlds, name: str, measure: str, months: slice = TEN_YEARS) -> float:
    return float(worlds.total(name, measure, months).mean())


def _mean(worlds: Worlds, name: str, measure: str, months: slice) -> float:
    return float(worlds(name, measure)[:, months].mean())


def _head(worlds: Worlds, name: str, months: slice) -> float:
    return float(coded_per_head(worlds, name, months).mean())


def _change(worlds: Worlds, name: str, measure: str, months: slice = TEN_YEARS) -> float:
    """Return by which share a measure changes against the default world."""
    return _ratio(_total(worlds, name, measure, months), _total(worlds, "U", measure, months)) - 1.0


def _ratio(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else math.nan
