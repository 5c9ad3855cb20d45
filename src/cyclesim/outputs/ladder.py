"""What is said of the ladder: sentences and tables, for a terminal and for a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclesim.analysis.ladder import FIRST, NAMED, OUTCOMES, Drawn, Effect, Point
from cyclesim.analysis.money_between import Thirty
from cyclesim.analysis.rungs import Ladder
from cyclesim.analysis.two_by_two import ARMS, YEARLY
from cyclesim.intervals import ends, who
from cyclesim.outputs import text
from cyclesim.outputs.printed import aligned, assumptions

WORDS = {"identified": "identified", "assisted": "assisted", "exploited": "person-months"}
SHOWN = (1, 3, 10)
"""Reported years that are told of training and back end; all of them are in the JSON."""
MUCH = 0.1
"""Share of the identified lost, and gain, from which draws are counted."""
_KINDS = ("reception", "caseworkers", "investigators")


@dataclass(frozen=True)
class Table:
    """A table with what it shows."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def share(value: float) -> str:
    """Return a change as a signed share of two significant digits."""
    if math.isnan(value):
        return "-"
    return f"+{text.percent(value)}" if value > 0 else text.percent(value)


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return f"+{text.number(value)}" if value > 0 else text.number(value)


def change(effect: Effect, name: str) -> str:
    """Return what becomes of an outcome: per million people and year, and as a share."""
    return f"{signed(effect.per_million[name])} ({share(effect.share[name])})"


def drift(p: Point) -> str:
    """Return how money changes from the first to the last three years, as a share."""
    return share(p.money["last three"] / p.money["first three"] - 1)


def sentences(found: Ladder) -> list[str]:
    """Return what the model says, whatever it is: a sentence for loss, money and loop of each rung."""
    said = []
    for rung in found.rungs:
        here = found.named(rung)
        if not here:
            continue
        levels = _listed(f"{p.level:g}" for p in here)
        lost = "; ".join(f"{_gained(name)} {_listed(change(p.without, name) for p in here)}" for name in OUTCOMES)
        said.append(
            f"{rung}: where others pay {levels} of what is stated, taking away all anti-trafficking money changes, per "
            f"million people and year, {lost}"
        )
        money = _listed(text.number(p.money["all years"]) for p in here)
        last = _listed(drift(p) for p in here if _some(p))
        gain, cut = (_listed(_plain(getattr(p, name)) for p in here) for name in ("gain", "cut"))
        said.append(
            f"{rung}: there is US${money} of that money per person and year (last three years over first three: "
            f"{last or '-'}); the gain of the loop is {gain}, and a cut of a third for two years comes to {cut} times "
            "itself"
        )
    return said


def tables(found: Ladder) -> dict[str, Table]:
    """Return every table of the ladder by name, those left out of which nothing was asked."""
    made = {
        "along": _each("Without any anti-trafficking money", _ALONG, found, _along, endowed=False),
        "endowed": _each("The same, capacity of year 1 made up by an endowment", _ALONG, found, _along, endowed=True),
        "loop": _each("Money and loop", _LOOP, found, _loop, endowed=False),
        "first": _each("First interventions: person-months averted, identified", _FIRST, found, _first, endowed=False),
        "costs": _each(
            "Who pays, US$ per person and year and per person identified", _COSTS, found, _costs, endowed=False
        ),
        "signs": Table("Training and back end: identified over ten years, against neither", _SIGNS, _signs(found)),
        "two by two": Table("The same by year", _TWO, _two_by_two(found)),
    }
    if found.draws:
        rows = [row for rung, drawn in found.draws.items() for row in _over(rung, drawn)]
        made["draws"] = Table("Over draws of the states of the world", _DRAWS, rows)
    if found.thirty is not None:
        made["thirty"] = Table("Money between thirty crises", ("fact", "mean"), _facts(found.thirty))
        made["crises"] = Table("Crisis by crisis", _CRISES, _crises(found.thirty))
    return made


def choices(found: Ladder) -> str:
    """Say what the two choices that may decide signs do to the effect of training, or that they do nothing."""
    said = []
    for name, words in (("survivors_first", "who gets a scarce intake"), ("record_at_intake", "when a record is made")):
        pairs = [
            (one["arms"], two["arms"])
            for told in found.tables.values()
            for one in told
            for two in told
            if one["choice"] | {name: 1.0} == two["choice"] and one is not two
        ]
        flips = sum(_effect(one, arm) * _effect(two, arm) < 0 for one, two in pairs for arm in list(ARMS)[1:])
        if all(one == two for one, two in pairs):
            said.append(f"{name} ({words}) changes nothing")
        else:
            said.append(f"{name} ({words}) turns the sign of {flips} of {3 * len(pairs)} effects on the identified")
    return "; ".join(said)


def as_text(found: Ladder, about: Mapping[str, Any], line: str) -> str:
    """Return the ladder as text.

    Parameters
    ----------
    line
        The command that reproduces it.
    """
    parts = [f"{sentence}." for sentence in sentences(found)]
    for name, table in tables(found).items():
        parts += [f"\n{table.title}\n", *aligned([table.header, *table.rows])]
        if name == "signs":
            parts.append(f"{choices(found)}.")
    parts += [
        "\nExpected values of the model, not observations. Without money: every dollar of it, coded or not, "
        "is gone from the first reported month on, and what it has built decays. Outcomes are per million "
        "people and year over all reported years; person-months are of exploitation.",
        assumptions(about),
        f"Reproduce: {line}",
    ]
    return "\n".join(parts)


# ---------------------------------------------------------------- rows

_AT = ("rung", "others pay")
_ALONG = (*_AT, *WORDS.values(), *(f"{WORDS[name]} without" for name in OUTCOMES), "posts per million in year 1")
_LOOP = (*_AT, "US$ a head", "years 1-3", "last three", "gain", "by belief", "by the ask", "cut, times")
_FIRST = (*_AT, *(f"{name} {words}" for name, words in FIRST.items()))
_PAYERS = ("donors", "others", "all payers but investigators", "investigators")
_COSTS = (*_AT, *(f"{payer} a head" for payer in _PAYERS), *(f"{payer} each" for payer in _PAYERS))
_SIGNS = ("rung", "survivors first", "record at intake", *list(ARMS)[1:])
_TWO = ("rung", "survivors first, at intake", "arm", *(f"{n}, years {', '.join(map(str, SHOWN))}" for n in YEARLY))
_DRAWS = ("rung", "others pay", "quantity", "median", "from", "to", "draws in which it is known")
_FIELDS = ("people", "prevalence", "reception", "identified", "asked", "money")
_CRISES = (
    *("crisis", "people, million", "prevalence per 1,000", "reception posts per million"),
    *("identified per million", "asked US$ a head", "coded US$ a head", "plans with a line"),
)


def _each(title: str, header: Sequence[str], found: Ladder, row: Callable[[Point], list[str]], endowed: bool) -> Table:
    rows = [[p.rung, f"{p.level:g}", *row(p)] for rung in found.rungs for p in found.along(rung, endowed)]
    return Table(title, header, rows)


def _along(p: Point) -> list[str]:
    posts = ", ".join(f"{kind} {text.number(p.capacity[kind])}" for kind in _KINDS)
    return [
        *(text.number(p.present[name]) for name in OUTCOMES),
        *(change(p.without, name) for name in OUTCOMES),
        posts,
    ]


def _loop(p: Point) -> list[str]:
    return [*(text.number(value) for value in p.money.values()), *map(_plain, (p.gain, p.by_belief, p.by_ask, p.cut))]


def _first(p: Point) -> list[str]:
    return [
        f"{share(-one.share['exploited'])}, {share(one.share['identified'])}" if one else "-"
        for one in map(p.first.get, FIRST)
    ]


def _costs(p: Point) -> list[str]:
    if p.costs is None:
        return ["-"] * 2 * len(_PAYERS)
    told: dict[str, Any] = p.costs.to_dict()
    return [text.number(told[key][payer]) for key in ("a_head_and_year", "per_identified") for payer in _PAYERS]


def _signs(found: Ladder) -> list[list[str]]:
    return [
        [rung, *(f"{value:g}" for value in one["choice"].values())]
        + [share(_effect(one["arms"], arm)) for arm in list(ARMS)[1:]]
        for rung, told in found.tables.items()
        for one in told
    ]


def _effect(arms: Mapping[str, Any], arm: str) -> float:
    base = math.fsum(arms["neither"]["identified"])
    return math.fsum(arms[arm]["identified"]) / base - 1 if base else math.nan


def _two_by_two(found: Ladder) -> list[list[str]]:
    rows = []
    for rung, told in found.tables.items():
        for one in told:
            choice = ", ".join(f"{value:g}" for value in one["choice"].values())
            for arm, measures in one["arms"].items():
                cells = (_years(measures[name]) for name in YEARLY)
                rows.append([rung, choice, arm, *cells])
    return rows


def _years(values: Sequence[float]) -> str:
    return "; ".join(text.number(values[year - 1]) for year in SHOWN if year <= len(values))


def _over(rung: str, drawn: Sequence[Drawn]) -> list[list[str]]:
    rows = []
    for name, level in NAMED.items():
        here = [one.points[name] for one in drawn]
        columns: dict[str, _Column] = {
            f"{WORDS[n]} without": ([p.without.share[n] for p in here], share) for n in OUTCOMES
        }
        columns["US$ a head"] = ([p.money["all years"] for p in here], text.number)
        if name == "middle":
            columns |= {"gain": ([p.gain for p in here], _plain), "cut, times": ([p.cut for p in here], _plain)}
        rows += [[rung, f"{level:g}", words, *_spread(*column)] for words, column in columns.items()]
        lost, strong = much(here)
        rows.append([rung, f"{level:g}", "a tenth of the identified lost or more", f"{lost} of {len(here)}", *"---"])
        if name == "middle":
            rows.append([rung, f"{level:g}", "gain of 0.1 or more", f"{strong} of {len(here)}", *"---"])
    return rows


def much(drawn: Sequence[Point]) -> tuple[int, int]:
    """Return in how many draws a tenth of the identified or more is lost, and in how many the gain is 0.1 or more."""
    lost = sum(p.without.share["identified"] <= -MUCH for p in drawn)
    return lost, sum(p.gain >= MUCH for p in drawn)


_Column = tuple[Sequence[float], Callable[[float], str]]


def _spread(values: Sequence[float], spell: Callable[[float], str]) -> list[str]:
    known = np.array([value for value in values if math.isfinite(value)])
    if not known.size:
        return ["-", "-", "-", f"0 of {len(values)}"]
    low, high = map(float, ends(known))
    return [spell(float(np.median(known))), spell(low), spell(high), f"{known.size} of {len(values)}"]


def covers(found: Ladder) -> str:
    """Return whom the ends over draws hold."""
    return who(max(map(len, found.draws.values()), default=0), noun="draws")


def _facts(thirty: Thirty) -> list[list[str]]:
    years = "; ".join(text.number(value) for value in thirty.by_year)
    return [
        *([words, _plain(value)] for words, value in thirty.facts.items()),
        ["coded US$ a head by year", years],
        ["lucks", f"{thirty.seeds}"],
    ]


def _crises(thirty: Thirty) -> list[list[str]]:
    return [
        [one.name, *(text.number(getattr(one, field)) for field in _FIELDS), text.percent(one.line)]
        for one in thirty.crises
    ]


# ---------------------------------------------------------------- words


def _gained(name: str) -> str:
    return "person-months of exploitation by" if name == "exploited" else f"people {name} by"


def _some(p: Point) -> bool:
    return p.money["first three"] > 0


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _plain(value: float) -> str:
    return "-" if math.isnan(value) else "endless" if math.isinf(value) else f"{value:.3g}"
