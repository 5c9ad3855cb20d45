"""Validation as text: targets, checks, what stands beside them, and the report's claims."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from cyclesim.outputs.printed import aligned

if TYPE_CHECKING:
    from cyclesim.analysis.beside import Beside, Loss, Placed
    from cyclesim.analysis.claims import Examined
    from cyclesim.analysis.targets import Finding, Row
    from cyclesim.analysis.validation import Validation

_WIDTH = 120
HOW_TO_READ = (
    "A target is a question put to the model, never a goal for it. Rungs: U unseen crisis, M mechanism in place, "
    "S strong system, 30 thirty crises, UA Ukraine. Use: fit (a calibration may use it), test (printed, never used), "
    "print (no verdict). A missed target says where the model and the record differ; a met one does not say that the "
    "model is right."
)
OUR_READING = (
    "The rules are our reading of the claims, in round numbers, and stand beside them; that the model agrees says what "
    "follows from its assumptions, not what is so."
)


def validation(found: Validation, about: str) -> str:
    """Return all of a validation."""
    patterns, checks = ([r for r in found.rows if (r.target.kind == "check") is check] for check in (False, True))
    reasons = [fill(f"{row.target.id}: {row.reason}.", _WIDTH) for row in found.rows if row.reason]
    parts = [
        about,
        fill(HOW_TO_READ, _WIDTH),
        "",
        *targets(patterns),
        "\nQualitative checks",
        *targets(checks),
        *(["", *reasons] if reasons else []),
        "\nWithout any anti-trafficking money, over ten years",
        *losses(found.losses),
        "\nNumbers that nobody aims at, with their ceilings",
        *beside(found.beside),
        "\nDefaults outside 0.2 to 0.8 of their prior",
        *defaults(found.defaults),
        "\nQuantile of every default in its prior",
        fill(quantiles(found.defaults), _WIDTH),
    ]
    return "\n".join(parts)


def targets(rows: Sequence[Row]) -> list[str]:
    """Return the table of targets: a line for each, and under it a line for each of its quantities."""
    lines = [["id", "", "measured", "evidence", "tolerance", "rung", "use", "verdict"]]
    for row in rows:
        kind = " (nearly an input)" if row.target.kind == "consistency check" else ""
        uses, rungs = (", ".join(map(str, words)) for words in (row.target.uses, row.target.rungs))
        lines.append([row.target.id, row.target.fact + kind, "", "", "", rungs, uses, verdict(row.verdict)])
        lines += [["", f"  {finding.quantity.name}", *_cells(finding)] for finding in row.findings]
    width = max(len(line[1]) for line in lines)
    return aligned([[line[0], line[1].ljust(width), *line[2:]] for line in lines])


def verdict(said: object) -> str:
    """Return a verdict in words; what is only printed has none."""
    return "" if said is None else str(said)


def losses(found: Iterable[Loss]) -> list[str]:
    """Return what is lost without money: the three headline outcomes in each rung."""
    lines = [["rung", "outcome", "at present", "without money", "lost", "share"]]
    for loss in found:
        cells = [f"{value:,.0f}" for value in (loss.present, loss.without, loss.lost)]
        lines.append([loss.rung, loss.outcome, *cells, "-" if math.isnan(loss.share) else f"{loss.share:.1%}"])
    return aligned(lines)


def beside(found: Iterable[Beside]) -> list[str]:
    """Return the numbers that nobody aims at."""
    lines = [["rung", "number", "value", "ceiling"]]
    lines += [[b.rung, b.name, number(b.value), "-" if b.ceiling is None else number(b.ceiling)] for b in found]
    return aligned(lines)


def defaults(found: Iterable[Placed]) -> list[str]:
    """Return the defaults that stand outside the middle of their prior, and what puts them there."""
    outside = [p for p in found if p.outside]
    if not outside:
        return ["none"]
    lines = [["parameter", "value", "prior", "quantile", "source"]]
    lines += [
        [
            p.name,
            number(p.value),
            f"{number(p.low)} to {number(p.high)} ({p.scale})",
            f"{p.quantile:.2f}",
            p.beyond or "none",
        ]
        for p in outside
    ]
    return aligned(lines)


def quantiles(found: Iterable[Placed]) -> str:
    """Return where each default that draws move stands in its prior, 0 at the low end and 1 at the high one."""
    return ", ".join(f"{p.name} {p.quantile:.2f}" for p in found)


def claims(found: Iterable[Examined], about: str) -> str:
    """Return what the model shows of the report's claims."""
    lines = [about, fill(OUR_READING, _WIDTH)]
    for one in found:
        claim = one.claim
        lines.append(f"\n{claim.id} (section {claim.section}) {claim.words}: {str(one.verdict).upper()}")
        width = max(map(len, one.shown))
        lines += [f"    {name.ljust(width)}  {number(value)}" for name, value in one.shown.items()]
        lines.append(fill(f"rule: {claim.rule}", _WIDTH, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(lines)


def number(value: float) -> str:
    """Return a number to three significant digits, large ones in full."""
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _cells(finding: Finding) -> list[str]:
    quantity = finding.quantity
    error = "" if math.isnan(finding.error) or finding.error == 0 else f" ± {number(finding.error)}"
    measured = number(finding.measured) + error
    where = [str(quantity.rung), str(quantity.use)]
    return [measured, quantity.target, quantity.tolerance, *where, verdict(finding.verdict)]
