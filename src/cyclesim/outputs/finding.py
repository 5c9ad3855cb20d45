"""A finding: what an analysis says, once. Terminal, report, JSON and notebook lay it out, and none of them words it.

Numbers are put into words when a finding is made (`cyclesim.text`), so that every voice rounds them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from textwrap import fill
from typing import Any

from cyclesim import cell
from cyclesim.inputs.scenario import Scenario
from cyclesim.outputs import printed

WIDTH = 120
"""Characters in a line of a terminal."""
LONG = 3 * WIDTH
"""Characters of a paragraph from which on it stands apart from others."""


@dataclass(frozen=True)
class Table:
    """A part of a finding: a title, a table of which the first cell of a row names it, and sentences."""

    title: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    beside: str = ""
    lines: Sequence[str] = ()
    only: str = ""

    def text(self) -> list[str]:
        """Return it as lines of a terminal: title, sentences, and aligned columns."""
        table = printed.aligned([self.head, *self.rows]) if self.rows else []
        return [*([self.title] if self.title else []), *filled(*self.lines), *table]


@dataclass(frozen=True)
class Finding:
    """What an analysis says.

    Attributes
    ----------
    kind, title
        What it is, and of what: the title of a scenario or a study.
    question, answer, details
        The question, the answer in a sentence or two, and further sentences.
    tables
        Tables, the most important first.
    cautions
        What must be said with it, whoever says it.
    kept
        Text whose lines and blanks are kept, by title.
    lacks
        What it lacks to be handed over in a report, and the command that gives it; empty if nothing.
    """

    kind: str
    title: str
    question: str
    answer: str
    details: Sequence[str] = ()
    tables: Sequence[Table] = ()
    cautions: Sequence[str] = ()
    kept: Mapping[str, str] | None = None
    lacks: str = ""

    @property
    def headline(self) -> str:
        """The answer as a title: without its full stop."""
        return self.answer.removesuffix(".")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {**asdict(self), "kept": dict(self.kept or {})}

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Finding:
        """Return the finding that `to_dict` gave."""
        return replace(cls(**content), tables=[Table(**table) for table in content["tables"]])


def titles(scenarios: Iterable[Scenario]) -> str:
    """Return the titles and the names of scenarios."""
    return ", ".join(f"{scenario.title} ({scenario.name})" for scenario in scenarios)


def caveats(scenarios: Iterable[Scenario]) -> list[str]:
    """Return what scenarios ask to be said with every result, each once."""
    return list(dict.fromkeys(scenario.caveat for scenario in scenarios if scenario.caveat))


def as_text(finding: Finding, about: Mapping[str, Any], command: str) -> str:
    """Return a finding as a terminal shows it, with the command that reproduces it."""
    between = [""] if any(len(paragraph) > LONG for paragraph in finding.details) else []
    lines = [finding.title, finding.question, "", *filled(finding.answer)]
    for paragraph in finding.details:
        lines += [*between, *filled(paragraph)]
    for table in finding.tables:
        lines += ["", *table.text()] if table.only != "page" else []
    for title, text in (finding.kept or {}).items():
        lines += ["", f"{title}:", text]
    lines += ["", *filled(*(f"Caution: {caution}" for caution in finding.cautions))]
    return "\n".join([*lines, *filled(*printed.origin(about)), f"Reproduce: {command}"])


def as_prose(finding: Finding, about: Mapping[str, Any]) -> str:
    """Return what a finding says in paragraphs: all but its tables."""
    said = [finding.title, finding.question, finding.answer, *finding.details]
    said += [*(f"Caution: {caution}" for caution in finding.cautions), *printed.origin(about)]
    return "\n\n".join("\n".join(filled(paragraph)) for paragraph in said) + "\n"


def filled(*paragraphs: str) -> list[str]:
    """Return paragraphs in lines as wide as a terminal; a number stays with its % sign."""
    wide = (fill(p.replace(" %", "\u00a0%"), WIDTH, break_long_words=False, break_on_hyphens=False) for p in paragraphs)
    return [line.replace("\u00a0%", " %") for paragraph in wide for line in paragraph.split("\n")]


def as_html(finding: Finding, about: Mapping[str, Any], pictures: Sequence[str] = ()) -> str:
    """Return a finding as a notebook shows it: answer, first table, first picture (SVG), and what to beware of."""
    table = finding.tables[0] if finding.tables else Table("")
    beware = [*finding.cautions, *printed.origin(about)]
    said, svg = [finding.answer, *finding.details], "".join(pictures[:1])
    return cell.as_html(finding.question, said, table.head, table.rows, table.title, svg, beware)
