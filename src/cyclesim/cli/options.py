"""What several commands share: arguments, options, a folder for what comes out."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cyclesim.worlds.writing import Output


class Draws(click.ParamType):  # type: ignore[type-arg]
    """A number of draws, or a file of them."""

    name = "NUMBER or CSV"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Path:
        """Return what was typed as a number or a place."""
        if isinstance(value, int | Path):
            return value
        if value.isdecimal():
            return int(value)
        if not Path(value).is_file():
            self.fail(f"must be a number of draws, or a CSV file of them (got {value!r})", param, ctx)
        return Path(value)


OF_DRAWS: dict[str, Any] = {
    "type": Draws(),
    "default": 0,
    "show_default": True,
    "help": "Draws of uncertain numbers: how many, or a CSV file of them, such as the posterior of a calibration.",
}
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
workers = click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
folder = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


def names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str]:
    """Return the names in a list of them, separated by commas."""
    return [name.strip() for name in value.split(",") if name.strip()] if value else []


def print_json(content: Any) -> None:
    """Print what a command lists as JSON, to be read by people too."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def claimed(out: Path | None, about: dict[str, Any]) -> AbstractContextManager[Output | None]:
    """Claim a folder for results, see `cyclesim.worlds.writing.results`; nothing without one."""
    from cyclesim.worlds import writing

    return nullcontext() if out is None else writing.results(out, about)
