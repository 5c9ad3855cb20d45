"""The report: a folder of results as one page that opens anywhere, and prints on two sheets."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclesim.charts import style
from cyclesim.errors import FolderError
from cyclesim.inputs.parameters import parameters
from cyclesim.outputs import printed
from cyclesim.outputs.finding import Finding, Table
from cyclesim.questions.compare import swept
from cyclesim.runs.sweep import read_sweep
from cyclesim.text import number
from cyclesim.worlds.plan import KIND
from cyclesim.worlds.seals import read_file, read_manifest

if TYPE_CHECKING:
    from jinja2 import Template

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PRINTING_SECONDS = 120
LEAVES_OUT = (
    "How much trafficking there is in any real crisis: no prevalence has been measured in a crisis population.",
    "How donors really read case counts: no donor has stated it, and the strength of the cycle follows from it.",
    "Perpetrators as people: they are a pressure that adapts, as far as a range is known.",
    "Money that moves between crises in the course of a year, and programmes that target work by linked records.",
    "Harm other than time in exploitation: its kind and severity are not weighed against each other.",
)
"""What the model leaves out, in the words of the report."""


@dataclass(frozen=True)
class Chart:
    """A picture as SVG in base 64 (in an image nothing of it can run), what it shows in words, and its numbers."""

    base64: str
    alt: str
    table: Table | None


@dataclass(frozen=True)
class Block:
    """A part of the page: a title, sentences, points, a table, and text whose lines and blanks are kept."""

    title: str
    lines: Sequence[str] = ()
    points: Sequence[str] = ()
    table: Table | None = None
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Report(Finding):
    """A finding laid out: charts, the parts below the first of them and below the others, and what reproduces it.

    Of results of the model, `assumed` has a row for each number that is an assumption; of others none.
    """

    charts: Sequence[Chart]
    first: Sequence[Block]
    second: Sequence[Block]
    assumed: Sequence[Sequence[str]]
    command: str
    hash: str
    seed: int
    made_by: str


def report(place: str | Path) -> Report:
    """Return what there is to say of a folder of results.

    Raises
    ------
    FolderError
        If the folder holds no results, or results that lack what a report needs, such as an interval.
    """
    place = Path(place)
    about = read_manifest(place)
    kind = str(about.get("kind", ""))
    if kind == "run":
        raise FolderError(
            f"{place} holds one world of {', '.join(about['order'])}: there is no difference and no interval to "
            "report. Compare it with something: cyclesim compare baseline MINE --draws 100 --out FOLDER"
        )
    if kind == KIND:
        return _of_sweep(place)
    content = json.loads(read_file(place, f"{kind}.json")) if (place / f"{kind}.json").is_file() else {}
    if not isinstance(content, dict):
        raise FolderError(f"{place / f'{kind}.json'}: it is no object")
    if "finding" not in content:
        older = "; an earlier version made it, so run its command again" if content else ""
        raise FolderError(f"{place} holds results of a kind that no report is written of ({kind or 'unknown'}){older}")
    pictures = {name: (read_file(place, f"{name}.svg"), alt) for name, alt in content["pictures"].items()}
    again = str(content.get("command", f"cyclesim {kind}"))
    return _laid_out(place, Finding.parse(content["finding"]), pictures, about, again)


def _of_sweep(place: Path) -> Report:
    sweep = read_sweep(place)
    if not sweep.complete:
        raise FolderError(f"{place} is not finished; go on with: cyclesim resume {place}")
    answer = swept(sweep)
    pictures = {name: (style.as_svg(f).encode(), style.title(f)) for name, f in answer.figures.items()}
    return _laid_out(place, answer.finding, pictures, sweep.manifest, answer.command)


def _laid_out(
    place: Path, finding: Finding, pictures: Mapping[str, tuple[bytes, str]], about: Mapping[str, Any], again: str
) -> Report:
    """Return a finding as a page; pictures are SVG and what it shows in words, by name."""
    if finding.lacks:
        raise FolderError(f"{place} has {finding.lacks}")
    beside = {table.beside: table for table in finding.tables}
    charts = [
        Chart(base64.b64encode(svg).decode("ascii"), alt, beside.get(name)) for name, (svg, alt) in pictures.items()
    ]
    alone = [t for t in finding.tables if t.beside not in pictures and t.only != "terminal"]
    parts = [Block(t.title, t.lines, table=t if t.rows else None) for t in alone]
    parts += [Block(title, kept=text) for title, text in (finding.kept or {}).items()]
    first, second, assumed = parts[:1], parts[1:], []
    if "parameters" in about:
        said = printed.assumptions(about).replace(": cyclesim parameters.", " (cyclesim parameters lists them).")
        second += [Block("What the model leaves out", points=LEAVES_OUT), Block("What is assumed", [said])]
        assumed = [
            [q.name, q.text, "a table" if q.is_table else number(q.value), q.unit]
            for q in parameters().values()
            if q.grade == "assumption"
        ]
    seed = about["study"]["seed"] if "study" in about else about["seed"]
    return Report(
        **vars(finding), charts=charts, first=first, second=second, assumed=assumed, command=again, hash=about["hash"],
        seed=seed, made_by=printed.made_by(about),
    )  # fmt: skip


def template(name: str) -> Template:
    """Return a template of a page; names in it never become markup."""
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader("cyclesim.pages", "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)


def as_html(report: Report) -> str:
    """Return the page."""
    parts: Any = template("parts.html").module
    page = template("report.html").render(report=report, figure=parts.figure, section=parts.section)
    return page.replace(" %", "\N{NO-BREAK SPACE}%") + "\n"


def as_pdf(page: str) -> bytes:
    """Return a page as it is printed: by WeasyPrint if it is there, or by Chromium.

    Raises
    ------
    FolderError
        If neither is there, or printing fails.
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
        command += [f"--print-to-pdf={path}", source.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PRINTING_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FolderError(f"cannot print with {browser}: {error}; take --html and print it yourself") from None
        if path.exists():
            return path.read_bytes()
    reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
    raise FolderError(f"cannot print with {browser}: {reason[0]}; take --html and print it yourself")
