"""What is said of two worlds that case counts cannot tell apart."""

from cyclesim import text
from cyclesim.analysis.pairs import WEAKNESSES
from cyclesim.analysis.readings import DATA, SURE, Separation
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.identify.compute import Identification, Separated

HOW = (
    "Tables: mean over worlds ± standard deviation (luck of the world and of the sample). d' is the difference of the "
    "means over the standard deviation, ± its Monte Carlo error. Right: how often a reading lies on its own world's "
    "side of the middle, for a reader who knows what both worlds would give; a coin is right in 50 %."
)
_HEAD = ["", "hidden", "protected", "apart (d')", "right", "one reading", f"for {text.percent(SURE)}"]


def tell(found: Identification) -> Finding:
    """Say which worlds look alike in case counts, and what each further datum is worth in telling them apart."""
    scenario = found.scenario
    noisy = [
        f"{s.pair.weakness.capitalize()}: simulated case counts differ beyond noise, though expected ones do not: "
        "cases are few, or queues full."
        for s in found.separated
        if s.cases.repeats is not None
    ]
    return Finding(
        kind="Worlds alike",
        title=titles([scenario]),
        question="Which worlds can case counts not tell apart, what else can, and at what cost?",
        answer=_answer(found),
        details=[
            *map(_pair, found.separated),
            *(f"No pair for {reason}." for reason in found.plan.missing),
            f"Within a pair, expected case counts of “{found.plan.crisis}” are the same in reports from {found.since} "
            "on.",
            HOW,
        ],
        tables=[_table(separated) for separated in found.separated],
        cautions=[
            worlds_told(found),
            *noisy,
            *(f"{datum.name.capitalize()}: {datum.caution}." for datum in DATA),
            *caveats([scenario]),
        ],
    )


def worlds_told(found: Identification) -> str:
    """Say what the spreads cover, and what they leave out."""
    return (
        f"{found.ensemble.worlds} simulated worlds of each kind; spreads cover luck only. Real worlds may differ in "
        "both ways at once, and nobody knows as exactly as here what either would give."
    )


def cost(amount: float) -> str:
    """Write an amount of US dollars."""
    return text.dollars(100 * amount)


def _answer(found: Identification) -> str:
    alike: list[str] = []
    best: list[str] = []
    for separated in found.separated:
        hidden, protected = map(text.number, separated.prevalence)
        reason, cheapest = separated.pair.weakness, separated.cheapest
        alike.append(f"{hidden} and {protected}{'' if alike else ' exploited per 1,000 a year'} ({reason})")
        sure = f"{cheapest.datum}, {cost(cheapest.cost_when_sure or 0.0)}" if cheapest else "nothing that was tried"
        best.append(f"{sure} ({reason})")
    return (
        f"Expected case counts are the same at {'; at '.join(alike)}. Cheapest to tell them apart: {'; '.join(best)}."
    )


def _pair(separated: Separated) -> str:
    """Say what either world of a pair is, and what each datum is worth."""
    pair, data = separated.pair, " ".join(map(sentence, separated.data))
    return (
        f"{pair.weakness.capitalize()}: {WEAKNESSES[pair.weakness]}. The hidden world has "
        f"{text.percent(pair.detection)} of the detection; in the protected world protective parameters are "
        f"{text.percent(pair.protection)} of the way to the best ends of their ranges. {data}"
    )


def sentence(row: Separation) -> str:
    """Return what a datum is worth, claiming no more than the worlds allow."""
    right = f"right in {text.percent(row.right)} of cases"
    none = max(row.hidden_none, row.protected_none)
    missing = f"; no reading in {text.percent(none)} of worlds" if none else ""
    if row.repeats is None:
        said = f"no clear difference, {right} (a coin: 50 %)"
    elif row.repeats == 1:
        mostly = "" if row.right >= SURE else "mostly "
        said = f"{mostly}apart, {right}, for {cost(row.cost)}"
    else:
        said = (
            f"partly apart, {right}; by its d', {text.percent(SURE)} takes {row.repeats:,} independent readings, "
            f"{cost(row.cost_when_sure or 0.0)}"
        )
    return f"{row.datum.capitalize()}: {said}{missing}."


def _table(separated: Separated) -> Table:
    """Return what is true and believed in both worlds, and what every datum reads there."""
    rows = [
        ["exploited per 1,000 per year, in truth", *map(text.number, separated.prevalence), *["-"] * 4],
        ["the same, as donors believe", *map(text.number, separated.believed), *["-"] * 4],
    ]
    for row in (separated.cases, *separated.data):
        read = [_with(row.hidden, row.hidden_spread), _with(row.protected, row.protected_spread)]
        apart = "-" if row.distance is None else _with(row.distance, row.distance_error)
        right = f"{_with(100 * row.right, 100 * row.right_error)} %"
        sure = "-" if row.cost_when_sure is None else cost(row.cost_when_sure)
        costs = [cost(row.cost), sure] if row.cost else ["-", "-"]
        rows.append([f"{row.datum}, {row.unit}", *read, apart, right, *costs])
    return Table(f"What is read in both worlds: {separated.pair.weakness}", _HEAD, rows)


def _with(value: float | None, error: float | None) -> str:
    if value is None:
        return "none"
    if error is None:
        return text.number(value)
    ends = (value - error, value + error)
    return f"{text.number(value, ends)} ± {text.number(error, ends)}"
