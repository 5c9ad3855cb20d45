"""Commands about what results prove: verify, merge, archive."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


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
    from cyclesim.outputs import verified as told
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs.verify import verify as check

    if key is not None:
        _one_run(place, key, out, as_json)
        return
    if out is not None:
        raise click.UsageError("--out goes with the KEY of a run; give both")
    with progress_bar(quiet=as_json) as progress:
        found = check(place, share, seed, workers, progress)
    click.echo(json.dumps(told.as_json(found)) if as_json else told.as_text(found))
    if not found.good:
        raise SystemExit(1)


def _one_run(place: Path, key: str, out: Path | None, as_json: bool) -> None:
    from cyclesim.analysis.sweeps import replay
    from cyclesim.errors import FolderError
    from cyclesim.outputs.sweeps import replayed
    from cyclesim.runs import folder as folders
    from cyclesim.runs import simulate
    from cyclesim.runs.sweep import read_sweep
    from cyclesim.runs.verify import unpacked

    with unpacked(place) as (folder, problems):
        if problems:
            raise FolderError(f"{place} is damaged: {'; '.join(problems[:3])}")
        there = read_sweep(folder)
        result = replay(there, key)
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


@click.command()
@click.argument("folder", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the sweep put together.")
@as_json
def merge(folder: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Put together the sweeps in several FOLDERs: one study, carried out apart, such as shards on two machines.

    Another study is refused, with what differs. A run that several folders have must be equal in all of them.
    """
    from cyclesim.cli_sweep import summarised
    from cyclesim.runs.driver import finish
    from cyclesim.runs.merge import merge as together

    there = together(folder, out)
    if finish(there):
        summarised(there)
    content = {"folder": str(out), "hash": there.manifest["hash"], "runs": len(there.plan), "stored": there.stored}
    if as_json:
        click.echo(json.dumps({**content, "failed": there.failed, "complete": there.complete}))
        return
    state = "Complete." if there.complete else f"Go on with: cyclesim resume {shlex.quote(str(out))}"
    click.echo(f"{out}: {there.stored:,} of {len(there.plan):,} runs, of {len(folder)} folders. {state}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File (default: FOLDER.zip).")
def archive(folder: Path, out: Path | None) -> None:
    """Put the results in FOLDER into one file, with scenarios, fingerprint, versions and a description of the tables.

    For a repository such as Zenodo: a Frictionless data package names columns and units. `cyclesim verify FILE` checks
    it.
    """
    from cyclesim.runs.archive import archive as pack

    place = pack(folder, out)
    click.echo(f"Archive: {place} ({place.stat().st_size / 1e6:.2g} MB). Check it with: cyclesim verify "
               f"{shlex.quote(str(place))}")  # fmt: skip
