"""What is said and drawn of the best use of a sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.portfolio import Portfolio
from cyclesim.intervals import who
from cyclesim.outputs import text
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.outputs.text import number
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import graded
from cyclesim.vocabulary import Line

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def sentence(found: Portfolio) -> str:
    """Return the finding in one sentence."""
    return (
        f"The best use found of US${number(found.total)} gives {_largest(found.to_dict(), 'best found')}; it averts "
        f"{number(found.found.value)} person-months, the best of {found.found.evaluations[1]} random ones "
        f"{number(found.found.random_value)}"
    )


def robust(found: Mapping[str, Any]) -> str:
    """Return which use is best on average over draws, and how sure that is; nothing without draws.

    Parameters
    ----------
    found
        The result as JSON types.
    """
    if not found["draws"]:
        return ""
    uses = sorted(found["uses"], key=lambda row: -row["mean"])
    best, over = uses[0], f"Over {found['draws']} draws of the inputs"
    if found["robust"] is None:
        return (
            f"{over} no use of {len(uses)} averts clearly more than the others do on average: the best of as many that "
            f"are alike would come {number(found['bar'])} standard errors above their mean in 1 of 20 cases"
        )
    others = [row["use"] for row in uses[1:] if row["as_good"]]
    tie = f"not clearly better than {', '.join(others)}" if others else "clearly better than every other"
    ends = f"{who(found['draws'], noun='draws')}: {number(best['low'])} to {number(best['high'])}"
    return (
        f"{over} {_told(found, best['use'])} averts most on average: {number(best['mean'])} ({ends}), {tie}. It is the "
        f"best of {len(uses)} uses in {text.percent(best['best_share'])} of draws"
    )


def _told(found: Mapping[str, Any], use: str) -> str:
    return use if use.startswith("all to") else f"{use} ({_largest(found, use)})"


def _worlds(number: int) -> str:
    return "a world of the ledger each" if number == 1 else f"{number} worlds of the ledger each"


def _largest(found: Mapping[str, Any], use: str) -> str:
    by_line = {line: sum(row[str(line)] for row in found["splits"][use]) / found["total"] for line in Line}
    largest = [line for line in sorted(by_line, key=lambda line: -by_line[line])[:2] if by_line[line] >= 0.005]
    return " and ".join(f"{100 * by_line[line]:.0f} % to {str(line).replace('_', ' ')}" for line in largest)


def as_text(found: Portfolio, about: dict[str, Any], command: str) -> str:
    """Return the best use of a sum, and what others achieve, as text."""
    told = found.to_dict()
    drawn_heads = ["mean of draws", f"{who(found.draws, noun='draws')}, from", "to", "best in"] if found.draws else []
    uses = [["person-months averted", "defaults", *drawn_heads]]
    for _, row in _in_order(found).iterrows():
        drawn = [number(row[column]) for column in ("mean", "low", "high")] if found.draws else []
        share = [] if math.isnan(row["best_share"]) else [text.percent(row["best_share"])]
        front = " *" if row["front"] else ""
        uses.append([f"{row['use']}{front}", number(row["averted"]), *drawn, *share])
    engine = f"{_worlds(found.replications)}, luck shared by all uses" if found.replications else "twins"
    covers = (
        f"Spread over {found.draws} draws of the inputs ({engine}); uses were chosen at the defaults. "
        "* on the front: no other use has a larger mean and a larger low end."
        if found.draws
        else "At the default inputs only: ask for --draws before trusting a difference."
    )
    said = robust(told)
    return "\n".join(
        [
            f"{found.scenario.title} ({found.scenario.name})\n\n{sentence(found)}.\n{said}{'.' if said else ''}\n",
            *aligned(_splits(found)),
            "",
            *aligned(uses),
            f"\n{covers} The sum comes beside what donors give; it is spent as any money of its line.",
            f"Expected values of the model, not observations (hash {about['hash']}). {assumptions(about)}",
            f"Reproduce: {command}",
        ]
    )


def _in_order(found: Portfolio) -> pd.DataFrame:
    """Return the uses, the best first where that is no matter of chance."""
    if found.draws and found.robust is None:
        return found.uses
    return found.uses.sort_values("mean" if found.draws else "averted", ascending=False)


def part(row: Mapping[Any, Any]) -> str:
    """Return the name of a row of a split: its period, and its crisis where crises are told apart."""
    return f"period {row['period']}" + (f", {row['crisis']}" if "crisis" in row else "")


def _splits(found: Portfolio) -> list[list[str]]:
    """Return the best use as rows of a table: a line each, and a column for each period and crisis."""
    table = found.table()
    names = [part(row) for row in table.to_dict("records")]
    rows = [["US$", *names, "share"]]
    for line in Line:
        amounts = table[str(line)]
        share = f"{100 * amounts.sum() / found.total:.0f} %"
        rows.append([str(line).replace("_", " "), *(number(float(amount)) for amount in amounts), share])
    return rows


def picture(found: Portfolio) -> Figure:
    """Return what each use averts: mean and interval over draws as bars, or the defaults without draws."""
    by = "mean" if found.draws else "averted"
    count = graded()
    caption = (
        f"Model, not observations: {found.scenario.name} ({found.scenario.hash}, by {fingerprint()}). "
        + (f"{found.draws} draws of the inputs; uses were chosen at the default inputs. " if found.draws else "")
        + "Filled: on the front, no other use has a larger mean and a larger low end. "
        + f"{count['assumptions']} of {count['number']} parameters are assumptions."
    )
    told = found.to_dict()
    spread = f"mean, and {who(found.draws, noun='draws')}" if found.draws else "at the default inputs"
    dots = [
        Dot(row["use"], row[by], row["low"], row["high"], row["use"] == "as donors split money now", row["front"])
        for row in _in_order(found).to_dict("records")
    ]
    title = robust(told).split(". ")[0] if found.draws else sentence(found)
    return chart(dots, title, f"Person-months of exploitation averted by US${number(found.total)}: {spread}", caption)
