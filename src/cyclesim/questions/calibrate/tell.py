"""What is said and drawn of a calibration, to totals of runs or to targets of the validation."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cyclesim import text
from cyclesim.analysis import calibration
from cyclesim.analysis.calibration import TRUTHS, Calibration
from cyclesim.analysis.matching import Match
from cyclesim.charts.dots import Dot, chart
from cyclesim.measures import EVERY
from cyclesim.outputs import printed
from cyclesim.outputs.finding import Finding, Table, caveats, titles

SAYS_LITTLE = 0.8
"""A posterior interval of this part of the prior one, or more, is told as not known from these targets."""
OFF = 3.0
"""Standard errors beyond which ranks say that a posterior is off."""
ROUGH = 100
"""Effective points below which a posterior is rough."""
_RIGHT = "That targets are met does not mean that the model is right: other inputs meet them too."
_ENDS = "5 to 95 %"


def tell(found: Calibration | Match, top: int = 15) -> Finding:
    """Say how near the model comes to the targets, and which (top) inputs they narrow."""
    told = _runs(found) if isinstance(found, Calibration) else _scenario(found)
    return Finding(
        kind="Calibration",
        title=titles([found.scenario]),
        question=f"Which inputs agree with what has been observed ({told['observed']})?",
        answer=told["answer"],
        details=told["details"],
        tables=[told["targets"], _inputs(found.inputs, top)],
        cautions=[*told["cautions"], _RIGHT, *caveats([found.scenario])],
    )


def draw(found: Calibration | Match, finding: Finding) -> dict[str, Figure]:
    """Return the inputs that the finding tells, those that are narrowed most first."""
    number = next(len(table.rows) for table in finding.tables if table.beside == "calibration")
    dots = [Dot(text.plain(str(row["quantity"])), row["left"]) for row in found.inputs.head(number).to_dict("records")]
    subtitle = (
        "Width of the 90 % interval of each input after calibration, as a part of that before (1: nothing learnt)"
    )
    caption = printed.credit([found.scenario], f"{found.draws:,} draws.")
    return {"calibration": chart(dots, finding.headline, subtitle, caption)}


def _runs(found: Calibration) -> dict[str, Any]:
    """Return what is said of a calibration to totals of runs."""
    number, inputs = len(found.targets), found.inputs
    narrowed = [text.plain(name) for name in inputs.loc[inputs["left"] < SAYS_LITTLE, "quantity"]]
    named = f" ({text.listed(narrowed)})" if 0 < len(narrowed) <= 3 else ""
    off = [text.plain(name) for name, bias in found.rank_bias.items() if abs(bias) > OFF]
    checked = f"Simulation-based calibration over {TRUTHS} draws taken as the truth:"
    details = [*_unknown(len(inputs) - len(narrowed), len(inputs), number)]
    if found.replications > 1:
        details.append(f"A history is one world, so one of the {found.replications} replications of each draw is used.")
    if not off:
        details.append(f"{checked} no input's posterior is off.")
    return {
        "observed": "; ".join(f"{EVERY[target.measure].title}: {_observed(target)}" for target in found.targets),
        "answer": (
            f"{len(found.posterior.kept)} of {found.draws:,} draws come nearest to "
            f"{f'the {number} targets' if number > 1 else 'the target'}, and narrow {len(narrowed) or 'none'} of "
            f"{len(inputs)} inputs by a fifth or more{named}."
        ),
        "details": details,
        "targets": _totals(found),
        "cautions": [f"{checked} the posterior is off for {text.listed(off)}."] if off else [],
    }


def _scenario(found: Match) -> dict[str, Any]:
    """Return what is said of inputs that meet targets of the validation."""
    number, checked, rows = len(found.targets), found.checked, found.quantities
    together = {1: "The target is", 2: "Both targets are"}.get(number, f"All {number} targets are")
    after = (
        f"and at {_count(found.met_after, checked)} drawn from the inputs that agree best"
        if checked
        else "and the inputs that agree best were not run in the model"
    )
    never = [str(name) for name in rows.loc[rows["met"] == 0, "quantity"]] if checked else []
    rough = f" (rough: below {ROUGH})" if found.effective < ROUGH else ""
    others = len(found.posterior.names) - len(found.inputs)
    return {
        "observed": text.listed([target.id for target in found.targets]),
        "answer": f"{together} met at {_count(found.met_by_chance, found.draws)} draws of the inputs, {after}.",
        "details": [
            *([f"Met at none of the {checked}: {'; '.join(never)}."] if never else []),
            f"The emulators expect {text.percent(found.expected_by_chance)} before and "
            f"{text.percent(found.expected_after)} after; {text.percent(found.left)} of the prior is not ruled out.",
            f"The posterior rests on {text.number(found.effective)} effective points{rough}.",
            f"The other {others} inputs keep their prior: these targets cannot tell them.",
            *([f"Left out: {'; '.join(found.skipped)}."] if found.skipped else []),
        ],
        "targets": _quantities(found),
        "cautions": [
            "Errors of the emulators are taken to be independent between numbers; within a target they are not."
        ],
    }


def _unknown(number: int, inputs: int, targets: int) -> list[str]:
    """Say how many inputs the targets say little of."""
    if not number:
        return []
    which = f"All {inputs} inputs are" if number == inputs else f"The other {number} inputs are"
    which = which if number > 1 else "The input is" if inputs == 1 else "The other input is"
    told = f"{'these targets' if targets > 1 else 'this target'} cannot tell {'them' if number > 1 else 'it'}"
    return [f"{which} hardly better known than before: {told}."]


def _observed(target: calibration.Observation) -> str:
    """Return a target as what is known of it allows."""
    per = 100 if EVERY[target.measure].unit == "cents" else 1
    value, error = target.value / per, target.error / per
    return f"{text.number(value, (value - error, value + error))} ± {text.number(error)}"


def _totals(found: Calibration) -> Table:
    """Return the totals that were observed, over the draws and over those that come nearest."""
    asked = {target.measure: target for target in found.targets}
    rows = []
    for row in found.outcomes.to_dict("records"):
        name = str(row["measure"])
        if name in asked:
            before, after = (
                " to ".join(printed.amount(name, row[f"{of}{end}"]) for end in ("low", "high")) for of in ("prior_", "")
            )
            rows.append([EVERY[name].title, _observed(asked[name]), before, after])
    return Table("Targets", ["outcome", "target", f"before, {_ENDS}", f"after, {_ENDS}"], rows)


def _quantities(found: Match) -> Table:
    """Return the numbers of the targets, at draws from the prior and from the posterior."""
    rows = [
        [
            str(row["quantity"]),
            *_ranges(row, "tolerance_", "prior_"),
            text.percent(row["prior_met"]),
            *([*_ranges(row, ""), text.percent(row["met"])] if found.checked else ["-", "-"]),
            text.percent(max(0.0, row["explained"])),
        ]
        for row in found.quantities.to_dict("records")
    ]
    head = ["measured", "tolerance", f"before, {_ENDS}", "inside", f"after, {_ENDS}", "inside", "emulator explains"]
    return Table("Numbers of the targets", head, rows)


def _inputs(inputs: pd.DataFrame, top: int) -> Table:
    """Return the inputs that are narrowed most."""
    rows = [
        [text.plain(str(row["quantity"])), *_ranges(row, "prior_", ""), text.percent(row["left"])]
        for row in inputs.head(top).to_dict("records")
    ]
    head = ["input", f"before, {_ENDS}", f"after, {_ENDS}", "left of it"]
    return Table("Inputs, narrowed most first", head, rows, beside="calibration")


def _ranges(row: Mapping[Any, Any], *of: str) -> list[str]:
    return [_range(row[f"{name}low"], row[f"{name}high"]) for name in of]


def _range(low: float, high: float) -> str:
    if math.isnan(low):
        return "-"
    if math.isinf(high):
        return f"{text.number(low)} or more"
    return f"at most {text.number(high)}" if math.isinf(low) else f"{text.number(low)} to {text.number(high)}"


def _count(share: float, number: int) -> str:
    return f"{round(share * number) or 'none'} of {number}"
