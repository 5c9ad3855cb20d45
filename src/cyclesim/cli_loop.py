"""The command about the strength of the loop: loop."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("scenario", default="baseline")
@options.draws
@click.option("--years", type=click.IntRange(min=5, max=100), default=30, show_default=True, help="Length of the runs.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for table and picture (default: none are written)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def loop(
    scenario: str, draws: int | Path, years: int, seed: int, workers: int | None, out: Path | None, as_json: bool
) -> None:
    """Say how strongly money comes back to money in a SCENARIO: links, gain, multiplier, time constant.

    The twin is run with the loop cut at what donors want; see docs/design.md. With --draws, intervals over the inputs
    that have a range.
    """
    from cyclesim.analysis.loop import loops
    from cyclesim.inputs.files import load
    from cyclesim.outputs import loop as told
    from cyclesim.outputs import style
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder
    from cyclesim.runs.design import drawn
    from cyclesim.runs.engines import cores

    chosen = load(scenario)
    design = drawn(chosen, draws, seed)
    about = folder.manifest("loop", [chosen], design, 1, seed, "twin")
    about = folder.derived(about, "loop", {"years": years}, "cyclesim.analysis.loop")
    with options.claimed(out, about) as output:
        with progress_bar(quiet=as_json) as progress:
            found = loops(chosen, design, years, workers or cores(), progress)
        if output is not None:
            output.put({"loop.csv": found.table(), "loop.json": json.dumps(found.to_dict(), indent=1) + "\n"})
            output.put(style.pictures(found.plot(), "loop"))
    if as_json:
        click.echo(json.dumps(found.to_dict(), allow_nan=False))
        return
    drawn_as = f"{options.draws_as_typed(draws)}--seed {seed} " if draws else ""
    click.echo(told.as_text(found, about, f"cyclesim loop {shlex.quote(scenario)} {drawn_as}--years {years}"))
    if out is not None:
        click.echo(f"Table and picture: {out}{os.sep}")
