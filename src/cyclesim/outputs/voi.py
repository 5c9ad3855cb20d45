"""What is said of the value of information."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cyclesim.analysis.voi import Value
from cyclesim.outputs import text
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.outputs.text import number


def sentence(found: Value) -> str:
    """Return the finding in one sentence."""
    share = float(found.benefits.loc[found.benefits["scenario"] == found.best, "best_share"].iloc[0])
    return (
        f"With what is known now {found.best} is the choice; it is the best one in {text.percent(share)} of the draws"
    )


def as_text(found: Value, about: dict[str, Any], worth: float | None, top: int) -> str:
    """Return what information is worth, as text."""
    unit = found.unit
    rows = [["scenario", f"net benefit, {unit}", "its error", "best in"]]
    for _, row in found.benefits.iterrows():
        cells = (number(row["net_benefit"]), number(row["standard_error"]), f"{text.percent(row['best_share'])}")
        rows.append([str(row["scenario"]), *cells])
    inputs = [["knowing before deciding", f"worth, {unit}", "its error"]]
    for _, row in found.inputs[found.inputs["named"]].head(top).iterrows():
        inputs.append([str(row["quantity"]), number(row["evppi"]), number(row["standard_error"])])
    for _, row in found.surveys[found.surveys["named"]].iterrows():
        inputs.append(
            [f"a survey of {int(row['people']):,} people", number(row["evsi"]), number(row["standard_error"])]
        )
    inputs = inputs if len(inputs) > 1 else []
    return "\n".join(
        [
            f"{sentence(found)}.\n",
            *aligned(rows),
            f"\n{_perfect(found)}",
            *(aligned(inputs) if inputs else []),
            *unnamed(found.inputs["named"].tolist(), found.bar, unit, found.surveys["named"].tolist()),
            f"\n{_basis(worth)} {found.draws:,} draws over the inputs' ranges, {found.replications} replications.",
            "A survey asks people at random, who answer truly; it costs nothing here: compare its worth with a price.",
            f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}",
        ]
    )


def unnamed(inputs: Sequence[bool], bar: float, unit: str, surveys: Sequence[bool]) -> list[str]:
    """Say what is not ranked, and why."""
    few = sum(inputs)
    lines = [
        f"{few or 'None'} of {len(inputs)} inputs {'is' if few == 1 else 'are'} worth more than {number(bar)} {unit}, "
        "which the best of as many that say nothing would reach in 1 of 25 cases; those below are not ranked."
    ]
    if not any(surveys):
        lines.append(
            "No survey is valued: what is known of the prevalence does not move the choice more than chance would."
            if surveys
            else "No survey is valued: that takes two replications or a twin."
        )
    return lines


def _perfect(found: Value) -> str:
    high, low = found.perfect
    if math.isnan(low):
        return (
            f"Knowing everything would be worth at most {number(high)} {found.unit}: one replication leaves luck in it."
        )
    return f"Knowing everything would be worth {number(max(low, 0.0))} to {number(high)} {found.unit}."


def _basis(worth: float | None) -> str:
    if worth is None:
        return "Net benefit: person-months of exploitation averted, whatever they cost (give --worth to count costs)."
    value = f"US${number(worth)} for each person-month averted (your number)"
    return f"Net benefit: {value}, less what is spent beyond the baseline."
