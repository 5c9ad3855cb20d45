"""Commands that ask once: run, compare, estimate."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cyclesim.cli import options
from cyclesim.cli.options import as_json
from cyclesim.progress import progress_bar

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.worlds.writing import Output

REPLICATES = 1000
out = click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the results (default: results/NAMES-HASH)."
)
seed = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")


@click.command()
@click.argument("scenario")
@seed
@click.option("--twin", is_flag=True, help="Expected values at once: no luck, so the seed has no effect.")
@out
@as_json
def run(scenario: str, seed: int, twin: bool, out: Path | None, as_json: bool) -> None:
    """Simulate one world of a SCENARIO, print its years and write its tables and chart.

    With --twin people are counted as expected numbers, not one by one; see docs/design.md.
    """
    from cyclesim.charts import style
    from cyclesim.inputs.files import load
    from cyclesim.outputs.finding import as_text
    from cyclesim.questions.compare import world
    from cyclesim.runs import folder, simulate
    from cyclesim.worlds.writing import results

    chosen = load(scenario)
    about = folder.manifest("run", [chosen], None, 1, seed, "twin" if twin else "ledger")
    place = out or folder.default_folder(about)
    with results(place, about) as output:
        result = simulate.run(chosen, seed=seed, twin=twin)
        output.write({f"{name}.parquet": frame for name, frame in result.tables.items() if name != "months"})
        output.write({**result.ensemble.files(), **style.pictures(result.plot(), "cycle"), "log.json": folder.log()})
    if as_json:
        content = {"folder": str(place), "hash": about["hash"], "scenario": chosen.name, "seed": seed}
        totals = json.loads(result.totals().to_json(double_precision=15))
        click.echo(json.dumps({**content, "engine": about["engine"], "totals": totals}))
        return
    again = f"cyclesim run {shlex.quote(scenario)} {'--twin' if twin else f'--seed {seed}'}"
    click.echo(as_text(world.tell(result), about, again))
    click.echo(f"Tables and chart: {place}{os.sep}")


@click.command()
@click.argument("baseline")
@click.argument("scenario", nargs=-1, required=True)
@click.option("--replications", type=click.IntRange(min=1), help="Worlds for each draw (default: 20, or 1 with draws).")
@click.option("--draws", **options.OF_DRAWS)
@click.option(
    "--equal-spending", is_flag=True, help="Take what interventions cost from the money that donors disburse."
)
@click.option(
    "--purse-share",
    type=click.FloatRange(min=0, max=1, min_open=True),
    help="With --equal-spending: the largest part of that money they may take (default: 0.5).",
)
@seed
@options.workers
@out
@as_json
def compare(
    baseline: str, scenario: tuple[str, ...], replications: int | None, draws: int | Path, equal_spending: bool,
    purse_share: float | None, seed: int, workers: int | None, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare one or more SCENARIOs with a BASELINE, world by world.

    All scenarios share the luck of each world. Without --draws, intervals cover luck only; with them, luck and
    the inputs that have a range. With --equal-spending, interventions are paid from the donors' money, and are
    carried out in part where they cost more than a part of it (--purse-share).
    """
    from cyclesim.inputs.files import load
    from cyclesim.questions import compare as questions
    from cyclesim.runs import folder, simulate
    from cyclesim.worlds.design import draw_design
    from cyclesim.worlds.writing import results

    if purse_share is not None and not equal_spending:
        raise click.UsageError("--purse-share goes with --equal-spending only; add that, or leave it out")
    names = (baseline, *scenario)
    scenarios = [load(name) for name in names]
    design = draw_design(scenarios, draws, seed)
    replications = replications or (1 if draws else 20)
    workers = workers or min(os.cpu_count() or 1, (len(design) if design else 1) * replications)
    outputs: list[Output] = []
    with ExitStack() as stack:

        def claim(chosen: Sequence[Scenario]) -> None:
            about = folder.manifest("comparison", chosen, design, replications, seed)
            outputs.append(stack.enter_context(results(out or folder.default_folder(about), about)))

        with progress_bar(quiet=as_json) as progress:
            if equal_spending:
                paid = (scenarios, design, replications, seed, workers, purse_share or simulate.PURSE_SHARE, progress)
                ensemble = simulate.simulate_at_equal_spending(*paid, check=claim)
            else:
                claim(scenarios)
                ensemble = simulate.simulate(scenarios, design, replications, seed, workers, progress=progress)
        answer = questions.compare(ensemble, scenarios[0].name)
        asked_as = f"--draws {shlex.quote(str(draws))} " if draws else ""
        answer.command = questions.typed(names, asked_as, equal_spending, replications, seed, purse_share)
        outputs[0].write({**answer.files(), "log.json": folder.log()})
    place = outputs[0].place
    if as_json:
        click.echo(json.dumps({"folder": str(place), "hash": answer.about["hash"], **answer.to_dict()}))
    else:
        click.echo(f"{answer}\nTables and charts: {place}{os.sep}")


@click.command()
@click.argument("counts", metavar="COUNTS.csv")
@click.option(
    "--method", help="One of: independence, pairs, stepwise, bic, aic, average, chao, lincoln-petersen, chapman."
)
@click.option(
    "--order", type=click.IntRange(min=2), default=2, show_default=True, help="Lists in a term, for bic and aic."
)
@click.option(
    "--lists", callback=options.names, metavar="NAME,...", help="Columns that are lists (default: all others)."
)
@click.option("--count", default="count", show_default=True, help="Column of how many people have a history.")
@click.option("--interval", type=click.Choice(["bootstrap"]), help="Add 95 % limits.")
@click.option("--replicates", type=click.IntRange(min=2), help=f"Replicates of the bootstrap (default: {REPLICATES}).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the bootstrap.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for table and chart (default: results/NAME-HASH).")
@as_json
def estimate(
    counts: str, method: str | None, order: int, lists: list[str], count: str, interval: str | None,
    replicates: int | None, seed: int, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Estimate how many people there are, those on no list included (multiple systems estimation).

    COUNTS.csv has one column of 0 and 1 for each list and a column `count`, or one row for each person; or it is
    the name of a published table, such as uk-6-lists. Which columns are lists is said first: a column of 0 and 1 that
    is none, such as a trait of people, must be left out with --lists. All methods stand side by side unless one is
    named. A method that has no answer for a table says why.
    """
    from cyclesim.questions.estimate import estimates
    from cyclesim.runs import folder

    if replicates is not None and interval is None:
        raise click.UsageError("--replicates belongs to --interval bootstrap; give both")
    limits = (replicates or REPLICATES) if interval else 0
    asked = estimates.bound(counts, method or "", order, lists, count, limits, seed)
    about = estimates.about(asked)
    place = out or (None if as_json or method else Path("results") / f"{asked['counts'].name}-{about['hash']}")
    with options.claimed(place, about) as output:
        with progress_bar(as_json, "replicates") as progress:
            answer = estimates.answer({**asked, "progress": progress}, counts)
        if output is not None:
            output.write({**answer.files(), "log.json": folder.log()})
    click.echo(json.dumps(answer.to_dict(), ensure_ascii=False, allow_nan=False) if as_json else str(answer))
    if place and not as_json:
        click.echo(f"Table and chart: {place}{os.sep}")
