"""What is said of estimates."""

from cyclesim import text
from cyclesim.estimation.histories import Estimate
from cyclesim.estimation.methods import METHODS
from cyclesim.outputs.finding import Finding, Table
from cyclesim.questions.estimate.compute import Estimates

CAUTION = (
    "What models say, not a count. Estimates from lists are contested: on simulated lists of known truth, letting "
    "terms in by significance greatly overstated how reliable they were, and where a term that was left out was not "
    "truly absent they were unsound (Whitehead, Jackson, Balch & Francis 2021). Models that fit alike can differ by a "
    "factor: report the spread between methods, never one number alone."
)
LACKS = "estimates without limits, and a report needs them: run the command again with --interval bootstrap"


def tell(found: Estimates) -> Finding:
    """Say what the methods say together, and each for itself."""
    rows = [[f"{row.method} ({METHODS[row.method]})", *_cells(row)] for row in found.rows]
    head = ["method, and what it takes for granted", "people in all", "95 % limits", "times observed"]
    unlimited = found.answered and not any(row.interval for row in found.answered)
    return Finding(
        kind="Estimate",
        title=found.counts.title,
        question="How many people are there, those on no list included?",
        answer=_answer(found),
        details=[*_table_in_words(found), *filter(None, map(remark, found.rows))],
        tables=[Table("What each method says", head, rows, beside="estimates")],
        cautions=[CAUTION],
        lacks=LACKS if unlimited else "",
    )


def _answer(found: Estimates) -> str:
    totals = sorted(row.estimate for row in found.answered if row.estimate is not None)
    if not totals:
        return f"No method has an answer: {found.observed:,} people are on a list, and nothing says how many are not."
    if len(found.rows) == 1:
        said = f"{people(totals[0])} people by the method {found.rows[0].method}"
    elif len(totals) == 1:
        said = f"{people(totals[0])} people by the one method that has an answer"
    else:
        said = f"{people(totals[0])} to {people(totals[-1])} people, depending on the method"
    return f"{said}; {found.observed:,} are on a list."


def _table_in_words(found: Estimates) -> list[str]:
    """Return what was read: the lists, how far they overlap, columns left out, and the source."""
    table, share = found.counts, found.overlapping / found.observed if found.observed else 0.0
    sizes = ", ".join(f"{name} {people:,}" for name, people in table.sizes.items())
    return [
        f"{found.observed:,} people are on at least one of {len(table.lists)} lists, {text.percent(share)} of them on "
        "two or more.",
        f"Lists: {sizes}.",
        *([f"Columns left out: {', '.join(table.left_out)}."] if table.left_out else []),
        *([f"Source of the table: {table.source.rstrip('.')}."] if table.source else []),
    ]


def _cells(row: Estimate) -> list[str]:
    if row.estimate is None:
        return ["no answer", "-", "-"]
    return [people(row.estimate), limits(row), text.number(row.estimate / row.observed)]


def people(number: float) -> str:
    """Write an estimate in whole people, so that it can be held against a published one."""
    return f"{number:,.0f}"


def limits(row: Estimate) -> str:
    """Return the interval in words; a dash if none was asked for."""
    if row.interval is None:
        return "-"
    low, high = row.interval
    return f"{people(low)} to {people(high)}" if high is not None else f"{people(low)} or more"


def remark(row: Estimate) -> str:
    """Return what a reader must know about one estimate; nothing where there is nothing."""
    if row.refused:
        return f"{row.method}: no answer, {row.reason}."
    kept = ", ".join("·".join(term) for term in row.model)
    dependent = f"dependent are {kept}" if kept and row.method != "pairs" else ""
    said = "; ".join(filter(None, [dependent, row.note]))
    return f"{row.method}: {said}." if said else ""
