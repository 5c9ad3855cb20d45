"""A question as a command: its options from the signature of what computes; then compute, keep, print."""

import inspect
import json
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import click

from cyclesim.cli import options
from cyclesim.progress import progress_bar
from cyclesim.questions import question
from cyclesim.questions.asking import Option, Question
from cyclesim.runs import folder
from cyclesim.worlds.design import draw_design
from cyclesim.worlds.engines import cores

SEED = Option("Seed of draws and luck.", low=0)
_SUBJECTS: dict[str, dict[str, Any]] = {
    "scenario": {"param_decls": ["scenario"], "default": "baseline"},
    "scenarios": {"param_decls": ["scenarios"], "nargs": -1},
    "study": {"param_decls": ["study"]},
    "runs": {"param_decls": ["folder"], "type": click.Path(exists=True, file_okay=False)},
    "either": {"param_decls": ["subject"], "metavar": "FOLDER|SCENARIO"},
}


def command(name: str) -> click.Command:
    """Return the command of a question."""
    asked = question(name)
    words = inspect.getdoc(asked.compute) or ""
    return click.Command(
        name,
        callback=lambda **given: _ask(asked, **given),
        params=[_subject(asked), *_own(asked), *_common(asked)],
        help=words.split("\nParameters\n---", maxsplit=1)[0],
    )


def _ask(
    asked: Question[..., Any], out: Path | None, as_json: bool, workers: int | None = None, top: int | None = None,
    **given: Any,
) -> None:  # fmt: skip
    """Compute, keep what was found if there is a folder for it, and print it."""
    subject = given.pop(_SUBJECTS[asked.of]["param_decls"][0])
    parameters = asked.signature.parameters
    draws = given.pop("draws", 0) if "design" in parameters else 0
    words = {name: value for name, value in given.items() if name in parameters and value not in ((), {})}
    if "workers" in parameters:
        words["workers"] = workers or cores()
    bound = asked.bound(subject or parameters[asked.subject].default, **words)
    if "design" in parameters and draws:
        bound["design"] = draw_design(bound[asked.subject], draws, given.get("seed", 1))
    telling = {"top": top} if top is not None else {}
    typed = shlex.join(subject if isinstance(subject, tuple) else [subject])
    with options.claimed(out, asked.about(bound)) as output:
        with progress_bar(quiet=as_json) as progress:
            watched = bound | ({"progress": progress} if "progress" in parameters else {})
            answer = asked.answer(watched, typed, str(draws) if draws else "", **telling)
        if output is not None:
            output.about = answer.about
            output.write({**answer.files(), "log.json": folder.log()})
    click.echo(json.dumps(answer.to_dict(), ensure_ascii=False, allow_nan=False) if as_json else str(answer))
    if out is not None and not as_json:
        click.echo(f"Results: {out}{os.sep}")


def _subject(asked: Question[..., Any]) -> click.Argument:
    given, default = dict(_SUBJECTS[asked.of]), asked.signature.parameters[asked.subject].default
    required = default is inspect.Parameter.empty
    if asked.of == "scenarios":
        given |= {"required": required, "metavar": asked.options.get(asked.subject, Option("")).metavar or None}
    elif not required:
        given["default"] = default
    return click.Argument(**given)


def _own(asked: Question[..., Any]) -> list[click.Option]:
    """Return an option for each argument that only this question has."""
    hints = get_type_hints(asked.compute)
    return [
        _option(name, option, hints[name], parameter.default if option.default is None else option.default)
        for name, parameter in asked.signature.parameters.items()
        if name not in ("seed", asked.subject) and (option := asked.options.get(name))
    ]


def _common(asked: Question[..., Any]) -> list[click.Option]:
    """Return the options that questions share, where this one takes what they give."""
    names = asked.signature.parameters
    found = []
    if "design" in names:
        found.append(click.Option(["--draws"], **options.OF_DRAWS))
    if "seed" in names or "design" in names:
        default = names["seed"].default if "seed" in names else 1
        found.append(_option("seed", asked.options.get("seed", SEED), int, default))
    if "workers" in names:
        found.append(_option("workers", Option("Processes (default: one a core).", low=1), int, None))
    top = inspect.signature(asked.tell).parameters.get("top")
    if top is not None:
        found.append(_option("top", Option("How many rows are told.", low=1), int, top.default))
    path = click.Path(path_type=Path, file_okay=False)
    found.append(click.Option(["--out"], type=path, help="Folder for numbers and pictures (default: none is written)."))
    return [*found, click.Option(["--json", "as_json"], is_flag=True, help="Print JSON instead of text.")]


def _option(name: str, option: Option, hint: Any, default: Any) -> click.Option:
    """Return an option of a command, its type from the hint of the argument."""
    empty = default is inspect.Parameter.empty
    given: dict[str, Any] = {"help": option.help, "metavar": option.metavar or None}
    if hint is bool:
        given["is_flag"] = True
    elif get_origin(hint) is Mapping:
        given |= {"multiple": True, "callback": _shares}
    elif get_origin(hint) is Sequence:
        given |= {"multiple": True, "type": _type(option, str), "required": empty}
    else:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        given |= {"type": _type(option, kinds[0] if len(kinds) == 1 else hint), "required": empty}
        given |= {} if empty or default is None else {"default": default, "show_default": True}
    return click.Option([option.named(name), name], **given)


def _type(option: Option, hint: Any) -> click.ParamType[Any]:
    if option.choices:
        return click.Choice(option.choices)
    if hint == int | Path:
        return options.Draws()
    if hint is int:
        low, high = (None if end is None else int(end) for end in (option.low, option.high))
        return click.IntRange(low, high)
    if hint is float and (option.low, option.high) != (None, None):
        return click.FloatRange(option.low, option.high, option.open, option.open and option.high is not None)
    return {float: click.FLOAT, Path: click.Path(path_type=Path)}.get(hint, click.STRING)


def _shares(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, float]:
    """Return shares by name, written as NAME=20% or NAME=0.2."""
    found = {}
    for value in values:
        name, sign, share = value.partition("=")
        try:
            found[name.strip()] = float(share.rstrip(" %")) / (100 if share.strip().endswith("%") else 1)
        except ValueError:
            sign = ""
        if not sign or not 0 <= found[name.strip()] <= 1:
            raise click.BadParameter(f"must be like back_end=20% (got {value!r})")
    return found
