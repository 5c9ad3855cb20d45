"""Build the documentation site, with every lesson executed: build/site/index.html.

pip install -e '.[docs,notebooks,analysis]' && python docs/make_site.py [--quick]

--quick leaves the lessons unexecuted. Nothing is fetched from a network, and a warning is an error.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import make_reference

ROOT = Path(__file__).parents[1]
SITE = ROOT / "build" / "site"


def main(quick: bool, site: Path = SITE) -> int:
    make_reference.main()
    words = [
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-j",
        "auto",
        "-c",
        str(ROOT / "docs"),
        "-d",
        str(site.parent / "doctrees"),
    ]
    words += ["-D", "nb_execution_mode=off"] if quick else []
    done = subprocess.run([sys.executable, *words, str(ROOT), str(site)], check=False)
    if not done.returncode:
        print(f"Site: {site / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv[1:]))
