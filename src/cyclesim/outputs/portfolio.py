"""What is said of the best use of a sum."""

from __future__ import annotations

import math
from typing import Any

from cyclesim.analysis.portfolio import Portfolio
from cyclesim.outputs.money import number
from cyclesim.outputs.printed import aligned, assumptions
from cyclesim.vocabulary import Line


def sentence(found: Portfolio) -> str:
    """Return the finding in one sentence."""
    by_line = dict(zip(Line, found.best.sum(axis=0), strict=True))
    largest = sorted(by_line, key=lambda line: -by_line[line])[:2]
    parts = [f"{100 * by_line[line] / found.total:.0f} % to {str(line).replace('_', ' ')}" for line in largest]
    return (
        f"The best use found of US${number(found.total)} gives {' and '.join(parts)}; it averts "
        f"{number(found.found.value)} person-months, the best of {found.found.evaluations[1]} random ones "
        f"{number(found.found.random_value)}"
    )


def as_text(found: Portfolio, about: dict[str, Any], command: str) -> str:
    """Return the best use of a sum, and what others achieve, as text."""
    split = [["US$", *(f"period {k + 1}" for k in range(len(found.best))), "share"]]
    for k, line in enumerate(Line):
        amounts = [number(float(amount)) for amount in found.best[:, k]]
        split.append([str(line).replace("_", " "), *amounts, f"{100 * found.best[:, k].sum() / found.total:.0f} %"])
    uses = [
        ["person-months averted", "defaults", *(["mean of draws", "5 %", "95 %", "best in"] if found.draws else [])]
    ]
    for _, row in found.uses.sort_values("averted", ascending=False).iterrows():
        drawn = [number(row[column]) for column in ("mean", "low", "high")] if found.draws else []
        share = [] if math.isnan(row["best_share"]) else [f"{100 * row['best_share']:.0f} %"]
        uses.append([str(row["use"]), number(row["averted"]), *drawn, *share])
    covers = (
        f"Spread over {found.draws} draws of the inputs; the use was chosen at the defaults."
        if found.draws
        else "At the default inputs only: ask for --draws before trusting a difference."
    )
    return "\n".join(
        [
            f"{found.scenario.title} ({found.scenario.name})\n\n{sentence(found)}.\n",
            *aligned(split),
            "",
            *aligned(uses),
            f"\n{covers} The sum comes beside what donors give; it is spent as any money of its line.",
            f"Expected values of the model, not observations (hash {about['hash']}). {assumptions(about)}",
            f"Reproduce: {command}",
        ]
    )
