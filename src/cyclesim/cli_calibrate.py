"""The command about which inputs agree with observations: calibrate."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    help="Such as 'detected_share = 0.05 +- 0.01'; may be repeated.",
)
@click.option("--scenario", help="Whose runs are compared with the targets (default: the baseline).")
@click.option(
    "--accept",
    type=click.FloatRange(min=0, max=1, min_open=True),
    default=0.05,
    show_default=True,
    help="Share of the draws that is kept.",
)
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="How many inputs are printed.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of errors and ranks.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def calibrate(
    folder: Path,
    targets: tuple[str, ...],
    scenario: str | None,
    accept: float,
    top: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which inputs of the finished sweep in FOLDER agree with what has been observed.

    Approximate Bayesian computation with regression adjustment on the draws of the sweep (lhs or sobol, 100 or more;
    the more inputs and targets, the more). Targets are totals of runs, with the error with which they are known.
    """
    from cyclesim.analysis import calibration
    from cyclesim.outputs.calibration import as_text
    from cyclesim.runs import folder as folders
    from cyclesim.runs.sweep import read_sweep

    sweep = read_sweep(folder)
    about = {**sweep.manifest, "kind": "calibration", "of": [list(targets), scenario, accept, seed]}
    if out is not None:
        folders.check_free(out, about)
    found = calibration.calibrate(sweep, targets, scenario, accept, seed)
    if out is not None:
        tables = {"inputs.csv": found.inputs, "outcomes.csv": found.outcomes}
        text = json.dumps(found.to_dict(), indent=1, allow_nan=False) + "\n"
        folders.write(out, about, {**tables, "calibration.json": text, "log.json": folders.log()})
    if as_json:
        click.echo(json.dumps(found.to_dict(), allow_nan=False))
        return
    click.echo(as_text(found, about, top))
    if out is not None:
        click.echo(f"Tables: {out}{os.sep}")
