"""A newcomer's path, timed: from nothing to the first chart, and on to a donor of one's own in a comparison.

    python benchmarks/newcomer.py [--wheel FILE]

In an empty folder and a fresh virtual environment. Lines are those a newcomer types; seconds are those he or she waits.
Installs the checkout, or a wheel; how long that takes is up to pip's cache and the network.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DONOR = """\
import cyclesim as cs


class Steady(cs.Donor):
    def wanted_coverage(self, belief, attention, p):
        return max(0.5, super().wanted_coverage(belief, attention, p))


baseline = cs.load("baseline")
worlds = (cs.CycleModel(baseline, donor=kind).run() for kind in (cs.Donor, Steady))
usual, steady = (world.observations.tables()["months"] for world in worlds)
print(usual["exploited"].sum() - steady["exploited"].sum(), "person-months averted")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, default=ROOT, help="what is installed (default: the checkout)")
    source = parser.parse_args().wheel.resolve()
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "donor.py").write_text(DONOR)
        lines, total = 0, 0.0
        steps = (
            ("a virtual environment", f"{sys.executable} -m venv .venv", 1),
            ("pip install", f".venv/bin/pip install -q {source}", 1),
            ("the first comparison and its charts", ".venv/bin/cyclesim compare baseline back-end-capacity", 1),
            (
                "a donor of one's own, compared",
                ".venv/bin/python donor.py",
                1 + len(list(filter(None, DONOR.split("\n")))),
            ),
        )
        for what, command, typed in steps:
            begun = time.perf_counter()
            subprocess.run(command, shell=True, cwd=place, check=True, capture_output=True)
            took = time.perf_counter() - begun
            lines, total = lines + typed, total + took
            print(f"{what:38} {typed:3} lines  {took:6.1f} s   in all {lines:3} lines  {total:6.1f} s")
            if "charts" in what:
                assert list(Path(place).glob("results/*/*.png")), "no chart"


if __name__ == "__main__":
    main()
