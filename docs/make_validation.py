"""Make the table of targets in README.md again, from `cyclesim validate`.

python docs/make_validation.py [--seeds N] [--workers N]
"""

from __future__ import annotations

import argparse
import json
import math
from hashlib import sha256
from pathlib import Path

from cyclesim.analysis.targets import Finding, Row, Verdict, count
from cyclesim.analysis.validation import SEEDS, validate
from cyclesim.inputs.files import load
from cyclesim.outputs import markdown
from cyclesim.runs.fingerprint import fingerprint

PAGE = Path(__file__).parents[1] / "README.md"
MADE_BY = Path(__file__).parent / "figures" / "validation.json"
"""Which code measured the table, and its hash: a test holds both."""
HEADER = ("", "fact", "measured (tolerance)", "verdict")


def main(seeds: int, workers: int) -> None:
    rows = validate(load("baseline"), seeds=seeds, workers=workers)
    found = count(rows)
    said = ", ".join(f"{number} {verdict}" for verdict, number in found.items())
    cells = [(row.target.id, row.target.fact, "; ".join(map(quantity, row.findings)), verdict(row)) for row in rows]
    table = f"`baseline`, {seeds} worlds each: {said}.\n\n{markdown.table(HEADER, cells)}"
    PAGE.write_text(markdown.fill(PAGE.read_text(encoding="utf-8"), {"validation": table}), encoding="utf-8")
    made = {"fingerprint": fingerprint().to_dict(), "sum": sha256(table.strip().encode()).hexdigest()}
    MADE_BY.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def quantity(finding: Finding) -> str:
    if math.isnan(finding.measured):
        return "not measured"
    low, high = finding.quantity.low, finding.quantity.high
    within = f"≥ {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"
    return f"{finding.measured:.2g} ({within})"


def verdict(row: Row) -> str:
    close = "within two Monte Carlo errors" in row.reason
    return f"**{row.verdict}**" if row.verdict == Verdict.MISSED else f"{row.verdict}{', narrowly' if close else ''}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    main(arguments.seeds, arguments.workers)
