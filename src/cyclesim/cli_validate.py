"""The command that holds the model against the evidence: validate."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

import click


@click.command()
@click.argument("scenario", default="unseen-crisis")
@click.option("--seeds", type=click.IntRange(min=1), default=4, show_default=True, help="Worlds of each variant.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--claims", is_flag=True, help="Hold the report's 22 claims against the model instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def validate(scenario: str, seeds: int, seed: int, workers: int | None, claims: bool, as_json: bool) -> None:
    """Put facts from public sources to a SCENARIO (default: unseen-crisis), its ladder, Ukraine and thirty crises.

    A target is a question to the model, never a goal for it. Some are there to be fitted, some are a test that is never
    used, some are printed without a verdict. Beside them stand numbers that nobody aims at, what would be lost without
    anti-trafficking money, and defaults that stand near an end of their prior. Takes some minutes.

    With --claims: what the model shows of each claim of the report, and whether it agrees, contradicts or is silent, by
    a rule that stands beside it.
    """
    from cyclesim.inputs.files import load
    from cyclesim.outputs import validated

    chosen, workers = load(scenario), workers or os.cpu_count() or 1
    tell = _tell(quiet=as_json)
    about = f"{chosen.title}: {seeds} worlds of each variant, seed {seed}"
    if claims:
        from cyclesim.analysis.claims import examine

        examined = examine(chosen, seeds, seed, workers, tell)
        plain: object = [claim.to_dict() for claim in examined]
        text = validated.claims(examined, about)
    else:
        from cyclesim.analysis import validation

        found = validation.validate(chosen, seeds, seed, workers, tell)
        plain, text = found.to_dict(), validated.validation(found, about)
    click.echo(json.dumps(plain, allow_nan=False) if as_json else text)


def _tell(quiet: bool) -> Callable[[int, int], None] | None:
    return None if quiet or not sys.stderr.isatty() else _part


def _part(done: int, parts: int) -> None:
    click.echo(f"part {done} of {parts} is done", err=True)
