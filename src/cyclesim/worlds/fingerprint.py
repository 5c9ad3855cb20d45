"""The fingerprint: a hash of everything but scenario, draw and luck that determines what comes out of a run.

It covers the syntax of every module between a scenario and its totals, the default of every parameter that they name,
kinds and units of measures, and the versions of the libraries that do the arithmetic; it says nothing about the machine
(`cyclesim verify` tries that). Code that was rewritten without moving a bit stands in equal_code.json, to which
`python tests/golden/equal.py` adds pairs after both have replayed the golden worlds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy
import scipy

from cyclesim import sources
from cyclesim.errors import FolderError
from cyclesim.inputs.parameters import parameters
from cyclesim.measures import MEASURES
from cyclesim.version import VERSION

ROOTS = ("cyclesim.worlds.item", "cyclesim.worlds.totals")
"""Where a run begins and ends; all they import of the package counts with them."""
SHOWN = ("cyclesim", "cyclesim.cell")
"""Imported by what simulates, but no part of it: the names that the package exports, and what a notebook shows."""
EQUAL = Path(__file__).parents[1] / "equal_code.json"
DATA = ("inputs/parameters.yaml", "measures.toml")


@dataclass(frozen=True)
class Fingerprint:
    """What made results: the version is for people, the hash of all else stands in keys, never worked out anew."""

    version: str
    code: str
    numpy: str
    scipy: str
    hash: str

    @classmethod
    def of(cls, code: str, numpy_version: str, scipy_version: str, version: str = VERSION) -> Fingerprint:
        """Return the fingerprint of code and libraries."""
        code = same_as(code)
        return cls(version, code, numpy_version, scipy_version, _digest([code, numpy_version, scipy_version]))

    def equals(self, other: Fingerprint) -> bool:
        """Return whether both give the same results, bit for bit, as far as is known."""
        return not self.differences(other)

    def __str__(self) -> str:
        return f"{self.version}+{self.hash}"

    def to_dict(self) -> dict[str, str]:
        """Return it as JSON types, for manifests."""
        return asdict(self)

    @classmethod
    def parse(cls, content: Any) -> Fingerprint:
        """Return the fingerprint that a manifest states."""
        try:
            return cls(*(str(content[name]) for name in ("version", "code", "numpy", "scipy", "hash")))
        except (KeyError, TypeError):
            raise FolderError(
                "it was made before results said which code made them (cyclesim 0.3 or older); run its command again"
            ) from None

    def differences(self, other: Fingerprint) -> list[str]:
        """Return in words what differs between two fingerprints, this one first."""
        found = []
        if same_as(self.code) != same_as(other.code):
            codes = f"cyclesim {self.version} {self.code}, {other.version} {other.code}"
            found.append(f"the code or the default parameters ({codes})")
        libraries = [(name, getattr(self, name), getattr(other, name)) for name in ("numpy", "scipy")]
        return found + [f"{name} ({one}, {two})" for name, one, two in libraries if one != two]


def fingerprint() -> Fingerprint:
    """Return the fingerprint of what this process simulates; refuse source written since it was imported."""
    found = _fingerprint()
    written = sources.written_since([*DATA, *(sources.path_of(module) for module in modules())])
    if written:
        raise FolderError(
            f"{', '.join(written[:3])}{' and others' if len(written) > 3 else ''} was written after this process "
            "imported cyclesim, so results would not say which code made them; start it anew (in a notebook: restart "
            "the kernel)"
        )
    return found


@cache
def modules() -> dict[str, str]:
    """Return the hash of every module that determines results, by name, and of the data that they read."""
    found = {name: module for name, module in sources.closure(ROOTS).items() if name not in SHOWN}
    named = {name for module in found.values() for name in module.names}
    read = {name: quantity.value for name, quantity in parameters().items() if name in named}
    counted = {name: (measure.kind, measure.unit) for name, measure in MEASURES.items()}
    data = {"measures": _digest(counted), "parameters": _digest(read)}
    return {**{name: module.syntax for name, module in found.items()}, **data}


@cache
def of_this_process() -> Fingerprint:
    """Return `fingerprint`, looked up once: for workers, which live for one study."""
    return fingerprint()


@cache
def _fingerprint() -> Fingerprint:
    return Fingerprint.of(_digest(modules()), numpy.__version__, scipy.__version__)


@cache
def code_of(module: str) -> str:
    """Return the hash of a module and of all it imports of the package: for results that an analysis works out."""
    return _digest({name: found.syntax for name, found in sources.closure([module]).items()})


def moved(folder: Path) -> list[str]:
    """Return the modules, ``measures`` or ``parameters`` that differ from what a folder's log names last."""
    now = modules()
    try:
        lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        before = dict(json.loads(lines[-1])["modules"])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return []
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def same_as(code: str) -> str:
    """Return the first of all codes that are listed as equal to one."""
    for group in _equal(EQUAL.read_text(encoding="utf-8")):
        if code in group:
            return group[0]
    return code


@cache
def _equal(text: str) -> list[list[str]]:
    return groups(json.loads(text)["pairs"])


def groups(pairs: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """Return pairs of equal codes as groups, each in the order in which its members were listed."""
    found: list[list[str]] = []
    for pair in pairs:
        both = [pair["before"], pair["after"]]
        joined = [group for group in found if set(group) & set(both)]
        found = [group for group in found if group not in joined]
        found.append(list(dict.fromkeys([code for group in joined for code in group] + both)))
    return found


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=sources.DIGEST).hexdigest()
