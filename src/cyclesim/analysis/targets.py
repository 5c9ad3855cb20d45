"""What the model is held against: fifteen targets and seven qualitative checks, their tolerances, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sample = NDArray[np.float64]
"""One value a world."""


class Verdict(StrEnum):
    """What a comparison with a target says."""

    MET = "met"
    MISSED = "missed"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Quantity:
    """One number of a target.

    Attributes
    ----------
    name
        What is measured, with its unit where it has one.
    target
        The value in the evidence, as words; empty where only a bound is known.
    low, high
        Tolerance, both ends included; infinite where there is no end.
    """

    name: str
    target: str
    low: float
    high: float


@dataclass(frozen=True)
class Target:
    """A fact that the model should reproduce without having been told.

    Attributes
    ----------
    id
        T1 to T15, or a letter for a qualitative check.
    fact
        The fact in a few words.
    basis
        Where it is from.
    quantities
        What is measured for it; all that can be measured must lie within their tolerances.
    if_missed
        The likely reason if it is missed: one sentence.
    kind
        ``pattern``, or ``consistency check`` for what is nearly an input.
    """

    id: str
    fact: str
    basis: str
    quantities: tuple[Quantity, ...]
    if_missed: str
    kind: str = "pattern"


@dataclass(frozen=True)
class Finding:
    """One quantity, measured: mean over worlds and its Monte Carlo error (NaN if not measured)."""

    quantity: Quantity
    measured: float
    error: float
    verdict: Verdict


@dataclass(frozen=True)
class Row:
    """One target with what was measured for it."""

    target: Target
    findings: tuple[Finding, ...]
    verdict: Verdict
    reason: str

    @property
    def deciding(self) -> Finding:
        """The quantity that decides the verdict: the first of the same verdict."""
        return next(finding for finding in self.findings if finding.verdict == self.verdict)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON types; what is not measured, and ends that are open, are None."""
        head = {"id": self.target.id, "fact": self.target.fact, "kind": self.target.kind, "basis": self.target.basis}
        said = {"verdict": str(self.verdict), "reason": self.reason}
        return {**head, **_plain(self.deciding), **said, "quantities": [_plain(f) for f in self.findings]}


def _plain(finding: Finding) -> dict[str, Any]:
    named = asdict(finding.quantity)
    numbers = {"measured": finding.measured, "error": finding.error, "low": named["low"], "high": named["high"]}
    finite = {key: value if math.isfinite(value) else None for key, value in numbers.items()}
    verdict = {"verdict": str(finding.verdict)}
    return {"quantity": named["name"], "target": named["target"], **finite, **verdict}


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
    verdict = next(v for v in (Verdict.MISSED, Verdict.MET, Verdict.NOT_APPLICABLE) if v in verdicts)
    reasons = [_remark(finding) for finding in findings] + ([target.if_missed] if verdict == Verdict.MISSED else [])
    reasons += dict.fromkeys(value for _, value in pairs if isinstance(value, str))
    return Row(target, findings, verdict, "; ".join(filter(None, reasons)))


def _or_reason(quantity: Quantity, value: Sample | float | str) -> Sample | float | str:
    undefined = not isinstance(value, str) and not np.isfinite(value).all()
    return f"{quantity.name} has no value in this scenario" if undefined else value


def _finding(quantity: Quantity, value: Sample | float | str) -> Finding:
    if isinstance(value, str):
        return Finding(quantity, math.nan, math.nan, Verdict.NOT_APPLICABLE)
    values = np.atleast_1d(np.asarray(value, dtype=np.float64))
    mean = float(values.mean())
    error = float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else 0.0
    if np.ndim(value) and values.size == 1:
        error = math.nan  # one world has an error, but nobody knows it
    inside = quantity.low <= mean <= quantity.high
    return Finding(quantity, mean, error, Verdict.MET if inside else Verdict.MISSED)


def _remark(finding: Finding) -> str:
    """Say on which side a quantity missed, and whether luck may have decided."""
    quantity, mean = finding.quantity, finding.measured
    close = [end for end in (quantity.low, quantity.high) if abs(mean - end) < 2 * finding.error]
    luck = "within two Monte Carlo errors of the end of the tolerance" if close else ""
    if finding.verdict == Verdict.MISSED:
        side = "below" if mean < quantity.low else "above" if mean > quantity.high else "outside"
        return f"{quantity.name} is {side} the tolerance" + (f" ({luck})" if luck else "")
    return f"{quantity.name} is {luck}" if luck else ""


def count(rows: Sequence[Row]) -> Mapping[Verdict, int]:
    """Return how many rows have each verdict."""
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in Verdict}


def _target(id_: str, fact: str, basis: str, if_missed: str, *quantities: Quantity, kind: str = "pattern") -> Target:
    return Target(id_, fact, basis, quantities, if_missed, kind)


TARGETS = (
    _target(
        "T1", "few are found in crises", "Ukraine 0.065-0.072 a year; world about 0.004; rejected above 0.20",
        "incidence, self-reports and contact set it, and each has a wide range",
        Quantity("identified / exploited in the year, years 3-10", "0.06", 0.02, 0.12),
    ),
    _target(
        "T2", "more are found with strong systems", "multiple systems estimation: UK, Netherlands, Australia, Serbia",
        "even with money for all that is needed, contact with victims and the split of money bound what is found",
        Quantity("identified / exploited in the year, after 5 years of full funding", "0.20", 0.10, 0.35),
    ),
    _target(
        "T3", "self-rescue dominates", "UNODC 0.41 in general; the report: the vast majority",
        "the balance of self-reports against referrals that are answered sets it",
        Quantity("share of the identified who came forward", "0.55", 0.41, 0.80),
    ),
    _target(
        "T4", "law-enforcement share", "UNODC: 0.28 as the upper end",
        "staff of police and border force, proactive investigation and trust set it",
        Quantity("share of the identified through police, border force or investigation", "0.20", 0.08, 0.30),
    ),
    _target(
        "T5", "overlap of records", "computed from data and a simulation",
        "the share on two lists follows the share found: where T2 is missed, so is its part of this",
        Quantity("share of the identified on two lists or more, as in T1", "0.02", 0.00, 0.04),
        Quantity("share of the identified on two lists or more, as in T2", "0.07", 0.05, 0.17),
    ),
    _target(
        "T6", "funding rank", "report section 6: 18 % of what was budgeted; US$5.8, 214.6 and 398.7 million in 2023",
        "donors' beliefs and the requirement set the level of coverage",
        Quantity("coverage of anti-trafficking work, years 2-5", "0.18", 0.10, 0.28),
        Quantity("coverage over the lowest of the other sectors", "< 1", 0.0, 1.0),
        Quantity("gender-based violence : trafficking, coded money", "37", 20.0, 60.0),
        Quantity("child protection : trafficking, coded money", "69", 40.0, 110.0),
    ),
    _target(
        "T7", "awareness moves money, not detection", "report N8-N12 (share of funding), N29 (identifications)",
        "the onset takes away fewer of those who find and are found than it adds to those who are exploited; or media "
        "attention moves only money that is quick",
        Quantity("share of money committed, 24 months from the shock : 12 before", "3.9", 2.0, 6.0),
        Quantity("identified per month, months 11-13 after the shock, against the 12 before", "+0 %", -0.25, 0.20),
    ),
    _target(
        "T8", "onset dip", "IOM Ukraine: 132 against 275 assisted",
        "what the onset takes away from those who find and are found does not outweigh the newcomers",
        Quantity("identified in the first quarter after onset : quarter before", "0.48", 0.3, 0.8),
    ),
    _target(
        "T9", "a capacity shock is read as a fall", "UNODC on 2020 (COVID-19); size of the cut assumed",
        "self-reports and queues dampen a cut, and the scenario's own trend is a part of what follows it",
        Quantity("detections in a year with a quarter less capacity, against no cut", "-11 %", -0.20, -0.05),
        Quantity("convictions in that year, against no cut", "-27 %", -0.45, -0.15),
        Quantity("detections 24 months after the cut's beginning : year before the cut", "recovered", 0.95, 1.15),
    ),
    _target(
        "T10", "attention decays", "news articles 0.13 at 7 months, social interactions 0.04 at 3 months",
        "the half-lives of attention set it",
        Quantity("attention 7 months after the shock : peak", "0.13", 0.03, 0.20), kind="consistency check",
    ),
    _target(
        "T11", "training fades", "trials: Lee about 0, Tatel and Ackerman about 0.5",
        "half-life of skill and turnover set it",
        Quantity("share of training left after 6 months without refresher", "0.25", 0.0, 0.55),
        kind="consistency check",
    ),
    _target(
        "T12", "trust erodes without a back end", "report M36 for the direction; size assumed",
        "gain and loss of trust for each referral set it",
        Quantity("trust after 12 months without back end : before", "<= 0.6", 0.0, 0.6),
        Quantity("trust after 12 months with a full back end : before", ">= 0.9", 0.9, math.inf),
        Quantity("gap between the two", ">= 0.3", 0.3, math.inf),
    ),
    _target(
        "T13", "justice funnel", "UNODC, TIP report", "",
        Quantity("convictions / identified", "0.06", 0.02, 0.12),
        Quantity("suspects / identified", "0.5-1.0", 0.5, 1.0),
    ),
    _target(
        "T14", "who is seen", "computed: detected cases against the estimated stock",
        "take-up inside gender-based violence and child protection is one of several filters",
        Quantity("odds ratio female : male, identified against truly exploited", "2.1", 1.4, 3.2),
        Quantity("odds ratio sexual : other, identified against truly exploited", "2.0", 1.4, 3.2),
    ),
    _target(
        "T15", "money does not follow prevalence", "UNU for the direction; Frot and Santiso 2009 for donors' moves",
        "donors who read the same case counts follow prevalence where responders are equally able, and move together",
        Quantity("Spearman correlation of funding and true prevalence, 12 crises", "0.2", -0.2, 0.5),
        Quantity("donors' moves in the same direction (0.5 is independent)", "0.61", 0.55, 0.68),
    ),
    _target(
        "a", "hot stove: most worlds believe too little", "learning from what is found only",
        "a prior well above the truth, or a small share of the weight on counts, keeps beliefs up",
        Quantity("median of believed / true prevalence over worlds", "< 0.5", 0.0, 0.5),
        Quantity("skewness of believed / true prevalence over worlds", "> 0", 0.0, math.inf),
    ),
    _target(
        "b", "donors who correct for capacity end the loop", "logic of the cycle",
        "belief still depends on money by another way than the capacity to find cases",
        Quantity("believed / true: high against low money, naivety 0", "0 %", -0.02, 0.02),
    ),
    _target(
        "c", "self-reports weaken the loop", "logic of the cycle",
        "cases that come forward by themselves should make belief depend less on money",
        Quantity("spread of belief over money: self-reports doubled : as they are", "< 1", 0.0, 1.0),
    ),
    _target(
        "d", "after a cut, counts stay down and harm returns", "pattern known from malaria and sleeping sickness",
        "what money built drains slowly, or success had hardly lowered the incidence",
        Quantity("identified in the second year after a cut of all money : no cut", "< 1", 0.0, 1.0),
        Quantity("identified in the third year after it : no cut", "< 1", 0.0, 1.0),
        Quantity("newly trafficked in the third year after it : no cut", ">= 1", 1.0, math.inf),
    ),
    _target(
        "e", "low detection and low prevalence look alike", "logic of the cycle",
        "the two worlds could not be given the same case counts, or surveys of this size cannot tell them apart",
        Quantity("case counts, low detection : truly low", "1", 0.95, 1.05),
        Quantity("survey estimate, low detection : truly low", "> 1", 1.0, math.inf),
    ),
    _target(
        "f", "half a year of training, no back end: a rise, then a fall", "report M36: trust that was disappointed",
        "where the queue is full it goes on answering at capacity, so that lost trust takes away only what would lapse",
        Quantity("identified in the 6 months of training : no training, best set", "> 1", 1.0, math.inf),
        Quantity("identified in months 13-18 after its beginning : no training, same set", "< 1", 0.0, 1.0),
    ),
    _target(
        "g", "conservation", "every person in one state, every cent in one place",
        "a fault of the model: please report it",
        Quantity("rows of the monthly tables in which people or cents do not add up", "0", 0.0, 0.0),
    ),
)  # fmt: skip
"""Targets T1 to T15 and checks a to g, in order. The targets' numbers are those of the evidence table."""
