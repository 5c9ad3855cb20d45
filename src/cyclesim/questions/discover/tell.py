"""What is said of where something fails."""

import math

from cyclesim import text
from cyclesim.analysis.discovery import Box, Restriction
from cyclesim.measures import EVERY
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.discover.compute import Discovery


def tell(found: Discovery) -> Finding:
    """Say where failures are dense, and what failing is."""
    box, base = found.box, found.scenarios[0].name
    details = [f"Failing means: {found.rule}{_difference(found, base)}, in each draw averaged over luck."]
    if box.restrictions:
        details.append(f"Of all failures, {text.percent(box.coverage)} are there.")
    rows = [
        [
            text.plain(side.quantity),
            *("-" if math.isinf(end) else text.number(end) for end in (side.low, side.high)),
            f"{side.chance:.1g}",
        ]
        for side in box.restrictions
    ]
    return Finding(
        kind="Scenario discovery",
        title=titles(found.scenarios),
        question=f"Under which assumptions does {found.scenario} fail?",
        answer=_answer(found, box),
        details=details,
        tables=[Table("The box: where failures are dense", ["input", "from", "to", "by chance"], rows)] if rows else [],
        cautions=["This describes the draws; it is not a cause.", *caveats(found.scenarios)],
        kept={"The same as a tree": found.tree} if found.tree else None,
    )


def _answer(found: Discovery, box: Box) -> str:
    base, draws = text.percent(box.base), text.pluralise(box.draws, "draw")
    if not box.restrictions:
        return f"The scenario {found.scenario} fails in {base} of {draws}, nowhere in particular."
    return (
        f"The scenario {found.scenario} fails more often where {text.listed(list(map(_side, box.restrictions)))}: in "
        f"{text.percent(box.density)} of the {text.pluralise(box.inside, 'draw')} there, against {base} of all {draws}."
    )


def _difference(found: Discovery, base: str) -> str:
    if len(found.scenarios) < 2:
        return ""
    averted = ": what it averts" if EVERY[found.measure].averted else ""
    return f" (of the paired difference of {found.scenario} from {base}{averted})"


def _side(side: Restriction) -> str:
    name = text.plain(side.quantity)
    if math.isinf(side.low):
        return f"{name} < {text.number(side.high)}"
    more = f"{name} > {text.number(side.low)}"
    return more if math.isinf(side.high) else f"{text.number(side.low)} < {name} < {text.number(side.high)}"
