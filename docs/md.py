"""Markdown: tables, and pages of which marked parts are generated from the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z ]+) -->\n)(?P<content>.*?)(<!-- end -->)", re.DOTALL)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar or a line break inside a cell does not break it."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def code(text: str) -> str:
    """Return text as code."""
    return f"`{text}`"


def fill(page: str, contents: Mapping[str, str]) -> str:
    """Return a page whose marked parts hold new contents.

    A part begins with a line ``<!-- generated: NAME -->`` and ends with a line ``<!-- end -->``.

    Raises
    ------
    ValueError
        If the page lacks a part of `contents`, has one that `contents` lacks, or has one twice.
    """
    names = [match["name"] for match in _BLOCK.finditer(page)]
    if sorted(names) != sorted(contents):
        raise ValueError(
            f"the page marks the parts {sorted(names)}, the code generates {sorted(contents)}; "
            "write each once as <!-- generated: NAME --> and <!-- end -->"
        )
    return _BLOCK.sub(lambda match: f"{match[1]}\n{contents[match['name']].strip()}\n\n{match[4]}", page)


def part(page: str, name: str) -> str:
    """Return what a marked part of a page holds."""
    (found,) = (match["content"] for match in _BLOCK.finditer(page) if match["name"] == name)
    return found.strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
