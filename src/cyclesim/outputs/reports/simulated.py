"""What the report says of a comparison, and of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cyclesim.analysis.compare import Comparison, compare
from cyclesim.analysis.dependence import dependences
from cyclesim.errors import FolderError
from cyclesim.outputs import captions, money, pictures, printed, series, text
from cyclesim.outputs.captions import WORDS
from cyclesim.outputs.dots import Dot, chart
from cyclesim.outputs.report import Block, Chart, Report, Table, drawn
from cyclesim.outputs.reports.parts import assumptions, changed, command, depends, leaves_out, tornado
from cyclesim.runs import folder
from cyclesim.vocabulary import AVERTED

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
    leading = max(effects, key=lambda name: (effects[name].clear, abs(effects[name].median)))
    notes = pictures.notes(ensemble)
    gained = _by_draw(result.differences[result.differences["scenario"] == leading], TARGET)
    found = dependences(ensemble.design.names, ensemble.design.values, gained) if ensemble.design else []
    share = float((result.differences.loc[result.differences["scenario"] == leading, TARGET] > 0).mean())
    detail = [
        f"With everything else the same and the same luck, it averts person-months in {text.percent(share)} of "
        f"{ensemble.worlds:,} paired worlds. The interval covers luck and the {len(ensemble.design or ())} draws of "
        "every input that has a range."
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
    ends = "" if np.isnan(effect.low) else f" (5-95 %: {text.number(effect.low)} to {text.number(effect.high)})"
    return f"{scenario.title}: {captions.short(effect, 'exploited')}{ends}."


def _by_draw(rows: pd.DataFrame, measure: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a difference by draw, averaged over its worlds; draw 0 is not a draw."""
    drawn_rows = rows[rows["draw"] > 0]
    return np.asarray(drawn_rows.groupby("draw")[measure].mean().sort_index().to_numpy(dtype=float))


def _accumulated(effects: Mapping[str, series.Effect], scenarios: Mapping[str, Scenario]) -> Table:
    rows = []
    for name, effect in effects.items():
        for month in range(11, effect.running.shape[1], 12):
            values = effect.running.iloc[:, month]
            low, high = values.quantile([0.05, 0.95])
            cells = [text.number(float(v)) for v in (values.median(), low, high)]
            rows.append([f"{scenarios[name].title}, after {(month + 1) // 12} years", *cells])
    head = ["person-months averted since the start", "median of worlds", "5 %", "95 %"]
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
            rows.append([f"{scenario.title}, year {year + 1}", *(text.number(float(v.median())) for v in values)])
    head = ["medians over worlds", *(WORDS.get(m, m.replace("_", " ")) for m in _YEARLY)]
    return Table("The cycle, year by year", ["medians over worlds", "people in exploitation", *head[2:]], rows)


def _costs(result: Comparison) -> Block:
    if len(result.spending) == 1:
        said = money.lines(result.spending[0])
        return Block("What it costs", [f"{line[0].upper()}{line[1:]}".rstrip(".") + "." for line in said])
    rows = [
        [
            result.ensemble.scenarios[account.scenario].title,
            money.number(account.counterfactual),
            money.number(account.interventions),
            money.price(account.prices["person_month_averted"]).replace(" for 90 % of worlds", ""),
        ]
        for account in result.spending
    ]
    base = money.number(result.spending[0].baseline)
    head = [
        "US dollars per million people and year",
        "spent",
        "on interventions",
        "for a person-month averted (90 % of worlds)",
    ]
    return Block("What it costs", table=Table(f"Money; the baseline spends {base}", head, rows))


def sweep(place: Path, about: dict[str, Any]) -> Report:
    """Return the report of a sweep."""
    from cyclesim.analysis.sweeps import differences as effects_of
    from cyclesim.runs.sweep import read_sweep

    swept = read_sweep(place)
    if not swept.complete:
        raise FolderError(f"{place} is not finished; go on with: cyclesim resume {place}")
    if swept.design is None or len(swept.scenarios) < 2:
        lacks = "has no draws, and a report never shows luck alone" if swept.design is None else "has one scenario"
        raise FolderError(f"{place} {lacks}; give its study a design of draws and two scenarios or more")
    if TARGET not in swept.measures:
        raise FolderError(f"{place} does not keep {TARGET}; add it to the measures of its study")
    table, scenarios = effects_of(swept), swept.scenarios
    others = [name for name in scenarios if name != swept.baseline]
    rows = {name: _row(table, name, TARGET) for name in others}
    leading = max(others, key=lambda name: abs(rows[name]["difference"]))
    gained = _gained(swept, leading)
    found = dependences(swept.plan.design.names, swept.plan.design.values, gained)
    assumed = printed.assumptions(about)
    finding = {name: _finding(rows[name], scenarios[name]) for name in others}
    charts = [
        _effects(table, scenarios, others, measure, assumed)
        for measure in (TARGET, "identified")
        if measure in swept.measures
    ]
    return Report(
        kind=f"Sweep of {swept.stored:,} runs",
        title=swept.study.title,
        question=swept.study.question,
        answer=finding[leading] + ".",
        detail=[f"{finding[name]}." for name in others if name != leading][:4],
        cautions=[s.caveat for s in scenarios.values() if s.caveat],
        charts=[*charts, *tornado(found, scenarios[leading].title, assumed)],
        first=[changed(scenarios[swept.baseline], [scenarios[n] for n in others])],
        second=[depends(found, len(gained)), leaves_out(), assumptions(about, found)],
        command=command(place, lambda: f"cyclesim sweep {swept.study.name}"),
        hash=about["hash"],
        made_by=printed.made_by(about),
        seed=swept.study.seed,
    )


def _gained(sweep: Sweep, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    pairs = sweep.pairs(TARGET)
    means = (pairs[sweep.baseline] - pairs[name]).groupby("draw").mean().sort_index()
    return np.asarray(means.to_numpy(dtype=float))


def _row(table: pd.DataFrame, name: str, measure: str) -> dict[str, float]:
    row: dict[Any, Any] = table.xs((name, measure)).to_dict()
    return {column: float(row[column]) for column in ("difference", "median", "low", "high", "baseline")}


def _finding(row: Mapping[str, float], scenario: Scenario) -> str:
    ends = (row["median"], row["low"], row["high"])
    return f"{scenario.title}: {text.finding(WORDS['exploited'], *ends, 'person-months', row['baseline'])}"


def _effects(
    table: pd.DataFrame, scenarios: Mapping[str, Scenario], others: list[str], measure: str, assumed: str
) -> Chart:
    rows = [_row(table, name, measure) for name in others]
    labels = [scenarios[name].title for name in others]
    dots = [Dot(label, r["median"], r["low"], r["high"]) for label, r in zip(labels, rows, strict=True)]
    words = printed.TITLES.get(measure, measure.replace("_", " "))
    sign = "averted" if measure in AVERTED else "more"
    clear = [label for label, dot in zip(labels, dots, strict=True) if not dot.low <= 0 <= dot.high]
    title = f"A clear difference in {words}: {', '.join(clear)}" if clear else f"No clear difference in {words}"
    figure = chart(
        dots,
        title,
        f"{words}: {sign} beside the baseline, median and 90 % of paired worlds",
        f"Simulated worlds, not observations; luck and inputs. {assumed}",
    )
    cells = [
        [label, *(text.number(v) for v in (d.value, d.low, d.high))] for label, d in zip(labels, dots, strict=True)
    ]
    return drawn(figure, Table(f"{words}, difference", ["scenario", "median", "5 %", "95 %"], cells))
