"""A scenario: everything a run needs besides luck, as one frozen value."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from cyclesim import cell
from cyclesim.errors import Problem, ScenarioError, UnknownNameError, did_you_mean
from cyclesim.inputs import checks, dates, explain, interventions, paths
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.parts import Change, Crisis, Donor, Intervention, Month, Name, Part, Question, Sector, Text, Title
from cyclesim.inputs.quantity import as_floats
from cyclesim.inputs.reading import Document
from cyclesim.inputs.schedule import Schedule
from cyclesim.vocabulary import Payer

TEXT = ("title", "question", "sources", "caveat")
"""Fields that are read by people only: they are not part of the hash and no difference between scenarios."""

_FALLS_BACK = {"trained": "initial_trained", "lines": "line_mix"}


class Scenario(BaseModel):
    """A scenario with `extends` merged, CSV files read and defaults filled.

    Build one with :func:`cyclesim.load`, :meth:`with_values` or :meth:`parse`: besides types they check
    references, dates and bounds. Mappings are sorted by name: the order in files has no effect.
    """

    model_config = Part.model_config

    only_in_files: ClassVar = ("extends", "budgets_from")

    name: Annotated[str, Field(min_length=1, exclude=True)]
    """Stem of the file."""
    title: Title
    """Title."""
    question: Question
    """The question it answers, in one sentence that ends with a question mark."""
    caveat: Annotated[str, Field(max_length=500)] = ""
    """What must be said whenever its results are shown."""
    sources: Annotated[list[Text], Field(max_length=200)] = []
    """Where its numbers come from."""
    start: Month
    """First reported month."""
    months: Annotated[int, Field(ge=1, le=1200)]
    """Number of reported months."""
    spin_up: Annotated[int, Field(ge=0, le=240)] = 0
    """Months simulated before start and not reported."""
    price_year: Annotated[int, Field(ge=1900, le=2300)] = 2023
    """Year of the US dollars in which money is stated."""
    parameters: Annotated[dict[str, Any], AfterValidator(as_floats)] = {}
    """Overrides of parameters.yaml, by name."""
    sectors: Annotated[dict[Name, Sector], Field(max_length=1_000)] = {}
    """What competes for the donors' money, by name."""
    donors: Annotated[dict[Name, Donor], Field(max_length=5_000)] = {}
    """Donors by name."""
    crises: Annotated[dict[Name, Crisis], Field(min_length=1, max_length=100)]
    """Crises by name."""
    changes: Annotated[dict[Name, Change], Field(max_length=5_000)] = {}
    """Dated changes by name."""
    interventions: Annotated[dict[Name, Intervention], Field(max_length=5_000)] = {}
    """Interventions by name."""
    interventions_paid_by: Annotated[Payer, Field(strict=False)] = Payer.OUTSIDE
    """Who pays for interventions: ``outside`` adds their cost to donors' money, ``donors`` takes it from that money."""

    @classmethod
    def parse(cls, data: Mapping[str, Any], name: str = "scenario") -> Self:
        """Return the scenario that plain data (a file without `extends`) describe; ScenarioError has every problem."""
        scenario, problems = cls.examine(Document(_plain(data), {}), name)
        if scenario is None:
            raise ScenarioError(problems)
        return scenario

    @classmethod
    def examine(cls, document: Document, name: str) -> tuple[Self | None, list[Problem]]:
        """Return the scenario of a document and no problems, or None and all of them."""
        document, misused = interventions.expand_interventions(document)
        found, scenario = misused + checks.problems(document), None
        try:
            scenario = cls.model_validate({**_sorted(document.data), "name": name})
        except ValidationError as error:
            found = explain.problems(error, document, cls) + found
        if scenario is not None and not found:
            for path, month, *rest in Schedule(scenario).out_of_bounds():
                found.append(checks.out_of_bounds(document, path, dates.date(month, scenario.start), *rest))
        found.sort(key=lambda problem: (problem.file, problem.line, problem.column))
        return (None if found else scenario), found

    def resolved(self) -> dict[str, Any]:
        """Return everything but the name as JSON types, keys sorted; what is absent is left out."""
        return _sorted(self.model_dump(mode="json", by_alias=True, exclude_none=True))

    @cached_property
    def hash(self) -> str:
        """Twelve hexadecimal digits of everything but name, title, question and sources."""
        content = {key: value for key, value in self.resolved().items() if key not in TEXT}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return blake2b(text.encode(), digest_size=6).hexdigest()

    def _repr_html_(self) -> str:
        rows = [
            ["name", self.name],
            ["months", f"{self.months}, from {self.start}, after {self.spin_up} months of spin-up"],
            ["crises", ", ".join(self.crises)],
            ["donors", ", ".join(self.donors)],
            *(["parameter stated", f"{name}: {value}"] for name, value in self.parameters.items()),
            *(["change", f"{name}, from {change.from_}"] for name, change in self.changes.items()),
            *(["intervention", f"{name}, from {entry.from_}"] for name, entry in self.interventions.items()),
        ]
        beware = [self.caveat] if self.caveat else []
        return cell.as_html(self.title, [self.question], ["entry", "value"], rows, f"Hash {self.hash}", beware=beware)

    @property
    def stated(self) -> frozenset[str]:
        """Names of the parameters that the scenario sets itself: draws leave them as they are."""
        return frozenset(self.parameters)

    def parameter(self, name: str) -> Any:
        """Return the value of a parameter: the scenario's own, or the default."""
        if name in self.parameters:
            return self.parameters[name]
        if name not in parameters():
            raise UnknownNameError(f"no parameter {name!r}; {did_you_mean(name, parameters())}")
        return parameters()[name].value

    def parameter_values(self) -> dict[str, Any]:
        """Return the value of every parameter, by name."""
        return {name: self.parameter(name) for name in parameters()}

    def value(self, path: str) -> Any:
        """Return what stands at a dotted path, or the value of a parameter named alone.

        A donor's entry that is absent has the value of the parameter of the same name. Raises UnknownNameError.
        """
        head, _, leaf = path.rpartition(".")
        value = paths.find(self._entries, self._full(path))
        if value is None:
            fallback = _FALLS_BACK.get(leaf, leaf if head.startswith("donors.") else "")
            return self.parameter(fallback) if fallback in parameters() else None
        return value

    @cached_property
    def _entries(self) -> dict[str, Any]:
        return {**self.model_dump(by_alias=True), "parameters": self.parameter_values()}

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with other values, checked like a file.

        Parameters
        ----------
        values
            New values by dotted path, or by the name of a parameter alone; None removes an entry.

        Raises
        ------
        UnknownNameError
            If a path leads nowhere.
        ScenarioError
            If the result is not a scenario.
        """
        data = self.resolved()
        for path, value in values.items():
            holder, key = paths.holder_of(data, self._full(path))
            if value is None:
                holder.pop(key, None)
            else:
                holder[key] = _plain(value)
        return self.parse(data, self.name)

    def renamed(self, name: str) -> Self:
        """Return a copy of another name."""
        return self.model_copy(update={"name": name})

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Return the resolved scenario as YAML, and write it to ``path``; loaded back it is equal."""
        from ruamel.yaml import YAML

        yaml, stream = YAML(), io.StringIO()
        yaml.width, yaml.default_flow_style = 110, False
        yaml.dump(_tidy(self.model_dump(mode="json", by_alias=True, exclude_none=True)), stream)
        if path is not None:
            Path(path).write_text(stream.getvalue(), encoding="utf-8")
        return stream.getvalue()

    def _full(self, path: str) -> str:
        if "." in path or path in type(self).model_fields:
            return path
        if path in parameters():
            return f"parameters.{path}"
        options: Iterable[str] = [*parameters(), *type(self).model_fields]
        raise UnknownNameError(f"no parameter or entry {path!r}; {did_you_mean(path, options)}")


def _plain(value: Any) -> Any:
    """Return mappings with text keys, lists and Python numbers; numpy scalars and arrays become these."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def _tidy(value: Any) -> Any:
    """Return what a person would write: whole numbers without a decimal point, nothing that is empty."""
    if isinstance(value, dict):
        return {key: _tidy(entry) for key, entry in value.items() if entry not in ({}, [], "")}
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
