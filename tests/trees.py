"""A copy of the source to change, and cyclesim as it runs from there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Tree:
    """A source tree of its own."""

    def __init__(self, place):
        self.place = place
        for name in ("src", "scenarios", "studies"):
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))

    def replace(self, file, before, after):
        """Change the source; the text must stand there."""
        path = self.place / "src/cyclesim" / file
        text = path.read_text()
        assert before in text, (file, before)
        path.write_text(text.replace(before, after))

    def environment(self):
        return os.environ | {"PYTHONPATH": str(self.place / "src"), "XDG_CACHE_HOME": str(self.place / "cache")}

    def run(self, *words, **more):
        """Run a command from this tree; its standard error is in stderr."""
        words = [sys.executable, "-m", "cyclesim", *map(str, words)]
        return subprocess.run(
            words, env=self.environment(), capture_output=True, text=True, check=False, timeout=600, **more
        )

    def python(self, code, python=sys.executable):
        """Return what a program prints as JSON."""
        done = subprocess.run(
            [python, "-c", code], env=self.environment(), capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def code(self):
        return self.python(
            "import json\nfrom cyclesim.worlds.fingerprint import fingerprint as f\nprint(json.dumps(f().code))"
        )
