"""The house: what docs/architecture.md says of the code, and how long its parts may be."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import make_architecture as drawing  # noqa: E402

LONG_MODULE, LONG_FUNCTION, MOST_FILES = 350, 40, 4
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FIVE = PAGE.split("\n## Five questions")[1].split("\n## ")[0]
ANSWERS = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", FIVE, re.M | re.S)
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("section", ["The way of one person", "The way of one dollar"])
def test_a_way_leads_through_modules_that_are_there(section):
    modules = set(drawing.imports())
    ways = drawing.way(section)
    assert len(ways) > 10
    assert set(ways) <= modules


def test_the_table_of_floors_is_that_of_the_import_contract():
    (floors,) = (
        contract["layers"]
        for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    rows = re.findall(r"^\| ([a-z, ]+) \| .+? \| `(\S+?)`", PAGE.split("\n## The floors")[1], re.M)
    assert [row.split(", ") for row, _ in rows] == [floor.replace("cyclesim.", "").split(" : ") for floor in floors]
    for row, file in rows:
        assert (ROOT / "src" / "cyclesim" / file).is_file()
        assert re.split(r"[/.]", file)[0] in row.split(", ")


def defined(file):
    """Return what a file defines: functions, classes and their methods, or the entries of a file of parameters."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yaml":
        return set(re.findall(r"^(\w+):", text, re.M))
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            inner = node.body if isinstance(node, ast.ClassDef) else []
            found |= {f"{node.name}.{part.name}" for part in inner if isinstance(part, ast.FunctionDef)}
    return found


@pytest.mark.parametrize(("question", "answer"), ANSWERS, ids=[question for question, _ in ANSWERS])
def test_a_question_is_answered_by_at_most_four_files_in_which_the_functions_are(question, answer):
    files = re.findall(r"^\d\. `(\S+)`: (.+?)(?=^\S|^$|\Z)", answer, re.M | re.S)
    assert 0 < len(files) <= MOST_FILES
    assert len({name for name, _ in files}) == len(files)
    for name, said in files:
        (file,) = (path for path in (ROOT / "src" / "cyclesim" / name, ROOT / name) if path.is_file())
        terms = set(re.findall(r"`([\w.]+)`", said))
        read = {word for word in terms if word.startswith("p.")}
        assert terms > read, f"{name}: which function?"
        assert terms - read <= defined(file), f"{name} has no {terms - read - defined(file)}"
        assert all(word in file.read_text() for word in read)


def test_there_are_five_questions():
    assert len(ANSWERS) == 5


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
