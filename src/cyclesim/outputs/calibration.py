"""What is said of a calibration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cyclesim.analysis.calibration import Calibration
from cyclesim.analysis.matching import Match
from cyclesim.outputs.printed import aligned, assumptions

if TYPE_CHECKING:
    import pandas as pd

SAYS_LITTLE = 0.8
"""A posterior interval of this part of the prior one, or more, is told as not known from these targets."""


def as_text(found: Calibration, about: dict[str, Any], top: int) -> str:
    """Return what targets say about inputs, as text."""
    unknown = int((found.inputs["left"] >= SAYS_LITTLE).sum())
    inputs = _inputs(found.inputs, top)
    asked = {target.measure: target for target in found.targets}
    outcomes = [["outcome", "prior 5 to 95 %", "posterior", "target"]]
    for _, row in found.outcomes.iterrows():
        if row["measure"] in asked:
            target = asked[row["measure"]]
            cells = (_range(row["prior_low"], row["prior_high"]), _range(row["low"], row["high"]))
            outcomes.append([row["measure"], *cells, f"{target.value:.3g} +- {target.error:.2g}"])
    off = [name for name, bias in found.rank_bias.items() if abs(bias) > 3]
    checked = f"off for {', '.join(off)}" if off else "no input's posterior is off"
    return "\n".join(
        [
            f"{len(found.posterior.kept)} of {found.draws:,} draws of {found.scenario} come nearest to "
            f"{len(found.targets)} target{'s' if len(found.targets) > 1 else ''}.\n",
            *aligned(outcomes),
            "",
            *inputs,
            f"\n{unknown} of {len(found.inputs)} inputs are hardly better known: these targets cannot tell them.",
            f"Simulation-based calibration over 60 draws taken as the truth: {checked}.",
            *(
                [f"A history is one world, so one of the {about['replications']} replications of each draw is used."]
                if about["replications"] > 1
                else []
            ),
            "That targets are met does not mean that the model is right: other inputs meet them too.",
            f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}",
        ]
    )


def matched(found: Match, about: dict[str, Any], top: int, command: str) -> str:
    """Return what inputs meet targets of the validation, as text."""
    rows = [["measured", "tolerance", "prior 5 to 95 %", "inside", "posterior", "inside", "emulator explains"]]
    for _, row in found.quantities.iterrows():
        before, after = _range(row["prior_low"], row["prior_high"]), _range(row["low"], row["high"])
        shares = [_share(row["prior_met"]), _share(row["met"])]
        tolerance = _range(row["tolerance_low"], row["tolerance_high"])
        explains = _share(max(0.0, row["explained"]))
        rows.append([row["quantity"], tolerance, before, shares[0], after, shares[1], explains])
    ids = ", ".join(target.id for target in found.targets)
    rough = " (rough: below 100)" if found.effective < 100 else ""
    checked = f", and at {found.checked} draws from the posterior {_share(found.met_after)}" if found.checked else ""
    skipped = [f"Left out: {'; '.join(found.skipped)}."] if found.skipped else []
    others = len(found.posterior.names) - len(found.inputs)
    return "\n".join(
        [
            f"{found.scenario.title} ({found.scenario.name}), matched with {ids}.\n",
            f"All of them are met at {_share(found.met_by_chance)} of {found.draws} draws from the prior{checked}.",
            f"The emulators expect {_share(found.expected_by_chance)} and {_share(found.expected_after)}; "
            f"{_share(found.left)} of the prior is not ruled out.",
            f"The posterior rests on {found.effective:,.0f} effective points{rough}.\n",
            *aligned(rows),
            "",
            *_inputs(found.inputs, top),
            f"\nThe other {others} inputs keep their prior: these targets cannot tell them.",
            *skipped,
            "Errors of the emulators are taken to be independent between numbers; within a target they are not.",
            "That targets are met does not mean that the model is right: other inputs meet them too.",
            f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}",
            f"Reproduce: {command}",
        ]
    )


def _inputs(table: pd.DataFrame, top: int) -> list[str]:
    rows = [["input", "prior 5 to 95 %", "posterior", "left of it"]]
    for _, row in table.head(top).iterrows():
        before, after = _range(row["prior_low"], row["prior_high"]), _range(row["low"], row["high"])
        rows.append([row["quantity"], before, after, f"{100 * row['left']:.0f} %"])
    return aligned(rows)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.0f} %"


def _range(low: float, high: float) -> str:
    if math.isnan(low):
        return "-"
    if math.isinf(high):
        return f"{low:.3g} or more"
    return f"{low:.3g} to {high:.3g}"
