"""Commands about the experiments that the evidence asks for: experiments, experiment."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def experiments(as_json: bool) -> None:
    """List the experiments that the evidence asks for, with the scenarios each of them compares."""
    from cyclesim.inputs.experiments import experiments as known
    from cyclesim.outputs.experiments import listed

    if as_json:
        click.echo(json.dumps([entry.model_dump(mode="json") for entry in known().values()], indent=2))
        return
    click.echo("\n\n".join(listed(entry) for entry in known().values()))
    click.echo("\nNext: cyclesim experiment NAME")


@click.command()
@click.argument("name")
@click.option("--replications", type=click.IntRange(min=1), help="Worlds (default: 20).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--paid-by", type=click.Choice(["donors", "outside"]), help="Who pays for interventions.")
@click.option("--twin", is_flag=True, help="Expected values at once: no luck, and one world is enough.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the tables (default: none are written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def experiment(
    name: str,
    replications: int | None,
    seed: int,
    workers: int | None,
    paid_by: str | None,
    twin: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run the experiment NAME and print what its arms do, with an answer."""
    from cyclesim.analysis import experiments as analysis
    from cyclesim.errors import FolderError
    from cyclesim.outputs.experiments import answer, told
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import writing
    from cyclesim.vocabulary import Payer

    if out is not None and out.exists() and (not out.is_dir() or writing.holds_results(out)):
        raise FolderError(f"{out} is taken; choose another folder with --out")
    if twin and (replications or 1) > 1:
        raise click.UsageError("the twin has no luck, so one replication is all there is; leave --replications out")
    replications = 1 if twin else replications or 20
    workers = workers or min(os.cpu_count() or 1, replications)
    payer = None if paid_by is None else Payer(paid_by)
    with progress_bar(quiet=as_json) as progress:
        outcome = analysis.run(name, replications, seed, workers, payer, twin=twin, progress=progress)
    if out is not None:
        outcome.comparison.save(out)
    if as_json:
        click.echo(json.dumps({**outcome.to_dict(), "answer": answer(outcome)}))
        return
    chosen = f" --paid-by {paid_by}" if paid_by else ""
    worlds = "--twin" if twin else f"--replications {replications} --seed {seed}"
    click.echo(told(outcome, f"cyclesim experiment {name}{chosen} {worlds}"))
