"""The command that writes a report to hand over: report."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--pdf", is_flag=True, help="Print it as PDF too (WeasyPrint or Chromium).")
@click.option("--html", "html_only", is_flag=True, help="HTML only; what is written unless --pdf is given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File (default: report.html in FOLDER).")
def report(folder: Path, pdf: bool, html_only: bool, out: Path | None) -> None:
    """Write what the results in FOLDER say as one page, to hand over and to print.

    The page needs no network: the question, the answer with an interval over luck and inputs, three charts, what was
    changed, what it costs, what it depends on most, what is left out, what is assumed, and the command that reproduces
    it. FOLDER is that of compare (with --draws), sweep, loop or portfolio, or of another analysis.
    """
    from cyclesim.outputs import report as pages
    from cyclesim.outputs import reports
    from cyclesim.runs import seals, writing

    if pdf and html_only:
        raise click.UsageError("--html and --pdf exclude each other; --pdf writes both")
    place = (out or folder / "report.html").with_suffix(".html")
    with writing.additions(place.parent, place.stem, str(seals.read_manifest(folder)["hash"])) as output:
        page = pages.as_html(reports.report(folder))
        output.put({place.name: page})
        if pdf:
            output.put({place.with_suffix(".pdf").name: pages.as_pdf(page)})
    click.echo(f"Report: {place} ({len(page) / 1e6:.1f} MB, opens without a network)")
    if pdf:
        click.echo(f"Printed: {place.with_suffix('.pdf')}")
