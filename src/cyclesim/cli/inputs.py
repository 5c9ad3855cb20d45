"""Commands about what goes in and comes out: list, show, parameters, measures, interventions, check, new, schema."""

import json
import math
import os
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from cyclesim import errors
from cyclesim.cli.options import as_json, print_json
from cyclesim.errors import CycleSimError, FolderError, Problem, UnknownNameError, did_you_mean
from cyclesim.inputs import shipped
from cyclesim.inputs.changes import Difference, differences
from cyclesim.inputs.files import base, load
from cyclesim.inputs.interventions import Entry, catalogue, entry
from cyclesim.inputs.parameters import parameters as quantities
from cyclesim.inputs.paths import bounds
from cyclesim.inputs.quantity import Quantity
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.schema import json_schema, study_schema
from cyclesim.inputs.shifts import shifted, sized
from cyclesim.inputs.study import is_study
from cyclesim.measures import MEASURES
from cyclesim.text import percent

_HOW = {"set": "{:g}", "scale": "times {:g}", "add": "plus {:g}", "close": "closes {:g} of what is left"}


@click.command("list")
@as_json
def list_scenarios(as_json: bool) -> None:
    """List the shipped scenarios and the question each of them asks."""
    scenarios = [load(name) for name in shipped.names()]
    if as_json:
        print_json([{"name": s.name, "title": s.title, "question": s.question} for s in scenarios])
        return
    for scenario in scenarios:
        click.echo(f"{click.style(scenario.name, bold=True)}\n  {scenario.title}\n  {scenario.question}\n")
    click.echo("Next: cyclesim show NAME, or cyclesim new mine.yaml --from NAME")


@click.command()
@click.argument("scenario")
@as_json
def show(scenario: str, as_json: bool) -> None:
    """Show a SCENARIO (a shipped name, or a file) with everything it extends merged in."""
    loaded = load(scenario)
    if as_json:
        print_json({"name": loaded.name, "hash": loaded.hash, **loaded.resolved()})
    else:
        click.echo(loaded.to_yaml(), nl=False)


@click.command()
@click.argument("pattern", default="*")
@as_json
def parameters(pattern: str, as_json: bool) -> None:
    """List the numbers of the model.

    PATTERN is a part of a name, a pattern such as "cost_*", a symbol, or the id of a mechanism such as M36.
    """
    found = [quantity for quantity in quantities().values() if _matches(quantity, pattern.casefold())]
    if not found:
        raise UnknownNameError(f"no parameter matches {pattern!r}; {did_you_mean(pattern, quantities())}")
    if as_json:
        rows = [quantity.model_dump(mode="json") for quantity in found]
        for row in rows:
            row["bounds"] = [None if end == math.inf else end for end in row["bounds"]]
        print_json(rows)
        return
    for quantity in found:
        value = "a table" if quantity.is_table else f"{quantity.value:g}"
        spread = f", range {quantity.range[0]:g} to {quantity.range[1]:g}" if quantity.range else ", not sampled"
        log = " (log scale)" if quantity.scale == "log" else ""
        click.echo(f"{click.style(quantity.name, bold=True)} = {value} {quantity.unit}{spread}{log}")
        click.echo(f"  {quantity.text}\n  {quantity.grade}: {quantity.source}\n")
    assumed = sum(quantity.grade == "assumption" for quantity in found)
    click.echo(f"{len(found)} parameters, of which {assumed} are assumptions")


def _matches(quantity: Quantity, pattern: str) -> bool:
    name, *others = (word.casefold() for word in (quantity.name, quantity.symbol or "", *quantity.mechanisms))
    if any(letter in pattern for letter in "*?["):
        return any(fnmatchcase(word, pattern) for word in (name, *others))
    return pattern in name or pattern in others


@click.command()
@click.argument("pattern", default="")
@as_json
def measures(pattern: str, as_json: bool) -> None:
    """Say what the columns of the monthly table are.

    PATTERN is a part of a name or of its text. A stock is counted at the end of the month, a flow over it; a level is
    a share, a rate or an index. Differences are counterfactual less baseline; of what is to be averted, the other way.
    """
    words = pattern.casefold()
    found = [measure for measure in MEASURES.values() if words in f"{measure.name} {measure.text}".casefold()]
    if not found:
        raise UnknownNameError(f"no measure matches {pattern!r}; {did_you_mean(pattern, MEASURES)}")
    if as_json:
        print_json([asdict(measure) for measure in found])
        return
    for measure in found:
        averted = "; its difference is what is averted" if measure.averted else ""
        click.echo(f"{click.style(measure.name, bold=True)} ({measure.kind}, {measure.unit})")
        click.echo(f"  {measure.text}{averted}")
    count = f"{len(found)} of {len(MEASURES)}"
    click.echo(f"\n{count} measures of a simulated crisis, month by month; cyclesim run writes them")


@click.command()
@click.argument("id", required=False, metavar="[ID]")
@as_json
def interventions(id: str | None, as_json: bool) -> None:
    """List the recommendations (R1-R24) and practices (P1-P18) of the report, or explain the one named ID."""
    entries = list(catalogue().values()) if id is None else [entry(id)]
    if as_json:
        rows = [
            {**one.model_dump(mode="json"), "built": one.built, "levers": one.changes.touched if one.changes else []}
            for one in entries
        ]
        print_json(rows if id is None else rows[0])
    elif id is None:
        click.echo("\n".join(_listed(one) for one in entries))
        click.echo(
            f"\n{sum(one.built for one in entries)} of {len(entries)} are built; sizes and costs are assumptions"
        )
        click.echo("cost: US dollars per month and million people in need. Next: cyclesim interventions R9")
    else:
        click.echo(_explained(entries[0]))


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
    words, changes = {**_HOW, "set": "set to {:g}"}, entry.changes.model_dump()
    lines = [f"\n    {path}: {words[how].format(value)}" for how in words for path, value in changes[how].items()]
    ramp = f", building up over {entry.ramp} months" if entry.ramp else ", at once"
    cost, overlap = entry.cost, entry.overlap
    left_out = f"\n  Left out: {entry.note}\n" if entry.note else ""
    return f"""\
{head}

  It changes (* is every name at its place){ramp}:{"".join(lines)}

  It costs {cost.value:,.0f} US dollars per month and million people in need ({cost.grade}):
    {cost.reckoned}

  How large its effects are is not known: draws may take {entry.size[0]:g} to {entry.size[1]:g} times (size)

  With others: {overlap.rule}
    {overlap.why}
{left_out}
  In a scenario file (strength, 0 to 1, scales the changes and not the cost, share scales both; size makes
  the changes larger or smaller at the same cost; until and ramp may be added; with interventions_paid_by:
  donors, the cost is taken from the donors' money):

interventions:
  {entry.id} in use:
    uses: {entry.id}
    from: 2025-01
    strength: 1"""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Check scenario and study FILEs: print every problem with its place.

    Of a scenario without any, what it changes against its base; of a study, what it would simulate.
    """
    checked = [_checked(file) for file in files]
    if as_json:
        print_json([content for content, _ in checked])
    else:
        for content, text in checked:
            click.echo(text, err=bool(content["problems"]))
    if any(content["problems"] for content, _ in checked):
        context.exit(2)


def _checked(file: str) -> tuple[dict[str, Any], str]:
    """Return what is wrong with a file, or what it changes: as JSON types and as text."""
    problems, below, changes, told = [], None, [], ""
    try:
        if is_study(file):
            from cyclesim.outputs.sweeps import planned
            from cyclesim.runs.sweep import plan_of

            told = f"{file}: no problems\n{planned(*plan_of(file))}"
        else:
            scenario, below = load(file), base(file)
            changes = differences(below, scenario) if below else []
            told = f"{file}: no problems; {_told(changes, below)}"
    except (errors.StudyError, errors.ScenarioError) as error:
        problems = list(error.problems)
    except CycleSimError as error:
        problems = [Problem(file, 0, 0, "", None, str(error))]
    content = {
        "file": file,
        "problems": [{**asdict(problem), "value": _brief(problem.value)} for problem in problems],
        "base": below.name if below else None,
        "changes": [asdict(difference) for difference in changes],
    }
    return content, "\n".join(map(str, problems)) or told


def _told(changes: list[Difference], below: Scenario | None) -> str:
    if below is None:
        return "it extends nothing"
    if not changes:
        return f"it changes nothing against {below.name}"
    lines = [line for difference in changes for line in _difference(difference, below)]
    return "\n".join([f"against {below.name} it changes", *lines])


def _difference(difference: Difference, below: Scenario) -> list[str]:
    """Return what differs; of a dated change that is new, each number it touches, before and at its full size.

    Of an intervention that is carried out in part (`share`), effects and cost are those of that part; its effects are
    those of its `size`.
    """
    after = difference.after
    if difference.before is not None or not isinstance(after, dict) or "from" not in after:
        return [f"  {difference.path}: {_brief(difference.before)} -> {_brief(after)}"]
    share, size = float(after.get("share", 1.0)), float(after.get("size", 1.0))
    head = f"  {difference.path}: from {after['from']}"
    head += f" until {after['until']}" if "until" in after else ""
    head += f", over {after['ramp']} months" if after["ramp"] else ""
    head += f", carried out to {percent(share)}" if share < 1 else ""
    head += f", {size:g} times as large as stated" if size != 1 else ""
    head += f", at US${share * after['cost']:,.0f} a month" if after.get("cost") else ""
    lines = [head]
    for how, words in _HOW.items():
        for path, stated in after[how].items():
            value = sized(how, stated, size)
            try:
                before = below.value(path)
            except UnknownNameError:
                before = None
            if isinstance(before, int | float):  # neither new itself, nor a budget by year
                result = shifted(how, before, value, share, bounds(path)[1])
                lines.append(f"    {path}: {_brief(before)} -> {_brief(result)}")
            else:
                lines.append(f"    {path}: {words.format(value)}")
    return lines


def _brief(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"{value:.10g}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "name", default="baseline", show_default=True, help="Shipped scenario to start from.")
def new(file: Path, name: str) -> None:
    """Write a FILE of your own that extends a shipped scenario."""
    if file.suffix != ".yaml":
        raise FolderError(f"{file}: a scenario file ends in .yaml; write {file.with_suffix('.yaml')}")
    is_file = name.endswith(".yaml") or "/" in name
    extends = Path(os.path.relpath(name, file.absolute().parent)).as_posix() if is_file else name
    text = _template(load(name), extends)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise FolderError(f"{file} exists and is left as it is; choose another name") from None
    except OSError as error:
        raise FolderError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {file}; edit it, then: cyclesim check {file}")


def _template(scenario: Scenario, extends: str) -> str:
    crisis = next(iter(scenario.crises))
    caseworkers = f"crises.{crisis}.back_ends.{next(iter(scenario.crises[crisis].back_ends))}.caseworkers"
    return f"""\
# A scenario of your own. It holds only what differs from {scenario.name}; everything else comes from there.
# Look things up with: cyclesim show NAME_OR_FILE    and    cyclesim parameters
title: My scenario
question: What follows if ... ?
extends: {extends}

# Numbers of the model (remove the # to use one):
# parameters:
#   naivety: 0.5

# A dated change: from a month on, a number is set, scaled or added to.
# changes:
#   half the caseworkers:
#     from: {scenario.start}
#     scale:
#       "{caseworkers}": 0.5
#     why: one line that says why

# An intervention is a change that somebody could decide on; cost is in US dollars per month.
# interventions:
#   more caseworkers:
#     from: {scenario.start}
#     ramp: 12
#     add:
#       "{caseworkers}": 6
#     cost: 10000
"""


@click.command()
@click.option("--study", is_flag=True, help="Of study files instead.")
def schema(study: bool) -> None:
    """Print the JSON Schema of scenario files, or of study files, for editors."""
    print_json(study_schema() if study else json_schema())
