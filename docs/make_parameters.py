"""Make src/cyclesim/model/parameters.pyi again: every parameter with its type, for editors and mypy.

python docs/make_parameters.py
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import Quantity

PLACE = Path(__file__).parents[1] / "src" / "cyclesim" / "model" / "parameters.pyi"
HEAD = '''"""What type checkers and editors know of parameters.py: every parameter with its type.

Made from inputs/parameters.yaml by `python docs/make_parameters.py`; do not edit by hand.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Table = dict[str, float]

class OfParameters(Generic[T]):
    def __init__(self, work: Callable[[Parameters], T]) -> None: ...
    def __call__(self, p: Parameters) -> T: ...

class Parameters:
    def __init__(self, values: dict[str, Any]) -> None: ...
    def change(self, name: str, value: float) -> None: ...

    changes: int
    record: Parameters
    records: Sequence[Parameters]
'''


def main() -> None:
    PLACE.write_text(typed(), encoding="utf-8")


def typed() -> str:
    """Return the module."""
    return HEAD + "".join(map(_attribute, parameters().values()))


def _attribute(quantity: Quantity) -> str:
    text = f'"""{quantity.text} ({quantity.unit})."""'
    words = textwrap.wrap(text, 120, initial_indent=" " * 4, subsequent_indent=" " * 4)
    return "\n".join([f"    {quantity.name}: {_type(quantity.value)}", *words, ""])


def _type(value: object) -> str:
    if not isinstance(value, dict):
        return "float"
    return "dict[str, Table]" if isinstance(next(iter(value.values())), dict) else "Table"


if __name__ == "__main__":
    main()
