"""Mutation testing of model/ and analysis/: which small faults in the code the tests notice.

    pip install cosmic-ray && python benchmarks/mutants.py [--number 300] [--seed 1] [--workers 2] [--out FILE]

A random sample of all mutants that Cosmic Ray knows to make, one at a time, in a copy of the checkout. A mutant of
model/ is first held against the kept numbers of four scenarios and three twins (tests/golden), then against the tests
of model/ and of science/ (the witness of life stories against those of stories too); one of analysis/ against the
tests of its module. Left out: `|`, which nearly always stands in annotations.
Survivors are printed with their difference, to be read.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[1]
SOURCE = Path("src/cyclesim")
NUMBERS = ["tests/golden/golden.py", "small", "baseline", "ukraine-2022", "r16-better-data"]
NUMBERS += ["small as twin", "baseline as twin", "ukraine-2022 as twin"]
LAWS = ["tests/model", "tests/science/test_closed_forms.py", "tests/science/test_guarantees.py"]
LAWS += ["tests/science/test_conservation.py", "tests/science/test_cycle.py", "tests/science/test_twin.py"]
LAWS += ["tests/science/test_donors_pay.py", "tests/science/test_linked_lists.py"]
HELPERS = {
    "emulators": ["matching"], "pairs": ["identify"], "readings": ["identify"], "lives": ["story"],
    "measuring": ["validation"], "targets": ["validation"], "simulated": ["validation"],
    "trials": ["validation", "identify"], "spending": ["prices"], "sweeps": ["discovery"], "probing": ["shocks"],
    "compare": ["compare", "../outputs/test_reports"],
}  # fmt: skip
"""Modules of analysis/ without a test file of their own name, and the tests that look at them."""
SECONDS = 240


@dataclass(frozen=True)
class Mutant:
    """A place in a module, and what stands there instead."""

    module: str
    operator: str
    occurrence: int
    line: int


def mutants() -> Iterator[Mutant]:
    """Return every mutant of model/ and analysis/."""
    from cosmic_ray.commands.init import _all_work_items

    modules = sorted(p for part in ("model", "analysis") for p in (ROOT / SOURCE / part).rglob("*.py"))
    for item in _all_work_items(modules, {}):
        (spec,) = item.mutations
        if "BitOr" not in spec.operator_name and "NoOp" not in spec.operator_name:
            module = Path(spec.module_path).relative_to(ROOT).as_posix()
            yield Mutant(module, spec.operator_name, spec.occurrence, spec.start_pos[0])


def commands(module: str) -> list[list[str]]:
    """Return what looks at a module, as words after `python`."""
    pytest = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow"]
    path = Path(module).relative_to(SOURCE)
    if path.parts[0] == "model":
        return [NUMBERS, [*pytest, *LAWS, *(["tests/analysis/test_story.py"] if path.stem == "witness" else [])]]
    names = HELPERS.get(path.stem, [path.stem])
    files = [f"tests/analysis/test_{name}.py" if "/" not in name else f"tests/analysis/{name}.py" for name in names]
    return [[*pytest, *(file for file in files if (ROOT / file).resolve().exists())]]


def fate(mutant: Mutant, place: Path) -> tuple[str, str]:
    """Return how a mutant ended in a copy of the checkout, and its difference."""
    import cosmic_ray.plugins
    from cosmic_ray.mutating import use_mutation

    operator = cosmic_ray.plugins.get_operator(mutant.operator)()
    with use_mutation(place / mutant.module, operator, mutant.occurrence) as (before, after):
        if after is None:
            return "none", ""
        lines = unified_diff(before.splitlines(), after.splitlines(), mutant.module, mutant.module, lineterm="", n=1)
        difference = "\n".join(list(lines)[2:])
        for words in commands(mutant.module):
            if not passes(words, place):
                return "numbers" if words is NUMBERS else "tests", difference
    return "survived", difference


def passes(words: Sequence[str], place: Path) -> bool:
    """Return whether a command ends well, and in time, with the code of a copy."""
    settings = os.environ | {"PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    try:
        limited = ["sh", "-c", 'ulimit -v 8000000 && exec "$@"', "sh", sys.executable, *words]
        done = subprocess.run(limited, cwd=place, env=settings, capture_output=True, timeout=SECONDS, check=False)
        return not done.returncode
    except subprocess.TimeoutExpired:
        return False


def copy(place: Path) -> Path:
    """Copy what git tracks."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place / name)
    return place


def main(number: int, seed: int, workers: int, out: Path | None) -> None:
    everything = list(mutants())
    sample = random.Random(seed).sample(everything, min(number, len(everything)))
    ends: dict[Mutant, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        free: Queue[Path] = Queue()
        for k in range(workers):
            free.put(copy(Path(folder) / str(k)))

        def one(mutant: Mutant) -> None:
            place = free.get()
            try:
                ends[mutant] = fate(mutant, place)
            finally:
                free.put(place)
            told = f"{len(ends)} of {len(sample)}: {ends[mutant][0]:9} {mutant.module}:{mutant.line} {mutant.operator}"
            print(told, flush=True)

        list(pool.map(one, sample))
    found = Counter((mutant.module.split("/")[2], end) for mutant, (end, _) in ends.items())
    print(f"\n{len(sample)} of {len(everything):,} mutants, seed {seed}")
    for part in ("model", "analysis"):
        here = {end: found[part, end] for end in ("numbers", "tests", "survived")}
        total = sum(here.values())
        score = (total - here["survived"]) / total if total else 0.0
        seen = f"{here['numbers']} by kept numbers, {here['tests']} by tests"
        print(f"{part}: {total} mutants, {score:.0%} noticed ({seen})")
    survivors = [(mutant, difference) for mutant, (end, difference) in ends.items() if end == "survived"]
    for mutant, difference in survivors:
        print(f"\n{mutant.module}:{mutant.line} {mutant.operator}\n{difference}")
    if out is not None:
        rows = [{**vars(mutant), "end": end, "difference": diff} for mutant, (end, diff) in ends.items()]
        out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    main(asked.number, asked.seed, asked.workers, asked.out)
