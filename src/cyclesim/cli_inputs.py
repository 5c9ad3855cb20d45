"""Commands about what goes in: list, show, parameters, check, new, schema."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cyclesim.errors import Problem
    from cyclesim.inputs.changes import Difference
    from cyclesim.inputs.quantity import Quantity
    from cyclesim.inputs.scenario import Scenario

_HOW = {"set": "{:g}", "scale": "times {:g}", "add": "plus {:g}", "close": "closes {:g} of what is left"}

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.command("list")
@as_json
def list_scenarios(as_json: bool) -> None:
    """List the shipped scenarios and the question each of them asks."""
    from cyclesim.inputs import shipped
    from cyclesim.inputs.files import load

    scenarios = [load(name) for name in shipped.names()]
    if as_json:
        _print_json([{"name": s.name, "title": s.title, "question": s.question} for s in scenarios])
        return
    for scenario in scenarios:
        click.echo(f"{click.style(scenario.name, bold=True)}\n  {scenario.title}\n  {scenario.question}\n")
    click.echo("Next: cyclesim show NAME, or cyclesim new mine.yaml --from NAME")


@click.command()
@click.argument("scenario")
@as_json
def show(scenario: str, as_json: bool) -> None:
    """Show a SCENARIO (a shipped name, or a file) with everything it extends merged in."""
    from cyclesim.inputs.files import load

    loaded = load(scenario)
    if as_json:
        _print_json({"name": loaded.name, "hash": loaded.hash, **loaded.resolved()})
    else:
        click.echo(loaded.to_yaml(), nl=False)


@click.command()
@click.argument("pattern", default="*")
@as_json
def parameters(pattern: str, as_json: bool) -> None:
    """List the numbers of the model.

    PATTERN is a part of a name, a pattern such as "cost_*", a symbol, or the id of a mechanism such as M36.
    """
    from cyclesim.errors import UnknownNameError, did_you_mean
    from cyclesim.inputs.parameters import parameters as quantities

    found = [quantity for quantity in quantities().values() if _matches(quantity, pattern)]
    if not found:
        raise UnknownNameError(f"no parameter matches {pattern!r}; {did_you_mean(pattern, quantities())}")
    if as_json:
        _print_json([_quantity_as_json(quantity) for quantity in found])
        return
    for quantity in found:
        click.echo(_quantity_as_text(quantity))
    assumed = sum(quantity.grade == "assumption" for quantity in found)
    click.echo(f"{len(found)} parameters, of which {assumed} are assumptions")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], as_json: bool) -> None:
    """Check scenario and study FILEs: print every problem with its place.

    Of a scenario without any, what it changes against its base; of a study, what it would simulate.
    """
    problems = {file: _problems(file) for file in files}
    if as_json:
        _print_json([_checked_as_json(file, found) for file, found in problems.items()])
    else:
        for file, found in problems.items():
            click.echo("\n".join(str(problem) for problem in found) or _fine(file), err=bool(found))
    if any(problems.values()):
        context.exit(2)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "name", default="baseline", show_default=True, help="Shipped scenario to start from.")
def new(file: Path, name: str) -> None:
    """Write a FILE of your own that extends a shipped scenario."""
    from cyclesim.errors import FolderError
    from cyclesim.inputs.files import load

    if file.suffix != ".yaml":
        raise FolderError(f"{file}: a scenario file ends in .yaml; write {file.with_suffix('.yaml')}")
    text = _template(load(name), _extends(name, file))
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise FolderError(f"{file} exists and is left as it is; choose another name") from None
    except OSError as error:
        raise FolderError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {file}; edit it, then: cyclesim check {file}")


@click.command()
@click.option("--study", is_flag=True, help="Of study files instead.")
def schema(study: bool) -> None:
    """Print the JSON Schema of scenario files, or of study files, for editors."""
    from cyclesim.inputs.schema import json_schema, study_schema

    _print_json(study_schema() if study else json_schema())


def _print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _matches(quantity: Quantity, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    words = [quantity.name, quantity.symbol or "", *quantity.mechanisms]
    if any(letter in pattern for letter in "*?["):
        return any(fnmatchcase(word.casefold(), pattern.casefold()) for word in words)
    exact = any(pattern.casefold() == word.casefold() for word in words[1:])
    return exact or pattern.casefold() in quantity.name.casefold()


def _quantity_as_json(quantity: Quantity) -> dict[str, Any]:
    entry = quantity.model_dump(mode="json")
    if quantity.bounds[1] == float("inf"):
        entry["bounds"] = [quantity.bounds[0], None]
    return entry


def _quantity_as_text(quantity: Quantity) -> str:
    value = "a table" if quantity.is_table else f"{quantity.value:g}"
    spread = f", range {quantity.range[0]:g} to {quantity.range[1]:g}" if quantity.range else ", not sampled"
    log = " (log scale)" if quantity.scale == "log" else ""
    head = f"{click.style(quantity.name, bold=True)} = {value} {quantity.unit}{spread}{log}"
    return f"{head}\n  {quantity.text}\n  {quantity.grade}: {quantity.source}\n"


def _problems(file: str) -> list[Problem]:
    from cyclesim.errors import CycleSimError, Problem, ScenarioError, StudyError
    from cyclesim.inputs.files import check as problems_of
    from cyclesim.inputs.study import is_study
    from cyclesim.runs.sweep import plan_of

    if not is_study(file):
        return problems_of(file)
    try:
        plan_of(file)
    except (StudyError, ScenarioError) as error:
        return list(error.problems)
    except CycleSimError as error:
        return [Problem(file, 0, 0, "", None, str(error))]
    return []


def _fine(file: str) -> str:
    from cyclesim.inputs.study import is_study
    from cyclesim.outputs.sweeps import planned
    from cyclesim.runs.sweep import plan_of

    return f"{file}: no problems\n{planned(*plan_of(file))}" if is_study(file) else _changes_as_text(file)


def _changes(file: str) -> tuple[Scenario | None, list[Difference]]:
    from cyclesim.inputs.changes import differences
    from cyclesim.inputs.files import base, load

    below = base(file)
    return below, differences(below, load(file)) if below else []


def _changes_as_text(file: str) -> str:
    below, found = _changes(file)
    if below is None:
        return f"{file}: no problems; it extends nothing"
    if not found:
        return f"{file}: no problems; it changes nothing against {below.name}"
    lines = [line for difference in found for line in _difference_as_text(difference, below)]
    return "\n".join([f"{file}: no problems; against {below.name} it changes", *lines])


def _difference_as_text(difference: Difference, below: Scenario) -> list[str]:
    """Return what differs; of a dated change that is new, each number it touches, before and at its full size.

    Of an intervention that is carried out in part (`share`), effects and cost are those of that part; its effects are
    those of its `size`.
    """
    from cyclesim.inputs.paths import bounds
    from cyclesim.inputs.shifts import shifted, sized
    from cyclesim.outputs.text import percent

    after = difference.after
    if difference.before is not None or not isinstance(after, dict) or "from" not in after:
        return [f"  {difference.path}: {_brief(difference.before)} -> {_brief(after)}"]
    until = f" until {after['until']}" if "until" in after else ""
    ramp = f", over {after['ramp']} months" if after["ramp"] else ""
    share, size = float(after.get("share", 1.0)), float(after.get("size", 1.0))
    part = f", carried out to {percent(share)}" if share < 1 else ""
    part += f", {size:g} times as large as stated" if size != 1 else ""
    cost = f", at US${share * after['cost']:,.0f} a month" if after.get("cost") else ""
    lines = [f"  {difference.path}: from {after['from']}{until}{ramp}{part}{cost}"]
    for how, words in _HOW.items():
        for path, stated in after[how].items():
            value = sized(how, stated, size)
            before = below.value(path) if _known(below, path) else None
            if not isinstance(before, int | float):  # new itself, or a budget by year
                lines.append(f"    {path}: {words.format(value)}")
                continue
            result = shifted(how, before, value, share, bounds(path)[1])
            lines.append(f"    {path}: {_brief(before)} -> {_brief(result)}")
    return lines


def _known(scenario: Scenario, path: str) -> bool:
    from cyclesim.errors import UnknownNameError

    try:
        scenario.value(path)
    except UnknownNameError:
        return False
    return True


def _checked_as_json(file: str, problems: list[Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from cyclesim.inputs.study import is_study

    below, found = (None, []) if problems or is_study(file) else _changes(file)
    return {
        "file": file,
        "problems": [{**asdict(problem), "value": _brief(problem.value)} for problem in problems],
        "base": below.name if below else None,
        "changes": [asdict(difference) for difference in found],
    }


def _brief(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"{value:.10g}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _extends(name: str, file: Path) -> str:
    """Return what the new file extends: a shipped name, or the path of a file as seen from the new one."""
    if not (name.endswith(".yaml") or "/" in name):
        return name
    return Path(os.path.relpath(name, file.absolute().parent)).as_posix()


def _template(scenario: Scenario, extends: str) -> str:
    crisis = next(iter(scenario.crises))
    back_end = next(iter(scenario.crises[crisis].back_ends))
    month = scenario.start
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
#     from: {month}
#     scale:
#       "crises.{crisis}.back_ends.{back_end}.caseworkers": 0.5
#     why: one line that says why

# An intervention is a change that somebody could decide on; cost is in US dollars per month.
# interventions:
#   more caseworkers:
#     from: {month}
#     ramp: 12
#     add:
#       "crises.{crisis}.back_ends.{back_end}.caseworkers": 6
#     cost: 10000
"""
