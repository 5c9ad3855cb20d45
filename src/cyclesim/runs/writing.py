"""Results as transactions: a command's files appear together and whole, or not at all.

They are written to a hidden folder beside the one asked for (inside it, if it is there already), under a lock that
ends with the process, and moved when the command is done. What a killed command leaves is hidden, and the next
command that writes there clears it away.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.runs import disk

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
LOGS = ("log.json", "log.jsonl")
"""Files that say when and where: they have no checksum, so that equal studies give equal bytes."""
STAGE = ".writing"
_DESKTOP = (".DS_Store", "Thumbs.db", "desktop.ini", ".directory")
COMMITTED: list[Path] = []
"""What this process has written so far, for whoever must say what an interrupted command leaves."""


class Output:
    """Files of one command on their way to their place.

    Attributes
    ----------
    place
        Folder in which they will stand.
    about
        The manifest that goes with them, if they are results of their own.
    """

    def __init__(self, place: Path, stage: Path, about: Mapping[str, Any] | None) -> None:
        self.place, self.about, self._stage = place, about, stage

    def put(self, files: Mapping[str, Any]) -> None:
        """Write files: bytes, text, or data frames (.parquet or .csv by the name).

        Raises
        ------
        FolderError
            If they cannot be written.
        """
        with refusing(self.place):
            for name, content in files.items():
                disk.put(self._stage / name, _bytes(name, content))


@contextmanager
def results(place: Path, about: Mapping[str, Any]) -> Iterator[Output]:
    """Claim a folder for results, and move them there at the end.

    Parameters
    ----------
    about
        Their manifest; `Output.about` may be replaced by one that is known only later.

    Raises
    ------
    FolderError
        If the folder holds anything else, another process is writing it, or it cannot be written.
    """
    check_free(place, about)
    with staged(place) as stage:
        check_free(place, about)  # it may have been written while nobody held it
        output = Output(place, stage, about)
        yield output
        assert output.about is not None
        check_free(place, output.about)
        output.put({MANIFEST: as_text(sealed(output.about))})
        with refusing(place), disk.undisturbed():
            if place.exists():
                _move(stage, place)
            else:
                sum_up(stage, [name for name in _files(stage) if name not in LOGS])
                os.rename(stage, _real(place))
                disk.sync(_real(place).parent)
            COMMITTED.append(place)


@contextmanager
def additions(folder: Path, stem: str, of: str = "") -> Iterator[Output]:
    """Add files to a folder that is there, such as a report to its results.

    Parameters
    ----------
    stem
        Of the files; where the folder holds no results, only writers of the same stem keep each other off.
    of
        Hash of the results that they tell of: only theirs may take the place of a file of results.

    Raises
    ------
    FolderError
        If another process is writing there, or it cannot be written.
    """
    what = folder if (folder / MANIFEST).exists() else folder / stem
    with staged(what) as stage:
        yield Output(folder, stage, None)
        names = _files(stage)
        _keep_off(folder, names, of)
        with refusing(folder), disk.undisturbed():
            _move(stage, folder)
            COMMITTED.extend(folder / name for name in names)


def _keep_off(folder: Path, names: Iterable[str], of: str) -> None:
    """Refuse files that would take the place of results they do not belong to."""
    if not (folder / MANIFEST).exists():
        return
    theirs = json.loads((folder / MANIFEST).read_bytes()).get("hash")
    taken = [name for name in names if name in (MANIFEST, SUMS) or (theirs != of and name in sums(folder))]
    if taken:
        raise FolderError(
            f"{folder} holds results of its own ({theirs}), and {taken[0]} is one of their files; nothing was written. "
            "Choose another place with --out"
        )


@contextmanager
def claimed(place: Path, patience: float = 0.0) -> Iterator[bool]:
    """Keep other commands off a place, which need not be there yet; yield whether that is sure.

    Parameters
    ----------
    patience
        Seconds to wait for another process that has claimed it.

    Raises
    ------
    FolderError
        If another process has claimed it, or no file can be written beside it.
    """
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
            _drop(folder)


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
    """Refuse a folder that holds anything but this very study; what desktops leave in folders does not count.

    Raises
    ------
    FolderError
        If it is a file, cannot be read, or holds another study or something else.
    """
    with refusing(folder):
        there = folder.exists()
    if not there:
        nearest = next(place for place in folder.absolute().parents if place.exists())
        if not nearest.is_dir() or not os.access(nearest, os.W_OK):
            raise FolderError(f"{nearest} cannot be written; choose another folder with --out")
        return
    if not folder.is_dir():
        raise FolderError(f"{folder} is a file, not a folder; choose another with --out")
    if not os.access(folder, os.W_OK):
        raise FolderError(f"{folder} cannot be written; choose another folder with --out")
    if not holds_results(folder):
        return
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("hash")
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


def sealed(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with a hash of all it says."""
    content = {key: value for key, value in about.items() if key != "seal"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return {**content, "seal": sha256(canonical.encode()).hexdigest()}


def as_text(about: Mapping[str, Any]) -> str:
    """Return a manifest as it is written; equal contents give equal text."""
    return json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(folder: Path, otherwise: str = "") -> dict[str, Any]:
    """Return the manifest of a folder.

    Parameters
    ----------
    otherwise
        What to say where there is none.

    Raises
    ------
    FolderError
        If there is none, or it is not as it was written.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_bytes())
        if not isinstance(content, dict) or "kind" not in content:
            raise ValueError(f"{path} is not a manifest of cyclesim")
    except (OSError, ValueError) as error:
        said = otherwise or f"{folder} holds no results of cyclesim"
        raise FolderError(f"{said} ({error.strerror if isinstance(error, OSError) else error})") from error
    if "seal" not in content:
        raise FolderError(
            f"{path} has no seal: it was made by cyclesim 0.3 or older, whose results do not say which code made them; "
            "run its command again"
        )
    if content["seal"] != sealed(content)["seal"]:
        raise FolderError(
            f"{path} is not as it was written: something in it was changed or damaged afterwards. Take it from a copy, "
            "or run its command again in another folder"
        )
    return content


def read_file(folder: Path, name: str) -> bytes:
    """Return the content of a file of results, after it was held against its checksum.

    Raises
    ------
    FolderError
        If it is not there, has no checksum, or is not as it was written.
    """
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise FolderError(f"{folder / name} cannot be read: {error.strerror or error}") from error
    if sums(folder).get(name) != sha256(content).hexdigest():
        raise FolderError(
            f"{folder / name} is not as it was written: its checksum is not the one in {SUMS}. Take it from a copy, or "
            "run its command again in another folder"
        )
    return content


def sums(folder: Path) -> dict[str, str]:
    """Return the checksums of the files of a folder, by name; none where they were not written yet."""
    try:
        lines = (folder / SUMS).read_bytes().decode().split("\n")
    except (OSError, ValueError):
        return {}
    pairs = (line.partition("  ") for line in lines if line)
    return {name: digest for digest, _, name in pairs}


def sum_up(folder: Path, names: Iterable[str]) -> None:
    """Write the checksums of these files, as ``sha256sum --check SHA256SUMS`` reads them; keep those of others."""
    digests = {name: digest for name, digest in sums(folder).items() if (folder / name).is_file()}
    disk.put(folder / SUMS, sums_as_text(digests | {name: digest_of(folder / name) for name in names}))


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


def _drop(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _move(stage: Path, place: Path) -> None:
    """Move files into a folder that is there, each whole; what they replace loses its checksum before.

    The manifest goes first: if this is killed, the same command goes on there, and until then no file is read.
    """
    names = sorted(_files(stage), key=lambda name: name != MANIFEST)
    kept = {name: digest for name, digest in sums(place).items() if name not in names}
    fresh = {name: digest_of(stage / name) for name in names if name not in LOGS}
    if (place / SUMS).exists():
        disk.put(place / SUMS, sums_as_text(kept))
    for name in names:
        os.replace(stage / name, place / name)
    if MANIFEST in kept | fresh:
        disk.put(place / SUMS, sums_as_text(kept | fresh))
    disk.sync(place)


def listed(contents: Mapping[str, bytes]) -> bytes:
    """Return the checksums of some contents as a file of checksums."""
    return sums_as_text({name: sha256(content).hexdigest() for name, content in contents.items()})


def sums_as_text(digests: Mapping[str, str]) -> bytes:
    """Return checksums, by name, as they are written."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        digest = sha256()
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _bytes(name: str, content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if name.endswith(".csv"):
        return bytes(content.to_csv(index=False).encode())
    return bytes(content.to_parquet(index=False, compression="zstd", write_page_checksum=True))
