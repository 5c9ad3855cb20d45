"""What the report says of what is not known: regimes, sensitivity, discovery, calibration, value of information."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.measures import EVERY
from cyclesim.outputs import printed, text
from cyclesim.outputs import sensitivity as told
from cyclesim.outputs import voi as valued
from cyclesim.outputs.calibration import SAYS_LITTLE
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.report import Block, Chart, Report, Table, drawn
from cyclesim.outputs.reports.parts import (
    assumptions,
    command,
    interval,
    leaves_out,
    plain,
    read,
    saved,
    scenario,
)
from cyclesim.outputs.text import number

MOST = 12
"""Rows of a table or a chart."""
RIGHT = "That targets are met does not mean that the model is right: other inputs meet them too."
Rows = Sequence[Mapping[str, Any]]


def short(value: float) -> str:
    """Return a number with three significant digits."""
    return f"{value:.3g}"


def regimes(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of regimes over draws, or along parameters."""
    found = read(place, "regimes.json")
    if not found["points"]:
        raise FolderError(
            f"{place} has the regime at the default inputs only, and a report needs an interval: "
            f"cyclesim regimes {found['scenario']} --draws 40 --out FOLDER"
        )
    at_defaults = (
        f"At the default inputs: {found['regime']}; funding comes to rest at {text.percent(found['poor'])} of "
    )
    at_defaults += f"what is asked for after a poor past, at {text.percent(found['rich'])} after a rich one."
    if found["corrected"] is not None:
        at_defaults += f" Donors who correct for how few are found give {text.percent(found['corrected'])}."
    if found["along"]:
        turns = [
            f"Between {plain(found['along'][0])} {low:.3g} and {high:.3g} it turns from {below} to {above}."
            for low, high, below, above in found["tipping"]
        ]
        kinds = sorted({row["regime"] for row in found["points"]})
        answer = " ".join(turns) or f"It is {' or '.join(kinds)} over the whole range of {_names(found['along'])}."
        head = [*map(plain, found["along"]), "poor past", "rich past", "regime"]
        columns = [*found["along"], "poor", "rich"]
        rows = [[*(f"{row[c]:.3g}" for c in columns), row["regime"]] for row in found["points"][: 2 * MOST]]
    else:
        shares = found["shares"].items()
        parts = [f"{name} in {text.percent(s)} ({interval(low, high)})" for name, (s, low, high) in shares if s]
        answer = f"Over {len(found['points'])} draws of the inputs it is {_names(parts)}."
        head = ["regime", "share of draws", "95 %"]
        rows = [[name, text.percent(s), interval(low, high)] for name, (s, low, high) in shares]
    return _report(
        place,
        about,
        "Regimes",
        "Where does funding come to rest, and does it matter where it begins?",
        answer,
        detail=[at_defaults],
        charts=saved(place, "regimes", answer, Table("Regimes", head, rows)),
    )


def sensitivity(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of which inputs move an outcome."""
    found = read(place, "sensitivity.json")
    what = {
        "sobol": "Share of variance with interactions (total Sobol index)",
        "binned": "Share of variance between bins, each input alone",
        "morris": "Mean size of the effect of one step (mu*)",
    }[found["method"]]
    ends = [told.interval(row, found["method"]) for row in found["inputs"]]
    clear = [plain(row["quantity"]) for row in found["inputs"] if row["named"]]
    outcome = EVERY[found["measure"]].title
    outcome += f", difference of {found['scenario']} from the baseline" if found["difference"] else ""
    answer = (
        f"Of {len(ends)} inputs, {_names(clear[:3])} move{'s' if len(clear[:3]) == 1 else ''} this most; "
        f"{len(ends) - len(clear)} may do nothing."
        if clear
        else f"None of {len(ends)} inputs moves this clearly."
    )
    luck = told.of_luck(math.nan if found["luck"] is None else found["luck"], found["twin"])
    detail = f"{told.unnamed(len(clear), len(ends), found['bar'])} {luck}"
    rows = [[plain(row["quantity"]), *map(short, end)] for row, end in zip(found["inputs"][:MOST], ends, strict=False)]
    rows = rows[: len(clear)]
    return _report(
        place,
        about,
        "Sensitivity",
        f"Which uncertain inputs move it most: {outcome}?",
        answer,
        detail=[f"{found['draws']:,} draws, {found['replications']} replications. {detail}"],
        charts=saved(place, "sensitivity", answer, Table(what, ["input", "value", "95 % from", "to"], rows))
        if clear
        else [],
    )


def discovery(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of where an intervention fails."""
    found = read(place, "discovery.json")
    box = found["box"]
    if not box["restrictions"]:
        answer = f"{found['scenario']} fails in {text.percent(box['base'])} of {box['draws']:,} draws, nowhere in "
        answer += "particular."
    else:
        answer = (
            f"{found['scenario']} fails mostly where {box['words']}: there in {text.percent(box['density'])} of "
            f"{box['inside']:,} draws, against {text.percent(box['base'])} of all {box['draws']:,}."
        )
    rows = [
        [plain(side["quantity"]), _end(side["low"]), _end(side["high"]), f"{side['chance']:.1g}"]
        for side in box["restrictions"]
    ]
    table = Table("Where failures are dense", ["input", "from", "to", "by chance"], rows)
    detail = f"Failing means {found['rule']}. The box holds {text.percent(box['coverage'])} of all failures."
    return _report(
        place,
        about,
        "Scenario discovery",
        f"Under which assumptions does {found['scenario']} fail?",
        answer,
        detail=[detail, "This describes the draws; it is not a cause."],
        first=[
            *([Block("The box", table=table)] if rows else []),
            *([Block("The same as a tree", kept=found["tree"])] if rows else []),
        ],
    )


def calibration(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a calibration of a sweep to totals of its runs."""
    found = read(place, "calibration.json")
    asked = {target["measure"]: target for target in found["targets"]}
    rows = [
        [
            EVERY[row["measure"]].title,
            f"{asked[row['measure']]['value']:.3g} ± {asked[row['measure']]['error']:.2g}",
            interval(row["prior_low"], row["prior_high"], short),
            interval(row["low"], row["high"], short),
        ]
        for row in found["outcomes"]
        if row["measure"] in asked
    ]
    table = Table("Targets, 90 % of draws", ["outcome", "target", "before", "after"], rows)
    known = [row for row in found["inputs"] if row["left"] < SAYS_LITTLE]
    answer = (
        f"{found['kept']} of {found['draws']:,} draws come nearest; they narrow {len(known)} of {len(found['inputs'])} "
        "inputs by a fifth or more, and leave the others as little known as they were."
    )
    return _report(
        place,
        about,
        "Calibration",
        f"Which inputs agree with {len(asked)} observation{'' if len(asked) == 1 else 's'}?",
        answer,
        detail=[RIGHT],
        charts=[_inputs(about, found["inputs"])],
        first=[Block("Before and after", table=table)],
    )


def match(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a calibration to targets of the validation."""
    found = read(place, "calibration.json")
    rows = found["quantities"]
    checked = found["checked"]
    after = (
        f"at {_part(found['met_after'], checked)} drawn from what agrees with them best"
        if checked
        else "what agrees with them best was not run in the model"
    )
    all_of = f"All {len(found['targets'])} targets are" if len(found["targets"]) > 1 else "The target is"
    answer = f"{all_of} met at {_part(found['met_by_chance'], found['draws'])} draws of the inputs; {after}."
    never = [row["quantity"] for row in rows if checked and not row["met"]]
    detail = [f"Met at none of the {checked}: {'; '.join(never)}."] if never else []
    cells = [
        [
            row["quantity"],
            interval(row["tolerance_low"], row["tolerance_high"], short),
            interval(row["prior_low"], row["prior_high"], short),
            text.percent(row["prior_met"]),
            *([interval(row["low"], row["high"], short), text.percent(row["met"])] if checked else ["-", "-"]),
        ]
        for row in rows
    ]
    head = ["measured", "tolerance", "before, 90 %", "inside", "after, 90 %", "inside"]
    return _report(
        place,
        about,
        "Calibration",
        f"Which inputs agree with what has been observed ({_names(found['targets'])})?",
        answer,
        detail=[*detail, f"The posterior rests on {found['effective']:,.0f} effective points. {RIGHT}"],
        charts=[_inputs(about, found["inputs"])],
        second=[Block("Before and after", table=Table("Numbers of the targets", head, cells))],
    )


def voi(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of what it is worth to know more."""
    found = read(place, "voi.json")
    unit = found["unit"]
    best = next(row for row in found["benefits"] if row["scenario"] == found["best"])
    floor = found["evpi_of_halves"]
    worth = (
        f"at most {number(found['evpi'])}" if floor is None else f"{number(max(floor, 0))} to {number(found['evpi'])}"
    )
    answer = (
        f"With what is known now {found['best']} is the choice; it is the best one in "
        f"{text.percent(best['best_share'])} of {found['draws']:,} draws, and to know everything beforehand would be "
        f"worth {worth} {unit}."
    )
    dots = [
        Dot(plain(row["quantity"]), row["evppi"], *_around(row["evppi"], row["standard_error"]))
        for row in found["inputs"][:MOST]
        if row["named"]
    ]
    title = f"{dots[0].label[:1].upper()}{dots[0].label[1:]} is worth most to know" if dots else "No input stands out"
    dots += [
        Dot(f"a survey of {int(row['people']):,} people", row["evsi"], *_around(row["evsi"], row["standard_error"]))
        for row in found["surveys"]
        if row["named"]
    ]
    named = [[row["named"] for row in found[what]] for what in ("inputs", "surveys")]
    figure = chart(
        dots, title, f"Worth of knowing it before deciding, {unit}, and two standard errors", printed.assumptions(about)
    )
    cells = [[dot.label, number(dot.value), number(dot.low), number(dot.high)] for dot in dots]
    rows = [
        [row["scenario"], number(row["net_benefit"]), number(row["standard_error"]), text.percent(row["best_share"])]
        for row in found["benefits"]
    ]
    table = Table(f"Net benefit, {unit}", ["scenario", "mean", "its error", "best in"], rows)
    return _report(
        place,
        about,
        "Value of information",
        "What is it worth to know more before choosing?",
        answer,
        detail=[
            *valued.unnamed(named[0], found["bar"], unit, named[1]),
            "A survey asks people at random, who answer truly, and costs nothing here: compare it with a price.",
        ],
        charts=[drawn(figure, Table(f"Worth of knowing, {unit}", ["what", "worth", "from", "to"], cells))]
        if dots
        else [],
        first=[Block("The choice", table=table)],
    )


def _report(place: Path, about: dict[str, Any], kind: str, question: str, answer: str, **parts: Any) -> Report:
    """Return a report with the parts that all of these share."""
    chosen = scenario(about)
    second = [*parts.pop("second", []), leaves_out(), assumptions(about, [])]
    return Report(
        kind=kind,
        title=", ".join(about["scenarios"][name]["title"] for name in about["order"]),
        question=question,
        answer=answer[:1].upper() + answer[1:],
        cautions=[chosen.caveat] if chosen.caveat else [],
        second=second,
        command=command(place, lambda: f"cyclesim {kind.lower()} (how it was typed is not in log.json)"),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["study"]["seed"] if "study" in about else about["seed"],
        **parts,
    )


def _inputs(about: Mapping[str, Any], inputs: Rows) -> Chart:
    """Return a chart of how much of each input's interval is left."""
    shown = sorted(inputs, key=lambda row: row["left"])[:MOST]
    dots = [Dot(plain(row["quantity"]), row["left"]) for row in shown]
    title = f"{dots[0].label[:1].upper()}{dots[0].label[1:]} is narrowed most" if dots else "No input is narrowed"
    what = "Width of the 90 % interval of each input after calibration, as a part of that before (1: nothing learnt)"
    rows = [
        [
            plain(row["quantity"]),
            interval(row["prior_low"], row["prior_high"], short),
            interval(row["low"], row["high"], short),
            f"{row['left']:.2f}",
        ]
        for row in shown
    ]
    table = Table("Inputs, 90 % intervals", ["input", "before", "after", "left"], rows)
    return drawn(chart(dots, title, what, printed.assumptions(about)), table)


def _names(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    return " and ".join([", ".join(map(plain, words[:-1])), plain(words[-1])]) if len(words) > 1 else plain(words[0])


def _around(value: float, error: float) -> tuple[float, float]:
    return max(0.0, value - 2 * error), value + 2 * error


def _part(share: float, number: int) -> str:
    """Return a share of so many as a count."""
    return f"{round(share * number) or 'none'} of {number}"


def _end(value: float | None) -> str:
    return "-" if value is None else short(value)
