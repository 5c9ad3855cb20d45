"""What results say of themselves: a manifest under a seal, and checksums of every file."""

import json
from collections.abc import Iterable, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.worlds import disk

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
LOGS = ("log.json", "log.jsonl")
"""Files that say when and where: they have no checksum, so that equal studies give equal bytes."""


def sealed(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with a hash of all it says."""
    content = {key: value for key, value in about.items() if key != "seal"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return {**content, "seal": sha256(canonical.encode()).hexdigest()}


def as_text(about: Mapping[str, Any]) -> str:
    """Return a manifest as it is written; equal contents give equal text."""
    return json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(folder: Path, otherwise: str = "") -> dict[str, Any]:
    """Return the manifest of a folder; refuse one changed since, or say `otherwise` where there is none."""
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
    """Return the content of a file of results, after it was held against its checksum."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise FolderError(f"{folder / name} cannot be read: {error.strerror or error}") from error
    if checksums(folder).get(name) != sha256(content).hexdigest():
        raise FolderError(
            f"{folder / name} is not as it was written: its checksum is not the one in {SUMS}. Take it from a copy, or "
            "run its command again in another folder"
        )
    return content


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksums of the files of a folder, by name; none where they were not written yet."""
    try:
        lines = (folder / SUMS).read_bytes().decode().split("\n")
    except (OSError, ValueError):
        return {}
    pairs = (line.partition("  ") for line in lines if line)
    return {name: digest for digest, _, name in pairs}


def sum_up(folder: Path, names: Iterable[str]) -> None:
    """Write the checksums of these files, as ``sha256sum --check SHA256SUMS`` reads them; keep those of others."""
    digests = {name: digest for name, digest in checksums(folder).items() if (folder / name).is_file()}
    disk.write_atomic(folder / SUMS, sums_as_text(digests | {name: digest_of(folder / name) for name in names}))


def sums_as_text(digests: Mapping[str, str]) -> bytes:
    """Return checksums, by name, as they are written."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
