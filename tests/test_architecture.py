"""The house: what docs/architecture.md says of the code, and how long its parts may be."""

import ast
import re
import sys
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import make_architecture as drawing  # noqa: E402

LONG_MODULE, LONG_FUNCTION = 350, 40
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("section", ["The way of one person", "The way of one dollar"])
def test_a_way_leads_through_modules_that_are_there(section):
    modules = set(drawing.imports())
    ways = drawing.way(section)
    assert len(ways) > 10
    assert set(ways) <= modules


def words(picture):
    """Return the words of a picture: they stand in comments of the file."""
    return set(re.findall(r"<!-- (.+?) -->", (drawing.FIGURES / picture).read_text(encoding="utf-8")))


def test_the_pictures_show_the_code_of_today():
    """Made with `python docs/make_architecture.py`."""
    assert words("architecture.svg") == set(drawing.floors(drawing.imports()))
    for section, picture in (("The way of one person", "person"), ("The way of one dollar", "dollar")):
        assert words(f"way-of-one-{picture}.svg") == set(drawing.labels(drawing.way(section)).values())


def test_no_package_imports_another_in_a_circle():
    assert nx.is_directed_acyclic_graph(drawing.floors(drawing.imports()))
    assert nx.is_directed_acyclic_graph(drawing.imports())


def code_lines(function):
    """Return the lines of a function, its documentation left out."""
    text = ast.get_docstring(function, clean=False)
    return function.end_lineno - function.lineno + 1 - (len(text.splitlines()) if text else 0)


def test_long_modules_and_functions_are_few_and_have_a_reason_in_the_design():
    for path in sorted((ROOT / "src").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT / "src" / "cyclesim").as_posix()
        if len(text.splitlines()) > LONG_MODULE:
            assert f"`{name}`" in DESIGN, f"{name} has over {LONG_MODULE} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and code_lines(node) > LONG_FUNCTION:
                assert f"`{name}:{node.name}`" in DESIGN, f"{name}: {node.name} has over {LONG_FUNCTION} lines"
