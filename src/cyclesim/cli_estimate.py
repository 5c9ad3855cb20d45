"""The command that estimates how many people there are from the lists they are on: estimate."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyclesim import cli_options as options

if TYPE_CHECKING:
    from cyclesim.inputs.captures import CaptureTable
    from cyclesim.model.evidence.estimation.estimates import Estimate

REPLICATES = 1000


@click.command()
@click.argument("counts", metavar="COUNTS.csv")
@click.option(
    "--method", help="One of: independence, pairs, stepwise, bic, aic, average, chao, lincoln-petersen, chapman."
)
@click.option(
    "--order", type=click.IntRange(min=2), default=2, show_default=True, help="Lists in a term, for bic and aic."
)
@click.option(
    "--lists", callback=options.names, metavar="NAME,...", help="Columns that are lists (default: all others)."
)
@click.option("--count", default="count", show_default=True, help="Column of how many people have a history.")
@click.option("--interval", type=click.Choice(["bootstrap"]), help="Add 95 % limits.")
@click.option("--replicates", type=click.IntRange(min=2), help=f"Replicates of the bootstrap (default: {REPLICATES}).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the bootstrap.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for table and chart (default: results/NAME-HASH).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def estimate(
    counts: str,
    method: str | None,
    order: int,
    lists: list[str],
    count: str,
    interval: str | None,
    replicates: int | None,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Estimate how many people there are, those on no list included (multiple systems estimation).

    COUNTS.csv has one column of 0 and 1 for each list and a column `count`, or one row for each person; or it is
    the name of a published table, such as uk-6-lists. Which columns are lists is said first: a column of 0 and 1 that
    is none, such as a trait of people, must be left out with --lists. All methods stand side by side unless one is
    named. A method that has no answer for a table says why.
    """
    from cyclesim.inputs import captures
    from cyclesim.model.evidence.estimation.methods import METHODS

    if replicates is not None and interval is None:
        raise click.UsageError("--replicates belongs to --interval bootstrap; give both")
    table = captures.read(counts, lists, count)
    methods = [method] if method else list(METHODS)
    asked = {"order": order, "interval": interval, "replicates": replicates or REPLICATES, "seed": seed}
    from cyclesim.outputs import estimates, style

    about = _manifest(table, methods, asked)
    place = out or (None if as_json or method else Path("results") / f"{table.name}-{about['hash']}")
    with options.claimed(place, about) as output:
        rows = _estimates(table, methods, asked, quiet=as_json)
        if output is not None:
            output.put({"estimates.json": json.dumps([_as_json(row) for row in rows], indent=1) + "\n"})
            output.put(style.pictures(estimates.chart(rows, _about(table)), "estimates"))
    if as_json:
        click.echo(json.dumps(_as_json(rows[0]) if method else [_as_json(row) for row in rows]))
        return
    click.echo(estimates.as_text(rows, _about(table)))
    if place:
        click.echo(f"Table and chart: {place}{os.sep}")


def _estimates(table: CaptureTable, methods: list[str], asked: dict[str, Any], quiet: bool) -> list[Estimate]:
    from cyclesim.model.evidence.estimation import bootstrap
    from cyclesim.model.evidence.estimation.histories import Counts
    from cyclesim.model.evidence.estimation.methods import Options, estimate

    people, options = Counts.of(table.counts, table.lists), Options(order=asked["order"])
    if not asked["interval"]:
        return [estimate(people, method, options) for method in methods]
    rows = []
    for method in methods:
        with _progress(method, asked["replicates"], quiet) as progress:
            rows.append(bootstrap.with_interval(people, method, asked["replicates"], asked["seed"], options, progress))
    return rows


def _as_json(row: Estimate) -> dict[str, Any]:
    return {
        "method": row.method,
        "observed": row.observed,
        "estimate": row.estimate,
        "interval": list(row.interval) if row.interval else None,
        "model": [list(term) for term in row.model],
        "refused": row.refused,
        "reason": row.reason,
        "note": row.note,
    }


def _about(table: CaptureTable) -> Any:
    from cyclesim.outputs.estimates import About

    observed = sum(table.counts.values())
    overlapping = sum(people for history, people in table.counts.items() if sum(history) > 1)
    return About(table.title, table.source, table.sizes, table.left_out, observed, overlapping)


def _manifest(table: CaptureTable, methods: list[str], asked: dict[str, Any]) -> dict[str, Any]:
    from cyclesim.runs import folder
    from cyclesim.runs.fingerprint import fingerprint

    content = {
        "kind": "estimate",
        "fingerprint": fingerprint().to_dict(),
        "methods": methods,
        **asked,
        "lists": list(table.lists),
        "histories": [{"history": list(history), "count": people} for history, people in sorted(table.counts.items())],
    }
    about = {"hash": folder.hashed(content), **content}
    return folder.derived(about, "estimate", asked, "cyclesim.model.evidence.estimation.bootstrap")


@contextmanager
def _progress(method: str, replicates: int, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """Show a bar on standard error; nothing when piped."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=replicates, label=method, file=sys.stderr) as bar:
        yield bar.update
