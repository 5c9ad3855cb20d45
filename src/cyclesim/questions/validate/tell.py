"""What is said of targets, checks, what stands beside them, and the report's claims."""

import math
from collections.abc import Iterable, Sequence

from cyclesim import text
from cyclesim.analysis.beside import Beside, Loss, Placed
from cyclesim.analysis.claims import ClaimVerdict, Examined
from cyclesim.analysis.targets import JudgedQuantity, JudgedTarget, Verdict
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.validate.compute import Claims, Validation

HOW_TO_READ = (
    "A target is a question put to the model, never a goal for it. A missed target says where the model and the record "
    "differ; a met one does not say that the model is right.",
    "Rungs: U unseen crisis, M mechanism in place, S strong system, 30 thirty crises, UA Ukraine. Use: fit (a "
    "calibration may use it), test (printed, never used), print (no verdict).",
)
OUR_READING = (
    "The rules are our reading of the claims, in round numbers, and stand beside them; that the model agrees says what "
    "follows from its assumptions, not what is so."
)
WORLDS = (
    "Expected values but for the luck of lines in plans and of recording practice. Published counts (T22) and "
    "conservation (g) are of people one by one, and so is the hot stove, in 200 worlds or more."
)
_READ = {
    ClaimVerdict.AGREES: "The model agrees with",
    ClaimVerdict.CONTRADICTS: "It contradicts",
    ClaimVerdict.SILENT: "It is silent on",
}


def tell(found: Validation | Claims) -> Finding:
    """Say where the model and the record differ, or what the model shows of each claim."""
    return _claims(found) if isinstance(found, Claims) else _validation(found)


def _validation(found: Validation) -> Finding:
    outside = defaults(found.defaults)
    return Finding(
        kind="Validation",
        title=titles([found.scenario]),
        question="Where do the model and the record differ?",
        answer=_missed(found.rows),
        details=[f"{_worlds(found)} {WORLDS}", HOW_TO_READ[1], *([] if outside.rows else [inside(found.defaults)])],
        tables=[
            _targets("Targets", [row for row in found.rows if row.target.kind != "check"]),
            _targets("Qualitative checks", [row for row in found.rows if row.target.kind == "check"]),
            losses(found.losses),
            beside(found.beside),
            *([outside] if outside.rows else []),
            Table("Quantile of every default in its prior, 0 at the low end", lines=[f"{quantiles(found.defaults)}."]),
        ],
        cautions=[HOW_TO_READ[0], *caveats([found.scenario])],
    )


def _missed(rows: Iterable[JudgedTarget]) -> str:
    """Name what is missed: which, never how many."""
    names = [f"{row.target.id} ({row.target.fact})" for row in rows if row.verdict == Verdict.MISSED]
    return f"They differ in {text.listed(names)}." if names else "Nowhere that is asked beyond the tolerances."


def _targets(title: str, rows: Sequence[JudgedTarget]) -> Table:
    """Return the table of targets: a row for each, and under it a row for each of its quantities."""
    lines: list[list[str]] = []
    for row in rows:
        kind = " (nearly an input)" if row.target.kind == "consistency check" else ""
        uses, rungs = (", ".join(map(str, words)) for words in (row.target.uses, row.target.rungs))
        lines.append([f"{row.target.id} {row.target.fact}{kind}", "", "", "", rungs, uses, verdict(row)])
        for one in row.quantities:
            asked = one.quantity
            error = "" if math.isnan(one.error) or one.error == 0 else f" ± {text.number(one.error)}"
            told = [asked.target, asked.tolerance, str(asked.rung), str(asked.use), verdict(one)]
            lines.append([f"  - {asked.name}", text.number(one.measured) + error, *told])
    said = [f"{row.target.id}: {remark}." for row in rows if (remark := remarks(row))]
    return Table(title, ["", "measured", "evidence", "tolerance", "rung", "use", "verdict"], lines, lines=said)


def verdict(judged: JudgedTarget | JudgedQuantity) -> str:
    """Return a verdict in words; what is only printed has none."""
    parts = judged.quantities if isinstance(judged, JudgedTarget) else [judged]
    narrowly = judged.verdict == Verdict.MET and any(one.close for one in parts)
    return f"{judged.verdict or ''}{', narrowly' if narrowly else ''}"


def remarks(row: JudgedTarget) -> str:
    """Say on which side quantities missed, whether luck may have decided, and what was not measured."""
    said = []
    for one in row.quantities:
        luck = "within two Monte Carlo errors of the end of the tolerance" if one.close else ""
        if one.verdict == Verdict.MISSED:
            side = "below" if one.measured < one.quantity.low else "above"
            luck = f"{side} the tolerance" + (f" ({luck})" if luck else "")
        said += [f"{one.quantity.name}: {luck}"] if luck else []
    return "; ".join([*said, *row.unmeasured])


def losses(found: Iterable[Loss]) -> Table:
    """Return what is lost without money: the three headline outcomes in each rung."""
    rows = []
    for loss in found:
        fine = (0.0, loss.lost / 4)  # rounded so that what is lost still shows
        both = [text.number(value, fine) for value in (loss.present, loss.without)]
        share = "-" if math.isnan(loss.share) else text.percent(loss.share)
        rows.append([loss.rung, loss.outcome, *both, text.number(loss.lost), share])
    head = ["rung", "outcome", "at present", "without money", "lost", "share"]
    return Table("Without any anti-trafficking money, over ten years", head, rows)


def beside(found: Iterable[Beside]) -> Table:
    """Return the numbers that nobody aims at."""
    rows = [[b.rung, b.name, text.number(b.value), "-" if b.ceiling is None else text.number(b.ceiling)] for b in found]
    return Table("Numbers that nobody aims at, with their ceilings", ["rung", "number", "value", "ceiling"], rows)


def defaults(found: Iterable[Placed]) -> Table:
    """Return the defaults that stand outside the middle of their prior, and what puts them there."""
    rows = []
    for p in [p for p in found if p.outside]:
        prior = f"{text.number(p.low)} to {text.number(p.high)} ({p.scale})"
        rows.append([p.name, text.number(p.value), prior, f"{p.quantile:.2f}", p.beyond or "none"])
    head = ["parameter", "value", "prior", "quantile", "source that puts it there"]
    return Table("Defaults outside 0.2 to 0.8 of their prior", head, rows)


def inside(found: Sequence[Placed]) -> str:
    """Say that no default stands near an end of its prior."""
    return f"None of the {len(found)} defaults that draws move stands outside 0.2 to 0.8 of its prior."


def quantiles(found: Iterable[Placed]) -> str:
    """Return where each default that draws move stands in its prior, 0 at the low end and 1 at the high one."""
    return ", ".join(f"{p.name} {p.quantile:.2f}" for p in found)


def _worlds(found: Validation | Claims) -> str:
    return f"{text.pluralise(found.worlds, 'world')} of each variant."


def _claims(found: Claims) -> Finding:
    """Say how each claim of the report is read, the numbers that were measured for it, and the rule."""
    by = {reading: [one.claim.id for one in found.examined if one.verdict == reading] for reading in _READ}
    details = [
        f"{one.claim.id} (section {one.claim.section}) {one.claim.words}: {one.verdict}. Measured: {shown(one)}. Rule: "
        f"{one.claim.rule}."
        for one in found.examined
    ]
    return Finding(
        kind="Claims",
        title=titles([found.scenario]),
        question="What does the model show of the report's claims?",
        answer=" ".join(f"{words} {text.listed(by[reading]) or 'none'}." for reading, words in _READ.items()),
        details=[_worlds(found), *details],
        cautions=[OUR_READING, *caveats([found.scenario])],
    )


def shown(one: Examined) -> str:
    """Return the numbers of a claim."""
    return "; ".join(f"{name} {text.number(value)}" for name, value in one.shown.items())
