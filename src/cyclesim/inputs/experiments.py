"""experiments.yaml: the experiments the evidence asks for, each a baseline and scenarios to hold against it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cyclesim.errors import UnknownNameError, did_you_mean
from cyclesim.inputs import entries
from cyclesim.inputs.parts import Part, Text
from cyclesim.vocabulary import Payer

_FILE = Path(__file__).with_name("experiments.yaml")
Sentence = Annotated[Text, Field(min_length=1)]


class Experiment(Part):
    """One experiment."""

    name: Sentence
    """Name, as it is typed."""
    number: Annotated[int, Field(ge=1)]
    """Its place in the list of experiments that the evidence asks for."""
    title: Sentence
    """Title."""
    question: Sentence
    """The question, in one sentence."""
    baseline: Sentence
    """Scenario that the arms are held against."""
    arms: Annotated[list[Sentence], Field(min_length=1)]
    """Scenarios, in order."""
    paid_by: Annotated[Payer, Field(strict=False)] = Payer.DONORS
    """Who pays for interventions; by donors, all arms are carried out to one share."""
    reading: Literal["effects", "joint", "best", "rise"] = "effects"
    """What is read beside the effect of each arm.

    ``joint``: the last arm against the sum of the arms in ``joint``; ``best``: the arm with the least exploitation,
    and whether it lies between the others; ``rise``: identifications a year after the media shock against the year
    before it.
    """
    joint: list[Sentence] = Field(default_factory=list)
    """Arms that the last arm joins."""
    note: Text = ""
    """What it leaves out."""

    @model_validator(mode="after")
    def _joins_its_arms(self) -> Self:
        if (self.reading == "joint") != bool(self.joint) or not set(self.joint) <= set(self.arms[:-1]):
            raise ValueError("joint names the arms that the last arm joins, for the reading 'joint' and no other")
        return self


@cache
def experiments() -> dict[str, Experiment]:
    """Return the experiments by name, in the order of the evidence.

    Raises
    ------
    ParametersError
        If experiments.yaml is wrong; the message names its lines.
    """
    found = entries.read(_FILE, Experiment, "name")
    return dict(sorted(found.items(), key=lambda item: item[1].number))


def experiment(name: str) -> Experiment:
    """Return one experiment.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    known = experiments()
    if name not in known:
        raise UnknownNameError(f"no experiment {name!r}; {did_you_mean(name, known)}")
    return known[name]
