"""The command about what case counts cannot tell apart: identify."""

from __future__ import annotations

import json
import os
import shlex
from contextlib import ExitStack
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("scenario", default="baseline")
@click.option("--crisis", help="Name of the crisis (default: the first).")
@click.option(
    "--detection",
    type=click.FloatRange(min=0, max=1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="Factor on detection in the hidden worlds; nearer to 1 where no protection would match it.",
)
@click.option("--replications", type=click.IntRange(min=3), default=20, show_default=True, help="Worlds of each kind.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for tables and chart (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def identify(
    scenario: str,
    crisis: str | None,
    detection: float,
    replications: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show which worlds of a SCENARIO case counts cannot tell apart, and which further datum can, at what cost.

    Each pair has a world in which few of many people are found and one in which people are protected, with the same
    case counts. A prevalence survey, linked lists and a record of effort are read in both.
    """
    from cyclesim.analysis import identify as analysis
    from cyclesim.outputs import identification, style
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder

    workers = workers or min(os.cpu_count() or 1, replications)

    with ExitStack() as stack:
        outputs = []

        def claim(worlds: analysis.Worlds) -> None:
            about = folder.manifest(analysis.KIND, worlds, None, replications, seed)
            outputs.append(stack.enter_context(options.claimed(out, about)))

        with progress_bar(quiet=as_json) as progress:
            result = analysis.identify(scenario, crisis, detection, replications, seed, workers, progress, claim)
        for output in filter(None, outputs):
            output.put({**result.files(), **style.pictures(result.plot(), "identify")})
    if as_json:
        click.echo(json.dumps(result.to_dict(), allow_nan=False))
        return
    chosen = f" --crisis {shlex.quote(result.crisis)}" if crisis else ""
    typed = f"{chosen} --detection {detection:g} --replications {replications} --seed {seed}"
    click.echo(identification.as_text(result, f"cyclesim identify {shlex.quote(scenario)}{typed}"))
    if out is not None:
        click.echo(f"Tables and chart: {out}{os.sep}")
