"""The source of the package as syntax: what a result depends on, whatever its comments and the Python that reads it.

Importing `cyclesim` notes when each of its files was last written. A process runs the code it imported; if a file has
been written since, the file no longer says what runs.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

ROOT = Path(__file__).parent
DIGEST = 6
"""Bytes of a hash: twelve hexadecimal digits."""
_UNREAD = ("ctx", "kind", "type_comment", "type_ignores")
"""Fields of the syntax tree that say nothing, or that Pythons fill differently."""


@dataclass(frozen=True)
class Module:
    """One module as syntax."""

    syntax: str  # hash of its syntax tree without comments, docstrings and imports for type checkers
    imports: tuple[str, ...]  # wherever the import stands
    names: tuple[str, ...]  # attributes and words that occur in it: whoever reads a parameter names it

    @classmethod
    def parse(cls, source: bytes) -> Module:
        """Return the module of a source file."""
        digest = blake2b(digest_size=DIGEST)
        imports: dict[str, None] = {}
        names: set[str] = set()
        _read(ast.parse(source), digest.update, imports, names)
        return cls(digest.hexdigest(), tuple(imports), tuple(sorted(names)))


def closure(roots: Iterable[str]) -> dict[str, Module]:
    """Return some modules of the package and all that they import of it, by name; read from a cache where it can be.

    The cache is by content: it can be deleted at any time, and where it cannot be written the sources are parsed anew.
    """
    place = _cache()
    known = _cached(place)
    used: dict[str, Module] = {}
    found: dict[str, Module] = {}
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name in found or not (file := path_of(name)):
            continue
        source = (ROOT / file).read_bytes()
        content = blake2b(source, digest_size=16).hexdigest()
        found[name] = used[content] = known.get(content) or Module.parse(source)
        todo += found[name].imports
    if used.keys() - known.keys():
        _keep(place, used)
    return dict(sorted(found.items()))


def written_since(names: Iterable[str]) -> list[str]:
    """Return those of some files, by their path in the package, that were written after this process imported it."""
    now = _written()
    return [name for name in names if now.get(name) != STAMPS.get(name)]


def path_of(module: str) -> str:
    """Return the path of a module in the package; empty if there is none of that name."""
    head, _, rest = module.partition(".")
    if head != ROOT.name:
        return ""
    place = rest.replace(".", "/")
    choices = [f"{place}.py", f"{place}/__init__.py"] if place else ["__init__.py"]
    return next((file for file in choices if file in STAMPS), "")


def _read(value: object, feed: Callable[[bytes], None], imports: dict[str, None], names: set[str]) -> None:
    """Feed a syntax tree to a hash, each node between brackets, and note what it imports and names."""
    if isinstance(value, list):
        for entry in filter(_read_by_python, value):
            _read(entry, feed, imports, names)
        return
    if not isinstance(value, ast.AST):
        feed(f"{type(value).__name__} {value!a},".encode())
        return
    _note(value, imports, names)
    feed(f"{type(value).__name__}(".encode())
    for field in value._fields:
        entry = getattr(value, field, None)
        if isinstance(value, ast.JoinedStr):
            entry = _joined(value.values)
        if field not in _UNREAD and entry is not None and entry != []:
            feed(f"{field}=".encode())
            _read(entry, feed, imports, names)
    feed(b")")


def _read_by_python(node: object) -> bool:
    """Return whether a node is more than a text, such as a docstring, or an import for type checkers."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
        return node.test.id != "TYPE_CHECKING"
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _joined(nodes: list[ast.expr]) -> list[ast.expr]:
    """Return the parts of an f-string with neighbouring texts as one: Pythons cut them at different places."""
    found: list[ast.expr] = []
    for node in nodes:
        last = found[-1] if found else None
        if isinstance(node, ast.Constant) and isinstance(last, ast.Constant):
            found[-1] = ast.Constant(str(last.value) + str(node.value))
        else:
            found.append(node)
    return found


def _note(node: ast.AST, imports: dict[str, None], names: set[str]) -> None:
    if isinstance(node, ast.Import):
        imports.update(dict.fromkeys(alias.name for alias in node.names))
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imports.update(dict.fromkeys([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]))
    elif isinstance(node, ast.Attribute):
        names.add(node.attr)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        names.add(node.value)


def _written() -> dict[str, tuple[int, int]]:
    """Return when each file of the package was last written, and its size."""
    found: dict[str, tuple[int, int]] = {}
    todo = [(ROOT, "")]
    while todo:
        folder, prefix = todo.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".toml", ".yaml")):
                    about = entry.stat()
                    found[prefix + entry.name] = (about.st_mtime_ns, about.st_size)
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    todo.append((Path(entry.path), f"{prefix}{entry.name}/"))
    return found


def cache_folder() -> Path:
    """Return the folder for what can be worked out again; it need not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    return Path(base) / "cyclesim"


def _cache() -> Path:
    rules = Path(__file__).read_bytes()  # what this module reads out of a source is part of what is cached
    name = blake2b(rules + os.fsencode(ROOT), digest_size=DIGEST).hexdigest()
    return cache_folder() / f"syntax-{name}.json"


def _cached(place: Path) -> dict[str, Module]:
    try:
        digest, _, text = place.read_text(encoding="utf-8").partition("\n")
        if digest != blake2b(text.encode(), digest_size=16).hexdigest():
            return {}  # damaged
        entries = json.loads(text).items()
        return {key: Module(syntax, tuple(used), tuple(names)) for key, (syntax, used, names) in entries}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep(place: Path, modules: dict[str, Module]) -> None:
    temporary = place.with_name(f".{place.name}.{token_hex(8)}")
    content = {key: (module.syntax, module.imports, module.names) for key, module in modules.items()}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content)
        digest = blake2b(text.encode(), digest_size=16).hexdigest()
        temporary.write_text(f"{digest}\n{text}", encoding="utf-8")
        os.replace(temporary, place)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


STAMPS = _written()
"""When each file of the package was last written, as this process began."""
