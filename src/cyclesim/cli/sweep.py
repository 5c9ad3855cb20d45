"""Commands about sweeps and what results prove: studies, sweep, resume, expand, status, merge, verify."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyclesim.cli import options
from cyclesim.cli.options import as_json
from cyclesim.errors import FolderError
from cyclesim.progress import progress_bar

if TYPE_CHECKING:
    from cyclesim.analysis.compare import Comparison
    from cyclesim.questions.asking import Answer
    from cyclesim.runs.logbook import Progress, Shard, State
    from cyclesim.runs.sweep import Sweep
    from cyclesim.worlds.engines import Executor

_LINE_SECONDS, _SILENT_SECONDS = 60.0, 2.0


def _shard(ctx: click.Context, param: click.Parameter, value: str | None) -> Shard | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d+)/(\d+)", value)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter(f"must be like 3/8: the third of eight parts (got {value!r})")
    return int(found[1]), int(found[2])


def carried_out(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where runs are carried out."""
    engine = "Where runs are carried out (default: processes; dask with --scheduler)."
    scheduler = "Address of a running Dask scheduler, such as tcp://host:8786."
    shard = "Only the K-th of N parts, as in an array of jobs: --shard 3/8."
    for option in (  # the last one stands first in the help
        as_json,
        click.option("--shard", callback=_shard, metavar="K/N", help=shard),
        options.workers,
        click.option("--scheduler", metavar="ADDRESS", help=scheduler),
        click.option("--engine", type=click.Choice(["serial", "processes", "dask"]), help=engine),
    ):
        command = option(command)
    return command


@click.command()
@as_json
def studies(as_json: bool) -> None:
    """List the shipped studies, the question each of them asks, and how many runs it takes.

    A study is carried out as a sweep, or as an experiment where it says that it is one.
    """
    from cyclesim.inputs import shipped
    from cyclesim.inputs.study import load_study
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs.sweep import plan_of

    found = [plan_of(load_study(name)) for name in shipped.studies()]
    if as_json:
        fields = {"name", "title", "question", "scenarios", "experiment"}
        options.print_json([s.model_dump(mode="json", include=fields) | {"runs": len(plan)} for s, plan in found])
        return
    for study, plan in found:
        click.echo(f"{click.style(study.name, bold=True)}: {told.listed(study, plan)}")
    click.echo("\nNext: cyclesim sweep NAME --dry-run, or cyclesim experiment NAME")


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
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs.sweep import begin, plan_of

    asked = load_study(study)
    asked, plan = plan_of(asked if until is None else asked.with_until(until))
    if dry_run:
        click.echo(told.planned(asked, plan))
        return
    engine = _engine(**how)
    _carry_out(begin(asked, out), engine, how)


@click.command()
@options.folder
@click.option("--retry-failed", is_flag=True, help="Try failed runs again.")
@carried_out
def resume(folder: Path, retry_failed: bool, **how: Any) -> None:
    """Go on with the sweep in FOLDER: simulate what is not stored yet."""
    from cyclesim.runs.sweep import read_sweep

    _carry_out(read_sweep(folder), _engine(**how), how, retry_failed)


@click.command()
@options.folder
@click.option("--draws", type=click.IntRange(min=1), help="How many draws there shall be (of morris: trajectories).")
@click.option("--replications", type=click.IntRange(min=1), help="How many replications there shall be.")
@click.option("--measures", callback=options.names, metavar="NAME,...", help="Totals to keep as well.")
@click.option("--monthly", callback=options.names, metavar="NAME,...", help="Measures to keep month by month as well.")
@click.option("--scenario", "scenarios", multiple=True, help="Name or file of a further scenario. May be repeated.")
@carried_out
def expand(
    folder: Path, draws: int | None, replications: int | None, measures: list[str], monthly: list[str],
    scenarios: tuple[str, ...], **how: Any,
) -> None:  # fmt: skip
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
@options.folder
@as_json
def status(folder: Path, as_json: bool) -> None:
    """Say how far the sweep in FOLDER is, also while it is under way."""
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs import logbook
    from cyclesim.runs.sweep import read_sweep

    for left in (2, 1, 0):
        try:
            there = read_sweep(folder)
            _ = there.stored
            break
        except FolderError:  # a driver may have moved files just then
            if not left:
                raise
    found, busy = logbook.drivers(folder), logbook.running(folder)
    if as_json:
        click.echo(json.dumps({**_stored(there), "running": busy, "drivers": found}))
    else:
        click.echo(told.status(there, found, time.time(), busy))


def _stored(there: Sweep) -> dict[str, Any]:
    runs = {"runs": len(there.plan), "stored": there.stored, "failed": there.failed}
    return {**runs, "complete": there.complete}


def _engine(
    engine: str | None, scheduler: str | None, workers: int | None, shard: Shard | None, as_json: bool
) -> Executor:
    from cyclesim.worlds import engines

    if scheduler is not None and engine not in (None, "dask"):
        raise click.UsageError(f"--scheduler goes with --engine dask (got {engine})")
    if engine == "dask" or scheduler is not None:
        from cyclesim.worlds.cluster import Dask

        return Dask(workers, scheduler)
    if engine == "serial":
        if workers not in (None, 1):
            raise click.UsageError(f"--engine serial has one worker (got {workers}); leave --engine out")
        return engines.Serial()
    return engines.engine(workers or engines.cores())


def _carry_out(there: Sweep, engine: Executor, how: dict[str, Any], retry_failed: bool = False) -> None:
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs import driver

    with watched(there, quiet=how["as_json"]) as progress:
        state = driver.carry_out(there, engine, how["shard"] or driver.WHOLE, progress, retry_failed)
        answer = summarised(there) if there.complete else None
    if how["as_json"]:
        content = {"folder": str(there.folder), "hash": there.manifest["hash"], **_stored(there), "new": state.done}
        click.echo(json.dumps({**content, "replications": there.plan.replications, "seconds": state.seconds}))
        return
    click.echo(told.finished(there, state))
    if answer is not None:
        click.echo(f"\n{answer}")
    click.echo(f"Runs: {there.folder}{os.sep}")


@contextmanager
def watched(there: Sweep, quiet: bool = False) -> Iterator[Progress | None]:
    """Show how far a sweep is on standard error; where it is stopped, by Ctrl-C or SIGTERM, say what is stored.

    On a terminal it is a line that moves, in the log of a job one a minute.
    """
    from cyclesim.outputs import sweeps as told

    terminal = sys.stderr.isatty()
    pause = 0.5 if terminal else _LINE_SECONDS
    began = shown = time.monotonic()
    width = 0

    def advance(state: State) -> None:
        nonlocal shown, width
        now = time.monotonic()
        if now - began < _SILENT_SECONDS or now - shown < pause:
            return
        shown, text = now, told.bar(state)
        print(f"\r{text.ljust(width)}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
        width = len(text)

    try:
        try:
            yield None if quiet else advance
        finally:
            if width and terminal:
                print(f"\r{' ' * width}\r", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        there.store.invalidate_cache()
        stored = f"{there.stored:,} of {len(there.plan):,} runs are stored"
        click.echo(f"stopped; {stored}. Go on with: cyclesim resume {shlex.quote(str(there.folder))}", err=True)
        raise SystemExit(130) from None


def summarised(there: Sweep) -> Answer[Comparison]:
    """Write the tables beside the runs of a sweep that is complete; return what it says."""
    import pandas as pd

    from cyclesim.questions.compare import swept
    from cyclesim.runs import driver
    from cyclesim.runs.sweep import SUMMARIES

    answer = swept(there)
    differences = answer.found.summary() if answer.found.counterfactuals else pd.DataFrame()
    driver.summarise(there, dict(zip(SUMMARIES, (there.summary(), differences), strict=True)))
    return answer


@click.command()
@click.argument("folder", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the sweep put together.")
@as_json
def merge(folder: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Put together the sweeps in several FOLDERs: one study, carried out apart, such as shards on two machines.

    Another study is refused, with what differs. A run that several folders have must be equal in all of them.
    """
    from cyclesim.runs import driver
    from cyclesim.runs.merge import merge as put_together

    there = put_together(folder, out)
    if driver.finish(there):
        summarised(there)
    if as_json:
        click.echo(json.dumps({"folder": str(out), "hash": there.manifest["hash"], **_stored(there)}))
        return
    state = "Complete." if there.complete else f"Go on with: cyclesim resume {shlex.quote(str(out))}"
    click.echo(f"{out}: {there.stored:,} of {len(there.plan):,} runs, of {len(folder)} folders. {state}")


@click.command()
@click.argument("place", metavar="FOLDER", type=click.Path(path_type=Path, exists=True))
@click.argument("key", required=False)
@click.option(
    "--share", type=click.FloatRange(min=0, max=1), default=0.01, show_default=True,
    help="Share of the runs that is simulated again; at least one, none for 0.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), help="Which runs: seed of the choice (default: others each time).")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--out", type=click.Path(path_type=Path), help="With KEY: folder for all tables of the run.")
@as_json
def verify(
    place: Path, key: str | None, share: float, seed: int | None, workers: int, out: Path | None, as_json: bool
) -> None:
    """Check the results in FOLDER, or in an archive: checksums, keys, and runs simulated again, bit for bit.

    With the beginning of a KEY of a sweep, that run alone is simulated again and shown. Ends with status 1 if anything
    is not as it was written.
    """
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs.verify import verify as check

    if key is not None:
        good = _one_run(place, key, out, as_json)
    elif out is not None:
        raise click.UsageError("--out goes with the KEY of a run; give both")
    else:
        with progress_bar(quiet=as_json) as progress:
            found = check(place, share, seed, workers, progress)
        click.echo(json.dumps(told.verified_as_json(found)) if as_json else told.verified(found))
        good = found.good
    if not good:
        raise SystemExit(1)


def _one_run(place: Path, key: str, out: Path | None, as_json: bool) -> bool:
    """Simulate one run again and print it; return whether it comes out as it was stored."""
    from cyclesim.analysis.sweeps import replay
    from cyclesim.outputs import sweeps as told
    from cyclesim.runs import simulate
    from cyclesim.runs.sweep import read_sweep
    from cyclesim.runs.verify import unpacked

    with unpacked(place) as (folder, problems):
        if problems:
            raise FolderError(f"{place} is damaged: {'; '.join(problems[:3])}")
        there = read_sweep(folder)
        result = replay(there, key)
        item = result.item
        if out is not None and not result.failed:
            scenario = there.scenarios[result.scenario].with_values(result.drawn)
            run = simulate.run(scenario, there.plan.seed, item.luck, item.replication, there.plan.twin)
            tables = {f"{name}.parquet": frame for name, frame in run.tables.items() if name != "months"}
            run.ensemble.save(out, "run", tables)
    if as_json:
        names = ("scenario", "failed", "traceback", "differing", "totals")
        content = {"key": item.key, "draw": item.draw, "replication": item.replication}
        click.echo(json.dumps({**content, **{name: getattr(result, name) for name in names}}))
    else:
        click.echo(told.replayed(result))
    return not result.differing
