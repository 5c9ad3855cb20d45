"""What the report says of a comparison, and of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cyclesim.analysis.compare import Comparison, compare, spread, spread_of
from cyclesim.analysis.dependence import dependences
from cyclesim.errors import FolderError
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY
from cyclesim.outputs import captions, money, pictures, printed, series, text
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.report import Block, Chart, Report, Table, drawn
from cyclesim.outputs.reports.parts import assumptions, changed, command, depends, leaves_out, tornado
from cyclesim.runs import folder

if TYPE_CHECKING:
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.runs.sweep import Sweep

TARGET = "person_months_exploited"
_YEARLY = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage", "trust")


def run(place: Path, about: dict[str, Any]) -> Report:
    """Refuse a single world, and say what to do."""
    raise FolderError(
        f"{place} holds one world of {', '.join(about['order'])}: there is no difference and no interval to report. "
        "Compare it with something: cyclesim compare baseline MINE --draws 100 --out FOLDER"
    )


def comparison(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a comparison."""
    ensemble = folder.read(place)
    result = compare(ensemble)
    typed = command(place, lambda: printed.command(about, about["order"], _further(result)))
    if ensemble.covers != "luck and inputs":
        raise FolderError(
            f"the interval of {place} covers {ensemble.covers}, and a report never shows luck alone; draw the inputs "
            f"too: {printed.command({**about, 'draws': 100, 'replications': 1}, about['order'], _further(result))}"
        )
    scenarios = ensemble.scenarios
    others = [scenarios[name] for name in result.counterfactuals]
    effects = {
        name: series.effect(ensemble.table, result.baseline, name, "exploited") for name in result.counterfactuals
    }
    leading = captions.leading({name: effect.spread for name, effect in effects.items()})
    notes = pictures.notes(ensemble)
    gained = _by_draw(result.differences[result.differences["scenario"] == leading], TARGET)
    found = dependences(ensemble.design.names, ensemble.design.values, gained) if ensemble.design else []
    share = float((result.differences.loc[result.differences["scenario"] == leading, TARGET] > 0).mean())
    detail = [
        f"With everything else the same and the same luck, it averts person-months in {text.percent(share)} of "
        f"{printed.covering(ensemble.worlds, ensemble.draws)} They cover luck and every input that has a range."
    ]
    detail += [_further_effect(effects[s.name], s) for s in others if s.name != leading][:3]
    return Report(
        kind="Comparison",
        title=scenarios[leading].title,
        question=scenarios[leading].question,
        answer=captions.compared(effects, "exploited", notes) + ".",
        detail=detail,
        cautions=[s.caveat for s in scenarios.values() if s.caveat],
        charts=[
            drawn(pictures.difference(result, "exploited"), _accumulated(effects, scenarios)),
            drawn(pictures.cycle(ensemble), _years(ensemble.table, scenarios)),
            *tornado(found, scenarios[leading].title, printed.assumptions(about)),
        ],
        first=[changed(scenarios[result.baseline], others), _costs(result)],
        second=[depends(found, len(gained)), leaves_out(), assumptions(about, found)],
        command=typed,
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=about["seed"],
    )


def _further(result: Comparison) -> str:
    equal = any(account.equal for account in result.spending)
    return "--equal-spending " if equal else ""


def _further_effect(effect: series.Effect, scenario: Scenario) -> str:
    found = effect.spread
    shown = -found if found.clear and found.mean < 0 else found  # "adds 17 to 68"
    ends = f"{text.number(shown.low)} to {text.number(shown.high)}"
    return f"{scenario.title}: {captions.short(effect, 'exploited')} ({ends})."


def _by_draw(rows: pd.DataFrame, measure: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a difference by draw, averaged over its worlds; draw 0 is not a draw."""
    drawn_rows = rows[rows["draw"] > 0]
    return np.asarray(drawn_rows.groupby("draw")[measure].mean().sort_index().to_numpy(dtype=float))


def _accumulated(effects: Mapping[str, series.Effect], scenarios: Mapping[str, Scenario]) -> Table:
    rows = []
    for name, effect in effects.items():
        for month in range(11, effect.running.shape[1], 12):
            found = spread(effect.running.iloc[:, month])
            cells = [text.number(x) for x in (found.mean, found.low, found.high)]
            rows.append([f"{scenarios[name].title}, after {(month + 1) // 12} years", *cells])
    ends = _ends(next(iter(effects.values())).spread)
    head = ["person-months averted since the start", "mean of worlds", *ends]
    return Table("Person-months of exploitation averted, accumulated", head, rows)


def _years(table: pd.DataFrame, scenarios: Mapping[str, Scenario]) -> Table:
    rows = []
    for name, scenario in scenarios.items():
        wide = {measure: series.of(series.worlds(table, measure), name) for measure in _YEARLY}
        for year in range(wide["exploited"].shape[1] // 12):
            months = [wide[m].iloc[:, 12 * year : 12 * year + 12] for m in _YEARLY]
            values = [
                frame.sum(axis=1) if m == "identified" else frame.mean(axis=1)
                for m, frame in zip(_YEARLY, months, strict=True)
            ]
            rows.append([f"{scenario.title}, year {year + 1}", *(text.number(float(v.mean())) for v in values)])
    return Table("The cycle, year by year", ["means over worlds", *(EVERY[m].title for m in _YEARLY)], rows)


def _costs(result: Comparison) -> Block:
    if len(result.spending) == 1:
        said = money.lines(result.spending[0])
        return Block("What it costs", [f"{line[0].upper()}{line[1:]}".rstrip(".") + "." for line in said])
    rows = [
        [
            result.ensemble.scenarios[account.scenario].title,
            text.number(account.counterfactual),
            text.number(account.interventions),
            f"US${text.number(account.cost)}",
            money.price(account.prices["person_month_averted"]).replace(", 95 % interval", ""),
        ]
        for account in result.spending
    ]
    base = text.number(result.spending[0].baseline)
    head = [
        "US dollars per million people and year",
        "spent",
        "on interventions",
        "interventions in all",
        "for a person-month averted (95 % interval)",
    ]
    return Block("What it costs", table=Table(f"Money; the baseline spends {base}", head, rows))


def sweep(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a sweep."""
    from cyclesim.analysis.sweeps import differences as effects_of
    from cyclesim.outputs.sweeps import covers_text
    from cyclesim.runs.sweep import read_sweep

    swept = read_sweep(place)
    _refuse(place, swept)
    table, scenarios = effects_of(swept).to_dict("index"), swept.scenarios
    others = [name for name in scenarios if name != swept.baseline]
    found_of = {name: spread_of(table[name, TARGET]) for name in others}
    leading = captions.leading(found_of)
    gained = _gained(swept, leading)
    found = dependences(swept.plan.design.names, swept.plan.design.values, gained)
    assumed = printed.assumptions(about)
    covers = "the inputs drawn, without luck" if swept.plan.twin else "luck and the inputs drawn"
    finding = {name: f"{scenarios[name].title}: {printed.finding(table[name, TARGET])}" for name in others}
    charts = [
        _effects(table, scenarios, others, measure, covers, assumed)
        for measure in (TARGET, "identified")
        if measure in swept.measures
    ]
    return Report(
        kind=f"Sweep of {swept.stored:,} runs",
        title=swept.study.title,
        question=swept.study.question,
        answer=finding[leading] + ".",
        detail=[*[f"{finding[name]}." for name in others if name != leading][:4], covers_text(swept)],
        cautions=[s.caveat for s in scenarios.values() if s.caveat],
        charts=[*charts, *tornado(found, scenarios[leading].title, assumed)],
        first=[changed(scenarios[swept.baseline], [scenarios[n] for n in others])],
        second=[depends(found, len(gained)), leaves_out(), assumptions(about, found)],
        command=command(place, lambda: f"cyclesim sweep {swept.study.name}"),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=swept.study.seed,
    )


def _refuse(place: Path, swept: Sweep) -> None:
    """Refuse a sweep of which no report can be made, and say what to do."""
    if not swept.complete:
        raise FolderError(f"{place} is not finished; go on with: cyclesim resume {place}")
    if swept.design is None or len(swept.scenarios) < 2:
        lacks = "has no draws, and a report never shows luck alone" if swept.design is None else "has one scenario"
        raise FolderError(f"{place} {lacks}; give its study a design of draws and two scenarios or more")
    if not swept.sampled and swept.study.design is not None:
        raise FolderError(
            f"the draws of {place} are those of a {swept.study.design.method}, no sample of what is plausible, and a "
            "report needs an interval; give its study a design of lhs or sobol (sliders: cyclesim page)"
        )
    if TARGET not in swept.measures:
        raise FolderError(f"{place} does not keep {TARGET}; add it to the measures of its study")


def _gained(sweep: Sweep, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    pairs = sweep.pairs(TARGET)
    means = (pairs[sweep.baseline] - pairs[name]).groupby("draw").mean().sort_index()
    return np.asarray(means.to_numpy(dtype=float))


def _ends(found: Spread) -> list[str]:
    """Return the heads of the columns of an interval over worlds."""
    return [f"{found.who}, from", "to"]


def _effects(
    table: Mapping[Any, Any],
    scenarios: Mapping[str, Scenario],
    others: list[str],
    measure: str,
    covers: str,
    assumed: str,
) -> Chart:
    spreads = [spread_of(table[name, measure]) for name in others]
    labels = [scenarios[name].title for name in others]
    dots = [Dot(label, s.mean, s.low, s.high) for label, s in zip(labels, spreads, strict=True)]
    words = EVERY[measure].title
    sign = "averted" if EVERY[measure].averted else "more"
    clear = [label for label, found in zip(labels, spreads, strict=True) if found.clear]
    title = f"A clear difference in {words}: {', '.join(clear)}" if clear else f"No clear difference in {words}"
    figure = chart(
        dots,
        title,
        f"{words}: {sign} beside the baseline; dot: mean, line: {spreads[0].who}",
        f"Simulated worlds, not observations; {covers}. {assumed}",
    )
    cells = [
        [label, *(text.number(v) for v in (d.value, d.low, d.high))] for label, d in zip(labels, dots, strict=True)
    ]
    return drawn(figure, Table(f"{words}, difference", ["scenario", "mean", *_ends(spreads[0])], cells))
