"""What is said of the loop."""

import math

from cyclesim import text
from cyclesim.analysis.loop import EVERY_LINK
from cyclesim.analysis.probing import BACK
from cyclesim.intervals import who
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.loop.compute import Loops

NEXT_TO_NOTHING = 0.01
"""A gain below this is told as hardly any loop."""
_LOOP = {
    "by_belief": "gain by way of belief",
    "by_ask": "gain by way of the ask",
    "gain": "gain G, both together",
    "multiplier": "multiplier 1/(1 - G)",
    "measured": "the same by brute force",
    "time_constant": "time constant, months",
    "cut_money": "the cut: money, US$",
    "cut_identified": "the cut: people identified",
    "cut_assisted": "the cut: people assisted",
    "cut_person_months": "the cut: person-months of exploitation",
    "cut_recovery": "the cut: months to recovery",
    "cut_recovery_held": "the same without the loop",
}


def tell(found: Loops) -> Finding:
    """Say what a cut and a permanent dollar come to, and how strong each link is."""
    default, draws = found.default, len(found.drawn)
    details = [
        f"Weakest link: {default.weakest}. Strongest: {default.strongest}.",
        "The gain G is the part of a change of what donors want that comes back as what they want. Two paths lead "
        "there: by way of the cases reported and what donors believe, and by way of what planners ask for. Gain and "
        f"multiplier are of a small permanent change; the cut is of a third less money wanted for {default.cut.years} "
        f"years, told against the same world without it over {default.cut.horizon} years (less is below 0); money has "
        f"recovered when that of twelve months stays within {text.percent(BACK)} of that world's.",
        f"Runs are of {found.years} years.",
        _covers(found),
    ]
    heads = ["defaults", *([f"{over(found)}, from", "median", "to"] if draws else [])]
    links = [_row(found, link, link) for link in EVERY_LINK]
    loop = [_row(found, name, label) for name, label in _LOOP.items()]
    lacks = (
        f"the loop at the default inputs only, and a report needs an interval: cyclesim loop {found.scenario.name} "
        "--draws 40 --out FOLDER"
    )
    return Finding(
        kind="Loop",
        title=titles([found.scenario]),
        question="How strongly does money come back to money?",
        answer=f"{cut(found)}. {permanent(found)}.",
        details=details,
        tables=[
            Table("Long-run elasticity of each link", ["link", *heads], links, beside="links" if draws else "loop"),
            Table("The loop", ["", *heads], loop),
        ],
        cautions=caveats([found.scenario]),
        lacks="" if draws else lacks,
    )


def cut(found: Loops) -> str:
    """Say what a cut of a third for some years does: the finite answer."""
    told = found.default.cut
    if math.isnan(told.times) or told.money >= 0:
        return "A cut of a third takes no money away here: what donors want stands on a floor"
    low, _, high = found.interval("cut_times")
    spread = "" if math.isnan(low) else f" (over draws {low:.2f} to {high:.2f}: {over(found)})"
    return (
        f"A cut of a third for {told.years} years comes to {told.times:.2f} times itself over {told.horizon} "
        f"years{spread}; money has recovered {_when(told.recovery)}, without the loop {_when(told.recovery_held)}"
    )


def _when(months: float) -> str:
    if not math.isfinite(months):
        return "not yet by then"
    return f"{months:.0f} months after its end" if months else "at once"


def permanent(found: Loops) -> str:
    """Say what a permanent dollar comes to: the local answer."""
    default, low, high = found.default, *found.interval("multiplier")[::2]
    if math.isinf(default.multiplier):
        return "The loop is a trap here: a change of funding does not come to rest near where it began"
    ends = f"{_dollars(low)} to {_dollars(high)}"
    spread = "" if math.isnan(low) else f" at the default inputs, and to {ends} over draws of them ({over(found)})"
    begins = "Hardly any loop: a" if abs(default.gain) < NEXT_TO_NOTHING else "A"
    return f"{begins} permanent dollar of funding comes to {_dollars(default.multiplier)} in the long run{spread}"


def _dollars(multiplier: float) -> str:
    return "no end" if math.isinf(multiplier) else f"US${multiplier:.2f}"


def over(found: Loops) -> str:
    """Return whom the interval over draws holds."""
    return who(len(found.drawn), noun="draws")


def _covers(found: Loops) -> str:
    if not found.drawn:
        return "At the default inputs only, so there is no interval: ask for --draws."
    missing = ", ".join(f"{_LOOP.get(name, name)} in {count}" for name, count in found.undefined().items())
    left_out = f", less those in which it is undefined ({missing})" if missing else ""
    return f"The spread is over {len(found.drawn)} draws of the inputs that have a range{left_out}."


def _row(found: Loops, column: str, label: str) -> list[str]:
    spread = found.interval(column) if found.drawn else ()
    return [label, *map(text.number, (float(found.table[column][0]), *spread))]
