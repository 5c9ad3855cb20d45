"""The command that says what became of the report: trace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cyclesim.inputs.trace import Row

_KINDS = {"M": "mechanisms", "R": "recommendations", "P": "practices"}
_STATUSES = ("built", "partly built", "not built")


@click.command()
@click.argument("pattern", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def trace(pattern: str, as_json: bool) -> None:
    """Say of each mechanism (M), recommendation (R) and practice (P) of the report whether it is built, and where.

    PATTERN is an id such as M36, or a part of the text. "Partly built" means that something the text names is
    missing; the reason says what.
    """
    from dataclasses import asdict

    from cyclesim.inputs.trace import find

    rows = find(pattern)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\n".join([*_lines(row), ""]))
    click.echo("\n".join(_counts(rows)))


def _lines(row: Row) -> list[str]:
    """Return one row as text: its head, and a line for everything it points to."""
    details = {
        "missing": [row.reason] if row.reason else [],
        "where": [*row.where, *([row.scenario] if row.scenario else [])],
        "lever": row.lever,
        "shown by": row.tests,
        "switched off by": [_switched(name) for name in row.switches],
    }
    lines = [f"{click.style(row.id, bold=True)} {row.status}: {row.text}"]
    for label, values in details.items():
        for number, value in enumerate(values):
            lines.append(f"  {'' if number else label:<16} {value}")
    return lines


def _switched(name: str) -> str:
    from cyclesim.inputs.parameters import parameters

    quantity = parameters()[name]
    return f"{name} = {quantity.off:g} (instead of {quantity.value:g})"


def _counts(rows: Iterable[Row]) -> list[str]:
    """Return how many are built, partly built and not built, by kind."""
    counts = Counter((row.id[0], str(row.status)) for row in rows)
    lines = []
    for kind, name in _KINDS.items():
        parts = [f"{counts[kind, status]} {status}" for status in _STATUSES if counts[kind, status]]
        if parts:
            lines.append(f"{name}: {', '.join(parts)}")
    return lines
