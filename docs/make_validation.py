"""Make the tables of docs/validation.md from `cyclesim validate`.

python docs/make_validation.py [--seeds N] [--workers N]
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cyclesim.analysis.beside import Beside, Loss, Placed
from cyclesim.analysis.claims import Examined, examine
from cyclesim.analysis.targets import Finding, Row, Verdict
from cyclesim.analysis.validation import SEEDS, validate
from cyclesim.inputs.files import load
from cyclesim.outputs import markdown
from cyclesim.outputs.validated import number, quantiles
from cyclesim.runs.fingerprint import fingerprint

PAGE = Path(__file__).parent / "validation.md"
MADE_BY = Path(__file__).parent / "figures" / "validation.json"
"""Which code measured the table, and its hash: a test holds both."""
SCENARIO = "unseen-crisis"
TARGETS = ("", "fact", "rung", "use", "measured (tolerance)", "verdict")
LOSSES = ("rung", "outcome", "at present", "without money", "lost")
CLAIMS = ("", "section", "claim", "measured", "read as", "rule")


def main(seeds: int, workers: int) -> None:
    scenario = load(SCENARIO)
    found, examined = validate(scenario, seeds=seeds, workers=workers), examine(scenario, seeds=seeds, workers=workers)
    about = f"`{SCENARIO}` and its ladder, {seeds} worlds of each variant.\n\n"
    table = about + markdown.table(TARGETS, map(target, found.rows))
    parts = {
        "targets": table,
        "losses": about + markdown.table(LOSSES, map(loss, found.losses)),
        "beside": markdown.table(("rung", "number", "value", "ceiling"), map(beside, found.beside)),
        "defaults": defaults(found.defaults),
        "quantiles": quantiles(found.defaults),
        "claims": markdown.table(CLAIMS, map(claim, examined)),
    }
    fill(PAGE, parts)
    made = {
        "fingerprint": fingerprint().to_dict(),
        "sum": sha256(table.strip().encode()).hexdigest(),
        "missed": {row.target.id: row.target.fact for row in found.rows if row.verdict == Verdict.MISSED},
    }
    MADE_BY.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def fill(page: Path, parts: dict[str, str]) -> None:
    page.write_text(markdown.fill(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def target(row: Row) -> Sequence[str]:
    words = [", ".join(map(str, many)) for many in (row.target.rungs, row.target.uses)]
    return row.target.id, row.target.fact, *words, "; ".join(map(quantity, row.findings)), verdict(row)


def quantity(finding: Finding) -> str:
    if math.isnan(finding.measured):
        return "not measured"
    within = finding.quantity.tolerance
    scored = "" if finding.verdict is not None else ", not scored"
    return number(finding.measured) + ("" if within == "-" else f" ({within}{scored})")


def verdict(row: Row) -> str:
    if row.verdict is None:
        return "-"
    close = "within two Monte Carlo errors" in row.reason
    return f"**{row.verdict}**" if row.verdict == Verdict.MISSED else f"{row.verdict}{', narrowly' if close else ''}"


def loss(one: Loss) -> Sequence[str]:
    share = "-" if math.isnan(one.share) else f"{one.share:.1%}"
    return one.rung, one.outcome, f"{one.present:,.0f}", f"{one.without:,.0f}", f"{one.lost:,.0f} ({share})"


def beside(one: Beside) -> Sequence[str]:
    return one.rung, one.name, number(one.value), "-" if one.ceiling is None else number(one.ceiling)


def defaults(found: Sequence[Placed]) -> str:
    outside = [p for p in found if p.outside]
    if not outside:
        return f"None of the {len(found)} defaults that draws move stands outside 0.2 to 0.8 of its prior."
    rows = [(f"`{p.name}`", number(p.value), f"{p.quantile:.2f}", p.beyond or "none") for p in outside]
    return markdown.table(("parameter", "value", "quantile", "source that puts it there"), rows)


def claim(one: Examined) -> Sequence[str]:
    shown = "; ".join(f"{name} {number(value)}" for name, value in one.shown.items())
    return one.claim.id, one.claim.section, one.claim.words, shown, str(one.verdict), one.claim.rule


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    main(arguments.seeds, arguments.workers)
