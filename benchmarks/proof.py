"""What it costs that results prove what they are.

python benchmarks/proof.py fingerprint      # the fingerprint in a new process, cached and parsed anew
python benchmarks/proof.py checksums        # a sweep's files with and without checksums, beside its simulations
"""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FINGERPRINT = """\
import time
from cyclesim.inputs.parameters import parameters
from cyclesim.worlds import fingerprint
import numpy
parameters()  # every command that simulates has read them
began = time.perf_counter()
fingerprint.fingerprint()
print(time.perf_counter() - began)
"""


def fingerprint(rounds: int = 15) -> None:
    """Print how long it takes a command that has imported what it needs."""
    for name, cached in (("cached", True), ("parsed anew", False)):
        times = []
        with tempfile.TemporaryDirectory() as place:
            for number in range(rounds + 1):
                home = place if cached else f"{place}/{number}"
                done = subprocess.run(
                    [sys.executable, "-c", FINGERPRINT], env=os.environ | {"XDG_CACHE_HOME": home}, capture_output=True,
                    text=True, check=True,
                )  # fmt: skip
                times.append(1000 * float(done.stdout))
        print(f"{name}: median {statistics.median(times[1:]):.1f} ms of {rounds} processes, least {min(times[1:]):.1f}")


def checksums(rounds: int = 5) -> None:
    """Print the time that checksums take of a sweep: writing them, and holding files against them."""
    import pyarrow.parquet as pq

    import cyclesim as cs
    from cyclesim.worlds import parquet, seals

    taken = {"hashing": 0.0}

    def timed(function):  # type: ignore[no-untyped-def]
        def wrapper(*given, **named):  # type: ignore[no-untyped-def]
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                taken["hashing"] += time.perf_counter() - began

        return wrapper

    seals.digest_of, parquet.named = timed(seals.digest_of), timed(parquet.named)
    shares = []
    for _ in range(rounds):
        taken["hashing"], began = 0.0, time.perf_counter()
        with tempfile.TemporaryDirectory() as place:
            sweep = cs.sweep("first-sweep", Path(place, "sweep"))
            sweep.summary()
            whole = time.perf_counter() - began
            (file,) = Path(place, "sweep/runs").glob("*.parquet")
            table = pq.read_table(file)
            pages = []
            for checked in (True, False):
                began = time.perf_counter()
                for _ in range(20):
                    pq.write_table(table, Path(place, "again"), compression="zstd", write_page_checksum=checked)
                pages.append((time.perf_counter() - began) / 20)
        shares.append((taken["hashing"] + max(0.0, pages[0] - pages[1])) / whole)
    found = f"{100 * statistics.median(shares):.2f} % of a sweep of 64 runs, most {100 * max(shares):.2f} %"
    block = os.urandom(1 << 24)
    began = time.perf_counter()
    hashlib.sha256(block).digest()
    print(f"checksums: median {found}; SHA-256 at {16 / (time.perf_counter() - began):,.0f} MB a second")


if __name__ == "__main__":
    for word in sys.argv[1:] or ["fingerprint", "checksums"]:
        {"fingerprint": fingerprint, "checksums": checksums}[word]()
