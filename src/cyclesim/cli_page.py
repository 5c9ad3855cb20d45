"""The command that makes a page with sliders: page."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click


@click.command()
@click.argument("study", default="sliders")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default="page.html", show_default=True)
@click.option("--runs", type=click.Path(path_type=Path), help="Folder of the runs (default: as for cyclesim sweep).")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
def page(study: str, out: Path, runs: Path | None, workers: int | None) -> None:
    """Make one file with sliders of a STUDY that is a grid of levers, to mail or to open from a stick.

    Every combination is simulated beforehand and kept in a folder of a sweep: stopped, it goes on where it was. The
    study has one scenario, a grid of up to six levers, up to three monthly measures, and luck that combinations share.
    """
    from cyclesim.cli_sweep import ending_well
    from cyclesim.errors import FolderError
    from cyclesim.outputs import sliders
    from cyclesim.outputs.progress import lines_of_sweep
    from cyclesim.runs import engines, writing
    from cyclesim.runs.driver import carry_out
    from cyclesim.runs.sweep import begin, plan_of

    chosen, plan = plan_of(study)
    sliders.check(chosen, plan.scenarios)
    if not out.absolute().parent.is_dir() or not os.access(out.absolute().parent, os.W_OK):
        raise FolderError(f"{out.absolute().parent} cannot be written; name another file with --out")
    done = begin(chosen, runs)
    with ending_well(done), lines_of_sweep(quiet=False) as progress:
        carry_out(done, engines.engine(workers or engines.cores()), progress=progress)
    text = sliders.as_html(done, f"cyclesim page {shlex.quote(study)}")
    with writing.additions(out.parent, out.name, done.manifest["hash"]) as output:
        output.put({out.name: text})
    click.echo(f"{chosen.title}: {len(plan):,} runs (kept in {done.folder}{os.sep})")
    click.echo(f"Page: {out} ({len(text) / 1e6:.2f} MB, opens without a network)")
