"""Commands about sweeps: studies, sweep, resume, expand, status."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyclesim import cli_options as options

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.runs.engines import Engine
    from cyclesim.runs.logbook import Shard, State
    from cyclesim.runs.sweep import Sweep

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
folder = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


def _shard(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d+)/(\d+)", value)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter(f"must be like 3/8: the third of eight parts (got {value!r})")
    return int(found[1]), int(found[2])


_CARRIED_OUT = (
    click.option(
        "--engine",
        type=click.Choice(["serial", "processes", "dask"]),
        help="Where runs are carried out (default: processes; dask with --scheduler).",
    ),
    click.option(
        "--scheduler", metavar="ADDRESS", help="Address of a running Dask scheduler, such as tcp://host:8786."
    ),
    click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core)."),
    click.option(
        "--shard", callback=_shard, metavar="K/N", help="Only the K-th of N parts, as in an array of jobs: --shard 3/8."
    ),
    as_json,
)


def carried_out(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where runs are carried out."""
    for option in reversed(_CARRIED_OUT):
        command = option(command)
    return command


@click.command()
@click.argument("study")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the sweep (default: results/NAME-HASH).")
@click.option("--until", metavar="RULE", help="Go on until a paired difference is as precise as this.")
@click.option("--dry-run", is_flag=True, help="Check everything and say what would be simulated.")
@carried_out
def sweep(study: str, out: Path | None, until: str | None, dry_run: bool, **how: Any) -> None:
    """Carry out a STUDY, a shipped one (`cyclesim studies`) or a file, and keep every run in a folder.

    Whatever stops it, what was done is kept: `cyclesim resume FOLDER` goes on. All scenarios share the luck of each
    world, and a failed run does not stop the others. RULE is a sentence: "averted person-months: half-width 5 %".
    """
    from cyclesim.inputs.study import load_study
    from cyclesim.outputs.sweeps import planned
    from cyclesim.runs import sweep as sweeps

    asked = load_study(study)
    if until is not None:
        asked = asked.with_until(until)
    asked, plan = sweeps.plan_of(asked)
    if dry_run:
        click.echo(planned(asked, plan))
        return
    engine = _engine(**how)
    _carry_out(sweeps.begin(asked, out), engine, how)


@click.command()
@as_json
def studies(as_json: bool) -> None:
    """List the shipped studies, the question each of them asks, and how many runs it takes."""
    from cyclesim.inputs import shipped
    from cyclesim.inputs.study import load_study
    from cyclesim.runs.sweep import plan_of

    found = [plan_of(load_study(name)) for name in shipped.studies()]
    if as_json:
        rows = [{"name": s.name, "title": s.title, "question": s.question, "runs": len(plan)} for s, plan in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for study, plan in found:
        more = " at least" if study.until else ""
        click.echo(
            f"{click.style(study.name, bold=True)}: {study.title} ({len(plan):,} runs{more})\n  {study.question}"
        )
    click.echo("\nNext: cyclesim sweep NAME --dry-run")


@click.command()
@folder
@click.option("--retry-failed", is_flag=True, help="Try failed runs again.")
@carried_out
def resume(folder: Path, retry_failed: bool, **how: Any) -> None:
    """Go on with the sweep in FOLDER: simulate what is not stored yet."""
    from cyclesim.runs.sweep import read_sweep

    there = read_sweep(folder)
    _carry_out(there, _engine(**how), how, retry_failed)


@click.command()
@folder
@click.option("--draws", type=click.IntRange(min=1), help="How many draws there shall be (of morris: trajectories).")
@click.option("--replications", type=click.IntRange(min=1), help="How many replications there shall be.")
@click.option("--measures", callback=options.names, metavar="NAME,...", help="Totals to keep as well.")
@click.option("--monthly", callback=options.names, metavar="NAME,...", help="Measures to keep month by month as well.")
@click.option("--scenario", "scenarios", multiple=True, help="Name or file of a further scenario. May be repeated.")
@carried_out
def expand(
    folder: Path,
    draws: int | None,
    replications: int | None,
    measures: list[str],
    monthly: list[str],
    scenarios: tuple[str, ...],
    **how: Any,
) -> None:
    """Ask for more of the sweep in FOLDER, and carry it out; what is stored stays.

    Runs that lack a measure are simulated again by their keys; each must come out as it was stored.
    """
    from cyclesim.runs import driver
    from cyclesim.runs.sweep import read_sweep

    if draws is None and replications is None and not (measures or monthly or scenarios):
        raise click.UsageError("say what there shall be more of: --draws, --replications, --measures, --monthly or "
                               "--scenario")  # fmt: skip
    there, engine = read_sweep(folder), _engine(**how)
    driver.expand(there, draws, replications, measures, monthly, scenarios)
    _carry_out(there, engine, how)


@click.command()
@folder
@as_json
def status(folder: Path, as_json: bool) -> None:
    """Say how far the sweep in FOLDER is, also while it is under way."""
    import time

    from cyclesim.outputs import sweeps
    from cyclesim.runs.logbook import drivers, running

    there = _settled(folder)
    found, busy = drivers(folder), running(folder)
    if as_json:
        content = {"runs": len(there.plan), "stored": there.stored, "failed": there.failed}
        click.echo(json.dumps({**content, "complete": there.complete, "running": busy, "drivers": found}))
        return
    click.echo(sweeps.status(there, found, time.time(), busy))


def _settled(folder: Path) -> Sweep:
    """Open a sweep and count its runs; once more where a driver moved files just then."""
    from cyclesim.errors import FolderError
    from cyclesim.runs.sweep import read_sweep

    for _ in range(3):
        try:
            there = read_sweep(folder)
            _ = there.stored
            return there
        except FolderError as error:
            last = error
    raise last


def _engine(
    engine: str | None, scheduler: str | None, workers: int | None, shard: Shard | None, as_json: bool
) -> Engine:
    from cyclesim.runs import engines

    if scheduler is not None and engine not in (None, "dask"):
        raise click.UsageError(f"--scheduler goes with --engine dask (got {engine})")
    if engine == "dask" or scheduler is not None:
        from cyclesim.runs.cluster import Dask

        return Dask(workers, scheduler)
    if engine == "serial":
        if workers not in (None, 1):
            raise click.UsageError(f"--engine serial has one worker (got {workers}); leave --engine out")
        return engines.Serial()
    return engines.engine(workers or engines.cores())


def _carry_out(there: Sweep, engine: Engine, how: dict[str, Any], retry_failed: bool = False) -> None:
    from cyclesim.outputs.progress import lines_of_sweep
    from cyclesim.outputs.sweeps import finished
    from cyclesim.runs import driver

    shard = how["shard"] or driver.WHOLE
    with ending_well(there), lines_of_sweep(quiet=how["as_json"]) as progress:
        state = driver.carry_out(there, engine, shard, progress, retry_failed)
        summary, found = summarised(there) if there.complete else (None, None)
    if how["as_json"]:
        click.echo(json.dumps(_told(there, state)))
        return
    click.echo(finished(there, state, summary, found))
    click.echo(f"Runs: {there.folder}{os.sep}")


def summarised(there: Sweep) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the tables beside the runs of a sweep that is complete; return them."""
    from cyclesim.analysis.sweeps import differences
    from cyclesim.runs import driver
    from cyclesim.runs.sweep import SUMMARIES

    tables = there.summary(), differences(there)
    driver.summarise(there, dict(zip(SUMMARIES, tables, strict=True)))
    return tables


def _told(there: Sweep, state: State) -> dict[str, Any]:
    content = {"folder": str(there.folder), "hash": there.manifest["hash"], "runs": len(there.plan)}
    content |= {"stored": there.stored, "failed": there.failed, "new": state.done, "complete": there.complete}
    return {**content, "replications": there.plan.replications, "seconds": state.seconds}


@contextmanager
def ending_well(there: Sweep) -> Iterator[None]:
    """Say what is stored of a sweep that is stopped, by Ctrl-C or SIGTERM."""
    try:
        yield
    except KeyboardInterrupt:
        there.store.forget()
        click.echo(
            f"stopped; {there.stored:,} of {len(there.plan):,} runs are stored. Go on with: cyclesim resume "
            f"{shlex.quote(str(there.folder))}",
            err=True,
        )
        raise SystemExit(130) from None
