"""What the commands about sweeps print."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cyclesim.intervals import who
from cyclesim.measures import EVERY, PERSON_MONTHS
from cyclesim.outputs.printed import aligned, amount, assumptions, covering, ends, finding
from cyclesim.outputs.printed import drawn as printed_design
from cyclesim.runs.logbook import versions
from cyclesim.runs.precision import took
from cyclesim.runs.totals import chosen

if TYPE_CHECKING:
    import pandas as pd

    from cyclesim.analysis.sweeps import Replayed
    from cyclesim.inputs.study import Study
    from cyclesim.runs.logbook import State
    from cyclesim.runs.plan import Plan
    from cyclesim.runs.sweep import Sweep

SHOWN = ("person_months_exploited", "identified", "believed_prevalence", "coverage", "total_spent_cents")
"""Totals that are printed, of those a sweep keeps."""


def planned(study: Study, plan: Plan) -> str:
    """Return what a study would simulate."""
    names = [scenario.name for scenario in plan.scenarios]
    draws = len(plan.design)
    drawn = f"{draws:,} draws of {counted(len(plan.design.names), 'quantity', 'quantities')}" if draws else "no draws"
    method = f" ({study.design.method})" if study.design is not None and draws else ""
    lines = [
        f"{study.title}\n{study.question}\n",
        f"scenarios     {', '.join(names)} (the first is the baseline)",
        f"design        {drawn}{method}",
        f"replications  {plan.replications:,}" + (f" or more, until {study.until}" if study.until else ""),
        f"luck          {_luck(study)}",
        f"keeps         {counted(len(chosen(study.measures)), 'total')} of each run" + _monthly(study.monthly),
        f"runs          {len(plan):,}",
        *printed_design(plan.design),
    ]
    return "\n".join(lines)


def finished(sweep: Sweep, state: State, summary: pd.DataFrame | None, differences: pd.DataFrame | None) -> str:
    """Return what a sweep has done and found; both tables are None while it is not complete."""
    lines = [carried(state), *_stopped(sweep), *_failed(sweep), *_mixed(sweep)]
    if not sweep.complete:
        return "\n".join([*lines, f"Go on with: cyclesim resume {shlex.quote(str(sweep.folder))}"])
    if summary is not None and differences is not None:
        table = _levels(sweep, summary) if differences.empty else _differences(sweep, differences)
        lines += ["", *_findings(sweep, differences), *table, covers_text(sweep), *printed_design(sweep.design)]
    lines.append(f"Simulated worlds, not observations (hash {sweep.manifest['hash']}). {assumptions(sweep.manifest)}")
    return "\n".join(lines)


def carried(state: State) -> str:
    """Return how many runs were new, and how fast they went."""
    if not state.done:
        return f"Nothing to simulate: all {state.stored:,} runs are stored."
    before = f", {state.stored:,} were stored before" if state.stored else ""
    return f"{counted(state.done, 'run')} simulated in {lasting(state.seconds)}, {state.rate:.3g} a second{before}."


def bar(state: State) -> str:
    """Return the state of a sweep in one line, for a terminal or a log."""
    done = state.stored + state.done
    left = "" if state.seconds_left is None else f", {lasting(state.seconds_left)} left"
    failed = f", {state.failed:,} failed" if state.failed else ""
    share = f"{100 * done // state.total if state.total else 100} %"
    return f"{done:,} of {state.total:,} runs ({share}){failed}, {state.rate:.3g} a second{left}"


def status(sweep: Sweep, drivers: Sequence[Mapping[str, Any]], now: float, running: bool) -> str:
    """Return how far the sweep in a folder is, and who is at work on it.

    Parameters
    ----------
    drivers
        What each driver last said of itself.
    now
        Time, in seconds since 1970.
    running
        Whether a driver on this machine holds the folder.
    """
    failed, stored, total = sweep.failed, sweep.stored, len(sweep.plan)
    share = 100 * stored // total if total else 100
    lines = [
        f"{sweep.study.title} ({sweep.folder})",
        f"{stored:,} of {total:,} runs are stored ({share} %), {failed:,} of them failed",
    ]
    for driver in drivers:
        ago = lasting(now - driver["at"])
        left = "" if driver["left"] is None else f", {lasting(driver['left'])} left then"
        who = f"driver {driver['pid']} on {driver['host']} ({driver['engine']})"
        lines.append(f"{who}: {driver['rate']:.3g} runs a second{left}; last result {ago} ago")
    if stored >= total:
        return "\n".join([*lines, *_stopped(sweep), "Complete."])
    go_on = f"cyclesim resume {shlex.quote(str(sweep.folder))}"
    if running:
        return "\n".join([*lines, "Under way."])
    if drivers:
        return "\n".join([*lines, f"No driver on this machine; if none is elsewhere, go on with: {go_on}"])
    return "\n".join([*lines, f"Not under way; go on with: {go_on}"])


def replayed(result: Replayed) -> str:
    """Return what a run that was simulated again came to."""
    item, name = result.item, result.scenario
    lines = [f"{name}, draw {item.draw}, replication {item.replication} (key {item.key})"]
    if result.drawn:
        lines += ["Drawn: " + ", ".join(f"{key} {value:.6g}" for key, value in result.drawn.items())]
    if result.failed:
        lines += ["It fails again:" if result.stored_failed else "It fails now:", result.traceback.rstrip()]
        return "\n".join(lines)
    lines += aligned([[EVERY[k].title, amount(k, v)] for k, v in result.totals.items()])
    if result.stored_failed:
        return "\n".join([*lines, "It failed in the sweep and comes through now: cyclesim resume --retry-failed"])
    if result.stored is None:
        return "\n".join([*lines, "It is not stored yet, so there is nothing to hold it against."])
    if not result.differing:
        return "\n".join([*lines, "Bit for bit as stored."])
    return "\n".join([*lines, f"NOT as stored: {', '.join(result.differing)} differ. Another machine or library?"])


def lasting(seconds: float) -> str:
    """Return a time as a person would say it: 40 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{max(seconds, 0):.0f} s" if seconds >= 10 else f"{max(seconds, 0):.1f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h" + (f" {rest} min" if rest else "")


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a number of things."""
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def covers_text(sweep: Sweep) -> str:
    """Return what the spread of a sweep's differences covers."""
    design, plan = sweep.study.design, sweep.plan
    if not sweep.sampled and design is not None:
        return (
            f"The draws are those of a {design.method}, no sample of what is plausible: there is no interval, and "
            "where all of them lie is told. Read them draw by draw."
        )
    said = covering(len(plan.draws) * plan.replications, len(plan.draws), units(sweep))
    if design is None:
        return f"{said} They cover luck only: the inputs were not varied."
    if plan.twin:
        return f"{said} They cover the quantities drawn, over their ranges, and no luck (expected values)."
    if sweep.shared_luck and plan.replications == 1:
        return f"{said} All draws have one luck, so that nothing is clear: ask for --replications."
    return f"{said} They cover luck and the quantities drawn, over their ranges."


def units(sweep: Sweep) -> int:
    """Return what the ends of the intervals of a sweep rest on; see `cyclesim.intervals.Spread`."""
    draws, replications = len(sweep.plan.draws), sweep.plan.replications
    if draws == 1:
        return replications
    return 1 if not sweep.sampled else min(draws, replications) if sweep.shared_luck else draws


def _who(sweep: Sweep) -> str:
    return who(len(sweep.plan.draws) * sweep.plan.replications, len(sweep.plan.draws), units(sweep))


def _levels(sweep: Sweep, summary: pd.DataFrame) -> list[str]:
    rows = [["over worlds", "mean", "95 % of the mean", "median", _who(sweep)]]
    for measure in [m for m in SHOWN if m in sweep.measures]:
        found = summary.loc[[(sweep.baseline, measure)]].iloc[0].to_dict()
        mean, median = (amount(measure, found[column]) for column in ("mean", "q50"))
        rows.append([EVERY[measure].title, mean, ends(measure, found, "mean_"), median, ends(measure, found)])
    return aligned(rows)


def _findings(sweep: Sweep, differences: pd.DataFrame) -> list[str]:
    """Return what each counterfactual does to person-months of exploitation, where the sweep keeps them."""
    if not sweep.sampled:
        return []
    covers = "luck only" if sweep.study.design is None else ""
    rows = differences.to_dict("index")
    found = [(scenario, rows.get((name, PERSON_MONTHS))) for name, scenario in sweep.scenarios.items()]
    said = [f"{scenario.title}: {finding(row, covers)}." for scenario, row in found if row]
    return [*said, ""] if said else []


def _differences(sweep: Sweep, differences: pd.DataFrame) -> list[str]:
    rows = [["against " + sweep.baseline, "", "baseline", "difference", "95 % of the mean", _who(sweep)]]
    for name in list(sweep.scenarios)[1:]:
        for measure in [m for m in SHOWN if m in sweep.measures]:
            found = differences.loc[[(name, measure)]].iloc[0].to_dict()
            means = (amount(measure, found[column]) for column in ("baseline", "difference"))
            rows.append([name, EVERY[measure].label, *means, ends(measure, found, "mean_"), ends(measure, found)])
    return aligned(rows)


def _stopped(sweep: Sweep) -> list[str]:
    rule = sweep.rule
    if rule is None or not sweep.complete:
        return []
    lines = []
    for name, values in sweep.by_replication(rule.measure).items():
        enough = took(values, rule)
        width = 100 * rule.half_width if rule.relative else rule.half_width
        asked = f"{width:g} %" if rule.relative else f"{width:g}"
        lines.append(
            f"{name}: {enough:,} replications were enough for a half-width of {asked}; {len(values):,} were simulated, "
            "to see that it stays so."
            if enough is not None
            else f"{name}: {asked} was NOT reached with {len(values):,} replications. Ask for less, or allow more."
        )
    return lines


def _failed(sweep: Sweep) -> list[str]:
    failures = sweep.failures
    if failures.empty:
        return []
    stages = failures["stage"].value_counts()
    parts = ", ".join(f"{number} in {stage}" for stage, number in stages.items())
    first = failures["key"][0]
    again = f"cyclesim verify {shlex.quote(str(sweep.folder))} {first}"
    return [f"{counted(len(failures), 'run')} failed ({parts}); see failures, or one of them: {again}"]


def _mixed(sweep: Sweep) -> list[str]:
    mixed = "; ".join(f"{name} {', '.join(found)}" for name, found in versions(sweep.folder).items())
    return [f"Carried out with several versions ({mixed}): last digits may differ between them."] if mixed else []


def _luck(study: Study) -> str:
    if study.twin:
        return "none: expected values (twin)"
    return "of its own in every draw" if study.luck == "own" else "the same in all draws, by replication"


def _monthly(names: Sequence[str]) -> str:
    return f", and {', '.join(names)} by month" if names else ""
