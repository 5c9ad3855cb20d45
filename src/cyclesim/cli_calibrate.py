"""The command about which inputs agree with observations: calibrate."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("subject", metavar="FOLDER|SCENARIO")
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    help="Of a sweep such as 'detected_share = 0.05 +- 0.01'; of a scenario such as T1. May be repeated.",
)
@click.option("--scenario", help="Of a sweep: whose runs are compared with the targets (default: the baseline).")
@click.option(
    "--accept",
    type=click.FloatRange(min=0, max=1, min_open=True),
    default=0.05,
    show_default=True,
    help="Of a sweep: share of the draws that is kept.",
)
@click.option(
    "--draws", type=click.IntRange(min=60), default=200, show_default=True, help="Of a scenario: draws from the prior."
)
@click.option(
    "--check",
    type=click.IntRange(min=0, max=200),
    default=40,
    show_default=True,
    help="Of a scenario: draws from the posterior at which the model is run.",
)
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Of a scenario: worlds a draw.")
@click.option("--top", type=click.IntRange(min=1), default=15, show_default=True, help="How many inputs are printed.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of draws and errors.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def calibrate(
    subject: str,
    targets: tuple[str, ...],
    scenario: str | None,
    accept: float,
    draws: int,
    check: int,
    seeds: int,
    top: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say which inputs agree with what has been observed.

    Of the FOLDER of a finished sweep: approximate Bayesian computation with regression adjustment on its draws (lhs or
    sobol, 100 or more), for targets that are totals of its runs, with the error with which they are known.

    Of a SCENARIO: some of the targets that a calibration may use (`cyclesim validate` names them), each in worlds of
    its own, matched with emulators over the inputs that move them, and checked by running the model at draws from the
    posterior. The posterior is left as a table of draws, for --draws of other commands and for studies.
    """
    if Path(subject).is_dir():
        content, text = _of_a_sweep(Path(subject), targets, scenario, accept, top, seed, out)
    else:
        given = (subject, targets, draws, check, seeds, seed)
        content, text = _of_a_scenario(given, workers, top, out, as_json)
    click.echo(json.dumps(content, allow_nan=False) if as_json else text)
    if out is not None and not as_json:
        click.echo(f"Tables: {out}{os.sep}")


_HOME = "cyclesim.analysis.calibration"
Told = tuple[dict[str, Any], str]
"""Content as JSON types, and text."""


def _of_a_sweep(
    place: Path, targets: tuple[str, ...], scenario: str | None, accept: float, top: int, seed: int, out: Path | None
) -> Told:
    from cyclesim.analysis import calibration
    from cyclesim.outputs.calibration import as_text
    from cyclesim.runs import folder as folders
    from cyclesim.runs.sweep import read_sweep

    sweep = read_sweep(place)
    about = folders.derived(sweep.manifest, "calibration", [list(targets), scenario, accept, seed], _HOME)
    with options.claimed(out, about) as output:
        found = calibration.calibrate(sweep, targets, scenario, accept, seed)
        if output is not None:
            output.put({"inputs.csv": found.inputs, "outcomes.csv": found.outcomes})
            output.put({"posterior.csv": found.posterior_table(seed), "calibration.json": _words(found.to_dict())})
    return found.to_dict(), as_text(found, about, top)


def _words(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _of_a_scenario(
    given: tuple[str, tuple[str, ...], int, int, int, int],
    workers: int | None,
    top: int,
    out: Path | None,
    quiet: bool,
) -> Told:
    from cyclesim.analysis.matching import match, named
    from cyclesim.inputs.files import load
    from cyclesim.outputs.calibration import matched
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder as folders
    from cyclesim.runs.design import sample
    from cyclesim.runs.engines import cores

    name, targets, draws, check, seeds, seed = given
    named(targets)
    chosen = load(name)
    about = folders.manifest("match", [chosen], sample(chosen, n=draws, seed=seed), seeds, seed)
    about = folders.derived(about, "match", {"targets": list(targets), "check": check}, "cyclesim.analysis.matching")
    with options.claimed(out, about) as output:
        with progress_bar(quiet=quiet) as progress:
            found = match(chosen, targets, draws, check, seeds, seed, workers or cores(), progress)
        if output is not None:
            output.put({"quantities.csv": found.quantities, "inputs.csv": found.inputs})
            output.put({"posterior.csv": found.posterior_table(), "calibration.json": _words(found.to_dict())})
    command = f"cyclesim calibrate {shlex.quote(name)} " + "".join(f"--target {t} " for t in targets)
    command += f"--draws {draws} --check {check} --seeds {seeds} --seed {seed}"
    return found.to_dict(), matched(found, about, top, command)
