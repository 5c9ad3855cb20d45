"""The command that draws charts of results: chart."""

from __future__ import annotations

import os
from pathlib import Path

import click

KINDS = ("cycle", "difference", "deception", "multiples", "money")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--measure", default="exploited", show_default=True, help="Of difference and multiples.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the pictures (default: FOLDER).")
def chart(folder: Path, kind: str, measure: str, out: Path | None) -> None:
    """Draw a chart of the results in FOLDER, as SVG, PDF and PNG.

    cycle: headline measures over time. difference: paired differences of a comparison. deception: what is true, what
    is believed, what is counted. multiples: one measure in every scenario. money: spending by line of work (of a run).
    """
    from cyclesim.outputs import pictures
    from cyclesim.runs import folder as folders
    from cyclesim.runs.seals import read_manifest

    figure = pictures.of_folder(folders.read(folder), folder, kind, measure)
    of = str(read_manifest(folder)["hash"])
    for path in pictures.save(figure, out or folder, kind, ("svg", "pdf", "png"), of):
        click.echo(f"{path.parent}{os.sep}{path.name}")
