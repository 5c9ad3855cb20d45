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
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for numbers and picture (default: none).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def ladder(
    scenarios: tuple[str, ...], draws: int | Path, seed: int, workers: int | None, out: Path | None, as_json: bool
) -> None:
    """Say what hangs on anti-trafficking money in SCENARIOS (default: the three rungs), along what others pay.

    Identified, assisted and person-months of exploitation lost when all of it is taken away, the gain of the loop, and
    what the first interventions do. Takes a few minutes.
    """
    from cyclesim.analysis import ladder as found
    from cyclesim.inputs.files import load
    from cyclesim.outputs import ladder as told
    from cyclesim.outputs import style
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder
    from cyclesim.runs.design import drawn
    from cyclesim.runs.engines import cores

    chosen = [load(name) for name in scenarios or found.RUNGS]
    designs = {s.name: drawn(s, draws, seed) for s in chosen}
    about = folder.manifest("ladder", chosen, None, 1, seed, "twin")
    about = folder.derived(about, "ladder", {"levels": list(found.LEVELS)}, "cyclesim.analysis.ladder")
    with options.claimed(out, about) as output:
        with progress_bar(quiet=as_json) as progress:
            points = found.ladder(chosen, workers=workers or cores(), progress=progress)
        over = {
            s.name: found.over_draws(s, design, workers or cores())
            for s in chosen
            if (design := designs[s.name]) is not None
        }
        plain = {
            "points": [p.to_dict() for p in points],
            "draws": {name: [p.to_dict() for p in drawn_points] for name, drawn_points in over.items()},
            "two_by_two": {s.name: found.two_by_two(s) for s in chosen},
        }
        if output is not None:
            output.put({"ladder.json": json.dumps(plain, indent=1) + "\n"})
            output.put(style.pictures(told.picture(points), "ladder"))
    if as_json:
        click.echo(json.dumps(plain, allow_nan=False))
        return
    words = ["cyclesim", "ladder", *map(shlex.quote, scenarios)]
    again = f"{' '.join(words)} {options.draws_as_typed(draws)}--seed {seed}"
    click.echo(told.as_text(points, over, about, again))
    if out is not None:
        click.echo(f"Numbers and picture: {out}{os.sep}")
