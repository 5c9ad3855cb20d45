"""What the model is held against: the second table of targets, qualitative checks, their tolerances and the verdict.

A target is a question put to the model, never a goal for it. They stand in targets.toml, each with the world in which
it is asked (its rung) and with what it may be used for.
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

from cyclesim.analysis.plain import finite

Sample = NDArray[np.float64]
"""One value a world."""


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
class Quantity:
    """One number of a target.

    Attributes
    ----------
    name
        What is measured, with its unit where it has one.
    target
        The value in the evidence, as words; a dash where there is none.
    low, high
        Tolerance, both ends included; infinite where there is no end.
    rung
        The world in which it is measured.
    use
        What it may be used for; a quantity to print has no verdict, whatever its tolerance.
    """

    name: str
    target: str
    low: float = -math.inf
    high: float = math.inf
    rung: Rung = Rung.ANY
    use: Use = Use.TEST

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
    """A fact that is put to the model as a question.

    Attributes
    ----------
    id
        T1a to T25, "zero money", or a letter for a qualitative check.
    fact
        The fact in a few words.
    basis
        Where it is from.
    quantities
        What is measured for it; all that can be measured must lie within their tolerances.
    kind
        ``pattern``, ``consistency check`` for what is nearly an input, or ``check`` for a qualitative one.
    """

    id: str
    fact: str
    basis: str
    quantities: tuple[Quantity, ...]
    kind: str = "pattern"

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
class Finding:
    """One quantity, measured: mean over worlds, its Monte Carlo error (NaN if unknown), and its verdict, if any."""

    quantity: Quantity
    measured: float
    error: float
    verdict: Verdict | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what is not measured, and ends that are open, are None."""
        named = asdict(self.quantity)
        numbers = {"measured": self.measured, "error": self.error, "low": named["low"], "high": named["high"]}
        words = {"target": named["target"], "rung": str(named["rung"]), "use": str(named["use"])}
        return {"quantity": named["name"], **words, **finite(numbers), "verdict": self.verdict and str(self.verdict)}


@dataclass(frozen=True)
class Row:
    """One target with what was measured for it; the verdict is None for what is only printed."""

    target: Target
    findings: tuple[Finding, ...]
    verdict: Verdict | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON types."""
        target = self.target
        where = {"rungs": list(map(str, target.rungs)), "uses": list(map(str, target.uses))}
        head = {"id": target.id, "fact": target.fact, "kind": target.kind, "basis": target.basis, **where}
        said = {"verdict": self.verdict and str(self.verdict), "reason": self.reason}
        return {**head, **said, "quantities": [finding.to_dict() for finding in self.findings]}


def judge(target: Target, measured: Sequence[Sample | float | str]) -> Row:
    """Return the row of a target.

    Parameters
    ----------
    measured
        For each quantity of the target: one value a world, a number without Monte Carlo error, or the reason why
        it was not measured.
    """
    pairs = [(q, _or_reason(q, value)) for q, value in zip(target.quantities, measured, strict=True)]
    findings = tuple(_finding(quantity, value) for quantity, value in pairs)
    verdicts = {finding.verdict for finding in findings}
    verdict = next((v for v in (Verdict.MISSED, Verdict.MET, Verdict.NOT_APPLICABLE) if v in verdicts), None)
    reasons = [_remark(finding) for finding in findings]
    reasons += dict.fromkeys(value for _, value in pairs if isinstance(value, str))
    return Row(target, findings, verdict, "; ".join(filter(None, reasons)))


def _or_reason(quantity: Quantity, value: Sample | float | str) -> Sample | float | str:
    undefined = not isinstance(value, str) and not np.isfinite(value).all()
    return f"{quantity.name}: no value in this scenario" if undefined else value


def _finding(quantity: Quantity, value: Sample | float | str) -> Finding:
    judged = quantity.use is not Use.PRINT
    if isinstance(value, str):
        return Finding(quantity, math.nan, math.nan, Verdict.NOT_APPLICABLE if judged else None)
    values = np.atleast_1d(np.asarray(value, dtype=np.float64))
    mean = float(values.mean())
    error = float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else 0.0
    if np.ndim(value) and values.size == 1:
        error = math.nan  # one world has an error, but nobody knows it
    inside = Verdict.MET if quantity.low <= mean <= quantity.high else Verdict.MISSED
    return Finding(quantity, mean, error, inside if judged else None)


def _remark(finding: Finding) -> str:
    """Say on which side a quantity missed, and whether luck may have decided."""
    quantity, mean = finding.quantity, finding.measured
    if finding.verdict not in (Verdict.MET, Verdict.MISSED):
        return ""
    close = [end for end in (quantity.low, quantity.high) if abs(mean - end) < 2 * finding.error]
    luck = "within two Monte Carlo errors of the end of the tolerance" if close else ""
    if finding.verdict == Verdict.MISSED:
        side = "below" if mean < quantity.low else "above"
        return f"{quantity.name}: {side} the tolerance" + (f" ({luck})" if luck else "")
    return f"{quantity.name}: {luck}" if luck else ""


def _read() -> tuple[Target, ...]:
    text = Path(__file__).with_name("targets.toml").read_text(encoding="utf-8")
    return tuple(_target(id_, entry) for id_, entry in tomllib.loads(text).items())


def _target(id_: str, entry: Mapping[str, Any]) -> Target:
    shared = {key: entry[key] for key in ("rung", "use") if key in entry}
    parts = tuple(_quantity({**shared, **part}) for part in entry["quantities"])
    return Target(id_, entry["fact"], entry["basis"], parts, entry.get("kind", "pattern"))


def _quantity(part: Mapping[str, Any]) -> Quantity:
    ends = {name: float(part[name]) for name in ("low", "high") if name in part}
    return Quantity(part["name"], part["target"], **ends, rung=Rung(part["rung"]), use=Use(part["use"]))


TARGETS = _read()
"""Targets and checks, in order. Their numbers are those of the second evidence table."""
