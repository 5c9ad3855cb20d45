"""A study: what is asked of which scenarios, as one file. A sweep carries it out, or an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, ValidationInfo, field_validator

from cyclesim.errors import Problem, ScenarioError, StudyError, UnknownNameError
from cyclesim.inputs import explain, files, reading, shipped
from cyclesim.inputs.parts import Part, Question, Text, Title
from cyclesim.inputs.reading import EMPTY, Document, Key
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.tables import MAX_TABLE_BYTES, columns
from cyclesim.vocabulary import Payer

MAX_RUNS = 10**9
_READS = {
    "lhs": ("draws", "seed", "quantities"),
    "sobol": ("draws", "seed", "quantities"),
    "saltelli": ("draws", "seed", "quantities"),
    "morris": ("trajectories", "seed", "quantities", "levels"),
    "grid": ("quantities",),
    "table": ("file",),
}
"""What each method reads of a design: the first it needs."""
_UNCOUNTED = ("name", "title", "question", "sources", "experiment")
"""What determines no run of a sweep."""


def _blocks(value: Any) -> Any:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


def _named(value: Any) -> Any:
    return dict.fromkeys(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value


Blocks = Annotated[list[Annotated[int, Field(ge=1, le=MAX_RUNS)]], BeforeValidator(_blocks), Field(min_length=1)]
Numbers = Annotated[list[float], Field(min_length=1, max_length=100_000)]


class Draws(Part):
    """How the uncertain quantities are drawn."""

    method: Literal["lhs", "sobol", "saltelli", "morris", "grid", "table"]
    """Latin hypercube, Sobol sequence, Saltelli's sample, Morris trajectories, full grid, or a table of one's own."""
    draws: Blocks | None = None
    """lhs, sobol: number of draws; a list where draws were added later, each block a Latin hypercube.

    saltelli: size of each of its two base samples; there are as many draws times two more than quantities.
    """
    trajectories: Blocks | None = None
    """morris: number of trajectories, each of one draw more than there are quantities; a list as for draws."""
    levels: Annotated[int, Field(ge=2, le=1000)] = 4
    """morris: levels of each quantity, an even number."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of the draws; it has nothing to do with the luck of the worlds."""
    quantities: Annotated[dict[str, Numbers | None] | None, BeforeValidator(_named)] = None
    """What is drawn: parameters, or dotted paths of the scenarios.

    A list of names, or a mapping to [low, high] (nothing: its own range); for a grid to the values. If absent, every
    parameter with a range that no scenario states.
    """
    file: Annotated[str, Field(min_length=1)] | None = None
    """table: CSV file beside the study, a column for each quantity, a row for each draw."""
    table: dict[str, list[float]] | None = None
    """What the file holds; not written in a study."""


class Arms(Part):
    """What an experiment makes of a study: the first scenario is its baseline, the others are its arms."""

    paid_by: Annotated[Payer, Field(strict=False)] = Payer.OUTSIDE
    """Who pays for interventions; where donors do, all arms are carried out to one share."""
    reading: Literal["effects", "joint", "best", "rise"] = "effects"
    """What is read beside the effect of each arm.

    ``joint``: the last arm against the sum of the arms in ``joint``; ``best``: the arm with the least exploitation,
    and whether it lies between the others; ``rise``: identifications a year after the media shock against the year
    before it.
    """
    joint: list[Text] = Field(default_factory=list)
    """Arms that the last arm joins."""
    note: Text = ""
    """What must be known to read it, in sentences."""


class Study(Part):
    """What is asked of which scenarios. Load one with :func:`load_study`."""

    name: Annotated[str, Field(min_length=1)]
    """Stem of the file."""
    title: Title
    """Title."""
    question: Question
    """The question it answers, in one sentence that ends with a question mark."""
    sources: Annotated[list[Text], Field(max_length=200)] = Field(default_factory=list)
    """Where its choices come from."""
    scenarios: Annotated[list[Text], Field(min_length=1, max_length=1000)]
    """Names of shipped scenarios, or files relative to the study; the first is the baseline."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of the luck."""
    replications: Annotated[int, Field(ge=1, le=MAX_RUNS)] = 1
    """Worlds for each draw."""
    luck: Literal["own", "shared"] = "own"
    """Whether every draw has luck of its own, or replication r the same luck in all draws."""
    twin: bool = False
    """Whether people are expected numbers, without luck."""
    design: Draws | None = None
    """The draws; without one, the defaults are simulated."""
    measures: list[str] | Literal["all"] | None = None
    """Totals kept of each run: names, ``all``, or the usual ones if absent."""
    monthly: list[str] = Field(default_factory=list)
    """Measures kept month by month as well."""
    until: str | None = None
    """Stop rule: how precise a paired difference must be."""
    most: Annotated[int, Field(ge=1, le=MAX_RUNS)] = 1000
    """Replications at most, with a stop rule."""
    experiment: Arms | None = None
    """How `cyclesim experiment` reads it; a sweep simulates the scenarios as they stand in their files."""

    _document: Document = PrivateAttr(default=EMPTY)
    _folder: Path = PrivateAttr(default=Path())

    @field_validator("experiment")
    @classmethod
    def _has_its_arms(cls, value: Arms | None, info: ValidationInfo) -> Arms | None:
        arms = info.data.get("scenarios", ["", ""])[1:]
        if value is None:
            return None
        if not arms or info.data.get("design") is not None:
            raise ValueError("an experiment has a baseline, one arm or more, and no design")
        if (value.reading == "joint") != bool(value.joint) or not set(value.joint) <= set(arms[:-1]):
            raise ValueError("joint names the arms that the last arm joins, for the reading 'joint' and no other")
        return value

    def load_scenarios(self) -> list[Scenario]:
        """Load the scenarios; StudyError holds what is wrong in the study and in them."""
        loaded, found = [], []
        for number, name in enumerate(self.scenarios):
            key = ("scenarios", str(number))
            try:
                loaded.append(files.load(files.relative(name, self._folder / "study")))
            except ScenarioError as error:
                found += [self.problem(key, "this scenario cannot be loaded", "mend what follows", name)]
                found += error.problems
            except UnknownNameError as error:
                found.append(self.problem(key, str(error)))
        if found:
            raise StudyError(found)
        return loaded

    def problem(self, key: Key, message: str, way_out: str = "", value: Any = None) -> Problem:
        """Return a problem at a place of the study's file."""
        return self._document.problem(key, message, way_out, value)

    def place_of(self, quantity: str) -> Key:
        """Return where a quantity of the design stands, in a list or a mapping, or the table that has it."""
        if self.design is not None and self.design.method == "table":
            return ("design", "file")
        written = self._document.data.get("design", {}).get("quantities")
        key = str(written.index(quantity)) if isinstance(written, list) and quantity in written else quantity
        return ("design", "quantities", key)

    def resolved(self) -> dict[str, Any]:
        """Return what determines its runs as JSON types: all but its name, its texts, and where a table is."""
        data: dict[str, Any] = self.model_dump(mode="json", exclude=set(_UNCOUNTED))
        if data["design"]:
            del data["design"]["file"]
        return data

    def with_size(self, draws: int | None = None, replications: int | None = None) -> Self:
        """Return the study with more draws or replications; what there is stays, draw for draw.

        Raises StudyError if there would be fewer of them, or draws of the method cannot be added.
        """
        update: dict[str, Any] = {}
        if replications is not None:
            self._refuse_fewer("replications", self.replications, replications)
            update["replications"] = replications
        if draws is not None:
            update["design"] = self._with_draws(draws)
        return self.model_copy(update=update)

    def with_more(
        self, measures: Sequence[str] = (), monthly: Sequence[str] = (), scenarios: Sequence[str] = ()
    ) -> Self:
        """Return the study with further totals, measures by month and scenarios, after those it has.

        Totals that a study leaves to the usual ones must have been named: pass a study whose ``measures`` are a list.
        """
        update: dict[str, Any] = {"scenarios": [*self.scenarios, *scenarios]}
        update["monthly"] = list(dict.fromkeys([*self.monthly, *monthly]))
        if isinstance(self.measures, list):
            update["measures"] = list(dict.fromkeys([*self.measures, *measures]))
        return self.model_copy(update=update)

    def with_until(self, until: str) -> Self:
        """Return the study with another stop rule."""
        return self.model_copy(update={"until": until})

    def _with_draws(self, draws: int) -> Draws:
        design = self.design
        if design is None or design.method in ("grid", "table", "saltelli"):
            what = "it has no design" if design is None else f"the draws of a {design.method} are what its file says"
            way_out = "ask for more replications, or begin a new sweep with more draws"
            raise StudyError([self.problem(("design",), f"draws cannot be added: {what}", way_out)])
        field = "trajectories" if design.method == "morris" else "draws"
        blocks: list[int] = getattr(design, field)
        now = sum(blocks)
        self._refuse_fewer(field, now, draws)
        return design.model_copy(update={field: [*blocks, draws - now] if draws > now else blocks})

    def _refuse_fewer(self, what: str, now: int, asked: int) -> None:
        if asked < now:
            message = f"there are {now:,} {what} already, so there cannot be {asked:,}"
            raise StudyError([self.problem((what,), message, "ask for at least as many, or begin a new sweep")])


def load_study(name_or_path: str | Path) -> Study:
    """Load a study: a file if ``.yaml`` or a slash is in its name, else a shipped one.

    Raises
    ------
    StudyError
        With every problem of the file and of its table.
    UnknownNameError
        If there is no shipped study of that name.
    """
    path = files.locate(name_or_path, shipped.study)
    try:
        document = reading.read(path, str(path))
    except ScenarioError as error:
        raise StudyError(error.problems) from None
    if {"crises", "extends"} & set(document.data) and "scenarios" not in document.data:
        way_out = f"write a study whose scenarios hold {path}; see cyclesim schema --study"
        raise StudyError([document.problem((), "this is a scenario, not a study", way_out)])
    data, found = _with_table(document, path.parent)
    found = _method(document) + found
    if "name" in document.data:
        way_out = "a study is named after its file"
        found.insert(0, document.problem(("name",), "no such key 'name'", way_out, at_key=True))
    try:
        study = Study.model_validate({**data, "name": path.stem})
    except ValidationError as error:
        found = explain.problems(error, document, Study) + found
    if found:
        raise StudyError(sorted(found, key=lambda problem: (problem.file != str(path), problem.line, problem.column)))
    study._document, study._folder = document, path.parent
    return study


def is_study(file: str) -> bool:
    """Return whether a YAML file is a study and no scenario: it names scenarios and has no crises."""
    path = Path(file)
    try:
        data = reading.read(path).data if path.is_file() else {}
    except ScenarioError:
        return False
    return "scenarios" in data and not {"crises", "extends"} & set(data)


def _method(document: Document) -> list[Problem]:
    """Return what a design lacks for its method, and what it has that the method does not read."""
    design = document.data.get("design")
    method = design.get("method") if isinstance(design, dict) else None
    if not isinstance(design, dict) or not isinstance(method, str) or method not in _READS:
        return []
    found, need = [], _READS[method][0]
    if design.get(need) is None:
        message, way_out = f"is missing: {method} needs it", f"add a line {need}: ..."
        found.append(document.problem(("design", need), message, way_out, at_key=True))
    for key in design:
        if key in Draws.model_fields and key not in ("method", *_READS[method]):
            readers = [name for name, keys in _READS.items() if key in keys]
            way_out = f"delete it, or take {' or '.join(readers)}" if readers else "name a CSV file under file"
            found.append(document.problem(("design", key), f"has no meaning for {method}", way_out, at_key=True))
    levels = design.get("levels")
    if isinstance(levels, int) and levels % 2:
        found.append(document.problem(("design", "levels"), "must be an even number", "take 4", levels))
    return found


def _with_table(document: Document, folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the data with the CSV file of a table read into it."""
    design = document.data.get("design")
    name = design.get("file") if isinstance(design, dict) and design.get("method") == "table" else None
    if not isinstance(name, str):
        return document.data, []
    key, path = ("design", "file"), folder / name
    try:
        if reading.size(path) > MAX_TABLE_BYTES:
            return document.data, [document.problem(key, f"is larger than {MAX_TABLE_BYTES // 10**6} MB", "", name)]
        text = reading.decode(path.read_bytes(), str(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return document.data, [document.problem(key, f"cannot be read: {reason}", "it is relative to the study", name)]
    except ScenarioError as error:
        return document.data, list(error.problems)
    table, found = columns(text, str(path))
    assert isinstance(design, dict)  # it has a file
    return {**document.data, "design": {**design, "table": table}}, found
