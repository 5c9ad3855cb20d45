"""The command about the best use of a sum: portfolio."""

from __future__ import annotations

import json
import os
import shlex
from math import isfinite
from pathlib import Path

import click

from cyclesim import cli_options as options


def _limits(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for value in values:
        line, sign, share = value.partition("=")
        try:
            found[line.strip()] = float(share.rstrip(" %")) / (100 if share.strip().endswith("%") else 1)
        except ValueError:
            sign = ""
        if not sign or not 0 <= found[line.strip()] <= 1:
            raise click.BadParameter(f"must be like back_end=20% (got {value!r})")
    return found


@click.command()
@click.argument("scenario", default="baseline")
@click.option("--sum", "total", type=float, required=True, help="US$ to use, over all months of the scenario.")
@click.option("--periods", type=click.IntRange(min=1), default=1, show_default=True, help="Periods it is split over.")
@click.option("--floor", "floors", multiple=True, callback=_limits, help="Least share of a line: back_end=20%.")
@click.option("--cap", "caps", multiple=True, callback=_limits, help="Largest share of a line: prevention=40%.")
@click.option("--by-crisis", is_flag=True, help="Split over crises too; otherwise they share by what each asks for.")
@click.option("--target", type=float, help="Say too which sum, split alike, averts so many person-months.")
@options.draws
@click.option(
    "--replications",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Worlds of the ledger in each draw; 0 scores in twins.",
)
@click.option("--evaluations", type=click.IntRange(min=40), default=200, show_default=True, help="Uses tried.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of search and draws.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def portfolio(
    scenario: str,
    total: float,
    periods: int,
    floors: dict[str, float],
    caps: dict[str, float],
    by_crisis: bool,
    target: float | None,
    draws: int | Path,
    replications: int,
    evaluations: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which use of a sum averts most person-months in a SCENARIO: over lines of work, periods and crises.

    Searched on the twin at the default inputs, beside random uses; then scored over draws of the inputs, in worlds with
    paired luck, beside good uses that are unlike it and the obvious ones (as donors split money now, all to the
    frontline, all to one line).
    """
    from cyclesim.analysis import portfolio as analysis
    from cyclesim.inputs.files import load
    from cyclesim.outputs import style
    from cyclesim.outputs.portfolio import as_text
    from cyclesim.runs import folder
    from cyclesim.runs.design import drawn
    from cyclesim.runs.engines import cores

    chosen = load(scenario)
    design = drawn(chosen, draws, seed)
    about = folder.manifest("portfolio", [chosen], design, replications, seed, "twin")
    asked = {"sum": total, "periods": periods, "floors": floors, "caps": caps}
    asked |= {"evaluations": evaluations, "by_crisis": by_crisis, "target": target}
    about = {**folder.derived(about, "portfolio", asked, "cyclesim.analysis.portfolio"), **asked}
    workers = workers or cores()
    limits = (periods, floors, caps)
    with options.claimed(out, about) as output:
        found = analysis.portfolio(
            chosen, total, *limits, design, evaluations, workers, seed, by_crisis, replications if draws else 0
        )
        content = found.to_dict()
        if target is not None:
            sum_needed = analysis.needed(chosen, found.best / total, target, 100 * total)
            content |= {"target": target, "sum_needed": sum_needed if isfinite(sum_needed) else None}
        if output is not None:
            text = json.dumps(content, indent=1, allow_nan=False) + "\n"
            output.put({"best.csv": found.table(), "uses.csv": found.uses, "portfolio.json": text})
            output.put(style.pictures(found.plot(), "portfolio"))
    if as_json:
        click.echo(json.dumps(content, allow_nan=False))
        return
    typed = "".join(f"--floor {name}={share:g} " for name, share in floors.items())
    typed += "".join(f"--cap {name}={share:g} " for name, share in caps.items())
    typed += ("--by-crisis " if by_crisis else "") + options.draws_as_typed(draws)
    typed += f"--replications {replications} " if draws else ""
    command = f"cyclesim portfolio {shlex.quote(scenario)} --sum {total:g} --periods {periods} {typed}"
    click.echo(as_text(found, about, f"{command}--evaluations {evaluations} --seed {seed}"))
    if target is not None:
        enough = content["sum_needed"]
        words = f"not even US${100 * total:,.0f}" if enough is None else f"US${enough:,.0f}"
        click.echo(f"To avert {target:,.0f} person-months, split alike: {words}")
    if out is not None:
        click.echo(f"Tables and picture: {out}{os.sep}")
