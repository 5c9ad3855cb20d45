"""Make what is published of the model again: the result of README's command, and the pictures of README and docs.

    python docs/make_figures.py

results/back-end-capacity holds tables and charts of that comparison; docs/figures/made_by.json says which code made the
pictures, and tests/test_published.py holds it to the code of today.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import cyclesim as cs
from cyclesim.charts import style
from cyclesim.worlds import seals
from cyclesim.worlds.fingerprint import fingerprint

ROOT = Path(__file__).parents[1]
FIGURES, RESULT = ROOT / "docs" / "figures", ROOT / "results" / "back-end-capacity"
COMMAND = ["compare", "baseline", "back-end-capacity"]
KEPT = ("manifest.json", "comparison.csv", "comparison.json", "cycle.png", "difference.png")
"""What is published of the result: all but the tables of single worlds, which the command gives again."""


def main() -> None:
    with TemporaryDirectory() as name:
        made = Path(name, "made")
        subprocess.run([sys.executable, "-m", "cyclesim", *COMMAND, "--out", str(made)], check=True)
        RESULT.mkdir(parents=True, exist_ok=True)
        for file in KEPT:
            shutil.copy(made / file, RESULT / file)
        (RESULT / seals.SUMS).unlink(missing_ok=True)
        seals.sum_up(RESULT, KEPT)
        for picture in ("cycle.png", "difference.png"):
            shutil.copy(made / picture, FIGURES / picture)
        identify = cs.identify("baseline", replications=20, seed=1, workers=2).plot()
        (FIGURES / "identify.png").write_bytes(style.pictures(identify, "identify")["identify.png"])
        estimators = ["benchmarks/trap.py", "--worlds", "100", "--chart", str(FIGURES / "estimators.png")]
        subprocess.run([sys.executable, *estimators], cwd=ROOT, check=True)
    sums = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(FIGURES.glob("*.png"))}
    content = {"fingerprint": fingerprint().to_dict(), "sums": sums}
    (FIGURES / "made_by.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
