"""Make the pictures of README and docs again.

python docs/make_figures.py
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import cyclesim as cs
from cyclesim.outputs import pictures

FIGURES = Path(__file__).parent / "figures"


def main() -> None:
    ensemble = cs.simulate(["baseline", "back-end-capacity"], replications=20, seed=1, workers=2)
    comparison = cs.compare(ensemble)
    with TemporaryDirectory() as folder:
        pictures.save(ensemble.plot("baseline"), Path(folder), "cycle")
        pictures.save(comparison.plot(), Path(folder), "difference")
        pictures.save(cs.identify("baseline", replications=20, seed=1, workers=2).plot(), Path(folder), "identify")
        for path in Path(folder).glob("*.png"):
            shutil.copy(path, FIGURES / path.name)


if __name__ == "__main__":
    main()
