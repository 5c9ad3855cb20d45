"""Commands that make something to look at or to hand over: chart, report, archive, page, app."""

import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import click

from cyclesim.cli import options
from cyclesim.errors import DesignError, FolderError

KINDS = ("cycle", "difference", "deception", "multiples", "money")
STREAMLIT = {
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",  # or the first start of all waits for an address at the terminal
    "server.maxUploadSize": "1",
    "browser.gatherUsageStats": "false",
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#00517f",
}


@click.command()
@options.folder
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--measure", default="exploited", show_default=True, help="Of difference and multiples.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the pictures (default: FOLDER).")
def chart(folder: Path, kind: str, measure: str, out: Path | None) -> None:
    """Draw a chart of the results in FOLDER, as SVG, PDF and PNG.

    cycle: headline measures over time. difference: paired differences of a comparison. deception: what is true, what
    is believed, what is counted. multiples: one measure in every scenario. money: spending by line of work (of a run).
    """
    import pandas as pd

    from cyclesim.analysis.compare import compare
    from cyclesim.charts import panels, pictures, style
    from cyclesim.runs.ensemble import read_ensemble
    from cyclesim.worlds.seals import read_file, read_manifest

    ensemble = read_ensemble(folder)
    baseline, notes = ensemble.baseline, pictures.notes(ensemble)
    if kind == "cycle":
        figure = pictures.cycle(ensemble)
    elif kind == "difference":
        found = compare(ensemble)
        figure = pictures.difference(ensemble, found.baseline, found.first_change, measure)
    elif kind == "deception":
        figure = panels.belief_ratio(ensemble.months, baseline, notes)
    elif kind == "multiples":
        figure = panels.multiples(ensemble.months, baseline, notes, measure)
    elif (folder / "lines.parquet").is_file():
        spent = pd.read_parquet(BytesIO(read_file(folder, "lines.parquet")))
        required = float(ensemble.months["requirement_cents"].sum())
        figure = panels.money(spent, notes, ensemble.scenarios[baseline].title, required)
    else:
        raise FolderError(f"{folder} has no spending by line of work: that is kept of one world (cyclesim run)")
    for path in style.save(figure, out or folder, kind, ("svg", "pdf", "png"), str(read_manifest(folder)["hash"])):
        click.echo(f"{path.parent}{os.sep}{path.name}")


@click.command()
@options.folder
@click.option("--pdf", is_flag=True, help="Print it as PDF too (WeasyPrint or Chromium).")
@click.option("--html", "html_only", is_flag=True, help="HTML only; what is written unless --pdf is given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File (default: report.html in FOLDER).")
def report(folder: Path, pdf: bool, html_only: bool, out: Path | None) -> None:
    """Write what the results in FOLDER say as one page, to hand over and to print.

    The page needs no network: the question, the answer with an interval over luck and inputs, three charts, what was
    changed, what it costs, what it depends on most, what is left out, what is assumed, and the command that reproduces
    it. FOLDER is that of compare (with --draws), sweep, loop or portfolio, or of another analysis.
    """
    from cyclesim.pages import reports
    from cyclesim.worlds import seals, writing

    if pdf and html_only:
        raise click.UsageError("--html and --pdf exclude each other; --pdf writes both")
    place = (out or folder / "report.html").with_suffix(".html")
    with writing.additions(place.parent, place.stem, str(seals.read_manifest(folder)["hash"])) as output:
        page = reports.as_html(reports.report(folder))
        output.write({place.name: page})
        if pdf:
            output.write({place.with_suffix(".pdf").name: reports.as_pdf(page)})
    click.echo(f"Report: {place} ({len(page) / 1e6:.1f} MB, opens without a network)")
    if pdf:
        click.echo(f"Printed: {place.with_suffix('.pdf')}")


@click.command()
@options.folder
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File (default: FOLDER.zip).")
def archive(folder: Path, out: Path | None) -> None:
    """Put the results in FOLDER into one file, with scenarios, fingerprint, versions and a description of the tables.

    For a repository such as Zenodo: a Frictionless data package names columns and units. `cyclesim verify FILE` checks
    it.
    """
    from cyclesim.runs.archive import archive as pack

    place = pack(folder, out)
    size = f"{place.stat().st_size / 1e6:.2g} MB"
    click.echo(f"Archive: {place} ({size}). Check it with: cyclesim verify {shlex.quote(str(place))}")


@click.command()
@click.argument("study", default="sliders")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default="page.html", show_default=True)
@click.option("--runs", type=click.Path(path_type=Path), help="Folder of the runs (default: as for cyclesim sweep).")
@options.workers
def page(study: str, out: Path, runs: Path | None, workers: int | None) -> None:
    """Make one file with sliders of a STUDY that is a grid of levers, to mail or to open from a stick.

    Every combination is simulated beforehand and kept in a folder of a sweep: stopped, it goes on where it was. The
    study has one scenario, a grid of up to six levers, up to three monthly measures, and luck that combinations share.
    """
    from cyclesim.cli.sweep import watched
    from cyclesim.pages import sliders
    from cyclesim.runs.driver import carry_out
    from cyclesim.runs.sweep import begin, plan_of
    from cyclesim.worlds import engines, writing

    chosen, plan = plan_of(study)
    sliders.check(chosen, plan.scenarios)
    folder = out.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise FolderError(f"{folder} cannot be written; name another file with --out")
    done = begin(chosen, runs)
    with watched(done) as progress:
        carry_out(done, engines.engine(workers or engines.cores()), progress=progress)
    text = sliders.as_html(done, f"cyclesim page {shlex.quote(study)}")
    with writing.additions(out.parent, out.name, done.manifest["hash"]) as output:
        output.write({out.name: text})
    click.echo(f"{chosen.title}: {len(plan):,} runs (kept in {done.folder}{os.sep})")
    click.echo(f"Page: {out} ({len(text) / 1e6:.2f} MB, opens without a network)")


@click.command()
@click.option("--port", type=click.IntRange(min=1, max=65535), default=8501, show_default=True, help="Port.")
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Address to listen at; others can reach 0.0.0.0."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def app(port: int, address: str, no_browser: bool) -> None:
    """Open the live model in a browser: levers, expected values at once, a band of worlds behind them.

    It listens on this machine only, unless another address is given, and asks nothing of any other.
    """
    if find_spec("streamlit") is None:
        raise DesignError("the live model needs Streamlit: pip install 'cyclesim[app]'")
    script = Path(__file__).parents[1] / "pages" / "app.py"
    given = {"server.address": address, "server.port": port, "server.headless": str(no_browser).lower(), **STREAMLIT}
    click.echo(f"The live model: http://{'localhost' if address == '127.0.0.1' else address}:{port} (Ctrl-C ends it)")
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *words]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # in place of this process, so that what ends it ends the server
    raise SystemExit(subprocess.call(command))
