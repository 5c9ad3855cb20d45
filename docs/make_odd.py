"""Make the tables of docs/odd.md, the ODD protocol, from the code: what it says of itself, as Markdown.

python docs/make_odd.py

Nothing is said here that stands elsewhere: entities speak through their docstrings, parameters, interventions and
mechanisms through their files, the schedule through the docstring of `CycleModel.step`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from enum import Enum, StrEnum
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from pydantic import BaseModel

from cyclesim import vocabulary
from cyclesim.analysis.targets import TARGETS, Target
from cyclesim.inputs.interventions import Entry, catalogue
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import Quantity
from cyclesim.measures import MEASURES
from cyclesim.model.cycle import CycleModel
from cyclesim.model.luck import ListSlot, Slot
from md import code, fill, table
from trace_report import Row, trace

PAGE = Path(__file__).with_name("odd.md")
ENTITIES = {
    "Donor (agent)": ("cyclesim.model.funding.donors.Donor", "cyclesim.inputs.parts.Donor"),
    "A donor's belief": ("cyclesim.model.funding.belief.Belief",),
    "Grant": ("cyclesim.model.funding.books.Grant", "cyclesim.model.funding.grants.Grants"),
    "Frontline organisation (agent)": (
        "cyclesim.model.practice.organisations.Responder",
        "cyclesim.model.practice.organisations.Organisations",
        "cyclesim.inputs.parts.Organisation",
    ),
    "Back end (agent)": (
        "cyclesim.model.practice.back_end.BackEnd",
        "cyclesim.model.practice.back_end.Offices",
        "cyclesim.inputs.parts.BackEnd",
    ),
    "What money has built": ("cyclesim.model.practice.workforce.Workforce",),
    "Who would come, or is referred, and whom reception receives": ("cyclesim.model.practice.reception.Received",),
    "Cohort of people at risk": ("cyclesim.model.people.cohorts.Cohort", "cyclesim.inputs.parts.Wave"),
    "Person who has been trafficked": ("cyclesim.model.people.person.PersonRow",),
    "Where people are who have ever been trafficked": ("cyclesim.model.engine.Stocks",),
    "What people meet this month (perpetrators are a pressure, no agents)": ("cyclesim.model.state.Hazards",),
    "Investigations": ("cyclesim.model.practice.justice.Investigations",),
    "Setting": ("cyclesim.inputs.parts.Setting",),
    "Crisis": ("cyclesim.inputs.parts.Crisis",),
    "The numbers of a crisis this month": ("cyclesim.model.state.Gauges",),
    "What is known of each month": ("cyclesim.model.evidence.records.History",),
    "What planners can read of a crisis, and the plan": (
        "cyclesim.model.planning.Documented",
        "cyclesim.model.planning.Planning",
    ),
    "Case evidence that a donor reads": ("cyclesim.model.evidence.records.CaseEvidence",),
    "People by the lists that hold a record of them": ("cyclesim.model.evidence.lists.Histories",),
    "Estimate from linked lists": ("cyclesim.model.evidence.research.ResearchStudy",),
    "Prevalence survey": ("cyclesim.model.evidence.survey.Instrument", "cyclesim.model.evidence.survey.Surveyed"),
}
"""Entities of the model, and the classes whose attributes are their variables."""

STAGES = {
    "dated changes": "cyclesim.model.cycle.CycleModel._apply_changes",
    "people, practice, evidence: who is there, exposure and exits, referrals and casework, records and research": (
        "cyclesim.model.crisis.Crisis.live"
    ),
    "funding: plans, beliefs, commitments, disbursements": "cyclesim.model.cycle.CycleModel._fund",
    "practice: money becomes capacity": "cyclesim.model.crisis.Crisis.spend_money",
    "practice: specialists leave for responses that grow": "cyclesim.model.cycle.CycleModel._deploy",
    "observation": "cyclesim.model.measures.Observations.observe",
}
"""Stages of the month as in the docstring of `CycleModel.step`, and what carries each out; a test watches a month."""


_SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", flags=re.MULTILINE | re.DOTALL)
_EQUATIONS = re.compile(r"^\| \| equation \|[^\n]*\n(?:\|[^\n]*\n)+", flags=re.MULTILINE)


def main() -> None:
    made = parts(PAGE.with_name("design.md").read_text(encoding="utf-8"))
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


def parts(design: str) -> dict[str, str]:
    """Return every generated part of the protocol by name.

    Parameters
    ----------
    design
        Text of docs/design.md, which holds the equations.
    """
    makers: dict[str, Callable[[], str]] = {
        "patterns": patterns,
        "entities": entities,
        "vocabulary": words,
        "schedule": schedule,
        "luck": luck,
        "scenario": scenario,
        "parameters": parameter_table,
        "mechanisms": mechanisms,
        "interventions": interventions,
        "measures": measures,
    }
    return {**{name: make() for name, make in makers.items()}, "equations": equations(design)}


def stages() -> list[str]:
    """Return the stages that the docstring of `CycleModel.step` lists, in order."""
    return re.findall(r"^\d+\. (.+)$", inspect.getdoc(CycleModel.step) or "", flags=re.MULTILINE)


def variables(thing: type) -> list[tuple[str, str]]:
    """Return the variables of a class and what its own words say of them.

    They come from the docstring's section Attributes (of a dataclass also Parameters), from properties, and from
    the descriptions of a part of a scenario file.
    """
    if issubclass(thing, BaseModel):
        fields = thing.model_fields.items()
        return [(field.alias or name, field.description or "") for name, field in fields if not field.exclude]
    sections = ("Attributes", "Parameters") if is_dataclass(thing) else ("Attributes",)
    found = [pair for section in sections for pair in _section(inspect.getdoc(thing) or "", section)]
    properties = inspect.getmembers(thing, lambda member: isinstance(member, property))
    if not issubclass(thing, Enum):
        found += [(name, _first_line(member)) for name, member in properties if name in vars(thing)]
    return found


def patterns() -> str:
    """Return the facts that the model is held against."""
    rows = [
        (
            target.id,
            target.fact,
            _quantities(target),
            target.basis,
            "nearly an input" if target.kind != "pattern" else "",
        )
        for target in TARGETS
    ]
    return table(("", "fact", "measured (tolerance)", "from", ""), rows)


def equations(design: str) -> str:
    """Return the tables of equations of docs/design.md, under the names of their sections."""
    found = [(title, _EQUATIONS.findall(text)) for title, text in _SECTION.findall(design)]
    return "\n".join(f"**{title}**\n\n{rows}" for title, tables in found for rows in tables)


def entities() -> str:
    """Return a table for each entity."""
    return "\n".join(_entity(name, classes) for name, classes in ENTITIES.items())


def words() -> str:
    """Return the words that tell people, places and organisations apart."""
    found = [thing for thing in vars(vocabulary).values() if isinstance(thing, type) and issubclass(thing, StrEnum)]
    sets = [thing for thing in found if thing is not StrEnum]
    rows = [(_spaced(s.__name__), _first_line(s), ", ".join(_plain(m.value) for m in s)) for s in sets]
    return table(("set", "what it is", "members"), rows)


def schedule() -> str:
    """Return the stages of the month, in order."""
    rows = [
        (str(number), stage, code(STAGES[stage].removeprefix("cyclesim.")), _first_line(resolve_name(STAGES[stage])))
        for number, stage in enumerate(stages(), start=1)
    ]
    return table(("", "stage", "carried out by", "in its own words"), rows)


def luck() -> str:
    """Return the purposes for which one person in one episode and attempt has a number of his or her own."""
    pages = {"everybody": Slot, "people on record only": ListSlot}
    rows = [(who, ", ".join(_plain(slot.name.lower()) for slot in slots)) for who, slots in pages.items()]
    return table(("who", "a number for each"), rows)


def scenario() -> str:
    """Return what a scenario file holds at its top level."""
    return _variable_table("cyclesim.inputs.scenario.Scenario")


def parameter_table() -> str:
    """Return every parameter with its grade and source, and the tables among them."""
    quantities = parameters()
    grades = [q.grade for q in quantities.values()]
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades)))
    rows = [_parameter(quantity) for quantity in quantities.values()]
    header = ("parameter", "meaning", "value", "unit", "range", "off", "serves", "grade", "source")
    tables = "\n".join(_table_of_values(q) for q in quantities.values() if q.is_table)
    return f"{len(quantities)} parameters: {counts}.\n\n{table(header, rows)}\n{tables}"


def mechanisms() -> str:
    """Return what became of every mechanism of the report."""
    rows = [_mechanism(row) for row in trace() if row.id[0] == "M"]
    return table(("", "what the report says", "status", "where", "switched off by", "missing"), rows)


def interventions() -> str:
    """Return the catalogue of interventions."""
    header = ("", "intervention", "changes", "ramp", "cost", "with others")
    return table(header, [_intervention(entry) for entry in catalogue().values()])


def measures() -> str:
    """Return the measures of the monthly table."""
    rows = [(code(m.name), m.kind, m.unit, m.text) for m in MEASURES.values()]
    return table(("measure", "kind", "unit", "what it is"), rows)


# ------------------------------------------------------------ details


def _quantities(target: Target) -> str:
    return "; ".join(f"{q.name} ({q.tolerance})" for q in target.quantities)


def _entity(name: str, classes: tuple[str, ...]) -> str:
    summaries = " ".join(dict.fromkeys(_first_line(resolve_name(path)) for path in classes))
    tables = "\n".join(_variable_table(path) for path in classes)
    return f"**{name}.** {summaries}\n\n{tables}"


def _variable_table(path: str) -> str:
    given = path.startswith("cyclesim.inputs.")
    rows = [(code(name), text) for name, text in variables(resolve_name(path))]
    return table(("given by the scenario" if given else "state and traits", f"meaning ({code(_short(path))})"), rows)


def _section(text: str, title: str) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of a section of a NumPy-style docstring."""
    match = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    body = match[1] if match else ""
    for entry in re.finditer(r"^(\w[^\n]*)\n((?:^[ \t]+[^\n]*\n?|^\n)+)", body, flags=re.MULTILINE):
        yield entry[1].strip(), " ".join(entry[2].split())


def _parameter(quantity: Quantity) -> tuple[str, ...]:
    name = code(quantity.name) + (f" ({quantity.symbol})" if quantity.symbol else "")
    log = ", log scale" if quantity.scale == "log" else ""
    spread = f"{quantity.range[0]:g} to {quantity.range[1]:g}{log}" if quantity.range else "not sampled"
    value = "table below" if quantity.is_table else f"{quantity.value:g}"
    off = "" if quantity.off is None else f"{quantity.off:g}"
    serves = ", ".join(quantity.mechanisms)
    return name, quantity.text, value, quantity.unit, spread, off, serves, quantity.grade, quantity.source


def _table_of_values(quantity: Quantity) -> str:
    """Return a parameter that is a table: a row for each key, a column for each key below it."""
    values: dict[str, Any] = quantity.value
    nested = {key: entry if isinstance(entry, dict) else {"": entry} for key, entry in values.items()}
    columns = list(next(iter(nested.values())))
    rows = [(_plain(key), *(f"{entry[column]:g}" for column in columns)) for key, entry in nested.items()]
    return f"`{quantity.name}` ({quantity.unit}):\n\n{table(('', *map(_plain, columns)), rows)}"


def _mechanism(row: Row) -> tuple[str, ...]:
    where = ", ".join(code(name.removeprefix("cyclesim.model.")) for name in row.where)
    switches = ", ".join(f"{code(name)} = {parameters()[name].off:g}" for name in row.switches)
    return row.id, row.text, row.status, where, switches, row.reason or ""


def _intervention(entry: Entry) -> tuple[str, ...]:
    if entry.changes is None or entry.cost is None or entry.overlap is None:
        return entry.id, entry.title, f"not built: {entry.reason}", "", "", ""
    signs = {"set": "=", "scale": "times", "add": "+", "close": "closes"}
    changed = entry.changes.model_dump()
    levers = [
        f"{code(path.removeprefix('parameters.'))} {sign} {value:g}{' of what is left' if how == 'close' else ''}"
        for how, sign in signs.items()
        for path, value in changed[how].items()
    ]
    ramp = f"{entry.ramp} months" if entry.ramp else "at once"
    return entry.id, entry.title, "; ".join(levers), ramp, f"{entry.cost.value:,.0f}", entry.overlap.rule


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")


def _short(path: str) -> str:
    return path.removeprefix("cyclesim.")


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    main()
