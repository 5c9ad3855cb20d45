"""Options that several commands share."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click


class _Draws(click.ParamType):  # type: ignore[type-arg]
    name = "NUMBER or CSV"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Path:
        if isinstance(value, int | Path):
            return value
        if value.isdecimal():
            return int(value)
        if not Path(value).is_file():
            self.fail(f"must be a number of draws, or a CSV file of them (got {value!r})", param, ctx)
        return Path(value)


draws = click.option(
    "--draws",
    type=_Draws(),
    default=0,
    show_default=True,
    help="Draws of uncertain numbers: how many, or a CSV file of them, such as the posterior of a calibration.",
)


def draws_as_typed(draws: int | Path) -> str:
    """Return the option as it is typed again; nothing without draws."""
    return f"--draws {shlex.quote(str(draws))} " if draws else ""
