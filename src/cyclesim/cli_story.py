"""The command about one life: story."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cyclesim.analysis.lives import Person


@click.command()
@click.argument("scenario")
@click.argument("other", required=False)
@click.option("--person", help="Who: setting/group/status/wave#rank (#0 is trafficked first). Chosen if absent.")
@click.option("--crisis", help="Name of the crisis (default: the first).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for text, data and picture.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def story(
    scenario: str,
    other: str | None,
    person: str | None,
    crisis: str | None,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Tell the life of one synthetic person in a SCENARIO, or the same life in an OTHER one too.

    Without --person: in one scenario, the first person trafficked in the reported months who became known to somebody
    and is a survivor at the end; in two, the first person whose life differs between them.
    """
    from cyclesim.analysis import lives
    from cyclesim.analysis import story as tell
    from cyclesim.outputs import stories

    if other is None:
        told: lives.Story | lives.Stories = tell.story(scenario, person, seed, crisis)
    else:
        told = tell.stories(scenario, other, person, seed, crisis)
    if out is not None:
        stories.save(told, out)
    if as_json:
        click.echo(json.dumps(told.to_dict(), ensure_ascii=False, allow_nan=False))
        return
    who = told.person if isinstance(told, lives.Story) else told.one.person
    click.echo(told.text)
    click.echo(f"Reproduce: {_command((scenario, other), who, seed)}")
    if out is not None:
        click.echo(f"Text, data and picture: {out}{os.sep}")


def _command(scenarios: tuple[str | None, ...], who: Person, seed: int) -> str:
    named = " ".join(shlex.quote(name) for name in scenarios if name)
    return f"cyclesim story {named} --crisis {shlex.quote(who.crisis)} --person {shlex.quote(str(who))} --seed {seed}"
