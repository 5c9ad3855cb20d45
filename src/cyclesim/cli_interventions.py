"""The command about the catalogue: interventions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cyclesim.inputs.interventions import Entry

_HOW = {"set": "set to {:g}", "scale": "times {:g}", "add": "plus {:g}", "close": "closes {:g} of what is left"}


@click.command()
@click.argument("id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def interventions(id: str | None, as_json: bool) -> None:
    """List the recommendations (R1-R24) and practices (P1-P18) of the report, or explain the one named ID."""
    from cyclesim.inputs.interventions import catalogue, entry

    if id is not None:
        chosen = entry(id)
        click.echo(_json(_as_json(chosen)) if as_json else _explained(chosen))
        return
    entries = list(catalogue().values())
    if as_json:
        click.echo(_json([_as_json(entry) for entry in entries]))
        return
    click.echo("\n".join(_listed(entry) for entry in entries))
    built = sum(entry.built for entry in entries)
    click.echo(f"\n{built} of {len(entries)} are built; sizes and costs are assumptions")
    click.echo("cost: US dollars per month and million people in need. Next: cyclesim interventions R9")


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _as_json(entry: Entry) -> dict[str, Any]:
    levers = entry.changes.touched if entry.changes else []
    return {**entry.model_dump(mode="json"), "built": entry.built, "levers": levers}


def _listed(entry: Entry) -> str:
    head = f"{click.style(f'{entry.id:<4}', bold=True)}{entry.title}"
    if entry.changes is None or entry.cost is None or entry.overlap is None:
        return f"{head}\n      not built: {entry.reason}"
    levers = ", ".join(path.removeprefix("parameters.") for path in entry.changes.touched)
    return f"{head}\n      {levers}\n      cost {entry.cost.value:,.0f}; {entry.overlap.rule}"


def _explained(entry: Entry) -> str:
    head = f"{click.style(entry.id, bold=True)}  {entry.title}\n  report, section {entry.section}: “{entry.words}”"
    if entry.changes is None or entry.cost is None or entry.overlap is None:
        return f"{head}\n\n  Not built: {entry.reason}."
    changes = entry.changes.model_dump()
    lines = [f"    {path}: {_HOW[how].format(value)}" for how in _HOW for path, value in changes[how].items()]
    ramp = f", building up over {entry.ramp} months" if entry.ramp else ", at once"
    cost, overlap = entry.cost, entry.overlap
    parts = [
        head,
        "\n".join([f"  It changes (* is every name at its place){ramp}:", *lines]),
        f"  It costs {cost.value:,.0f} US dollars per month and million people in need ({cost.grade}):\n"
        f"    {cost.reckoned}",
        f"  How large its effects are is not known: draws may take {entry.size[0]:g} to {entry.size[1]:g} times (size)",
        f"  With others: {overlap.rule}\n    {overlap.why}",
        *([f"  Left out: {entry.note}"] if entry.note else []),
        _example(entry),
    ]
    return "\n\n".join(parts)


def _example(entry: Entry) -> str:
    return (
        "  In a scenario file (strength, 0 to 1, scales the changes and not the cost, share scales both; size makes\n"
        "  the changes larger or smaller at the same cost; until and ramp may be added; with interventions_paid_by:\n"
        "  donors, the cost is taken from the donors' money):\n\n"
        f"interventions:\n  {entry.id} in use:\n    uses: {entry.id}\n    from: 2025-01\n    strength: 1"
    )
