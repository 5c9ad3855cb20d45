"""What the report says of a loop and of a portfolio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.outputs import money, printed, text
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.portfolio import part
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
    ends = found["intervals"]
    links = {name: ends[name] for name in found["links"]}
    dots = [
        Dot(name.replace("->", "→"), number(found["links"][name]), number(e["low"]), number(e["high"]))
        for name, e in links.items()
    ]
    figure = chart(
        dots,
        f"The weakest link at the default inputs: {found['weakest'].replace('->', '→')}",
        "Long-run elasticity of each link: default inputs (dot) and 90 % of draws (line)",
        f"Expected values of the model over {found['years']} years, not observations. {printed.assumptions(about)}",
    )
    cells = [[d.label, *(f"{v:.3f}" for v in (d.value, d.low, d.high))] for d in dots]
    low, high = (number(ends["multiplier"][end]) for end in ("low", "high"))
    amount = "grows without end" if found["multiplier"] is None else f"comes to US${found['multiplier']:.2f}"
    answer = (
        f"A permanent dollar of funding {amount} in the long run at the default inputs, and to US${low:.2f} to "
        f"{high:.2f} in 90 % of {found['draws']} draws of them."
    )
    gains = [f"{number(value):.3f}" for value in (found["gain"], ends["gain"]["low"], ends["gain"]["high"])]
    gain = (
        f"The gain G of the loop is {gains[0]} at the defaults ({gains[1]} to {gains[2]} over draws): the part of a "
        f"change of belief that comes back as belief. By brute force the multiplier is {number(found['measured']):.2f}."
    )
    table = Table("Elasticities", ["link", "defaults", "5 % of draws", "95 %"], cells)
    again = (
        f"cyclesim loop {found['scenario']} --draws {found['draws']} --years {found['years']} --seed {about['seed']}"
    )
    return Report(
        kind="Loop",
        title=chosen.title,
        question="How strongly does money come back to money?",
        answer=answer,
        detail=[gain, f"Strongest link: {found['strongest'].replace('->', '→')}."],
        cautions=[chosen.caveat] if chosen.caveat else [],
        charts=[*saved(place, "loop", answer), drawn(figure, table)],
        second=[leaves_out(), assumptions(about, [])],
        command=command(place, lambda: again),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["seed"],
    )


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
    best, now = uses[found["robust"]], uses["as donors split money now"]
    ends = text.number(best["mean"], (best["low"], best["high"])), text.number(best["low"]), text.number(best["high"])
    answer = (
        f"Of {len(uses)} uses of US${money.number(found['total'])}, {found['robust']} averts most person-months on "
        f"average over {found['draws']} draws of the inputs: {ends[0]} ({ends[1]} to {ends[2]} in 90 % of draws); it "
        f"is the best in {text.percent(best['best_share'])} of them."
    )
    detail = [f"As donors split money now, the same sum averts {text.number(now['mean'], (now['low'], now['high']))}."]
    rows = [
        [row["use"], *(text.number(row[c]) for c in ("mean", "low", "high")), text.percent(row["best_share"])]
        for row in sorted(uses.values(), key=lambda row: -row["mean"])
    ]
    table = Table("Person-months averted", ["use", "mean of draws", "5 %", "95 %", "best in"], rows)
    again = f"cyclesim portfolio {found['scenario']} --sum {found['total']:g} --draws {found['draws']}"
    split = found["splits"][found["robust"]]
    lines = [name for name in split[0] if name not in ("period", "crisis")]
    cells = [[name.replace("_", " "), *(money.number(row[name]) for row in split)] for name in lines]
    heads = ["line", *(part(row) for row in split)]
    return Report(
        kind="Portfolio",
        title=chosen.title,
        question=f"Which use of US${money.number(found['total'])} averts most exploitation?",
        answer=answer,
        detail=detail,
        cautions=[chosen.caveat] if chosen.caveat else [],
        charts=saved(place, "portfolio", answer, table),
        first=[Block("How the sum is split", table=Table(f"US dollars by line: {found['robust']}", heads, cells))],
        second=[leaves_out(), assumptions(about, [])],
        command=command(place, lambda: again),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["seed"],
    )
