"""Commands about sweeps: studies, sweep, resume, expand, status, replay."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
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
@carried_out
def expand(folder: Path, draws: int | None, replications: int | None, **how: Any) -> None:
    """Ask for more of the sweep in FOLDER, and carry it out; what is stored stays."""
    from cyclesim.runs.driver import resized
    from cyclesim.runs.sweep import read_sweep

    if draws is None and replications is None:
        raise click.UsageError("say how many --draws or --replications there shall be")
    there, engine = read_sweep(folder), _engine(**how)
    resized(there, draws, replications)
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


@click.command()
@folder
@click.argument("key")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for all tables of the run (default: none).")
@as_json
def replay(folder: Path, key: str, out: Path | None, as_json: bool) -> None:
    """Simulate one run of the sweep in FOLDER again, by the beginning of its KEY, and hold it against the store."""
    from cyclesim.analysis.sweeps import replay as again
    from cyclesim.outputs.sweeps import replayed
    from cyclesim.runs import folder as folders
    from cyclesim.runs import simulate
    from cyclesim.runs.sweep import read_sweep

    there = read_sweep(folder)
    result = again(there, key)
    if out is not None and not result.failed:
        item = result.item
        scenario = there.scenarios[result.scenario].with_values(result.drawn)
        run = simulate.run(scenario, there.plan.seed, item.luck, item.replication, there.plan.twin)
        tables = {f"{name}.parquet": frame for name, frame in run.tables.items() if name != "months"}
        folders.save(run.ensemble, out, "run", tables)
    if as_json:
        content = {"key": result.item.key, "scenario": result.scenario, "draw": result.item.draw}
        content |= {"replication": result.item.replication, "failed": result.failed, "traceback": result.traceback}
        click.echo(json.dumps({**content, "differing": result.differing, "totals": result.totals}))
    else:
        click.echo(replayed(result))
    if result.differing:
        raise SystemExit(1)


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
    from cyclesim.analysis.sweeps import differences
    from cyclesim.outputs.progress import lines_of_sweep
    from cyclesim.outputs.sweeps import finished
    from cyclesim.runs import driver

    shard = how["shard"] or driver.WHOLE
    with _ending_well(there), lines_of_sweep(quiet=how["as_json"]) as progress:
        state = driver.carry_out(there, engine, shard, progress, retry_failed)
        summary, found = (there.summary(), differences(there)) if there.complete else (None, None)
        if summary is not None and found is not None:
            driver.summarise(there, {"summary.csv": summary, "differences.csv": found})
    if how["as_json"]:
        click.echo(json.dumps(_told(there, state)))
        return
    click.echo(finished(there, state, summary, found))
    click.echo(f"Runs: {there.folder}{os.sep}")


def _told(there: Sweep, state: State) -> dict[str, Any]:
    content = {"folder": str(there.folder), "hash": there.manifest["hash"], "runs": len(there.plan)}
    content |= {"stored": there.stored, "failed": there.failed, "new": state.done, "complete": there.complete}
    return {**content, "replications": there.plan.replications, "seconds": state.seconds}


@contextmanager
def _ending_well(there: Sweep) -> Iterator[None]:
    """Let SIGTERM, which batch systems send before they kill, stop a sweep as Ctrl-C does: with all runs stored."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
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
    finally:
        signal.signal(signal.SIGTERM, before)
