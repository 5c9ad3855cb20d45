"""The report's 22 claims: what the default world shows of each, and how that is read.

Rules stand in words in claims.toml, and here as code: our reading. A verdict is no test of the report, and no estimate.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cyclesim.analysis.plain import finite

Numbers = Mapping[str, float]
Rule = Callable[[Numbers], bool]


class ClaimVerdict(StrEnum):
    """What the model says of a claim."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    SILENT = "silent"


@dataclass(frozen=True)
class Claim:
    """A claim of the report in a few words of ours."""

    id: str  # C1 to C22
    section: str
    words: str
    rule: str  # how numbers are read, in words; whatever neither agrees nor contradicts is silent
    open: bool = False  # put in by hand, so that nothing can be read


@dataclass(frozen=True)
class Examined:
    """A claim with what was measured for it: numbers by what they are, and how they are read."""

    claim: Claim
    shown: Mapping[str, float]
    verdict: ClaimVerdict

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types; what has no value is None."""
        return {**asdict(self.claim), "shown": finite(dict(self.shown)), "verdict": str(self.verdict)}


@cache
def claims() -> tuple[Claim, ...]:
    """Return the claims, in order."""
    text = Path(__file__).with_name("claims.toml").read_text(encoding="utf-8")
    return tuple(Claim(id_, **entry) for id_, entry in tomllib.loads(text).items())


def read(claim: Claim, shown: Numbers) -> ClaimVerdict:
    """Return how numbers are read by the rule of a claim; silent where one of those it needs has no value."""
    if claim.open:
        return ClaimVerdict.SILENT
    agrees, contradicts = _RULES[claim.id]
    if agrees(shown):
        return ClaimVerdict.AGREES
    return ClaimVerdict.CONTRADICTS if contradicts(shown) else ClaimVerdict.SILENT


_RULES: dict[str, tuple[Rule, Rule]] = {
    "C1": (lambda n: n["lost without money"] >= 0.10, lambda n: n["lost without money"] < 0.02),
    "C2": (lambda n: n["detected : true"] < 0.1, lambda n: n["detected : true"] > 0.5),
    "C3": (lambda n: n["believed : true"] < 0.8, lambda n: n["believed : true"] >= 1.0),
    "C4": (lambda n: n["US$ a head"] < 0.03 and n["years 8-10 : 1-3"] < 1.1, lambda n: n["years 8-10 : 1-3"] >= 1.5),
    "C5": (
        lambda n: n["cost of a cut : the cut"] >= 1.1 and n["gain"] >= 0.1,
        lambda n: n["cost of a cut : the cut"] < 1.02 and n["gain"] < 0.02,
    ),
    "C6": (lambda n: n["share who came forward"] >= 2 / 3, lambda n: n["share who came forward"] < 0.5),
    "C8": (lambda n: n["share answered"] < 0.5, lambda n: n["share answered"] >= 0.75),
    "C9": (lambda n: n["without : with"] <= 0.8, lambda n: n["without : with"] > 0.95),
    "C10": (lambda n: n["share trained"] < 0.5, lambda n: n["share trained"] > 0.5),
    "C12": (
        lambda n: n["formally identified"] < 0.5 and n["convictions"] < 0.2,
        lambda n: n["formally identified"] >= 0.5 and n["convictions"] >= 0.2,
    ),
    "C13": (lambda n: n["sectors with less"] == 0, lambda n: n["sectors with less"] > 0),
    "C14": (lambda n: n["after : before"] >= 1.25, lambda n: n["after : before"] < 1.02),
    "C15": (
        lambda n: n["money, after : before"] >= 1.5 and -0.25 <= n["published, change"] <= 0.20,
        lambda n: n["money, after : before"] < 1.02 or n["published, change"] > 0.5,
    ),
    "C16": (lambda n: n["Ukraine : unseen crisis"] >= 2.0, lambda n: n["Ukraine : unseen crisis"] < 1.02),
    "C17": (
        lambda n: _helps(n) and n["training alone adds"] < 0.5 * n["it adds beside a back end"],
        lambda n: _helps(n) and n["training alone adds"] >= 0.9 * n["it adds beside a back end"],
    ),
    "C18": (lambda n: n["share of years"] < 0.2, lambda n: n["share of years"] > 0.5),
    "C20": (
        lambda n: min(n["female : male"], n["sexual : other"]) >= 1.25,
        lambda n: max(n["female : male"], n["sexual : other"]) <= 1.0,
    ),
    "C21": (
        lambda n: (
            (n["months sooner"] >= 1 or n["identified, change"] >= 0.01)
            and not (n["months sooner"] < 0 or n["identified, change"] < -0.001 or n["person-months, change"] > 0.001)
        ),
        lambda n: n["months sooner"] < 0 or n["identified, change"] <= -0.01,
    ),
}
"""For each claim that can be read: when the model agrees, and when it contradicts."""


def _helps(n: Numbers) -> bool:
    return n["it adds beside a back end"] >= 0.01 * n["identified beside a back end"]
