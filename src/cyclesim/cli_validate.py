"""The command that holds the model against the evidence: validate."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from textwrap import fill
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cyclesim.analysis.targets import Finding, Row


@click.command()
@click.argument("scenario", default="baseline")
@click.option("--seeds", type=click.IntRange(min=1), default=8, show_default=True, help="Worlds of each variant.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def validate(scenario: str, seeds: int, seed: int, workers: int | None, as_json: bool) -> None:
    """Hold a SCENARIO (default: baseline) against 15 targets and 7 qualitative checks.

    Each is measured over several worlds, with the Monte Carlo error of the mean. A target of several parts is met
    if every part that can be measured is within its tolerance. Takes a minute or two.
    """
    from cyclesim.analysis import validation
    from cyclesim.inputs.files import load

    chosen = load(scenario)
    rows = validation.validate(chosen, seeds, seed, workers or os.cpu_count() or 1, _tell(quiet=as_json))
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in rows]))
        return
    click.echo(as_text(rows, f"{chosen.title}: {seeds} worlds of each variant, seed {seed}"))


def as_text(rows: list[Row], title: str) -> str:
    """Return the table, the reasons for what is not simply met, and the count."""
    from cyclesim.analysis.targets import count
    from cyclesim.outputs.printed import aligned

    lines = [["id", "", "measured", "target", "tolerance", "verdict"]]
    for row in rows:
        kind = "" if row.target.kind == "pattern" else f" ({row.target.kind})"
        lines.append([row.target.id, row.target.fact + kind, "", "", "", str(row.verdict)])
        lines += [["", f"  {finding.quantity.name}", *_cells(finding)] for finding in row.findings]
    width = max(len(line[1]) for line in lines)
    padded = [[line[0], line[1].ljust(width), *line[2:]] for line in lines]
    reasons = [fill(f"{row.target.id}: {row.reason}.", 120) for row in rows if row.reason]
    total = ", ".join(f"{number} {verdict}" for verdict, number in count(rows).items())
    return "\n".join([title, "", *aligned(padded), "", *reasons, "", total])


def _cells(finding: Finding) -> list[str]:
    quantity = finding.quantity
    low, high = (_number(end) for end in (quantity.low, quantity.high))
    tolerance = f"from {low}" if math.isinf(quantity.high) else f"{low} to {high}"
    error = "" if math.isnan(finding.error) else f" ± {_number(finding.error)}"
    return [_number(finding.measured) + error, quantity.target, tolerance, str(finding.verdict)]


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"


def _tell(quiet: bool) -> Callable[[int, int], None] | None:
    return None if quiet or not sys.stderr.isatty() else _part


def _part(done: int, parts: int) -> None:
    click.echo(f"part {done} of {parts} is done", err=True)
