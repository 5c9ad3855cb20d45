"""Commands that simulate, and what they measure: run, compare, measures."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
out = click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the results (default: results/NAMES-HASH)."
)
seed = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
_SILENT_SECONDS = 2.0


@click.command()
@click.argument("scenario")
@seed
@out
@as_json
def run(scenario: str, seed: int, out: Path | None, as_json: bool) -> None:
    """Simulate one world of a SCENARIO, print its years and write its tables and chart."""
    from cyclesim.inputs.files import load
    from cyclesim.outputs import pictures, printed
    from cyclesim.runs import folder
    from cyclesim.runs import simulate as runs

    chosen = load(scenario)
    about = folder.manifest("run", [chosen], None, 1, seed)
    place = out or folder.default_folder(about)
    folder.check_free(place, about)
    result = runs.run(chosen, seed=seed)
    breakdowns = {f"{name}.parquet": frame for name, frame in result.tables.items() if name != "months"}
    folder.save(result.ensemble, place, "run", {**breakdowns, "log.json": folder.log()})
    pictures.save(result.plot(), place, "cycle")
    if as_json:
        content = {"folder": str(place), "hash": about["hash"], "scenario": chosen.name, "seed": seed}
        click.echo(json.dumps({**content, "totals": json.loads(result.totals().to_json(double_precision=15))}))
        return
    click.echo(printed.run(result, about))
    click.echo(f"Tables and chart: {place}{os.sep}")


@click.command()
@click.argument("pattern", default="")
@as_json
def measures(pattern: str, as_json: bool) -> None:
    """Say what the columns of the monthly table are.

    PATTERN is a part of a name or of its text. A stock is counted at the end of the month, a flow over it; a level is
    a share, a rate or an index. Differences are counterfactual less baseline; of what is to be averted, the other way.
    """
    from dataclasses import asdict

    from cyclesim.errors import UnknownNameError, did_you_mean
    from cyclesim.vocabulary import AVERTED, MEASURES

    words = pattern.casefold()
    found = [measure for measure in MEASURES.values() if words in f"{measure.name} {measure.text}".casefold()]
    if not found:
        raise UnknownNameError(f"no measure matches {pattern!r}; {did_you_mean(pattern, MEASURES)}")
    if as_json:
        rows = [{**asdict(measure), "averted": measure.name in AVERTED} for measure in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for measure in found:
        averted = "; its difference is what is averted" if measure.name in AVERTED else ""
        click.echo(f"{click.style(measure.name, bold=True)} ({measure.kind}, {measure.unit})")
        click.echo(f"  {measure.text}{averted}")
    click.echo(
        f"\n{len(found)} of {len(MEASURES)} measures of a simulated crisis, month by month; cyclesim run writes them"
    )


@click.command()
@click.argument("baseline")
@click.argument("scenario", nargs=-1, required=True)
@click.option("--replications", type=click.IntRange(min=1), help="Worlds for each draw (default: 20, or 1 with draws).")
@click.option("--draws", type=click.IntRange(min=0), default=0, show_default=True, help="Draws of uncertain numbers.")
@seed
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@out
@as_json
def compare(
    baseline: str,
    scenario: tuple[str, ...],
    replications: int | None,
    draws: int,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare one or more SCENARIOs with a BASELINE, world by world.

    All scenarios share the luck of each world. Without --draws, intervals cover luck only; with them, luck and
    the inputs that have a range.
    """
    from cyclesim.analysis import compare as analysis
    from cyclesim.inputs.files import load
    from cyclesim.outputs import pictures, printed
    from cyclesim.runs import folder
    from cyclesim.runs import simulate as runs
    from cyclesim.runs.design import sample

    scenarios = [load(name) for name in (baseline, *scenario)]
    design = sample(scenarios, n=draws, seed=seed) if draws else None
    replications = replications or (1 if draws else 20)
    about = folder.manifest("comparison", scenarios, design, replications, seed)
    place = out or folder.default_folder(about)
    folder.check_free(place, about)
    workers = workers or min(os.cpu_count() or 1, max(draws, 1) * replications)
    with _progress(quiet=as_json) as progress:
        ensemble = runs.simulate(scenarios, design, replications, seed, workers, progress=progress)
    result = analysis.compare(ensemble, scenarios[0].name)
    result.save(place, {"log.json": folder.log()})
    pictures.save(ensemble.plot(result.baseline), place, "cycle")
    pictures.save(result.plot(), place, "difference")
    if as_json:
        click.echo(json.dumps({"folder": str(place), "hash": about["hash"], **result.to_dict()}))
        return
    click.echo(printed.comparison(result, about, (baseline, *scenario)))
    click.echo(f"Tables and charts: {place}{os.sep}")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on standard error once a task has taken two seconds; nothing when piped."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    began, task = time.monotonic(), bar.add_task("worlds", total=None)

    def advance(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - began > _SILENT_SECONDS:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()
