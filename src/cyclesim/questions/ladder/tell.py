"""What is said of the ladder."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cyclesim import text
from cyclesim.analysis.ladder import FIRST, NAMED, OUTCOMES, YEARLY, Change, Drawn, Point
from cyclesim.intervals import ends, who
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.ladder.compute import CHANGING, Ladder, identified, much

WORDS = {"identified": "identified", "assisted": "assisted", "exploited": "person-months"}
SHOWN = (1, 3, 10)
"""Reported years that are told of training and back end; all of them are in the JSON."""
LITTLE = 0.5
"""Part of the money of the first three years below which that of the last three is said to have run down."""
MEANING = (
    "Without money: every dollar of it, coded or not, is gone from the first reported month on, and what it has built "
    "decays. Outcomes are per million people and year over all reported years; person-months are of exploitation."
)
CAUTIONS = (
    "The loss is an output of the model, not one minus what others pay. Where next to nobody is identified, shares of "
    "them are large and mean little.",
    "What others pay, what each rung has and how large interventions are is assumed; nobody knows it.",
)
_LOST = {"identified": "people identified", "assisted": "people assisted", "exploited": "person-months of exploitation"}
_KINDS = ("reception", "caseworkers", "investigators")
_CHOICES = {"survivors_first": "who gets a scarce intake", "record_at_intake": "when a record is made"}


def tell(found: Ladder) -> Finding:
    """Say what is lost without anti-trafficking money, how hard the loop turns, and who pays."""
    names = " ".join(scenario.name for scenario in found.scenarios)
    lacks = (
        f"the ladder at the default inputs only, and a report needs an interval: cyclesim ladder {names} --draws 20 "
        "--out FOLDER"
    )
    return Finding(
        kind="Ladder",
        title=titles(found.scenarios),
        question="What hangs on anti-trafficking money, and on who else pays?",
        answer=_answer(found),
        details=[*(f"{lead}: {words}" for lead, words in sentences(found).items()), MEANING],
        tables=list(tables(found).values()),
        cautions=[*CAUTIONS, *caveats(found.scenarios)],
        lacks="" if found.draws else lacks,
    )


def _answer(found: Ladder) -> str:
    """Return what becomes of the identified at the middle level of what others pay, or at the lowest there is."""
    points = found.middle() or [found.along(rung)[0] for rung in found.rungs]
    changes = []
    for p in points:
        ends = ""
        if found.draws and p.level == NAMED["middle"]:
            _, low, high, _ = _spread([one.without.share["identified"] for one in found.drawn_points(p.rung)], share)
            ends = f" ({low} to {high})"
        changes.append(f"{share(p.without.share['identified'])}{ends} in {p.rung}")
    over = f" (in brackets {covers(found)})" if found.draws else ""
    return (
        f"Without any anti-trafficking money, where others pay {text.percent(points[0].level)} of what is stated, the "
        f"number of people identified changes by {text.listed(changes)}{over}."
    )


def sentences(found: Ladder) -> dict[str, str]:
    """Return what the model says, whatever it is, by what it is about."""
    said = {rung: f"{lost(here)} {turning(here)}" for rung in found.rungs if (here := found.named(rung))}
    said |= {"The loop": loop(found), "Who pays, or how much there is": who_pays(found)}
    said |= {"Choices that may decide signs": f"{choices(found)}.", "How sure": sure(found)}
    return {lead: words for lead, words in said.items() if words}


def lost(here: Sequence[Point]) -> str:
    """Say what is lost without money, at the low, middle and high level of what others pay."""
    outcomes = "; ".join(f"{_LOST[name]} by {', '.join(change(p.without, name) for p in here)}" for name in OUTCOMES)
    return (
        f"where others pay {', '.join(f'{p.level:g}' for p in here)} of what is stated, taking away all "
        f"anti-trafficking money changes, per million people and year, {outcomes}."
    )


def turning(here: Sequence[Point]) -> str:
    """Say how much money there is at the same levels, how it changes, and what the loop makes of it."""
    money = ", ".join(text.number(p.money["all years"]) for p in here)
    last = ", ".join(drift(p) for p in here if p.money["first three"] > 0)
    gain, cut = ", ".join(text.number(p.gain) for p in here), ", ".join(text.percent(p.cut - 1) for p in here)
    return (
        f"There is US${money} of that money per person and year (last three years against the first three: "
        f"{last or '-'}); the gain of the loop is {gain}, and a cut of a third for two years costs {cut} more than "
        "itself."
    )


def runs_down(found: Ladder) -> str:
    """Say that donors' money runs down, if it does on every rung; nothing if not."""
    points = found.middle()
    if not points or not all(p.money["last three"] < LITTLE * p.money["first three"] for p in points):
        return ""
    return "Donors' money runs down where others pay half, from what is on record at the first reported month."


def loop(found: Ladder) -> str:
    """Say how hard the loop turns, and what a cut comes to."""
    some = [p for p in found.points if math.isfinite(p.gain) and p.level > 0]
    if not some:
        return runs_down(found)
    gains, cuts = ([getattr(p, name) for p in some] for name in ("gain", "cut"))
    most = max(some, key=lambda p: p.gain)
    comes_to = "no end" if most.gain >= 1 else f"US${1 / (1 - most.gain):.3f}"
    alone = [p.gain for p in found.points if p.level == 0 and math.isfinite(p.gain)]
    less = ": more now, less later" if alone and max(alone) < 0 else ""
    nothing = f"where others pay nothing the gain is {text.number(max(alone))} or less{less}. " if alone else ""
    turns = (
        f"wherever others pay something, its gain is {text.number(min(gains))} to {text.number(max(gains))}, largest "
        f"in {most.rung} where they pay {most.level:g}: a permanent dollar comes to {comes_to} there. A cut of a third "
        f"for two years costs {text.percent(min(cuts) - 1)} to {text.percent(max(cuts) - 1)} more than itself. Gain "
        "and cut are of the world as it stands at the first reported month."
    )
    return f"{nothing}{text.capital(turns) if nothing else turns} {runs_down(found)}".strip()


def who_pays(found: Ladder) -> str:
    """Say whether who pays matters where there is as much to begin with; nothing where that was not asked."""
    low = NAMED["low"]
    both = [
        (p, q) for r in found.rungs for p in found.along(r) for q in found.along(r, True) if p.level == q.level == low
    ]
    shares = [(p.rung, *(share(one.without.share["identified"]) for one in (p, q))) for p, q in both]
    parts = "; ".join(f"{rung} {as_it_is} and {endowed}" for rung, as_it_is, endowed in shares)
    return parts and (
        f"change of the identified without money where others pay {low:g}, as it is and with an endowment that makes "
        f"up capacity of year 1: {parts}."
    )


def choices(found: Ladder) -> str:
    """Say what the two choices that may decide signs do to the effect of training, or that they do nothing."""
    said = []
    for name, words in _CHOICES.items():
        flips = found.flips(name)
        turns = flips and f"turns the sign of {flips[0]} of {flips[1]} effects on the identified"
        said.append(f"{name} ({words}) {turns or 'changes nothing'}")
    return "; ".join(said)


def sure(found: Ladder) -> str:
    """Say how sure it is."""
    if not found.draws:
        return "no draws were asked for: nothing is known of other states of the world."
    counts = {rung: (*much(found.drawn_points(rung)), len(drawn)) for rung, drawn in found.draws.items()}
    parts = [f"{rung} {lost} and {strong} of {number}" for rung, (lost, strong, number) in counts.items()]
    return (
        "draws in which a tenth of the identified or more is lost, and in which the gain is 0.1 or more, where others "
        f"pay half: {'; '.join(parts)}. Ranges of the inputs are themselves assumptions; the ends in the table of "
        f"draws hold {covers(found)}."
    )


_AT = ("rung", "others pay")
_ALONG = (*_AT, *WORDS.values(), *(f"{WORDS[name]} without" for name in OUTCOMES), "posts per million in year 1")
_LOOP = (*_AT, "US$ a head", "years 1-3", "last three", "gain", "by belief", "by the ask", "cut, times")
_FIRST = (*_AT, *(f"{name} {words}" for name, words in FIRST.items()))
_PAYERS = ("donors", "others", "all payers but investigators", "investigators")
_COSTS = (*_AT, *(f"{payer} a head" for payer in _PAYERS), *(f"{payer} each" for payer in _PAYERS))
_SIGNS = ("rung", "survivors first", "record at intake", *CHANGING)
_TWO = ("rung", "survivors first, at intake", "arm", *(f"{n}, years {', '.join(map(str, SHOWN))}" for n in YEARLY))
_DRAWS = ("rung", "others pay", "quantity", "median", "from", "to", "draws in which it is known")
_FIELDS = {
    "people": "people, million",
    "prevalence": "prevalence per 1,000",
    "reception": "reception posts per million",
    "identified": "identified per million",
    "asked": "asked US$ a head",
    "money": "coded US$ a head",
}


def tables(found: Ladder) -> dict[str, Table]:
    """Return every table of the ladder by name, those left out of which nothing was asked."""
    signs, by_year = _training(found)
    made = {
        "along": _each("Without any anti-trafficking money", _ALONG, found, _along, beside="ladder"),
        "endowed": _each("The same, capacity of year 1 made up by an endowment", _ALONG, found, _along, endowed=True),
        "loop": _each("Money and loop", _LOOP, found, _loop),
        "first": _each("First interventions: person-months averted, identified", _FIRST, found, _first),
        "costs": _each("Who pays, US$ per person and year and per person identified", _COSTS, found, _costs),
        "signs": Table("Training and back end: identified over ten years, against neither", _SIGNS, signs),
        "two by two": Table("The same by year", _TWO, by_year),
    }
    if found.draws:
        rows = [row for rung, drawn in found.draws.items() for row in _over(rung, drawn)]
        made["draws"] = Table("Over draws of the states of the world", _DRAWS, rows)
    if (thirty := found.thirty) is not None:
        facts = [[words, text.number(value)] for words, value in thirty.facts.items()]
        facts += [
            ["coded US$ a head by year", "; ".join(map(text.number, thirty.by_year))],
            ["lucks", f"{thirty.seeds}"],
        ]
        crises = [
            [c.name, *(text.number(getattr(c, field)) for field in _FIELDS), text.percent(c.line)]
            for c in thirty.crises
        ]
        made["thirty"] = Table("Money between thirty crises", ("fact", "mean"), facts)
        made["crises"] = Table("Crisis by crisis", ("crisis", *_FIELDS.values(), "plans with a line"), crises)
    return made


def _each(
    title: str, head: Sequence[str], found: Ladder, row: Callable[[Point], list[str]], endowed: bool = False,
    beside: str = "",
) -> Table:  # fmt: skip
    rows = [[p.rung, f"{p.level:g}", *row(p)] for rung in found.rungs for p in found.along(rung, endowed)]
    return Table(title, head, rows, beside)


def _along(p: Point) -> list[str]:
    posts = ", ".join(f"{kind} {text.number(p.capacity[kind])}" for kind in _KINDS)
    return [*(text.number(p.present[n]) for n in OUTCOMES), *(change(p.without, n) for n in OUTCOMES), posts]


def _loop(p: Point) -> list[str]:
    return [text.number(value) for value in (*p.money.values(), p.gain, p.by_belief, p.by_ask, p.cut)]


def _first(p: Point) -> list[str]:
    shares = [p.first[name].share if name in p.first else None for name in FIRST]
    return [f"{share(-one['exploited'])}, {share(one['identified'])}" if one else "-" for one in shares]


def _costs(p: Point) -> list[str]:
    if p.costs is None:
        return ["-"] * 2 * len(_PAYERS)
    told: dict[str, Any] = p.costs.to_dict()
    return [text.number(told[key][payer]) for key in ("a_head_and_year", "per_identified") for payer in _PAYERS]


def _training(found: Ladder) -> tuple[list[list[str]], list[list[str]]]:
    """Return what training and a back end do to the identified over ten years, and what every arm comes to by year."""
    signs, by_year = [], []
    for rung, told in found.tables.items():
        for one in told:
            choice = [f"{value:g}" for value in one["choice"].values()]
            signs.append([rung, *choice, *(share(identified(one["arms"], arm)) for arm in CHANGING)])
            for arm, measures in one["arms"].items():
                shown = [[measures[name][year - 1] for year in SHOWN if year <= len(measures[name])] for name in YEARLY]
                cells = ["; ".join(map(text.number, values)) for values in shown]
                by_year.append([rung, ", ".join(choice), arm, *cells])
    return signs, by_year


def _over(rung: str, drawn: Sequence[Drawn]) -> list[list[str]]:
    rows = []
    for name, level in NAMED.items():
        here = [one.points[name] for one in drawn]
        known = {f"{WORDS[n]} without": _spread([p.without.share[n] for p in here], share) for n in OUTCOMES}
        known["US$ a head"] = _spread([p.money["all years"] for p in here], text.number)
        lost, strong = much(here)
        counts = {"a tenth of the identified lost or more": lost}
        if name == "middle":
            known["gain"] = _spread([p.gain for p in here], text.number)
            known["cut, times"] = _spread([p.cut for p in here], text.number)
            counts["gain of 0.1 or more"] = strong
        known |= {words: [f"{count} of {len(here)}", *"---"] for words, count in counts.items()}
        rows += [[rung, f"{level:g}", words, *cells] for words, cells in known.items()]
    return rows


def _spread(values: Sequence[float], spell: Callable[[float], str]) -> list[str]:
    """Return median and ends over draws as text, and in how many of them it is known."""
    known = np.array([value for value in values if math.isfinite(value)])
    shown = [spell(float(value)) for value in (np.median(known), *ends(known))] if known.size else ["-"] * 3
    return [*shown, f"{known.size} of {len(values)}"]


def share(value: float) -> str:
    """Return a change as a signed share of two significant digits."""
    return "-" if math.isnan(value) else _signed(value, text.percent)


def change(effect: Change, name: str) -> str:
    """Return what becomes of an outcome: per million people and year, and as a share."""
    return f"{_signed(effect.per_million[name], text.number)} ({share(effect.share[name])})"


def drift(p: Point) -> str:
    """Return how money changes from the first to the last three years, as a share."""
    return share(p.money["last three"] / p.money["first three"] - 1)


def covers(found: Ladder) -> str:
    """Return whom the ends over draws hold."""
    return who(max(map(len, found.draws.values()), default=0), noun="draws")


def _signed(value: float, spell: Callable[[float], str]) -> str:
    return f"+{spell(value)}" if value > 0 else spell(value)
