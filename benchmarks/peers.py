"""cyclesim's people engine beside its peers: the same work, side by side in one run.

    python benchmarks/peers.py [--rounds 5] [--people 1000000] [--environments FOLDER] [--only NAME ...] [--out FILE]

The work is in `person_flow/work.py`, each way of doing it in a file beside it, written as the documentation of that
library would have it. Peers are installed in environments of their own in FOLDER (some 1.5 GB; kept and used again).
First agreement: 20 seeds of each way with 50,000 people against 400 runs of a binomial model without individuals, on
26 quantities. Then rounds that take every way in turn, models built and tables made within the time, imports and
compilation outside. Ratios are taken inside a round, to cyclesim; printed are medians over rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "person_flow"
sys.path.insert(0, str(HERE))

from work import binomial, halves, stocks  # noqa: E402

DENSE, RARE, LARGE = 5e-4, 2.5e-5, 362_000_000
SEEDS, REFERENCE, FEW, CLOSE = 20, 400, 50_000, 4.0
OWN, LOOP, FLOOR = "cyclesim", "numba, loop over everybody", "numba, events only (floor)"
REQUIREMENTS = {
    "compiled": "numba",
    "frames": "mesa-frames",
    "starsim_module": "starsim",
    "vivarium_component": "vivarium",
}
MODULES = {
    OWN: "own",
    "cyclesim, every case through the queue": "own",
    "NumPy, everybody each month": "vectorised",
    LOOP: "compiled",
    FLOOR: "compiled",
    "mesa-frames": "frames",
    "Starsim": "starsim_module",
    "Vivarium": "vivarium_component",
    "Mesa": "mesa_agents",
}  # fmt: skip


def python_for(module: str, folder: Path) -> str:
    """Return the Python that runs a module, after installing what it needs in an environment of its own."""
    if module not in REQUIREMENTS:
        return sys.executable
    place, name = folder / module, REQUIREMENTS[module]
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        print(f"installing {name} in {place}", flush=True)
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--pre", name], check=True)
        (place / "ready").touch()
    return str(python)


@dataclass
class Way:
    """A way of doing the work, in a process that waits for orders."""

    name: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, name: str, folder: Path) -> Way:
        """Start the process, in the environment of the way."""
        words = [python_for(MODULES[name], folder), "worker.py", MODULES[name]]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        return cls(name, subprocess.Popen(words, cwd=HERE, text=True, **pipes))

    def do(self, people: int, chance: float, seed: int) -> dict[str, object]:
        """Return the answer to one order."""
        order = {"way": self.name, "people": people, "chance": chance, "seed": seed}
        print(json.dumps(order), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line or "error" in (answer := json.loads(line)):
            raise SystemExit(f"{self.name} failed: {line or 'it ended without an answer'}")
        return answer

    def stop(self) -> None:
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def quantities(flows: np.ndarray, trafficked: np.ndarray) -> np.ndarray:
    """Return what is compared: each flow in each half of the time, first entries and the trafficked by stratum."""
    return np.concatenate([flows.sum(axis=1).ravel()[1:], flows[:, :, 0].sum(axis=0)[:11], trafficked[:6]])


def agreement(ways: list[Way]) -> dict[str, float]:
    """Return, for each way, the largest distance of a mean from the binomial model's, in standard errors."""
    tables = [binomial(FEW, DENSE, 10**6 + seed) for seed in range(REFERENCE)]
    reference = np.array([quantities(halves(table), stocks(table, FEW)[-1, :, 1]) for table in tables])
    error = reference.std(axis=0, ddof=1) * np.sqrt(1 / SEEDS + 1 / REFERENCE)
    result = {}
    for way in ways:
        answers = [way.do(FEW, DENSE, seed) for seed in range(1, SEEDS + 1)]
        rows = [quantities(np.array(a["flows"]), np.array(a["trafficked"])) for a in answers]
        result[way.name] = float(np.abs((np.mean(rows, axis=0) - reference.mean(axis=0)) / error).max())
        print(f"{result[way.name]:6.2f}  {way.name}", flush=True)
    return result


def race(ways: list[Way], people: int, chance: float, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way, by round."""
    times: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:
        way.do(2400, chance, 1)  # imports and compilation
    for seed in range(1, rounds + 1):
        for way in ways:
            times[way.name].append(float(way.do(people, chance, seed)["seconds"]))
    return times


def print_times(title: str, times: dict[str, list[float]]) -> None:
    print(f"\n{title}\n\n| way | seconds | times cyclesim's |\n|---|---|---|")
    for name, seconds in times.items():
        ratio = statistics.median(s / own for s, own in zip(seconds, times[OWN], strict=True))
        print(f"| {name} | {statistics.median(seconds):.3g} | {ratio:.3g} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=10**6)
    parser.add_argument("--environments", type=Path, default=Path.home() / ".cache" / "cyclesim-peers")
    parser.add_argument("--only", nargs="+", choices=list(MODULES), default=list(MODULES), metavar="NAME")
    parser.add_argument("--out", type=Path, help="where to put all times and distances, as JSON")
    asked = parser.parse_args()
    names = [name for name in MODULES if name == OWN or name in asked.only]
    ways = [Way.start(name, asked.environments) for name in names]
    print(f"largest of 26 distances from the binomial model, in standard errors (agreement below {CLOSE:g}):")
    distances = agreement(ways)
    found: dict[str, object] = {"distances": distances}
    for regime, chance in (("dense", DENSE), ("rare", RARE)):
        times = race(ways, asked.people, chance, asked.rounds)
        found[regime] = times
        print_times(f"{regime}: {asked.people:,} people, {asked.rounds} rounds", times)
    large = [way for way in ways if way.name in (OWN, FLOOR)]
    found["large"] = race(large, LARGE, RARE, min(asked.rounds, 3))
    print_times(f"rare, as many people as were in need in 2023: {LARGE:,}", found["large"])
    for way in ways:
        way.stop()
    verdicts(found)
    if asked.out is not None:
        asked.out.write_text(json.dumps(found, indent=1) + "\n")
    if max(distances.values()) > CLOSE:
        raise SystemExit("not all ways agree with the binomial model: their times are not of the same work")


def verdicts(found: dict[str, object]) -> None:
    """Print whether the two aims are met."""
    print()
    for regime, other, bound in (("dense", LOOP, 1.0), ("rare", FLOOR, 3.0), ("large", FLOOR, 3.0)):
        times = found[regime]
        if other in times:
            ratio = statistics.median(own / peer for own, peer in zip(times[OWN], times[other], strict=True))
            met = "met" if ratio <= bound else "missed"
            print(f"{regime}: cyclesim takes {ratio:.2f} times as long as {other}; aim {bound:g}: {met}")


if __name__ == "__main__":
    main()
