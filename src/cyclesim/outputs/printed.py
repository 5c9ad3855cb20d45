"""What the commands print: plain tables that say what they cover, what they assume and how to reproduce them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cyclesim.analysis.compare import spread_of
from cyclesim.inputs.dates import date
from cyclesim.intervals import FEWEST, who
from cyclesim.measures import EVERY, HEADLINES, MEASURES, PERSON_MONTHS
from cyclesim.outputs import money, text
from cyclesim.outputs.text import number
from cyclesim.runs.design import Design
from cyclesim.runs.fingerprint import Fingerprint
from cyclesim.runs.results import over_crises

if TYPE_CHECKING:
    from cyclesim.analysis.compare import Comparison
    from cyclesim.inputs.scenario import Scenario
    from cyclesim.runs.results import Ensemble, Run

_YEARLY = ("exploited", "identified", "true_prevalence", "believed_prevalence", "coverage", "answered_share", "trust")


def run(result: Run, about: Mapping[str, Any]) -> str:
    """Return one world as text: totals, and year by year."""
    totals = result.totals()
    rows = [[year, *(number(value) for value in values)] for year, *values in _years(result)]
    shown = [[EVERY[name].title, amount(name, totals[name])] for name in HEADLINES]
    return "\n".join(
        [
            f"{result.scenario.title}\n{result.scenario.question}\n",
            "The whole run: flows summed, stocks and shares averaged over months",
            *aligned(shown),
            "\nBy year: people identified are summed, people exploited counted at its end, all else averaged",
            *aligned([["from", *(name.replace("_", " ") for name in _YEARLY)], *rows]),
            f"\n{_published(result)}",
            *_caveats([result.scenario]),
            f"\n{_what_it_is(result, about['hash'])}",
            assumptions(about),
        ]
    )


def comparison(result: Comparison, about: Mapping[str, Any], typed: Sequence[str] = (), further: str = "") -> str:
    """Return a comparison as text: paired differences, what intervals cover, how to reproduce it.

    Parameters
    ----------
    about
        The manifest.
    typed
        Scenarios as the user named them; their names if absent.
    further
        Options that reproduce it beside those in the manifest.
    """
    ensemble, base = result.ensemble, result.ensemble.scenarios[result.baseline]
    lines = [f"Baseline: {base.title} ({base.name})"]
    for name in result.counterfactuals:
        scenario = ensemble.scenarios[name]
        lines += [f"\n{scenario.title} ({name})\n{scenario.question}", _when(result, name)]
        rows = {row["measure"]: row for row in result.rows(name)}
        lines.append(f"{scenario.title}: {finding(rows[PERSON_MONTHS], ensemble.covers)}.\n")
        lines += aligned([_head(ensemble), *_rows(rows, paired=ensemble.covers == "luck only")])
        lines += money.lines(next(account for account in result.spending if account.scenario == name))
    lines += _caveats(ensemble.scenarios.values())
    lines.append(f"\n{_covers(ensemble)}")
    lines.append(
        "Averted is baseline - counterfactual (positive is good); for all else the counterfactual less the baseline. "
        "Pairing gain: "
        "the variance of the difference between worlds of other luck over that of paired ones (not with draws)."
    )
    lines.append(f"Simulated worlds, not observations (hash {about['hash']}). {assumptions(about)}")
    return "\n".join([*lines, f"Reproduce: {command(about, typed or about['order'], further)}"])


def finding(row: Mapping[Any, Any], covers: str = "") -> str:
    """Return what a counterfactual does to person-months of exploitation, from a row of `Comparison.rows`."""
    return text.finding(EVERY[PERSON_MONTHS], spread_of(row), row["baseline"], covers)


def command(about: Mapping[str, Any], scenarios: Sequence[str], further: str = "") -> str:
    """Return the command that reproduces a comparison.

    Parameters
    ----------
    further
        Options that the manifest does not hold; draws among them, if they were not a number.
    """
    draws = f"--draws {about['draws']} " if about["draws"] and "--draws" not in further else ""
    names = " ".join(shlex.quote(name) for name in scenarios)
    options = f"{draws}{further}--replications {about['replications']} --seed {about['seed']}"
    return f"cyclesim compare {names} {options}"


def assumptions(about: Mapping[str, Any]) -> str:
    """Return how many numbers of the model nobody has measured, what simulated them, and how far draws go together."""
    count, columns = about["parameters"], about.get("design") or {}
    design = Design(tuple(columns), np.column_stack(list(columns.values()))) if columns else None
    share = f"{count['assumptions']} of {count['number']} parameters are assumptions that nobody has measured"
    return " ".join([*drawn(design), f"{share}: cyclesim parameters. Made by cyclesim {made_by(about)}."])


def drawn(design: Design | None) -> list[str]:
    """Return how far the quantities of a design go together, as a line; none without draws of several."""
    if design is None or len(design) < 2 or len(design.names) < 2:
        return []
    one, two, together = design.largest_correlation()
    return [
        f"Of the {len(design.names)} quantities in {len(design):,} draws, {one} and {two} go together most: rank "
        f"correlation {together:.2f}."
    ]


def made_by(about: Mapping[str, Any]) -> str:
    """Return version and fingerprint of what simulated the results of a manifest."""
    return str(Fingerprint.parse(about["fingerprint"]))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text in columns: the first to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(row[k].rjust(widths[k]) for k in range(1, len(row)))]) for row in rows
    ]


def amount(measure: str, value: float) -> str:
    """Return a value of a measure: cents as dollars."""
    return number(value / 100 if measure.endswith("_cents") else value)


def _head(ensemble: Ensemble) -> list[str]:
    worlds = who(ensemble.worlds, ensemble.draws)
    return ["means of worlds", "baseline", "counterfactual", "difference", "95 % of the mean", worlds, "pairing gain"]


def _rows(summary: Mapping[Any, Mapping[Any, Any]], paired: bool) -> list[list[str]]:
    rows = []
    for name in HEADLINES:
        row = summary[name]
        values = [amount(name, row[k]) for k in ("baseline", "counterfactual", "difference")]
        gain = number(row["pairing_gain"]) if paired else "-"
        rows.append([EVERY[name].label, *values, ends(name, row, "mean_"), ends(name, row), gain])
    return rows


def ends(measure: str, row: Mapping[Any, Any], of: str = "") -> str:
    """Return an interval of a measure as text; ``mean_`` is that of the mean, marked where it shows no difference."""
    low, high = row[f"{of}low"], row[f"{of}high"]
    if not np.isfinite(low):
        return "-"
    unclear = " (not clear)" if of and not row.get("clear", True) and high > low else ""
    return f"{amount(measure, low)} to {amount(measure, high)}{unclear}"


def _when(result: Comparison, name: str) -> str:
    month = result.first_difference[name]
    start = result.ensemble.scenarios[name].start
    return "No measure differs in any world." if month is None else f"First difference: {date(month, start)}"


def _what_it_is(result: Run, digest: str) -> str:
    if result.engine == "twin":
        return (
            f"Expected values of the model, not observations (hash {digest}): people are counted without luck, so "
            "the seed has no effect and numbers need not be whole."
        )
    return f"One simulated world, not observations (seed {result.seed}, hash {digest}): another seed gives another one."


def covering(worlds: int, draws: int, units: int | None = None) -> str:
    """Say what two intervals over worlds are: that of the mean, and where worlds lie; see `cyclesim.intervals`."""
    shared = "draws" if draws > 1 else "worlds"
    units = units if units is not None else draws if draws > 1 else worlds
    few = f" Fewer than {FEWEST} {shared} give no interval that holds 9 in 10 further worlds."
    return (
        f"{worlds:,} paired worlds. A difference is clear where the 95 % interval of its mean (Student's t, over "
        f"{shared}) excludes zero. The other interval holds {who(worlds, draws, units)}."
        f"{few if units < FEWEST else ''}"
    )


def _covers(ensemble: Ensemble) -> str:
    if ensemble.covers == "expected values":
        return "Expected values without luck: there is no interval. Ask for draws."
    if ensemble.worlds == 1:
        return "One world: there is no interval. Ask for --replications or --draws."
    interval = f"{covering(ensemble.worlds, ensemble.draws)} They cover"
    if ensemble.covers == "luck only":
        return f"{interval} luck only. What nobody knows about the inputs is not in it: ask for --draws."
    stated = sorted(set().union(*(scenario.stated for scenario in ensemble.scenarios.values())))
    luck = "" if ensemble.engine == "twin" else "luck and "
    held = f" Held as a scenario states them: {', '.join(stated)}." if stated else ""
    return (
        f"{interval} {luck}the inputs that have a range (drawn over the whole of it, so the baseline is not the "
        f"default one); the numbers in the scenario files are not varied.{held}"
    )


def _published(result: Run) -> str:
    """Return which estimates of the prevalence were published, and whether donors' decisions take them in."""
    estimates = result.tables["estimates"]
    if estimates.empty:
        return "No estimate of the prevalence was published: donors read case counts only."
    parts = []
    for source, rows in estimates.groupby("source"):
        low, high, most = rows["published"].min(), rows["published"].max(), rows["weight"].max()
        read = f"weight with donors up to {number(most)}" if most > 0 else "read by no donor"
        name = str(source).replace("_", " ")
        parts.append(f"{len(rows)} from {name}, {number(low)} to {number(high)} per 1,000 a year, {read}")
    return f"Estimates of the prevalence that were published (estimates.parquet): {'; '.join(parts)}."


def _caveats(scenarios: Iterable[Scenario]) -> list[str]:
    return [f"\nCaution ({s.name}): {s.caveat}" for s in scenarios if s.caveat]


def _years(result: Run) -> list[list[Any]]:
    """Return a row for each whole or begun year: its first month, then the measures of `_YEARLY`."""
    months = over_crises(result.months).set_index("month")
    how = {"flow": "sum", "stock": "last", "level": "mean"}
    yearly = months.groupby(months.index // 12).agg({name: how[MEASURES[name].kind] for name in _YEARLY})
    starts = [date(12 * int(year), result.scenario.start) for year in yearly.index]
    return [[start, *values] for start, values in zip(starts, yearly.to_numpy().tolist(), strict=True)]
