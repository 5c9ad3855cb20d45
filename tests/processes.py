"""Looking at processes from outside, for tests that kill them."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def alive(pid):
    """Return whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid):
    """Return the processes that a process has started, and theirs."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [int(child) for child in found] + [below for child in found for below in descendants(child)]


class Machines:
    """A scheduler and workers started by hand on the loopback address."""

    def __init__(self, workers=2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        self.workers = [self.worker() for _ in range(workers)]

    def worker(self):
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--death-timeout", "20"
        )

    def _start(self, *words):
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # so that workers find these tests
        return subprocess.Popen(command, env=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def pythons():
    """Return the Pythons that run here, by version: this one, and 3.11 to 3.14 on the path or kept by pyenv."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in ("3.11", "3.12", "3.13", "3.14"):
        for python in [f"python{version}", *map(str, sorted(kept.glob(f"{version}.*/bin/python")))]:
            try:
                done = subprocess.run([python, "-c", ""], capture_output=True, check=False)
            except OSError:
                continue
            if done.returncode == 0:
                found.setdefault(version, python)
    return found
