"""What a sweep costs beside its simulations, and how that grows.

    python benchmarks/sweeps.py overhead [--runs 400] [--rounds 3]  # a sweep with two workers, two bare loops
    python benchmarks/sweeps.py growth 1000 10000 [--workers 2]     # sweeps of `small`: time, memory, disk
    python benchmarks/sweeps.py store 1000 10000 100000 1000000     # the store alone, with rows made up

`overhead` interleaves its rounds and prints medians of ratios inside a round. Bare loops are two processes that
simulate the same runs and keep nothing; both sides start their processes anew.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STUDY = """\
title: Sweep of the smallest world
question: What does a sweep cost beside its simulations?
scenarios: [small]
replications: {replications}
design: {{method: lhs, draws: [{draws}]}}
"""

BARE = """\
import sys
from itertools import islice
from cyclesim.runs.sweep import plan_of
from cyclesim.worlds.item import simulate_months
study, plan = plan_of(sys.argv[1])
names = plan.design.names
for item in islice(plan.items(), int(sys.argv[2]), None, 2):
    values = dict(zip(names, item.values.tolist()))
    simulate_months(plan.scenarios[item.scenario], values, plan.seed, item.luck, item.replication)
"""


def study(folder: Path, runs: int) -> Path:
    draws = min(runs, 1000)
    file = folder / f"small-{runs}.yaml"
    file.write_text(STUDY.format(draws=draws, replications=max(1, runs // draws)))
    return file


MEASURED = """\
import json, resource, sys
from cyclesim.cli import cyclesim
cyclesim(sys.argv[1:], standalone_mode=False)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([*(u.ru_maxrss / 1024 for u in used), *(u.ru_utime + u.ru_stime for u in used)]))
"""


def swept(file: Path, out: Path, workers: int) -> dict[str, float]:
    """Carry out a study in a process of its own; return seconds, and MB and CPU seconds of driver and workers."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        MEASURED,
        "sweep",
        str(file),
        "--out",
        str(out),
        "--workers",
        str(workers),
        "--json",
    ]
    _, measured = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-2:]
    names = ("driver", "worker", "driver_cpu", "worker_cpu")
    return {"seconds": time.perf_counter() - began, **dict(zip(names, json.loads(measured), strict=True))}


def bare(file: Path, workers: int = 2) -> float:
    began = time.perf_counter()
    loops = [subprocess.Popen([sys.executable, "-c", BARE, str(file), str(k)]) for k in range(workers)]
    if any([loop.wait() for loop in loops]):
        raise SystemExit("a bare loop failed")
    return time.perf_counter() - began


def overhead(runs: int, rounds: int) -> None:
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        file = study(Path(folder), runs)
        for number in range(rounds):
            out = Path(folder) / f"out-{number}"
            if number % 2:
                loops, sweep = bare(file), swept(file, out, 2)["seconds"]
            else:
                sweep, loops = swept(file, out, 2)["seconds"], bare(file)
            ratios.append(sweep / loops)
            print(f"round {number + 1}: sweep {sweep:.1f} s, two bare loops {loops:.1f} s, ratio {ratios[-1]:.3f}")
            shutil.rmtree(out)
    print(f"{runs} runs of small, two workers: {statistics.median(ratios):.3f} times two bare loops (median)")


def growth(sizes: list[int], workers: int) -> None:
    print("runs      seconds  CPU s (driver)  runs/CPU s  driver MB  worker MB  disk MB  files  again s  summary s")
    for runs in sizes:
        with tempfile.TemporaryDirectory() as folder:
            file, out = study(Path(folder), runs), Path(folder) / "out"
            first = swept(file, out, workers)
            again = swept(file, out, workers)
            files = [path for path in out.rglob("*") if path.is_file()]
            disk = sum(path.stat().st_size for path in files) / 1e6
            began = time.perf_counter()
            summarised(out)
            summary = time.perf_counter() - began
        cpu = first["driver_cpu"] + first["worker_cpu"]
        print(
            f"{runs:<9,} {first['seconds']:7.1f} {cpu:8.1f} {first['driver_cpu']:6.1f}  {runs / cpu:10.2f} "
            f"{first['driver']:10.0f} {first['worker']:10.0f} {disk:8.2f} {len(files):6} {again['seconds']:8.1f} "
            f"{summary:10.2f}",
            flush=True,
        )


def summarised(out: Path) -> None:
    from cyclesim.runs.sweep import read_sweep

    read_sweep(out).summary()


def store(sizes: list[int]) -> None:
    """Time the store alone: rows that are made up, in chunks of 180 as in ten seconds of two workers."""
    from cyclesim.worlds import totals
    from cyclesim.worlds.parquet import schema
    from cyclesim.worlds.store import Store

    names = totals.DEFAULT
    columns = schema({name: totals.integer(name) for name in names}, {}, 24)
    print("rows        add s  compact s  index s  one column s  disk MB  peak MB")
    for rows in sizes:
        rng = np.random.default_rng(1)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            for part in ("recent", "runs"):
                (place / part).mkdir()
            kept = Store(place, ["small"], columns)
            order = rng.permutation(rows)
            began = time.perf_counter()
            for first in range(0, rows, 180):
                kept.add([made_up(int(k), names, rng) for k in order[first : first + 180]])
            added = time.perf_counter()
            kept.compact()
            compacted = time.perf_counter()
            fresh = Store(place, ["small"], columns)
            assert len(fresh) == rows
            indexed = time.perf_counter()
            fresh.read(["identified"])
            done = time.perf_counter()
            disk = sum(path.stat().st_size for path in place.rglob("*.parquet")) / 1e6
        times = (added - began, compacted - added, indexed - compacted, done - indexed)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{rows:<9,} {times[0]:7.1f} {times[1]:10.2f} {times[2]:8.2f} {times[3]:13.3f} {disk:8.1f} {peak:8.0f}",
            flush=True,
        )


def made_up(number: int, names: tuple[str, ...], rng: np.random.Generator) -> tuple[object, ...]:
    from cyclesim.worlds import totals

    values = rng.gamma(2.0, 500.0, len(names)).tolist()
    kept = [int(v) if totals.integer(name) else v for name, v in zip(names, values, strict=True)]
    return (f"{number:024x}", "small", number // 10, number % 10, *kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("overhead")
    one.add_argument("--runs", type=int, default=400)
    one.add_argument("--rounds", type=int, default=3)
    two = commands.add_parser("growth")
    two.add_argument("sizes", type=int, nargs="+")
    two.add_argument("--workers", type=int, default=2)
    commands.add_parser("store").add_argument("sizes", type=int, nargs="+")
    asked = parser.parse_args()
    if asked.command == "overhead":
        overhead(asked.runs, asked.rounds)
    elif asked.command == "growth":
        growth(asked.sizes, asked.workers)
    else:
        store(asked.sizes)


if __name__ == "__main__":
    main()
