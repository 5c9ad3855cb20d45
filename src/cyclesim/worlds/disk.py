"""Files that are whole or not there, and locks that end with the process that holds them."""

import importlib.util
import json
import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from cyclesim.errors import FolderError

LOCK = "lock"
LOCKS = importlib.util.find_spec("fcntl") is not None
"""Whether this system knows locks that end with the process; elsewhere everything counts as free."""


def write_atomic(path: Path, content: bytes) -> None:
    """Write one file at once: under another name first, then moved into place when it is safe on the disk."""
    temporary = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder safe on the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(folder: Path, name: str = LOCK, shared: bool = False) -> Iterator[bool]:
    """Hold a lock on a folder until the process ends, however that ends; yield whether it was free.

    Whoever holds it alone leaves word of himself, see `holder`. Where there are no locks, everything counts as free.
    """
    if not LOCKS:  # Windows
        yield True
        return
    import fcntl

    path = folder / name
    try:
        handle = _opened(path)
    except OSError as error:
        raise FolderError(
            f"cannot write to {folder}: {error.strerror or error}; allow it, or choose another folder with --out"
        ) from error
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:  # a file system without locks
            pass
        if not _is(path, handle):  # whoever held it took it away as he left
            yield False
            return
        if not shared:
            since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            myself = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "command": command()}
            _leave_word(handle, json.dumps(myself))
        try:
            yield True
        finally:
            if not shared:
                _leave_word(handle, "")
    finally:
        os.close(handle)


def holder(folder: Path, name: str = LOCK) -> str:
    """Return who holds a lock, in words: ``process 12 on host since 14:05 UTC (cyclesim run small)``."""
    try:
        about = json.loads((folder / name).read_text(encoding="utf-8"))
        command = f" ({about['command']})" if about["command"] else ""
        return f"process {about['pid']} on {about['host']} since {about['since']}{command}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def command() -> str:
    """Return the command of this process as it was typed; empty where it is not `cyclesim`."""
    return shlex.join(["cyclesim", *sys.argv[1:]]) if Path(sys.argv[0]).stem == "cyclesim" else ""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until a few files have been moved."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    both = (signal.SIGINT, signal.SIGTERM)
    before = {int(number): signal.signal(number, lambda number, _: heard.append(number)) for number in both}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in heard[:1]:
        signal.raise_signal(number)


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError:
        return False


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        if path.exists():  # it can be locked by who may only read it
            return os.open(path, os.O_RDONLY)
        raise


def _leave_word(handle: int, text: str) -> None:
    """Write into a lock file, where it can be written: the lock itself does not hang on it."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)
