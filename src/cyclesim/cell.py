"""What a notebook shows of anything here: sentences, a picture, a table, and what to beware of, as HTML."""

from collections.abc import Sequence
from html import escape

MOST_ROWS = 30
"""Rows of a table that are shown."""


def as_html(
    title: str,
    sentences: Sequence[str],
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    caption: str = "",
    svg: str = "",
    beware: Sequence[str] = (),
) -> str:
    """Return a cell: sentences (the first in bold), a picture, a table, and in small print what to beware of."""
    strong, *others = [*sentences, ""]
    parts = [f"<p>{escape(title)}</p>", f"<p><strong>{escape(strong)}</strong></p>"]
    parts += [f"<p>{escape(line)}</p>" for line in others if line]
    parts += [f"<figure>{svg}</figure>"] if svg else []
    parts += [_table(head, rows, caption)] if rows else []
    return "\n".join([*parts, *(f"<p><small>{escape(line)}</small></p>" for line in beware)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows[:MOST_ROWS])
    more = f" (the first {MOST_ROWS} of {len(rows)} rows)" if len(rows) > MOST_ROWS else ""
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    top = f"<caption>{escape(caption)}{more}</caption>"
    return f"<table>{top}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
