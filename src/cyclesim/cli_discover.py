"""The command about where something fails: discover."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cyclesim import cli_options as options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--fails", "rule", required=True, help="What failing is, such as 'person_months_exploited < 0'.")
@click.option("--scenario", help="Whose paired difference is looked at (default: the first counterfactual).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the result (default: none is written).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def discover(folder: Path, rule: str, scenario: str | None, out: Path | None, as_json: bool) -> None:
    """Say which assumptions make an intervention fail, from the finished sweep in FOLDER.

    Of a counterfactual the rule is about its paired difference from the baseline (person-months: averted), of the
    baseline about the outcome itself; luck is averaged out. A box found by patient rule induction, and a tree.
    """
    from cyclesim.analysis import discovery
    from cyclesim.outputs.discovery import as_text
    from cyclesim.runs import folder as folders
    from cyclesim.runs.sweep import read_sweep

    sweep = read_sweep(folder)
    about = folders.derived(sweep.manifest, "discovery", [rule, scenario], "cyclesim.analysis.discovery")
    with options.claimed(out, about) as output:
        found = discovery.discover(sweep, rule, scenario)
        if output is not None:
            text = json.dumps(found.to_dict(), indent=1, allow_nan=False) + "\n"
            output.put({"discovery.json": text, "tree.txt": found.tree + "\n"})
    if as_json:
        click.echo(json.dumps(found.to_dict(), allow_nan=False))
        return
    click.echo(as_text(found, about))
    if out is not None:
        click.echo(f"Result: {out}{os.sep}")
