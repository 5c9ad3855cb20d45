"""interventions.yaml: the recommendations and promising practices of the report, as changes one can simulate.

A scenario `uses: R9`, and the entry is written out for it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from cyclesim.errors import ParametersError, Problem, UnknownNameError, did_you_mean
from cyclesim.inputs import dates, paths, reading
from cyclesim.inputs.parameters import parameters, read_entries
from cyclesim.inputs.parts import Amount, Number, Part, Recommendation, Setting, Share, Text
from cyclesim.inputs.quantity import Interval, is_number
from cyclesim.inputs.reading import Document, Key
from cyclesim.inputs.shifts import AS_LIST, VERBS, weakened

_FROM_CATALOGUE = (*VERBS, "cost", "recommendation")
_OVERLAP = r"additive|independent|nested in [RP][0-9]{1,2}"
Sentence = Annotated[Text, Field(min_length=1)]


class Changes(Part):
    """What an intervention changes, as in `parts.Change`; in a path ``*`` stands for every name at its place."""

    set: dict[str, Number] = Field(default_factory=dict)
    scale: dict[str, Amount] = Field(default_factory=dict)
    add: dict[str, Number] = Field(default_factory=dict)
    close: dict[str, Share] = Field(default_factory=dict)

    @property
    def touched(self) -> list[str]:
        """Paths, in the order of the file."""
        return [path for verb in VERBS for path in getattr(self, verb)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.touched:
            raise ValueError(f"changes nothing; give it {AS_LIST}")
        for path in self.touched:
            try:
                paths.bounds(path)
            except KeyError:
                raise ValueError(f"a dated change cannot touch {path!r}; see docs/design.md") from None
            if path.removeprefix("parameters.") in paths.READ_ONCE:
                raise ValueError(f"{path!r} is read once, at the beginning; choose a number that is read every month")
        complaints = [paths.complaint_about(path, value) for path, value in self.set.items()]
        for complaint in filter(None, complaints + [paths.no_gap_at(path) for path in self.close]):
            raise ValueError("; ".join(complaint))
        return self


class Cost(Part):
    """What an intervention costs."""

    value: Amount  # US dollars of 2023 per month and million people in need
    grade: Literal["report", "literature", "computed", "assumption"]  # how well it is known, as in parameters.yaml
    reckoned: Sentence  # how it was worked out, in one line


class Overlap(Part):
    """What happens where this intervention meets others."""

    # additive: effects add up; independent: factors multiply; nested in R9: R9 contains this one
    rule: Annotated[str, Field(pattern=f"^({_OVERLAP})$")]
    why: Sentence  # reason, in one line


class Entry(Part):
    """One recommendation (R) or promising practice (P) of the report."""

    id: Recommendation  # id in the evidence table, such as R9 or P4
    title: Sentence  # what it is, in our words
    words: Sentence  # a few words of the report
    section: Sentence  # where they stand in the report
    changes: Changes | None = None  # what it changes; absent where it is not built
    ramp: Annotated[int, Field(ge=0, le=1200)] = 0  # months over which it builds up
    size: Interval = (0.5, 1.5)  # range of the factor on its whole size that draws may use (`size` of an intervention)
    cost: Cost | None = None  # what it costs; absent where it is not built
    overlap: Overlap | None = None  # how it meets others; absent where it is not built
    note: Text = ""  # what the model's levers leave out, in one line
    reason: Text = ""  # why it is not built

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


@cache
def catalogue() -> dict[str, Entry]:
    """Return the recommendations R1-R24 and practices P1-P18 of the report by id, in this order."""
    return read_interventions(Path(__file__).with_name("interventions.yaml"))


def read_interventions(path: Path) -> dict[str, Entry]:
    """Read a catalogue, strictly; R1 to R24 come before P1 to P18."""
    found = read_entries(path, Entry, "id")
    for entry in found.values():
        _, _, outer = (entry.overlap.rule if entry.overlap else "").partition("nested in ")
        if outer and (outer == entry.id or outer not in found or not found[outer].built):
            document = reading.read(path, path.name)
            raise ParametersError([document.problem((entry.id, "overlap", "rule"), f"{outer!r} is not built")])
    return {
        name: found[name] for name in sorted(found, key=lambda name: (name[0] != "R", int(re.sub(r"\D", "", name))))
    }


def entry(name: str) -> Entry:
    """Return one entry of the catalogue."""
    known = {id_.casefold(): one for id_, one in catalogue().items()}
    if name.casefold() not in known:
        raise UnknownNameError(f"no recommendation or practice {name!r}; {did_you_mean(name, catalogue())}")
    return known[name.casefold()]


def expand_interventions(document: Document) -> tuple[Document, list[Problem]]:
    """Return a document in which no intervention `uses` an entry of the catalogue: it says what that changes."""
    interventions = document.data.get("interventions")
    if not isinstance(interventions, dict):
        return document, []
    found: list[Problem] = []
    result: dict[str, Any] = {}
    for name, intervention in interventions.items():
        used = isinstance(intervention, dict) and ("uses" in intervention or "strength" in intervention)
        result[name] = _written_out(document, name, intervention, found) if used else intervention
    return Document({**document.data, "interventions": result}, document.marks), found


def _written_out(document: Document, name: str, intervention: dict[str, Any], found: list[Problem]) -> dict[str, Any]:
    """Return an ordinary intervention; one that cannot be written out adds problems and changes nothing."""
    key = ("interventions", name)
    rest = {k: v for k, v in intervention.items() if k not in ("uses", "strength", *_FROM_CATALOGUE)}
    if problems := list(_misused(document, key, intervention)):
        found += problems
        return {**rest, "cost": 1.0}  # no second complaint that it changes nothing
    entry, strength = catalogue()[intervention["uses"]], float(intervention.get("strength", 1.0))
    changes = written_out(entry, document.data, strength)
    if not any(changes.values()):
        message = f"{entry.id} matches nothing in this scenario"
        way_out = f"it changes {', '.join(entry.changes.touched if entry.changes else ())}"
        found.append(document.problem((*key, "uses"), message, way_out, entry.id))
    rest = {"ramp": entry.ramp, "why": entry.title, **rest}
    cost = entry.cost.value * _people(document.data, rest.get("from")) / 1e6 if entry.cost else 0.0
    return {
        **rest,
        **changes,
        "recommendation": entry.id,
        "cost": cost,
    }  # strength lowers what comes of it, not the cost


def _misused(document: Document, key: Key, intervention: Mapping[str, Any]) -> Iterator[Problem]:
    if "uses" not in intervention:
        way_out = "add uses, or make the changes themselves smaller"
        yield document.problem((*key, "strength"), "goes with uses only", way_out, at_key=True)
        return
    name, known = intervention["uses"], catalogue()
    if not isinstance(name, str) or name not in known:
        way_out = f"{did_you_mean(name, known)} 'cyclesim interventions' lists them"
        yield document.problem((*key, "uses"), "no such recommendation or practice", way_out, name)
    elif not known[name].built:
        way_out = f"{known[name].reason}; write {AS_LIST} of your own"
        yield document.problem((*key, "uses"), "is not built", way_out, name)
    for twice in (field for field in _FROM_CATALOGUE if field in intervention):
        way_out = f"delete this line, or delete uses and write out the changes (cyclesim interventions {name})"
        message = f"{twice} comes from uses: {name} already"
        yield document.problem((*key, twice), message, way_out, at_key=True)
    strength = intervention.get("strength", 1.0)
    if not is_number(strength) or not 0 <= strength <= 1:
        yield document.problem((*key, "strength"), "must be between 0 (no change) and 1 (all of it)", "", strength)


def written_out(entry: Entry, data: Mapping[str, Any], strength: float = 1.0) -> dict[str, dict[str, float]]:
    """Return `set`, `scale`, `add` and `close` of an entry with the names of a scenario in place of ``*``.

    Strength is the part of the way from no change (0) to the whole one (1); an entry that is not built changes nothing.
    """
    changes = entry.changes
    if changes is None:
        return {}
    found: dict[str, dict[str, float]] = {verb: {} for verb in VERBS}
    for verb, amounts in found.items():
        for form, whole in getattr(changes, verb).items():
            for path in _matching(form, data):
                amounts[path] = whole if strength == 1.0 else _part(verb, path, whole, strength, data)
    return found


def _people(data: Mapping[str, Any], month: Any) -> int:
    """Return how many people in need have arrived by a month, in all crises; whatever is malformed counts nothing."""
    total = 0
    for crisis in reading.mappings(data.get("crises")).values():
        for wave in reading.mappings(crisis.get("arrivals")).values():
            people = wave.get("people")
            if isinstance(people, int) and wave.get("in_need") is not False and _by(wave.get("month"), month):
                total += people
    return total


def _by(arrival: Any, month: Any) -> bool:
    try:
        return arrival is None or dates.index(arrival, month) <= 0
    except ValueError:
        return False


def _matching(form: str, data: Mapping[str, Any]) -> list[str]:
    """Return the paths that a path with ``*`` stands for."""
    found: list[tuple[list[str], Any]] = [([], data)]
    *parents, leaf = form.split(".")
    for part in parents if "*" in parents else ():
        found = [
            ([*path, name], here[name])
            for path, here in found
            if isinstance(here, dict)
            for name in (sorted(here) if part == "*" else [part] if part in here else [])
        ]
    return [".".join((*path, leaf)) for path, _ in found] if "*" in parents else [form]


def _base(path: str, data: Mapping[str, Any]) -> Any:
    """Return the value at a path before any dated change; an absent one has its default."""
    here: Any = data
    for part in path.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    if here is not None:
        return here
    leaf = path.rpartition(".")[2]
    if leaf in parameters():
        return parameters()[leaf].value
    return Setting.model_fields[leaf].default if leaf in Setting.model_fields else None


def _part(verb: str, path: str, whole: float, strength: float, data: Mapping[str, Any]) -> float:
    if verb != "set":
        return weakened(verb, whole, strength)
    base = _base(path, data)
    return base + (whole - base) * strength if is_number(base) else whole
