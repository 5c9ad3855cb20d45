"""Compiled functions keep to the subset of Python that docs/engine.md describes."""

import ast
from pathlib import Path

import pytest

import cyclesim

MODEL = Path(cyclesim.__file__).parent / "model"
BUILTINS = {"range", "min", "max", "abs", "int", "float"}
RECORDS = {
    "Received",
    "Belief",
    "CountMemory",
    "PublishedEstimate",
    "Seen",
    "CaseEvidence",
    "Sum",
    "Portion",
    "Conditions",
    "Office",
}
"""Records that compiled functions return: of numbers alone."""
CONSTANTS = {"inf", "nan", "floor", "sqrt", "isnan"}
"""What is taken from `math`: it is exact everywhere. Exponentials and logarithms are those of `arithmetic`."""
NEVER = (
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.Try, ast.With, ast.Yield, ast.YieldFrom,
    ast.Await, ast.JoinedStr, ast.Dict, ast.Set, ast.List, ast.Raise, ast.Assert, ast.Delete, ast.Global, ast.Nonlocal,
    ast.Starred, ast.Slice, ast.NamedExpr, ast.Match, ast.ClassDef, ast.Import, ast.ImportFrom,
)  # fmt: skip


def functions():
    for path in sorted(MODEL.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(d, ast.Name) and d.id in {"compiled", "within"} for d in node.decorator_list
            ):
                yield path.relative_to(MODEL).as_posix(), node


COMPILED = list(functions())
NAMES = {node.name for _, node in COMPILED} | BUILTINS | RECORDS | {"word"}


def test_the_month_is_compiled():
    assert {"leave", "begin_spell", "serve", "first_hazard", "refer", "received", "block"} <= NAMES
    assert len(COMPILED) > 80


@pytest.mark.parametrize(("path", "node"), COMPILED, ids=[f"{path}::{node.name}" for path, node in COMPILED])
def test_a_compiled_function_keeps_to_the_subset(path, node):
    assert node.end_lineno - node.lineno < 60
    for part in ast.walk(node):
        place = f"{path}:{getattr(part, 'lineno', node.lineno)}"
        assert not isinstance(part, NEVER), f"{place}: {type(part).__name__}"
        if isinstance(part, ast.For):
            call = part.iter
            assert isinstance(call, ast.Call), place
            assert isinstance(call.func, ast.Name), place
            assert call.func.id == "range", f"{place}: loops run over range()"
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow):
            exponent = part.right
            assert isinstance(part.left, ast.Constant) or getattr(exponent, "value", None) == 2, f"{place}: use power()"
        if isinstance(part, ast.Call):
            assert isinstance(part.func, ast.Name | ast.Attribute), place
            if isinstance(part.func, ast.Name):
                assert part.func.id in NAMES, f"{place}: {part.func.id} is not compiled"
            elif ast.unparse(part.func.value) != "math":  # a function of another module
                assert isinstance(part.func.value, ast.Name), place
                assert part.func.attr in NAMES, f"{place}: {ast.unparse(part.func)} is not compiled"
        if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "math":
            assert part.attr in CONSTANTS, f"{place}: math.{part.attr}"
        if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "np":
            pytest.fail(f"{place}: {ast.unparse(part)}")
