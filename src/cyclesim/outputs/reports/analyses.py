"""What the report says of a loop and of a portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.intervals import who
from cyclesim.outputs import printed, text
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.loop import cut, dollars
from cyclesim.outputs.portfolio import part, robust
from cyclesim.outputs.report import Block, Report, Table, drawn
from cyclesim.outputs.reports.parts import assumptions, command, leaves_out, number, read, saved, scenario


def loop(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a loop."""
    found = read(place, "loop.json")
    chosen = scenario(about)
    if not found["intervals"]:
        raise FolderError(
            f"{place} has the loop at the default inputs only, and a report needs an interval: "
            f"cyclesim loop {found['scenario']} --draws 40 --out FOLDER"
        )
    ends, over = found["intervals"], who(found["draws"], noun="draws")
    links = {name: ends[name] for name in found["links"]}
    dots = [
        Dot(name.replace("->", "→"), number(found["links"][name]), number(e["low"]), number(e["high"]))
        for name, e in links.items()
    ]
    figure = chart(
        dots,
        f"The weakest link at the default inputs: {found['weakest'].replace('->', '→')}",
        f"Long-run elasticity of each link: default inputs (dot) and {over} (line)",
        f"Expected values of the model over {found['years']} years, not observations. {printed.assumptions(about)}",
    )
    cells = [[d.label, *(f"{v:.3f}" for v in (d.value, d.low, d.high))] for d in dots]
    low, high = (dollars(ends["multiplier"][end]) for end in ("low", "high"))
    answer = (
        f"A permanent dollar of funding comes to {dollars(found['multiplier'])} in the long run at the default inputs, "
        f"and to {low} to {high} over draws of them ({over})."
    )
    gain = (
        f"The gain G of the loop is {_gain(found, 'gain')}: the part of a change of what donors want that comes back "
        "as what they want. Two paths lead there: by way of the cases reported and what donors believe, "
        f"{_gain(found, 'by_belief')}; and by way of what planners ask for, {_gain(found, 'by_ask')}. By brute force "
        f"the multiplier is {number(found['measured']):.2f}."
    )
    table = Table("Elasticities", ["link", "defaults", f"{over}, from", "to"], cells)
    again = (
        f"cyclesim loop {found['scenario']} --draws {found['draws']} --years {found['years']} --seed {about['seed']}"
    )
    return Report(
        kind="Loop",
        title=chosen.title,
        question="How strongly does money come back to money?",
        answer=f"{cut(found)}. {answer}",
        detail=[gain, f"Strongest link: {found['strongest'].replace('->', '→')}."],
        cautions=[chosen.caveat] if chosen.caveat else [],
        charts=[*saved(place, "loop", answer), drawn(figure, table)],
        second=[leaves_out(), assumptions(about, [])],
        command=command(place, lambda: again),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["seed"],
    )


def _gain(found: Mapping[str, Any], which: str) -> str:
    """Return a gain at the defaults and over draws, in words."""
    ends = found["intervals"][which]
    value, low, high = (f"{number(one):.3f}" for one in (found[which], ends["low"], ends["high"]))
    return f"{value} at the defaults ({low} to {high} over draws)"


def portfolio(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a portfolio."""
    found = read(place, "portfolio.json")
    chosen = scenario(about)
    if not found["draws"]:
        raise FolderError(
            f"{place} has uses scored at the default inputs only, and a report needs an interval: "
            f"cyclesim portfolio {found['scenario']} --sum {found['total']:g} --draws 40 --out FOLDER"
        )
    uses = {row["use"]: row for row in found["uses"]}
    now, answer = uses["as donors split money now"], f"{robust(found)}."
    detail = [f"As donors split money now, the same sum averts {text.number(now['mean'], (now['low'], now['high']))}."]
    rows = [
        [row["use"], *(text.number(row[c]) for c in ("mean", "low", "high")), text.percent(row["best_share"])]
        for row in (sorted(uses.values(), key=lambda row: -row["mean"]) if found["robust"] else uses.values())
    ]
    over = who(found["draws"], noun="draws")
    table = Table(
        "Person-months averted",
        ["use", "mean of draws", f"{over}, from", "to", "best in"],
        rows,
    )
    again = f"cyclesim portfolio {found['scenario']} --sum {found['total']:g} --draws {found['draws']}"
    use = found["robust"] or "best found"
    split = found["splits"][use]
    lines = [name for name in split[0] if name not in ("period", "crisis")]
    cells = [[name.replace("_", " "), *(text.number(row[name]) for row in split)] for name in lines]
    heads = ["line", *(part(row) for row in split)]
    return Report(
        kind="Portfolio",
        title=chosen.title,
        question=f"Which use of US${text.number(found['total'])} averts most exploitation?",
        answer=answer,
        detail=detail,
        cautions=[chosen.caveat] if chosen.caveat else [],
        charts=saved(place, "portfolio", answer, table),
        first=[Block("How the sum is split", table=Table(f"US dollars by line: {use}", heads, cells))],
        second=[leaves_out(), assumptions(about, [])],
        command=command(place, lambda: again),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["seed"],
    )
