"""What the model is held against: targets and qualitative checks, with their tolerances and the verdict.

A target is a question put to the model, never a goal for it: targets.toml has its world (rung) and what it is used for.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from cyclesim.analysis.plain import finite

Sample = NDArray[np.float64]  # one value a world


class Verdict(StrEnum):
    """What a comparison with a target says."""

    MET = "met"
    MISSED = "missed"
    NOT_APPLICABLE = "not applicable"


class Rung(StrEnum):
    """The world in which a question is asked."""

    UNSEEN = "U"
    MECHANISM = "M"
    STRONG = "S"
    THIRTY = "30"
    UKRAINE = "UA"
    ANY = "any"


class Use(StrEnum):
    """What a target may be used for: a calibration, or nothing but being printed, with a verdict or without."""

    FIT = "fit"
    TEST = "test"
    PRINT = "print"


@dataclass(frozen=True)
class TargetQuantity:
    """One number of a target, with its tolerance, both ends included."""

    name: str  # with its unit
    target: str  # the value in the evidence, as words; a dash where there is none
    low: float = -math.inf
    high: float = math.inf
    rung: Rung = Rung.ANY
    use: Use = Use.TEST  # a quantity to print has no verdict, whatever its tolerance

    @property
    def tolerance(self) -> str:
        """The tolerance in words; a dash where there is none."""
        if math.isinf(self.low) and math.isinf(self.high):
            return "-"
        if math.isinf(self.high):
            return f"from {self.low:g}"
        return f"to {self.high:g}" if math.isinf(self.low) else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Target:
    """A fact that is put to the model as a question: met where all that can be measured is within its tolerance."""

    id: str  # T1a to T25, "zero money", or a letter for a qualitative check
    fact: str
    basis: str  # where it is from
    quantities: tuple[TargetQuantity, ...]
    kind: str = "pattern"  # ``consistency check``: nearly an input; ``check``: qualitative

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The worlds in which it is asked, once each."""
        return tuple(dict.fromkeys(q.rung for q in self.quantities))

    @property
    def uses(self) -> tuple[Use, ...]:
        """What its quantities may be used for, once each; what is printed beside a verdict does not count."""
        uses = tuple(dict.fromkeys(q.use for q in self.quantities))
        return tuple(use for use in uses if use is not Use.PRINT) or (Use.PRINT,)

    def only(self, use: Use) -> Target:
        """Return the target with the quantities of one use."""
        return replace(self, quantities=tuple(q for q in self.quantities if q.use is use))


@dataclass(frozen=True)
class JudgedQuantity:
    """One quantity, measured."""

    quantity: TargetQuantity
    measured: float  # mean over worlds, and its Monte Carlo error; NaN if unknown
    error: float
    verdict: Verdict | None  # None for what is only printed

    @property
    def close(self) -> bool:
        """Whether luck may have decided: an end of the tolerance is within two Monte Carlo errors."""
        ends = (self.quantity.low, self.quantity.high)
        judged = self.verdict in (Verdict.MET, Verdict.MISSED)
        return judged and any(abs(self.measured - end) < 2 * self.error for end in ends)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is not measured, and ends that are open, are None."""
        named = asdict(self.quantity)
        numbers = {"measured": self.measured, "error": self.error, "low": named["low"], "high": named["high"]}
        words = {"target": named["target"], "rung": str(named["rung"]), "use": str(named["use"])}
        said = {"verdict": self.verdict and str(self.verdict), "close": self.close}
        return {"quantity": named["name"], **words, **finite(numbers), **said}


@dataclass(frozen=True)
class JudgedTarget:
    """One target with what was measured for it."""

    target: Target
    quantities: tuple[JudgedQuantity, ...]
    verdict: Verdict | None  # None for what is only printed
    unmeasured: tuple[str, ...]  # why not, once each

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        target = self.target
        where = {"rungs": list(map(str, target.rungs)), "uses": list(map(str, target.uses))}
        head = {"id": target.id, "fact": target.fact, "kind": target.kind, "basis": target.basis, **where}
        said = {"verdict": self.verdict and str(self.verdict), "unmeasured": list(self.unmeasured)}
        return {**head, **said, "quantities": [one.to_dict() for one in self.quantities]}


def judge(target: Target, measured: Sequence[Sample | float | str]) -> JudgedTarget:
    """Return a target with its verdict, from a value a world, a number or why there is none, for each quantity."""
    pairs = [(q, _or_reason(q, value)) for q, value in zip(target.quantities, measured, strict=True)]
    quantities = tuple(_judged(quantity, value) for quantity, value in pairs)
    verdicts = {one.verdict for one in quantities}
    verdict = next((v for v in (Verdict.MISSED, Verdict.MET, Verdict.NOT_APPLICABLE) if v in verdicts), None)
    unmeasured = tuple(dict.fromkeys(value for _, value in pairs if isinstance(value, str)))
    return JudgedTarget(target, quantities, verdict, unmeasured)


def _or_reason(quantity: TargetQuantity, value: Sample | float | str) -> Sample | float | str:
    undefined = not isinstance(value, str) and not np.isfinite(value).all()
    return f"{quantity.name}: no value in this scenario" if undefined else value


def _judged(quantity: TargetQuantity, value: Sample | float | str) -> JudgedQuantity:
    scored = quantity.use is not Use.PRINT
    if isinstance(value, str):
        return JudgedQuantity(quantity, math.nan, math.nan, Verdict.NOT_APPLICABLE if scored else None)
    values = np.atleast_1d(np.asarray(value, dtype=np.float64))
    mean = float(values.mean())
    error = float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else 0.0
    if np.ndim(value) and values.size == 1:
        error = math.nan  # one world has an error, but nobody knows it
    inside = Verdict.MET if quantity.low <= mean <= quantity.high else Verdict.MISSED
    return JudgedQuantity(quantity, mean, error, inside if scored else None)


def _target(id_: str, entry: Mapping[str, Any]) -> Target:
    shared = {key: entry[key] for key in ("rung", "use") if key in entry}
    parts = [{**shared, **part} for part in entry["quantities"]]
    return TypeAdapter(Target).validate_python({**entry, "id": id_, "quantities": parts})


_TEXT = Path(__file__).with_name("targets.toml").read_text(encoding="utf-8")
TARGETS = tuple(
    _target(id_, entry) for id_, entry in tomllib.loads(_TEXT).items()
)  # those of the second evidence table
