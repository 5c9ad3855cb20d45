"""The command about which inputs matter: sensitivity."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--measure", default="person_months_exploited", show_default=True, help="The outcome.")
@click.option("--difference", metavar="SCENARIO", help="The paired difference of this scenario from the baseline.")
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="How many inputs are printed.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the bootstrap.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for table and picture (default: none are written)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def sensitivity(
    folder: Path, measure: str, difference: str | None, top: int, seed: int, out: Path | None, as_json: bool
) -> None:
    """Say which inputs move an outcome of the finished sweep in FOLDER, with luck told apart from them.

    Sobol indices of a saltelli design, elementary effects of a morris design, shares of variance between bins of any
    other. Give the study two replications or more: only they tell luck from inputs.
    """
    from cyclesim.analysis import sensitivity as analysis
    from cyclesim.outputs import sensitivity as told
    from cyclesim.outputs import style
    from cyclesim.runs import folder as folders
    from cyclesim.runs.sweep import read_sweep

    sweep = read_sweep(folder)
    about = folders.derived(sweep.manifest, "sensitivity", [measure, difference, seed], "cyclesim.analysis.sensitivity")
    with options.claimed(out, about) as output:
        found = analysis.sensitivity(sweep, measure, difference, seed)
        if output is not None:
            words = json.dumps(found.to_dict(), indent=1) + "\n"
            output.put({"sensitivity.csv": found.table, "sensitivity.json": words})
            output.put(style.pictures(found.plot(), "sensitivity"))
    if as_json:
        click.echo(json.dumps(found.to_dict(), allow_nan=False))
        return
    click.echo(told.as_text(found, about, top))
    if out is not None:
        click.echo(f"Table and picture: {out}{os.sep}")
