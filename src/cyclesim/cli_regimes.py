"""The command about where funding comes to rest: regimes."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("scenario", default="baseline")
@click.option("--parameter", "along", multiple=True, help="Vary this parameter over its range; twice for a map.")
@options.draws
@click.option(
    "--years", type=click.IntRange(min=15, max=100), default=30, show_default=True, help="Length of the runs."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws.")
@click.option("--escape", is_flag=True, help="In a trap: how large a push for how long gets out of it.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for table and picture (default: none are written)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def regimes(
    scenario: str,
    along: tuple[str, ...],
    draws: int | Path,
    years: int,
    seed: int,
    escape: bool,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say where funding comes to rest in a SCENARIO: no loop, amplifier, trap, always high.

    Begun poor and begun rich, at its own values, along one parameter or two (with the values between which it tips),
    or over draws of all inputs.
    """
    from cyclesim.analysis import regimes as analysis
    from cyclesim.inputs.files import load
    from cyclesim.outputs import regimes as told
    from cyclesim.outputs import style
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder
    from cyclesim.runs.design import drawn
    from cyclesim.runs.engines import cores

    chosen = load(scenario)
    design = drawn(chosen, draws, seed)
    about = folder.manifest("regimes", [chosen], design, 1, seed, "twin")
    asked = {"years": years, "along": list(along), "escape": escape}
    about = folder.derived(about, "regimes", asked, "cyclesim.analysis.regimes")
    with options.claimed(out, about) as output:
        with progress_bar(quiet=as_json) as progress:
            found = analysis.regimes(chosen, along, design, years, workers or cores(), progress)
        pushes = analysis.escape(chosen) if escape else {}
        content = {**found.to_dict(), "escape": pushes}
        if output is not None:
            output.put({"regimes.csv": found.table(), "regimes.json": json.dumps(content, indent=1) + "\n"})
            output.put(style.pictures(found.plot(), "regimes"))
    if as_json:
        click.echo(json.dumps(content))
        return
    chosen_as = "".join(f"--parameter {name} " for name in along)
    chosen_as += f"{options.draws_as_typed(draws)}--seed {seed} " if draws else ""
    click.echo(told.as_text(found, about, f"cyclesim regimes {shlex.quote(scenario)} {chosen_as}--years {years}"))
    for length, push in pushes.items():
        click.echo(f"Out of the trap: {push:.3g} times the coverage wanted, for {length} years")
    if out is not None:
        click.echo(f"Table and picture: {out}{os.sep}")
