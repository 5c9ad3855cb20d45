"""Sweep after sweep in one process, for as long as asked, to see whether memory grows or anything stays behind.

    python benchmarks/soak.py [--minutes 20] [--workers 2]

Each round is a small sweep with workers of its own, read again and summarised, in a folder that is then deleted. Looked
at after each round: memory of this process, processes it has, files it holds open, threads.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import cyclesim as cs

STUDY = """\
title: A round of the soak
question: Does anything stay behind?
scenarios: [near.yaml, far.yaml]
replications: 2
monthly: [exploited]
design: {method: lhs, draws: 20, quantities: {contact: , naivety: }}
"""


def look() -> dict[str, float]:
    """Return megabytes, processes, open files and threads of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "MB": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "processes": float(len(multiprocessing.active_children())),
        "files": float(len(os.listdir("/proc/self/fd"))),
        "threads": float(threading.active_count()),
    }


def one(place: Path, seed: int, workers: int) -> int:
    """Carry out a round; return its runs."""
    (place / "near.yaml").write_text("extends: small\nmonths: 12\nspin_up: 0\n")
    (place / "far.yaml").write_text("extends: near.yaml\nparameters: {self_report: 0.03}\n")
    (place / "study.yaml").write_text(STUDY + f"seed: {seed}\n")
    sweep = cs.sweep(place / "study.yaml", place / "results", workers=workers)
    again = cs.read_sweep(place / "results")
    again.differences("person_months_exploited")
    again.summary()
    return sweep.stored


def main(minutes: float, workers: int) -> int:
    seen: list[dict[str, float]] = []
    runs, begun = 0, time.monotonic()
    while time.monotonic() - begun < 60 * minutes:
        with tempfile.TemporaryDirectory() as folder:
            runs += one(Path(folder), len(seen) + 1, workers)
        gc.collect()
        seen.append(look())
    part = max(1, len(seen) // 3)
    print(f"{len(seen)} rounds, {runs:,} runs, {(time.monotonic() - begun) / 60:.1f} minutes")
    grown = False
    for what, room in (("MB", 0.05), ("processes", 0.0), ("files", 0.0), ("threads", 0.0)):
        first, last = (statistics.median(x[what] for x in rows) for rows in (seen[part : 2 * part], seen[-part:]))
        grown |= last > first * (1 + room)
        print(f"{what:10} second third {first:8.1f}   last third {last:8.1f}   most {max(x[what] for x in seen):8.1f}")
    print("something grows" if grown else "flat: nothing grows, nothing stays behind")
    return int(grown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    sys.exit(main(asked.minutes, asked.workers))
