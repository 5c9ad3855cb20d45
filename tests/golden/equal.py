"""Declare two versions of the code equal, after both have replayed the golden worlds and no bit differs.

    python tests/golden/equal.py                 # the working tree against the last commit
    python tests/golden/equal.py --before v0.4.0 # against any revision, or a folder that holds src/

Rewriting code moves its fingerprint, and stored runs then count as made by other code. If every shipped scenario, in
people and as twin, and draws of all inputs give the same bits under both, the pair is written into
src/cyclesim/equal_code.json, and runs of the earlier code can be continued. What no golden world reaches is not tried:
look at the difference yourself as well.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from hashlib import blake2b
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DRAWN = ("baseline", "small", "ukraine-2022")
"""Scenarios of which draws of every input with a range are tried, in people and as twin."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default="HEAD", help="revision, or folder that holds src/ (default: HEAD)")
    parser.add_argument("--after", type=Path, default=ROOT, help="folder that holds src/ (default: this checkout)")
    parser.add_argument("--only", nargs="*", help="names of golden worlds: a trial, which declares nothing")
    parser.add_argument("--draws", type=int, default=8, help="draws of all inputs of three scenarios (default: 8)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        before = Path(asked.before) if Path(asked.before, "src").is_dir() else exported(asked.before, Path(place))
        codes = {result(begun(folder, ["--code"])) for folder in (before, asked.after)}
        if len(codes) == 1:
            print(f"Both are {codes.pop()}: there is nothing to declare.")
            return 0
        both = [
            begun(folder, ["--witness", str(asked.draws), *(asked.only or [])]) for folder in (before, asked.after)
        ]  # side by side
        one, two = map(result, both)
    differ = [name for name in one["bits"] | two["bits"] if one["bits"].get(name) != two["bits"].get(name)]
    if differ:
        both, worlds = f"{one['code']} and {two['code']}", f"{len(differ)} of {len(one['bits'])} golden worlds"
        print(f"REFUSED: {both} differ in {worlds}: {', '.join(differ[:5])}.")
        print("The numbers move: write that into CHANGELOG, and raise the version.")
        return 1
    if asked.only:
        print(f"{one['code']} and {two['code']} agree in the {len(two['bits'])} worlds tried; nothing is declared.")
        return 0
    listed = asked.after / "src/cyclesim/equal_code.json"
    content = json.loads(listed.read_text(encoding="utf-8"))
    content["pairs"].append({"before": one["code"], "after": two["code"], "worlds": len(two["bits"])})
    listed.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{two['code']} is declared equal to {one['code']}: no bit differs in {len(two['bits'])} golden worlds.")
    return 0


def exported(revision: str, place: Path) -> Path:
    """Return a folder with the source of a revision."""
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", revision, "src", "scenarios", "studies"], capture_output=True, check=True
    )
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place


def begun(folder: Path, words: list[str]) -> subprocess.Popen:
    """Begin this script in a process that imports the source tree of a folder."""
    environment = os.environ | {"PYTHONPATH": str(folder.resolve() / "src")}
    return subprocess.Popen([sys.executable, __file__, *words], env=environment, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen) -> Any:
    """Return what such a process prints."""
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(process.returncode)
    return json.loads(said)


def work(module: str) -> Any:
    """Return a module of what simulates, from where it stands in the code at hand: once it stood in runs."""
    try:
        return import_module(f"cyclesim.worlds.{module}")
    except ModuleNotFoundError:
        return import_module(f"cyclesim.runs.{module}")


def bits(draws: int, only: list[str]) -> dict:
    """Return the code that this process imports, and a hash of every bit of its golden worlds."""
    import numpy as np

    import golden

    def digest(scenario: golden.Scenario, twin: bool, seed: int = 1) -> str:
        model = golden.CycleModel(scenario, seed=seed, twin=twin).run()
        hasher = blake2b(digest_size=16)
        for table, columns in sorted(model.observations.tables().items()):
            for measure, column in sorted(columns.items()):
                values = np.asarray(column)
                raw = values.tobytes() if values.dtype.kind in "iufb" else "\0".join(map(str, values.tolist())).encode()
                hasher.update(f"{table}.{measure}:{len(raw)}:".encode() + raw)
        model.close()
        return hasher.hexdigest()

    found = {}
    for name in only or golden.NAMES:
        scenario = golden.load(name.removesuffix(golden.TWIN))
        found[name] = digest(scenario, name.endswith(golden.TWIN))
        if name in DRAWN:
            design = work("design").sample(scenario, n=draws, seed=1)
            for draw in range(1, draws + 1):
                for twin in (False, True):
                    drawn = scenario.with_values(design.of(draw))
                    found[f"{name}, draw {draw}{golden.TWIN if twin else ''}"] = digest(drawn, twin, seed=draw)
    return {"code": work("fingerprint").fingerprint().code, "bits": found}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    if sys.argv[1:2] == ["--witness"]:
        print(json.dumps(bits(int(sys.argv[2]), sys.argv[3:])))
        sys.exit(0)
    if sys.argv[1:2] == ["--code"]:
        print(json.dumps(work("fingerprint").fingerprint().code))
        sys.exit(0)
    sys.exit(main())
