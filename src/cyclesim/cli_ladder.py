"""The command about what hangs on anti-trafficking money: ladder."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("scenarios", nargs=-1)
@options.draws
@click.option("--seeds", type=click.IntRange(min=0), default=2, show_default=True, help="Lucks of the thirty crises.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of draws and lucks.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for numbers and picture (default: none).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def ladder(
    scenarios: tuple[str, ...],
    draws: int | Path,
    seeds: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say what hangs on anti-trafficking money in SCENARIOS (default: the three rungs), along what others pay.

    What is lost when all of it is taken away, the gain of the loop, what the first interventions do, who pays, and how
    money falls on thirty crises made of the first scenario. Takes some minutes; with --draws, intervals over states of
    the world.
    """
    from cyclesim.analysis import rungs
    from cyclesim.analysis.ladder import LEVELS, RUNGS
    from cyclesim.inputs.files import load
    from cyclesim.outputs import ladder as told
    from cyclesim.outputs import ladder_picture, style
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder
    from cyclesim.runs.design import drawn
    from cyclesim.runs.engines import cores

    chosen = [load(name) for name in dict.fromkeys(scenarios or RUNGS)]
    designs = {s.name: drawn(s, draws, seed) for s in chosen}
    about = folder.manifest("ladder", chosen, None, 1, seed, "twin")
    asked = {"levels": list(LEVELS), "draws": str(draws), "seeds": seeds}
    about = folder.derived(about, "ladder", asked, "cyclesim.analysis.rungs")
    again = " ".join(["cyclesim ladder", *map(shlex.quote, scenarios), options.draws_as_typed(draws).strip()]).strip()
    again += f" --seeds {seeds} --seed {seed}"
    with options.claimed(out, about) as output:
        with progress_bar(quiet=as_json) as progress:
            found = rungs.ladder(chosen, designs, LEVELS, seeds, seed, workers or cores(), progress)
        plain = found.to_dict()
        if output is not None:
            output.put({"ladder.json": json.dumps(plain, indent=1, allow_nan=False) + "\n"})
            output.put(style.pictures(ladder_picture.picture(found, again), "ladder"))
    if as_json:
        click.echo(json.dumps(plain, allow_nan=False))
        return
    click.echo(told.as_text(found, about, again))
    if out is not None:
        click.echo(f"Numbers and picture: {out}{os.sep}")
