"""Compilation changes nothing but the time that a world takes."""

import math
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyclesim.model import arithmetic, stages
from cyclesim.model.compiled import COMPILED

WORLD = """
import hashlib
import numpy as np
import cyclesim as cs
from cyclesim.model.compiled import COMPILED
print(COMPILED)
for twin in (False, True):
    scenario = cs.load("small").with_values({"months": 18})
    tables = cs.CycleModel(scenario, seed=3, twin=twin).run().observations.tables()
    for name, columns in tables.items():
        for measure, column in columns.items():
            values = np.asarray(column)
            content = values.tobytes() if values.dtype.kind != "O" else repr(values.tolist()).encode()
            print(twin, name, measure, hashlib.sha256(content).hexdigest())
"""


def world(**environment):
    done = subprocess.run(
        [sys.executable, "-c", WORLD], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    compiled, *lines = done.stdout.splitlines()
    return compiled, lines


def test_a_world_is_the_same_to_the_last_bit_with_and_without_a_compiler():
    pytest.importorskip("numba")
    (compiled, with_it), (plain, without) = world(CYCLESIM_COMPILED="1"), world(CYCLESIM_COMPILED="0")
    assert (compiled, plain) == ("True", "False")
    assert with_it == without


@pytest.mark.slow  # everything is compiled anew
def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(tmp_path):
    pytest.importorskip("numba")
    blocked = tmp_path / "a file"
    blocked.write_text("no folder can be made here")
    assert world(XDG_CACHE_HOME=str(blocked)) == world()


@pytest.mark.slow
def test_machine_code_of_another_text_of_the_model_is_not_taken(tmp_path):
    pytest.importorskip("numba")
    world(XDG_CACHE_HOME=str(tmp_path))
    (folder,) = (tmp_path / "cyclesim").iterdir()
    assert folder.name.startswith("compiled-")
    assert list(folder.rglob("*.nbi"))


def ulps(found, exact):
    return abs(found - exact) / math.ulp(exact) if exact else abs(found)


@given(st.floats(-700, 700))
def test_exponentials_are_those_of_the_library_to_four_units_in_the_last_place(x):
    assert ulps(arithmetic.exp(x), math.exp(x)) <= 4
    assert ulps(arithmetic.expm1(x), math.expm1(x)) <= 4


@given(st.floats(1e-300, 1e300), st.floats(-0.999, 1e6))
def test_logarithms_are_those_of_the_library_to_four_units_in_the_last_place(x, y):
    assert ulps(arithmetic.log(x), math.log(x)) <= 4
    assert ulps(arithmetic.log1p(y), math.log1p(y)) <= 4


@given(st.floats(1e-6, 1e6), st.floats(-8, 8))
def test_powers_are_those_of_the_library_to_one_part_in_10_to_the_13(x, y):
    assert arithmetic.power(x, y) == pytest.approx(x**y, rel=1e-13)


@given(st.integers(0, 2**53 - 1))
def test_unit_exponentials_of_every_uniform_are_exact_to_four_units_in_the_last_place(number):
    uniform = number * 2.0**-53
    assert ulps(arithmetic.exponential(uniform), -math.log1p(-uniform)) <= 4


def test_the_ends_of_the_functions():
    inf = math.inf
    assert [arithmetic.exp(x) for x in (-inf, -800.0, 0.0, 800.0, inf)] == [0.0, 0.0, 1.0, inf, inf]
    assert [arithmetic.expm1(x) for x in (-inf, 0.0, 800.0)] == [-1.0, 0.0, inf]
    assert [arithmetic.log(x) for x in (0.0, 1.0, inf)] == [-inf, 0.0, inf]
    assert math.isnan(arithmetic.log(-1.0))
    assert [arithmetic.log1p(x) for x in (-1.0, 0.0)] == [-inf, 0.0]
    assert [arithmetic.power(x, y) for x, y in ((0.0, 0.0), (0.0, 2.0), (0.0, -1.0), (3.0, 0.0))] == [
        1.0,
        0.0,
        inf,
        1.0,
    ]


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
def test_what_only_compiled_functions_can_call_says_so():
    with pytest.raises(TypeError, match="press is called by compiled functions only; mark it `compiled`"):
        stages.press()


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
def test_a_processor_without_wide_registers_gives_the_same_bytes():
    """Machine code for the plainest processor of the family: no AVX, no fused multiply-add."""
    usual, plain = (
        subprocess.run(
            [sys.executable, "-c", WORLD], env={**os.environ, **more}, capture_output=True, text=True, check=True
        ).stdout
        for more in ({}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""})
    )
    assert usual == plain
    assert usual.startswith("True")
