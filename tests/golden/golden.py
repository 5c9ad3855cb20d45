"""What every shipped scenario gives, month by month: made, kept and held against what is kept. Needs the core alone.

    python tests/golden/golden.py [NAME ...]      # hold what it gives now against tables.json
    python tests/golden/golden.py --make          # keep what it gives now; CHANGELOG, Numbers, must then say why

Counts of people and cents are whole numbers and must be equal to the last digit on every Python and NumPy. Other
measures are sums of floating-point numbers, in which the order of additions inside NumPy may differ between versions
and processors: they must agree to one part in 10^9.
"""

from __future__ import annotations

import json
import math
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from cyclesim.inputs import shipped
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.model.cycle import CycleModel

TABLES = Path(__file__).with_name("tables.json")
TWIN = " as twin"
NAMES = [*shipped.names(), *(name + TWIN for name in ("baseline", "small", "ukraine-2022", "r16-better-data"))]
"""Every shipped scenario one by one, and some in expected numbers."""
CLOSE = 1e-9


def now(name: str) -> dict[str, dict[str, Any]]:
    """Return what a shipped scenario gives, person by person or as twin."""
    return of(load(name.removesuffix(TWIN)), twin=name.endswith(TWIN))


def of(scenario: Scenario, twin: bool = False) -> dict[str, dict[str, Any]]:
    """Return a hash of every whole-numbered measure of a scenario, and sums of the others, by table."""
    model = CycleModel(scenario, seed=1, twin=twin).run()
    found = {
        table: {measure: digest(np.asarray(column)) for measure, column in columns.items()}
        for table, columns in model.observations.tables().items()
    }
    model.close()
    return found


def digest(column: np.ndarray) -> str | list[float]:
    """Return a hash of whole numbers and of words; of others their sum, that of their squares, and their number."""
    if column.dtype.kind in "iub":
        return blake2b(column.astype("<i8").tobytes(), digest_size=6).hexdigest()
    if column.dtype.kind != "f":
        words = "\0".join(map(str, column.tolist()))
        return blake2b(words.encode(), digest_size=6).hexdigest()
    present = column[np.isfinite(column)]
    return [math.fsum(present), math.fsum(present**2), float(len(present))]


def differences(kept: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return the measures that differ, as table.measure."""
    names = [(table, measure) for table in kept | found for measure in kept.get(table, {}) | found.get(table, {})]
    return [
        f"{table}.{measure}"
        for table, measure in dict.fromkeys(names)
        if not equal(kept.get(table, {}).get(measure), found.get(table, {}).get(measure))
    ]


def equal(one: Any, other: Any) -> bool:
    """Return whether two digests agree."""
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=True)
        return all(math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-12) for a, b in pairs)
    return bool(one == other)


def stamp(text: str) -> str:
    """Return the word by which CHANGELOG names a state of the tables."""
    return blake2b(text.encode(), digest_size=4).hexdigest()


def main(words: list[str]) -> int:
    if words == ["--make"]:
        text = json.dumps({name: now(name) for name in NAMES}, indent=0, sort_keys=True) + "\n"
        TABLES.write_text(text, encoding="utf-8")
        print(f"Kept. Write a line under Numbers in CHANGELOG.md that says what moved and why: (tables {stamp(text)})")
        return 0
    kept = json.loads(TABLES.read_text(encoding="utf-8"))
    moved = {name: differences(kept.get(name, {}), now(name)) for name in words or NAMES}
    for name, measures in moved.items():
        print(f"{name}: " + (f"{len(measures)} measures moved: {', '.join(measures[:5])}" if measures else "as kept"))
    return 1 if any(moved.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
