"""Commands that simulate, and what they measure: run, compare, measures."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cyclesim import cli_options as options

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.runs.writing import Output

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
out = click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the results (default: results/NAMES-HASH)."
)
seed = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the luck.")
equal_spending = click.option(
    "--equal-spending", is_flag=True, help="Take what interventions cost from the money that donors disburse."
)
purse_share = click.option(
    "--purse-share",
    type=click.FloatRange(min=0, max=1, min_open=True),
    help="With --equal-spending: the largest part of that money they may take (default: 0.5).",
)


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
    from cyclesim.inputs.files import load
    from cyclesim.outputs import pictures, printed
    from cyclesim.runs import folder
    from cyclesim.runs import simulate as runs

    chosen = load(scenario)
    about = folder.manifest("run", [chosen], None, 1, seed, "twin" if twin else "ledger")
    place = out or folder.default_folder(about)
    with options.claimed(place, about) as output:
        result = runs.run(chosen, seed=seed, twin=twin)
        assert output is not None  # there is a place
        output.put({f"{name}.parquet": frame for name, frame in result.tables.items() if name != "months"})
        output.put({**folder.files(result.ensemble), **pictures.files(result.plot(), "cycle")})
    if as_json:
        content = {"folder": str(place), "hash": about["hash"], "scenario": chosen.name, "seed": seed}
        content["engine"] = about["engine"]
        click.echo(json.dumps({**content, "totals": json.loads(result.totals().to_json(double_precision=15))}))
        return
    click.echo(printed.run(result, about))
    click.echo(f"Tables and chart: {place}{os.sep}")


@click.command()
@click.argument("pattern", default="")
@as_json
def measures(pattern: str, as_json: bool) -> None:
    """Say what the columns of the monthly table are.

    PATTERN is a part of a name or of its text. A stock is counted at the end of the month, a flow over it; a level is
    a share, a rate or an index. Differences are counterfactual less baseline; of what is to be averted, the other way.
    """
    from dataclasses import asdict

    from cyclesim.errors import UnknownNameError, did_you_mean
    from cyclesim.measures import MEASURES

    words = pattern.casefold()
    found = [measure for measure in MEASURES.values() if words in f"{measure.name} {measure.text}".casefold()]
    if not found:
        raise UnknownNameError(f"no measure matches {pattern!r}; {did_you_mean(pattern, MEASURES)}")
    if as_json:
        rows = [asdict(measure) for measure in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for measure in found:
        averted = "; its difference is what is averted" if measure.averted else ""
        click.echo(f"{click.style(measure.name, bold=True)} ({measure.kind}, {measure.unit})")
        click.echo(f"  {measure.text}{averted}")
    click.echo(
        f"\n{len(found)} of {len(MEASURES)} measures of a simulated crisis, month by month; cyclesim run writes them"
    )


@click.command()
@click.argument("baseline")
@click.argument("scenario", nargs=-1, required=True)
@click.option("--replications", type=click.IntRange(min=1), help="Worlds for each draw (default: 20, or 1 with draws).")
@options.draws
@equal_spending
@purse_share
@seed
@click.option("--workers", type=click.IntRange(min=1), help="Processes (default: one a core).")
@out
@as_json
def compare(
    baseline: str,
    scenario: tuple[str, ...],
    replications: int | None,
    draws: int | Path,
    equal_spending: bool,
    purse_share: float | None,
    seed: int,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare one or more SCENARIOs with a BASELINE, world by world.

    All scenarios share the luck of each world. Without --draws, intervals cover luck only; with them, luck and
    the inputs that have a range. With --equal-spending, interventions are paid from the donors' money, and are
    carried out in part where they cost more than a part of it (--purse-share).
    """
    from cyclesim.analysis import compare as analysis
    from cyclesim.inputs.files import load
    from cyclesim.outputs import pictures, printed
    from cyclesim.outputs.progress import progress_bar
    from cyclesim.runs import folder, spending
    from cyclesim.runs import simulate as runs
    from cyclesim.runs.design import drawn

    if purse_share is not None and not equal_spending:
        raise click.UsageError("--purse-share goes with --equal-spending only; add that, or leave it out")
    scenarios = [load(name) for name in (baseline, *scenario)]
    design = drawn(scenarios, draws, seed)
    replications = replications or (1 if draws else 20)

    workers = workers or min(os.cpu_count() or 1, (len(design) if design else 1) * replications)
    with ExitStack() as stack:

        def claim(chosen: Sequence[Scenario]) -> tuple[dict[str, Any], Path, Output]:
            about = folder.manifest("comparison", chosen, design, replications, seed)
            place = out or folder.default_folder(about)
            output = stack.enter_context(options.claimed(place, about))
            assert output is not None  # there is a place
            return about, place, output

        with progress_bar(quiet=as_json) as progress:
            if equal_spending:
                paid: list[tuple[dict[str, Any], Path, Output]] = []
                most = purse_share or spending.PURSE_SHARE
                ensemble = spending.simulate_at_equal_spending(
                    scenarios,
                    design,
                    replications,
                    seed,
                    workers,
                    most,
                    progress,
                    check=lambda s: paid.append(claim(s)),
                )
                about, place, output = paid[0]
            else:
                about, place, output = claim(scenarios)
                ensemble = runs.simulate(scenarios, design, replications, seed, workers, progress=progress)
        result = analysis.compare(ensemble, scenarios[0].name)
        output.put({**result.files(), **pictures.files(ensemble.plot(result.baseline), "cycle")})
        output.put(pictures.files(result.plot(), "difference"))
    if as_json:
        click.echo(json.dumps({"folder": str(place), "hash": about["hash"], **result.to_dict()}))
        return
    further = options.draws_as_typed(draws) + ("--equal-spending " if equal_spending else "")
    further += f"--purse-share {purse_share:g} " if purse_share else ""
    click.echo(printed.comparison(result, about, (baseline, *scenario), further))
    click.echo(f"Tables and charts: {place}{os.sep}")
