"""The command about what data are worth: voi."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--worth", type=click.FloatRange(min=0, min_open=True), help="US$ that a person-month averted is worth.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many inputs are printed.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of surveys and bootstrap.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def voi(folder: Path, worth: float | None, top: int, seed: int, out: Path | None, as_json: bool) -> None:
    """Say what it would be worth to know more before choosing among the scenarios of the sweep in FOLDER.

    The sweep needs a design of lhs or sobol with 40 draws or more, and replications that tell luck from inputs. What
    a person-month averted is worth is for you to say (--worth); without it, costs are left out.
    """
    from cyclesim.analysis.voi import voi as value
    from cyclesim.outputs.voi import as_text
    from cyclesim.runs import folder as folders
    from cyclesim.runs.sweep import read_sweep

    sweep = read_sweep(folder)
    about = folders.derived(sweep.manifest, "voi", [worth, seed], "cyclesim.analysis.voi")
    with options.claimed(out, about) as output:
        found = value(sweep, worth, seed)
        if output is not None:
            output.put({f"{name}.csv": getattr(found, name) for name in ("benefits", "inputs", "surveys")})
            output.put({"voi.json": json.dumps(found.to_dict(), indent=1, allow_nan=False) + "\n"})
    if as_json:
        click.echo(json.dumps(found.to_dict(), allow_nan=False))
        return
    click.echo(as_text(found, about, worth, top))
    if out is not None:
        click.echo(f"Tables: {out}{os.sep}")
