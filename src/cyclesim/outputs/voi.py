"""What is said of the value of information."""

from __future__ import annotations

import math
from typing import Any

from cyclesim.analysis.voi import Value
from cyclesim.outputs.money import number
from cyclesim.outputs.printed import aligned, assumptions


def sentence(found: Value) -> str:
    """Return the finding in one sentence."""
    share = float(found.benefits.loc[found.benefits["scenario"] == found.best, "best_share"].iloc[0])
    return f"With what is known now {found.best} is the choice; it is the best one in {100 * share:.0f} % of the draws"


def as_text(found: Value, about: dict[str, Any], worth: float | None, top: int) -> str:
    """Return what information is worth, as text."""
    unit = found.unit
    rows = [["scenario", f"net benefit, {unit}", "its error", "best in"]]
    for _, row in found.benefits.iterrows():
        cells = (number(row["net_benefit"]), number(row["standard_error"]), f"{100 * row['best_share']:.0f} %")
        rows.append([str(row["scenario"]), *cells])
    inputs = [["knowing before deciding", f"worth, {unit}", "its error"]]
    for _, row in found.inputs.head(top).iterrows():
        inputs.append([str(row["quantity"]), number(row["evppi"]), number(row["standard_error"])])
    for _, row in found.surveys.iterrows():
        inputs.append(
            [f"a survey of {int(row['people']):,} people", number(row["evsi"]), number(row["standard_error"])]
        )
    return "\n".join(
        [
            f"{sentence(found)}.\n",
            *aligned(rows),
            f"\n{_perfect(found)}",
            *aligned(inputs),
            f"\n{_basis(worth)} {found.draws:,} draws over the inputs' ranges, {found.replications} replications.",
            "A survey asks people at random, who answer truly; it costs nothing here: compare its worth with a price.",
            f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}",
        ]
    )


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
