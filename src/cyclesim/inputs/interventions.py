"""interventions.yaml: the recommendations and promising practices of the report, as changes one can simulate."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from cyclesim.errors import ParametersError, UnknownNameError, did_you_mean
from cyclesim.inputs import entries, paths
from cyclesim.inputs.parts import Amount, Number, Part, Recommendation, Share, Text
from cyclesim.inputs.quantity import Interval
from cyclesim.inputs.shifts import AS_LIST, VERBS

_FILE = Path(__file__).with_name("interventions.yaml")
_OVERLAP = r"additive|independent|nested in [RP][0-9]{1,2}"
Sentence = Annotated[Text, Field(min_length=1)]


class Changes(Part):
    """What an intervention changes: numbers by path, where ``*`` stands for every name at its place."""

    set: dict[str, Number] = Field(default_factory=dict)
    """Paths and their new values."""
    scale: dict[str, Amount] = Field(default_factory=dict)
    """Paths and the factors on their values."""
    add: dict[str, Number] = Field(default_factory=dict)
    """Paths and the amounts added to their values."""
    close: dict[str, Share] = Field(default_factory=dict)
    """Paths of shares, and the part of what is left between each and its upper bound that is closed."""

    @property
    def touched(self) -> list[str]:
        """Paths, in the order of the file."""
        return [path for verb in VERBS for path in getattr(self, verb)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.touched:
            raise ValueError(f"changes nothing; give it {AS_LIST}")
        for path in self.touched:
            _check_path(path)
        for path, value in self.set.items():
            if complaint := paths.complaint_about(path, value):
                raise ValueError("; ".join(complaint))
        for path in self.close:
            if complaint := paths.no_gap_at(path):
                raise ValueError("; ".join(complaint))
        return self


class Cost(Part):
    """What an intervention costs."""

    value: Amount
    """US dollars of 2023 per month and million people in need."""
    grade: Literal["report", "literature", "computed", "assumption"]
    """How well it is known, as in parameters.yaml."""
    reckoned: Sentence
    """How it was worked out, in one line."""


class Overlap(Part):
    """What happens where this intervention meets others."""

    rule: Annotated[str, Field(pattern=f"^({_OVERLAP})$")]
    """``additive``: effects add up; ``independent``: factors multiply; ``nested in R9``: R9 contains this one."""
    why: Sentence
    """Reason, in one line."""


class Entry(Part):
    """One recommendation (R) or promising practice (P) of the report."""

    id: Recommendation
    """Id in the evidence table, such as R9 or P4."""
    title: Sentence
    """What it is, in our words."""
    words: Sentence
    """A few words of the report."""
    section: Sentence
    """Where they stand in the report."""
    changes: Changes | None = None
    """What it changes; absent where it is not built."""
    ramp: Annotated[int, Field(ge=0, le=1200)] = 0
    """Months over which it builds up."""
    size: Interval = (0.5, 1.5)
    """Range of the factor on its whole size that draws may use (`size` of an intervention)."""
    cost: Cost | None = None
    """What it costs; absent where it is not built."""
    overlap: Overlap | None = None
    """How it meets others; absent where it is not built."""
    note: Text = ""
    """What the model's levers leave out, in one line."""
    reason: Text = ""
    """Why it is not built."""

    @field_validator("words")
    @classmethod
    def _short(cls, words: str) -> str:
        if len(words.split()) > 12:
            raise ValueError("must be a short quotation; keep at most 12 words")
        return words

    @field_validator("size")
    @classmethod
    def _around_one(cls, size: Interval) -> Interval:
        if not 0 <= size[0] < 1 < size[1] <= 10:
            raise ValueError("must be two numbers with 1 between them; write [0.5, 1.5], within 0 and 10")
        return size

    @model_validator(mode="after")
    def _built_or_explained(self) -> Self:
        parts = (self.changes, self.cost, self.overlap)
        if self.reason and any(part is not None for part in parts):
            raise ValueError("has both a reason why it is not built and changes; keep one of them")
        if not self.reason and any(part is None for part in parts):
            raise ValueError("is incomplete; give it changes, cost and overlap, or the reason why it is not built")
        return self

    @property
    def built(self) -> bool:
        """Whether it can be simulated."""
        return self.changes is not None

    @property
    def order(self) -> tuple[bool, int]:
        """Key that sorts R1 to R24 before P1 to P18."""
        return self.id[0] != "R", int(re.sub(r"\D", "", self.id))


@cache
def catalogue() -> dict[str, Entry]:
    """Return the recommendations R1-R24 and practices P1-P18 of the report by id, in this order.

    Raises
    ------
    ParametersError
        If interventions.yaml is wrong; the message names its lines.
    """
    return read(_FILE)


def read(path: Path) -> dict[str, Entry]:
    """Read a catalogue, strictly."""
    found = entries.read(path, Entry, "id")
    for entry in found.values():
        _, _, outer = (entry.overlap.rule if entry.overlap else "").partition("nested in ")
        if outer and (outer == entry.id or outer not in found or not found[outer].built):
            raise ParametersError([entries.problem(path, (entry.id, "overlap", "rule"), f"{outer!r} is not built")])
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def entry(name: str) -> Entry:
    """Return one entry of the catalogue.

    Raises
    ------
    UnknownNameError
        If there is none of that id.
    """
    known = catalogue()
    if name.upper() not in known:
        raise UnknownNameError(f"no recommendation or practice {name!r}; {did_you_mean(name, known)}")
    return known[name.upper()]


def _check_path(path: str) -> None:
    try:
        paths.bounds(path)
    except KeyError:
        raise ValueError(f"a dated change cannot touch {path!r}; see docs/design.md") from None
    if path.removeprefix("parameters.") in paths.READ_ONCE:
        raise ValueError(f"{path!r} is read once, at the beginning; choose a number that is read every month")
