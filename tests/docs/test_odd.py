"""The ODD protocol says what the code is: its generated parts are up to date, and nothing in them is empty."""

import importlib
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path

import mesa
import pytest

import cyclesim.model
import make_odd
import md
from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.parts import Setting
from cyclesim.measures import MEASURES
from cyclesim.model.cycle import CycleModel
from cyclesim.model.people.person import PersonRow

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "odd.md").read_text(encoding="utf-8")
DESIGN = (DOCS / "design.md").read_text(encoding="utf-8")


def test_the_protocol_is_up_to_date():
    assert md.fill(PAGE, make_odd.parts(DESIGN)) == PAGE, "docs/odd.md is behind the code; run: python docs/make_odd.py"


def test_every_part_of_the_protocol_says_something():
    assert all(len(part) > 100 for part in make_odd.parts(DESIGN).values())


def test_a_month_runs_through_the_stages_of_the_docstring_in_their_order():
    called = []

    def watch(frame, event, _):
        if event == "call" and frame.f_back is not None and frame.f_back.f_code is CycleModel.step.__code__:
            called.append(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")

    model = CycleModel(load("small"))
    sys.setprofile(watch)
    try:
        model.step()
    finally:
        sys.setprofile(None)
    arguments = {"cyclesim.model.cycle.CycleModel._bills"}  # no stage
    assert [name for name in called if name not in arguments] == list(make_odd.STAGES.values())
    assert make_odd.stages() == list(make_odd.STAGES)


def test_every_agent_is_an_entity():
    for module in pkgutil.walk_packages(cyclesim.model.__path__, "cyclesim.model."):
        importlib.import_module(module.name)
    agents = {f"{a.__module__}.{a.__qualname__}" for a in mesa.Agent.__subclasses__() if "cyclesim" in a.__module__}
    assert agents <= {path for paths in make_odd.ENTITIES.values() for path in paths}


@pytest.mark.parametrize("path", [path for paths in make_odd.ENTITIES.values() for path in paths])
def test_every_entity_names_its_variables_and_explains_each(path):
    found = make_odd.variables(pkgutil.resolve_name(path))
    assert found
    assert all(name and text for name, text in found)


def test_everything_a_person_carries_is_explained():
    named = [name for names, _ in make_odd.variables(PersonRow) for name in names.split(", ")]
    assert named == [row.name for row in PersonRow]


def test_variables_come_from_docstrings_properties_and_descriptions():
    @dataclass
    class Thing:
        """A thing.

        Parameters
        ----------
        one, two
            Two numbers
            on two lines.

        Notes
        -----
        three
            Not a variable.
        """

        one: int
        two: int

        @property
        def both(self) -> int:
            """Their sum."""
            return self.one + self.two

    assert make_odd.variables(Thing) == [("one, two", "Two numbers on two lines."), ("both", "Their sum.")]
    assert ("intensity", "Factor on the hazard of being trafficked.") in make_odd.variables(Setting)


def test_every_parameter_and_every_measure_has_a_row():
    assert all(f"| `{name}`" in make_odd.parameter_table() for name in parameters())
    assert all(f"| `{name}` |" in make_odd.measures() for name in MEASURES)


def test_equations_are_taken_section_by_section():
    design = "## One\n\ntext\n\n| | equation | where |\n|---|---|---|\n| A1 | x | y |\n\n## Two\n\nnone\n"
    assert make_odd.equations(design) == "**One**\n\n| | equation | where |\n|---|---|---|\n| A1 | x | y |\n"
