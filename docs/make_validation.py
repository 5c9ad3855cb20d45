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

import cyclesim as cs
import md
from cyclesim import text
from cyclesim.analysis.claims import Examined
from cyclesim.analysis.targets import JudgedQuantity, JudgedTarget, Verdict
from cyclesim.outputs.finding import Table
from cyclesim.questions.validate import tell
from cyclesim.questions.validate.compute import SEEDS
from cyclesim.worlds.fingerprint import fingerprint

PAGE = Path(__file__).parent / "validation.md"
MADE_BY = Path(__file__).parent / "figures" / "validation.json"
"""Which code measured the table, and its hash: a test holds both."""
SCENARIO = "unseen-crisis"
TARGETS = ("", "fact", "rung", "use", "measured (tolerance)", "verdict")
CLAIMS = ("", "section", "claim", "measured", "read as", "rule")


def main(seeds: int, workers: int) -> None:
    found, claims = (
        cs.validate(SCENARIO, claims=claims, replications=seeds, workers=workers).found for claims in (False, True)
    )
    about = f"`{SCENARIO}` and its ladder, {seeds} worlds of each variant.\n\n"
    table = about + md.table(TARGETS, map(target, found.rows))
    outside = tell.defaults(found.defaults)
    parts = {
        "targets": table,
        "losses": about + laid_out(tell.losses(found.losses)),
        "beside": laid_out(tell.beside(found.beside)),
        "defaults": laid_out(outside) if outside.rows else tell.inside(found.defaults),
        "quantiles": tell.quantiles(found.defaults),
        "claims": md.table(CLAIMS, map(claim, claims.examined)),
    }
    fill(PAGE, parts)
    made = {
        "fingerprint": fingerprint().to_dict(),
        "sum": sha256(table.strip().encode()).hexdigest(),
        "missed": {row.target.id: row.target.fact for row in found.rows if row.verdict == Verdict.MISSED},
    }
    MADE_BY.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def fill(page: Path, parts: dict[str, str]) -> None:
    page.write_text(md.fill(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def laid_out(table: Table) -> str:
    return md.table(table.head, table.rows)


def target(row: JudgedTarget) -> Sequence[str]:
    words = [", ".join(map(str, many)) for many in (row.target.rungs, row.target.uses)]
    said = f"**{row.verdict}**" if row.verdict == Verdict.MISSED else tell.verdict(row) or "-"
    return row.target.id, row.target.fact, *words, "; ".join(map(quantity, row.quantities)), said


def quantity(one: JudgedQuantity) -> str:
    if math.isnan(one.measured):
        return "not measured"
    within = one.quantity.tolerance
    scored = "" if one.verdict is not None else ", not scored"
    return text.number(one.measured) + ("" if within == "-" else f" ({within}{scored})")


def claim(one: Examined) -> Sequence[str]:
    return one.claim.id, one.claim.section, one.claim.words, tell.shown(one), str(one.verdict), one.claim.rule


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    main(arguments.seeds, arguments.workers)
