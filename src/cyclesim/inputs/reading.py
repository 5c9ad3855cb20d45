"""YAML 1.2 in: plain values, and the place in the file of each of them."""

import errno
import stat
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cyclesim.errors import Problem, ScenarioError

Key = tuple[str, ...]
"""Place of a value inside a file: keys from the top, positions in lists as text."""

MAX_BYTES = 2_000_000
MAX_DEPTH = 12


@dataclass(frozen=True)
class Mark:
    """Place in a file: line and column of the key and of the value, counted from 1."""

    file: str
    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True)
class Document:
    """Plain data (keys are text; an unquoted date is text too) and where each part of it stands."""

    data: dict[str, Any]
    marks: Mapping[Key, Mark]

    def problem(self, key: Key, message: str, way_out: str = "", value: Any = None, at_key: bool = False) -> Problem:
        """Return a problem at ``key``, or at the nearest entry above it that stands in a file."""
        place = key
        while place and place not in self.marks:
            place = place[:-1]
        mark = self.marks.get(place) or Mark("", (0, 0), (0, 0))
        line, column = mark.key if at_key or place != key else mark.value
        return Problem(mark.file, line, column, ".".join(key), value, message, way_out)


EMPTY = Document({}, {})


def mappings(section: Any) -> dict[str, dict[str, Any]]:
    """Return the entries of a section that are mappings; the models report the others."""
    entries = section.items() if isinstance(section, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, dict)}


def read(path: Path, shown: str | None = None) -> Document:
    """Read a YAML file: a mapping, without duplicate keys, anchors and tags. Messages name the file as ``shown``."""
    shown = shown or str(path)
    try:
        if path.is_dir():
            raise ScenarioError.at(shown, "is a folder, not a file")
        if size(path) > MAX_BYTES:
            raise ScenarioError.at(shown, f"is larger than {MAX_BYTES // 1_000_000} MB", "put tables into CSV files")
        status = path.stat()
        return _read(path, shown, status.st_mtime_ns, status.st_size)
    except FileNotFoundError:
        raise ScenarioError.at(shown, "no such file", "a shipped scenario is named without .yaml and slashes") from None
    except OSError as error:
        raise ScenarioError.at(shown, f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a path with a NUL character
        raise ScenarioError.at(shown, f"is not a path: {error}") from None


def size(path: Path) -> int:
    """Return the bytes of a file; OSError for a device or a pipe: reading it might never end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EINVAL, "is no ordinary file")
    return status.st_size


@lru_cache(maxsize=64)
def _read(path: Path, shown: str, _changed: int, _size: int) -> Document:
    return parse(decode(path.read_bytes(), shown), shown)


def decode(content: bytes, shown: str) -> str:
    """Return UTF-8 text; a byte order mark at the beginning is dropped."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise ScenarioError.at(shown, "is not UTF-8 text", "save the file as UTF-8 text", line, column) from None


def parse(text: str, shown: str) -> Document:
    """Parse YAML text; ``shown`` names its file in messages."""
    node = _compose(text, shown)
    if node is None or (node.id == "scalar" and not node.value):
        way_out = "start with title, question, start, months and crises, or with extends"
        raise ScenarioError.at(shown, "is empty", way_out)
    reading = _Reading(shown)
    data = reading.value(node, (), _place(node))
    if reading.problems:
        raise ScenarioError(reading.problems)
    if not isinstance(data, dict):
        raise ScenarioError.at(shown, "is not a mapping", "write lines of the form key: value", *_place(node))
    return Document(data, reading.marks)


def _compose(text: str, shown: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor defined twice; anchors are refused below
            return YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        refused = ScenarioError.at(shown, "contains a control character", "delete it", line, 1)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        refused = ScenarioError.at(shown, *_yaml_words(str(error.problem or error.context)), line, column)
    except RecursionError:
        refused = ScenarioError.at(shown, f"is nested deeper than {MAX_DEPTH} levels")
    except (YAMLError, ValueError) as error:
        refused = ScenarioError.at(shown, f"is not YAML: {error}")
    raise refused


def _yaml_words(text: str) -> tuple[str, str]:
    if "'\\t'" in text or "\t" in text or "tab" in text:
        return "a tab character where YAML wants spaces", "indent with spaces"
    if "but found another document" in text:
        return "a second document begins here", "keep one scenario per file"
    if "undefined alias" in text:
        return "a value that begins with *", "put it in quotes"
    return f"is not YAML: {text}", "check indentation, quotes and brackets here and on the line above"


@dataclass
class _Reading:
    file: str
    marks: dict[Key, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, node: Any, key: Key, key_place: tuple[int, int]) -> Any:
        self.marks[key] = Mark(self.file, key_place, _place(node))
        if node.anchor:
            return self._refuse(node, key, "anchors and aliases (& and *) are not used here", "write the value out")
        if len(key) > MAX_DEPTH:
            return self._refuse(node, key, f"nested deeper than {MAX_DEPTH} levels")
        if node.id == "mapping" and node.tag.endswith(":map"):
            return self._mapping(node, key)
        if node.id == "sequence" and node.tag.endswith(":seq"):
            return [self.value(item, (*key, str(i)), _place(item)) for i, item in enumerate(node.value)]
        return self._scalar(node, key)

    def _mapping(self, node: Any, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                self._refuse(key_node, key, "a key must be text")
                continue
            name = str(key_node.value)
            place = (*key, name)
            if name in result:
                first = self.marks[place].key[0]
                self._refuse(key_node, place, f"duplicate key; the first is on line {first}", "keep one of them")
            else:
                result[name] = self.value(value_node, place, _place(key_node))
        return result

    def _scalar(self, node: Any, key: Key) -> Any:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        if kind in ("str", "timestamp"):
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in ("int", "float"):
            return self._number(node, key, kind, text.replace("_", "").lower())
        return self._refuse(node, key, f"the tag {node.tag} is not used here", "write a plain value")

    def _number(self, node: Any, key: Key, kind: str, digits: str) -> Any:
        try:
            if kind == "float":
                return float(digits.replace(".inf", "inf").replace(".nan", "nan"))
            return int(digits, 8 if "0o" in digits else 16 if "0x" in digits else 10)
        except ValueError:
            return self._refuse(node, key, "is not a number that can be read", "write it in plain digits")

    def _refuse(self, node: Any, key: Key, message: str, way_out: str = "") -> None:
        self.problems.append(Problem(self.file, *_place(node), ".".join(key), None, message, way_out))


def _place(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
