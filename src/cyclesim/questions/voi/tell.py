"""What is said and drawn of the value of information."""

import math

from matplotlib.figure import Figure

from cyclesim import text
from cyclesim.charts.dots import Dot, chart
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.outputs.printed import credit
from cyclesim.questions.voi.compute import ValueOfInformation

_LUCK = "One replication leaves luck in what it is worth to know everything, and makes that too large."
_SURVEY = "A survey asks people at random, who answer truly; it costs nothing here: compare its worth with a price."


def tell(found: ValueOfInformation, top: int = 10) -> Finding:
    """Say which scenario is the choice, and what it is worth to know more (top inputs) before choosing."""
    rows = [
        [scenario, text.number(benefit), text.number(error), text.percent(share)]
        for scenario, benefit, error, share in found.benefits.itertuples(index=False)
    ]
    head = ["scenario", "mean", "its error", "best in"]
    tables = [Table(f"Net benefit of each scenario over the baseline, {found.unit}", head, rows)]
    known = worths(found, top)
    if known:
        cells = [[one.label, *map(text.number, (one.value, one.low, one.high))] for one in known]
        title = f"Worth of knowing it before choosing, {found.unit}, and two standard errors to either side"
        tables.append(Table(title, ["what is known", "worth", "from", "to"], cells, beside="voi"))
    alone, valued = found.replications == 1 and not found.twin, found.surveys["named"].any()
    replications = "as expected values" if found.twin else text.pluralise(found.replications, "replication")
    return Finding(
        kind="Value of information",
        title=titles(found.scenarios),
        question="What is it worth to know more before choosing?",
        answer=_answer(found),
        details=[
            *_named(found),
            *_surveys(found),
            _basis(found),
            f"{text.pluralise(found.draws, 'draw')} over the inputs' ranges, {replications}.",
        ],
        tables=tables,
        cautions=[*([_LUCK] if alone else []), *([_SURVEY] if valued else []), *caveats(found.scenarios)],
    )


def worths(found: ValueOfInformation, top: int | None = None) -> list[Dot]:
    """Return what each input and survey that is named is worth to know, with two standard errors around it, from 0."""
    inputs, surveys = (frame[frame["named"].astype(bool)] for frame in (found.inputs, found.surveys))
    rows = [(text.plain(row["quantity"]), row["evppi"], row) for _, row in inputs.head(top or len(inputs)).iterrows()]
    rows += [(f"a survey of {int(row['people']):,} people", row["evsi"], row) for _, row in surveys.iterrows()]
    around = [(what, value, 2 * row["standard_error"]) for what, value, row in rows]
    return [Dot(what, value, max(0.0, value - error), value + error) for what, value, error in around]


def draw(found: ValueOfInformation, finding: Finding) -> dict[str, Figure]:
    """Return what it is worth to know each input and survey in the table; nothing if there is none."""
    shown = {row[0] for table in finding.tables if table.beside for row in table.rows}
    dots = [dot for dot in worths(found) if dot.label in shown]
    if not dots:
        return {}
    subtitle = f"Worth of knowing it before choosing, {found.unit}, and two standard errors"
    return {"voi": chart(dots, finding.headline, subtitle, credit(found.scenarios, finding.details[-1]))}


def _answer(found: ValueOfInformation) -> str:
    share = float(found.benefits.loc[found.benefits["scenario"] == found.best, "best_share"].iloc[0])
    return (
        f"With what is known now {found.best} is the choice; it is the best one in {text.percent(share)} of "
        f"{text.pluralise(found.draws, 'draw')}. To know everything beforehand would be worth {_everything(found)}."
    )


def _everything(found: ValueOfInformation) -> str:
    high, low = found.perfect
    worth = _amount(found, high)
    if not high:
        return "nothing"
    if math.isnan(low):
        return worth if found.twin else f"at most {worth}"
    return f"{_amount(found, max(low, 0.0)).removesuffix(f' {found.unit}')} to {worth}"


def _named(found: ValueOfInformation) -> list[str]:
    """Say which input is worth most to know, and what is not ranked, and why."""
    names, inputs = found.inputs.loc[found.inputs["named"], "quantity"].tolist(), len(found.inputs)
    if not names and not found.bar:
        return [f"To know any one of {text.pluralise(inputs, 'input')} would not change the choice."]
    are = "are" if len(names) > 1 else "is"
    others = "; the others are not ranked" if len(names) < inputs else ""
    return [
        *([f"Worth most to know: {text.plain(names[0])}."] if names else []),
        f"{len(names) or 'None'} of {text.pluralise(inputs, 'input')} {are} worth more than "
        f"{_amount(found, found.bar)}, which the best of as many that say nothing would reach in 1 of 25 "
        f"cases{others}.",
    ]


def _surveys(found: ValueOfInformation) -> list[str]:
    if found.surveys["named"].any():
        return []
    why = "that takes two replications or a twin."
    if len(found.surveys):
        why = "what is known of the prevalence does not move the choice more than chance would."
    return [f"No survey is valued: {why}"]


def _basis(found: ValueOfInformation) -> str:
    if found.worth is None:
        return "Net benefit: person-months of exploitation averted, whatever they cost (give --worth to count costs)."
    value = f"{text.dollars(100 * found.worth)} for each person-month averted (your number)"
    return f"Net benefit: {value}, less what is spent beyond the baseline."


def _amount(found: ValueOfInformation, value: float) -> str:
    return text.quantity(value, found.unit) if found.worth is None else text.dollars(100 * value)
