"""What is said and drawn of sensitivity."""

import math
from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from cyclesim import text
from cyclesim.charts import style
from cyclesim.measures import EVERY
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.outputs.printed import credit
from cyclesim.questions.sensitivity.compute import Sensitivity

WHAT = {
    "sobol": "Total Sobol index: share of the variance of the expected outcome, with all interactions",
    "binned": "Share of the variance between bins of each input, alone",
    "morris": "Mean size of the effect of one step of one input (mu*), in units of the outcome",
}
_HEADS = {
    "sobol": ["input", "first-order", "95 %", "total", "95 %"],
    "binned": ["input", "share alone", "95 %", "PAWN"],
    "morris": ["input", "mu*", "95 %", "mu", "sigma"],
}
MOST = 12
"""Bars where no input is named."""
_ESTIMATE = "The draws were not made for this: shares are estimates, of each input alone and without interactions."
_MORE = "One replication: luck cannot be told from inputs, and makes inputs look weaker than they are."


def tell(found: Sensitivity, top: int = 15) -> Finding:
    """Say which (top) inputs move an outcome, and how many may do nothing."""
    about = EVERY[found.measure]
    outcome = f"the effect of {found.scenario} on {about.words}" if found.difference else about.words
    replications = "as expected values" if found.twin else text.pluralise(found.replications, "replication")
    details = [f"{text.pluralise(found.draws, 'draw')}, {replications}.", _unnamed(found)]
    if found.difference:
        base, averted = found.scenarios[0].name, ": what it averts" if about.averted else ""
        details.append(f"The effect of {found.scenario} is its paired difference from {base}{averted}.")
    alone = found.replications == 1 and not found.twin
    cautions = [*([_ESTIMATE] if found.method == "binned" else []), *([_MORE] if alone else [])]
    named = found.table[found.table["named"]].head(top).to_dict("records")
    rows = [[text.plain(row["quantity"]), *_cells(found, row)] for row in named]
    return Finding(
        kind="Sensitivity",
        title=titles(found.scenarios),
        question=f"Which inputs move {outcome} most?",
        answer=_answer(found, outcome),
        details=[*details, *_luck(found)],
        tables=[Table(WHAT[found.method], _HEADS[found.method], rows, beside="sensitivity")] if rows else [],
        cautions=[*cautions, *caveats(found.scenarios)],
    )


def draw(found: Sensitivity, finding: Finding) -> dict[str, Figure]:
    """Return a bar with its interval for each input in the table; if none is named, hollow ones by their names."""
    number = len(finding.tables[0].rows) if finding.tables else MOST
    rows = found.table.head(number).to_dict("records")[::-1]
    bars = "Lines: 95 % intervals; hollow bars: dummy inputs do as much."
    caption = credit(found.scenarios, " ".join([finding.details[0], bars, *_luck(found)]))
    with style.drawing():
        page = style.page(finding.headline, WHAT[found.method], caption, 0.6 + 0.28 * len(rows))
        room = (0.3 * style.WIDTH, page.bottom + 0.35, 0.66 * style.WIDTH, page.top - page.bottom - 0.45)
        axes = style.axes(page.figure, *room)
        axes.grid(visible=False)
        for place, row in enumerate(rows):
            value, low, high = found.strength(row)
            colour = style.COLOURS[0]
            face = colour if row["named"] else "white"
            axes.barh(place, value, height=0.62, color=face, edgecolor=colour, linewidth=0.8)
            axes.plot([low, high], [place, place], color=style.BASELINE, linewidth=1.0)
        axes.set_yticks(range(len(rows)), [text.plain(row["quantity"]) for row in rows])
        axes.axvline(0, color=style.GREY, linewidth=0.6)
        axes.spines["left"].set_visible(False)
    return {"sensitivity": page.figure}


def _answer(found: Sensitivity, outcome: str) -> str:
    names, inputs = found.table.loc[found.table["named"], "quantity"].map(text.plain).tolist(), len(found.table)
    if not names:
        return f"None of {text.pluralise(inputs, 'input')} clearly moves {outcome}."
    left, shown = inputs - len(names), names[:3]
    rest = ("moves" if left == 1 else "move") if not found.bar else "may do"
    more = f"; {left} {rest} nothing" if left else ""
    if len(names) > len(shown):
        return f"Of {text.pluralise(inputs, 'input')}, {text.listed(shown)} move {outcome} most{more}."
    move = "moves" if len(shown) == 1 else "move"
    return f"Of {text.pluralise(inputs, 'input')}, {text.listed(shown)} clearly {move} {outcome}{more}."


def _unnamed(found: Sensitivity) -> str:
    """Say how many inputs are not ranked, and why."""
    inputs, named = len(found.table), int(found.table["named"].sum())
    if named == inputs:
        return f"All {inputs} inputs move it more than the largest of as many dummy inputs would in 19 of 20 cases."
    if not found.bar:
        return f"Without any effect, and not ranked: {inputs - named} of {inputs} inputs."
    return (
        f"Not ranked: {inputs - named} of {inputs} inputs that do not exceed {text.number(found.bar)}, which the "
        "largest of as many dummy inputs reaches in 1 of 20 cases."
    )


def _luck(found: Sensitivity) -> list[str]:
    """Say what part of the variance luck is, where that can be told."""
    if found.twin:
        return ["Expected values: there is no luck in them."]
    if math.isnan(found.luck):
        return []
    left = "it is taken out of what is shown" if found.method == "sobol" else (
        f"in means of {text.pluralise(found.replications, 'replication')} some of it is left"
    )  # fmt: skip
    return [f"Luck is {text.percent(found.luck)} of the variance of a single world; {left}."]


def _cells(found: Sensitivity, row: Mapping[Any, Any]) -> list[str]:
    cells = _within(*found.strength(row))
    if found.method == "sobol":
        return [*_within(row["first"], row["first_low"], row["first_high"]), *cells]
    if found.method == "binned":
        return [*cells, text.number(row["pawn"])]
    return [*cells, *(text.number(row[column], found.strength(row)[1:]) for column in ("mu", "sigma"))]


def _within(value: float, low: float, high: float) -> list[str]:
    """Return a number and its interval, rounded to what the interval supports."""
    ends = (low, high)
    return [text.number(value, ends), f"{text.number(low, ends)} to {text.number(high, ends)}"]
