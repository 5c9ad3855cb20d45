"""What the commands about sweeps print, and the one that checks results."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cyclesim.measures import EVERY
from cyclesim.outputs.printed import aligned, amount
from cyclesim.outputs.printed import ranges_drawn as printed_design
from cyclesim.runs.logbook import versions
from cyclesim.text import pluralise
from cyclesim.vocabulary import Payer
from cyclesim.worlds.precision import replications_needed
from cyclesim.worlds.totals import chosen

if TYPE_CHECKING:
    from cyclesim.analysis.sweeps import Replayed
    from cyclesim.inputs.study import Arms, Study
    from cyclesim.runs.logbook import State
    from cyclesim.runs.sweep import Sweep
    from cyclesim.runs.verify import Verified
    from cyclesim.worlds.plan import Plan

_LUCK = {"own": "of its own in every draw", "shared": "the same in all draws, by replication"}
SHOWN = ("person_months_exploited", "identified", "believed_prevalence", "coverage", "total_spent_cents")
"""Totals that are printed, of those a sweep keeps."""


def planned(study: Study, plan: Plan) -> str:
    """Return what a study would simulate."""
    names = [scenario.name for scenario in plan.scenarios]
    draws = len(plan.design)
    drawn = f"{draws:,} draws of {pluralise(len(plan.design.names), 'quantity', 'quantities')}" if draws else "no draws"
    method = f" ({study.design.method})" if study.design is not None and draws else ""
    monthly = f", and {', '.join(study.monthly)} by month" if study.monthly else ""
    lines = [
        f"{study.title}\n{study.question}\n",
        f"scenarios     {', '.join(names)} (the first is the baseline)",
        f"design        {drawn}{method}",
        f"replications  {plan.replications:,}" + (f" or more, until {study.until}" if study.until else ""),
        f"luck          {'none: expected values (twin)' if study.twin else _LUCK[study.luck]}",
        f"keeps         {pluralise(len(chosen(study.measures)), 'total')} of each run{monthly}",
        f"runs          {len(plan):,}",
        *([f"experiment    {paid(study.experiment)}"] if study.experiment else []),
        *printed_design(plan.design),
    ]
    return "\n".join(lines)


def listed(study: Study, plan: Plan) -> str:
    """Return a study as an entry of a list, without its name."""
    base, *arms = (scenario.name for scenario in plan.scenarios)
    more = " at least" if study.until else ""
    lines = [f"{study.title} ({len(plan):,} runs{more})", study.question]
    if study.experiment:
        lines += [f"an experiment: {base} against {', '.join(arms)}; {paid(study.experiment)}"]
    return "\n  ".join(lines)


def paid(asked: Arms) -> str:
    """Say who pays for the interventions of an experiment."""
    how = "out of donors' money" if asked.paid_by is Payer.DONORS else "on top of donors' money, if at all"
    return f"interventions are paid {how}"


def finished(sweep: Sweep, state: State) -> str:
    """Return what a sweep has done."""
    lines = [rate_line(state), *_stopped(sweep), *_failed(sweep), *_mixed(sweep)]
    lines += [] if sweep.complete else [f"Go on with: cyclesim resume {shlex.quote(str(sweep.folder))}"]
    return "\n".join(lines)


def rate_line(state: State) -> str:
    """Return how many runs were new, and how fast they went."""
    if not state.done:
        return f"Nothing to simulate: all {state.stored:,} runs are stored."
    before = f", {state.stored:,} were stored before" if state.stored else ""
    return f"{pluralise(state.done, 'run')} simulated in {duration(state.seconds)}, {state.rate:.3g} a second{before}."


def bar(state: State) -> str:
    """Return the state of a sweep in one line, for a terminal or a log."""
    done = state.stored + state.done
    left = "" if state.seconds_left is None else f", {duration(state.seconds_left)} left"
    failed = f", {state.failed:,} failed" if state.failed else ""
    share = f"{100 * done // state.total if state.total else 100} %"
    return f"{done:,} of {state.total:,} runs ({share}){failed}, {state.rate:.3g} a second{left}"


def status(sweep: Sweep, drivers: Sequence[Mapping[str, Any]], now: float, running: bool) -> str:
    """Return how far the sweep in a folder is, and who is at work on it (``running``: a driver on this machine)."""
    failed, stored, total = sweep.failed, sweep.stored, len(sweep.plan)
    share = 100 * stored // total if total else 100
    lines = [
        f"{sweep.study.title} ({sweep.folder})",
        f"{stored:,} of {total:,} runs are stored ({share} %), {failed:,} of them failed",
    ]
    for driver in drivers:
        ago = duration(now - driver["at"])
        left = "" if driver["left"] is None else f", {duration(driver['left'])} left then"
        who = f"driver {driver['pid']} on {driver['host']} ({driver['engine']})"
        lines.append(f"{who}: {driver['rate']:.3g} runs a second{left}; last result {ago} ago")
    go_on = f"go on with: cyclesim resume {shlex.quote(str(sweep.folder))}"
    if stored >= total:
        lines += [*_stopped(sweep), "Complete."]
    elif running:
        lines.append("Under way.")
    elif drivers:
        lines.append(f"No driver on this machine; if none is elsewhere, {go_on}")
    else:
        lines.append(f"Not under way; {go_on}")
    return "\n".join(lines)


def replayed(result: Replayed) -> str:
    """Return what a run that was simulated again came to."""
    item, name = result.item, result.scenario
    lines = [f"{name}, draw {item.draw}, replication {item.replication} (key {item.key})"]
    if result.drawn:
        lines += ["Drawn: " + ", ".join(f"{key} {value:.6g}" for key, value in result.drawn.items())]
    if result.failed:
        lines += ["It fails again:" if result.stored_failed else "It fails now:", result.traceback.rstrip()]
        return "\n".join(lines)
    if result.stored_failed:
        held = "It failed in the sweep and comes through now: cyclesim resume --retry-failed"
    elif result.stored is None:
        held = "It is not stored yet, so there is nothing to hold it against."
    elif result.differing:
        held = f"NOT as stored: {', '.join(result.differing)} differ. Another machine or library?"
    else:
        held = "Bit for bit as stored."
    return "\n".join([*lines, *aligned([[EVERY[k].title, amount(k, v)] for k, v in result.totals.items()]), held])


def verified_as_json(found: Verified) -> dict[str, Any]:
    """Return everything as JSON types."""
    return {
        "place": str(found.place),
        "kind": found.kind,
        "good": found.good,
        "made_by": found.made_by.to_dict() if found.made_by else None,
        "here": found.here.to_dict(),
        **{name: getattr(found, name) for name in ("files", "problems", "unlisted", "runs", "replayed", "seed")},
    }


def verified(found: Verified) -> str:
    """Return what was checked, what is wrong, and what that does not show."""
    made = "" if found.made_by is None else f", made by {found.made_by}, which is this code"
    if found.made_by is not None and not found.made_by.equals(found.here):
        others = " and in ".join(found.made_by.differences(found.here))
        made = f", made by {found.made_by}. This is {found.here}; they differ in {others}"
    lines = [f"{found.place}: {found.kind or 'no results that can be read'}{made}"]
    lines.append(f"{found.files:,} files are as they were written.")
    if found.runs:
        again = "run" if found.runs == 1 else "runs"
        which = f" (--seed {found.seed} chooses the same ones)" if found.replayed < found.runs else ""
        lines.append(f"{found.replayed:,} of {found.runs:,} {again} simulated again{which}.")
    elif found.kind:
        lines.append("No run was simulated again: these are results of an analysis; log.json names its command.")
    if found.unlisted:
        lines.append(f"Not looked at, since no checksum speaks of it: {', '.join(found.unlisted[:5])}")
    lines += [f"WRONG: {problem}" for problem in found.problems[:20]]
    if len(found.problems) > 20:
        lines.append(f"WRONG: and {len(found.problems) - 20:,} more")
    if found.good:
        same = "Every bit of what was simulated again is as stored. " if found.replayed else ""
        lines.append(f"{same}Nothing is wrong.")
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return a time as a person would say it: 40 s, 12 min, 3 h 20 min."""
    if seconds < 100:
        return f"{max(seconds, 0):.0f} s" if seconds >= 10 else f"{max(seconds, 0):.1f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _stopped(sweep: Sweep) -> list[str]:
    rule = sweep.rule
    if rule is None or not sweep.complete:
        return []
    lines = []
    for name, values in sweep.by_replication(rule.measure).items():
        enough = replications_needed(values, rule)
        asked = f"{100 * rule.half_width:g} %" if rule.relative else f"{rule.half_width:g}"
        if enough is None:
            told = f"{asked} was NOT reached with {len(values):,} replications. Ask for less, or allow more."
        else:
            told = f"{enough:,} replications were enough for a half-width of {asked}; {len(values):,} were simulated, "
            told += "to see that it stays so."
        lines.append(f"{name}: {told}")
    return lines


def _failed(sweep: Sweep) -> list[str]:
    failures = sweep.failures
    if failures.empty:
        return []
    stages = failures["stage"].value_counts()
    parts = ", ".join(f"{number} in {stage}" for stage, number in stages.items())
    again = f"cyclesim verify {shlex.quote(str(sweep.folder))} {failures['key'][0]}"
    return [f"{pluralise(len(failures), 'run')} failed ({parts}); see failures, or one of them: {again}"]


def _mixed(sweep: Sweep) -> list[str]:
    mixed = "; ".join(f"{name} {', '.join(found)}" for name, found in versions(sweep.folder).items())
    return [f"Carried out with several versions ({mixed}): last digits may differ between them."] if mixed else []
