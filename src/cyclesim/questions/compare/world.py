"""What is said of one world of one scenario: its totals, its years, and what was published in it."""

from cyclesim import text
from cyclesim.inputs.dates import date
from cyclesim.measures import EVERY, HEADLINES, MEASURES, PERSON_MONTHS
from cyclesim.outputs import printed
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.compare.tell import BY_YEAR
from cyclesim.runs.run import Run
from cyclesim.worlds.tables import over_crises

YEARLY = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage", "answered_share", "trust")


def tell(result: Run) -> Finding:
    """Say what happens in a world: its totals, and each whole or begun year."""
    scenario, totals = result.scenario, result.totals()
    shown = [[EVERY[name].title, printed.amount(name, totals[name])] for name in HEADLINES]
    months = over_crises(result.months).set_index("month")
    yearly = months.groupby(months.index // 12).agg({name: MEASURES[name].over_year for name in YEARLY})
    years = [
        [date(12 * int(year), scenario.start), *map(text.number, values)]
        for year, values in zip(yearly.index, yearly.to_numpy().tolist(), strict=True)
    ]
    heads = ["from", *(text.plain(name) for name in YEARLY)]
    world = "People are counted without luck, so the seed has no effect and numbers need not be whole."
    if result.engine != "twin":
        world = f"This is one world (seed {result.seed}): another seed gives another one."
    return Finding(
        kind="World",
        title=titles([scenario]),
        question=scenario.question,
        answer=f"{text.number(totals[PERSON_MONTHS])} person-months of exploitation, and "
        f"{text.number(totals['identified'])} people identified, in {scenario.months} months.",
        details=[_published(result)],
        tables=[
            Table("The whole run: flows summed, stocks and shares averaged over months", ["total", "value"], shown),
            Table("By year", heads, years, lines=[BY_YEAR]),
        ],
        cautions=[world, *caveats([scenario])],
        lacks="one world, so there is no difference and no interval to report",
    )


def _published(result: Run) -> str:
    """Return which estimates of the prevalence were published, and whether donors' decisions take them in."""
    estimates = result.tables["estimates"]
    if estimates.empty:
        return "No estimate of the prevalence was published: donors read case counts only."
    parts = []
    for source, rows in estimates.groupby("source"):
        low, high, most = rows["published"].min(), rows["published"].max(), rows["weight"].max()
        read = f"weight with donors up to {text.number(most)}" if most > 0 else "read by no donor"
        name = text.plain(str(source))
        parts.append(f"{len(rows)} from {name}, {text.number(low)} to {text.number(high)} per 1,000 a year, {read}")
    return f"Estimates of the prevalence that were published (estimates.parquet): {'; '.join(parts)}."
