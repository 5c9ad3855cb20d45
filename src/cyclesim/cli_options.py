"""Options that several commands share."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cyclesim.runs.writing import Output


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


def names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str]:
    """Return the names in a list of them, separated by commas."""
    return [name.strip() for name in value.split(",") if name.strip()] if value else []


@contextmanager
def claimed(out: Path | None, about: Mapping[str, Any]) -> Iterator[Output | None]:
    """Claim a folder for results until the command ends, see `cyclesim.runs.writing.results`; nothing without one."""
    from cyclesim.runs import folder, writing

    if out is None:
        yield None
        return
    with writing.results(out, about) as output:
        output.put({"log.json": folder.log()})
        yield output


def draws_as_typed(draws: int | Path) -> str:
    """Return the option as it is typed again; nothing without draws."""
    return f"--draws {shlex.quote(str(draws))} " if draws else ""
