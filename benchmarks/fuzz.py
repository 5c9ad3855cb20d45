"""Mutated scenario, study and count files by the thousand: every one runs briefly or is refused in words.

    python benchmarks/fuzz.py [--number 10000] [--first 0] [--commands 200]

What is valid runs three months with at most 2,000 people; --commands of them go through the command line, which must
end with status 0 or 2 and without a traceback. The same number is always the same file.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import mutations


def main(number: int, first: int, commands: int) -> int:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        ends, faults = mutations.fuzz(range(first, first + number), Path(place))
        for k in range(first, first + commands):
            done = mutations.command(k, Path(place))
            if done.returncode not in (0, 2) or "Traceback" in done.stderr:
                faults[k] = f"command: status {done.returncode}: {done.stderr[-300:]}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    took = time.perf_counter() - begun
    print(
        f"{number:,} files: {ends['runs']:,} ran, {ends['refused']:,} were refused; {commands} by command; {took:.0f} s"
    )
    print(f"at most {peak:.2f} GiB of memory; " + (f"{len(faults)} faults" if faults else "no fault"))
    for k, words in faults.items():
        print(f"  {k}: {words}")
    return 1 if faults else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--commands", type=int, default=200)
    asked = parser.parse_args()
    sys.exit(main(asked.number, asked.first, asked.commands))
