"""Parameters are known by name and type; what depends on them alone is worked out when one of them has changed."""

import sys
from pathlib import Path

import mypy.api
import pytest

from cyclesim.model.parameters import OfParameters, Parameters

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_parameters  # noqa: E402

READ = ("naivety", "naivty", "form_mix")
"""A number, one misspelt, and a table."""


def test_a_quantity_of_parameters_follows_them():
    asked = []
    double = OfParameters(lambda p: asked.append(1) or 2 * p.contact)
    p = Parameters({"contact": 0.5, "death": 0.1})
    assert [double(p), double(p)] == [1.0, 1.0]
    assert len(asked) == 1
    p.change("contact", 2.0)
    assert double(p) == 4.0
    assert double(Parameters({"contact": 3.0})) == 6.0


def test_the_types_of_parameters_are_those_of_the_file():
    assert make_parameters.PLACE.read_text(encoding="utf-8") == make_parameters.typed(), (
        "python docs/make_parameters.py makes model/parameters.pyi again"
    )


@pytest.mark.slow
def test_a_misspelt_parameter_is_an_error_before_it_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    reads = [f"def f{k}(p: Parameters) -> float: return p.{name}" for k, name in enumerate(READ)]
    lines = ["from cyclesim.model.parameters import Parameters", *reads, ""]
    (tmp_path / "reads.py").write_text("\n".join(lines))
    found, _, _ = mypy.api.run(["--strict", "--cache-dir", str(tmp_path), str(tmp_path / "reads.py")])
    assert '"Parameters" has no attribute "naivty"' in found
    assert "reads.py:4: error: Incompatible return value type" in found
    assert "reads.py:2" not in found


def test_a_misspelt_parameter_is_an_error_when_it_runs():
    with pytest.raises(AttributeError, match="no parameter 'naivty' in parameters"):
        _ = Parameters({"naivety": 0.5}).naivty
