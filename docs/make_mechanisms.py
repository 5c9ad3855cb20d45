"""Make the tables of docs/mechanisms.md again: every mechanism switched off, one by one.

python docs/make_mechanisms.py
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import md
from trace_report import trace

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "benchmarks")]
from science.mechanisms import described, expected, measured  # noqa: E402

PAGE = HERE / "mechanisms.md"
HEADER = ("serves", "switched off by", "measure", "demanded", "because", "on", "off", "difference", "verdict")


def main() -> None:
    with ProcessPoolExecutor() as pool:
        results = dict(zip(expected(), pool.map(measured, expected(), chunksize=6), strict=True))
    contents = {
        "summary": summary([cells[-1] for cells in results.values()]),
        "switches": md.table(HEADER, [described(name) + cells for name, cells in results.items()]),
        "without": without(),
    }
    PAGE.write_text(md.fill(PAGE.read_text(encoding="utf-8"), contents), encoding="utf-8")
    print(contents["summary"])


def summary(verdicts: list[str]) -> str:
    counts = Counter(verdicts)
    kinds = ("holds", "holds within noise", "does not hold", "open")
    return f"Of {len(verdicts)} switches: " + ", ".join(f"{kind} {counts[kind]}" for kind in kinds) + "."


def without() -> str:
    lines = [f"- `{n}`: the direction is open: {e.because}." for n, e in expected().items() if e.direction == "open"]
    missing = [row for row in trace() if row.id[0] == "M" and not row.switches]
    lines += [f"- {row.id} ({row.text}): no switch: {row.reason or row.status}." for row in missing]
    return "\n".join(lines) or "Nothing."


if __name__ == "__main__":
    main()
