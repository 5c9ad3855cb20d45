"""Make docs/_static/first-page.html again, the sliders of docs/lesson.md.

python docs/make_page.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).with_name("_static") / "first-page.html"


def main(page: Path = PAGE) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = ["page", "first-page", "--out", str(page), "--runs", f"{folder}/runs"]
        subprocess.run([sys.executable, "-m", "cyclesim", *words], check=True)


if __name__ == "__main__":
    main()
