"""A number of the model with everything needed to judge it."""

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Number = TypeVar("Number", int, float)
SUM_TOLERANCE = 1e-9
MIDDLE = (0.2, 0.8)
"""Quantiles of its prior between which the default of a state of the world stands, unless a source says otherwise."""


def added(values: Iterable[Number]) -> Number:
    """Return the sum, added from left to right: from Python 3.12 on, sum() rounds floats otherwise than before."""
    return reduce(add, values, 0)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def is_number(value: Any) -> bool:
    """Return whether ``value`` is a finite int or float; true and false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e300


def as_floats(value: Any) -> Any:
    """Return numbers as floats, through nested mappings with sorted keys; a check finds whatever else."""
    if isinstance(value, dict):
        return {key: as_floats(value[key]) for key in sorted(value, key=str)}
    return float(value) + 0.0 if is_number(value) else value  # + 0.0 makes -0.0 and 0.0 one


Interval = Annotated[tuple[float, float], BeforeValidator(_as_tuple)]


class Quantity(BaseModel):
    """One entry of parameters.yaml, whose head explains the fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str
    value: Annotated[Any, AfterValidator(as_floats)]
    unit: str = Field(min_length=1)
    range: Interval | None = None
    bounds: Interval = (0.0, math.inf)
    scale: Literal["linear", "log"] = "linear"
    role: Literal["state", "lever"] | None = None
    beyond: str = ""
    grade: Literal["report", "literature", "computed", "assumption"]
    source: str = Field(min_length=1)
    mechanisms: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    off: float | None = None
    symbol: str | None = None
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for value in (self.value, self.value if self.off is None else self.off):
            if complaint := self.complaint(value):
                raise ValueError(complaint[0])
        if self.range is None:
            return self
        low, high = self.range
        if self.is_table:
            raise ValueError("a table has no range")
        if not self.bounds[0] <= low < high <= self.bounds[1]:
            raise ValueError(f"range {low:g} to {high:g} does not lie inside bounds")
        if not low <= self.value <= high:
            raise ValueError(f"range {low:g} to {high:g} does not contain the value {self.value:g}")
        if self.scale == "log" and low <= 0:
            raise ValueError("a log scale needs a range above zero")
        if self.role is None:
            raise ValueError("a quantity with a range is a state or a lever: give its role")
        quantile = self.quantile()
        if quantile is not None and not self.beyond and not MIDDLE[0] <= round(quantile, 9) <= MIDDLE[1]:
            raise ValueError(
                f"the value {self.value:g} is quantile {quantile:.2f} of its prior: move it to its source, or quote "
                "the source that puts it there (beyond)"
            )
        return self

    @property
    def sampled(self) -> bool:
        """Whether draws move it: a state of the world with a prior."""
        return self.range is not None and self.role == "state"

    def quantile(self) -> float | None:
        """Return the quantile of the value in its prior; None for what is not sampled."""
        if self.range is None or not self.sampled:
            return None
        ends = self.range[0], self.value, self.range[1]
        low, value, high = (math.log(x) if self.scale == "log" else x for x in ends)
        return (value - low) / (high - low)

    @property
    def is_table(self) -> bool:
        """Whether the value is a mapping and not one number."""
        return isinstance(self.value, dict)

    def complaint(self, value: Any) -> tuple[str, str] | None:
        """Return what is wrong with ``value`` for this quantity, and the way out; None if nothing is."""
        if self.is_table:
            return _table_complaint(value, self.value, self.unit)
        if not is_number(value):
            return "must be a number", f"unit: {self.unit}"
        low, high = self.bounds
        if not low <= value <= high:
            limits = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
            return f"must be {limits} ({self.unit})", "see 'cyclesim parameters' for its plausible range"
        return None


def _table_complaint(value: Any, like: dict[str, Any], unit: str) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return "must be a table, given as a whole", f"its keys are {', '.join(like)}"
    if set(value) != set(like):
        return "must have the keys of the table it replaces", f"its keys are {', '.join(like)}"
    for key, entry in like.items():
        if isinstance(entry, dict):
            if complaint := _table_complaint(value[key], entry, unit):
                return f"{key}: {complaint[0]}", complaint[1]
        elif not is_number(value[key]) or value[key] < 0:
            return f"{key} must be a number of at least 0", f"unit: {unit}"
    numbers = [entry for entry in value.values() if not isinstance(entry, dict)]
    if unit == "share" and numbers and abs(math.fsum(numbers) - 1) > SUM_TOLERANCE:
        return f"shares add up to {math.fsum(numbers):.10g}, not to 1", "change one of them"
    return None
