"""What is said of runs, in memory or of a sweep: of a comparison, or of one scenario that nothing is compared with."""

from collections.abc import Mapping, Sequence
from typing import Any

from cyclesim import text
from cyclesim.analysis.compare import Comparison, Dependence, spread_of
from cyclesim.charts import captions, series
from cyclesim.charts.pictures import titles
from cyclesim.inputs.dates import date
from cyclesim.inputs.parameters import parameters
from cyclesim.inputs.scenario import Scenario
from cyclesim.intervals import Spread
from cyclesim.measures import EVERY, HEADLINES, PERSON_MONTHS
from cyclesim.outputs import money, printed
from cyclesim.outputs.finding import Finding, Table, caveats
from cyclesim.outputs.finding import titles as named
from cyclesim.runs.results import Runs
from cyclesim.runs.sweep import Sweep

BY_YEAR = "People identified are summed over the months of a year, all else is their mean."
YEARLY = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage", "trust")
DRAWN = (PERSON_MONTHS, "identified")
"""Totals that are drawn where months are not kept."""
MOST_ROWS, MOST_INPUTS, MOST_TOLD, MOST_OTHERS = 10, 8, 4, 3
HOW = "Averted is baseline - counterfactual (positive is good); for all else the counterfactual less the baseline."
GAIN = "Pairing gain: the variance of the difference between worlds of other luck over that of paired ones."
_LATE = (".cost", ".from", ".ramp", ".share", ".why", ".recommendation", ".until")
"""Entries of an intervention that say when and at what cost, not what: told last."""
Rows = Mapping[str, Mapping[str, Any]]
"""What a scenario comes to, or changes: a row for each measure."""


def tell(result: Comparison) -> Finding:
    """Say what each counterfactual changes, the one with the largest clear difference first."""
    runs = result.ensemble
    if not result.counterfactuals:
        return _levels(runs)
    rows = result.by_measure
    name = leading(result)
    answer, details = _said(result, name, rows)
    depends = result.dependences(name)
    tables = [_headlines(result, name, rows[name]) for name in result.counterfactuals]
    tables += [_changed(runs.scenarios[result.baseline], [runs.scenarios[n] for n in result.counterfactuals])]
    tables += [*_costs(result), _depends(depends, runs), *_pictured(result, depends)]
    return Finding(
        *_heads(runs, runs.scenarios[name], result.baseline),
        f"{answer}.",
        details=[*details, covers(runs)],
        tables=tables,
        cautions=caveats(runs.scenarios.values()),
        lacks=_lacks(runs),
    )


def _levels(runs: Runs) -> Finding:
    """Say what the headline measures of one scenario come to over worlds."""
    scenario = runs.scenarios[runs.baseline]
    found: Rows = {str(name): dict(row) for name, row in runs.summary().loc[runs.baseline].iterrows()}
    rows = []
    for measure in [m for m in HEADLINES if m in found]:
        row = found[measure]
        mean, median = (printed.amount(measure, row[column]) for column in ("mean", "q50"))
        ends = printed.ends(measure, row, "mean_"), printed.ends(measure, row)
        rows.append([EVERY[measure].title, mean, ends[0], median, ends[1]])
    told = PERSON_MONTHS if PERSON_MONTHS in found else runs.measures[0]
    spread = "" if runs.worlds == 1 else f" ({runs.who}: {printed.ends(told, found[told])})"
    average = f"{printed.amount(told, found[told]['mean'])} {EVERY[told].words} on average"
    head = ["over worlds", "mean", "95 % of the mean", "median", runs.who]
    return Finding(
        *_heads(runs, scenario, runs.baseline),
        answer=f"{scenario.title}: {average}{spread}.",
        details=[covers(runs)],
        tables=[Table(named([scenario]), head, rows)],
        cautions=caveats([scenario]),
        lacks="one scenario, so there is no difference to report; give its study two scenarios or more",
    )


def _heads(runs: Runs, scenario: Scenario, baseline: str) -> tuple[str, str, str]:
    """Return kind, title and question of a finding about runs: those of the study, or of the scenario told first."""
    if isinstance(runs, Sweep):
        return f"Sweep of {runs.stored:,} runs", runs.study.title, runs.study.question
    base = runs.scenarios[baseline]
    against = f", against {base.title}" if scenario.name != base.name else ""
    return "Comparison", f"{scenario.title}{against}", scenario.question


def covers(runs: Runs) -> str:
    """Say what the intervals of some runs cover."""
    if runs.covers == "expected values":
        return "Expected values without luck: there is no interval. Ask for draws."
    if runs.worlds == 1:
        return "One world: there is no interval. Ask for --replications or --draws."
    if not runs.sampled:
        return (
            f"The draws are those of a {runs.method}, no sample of what is plausible: there is no interval, and where "
            "all of them lie is told. Read them draw by draw."
        )
    said = printed.covering(runs.worlds, runs.number_of_draws, runs.units)
    if runs.design is None:
        return f"{said} They cover luck only. What nobody knows about the inputs is not in it: ask for --draws."
    if runs.shared_luck and runs.replications == 1:
        return f"{said} All draws have one luck, so that nothing is clear: ask for --replications."
    stated = sorted(set().union(*(scenario.stated for scenario in runs.scenarios.values())))
    luck = "the inputs drawn, and no luck (expected values)" if runs.twin else "luck and the inputs drawn"
    held = f" Held as a scenario states them: {', '.join(stated)}." if stated else ""
    return (
        f"{said} They cover {luck}, over the whole range of each, so that the baseline is not the default one; the "
        f"numbers in the scenario files are not varied.{held}"
    )


def leading(result: Comparison) -> str:
    """Return the counterfactual that is told first."""
    if PERSON_MONTHS not in result.ensemble.measures:
        return result.counterfactuals[0]
    return captions.leading({name: spread_of(rows[PERSON_MONTHS]) for name, rows in result.by_measure.items()})


def _said(result: Comparison, name: str, rows: Mapping[str, Rows]) -> tuple[str, list[str]]:
    """Return the answer, and what others change and in what share of worlds the one told first averts anything."""
    runs = result.ensemble
    if PERSON_MONTHS not in runs.measures:
        return f"{runs.where} does not keep {EVERY[PERSON_MONTHS].title.lower()}, so that nothing is said of it", []
    found = {counterfactual: by_measure[PERSON_MONTHS] for counterfactual, by_measure in rows.items()}
    others = [f"{_finding(result, n, row, brief=True)}." for n, row in found.items() if n != name][:MOST_OTHERS]
    if runs.worlds > 1 and runs.sampled and found[name]["difference"]:
        share = float((runs.differences(PERSON_MONTHS, result.baseline)[name] > 0).mean())
        others.append(
            f"With everything else the same{'' if runs.twin else ' and the same luck'}, {titles(runs.scenarios)[name]} "
            f"averts person-months in {text.percent(share)} of {runs.worlds:,} paired worlds."
        )
    none = captions.no_difference({n: spread_of(row) for n, row in found.items()}, EVERY[PERSON_MONTHS])
    return none or _finding(result, name, found[name]), others


def _finding(result: Comparison, name: str, row: Mapping[str, Any], brief: bool = False) -> str:
    runs = result.ensemble
    if not runs.sampled:
        return (
            f"{runs.scenarios[name].title}: mean difference of {text.number(row['difference'])} person-months averted"
        )
    said = text.finding(EVERY[PERSON_MONTHS], spread_of(row), row["baseline"], runs.covers, brief)
    return f"{titles(runs.scenarios)[name]}: {said}"


def _lacks(runs: Runs) -> str:
    """Return why no report is made of it, and what would do."""
    names = " ".join(runs.scenarios)
    if not runs.sampled:
        return (
            f"the draws of a {runs.method}, no sample of what is plausible, and a report needs an interval; give its "
            "study a design of lhs or sobol (sliders: cyclesim page)"
        )
    if PERSON_MONTHS not in runs.measures:
        return f"no {PERSON_MONTHS}, of which a report tells; {runs.way_to(measures=[PERSON_MONTHS])}"
    if runs.design is not None and runs.number_of_draws > 1:
        return ""
    return (
        f"an interval that covers {runs.covers}, and a report never shows luck alone; draw the inputs too: cyclesim "
        f"compare {names} --draws 100, or give the study a design of draws"
    )


def _headlines(result: Comparison, name: str, rows: Rows) -> Table:
    """Return the headline measures of one counterfactual beside the baseline, and when they first differ."""
    runs, paired = result.ensemble, result.ensemble.covers == "luck only"
    cells = []
    for measure in [m for m in HEADLINES if m in rows]:
        row = rows[measure]
        values = [printed.amount(measure, row[k]) for k in ("baseline", "counterfactual", "difference")]
        ends = [printed.ends(measure, row, "mean_"), printed.ends(measure, row)]
        gain = [text.number(row["pairing_gain"])] if paired else []
        cells.append([EVERY[measure].label, *values, *ends, *gain])
    scenario, lines = runs.scenarios[name], []
    if PERSON_MONTHS in rows and len(result.counterfactuals) > 1:
        lines += [scenario.question, f"{_finding(result, name, rows[PERSON_MONTHS])}."]
    if name in result.first_difference:
        month = result.first_difference[name]
        none = "No measure differs in any world."
        lines.append(none if month is None else f"First difference: {date(month, scenario.start)}.")
    if name == result.counterfactuals[0]:
        lines += [HOW, GAIN] if paired else [HOW]
    head = ["means of worlds", "baseline", "counterfactual", "difference", "95 % of the mean", runs.who]
    return Table(named([scenario]), [*head, *(["pairing gain"] if paired else [])], cells, lines=lines, only="terminal")


def _costs(result: Comparison) -> list[Table]:
    """Say what each counterfactual costs, who pays, and what is bought with it: of several, a page has a table."""
    several, said, rows, donors, called = len(result.spending) > 1, [], [], [], titles(result.ensemble.scenarios)
    for account in result.spending:
        title = called[account.scenario]
        said += [f"{title}:"] if several else []
        said += [text.capital(line).rstrip(".") + "." for line in money.lines(account)]
        price = money.price(account.prices["person_month_averted"]).replace(", 95 % interval", "")
        spent = map(text.number, (account.counterfactual, account.interventions))
        rows.append([title, *spent, f"US${text.number(account.cost)}", price])
        donors += [title] if account.equal else []
    if not said:
        return []
    told = Table("What it costs", lines=said, only="terminal" if several else "")
    if not several:
        return [told]
    base = f"the baseline spends {text.number(result.spending[0].baseline)}"
    paid = f"out of donors' money in {text.listed(donors)}" if donors else "on top of donors' money"
    line = f"US dollars per million people in need and year; {base}. Interventions are paid {paid}."
    heads = ["", "spent", "on interventions", "interventions in all", "for a person-month averted (95 % interval)"]
    return [told, Table("What it costs", heads, rows, lines=[line], only="page")]


def _changed(base: Scenario, others: Sequence[Scenario]) -> Table:
    """Return what scenarios change of a baseline, as data."""
    rows, left = [], 0
    most = MOST_ROWS if len(others) == 1 else max(1, 6 // len(others))
    for scenario in others:
        found = sorted(printed.changed(base, scenario), key=lambda row: row[0].endswith(_LATE))
        left += max(0, len(found) - most)
        rows += [[f"{scenario.name}: {path}" if len(others) > 1 else path, *values] for path, *values in found][:most]
    left += max(0, len(rows) - MOST_ROWS)
    lines = [f"And {left} further entries: cyclesim check FILE lists them."] if left else []
    lines += [] if rows else ["Nothing differs."]
    return Table("What was changed", ["entry", base.name, "changed to"], rows[:MOST_ROWS], lines=lines, only="page")


def _depends(found: Sequence[Dependence], runs: Runs) -> Table:
    """Say on which inputs a result depends most."""
    title, clear = "What it depends on most", [one for one in found if one.clear]
    if runs.design is None:
        return Table(title, lines=["The inputs were not varied."], only="page")
    if not clear:
        few = " With more draws some may." if runs.number_of_draws < 200 else ""
        said = f"No single input stands out over {runs.number_of_draws} draws of all of them.{few}"
        return Table(title, lines=[said])
    known, lines = parameters(), []
    for one in clear[:MOST_TOLD]:
        quantity = known.get(one.name)
        what = f": {quantity.text} ({quantity.grade})" if quantity else ""
        lines.append(f"{text.plain(one.name)}{what}. The larger it is, the {more(one)} is averted.")
    return Table(title, lines=lines)


def more(one: Dependence) -> str:
    """Say which way a result goes with an input."""
    return "more" if one.correlation > 0 else "less"


def _pictured(result: Comparison, depends: Sequence[Dependence]) -> list[Table]:
    """Return the numbers behind the pictures."""
    shown = [one for one in depends if one.clear][:MOST_INPUTS]
    cells = [[text.plain(d.name), *(f"{v:.2f}" for v in (d.correlation, d.low, d.high))] for d in shown]
    head = ["input", "correlation", "95 % from", "to"]
    if result.ensemble.months.empty:
        found = [_effects(result, measure) for measure in DRAWN if measure in result.ensemble.measures]
    else:
        found = [_accumulated(result), _years(result.ensemble)]
    if shown:
        found.append(Table("Rank correlation with what is averted", head, cells, beside="depends", only="page"))
    return found


def _effects(result: Comparison, measure: str) -> Table:
    rows, title = [], f"{EVERY[measure].title}, difference"
    for name, found in result.by_measure.items():
        row = found[measure]
        cells = [printed.amount(measure, row[column]) for column in ("difference", "low", "high")]
        rows.append([titles(result.ensemble.scenarios)[name], *cells])
    head = ["scenario", "mean", f"{result.ensemble.who}, from", "to"]
    return Table(title, head, rows, beside=measure, only="page")


def _accumulated(result: Comparison) -> Table:
    rows, months, who = [], result.ensemble.months, ""
    for name in result.counterfactuals:
        effect = series.effect(months, result.baseline, name, "exploited")
        who = effect.spread.who
        for month in range(11, effect.running.shape[1], 12):
            found = Spread.by_world(effect.running.iloc[:, month])
            cells = [text.number(x) for x in (found.mean, found.low, found.high)]
            rows.append([f"{titles(result.ensemble.scenarios)[name]}, after {(month + 1) // 12} years", *cells])
    head = ["person-months averted since the start", "mean of worlds", f"{who}, from", "to"]
    return Table("Person-months of exploitation averted, accumulated", head, rows, beside="difference", only="page")


def _years(runs: Runs) -> Table:
    rows = []
    wide = {measure: series.worlds(runs.months, measure) for measure in YEARLY}
    for name, title in titles(runs.scenarios).items():
        own = {measure: series.select(frame, name) for measure, frame in wide.items()}
        for year in range(own["exploited"].shape[1] // 12):
            months = {measure: frame.iloc[:, 12 * year : 12 * year + 12] for measure, frame in own.items()}
            worlds = [m.agg(EVERY[measure].over_year, axis=1) for measure, m in months.items()]
            rows.append([f"{title}, year {year + 1}", *(text.number(float(values.mean())) for values in worlds)])
    head = ["means over worlds", *(EVERY[m].title for m in YEARLY)]
    return Table("The cycle, year by year", head, rows, "cycle", [BY_YEAR], "page")
