"""Results as transactions: a command's files appear together and whole, or not at all.

They are written to a hidden folder beside the one asked for (inside it, if it is there already), under a lock that
ends with the process, and moved when the command is done. What a killed command leaves, the next one clears away.
"""

import glob
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.worlds import disk, seals

STAGE = ".writing"
_DESKTOP = (".DS_Store", "Thumbs.db", "desktop.ini", ".directory")
COMMITTED: list[Path] = []
"""What this process has written so far, for whoever must say what an interrupted command leaves."""


class Output:
    """Files of one command on their way to their place, and the manifest that goes with them, if any."""

    def __init__(self, place: Path, stage: Path, about: Mapping[str, Any] | None) -> None:
        self.place, self.about, self._stage = place, about, stage

    def write(self, files: Mapping[str, Any]) -> None:
        """Write files: bytes, text, or data frames (.parquet or .csv by the name)."""
        with refusing(self.place):
            for name, content in files.items():
                disk.write_atomic(self._stage / name, _bytes(name, content))


@contextmanager
def results(place: Path, about: Mapping[str, Any]) -> Iterator[Output]:
    """Claim a folder for results, and move them there at the end; their manifest may become known only then."""
    check_free(place, about)
    with staged(place) as stage:
        check_free(place, about)  # it may have been written while nobody held it
        output = Output(place, stage, about)
        yield output
        assert output.about is not None
        check_free(place, output.about)
        output.write({seals.MANIFEST: seals.as_text(seals.sealed(output.about))})
        with refusing(place), disk.undisturbed():
            if place.exists():
                _move(stage, place)
            else:
                seals.sum_up(stage, [name for name in _files(stage) if name not in seals.LOGS])
                os.rename(stage, _real(place))
                disk.sync(_real(place).parent)
            COMMITTED.append(place)


@contextmanager
def additions(folder: Path, stem: str, of: str = "") -> Iterator[Output]:
    """Add files, such as a report, to a folder; of results, only those whose hash is `of` may be replaced.

    Where the folder holds no results, only writers of the same stem keep each other off.
    """
    what = folder if (folder / seals.MANIFEST).exists() else folder / stem
    with staged(what) as stage:
        yield Output(folder, stage, None)
        names = _files(stage)
        if (folder / seals.MANIFEST).exists():  # what would take the place of results that it does not belong to
            theirs = json.loads((folder / seals.MANIFEST).read_bytes()).get("hash")
            kept = {seals.MANIFEST, seals.SUMS, *(seals.checksums(folder) if theirs != of else ())}
            if taken := [name for name in names if name in kept]:
                raise FolderError(
                    f"{folder} holds results of its own ({theirs}), and {taken[0]} is one of their files; nothing was "
                    "written. Choose another place with --out"
                )
        with refusing(folder), disk.undisturbed():
            _move(stage, folder)
            COMMITTED.extend(folder / name for name in names)


@contextmanager
def claimed(place: Path, patience: float = 0.0) -> Iterator[bool]:
    """Keep other commands off a place, waiting so many seconds for it; yield whether that is sure."""
    with refusing(place):
        real = _real(place)
    inside = real.is_dir() and not os.access(real.parent, os.W_OK)
    lock = real / f"{STAGE}.lock" if inside else real.with_name(f".{real.name}{STAGE}.lock")
    with refusing(place):
        made = [folder for folder in lock.parents if not folder.exists()]
        lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    try:
        while True:
            with disk.locked(lock.parent, lock.name) as free:
                if free:
                    try:
                        yield disk.LOCKS
                    finally:
                        lock.unlink(missing_ok=True)
                    return
                who = disk.holder(lock.parent, lock.name)
            if time.monotonic() >= deadline:
                raise FolderError(
                    f"{who} is writing {place}; nothing was written. Wait for it, or choose another folder with --out"
                )
            time.sleep(0.05)
    finally:
        for folder in made:  # unless the results, or somebody else, are in them now
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def staged(place: Path) -> Iterator[Path]:
    """Claim a place, and yield an empty hidden folder for what will stand there; afterwards it is gone."""
    with claimed(place) as surely:
        real = _real(place)
        stem = real / STAGE if real.is_dir() else real.with_name(f".{real.name}{STAGE}")
        for left in stem.parent.glob(f"{glob.escape(stem.name)}-*") if surely else ():  # of a command that was killed
            shutil.rmtree(left, ignore_errors=True)
        stage = stem.with_name(f"{stem.name}-{token_hex(4)}")
        try:
            with refusing(place):
                stage.mkdir()
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def check_free(folder: Path, about: Mapping[str, Any]) -> None:
    """Refuse a folder that holds anything but this very study; what desktops leave in folders does not count."""
    with refusing(folder):
        there = folder.exists()
    nearest = folder if there else next(place for place in folder.absolute().parents if place.exists())
    if there and not folder.is_dir():
        raise FolderError(f"{folder} is a file, not a folder; choose another with --out")
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise FolderError(f"{nearest} cannot be written; choose another folder with --out")
    if not holds_results(folder):
        return
    try:
        found = json.loads((folder / seals.MANIFEST).read_text(encoding="utf-8")).get("hash")
    except (OSError, ValueError, AttributeError):
        found = None
    if found != about["hash"]:
        what = f"another study ({found})" if found else "files that are no study of cyclesim"
        raise FolderError(f"{folder} holds {what}; nothing was written. Choose another folder with --out, or empty it")


def holds_results(folder: Path) -> bool:
    """Return whether a folder is there and holds anything but what desktops and killed commands leave."""
    return folder.is_dir() and any(not passing(path.name) for path in folder.iterdir())


def passing(name: str) -> bool:
    """Return whether a file is none of the results: left by a desktop, or on its way."""
    return name in _DESKTOP or name.startswith("._") or (name.startswith(".") and STAGE in name)


@contextmanager
def refusing(place: Path) -> Iterator[None]:
    """Turn what the system says against writing into an error with a way out."""
    try:
        yield
    except OSError as error:
        raise FolderError(
            f"cannot write to {place}: {error.strerror or error}; nothing was written. Make room or allow writing, or "
            "choose another folder with --out"
        ) from error


def _real(place: Path) -> Path:
    return Path(os.path.realpath(place))


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _move(stage: Path, place: Path) -> None:
    """Move files into a folder that is there, each whole; what they replace loses its checksum before.

    The manifest goes first: if this is killed, the same command goes on there, and until then no file is read.
    """
    names = sorted(_files(stage), key=lambda name: name != seals.MANIFEST)
    kept = {name: digest for name, digest in seals.checksums(place).items() if name not in names}
    fresh = {name: seals.digest_of(stage / name) for name in names if name not in seals.LOGS}
    if (place / seals.SUMS).exists():
        disk.write_atomic(place / seals.SUMS, seals.sums_as_text(kept))
    for name in names:
        os.replace(stage / name, place / name)
    if seals.MANIFEST in kept | fresh:
        disk.write_atomic(place / seals.SUMS, seals.sums_as_text(kept | fresh))
    disk.sync(place)


def _bytes(name: str, content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if name.endswith(".csv"):
        return bytes(content.to_csv(index=False).encode())
    return bytes(content.to_parquet(index=False, compression="zstd", write_page_checksum=True))
