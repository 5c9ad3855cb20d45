"""Make docs/parameters.md and docs/interventions.md again, from the model's own files.

python docs/make_reference.py
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import md
from cyclesim.inputs.interventions import Entry, catalogue
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.quantity import Quantity

HERE = Path(__file__).parent
GRADES = {
    "report": "the report gives it",
    "literature": "published elsewhere",
    "computed": "worked out from published numbers",
    "assumption": "nobody has measured it",
}
MADE = "Made by `python docs/make_reference.py`; do not edit by hand.\n"


def main() -> None:
    for name, page in pages().items():
        (HERE / name).write_text(page, encoding="utf-8")


def pages() -> dict[str, str]:
    return {"parameters.md": of_parameters(), "interventions.md": of_interventions()}


def of_parameters() -> str:
    known = list(parameters().values())
    counts = [(grade, words, str(sum(q.grade == grade for q in known))) for grade, words in GRADES.items()]
    parts = [
        "# Parameters, with their evidence\n",
        MADE,
        f"All {len(known)} numbers of the model. A range is what is plausible and what draws cover; without one a "
        "number is not drawn. `cyclesim parameters NAME` prints one with its mechanisms.\n",
        md.table(("grade", "meaning", "how many"), counts),
    ]
    ordered = sorted(known, key=lambda q: (list(GRADES).index(q.grade), q.name))
    for grade, group in groupby(ordered, key=lambda q: q.grade):
        head = ("name", "what it is", "value", "range", "unit", "source")
        parts += [f"\n## {grade.capitalize()}: {GRADES[grade]}\n", md.table(head, map(row, group))]
    return "\n".join(parts) + "\n"


def row(q: Quantity) -> tuple[str, ...]:
    value = f"{q.value:g}" if isinstance(q.value, int | float) else "a table"
    scale = " (log)" if q.range and q.scale == "log" else ""
    span = f"{q.range[0]:g} to {q.range[1]:g}{scale}" if q.range else "-"
    return f"`{q.name}`", q.text, value, span, q.unit, q.source


def of_interventions() -> str:
    head = ("id", "what it is", "in the report", "what it changes", "US$ a month and million in need", "meets others")
    words = (
        "The report's recommendations (R) and promising practices (P), as changes one can simulate: `uses: R9` under "
        "`interventions:` in a scenario file. **What they change and cost is assumed**: `cyclesim interventions R9` "
        "says how each was worked out. Words in quotation marks are the report's.\n"
    )
    parts = ["# Interventions\n", MADE, words, md.table(head, map(intervention, catalogue().values()))]
    return "\n".join(parts) + "\n"


def intervention(entry: Entry) -> tuple[str, ...]:
    words = f"“{entry.words}” ({entry.section})"
    if not entry.built:
        return entry.id, entry.title, words, f"not built: {entry.reason}", "-", "-"
    changes = ", ".join(f"`{path}`" for path in entry.changes.touched)
    note = f" ({entry.note})" if entry.note else ""
    return entry.id, entry.title, words, changes + note, f"{entry.cost.value:,.0f}", entry.overlap.rule


if __name__ == "__main__":
    main()
