"""What is said of a calibration."""

from __future__ import annotations

from typing import Any

from cyclesim.analysis.calibration import Calibration
from cyclesim.outputs.printed import aligned, assumptions

SAYS_LITTLE = 0.8
"""A posterior interval of this part of the prior one, or more, is told as not known from these targets."""


def as_text(found: Calibration, about: dict[str, Any], top: int) -> str:
    """Return what targets say about inputs, as text."""
    unknown = int((found.inputs["left"] >= SAYS_LITTLE).sum())
    inputs = [["input", "prior 5 to 95 %", "posterior", "left of it"]]
    for _, row in found.inputs.head(top).iterrows():
        before, after = _range(row["prior_low"], row["prior_high"]), _range(row["low"], row["high"])
        inputs.append([row["quantity"], before, after, f"{100 * row['left']:.0f} %"])
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
            *aligned(inputs),
            f"\n{unknown} of {len(found.inputs)} inputs are hardly better known: these targets cannot tell them.",
            f"Simulation-based calibration over 60 draws taken as the truth: {checked}.",
            "That targets are met does not mean that the model is right: other inputs meet them too.",
            f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}",
        ]
    )


def _range(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}"
