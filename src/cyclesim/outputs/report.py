"""The report: a folder of results as one page that opens anywhere and prints on two sheets.

What a kind of results says is put together in `cyclesim.outputs.reports`; this module sets it, as HTML (everything in
one file, names never taken for markup) and as PDF (WeasyPrint if it is there, or Chromium).
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.errors import FolderError
from cyclesim.inputs.parameters import parameters
from cyclesim.outputs import style
from cyclesim.outputs.text import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PRINTING_SECONDS = 120


@dataclass(frozen=True)
class Table:
    """A table: its title, the heads of its columns, and its rows; the first cell of a row names it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """A picture as SVG, what it shows in words, and the numbers behind it."""

    svg: bytes
    alt: str
    table: Table | None = None

    @property
    def base64(self) -> str:
        """The picture as text that an address can hold: in an image nothing of it can run."""
        return base64.b64encode(self.svg).decode("ascii")


@dataclass(frozen=True)
class Block:
    """A part of the page: a title, sentences, points, a table, and text whose lines and blanks are kept."""

    title: str
    lines: Sequence[str] = ()
    points: Sequence[str] = ()
    table: Table | None = None
    kept: str = ""


def assumed() -> list[list[str]]:
    """Return every number that is an assumption: name, what it is, value, unit."""
    return [
        [q.name, q.text, number(q.value) if isinstance(q.value, int | float) else "a table", q.unit]
        for q in parameters().values()
        if q.grade == "assumption"
    ]


@dataclass(frozen=True)
class Report:
    """What a page says.

    Attributes
    ----------
    kind, title, question, answer
        What it is, of what, the question, and the answer in one sentence.
    detail, cautions
        Further sentences; what scenarios ask to be said with every result.
    charts
        Three of them, or fewer.
    first, second
        Parts below the first chart, and below the others.
    command, hash, seed
        What reproduces it.
    made_by
        Version and fingerprint of what simulated it.
    """

    kind: str
    title: str
    question: str
    answer: str
    command: str
    hash: str
    seed: int
    made_by: str
    detail: Sequence[str] = ()
    cautions: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    first: Sequence[Block] = ()
    second: Sequence[Block] = ()
    assumed: Sequence[Sequence[str]] = field(default_factory=assumed)


def drawn(figure: Figure, table: Table | None = None) -> Chart:
    """Return a figure as a chart of the page; the finding in its title is what is read aloud."""
    content = BytesIO()
    with style.drawing():
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": "cyclesim"})
    return Chart(content.getvalue(), " ".join(figure.get_suptitle().split()), table)


def as_html(report: Report) -> str:
    """Return the page."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("cyclesim.outputs", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    parts: Any = environment.get_template("parts.html").module
    page = environment.get_template("report.html")
    return (
        page.render(report=report, figure=parts.figure, section=parts.section).replace(" %", "\N{NO-BREAK SPACE}%")
        + "\n"
    )


def as_pdf(page: str) -> bytes:
    """Return a page as it is printed.

    Raises
    ------
    FolderError
        If neither WeasyPrint nor a browser is there, or printing fails.
    """
    try:
        from weasyprint import HTML

        return bytes(HTML(string=page).write_pdf(pdf_variant="pdf/ua-1"))
    except ImportError:
        missing = "WeasyPrint is not installed (pip install 'cyclesim[report]')"
    except OSError as error:
        missing = f"WeasyPrint lacks a system library ({str(error).splitlines()[0]})"
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise FolderError(
            f"cannot print: {missing}, and no Chromium or Chrome was found. Install one of them (Debian: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0, or apt install chromium), or print the HTML from a browser"
        )
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"]
        command += ["--disable-background-networking", f"--user-data-dir={folder}/profile"]
        try:
            done = subprocess.run(
                [*command, f"--print-to-pdf={path}", source.as_uri()],
                capture_output=True, timeout=PRINTING_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FolderError(f"cannot print with {browser}: {error}; take --html and print it yourself") from None
        if path.exists():
            return path.read_bytes()
    reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
    raise FolderError(f"cannot print with {browser}: {reason[0]}; take --html and print it yourself")
